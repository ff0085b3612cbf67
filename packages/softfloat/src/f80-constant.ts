import { ROUND_NEAREST, ROUND_UP, type FloatContext } from "./context.js";

/** FLD1, and the next ones: bits 2:0 of the opcodes D9 E8 to D9 EE. */
export const CONSTANT_ONE: number = 0;
/** FLDL2T: log2(10). */
export const CONSTANT_LOG2_10: number = 1;
/** FLDL2E: log2(e). */
export const CONSTANT_LOG2_E: number = 2;
/** FLDPI. */
export const CONSTANT_PI: number = 3;
/** FLDLG2: log10(2). */
export const CONSTANT_LOG10_2: number = 4;
/** FLDLN2: ln(2). */
export const CONSTANT_LN_2: number = 5;
/** FLDZ. */
export const CONSTANT_ZERO: number = 6;

/** The significands rounded down, upper halves. */
const HIGH: Int32Array = Int32Array.of(0x80000000, 0xd49a784b, 0xb8aa3b29, 0xc90fdaa2, 0x9a209a84, 0xb17217f7, 0);
/** Lower halves. None is all ones, so that rounding up does not carry. */
const LOW: Int32Array = Int32Array.of(0, 0xcd1b8afe, 0x5c17f0bb, 0x2168c234, 0xfbcff798, 0xd1cf79ab, 0);
const EXPONENT: Int16Array = Int16Array.of(16383, 16384, 16383, 16384, 16381, 16382, 0);
/** The bit that follows the significand. */
const NEXT_BIT: Uint8Array = Uint8Array.of(0, 0, 1, 1, 1, 1, 0);

/**
 * FLD1 to FLDZ: constant 0..6 in ctx.sigLo, ctx.sigHi and ctx.se, rounded by ctx.rounding to 64 bits whatever the precision
 * control (SDM vol. 2, FLD1). No exception is raised and C1 is 0.
 */
export function f80Constant(ctx: FloatContext, constant: number): void {
  const inexact = constant !== CONSTANT_ONE && constant !== CONSTANT_ZERO;
  const up = inexact && (ctx.rounding === ROUND_UP || (ctx.rounding === ROUND_NEAREST && NEXT_BIT[constant] !== 0));
  ctx.sigHi = HIGH[constant]!;
  ctx.sigLo = (LOW[constant]! + (up ? 1 : 0)) | 0;
  ctx.se = EXPONENT[constant]!;
  ctx.roundedUp = 0;
}
