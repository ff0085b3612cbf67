import { DECODE_INVALID, Instruction, decode } from "@isinglass/isa-x86";
import { DecodedForm, type Finding, OP, verify } from "@isinglass/uops";
import { describe, expect, it } from "vitest";
import {
  MODE_CODE_16,
  MODE_CODE_32,
  MODE_CODE_LIMITED,
  MODE_LONG,
  MODE_STACK_32,
  S,
  type StateField,
  X86Isa,
  assistId,
} from "../src/index.js";

const isa = new X86Isa();
const NOT_IMPLEMENTED = assistId("not-implemented");

/** Fields that are not the guest's: written before a fault, nobody sees it. */
const SCRATCH: readonly (readonly [StateField, number])[] = [
  ["scratch", 64],
  ["memoryScratch", 64],
  ["wideScratch", 64],
  ["nextRip", 8],
];

const isArchitectural = (offset: number): boolean =>
  !SCRATCH.some(([field, length]) => offset >= S[field] && offset < S[field] + length);

/** Assists that change nothing that is the guest's where the instruction goes on after them. */
const READ_ONLY = new Set(
  [
    // They raise an exception or do nothing.
    "check-port",
    "sse-check",
    "mmx-check",
    "avx-check",
    "x87-guard",
    // They read into scratch space.
    "read-cr",
    "read-dr",
    "sgdt",
    "sidt",
    "sldt",
    "str",
    "smsw",
    // It does many iterations and jumps, or does nothing.
    "bulk-string",
  ].map(assistId),
);
/** Assists that raise nothing: an x87 exception waits for the next waiting instruction; POPF has checked before. */
const FAULTLESS = new Set(
  ["x87", "x87-load", "x87-store", "x87-arith", "x87-compare", "x87-cmov", "interrupt-window", "popf"].map(assistId),
);
const assistEffects = (id: number): { writes: boolean; faults: boolean } => ({
  writes: !READ_ONLY.has(id),
  faults: !FAULTLESS.has(id),
});

/** ModRM bytes: each register field with [base], [rip or disp32], [SIB], [base + disp8] and a register. */
const MODRM = [0x00, 0x04, 0x05, 0x06, 0x43, 0xc1].flatMap((rest) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((reg) => rest | (reg << 3)),
);
const ALL_REGISTERS = Array.from({ length: 64 }, (_, i) => 0xc0 | i);
const PREFIXES = [[], [0x66], [0x67], [0xf2], [0xf3], [0x64], [0x66, 0xf3], [0x36]];
const PREFIXES_64 = [[0x48], [0x44], [0xf3, 0x48], [0xf2, 0x48], [0x66, 0x48]];
const MAPS = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]];

const MODES = [
  ["16-bit", 16, MODE_CODE_16],
  ["32-bit", 32, MODE_CODE_32 | MODE_STACK_32],
  ["64-bit", 64, MODE_LONG],
] as const;

/** Form number -> bytes of an instruction of that form, by walking the opcode maps. */
function walk(bits: 16 | 32 | 64, mode: number): Map<number, string> {
  const found = new Map<number, string>();
  const insn = new Instruction();
  const decoded = new DecodedForm();
  const bytes = new Uint8Array(20);
  for (const prefix of bits === 64 ? [...PREFIXES, ...PREFIXES_64] : PREFIXES) {
    for (const map of MAPS) {
      const head = [...prefix, ...map];
      for (let opcode = 0; opcode < 256; opcode += 1) {
        const full = map.length === 1 && [0x00, 0x01, 0xae, 0xc7].includes(opcode);
        for (const modrm of full ? [...MODRM, ...ALL_REGISTERS] : MODRM) {
          bytes.fill(0);
          bytes.set([...head, opcode, modrm]);
          if (decode(bytes, 0, bytes.length, bits, insn) === DECODE_INVALID) continue;
          const length = isa.decode(bytes, 0, bytes.length, mode, decoded);
          if (found.has(decoded.form)) continue;
          const hex = Array.from(bytes.subarray(0, length), (byte) => byte.toString(16).padStart(2, "0")).join("");
          found.set(decoded.form, hex);
        }
      }
    }
  }
  return found;
}

