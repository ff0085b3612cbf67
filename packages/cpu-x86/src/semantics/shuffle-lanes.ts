import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import { bytes, doublewords, highQuadword, lowQuadword, words, zeroVector } from "./simd.js";

/*
 * What the shuffling instructions do to 128 bits, as functions of vector values and of the immediate, an i32 0..255.
 *
 * An immediate is a hole, not a constant, so what depends on it is computed: the four 2-bit fields of a shuffle become lanes
 * by a multiplication (which moves each field to the same place) and then byte indices for a swizzle. An executor that knows
 * the immediate folds all of it.
 */

/** One vector from one and an immediate. */
export type UnaryImmediate = (s: Semantics, v: Value, imm: Value) => Value;
/** One vector from two and an immediate. */
export type BinaryImmediate = (s: Semantics, a: Value, b: Value, imm: Value) => Value;

/** Byte indices of four doublewords chosen by the immediate. */
function doublewordIndices(s: Semantics, imm: Value): Value {
  const fields = s.op(
    "i32x4.mul",
    s.op("i32x4.splat", imm),
    doublewords(s, (i) => 64 >> (2 * i)),
  );
  const chosen = s.op(
    "v128.and",
    s.op("i32x4.shr_u", fields, s.f.i32(6)),
    doublewords(s, () => 3),
  );
  const first = s.op(
    "i32x4.mul",
    chosen,
    doublewords(s, () => 0x04040404),
  );
  return s.op(
    "i8x16.add",
    first,
    doublewords(s, () => 0x03020100),
  );
}

/** Byte indices of the four words of each quadword, chosen within it by the immediate. */
function wordIndices(s: Semantics, imm: Value): Value {
  const fields = s.op(
    "i16x8.mul",
    s.op("i16x8.splat", imm),
    words(s, (i) => 64 >> (2 * (i & 3))),
  );
  const chosen = s.op(
    "v128.and",
    s.op("i16x8.shr_u", fields, s.f.i32(6)),
    words(s, () => 3),
  );
  const first = s.op(
    "i16x8.mul",
    chosen,
    words(s, () => 0x0202),
  );
  return s.op(
    "i8x16.add",
    first,
    words(s, (i) => (i < 4 ? 0x0100 : 0x0908)),
  );
}

const shuffleDoublewords: UnaryImmediate = (s, v, imm) => s.op("i8x16.swizzle", v, doublewordIndices(s, imm));

/** PSHUFW (on MMX), PSHUFLW, PSHUFHW: words of one quadword, the other one stays. */
function shuffleWords(high: boolean): UnaryImmediate {
  return (s, v, imm) => {
    const shuffled = s.op("i8x16.swizzle", v, wordIndices(s, imm));
    const pattern = Array.from({ length: 16 }, (_, i) => (i >= 8 === high ? i : i + 16));
    return s.f.shuffle(shuffled, v, pattern);
  };
}

const shuffleSingles: BinaryImmediate = (s, a, b, imm) => {
  const index = doublewordIndices(s, imm);
  const both = [0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31];
  return s.f.shuffle(s.op("i8x16.swizzle", a, index), s.op("i8x16.swizzle", b, index), both);
};

const shuffleDoubles: BinaryImmediate = (s, a, b, imm) => {
  const chosen = (v: Value, bit: number): Value =>
    s.f.select(highQuadword(s, v), lowQuadword(s, v), s.op("i32.and", imm, s.f.i32(bit)));
  const low = s.op("i64x2.splat", chosen(a, 1));
  return s.f.lane("i64x2.replace_lane", 1, low, chosen(b, 2));
};

function indicesFrom(s: Semantics, imm: Value): Value {
  return s.op(
    "i8x16.add_sat_u",
    bytes(s, (i) => i),
    s.op("i8x16.splat", imm),
  );
}

/** PALIGNR: bytes of a:b from the immediate on; what lies beyond is zero. */
const alignRight: BinaryImmediate = (s, a, b, imm) => {
  const index = indicesFrom(s, imm);
  const upper = s.op(
    "i8x16.sub",
    index,
    bytes(s, () => 16),
  );
  return s.op("v128.or", s.op("i8x16.swizzle", b, index), s.op("i8x16.swizzle", a, upper));
};

