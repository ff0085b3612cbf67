import { OE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_UP, UE, type FloatContext } from "./context.js";
import { DENORMAL, INFINITE, NORMAL, ZERO } from "./unpacked.js";

/** SSE: an unmasked overflow or underflow delivers nothing, and FTZ counts. */
export const TO_SSE: number = 0;
/** x87 register: an unmasked overflow or underflow delivers a result scaled by 2^-/+24576 (SDM vol. 1, 8.5.4 and 8.5.5). */
export const TO_X87_REGISTER: number = 1;
/** x87 store to memory: an unmasked overflow or underflow delivers nothing, and FTZ does not count. */
export const TO_X87_MEMORY: number = 2;

/** What an unmasked x87 overflow or underflow takes off or adds to the exponent. */
const X87_BIAS_ADJUST = 24576;

/** Decides whether a discarded part adds one unit in the last place. `half` is its first bit, `rest` whether more is set. */
export function roundsUp(rounding: number, sign: number, odd: number, half: number, rest: number): boolean {
  if (rounding === ROUND_NEAREST) return half !== 0 && (rest | odd) !== 0;
  if (rounding === ROUND_DOWN) return sign !== 0 && (half | rest) !== 0;
  if (rounding === ROUND_UP) return sign === 0 && (half | rest) !== 0;
  return false;
}

/**
 * Rounds the finite non-zero `ctx.z` to `p` bits (11, 24, 53 or 64) and exponents up to `emax`, in place, and raises
 * overflow, underflow and precision. Afterwards z is NORMAL, INFINITE, ZERO or DENORMAL; a denormal has exp = emin and
 * its significand shifted, so that all kinds pack the same way.
 *
 * Tininess is found after rounding (SDM vol. 1, 4.9.1.5).
 */
export function roundResult(ctx: FloatContext, p: number, emax: number, target: number): void {
  const z = ctx.z;
  let { hi, lo, ext, exp } = z;
  const sign = z.sign;
  const emin = 1 - emax;
  let tiny = false;
  let shifted = false;
  ctx.roundedUp = 0;

  if (exp < emin) {
    tiny = exp < emin - 1 || !roundsToPowerOfTwo(ctx.rounding, sign, hi, lo, ext, p);
    if (tiny && (ctx.masks & UE) === 0) {
      ctx.flags |= UE;
      if (target !== TO_X87_REGISTER) {
        if (target === TO_SSE && isInexact(hi, lo, ext, p)) ctx.flags |= PE;
        z.kind = ZERO;
        return;
      }
      exp += X87_BIAS_ADJUST;
      if (exp < emin) {
        // FSCALE only: too small even so (SDM vol. 1, 8.5.5).
        ctx.flags |= PE;
        z.kind = ZERO;
        return;
      }
      tiny = false;
    } else if (tiny && ctx.ftz !== 0 && target === TO_SSE) {
      ctx.flags |= UE | PE;
      z.kind = ZERO;
      return;
    } else {
      const n = emin - exp;
      exp = emin;
      shifted = true;
      if (n < 32) {
        ext = (lo << (32 - n)) | (ext >>> n) | (ext << (32 - n) !== 0 ? 1 : 0);
        lo = (hi << (32 - n)) | (lo >>> n);
        hi >>>= n;
      } else if (n < 64) {
        const k = n - 32;
        const rest = (k === 0 ? 0 : lo << (32 - k)) | ext;
        ext = (k === 0 ? lo : (hi << (32 - k)) | (lo >>> k)) | (rest !== 0 ? 1 : 0);
        lo = hi >>> k;
        hi = 0;
      } else if (n < 96) {
        const k = n - 64;
        const rest = (k === 0 ? 0 : hi << (32 - k)) | lo | ext;
        ext = (hi >>> k) | (rest !== 0 ? 1 : 0);
        lo = 0;
        hi = 0;
      } else {
        ext = 1;
        lo = 0;
        hi = 0;
      }
    }
  }

  let inexact = false;
  if (p === 53) {
    const rem = lo & 0x7ff;
    if ((rem | ext) !== 0) {
      inexact = true;
      const up = roundsUp(ctx.rounding, sign, lo & 0x800, rem & 0x400, (rem & 0x3ff) | ext);
      lo &= ~0x7ff;
      if (up) {
        ctx.roundedUp = 1;
        lo = (lo + 0x800) | 0;
        if (lo === 0) hi = (hi + 1) | 0;
        if ((hi | lo) === 0) {
          hi = 0x80000000 | 0;
          exp++;
        }
      }
    }
  } else if (p === 24) {
    const rem = hi & 0xff;
    if ((rem | lo | ext) !== 0) {
      inexact = true;
      const up = roundsUp(ctx.rounding, sign, hi & 0x100, rem & 0x80, (rem & 0x7f) | lo | ext);
      hi &= ~0xff;
      lo = 0;
      if (up) {
        ctx.roundedUp = 1;
        hi = (hi + 0x100) | 0;
        if (hi === 0) {
          hi = 0x80000000 | 0;
          exp++;
        }
      }
    }
  } else if (p === 64) {
    if (ext !== 0) {
      inexact = true;
      if (roundsUp(ctx.rounding, sign, lo & 1, ext & 0x80000000, ext << 1)) {
        ctx.roundedUp = 1;
        lo = (lo + 1) | 0;
        if (lo === 0) hi = (hi + 1) | 0;
        if ((hi | lo) === 0) {
          hi = 0x80000000 | 0;
          exp++;
        }
      }
    }
  } else {
    const rem = hi & 0x1fffff;
    if ((rem | lo | ext) !== 0) {
      inexact = true;
      const up = roundsUp(ctx.rounding, sign, hi & 0x200000, rem & 0x100000, (rem & 0xfffff) | lo | ext);
      hi &= ~0x1fffff;
      lo = 0;
      if (up) {
        ctx.roundedUp = 1;
        hi = (hi + 0x200000) | 0;
        if (hi === 0) {
          hi = 0x80000000 | 0;
          exp++;
        }
      }
    }
  }

  if (exp > emax) {
    overflow(ctx, p, emax, target, hi, lo, exp, inexact);
    return;
  }
  if (inexact) ctx.flags |= tiny ? UE | PE : PE;
  z.kind = NORMAL;
  if (shifted && hi >= 0) z.kind = (hi | lo) === 0 ? ZERO : DENORMAL;
  z.exp = exp;
  z.hi = hi;
  z.lo = lo;
  z.ext = 0;
}

