import { OP, type Value } from "@isinglass/uops";
import { MXCSR_DAZ, MXCSR_FTZ, MXCSR_MASKS, MXCSR_PE, MXCSR_PM, MXCSR_RC } from "../sse-operations.js";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { quadwords, doublewords } from "./simd.js";

/*
 * When a native operation gives what the CPU gives, flags included (law 6 of the design): the tests here. Each works on bit
 * patterns without the sign, either of one scalar (i32 or i64) or of all lanes of a vector.
 */

/** What differs between binary32 and binary64: names of operations, and bounds of bit patterns as low and high halves. */
export interface FloatFormat {
  readonly bits: 32 | 64;
  readonly float: "f32" | "f64";
  readonly int: "i32" | "i64";
  readonly vector: "f32x4" | "f64x2";
  readonly lanes: "i32x4" | "i64x2";
  readonly magnitude: readonly [number, number];
  /** The smallest normal number. */
  readonly smallest: readonly [number, number];
  /** Twice that: below it a rounded result may have been tiny before it was rounded. */
  readonly safe: readonly [number, number];
  readonly infinity: readonly [number, number];
}

export const SINGLE: FloatFormat = {
  bits: 32,
  float: "f32",
  int: "i32",
  vector: "f32x4",
  lanes: "i32x4",
  magnitude: [0x7fffffff, 0],
  smallest: [0x00800000, 0],
  safe: [0x01000000, 0],
  infinity: [0x7f800000, 0],
};

export const DOUBLE: FloatFormat = {
  bits: 64,
  float: "f64",
  int: "i64",
  vector: "f64x2",
  lanes: "i64x2",
  magnitude: [-1, 0x7fffffff],
  smallest: [0, 0x00100000],
  safe: [0, 0x00200000],
  infinity: [0, 0x7ff00000],
};

/** The bit tests, on a scalar or on all lanes at once. Conditions are i32; those of vectors say "all lanes". */
export interface Guard {
  readonly format: FloatFormat;
  /** The bit patterns without signs. */
  magnitude(value: Value): Value;
  /** Zero, normal or infinite. Not a NaN, not denormal. */
  isRegular(magnitude: Value): Value;
  /** Zero or normal (or infinite or a NaN): not denormal. */
  isNotDenormal(magnitude: Value): Value;
  /** Normal, finite and not near the smallest; or zero where `zeroIsExact` (a condition per lane, none: never) holds. */
  isSafe(magnitude: Value, zeroIsExact?: Value): Value;
  /** Below a bound, which is at most infinity (so no NaN is). */
  isBelow(magnitude: Value, bound: readonly [number, number]): Value;
  isZero(magnitude: Value): Value;
  or(a: Value, b: Value): Value;
}

/** i32 condition: rounding to nearest, all exceptions masked, no FTZ or DAZ, and PE set already, so that inexact changes nothing. */
export function mxcsrIsPlain(s: Semantics): Value {
  const used = MXCSR_PE | MXCSR_DAZ | MXCSR_MASKS | MXCSR_RC | MXCSR_FTZ;
  return s.op(
    "i32.eq",
    s.op("i32.and", s.f.stateLoad(OP.stateLoadI32, S.mxcsr), s.f.i32(used)),
    s.f.i32(MXCSR_PE | MXCSR_MASKS),
  );
}

/** i32 condition: an inexact result changes nothing (PE masked and set) and, where `rounded`, rounding is to nearest. */
export function inexactIsFree(s: Semantics, rounded: boolean): Value {
  const used = MXCSR_PE | MXCSR_PM | (rounded ? MXCSR_RC : 0);
  return s.op(
    "i32.eq",
    s.op("i32.and", s.f.stateLoad(OP.stateLoadI32, S.mxcsr), s.f.i32(used)),
    s.f.i32(MXCSR_PE | MXCSR_PM),
  );
}

export function scalarGuard(s: Semantics, format: FloatFormat): Guard {
  const { int } = format;
  const constant = ([lo, hi]: readonly [number, number], less = 0): Value =>
    int === "i32" ? s.f.i32(lo - less) : s.f.i64((lo - less) | 0, lo >>> 0 < less ? hi - 1 : hi);
  const isZero = (m: Value): Value => s.op(`${int}.eqz`, m);
  const minusOne = (m: Value): Value => s.op(`${int}.sub`, m, constant([1, 0]));
  // Zero minus one is the largest unsigned number.
  const isNotDenormal = (m: Value): Value => s.op(`${int}.ge_u`, minusOne(m), constant(format.smallest, 1));
  return {
    format,
    magnitude: (value) => s.op(`${int}.and`, value, constant(format.magnitude)),
    isRegular: (m) => s.op("i32.and", isNotDenormal(m), s.op(`${int}.le_u`, m, constant(format.infinity))),
    isNotDenormal,
    isSafe(m, zeroIsExact) {
      const above = s.op(`${int}.sub`, m, constant(format.safe));
      const span: readonly [number, number] = [
        format.infinity[0] - format.safe[0],
        format.infinity[1] - format.safe[1],
      ];
      const safe = s.op(`${int}.lt_u`, above, constant(span));
      return zeroIsExact === undefined ? safe : s.op("i32.or", safe, s.op("i32.and", isZero(m), zeroIsExact));
    },
    isBelow: (m, bound) => s.op(`${int}.lt_u`, m, constant(bound)),
    isZero,
    or: (a, b) => s.op("i32.or", a, b),
  };
}

export function vectorGuard(s: Semantics, format: FloatFormat): Guard {
  const { lanes } = format;
  const constant = ([lo, hi]: readonly [number, number]): Value =>
    lanes === "i32x4" ? doublewords(s, () => lo) : quadwords(s, lo, hi);
  const isZero = (m: Value): Value => s.op(`${lanes}.eq`, m, constant([0, 0]));
  const all = (condition: Value): Value => s.op(`${lanes}.all_true`, condition);
  const above = (m: Value, bound: readonly [number, number]): Value => s.op(`${lanes}.gt_s`, m, constant(bound));
  const below = (m: Value, bound: readonly [number, number]): Value => s.op(`${lanes}.gt_s`, constant(bound), m);
  const notDenormal = (m: Value): Value => s.op("v128.or", isZero(m), s.op("v128.not", below(m, format.smallest)));
  return {
    format,
    magnitude: (value) => s.op("v128.and", value, constant(format.magnitude)),
    isRegular: (m) => all(s.op("v128.andnot", notDenormal(m), above(m, format.infinity))),
    isNotDenormal: (m) => all(notDenormal(m)),
    isSafe(m, zeroIsExact) {
      const normal = s.op("v128.andnot", below(m, format.infinity), below(m, format.safe));
      return all(
        zeroIsExact === undefined ? normal : s.op("v128.or", normal, s.op("v128.and", isZero(m), zeroIsExact)),
      );
    },
    isBelow: (m, bound) => all(below(m, bound)),
    isZero,
    or: (a, b) => s.op("v128.or", a, b),
  };
}
