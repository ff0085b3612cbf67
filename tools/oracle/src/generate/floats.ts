import type { Rng } from "../rng.js";

// Singles: zeros, denormals, the edges of the normal range, integers and halves, the edges of integer conversions, NaNs.
const singles: readonly number[] = [
  0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x00000002, 0x00400000, 0x007fffff, 0x807fffff, 0x00800000,
  0x80800000, 0x00800001, 0x01000000, 0x3f800000, 0xbf800000, 0x3f800001, 0x3f7fffff, 0x3f000000, 0x3effffff,
  0x3f000001, 0xbf000000, 0x3fc00000, 0x40200000, 0xc0200000, 0x40600000, 0x40000000, 0x40400000, 0x41200000,
  0x3eaaaaab, 0x40490fdb, 0x3f3504f3, 0x4affffff, 0x4b000000, 0x4b7fffff, 0x4b800000, 0x4effffff, 0x4f000000,
  0xcf000000, 0xcf000001, 0x4f7fffff, 0x4f800000, 0x5effffff, 0x5f000000, 0xdf000000, 0xdf000001, 0x5f7fffff,
  0x5f800000, 0x7f7fffff, 0xff7fffff, 0x7f7ffffe, 0x7f000000, 0x7e800000, 0x1f800000, 0x20000000, 0x5f3504f3,
  0x33800000, 0x34000000, 0x33ffffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc12345, 0xffd54321,
  0x7f800001, 0xff800001, 0x7fbfffff, 0x7fa00000, 0x46fffe00, 0x47000000, 0xc7000000, 0xc7000100, 0x477fff00,
  0x42fe0000, 0x43000000, 0xc3000000, 0x437f0000,
];

const f64 = (value: number): bigint => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
};

const doubles: readonly bigint[] = [
  ...[
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.5,
    2,
    3,
    10,
    100,
    1 / 3,
    Math.PI,
    Math.SQRT1_2,
    4503599627370495.5,
    2 ** 52,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 31 - 1,
    2 ** 31 - 0.5,
    2 ** 31 - 0.25,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 0.5,
    -(2 ** 31) - 0.75,
    -(2 ** 31) - 1,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 63,
    -(2 ** 63),
    2 ** 63 - 1024,
    -(2 ** 63) - 2048,
    2 ** 64,
    2 ** 64 - 2048,
    32767,
    32767.5,
    32768,
    -32768,
    -32768.5,
    -32769,
    127,
    128,
    255,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
    -Number.MIN_VALUE,
    2 ** -1022,
    -(2 ** -1022),
    2 ** 511,
    2 ** 512,
    2 ** -511,
    2 ** -512,
    2 ** -537,
    1 + 2 ** -52,
    1 - 2 ** -53,
    2 ** -53,
    2 ** -54,
    Infinity,
    -Infinity,
  ].map(f64),
  // Denormals next to the edge, NaNs quiet and signalling.
  0x000fffffffffffffn,
  0x800fffffffffffffn,
  0x0008000000000000n,
  0x0010000000000001n,
  0x7feffffffffffffen,
  0x7ff8000000000000n,
  0xfff8000000000000n,
  0x7ff8123456789abcn,
  0xfffc000000000001n,
  0x7ff0000000000001n,
  0xfff0000000000001n,
  0x7ff7ffffffffffffn,
  // Around the edges of single precision: halfway cases, its largest, its smallest, half its smallest.
  0x3ff0000010000000n,
  0x3ff0000030000000n,
  0x3ff000000fffffffn,
  0x3ff0000010000001n,
  0x47efffffe0000000n,
  0x47efffffefffffffn,
  0x47effffff0000000n,
  0x47f0000000000000n,
  0x3810000000000000n,
  0x380fffffffffffffn,
  0x380fffffe0000000n,
  0x380fffffd0000000n,
  0x36a0000000000000n,
  0x3690000000000000n,
  0x3690000000000001n,
  0x368fffffffffffffn,
  0x36b8000000000000n,
  0xb810000000000000n,
];

/** 80-bit value: sign and exponent, then the significand with its explicit integer bit. */
export type Extended = readonly [number, bigint];

