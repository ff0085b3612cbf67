import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { IsinglassError } from "@isinglass/interface";
import { ExecError, type Machine, type MachineOptions, MiB, connectMachine } from "../../src/index.js";
import { agentKernel, localWorker } from "./support.js";

const PRINT = (character: string, port: string = "0x2f8"): string =>
  `mov edx, ${port}\n mov al, ${character.charCodeAt(0)}\n out dx, al`;
/** Counts the commands, in memory: the n-th writes digit n. */
const COUNT = "mov eax, [count]\n inc eax\n mov [count], eax\n add al, 48\n mov edx, 0x2f8\n out dx, al";
const ENDLESS = `${PRINT("x")}\n ${PRINT("e", "0x2e8")}\n endless: jmp endless`;

let open: Machine[] = [];
afterEach(async () => {
  for (const machine of open) await machine.close();
  open = [];
});

async function machineOf(options: MachineOptions): Promise<Machine> {
  const machine = await connectMachine(localWorker, {
    initrd: new Uint8Array(),
    memory: 4 * MiB,
    clock: "deterministic",
    ...options,
  });
  open.push(machine);
  return machine;
}

async function booted(body: string, options: MachineOptions = {}): Promise<Machine> {
  const machine = await machineOf({ kernel: agentKernel(body), ...options });
  await machine.boot();
  return machine;
}

async function failure(promise: Promise<unknown>): Promise<ExecError> {
  return promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (problem: unknown) => problem as ExecError,
  );
}

