import { PE, ZE, type FloatContext } from "./context.js";
import { roundUnpacked, unpackI32 } from "./integer.js";
import { X87, binaryNaN, denormal, invalid, unaryNaN } from "./nan.js";
import { packF80 } from "./pack.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, UNSUPPORTED, ZERO, copyUnpacked, unpackF80 } from "./unpacked.js";

/** FABS: clears the sign. No exceptions, whatever the operand. */
export function f80Abs(se: number): number {
  return se & 0x7fff;
}

/** FCHS: inverts the sign. No exceptions, whatever the operand. */
export function f80Negate(se: number): number {
  return (se ^ 0x8000) & 0xffff;
}

/** FXAM's class of a register that is not empty: C3, C2, C0 in bits 2, 1, 0 (SDM vol. 2, FXAM). C1 is the sign. */
export function f80Examine(ctx: FloatContext, aLo: number, aHi: number, aSe: number): number {
  unpackF80(ctx.x, aLo, aHi, aSe);
  const kind = ctx.x.kind;
  if (kind === UNSUPPORTED) return 0;
  if (kind >= QUIET_NAN) return 1;
  if (kind === NORMAL) return 2;
  if (kind === INFINITE) return 3;
  return kind === ZERO ? 4 : 6;
}

/** The tag word's two bits for a register that is not empty: 0 valid, 1 zero, 2 special (SDM vol. 1, 8.1.7). */
export function f80Tag(aLo: number, aHi: number, aSe: number): number {
  const e = aSe & 0x7fff;
  if (e === 0) return (aHi | aLo) === 0 ? 1 : 2;
  return e === 0x7fff || (aHi | 0) >= 0 ? 2 : 0;
}

/** FRNDINT: a rounded to an integral value by ctx.rounding. */
export function f80RoundToIntegral(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  roundUnpacked(ctx, ctx.rounding, PE, 1);
  const up = ctx.roundedUp;
  packF80(ctx, 64);
  ctx.roundedUp = up;
}

/**
 * FXTRACT: the exponent of a as a number in ctx.sigLo, sigHi, se (it replaces the stack top), and the significand, with exponent
 * 0, in the second result (it is then pushed). A zero divides by zero: the exponent is minus infinity.
 */
export function f80Extract(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  const { x, z } = ctx;
  unpackF80(x, aLo, aHi, aSe);
  if (x.kind >= QUIET_NAN) {
    unaryNaN(ctx, x);
    packF80(ctx, 64);
    ctx.sigLo2 = ctx.sigLo;
    ctx.sigHi2 = ctx.sigHi;
    ctx.se2 = ctx.se;
    return;
  }
  ctx.sigLo2 = aLo | 0;
  ctx.sigHi2 = aHi | 0;
  ctx.se2 = aSe;
  if (x.kind === ZERO) {
    ctx.flags |= ZE;
    z.kind = INFINITE;
    z.sign = 1;
  } else if (x.kind === INFINITE) {
    z.kind = INFINITE;
    z.sign = 0;
  } else {
    if (x.kind === DENORMAL && denormal(ctx)) return;
    ctx.sigLo2 = x.lo;
    ctx.sigHi2 = x.hi;
    ctx.se2 = (x.sign << 15) | 16383;
    unpackI32(z, x.exp);
  }
  packF80(ctx, 64);
}

/** FSCALE: a * 2^trunc(b). */
export function f80Scale(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  const { x, y, z } = ctx;
  unpackF80(x, aLo, aHi, aSe);
  unpackF80(y, bLo, bHi, bSe);
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
    binaryNaN(ctx, X87);
  } else if (y.kind === INFINITE && (y.sign !== 0 ? x.kind === INFINITE : x.kind === ZERO)) {
    invalid(ctx);
  } else if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) {
    return;
  } else if (x.kind === INFINITE || x.kind === ZERO) {
    copyUnpacked(z, x);
  } else if (y.kind === INFINITE) {
    z.kind = y.sign !== 0 ? ZERO : INFINITE;
    z.sign = x.sign;
  } else {
    copyUnpacked(z, x);
    z.kind = NORMAL;
    // Beyond 2^16 every finite operand over- or underflows, so a larger scale need not be exact.
    const n = y.kind === ZERO || y.exp < 0 ? 0 : y.exp > 16 ? 0x10000 : y.hi >>> (31 - y.exp);
    z.exp += y.sign !== 0 ? -n : n;
  }
  packF80(ctx, 64);
}