/** The same of 64-bit operands. */
const alignRightMmx: BinaryImmediate = (s, a, b, imm) => {
  const both = s.f.shuffle(b, a, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
  return s.op("i8x16.swizzle", both, indicesFrom(s, imm));
};

/** INSERTPS: `value` (an i32) to the place in bits 5:4 of `a`, then zeros by bits 3:0. */
export function insertSingle(s: Semantics, a: Value, value: Value, imm: Value): Value {
  const place = s.op(
    "i32x4.eq",
    s.op("i32x4.splat", s.op("i32.and", s.op("i32.shr_u", imm, s.f.i32(4)), s.f.i32(3))),
    doublewords(s, (i) => i),
  );
  const inserted = s.op("v128.bitselect", s.op("i32x4.splat", value), a, place);
  return s.op("v128.andnot", inserted, immediateMask(s, imm, 4));
}

/** The element of a register that INSERTPS takes, chosen by bits 7:6. */
export function insertedElement(s: Semantics, b: Value, imm: Value): Value {
  const chosen = s.op("i32.and", s.op("i32.shr_u", imm, s.f.i32(6)), s.f.i32(3));
  const index = s.op(
    "i8x16.add",
    s.op("i8x16.splat", s.op("i32.shl", chosen, s.f.i32(2))),
    bytes(s, (i) => i),
  );
  return s.f.lane("i32x4.extract_lane", 0, s.op("i8x16.swizzle", b, index));
}

/** Ones in each element of `size` bytes whose bit in the immediate is set. */
export function immediateMask(s: Semantics, imm: Value, size: 2 | 4 | 8): Value {
  const bit = bytes(s, (i) => 1 << Math.floor(i / size));
  return s.op("i8x16.eq", s.op("v128.and", s.op("i8x16.splat", imm), bit), bit);
}

/** BLENDPS, BLENDPD, PBLENDW: elements of the second operand where the immediate has a one. */
function blend(size: 2 | 4 | 8): BinaryImmediate {
  return (s, a, b, imm) => s.op("v128.bitselect", b, a, immediateMask(s, imm, size));
}

/** Elements of `b` where the sign bit of those of `mask` is set: PBLENDVB, BLENDVPS, BLENDVPD. */
export function blendBySign(s: Semantics, a: Value, b: Value, mask: Value, bits: 8 | 32 | 64): Value {
  const shape = bits === 8 ? "i8x16" : bits === 32 ? "i32x4" : "i64x2";
  return s.op("v128.bitselect", b, a, s.op(`${shape}.shr_s`, mask, s.f.i32(bits - 1)));
}

/** MPSADBW: eight sums of four absolute differences, of the first operand's sliding window and one group of the second. */
const slidingDifferences: BinaryImmediate = (s, a, b, imm) => {
  const firstA = s.op("i32.and", imm, s.f.i32(4));
  const firstB = s.op("i32.shl", s.op("i32.and", imm, s.f.i32(3)), s.f.i32(2));
  const window = s.op(
    "i8x16.swizzle",
    a,
    s.op(
      "i8x16.add",
      s.op("i8x16.splat", firstA),
      bytes(s, (i) => i),
    ),
  );
  const group = s.op(
    "i8x16.swizzle",
    b,
    s.op(
      "i8x16.add",
      s.op("i8x16.splat", firstB),
      bytes(s, (i) => i & 3),
    ),
  );
  let sum = zeroVector(s);
  for (let k = 0; k < 4; k += 1) {
    const x = s.op(
      "i16x8.extend_low_i8x16_u",
      s.f.shuffle(
        window,
        window,
        Array.from({ length: 16 }, (_, i) => (i + k) & 15),
      ),
    );
    const y = s.op(
      "i16x8.extend_low_i8x16_u",
      s.f.shuffle(
        group,
        group,
        Array.from({ length: 16 }, () => k),
      ),
    );
    sum = s.op("i16x8.add", sum, s.op("i16x8.abs", s.op("i16x8.sub", x, y)));
  }
  return sum;
};

/** Instructions of one vector and an immediate. */
export const UNARY_IMMEDIATE_LANES: Readonly<Record<string, UnaryImmediate>> = {
  pshufd: shuffleDoublewords,
  pshufw: shuffleWords(false),
  pshuflw: shuffleWords(false),
  pshufhw: shuffleWords(true),
};

/** Instructions of two vectors and an immediate. */
export const BINARY_IMMEDIATE_LANES: Readonly<Record<string, BinaryImmediate>> = {
  shufps: shuffleSingles,
  shufpd: shuffleDoubles,
  palignr: alignRight,
  blendps: blend(4),
  blendpd: blend(8),
  pblendw: blend(2),
  mpsadbw: slidingDifferences,
};

/** What is another function on MMX registers. */
export const MMX_IMMEDIATE_LANES: Readonly<Record<string, BinaryImmediate>> = { palignr: alignRightMmx };
