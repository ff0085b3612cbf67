import { isBelow } from "./add.js";
import type { FloatContext } from "./context.js";
import { X87, binaryNaN, denormal, invalid } from "./nan.js";
import { packF80 } from "./pack.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, copyUnpacked, unpackF80Pair, type Unpacked } from "./unpacked.js";

/**
 * FPREM: a - b * trunc(a / b), always exact. Complete when the exponents differ by less than 64: then ctx.partial is 0 and
 * ctx.quotient holds the low three bits of the quotient (C0 = bit 2, C3 = bit 1, C1 = bit 0). Else ctx.partial is 1 (C2) and the
 * result is a with its exponent reduced by 32 to 63. SDM vol. 2, FPREM.
 */
export function f80Rem(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  remainder(ctx, false);
}

/** FPREM1: the IEEE remainder, a - b * nearest-even(a / b); otherwise as {@link f80Rem}. */
export function f80Rem1(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80Pair(ctx, aLo, aHi, aSe, bLo, bHi, bSe);
  remainder(ctx, true);
}

function remainder(ctx: FloatContext, nearest: boolean): void {
  const { x, y, z } = ctx;
  ctx.partial = 0;
  ctx.quotient = 0;
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
    binaryNaN(ctx, X87);
  } else if (x.kind === INFINITE || y.kind === ZERO) {
    invalid(ctx);
  } else if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) {
    return;
  } else {
    copyUnpacked(z, x);
    if (x.kind !== ZERO) {
      z.kind = NORMAL;
      if (y.kind !== INFINITE) reduce(ctx, nearest);
    }
  }
  packF80(ctx, 64);
}

/** Reduces z by y, bit by bit, since the remainder stays exact. */
function reduce(ctx: FloatContext, nearest: boolean): void {
  const { y, z } = ctx;
  const distance = z.exp - y.exp;
  let { hi, lo } = z;
  if (distance < 0) {
    if (!nearest || distance < -1 || !isBelow(y.hi, y.lo, hi, lo)) return;
    // Between b / 2 and b: the quotient is 1, and the remainder a - b, in units of half of b's.
    ctx.quotient = 1;
    z.sign ^= 1;
    const t = (y.lo << 1) - lo;
    const borrow = (y.lo << 1) >>> 0 < lo >>> 0 ? 1 : 0;
    normalise(z, (((y.hi << 1) | (y.lo >>> 31)) - hi - borrow) | 0, t | 0, y.exp - 1);
    return;
  }
  let steps = distance;
  if (distance >= 64) {
    // SDM vol. 2, FPREM leaves the number to the processor, from 32 to 63.
    steps = (distance & 31) | 32;
    ctx.partial = 1;
  }
  let quotient = 0;
  let above = 0;
  for (let i = 0; i <= steps; i++) {
    if (i !== 0) {
      above = hi >>> 31;
      hi = (hi << 1) | (lo >>> 31);
      lo <<= 1;
    }
    quotient <<= 1;
    if (above !== 0 || !isBelow(hi, lo, y.hi, y.lo)) {
      const borrow = lo >>> 0 < y.lo >>> 0 ? 1 : 0;
      lo = (lo - y.lo) | 0;
      hi = (hi - y.hi - borrow) | 0;
      quotient |= 1;
    }
  }
  if (ctx.partial === 0) {
    if (nearest && roundsToNext(hi, lo, y, quotient)) {
      quotient++;
      z.sign ^= 1;
      const borrow = y.lo >>> 0 < lo >>> 0 ? 1 : 0;
      lo = (y.lo - lo) | 0;
      hi = (y.hi - hi - borrow) | 0;
    }
    ctx.quotient = quotient & 7;
  }
  normalise(z, hi, lo, z.exp - steps);
}

/** Is the remainder above half the divisor, or equal to half of it with an odd quotient? */
function roundsToNext(hi: number, lo: number, y: Unpacked, quotient: number): boolean {
  if (hi < 0) return true;
  const doubledHi = (hi << 1) | (lo >>> 31);
  const doubledLo = lo << 1;
  if (doubledHi === y.hi && doubledLo === y.lo) return (quotient & 1) !== 0;
  return isBelow(y.hi, y.lo, doubledHi, doubledLo);
}

function normalise(z: Unpacked, hi: number, lo: number, exp: number): void {
  if ((hi | lo) === 0) {
    z.kind = ZERO;
    return;
  }
  if (hi === 0) {
    hi = lo;
    lo = 0;
    exp -= 32;
  }
  const n = Math.clz32(hi);
  if (n !== 0) {
    hi = (hi << n) | (lo >>> (32 - n));
    lo <<= n;
  }
  z.exp = exp - n;
  z.hi = hi;
  z.lo = lo;
}
