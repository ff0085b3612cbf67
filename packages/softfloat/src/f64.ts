import { addUnpacked } from "./add.js";
import { compareUnpacked, predicateUnpacked } from "./compare.js";
import type { FloatContext } from "./context.js";
import { divUnpacked } from "./div.js";
import { immediateInexact, immediateRounding, roundUnpacked } from "./integer.js";
import { mulUnpacked } from "./mul.js";
import { SSE } from "./nan.js";
import { packF64 } from "./pack.js";
import { sqrtUnpacked } from "./sqrt.js";
import { ZERO, unpackF64 } from "./unpacked.js";

/*
 * SSE2 arithmetic on binary64. Operands are the int32 halves of the bit patterns; the result is in ctx.lo and ctx.hi.
 * The first operand is the destination of a legacy SSE instruction: its NaN wins (SDM vol. 1, table 4-7).
 */

function unpackBoth(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  unpackF64(ctx.y, bLo, bHi, ctx.daz);
}

/** ADDSD: a + b. */
export function f64Add(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  addUnpacked(ctx, 0, SSE);
  packF64(ctx);
}

/** SUBSD: a - b. */
export function f64Sub(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  addUnpacked(ctx, 1, SSE);
  packF64(ctx);
}

/** MULSD: a * b. */
export function f64Mul(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  mulUnpacked(ctx, SSE);
  packF64(ctx);
}

/** DIVSD: a / b. */
export function f64Div(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  divUnpacked(ctx, SSE);
  packF64(ctx);
}

/** SQRTSD: square root of a. */
export function f64Sqrt(ctx: FloatContext, aLo: number, aHi: number): void {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  sqrtUnpacked(ctx);
  packF64(ctx);
}

/** MINSD: b when either operand is a NaN (any NaN is invalid) or both are zeros, else the smaller (SDM vol. 2, MINSD). */
export function f64Min(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  select(ctx, aLo, aHi, bLo, bHi, -1);
}

/** MAXSD: as {@link f64Min}, with the larger. */
export function f64Max(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): void {
  select(ctx, aLo, aHi, bLo, bHi, 1);
}

function select(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number, wanted: number): void {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  if (compareUnpacked(ctx, 1) === wanted) deliver(ctx, ctx.x.kind, aLo, aHi);
  else deliver(ctx, ctx.y.kind, bLo, bHi);
}

/** A denormal that DAZ made a zero is delivered as that zero. */
function deliver(ctx: FloatContext, kind: number, lo: number, hi: number): void {
  ctx.lo = kind === ZERO ? 0 : lo | 0;
  ctx.hi = kind === ZERO ? hi & 0x80000000 : hi | 0;
}

/** COMISD: relation of a to b; any NaN is invalid. Returns LESS, EQUAL, GREATER or UNORDERED. */
export function f64Compare(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): number {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  return compareUnpacked(ctx, 1);
}

/** UCOMISD: as {@link f64Compare}, but only a signaling NaN is invalid. */
export function f64CompareQuiet(ctx: FloatContext, aLo: number, aHi: number, bLo: number, bHi: number): number {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  return compareUnpacked(ctx, 0);
}

/** CMPSD: predicate 0..7, or 0..31 of the AVX form. Returns -1 (all ones) or 0, also in ctx.lo and ctx.hi. */
export function f64CmpPredicate(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
  predicate: number,
): number {
  unpackBoth(ctx, aLo, aHi, bLo, bHi);
  ctx.lo = predicateUnpacked(ctx, predicate);
  ctx.hi = ctx.lo;
  return ctx.lo;
}

/** ROUNDSD: a rounded to an integral value. imm: bits 1:0 mode, bit 2 use ctx.rounding instead, bit 3 no PE. Raises no DE. */
export function f64RoundToIntegral(ctx: FloatContext, aLo: number, aHi: number, imm: number): void {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  roundUnpacked(ctx, immediateRounding(ctx, imm), immediateInexact(imm), 0);
  packF64(ctx);
}