const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("a command", () => {
  it("gives its output and status, and the instructions that it took", async () => {
    const machine = await booted(`${PRINT("a")}\n ${PRINT("b", "0x2e8")}`);
    const result = await machine.exec("whatever");
    expect(result).toMatchObject({ exitCode: 0, stdout: "a", stderr: "b" });
    expect(result.instructions).toBeGreaterThan(100);
  });

  it("runs after those asked for before it", async () => {
    const machine = await booted(COUNT);
    const results = await Promise.all([machine.exec("a"), machine.exec("b"), machine.exec("c")]);
    expect(results.map(({ stdout }) => stdout)).toEqual(["1", "2", "3"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("the listener's");
      },
    ],
    [
      "throws an error like the machine's own",
      () => {
        throw new IsinglassError("ISG_ABORTED", "the listener's");
      },
    ],
    ["rejects its promise", async () => Promise.reject(new Error("the listener's"))],
    [
      "rejects it late",
      async () => {
        await new Promise((done) => setTimeout(done, 20));
        throw new Error("the listener's");
      },
    ],
  ])("fails with the error of its listener where that %s, and the machine goes on", async (_, onOutput) => {
    for (const body of [ENDLESS, COUNT]) {
      const machine = await booted(body);
      const problem = await failure(machine.exec("loop", { onOutput }));
      expect(problem).not.toBeInstanceOf(ExecError);
      expect(problem.message).toBe("the listener's");
      if (body === COUNT) expect((await machine.exec("")).stdout).toBe("2");
      else expect((await machine.stats()).instructions).toBeGreaterThan(0);
    }
  });

  it.each([
    ["time", { timeMs: 500 }, "ISG_EXEC_TIMEOUT", 500],
    ["instructions", { instructions: 5_000_000 }, "ISG_EXEC_INSTRUCTION_LIMIT", 5_000_000],
  ])("that never ends is stopped at its limit of %s, and what it wrote is kept", async (_, limits, code, limit) => {
    const machine = await booted(ENDLESS);
    const problem = await failure(machine.exec("loop", limits));
    expect(problem).toBeInstanceOf(ExecError);
    expect(problem).toMatchObject({ code, stdout: "x", stderr: "e", data: { limit } });
  });

  it("that is stopped keeps its output's last byte where the token of its end begins with that", async () => {
    const worker = (): ReturnType<typeof localWorker> => localWorker((count) => new Uint8Array(count).fill(0xee));
    const machine = await connectMachine(worker, {
      kernel: agentKernel(ENDLESS),
      initrd: new Uint8Array(),
      memory: 4 * MiB,
    });
    open.push(machine);
    await machine.boot();
    expect((await failure(machine.exec("loop", { instructions: 5_000_000 }))).stderr).toBe("e");
  });

  it("is stopped at exactly the instruction that is its limit", async () => {
    const machine = await booted(ENDLESS);
    const { data } = await failure(machine.exec("loop", { instructions: 123_457 }));
    expect(data["instructions"]).toBe(123_457);
  });

  it("that writes without end is stopped at its limit of output, not a byte later", async () => {
    const machine = await booted(`mov edx, 0x2f8\n mov al, 121\n endless: out dx, al\n jmp endless`);
    const problem = await failure(machine.exec("yes", { outputBytes: 10_001 }));
    expect(problem.code).toBe("ISG_EXEC_OUTPUT_LIMIT");
    expect(problem.stdout).toBe("y".repeat(10_001));
  });

  it("may write as much as its limit", async () => {
    const machine = await booted(
      `mov ecx, 5000\n mov edx, 0x2f8\n mov al, 121\n again: out dx, al\n dec ecx\n jne again`,
    );
    expect((await machine.exec("", { outputBytes: 5000 })).stdout).toHaveLength(5000);
    expect((await failure(machine.exec("", { outputBytes: 4999 }))).code).toBe("ISG_EXEC_OUTPUT_LIMIT");
  });

  it("is given up when its signal is aborted, before it runs and while it does", async () => {
    const machine = await booted(ENDLESS);
    const controller = new AbortController();
    const running = failure(
      machine.exec("loop", { signal: controller.signal, onOutput: () => controller.abort("enough") }),
    );
    const waiting = failure(machine.exec("other", { signal: controller.signal }));
    expect(await running).toMatchObject({ code: "ISG_EXEC_ABORTED", stdout: "x", cause: "enough" });
    expect(await waiting).toMatchObject({ code: "ISG_ABORTED" });
    expect(await failure(machine.exec("third", { signal: AbortSignal.abort() }))).toMatchObject({
      code: "ISG_ABORTED",
    });
  });

  it("fails when the machine stops under it", async () => {
    const machine = await booted(`${PRINT("z")}\n cli\n hlt`);
    expect(await failure(machine.exec("halt"))).toMatchObject({
      code: "ISG_MACHINE_STOPPED",
      stdout: "z",
      data: { reason: "halted" },
    });
    expect(machine.state).toEqual({ state: "stopped", reason: "halted" });
    expect((await failure(machine.exec("more"))).code).toBe("ISG_MACHINE_STOPPED");
  });

  it("fails when the machine is closed under it", async () => {
    const machine = await booted(ENDLESS);
    const running = failure(machine.exec("loop"));
    await machine.close();
    expect((await running).code).toBe("ISG_MACHINE_CLOSED");
    await expect(machine.exec("more")).rejects.toMatchObject({ code: "ISG_MACHINE_CLOSED" });
  });

  it("that a guest ends with nonsense is an error, not a result", async () => {
    const nonsense = `mov edx, 0x2f8\n mov esi, tok\n call puts\n ${PRINT("?")}\n mov esi, newline\n call puts`;
    const machine = await booted(nonsense);
    expect((await failure(machine.exec("lie"))).code).toBe("ISG_AGENT_PROTOCOL");
  });

  it.each([
    ["no limit", { timeMs: Number.NaN }, "ISG_MACHINE_BAD_LIMIT"],
    ["a negative limit", { outputBytes: -1 }, "ISG_MACHINE_BAD_LIMIT"],
    ["a variable with an odd name", { env: { "a b": "" } }, "ISG_EXEC_BAD_COMMAND"],
  ])("is refused with %s", async (_, options, code) => {
    const machine = await booted(COUNT);
    await expect(machine.exec("x", options)).rejects.toMatchObject({ code });
    await expect(machine.exec([])).rejects.toMatchObject({ code: "ISG_EXEC_BAD_COMMAND" });
    await expect(machine.exec("a\0b")).rejects.toMatchObject({ code: "ISG_EXEC_BAD_COMMAND" });
  });
});

describe("after a limit", () => {
  it("an agent that does not answer is said to be lost, and a checkpoint brings it back", async () => {
    const machine = await booted(`${COUNT}\n cmp al, 50\n jne fine\n endless: jmp endless\n fine:`);
    const start = await machine.checkpoint();
    expect((await machine.exec("first")).stdout).toBe("1");
    expect((await failure(machine.exec("second", { instructions: 1e6 }))).code).toBe("ISG_EXEC_INSTRUCTION_LIMIT");
    expect((await failure(machine.exec("third"))).code).toBe("ISG_AGENT_LOST");
    await machine.restore(start);
    expect((await machine.exec("again")).stdout).toBe("1");
  }, 30_000);
});

