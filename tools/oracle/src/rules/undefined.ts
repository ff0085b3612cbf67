import type { Form } from "../forms.js";
import { AT_IMMEDIATE, AT_OPERAND, AT_REGISTERS, DATA_BASE, DATA_SIZE, NO_VECTOR } from "../layout.js";
import type { MachineState } from "../state.js";
import { AF, C0, C1, C2, C3, CF, OF, PF, SF, ZF } from "./flags.js";

/** The parts of a final state that the manuals leave undefined. */
export interface UndefinedParts {
  rflags: number;
  fsw: number;
  /** General register whose value is undefined, or -1, and which bits of its low and of its high word. */
  register: number;
  registerMask: number;
  registerHighMask: number;
  /** Pieces of the data window: offset and length by turns. */
  readonly memory: number[];
}

/** One line of the table: what the manual of a vendor leaves undefined, and when. */
interface FlagRule {
  readonly mnemonics: readonly string[];
  readonly flags: number;
  readonly section: string;
  /** Whether the rule applies to this case; always if absent. `count` is the masked shift count. */
  readonly when?: (count: number, size: number) => boolean;
  /** Only on CPUs of this vendor (CPUID.0); both if absent. */
  readonly vendor?: "GenuineIntel" | "AuthenticAMD";
}

const rflagsRules: readonly FlagRule[] = [
  { mnemonics: ["and", "or", "xor", "test"], flags: AF, section: "SDM vol. 2, AND, OR, XOR, TEST" },
  { mnemonics: ["bsf", "bsr"], flags: CF | OF | SF | AF | PF, section: "SDM vol. 2, BSF, BSR" },
  { mnemonics: ["bt", "btc", "btr", "bts"], flags: OF | SF | AF | PF, section: "SDM vol. 2, BT" },
  { mnemonics: ["div", "idiv"], flags: CF | OF | SF | ZF | AF | PF, section: "SDM vol. 2, DIV, IDIV" },
  { mnemonics: ["mul", "imul"], flags: SF | ZF | AF | PF, section: "SDM vol. 2, MUL, IMUL" },
  {
    mnemonics: ["rcl", "rcr", "rol", "ror"],
    flags: OF,
    section: "SDM vol. 2, RCL/RCR/ROL/ROR",
    when: (count) => count > 1,
  },
  { mnemonics: ["shl", "shr", "sar"], flags: AF, section: "SDM vol. 2, SAL/SAR/SHL/SHR", when: (count) => count > 0 },
  { mnemonics: ["shl", "shr", "sar"], flags: OF, section: "SDM vol. 2, SAL/SAR/SHL/SHR", when: (count) => count > 1 },
  {
    mnemonics: ["shl", "shr"],
    flags: CF,
    section: "SDM vol. 2, SAL/SAR/SHL/SHR",
    when: (count, size) => count >= size,
  },
  { mnemonics: ["shld", "shrd"], flags: AF, section: "SDM vol. 2, SHLD, SHRD", when: (count) => count > 0 },
  { mnemonics: ["shld", "shrd"], flags: OF, section: "SDM vol. 2, SHLD, SHRD", when: (count) => count > 1 },
  {
    mnemonics: ["shld", "shrd"],
    flags: CF | OF | SF | ZF | AF | PF,
    section: "SDM vol. 2, SHLD, SHRD",
    when: (count, size) => count > size,
  },
  { mnemonics: ["aaa", "aas"], flags: OF | SF | ZF | PF, section: "SDM vol. 2, AAA, AAS" },
  { mnemonics: ["aad", "aam"], flags: OF | AF | CF, section: "SDM vol. 2, AAD, AAM" },
  { mnemonics: ["daa", "das"], flags: OF, section: "SDM vol. 2, DAA, DAS" },
  { mnemonics: ["andn", "blsi", "blsmsk", "blsr", "bzhi"], flags: AF | PF, section: "SDM vol. 2, ANDN, BLSI, BZHI" },
  { mnemonics: ["bextr"], flags: AF | SF | PF, section: "SDM vol. 2, BEXTR" },
  {
    mnemonics: ["rdrand", "rdseed"],
    flags: CF,
    section: "SDM vol. 2, RDRAND, RDSEED: CF = 0 where there was no number in time",
  },
  { mnemonics: ["lzcnt", "tzcnt"], flags: OF | SF | PF | AF, section: "SDM vol. 2, LZCNT, TZCNT" },
];

