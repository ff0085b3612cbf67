import { isBelow } from "./add.js";
import { IE, ROUND_DOWN, type FloatContext } from "./context.js";
import { mulHigh } from "./mul.js";
import { denormal, invalid, quieted } from "./nan.js";
import { packF32, packF64 } from "./pack.js";
import {
  DENORMAL,
  INFINITE,
  NORMAL,
  QUIET_NAN,
  SIGNALING_NAN,
  ZERO,
  copyUnpacked,
  unpackF32,
  unpackF64,
  type Unpacked,
} from "./unpacked.js";

/** VFMADD: a * b + c. */
export const FMA_ADD: number = 0;
/** VFMSUB: a * b - c. */
export const FMA_SUB: number = 1;
/** VFNMADD: -(a * b) + c. */
export const FMA_NEGATED_ADD: number = 2;
/** VFNMSUB: -(a * b) - c. */
export const FMA_NEGATED_SUB: number = 3;

/**
 * Fused multiply-add of binary32 with one rounding; `variant` is FMA_ADD to FMA_NEGATED_SUB.
 *
 * Of several NaNs the first of a, b, c wins. a and b are the factors in the order in which the manual multiplies: of the three
 * operands, form 132 multiplies 1 by 3 and adds 2, form 213 multiplies 2 by 1 and adds 3, form 231 multiplies 2 by 3 and
 * adds 1 (SDM vol. 2, VFMADD132SS). A NaN is delivered unnegated.
 */
export function f32Fma(ctx: FloatContext, a: number, b: number, c: number, variant: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  unpackF32(ctx.y, b, ctx.daz);
  unpackF32(ctx.w, c, ctx.daz);
  fmaUnpacked(ctx, variant);
  return packF32(ctx);
}

/** Fused multiply-add of binary64: as {@link f32Fma}. */
export function f64Fma(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
  cLo: number,
  cHi: number,
  variant: number,
): void {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  unpackF64(ctx.y, bLo, bHi, ctx.daz);
  unpackF64(ctx.w, cLo, cHi, ctx.daz);
  fmaUnpacked(ctx, variant);
  packF64(ctx);
}

/** z = +/- x * y +/- w */
function fmaUnpacked(ctx: FloatContext, variant: number): void {
  const { x, y, w, z } = ctx;
  const productSign = x.sign ^ y.sign ^ (variant >> 1);
  const addendSign = w.sign ^ (variant & 1);
  if (x.kind === NORMAL && y.kind === NORMAL && w.kind === NORMAL) {
    fmaFinite(ctx, productSign, addendSign);
    return;
  }
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN || w.kind >= QUIET_NAN) {
    if (x.kind === SIGNALING_NAN || y.kind === SIGNALING_NAN || w.kind === SIGNALING_NAN) ctx.flags |= IE;
    quieted(z, x.kind >= QUIET_NAN ? x : y.kind >= QUIET_NAN ? y : w);
    return;
  }
  const infiniteProduct = x.kind === INFINITE || y.kind === INFINITE;
  const zeroProduct = x.kind === ZERO || y.kind === ZERO;
  if ((infiniteProduct && zeroProduct) || (infiniteProduct && w.kind === INFINITE && productSign !== addendSign)) {
    invalid(ctx);
    return;
  }
  if ((x.kind === DENORMAL || y.kind === DENORMAL || w.kind === DENORMAL) && denormal(ctx)) return;
  if (infiniteProduct || w.kind === INFINITE) {
    z.kind = INFINITE;
    z.sign = infiniteProduct ? productSign : addendSign;
  } else if (zeroProduct) {
    copyUnpacked(z, w);
    if (w.kind === ZERO) z.sign = productSign === addendSign ? addendSign : ctx.rounding === ROUND_DOWN ? 1 : 0;
    else {
      z.kind = NORMAL;
      z.sign = addendSign;
    }
  } else {
    fmaFinite(ctx, productSign, addendSign);
  }
}

/**
 * z = x * y + w for finite factors and a finite w or zero, as a 128-bit sum whose last bit is sticky.
 *
 * The product has at most 106 bits and the addend 53. Where the aligned one loses bits, their exponents differ by more than 1,
 * so the sum cancels at most one bit: 64 bits, a round bit and a sticky bit stay right.
 */
