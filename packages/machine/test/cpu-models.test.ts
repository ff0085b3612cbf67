import { CPU_MODELS } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { MiB, bare, execute } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

const hex = (text: string): string => Buffer.from(code(`${text}\n hlt`)).toString("hex");

function run(cpu: string, text: string, registers: Readonly<Record<string, number>> = {}) {
  const result = execute({ code: hex(text), mode: 64, cpu, registers });
  return { ...result, end: result.fault === null ? result.stop : result.fault.name };
}

/** ECX of leaf 1 (SDM vol. 2A, table 3-10) and what x86-64-v2 of the psABI adds: SSSE3, SSE4.1, SSE4.2, POPCNT. */
const BASELINE = (1 << 0) | (1 << 13) | (1 << 31);
const LEVEL_2 = BASELINE | (1 << 9) | (1 << 19) | (1 << 20) | (1 << 23);

/** Instructions by the first model that has them. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  "x86-64": ["addsubps xmm0, xmm1", "haddpd xmm0, xmm1", "cmpxchg16b [rsp - 16]"],
  "x86-64-v2": [
    "pshufb xmm0, xmm1",
    "pabsd mm0, mm1",
    "pmulld xmm0, xmm1",
    "roundsd xmm0, xmm1, 1",
    "pcmpistri xmm0, xmm1, 0",
    "crc32 eax, bl",
    "popcnt rax, rbx",
  ],
  "x86-64-v3": [
    "movbe eax, [rsp - 8]",
    "andn eax, ebx, ecx",
    "blsr eax, ebx",
    "bextr eax, ebx, ecx",
    "bzhi eax, ebx, ecx",
    "mulx eax, ebx, ecx",
    "pdep eax, ebx, ecx",
    "rorx eax, ebx, 3",
    "sarx eax, ebx, ecx",
  ],
  max: [
    "adcx eax, ebx",
    "adox rax, rbx",
    "aesenc xmm0, xmm1",
    "pclmulqdq xmm0, xmm1, 0",
    "sha256msg1 xmm0, xmm1",
    "sha1rnds4 xmm0, xmm1, 2",
    "rdrand eax",
    "rdseed rax",
    "rdpid rax",
    "rdtscp",
    "clflushopt [rsp - 8]",
    "clwb [rsp - 8]",
    "mov rax, cr4\n or eax, 0x10000\n mov cr4, rax\n wrgsbase rbx\n rdgsbase rax",
  ],
};
const MODELS = ["x86-64", "x86-64-v2", "x86-64-v3", "max"];
const CASES = Object.entries(FIRST).flatMap(([first, texts]) => texts.map((text) => [text, first] as const));

describe("CPU models", () => {
  it.each(CASES)("%s: from %s on, #UD before", (text, first) => {
    const ends = MODELS.map((model) => run(model, text).end);
    const from = MODELS.indexOf(first);
    // Before there is CR4.FSGSBASE, setting it is what faults.
    const missing = text.includes("cr4") ? "#GP" : "#UD";
    expect(ends).toEqual(MODELS.map((_, i) => (i < from ? missing : "hlt")));
  });

  it("tell in CPUID what they execute", () => {
    const ecx = (cpu: string): number => Number(run(cpu, "cpuid", { rax: 1 }).registers["rcx"]) | 0;
    expect(ecx("x86-64")).toBe(BASELINE);
    expect(ecx("x86-64-v2")).toBe(LEVEL_2);
    // PCLMULQDQ, MOVBE, AES, RDRAND.
    expect(ecx("max") & LEVEL_2).toBe(LEVEL_2);
    expect(ecx("max") & ~LEVEL_2 & 0x42400002).toBe(0x42400002);
    const leaf7 = run("max", "cpuid", { rax: 7 }).registers;
    // FSGSBASE, BMI1, BMI2, RDSEED, ADX, CLFLUSHOPT, CLWB, SHA; RDPID.
    expect(Number(leaf7["rbx"]) & 0x218c0109).toBe(0x218c0109);
    expect(Number(leaf7["rcx"]) & 0x400000).toBe(0x400000);
    expect(run("x86-64-v2", "cpuid", { rax: 7 }).registers).toMatchObject({ rbx: "0x0", rcx: "0x0", rdx: "0x0" });
  });

  it("execute LZCNT and TZCNT as BSR and BSF where they lack them (SDM vol. 2)", () => {
    const both = (cpu: string): unknown => run(cpu, "lzcnt eax, ebx\n tzcnt ecx, ebx", { rbx: 0x10 }).registers;
    expect(both("x86-64-v2")).toMatchObject({ rax: "0x4", rcx: "0x4" });
    expect(both("max")).toMatchObject({ rax: "0x1b", rcx: "0x4" });
    // BSF leaves its destination alone for a source of zero, TZCNT gives the width.
    expect(run("x86-64", "tzcnt eax, ebx", { rax: 7 }).registers["rax"]).toBe("0x7");
    expect(run("max", "tzcnt eax, ebx", { rax: 7 }).registers["rax"]).toBe("0x20");
  });

  it("have no VEX instructions in real mode (SDM vol. 2A, table 2-27)", () => {
    // ANDN eax, ebx, ecx.
    const text = "c4 e2 60 f2 c1 f4";
    expect(execute({ code: text, mode: 16, cpu: "max" }).fault).toMatchObject({ name: "#UD" });
    const ends = execute({ code: text, mode: 32, cpu: "max", registers: { rbx: 0xff00, rcx: 0xfff } });
    expect(ends).toMatchObject({ stop: "hlt", registers: { rax: "0xff" } });
  });

  it("give TSC_AUX to RDPID and RDTSCP", () => {
    const text = "mov ecx, 0xc0000103\n mov eax, 0x80000005\n xor edx, edx\n wrmsr\n rdpid rbx\n rdtscp";
    expect(run("max", text).registers).toMatchObject({ rbx: "0x80000005", rcx: "0x80000005" });
  });

  it("name themselves", () => {
    for (const [name, model] of Object.entries(CPU_MODELS)) expect(model.name).toBe(name);
  });
});

/** The first numbers of splitmix64 by seed (Vigna's splitmix64.c). */
const SPLITMIX: Readonly<Record<number, readonly string[]>> = {
  0: ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4", "0x6c45d188009454f"],
  1234567: ["0x599ed017fb08fc85", "0x2c73f08458540fa5", "0x883ebce5a3f27c77"],
};

