import type { FloatContext } from "./context.js";
import { mulHigh } from "./mul.js";
import { denormal, invalid, unaryNaN } from "./nan.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, type Unpacked } from "./unpacked.js";

/** z = square root of x: unrounded, with exceptions found before computing. */
export function sqrtUnpacked(ctx: FloatContext): void {
  const { x, z } = ctx;
  if (x.kind !== NORMAL || x.sign !== 0) {
    if (x.kind >= QUIET_NAN) {
      unaryNaN(ctx, x);
      return;
    }
    if (x.kind === ZERO) {
      z.kind = ZERO;
      z.sign = x.sign;
      return;
    }
    if (x.sign !== 0) {
      invalid(ctx);
      return;
    }
    if (x.kind === INFINITE) {
      z.kind = INFINITE;
      z.sign = 0;
      return;
    }
    if (x.kind === DENORMAL && denormal(ctx)) return;
  }
  sqrtFinite(ctx, x);
}

/**
 * z = square root of a positive finite x: 64 bits of root, then a round bit and a sticky bit.
 *
 * The radicand is a 128-bit integer a3:a2:0:0 shifted right by 1 or 0 so that the exponent is even; its root
 * s = s1 * 2^32 + s0 has 64 bits. s1 comes from the upper 64 bits, s0 from dividing the remainder by 2 * s1, each
 * estimated in a double and corrected by its remainder.
 */
function sqrtFinite(ctx: FloatContext, x: Unpacked): void {
  const z = ctx.z;
  z.kind = NORMAL;
  z.sign = 0;
  z.exp = x.exp >> 1;
  let a3 = x.hi;
  let a2 = x.lo;
  let a1 = 0;
  if ((x.exp & 1) === 0) {
    a1 = a2 << 31;
    a2 = (a3 << 31) | (a2 >>> 1);
    a3 >>>= 1;
  }

  // s1 = floor(sqrt(a3:a2)), remainder rh:rl = a3:a2 - s1^2 <= 2 * s1 (33 bits)
  let s1 = Math.floor(Math.sqrt((a3 >>> 0) * 4294967296 + (a2 >>> 0)));
  if (s1 > 4294967295) s1 = 4294967295;
  let i1 = s1 | 0;
  let t0 = (a2 >>> 0) - (Math.imul(i1, i1) >>> 0);
  let rl = t0 | 0;
  let rh = (a3 - mulHigh(i1, i1) - (t0 < 0 ? 1 : 0)) | 0;
  while (rh < 0) {
    // s1 was 1 too large: add 2 * s1 - 1
    s1--;
    t0 = (rl >>> 0) + s1 + s1 + 1;
    rl = t0 | 0;
    rh = (rh + Math.floor(t0 / 4294967296)) | 0;
  }
  while (rh * 4294967296 + (rl >>> 0) > s1 + s1) {
    t0 = (rl >>> 0) - (s1 + s1 + 1);
    s1++;
    rl = t0 | 0;
    rh = (rh + Math.floor(t0 / 4294967296)) | 0;
  }
  i1 = s1 | 0;

  // s0 = about (r * 2^32 + a1) / (2 * s1); then the remainder R = r * 2^64 + a1 * 2^32 - 2 * s1 * s0 * 2^32 - s0^2,
  // kept in four words d3..d0, must satisfy 0 <= R <= 2 * s.
  const r = rh * 4294967296 + (rl >>> 0);
  let s0 = Math.floor((r * 2147483648 + (a1 >>> 1)) / s1);
  if (s0 > 4294967295) s0 = 4294967295;
  const i0 = s0 | 0;
  // 2 * s1 * s0
  const ph = mulHigh(i1, i0);
  const pl = Math.imul(i1, i0);
  const m2 = ph >>> 31;
  const m1 = (ph << 1) | (pl >>> 31);
  const m0 = pl << 1;
  let c = -(Math.imul(i0, i0) >>> 0);
  let d0 = c | 0;
  c = (a1 >>> 0) - (m0 >>> 0) - (mulHigh(i0, i0) >>> 0) + (c < 0 ? -1 : 0);
  let d1 = c | 0;
  c = (rl >>> 0) - (m1 >>> 0) + Math.floor(c / 4294967296);
  let d2 = c | 0;
  let d3 = (rh - m2 + Math.floor(c / 4294967296)) | 0;
  while (d3 < 0) {
    // s was too large: s--, and R += 2 * s + 1 with the new s
    if (s0 === 0) {
      s0 = 4294967295;
      s1--;
    } else s0--;
    c = (d0 >>> 0) + s0 * 2 + 1;
    d0 = c | 0;
    c = (d1 >>> 0) + s1 * 2 + Math.floor(c / 4294967296);
    d1 = c | 0;
    c = (d2 >>> 0) + Math.floor(c / 4294967296);
    d2 = c | 0;
    d3 = (d3 + Math.floor(c / 4294967296)) | 0;
  }
  while (exceedsTwice(d3, d2, d1, d0, s1, s0)) {
    c = (d0 >>> 0) - (s0 * 2 + 1);
    d0 = c | 0;
    c = (d1 >>> 0) - s1 * 2 + Math.floor(c / 4294967296);
    d1 = c | 0;
    c = (d2 >>> 0) + Math.floor(c / 4294967296);
    d2 = c | 0;
    d3 = (d3 + Math.floor(c / 4294967296)) | 0;
    if (s0 === 4294967295) {
      s0 = 0;
      s1++;
    } else s0++;
  }
  z.hi = s1 | 0;
  z.lo = s0 | 0;
  // (s + 1/2)^2 = s^2 + s + 1/4: the round bit is set when R > s, and a tie is impossible.
  if ((d2 | d1 | d0) === 0) z.ext = 0;
  else if (d2 !== 0 || d1 >>> 0 > s1 || (d1 >>> 0 === s1 && d0 >>> 0 > s0)) z.ext = 0x80000001 | 0;
  else z.ext = 1;
}

/** d3:d2:d1:d0 > 2 * (s1:s0) */
function exceedsTwice(d3: number, d2: number, d1: number, d0: number, s1: number, s0: number): boolean {
  const low = s0 * 2;
  const mid = s1 * 2 + (low > 4294967295 ? 1 : 0);
  const above = mid > 4294967295 ? 1 : 0;
  if (d3 !== 0) return true;
  if (d2 >>> 0 !== above) return d2 >>> 0 > above;
  if (d1 >>> 0 !== mid >>> 0) return d1 >>> 0 > mid >>> 0;
  return d0 >>> 0 > low >>> 0;
}
