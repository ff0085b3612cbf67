import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import { bytes, isMmx, quadwords, readVector, simd, words, writeVector, zeroVector } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** How two vectors become one. On MMX registers only the low quadwords count. */
type Binary = (s: Semantics, a: Value, b: Value) => Value;

/** destination = f(destination, source). */
function binary(f: Binary) {
  return simd((s) => {
    const b = readVector(s, 1);
    writeVector(s, 0, f(s, readVector(s, 0), b));
  });
}

/** An operation that WebAssembly has under this name. */
function lanes(name: string) {
  return binary((s, a, b) => s.op(name, a, b));
}

/** As {@link lanes} with the operands exchanged. */
function reversed(name: string) {
  return binary((s, a, b) => s.op(name, b, a));
}

/** destination = f(source). */
function unary(f: (s: Semantics, v: Value) => Value) {
  return simd((s) => writeVector(s, 0, f(s, readVector(s, 1))));
}

/** `a` in the low and `b` in the high quadword: how the operations that narrow work on MMX registers. */
function joined(s: Semantics, a: Value, b: Value): Value {
  return s.f.shuffle(a, b, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

/** PACKSSWB and the others. */
function pack(name: string) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    if (!isMmx(s, 0)) writeVector(s, 0, s.op(name, a, b));
    else {
      const both = joined(s, a, b);
      writeVector(s, 0, s.op(name, both, both));
    }
  });
}

/** Interleaves elements of `size` bytes of both operands' low or high halves. */
function unpack(size: number, high: boolean) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    const first = high ? (isMmx(s, 0) ? 4 : 8) : 0;
    const pattern = Array.from({ length: 16 }, (_, i) => {
      const element = Math.floor(i / size);
      return ((first + (element >> 1) * size + (i % size)) & 15) + (element & 1) * 16;
    });
    writeVector(s, 0, s.f.shuffle(a, b, pattern));
  });
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

/** PHADDW and the others: neighbours combined, those of the destination in the lower half. */
function horizontal(size: 2 | 4, name: string) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    const [x, y] = isMmx(s, 0) ? [joined(s, a, b), joined(s, a, b)] : [a, b];
    const pick = (odd: number): Value =>
      s.f.shuffle(
        x,
        y,
        Array.from({ length: 16 }, (_, i) => Math.floor(i / size) * 2 * size + odd * size + (i % size)),
      );
    writeVector(s, 0, s.op(name, pick(0), pick(1)));
  });
}

/** PMADDUBSW: unsigned bytes of the destination times signed ones of the source, neighbours added with saturation. */
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

/** PSIGNB and the others: negated, kept or zeroed as the source's sign says. */
function applySign(shape: string): Binary {
  return (s, a, b) => {
    const zero = zeroVector(s);
    const negative = s.op(`${shape}.gt_s`, zero, b);
    const signed = s.op("v128.bitselect", s.op(`${shape}.neg`, a), a, negative);
    return s.op("v128.andnot", signed, s.op(`${shape}.eq`, b, zero));
  };
}

/** PSHUFB: bytes of the destination by the source's low bits; bit 7 gives zero. */
function shuffleBytes(s: Semantics): void {
  const b = readVector(s, 1);
  const a = readVector(s, 0);
  // An index over 15 gives zero in WebAssembly: keep bit 7 and the bits that count.
  const used = isMmx(s, 0) ? 0x87 : 0x8f;
  const mask = bytes(s, () => used);
  writeVector(s, 0, s.op("i8x16.swizzle", a, s.op("v128.and", b, mask)));
}

/** PHMINPOSUW: the smallest word and its place: compared as (word << 16 | place). */
const minimumPosition = unary((s, v) => {
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
});

/** PMOVSX, PMOVZX: two or three steps of widening. */
function extend(...steps: string[]) {
  return unary((s, v) => steps.reduce((value, step) => s.op(step, value), v));
}

/** PTEST: ZF = (destination AND source) is zero, CF = (NOT destination AND source) is zero; the others are cleared. */
function test(s: Semantics): void {
  const b = readVector(s, 1);
  const a = readVector(s, 0);
  const none = (v: Value): Value => s.op("i32.eqz", s.op("v128.any_true", v));
  const zero = none(s.op("v128.and", a, b));
  const carry = none(s.op("v128.andnot", b, a));
  s.flagsBits(s.op("i32.or", s.op("i32.shl", zero, s.f.i32(6)), carry));
}

