/**
 * Register classes and register names.
 *
 * A register is a pair (class, number). The number is the one the encoding uses: 0..15 for
 * general registers (RAX RCX RDX RBX RSP RBP RSI RDI R8…R15), 0..5 for segments
 * (ES CS SS DS FS GS), Intel SDM vol. 2A, tables 2-2 and 3-1.
 */

/** No register. */
export const RC_NONE = 0;
/** AL CL DL BL SPL BPL SIL DIL R8B…R15B. */
export const RC_GPR8 = 1;
/** AH CH DH BH, numbered 0..3: bits 15:8 of general register `number`. */
export const RC_GPR8H = 2;
/** AX CX DX BX SP BP SI DI R8W…R15W. */
export const RC_GPR16 = 3;
/** EAX … R15D. A write clears bits 63:32 of the full register (SDM vol. 1, 3.4.1.1). */
export const RC_GPR32 = 4;
/** RAX … R15. */
export const RC_GPR64 = 5;
/** ES CS SS DS FS GS. */
export const RC_SEG = 6;
/** CR0 … CR15. */
export const RC_CR = 7;
/** DR0 … DR15. */
export const RC_DR = 8;
/** ST(0) … ST(7), relative to the top of the x87 stack. */
export const RC_ST = 9;
/** MM0 … MM7. */
export const RC_MMX = 10;
/** XMM0 … XMM31. */
export const RC_XMM = 11;
/** YMM0 … YMM31. */
export const RC_YMM = 12;
/** ZMM0 … ZMM31 (AVX-512). */
export const RC_ZMM = 13;
/** K0 … K7 (AVX-512 masks). */
export const RC_K = 14;
/** BND0 … BND3 (MPX). */
export const RC_BND = 15;
/** Number of register classes. */
export const RC_COUNT = 16;

/** Segment register numbers as ModRM.reg encodes them. */
export const SEG_ES = 0;
export const SEG_CS = 1;
export const SEG_SS = 2;
export const SEG_DS = 3;
export const SEG_FS = 4;
export const SEG_GS = 5;

/** General register numbers. */
export const GPR_AX = 0;
export const GPR_CX = 1;
export const GPR_DX = 2;
export const GPR_BX = 3;
export const GPR_SP = 4;
export const GPR_BP = 5;
export const GPR_SI = 6;
export const GPR_DI = 7;

const numbered = (prefix: string, count: number, suffix = ""): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}${suffix}`);

const high = (suffix: string): string[] => numbered("r", 16, suffix).slice(8);

const legacy16 = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];

/** Names by class; index with an `RC_*` constant, then with the register number. */
export const REGISTER_NAMES: readonly (readonly string[])[] = [
  [],
  ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", ...high("b")],
  ["ah", "ch", "dh", "bh"],
  [...legacy16, ...high("w")],
  [...legacy16.map((n) => `e${n}`), ...high("d")],
  [...legacy16.map((n) => `r${n}`), ...high("")],
  ["es", "cs", "ss", "ds", "fs", "gs"],
  numbered("cr", 16),
  numbered("dr", 16),
  ["st", ...numbered("st(", 8, ")").slice(1)],
  numbered("mm", 8),
  numbered("xmm", 32),
  numbered("ymm", 32),
  numbered("zmm", 32),
  numbered("k", 8),
  numbered("bnd", 4),
];

/** Width in bits of a register of each class, by `RC_*`; CR, DR and SEG give their 64- or 16-bit size. */
export const REGISTER_BITS: readonly number[] = [0, 8, 8, 16, 32, 64, 16, 64, 64, 80, 64, 128, 256, 512, 64, 128];

/**
 * Lower-case name of a register, e.g. `registerName(RC_GPR32, 0) === 'eax'`.
 *
 * @param registerClass one of the `RC_*` constants
 * @param number register number within the class
 * @returns the name, or `?class:number` for a pair that does not exist
 */
export function registerName(registerClass: number, number: number): string {
  return REGISTER_NAMES[registerClass]?.[number] ?? `?${registerClass}:${number}`;
}