describe.each(["auto", "interp", "jit"] as const)("a checkpoint, tier %s,", (tier) => {
  it("brings back every byte of the machine, time after time", async () => {
    const machine = await booted(COUNT, { tier });
    await machine.exec("one");
    const checkpoint = await machine.checkpoint();
    const before = sha(await machine.save());
    const results: [string, string][] = [];
    for (let i = 0; i < 3; i += 1) {
      const { stdout } = await machine.exec("two");
      await machine.restore(checkpoint);
      results.push([stdout, sha(await machine.save())]);
    }
    expect(results).toEqual(Array.from({ length: 3 }, () => ["2", before]));
  });

  it("can be one of several, and is forgotten when it is released", async () => {
    const machine = await booted(COUNT, { tier });
    const first = await machine.checkpoint();
    await machine.exec("one");
    const second = await machine.checkpoint();
    await machine.exec("two");
    await machine.restore(first);
    expect((await machine.exec("")).stdout).toBe("1");
    await machine.restore(second);
    expect((await machine.exec("")).stdout).toBe("2");
    await machine.restore(second);
    expect((await machine.exec("")).stdout).toBe("2");
    await machine.release(second);
    await expect(machine.restore(second)).rejects.toMatchObject({ code: "ISG_CHECKPOINT_UNKNOWN" });
    const other = await booted(COUNT, { tier });
    await expect(other.restore(first)).rejects.toMatchObject({ code: "ISG_CHECKPOINT_UNKNOWN" });
  });

  it("forgets code that the guest has written since", async () => {
    // The first command prints its immediate and then changes it; the second prints what was made of it, and leaves that decoded.
    const machine = await booted(
      `mov edx, 0x2f8
       patch: mov al, 65
       out dx, al
       mov eax, [count]
       inc eax
       mov [count], eax
       cmp eax, 1
       jne unchanged
       mov edi, patch
       inc byte [edi+1]
       unchanged:`,
      { tier },
    );
    const checkpoint = await machine.checkpoint();
    for (let i = 0; i < 3; i += 1) {
      expect((await machine.exec("")).stdout).toBe("A");
      expect((await machine.exec("")).stdout).toBe("B");
      await machine.restore(checkpoint);
    }
  });
});

describe("a saved state", () => {
  it("goes on in another machine, which needs to be told nothing about it", async () => {
    const machine = await booted(COUNT, { memory: 3 * MiB });
    await machine.exec("one");
    const state = await machine.save();
    const copy = await connectMachine(localWorker, { state });
    open.push(copy);
    expect(copy.state.state).toBe("running");
    expect((await copy.exec("two")).stdout).toBe("2");
    expect((await machine.exec("two")).stdout).toBe("2");
    // Back in place, too.
    await machine.restore(state);
    expect((await machine.exec("two")).stdout).toBe("2");
    expect((await machine.save()).byteLength).toBe((await copy.save()).byteLength);
  });

  it.each([
    ["no state", () => new Uint8Array(10)],
    ["a damaged one", (state: Uint8Array) => state.with(state.length - 100, state.at(-100)! ^ 1)],
    ["one that was cut", (state: Uint8Array) => state.subarray(0, state.length / 2)],
  ])("is refused where it is %s", async (_, spoil) => {
    const state = await (await booted(COUNT)).save();
    await expect(machineOf({ state: spoil(state) })).rejects.toMatchObject({
      code: expect.stringMatching(/^ISG_SNAPSHOT_/),
    });
  });

  it.each([10, 1000])("is said not to be one where it is %i zero bytes", async (length) => {
    await expect(machineOf({ state: new Uint8Array(length) })).rejects.toMatchObject({
      code: "ISG_SNAPSHOT_BAD_MAGIC",
      message: expect.stringContaining("not a saved machine"),
    });
  });

  it("is not taken with options that it was not saved with", async () => {
    const kernel = agentKernel(COUNT);
    const same: MachineOptions = { kernel, commandLine: "quiet", startSeconds: 5, agent: "init", cpu: "x86-64" };
    const machine = await booted(COUNT, { ...same, cpu: undefined as never, cpus: 2 });
    const state = await machine.save();
    for (const other of [
      { memory: 8 * MiB },
      { cpus: 3 },
      { clock: "realtime" },
      { nanosecondsPerInstruction: 7 },
      { agent: "none" },
      { startSeconds: 6 },
      { commandLine: "loud" },
      { kernel: agentKernel(ENDLESS) },
      { initrd: Uint8Array.of(1) },
    ] as const) {
      const name = Object.keys(other)[0]!;
      await expect(machineOf({ ...same, ...other, state })).rejects.toMatchObject({
        code: "ISG_MACHINE_BAD_OPTION",
        message: expect.stringMatching(new RegExp(`^createMachine: ${name}: .*the state was saved with`)),
      });
    }
    const copy = await machineOf({ ...same, state, tier: "interp" });
    expect((await copy.exec("")).stdout).toBe("1");
    // A copy's state is still of the guest that was booted.
    const second = await connectMachine(localWorker, { state });
    open.push(second);
    const third = await second.save();
    await expect(machineOf({ kernel: agentKernel(ENDLESS), state: third })).rejects.toMatchObject({
      code: "ISG_MACHINE_BAD_OPTION",
    });
    await machineOf({ kernel, state: third });
  });

  it("of a machine that was not booted takes the kernel that it is given", async () => {
    const state = await (await machineOf({ kernel: agentKernel(ENDLESS) })).save();
    const machine = await machineOf({ kernel: agentKernel(COUNT), state });
    await machine.boot();
    expect((await machine.exec("")).stdout).toBe("1");
  });

  it("of another kind of machine is refused in place", async () => {
    const state = await (await booted(COUNT, { nanosecondsPerInstruction: 7 })).save();
    const machine = await booted(COUNT);
    await expect(machine.restore(state)).rejects.toMatchObject({ code: "ISG_SNAPSHOT_BAD_STATE" });
    expect((await machine.exec("")).stdout).toBe("1");
  });
});

