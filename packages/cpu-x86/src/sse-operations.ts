/**
 * What the assist `sse-float` computes: an operation, a format and a number of lanes, packed into its first argument. The
 * operands are vectors in `scratch`, the first at byte 0, the second at byte 32; the result goes to byte 0. A third is in `wideScratch`.
 */
export const SSE_ADD: number = 0;
export const SSE_SUB: number = 1;
export const SSE_MUL: number = 2;
export const SSE_DIV: number = 3;
export const SSE_SQRT: number = 4;
export const SSE_MIN: number = 5;
export const SSE_MAX: number = 6;
/** Predicate in the second argument. */
export const SSE_COMPARE: number = 7;
/** Even lanes are subtracted, odd ones added. */
export const SSE_ADD_SUB: number = 8;
/** COMISS, UCOMISS: the result is the RFLAGS bits. */
export const SSE_ORDERED: number = 9;
export const SSE_UNORDERED: number = 10;
/** Immediate of ROUNDPS in the second argument. */
export const SSE_ROUND: number = 11;
/** RCPPS, RSQRTPS: 12 bits, no exceptions. */
export const SSE_RECIPROCAL: number = 12;
export const SSE_RECIPROCAL_ROOT: number = 13;
/** DPPS, DPPD: immediate in the second argument. */
export const SSE_DOT: number = 14;
/** The format's numbers to the other format's. */
export const SSE_TO_OTHER: number = 15;
/** The format's numbers to signed integers of 32 or 64 bits; second argument 1: truncated. */
export const SSE_TO_INT32: number = 16;
export const SSE_TO_INT64: number = 17;
/** Signed integers to the format's numbers. */
export const SSE_FROM_INT32: number = 18;
export const SSE_FROM_INT64: number = 19;

/** Fused multiply-add, the variant of even elements in bits 3:0 of the second argument, that of odd ones in bits 7:4. */
export const SSE_FUSED: number = 20;
/** Between binary16, two to a word, and binary32; the second argument is VCVTPS2PH's immediate. */
export const SSE_FROM_HALF: number = 21;
export const SSE_TO_HALF: number = 22;

export const SSE_OPERATION_MASK: number = 0xff;
/** The format is binary64, else binary32. */
export const SSE_DOUBLE: number = 0x100;
/** An operand is an MMX register: the x87 state becomes MMX's even where an exception is raised, as on AMD's CPUs. */
export const SSE_ON_MMX: number = 0x200;
/** Position of the number of lanes. */
export const SSE_LANES: number = 12;

/** First argument of the assist. */
export function sseOperation(operation: number, bits: 32 | 64, lanes: number): number {
  return operation | (bits === 64 ? SSE_DOUBLE : 0) | (lanes << SSE_LANES);
}

/** MXCSR (SDM vol. 1, 10.2.3). */
export const MXCSR_PE: number = 0x20;
export const MXCSR_DAZ: number = 0x40;
export const MXCSR_PM: number = 0x1000;
export const MXCSR_MASKS: number = 0x1f80;
export const MXCSR_RC: number = 0x6000;
export const MXCSR_FTZ: number = 0x8000;
/** The bits that exist, as FXSAVE's MXCSR_MASK. */
export const MXCSR_BITS: number = 0xffff;
