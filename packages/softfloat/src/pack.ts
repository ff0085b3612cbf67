import type { FloatContext } from "./context.js";
import { TO_SSE, TO_X87_REGISTER, roundResult } from "./round.js";
import { DENORMAL, INFINITE, NORMAL, ZERO } from "./unpacked.js";

/** Rounds `ctx.z` to binary16, into ctx.lo, and returns it. */
export function packF16(ctx: FloatContext): number {
  const z = ctx.z;
  if (z.kind === NORMAL) roundResult(ctx, 11, 15, TO_SSE);
  const s = z.sign << 15;
  if (z.kind === NORMAL) ctx.lo = s | ((z.exp + 15) << 10) | ((z.hi >>> 21) & 0x3ff);
  else if (z.kind === ZERO) ctx.lo = s;
  else if (z.kind === DENORMAL) ctx.lo = s | (z.hi >>> 21);
  else if (z.kind === INFINITE) ctx.lo = s | 0x7c00;
  else ctx.lo = s | 0x7c00 | ((z.hi >>> 21) & 0x3ff);
  return ctx.lo;
}

/** Rounds `ctx.z` to binary32, into ctx.lo, and returns it. */
export function packF32(ctx: FloatContext, target: number = TO_SSE): number {
  const z = ctx.z;
  if (z.kind === NORMAL) roundResult(ctx, 24, 127, target);
  const s = z.sign << 31;
  if (z.kind === NORMAL) ctx.lo = s | ((z.exp + 127) << 23) | ((z.hi >>> 8) & 0x7fffff);
  else if (z.kind === ZERO) ctx.lo = s;
  else if (z.kind === DENORMAL) ctx.lo = s | (z.hi >>> 8);
  else if (z.kind === INFINITE) ctx.lo = s | 0x7f800000;
  else ctx.lo = s | 0x7f800000 | ((z.hi >>> 8) & 0x7fffff);
  return ctx.lo;
}

/** Rounds `ctx.z` to binary64, into ctx.lo and ctx.hi. */
export function packF64(ctx: FloatContext, target: number = TO_SSE): void {
  const z = ctx.z;
  if (z.kind === NORMAL) roundResult(ctx, 53, 1023, target);
  const s = z.sign << 31;
  if (z.kind === ZERO) {
    ctx.lo = 0;
    ctx.hi = s;
    return;
  }
  if (z.kind === INFINITE) {
    ctx.lo = 0;
    ctx.hi = s | 0x7ff00000;
    return;
  }
  ctx.lo = (z.hi << 21) | (z.lo >>> 11);
  const m = (z.hi >>> 11) & 0xfffff;
  if (z.kind === NORMAL) ctx.hi = s | ((z.exp + 1023) << 20) | m;
  else if (z.kind === DENORMAL) ctx.hi = s | m;
  else ctx.hi = s | 0x7ff00000 | m;
}

/** Rounds `ctx.z` to `precision` bits of double extended, into ctx.sigLo, ctx.sigHi and ctx.se. */
export function packF80(ctx: FloatContext, precision: number): void {
  const z = ctx.z;
  if (z.kind === NORMAL) roundResult(ctx, precision, 16383, TO_X87_REGISTER);
  else ctx.roundedUp = 0;
  const s = z.sign << 15;
  if (z.kind === ZERO) {
    ctx.sigLo = 0;
    ctx.sigHi = 0;
    ctx.se = s;
  } else if (z.kind === INFINITE) {
    ctx.sigLo = 0;
    ctx.sigHi = 0x80000000 | 0;
    ctx.se = s | 0x7fff;
  } else {
    ctx.sigLo = z.lo;
    ctx.sigHi = z.hi;
    ctx.se = s | (z.kind === NORMAL ? z.exp + 16383 : z.kind === DENORMAL ? 0 : 0x7fff);
  }
}
