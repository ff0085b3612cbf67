import { describe, expect, it } from "vitest";
import { decode, FEATURES, FORMS, Instruction, MNEMONICS } from "../src/index.js";
import { generate } from "../scripts/generate.mjs";
import { readFileSync } from "node:fs";

const insn = new Instruction();

function formOf(hex: string, mode: 16 | 32 | 64 = 64): (typeof FORMS)[number] {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  expect(decode(bytes, 0, bytes.length, mode, insn)).toBe(bytes.length);
  return FORMS[insn.form]!;
}

const CF = 0x1;
const ZF = 0x40;
const OF = 0x800;
const STATUS = 0x8d5;

describe("the form table", () => {
  it("is what spec/ says (else: node scripts/generate.mjs)", () => {
    const committed = (name: string): string =>
      readFileSync(new URL(`../src/generated/${name}`, import.meta.url), "utf8");
    const stale = generate().filter(([name, text]) => committed(name) !== text);
    expect(stale.map(([name]) => name)).toEqual([]);
  });

  it("has a known mnemonic and known features in each form", () => {
    const features = new Set(FEATURES.map((f) => f.name));
    for (const form of FORMS) {
      expect(MNEMONICS).toContain(form.mnemonic);
      for (const f of form.features) expect(features).toContain(f);
    }
  });

  it("knows flags (SDM vol. 1, appendix A)", () => {
    expect(formOf("11 c8")).toMatchObject({ mnemonic: "adc", flagsRead: CF, flagsWritten: STATUS, flagsUndefined: 0 });
    expect(formOf("ff c0")).toMatchObject({ mnemonic: "inc", flagsWritten: STATUS & ~CF });
    expect(formOf("31 c0")).toMatchObject({ mnemonic: "xor", flagsWritten: STATUS & ~0x10, flagsUndefined: 0x10 });
    expect(formOf("f7 e0")).toMatchObject({ mnemonic: "mul", flagsWritten: CF | OF, flagsUndefined: 0xd4 });
    expect(formOf("7e 00")).toMatchObject({ mnemonic: "jle", flagsRead: ZF | 0x80 | OF, flagsWritten: 0 });
    expect(formOf("0f af c1")).toMatchObject({ mnemonic: "imul", implicit: [] });
    expect(formOf("f2 0f 10 c1")).toMatchObject({ mnemonic: "movsd", class: "simd", flagsRead: 0, implicit: [] });
    expect(formOf("a5")).toMatchObject({ mnemonic: "movsd", class: "string", flagsRead: 0x400, rep: "rep" });
  });

  it("knows features and tiers", () => {
    expect(formOf("01 c0")).toMatchObject({ features: ["I86"], tier: "base" });
    expect(formOf("0f 58 c1")).toMatchObject({ features: ["SSE"], tier: "base" });
    expect(formOf("c4 e2 7d dc c1")).toMatchObject({ features: ["VAES"], tier: "extension" });
    expect(formOf("c5 f8 58 c1")).toMatchObject({ features: ["AVX"], tier: "extension", protectedModeOnly: true });
    expect(formOf("0f 01 d7")).toMatchObject({ mnemonic: "enclu", features: ["SGX"], tier: "special" });
    expect(formOf("0f 01 d8")).toMatchObject({ mnemonic: "vmrun", tier: "special", privilege: "cpl0" });
  });

  it("knows operand access", () => {
    expect(formOf("01 c8").access).toEqual([3, 1]);
    expect(formOf("39 c8").access).toEqual([1, 1]);
    expect(formOf("89 c8").access).toEqual([2, 1]);
    expect(formOf("87 c8").access).toEqual([3, 3]);
    expect(formOf("c5 f8 58 c1").access).toEqual([2, 1, 1]);
    expect(formOf("c4 e2 fb f6 c2").access).toEqual([2, 2, 1]); // mulx writes both
  });

  // Robin and Irvine, USENIX Security 2000, table 1: sensitive instructions that user code runs without a trap.
  it.for(
    "0f 01 00,sgdt;0f 01 08,sidt;0f 00 c0,sldt;0f 01 e0,smsw;9c,pushf;9d,popf;0f 02 c0,lar;0f 03 c0,lsl;0f 00 e0,verr;0f 00 e8,verw;0f a1,pop;0f a0,push;ff 18,callf;ff 28,jmpf;cd 80,int;cb,retf;0f 00 c8,str;8c d8,mov"
      .split(";")
      .map((c) => c.split(",") as [string, string]),
  )("%s (%s) is sensitive and not privileged", ([hex, mnemonic]) => {
    const form = formOf(hex);
    expect(form.mnemonic).toBe(mnemonic);
    expect(form.sensitive).toBe(true);
    expect(form.privilege).not.toBe("cpl0");
  });

  // SDM vol. 3A, 6.9: privileged instructions.
  it("marks the privileged instructions of SDM vol. 3A, section 6.9", () => {
    const privileged =
      "lgdt lldt ltr lidt lmsw clts invd wbinvd invlpg hlt rdmsr wrmsr invpcid swapgs sysret sysexit xsetbv".split(" ");
    const marked = new Set(FORMS.filter((f) => f.privilege === "cpl0").map((f) => f.mnemonic));
    expect(privileged.filter((m) => !marked.has(m))).toEqual([]);
    const controlMoves = FORMS.filter((f) => /\b[cd]r\b/.test(f.operands));
    expect(controlMoves.map((f) => f.privilege)).toEqual(["cpl0", "cpl0", "cpl0", "cpl0"]);
    const open = ["cpuid", "syscall", "rdtsc", "rdpmc", "sgdt", "xgetbv", "vmcall"];
    expect(open.filter((m) => marked.has(m))).toEqual([]);
  });

  // SDM vol. 2A, LOCK: the instructions that it may precede.
  it("allows LOCK exactly where the SDM does", () => {
    const lockable = new Set(FORMS.filter((f) => f.lock).map((f) => f.mnemonic));
    expect([...lockable].sort()).toEqual(
      "adc add and btc btr bts cmpxchg cmpxchg16b cmpxchg8b dec inc neg not or sbb sub xadd xchg xor".split(" "),
    );
  });
});
