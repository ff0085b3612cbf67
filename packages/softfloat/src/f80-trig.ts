import { PE, type FloatContext } from "./context.js";
import { divide, multiply, powerOfTwo, reciprocals, series, set } from "./double-double.js";
import { ABOVE, BELOW, fromSignificand, toUnrounded } from "./f80-wide.js";
import { denormal, invalid, unaryNaN } from "./nan.js";
import { packF80 } from "./pack.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, copyUnpacked, unpackF80 } from "./unpacked.js";

/*
 * FSIN, FCOS, FSINCOS and FPTAN.
 *
 * The argument is reduced by a pi of 66 bits, 3.243F6A8885A308D3 (SDM vol. 1, 8.3.8), exactly, as the hardware does. The results are
 * those of the reduced argument to within half a unit in the last place and 2^-30 of one. Against the true sine they are off
 * near multiples of pi, in the same way as those of Intel and AMD processors.
 */

/** Below this exponent x - sin x is less than 2^-96 of x. */
const TINY = -50;

/** pi/2 of 66 bits: its significand, top first; the exponent is 0. */
const HALF_PI_2 = 0xc90fdaa2;
const HALF_PI_1 = 0x2168c234;
const HALF_PI_0 = 0xc0000000;

const FACTORIALS: readonly number[] = /* @__PURE__ */ factorials(31);

function factorials(count: number): number[] {
  const list = [1];
  for (let n = 1; n < count; n++) list.push(list[n - 1]! * n);
  return list;
}

/** sin x = x (1 - x^2/3! + x^4/5! - ...) */
const SINE: Float64Array = /* @__PURE__ */ reciprocals(
  FACTORIALS.filter((_, n) => n % 2 === 1),
  true,
);
/** cos x = 1 - x^2/2! + x^4/4! - ... */
const COSINE: Float64Array = /* @__PURE__ */ reciprocals(
  FACTORIALS.filter((_, n) => n % 2 === 0),
  true,
);
/** Terms from here on are below 2^-53 of the sum, for |x| <= pi/4. */
const SINE_PAIRS = 9;

/** FSIN. When |a| >= 2^63, ctx.partial is 1 (C2) and the result is a; no exception. */
export function f80Sin(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  if (prepare(ctx, aLo, aHi, aSe)) return;
  const x = ctx.x;
  if (x.kind === ZERO) {
    copyUnpacked(ctx.z, x);
  } else {
    ctx.flags |= PE;
    sineOrCosine(ctx, reduce(ctx), 0);
  }
  packF80(ctx, 64);
}

/** FCOS. When |a| >= 2^63, ctx.partial is 1 (C2) and the result is a; no exception. */
export function f80Cos(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  if (prepare(ctx, aLo, aHi, aSe)) return;
  cosineOf(ctx);
  packF80(ctx, 64);
}

/** FSINCOS: the sine in ctx.sigLo, sigHi, se (it replaces the top), the cosine in the second result (it is then pushed). C1 is the cosine's. */
export function f80SinCos(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  if (prepare(ctx, aLo, aHi, aSe)) return;
  const { x, z } = ctx;
  if (x.kind === ZERO) {
    cosineOf(ctx);
    packF80(ctx, 64);
    moveToSecond(ctx);
    copyUnpacked(z, x);
    packF80(ctx, 64);
    return;
  }
  ctx.flags |= PE;
  const quadrant = reduce(ctx);
  sineOrCosine(ctx, quadrant, 1);
  packF80(ctx, 64);
  const up = ctx.roundedUp;
  moveToSecond(ctx);
  sineOrCosine(ctx, quadrant, 0);
  packF80(ctx, 64);
  ctx.roundedUp = up;
}

/** FPTAN: the tangent in ctx.sigLo, sigHi, se, and in the second result the 1.0 (or the NaN) that is then pushed. */
export function f80Tan(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  if (prepare(ctx, aLo, aHi, aSe)) return;
  const { x, z, work } = ctx;
  if (x.kind === ZERO) {
    copyUnpacked(z, x);
  } else {
    ctx.flags |= PE;
    const quadrant = reduce(ctx);
    if (x.exp < TINY && (quadrant & 1) === 0) {
      tiny(ctx, ABOVE);
    } else {
      series(work.d, work.b, SINE, SINE_PAIRS);
      multiply(work.d, work.d, work.a);
      series(work.e, work.b, COSINE, SINE_PAIRS);
      if ((quadrant & 1) === 0) divide(work.c, work.d, work.e);
      else {
        divide(work.c, work.e, work.d);
        set(work.c, -work.c.h, -work.c.l);
      }
      toUnrounded(ctx, work.c, 0, ABOVE);
      z.sign ^= x.sign;
    }
  }
  packF80(ctx, 64);
  ctx.sigLo2 = 0;
  ctx.sigHi2 = 0x80000000 | 0;
  ctx.se2 = 16383;
}

function moveToSecond(ctx: FloatContext): void {
  ctx.sigLo2 = ctx.sigLo;
  ctx.sigHi2 = ctx.sigHi;
  ctx.se2 = ctx.se;
}

