import { spawn, spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { MAIN, type Outcome, Scratch, isg, tinyKernel } from "./support.js";

// The examples as a user types them: in bash, in a folder with the files that they name, with nothing on PATH but isg and QEMU. Without apt-get,
// `isg boot debian` boots the built-in guest.
const QEMU = "qemu-system-x86_64";
const hasQemu = requireOracle(`QEMU (${QEMU})`, hasCommand(QEMU));
const hasBash = hasCommand("bash");

const where = (name: string): string =>
  spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();

const scratch = new Scratch();
const bin = new Scratch();
afterAll(() => {
  scratch.remove();
  bin.remove();
});
beforeAll(() => {
  bin.script("isg", `exec "${process.execPath}" "${MAIN}" "$@"`);
  if (hasQemu) symlinkSync(where(QEMU), `${bin.folder}/${QEMU}`);
  scratch.file("bzImage", tinyKernel("mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\nhlt"));
  scratch.file("OVMF.fd", new Uint8Array(8192));
  scratch.file("root.cpio.gz", new Uint8Array(512));
});

function inBash(line: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(where("bash"), ["--norc", "-c", line], {
      cwd: scratch.folder,
      env: { PATH: bin.folder, HOME: scratch.folder },
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("latin1")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("latin1")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.end();
  });
}

async function section(title: string): Promise<string[]> {
  const { stdout } = await isg(["--help"]);
  const lines = stdout.split("\n");
  const begin = lines.indexOf(title);
  return lines.slice(begin + 1, lines.indexOf("", begin)).map((line) => line.trim());
}

describe("isg --help", () => {
  it("has one example for each command, which is in the command's own help too", async () => {
    const commands = (await section("Commands")).map((line) => line.split(" ")[0]!);
    const examples = await section("Examples");
    expect(commands.length).toBeGreaterThanOrEqual(8);
    expect(examples.map((line) => /\bisg (\w+)/.exec(line)?.[1])).toEqual(commands);
    for (const [i, name] of commands.entries())
      expect((await isg([name, "--help"])).stdout).toContain(`\nExample\n  ${examples[i]}\n`);
  });

  /** What the output of each example has. */
  const SHOWS: Readonly<Record<string, RegExp>> = {
    run: /^speed .*MIPS/m,
    boot: /no apt-get on PATH[^]*Isinglass built-in guest|Isinglass built-in guest[^]*no apt-get on PATH/,
    exec: /"stop": "hlt"/,
    trace: /^2 instructions: registers equal after each before the HLT/,
    disasm: /add +rax,rcx/,
    uops: /; imul +rax,rcx/,
    jit: /region at 0x1000: 4 instructions in 2 blocks/,
    snp: /^[0-9a-f]{96}$/m,
    doctor: /^Node +v/m,
    completion: /^$/,
  };
  it.runIf(hasBash).each(Object.entries(SHOWS))("the example of %s runs", async (name, shows) => {
    if (name === "trace" && !hasQemu) return;
    const example = (await section("Examples")).find((line) => line.includes(`isg ${name}`))!;
    const { code, stdout, stderr } = await inBash(example);
    expect(stdout + stderr).toMatch(shows);
    expect(code).toBe(0);
  });

  it.runIf(hasBash)("the example of completion completes", async () => {
    const { stdout } = await inBash(
      `${(await section("Examples")).at(-1)}; COMP_WORDS=(isg tr); COMP_CWORD=1; _isg; echo "\${COMPREPLY[@]}"`,
    );
    expect(stdout).toBe("trace\n");
  });

  it("has an example for every command that these tests run", async () => {
    expect((await section("Commands")).map((line) => line.split(" ")[0])).toEqual(Object.keys(SHOWS));
  });
});
