import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { MiB, bare } from "@isinglass/machine";
import { frameName } from "../src/guest-profile/formats.js";
import { functionAt, readSymbols } from "../src/guest-profile/symbols.js";
import { kaslrShift } from "../src/guest-profile/kaslr.js";
import { Scratch, isg, start, tinyKernel } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

/**
 * A 32-bit kernel with frame pointers: `main` calls `busy`, which spends 3 × 20,000 instructions in `spin` for each 3 × 2,000 of its own.
 * Each function is at a multiple of 64.
 */
const CODE = `
  mov esp, 0x90000
  xor ebp, ebp
  call main
  cli
  hlt
  align 64
main:
  push ebp
  mov ebp, esp
  mov esi, 10
more: call busy
  dec esi
  jnz more
  pop ebp
  ret
  align 64
busy:
  push ebp
  mov ebp, esp
  mov ecx, 2000
own: add eax, ecx
  dec ecx
  jnz own
  call spin
  pop ebp
  ret
  align 64
spin:
  push ebp
  mov ebp, esp
  mov ecx, 20000
again: add edx, ecx
  dec ecx
  jnz again
  pop ebp
  ret`;

const MAP = "00100020 T entry\n00100040 T main\n00100080 t busy\n001000c0 T spin\n00200000 D data\n";

interface Speedscope {
  readonly $schema: string;
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly type: string;
    readonly unit: string;
    readonly startValue: number;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

describe("--profile", () => {
  const kernel = scratch.file("profiled", tinyKernel(CODE));
  const map = scratch.file("System.map", MAP);

  it("says in speedscope's format which function a guest spends its time in, with its callers", async () => {
    const path = `${scratch.folder}/out.json`;
    const words = ["run", "--kernel", kernel, "--symbols", map, "--profile", path, "--profile-every", "997"];
    const { code, stderr } = await start(words);
    expect(code).toBe(6);
    const profile = JSON.parse(readFileSync(path, "utf8")) as Speedscope;
    expect(profile.$schema).toBe("https://www.speedscope.app/file-format-schema.json");
    const [one] = profile.profiles;
    expect(one).toMatchObject({ type: "sampled", unit: "none", startValue: 0 });
    expect(one!.samples).toHaveLength(one!.weights.length);
    // 10 × (66,000 in the loops and 14 around them), and some ten more.
    expect(one!.samples.length).toBe(Math.floor(660_150 / 997));
    const names = one!.samples.map((sample) => sample.map((i) => profile.shared.frames[i]!.name));
    const inSpin = names.filter((stack) => stack.at(-1) === "spin");
    // 10/11 of it.
    expect(inSpin.length / names.length).toBeGreaterThan(0.88);
    expect(inSpin.length / names.length).toBeLessThan(0.94);
    expect(inSpin.filter((stack) => stack.join(" ") === "entry main busy spin").length).toBeGreaterThan(
      inSpin.length * 0.95,
    );
    expect(stderr).toMatch(/9\d\.\d % {2}spin/);
    // The same again: samples fall on instruction counts.
    const again = `${scratch.folder}/again.json`;
    await start([...words.slice(0, 6), again, ...words.slice(7)]);
    expect(readFileSync(again, "utf8")).toBe(readFileSync(path, "utf8"));
  });

  it("is a .cpuprofile by that name, whose hits are its samples", async () => {
    const path = `${scratch.folder}/out.cpuprofile`;
    await start(["run", "--kernel", kernel, "--symbols", map, "--profile", path]);
    const profile = JSON.parse(readFileSync(path, "utf8")) as {
      nodes: { id: number; hitCount: number; children: number[]; callFrame: { functionName: string } }[];
      samples: number[];
      timeDeltas: number[];
      startTime: number;
      endTime: number;
    };
    expect(profile.nodes[0]!.callFrame.functionName).toBe("(root)");
    expect(profile.nodes.reduce((sum, { hitCount }) => sum + hitCount, 0)).toBe(profile.samples.length);
    expect(profile.timeDeltas).toHaveLength(profile.samples.length);
    expect(profile.timeDeltas.reduce((sum, delta) => sum + delta, profile.startTime)).toBe(profile.endTime);
    // 4 ns an instruction.
    expect(profile.timeDeltas[5]).toBeGreaterThanOrEqual(40);
    const ids = new Set(profile.nodes.map(({ id }) => id));
    expect(profile.nodes.every(({ children }) => children.every((child) => ids.has(child)))).toBe(true);
  });

  it.each([
    ["binary without symbols", Uint8Array.from({ length: 100 }, (_, i) => i), "no function in it"],
    ["kallsyms read by a user", "0000000000000000 T _stext\n", "all addresses are 0"],
  ])("refuses %s in one line", (_, content, message) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    expect(() => readSymbols(bytes, "F")).toThrow(message);
  });

  it("names functions of an ELF file's symbol table", () => {
    // The file that the system's dynamic loader is has none or some; a table of our own is sure.
    const elf = new Uint8Array(0x200);
    const view = new DataView(elf.buffer);
    elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    view.setBigUint64(0x28, 0x100n, true); // e_shoff
    view.setUint16(0x3a, 64, true); // e_shentsize
    view.setUint16(0x3c, 2, true); // e_shnum
    const symtab = 0x100;
    view.setUint32(symtab + 4, 2, true); // SHT_SYMTAB
    view.setBigUint64(symtab + 0x18, 0x40n, true);
    view.setBigUint64(symtab + 0x20, 48n, true);
    view.setUint32(symtab + 0x28, 1, true);
    view.setBigUint64(0x140 + 0x18, 0xc0n, true);
    elf.set(new TextEncoder().encode("\0start_kernel\0"), 0xc0);
    view.setUint32(0x58, 1, true); // st_name of the second symbol
    elf[0x5c] = 0x12; // STB_GLOBAL, STT_FUNC
    view.setBigUint64(0x60, 0xffffffff81000100n, true);
    const symbols = readSymbols(elf, "vmlinux");
    expect(functionAt(symbols, 0xffffffff81000123n)).toBe("start_kernel");
    expect(functionAt(symbols, 0xffffffff810000ffn)).toBeUndefined();
    expect(() => readSymbols(elf.subarray(0, 0x110), "vmlinux")).toThrow("the ELF file is cut");
  });

  it("finds out by how much KASLR has moved a kernel from where SYSCALL goes, or in a 32-bit one SYSENTER", () => {
    const machine = bare({ memory: MiB });
    const text = "ffffffff81a00040 T entry_SYSCALL_64\n00000000c1800000 T entry_SYSENTER_32\n";
    const symbols = readSymbols(new TextEncoder().encode(text), "System.map");
    expect(kaslrShift(machine, symbols)).toBeUndefined();
    machine.registers.set("sysenter-eip", 0xc2800000n);
    expect(kaslrShift(machine, symbols)).toBe(0x1000000n);
    machine.registers.set("lstar", 0xffffffffb8a00040n);
    expect(kaslrShift(machine, symbols)).toBe(0x37000000n);
  });

  it("finds a kernel's functions where KASLR has put them", () => {
    const symbols = readSymbols(new TextEncoder().encode("ffffffff81000000 T _stext\n"), "System.map");
    expect(frameName(0xffffffffb8000010n, false, symbols, 0x37000000n)).toBe("_stext");
    expect(frameName(0x55001234n, true, symbols, 0x37000000n)).toBe("[user] 0x55001000");
  });
});

