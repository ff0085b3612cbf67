import type { Value } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
import type { Semantics } from "./context.js";
import type { Binary, Unary } from "./integer-lanes.js";
import { binary, binaryImmediate, each, unary, unaryImmediate } from "./vector-forms.js";
import type { BinaryImmediate, UnaryImmediate } from "./shuffle-lanes.js";
import { bytes, doublewords, highQuadword, lowQuadword } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/*
 * AES and the carry-less product on 128 bits. Byte i of a state is row i & 3 of column i >> 2 (FIPS 197, 3.4), the substitution is
 * a helper function.
 */

/** Bytes from other places: `from` tells row and column of what comes to a row and column. */
function permute(s: Semantics, v: Value, from: (row: number, column: number) => readonly [number, number]): Value {
  const pattern = Array.from({ length: 16 }, (_, i) => {
    const [row, column] = from(i & 3, i >> 2);
    return (row & 3) + (column & 3) * 4;
  });
  return s.f.shuffle(v, v, pattern);
}

/** The product with x in each byte. */
function timesX(s: Semantics, v: Value): Value {
  const reduced = s.op(
    "v128.and",
    s.op("i8x16.shr_s", v, s.f.i32(7)),
    bytes(s, () => 0x1b),
  );
  return s.op("v128.xor", s.op("i8x16.shl", v, s.f.i32(1)), reduced);
}

/** MixColumns (FIPS 197, 5.1.3): 2 a(r) + 3 a(r + 1) + a(r + 2) + a(r + 3). */
function mixColumns(s: Semantics, v: Value): Value {
  const turned = (by: number): Value => permute(s, v, (row, column) => [row + by, column]);
  const next = turned(1);
  const doubled = timesX(s, s.op("v128.xor", v, next));
  return s.op("v128.xor", s.op("v128.xor", doubled, next), s.op("v128.xor", turned(2), turned(3)));
}

/** InvMixColumns (FIPS 197, 5.3.3): MixColumns after 5 a(r) + 4 a(r + 2). */
const unmixColumns: Unary = (s, v) => {
  const opposite = permute(s, v, (row, column) => [row + 2, column]);
  const fourfold = timesX(s, timesX(s, s.op("v128.xor", v, opposite)));
  return mixColumns(s, s.op("v128.xor", v, fourfold));
};

/** A round of encryption: ShiftRows, SubBytes, MixColumns but in the last one, the key (SDM vol. 2A, AESENC). */
function encrypt(last: boolean): Binary {
  return (s, state, key) => {
    const shifted = permute(s, state, (row, column) => [row, column + row]);
    const substituted = s.f.call(HELPERS.aesSubstitute, [shifted]);
    return s.op("v128.xor", last ? substituted : mixColumns(s, substituted), key);
  };
}

/** A round of the equivalent inverse cipher (SDM vol. 2A, AESDEC). */
function decrypt(last: boolean): Binary {
  return (s, state, key) => {
    const shifted = permute(s, state, (row, column) => [row, column - row]);
    const substituted = s.f.call(HELPERS.aesSubstituteInverse, [shifted]);
    return s.op("v128.xor", last ? substituted : unmixColumns(s, substituted), key);
  };
}

/** AESKEYGENASSIST: of doublewords 1 and 3 the substitution, and that turned by a byte with the immediate added. */
const assistKey: UnaryImmediate = (s, v, imm) => {
  const substituted = s.f.call(HELPERS.aesSubstitute, [v]);
  const words = s.f.shuffle(substituted, substituted, [4, 5, 6, 7, 5, 6, 7, 4, 12, 13, 14, 15, 13, 14, 15, 12]);
  const odd = doublewords(s, (i) => ((i & 1) === 0 ? 0 : -1));
  return s.op("v128.xor", words, s.op("v128.and", s.op("i32x4.splat", imm), odd));
};

/** PCLMULQDQ: bit 0 chooses the quadword of the first factor, bit 4 that of the second (SDM vol. 2B). */
const carrylessProduct: BinaryImmediate = (s, a, b, imm) => {
  const chosen = (v: Value, bit: number): Value =>
    s.f.select(highQuadword(s, v), lowQuadword(s, v), s.op("i32.and", imm, s.f.i32(bit)));
  return s.f.call(HELPERS.carrylessProduct, [chosen(a, 1), chosen(b, 16)]);
};

/** AES instructions of a state and a round key. */
export const AES_BINARY_LANES: Readonly<Record<string, Binary>> = {
  aesenc: encrypt(false),
  aesenclast: encrypt(true),
  aesdec: decrypt(false),
  aesdeclast: decrypt(true),
};

export const AES_UNARY_LANES: Readonly<Record<string, Unary>> = { aesimc: unmixColumns };
export const AES_KEY_LANES: Readonly<Record<string, UnaryImmediate>> = { aeskeygenassist: assistKey };
export const CARRYLESS_LANES: Readonly<Record<string, BinaryImmediate>> = { pclmulqdq: carrylessProduct };

export const AES: SemanticsTable = {
  ...each(AES_BINARY_LANES, binary),
  ...each(AES_UNARY_LANES, unary),
  ...each(AES_KEY_LANES, unaryImmediate),
  ...each(CARRYLESS_LANES, binaryImmediate),
};
