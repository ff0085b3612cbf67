/** A finite number as significand * 2^exponent, or a NaN or infinity. */
export interface Exact {
  readonly finite: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

/** Decodes an 80-bit pattern; the exponent is that of its last place. */
export function exactF80(pattern: bigint): Exact {
  const e = Number((pattern >> 64n) & 0x7fffn);
  const significand = pattern & ((1n << 64n) - 1n);
  const negative = (pattern >> 79n) & 1n;
  return {
    finite: e !== 0x7fff,
    significand: negative === 1n ? -significand : significand,
    exponent: Math.max(e, 1) - 16383 - 63,
  };
}

/** Decodes a binary128. */
export function exactF128(pattern: bigint): Exact {
  const e = Number((pattern >> 112n) & 0x7fffn);
  const fraction = pattern & ((1n << 112n) - 1n);
  const significand = e === 0 ? fraction : fraction | (1n << 112n);
  return {
    finite: e !== 0x7fff,
    significand: pattern >> 127n === 1n ? -significand : significand,
    exponent: Math.max(e, 1) - 16383 - 112,
  };
}

/** a - b in units of the last place of a. */
export function differenceInUlps(a: Exact, b: Exact): number {
  const shift = b.exponent - a.exponent;
  // 64 more bits keep the fraction of a unit.
  const scaled = shift + 64 >= 0 ? b.significand << BigInt(shift + 64) : b.significand >> BigInt(-shift - 64);
  return Number((a.significand << 64n) - scaled) / 2 ** 64;
}
