/**
 * Follows what a program learnt about its CPU through registers, within one function: results of CPUID, XGETBV and RDSSP, and what was loaded from
 * variables that hold them. A conditional branch on such a value is a *guard*.
 */
import {
  FORMS,
  type Instruction,
  MEM_NONE,
  mnemonicName,
  OP_IMM,
  OP_MEM,
  OP_REG,
  RC_GPR16,
  RC_GPR32,
  RC_GPR64,
  RC_GPR8,
  RC_GPR8H,
} from "@isinglass/isa-x86";

/** What the flags say about the CPU after an instruction. */
export type FlagMeaning =
  /** Nothing. */
  | "none"
  /** A bit was tested: not zero, carry and sign mean that it is there. */
  | "bit"
  /** A masked value was compared with the mask: equal means that all is there. */
  | "equal"
  /** Something else was done with it. */
  | "mixed";

/** What taking a branch says. */
export type EdgeMeaning = "present" | "absent" | "open";

const OPPOSITE: Readonly<Record<EdgeMeaning, EdgeMeaning>> = { present: "absent", absent: "present", open: "open" };

/** Registers that a call keeps: RBX, RSP, RBP, R12 to R15 (psABI, 3.2.1). */
const KEPT_BY_CALLS = (1 << 3) | (1 << 4) | (1 << 5) | 0xf000;

/** Whether an operand is a general-purpose register or a part of one. */
export const isGpr = (insn: Instruction, i: number): boolean => {
  if (insn.opKind[i] !== OP_REG) return false;
  const c = insn.opClass[i]!;
  return c === RC_GPR64 || c === RC_GPR32 || c === RC_GPR16 || c === RC_GPR8 || c === RC_GPR8H;
};

/** AH, CH, DH and BH are parts of registers 0 to 3. */
const gpr = (insn: Instruction, i: number): number => insn.opReg[i]! & 15;

export class Taint {
  /** Registers that hold something about the CPU, or point to it. */
  registers: number = 0;
  /** Those of them in which the meaning is inverted. */
  inverted: number = 0;
  flags: FlagMeaning = "none";
  flagsInverted: boolean = false;
  readonly #stack = new Set<number>();
  /** A function that asks the CPU was given somewhere to put the answer: whatever is on the stack may be it. */
  #stackFilled = false;

  reset(registers: number, inverted: number): void {
    this.registers = registers;
    this.inverted = inverted;
    this.flags = "none";
  }

  /** Adds what other paths to this place know: registers in the low half, inverted ones in the high half. */
  join(state: number): void {
    const more = state & 0xffff & ~this.registers;
    this.registers |= more;
    this.inverted |= (state >>> 16) & more;
  }

  /** What a branch, set or move on this condition says when it is taken. */
  meaning(condition: string): EdgeMeaning {
    let out: EdgeMeaning = "open";
    const set = condition === "nz" || condition === "b" || condition === "s";
    const clear = condition === "z" || condition === "nb" || condition === "ns";
    if (this.flags === "bit" && (set || clear)) out = set ? "present" : "absent";
    else if (this.flags === "equal" && (condition === "z" || condition === "nz"))
      out = condition === "z" ? "present" : "absent";
    return this.flagsInverted ? OPPOSITE[out] : out;
  }

