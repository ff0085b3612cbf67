import type { Value } from "@isinglass/uops";
import { OP_REG } from "@isinglass/isa-x86";
import type { Semantics } from "./context.js";
import { binaryImmediate, each, firstSource, secondSource, unaryImmediate } from "./vector-forms.js";
import {
  BINARY_IMMEDIATE_LANES,
  MMX_IMMEDIATE_LANES,
  UNARY_IMMEDIATE_LANES,
  blendBySign,
  insertSingle,
  insertedElement,
} from "./shuffle-lanes.js";
import {
  bytes,
  immediateByte,
  isMmx,
  lowQuadword,
  readHalves,
  readVector,
  simd,
  writeHalves,
  writeVector,
} from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** Size in bytes of an element that is inserted or extracted. */
export type ElementSize = 1 | 2 | 4 | 8;

/** Ones in the element of `size` bytes that the immediate chooses. */
function elementMask(s: Semantics, imm: Value, size: ElementSize, elements: number): Value {
  const chosen = s.op("i32.and", imm, s.f.i32(elements - 1));
  return s.op(
    "i8x16.eq",
    s.op("i8x16.splat", chosen),
    bytes(s, (i) => Math.floor(i / size)),
  );
}

const SPLAT = { 1: "i8x16.splat", 2: "i16x8.splat", 4: "i32x4.splat", 8: "i64x2.splat" } as const;

/** `a` with `value`, an i64, in the element that the immediate chooses. */
export function insertElement(
  s: Semantics,
  a: Value,
  value: Value,
  imm: Value,
  size: ElementSize,
  elements: number = 16 / size,
): Value {
  const splat = s.op(SPLAT[size], size === 8 ? value : s.op("i32.wrap_i64", value));
  return s.op("v128.bitselect", splat, a, elementMask(s, imm, size, elements));
}

/** The general-register or memory operand `i` of an insertion: of a register its low bits. */
export function readElement(s: Semantics, i: number, size: ElementSize): Value {
  const bits = s.shape.opKind[i] === OP_REG ? s.bits(i) : size * 8;
  return s.shape.opKind[i] === OP_REG ? s.loadState(bits, 0, s.registerHole(i)) : s.load(bits);
}

/** PINSRB, PINSRW, PINSRD, PINSRQ. */
function insert(size: ElementSize) {
  return simd((s) => {
    const value = readElement(s, secondSource(s), size);
    const elements = (isMmx(s, 0) ? 8 : 16) / size;
    writeVector(s, 0, insertElement(s, readVector(s, firstSource(s)), value, immediateByte(s), size, elements));
  });
}

/** PEXTRB, PEXTRW, PEXTRD, PEXTRQ, EXTRACTPS: zero-extended into a register, or the element itself to memory. */
export function extract(size: ElementSize): (s: Semantics) => void {
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

/** INSERTPS: the element of a register chosen by bits 7:6, or the one in memory. */
const insertps = simd((s) => {
  const imm = immediateByte(s);
  const source = secondSource(s);
  const value = s.isMemory(source) ? s.op("i32.wrap_i64", s.load(32)) : insertedElement(s, readVector(s, source), imm);
  writeVector(s, 0, insertSingle(s, readVector(s, firstSource(s)), value, imm));
});

/** PBLENDVB, BLENDVPS, BLENDVPD: the mask is XMM0, or with VEX a fourth operand. */
function blendVariable(bits: 8 | 32 | 64) {
  return simd((s) => {
    const source = secondSource(s);
    const b = readHalves(s, source);
    const a = readHalves(s, firstSource(s));
    const mask = readHalves(s, source + 1);
    writeHalves(
      s,
      0,
      b.map((v, i) => blendBySign(s, a[i]!, v, mask[i]!, bits)),
    );
  });
}

/** From which bit of the immediate on the upper half of 256 bits takes its own (SDM vol. 2, each of them). */
const UPPER_IMMEDIATE: Readonly<Record<string, number>> = { shufpd: 2, blendps: 4, blendpd: 2, mpsadbw: 3 };

export const SSE_SHUFFLE: SemanticsTable = {
  ...each(UNARY_IMMEDIATE_LANES, unaryImmediate),
  ...each(BINARY_IMMEDIATE_LANES, binaryImmediate, MMX_IMMEDIATE_LANES),
  ...Object.fromEntries(
    Object.entries(UPPER_IMMEDIATE).map(([name, upper]) => [
      name,
      binaryImmediate(BINARY_IMMEDIATE_LANES[name]!, undefined, upper),
    ]),
  ),
  pinsrb: insert(1),
  pinsrw: insert(2),
  pinsrd: insert(4),
  pinsrq: insert(8),
  pextrb: extract(1),
  pextrw: extract(2),
  pextrd: extract(4),
  pextrq: extract(8),
  extractps: extract(4),
  insertps,
  pblendvb: blendVariable(8),
  blendvps: blendVariable(32),
  blendvpd: blendVariable(64),
};