/**
 * Forms that may fault after they wrote, and why that is right. By the beginning of the form's name.
 *
 * A warning outside this list is a fault that would not find the state as before the instruction (engine law 3).
 */
const ALLOWED: readonly (readonly [name: RegExp, why: string])[] = [
  [/^(rep |repne )?f(st|stp|bstp|ist|istp|isttp) m/, "the destination was checked for writing before the assist"],
  [/^(rep |repne )?ins[bwd] /, "the destination was checked for writing before the port is read"],
  [/^(rep |repne )?maskmovq /, "AMD's CPUs make the MMX transition before the stores"],
  [/^(rep |repne )?pusha /, "CPUs leave what was stored below the stack pointer before a later slot faulted"],
];

/** Warnings of a form that no reason covers. */
function unexplained(form: number): readonly Finding[] {
  const { name, ir } = isa.form(form);
  if (ALLOWED.some(([pattern]) => pattern.test(name))) return [];
  return verify(ir, { functions: isa.functions, isArchitectural, assistEffects }).warnings;
}

describe.each(MODES)("every form of the opcode maps in %s code", (_, bits, mode) => {
  const forms = walk(bits, mode);

  it("is found", () => {
    // Too few would mean that the walk is at fault, not the table.
    expect(forms.size).toBeGreaterThan(2000);
  });

  it("is well-formed", () => {
    const wrong: string[] = [];
    for (const [form, bytes] of forms) {
      const { name, ir } = isa.form(form);
      for (const { message } of verify(ir, { functions: isa.functions }).errors)
        wrong.push(`${bytes} ${name}: ${message}`);
    }
    expect(wrong).toEqual([]);
  });

  it("writes nothing before its last possible fault", () => {
    const early: string[] = [];
    for (const [form, bytes] of forms) {
      const warnings = unexplained(form);
      if (warnings.length > 0) early.push(`${bytes} ${isa.form(form).name}: ${describeAll(warnings)}`);
    }
    expect(early).toEqual([]);
  });

  it("has semantics or leaves with the typed exit, and then does nothing else", () => {
    for (const [form, bytes] of forms) {
      const { ir } = isa.form(form);
      const at = ir.op.findIndex((op, i) => i < ir.count && op === OP.assist && ir.x[i] === NOT_IMPLEMENTED);
      const writes = [...ir.op.subarray(0, ir.count)].filter((op) => op === OP.stateStore64 || op === OP.stateStoreI32);
      if (at >= 0) expect([bytes, writes.length]).toEqual([bytes, 0]);
    }
  });
});

function describeAll(findings: readonly Finding[]): string {
  return findings.map(({ at, message }) => `op ${at}: ${message}`).join("; ");
}

describe("a code segment that ends below 4 GiB", () => {
  const flat = MODE_CODE_32 | MODE_STACK_32;
  const form = (hex: string, mode: number): number => {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const out = new DecodedForm();
    expect(isa.decode(bytes, 0, bytes.length, mode, out)).toBe(bytes.length);
    return out.form;
  };

  it("costs direct branches of other code nothing", () => {
    for (const hex of ["eb00", "e900000000", "e800000000", "7500", "0f8500000000", "e200", "e300"]) {
      const faults = (id: number): number => isa.form(id).ir.op.filter((op) => op === OP.fault).length;
      // CALL may fault on the stack.
      const others = hex === "e800000000" ? 1 : 0;
      expect(faults(form(hex, flat)), `code ${hex}`).toBe(others);
      expect(faults(form(hex, flat | MODE_CODE_LIMITED)), `code ${hex}`).toBe(others + 1);
    }
  });

  it("makes no other form twice", () => {
    for (const hex of ["01d8", "8b03", "50", "c3", "ffe0", "0fb6c0", "f3a4", "0f01d0"])
      expect(form(hex, flat | MODE_CODE_LIMITED), `code ${hex}`).toBe(form(hex, flat));
  });
});