// C0, C2 and C3 after instructions that neither compare nor examine; C1 tells the rounding or the stack fault.
const conditionRules: readonly { mnemonics: RegExp; flags: number; section: string }[] = [
  {
    mnemonics:
      /^f(i?(add|subr?|mul|divr?)p?|abs|chs|sqrt|scale|rndint|xtract|2xm1|yl2x|yl2xp1|patan|n?cmov|cmov.*|i?ld|bld|ld1|ldl2[te]|ldpi|ldlg2|ldln2|ldz|i?stp?|isttp|bstp|xch|xch4|xch7|incstp|decstp|stpnce|stp1|stp8|stp9)$/,
    flags: C0 | C2 | C3,
    section: "SDM vol. 2, FADD and the others: C0, C2, C3 undefined",
  },
  { mnemonics: /^f(sin|cos|sincos|ptan)$/, flags: C0 | C3, section: "SDM vol. 2, FSIN, FPTAN: C0, C3 undefined" },
  {
    mnemonics:
      /^(f(free|freep|nop|nstcw|nstsw|nstenv|nclex|ldcw|wait|disi8087_nop|eni8087_nop|setpm287_nop)|fwait|wait)$/,
    flags: C0 | C1 | C2 | C3,
    section: "SDM vol. 2, FFREE, FNOP, FLDCW, FNSTCW, FNSTSW, FNSTENV, FNCLEX, WAIT: C0 to C3 undefined",
  },
];

// Reserved or implementation-specific fields of stored images: offset and length by turns.
const extendedArea = [{ size: 576, holes: [28, 4], section: "SDM vol. 1, 10.5.1: MXCSR_MASK" }];
const imageHoles: Readonly<Record<string, { size: number; holes: readonly number[]; section: string }[]>> = {
  fnstenv: [
    {
      size: 28,
      holes: [12, 16],
      section: "SDM vol. 1, 8.1.8: FIP and FDP; AMD keeps them only for a pending exception",
    },
    { size: 14, holes: [6, 8], section: "SDM vol. 1, 8.1.8" },
  ],
  fnsave: [
    { size: 108, holes: [12, 16], section: "SDM vol. 1, 8.1.8" },
    { size: 94, holes: [6, 8], section: "SDM vol. 1, 8.1.8" },
  ],
  fxsave: [{ size: 512, holes: [6, 18, 28, 4], section: "SDM vol. 1, 10.5.1: FOP, FIP, FDP, MXCSR_MASK" }],
  fxsave64: [{ size: 512, holes: [6, 18, 28, 4], section: "SDM vol. 1, 10.5.1: FOP, FIP, FDP, MXCSR_MASK" }],
  xsave: extendedArea,
  xsave64: extendedArea,
  xsaveopt: extendedArea,
  xsaveopt64: extendedArea,
  xsavec: extendedArea,
  xsavec64: extendedArea,
};

