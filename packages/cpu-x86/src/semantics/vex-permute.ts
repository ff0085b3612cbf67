import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import type { Binary } from "./integer-lanes.js";
import { BINARY_IMMEDIATE_LANES, UNARY_IMMEDIATE_LANES } from "./shuffle-lanes.js";
import {
  type Vector,
  bytes,
  doublewords,
  isImmediate,
  quadwords,
  readHalves,
  simd,
  writeHalves,
  zeroVector,
} from "./simd.js";
import type { SemanticsTable } from "./table.js";
import { binary, binaryImmediate, combine, transform, unaryImmediate } from "./vector-forms.js";

/** Bytes of 32 by their indices: an index of 16 and more gives zero in WebAssembly, and so does one below 0. */
function pickBytes(s: Semantics, [low, high]: Vector, index: Value): Value {
  const beyond = s.op(
    "i8x16.sub",
    index,
    bytes(s, () => 16),
  );
  return s.op("v128.or", s.op("i8x16.swizzle", low, index), s.op("i8x16.swizzle", high, beyond));
}

/** Byte indices of elements of `size` bytes that are chosen by the low bits of each element of `chosen`. */
function elementIndices(s: Semantics, chosen: Value, size: 4 | 8): Value {
  // The number of the element's first byte, in each of its bytes.
  const first = s.op("i32x4.mul", chosen, size === 4 ? doublewords(s, () => 0x04040404) : quadwords(s, 0x08080808, 0));
  const all = size === 4 ? first : s.f.shuffle(first, first, [0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 8, 9, 10, 11]);
  return s.op(
    "i8x16.add",
    all,
    bytes(s, (i) => i % size),
  );
}

/** VPERMD, VPERMPS: doublewords of operand 2 by the low three bits of those of operand 1. */
const permuteDoublewords = combine((s, a, b) =>
  a.map((index) => {
    const chosen = s.op(
      "v128.and",
      index,
      doublewords(s, () => 7),
    );
    return pickBytes(s, b, elementIndices(s, chosen, 4));
  }),
);

/** VPERMQ, VPERMPD: quadwords by four 2-bit fields of the immediate. */
const permuteQuadwords = transform((s, v, imm) => {
  const byte = imm();
  return v.map((_, half) => {
    const field = (place: number): Value =>
      s.op("i64.extend_i32_u", s.op("i32.and", s.op("i32.shr_u", byte, s.f.i32(2 * place)), s.f.i32(3)));
    const low = s.op("i64x2.splat", field(2 * half));
    const chosen = s.f.lane("i64x2.replace_lane", 1, low, field(2 * half + 1));
    return pickBytes(s, v, elementIndices(s, chosen, 8));
  });
});

/** VPERM2F128, VPERM2I128: each half one of four, or zero. */
const permuteHalves = combine((s, [a0, a1], [b0, b1], imm) => {
  const byte = imm();
  return [0, 4].map((shift) => {
    const bit = (n: number): Value => s.op("i32.and", byte, s.f.i32(1 << (shift + n)));
    const first = s.f.select(a1!, a0!, bit(0));
    const second = s.f.select(b1!, b0!, bit(0));
    return s.f.select(zeroVector(s), s.f.select(second, first, bit(1)), bit(3));
  });
});

/** VPERMILPS by a vector: doublewords of each half by the low two bits of those of operand 2. */
const permuteSingles: Binary = (s, a, b) => {
  const chosen = s.op(
    "v128.and",
    b,
    doublewords(s, () => 3),
  );
  return s.op("i8x16.swizzle", a, elementIndices(s, chosen, 4));
};

/** VPERMILPD by a vector: quadwords of each half by bit 1 of those of operand 2. */
const permuteDoubles: Binary = (s, a, b) => {
  const chosen = s.op("v128.and", s.op("i64x2.shr_u", b, s.f.i32(1)), quadwords(s, 1, 0));
  return s.op("i8x16.swizzle", a, elementIndices(s, chosen, 8));
};

const singlesByImmediate = unaryImmediate(UNARY_IMMEDIATE_LANES["pshufd"]!);

/** VPERMILPD: a bit of the immediate for each quadword. */
const doublesByImmediate = simd((s) => {
  const shuffle = BINARY_IMMEDIATE_LANES["shufpd"]!;
  const imm = s.immediateI32();
  writeHalves(
    s,
    0,
    readHalves(s, 1).map((v, half) => shuffle(s, v, v, s.op("i32.shr_u", imm, s.f.i32(2 * half)))),
  );
});

const byVectorOr =
  (byVector: (s: Semantics) => void, byImmediate: (s: Semantics) => void) =>
  (s: Semantics): void =>
    (isImmediate(s, 2) ? byImmediate : byVector)(s);

export const VEX_PERMUTE: SemanticsTable = {
  vpermd: permuteDoublewords,
  vpermps: permuteDoublewords,
  vpermq: permuteQuadwords,
  vpermpd: permuteQuadwords,
  vperm2f128: permuteHalves,
  vperm2i128: permuteHalves,
  vpermilps: byVectorOr(binary(permuteSingles), singlesByImmediate),
  vpermilpd: byVectorOr(binary(permuteDoubles), doublesByImmediate),
  vpblendd: binaryImmediate(BINARY_IMMEDIATE_LANES["blendps"]!, undefined, 4),
};
