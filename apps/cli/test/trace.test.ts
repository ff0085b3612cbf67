import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { assemble } from "@isinglass/isa-x86";
import { builtinGuest } from "../src/builtin/guest.js";
import { MAIN, Scratch, isg, start, tinyKernel } from "./support.js";
import { Terminal, hasTmux } from "./tmux.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const hasQemu = requireOracle("QEMU (qemu-system-x86_64)", hasCommand("qemu-system-x86_64"));

function code(text: string, mode: 16 | 32 | 64 = 64): string {
  return Buffer.from(assemble(text, { mode }).bytes).toString("hex");
}

interface Line {
  readonly number: number;
  readonly address: string;
  readonly bytes: string;
  readonly text: string;
  readonly changed: Record<string, string>;
  readonly delivered: number[];
}

function lines(stdout: string): Line[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** Writes bytes to a port. */
const out = (port: number, ...values: number[]): string =>
  values.map((value) => `mov al, ${value}\nout ${port}, al\n`).join("");

// Interrupts of the master PIC begin at vector 32 (8259A, ICW1 to ICW4); line 0 alone is open. The PIT's channel 0 fires every 1,000 ticks.
const TIMER = `lidt [idtr]
mov dword [table + 256], handler - header + 0x100000 & 0xffff | 0x00100000
mov dword [table + 260], handler - header + 0x100000 & 0xffff0000 | 0x8e00
${out(0x20, 0x11)}${out(0x21, 32, 4, 1, 0xfe)}${out(0x43, 0x34)}${out(0x40, 0xe8, 3)}
sti
hlt
handler: mov ebx, [esp]
cli
hlt
idtr: dw 0x7ff
dd table
table: dd 0`;

describe("trace", () => {
  it("prints address, bytes, text and changed registers of each instruction", async () => {
    const { code: exit, stdout, stderr } = await isg(["trace", "--code", code("mov eax, 5\nadd eax, eax\nhlt")]);
    const rows = stdout.trimEnd().split("\n");
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^ +1 {2}0x100000 +b8 05 00 00 00 +mov eax,0x5 +; rax 0x0 -> 0x5$/);
    // 5 + 5: AF is the carry out of bit 3; two bits set, so PF.
    expect(rows[1]).toMatch(/^ +2 {2}0x100005 +01 c0 +add eax,eax +; rax 0x5 -> 0xa, rflags 0x2 -> 0x6$/);
    expect(rows[2]).toMatch(/f4 +hlt$/);
    expect(stderr).toBe("isg trace: 3 instructions; then the guest halts\n");
    expect(exit).toBe(0);
  });

  it.each<[mode: 16 | 32 | 64, address: string]>([
    [16, "0x1000"],
    [32, "0x100000"],
    [64, "0x100000"],
  ])("of %i-bit code", async (mode, address) => {
    const { stdout } = await isg(["trace", "--code", code("inc eax\nhlt", mode), "--mode", String(mode), "--json"]);
    const [first] = lines(stdout);
    expect(first).toMatchObject({ number: 1, address, changed: { rax: "0x1" } });
  });

  it("begins after --skip instructions or at --start, and stops after --max", async () => {
    const loop = code("mov ecx, 9\n.again: inc eax\nloop .again\nhlt");
    const skipped = lines((await isg(["trace", "--code", loop, "--skip", "3", "--max", "2", "--json"])).stdout);
    expect(skipped.slice(0, 2).map(({ number, text }) => [number, text])).toEqual([
      [4, "inc eax"],
      [5, "loop 0x100005"],
    ]);
    expect(skipped[2]).toEqual({ end: "limit", instructions: 5 });
    const [first] = lines((await isg(["trace", "--code", loop, "--start", "0x100005", "--json"])).stdout);
    expect(first).toMatchObject({ number: 2, address: "0x100005" });
  });

  it("tells of a delivered interrupt, and wakes a halted CPU by it", async () => {
    const { code: exit, stdout } = await isg(["trace", "--kernel", scratch.file("irq", tinyKernel(TIMER)), "--json"]);
    const all = lines(stdout);
    const handler = all.findIndex(({ delivered }) => delivered?.includes(32));
    expect(all[handler - 1]!.text).toBe("hlt");
    expect(all[handler]!.text).toMatch(/^mov +ebx,/);
    expect(all.at(-1)).toEqual({ end: "halted", instructions: all.length - 1 });
    expect(exit).toBe(0);
  });

  it("skips to a timer's interrupt of a halted CPU and over it", async () => {
    const kernel = scratch.file("irq-skip", tinyKernel(TIMER));
    const all = lines((await isg(["trace", "--kernel", kernel, "--json"])).stdout);
    const halt = all.findIndex(({ text }) => text === "hlt");
    const later = lines((await isg(["trace", "--kernel", kernel, "--skip", String(halt + 2), "--json"])).stdout);
    expect(later[0]).toMatchObject({ number: halt + 3, text: all[halt + 2]!.text });
  });

  it("ends with a triple fault and says so", async () => {
    const { code: exit, stderr } = await isg(["trace", "--code", code("ud2")]);
    expect(stderr).toBe("isg trace: 1 instruction; the last one ended in a triple fault\n");
    expect(exit).toBe(0);
  });
});

