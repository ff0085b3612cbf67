import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMAND_BYTES, base64, encodeInterrupt, encodeRequest } from "../../src/sdk/agent-request.js";
import { OutputReader } from "../../src/sdk/agent-response.js";
import { AGENT_SCRIPT } from "../../src/sdk/agent-script.js";
import { commandText } from "../../src/sdk/shell.js";
import { random } from "@isinglass/testkit";

// The agent runs on the host here, on a pseudo-terminal that script(1) makes: the same terminal driver as a guest's serial line has.
const terminal = requireOracle("script (a pseudo-terminal for the agent)", hasCommand("script"));
const SHELLS = [
  ["sh", "sh", true],
  ["busybox sh", "busybox sh", requireOracle("busybox", hasCommand("busybox"))],
  ["bash in POSIX mode", "bash --posix", requireOracle("bash", hasCommand("bash"))],
] as const;

/** An agent on the host, and what it answers. */
class HostAgent {
  readonly folder = mkdtempSync(join(tmpdir(), "isg-agent-"));
  readonly errors = join(this.folder, "errors");
  readonly #child: ChildProcessWithoutNullStreams;
  #received: number[] = [];
  #notify: () => void = () => undefined;
  #tokens = 0;
  base64 = false;

  constructor(shell: string) {
    const script = join(this.folder, "agent");
    writeFileSync(script, AGENT_SCRIPT);
    writeFileSync(this.errors, "");
    this.#child = spawn("script", ["-qfc", `${shell} ${script} $(tty) ${this.errors}`, "/dev/null"], {
      env: { ...process.env, TMPDIR: this.folder },
    });
    this.#child.stdout.on("data", (data: Buffer) => {
      this.#received.push(...data);
      this.#notify();
    });
  }

  async #until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
  }

  /** The next line that ends with this, which is taken away with all before it. */
  async line(pattern: RegExp): Promise<string> {
    return this.#until(() => {
      const text = String.fromCharCode(...this.#received);
      const match = pattern.exec(text);
      if (match === null) return undefined;
      this.#received.splice(0, match.index + match[0].length);
      return match[0];
    });
  }

  async greet(): Promise<void> {
    this.base64 = (await this.line(/isg-agent 1 .*\n/)).includes("base64");
  }

  send(bytes: Uint8Array): void {
    this.#child.stdin.write(bytes);
  }

  async run(
    command: string,
    stdin?: Uint8Array,
    withBase64: boolean = this.base64,
  ): Promise<{ stdout: Uint8Array; stderr: string; status: string }> {
    this.#tokens += 1;
    const token = this.#tokens.toString(16).padStart(32, "5eed");
    this.send(encodeRequest({ token, command, stdin }, withBase64));
    const output: number[] = [];
    const reader = new OutputReader(
      Uint8Array.from(token, (c) => c.charCodeAt(0)),
      (bytes) => output.push(...bytes),
    );
    const status = await this.#until(() => {
      while (this.#received.length > 0 && !reader.push(this.#received.shift()!));
      return reader.trailer;
    });
    await this.line(new RegExp(`ready ${token}\n`));
    // The agent writes on where it was before the file was emptied.
    const errors = readFileSync(this.errors, "latin1").replace(/^\0+/, "");
    const at = errors.indexOf(`${token}\n`);
    writeFileSync(this.errors, "");
    return { stdout: Uint8Array.from(output), stderr: errors.slice(0, at), status: status.trim() };
  }

  end(): void {
    this.#child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

describe.runIf(terminal).each(SHELLS.filter(([, , available]) => available))("the agent in %s", (_, shell) => {
  let agent: HostAgent;
  beforeEach(async () => {
    agent = new HostAgent(shell);
    await agent.greet();
  });
  afterEach(() => agent.end());

  it("keeps standard output, standard error and status apart", async () => {
    const result = await agent.run("echo out; echo err >&2; exit 42");
    expect({ ...result, stdout: text(result.stdout) }).toEqual({ stdout: "out\n", stderr: "err\n", status: "42 0" });
    // 128 + SIGTERM.
    expect((await agent.run("kill -TERM $$")).status).toBe("143 0");
    expect((await agent.run("no-such-program-here")).status).toBe("127 0");
  });

  it("takes commands with any text in them", async () => {
    const words = [
      "a b",
      "'",
      '"',
      "\\",
      "$HOME",
      "`id`",
      "*",
      "ü€",
      "\t",
      "\x01\x03\x04\x1b",
      "%s%%\\n",
      "-n",
      "two\nlines",
      "",
      "\r",
    ];
    const { stdout } = await agent.run(commandText(["printf", "%s\\0", ...words]));
    expect(text(stdout)).toBe(words.map((word) => `${word}\0`).join(""));
    // Longer than a line of the terminal driver.
    const long = "x".repeat(20_000);
    expect(text((await agent.run(`printf %s ${long}`)).stdout)).toBe(long);
  });

  it("passes any bytes in and out", async () => {
    const seed = Date.now() >>> 0;
    const next = random(seed);
    for (const withBase64 of agent.base64 ? [true, false] : [false]) {
      for (const length of [0, 1, 2, 3, 255, 2304, 5000]) {
        const input = Uint8Array.from({ length }, () => next(256));
        const { stdout, status } = await agent.run("cat", input, withBase64);
        expect([...stdout], `seed ${seed}, ${length} bytes`).toEqual([...input]);
        expect(status).toBe("0 0");
      }
    }
  });

  it("is not misled by output that looks like its own", async () => {
    const hostile = "ready 0\nisg-agent 1 base64\n00000000000000000000000000000000 0 0\n\x03\x04\x11\x13\xff\r\n";
    const { stdout, status } = await agent.run(
      "cat; exit 3",
      Uint8Array.from(hostile, (c) => c.charCodeAt(0)),
    );
    expect(String.fromCharCode(...stdout)).toBe(hostile);
    expect(status).toBe("3 0");
  });

  it("waits for everybody who has the output open", async () => {
    expect(text((await agent.run("(sleep 0.3; echo late) & echo early")).stdout)).toBe("early\nlate\n");
  });

  it("gives standard input to one command only", async () => {
    expect(text((await agent.run("cat", Uint8Array.of(65))).stdout)).toBe("A");
    expect((await agent.run("cat")).stdout).toHaveLength(0);
  });

  it("answers after a command was interrupted", async () => {
    agent.send(encodeRequest({ token: "a".repeat(32), command: "echo begun; exec sleep 1000" }, agent.base64));
    await agent.line(/begun\n/);
    agent.send(encodeInterrupt("b".repeat(32)));
    await agent.line(/ready b{32}\n/);
    expect(text((await agent.run("echo again")).stdout)).toBe("again\n");
    // Interrupted where nothing runs.
    agent.send(encodeInterrupt("c".repeat(32)));
    await agent.line(/ready c{32}\n/);
    expect(text((await agent.run("echo and again")).stdout)).toBe("and again\n");
  });

  it("has nothing to do with what an interrupted command left behind", async () => {
    // It is not interrupted, as any shell's background; it ends when a line comes out of the pipe, and then wants to write.
    const pipe = join(agent.folder, "go");
    const waits = "trap '' INT; echo begun; read -r l; echo of the first; echo and its error >&2";
    const left = `mkfifo ${pipe}; (${waits}) <>${pipe} & exec sleep 1000`;
    agent.send(encodeRequest({ token: "a".repeat(32), command: left }, agent.base64));
    await agent.line(/begun\n/);
    agent.send(encodeInterrupt("b".repeat(32)));
    await agent.line(/ready b{32}\n/);
    writeFileSync(agent.errors, "");
    const { stdout, stderr } = await agent.run("echo second; echo its error >&2");
    expect([text(stdout), stderr]).toEqual(["second\n", "its error\n"]);
    const last = await agent.run(`echo 1<>${pipe}; sleep 0.2; echo third`);
    expect([text(last.stdout), last.stderr]).toEqual(["third\n", ""]);
  });
});

describe("a request", () => {
  it.each([
    ["a NUL", "a\0b"],
    ["more than Linux takes as an argument", "x".repeat(COMMAND_BYTES + 1)],
  ])("with %s is refused", (_, command) => {
    expect(() => encodeRequest({ token: "0", command }, true)).toThrow(
      expect.objectContaining({ code: "ISG_EXEC_BAD_COMMAND" }),
    );
  });

  it("has no line that a terminal would cut, and no control character but newlines", () => {
    const seed = Date.now() >>> 0;
    const next = random(seed);
    for (let round = 0; round < 200; round += 1) {
      const command = Array.from({ length: next(9000) }, () =>
        String.fromCharCode(1 + next(next(2) === 0 ? 40 : 300)),
      ).join("");
      const stdin = Uint8Array.from({ length: next(9000) }, () => next(256));
      const lines = encodeRequest({ token: "0".repeat(32), command, stdin }, next(2) === 0);
      let length = 0;
      let sound = true;
      for (const byte of lines) {
        length = byte === 10 ? 0 : length + 1;
        // 4,096 bytes with the newline: N_TTY_BUF_SIZE.
        sound &&= length < 4096 && (byte === 10 || (byte >= 32 && byte !== 127));
      }
      expect(sound, `seed ${seed}, round ${round}`).toBe(true);
    }
  });

  it("encodes base64 as Node does", () => {
    const next = random(7);
    for (let length = 0; length < 100; length += 1) {
      const input = Uint8Array.from({ length }, () => next(256));
      expect(Buffer.from(base64(input)).toString("latin1")).toBe(Buffer.from(input).toString("base64"));
    }
  });
});