/** Unpacks a into x and deals with what has no sine; the results are then complete. */
function prepare(ctx: FloatContext, aLo: number, aHi: number, aSe: number): boolean {
  const x = ctx.x;
  ctx.partial = 0;
  ctx.roundedUp = 0;
  unpackF80(x, aLo, aHi, aSe);
  if (x.kind === NORMAL ? x.exp < 63 : x.kind === ZERO) return false;
  if (x.kind >= QUIET_NAN) unaryNaN(ctx, x);
  else if (x.kind === INFINITE) invalid(ctx);
  else if (x.kind === DENORMAL) {
    if (!denormal(ctx)) return false;
  } else {
    ctx.partial = 1;
    ctx.sigLo = aLo | 0;
    ctx.sigHi = aHi | 0;
    ctx.se = aSe;
    return true;
  }
  packF80(ctx, 64);
  moveToSecond(ctx);
  return true;
}

function cosineOf(ctx: FloatContext): void {
  const { x, z } = ctx;
  if (x.kind !== ZERO) {
    ctx.flags |= PE;
    sineOrCosine(ctx, reduce(ctx), 1);
    return;
  }
  z.kind = NORMAL;
  z.sign = 0;
  z.exp = 0;
  z.hi = 0x80000000 | 0;
  z.lo = 0;
  z.ext = 0;
}

/** z = x, a little smaller (BELOW) or larger (ABOVE) in magnitude. */
function tiny(ctx: FloatContext, side: number): void {
  const { x, z } = ctx;
  copyUnpacked(z, x);
  z.kind = NORMAL;
  if (side === ABOVE) {
    z.ext = 1;
    return;
  }
  z.ext = -1;
  z.lo = (x.lo - 1) | 0;
  if (x.lo !== 0) return;
  z.hi = (x.hi - 1) | 0;
  if (z.hi < 0) return;
  // x was a power of two
  z.hi = -1;
  z.exp--;
}

/** z = sine (shift 0) or cosine (shift 1) of x from its reduced magnitude in work.a, the square of that in work.b. */
function sineOrCosine(ctx: FloatContext, quadrant: number, shift: number): void {
  const { x, z, work } = ctx;
  const turn = (quadrant + shift) & 3;
  if ((turn & 1) === 0) {
    if (x.exp < TINY) {
      // |x| is tiny, so the quadrant is 0: this is the sine.
      tiny(ctx, BELOW);
      return;
    }
    series(work.c, work.b, SINE, SINE_PAIRS);
    multiply(work.c, work.c, work.a);
  } else if (x.exp < TINY) {
    set(work.c, 1, 0);
  } else {
    series(work.c, work.b, COSINE, SINE_PAIRS + 1);
  }
  if (turn >= 2) set(work.c, -work.c.h, -work.c.l);
  toUnrounded(ctx, work.c, 0, x.exp < TINY ? BELOW : ABOVE);
  if (shift === 0) z.sign ^= x.sign;
}

/**
 * Reduces |x| by multiples of pi/2 to work.a in [-pi/4, pi/4], with its square in work.b, and returns the multiple modulo 4.
 * Exact: a bit-by-bit remainder in 96 bits.
 */
function reduce(ctx: FloatContext): number {
  const { x, work } = ctx;
  if (x.exp < -1) {
    if (x.exp >= TINY) {
      fromSignificand(work.a, x, x.exp);
      multiply(work.b, work.a, work.a);
    }
    return 0;
  }
  let r2 = x.hi;
  let r1 = x.lo;
  let r0 = 0;
  let quotient = 0;
  if (x.exp === -1) {
    r0 = r1 << 31;
    r1 = (r2 << 31) | (r1 >>> 1);
    r2 >>>= 1;
  } else {
    for (let i = x.exp; i >= 0; i--) {
      let carry = 0;
      if (i !== x.exp) {
        carry = r2 >>> 31;
        r2 = (r2 << 1) | (r1 >>> 31);
        r1 = (r1 << 1) | (r0 >>> 31);
        r0 <<= 1;
      }
      quotient <<= 1;
      const t0 = (r0 >>> 0) - HALF_PI_0;
      const t1 = (r1 >>> 0) - HALF_PI_1 - (t0 < 0 ? 1 : 0);
      const t2 = (r2 >>> 0) - HALF_PI_2 - (t1 < 0 ? 1 : 0);
      if (carry !== 0 || t2 >= 0) {
        quotient |= 1;
        r0 = t0 | 0;
        r1 = t1 | 0;
        r2 = t2 | 0;
      }
    }
  }
  // The nearest multiple: with r above pi/4 take the next one, and r - pi/2.
  const t0 = HALF_PI_0 - (r0 >>> 0);
  const t1 = HALF_PI_1 - (r1 >>> 0) - (t0 < 0 ? 1 : 0);
  const t2 = HALF_PI_2 - (r2 >>> 0) - (t1 < 0 ? 1 : 0);
  const nearer = t2 < r2 >>> 0;
  if (nearer) {
    quotient++;
    r0 = t0 | 0;
    r1 = t1 | 0;
    r2 = t2;
  }
  // r2:r1:r0 / 2^95, exactly: at most 96 bits.
  const a = (r2 >>> 0) * 18446744073709551616;
  const b = (r1 >>> 0) * 4294967296;
  const top = a + b;
  const low = b - (top - a) + (r0 >>> 0);
  const h = top + low;
  const unit = nearer ? -powerOfTwo(-95) : powerOfTwo(-95);
  set(work.a, h * unit, (low - (h - top)) * unit);
  multiply(work.b, work.a, work.a);
  return quotient & 3;
}