/** The response to overflow, masked (SDM vol. 1, table 4-10) or not. */
function overflow(
  ctx: FloatContext,
  p: number,
  emax: number,
  target: number,
  hi: number,
  lo: number,
  exp: number,
  inexact: boolean,
): void {
  const z = ctx.z;
  ctx.flags |= OE;
  z.ext = 0;
  if ((ctx.masks & OE) === 0) {
    if (target !== TO_X87_REGISTER) {
      if (target === TO_SSE && inexact) ctx.flags |= PE;
      ctx.roundedUp = 0;
      z.kind = ZERO;
      return;
    }
    if (exp - X87_BIAS_ADJUST > emax) {
      // FSCALE only: too large even so (SDM vol. 1, 8.5.4).
      ctx.flags |= PE;
      ctx.roundedUp = 1;
      z.kind = INFINITE;
      return;
    }
    if (inexact) ctx.flags |= PE;
    z.kind = NORMAL;
    z.exp = exp - X87_BIAS_ADJUST;
    z.hi = hi;
    z.lo = lo;
    return;
  }
  ctx.flags |= PE;
  if (ctx.rounding === ROUND_NEAREST || ctx.rounding === (z.sign !== 0 ? ROUND_DOWN : ROUND_UP)) {
    z.kind = INFINITE;
    ctx.roundedUp = 1;
    return;
  }
  ctx.roundedUp = 0;
  z.kind = NORMAL;
  z.exp = emax;
  z.hi = p === 24 ? ~0xff : p === 11 ? ~0x1fffff : -1;
  z.lo = p === 64 ? -1 : p === 53 ? ~0x7ff : 0;
}

/** With the exponent unbounded, does rounding to p bits carry out of an all-ones significand? */
function roundsToPowerOfTwo(rounding: number, sign: number, hi: number, lo: number, ext: number, p: number): boolean {
  if (p === 53) {
    return hi === -1 && lo >>> 11 === 0x1fffff && roundsUp(rounding, sign, 1, lo & 0x400, (lo & 0x3ff) | ext);
  }
  if (p === 24) return hi >>> 8 === 0xffffff && roundsUp(rounding, sign, 1, hi & 0x80, (hi & 0x7f) | lo | ext);
  if (p === 64) return (hi & lo) === -1 && roundsUp(rounding, sign, 1, ext & 0x80000000, ext << 1);
  return hi >>> 21 === 0x7ff && roundsUp(rounding, sign, 1, hi & 0x100000, (hi & 0xfffff) | lo | ext);
}

/** Is anything below the p-bit significand set? */
function isInexact(hi: number, lo: number, ext: number, p: number): boolean {
  if (p === 53) return ((lo & 0x7ff) | ext) !== 0;
  if (p === 24) return ((hi & 0xff) | lo | ext) !== 0;
  if (p === 64) return ext !== 0;
  return ((hi & 0x1fffff) | lo | ext) !== 0;
}