describe("trace: bad input", () => {
  const kernel = (): string => scratch.file("tiny", tinyKernel("cli\nhlt"));
  it.each<[what: string, exit: number, args: () => string[], message: RegExp]>([
    ["nothing to trace", 2, () => [], /^isg trace: one of --kernel FILE and --code FILE\|HEX is needed$/],
    ["two things to trace", 2, () => ["--kernel", "k", "--code", "90"], /only one of --kernel FILE and --code/],
    ["a word", 2, () => ["--code", "90", "x"], /"x" belongs to no option/],
    ["another emulator", 2, () => ["--code", "90", "--against", "bochs"], /--against bochs: qemu is what there is/],
    ["--strict alone", 2, () => ["--code", "90", "--strict"], /--strict belongs to --against/],
    ["no instructions", 2, () => ["--code", "90", "--max", "0"], /--max 0: a trace has at least 1 instruction/],
    ["a count that is none", 2, () => ["--code", "90", "--max", "many"], /--max many: not a whole number/],
    ["a mode that is none", 2, () => ["--code", "90", "--mode", "48"], /--mode 48: 16, 32 or 64/],
    ["an address that is none", 2, () => ["--code", "90", "--start", "main"], /--start main: an address such as/],
    ["two beginnings", 2, () => ["--code", "90", "--start", "1", "--skip", "1"], /are two beginnings/],
    ["an initrd for code", 2, () => ["--code", "90", "--initrd", "x"], /--initrd belongs to --kernel/],
    ["a mode for a kernel", 2, () => ["--kernel", kernel(), "--mode", "32"], /--mode belongs to --code/],
    ["a missing kernel", 1, () => ["--kernel", "/nowhere/k"], /--kernel \/nowhere\/k: no such file/],
    ["a missing file of code", 1, () => ["--code", "/nowhere/c"], /--code \/nowhere\/c: no such file/],
    ["no kernel", 1, () => ["--kernel", scratch.file("text", "x".repeat(4096))], /neither a bzImage/],
    ["an unknown CPU", 2, () => ["--code", "90", "--cpu", "z80"], /^--cpu z80: x86-64, x86-64-v2, x86-64-v3 or max$/],
    ["too little memory", 2, () => ["--code", "90", "--memory", "3"], /^--memory 3: a guest has 2M to 3G/],
    [
      "too much code",
      1,
      () => ["--mode", "16", "--code", scratch.file("big", new Uint8Array(70000))],
      /--code: 70000 bytes; there is room for 61440/,
    ],
    [
      "a place that is never reached",
      1,
      () => ["--code", "90f4", "--start", "0x5"],
      /^--start 0x5: the guest never came there; it halts for ever after 2 instructions$/,
    ],
    [
      "more to skip than there is",
      1,
      () => ["--code", "90f4", "--skip", "9000000000"],
      /^--skip 9000000000: the guest halts for ever after 2 instructions$/,
    ],
    [
      "a fault in what is skipped",
      1,
      () => ["--code", "900f0b", "--skip", "9000000000"],
      /^--skip 9000000000: the guest ends in a triple fault after 2 instructions$/,
    ],
  ])("%s ends with %i and one line", async (_what, exit, args, message) => {
    const { code: got, stdout, stderr } = await isg(["trace", ...args()]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(got).toBe(exit);
  });

  it.runIf(hasTmux)("shows on a terminal how far a long --skip is", async () => {
    const spin = scratch.file("spin", tinyKernel("again: inc eax\njmp again"));
    const terminal = new Terminal(`"${process.execPath}" "${MAIN}" trace --kernel ${spin} --skip 900000000000`);
    try {
      await terminal.see(/^skipping: [1-9]\d*\.\d of 900000\.0 million instructions \.\.\.$/m);
    } finally {
      terminal.close();
    }
  });

  it("a missing QEMU ends with 1 and one line that says what to install", async () => {
    const {
      code: exit,
      stdout,
      stderr,
    } = await start(["trace", "--code", "90f4", "--against", "qemu"], {
      env: { PATH: scratch.folder },
    });
    expect(stderr).toBe(
      "isg trace: --against qemu needs qemu-system-x86_64, which is not on PATH; Debian's package is qemu-system-x86\n",
    );
    expect(stdout).toBe("");
    expect(exit).toBe(1);
  });

  it.runIf(hasQemu)("a folder for temporary files that is missing is one line", async () => {
    const { code: exit, stderr } = await start(["trace", "--code", "90f4", "--against", "qemu"], {
      env: { TMPDIR: "/nowhere" },
    });
    expect(stderr).toMatch(/^isg: \/nowhere\/isinglass-trace-\w+: no such file\n$/);
    expect(exit).toBe(1);
  });

  it.runIf(hasQemu)("a QEMU that ends at once is one line", async () => {
    const folder = new Scratch();
    try {
      folder.script("qemu-system-x86_64", "echo 'qemu-system-x86_64: no such board' >&2; exit 1");
      const { code: exit, stderr } = await start(["trace", "--code", "90f4", "--against", "qemu"], {
        env: { PATH: `${folder.folder}:${process.env["PATH"]}` },
      });
      expect(stderr).toBe("QEMU: no such board\n");
      expect(exit).toBe(1);
    } finally {
      folder.remove();
    }
  });
});

interface Comparison {
  readonly same: boolean;
  readonly instructions: number;
  readonly compared: number;
  readonly end: string;
  readonly takenOver: Record<string, number>;
  readonly divergence: {
    readonly instruction: number;
    readonly address: string;
    readonly bytes: string;
    readonly text: string;
    readonly before: readonly { readonly text: string }[];
    readonly registers: Record<string, { readonly isinglass: string; readonly qemu: string }>;
  } | null;
}

async function against(
  args: readonly string[],
): Promise<{ readonly exit: number | null; readonly result: Comparison }> {
  const { code: exit, stdout, stderr } = await isg(["trace", "--against", "qemu", "--json", ...args]);
  if (stdout === "") throw new Error(stderr);
  return { exit, result: JSON.parse(stdout) as Comparison };
}

describe.runIf(hasQemu)("trace --against qemu", () => {
  // Integer arithmetic, flags that are left undefined, strings, SSE, a call: what both do alike.
  const ALIKE = `mov eax, 0x12345678
mov ecx, 100
mov edi, 0x8000
cld
rep stosb
mul ecx
shl eax, 3
bsf edx, eax
cvtsi2sd xmm0, eax
sqrtsd xmm1, xmm0
push ax
mov ecx, 5
.again: add eax, ecx
loop .again
hlt`;
  it.each<[mode: 16 | 32 | 64]>([[16], [32], [64]])("finds %i-bit code equal, to its HLT", async (mode) => {
    const { exit, result } = await against(["--code", code(ALIKE, mode), "--mode", String(mode)]);
    expect(result.divergence).toBeNull();
    // 12 instructions, REP as one, and five times round the loop.
    expect(result).toMatchObject({ same: true, compared: 22, end: "halted", takenOver: {} });
    // REP STOSB as 100, and the HLT.
    expect(result.instructions).toBe(22 + 99 + 1);
    expect(exit).toBe(0);
  });

  // HLT completes like any other. After each iteration of REP an interrupt may come (SDM vol. 2B, REP), so each is counted.
  it.each<[what: string, text: string, count: number]>([
    ["two and HLT", "add eax, ebx\nnop\nhlt", 3],
    ["HLT alone", "hlt", 1],
    ["a repeated one", "mov ecx, 5\nlea rdi, [rsp - 64]\nrep stosb\nhlt", 8],
  ])("counts as exec and as trace alone do: %s", async (_what, text, count) => {
    const words = ["--code", code(text), "--json"];
    const executed = JSON.parse((await isg(["exec", ...words])).stdout) as { stop: string; instructions: number };
    expect(executed).toMatchObject({ stop: "hlt", instructions: count });
    expect(lines((await isg(["trace", ...words])).stdout).at(-1)).toEqual({ end: "halted", instructions: count });
    expect((await against(words)).result).toMatchObject({ end: "halted", instructions: count });
    const shown = (await isg(["trace", "--against", "qemu", ...words.slice(0, 2)])).stdout;
    expect(shown).toMatch(
      new RegExp(`^${count} instructions?: registers equal after each before the HLT that ends it`),
    );
  });

  it("finds faults equal that both deliver through the same table", async () => {
    const kernel = `lidt [idtr]
mov dword [table + 48], handler - header + 0x100000 & 0xffff | 0x00100000
mov dword [table + 52], handler - header + 0x100000 & 0xffff0000 | 0x8e00
xor eax, eax
ud2
handler: mov ebx, [esp]
hlt
idtr: dw 0x7ff
dd table
table: dd 0`;
    const { exit, result } = await against(["--kernel", scratch.file("fault", tinyKernel(kernel))]);
    expect(result.divergence).toBeNull();
    expect(result).toMatchObject({ same: true, compared: 6, end: "halted" });
    expect(exit).toBe(0);
  });

  it("ends where the guest powers off, without a difference", async () => {
    const kernel = scratch.file("off", tinyKernel("mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\nhlt"));
    const { exit, result } = await against(["--kernel", kernel, "--memory", "16M"]);
    expect(result).toMatchObject({ same: true, instructions: 3, end: "poweroff" });
    expect(exit).toBe(0);
  });

  it("names the first instruction that differs: registers, ours and QEMU's, and exits with 8", async () => {
    const text = code("mov eax, 5\nxor ecx, ecx\nnop\ncpuid\nmov esi, eax\nhlt");
    const { exit, result } = await against(["--code", text, "--strict"]);
    expect(exit).toBe(8);
    expect(result.same).toBe(false);
    expect(result.divergence).toMatchObject({ instruction: 4, address: "0x100008", bytes: "0f a2", text: "cpuid" });
    expect(result.divergence!.before.map((step) => step.text)).toEqual(["mov eax,0x5", "xor ecx,ecx", "nop"]);
    // Leaf 5 describes MONITOR, which QEMU's default CPU has and ours has not; ECX bits 0 and 1 are its extensions (SDM vol. 2A, CPUID).
    const { rcx } = result.divergence!.registers;
    expect(rcx).toEqual({ isinglass: "0x0", qemu: "0x3" });
    const plain = await isg(["trace", "--against", "qemu", "--strict", "--code", text]);
    expect(plain.code).toBe(8);
    expect(plain.stdout).toMatch(/^registers differ after instruction 4:\n/);
    expect(plain.stdout).toMatch(/\n +4 {2}0x100008 +0f a2 +cpuid\n/);
    expect(plain.stdout).toContain("\n  rcx      Isinglass 0x0, QEMU 0x3\n");
  });

  it("takes over what depends on the machine, and says so", async () => {
    const { exit, result } = await against(["--code", code("mov eax, 5\ncpuid\nrdtsc\nmov esi, eax\nhlt")]);
    expect(result.divergence).toBeNull();
    expect(result.takenOver).toEqual({ cpuid: 1, rdtsc: 1 });
    expect(exit).toBe(0);
  });

  it("skips instructions on both", async () => {
    const text = code("mov ecx, 50\n.again: inc eax\nloop .again\nxor edx, edx\nhlt");
    const { result } = await against(["--code", text, "--skip", "90"]);
    // 1 + 2 x 50 + 1, less 90
    expect(result).toMatchObject({ same: true, compared: 12, end: "halted" });
    const from = await against(["--code", text, "--start", "0x100009"]);
    expect(from.result).toMatchObject({ same: true, compared: 1, end: "halted" });
  });

  it("finds the built-in guest equal from its entry on", async () => {
    const kernel = scratch.file("builtin", builtinGuest());
    const { exit, result } = await against(["--kernel", kernel, "--memory", "16M", "--max", "3000"]);
    expect(result.divergence).toBeNull();
    expect(result.compared).toBe(3000);
    expect(exit).toBe(0);
  });

  it("leaves neither QEMU nor files behind when it is told to end", async () => {
    const [bin, folder] = [new Scratch(), new Scratch()];
    try {
      const path = spawnSync("sh", ["-c", "command -v qemu-system-x86_64"], { encoding: "utf8" }).stdout.trim();
      // Writes down the process that becomes QEMU.
      bin.script("qemu-system-x86_64", `echo $$ > "${bin.folder}/pid"; exec "${path}" "$@"`);
      const args = [
        MAIN,
        "trace",
        "--against",
        "qemu",
        "--code",
        code("again: inc eax\njmp again"),
        "--max",
        "1000000",
      ];
      const env = { ...process.env, TMPDIR: folder.folder, PATH: `${bin.folder}:${process.env["PATH"]}` };
      const child = spawn(process.execPath, args, { env, stdio: "ignore" });
      const ended = new Promise<number | null>((done) => child.once("close", done));
      const isDebugged = (): boolean => folder.list().some((name) => existsSync(`${folder.folder}/${name}/gdb`));
      await expect.poll(isDebugged, { timeout: 30_000 }).toBe(true);
      const pid = readFileSync(`${bin.folder}/pid`, "utf8").trim();
      // Of a process that is gone, or that only waits to be buried, nothing is left there.
      const commandLine = (): string =>
        existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "latin1") : "";
      expect(commandLine()).toContain("qemu-system");
      child.kill("SIGTERM");
      expect(await ended).toBe(130);
      expect(folder.list()).toEqual([]);
      await expect.poll(commandLine, { timeout: 10_000 }).toBe("");
    } finally {
      bin.remove();
      folder.remove();
    }
  });

  it("leaves no file behind", async () => {
    const folder = new Scratch();
    try {
      await start(["trace", "--against", "qemu", "--code", "90f4"], { env: { TMPDIR: folder.folder } });
      expect(folder.list()).toEqual([]);
      expect(existsSync(folder.folder)).toBe(true);
    } finally {
      folder.remove();
    }
  });
});
