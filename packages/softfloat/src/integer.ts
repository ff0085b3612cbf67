import { IE, PE, type FloatContext } from "./context.js";
import { denormal, unaryNaN } from "./nan.js";
import { roundsUp } from "./round.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, copyUnpacked, type Unpacked } from "./unpacked.js";

/** Unpacks a signed 32-bit integer. */
export function unpackI32(u: Unpacked, value: number): void {
  value |= 0;
  u.sign = value >>> 31;
  const magnitude = value < 0 ? -value | 0 : value;
  u.lo = 0;
  u.ext = 0;
  if (magnitude === 0) {
    u.kind = ZERO;
    return;
  }
  const n = Math.clz32(magnitude);
  u.kind = NORMAL;
  u.exp = 31 - n;
  u.hi = magnitude << n;
}

/** Unpacks a signed 64-bit integer. */
export function unpackI64(u: Unpacked, lo: number, hi: number): void {
  if ((hi | 0) < 0) {
    lo = -lo | 0;
    hi = lo === 0 ? -hi | 0 : ~hi;
    unpackU64(u, lo, hi);
    u.sign = 1;
  } else {
    unpackU64(u, lo, hi);
  }
}

/** Unpacks an unsigned 64-bit integer. */
export function unpackU64(u: Unpacked, lo: number, hi: number): void {
  u.sign = 0;
  u.ext = 0;
  if ((hi | lo) === 0) {
    u.kind = ZERO;
    u.lo = 0;
    return;
  }
  u.kind = NORMAL;
  if (hi !== 0) {
    const n = Math.clz32(hi);
    u.hi = n === 0 ? hi | 0 : (hi << n) | (lo >>> (32 - n));
    u.lo = lo << n;
    u.exp = 63 - n;
  } else {
    const n = Math.clz32(lo);
    u.hi = lo << n;
    u.lo = 0;
    u.exp = 31 - n;
  }
}

/**
 * Rounds the finite x to an integer magnitude in ctx.hi:ctx.lo (unsigned). Returns false when it does not fit 64 bits.
 * Nothing is flagged; ctx.z.ext becomes non-zero when the result is inexact, and ctx.roundedUp is set.
 */
export function toMagnitude(ctx: FloatContext, rounding: number): boolean {
  const { x, z } = ctx;
  z.ext = 0;
  ctx.roundedUp = 0;
  ctx.lo = 0;
  ctx.hi = 0;
  if (x.kind === ZERO) return true;
  if (x.exp > 63) return false;
  const n = 63 - x.exp;
  let hi: number;
  let lo: number;
  let ext: number;
  if (n < 32) {
    hi = x.hi >>> n;
    lo = n === 0 ? x.lo : (x.hi << (32 - n)) | (x.lo >>> n);
    ext = n === 0 ? 0 : x.lo << (32 - n);
  } else if (n < 64) {
    const k = n - 32;
    const rest = k === 0 ? 0 : x.lo << (32 - k);
    hi = 0;
    lo = x.hi >>> k;
    ext = (k === 0 ? x.lo : (x.hi << (32 - k)) | (x.lo >>> k)) | (rest !== 0 ? 1 : 0);
  } else {
    hi = 0;
    lo = 0;
    ext = n === 64 ? x.hi | (x.lo !== 0 ? 1 : 0) : 1;
  }
  if (ext !== 0 && roundsUp(rounding, x.sign, lo & 1, ext & 0x80000000, ext << 1)) {
    ctx.roundedUp = 1;
    lo = (lo + 1) | 0;
    if (lo === 0) {
      hi = (hi + 1) | 0;
      if (hi === 0) return false;
    }
  }
  z.ext = ext;
  ctx.lo = lo;
  ctx.hi = hi | 0;
  return true;
}

/**
 * x to a signed integer of `bits` (16, 32 or 64), sign-extended in ctx.hi:ctx.lo. What does not fit, an infinity or a NaN is
 * invalid and gives the integer indefinite, the most negative value (SDM vol. 1, 4.8.3.7 and table 4-1).
 */
export function toSigned(ctx: FloatContext, bits: number, rounding: number): void {
  const x = ctx.x;
  if (x.kind < INFINITE && toMagnitude(ctx, rounding)) {
    let { lo, hi } = ctx;
    const negative = x.sign !== 0 && (hi | lo) !== 0;
    if (negative) {
      lo = -lo | 0;
      hi = lo === 0 ? -hi | 0 : ~hi;
    }
    const fits =
      bits === 64
        ? hi < 0 === negative
        : bits === 32
          ? hi === lo >> 31 && lo < 0 === negative
          : hi === lo >> 31 && lo === (lo << 16) >> 16 && lo < 0 === negative;
    if (fits) {
      ctx.lo = lo;
      ctx.hi = hi;
      if (ctx.z.ext !== 0) ctx.flags |= PE;
      return;
    }
  }
  ctx.flags |= IE;
  ctx.roundedUp = 0;
  ctx.lo = bits === 64 ? 0 : bits === 32 ? 0x80000000 | 0 : -0x8000;
  ctx.hi = bits === 64 ? 0x80000000 | 0 : -1;
}

/**
 * x to an unsigned integer of 32 or 64 bits in ctx.hi:ctx.lo. Out of range, negative or NaN is invalid and gives all ones
 * (SDM vol. 2, VCVTSD2USI).
 */
export function toUnsigned(ctx: FloatContext, bits: number, rounding: number): void {
  const x = ctx.x;
  if (x.kind < INFINITE && toMagnitude(ctx, rounding)) {
    if ((x.sign === 0 || (ctx.hi | ctx.lo) === 0) && (bits === 64 || ctx.hi === 0)) {
      if (ctx.z.ext !== 0) ctx.flags |= PE;
      return;
    }
  }
  ctx.flags |= IE;
  ctx.roundedUp = 0;
  ctx.lo = -1;
  ctx.hi = bits === 64 ? -1 : 0;
}

/**
 * z = x rounded to an integral value. `inexact` is PE or, to suppress it, 0. `flagDenormal` 1: a denormal raises DE (FRNDINT
 * does, ROUNDSS does not).
 */
export function roundUnpacked(ctx: FloatContext, rounding: number, inexact: number, flagDenormal: number): void {
  const { x, z } = ctx;
  ctx.roundedUp = 0;
  if (x.kind >= QUIET_NAN) {
    unaryNaN(ctx, x);
    return;
  }
  if (x.kind === DENORMAL && flagDenormal !== 0 && denormal(ctx)) return;
  if (x.kind === ZERO || x.kind === INFINITE || x.exp >= 63) {
    copyUnpacked(z, x);
    return;
  }
  const sign = x.sign;
  toMagnitude(ctx, rounding);
  const ext = z.ext;
  unpackU64(z, ctx.lo, ctx.hi);
  z.sign = sign;
  if (ext !== 0) ctx.flags |= inexact;
}

/** The rounding mode of an SSE4.1 ROUNDxx immediate: bits 1:0, or MXCSR.RC with bit 2 (SDM vol. 2, ROUNDPD, figure 4-24). */
export function immediateRounding(ctx: FloatContext, imm: number): number {
  return (imm & 4) !== 0 ? ctx.rounding : imm & 3;
}

/** The exception that a ROUNDxx immediate leaves: bit 3 suppresses PE. */
export function immediateInexact(imm: number): number {
  return (imm & 8) !== 0 ? 0 : PE;
}
