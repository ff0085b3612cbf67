import { MEM_FOR_WRITE, OP, type Value } from "@isinglass/uops";
import { SSE_FROM_HALF, SSE_TO_HALF, sseOperation } from "../sse-operations.js";
import { S, UPPER_HALF, vectorOffset } from "../state.js";
import type { Semantics } from "./context.js";
import { DOUBLE, type FloatFormat, SINGLE } from "./sse-guard.js";
import { assistVector, readScalar, writeScalar } from "./sse-operand.js";
import {
  checkAvx,
  loadQuadword,
  lowQuadword,
  probeVector,
  readHalves,
  readVector,
  simd,
  storeVector,
  writeHalves,
  writeLow,
  writeVector,
  zeroVector,
} from "./simd.js";
import type { SemanticsTable } from "./table.js";
import { unary } from "./vector-forms.js";

/** VMOVSS, VMOVSD: between registers the low element of operand 2 and the rest of operand 1. */
function moveScalar(format: FloatFormat) {
  const { bits } = format;
  const load = bits === 64 ? OP.stateLoad64 : OP.stateLoad32U;
  return simd((s) => {
    if (s.isMemory(0)) s.store(bits, s.f.stateLoad(load, 0, s.registerHole(1)));
    else if (s.isMemory(1)) writeLow(s, 0, s.zext(s.load(bits), bits));
    else writeScalar(s, 0, readScalar(s, 2, format), format);
  });
}

/** A quadword of operand 1, and one of operand 2 from byte `from` of a register, or from memory, in the lower (0) or upper (1) place. */
function moveHalf(place: 0 | 1, from: 0 | 8) {
  return simd((s) => {
    if (s.isMemory(0)) {
      s.store(64, loadQuadword(s, 1, place * 8));
      return;
    }
    const moved = s.isMemory(2) ? s.load(64) : loadQuadword(s, 2, from);
    writeVector(s, 0, s.f.lane("i64x2.replace_lane", place, readVector(s, 1), moved));
  });
}

/** VMOVDDUP: the even quadword of each half twice. Of 128 bits the source has 64. */
const duplicateQuadwords = simd((s) => {
  if (s.shape.wide)
    writeHalves(
      s,
      0,
      readHalves(s, 1).map((v) => s.op("i64x2.splat", lowQuadword(s, v))),
    );
  else writeVector(s, 0, s.op("i64x2.splat", s.isMemory(1) ? s.load(64) : loadQuadword(s, 1)));
});

/** VZEROUPPER, VZEROALL: eight registers outside 64-bit mode (SDM vol. 2C, VZEROALL). */
function zeroRegisters(all: boolean) {
  return (s: Semantics): void => {
    checkAvx(s);
    for (let i = 0; i < (s.is64 ? 16 : 8); i += 1) {
      if (all) s.f.stateStore(OP.stateStoreV128, zeroVector(s), vectorOffset(i));
      s.f.stateStore(OP.stateStoreV128, zeroVector(s), vectorOffset(i) + UPPER_HALF);
    }
  };
}

const SPLAT = { 8: "i8x16.splat", 16: "i16x8.splat", 32: "i32x4.splat", 64: "i64x2.splat" } as const;

/** The low element of a register, or one of memory, to all elements. */
function broadcast(bits: 8 | 16 | 32 | 64) {
  return simd((s) => {
    const element = s.isMemory(1) ? s.load(bits) : loadQuadword(s, 1);
    const v = s.op(SPLAT[bits], bits === 64 ? element : s.op("i32.wrap_i64", element));
    writeHalves(s, 0, s.shape.wide ? [v, v] : [v]);
  });
}

/** 128 bits of memory to both halves. */
const broadcastHalf = simd((s) => {
  const v = readVector(s, 1);
  writeHalves(s, 0, [v, v]);
});

/** The half of `v` that bit 0 of the immediate chooses. */
function chosenHalf(s: Semantics, [low, high]: readonly Value[]): Value {
  return s.f.select(high!, low!, s.op("i32.and", s.immediateI32(), s.f.i32(1)));
}

const extractHalf = simd((s) => {
  const v = chosenHalf(s, readHalves(s, 1));
  if (s.isMemory(0)) storeVector(s, [v], false);
  else writeVector(s, 0, v);
});

const insertHalf = simd((s) => {
  const b = readVector(s, 2);
  const [low, high] = readHalves(s, 1);
  const upper = s.op("i32.and", s.immediateI32(), s.f.i32(1));
  writeHalves(s, 0, [s.f.select(low!, b, upper), s.f.select(b, high!, upper)]);
});

/** VCVTPH2PS: always exact, but a signaling NaN is invalid. */
const fromHalves = simd((s) => {
  const b = readVector(s, 1);
  const lanes = s.shape.wide ? 8 : 4;
  writeHalves(s, 0, assistVector(s, sseOperation(SSE_FROM_HALF, 32, lanes), undefined, [b], undefined, lanes >> 2));
});

/** VCVTPS2PH. */
const toHalves = simd((s) => {
  const v = readHalves(s, 1);
  // A fault of the memory operand comes before MXCSR changes.
  if (s.isMemory(0)) {
    if (s.shape.wide) probeVector(s);
    else s.load(64, MEM_FOR_WRITE);
  }
  const [result] = assistVector(s, sseOperation(SSE_TO_HALF, 32, 4 * v.length), undefined, v, s.immediateI32(), 1);
  if (!s.isMemory(0)) writeVector(s, 0, result!);
  else if (s.shape.wide) storeVector(s, [result!], false);
  else s.store(64, s.f.stateLoad(OP.stateLoad64, S.scratch));
});

export const VEX_MOVE: SemanticsTable = {
  vmovss: moveScalar(SINGLE),
  vmovsd: moveScalar(DOUBLE),
  vmovlps: moveHalf(0, 0),
  vmovlpd: moveHalf(0, 0),
  vmovhps: moveHalf(1, 0),
  vmovhpd: moveHalf(1, 0),
  vmovhlps: moveHalf(0, 8),
  vmovlhps: moveHalf(1, 0),
  vmovddup: duplicateQuadwords,
  vzeroall: zeroRegisters(true),
  vzeroupper: zeroRegisters(false),
  vbroadcastss: broadcast(32),
  vbroadcastsd: broadcast(64),
  vbroadcastf128: broadcastHalf,
  vbroadcasti128: broadcastHalf,
  vpbroadcastb: broadcast(8),
  vpbroadcastw: broadcast(16),
  vpbroadcastd: broadcast(32),
  vpbroadcastq: broadcast(64),
  vextractf128: extractHalf,
  vextracti128: extractHalf,
  vinsertf128: insertHalf,
  vinserti128: insertHalf,
  vcvtph2ps: fromHalves,
  vcvtps2ph: toHalves,
  vlddqu: unary((_, v) => v),
};