describe("RDRAND and RDSEED", () => {
  const program = code("rdrand rax\n rdseed rbx\n rdrand rcx\n nop");
  const machine = (cpuSeed?: number) => {
    const made = bare({ memory: MiB, cpu: "max", ...(cpuSeed === undefined ? {} : { cpuSeed }) });
    made.load(CODE_AT, program);
    made.enter({ mode: 64, address: CODE_AT });
    return made;
  };
  const numbers = (made: ReturnType<typeof machine>): string[] =>
    ["rax", "rbx", "rcx"].map((name) => `0x${made.registers.get(name).toString(16)}`);

  it.each([[undefined, 0] as const, [1234567, 1234567] as const])("give one stream, of seed %s", (seed, key) => {
    const made = machine(seed);
    made.run(3);
    expect(numbers(made)).toEqual(SPLITMIX[key]);
    // CF = 1, the other status flags are cleared.
    expect(made.registers.get("rflags") & 0x8d5n).toBe(1n);
  });

  it("go on after a reset, and in a restored machine where they were", () => {
    const straight = machine();
    straight.run(3);
    const saved = straight.vcpu.save();
    const first = numbers(straight);
    straight.enter({ mode: 64, address: CODE_AT });
    straight.run(3);
    const second = numbers(straight);
    expect(new Set([...first, ...second]).size).toBe(6);
    const restored = machine(99);
    restored.vcpu.load(saved, restored.vcpu.version);
    restored.registers.set("rip", BigInt(CODE_AT));
    restored.run(3);
    expect(numbers(restored)).toEqual(second);
  });

  it("begin anew in a state that was saved before there were any; another layout is refused", () => {
    const made = machine(5);
    const saved = made.vcpu.save() as { readonly layout: string };
    const older = { ...saved, layout: saved.layout.replace(/ random@.*$/, "") };
    expect(older.layout).not.toBe(saved.layout);
    expect(() => made.vcpu.load(older, 1)).not.toThrow();
    for (const layout of [saved.layout.replace("rip@", "rip@1"), `${saved.layout} more@1`, "", 7])
      expect(() => made.vcpu.load({ ...saved, layout }, 1)).toThrow(
        expect.objectContaining({ code: "ISG_SNAPSHOT_BAD_STATE" }),
      );
  });

  it("take seeds up to 2^53 - 1 and nothing else", () => {
    for (const seed of [-1, 0.5, 2 ** 53, "1"])
      expect(() => bare({ memory: MiB, cpuSeed: seed as number })).toThrow(
        expect.objectContaining({ code: "ISG_MACHINE_BAD_OPTION" }),
      );
  });
});
