import { ZE, type FloatContext } from "./context.js";
import { isBelow } from "./add.js";
import { mulHigh } from "./mul.js";
import { binaryNaN, denormal, invalid } from "./nan.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, type Unpacked } from "./unpacked.js";

/** z = x / y: unrounded, with exceptions found before computing. `rule` chooses between NaNs. */
export function divUnpacked(ctx: FloatContext, rule: number): void {
  const { x, y, z } = ctx;
  if (x.kind !== NORMAL || y.kind !== NORMAL) {
    if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
      binaryNaN(ctx, rule);
      return;
    }
    if ((x.kind === INFINITE && y.kind === INFINITE) || (x.kind === ZERO && y.kind === ZERO)) {
      invalid(ctx);
      return;
    }
    // Division by zero comes before the denormal operand (SDM vol. 1, 4.9.2).
    if (y.kind === ZERO && x.kind !== INFINITE) {
      ctx.flags |= ZE;
      z.kind = INFINITE;
      z.sign = x.sign ^ y.sign;
      return;
    }
    if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) return;
    if (x.kind === INFINITE || y.kind === INFINITE || x.kind === ZERO) {
      z.kind = x.kind === INFINITE ? INFINITE : ZERO;
      z.sign = x.sign ^ y.sign;
      return;
    }
  }
  divFinite(ctx, x, y);
}

/**
 * z = x / y for finite non-zero numbers: 64 bits of quotient, a round bit and a sticky bit.
 *
 * Schoolbook division with two 32-bit digits (Knuth, TAOCP vol. 2, 4.3.1, algorithm D).
 */
export function divFinite(ctx: FloatContext, x: Unpacked, y: Unpacked): void {
  const z = ctx.z;
  const dh = y.hi;
  const dl = y.lo;
  z.kind = NORMAL;
  z.sign = x.sign ^ y.sign;
  z.exp = x.exp - y.exp;
  // The remainder r2:r1:r0 stays below the divisor times 2^32. A dividend not below the divisor is halved first, so
  // that the quotient has exactly 64 bits.
  let r2 = x.hi;
  let r1 = x.lo;
  let r0 = 0;
  if (isBelow(r2, r1, dh, dl)) {
    z.exp--;
  } else {
    r0 = r1 << 31;
    r1 = (r2 << 31) | (r1 >>> 1);
    r2 >>>= 1;
  }
  const divisor = dh >>> 0;
  for (let digit = 0; digit < 2; digit++) {
    // Estimate from the upper 64 bits: at most 2 too large (algorithm D), or 1 too small by the rounding of the double.
    let q = Math.floor(((r2 >>> 0) * 4294967296 + (r1 >>> 0)) / divisor);
    if (q > 4294967295) q = 4294967295;
    const qi = q | 0;
    // r = r2:r1:r0 - q * dh:dl, whose upper word is 0 or, when q was too large, -1.
    const p0 = Math.imul(qi, dl) >>> 0;
    const p1 = (mulHigh(qi, dl) >>> 0) + (Math.imul(qi, dh) >>> 0);
    const t0 = (r0 >>> 0) - p0;
    const t1 = (r1 >>> 0) - (p1 >>> 0) - (t0 < 0 ? 1 : 0);
    let top = ((r2 >>> 0) - (mulHigh(qi, dh) >>> 0) - (p1 > 4294967295 ? 1 : 0) - (t1 < 0 ? 1 : 0)) | 0;
    let n1 = t1 | 0;
    let n0 = t0 | 0;
    while (top < 0) {
      q--;
      const s0 = (n0 >>> 0) + (dl >>> 0);
      const s1 = (n1 >>> 0) + divisor + (s0 > 4294967295 ? 1 : 0);
      n0 = s0 | 0;
      n1 = s1 | 0;
      if (s1 > 4294967295) top = (top + 1) | 0;
    }
    while (top !== 0 || !isBelow(n1, n0, dh, dl)) {
      q++;
      const s0 = (n0 >>> 0) - (dl >>> 0);
      const s1 = (n1 >>> 0) - divisor - (s0 < 0 ? 1 : 0);
      n0 = s0 | 0;
      n1 = s1 | 0;
      if (s1 < 0) top = (top - 1) | 0;
    }
    if (digit === 0) z.hi = q | 0;
    else z.lo = q | 0;
    r2 = n1;
    r1 = n0;
    r0 = 0;
  }
  // Twice the remainder against the divisor gives the round bit, and what is then left the sticky one.
  if ((r2 | r1) === 0) {
    z.ext = 0;
    return;
  }
  const doubled = (r2 << 1) | (r1 >>> 31);
  const low = r1 << 1;
  if (r2 >= 0 && isBelow(doubled, low, dh, dl)) z.ext = 1;
  else z.ext = doubled === dh && low === dl && r2 >= 0 ? 0x80000000 | 0 : 0x80000001 | 0;
}