/** The undefined parts of forms, looked up once a form. */
export class UndefinedTable {
  readonly #vendor: string;
  #form: Form | undefined;
  #rules: readonly FlagRule[] = [];
  #conditions = 0;
  #size = 0;
  readonly #parts: UndefinedParts = {
    rflags: 0,
    fsw: 0,
    register: -1,
    registerMask: 0,
    registerHighMask: 0,
    memory: [],
  };

  /** @param vendor CPUID's vendor string of the CPU that the expected results are from */
  constructor(vendor: string) {
    this.#vendor = vendor;
  }

  #select(form: Form): void {
    this.#form = form;
    this.#rules = rflagsRules.filter(
      (rule) => rule.mnemonics.includes(form.mnemonic) && (rule.vendor === undefined || rule.vendor === this.#vendor),
    );
    this.#conditions = 0;
    for (const rule of conditionRules) if (rule.mnemonics.test(form.mnemonic)) this.#conditions |= rule.flags;
    this.#size = form.operands[0]?.size ?? 0;
  }

  /** What is undefined after a case of a form. The object is reused by the next call. */
  parts(form: Form, before: MachineState, after: MachineState): UndefinedParts {
    if (this.#form !== form) this.#select(form);
    const parts = this.#parts;
    parts.rflags = parts.fsw = 0;
    parts.register = -1;
    parts.registerMask = parts.registerHighMask = 0;
    parts.memory.length = 0;
    if (after.vector !== NO_VECTOR) return parts;
    parts.fsw = this.#conditions;
    const count = shiftCount(form, before);
    for (const rule of this.#rules)
      if (rule.when === undefined || rule.when(count, this.#size)) parts.rflags |= rule.flags;
    const doubleShift = form.mnemonic === "shld" || form.mnemonic === "shrd";
    if (doubleShift && count > this.#size) this.#undefinedDestination(form, before, 0xffff);
    // BSWAP of a 16-bit register (SDM vol. 2, BSWAP).
    if (form.mnemonic === "bswap" && this.#size === 16) this.#undefinedDestination(form, before, 0xffff);
    // A random number; what is above it is not.
    if (form.mnemonic === "rdrand" || form.mnemonic === "rdseed") {
      this.#undefinedDestination(form, before, this.#size === 16 ? 0xffff : 0xffff_ffff);
      if (this.#size === 64) parts.registerHighMask = 0xffff_ffff;
    }
    // A zero source leaves the destination alone (APM vol. 3, BSF), of which AMD's CPUs keep all 64 bits and Intel's may clear the
    // upper half (SDM vol. 2, BSF: undefined).
    if ((form.mnemonic === "bsf" || form.mnemonic === "bsr") && this.#size === 32 && (after.rflags & ZF) !== 0) {
      parts.register = before.words[AT_REGISTERS >> 2]! & 0xff;
      parts.registerHighMask = 0xffff_ffff;
    }
    // PUSH of a segment register with 32 bits may write only 16 of them (SDM vol. 2, PUSH).
    const pushed =
      form.mnemonic === "push" && form.operands[0]!.size === 16
        ? form.operands.find((operand) => operand.type === "mem")
        : undefined;
    if (pushed?.size === 32) this.#holeAt(after.gpr[8]! + 2, 2);
    const images = imageHoles[form.mnemonic];
    const image = images?.find((candidate) => candidate.size === this.#size >> 3);
    if (image !== undefined)
      for (let i = 0; i < image.holes.length; i += 2) this.#hole(before, image.holes[i]!, image.holes[i + 1]!);
    return parts;
  }

  #undefinedDestination(form: Form, before: MachineState, mask: number): void {
    if (form.modrm === "mem") {
      this.#hole(before, 0, this.#size >> 3);
      return;
    }
    this.#parts.register = (before.words[AT_REGISTERS >> 2]! >> 8) & 0xff;
    this.#parts.registerMask = mask;
  }

  #hole(before: MachineState, offset: number, length: number): void {
    this.#holeAt(before.words[AT_OPERAND >> 2]! + offset, length);
  }

  #holeAt(address: number, length: number): void {
    const from = address - DATA_BASE;
    const start = Math.max(0, from);
    const end = Math.min(DATA_SIZE, from + length);
    if (start < end) this.#parts.memory.push(start, end - start);
  }
}

/** The count of a shift or rotate as the CPU masks it: 6 bits for 64-bit operands, else 5 (SDM vol. 2, SAL). */
function shiftCount(form: Form, before: MachineState): number {
  const size = form.operands[0]?.size ?? 0;
  const mask = size === 64 ? 63 : 31;
  if (form.immediates[0] === 8) return before.words[AT_IMMEDIATE >> 2]! & mask;
  if (form.operands.some((operand) => operand.what === "cl")) return before.gpr[2]! & mask;
  return 1;
}

/** Every flag that a mnemonic may leave undefined, whatever its operands. */
export function undefinedFlagsOf(mnemonic: string): number {
  let flags = 0;
  for (const rule of rflagsRules) if (rule.mnemonics.includes(mnemonic)) flags |= rule.flags;
  return flags;
}
