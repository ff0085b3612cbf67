import { MEM_FOR_WRITE, MEM_STACK, OP, type Value } from "@isinglass/uops";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { unary } from "./vector-forms.js";
import {
  checkAvx,
  checkMmx,
  checkSse,
  enterMmx,
  isMmx,
  isXmm,
  loadQuadword,
  readHalves,
  readVector,
  simd,
  storeQuadword,
  storeVector,
  writeHalves,
  writeLow,
  writeMmx,
  writeVector,
} from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** MOVAPS and the like (`aligned`), MOVUPS and the like: all 128 bits. */
function moveVector(aligned: boolean) {
  return simd((s) => {
    if (s.isMemory(0)) storeVector(s, readHalves(s, 1), aligned);
    else writeHalves(s, 0, readHalves(s, 1, aligned));
  });
}

/** MOVSS, MOVSD: between registers the upper part stays, a load zeroes it (SDM vol. 2B, MOVSS). */
function moveScalar(bits: 32 | 64) {
  return simd((s) => {
    const load = bits === 64 ? OP.stateLoad64 : OP.stateLoad32U;
    if (s.isMemory(0)) s.store(bits, s.f.stateLoad(load, 0, s.registerHole(1)));
    else if (s.isMemory(1)) writeLow(s, 0, s.zext(s.load(bits), bits));
    else
      s.f.stateStore(
        bits === 64 ? OP.stateStore64 : OP.stateStore32,
        s.f.stateLoad(load, 0, s.registerHole(1)),
        0,
        s.registerHole(0),
      );
  });
}

/** MOVD, MOVQ in all directions: zero-extended to the whole of a vector register. */
function moveInteger(bits: 32 | 64) {
  return simd((s) => {
    const isVector = (i: number): boolean => isMmx(s, i) || isXmm(s, i);
    const value = isVector(1)
      ? s.f.stateLoad(bits === 64 ? OP.stateLoad64 : OP.stateLoad32U, 0, s.registerHole(1))
      : s.zext(s.read(1), bits);
    if (isMmx(s, 0)) writeMmx(s, 0, value);
    else if (isXmm(s, 0)) writeLow(s, 0, value);
    else s.write(0, value);
  });
}

/** MOVLPS, MOVHPS, MOVLPD, MOVHPD: one half of a register and memory. */
function moveHalf(offset: 0 | 8) {
  return simd((s) => {
    if (s.isMemory(0)) s.store(64, loadQuadword(s, 1, offset));
    else storeQuadword(s, 0, s.load(64), offset);
  });
}

/** MOVHLPS, MOVLHPS: one half of a register to the other half of another. */
function crossHalf(to: 0 | 8, from: 0 | 8) {
  return simd((s) => storeQuadword(s, 0, loadQuadword(s, 1, from), to));
}

/** MOVSLDUP, MOVSHDUP: each pair of singles becomes its even or odd one. */
function duplicate(odd: 0 | 1) {
  return unary((s, v) =>
    s.f.shuffle(
      v,
      v,
      Array.from({ length: 16 }, (_, i) => (i & 8) + odd * 4 + (i & 3)),
    ),
  );
}

/** Sign bits to a general register; `elements` to 128 bits. */
function mask(op: string, elements: number) {
  return simd((s) => {
    const [low, high] = readHalves(s, 1).map((half) => s.op(op, half));
    const bits = high === undefined ? low! : s.op("i32.or", low, s.op("i32.shl", high, s.f.i32(elements)));
    s.write(0, s.op("i64.extend_i32_u", isMmx(s, 1) ? s.op("i32.and", bits, s.f.i32(0xff)) : bits));
  });
}

/**
 * MASKMOVDQU, MASKMOVQ: the bytes that a mask chooses, to the segment's rDI. All bytes are checked for writing, as the
 * manual allows; the others are written back as they were.
 */
function maskMove(s: Semantics): void {
  const isQuad = isMmx(s, 0);
  if (isQuad) {
    checkMmx(s);
    // Before the memory access: AMD's CPUs have made the transition when that faults.
    enterMmx(s);
  } else if (s.shape.vex) checkAvx(s);
  else checkSse(s);
  const size = isQuad ? 8 : 16;
  const pointer =
    s.shape.addressSize === 64 ? s.gpr(7, 64) : s.zext(s.gpr(7, s.shape.addressSize), s.shape.addressSize);
  const linear = s.implied(pointer, size, true);
  const value = readVector(s, 0);
  const chosen = s.op("i8x16.shr_s", readVector(s, 1), s.f.i32(7));
  const stack = s.shape.stackSegment ? MEM_STACK : 0;
  if (isQuad) {
    const old = s.loadAt(linear, 64, MEM_FOR_WRITE | stack);
    const mixed = s.op("v128.bitselect", value, s.op("i64x2.splat", old), chosen);
    s.storeAt(linear, s.f.lane("i64x2.extract_lane", 0, mixed), 64, stack);
    return;
  }
  const old = s.f.guestLoad(linear, 4 | MEM_FOR_WRITE | stack);
  s.f.guestStore(linear, s.op("v128.bitselect", value, old, chosen), 4 | stack);
}

/** LDMXCSR: a reserved bit raises #GP(0) (SDM vol. 1, 10.2.3); pending flags raise nothing. */
const loadMxcsr = simd((s) => {
  const value = s.op("i32.wrap_i64", s.load(32));
  s.f.if(s.op("i32.and", value, s.f.i32(0xffff0000 | 0)), () => s.fault(13, 0));
  s.f.stateStore(OP.stateStoreI32, value, S.mxcsr);
});

const storeMxcsr = simd((s) => s.store(32, s.f.stateLoad(OP.stateLoad32U, S.mxcsr)));

const storeNonTemporal = simd((s) => s.store(64, loadQuadword(s, 1)));

const broadcastLow = simd((s) => {
  const low: Value = s.isMemory(1) ? s.load(64) : loadQuadword(s, 1);
  writeVector(s, 0, s.op("i64x2.splat", low));
});

export const SSE_MOVE: SemanticsTable = {
  movaps: moveVector(true),
  movapd: moveVector(true),
  movdqa: moveVector(true),
  movups: moveVector(false),
  movupd: moveVector(false),
  movdqu: moveVector(false),
  lddqu: moveVector(false),
  movntps: moveVector(true),
  movntpd: moveVector(true),
  movntdq: moveVector(true),
  movntdqa: moveVector(true),
  movss: moveScalar(32),
  movsd: moveScalar(64),
  movd: moveInteger(32),
  movq: moveInteger(64),
  movntq: storeNonTemporal,
  movnti: (s) => s.write(0, s.read(1)),
  movq2dq: simd((s) => writeLow(s, 0, loadQuadword(s, 1))),
  movdq2q: simd((s) => writeMmx(s, 0, loadQuadword(s, 1))),
  movlps: moveHalf(0),
  movlpd: moveHalf(0),
  movhps: moveHalf(8),
  movhpd: moveHalf(8),
  movhlps: crossHalf(0, 8),
  movlhps: crossHalf(8, 0),
  movddup: broadcastLow,
  movsldup: duplicate(0),
  movshdup: duplicate(1),
  movmskps: mask("i32x4.bitmask", 4),
  movmskpd: mask("i64x2.bitmask", 2),
  pmovmskb: mask("i8x16.bitmask", 16),
  maskmovq: maskMove,
  maskmovdqu: maskMove,
  ldmxcsr: loadMxcsr,
  stmxcsr: storeMxcsr,
};
