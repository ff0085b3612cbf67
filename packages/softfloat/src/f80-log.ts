import { PE, UE, ZE, type FloatContext } from "./context.js";
import { add, divide, multiply, reciprocals, series, set, subtract } from "./double-double.js";
import { ABOVE, EXACT, fromSignificand, toUnrounded } from "./f80-wide.js";
import { X87, binaryNaN, denormal, invalid, unaryNaN } from "./nan.js";
import { packF80 } from "./pack.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, copyUnpacked, unpackF80 } from "./unpacked.js";

/*
 * F2XM1, FYL2X and FYL2XP1: double-double series, correct to within half a unit in the last place and 2^-30 of one. As on
 * hardware, PE is raised even where a result happens to be exact.
 */

/** Natural logarithm of 2. */
const LN2_H = Math.LN2;
const LN2_L = 2.3190468138462996e-17;
/** 1 / ln 2 */
const LOG2E_H = Math.LOG2E;
const LOG2E_L = 2.0355273740931033e-17;

/** Below this exponent the first term of a series is all that a double-double can hold. */
const LINEAR = -100;

/** (e^t - 1) / t = 1 + t/2! + t^2/3! + ... */
const EXPONENTIAL: Float64Array = /* @__PURE__ */ reciprocals(
  [
    1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600, 6227020800, 87178291200, 1307674368000,
  ].concat([20922789888000, 355687428096000]),
  false,
);
/** For |t| <= ln 2 / 16. */
const EXPONENTIAL_PAIRS = 9;
/** The argument is halved this often, and the result doubled back by e^2t - 1 = (e^t - 1)(e^t - 1 + 2). */
const HALVINGS = 4;

/** atanh s / s = 1 + s^2/3 + s^4/5 + ... */
const ATANH: Float64Array = /* @__PURE__ */ reciprocals(
  Array.from({ length: 21 }, (_, k) => 2 * k + 1),
  false,
);
/** For s^2 <= 0.0295, that is arguments from sqrt(1/2) to sqrt(2). */
const ATANH_PAIRS = 11;

/**
 * F2XM1: 2^a - 1 for -1 <= a <= 1. Beyond, where the manual leaves the result undefined, a comes back unchanged, as on the AMD
 * processors of our tests; minus infinity gives -1.
 */
export function f80TwoToXMinus1(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  const { x, z, work } = ctx;
  unpackF80(x, aLo, aHi, aSe);
  if (x.kind >= QUIET_NAN) {
    unaryNaN(ctx, x);
  } else if (x.kind === DENORMAL && denormal(ctx)) {
    return;
  } else if (x.kind === ZERO || (x.kind === INFINITE && x.sign === 0)) {
    copyUnpacked(z, x);
  } else if (x.kind === INFINITE) {
    minusOne(ctx);
  } else {
    ctx.flags |= PE;
    if (x.exp >= 0) {
      copyUnpacked(z, x);
      // 2^-1 - 1
      if (x.exp === 0 && x.sign !== 0 && ((x.hi << 1) | x.lo) === 0) z.exp = -1;
    } else if (x.exp < LINEAR) {
      fromSignificand(work.a, x, 0);
      set(work.b, LN2_H, LN2_L);
      multiply(work.c, work.a, work.b);
      toUnrounded(ctx, work.c, x.exp, ABOVE);
      z.sign = x.sign;
    } else {
      fromSignificand(work.a, x, x.exp - HALVINGS);
      if (x.sign !== 0) set(work.a, -work.a.h, -work.a.l);
      set(work.b, LN2_H, LN2_L);
      multiply(work.a, work.a, work.b);
      series(work.c, work.a, EXPONENTIAL, EXPONENTIAL_PAIRS);
      multiply(work.c, work.c, work.a);
      set(work.d, 2, 0);
      for (let i = 0; i < HALVINGS; i++) {
        add(work.e, work.c, work.d);
        multiply(work.c, work.c, work.e);
      }
      toUnrounded(ctx, work.c, 0, ABOVE);
    }
  }
  packF80(ctx, 64);
}

function minusOne(ctx: FloatContext): void {
  const z = ctx.z;
  z.kind = NORMAL;
  z.sign = 1;
  z.exp = 0;
  z.hi = 0x80000000 | 0;
  z.lo = 0;
  z.ext = 0;
}

/** FYL2X: b * log2(a), where a is ST0 and b ST1. */
export function f80YLog2X(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  const { x, y, z } = ctx;
  unpackF80(x, aLo, aHi, aSe);
  unpackF80(y, bLo, bHi, bSe);
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
    binaryNaN(ctx, X87);
  } else if (x.kind === ZERO) {
    if (y.kind === ZERO) invalid(ctx);
    else {
      if (y.kind !== INFINITE) ctx.flags |= ZE;
      z.kind = INFINITE;
      z.sign = y.sign ^ 1;
    }
  } else if (x.sign !== 0 || (x.kind === INFINITE && y.kind === ZERO)) {
    invalid(ctx);
  } else {
    const one = x.kind === NORMAL && x.exp === 0 && ((x.hi << 1) | x.lo) === 0;
    const negative = x.kind !== INFINITE && x.exp < 0 ? 1 : 0;
    if (one && y.kind === INFINITE) invalid(ctx);
    else if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) return;
    else if (one || y.kind === ZERO || y.kind === INFINITE || x.kind === INFINITE) {
      z.kind = y.kind === INFINITE || x.kind === INFINITE ? INFINITE : ZERO;
      z.sign = y.sign ^ negative;
    } else {
      ctx.flags |= PE;
      timesY(ctx, 0, log2Of(ctx));
    }
  }
  packF80(ctx, 64);
}

