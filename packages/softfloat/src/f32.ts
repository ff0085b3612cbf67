import { addUnpacked } from "./add.js";
import { compareUnpacked, predicateUnpacked } from "./compare.js";
import type { FloatContext } from "./context.js";
import { divUnpacked } from "./div.js";
import { immediateInexact, immediateRounding, roundUnpacked } from "./integer.js";
import { mulUnpacked } from "./mul.js";
import { SSE } from "./nan.js";
import { packF32 } from "./pack.js";
import { sqrtUnpacked } from "./sqrt.js";
import { ZERO, unpackF32 } from "./unpacked.js";

/*
 * SSE arithmetic on binary32. Operands and results are bit patterns (int32); the result is returned and in ctx.lo.
 * The first operand is the destination of a legacy SSE instruction: its NaN wins (SDM vol. 1, table 4-7).
 */

/** ADDSS: a + b. */
export function f32Add(ctx: FloatContext, a: number, b: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  addUnpacked(ctx, 0, SSE);
  return packF32(ctx);
}

/** SUBSS: a - b. */
export function f32Sub(ctx: FloatContext, a: number, b: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  addUnpacked(ctx, 1, SSE);
  return packF32(ctx);
}

/** MULSS: a * b. */
export function f32Mul(ctx: FloatContext, a: number, b: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  mulUnpacked(ctx, SSE);
  return packF32(ctx);
}

/** DIVSS: a / b. */
export function f32Div(ctx: FloatContext, a: number, b: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  divUnpacked(ctx, SSE);
  return packF32(ctx);
}

/** SQRTSS: square root of a. */
export function f32Sqrt(ctx: FloatContext, a: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  sqrtUnpacked(ctx);
  return packF32(ctx);
}

/** MINSS: b when either operand is a NaN (any NaN is invalid) or both are zeros, else the smaller (SDM vol. 2, MINSS). */
export function f32Min(ctx: FloatContext, a: number, b: number): number {
  return select(ctx, a, b, -1);
}

/** MAXSS: as {@link f32Min}, with the larger. */
export function f32Max(ctx: FloatContext, a: number, b: number): number {
  return select(ctx, a, b, 1);
}

function select(ctx: FloatContext, a: number, b: number, wanted: number): number {
  const { x, y } = ctx;
  unpackF32(x, a, ctx.daz);
  unpackF32(y, b, ctx.daz);
  const first = compareUnpacked(ctx, 1) === wanted;
  const bits = first ? a : b;
  // A denormal that DAZ made a zero is delivered as that zero.
  ctx.lo = (first ? x.kind : y.kind) === ZERO ? bits & 0x80000000 : bits | 0;
  return ctx.lo;
}

/** COMISS: relation of a to b; any NaN is invalid. Returns LESS, EQUAL, GREATER or UNORDERED. */
export function f32Compare(ctx: FloatContext, a: number, b: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  return compareUnpacked(ctx, 1);
}

/** UCOMISS: as {@link f32Compare}, but only a signaling NaN is invalid. */
export function f32CompareQuiet(ctx: FloatContext, a: number, b: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  return compareUnpacked(ctx, 0);
}

/** CMPSS: predicate 0..7, or 0..31 of the AVX form. Returns -1 (all ones) or 0. */
export function f32CmpPredicate(ctx: FloatContext, a: number, b: number, predicate: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  ctx.lo = predicateUnpacked(ctx, predicate);
  return ctx.lo;
}

/** ROUNDSS: a rounded to an integral value. imm: bits 1:0 mode, bit 2 use ctx.rounding instead, bit 3 no PE. Raises no DE. */
export function f32RoundToIntegral(ctx: FloatContext, a: number, imm: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  roundUnpacked(ctx, immediateRounding(ctx, imm), immediateInexact(imm), 0);
  return packF32(ctx);
}
