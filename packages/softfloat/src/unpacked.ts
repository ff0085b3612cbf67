/** Kinds of an unpacked number, ordered so that comparisons sort the special ones out. */
export const ZERO: number = 0;
export const NORMAL: number = 1;
export const DENORMAL: number = 2;
export const INFINITE: number = 3;
export const QUIET_NAN: number = 4;
export const SIGNALING_NAN: number = 5;
/** x87 pseudo-NaN, pseudo-infinity or unnormal (SDM vol. 1, 8.2.2). */
export const UNSUPPORTED: number = 6;

/**
 * A number of any format, taken apart.
 *
 * Finite: value = (-1)^sign * (hi:lo:ext / 2^95) * 2^exp, with bit 31 of hi set. NaN: hi:lo is the significand, aligned
 * to the left under an integer bit, so that the quiet bit is bit 30 of hi in all formats.
 */
export class Unpacked {
  kind: number = ZERO;
  sign: number = 0;
  /** Unbiased exponent. */
  exp: number = 0;
  hi: number = 0;
  lo: number = 0;
  /** 32 bits below lo; bit 0 is sticky (it stands for everything further right). */
  ext: number = 0;
}

/** Unpacks binary16. F16C reads denormals as numbers whatever MXCSR.DAZ says (SDM vol. 2, VCVTPH2PS). */
export function unpackF16(u: Unpacked, bits: number): void {
  const e = (bits >>> 10) & 0x1f;
  const m = bits & 0x3ff;
  u.sign = (bits >>> 15) & 1;
  u.lo = 0;
  u.ext = 0;
  if (e === 0x1f) {
    u.kind = m === 0 ? INFINITE : (m & 0x200) !== 0 ? QUIET_NAN : SIGNALING_NAN;
    u.hi = (m << 21) | 0x80000000;
    return;
  }
  if (e === 0) {
    if (m === 0) {
      u.kind = ZERO;
      return;
    }
    const n = Math.clz32(m);
    u.kind = DENORMAL;
    u.hi = m << n;
    u.exp = 7 - n;
    return;
  }
  u.kind = NORMAL;
  u.hi = (m << 21) | 0x80000000;
  u.exp = e - 15;
}

/** Unpacks binary32. With `daz` a denormal is a zero of its sign. */
export function unpackF32(u: Unpacked, bits: number, daz: number): void {
  const e = (bits >>> 23) & 0xff;
  const m = bits & 0x7fffff;
  u.sign = bits >>> 31;
  u.lo = 0;
  u.ext = 0;
  if (e !== 0 && e !== 0xff) {
    u.kind = NORMAL;
    u.hi = (m << 8) | 0x80000000;
    u.exp = e - 127;
    return;
  }
  if (e === 0xff) {
    u.kind = m === 0 ? INFINITE : (m & 0x400000) !== 0 ? QUIET_NAN : SIGNALING_NAN;
    u.hi = (m << 8) | 0x80000000;
    return;
  }
  if (m === 0 || daz !== 0) {
    u.kind = ZERO;
    return;
  }
  const n = Math.clz32(m);
  u.kind = DENORMAL;
  u.hi = m << n;
  u.exp = -118 - n;
}

/** Unpacks binary64. With `daz` a denormal is a zero of its sign. */
export function unpackF64(u: Unpacked, lo: number, hi: number, daz: number): void {
  const e = (hi >>> 20) & 0x7ff;
  u.sign = hi >>> 31;
  u.ext = 0;
  if (e !== 0 && e !== 0x7ff) {
    u.kind = NORMAL;
    u.hi = 0x80000000 | (hi << 11) | (lo >>> 21);
    u.lo = lo << 11;
    u.exp = e - 1023;
    return;
  }
  const m = hi & 0xfffff;
  if (e === 0x7ff) {
    u.kind = (m | lo) === 0 ? INFINITE : (m & 0x80000) !== 0 ? QUIET_NAN : SIGNALING_NAN;
    u.hi = 0x80000000 | (m << 11) | (lo >>> 21);
    u.lo = lo << 11;
    return;
  }
  if ((m | lo) === 0 || daz !== 0) {
    u.kind = ZERO;
    return;
  }
  u.kind = DENORMAL;
  if (m !== 0) {
    // n is 12..31, so neither shift count below is 0 or 32.
    const n = Math.clz32(m);
    u.hi = (m << n) | (lo >>> (32 - n));
    u.lo = lo << n;
    u.exp = -1011 - n;
  } else {
    const n = Math.clz32(lo);
    u.hi = lo << n;
    u.lo = 0;
    u.exp = -1043 - n;
  }
}

/** Unpacks x87 double extended: `se` is sign and biased exponent, lo/hi the significand (SDM vol. 1, table 8-3). */
export function unpackF80(u: Unpacked, lo: number, hi: number, se: number): void {
  const e = se & 0x7fff;
  // Comparisons below need int32, and a caller may have uint32.
  hi |= 0;
  lo |= 0;
  u.sign = (se >>> 15) & 1;
  u.hi = hi;
  u.lo = lo;
  u.ext = 0;
  if (e !== 0 && e !== 0x7fff) {
    u.kind = hi < 0 ? NORMAL : UNSUPPORTED;
    u.exp = e - 16383;
    return;
  }
  if (e === 0x7fff) {
    if (hi >= 0) u.kind = UNSUPPORTED;
    else if (((hi << 1) | lo) === 0) u.kind = INFINITE;
    else u.kind = (hi & 0x40000000) !== 0 ? QUIET_NAN : SIGNALING_NAN;
    return;
  }
  if ((hi | lo) === 0) {
    u.kind = ZERO;
    return;
  }
  // A pseudo-denormal (integer bit set, exponent 0) counts as a denormal operand, with the same exponent.
  u.kind = DENORMAL;
  if (hi !== 0) {
    const n = Math.clz32(hi);
    if (n !== 0) {
      u.hi = (hi << n) | (lo >>> (32 - n));
      u.lo = lo << n;
    }
    u.exp = -16382 - n;
  } else {
    const n = Math.clz32(lo);
    u.hi = lo << n;
    u.lo = 0;
    u.exp = -16414 - n;
  }
}

/** Both operands of an instruction: the first into x, the second into y. */
export function unpackF80Pair(
  to: { readonly x: Unpacked; readonly y: Unpacked },
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  unpackF80(to.x, aLo, aHi, aSe);
  unpackF80(to.y, bLo, bHi, bSe);
}

/** Copies `from` to `to`. */
export function copyUnpacked(to: Unpacked, from: Unpacked): void {
  to.kind = from.kind;
  to.sign = from.sign;
  to.exp = from.exp;
  to.hi = from.hi;
  to.lo = from.lo;
  to.ext = from.ext;
}