it.each([
  ["/nowhere/out.json", /^--profile \/nowhere\/out\.json: there is no folder \/nowhere\n$/],
  ["/", /^--profile \/: is a folder, not a file\n$/],
])("a profile that cannot be written is refused before the guest runs: %s", async (path, message) => {
  const { code, stdout, stderr } = await isg(["boot", "builtin", "--profile", path]);
  expect(stderr).toMatch(message);
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

describe("--explain", () => {
  const kernel = scratch.file("explained", tinyKernel(CODE));

  it("tells for a hot loop which region it is in, why, and what that costs", async () => {
    const words = ["run", "--kernel", kernel, "--explain", "0x1000ca,0x100020", "--json"];
    const { stdout } = await start([...words, "--policy", "threshold=256,batch=1"]);
    const { explain } = JSON.parse(stdout) as {
      explain: { address: string; tier: string; why: string[]; regions: { address: string; instructions: number }[] }[];
    };
    expect(explain[0]).toMatchObject({ address: "0x1000ca", tier: "compiled" });
    expect(explain[0]!.why[0]).toMatch(/after 256 arrivals \(threshold 256\)/);
    expect(explain[0]!.regions.at(-1)!.instructions).toBeGreaterThanOrEqual(3);
    // Executed once.
    expect(explain[1]).toMatchObject({ tier: "interpreted", regions: [] });
    expect(explain[1]!.why[0]).toContain("a region is made after 256");
  });

  it("tells of a region that has grown how often the one before it was entered", async () => {
    const code = `
      mov ecx, 1000000
    again: add eax, ecx
      add eax, 1
      jmp near other
      align 64
    other: add ebx, eax
      add ebx, 3
      dec ecx
      jnz again
      cli
      hlt`;
    // Regions of half the loop, which are left each time.
    const policy = "threshold=256,batch=1,instructions=4,pages=1,growth=2048";
    const words = ["run", "--kernel", scratch.file("grows", tinyKernel(code)), "--memory", "2M", "--explain", "hot"];
    const { stdout } = await start([...words, "--json", "--policy", policy]);
    const { explain } = JSON.parse(stdout) as {
      explain: {
        why: string[];
        regions: { address: string; dropped?: string; use: { entries: number }; why: string[] }[];
      }[];
    };
    const before = explain.flatMap(({ regions }) => regions).find(({ dropped }) => dropped === "grown")!;
    const after = explain[0]!.regions.at(-1)!;
    expect(after.address).toBe(before.address);
    const [, entries] = /^at (?:0x\w+): grown from the region there after (\d+) entries$/.exec(after.why[0]!) ?? [];
    expect(Number(entries)).toBeGreaterThan(256);
    expect(Number(entries)).toBeLessThanOrEqual(before.use.entries);
    expect(explain.flatMap(({ why }) => why).join("\n")).not.toContain("before its first execution");
  });

  it("tells of a region that was dropped because its page was written", async () => {
    const code = `
      mov ecx, 50000
    again: add edx, ecx
      dec ecx
      jnz again
      mov byte [again], 0x03
      cli
      hlt`;
    const { stderr } = await start([
      "run",
      "--kernel",
      scratch.file("written", tinyKernel(code)),
      "--explain",
      "0x100025",
      "--policy",
      "threshold=256,batch=1",
    ]);
    expect(stderr).toContain("dropped: something wrote to one of its pages");
  });

  it("tells of the busiest regions where it is asked for hot, by their names where there are symbols", async () => {
    const map = scratch.file("System.map", MAP);
    const words = ["run", "--kernel", kernel, "--policy", "threshold=256,batch=1"];
    const { stdout } = await start([...words, "--explain", "hot", "--json"]);
    const { explain } = JSON.parse(stdout) as { explain: { address: string; tier: string; regions: unknown[] }[] };
    // The loop of `spin`, where ten elevenths of the instructions are, and then that of `busy`.
    expect(explain[0]).toMatchObject({ address: "0x1000c8", tier: "compiled" });
    expect(explain[1]).toMatchObject({ address: "0x100088", tier: "compiled" });
    const { stderr } = await start([...words, "--explain", "hot,spin", "--symbols", map]);
    expect(stderr).toMatch(/^0x1000c8 \(spin\): compiled; /m);
    expect(stderr).toMatch(/^0x100088 \(busy\): compiled; /m);
    expect(stderr).toMatch(/^0x1000c0 \(spin\): /m);
    expect(stderr).not.toContain("made in 0.0 ms");
  });

  it("says of an address that was never executed that it was not, and what may help", async () => {
    const { code, stderr } = await start(["run", "--kernel", kernel, "--explain", "0xffffffff81000000,0x100020"]);
    expect(stderr).toMatch(
      /^0xffffffff81000000: not executed; .*\n {2}no instruction that begins there has been executed/m,
    );
    expect(stderr).toMatch(/^ {2}to try: --append nokaslr, .*isg run --explain hot/m);
    expect(stderr).toMatch(/^0x100020: interpreted; [^]*^ {2}to try: .*--policy threshold=1,batch=1/m);
    expect(code).toBe(6);
  });

  it("says that nothing was compiled where nothing was", async () => {
    const short = scratch.file("short", tinyKernel("cli\nhlt"));
    const { stderr } = await start(["run", "--kernel", short, "--explain", "hot"]);
    expect(stderr).toContain("--explain hot: nothing was compiled\n");
  });

  it.each([
    [["--explain", "start"], "--explain start: an address"],
    [["--explain", "0x10", "--tier", "interp"], "nothing is compiled with --tier interp"],
    [["--symbols", "F"], "--symbols belongs to --profile FILE and --explain NAME"],
    [["--profile-every", "9"], "--profile-every belongs to --profile FILE"],
    [
      ["--explain", "main", "--symbols", scratch.file("other.map", MAP.replace("main", "else"))],
      "--explain main: neither an address nor a function",
    ],
  ])("%j is one clear line", async (words, message) => {
    const { code, stderr } = await isg(["boot", "builtin", ...words]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