  /**
   * Takes account of one instruction that is no branch.
   *
   * @param loaded whether what it reads from memory is a variable about the CPU
   * @returns whether it stores something about the CPU to memory
   */
  step(insn: Instruction, loaded: boolean): boolean {
    const name = mnemonicName(insn.mnemonic);
    if (name === "cpuid" || name === "xgetbv") {
      this.registers |= name === "cpuid" ? 0xf : 0b101;
      this.inverted &= ~0xf;
      this.flags = "none";
      return false;
    }
    if (name === "rdsspd" || name === "rdsspq") {
      // Where there is no shadow stack it leaves the register alone, in which there was a zero: compilers test that (SDM vol. 2B, RDSSP).
      this.registers |= 1 << gpr(insn, 0);
      this.inverted &= ~(1 << gpr(insn, 0));
      return false;
    }
    if (this.registers === 0 && !loaded && this.#stack.size === 0 && !this.#stackFilled) {
      this.flags = "none";
      return false;
    }
    const form = FORMS[insn.form]!;
    const memory = insn.memBase >= 0 && insn.memBase < 16 ? (this.registers >>> insn.memBase) & 1 : 0;
    const onStack = insn.memBase === 4 || insn.memBase === 5;
    const slot = onStack ? insn.memBase * 2 ** 33 + insn.dispLo : -1;
    let source = false;
    let inverse = false;
    let stores = false;
    for (let i = 0; i < insn.operandCount; i += 1) {
      const access = form.access[i]!;
      if (insn.opKind[i] === OP_MEM) {
        if ((access & 1) !== 0 && (loaded || memory === 1 || (onStack && (this.#stackFilled || this.#stack.has(slot)))))
          source = true;
        if ((access & 2) !== 0) stores = true;
        // An address of a part of the variable points to it too.
        if (name === "lea" && (memory === 1 || loaded)) source = true;
      } else if (isGpr(insn, i) && (access & 1) !== 0) {
        const bit = 1 << gpr(insn, i);
        if ((this.registers & bit) !== 0) {
          source = true;
          inverse ||= (this.inverted & bit) !== 0;
        }
      }
    }
    if (
      name === "lea" &&
      insn.memIndex !== MEM_NONE &&
      insn.memIndex < 16 &&
      ((this.registers >>> insn.memIndex) & 1) === 1
    )
      source = true;
    this.#flags(name, insn, source, inverse, form.flagsWritten !== 0 || form.flagsUndefined !== 0);
    // XOR with itself is zero, whatever was in it.
    const zeroed =
      (name === "xor" || name === "sub") && isGpr(insn, 0) && isGpr(insn, 1) && gpr(insn, 0) === gpr(insn, 1);
    const flips = name === "not" || (name === "xor" && insn.opKind[1] === OP_IMM);
    for (let i = 0; i < insn.operandCount; i += 1) {
      if ((form.access[i]! & 2) === 0 || !isGpr(insn, i)) continue;
      const bit = 1 << gpr(insn, i);
      const condition = /^set(.*)$/.exec(name)?.[1];
      if (condition !== undefined) {
        const says = this.flags === "none" ? "none" : this.meaning(condition);
        this.registers = says === "none" ? this.registers & ~bit : this.registers | bit;
        this.inverted = says === "absent" ? this.inverted | bit : this.inverted & ~bit;
        continue;
      }
      const tainted = source && !zeroed;
      this.registers = tainted ? this.registers | bit : this.registers & ~bit;
      this.inverted = tainted && inverse !== flips ? this.inverted | bit : this.inverted & ~bit;
    }
    if (stores && source && slot >= 0) this.#stack.add(slot);
    return stores && source;
  }

  /** Takes account of a call: what it may change is forgotten. */
  call(returns: boolean, fills: boolean): void {
    this.#stackFilled ||= fills;
    this.registers = (this.registers & KEPT_BY_CALLS) | (returns ? 1 : 0);
    this.inverted &= this.registers & ~1;
    this.flags = "none";
  }

  #flags(name: string, insn: Instruction, source: boolean, inverse: boolean, writes: boolean): void {
    if (!writes) return;
    this.flagsInverted = inverse;
    if (!source) this.flags = "none";
    else if (name === "test" || name === "and" || name === "bt" || name === "bts" || name === "btr") this.flags = "bit";
    else if (name === "cmp") {
      const zero = insn.opKind[1] === OP_IMM && insn.immLo === 0;
      this.flags = zero ? "bit" : "equal";
    } else this.flags = "mixed";
  }
}
