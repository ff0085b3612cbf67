import { IE, PE, ROUND_ZERO, type FloatContext } from "./context.js";
import { carryOver } from "./convert.js";
import { toMagnitude, toSigned, unpackI32, unpackI64, unpackU64 } from "./integer.js";
import { packF32, packF64, packF80 } from "./pack.js";
import { mulHigh } from "./mul.js";
import { TO_X87_MEMORY } from "./round.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, copyUnpacked, unpackF32, unpackF64, unpackF80 } from "./unpacked.js";
import { unaryNaN } from "./nan.js";

/*
 * x87 loads and stores. Loads leave their result in ctx.sigLo, ctx.sigHi and ctx.se; stores in ctx.lo and ctx.hi. FLD and FSTP of
 * 80 bits are plain copies and have no function here.
 *
 * When a store raises IE, OE or UE unmasked, nothing is stored or popped. PE unmasked does store.
 */

/** A denormal loads as a number even where DE is unmasked: AMD's CPUs push it all the same, and report after that. */
function loadOver(ctx: FloatContext): void {
  const { x, z } = ctx;
  carryOver(ctx);
  if (x.kind !== DENORMAL) return;
  copyUnpacked(z, x);
  z.kind = NORMAL;
}

/** FLD m32. Raises IE for a signaling NaN and DE for a denormal. Always exact. */
export function f80FromF32(ctx: FloatContext, a: number): void {
  unpackF32(ctx.x, a, 0);
  loadOver(ctx);
  packF80(ctx, 64);
}

/** FLD m64. Raises IE for a signaling NaN and DE for a denormal. Always exact. */
export function f80FromF64(ctx: FloatContext, aLo: number, aHi: number): void {
  unpackF64(ctx.x, aLo, aHi, 0);
  loadOver(ctx);
  packF80(ctx, 64);
}

/** FILD m16 and m32: a signed integer. Always exact. */
export function f80FromI32(ctx: FloatContext, a: number): void {
  unpackI32(ctx.z, a);
  packF80(ctx, 64);
}

/** FILD m64: a signed integer. Always exact. */
export function f80FromI64(ctx: FloatContext, aLo: number, aHi: number): void {
  unpackI64(ctx.z, aLo, aHi);
  packF80(ctx, 64);
}

/**
 * FBLD: 18 decimal digits, packed, low digits in `lo`, and in `top` the last two (bits 7:0) and the sign (bit 15). A digit
 * above 9 is not checked by the processor (SDM vol. 2, FBLD); here it counts with its value.
 */
export function f80FromBcd(ctx: FloatContext, lo: number, hi: number, top: number): void {
  let resultLo = 0;
  let resultHi = 0;
  for (let digit = 17; digit >= 0; digit--) {
    const word = digit >= 16 ? top : digit >= 8 ? hi : lo;
    const value = (word >>> ((digit & 7) * 4)) & 15;
    resultHi = (Math.imul(resultHi, 10) + mulHigh(resultLo, 10)) | 0;
    const sum = (Math.imul(resultLo, 10) >>> 0) + value;
    resultLo = sum | 0;
    if (sum > 4294967295) resultHi = (resultHi + 1) | 0;
  }
  unpackU64(ctx.z, resultLo, resultHi);
  ctx.z.sign = (top >>> 15) & 1;
  packF80(ctx, 64);
}

/** A store does not flag a denormal operand: it is too small for the format anyway, and underflows. */
function storeOver(ctx: FloatContext): void {
  const { x, z } = ctx;
  if (x.kind >= QUIET_NAN) {
    unaryNaN(ctx, x);
  } else {
    copyUnpacked(z, x);
    if (x.kind === DENORMAL) z.kind = NORMAL;
  }
  ctx.roundedUp = 0;
}

/** FST m32. */
export function f80ToF32(ctx: FloatContext, aLo: number, aHi: number, aSe: number): number {
  unpackF80(ctx.x, aLo, aHi, aSe);
  storeOver(ctx);
  return packF32(ctx, TO_X87_MEMORY);
}

/** FST m64. */
export function f80ToF64(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  storeOver(ctx);
  packF64(ctx, TO_X87_MEMORY);
}

/**
 * FIST, or with `truncate` 1 FISTTP, of 16, 32 or 64 `bits`, sign-extended in ctx.lo and ctx.hi. What does not fit is
 * invalid and gives the most negative value.
 */
export function f80ToInteger(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bits: number,
  truncate: number,
): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  toSigned(ctx, bits, truncate !== 0 ? ROUND_ZERO : ctx.rounding);
}

/**
 * FBSTP: 18 packed decimal digits in ctx.lo, ctx.hi and, with the sign in bit 15, ctx.se. What does not fit is invalid and gives
 * the packed BCD indefinite, FFFFC000000000000000 (SDM vol. 1, table 4-11).
 */
export function f80ToBcd(ctx: FloatContext, aLo: number, aHi: number, aSe: number): void {
  unpackF80(ctx.x, aLo, aHi, aSe);
  const x = ctx.x;
  // 10^18 is 0x0DE0B6B3_A7640000
  const fits =
    x.kind < INFINITE &&
    toMagnitude(ctx, ctx.rounding) &&
    (ctx.hi >>> 0 < 0x0de0b6b3 || (ctx.hi === 0x0de0b6b3 && ctx.lo >>> 0 < 0xa7640000));
  if (!fits) {
    ctx.flags |= IE;
    ctx.roundedUp = 0;
    ctx.lo = 0;
    ctx.hi = 0xc0000000 | 0;
    ctx.se = 0xffff;
    return;
  }
  if (ctx.z.ext !== 0) ctx.flags |= PE;
  let { hi, lo } = ctx;
  let low = 0;
  let high = 0;
  let top = 0;
  for (let digit = 0; digit < 18; digit++) {
    // Divide hi:lo by 10, 16 bits at a time below hi.
    hi >>>= 0;
    const q2 = Math.floor(hi / 10);
    const r2 = (hi - q2 * 10) * 65536 + (lo >>> 16);
    const q1 = Math.floor(r2 / 10);
    const r1 = (r2 - q1 * 10) * 65536 + (lo & 0xffff);
    const q0 = Math.floor(r1 / 10);
    const value = r1 - q0 * 10;
    hi = q2;
    lo = (q1 << 16) | q0;
    if (digit < 8) low |= value << (digit * 4);
    else if (digit < 16) high |= value << ((digit - 8) * 4);
    else top |= value << ((digit - 16) * 4);
  }
  ctx.lo = low;
  ctx.hi = high;
  ctx.se = (x.sign << 15) | top;
}
