import { I32, type Local, type Value } from "@isinglass/uops";
import { FLAG_CF, FLAG_OF, FLAG_SF, FLAG_ZF } from "../state.js";
import type { Semantics } from "./context.js";
import { bytes, lowVector, vectorLocal, zeroVector } from "./simd.js";

/*
 * PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM (SDM vol. 2B, 4.1) on vectors. The immediate is a hole: an executor that knows it keeps one
 * branch of each kind.
 */

// The immediate.
const WORDS = 1;
const SIGNED = 2;
const NEGATIVE = 0x10;
const NEGATIVE_VALID = 0x20;
const MOST_SIGNIFICANT = 0x40;

/** What an element is: its size in bytes, and how many there are. */
interface Elements {
  readonly shape: "i8x16" | "i16x8";
  readonly size: 1 | 2;
  readonly count: 16 | 8;
}

const BYTES: Elements = { shape: "i8x16", size: 1, count: 16 };
const WORD_ELEMENTS: Elements = { shape: "i16x8", size: 2, count: 8 };

/** A comparison: bit j tells of element j of the second string; the lengths, and how many elements there are. All are i32. */
export interface StringComparison {
  readonly bits: Value;
  readonly lengthA: Value;
  readonly lengthB: Value;
  readonly count: Value;
}

const splat = (s: Semantics, { shape }: Elements, value: Value): Value => s.op(`${shape}.splat`, value);

/** Element j is `value(j)`. */
function constant(s: Semantics, { size }: Elements, value: (j: number) => number): Value {
  return bytes(s, (i) => value(Math.floor(i / size)) >> (8 * (i % size)));
}

/** Element j is element `from(j)` of `a`; from `count` on those of `b`. */
function gather(s: Semantics, { size }: Elements, a: Value, b: Value, from: (j: number) => number): Value {
  return s.f.shuffle(
    a,
    b,
    Array.from({ length: 16 }, (_, i) => from(Math.floor(i / size)) * size + (i % size)),
  );
}

/** All elements are element `i` of `v`. */
const broadcast = (s: Semantics, e: Elements, v: Value, i: number): Value => gather(s, e, v, v, () => i);

/** Ones in the elements whose `place` is below a length. */
function below(s: Semantics, e: Elements, length: Value, place: (j: number) => number = (j) => j): Value {
  return s.op(`${e.shape}.gt_s`, splat(s, e, length), constant(s, e, place));
}

const all = (s: Semantics, condition: Value): Value => s.op("i8x16.splat", s.op("i32.sub", s.f.i32(0), condition));

/** Equal any: elements of `b` that are in the set `a`. What is beyond the set's length is made its first element. */
function equalAny(s: Semantics, e: Elements, a: Value, b: Value, length: Value, validA: Value): Value {
  const set = s.op("v128.bitselect", a, broadcast(s, e, a, 0), validA);
  const matches = Array.from({ length: e.count }, (_, i) => s.op(`${e.shape}.eq`, b, broadcast(s, e, set, i)));
  const found = matches.reduce((x, y) => s.op("v128.or", x, y));
  return s.op("v128.and", found, all(s, s.op("i32.gt_s", length, s.f.i32(0))));
}

/** Ranges: elements of `b` within one of the pairs of `a`. Pairs that are not whole are made the first one. */
function ranges(s: Semantics, e: Elements, a: Value, b: Value, length: Value, imm: Value): Value {
  const whole = below(s, e, length, (j) => j | 1);
  const pairs = s.op(
    "v128.bitselect",
    a,
    gather(s, e, a, a, (j) => j & 1),
    whole,
  );
  // Unsigned numbers compare as signed ones with the sign changed.
  const sign = constant(s, e, () => 1 << (8 * e.size - 1));
  const change = s.f.select(zeroVector(s), sign, s.op("i32.and", imm, s.f.i32(SIGNED)));
  const bounds = s.op("v128.xor", pairs, change);
  const value = s.op("v128.xor", b, change);
  const outside = Array.from({ length: e.count / 2 }, (_, k) =>
    s.op(
      "v128.or",
      s.op(`${e.shape}.gt_s`, broadcast(s, e, bounds, 2 * k), value),
      s.op(`${e.shape}.gt_s`, value, broadcast(s, e, bounds, 2 * k + 1)),
    ),
  );
  const inside = s.op(
    "v128.not",
    outside.reduce((x, y) => s.op("v128.and", x, y)),
  );
  return s.op("v128.and", inside, all(s, s.op("i32.gt_s", length, s.f.i32(1))));
}

/** Equal ordered: where in `b` the whole of `a` begins, as far as `b` goes. */
function equalOrdered(s: Semantics, e: Elements, a: Value, b: Value, validA: Value, validB: Value): Value {
  const ones = bytes(s, () => 0xff);
  const rest = s.op("v128.not", validA);
  const terms = Array.from({ length: e.count }, (_, i) => {
    const equal = s.op("v128.and", s.op(`${e.shape}.eq`, b, broadcast(s, e, a, i)), validB);
    const term = s.op("v128.or", equal, broadcast(s, e, rest, i));
    return gather(s, e, term, ones, (j) => j + i);
  });
  return terms.reduce((x, y) => s.op("v128.and", x, y));
}

