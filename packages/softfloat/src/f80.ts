import { addUnpacked } from "./add.js";
import { compareUnpacked } from "./compare.js";
import type { FloatContext } from "./context.js";
import { divUnpacked } from "./div.js";
import { unpackI32 } from "./integer.js";
import { mulUnpacked } from "./mul.js";
import { X87 } from "./nan.js";
import { packF80 } from "./pack.js";
import { sqrtUnpacked } from "./sqrt.js";
import { copyUnpacked, unpackF32, unpackF64, unpackF80, unpackF80Pair } from "./unpacked.js";

/*
 * x87 arithmetic on double extended. An operand is (significand low, significand high, sign and exponent); the result is in
 * ctx.sigLo, ctx.sigHi and ctx.se. ctx.precision rounds it, ctx.roundedUp is C1.
 *
 * When IE, DE or ZE is raised unmasked, the caller leaves the stack as it was (SDM vol. 1, 8.5). An unmasked overflow or
 * underflow does write its result, scaled by 2^-24576 or 2^24576.
 */

/** FADD, as in bits 5:3 of the ModR/M byte of D8 and DC. Also the next ones. */
export const OP_ADD: number = 0;
/** FMUL. */
export const OP_MUL: number = 1;
/** FSUB: a - b. */
export const OP_SUB: number = 4;
/** FSUBR: b - a. */
export const OP_SUBR: number = 5;
/** FDIV: a / b. */
export const OP_DIV: number = 6;
/** FDIVR: b / a. */
export const OP_DIVR: number = 7;

/** FADD: a + b. */
export function f80Add(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  addUnpacked(ctx, 0, X87);
  packF80(ctx, ctx.precision);
}

/** FSUB: a - b. */
export function f80Sub(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  addUnpacked(ctx, 1, X87);
  packF80(ctx, ctx.precision);
}

/** FMUL: a * b. */
export function f80Mul(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  mulUnpacked(ctx, X87);
  packF80(ctx, ctx.precision);
}

/** FDIV: a / b. */
export function f80Div(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  divUnpacked(ctx, X87);
  packF80(ctx, ctx.precision);
}

/** FSQRT: square root of a. */
export function f80Sqrt(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  sqrtUnpacked(ctx);
  packF80(ctx, ctx.precision);
}

/** FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR by their number (OP_ADD ...) on two registers. */
export function f80Arith(
  ctx: FloatContext,
  op: number,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  arith(ctx, op);
}

/**
 * As {@link f80Arith}, with a binary32 operand b from memory: one operation, so that a signaling NaN or a denormal in b
 * counts once and in the right order.
 */
export function f80ArithF32(ctx: FloatContext, op: number, aLo: number, aHi: number, aSe: number, b: number): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  unpackF32(ctx.y, b, 0);
  arith(ctx, op);
}

/** As {@link f80ArithF32}, with a binary64 operand. */
export function f80ArithF64(
  ctx: FloatContext,
  op: number,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  unpackF64(ctx.y, bLo, bHi, 0);
  arith(ctx, op);
}

/** As {@link f80Arith}, with a signed integer operand (FIADD m16 and m32, and so on). */
export function f80ArithI32(ctx: FloatContext, op: number, aLo: number, aHi: number, aSe: number, b: number): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  unpackI32(ctx.y, b);
  arith(ctx, op);
}

function arith(ctx: FloatContext, op: number): void {
  if (op === OP_ADD) addUnpacked(ctx, 0, X87);
  else if (op === OP_MUL) mulUnpacked(ctx, X87);
  else {
    if (op === OP_SUBR || op === OP_DIVR) {
      copyUnpacked(ctx.w, ctx.x);
      copyUnpacked(ctx.x, ctx.y);
      copyUnpacked(ctx.y, ctx.w);
    }
    if (op === OP_SUB || op === OP_SUBR) addUnpacked(ctx, 1, X87);
    else divUnpacked(ctx, X87);
  }
  packF80(ctx, ctx.precision);
}

/**
 * FCOM and FCOMI with `signaling` 1 (any NaN is invalid), FUCOM and FUCOMI with 0 (only a signaling one). Returns LESS,
 * EQUAL, GREATER or UNORDERED.
 */
export function f80Compare(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
  signaling: number,
): number {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  return compareUnpacked(ctx, signaling);
}

/** FCOM with a binary32 operand from memory. */
export function f80CompareF32(ctx: FloatContext, aLo: number, aHi: number, aSe: number, b: number): number {
  unpackF80(ctx.x, aLo, aHi, aSe);
  unpackF32(ctx.y, b, 0);
  return compareUnpacked(ctx, 1);
}

/** FCOM with a binary64 operand from memory. */
export function f80CompareF64(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
): number {
  unpackF80(ctx.x, aLo, aHi, aSe);
  unpackF64(ctx.y, bLo, bHi, 0);
  return compareUnpacked(ctx, 1);
}

/** FICOM: comparison with a signed integer from memory. */
export function f80CompareI32(ctx: FloatContext, aLo: number, aHi: number, aSe: number, b: number): number {
  unpackF80(ctx.x, aLo, aHi, aSe);
  unpackI32(ctx.y, b);
  return compareUnpacked(ctx, 1);
}
