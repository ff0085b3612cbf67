/*
 * RCPPS and RSQRTPS are approximations with a relative error of at most 1.5 * 2^-12 (SDM vol. 2, RCPPS); CPUs differ in the
 * bits. Here the exact value is rounded to 12 bits of significand, the same on every host.
 */

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

const SIGN = 0x80000000 | 0;
const INFINITY = 0x7f800000;
const MAGNITUDE = 0x7fffffff;
const QUIET = 0x00400000;

/** Keeps 11 bits of fraction, to nearest. */
function shorten(bits: number): number {
  return (bits + 0x800) & 0xfffff000;
}

/** Bits of a binary32 value, without conversion of NaNs: the caller has none. */
function bitsOf(value: number): number {
  float[0] = value;
  return word[0]!;
}

function valueOf(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

/** RCPSS of a bit pattern: denormals count as zeros, tiny results become zeros. */
export function reciprocal(bits: number): number {
  const magnitude = bits & MAGNITUDE;
  const sign = bits & SIGN;
  if (magnitude > INFINITY) return bits | QUIET;
  if (magnitude < 0x00800000) return sign | INFINITY;
  // From 2^126 on the result is tiny, or may be.
  return sign | (magnitude >= 0x7e800000 ? 0 : shorten(bitsOf(1 / valueOf(magnitude))));
}

/** RSQRTSS of a bit pattern: a negative number gives the default NaN, zeros and denormals an infinity of their sign. */
export function reciprocalRoot(bits: number): number {
  const magnitude = bits & MAGNITUDE;
  const sign = bits & SIGN;
  if (magnitude > INFINITY) return bits | QUIET;
  if (magnitude < 0x00800000) return sign | INFINITY;
  if (sign !== 0) return 0xffc00000 | 0;
  return magnitude === INFINITY ? 0 : shorten(bitsOf(1 / Math.sqrt(valueOf(magnitude))));
}
