import { IE, ROUND_ZERO, type FloatContext } from "./context.js";
import { toSigned, toUnsigned, unpackI32, unpackI64, unpackU64 } from "./integer.js";
import { denormal, unaryNaN } from "./nan.js";
import { packF16, packF32, packF64 } from "./pack.js";
import {
  DENORMAL,
  NORMAL,
  QUIET_NAN,
  SIGNALING_NAN,
  copyUnpacked,
  unpackF16,
  unpackF32,
  unpackF64,
} from "./unpacked.js";

/** z = x for a change of format: quiets a signaling NaN, flags a denormal. */
export function carryOver(ctx: FloatContext): void {
  const { x, z } = ctx;
  if (x.kind === NORMAL) {
    copyUnpacked(z, x);
    return;
  }
  if (x.kind >= QUIET_NAN) {
    unaryNaN(ctx, x);
    return;
  }
  if (x.kind === DENORMAL) {
    if (denormal(ctx)) return;
    copyUnpacked(z, x);
    z.kind = NORMAL;
    return;
  }
  copyUnpacked(z, x);
}

/** CVTSS2SD: binary32 to binary64, in ctx.lo and ctx.hi. */
export function f32ToF64(ctx: FloatContext, a: number): void {
  unpackF32(ctx.x, a, ctx.daz);
  carryOver(ctx);
  packF64(ctx);
}

/** CVTSD2SS: binary64 to binary32. */
export function f64ToF32(ctx: FloatContext, aLo: number, aHi: number): number {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  carryOver(ctx);
  return packF32(ctx);
}

/** VCVTPH2PS: binary16 to binary32, always exact. Ignores DAZ and raises no DE. */
export function f16ToF32(ctx: FloatContext, a: number): number {
  const { x, z } = ctx;
  unpackF16(x, a);
  copyUnpacked(z, x);
  if (x.kind === DENORMAL) z.kind = NORMAL;
  else if (x.kind === SIGNALING_NAN) {
    ctx.flags |= IE;
    z.kind = QUIET_NAN;
    z.hi |= 0x40000000;
  }
  return packF32(ctx);
}

/** VCVTPS2PH: binary32 to binary16. imm: bits 1:0 mode, bit 2 use ctx.rounding instead. Ignores FTZ. */
export function f32ToF16(ctx: FloatContext, a: number, imm: number): number {
  const { ftz, rounding } = ctx;
  ctx.ftz = 0;
  if ((imm & 4) === 0) ctx.rounding = imm & 3;
  unpackF32(ctx.x, a, ctx.daz);
  carryOver(ctx);
  const result = packF16(ctx);
  ctx.ftz = ftz;
  ctx.rounding = rounding;
  return result;
}

/** CVTSI2SS: signed 32-bit integer to binary32. */
export function i32ToF32(ctx: FloatContext, a: number): number {
  unpackI32(ctx.z, a);
  return packF32(ctx);
}

/** CVTSI2SD: signed 32-bit integer to binary64, always exact. */
export function i32ToF64(ctx: FloatContext, a: number): void {
  unpackI32(ctx.z, a);
  packF64(ctx);
}

/** CVTSI2SS with REX.W: signed 64-bit integer to binary32. */
export function i64ToF32(ctx: FloatContext, aLo: number, aHi: number): number {
  unpackI64(ctx.z, aLo, aHi);
  return packF32(ctx);
}

/** CVTSI2SD with REX.W: signed 64-bit integer to binary64. */
export function i64ToF64(ctx: FloatContext, aLo: number, aHi: number): void {
  unpackI64(ctx.z, aLo, aHi);
  packF64(ctx);
}

/** VCVTUSI2SS: unsigned 64-bit integer to binary32. A 32-bit one has aHi = 0. */
export function u64ToF32(ctx: FloatContext, aLo: number, aHi: number): number {
  unpackU64(ctx.z, aLo, aHi);
  return packF32(ctx);
}

/** VCVTUSI2SD: unsigned 64-bit integer to binary64. A 32-bit one has aHi = 0. */
export function u64ToF64(ctx: FloatContext, aLo: number, aHi: number): void {
  unpackU64(ctx.z, aLo, aHi);
  packF64(ctx);
}

/** CVTSS2SI, or with `truncate` 1 CVTTSS2SI: binary32 to int32. Invalid gives 0x80000000. Raises no DE. */
export function f32ToI32(ctx: FloatContext, a: number, truncate: number): number {
  unpackF32(ctx.x, a, ctx.daz);
  toSigned(ctx, 32, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
  return ctx.lo;
}

/** CVTSS2SI with REX.W: binary32 to int64 in ctx.lo and ctx.hi. Invalid gives 0x8000000000000000. */
export function f32ToI64(ctx: FloatContext, a: number, truncate: number): void {
  unpackF32(ctx.x, a, ctx.daz);
  toSigned(ctx, 64, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
}

/** CVTSD2SI, or with `truncate` 1 CVTTSD2SI: binary64 to int32. Invalid gives 0x80000000. */
export function f64ToI32(ctx: FloatContext, aLo: number, aHi: number, truncate: number): number {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  toSigned(ctx, 32, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
  return ctx.lo;
}

/** CVTSD2SI with REX.W: binary64 to int64 in ctx.lo and ctx.hi. Invalid gives 0x8000000000000000. */
export function f64ToI64(ctx: FloatContext, aLo: number, aHi: number, truncate: number): void {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  toSigned(ctx, 64, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
}

/** VCVTSS2USI: binary32 to an unsigned integer of 32 or 64 `bits` in ctx.lo and ctx.hi. Invalid gives all ones. */
export function f32ToUnsigned(ctx: FloatContext, a: number, bits: number, truncate: number): void {
  unpackF32(ctx.x, a, ctx.daz);
  toUnsigned(ctx, bits, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
}

/** VCVTSD2USI: binary64 to an unsigned integer of 32 or 64 `bits` in ctx.lo and ctx.hi. Invalid gives all ones. */
export function f64ToUnsigned(ctx: FloatContext, aLo: number, aHi: number, bits: number, truncate: number): void {
  unpackF64(ctx.x, aLo, aHi, ctx.daz);
  toUnsigned(ctx, bits, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
}
