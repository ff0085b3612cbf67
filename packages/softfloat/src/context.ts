import { Workspace } from "./double-double.js";
import { Unpacked } from "./unpacked.js";

/** Invalid operation (MXCSR bit 0, FSW bit 0). SDM vol. 1, 4.9.1.1. */
export const IE: number = 1;
/** Denormal operand (bit 1). SDM vol. 1, 4.9.1.2. */
export const DE: number = 2;
/** Division by zero (bit 2). SDM vol. 1, 4.9.1.3. */
export const ZE: number = 4;
/** Overflow (bit 3). SDM vol. 1, 4.9.1.4. */
export const OE: number = 8;
/** Underflow (bit 4). SDM vol. 1, 4.9.1.5. */
export const UE: number = 16;
/** Precision, i.e. inexact (bit 5). SDM vol. 1, 4.9.1.6. */
export const PE: number = 32;
/** All six exceptions. As `masks` it means that nothing traps. */
export const ALL_EXCEPTIONS: number = 63;
/** The exceptions that are found before an operation computes (SDM vol. 1, 4.9.2). When one of them is unmasked, nothing is computed. */
export const PRE_COMPUTATION: number = IE | DE | ZE;

/** Rounding control, to nearest, ties to even (MXCSR.RC and FCW.RC encoding, SDM vol. 1, table 4-8). */
export const ROUND_NEAREST: number = 0;
/** Rounding control, toward minus infinity. */
export const ROUND_DOWN: number = 1;
/** Rounding control, toward plus infinity. */
export const ROUND_UP: number = 2;
/** Rounding control, toward zero. */
export const ROUND_ZERO: number = 3;

/**
 * The controls, the sticky flags and the result registers of the operations.
 *
 * One object is made once and used for all operations: no operation allocates. It holds no state that outlives an
 * operation but the controls and `flags`. It may be shared between guests only if each sets all controls first.
 *
 * A caller that runs one instruction sets `flags` to 0, runs the operations of all lanes, and then looks at `flags`:
 * see {@link simdReportedFlags} for SSE and AVX, and {@link suppressesResult} for what is not written.
 */
export class FloatContext {
  /** Rounding: 0 nearest even, 1 down, 2 up, 3 toward zero (the encoding of MXCSR.RC and FCW.RC). */
  rounding: number = ROUND_NEAREST;
  /** x87 precision control as bits of significand: 24, 53 or 64. It binds add, sub, mul, div and sqrt of f80. */
  precision: number = 64;
  /** 1: SSE results that are tiny become zero while underflow is masked (MXCSR.FTZ). The x87 functions ignore it. */
  ftz: number = 0;
  /** 1: denormal SSE operands are read as zeros (MXCSR.DAZ). The x87 functions ignore it. */
  daz: number = 0;
  /** Exceptions that are masked, as flag bits: 63 masks all. Not shifted as in MXCSR. */
  masks: number = ALL_EXCEPTIONS;
  /** Exceptions raised since it was last set to 0, as flag bits. Operations only add to it. */
  flags: number = 0;
  /** 1 when the last f80 operation rounded its result up in magnitude: what the x87 puts into C1. */
  roundedUp: number = 0;

  /** Low 32 bits of a 64-bit result, or the whole of a 32-bit one (int32). */
  lo: number = 0;
  /** High 32 bits of a 64-bit result (int32). */
  hi: number = 0;
  /** Low half of the significand of an f80 result (int32). */
  sigLo: number = 0;
  /** High half of the significand of an f80 result, with the explicit integer bit in bit 31 (int32). */
  sigHi: number = 0;
  /** Sign (bit 15) and biased exponent (bits 14:0) of an f80 result. */
  se: number = 0;
  /** Low half of the second result's significand, of an operation that has two (int32). */
  sigLo2: number = 0;
  /** High half of the second result's significand (int32). */
  sigHi2: number = 0;
  /** Sign and biased exponent of the second result. */
  se2: number = 0;
  /** Low three bits of the quotient of a complete FPREM or FPREM1. */
  quotient: number = 0;
  /** 1 when FPREM, FPREM1 left more to do, or a trigonometric operand was out of range: what the x87 puts into C2. */
  partial: number = 0;

  /** First operand, unpacked. Scratch of the operations; so are the next three. */
  readonly x: Unpacked = new Unpacked();
  /** Second operand. */
  readonly y: Unpacked = new Unpacked();
  /** Third operand (fma). */
  readonly w: Unpacked = new Unpacked();
  /** Result before rounding. */
  readonly z: Unpacked = new Unpacked();
  /** Scratch of the transcendental functions. */
  readonly work: Workspace = new Workspace();
}

/**
 * Says whether the exceptions raised since `flags` was 0 stop an SSE or AVX instruction: some are unmasked, so it
 * raises #XM and writes no destination (SDM vol. 1, 11.5.4).
 */
export function suppressesResult(ctx: FloatContext): boolean {
  return (ctx.flags & ~ctx.masks) !== 0;
}
