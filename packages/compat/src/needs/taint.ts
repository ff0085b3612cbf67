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
const LOST_BY_CALLS = [0, 1, 2, 6, 7, 8, 9, 10, 11];
/** RDI, RSI, RDX, RCX, R8 and R9 pass arguments (psABI, 3.2.3). */
const ARGUMENTS = [7, 6, 2, 1, 8, 9];

/** A function that asks the CPU is given four words to fill, or a structure of a few more. */
const MOST_FILLED = 64;

/** A number for a place on the stack, relative to RSP or RBP: the displacement's range does not reach from one to the other. */
const place = (base: number, displacement: number): number => base * 2 ** 33 + displacement;

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
  /** Places on the stack that hold something about the CPU anywhere in the function. */
  readonly #stack = new Set<number>();
  /** Of these, what was overwritten by something else since the last branch. */
  readonly #overwritten = new Set<number>();
  /** Begins of what functions that ask the CPU were given to put the answer in. */
  readonly #filled = new Set<number>();
  /** Places on the stack that registers point to; -1 where they do not. */
  readonly #pointers = new Float64Array(16).fill(-1);

  reset(registers: number, inverted: number): void {
    this.registers = registers;
    this.inverted = inverted;
    this.flags = "none";
    this.#overwritten.clear();
    this.#pointers.fill(-1);
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
    this.#point(insn, name);
    if (this.registers === 0 && !loaded && this.#stack.size === 0 && this.#filled.size === 0) {
      this.flags = "none";
      return false;
    }
    const form = FORMS[insn.form]!;
    const memory = insn.memBase >= 0 && insn.memBase < 16 ? (this.registers >>> insn.memBase) & 1 : 0;
    const onStack = insn.memBase === 4 || insn.memBase === 5;
    const slot = onStack ? place(insn.memBase, insn.dispLo) : -1;
    let source = false;
    let inverse = false;
    let stores = false;
    for (let i = 0; i < insn.operandCount; i += 1) {
      const access = form.access[i]!;
      if (insn.opKind[i] === OP_MEM) {
        if ((access & 1) !== 0 && (loaded || memory === 1 || (onStack && this.#holds(slot)))) source = true;
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
    if (stores && slot >= 0) {
      if (source) this.#stack.add(slot);
      if (source) this.#overwritten.delete(slot);
      else this.#overwritten.add(slot);
    }
    return stores && source;
  }

  /** Takes account of a call: what it may change is forgotten. */
  call(returns: boolean, fills: boolean): void {
    for (const r of ARGUMENTS) if (fills && this.#pointers[r]! >= 0) this.#filled.add(this.#pointers[r]!);
    for (const r of LOST_BY_CALLS) this.#pointers[r] = -1;
    this.registers = (this.registers & KEPT_BY_CALLS) | (returns ? 1 : 0);
    this.inverted &= this.registers & ~1;
    this.flags = "none";
  }

  #holds(slot: number): boolean {
    if (this.#overwritten.has(slot)) return false;
    if (this.#stack.has(slot)) return true;
    for (const start of this.#filled) if (slot >= start && slot < start + MOST_FILLED) return true;
    return false;
  }

  #point(insn: Instruction, name: string): void {
    if (insn.opKind[0] !== OP_REG || insn.opClass[0] !== RC_GPR64 || (FORMS[insn.form]!.access[0]! & 2) === 0) return;
    const onStack = name === "lea" && (insn.memBase === 4 || insn.memBase === 5) && insn.memIndex === MEM_NONE;
    const copied = name === "mov" && insn.opKind[1] === OP_REG ? insn.opReg[1]! & 15 : -1;
    const there = copied === 4 || copied === 5 ? place(copied, 0) : copied >= 0 ? this.#pointers[copied]! : -1;
    this.#pointers[insn.opReg[0]! & 15] = onStack ? place(insn.memBase, insn.dispLo) : there;
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
