import { DecodedForm, OP, verify } from "@isinglass/uops";
import { FORMS, assemble } from "@isinglass/isa-x86";
import { describe, expect, test } from "vitest";
import { ASSIST_NAMES, MODE_LONG, S, X86Isa } from "../src/index.js";

const FEATURES = new Set(
  "MMX SSE SSE2 SSE3 SSSE3 SSE4_1 SSE4_2 FXSR AES PCLMULQDQ SHA POPCNT ADX LZCNT RDRAND RDSEED".split(" "),
);
/** Operands to write a form with, by the type in isa-x86's description. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  xmm: ["xmm1"],
  mm: ["mm1"],
  r32: ["ebx"],
  "r/m32": ["ebx", "dword ptr [rsi]"],
  "r/m64": ["rbx", "qword ptr [rsi]"],
  "r/my": ["ebx", "rbx", "dword ptr [rsi]"],
  ry: ["ebx", "rbx"],
  rv: ["bx", "ebx", "rbx"],
  "xmm/m128": ["xmm2", "xmmword ptr [rsi]", "xmmword ptr [rip + 16]", "xmmword ptr fs:[rsi + 8*rdi]"],
  "xmm/m64": ["xmm2", "qword ptr [rsi]"],
  "xmm/m32": ["xmm2", "dword ptr [rsi]"],
  "xmm/m16": ["xmm2", "word ptr [rsi]"],
  "mm/m64": ["mm2", "qword ptr [rsi]"],
  "mm/m32": ["mm2", "dword ptr [rsi]"],
  "r/m8": ["bl", "byte ptr [rsi]"],
  "r/mv": ["bx", "ebx", "rbx", "dword ptr [rsi]"],
  "r32/m16": ["ebx", "word ptr [rsi]"],
  "r32/m8": ["ebx", "byte ptr [rsi]"],
  my: ["dword ptr [rsi]", "qword ptr [rsi]"],
  m512B: ["[rsi]"],
  m: ["[rsi]"],
  m128: ["xmmword ptr [rsi]"],
  m64: ["qword ptr [rsi]"],
  m32: ["dword ptr [rsi]"],
  uimm8: ["3"],
  xmm0: ["xmm0"],
};

const scratch = S.scratch;
const isArchitectural = (offset: number): boolean => offset < scratch || offset >= scratch + 64;

function texts(mnemonic: string, operands: string): string[] {
  let lines = [""];
  for (const type of operands === "" ? [] : operands.split(", ")) {
    const choices = OPERANDS[type];
    if (choices === undefined) return [];
    lines = lines.flatMap((line) => choices.map((choice) => (line === "" ? choice : `${line}, ${choice}`)));
  }
  return lines.map((line) => `${mnemonic} ${line}`.trim());
}

const isa = new X86Isa();
const out = new DecodedForm();
/** The two that only raise what keeps SSE or MMX from executing. */
const CHECKS = new Set([ASSIST_NAMES.indexOf("sse-check"), ASSIST_NAMES.indexOf("mmx-check")]);
const assistEffects = (id: number): { writes: boolean; faults: boolean } => ({ writes: !CHECKS.has(id), faults: true });
const notImplemented = ASSIST_NAMES.indexOf("not-implemented");

const forms = FORMS.filter(
  (form) =>
    form.features.some((feature) => FEATURES.has(feature)) && form.class !== "x87" && !form.opcode.startsWith("VEX"),
);

describe("every legacy MMX, SSE and general extension form", () => {
  test("is there", () => expect(forms.length).toBeGreaterThan(350));

  test.each(forms.map((form) => [`${form.mnemonic} ${form.operands}`.trim(), form] as const))("%s", (_, form) => {
    let built = 0;
    for (const text of texts(form.mnemonic, form.operands)) {
      let bytes: Uint8Array;
      try {
        ({ bytes } = assemble(text));
      } catch {
        // Two sizes that do not go together.
        continue;
      }
      built += 1;
      isa.decode(bytes, 0, bytes.length, MODE_LONG, out);
      const { ir } = isa.form(out.form);
      const isImplemented = !ir.op.some((op, i) => op === OP.assist && ir.x[i] === notImplemented);
      const { errors, warnings } = verify(ir, { functions: isa.functions, isArchitectural, assistEffects });
      // MASKMOVQ makes the MMX transition before it stores, as the CPU does.
      const early = form.mnemonic === "maskmovq" ? [] : warnings;
      expect({ text, isImplemented, errors, early }).toEqual({ text, isImplemented: true, errors: [], early: [] });
    }
    expect(built).toBeGreaterThan(0);
  });
});