export const SSE_INTEGER: SemanticsTable = {
  pand: lanes("v128.and"),
  pandn: reversed("v128.andnot"),
  por: lanes("v128.or"),
  pxor: lanes("v128.xor"),
  andps: lanes("v128.and"),
  andpd: lanes("v128.and"),
  andnps: reversed("v128.andnot"),
  andnpd: reversed("v128.andnot"),
  orps: lanes("v128.or"),
  orpd: lanes("v128.or"),
  xorps: lanes("v128.xor"),
  xorpd: lanes("v128.xor"),
  paddb: lanes("i8x16.add"),
  paddw: lanes("i16x8.add"),
  paddd: lanes("i32x4.add"),
  paddq: lanes("i64x2.add"),
  psubb: lanes("i8x16.sub"),
  psubw: lanes("i16x8.sub"),
  psubd: lanes("i32x4.sub"),
  psubq: lanes("i64x2.sub"),
  paddsb: lanes("i8x16.add_sat_s"),
  paddsw: lanes("i16x8.add_sat_s"),
  paddusb: lanes("i8x16.add_sat_u"),
  paddusw: lanes("i16x8.add_sat_u"),
  psubsb: lanes("i8x16.sub_sat_s"),
  psubsw: lanes("i16x8.sub_sat_s"),
  psubusb: lanes("i8x16.sub_sat_u"),
  psubusw: lanes("i16x8.sub_sat_u"),
  pcmpeqb: lanes("i8x16.eq"),
  pcmpeqw: lanes("i16x8.eq"),
  pcmpeqd: lanes("i32x4.eq"),
  pcmpeqq: lanes("i64x2.eq"),
  pcmpgtb: lanes("i8x16.gt_s"),
  pcmpgtw: lanes("i16x8.gt_s"),
  pcmpgtd: lanes("i32x4.gt_s"),
  pcmpgtq: lanes("i64x2.gt_s"),
  pmullw: lanes("i16x8.mul"),
  pmulld: lanes("i32x4.mul"),
  pmulhw: binary(multiplyHigh("s")),
  pmulhuw: binary(multiplyHigh("u")),
  pmaddwd: lanes("i32x4.dot_i16x8_s"),
  pmuludq: binary(multiplyEven("u")),
  pmuldq: binary(multiplyEven("s")),
  pavgb: lanes("i8x16.avgr_u"),
  pavgw: lanes("i16x8.avgr_u"),
  psadbw: binary(sumOfDifferences),
  pminub: lanes("i8x16.min_u"),
  pminsb: lanes("i8x16.min_s"),
  pminuw: lanes("i16x8.min_u"),
  pminsw: lanes("i16x8.min_s"),
  pminud: lanes("i32x4.min_u"),
  pminsd: lanes("i32x4.min_s"),
  pmaxub: lanes("i8x16.max_u"),
  pmaxsb: lanes("i8x16.max_s"),
  pmaxuw: lanes("i16x8.max_u"),
  pmaxsw: lanes("i16x8.max_s"),
  pmaxud: lanes("i32x4.max_u"),
  pmaxsd: lanes("i32x4.max_s"),
  packsswb: pack("i8x16.narrow_i16x8_s"),
  packuswb: pack("i8x16.narrow_i16x8_u"),
  packssdw: pack("i16x8.narrow_i32x4_s"),
  packusdw: pack("i16x8.narrow_i32x4_u"),
  punpcklbw: unpack(1, false),
  punpcklwd: unpack(2, false),
  punpckldq: unpack(4, false),
  punpcklqdq: unpack(8, false),
  punpckhbw: unpack(1, true),
  punpckhwd: unpack(2, true),
  punpckhdq: unpack(4, true),
  punpckhqdq: unpack(8, true),
  unpcklps: unpack(4, false),
  unpckhps: unpack(4, true),
  unpcklpd: unpack(8, false),
  unpckhpd: unpack(8, true),
  // SSSE3
  pabsb: unary((s, v) => s.op("i8x16.abs", v)),
  pabsw: unary((s, v) => s.op("i16x8.abs", v)),
  pabsd: unary((s, v) => s.op("i32x4.abs", v)),
  phaddw: horizontal(2, "i16x8.add"),
  phaddd: horizontal(4, "i32x4.add"),
  phaddsw: horizontal(2, "i16x8.add_sat_s"),
  phsubw: horizontal(2, "i16x8.sub"),
  phsubd: horizontal(4, "i32x4.sub"),
  phsubsw: horizontal(2, "i16x8.sub_sat_s"),
  pmaddubsw: binary(multiplyAddBytes),
  pmulhrsw: binary(multiplyRound),
  psignb: binary(applySign("i8x16")),
  psignw: binary(applySign("i16x8")),
  psignd: binary(applySign("i32x4")),
  pshufb: simd(shuffleBytes),
  // SSE4.1
  phminposuw: minimumPosition,
  ptest: simd(test),
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
