import { OP, type Value } from "@isinglass/uops";
import { OP_REG } from "@isinglass/isa-x86";
import type { Semantics } from "./context.js";
import {
  bytes,
  doublewords,
  highQuadword,
  immediateByte,
  isMmx,
  lowQuadword,
  readVector,
  simd,
  words,
  writeVector,
  zeroVector,
} from "./simd.js";
import type { SemanticsTable } from "./table.js";

/*
 * An immediate is a hole, not a constant, so what depends on it is computed: the four 2-bit fields of a shuffle become lanes
 * by a multiplication (which moves each field to the same place) and then byte indices for a swizzle. An executor that knows
 * the immediate folds all of it.
 */

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

const shuffleDoublewords = simd((s) => {
  const v = readVector(s, 1);
  writeVector(s, 0, s.op("i8x16.swizzle", v, doublewordIndices(s, immediateByte(s))));
});

/** PSHUFW (on MMX), PSHUFLW, PSHUFHW: words of one quadword, the other one stays. */
function shuffleWords(high: boolean) {
  return simd((s) => {
    const v = readVector(s, 1);
    const shuffled = s.op("i8x16.swizzle", v, wordIndices(s, immediateByte(s)));
    const pattern = Array.from({ length: 16 }, (_, i) => (i >= 8 === high ? i : i + 16));
    writeVector(s, 0, s.f.shuffle(shuffled, v, pattern));
  });
}

const shuffleSingles = simd((s) => {
  const b = readVector(s, 1);
  const a = readVector(s, 0);
  const index = doublewordIndices(s, immediateByte(s));
  const both = [0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31];
  writeVector(s, 0, s.f.shuffle(s.op("i8x16.swizzle", a, index), s.op("i8x16.swizzle", b, index), both));
});

const shuffleDoubles = simd((s) => {
  const b = readVector(s, 1);
  const a = readVector(s, 0);
  const imm = immediateByte(s);
  const chosen = (v: Value, bit: number): Value =>
    s.f.select(highQuadword(s, v), lowQuadword(s, v), s.op("i32.and", imm, s.f.i32(bit)));
  const low = s.op("i64x2.splat", chosen(a, 1));
  writeVector(s, 0, s.f.lane("i64x2.replace_lane", 1, low, chosen(b, 2)));
});