/** FYL2XP1: b * log2(a + 1), where a is ST0 and b ST1. For a <= -1, which the manual leaves undefined, the result is a. */
export function f80YLog2XPlus1(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  const { x, y, z, work } = ctx;
  unpackF80(x, aLo, aHi, aSe);
  unpackF80(y, bLo, bHi, bSe);
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
    binaryNaN(ctx, X87);
  } else if ((x.kind === ZERO && y.kind === INFINITE) || (x.kind === INFINITE && (x.sign !== 0 || y.kind === ZERO))) {
    invalid(ctx);
  } else if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) {
    return;
  } else if (x.kind === ZERO || y.kind === ZERO || x.kind === INFINITE || y.kind === INFINITE) {
    z.kind = x.kind === INFINITE || y.kind === INFINITE ? INFINITE : ZERO;
    z.sign = x.sign ^ y.sign;
  } else {
    ctx.flags |= PE;
    if (x.sign !== 0 && x.exp >= 0) {
      copyUnpacked(z, x);
    } else if (x.exp > -LINEAR) {
      // log2(a + 1) and log2(a) do not differ within a double-double.
      timesY(ctx, 0, log2Of(ctx));
    } else if (x.exp < LINEAR) {
      fromSignificand(work.a, x, 0);
      set(work.b, LOG2E_H, LOG2E_L);
      multiply(work.c, work.a, work.b);
      if (x.sign !== 0) set(work.c, -work.c.h, -work.c.l);
      timesY(ctx, x.exp, ABOVE);
    } else {
      timesY(ctx, 0, log2OfSum(ctx));
    }
  }
  packF80(ctx, 64);
}

/** work.c = log2(x). Returns EXACT or ABOVE: what is known of the error. */
function log2Of(ctx: FloatContext): number {
  const { x, work } = ctx;
  // x = m * 2^n with m in [sqrt(1/2), sqrt(2)): the logarithm keeps its relative accuracy next to 1.
  const up = isBelowRoot2(x.hi) ? 0 : 1;
  fromSignificand(work.a, x, -up);
  set(work.b, 1, 0);
  subtract(work.c, work.a, work.b);
  add(work.d, work.a, work.b);
  return log2OfQuotient(ctx, x.exp + up);
}

/** work.c = log2(1 + x) for x between -1 and 2^101. Returns EXACT or ABOVE. */
function log2OfSum(ctx: FloatContext): number {
  const { x, work } = ctx;
  fromSignificand(work.a, x, x.exp);
  if (x.sign !== 0) set(work.a, -work.a.h, -work.a.l);
  set(work.b, 1, 0);
  // 1 + x = m * 2^n; then (m - 1) / (m + 1) = (x + (1 - 2^n)) / (x + (1 + 2^n)), where for n = 0 nothing cancels.
  add(work.c, work.a, work.b);
  let n = 0;
  let power = 1;
  while (work.c.h >= power * Math.SQRT2) {
    power *= 2;
    n++;
  }
  while (work.c.h < power * Math.SQRT1_2) {
    power /= 2;
    n--;
  }
  // 1 - 2^n and 1 + 2^n fit one double for |n| <= 52; else they are pairs.
  if (n > 52) set(work.b, -power, 1);
  else if (n < -52) set(work.b, 1, -power);
  else set(work.b, 1 - power, 0);
  add(work.c, work.a, work.b);
  if (n > 52) set(work.b, power, 1);
  else if (n < -52) set(work.b, 1, power);
  else set(work.b, 1 + power, 0);
  add(work.d, work.a, work.b);
  return log2OfQuotient(ctx, n);
}

/** work.c = n + log2((1 + s) / (1 - s)) for s = work.c / work.d, which is n + 2 atanh(s) / ln 2. Returns EXACT or ABOVE. */
function log2OfQuotient(ctx: FloatContext, n: number): number {
  const { work } = ctx;
  if (work.c.h === 0) {
    set(work.c, n, 0);
    return EXACT;
  }
  divide(work.a, work.c, work.d);
  multiply(work.b, work.a, work.a);
  series(work.c, work.b, ATANH, ATANH_PAIRS);
  multiply(work.c, work.c, work.a);
  set(work.b, 2 * LOG2E_H, 2 * LOG2E_L);
  multiply(work.c, work.c, work.b);
  if (n !== 0) {
    set(work.a, n, 0);
    add(work.c, work.c, work.a);
  }
  return ABOVE;
}

/** z = y * work.c * 2^exp */
function timesY(ctx: FloatContext, exp: number, side: number): void {
  const { y, work } = ctx;
  fromSignificand(work.a, y, 0);
  if (y.sign !== 0) set(work.a, -work.a.h, -work.a.l);
  multiply(work.c, work.c, work.a);
  toUnrounded(ctx, work.c, exp + y.exp, side);
  // Where the processor reports an exact result as inexact, it also reports a tiny one as underflow.
  if (side === EXACT && ctx.z.exp < -16382) ctx.flags |= UE;
}

/** Is the significand with this upper half below sqrt(2)? The limit need not be exact. */
function isBelowRoot2(hi: number): boolean {
  return hi >>> 0 < 0xb504f333;
}