function fmaFinite(ctx: FloatContext, productSign: number, addendSign: number): void {
  const { x, y, w, z } = ctx;
  z.kind = NORMAL;
  z.sign = productSign;
  // The exact product a3:a2:a1:a0, bit 31 of a3 set.
  const m1 = Math.imul(x.hi, y.lo) >>> 0;
  const m2 = Math.imul(x.lo, y.hi) >>> 0;
  let a0 = Math.imul(x.lo, y.lo);
  const s1 = (mulHigh(x.lo, y.lo) >>> 0) + m1 + m2;
  const s2 =
    (Math.imul(x.hi, y.hi) >>> 0) +
    (mulHigh(x.hi, y.lo) >>> 0) +
    (mulHigh(x.lo, y.hi) >>> 0) +
    Math.floor(s1 / 4294967296);
  let a3 = (mulHigh(x.hi, y.hi) + Math.floor(s2 / 4294967296)) | 0;
  let a2 = s2 | 0;
  let a1 = s1 | 0;
  let exp = x.exp + y.exp + 1;
  if (a3 >= 0) {
    exp--;
    a3 = (a3 << 1) | (a2 >>> 31);
    a2 = (a2 << 1) | (a1 >>> 31);
    a1 = (a1 << 1) | (a0 >>> 31);
    a0 <<= 1;
  }
  if (w.kind === ZERO) {
    deliver(z, exp, a3, a2, a1, a0);
    return;
  }

  let b3 = w.hi;
  let b2 = w.lo;
  let b1 = 0;
  let b0 = 0;
  let n = exp - w.exp;
  if (n < 0 || (n === 0 && isBelow(a3, a2, b3, b2))) {
    // a becomes the larger one.
    b3 = a3;
    b2 = a2;
    b1 = a1;
    b0 = a0;
    a3 = w.hi;
    a2 = w.lo;
    a1 = 0;
    a0 = 0;
    exp = w.exp;
    n = -n;
    z.sign = addendSign;
  }
  if (n > 127) {
    b3 = 0;
    b2 = 0;
    b1 = 0;
    b0 = 1;
  } else {
    let sticky = 0;
    for (; n >= 32; n -= 32) {
      sticky |= b0;
      b0 = b1;
      b1 = b2;
      b2 = b3;
      b3 = 0;
    }
    if (n !== 0) {
      sticky |= b0 << (32 - n);
      b0 = (b0 >>> n) | (b1 << (32 - n));
      b1 = (b1 >>> n) | (b2 << (32 - n));
      b2 = (b2 >>> n) | (b3 << (32 - n));
      b3 >>>= n;
    }
    if (sticky !== 0) b0 |= 1;
  }

  if (productSign === addendSign) {
    const t0 = (a0 >>> 0) + (b0 >>> 0);
    const t1 = (a1 >>> 0) + (b1 >>> 0) + (t0 > 4294967295 ? 1 : 0);
    const t2 = (a2 >>> 0) + (b2 >>> 0) + (t1 > 4294967295 ? 1 : 0);
    const t3 = (a3 >>> 0) + (b3 >>> 0) + (t2 > 4294967295 ? 1 : 0);
    if (t3 > 4294967295) {
      const lost = t0 & 1;
      deliver(
        z,
        exp + 1,
        0x80000000 | (t3 >>> 1),
        (t3 << 31) | (t2 >>> 1),
        (t2 << 31) | (t1 >>> 1),
        (t1 << 31) | (t0 >>> 1) | lost,
      );
    } else {
      deliver(z, exp, t3 | 0, t2 | 0, t1 | 0, t0 | 0);
    }
    return;
  }
  const t0 = (a0 >>> 0) - (b0 >>> 0);
  const t1 = (a1 >>> 0) - (b1 >>> 0) - (t0 < 0 ? 1 : 0);
  const t2 = (a2 >>> 0) - (b2 >>> 0) - (t1 < 0 ? 1 : 0);
  const t3 = (a3 >>> 0) - (b3 >>> 0) - (t2 < 0 ? 1 : 0);
  a0 = t0 | 0;
  a1 = t1 | 0;
  a2 = t2 | 0;
  a3 = t3 | 0;
  if (t3 < 0) {
    // Equal upper halves: the 64-bit comparison took the smaller product for the larger.
    z.sign ^= 1;
    a0 = -a0 | 0;
    a1 = (~a1 + (a0 === 0 ? 1 : 0)) | 0;
    a2 = (~a2 + ((a0 | a1) === 0 ? 1 : 0)) | 0;
    a3 = (~a3 + ((a0 | a1 | a2) === 0 ? 1 : 0)) | 0;
  }
  if ((a3 | a2 | a1 | a0) === 0) {
    z.kind = ZERO;
    z.sign = ctx.rounding === ROUND_DOWN ? 1 : 0;
    return;
  }
  while (a3 === 0) {
    a3 = a2;
    a2 = a1;
    a1 = a0;
    a0 = 0;
    exp -= 32;
  }
  n = Math.clz32(a3);
  if (n !== 0) {
    a3 = (a3 << n) | (a2 >>> (32 - n));
    a2 = (a2 << n) | (a1 >>> (32 - n));
    a1 = (a1 << n) | (a0 >>> (32 - n));
    a0 <<= n;
    exp -= n;
  }
  deliver(z, exp, a3, a2, a1, a0);
}

function deliver(z: Unpacked, exp: number, a3: number, a2: number, a1: number, a0: number): void {
  z.exp = exp;
  z.hi = a3;
  z.lo = a2;
  z.ext = a1 | (a0 !== 0 ? 1 : 0);
}