describe("a machine", () => {
  it("with the deterministic clock does the same for the same requests", async () => {
    const run = async (): Promise<string> => {
      const machine = await booted(COUNT);
      await machine.exec("one", { stdin: new Uint8Array(20_000).fill(7) });
      await machine.exec("two");
      return `${(await machine.stats()).instructions}`;
    };
    // The token differs from run to run, and with it no instruction of this agent's.
    expect(await run()).toBe(await run());
  });

  it("with the host's clock runs without being asked, and stands still when told", async () => {
    const machine = await booted(COUNT, { clock: "realtime" });
    const { instructions } = await machine.stats();
    await new Promise((done) => setTimeout(done, 50));
    const later = (await machine.stats()).instructions;
    expect(later).toBeGreaterThan(instructions);
    machine.pause();
    const still = (await machine.stats()).instructions;
    await new Promise((done) => setTimeout(done, 50));
    expect((await machine.stats()).instructions).toBe(still);
    machine.resume();
    expect((await machine.exec("")).stdout).toBe("1");
  });

  it.each(["realtime", "deterministic"] as const)(
    "that is paused refuses at once what it would have to run for, clock %s",
    async (clock) => {
      const machine = await machineOf({ kernel: agentKernel(COUNT), clock });
      const paused = { code: "ISG_MACHINE_PAUSED", message: expect.stringContaining("resume() first") };
      machine.pause();
      await expect(machine.boot()).rejects.toMatchObject(paused);
      machine.resume();
      await machine.boot();
      expect((await machine.exec("")).stdout).toBe("1");
      machine.pause();
      const begun = performance.now();
      await expect(machine.exec("")).rejects.toMatchObject(paused);
      await expect(machine.readFile("/x")).rejects.toMatchObject(paused);
      await expect(machine.writeFile("/x", "")).rejects.toMatchObject(paused);
      expect(performance.now() - begun).toBeLessThan(900);
      machine.resume();
      expect((await machine.exec("")).stdout).toBe("2");
    },
  );

  it("is as before boot() after a reset", async () => {
    const machine = await booted(COUNT);
    await machine.exec("");
    await expect(machine.boot()).rejects.toMatchObject({ code: "ISG_BOOT_TWICE" });
    await machine.reset();
    await expect(machine.exec("")).rejects.toMatchObject({ code: "ISG_AGENT_ABSENT" });
    await machine.boot();
    expect((await machine.exec("")).stdout).toBe("1");
  });

  it("says what is missing where it cannot boot", async () => {
    await expect((await machineOf({})).boot()).rejects.toMatchObject({ code: "ISG_BOOT_NO_KERNEL" });
    const silent = await machineOf({ kernel: agentKernel(COUNT).with(32, 0xf4) });
    await expect(silent.boot({ timeMs: 50 })).rejects.toMatchObject({
      code: expect.stringMatching(/^ISG_(BOOT|MACHINE)_/),
    });
    await expect(machineOf({ memory: 5 })).rejects.toMatchObject({ code: "ISG_MACHINE_MEMORY" });
  });

  it("waits for a caller that is behind with reading what the guest writes", async () => {
    const worker = localWorker();
    const silentPort = {
      ...worker,
      post: (message: Parameters<typeof worker.post>[0]) => message.kind !== "acknowledge" && worker.post(message),
    };
    const machine = await connectMachine(() => silentPort, {
      initrd: new Uint8Array(),
      memory: 4 * MiB,
      kernel: agentKernel("mov edx, 0x3f8\n mov al, 97\n endless: out dx, al\n jmp endless"),
    });
    open.push(machine);
    let received = 0;
    const flooded = new Promise<void>((resolve) => {
      machine.onSerial((bytes) => {
        received += bytes.length;
        if (received > MiB) resolve();
      });
    });
    await machine.boot();
    const running = failure(machine.exec("flood", { outputBytes: Infinity }));
    await flooded;
    await new Promise((done) => setTimeout(done, 200));
    // One MiB, and what was under way.
    expect(received).toBeLessThan(MiB + 65_536);
    await machine.close();
    await running;
  });
});
