import type { Value } from "@isinglass/uops";
import { FMA_NEGATED_ADD, FMA_NEGATED_SUB, FMA_SUB } from "@isinglass/softfloat";
import type { Semantics } from "./context.js";
import type { FloatFormat } from "./sse-guard.js";
import { quadwords } from "./simd.js";

/*
 * a * b + c with one rounding, of numbers that are neither special nor near the ends of the range: the sum is computed with its error and
 * rounded to odd, from where the rounding to nearest is right (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE
 * Transactions on Computers 57, 2008). Rounding is to nearest, and that PE is set already the caller has seen to.
 */

/** A result, and an i32 condition that it stands. */
export interface Fused {
  readonly value: Value;
  readonly stands: Value;
}

const SIGN = 0x80000000 | 0;

/** Signs to be turned, by the variants of even and odd elements; undefined: none. */
function signs(
  s: Semantics,
  format: FloatFormat,
  variants: number,
  negates: (variant: number) => boolean,
): Value | undefined {
  const [even, odd] = [variants & 15, variants >> 4].map((variant) => (negates(variant) ? SIGN : 0));
  if (even === 0 && odd === 0) return undefined;
  const words = format.bits === 32 ? [even!, odd!, even!, odd!] : [0, even!, 0, odd!];
  return s.f.v128(words.flatMap((word) => [0, 0, 0, word === 0 ? 0 : 0x80]));
}

const flip = (s: Semantics, v: Value, mask: Value | undefined): Value =>
  mask === undefined ? v : s.op("v128.xor", v, mask);

/** x + y rounded, and what that leaves out (Knuth's TwoSum), exact unless it overflows. */
function twoSum(s: Semantics, x: Value, y: Value): [sum: Value, error: Value] {
  const sum = s.op("f64x2.add", x, y);
  const other = s.op("f64x2.sub", sum, x);
  const first = s.op("f64x2.sub", x, s.op("f64x2.sub", sum, other));
  return [sum, s.op("f64x2.add", first, s.op("f64x2.sub", y, other))];
}

/** x + y rounded to odd: inexact sums with an even last bit go to their neighbour on the error's side. */
function oddSum(s: Semantics, x: Value, y: Value): Value {
  const [sum, error] = twoSum(s, x, y);
  const isInexact = s.op("f64x2.ne", error, quadwords(s, 0, 0));
  const isEven = s.op("i64x2.eq", s.op("v128.and", sum, quadwords(s, 1, 0)), quadwords(s, 0, 0));
  // 1 away from zero where the signs agree, -1 where they do not.
  const apart = s.op("i64x2.shr_s", s.op("v128.xor", sum, error), s.f.i32(63));
  const step = s.op("v128.or", apart, quadwords(s, 1, 0));
  return s.op("i64x2.add", sum, s.op("v128.and", step, s.op("v128.and", isInexact, isEven)));
}

/** Whether all magnitudes lie from one high half of a bit pattern up to below another, or are zero where that is allowed. */
function areWithin(s: Semantics, v: Value, from: number, below: number, zero: boolean): Value {
  const magnitude = s.op("v128.and", v, quadwords(s, -1, 0x7fffffff));
  const least = s.op("i64x2.gt_s", quadwords(s, 0, from), magnitude);
  const inside = s.op("v128.andnot", s.op("i64x2.gt_s", quadwords(s, 0, below), magnitude), least);
  const good = zero ? s.op("v128.or", inside, s.op("i64x2.eq", magnitude, quadwords(s, 0, 0))) : inside;
  return s.op("i64x2.all_true", good);
}

const allOf = (s: Semantics, conditions: readonly Value[]): Value => conditions.reduce((p, q) => s.op("i32.and", p, q));

/** 2^27 + 1: splits 53 bits into 26 and 27 (Veltkamp). */
const SPLITTER: readonly [number, number] = [0x02000000, 0x41a00000];
// High halves of 2^-300 and 2^300: between them no product, no error and no sum leaves the normal numbers.
const LEAST_DOUBLE = (1023 - 300) << 20;
const MOST_DOUBLE = (1023 + 300) << 20;

