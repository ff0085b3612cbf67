/**
 * Operations of the x87 assists, by name; the index is what micro-ops pass. Kept apart from the functions so that semantics do
 * not import them.
 */

/** On registers only: assist `x87`, with the opcode (whose low bits are the register number) as its second argument. */
export const X87_OPERATIONS: readonly string[] = [
  "fld",
  "fst",
  "fstp",
  "fstpnce",
  "fxch",
  "ffree",
  "ffreep",
  "fabs",
  "fchs",
  "fxam",
  "fsqrt",
  "frndint",
  "f2xm1",
  "fsin",
  "fcos",
  "fsincos",
  "fptan",
  "fxtract",
  "fpatan",
  "fyl2x",
  "fyl2xp1",
  "fprem",
  "fprem1",
  "fscale",
  "fld1",
  "fldl2t",
  "fldl2e",
  "fldpi",
  "fldlg2",
  "fldln2",
  "fldz",
];

export function x87Operation(name: string): number {
  const number = X87_OPERATIONS.indexOf(name);
  if (number < 0) throw new Error(`cpu-x86: no x87 operation ${name}`);
  return number;
}

/** What the second operand of arithmetic and comparisons is; memory operands are in `scratch`, integers sign-extended. */
export const X87_REGISTER: number = 0;
export const X87_F32: number = 1;
export const X87_F64: number = 2;
export const X87_F80: number = 3;
export const X87_INTEGER: number = 4;
/** 64-bit integer: loads only. */
export const X87_INTEGER64: number = 5;
export const X87_BCD: number = 6;
/** The constant zero of FTST. */
export const X87_ZERO: number = 7;

/** Bit 2 of the first opcode byte, as the last opcode has it: DC and DE write ST(i), D8 writes ST(0). */
export const FOP_TO_REGISTER: number = 1 << 10;

/** Assist `x87-arith`: operation of softfloat (OP_ADD...) | source << 3 | flags. */
export const X87_SOURCE_SHIFT: number = 3;
export const X87_POP: number = 1 << 7;

/** Assist `x87-compare`: source << 3 | pops | flags. */
export const X87_POPS: number = 3;
/** Only signaling NaNs are invalid (FUCOM). */
export const X87_QUIET: number = 1 << 6;
/** The result goes to EFLAGS. */
export const X87_TO_FLAGS: number = 1 << 7;

/** Assist `x87-store`: kind | bits << 3 | flags. `bits` is that of an integer. */
export const X87_BITS_SHIFT: number = 8;
export const X87_TRUNCATE: number = 1 << 6;

/** Slots of `scratch` that hold what a store to memory changes; micro-ops move them into the state after the store. */
export const X87_NEW_STORES: number = 2;
export const X87_NEW_FSW: number = 3;
export const X87_NEW_TOP: number = 4;
export const X87_NEW_EMPTY: number = 5;

/** Assist `x87-guard`: an x87 instruction, or WAIT, which has a rule of its own for #NM. */
export const GUARD_X87: number = 0;
export const GUARD_WAIT: number = 1;

/** Assist `x87-environment`: what moves; the linear address is in `scratch`. */
export const ENVIRONMENT_STORE: number = 0;
export const ENVIRONMENT_LOAD: number = 1;
export const STATE_STORE: number = 2;
export const STATE_LOAD: number = 3;