const top = 0x8000_0000_0000_0000n;
const extendeds: readonly Extended[] = [
  [0, 0n],
  [0x8000, 0n],
  [0x3fff, top],
  [0xbfff, top],
  [0x3ffe, top],
  [0x3fff, 0xc000000000000000n],
  [0x4000, 0xa000000000000000n],
  [0x4000, 0xe000000000000000n],
  [0x4000, 0xc90fdaa22168c235n],
  [0x3ffe, 0xb504f333f9de6484n],
  [0x3ffe, 0xffffffffffffffffn],
  [0x3fff, top + 1n],
  [0x4002, 0xa000000000000000n],
  [0x3ffd, 0xaaaaaaaaaaaaaaabn],
  // Denormals, pseudo-denormals (integer bit set with exponent 0), the edges of the normal range.
  [0, 1n],
  [0x8000, 1n],
  [0, 0x7fffffffffffffffn],
  [0, top],
  [0, top + 1n],
  [0x8000, 0xffffffffffffffffn],
  [1, top],
  [1, top + 1n],
  [0x7ffe, 0xffffffffffffffffn],
  [0xfffe, 0xffffffffffffffffn],
  [0x7ffe, 0xfffffffffffffffen],
  [0x7ffe, top],
  // Infinities, NaNs, and the encodings that the 387 and later refuse: pseudo-infinity, pseudo-NaN, unnormal.
  [0x7fff, top],
  [0xffff, top],
  [0x7fff, 0xc000000000000000n],
  [0xffff, 0xc000000000000000n],
  [0x7fff, 0xc000000000012345n],
  [0x7fff, top + 1n],
  [0xffff, 0xbfffffffffffffffn],
  [0x7fff, 0n],
  [0xffff, 0n],
  [0x7fff, 1n],
  [0x7fff, 0x4000000000000000n],
  [0x3fff, 0x7fffffffffffffffn],
  [0x4000, 1n],
  [0x4000, 0n],
  [0x0001, 0n],
  // Rounding to double and to single: halfway, and one unit to either side.
  [0x3fff, top + 0x400n],
  [0x3fff, top + 0xc00n],
  [0x3fff, top + 0x3ffn],
  [0x3fff, top + 0x401n],
  [0x3fff, top + (1n << 39n)],
  [0x3fff, top + (3n << 39n)],
  [0x3fff, top + (1n << 39n) + 1n],
  [0x3fff, top + (1n << 39n) - 1n],
  [0x43fe, 0xfffffffffffff800n],
  [0x43fe, 0xfffffffffffffc00n],
  [0x43fe, 0xfffffffffffffbffn],
  [0x407e, 0xffffff0000000000n],
  [0x407e, 0xffffff8000000000n],
  [0x3c01, top],
  [0x3c00, 0xffffffffffffffffn],
  [0x3c00, top],
  [0x3bcd, top],
  [0x3bcc, top],
  [0x3bcc, top + 1n],
  [0x3f81, top],
  [0x3f80, 0xffffffffffffffffn],
  [0x3f6a, top],
  [0x3f69, top],
  [0x3f69, top + 1n],
  // Edges of the integer conversions: 2^15, 2^31, 2^63, a half below and above, the largest packed decimal.
  [0x400d, 0xfffe000000000000n],
  [0x400d, 0xffff000000000000n],
  [0x400e, top],
  [0xc00e, top],
  [0xc00e, 0x8000800000000000n],
  [0x401d, 0xfffffffe00000000n],
  [0x401d, 0xffffffff00000000n],
  [0x401e, top],
  [0xc01e, top],
  [0xc01e, 0x8000000080000000n],
  [0x403d, 0xfffffffffffffffen],
  [0x403d, 0xffffffffffffffffn],
  [0x403e, top],
  [0xc03e, top],
  [0xc03e, top + 1n],
  [0x403e, 0xffffffffffffffffn],
  [0x403a, 0xde0b6b3a763fffe0n],
  [0x403a, 0xde0b6b3a763ffff0n],
  [0x403a, 0xde0b6b3a763fffefn],
  [0x403a, 0xde0b6b3a76400000n],
  [0xc03a, 0xde0b6b3a763fffe0n],
  // Domain edges of the transcendental functions: 1 - sqrt(1/2), sqrt(2) - 1, 2^63, pi/2, pi/4, ln 2.
  [0x3ffd, 0x95f619980c4336f7n],
  [0x3ffd, 0xd413cccfe7799211n],
  [0xbffd, 0x95f619980c4336f7n],
  [0x3fff, 0xc90fdaa22168c235n],
  [0x3ffe, 0xc90fdaa22168c235n],
  [0x3ffe, 0xb17217f7d1cf79acn],
  [0x403d, 0xc90fdaa22168c234n],
];