function split(s: Semantics, v: Value): [high: Value, low: Value] {
  const scaled = s.op("f64x2.mul", v, quadwords(s, ...SPLITTER));
  const high = s.op("f64x2.sub", scaled, s.op("f64x2.sub", scaled, v));
  return [high, s.op("f64x2.sub", v, high)];
}

function fusedDoubles(s: Semantics, a: Value, b: Value, c: Value): Fused {
  const product = s.op("f64x2.mul", a, b);
  const [aHigh, aLow] = split(s, a);
  const [bHigh, bLow] = split(s, b);
  const times = (x: Value, y: Value): Value => s.op("f64x2.mul", x, y);
  // What the rounded product leaves out (Dekker), exact.
  const upper = s.op("f64x2.add", s.op("f64x2.sub", times(aHigh, bHigh), product), times(aHigh, bLow));
  const error = s.op("f64x2.add", s.op("f64x2.add", upper, times(aLow, bHigh)), times(aLow, bLow));
  const [small, smaller] = twoSum(s, c, error);
  const [large, rest] = twoSum(s, product, small);
  return {
    value: s.op("f64x2.add", large, oddSum(s, smaller, rest)),
    stands: allOf(s, [
      areWithin(s, a, LEAST_DOUBLE, MOST_DOUBLE, false),
      areWithin(s, b, LEAST_DOUBLE, MOST_DOUBLE, false),
      areWithin(s, c, LEAST_DOUBLE, MOST_DOUBLE, true),
    ]),
  };
}

// As binary64: the smallest normal binary32 number, twice that, 2^127, and 2^128.
const LEAST_SINGLE = (1023 - 126) << 20;
const SAFE_SINGLE = (1023 - 125) << 20;
const SAFE_MOST_SINGLE = (1023 + 127) << 20;
const MOST_SINGLE = (1023 + 128) << 20;

/** Two singles of each, in the low quadwords, as doubles: products are exact. Zero results are. */
function fusedSingles(s: Semantics, a: Value, b: Value, c: Value): Fused {
  const wide = (v: Value): Value => s.op("f64x2.promote_low_f32x4", v);
  const [x, y, z] = [wide(a), wide(b), wide(c)];
  const sum = oddSum(s, s.op("f64x2.mul", x, y), z);
  return {
    value: s.op("f32x4.demote_f64x2_zero", sum),
    stands: allOf(s, [
      ...[x, y, z].map((v) => areWithin(s, v, LEAST_SINGLE, MOST_SINGLE, true)),
      areWithin(s, sum, SAFE_SINGLE, SAFE_MOST_SINGLE, true),
    ]),
  };
}

const UPPER = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const JOIN = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** A fused multiply-add of 128 bits; `variants` as the assist has them. */
export function fusedLanes(s: Semantics, format: FloatFormat, a: Value, b: Value, c: Value, variants: number): Fused {
  const product = signs(s, format, variants, (v) => v === FMA_NEGATED_ADD || v === FMA_NEGATED_SUB);
  const addend = signs(s, format, variants, (v) => v === FMA_SUB || v === FMA_NEGATED_SUB);
  const [x, z] = [flip(s, a, product), flip(s, c, addend)];
  if (format.bits === 64) return fusedDoubles(s, x, b, z);
  const low = fusedSingles(s, x, b, z);
  const upper = (v: Value): Value => s.f.shuffle(v, v, UPPER);
  const high = fusedSingles(s, upper(x), upper(b), upper(z));
  return {
    value: s.f.shuffle(low.value, high.value, JOIN),
    stands: s.op("i32.and", low.stands, high.stands),
  };
}

/** The same of one element in the lowest place, or of 32 bits in the two lowest. */
export function fusedLowest(s: Semantics, format: FloatFormat, a: Value, b: Value, c: Value, variants: number): Fused {
  const product = signs(s, format, variants, (v) => v === FMA_NEGATED_ADD || v === FMA_NEGATED_SUB);
  const addend = signs(s, format, variants, (v) => v === FMA_SUB || v === FMA_NEGATED_SUB);
  const fused = format.bits === 64 ? fusedDoubles : fusedSingles;
  return fused(s, flip(s, a, product), b, flip(s, c, addend));
}