/** The first intermediate result (SDM vol. 2B, 4.1.4 and 4.1.5), and the lengths in elements. */
function aggregate(
  s: Semantics,
  e: Elements,
  a: Value,
  b: Value,
  lengths: readonly [Value, Value] | undefined,
  imm: Value,
): readonly [bits: Value, lengthA: Value, lengthB: Value] {
  const { f } = s;
  const end = f.i32(e.count);
  const lengthOf = (v: Value, given: Value | undefined): Value => {
    if (given !== undefined) return f.select(given, end, s.op("i32.lt_u", given, end));
    // The first zero ends a string.
    const zeros = s.op(`${e.shape}.bitmask`, s.op(`${e.shape}.eq`, v, zeroVector(s)));
    return s.op("i32.ctz", s.op("i32.or", zeros, f.i32(1 << e.count)));
  };
  const lengthA = lengthOf(a, lengths?.[0]);
  const lengthB = lengthOf(b, lengths?.[1]);
  const validA = below(s, e, lengthA);
  const validB = below(s, e, lengthB);
  const result = vectorLocal(s);
  const is = (bit: number): Value => s.op("i32.and", imm, f.i32(bit));
  f.if(
    is(8),
    () =>
      f.if(
        is(4),
        () => f.set(result, equalOrdered(s, e, a, b, validA, validB)),
        () => {
          const both = s.op("v128.and", validA, validB);
          const neither = s.op("v128.not", s.op("v128.or", validA, validB));
          const equal = s.op(`${e.shape}.eq`, a, b);
          f.set(result, s.op("v128.or", s.op("v128.and", equal, both), neither));
        },
      ),
    () =>
      f.if(
        is(4),
        () => f.set(result, s.op("v128.and", ranges(s, e, a, b, lengthA, imm), validB)),
        () => f.set(result, s.op("v128.and", equalAny(s, e, a, b, lengthA, validA), validB)),
      ),
  );
  return [s.op(`${e.shape}.bitmask`, f.get(result)), lengthA, lengthB];
}

/**
 * Compares two strings.
 *
 * @param lengths i32s, unsigned; without them the first zero element ends a string
 */
export function compareStrings(
  s: Semantics,
  a: Value,
  b: Value,
  lengths: readonly [Value, Value] | undefined,
  imm: Value,
): StringComparison {
  const { f } = s;
  const locals = Array.from({ length: 4 }, () => f.local(I32)) as [Local, Local, Local, Local];
  const [bits, lengthA, lengthB, count] = locals;
  const run = (e: Elements) => (): void => {
    const results = aggregate(s, e, a, b, lengths, imm);
    results.forEach((value, i) => f.set(locals[i]!, value));
    f.set(count, f.i32(e.count));
  };
  f.if(s.op("i32.and", imm, f.i32(WORDS)), run(WORD_ELEMENTS), run(BYTES));
  const ones = (length: Value): Value => s.op("i32.sub", s.op("i32.shl", f.i32(1), length), f.i32(1));
  const valid = s.op("i32.and", imm, f.i32(NEGATIVE_VALID));
  const changed = f.select(ones(f.get(lengthB)), ones(f.get(count)), valid);
  const negative = s.op("i32.and", imm, f.i32(NEGATIVE));
  const polar = s.op("i32.xor", f.get(bits), f.select(changed, f.i32(0), negative));
  return { bits: polar, lengthA: f.get(lengthA), lengthB: f.get(lengthB), count: f.get(count) };
}

/** RFLAGS bits of a comparison: CF any bit, ZF and SF that the second and first string end within, OF bit 0. */
export function comparisonFlags(s: Semantics, { bits, lengthA, lengthB, count }: StringComparison): Value {
  const { f } = s;
  const flag = (condition: Value, mask: number): Value => f.select(f.i32(mask), f.i32(0), condition);
  return [
    flag(bits, FLAG_CF),
    flag(s.op("i32.lt_u", lengthB, count), FLAG_ZF),
    flag(s.op("i32.lt_u", lengthA, count), FLAG_SF),
    flag(s.op("i32.and", bits, f.i32(1)), FLAG_OF),
  ].reduce((x, y) => s.op("i32.or", x, y));
}

/** The lowest or highest place with a one, an i32; the number of elements where there is none. */
export function comparisonIndex(s: Semantics, { bits, count }: StringComparison, imm: Value): Value {
  const { f } = s;
  const lowest = s.op("i32.ctz", bits);
  const highest = s.op("i32.sub", f.i32(31), s.op("i32.clz", bits));
  const index = f.select(highest, lowest, s.op("i32.and", imm, f.i32(MOST_SIGNIFICANT)));
  return f.select(index, count, bits);
}

/** The bits as they are, or an element of ones for each. */
export function comparisonMask(s: Semantics, { bits }: StringComparison, imm: Value): Value {
  const { f } = s;
  const pair = s.op("i16x8.splat", bits);
  const wide = (size: 1 | 2): Value => {
    const source = f.shuffle(
      pair,
      pair,
      Array.from({ length: 16 }, (_, i) => (Math.floor(i / size) < 8 ? 0 : 1)),
    );
    const bit = bytes(s, (i) => 1 << (Math.floor(i / size) & 7));
    return s.op("i8x16.eq", s.op("v128.and", source, bit), bit);
  };
  const elements = f.select(wide(2), wide(1), s.op("i32.and", imm, f.i32(WORDS)));
  const plain = lowVector(s, s.op("i64.extend_i32_u", bits));
  return f.select(elements, plain, s.op("i32.and", imm, f.i32(MOST_SIGNIFICANT)));
}
