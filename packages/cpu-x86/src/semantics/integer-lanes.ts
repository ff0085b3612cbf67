import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import { type Vector, bytes, quadwords, words, zeroVector } from "./simd.js";

/*
 * What the integer instructions do to 128 bits, as functions of vector values alone: operands, MMX registers and wider vectors are
 * the business of who calls them.
 */

/** One vector from one. */
export type Unary = (s: Semantics, v: Value) => Value;
/** One vector from two: the first source and the second, in the order of the manual. */
export type Binary = (s: Semantics, a: Value, b: Value) => Value;

/** An operation that WebAssembly has under this name. */
function same(name: string): Binary {
  return (s, a, b) => s.op(name, a, b);
}

/** As {@link same} with the operands exchanged. */
function reversed(name: string): Binary {
  return (s, a, b) => s.op(name, b, a);
}

/** `a` in the low and `b` in the high quadword: how the operations that narrow work on MMX registers. */
function joined(s: Semantics, a: Value, b: Value): Value {
  return s.f.shuffle(a, b, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

/** Interleaves elements of `size` bytes of both operands from byte `first` on. */
function unpack(size: number, first: number): Binary {
  const pattern = Array.from({ length: 16 }, (_, i) => {
    const element = Math.floor(i / size);
    return ((first + (element >> 1) * size + (i % size)) & 15) + (element & 1) * 16;
  });
  return (s, a, b) => s.f.shuffle(a, b, pattern);
}

/** PMULHW, PMULHUW: upper halves of the products of words. */
function multiplyHigh(sign: "s" | "u"): Binary {
  return (s, a, b) => {
    const low = s.op(`i32x4.extmul_low_i16x8_${sign}`, a, b);
    const high = s.op(`i32x4.extmul_high_i16x8_${sign}`, a, b);
    return s.f.shuffle(low, high, [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31]);
  };
}

/** PMULUDQ, PMULDQ: products of the even doublewords. */
function multiplyEven(sign: "s" | "u"): Binary {
  return (s, a, b) => {
    const even = (v: Value): Value => s.f.shuffle(v, v, [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
    return s.op(`i64x2.extmul_low_i32x4_${sign}`, even(a), even(b));
  };
}

/** PSADBW: sums of eight absolute differences, zero-extended. */
const sumOfDifferences: Binary = (s, a, b) => {
  const difference = s.op("v128.or", s.op("i8x16.sub_sat_u", a, b), s.op("i8x16.sub_sat_u", b, a));
  const sums = s.op("i32x4.extadd_pairwise_i16x8_u", s.op("i16x8.extadd_pairwise_i8x16_u", difference));
  const both = s.op("i32x4.add", sums, s.op("i64x2.shr_u", sums, s.f.i32(32)));
  return s.op("v128.and", both, quadwords(s, -1, 0));
};

/** PHADDW and the others: neighbours combined, those of the first operand in the lower half. */
function horizontal(size: 2 | 4, name: string): Binary {
  return (s, a, b) => {
    const pick = (odd: number): Value =>
      s.f.shuffle(
        a,
        b,
        Array.from({ length: 16 }, (_, i) => Math.floor(i / size) * 2 * size + odd * size + (i % size)),
      );
    return s.op(name, pick(0), pick(1));
  };
}

/** PMADDUBSW: unsigned bytes of the first operand times signed ones of the second, neighbours added with saturation. */
const multiplyAddBytes: Binary = (s, a, b) => {
  const eight = s.f.i32(8);
  const evenA = s.op(
    "v128.and",
    a,
    words(s, () => 0xff),
  );
  const evenB = s.op("i16x8.shr_s", s.op("i16x8.shl", b, eight), eight);
  const odd = s.op("i16x8.mul", s.op("i16x8.shr_u", a, eight), s.op("i16x8.shr_s", b, eight));
  return s.op("i16x8.add_sat_s", s.op("i16x8.mul", evenA, evenB), odd);
};

/** PMULHRSW: (a * b + 2^14) >> 15. */
const multiplyRound: Binary = (s, a, b) => {
  const half = (part: "low" | "high"): Value => {
    const product = s.op(`i32x4.extmul_${part}_i16x8_s`, a, b);
    const round = s.f.v128([0, 0x40, 0, 0, 0, 0x40, 0, 0, 0, 0x40, 0, 0, 0, 0x40, 0, 0]);
    return s.op("i32x4.shr_u", s.op("i32x4.add", product, round), s.f.i32(15));
  };
  return s.f.shuffle(half("low"), half("high"), [0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29]);
};

/** PSIGNB and the others: negated, kept or zeroed as the second operand's sign says. */
function applySign(shape: string): Binary {
  return (s, a, b) => {
    const zero = zeroVector(s);
    const negative = s.op(`${shape}.gt_s`, zero, b);
    const signed = s.op("v128.bitselect", s.op(`${shape}.neg`, a), a, negative);
    return s.op("v128.andnot", signed, s.op(`${shape}.eq`, b, zero));
  };
}

/** PSHUFB: bytes of the first operand by the low bits of the second; bit 7 gives zero. `used` has bit 7 and the bits that count. */
function shuffleBytes(used: number): Binary {
  // An index over 15 gives zero in WebAssembly.
  return (s, a, b) => {
    const mask = bytes(s, () => used);
    return s.op("i8x16.swizzle", a, s.op("v128.and", b, mask));
  };
}

/** PHMINPOSUW: the smallest word and its place: compared as (word << 16 | place). */
const minimumPosition: Unary = (s, v) => {
  const low = s.op("i32x4.extend_low_i16x8_u", v);
  const high = s.op("i32x4.extend_high_i16x8_u", v);
  const keyed = (part: Value, first: number): Value =>
    s.op(
      "v128.or",
      s.op("i32x4.shl", part, s.f.i32(16)),
      s.f.v128([first, 0, 0, 0, first + 1, 0, 0, 0, first + 2, 0, 0, 0, first + 3, 0, 0, 0]),
    );
  let least = s.op("i32x4.min_u", keyed(low, 0), keyed(high, 4));
  least = s.op("i32x4.min_u", least, s.f.shuffle(least, least, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]));
  least = s.op("i32x4.min_u", least, s.f.shuffle(least, least, [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]));
  // Word 0 is the value, word 1 the place, all else zero.
  return s.f.shuffle(least, zeroVector(s), [2, 3, 0, 1, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16]);
};

/** PMOVSX, PMOVZX: one to three steps of widening of the lowest elements. */
function extend(...steps: string[]): Unary {
  return (s, v) => steps.reduce((value, step) => s.op(step, value), v);
}

/** PTEST: ZF and CF as RFLAGS bits: whether `a AND b` and `b AND NOT a` are zero, of all bits or of those in `mask`. */
export function testFlags(s: Semantics, a: Vector, b: Vector, mask?: Value): Value {
  const none = (operation: string, p: Vector, q: Vector): Value => {
    const common = p.map((v, i) => s.op(operation, v, q[i])).reduce((x, y) => s.op("v128.or", x, y));
    return s.op("i32.eqz", s.op("v128.any_true", mask === undefined ? common : s.op("v128.and", common, mask)));
  };
  const zero = none("v128.and", a, b);
  return s.op("i32.or", s.op("i32.shl", zero, s.f.i32(6)), none("v128.andnot", b, a));
}

/** Two-operand instructions on 128 bits by mnemonic. */
export const BINARY_LANES: Readonly<Record<string, Binary>> = {
  pand: same("v128.and"),
  pandn: reversed("v128.andnot"),
  por: same("v128.or"),
  pxor: same("v128.xor"),
  andps: same("v128.and"),
  andpd: same("v128.and"),
  andnps: reversed("v128.andnot"),
  andnpd: reversed("v128.andnot"),
  orps: same("v128.or"),
  orpd: same("v128.or"),
  xorps: same("v128.xor"),
  xorpd: same("v128.xor"),
  paddb: same("i8x16.add"),
  paddw: same("i16x8.add"),
  paddd: same("i32x4.add"),
  paddq: same("i64x2.add"),
  psubb: same("i8x16.sub"),
  psubw: same("i16x8.sub"),
  psubd: same("i32x4.sub"),
  psubq: same("i64x2.sub"),
  paddsb: same("i8x16.add_sat_s"),
  paddsw: same("i16x8.add_sat_s"),
  paddusb: same("i8x16.add_sat_u"),
  paddusw: same("i16x8.add_sat_u"),
  psubsb: same("i8x16.sub_sat_s"),
  psubsw: same("i16x8.sub_sat_s"),
  psubusb: same("i8x16.sub_sat_u"),
  psubusw: same("i16x8.sub_sat_u"),
  pcmpeqb: same("i8x16.eq"),
  pcmpeqw: same("i16x8.eq"),
  pcmpeqd: same("i32x4.eq"),
  pcmpeqq: same("i64x2.eq"),
  pcmpgtb: same("i8x16.gt_s"),
  pcmpgtw: same("i16x8.gt_s"),
  pcmpgtd: same("i32x4.gt_s"),
  pcmpgtq: same("i64x2.gt_s"),
  pmullw: same("i16x8.mul"),
  pmulld: same("i32x4.mul"),
  pmulhw: multiplyHigh("s"),
  pmulhuw: multiplyHigh("u"),
  pmaddwd: same("i32x4.dot_i16x8_s"),
  pmuludq: multiplyEven("u"),
  pmuldq: multiplyEven("s"),
  pavgb: same("i8x16.avgr_u"),
  pavgw: same("i16x8.avgr_u"),
  psadbw: sumOfDifferences,
  pminub: same("i8x16.min_u"),
  pminsb: same("i8x16.min_s"),
  pminuw: same("i16x8.min_u"),
  pminsw: same("i16x8.min_s"),
  pminud: same("i32x4.min_u"),
  pminsd: same("i32x4.min_s"),
  pmaxub: same("i8x16.max_u"),
  pmaxsb: same("i8x16.max_s"),
  pmaxuw: same("i16x8.max_u"),
  pmaxsw: same("i16x8.max_s"),
  pmaxud: same("i32x4.max_u"),
  pmaxsd: same("i32x4.max_s"),
  packsswb: same("i8x16.narrow_i16x8_s"),
  packuswb: same("i8x16.narrow_i16x8_u"),
  packssdw: same("i16x8.narrow_i32x4_s"),
  packusdw: same("i16x8.narrow_i32x4_u"),
  punpcklbw: unpack(1, 0),
  punpcklwd: unpack(2, 0),
  punpckldq: unpack(4, 0),
  punpcklqdq: unpack(8, 0),
  punpckhbw: unpack(1, 8),
  punpckhwd: unpack(2, 8),
  punpckhdq: unpack(4, 8),
  punpckhqdq: unpack(8, 8),
  unpcklps: unpack(4, 0),
  unpckhps: unpack(4, 8),
  unpcklpd: unpack(8, 0),
  unpckhpd: unpack(8, 8),
  // SSSE3
  phaddw: horizontal(2, "i16x8.add"),
  phaddd: horizontal(4, "i32x4.add"),
  phaddsw: horizontal(2, "i16x8.add_sat_s"),
  phsubw: horizontal(2, "i16x8.sub"),
  phsubd: horizontal(4, "i32x4.sub"),
  phsubsw: horizontal(2, "i16x8.sub_sat_s"),
  pmaddubsw: multiplyAddBytes,
  pmulhrsw: multiplyRound,
  psignb: applySign("i8x16"),
  psignw: applySign("i16x8"),
  psignd: applySign("i32x4"),
  pshufb: shuffleBytes(0x8f),
};

/** Those that narrow or combine neighbours: on MMX registers both operands make one vector. */
const JOINED = [
  "packsswb",
  "packuswb",
  "packssdw",
  "phaddw",
  "phaddd",
  "phaddsw",
  "phsubw",
  "phsubd",
  "phsubsw",
] as const;

/** What is another function on MMX registers, where only the low quadwords count. */
export const MMX_LANES: Readonly<Record<string, Binary>> = {
  ...Object.fromEntries(
    JOINED.map((name): [string, Binary] => [
      name,
      (s, a, b) => {
        const both = joined(s, a, b);
        return BINARY_LANES[name]!(s, both, both);
      },
    ]),
  ),
  punpckhbw: unpack(1, 4),
  punpckhwd: unpack(2, 4),
  punpckhdq: unpack(4, 4),
  pshufb: shuffleBytes(0x87),
};

/** One-operand instructions on 128 bits by mnemonic. PMOVSX and PMOVZX widen the lowest elements. */
export const UNARY_LANES: Readonly<Record<string, Unary>> = {
  // SSSE3
  pabsb: (s, v) => s.op("i8x16.abs", v),
  pabsw: (s, v) => s.op("i16x8.abs", v),
  pabsd: (s, v) => s.op("i32x4.abs", v),
  // SSE4.1
  phminposuw: minimumPosition,
  pmovsxbw: extend("i16x8.extend_low_i8x16_s"),
  pmovsxbd: extend("i16x8.extend_low_i8x16_s", "i32x4.extend_low_i16x8_s"),
  pmovsxbq: extend("i16x8.extend_low_i8x16_s", "i32x4.extend_low_i16x8_s", "i64x2.extend_low_i32x4_s"),
  pmovsxwd: extend("i32x4.extend_low_i16x8_s"),
  pmovsxwq: extend("i32x4.extend_low_i16x8_s", "i64x2.extend_low_i32x4_s"),
  pmovsxdq: extend("i64x2.extend_low_i32x4_s"),
  pmovzxbw: extend("i16x8.extend_low_i8x16_u"),
  pmovzxbd: extend("i16x8.extend_low_i8x16_u", "i32x4.extend_low_i16x8_u"),
  pmovzxbq: extend("i16x8.extend_low_i8x16_u", "i32x4.extend_low_i16x8_u", "i64x2.extend_low_i32x4_u"),
  pmovzxwd: extend("i32x4.extend_low_i16x8_u"),
  pmovzxwq: extend("i32x4.extend_low_i16x8_u", "i64x2.extend_low_i32x4_u"),
  pmovzxdq: extend("i64x2.extend_low_i32x4_u"),
};