// A significand with few bits set, or nearly all: sums and products of such values meet ties and carries.
function sparse(rng: Rng, bits: number): bigint {
  let value = 0n;
  for (let n = rng.below(4); n > 0; n--) value |= 1n << BigInt(rng.below(bits));
  const mask = (1n << BigInt(bits)) - 1n;
  return rng.chance(35) ? ~value & mask : value;
}

const significand = (rng: Rng, bits: number): bigint =>
  rng.chance(50) ? sparse(rng, bits) : rng.next64() & ((1n << BigInt(bits)) - 1n);

/**
 * Exponents that the operands of a case share, more or less: without that they hardly ever meet in an addition, and their products
 * and quotients never come near the edges of the range.
 */
export interface ExponentWindow {
  /** Middle of the window: this part of the bias (-1 the smallest exponent, 1 the largest), and an offset. */
  readonly fraction: number;
  readonly offset: number;
  readonly width: number;
}

export function randomWindow(rng: Rng): ExponentWindow {
  const kind = rng.below(100);
  if (kind < 42) return { fraction: 0, offset: 0, width: 3 };
  if (kind < 56) return { fraction: 0, offset: 0, width: 70 };
  if (kind < 64) return { fraction: 0, offset: rng.between(10, 66), width: 2 };
  // Products of such meet the smallest and the largest exponent.
  if (kind < 72) return { fraction: -0.5, offset: rng.between(-12, 0), width: 3 };
  if (kind < 80) return { fraction: 0.5, offset: 0, width: 3 };
  if (kind < 91) return { fraction: -1, offset: 0, width: rng.pick([4, 30]) };
  return { fraction: 1, offset: 0, width: rng.pick([3, 30]) };
}

function exponent(rng: Rng, window: ExponentWindow, bias: number): number {
  const e = bias + Math.round(bias * window.fraction) + window.offset + rng.between(-window.width, window.width);
  return Math.max(0, Math.min(bias * 2, e));
}

/** A single-precision pattern; half of them from the boundary pool. */
export function randomSingle(rng: Rng, window: ExponentWindow): number {
  const kind = rng.below(100);
  if (kind < 50) return rng.pick(singles);
  if (kind < 60) return rng.next();
  return ((rng.below(2) << 31) | (exponent(rng, window, 127) << 23) | Number(significand(rng, 23))) >>> 0;
}

/** A double-precision pattern; half of them from the boundary pool. */
export function randomDouble(rng: Rng, window: ExponentWindow): bigint {
  const kind = rng.below(100);
  if (kind < 50) return rng.pick(doubles);
  if (kind < 60) return rng.next64();
  return (BigInt(rng.below(2)) << 63n) | (BigInt(exponent(rng, window, 1023)) << 52n) | significand(rng, 52);
}

/** An 80-bit pattern; half of them from the boundary pool. */
export function randomExtended(rng: Rng, window: ExponentWindow): Extended {
  const kind = rng.below(100);
  if (kind < 50) return rng.pick(extendeds);
  if (kind < 55) return [rng.below(0x10000), rng.next64()];
  if (kind < 62) return extendedInteger(rng);
  return [(rng.below(2) << 15) | exponent(rng, window, 16383), top | significand(rng, 63)];
}

/** A small integer as an 80-bit pattern. */
export function extendedInteger(rng: Rng): Extended {
  const value = rng.between(1, 20000);
  const e = Math.floor(Math.log2(value));
  return [(rng.below(2) << 15) | (16383 + e), BigInt(value) << BigInt(63 - e)];
}
