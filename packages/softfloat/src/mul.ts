import type { FloatContext } from "./context.js";
import { binaryNaN, denormal, invalid } from "./nan.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, ZERO, type Unpacked } from "./unpacked.js";

/** z = x * y: unrounded, with exceptions found before computing. `rule` chooses between NaNs. */
export function mulUnpacked(ctx: FloatContext, rule: number): void {
  const { x, y, z } = ctx;
  if (x.kind !== NORMAL || y.kind !== NORMAL) {
    if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
      binaryNaN(ctx, rule);
      return;
    }
    if ((x.kind === INFINITE && y.kind === ZERO) || (x.kind === ZERO && y.kind === INFINITE)) {
      invalid(ctx);
      return;
    }
    if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) return;
    if (x.kind === INFINITE || y.kind === INFINITE) {
      z.kind = INFINITE;
      z.sign = x.sign ^ y.sign;
      return;
    }
    if (x.kind === ZERO || y.kind === ZERO) {
      z.kind = ZERO;
      z.sign = x.sign ^ y.sign;
      return;
    }
  }
  mulFinite(ctx, x, y);
}

/** z = x * y for finite non-zero numbers: the upper 96 bits of the product, with the rest as a sticky bit. */
export function mulFinite(ctx: FloatContext, x: Unpacked, y: Unpacked): void {
  const z = ctx.z;
  const xh = x.hi;
  const yh = y.hi;
  let hi: number;
  let lo: number;
  let ext: number;
  if ((x.lo | y.lo) === 0) {
    // binary32 operands, and f80 ones that have few bits
    hi = mulHigh(xh, yh);
    lo = Math.imul(xh, yh);
    ext = 0;
  } else {
    const xl = x.lo;
    const yl = y.lo;
    const m1 = Math.imul(xh, yl) >>> 0;
    const m2 = Math.imul(xl, yh) >>> 0;
    const low = Math.imul(xl, yl);
    const w1 = (mulHigh(xl, yl) >>> 0) + m1 + m2;
    const w2 =
      (Math.imul(xh, yh) >>> 0) +
      (mulHigh(xh, yl) >>> 0) +
      (mulHigh(xl, yh) >>> 0) +
      (w1 >= 0x200000000 ? 2 : w1 >= 0x100000000 ? 1 : 0);
    hi = (mulHigh(xh, yh) + (w2 >= 0x200000000 ? 2 : w2 >= 0x100000000 ? 1 : 0)) | 0;
    lo = w2 | 0;
    ext = w1 | (low !== 0 ? 1 : 0);
  }
  z.kind = NORMAL;
  z.sign = x.sign ^ y.sign;
  z.exp = x.exp + y.exp + 1;
  if (hi >= 0) {
    z.exp--;
    hi = (hi << 1) | (lo >>> 31);
    lo = (lo << 1) | (ext >>> 31);
    ext <<= 1;
  }
  z.hi = hi;
  z.lo = lo;
  z.ext = ext;
}

/** High 32 bits of the unsigned 32 x 32 bit product, as an int32. Each partial sum below fits 32 bits unsigned. */
export function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const t = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const u = (Math.imul(a0, b1) + (t & 0xffff)) | 0;
  return (Math.imul(a1, b1) + (t >>> 16) + (u >>> 16)) | 0;
}