/** PALIGNR: bytes of destination:source from the immediate on; what lies beyond is zero. */
const alignRight = simd((s) => {
  const b = readVector(s, 1);
  const a = readVector(s, 0);
  const start = s.op("i8x16.splat", immediateByte(s));
  const index = s.op(
    "i8x16.add_sat_u",
    bytes(s, (i) => i),
    start,
  );
  if (isMmx(s, 0)) {
    const both = s.f.shuffle(b, a, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
    writeVector(s, 0, s.op("i8x16.swizzle", both, index));
    return;
  }
  const upper = s.op(
    "i8x16.sub",
    index,
    bytes(s, () => 16),
  );
  writeVector(s, 0, s.op("v128.or", s.op("i8x16.swizzle", b, index), s.op("i8x16.swizzle", a, upper)));
});

/** Ones in the element of `size` bytes that the immediate chooses. */
function elementMask(s: Semantics, size: 1 | 2 | 4 | 8, elements: number): Value {
  const chosen = s.op("i32.and", immediateByte(s), s.f.i32(elements - 1));
  return s.op(
    "i8x16.eq",
    s.op("i8x16.splat", chosen),
    bytes(s, (i) => Math.floor(i / size)),
  );
}

const SPLAT = { 1: "i8x16.splat", 2: "i16x8.splat", 4: "i32x4.splat", 8: "i64x2.splat" } as const;

/** PINSRB, PINSRW, PINSRD, PINSRQ. A register source gives its low bits. */
function insert(size: 1 | 2 | 4 | 8) {
  return simd((s) => {
    const bits = s.shape.opKind[1] === OP_REG ? s.bits(1) : size * 8;
    const value = s.shape.opKind[1] === OP_REG ? s.loadState(bits, 0, s.registerHole(1)) : s.load(bits);
    const splat = s.op(SPLAT[size], size === 8 ? value : s.op("i32.wrap_i64", value));
    const mask = elementMask(s, size, (isMmx(s, 0) ? 8 : 16) / size);
    writeVector(s, 0, s.op("v128.bitselect", splat, readVector(s, 0), mask));
  });
}

/** PEXTRB, PEXTRW, PEXTRD, PEXTRQ, EXTRACTPS: zero-extended into a register, or the element itself to memory. */
function extract(size: 1 | 2 | 4 | 8) {
  return simd((s) => {
    const elements = (isMmx(s, 1) ? 8 : 16) / size;
    const chosen = s.op("i32.and", immediateByte(s), s.f.i32(elements - 1));
    const first = s.op("i8x16.splat", s.op("i32.mul", chosen, s.f.i32(size)));
    const index = s.op(
      "i8x16.add",
      first,
      bytes(s, (i) => i),
    );
    const value = lowQuadword(s, s.op("i8x16.swizzle", readVector(s, 1), index));
    if (s.isMemory(0)) s.store(size * 8, value);
    else s.write(0, s.zext(value, size * 8));
  });
}

/** INSERTPS: the element chosen by bits 7:6 (of a register) to the place in bits 5:4, then zeros by bits 3:0. */
const insertSingle = simd((s) => {
  const imm = immediateByte(s);
  const field = (shift: number): Value => s.op("i32.and", s.op("i32.shr_u", imm, s.f.i32(shift)), s.f.i32(3));
  let value: Value;
  if (s.isMemory(1)) value = s.op("i32.wrap_i64", s.load(32));
  else {
    const index = s.op(
      "i8x16.add",
      s.op("i8x16.splat", s.op("i32.shl", field(6), s.f.i32(2))),
      bytes(s, (i) => i),
    );
    value = s.f.lane("i32x4.extract_lane", 0, s.op("i8x16.swizzle", readVector(s, 1), index));
  }
  const place = s.op(
    "i32x4.eq",
    s.op("i32x4.splat", field(4)),
    doublewords(s, (i) => i),
  );
  const inserted = s.op("v128.bitselect", s.op("i32x4.splat", value), readVector(s, 0), place);
  writeVector(s, 0, s.op("v128.andnot", inserted, bitMask(s, imm, 4)));
});

/** Ones in each element of `size` bytes whose bit in the immediate is set. */
function bitMask(s: Semantics, imm: Value, size: 2 | 4 | 8): Value {
  const bit = bytes(s, (i) => 1 << Math.floor(i / size));
  return s.op("i8x16.eq", s.op("v128.and", s.op("i8x16.splat", imm), bit), bit);
}

/** BLENDPS, BLENDPD, PBLENDW: elements of the source where the immediate has a one. */
function blend(size: 2 | 4 | 8) {
  return simd((s) => {
    const b = readVector(s, 1);
    writeVector(s, 0, s.op("v128.bitselect", b, readVector(s, 0), bitMask(s, immediateByte(s), size)));
  });
}

/** PBLENDVB, BLENDVPS, BLENDVPD: elements of the source where XMM0's has its sign bit set. */
function blendVariable(shape: string, width: number) {
  return simd((s) => {
    const b = readVector(s, 1);
    const mask = s.op(`${shape}.shr_s`, s.f.stateLoad(OP.stateLoadV128, 0, s.registerHole(2)), s.f.i32(width - 1));
    writeVector(s, 0, s.op("v128.bitselect", b, readVector(s, 0), mask));
  });
}

/** MPSADBW: eight sums of four absolute differences, of the destination's sliding window and one group of the source. */
const slidingDifferences = simd((s) => {
  const b = readVector(s, 1);
  const a = readVector(s, 0);
  const imm = immediateByte(s);
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
  writeVector(s, 0, sum);
});

export const SSE_SHUFFLE: SemanticsTable = {
  pshufd: shuffleDoublewords,
  pshufw: shuffleWords(false),
  pshuflw: shuffleWords(false),
  pshufhw: shuffleWords(true),
  shufps: shuffleSingles,
  shufpd: shuffleDoubles,
  palignr: alignRight,
  pinsrb: insert(1),
  pinsrw: insert(2),
  pinsrd: insert(4),
  pinsrq: insert(8),
  pextrb: extract(1),
  pextrw: extract(2),
  pextrd: extract(4),
  pextrq: extract(8),
  extractps: extract(4),
  insertps: insertSingle,
  blendps: blend(4),
  blendpd: blend(8),
  pblendw: blend(2),
  pblendvb: blendVariable("i8x16", 8),
  blendvps: blendVariable("i32x4", 32),
  blendvpd: blendVariable("i64x2", 64),
  mpsadbw: slidingDifferences,
};
