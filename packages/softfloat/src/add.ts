import { ROUND_DOWN, type FloatContext } from "./context.js";
import { binaryNaN, denormal, invalid } from "./nan.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, copyUnpacked, type Unpacked } from "./unpacked.js";

/** z = x + y, or x - y with `subtract` 1: unrounded, with exceptions found before computing. `rule` chooses between NaNs. */
export function addUnpacked(ctx: FloatContext, subtract: number, rule: number): void {
  const { x, y, z } = ctx;
  if (x.kind === NORMAL && y.kind === NORMAL) {
    addFinite(ctx, x, y, subtract);
    return;
  }
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
    binaryNaN(ctx, rule);
    return;
  }
  const ySign = y.sign ^ subtract;
  if (x.kind === INFINITE && y.kind === INFINITE && x.sign !== ySign) {
    invalid(ctx);
    return;
  }
  if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) return;
  if (x.kind === INFINITE || y.kind === INFINITE) {
    z.kind = INFINITE;
    z.sign = x.kind === INFINITE ? x.sign : ySign;
  } else if (x.kind === ZERO && y.kind === ZERO) {
    z.kind = ZERO;
    z.sign = x.sign === ySign ? x.sign : ctx.rounding === ROUND_DOWN ? 1 : 0;
  } else if (y.kind === ZERO) {
    copyUnpacked(z, x);
    z.kind = NORMAL;
  } else if (x.kind === ZERO) {
    copyUnpacked(z, y);
    z.sign = ySign;
    z.kind = NORMAL;
  } else {
    addFinite(ctx, x, y, subtract);
  }
}

/** z = x +/- y for finite non-zero numbers whose ext is 0. */
export function addFinite(ctx: FloatContext, x: Unpacked, y: Unpacked, subtract: number): void {
  const z = ctx.z;
  let big = x;
  let small = y;
  let bigSign = x.sign;
  const ySign = y.sign ^ subtract;
  const same = bigSign === ySign;
  if (x.exp < y.exp || (x.exp === y.exp && isBelow(x.hi, x.lo, y.hi, y.lo))) {
    big = y;
    small = x;
    bigSign = ySign;
  }
  let { exp } = big;
  const n = exp - small.exp;
  let sh = small.hi;
  let sl = small.lo;
  let se = 0;
  if (n === 0) {
    // aligned
  } else if (n < 32) {
    se = sl << (32 - n);
    sl = (sh << (32 - n)) | (sl >>> n);
    sh >>>= n;
  } else if (n < 64) {
    const k = n - 32;
    const rest = k === 0 ? 0 : sl << (32 - k);
    se = (k === 0 ? sl : (sh << (32 - k)) | (sl >>> k)) | (rest !== 0 ? 1 : 0);
    sl = sh >>> k;
    sh = 0;
  } else if (n < 96) {
    const k = n - 64;
    const rest = (k === 0 ? 0 : sh << (32 - k)) | sl;
    se = (sh >>> k) | (rest !== 0 ? 1 : 0);
    sl = 0;
    sh = 0;
  } else {
    se = 1;
    sl = 0;
    sh = 0;
  }

  z.kind = NORMAL;
  z.sign = bigSign;
  let hi: number;
  let lo: number;
  if (same) {
    lo = (big.lo + sl) | 0;
    const carry = lo >>> 0 < sl >>> 0 ? 1 : 0;
    const sum = (big.hi >>> 0) + (sh >>> 0) + carry;
    hi = sum | 0;
    if (sum >= 0x100000000) {
      se = (lo << 31) | (se >>> 1) | (se & 1);
      lo = (hi << 31) | (lo >>> 1);
      hi = (hi >>> 1) | 0x80000000;
      exp++;
    }
  } else {
    const borrowExt = se !== 0 ? 1 : 0;
    se = -se | 0;
    const t = (big.lo >>> 0) - (sl >>> 0) - borrowExt;
    lo = t | 0;
    hi = (big.hi - sh - (t < 0 ? 1 : 0)) | 0;
    if (hi >= 0) {
      if ((hi | lo | se) === 0) {
        z.kind = ZERO;
        z.sign = ctx.rounding === ROUND_DOWN ? 1 : 0;
        return;
      }
      // When the aligned operand has lost bits, its exponent is far smaller and the shift is by one only.
      while (hi === 0) {
        hi = lo;
        lo = se;
        se = 0;
        exp -= 32;
      }
      const s = Math.clz32(hi);
      if (s !== 0) {
        hi = (hi << s) | (lo >>> (32 - s));
        lo = (lo << s) | (se >>> (32 - s));
        se <<= s;
        exp -= s;
      }
    }
  }
  z.exp = exp;
  z.hi = hi;
  z.lo = lo;
  z.ext = se;
}

/** Unsigned 64-bit a < b. */
export function isBelow(aHi: number, aLo: number, bHi: number, bLo: number): boolean {
  return aHi === bHi ? aLo >>> 0 < bLo >>> 0 : aHi >>> 0 < bHi >>> 0;
}
