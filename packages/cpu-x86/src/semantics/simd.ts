import { MEM_FOR_WRITE, MEM_STACK, OP, V128, type Local, type Value } from "@isinglass/uops";
import { OP_IMM, RC_MMX, RC_XMM } from "@isinglass/isa-x86";
import { S } from "../state.js";
import { type Semantics, VECTOR_GP } from "./context.js";

/** log2 of a vector's bytes, as memory descriptors have it. */
const SIZE_V128 = 4;

/** Raises #UD or #NM unless SSE instructions may execute (SDM vol. 3A, table 14-2): one derived field says so. */
export function checkSse(s: Semantics): void {
  s.f.if(s.op("i32.eqz", s.f.stateLoad(OP.stateLoadI32, S.simdReady)), () => s.assist("sse-check"));
}

/** Raises #UD, #NM or #MF unless MMX instructions may execute (SDM vol. 3A, 13.1 and 13.4). */
export function checkMmx(s: Semantics): void {
  const blocked = s.op("i32.eqz", s.f.stateLoad(OP.stateLoadI32, S.mmxReady));
  s.f.if(s.op("i32.or", blocked, s.f.stateLoad(OP.stateLoadI32, S.fpuPending)), () => s.assist("mmx-check"));
}

/** What every MMX instruction but EMMS does to the x87 state: TOP = 0, all registers in use (SDM vol. 1, 9.5.1). */
export function enterMmx(s: Semantics): void {
  s.f.stateStore(OP.stateStoreI32, s.f.i32(0), S.fpuTop);
  s.f.stateStore(OP.stateStore64, s.const(0), S.fpuEmpty);
}

export function isMmx(s: Semantics, i: number): boolean {
  return s.shape.opClass[i] === RC_MMX;
}

export function isXmm(s: Semantics, i: number): boolean {
  return s.shape.opClass[i] === RC_XMM;
}

export function isImmediate(s: Semantics, i: number): boolean {
  return s.shape.opKind[i] === OP_IMM;
}

/** Checks what the operands ask for, builds the instruction, leaves the x87 state as MMX does. */
export function simd(body: (s: Semantics) => void): (s: Semantics) => void {
  return (s) => {
    const usesMmx = s.shape.opClass.includes(RC_MMX);
    if (s.shape.opClass.includes(RC_XMM) || !usesMmx) checkSse(s);
    if (usesMmx) checkMmx(s);
    body(s);
    if (usesMmx) enterMmx(s);
  };
}

export function zeroVector(s: Semantics): Value {
  return s.f.v128(Array.from({ length: 16 }, () => 0));
}

/** A vector constant of sixteen bytes. */
export function bytes(s: Semantics, value: (i: number) => number): Value {
  return s.f.v128(Array.from({ length: 16 }, (_, i) => value(i) & 0xff));
}

/** A vector constant of eight words, four doublewords or two quadwords (given as low and high half). */
export function words(s: Semantics, value: (i: number) => number): Value {
  return bytes(s, (i) => value(i >> 1) >> (8 * (i & 1)));
}

export function doublewords(s: Semantics, value: (i: number) => number): Value {
  return bytes(s, (i) => value(i >> 2) >> (8 * (i & 3)));
}

export function quadwords(s: Semantics, lo: number, hi: number): Value {
  return doublewords(s, (i) => ((i & 1) === 0 ? lo : hi));
}

/** A vector whose low quadword is `value` and whose high one is zero. */
export function lowVector(s: Semantics, value: Value): Value {
  return s.f.lane("i64x2.replace_lane", 0, zeroVector(s), value);
}

export function lowQuadword(s: Semantics, vector: Value): Value {
  return s.f.lane("i64x2.extract_lane", 0, vector);
}

export function highQuadword(s: Semantics, vector: Value): Value {
  return s.f.lane("i64x2.extract_lane", 1, vector);
}

/**
 * Linear address of the 128-bit memory operand. The legacy encodings raise #GP(0) for one that is not aligned, but for the
 * instructions that say "unaligned" (SDM vol. 1, 11.4.1).
 */
function vectorAddress(s: Semantics, aligned: boolean, write: boolean): Value {
  const address = s.address(16, write);
  if (aligned) s.f.if(s.op("i32.and", s.op("i32.wrap_i64", address), s.f.i32(15)), () => s.fault(VECTOR_GP, 0));
  return address;
}

const stackFlag = (s: Semantics): number => (s.shape.stackSegment ? MEM_STACK : 0);

function loadVector(s: Semantics, aligned: boolean, flags = 0): Value {
  return s.f.guestLoad(vectorAddress(s, aligned, (flags & MEM_FOR_WRITE) !== 0), SIZE_V128 | flags | stackFlag(s));
}

export function storeVector(s: Semantics, value: Value, aligned: boolean): void {
  s.f.guestStore(vectorAddress(s, aligned, true), value, SIZE_V128 | stackFlag(s));
}

/** Low quadword of vector register operand `i`, from byte `offset` on. */
export function loadQuadword(s: Semantics, i: number, offset = 0): Value {
  return s.f.stateLoad(OP.stateLoad64, offset, s.registerHole(i));
}

export function storeQuadword(s: Semantics, i: number, value: Value, offset = 0): void {
  s.f.stateStore(OP.stateStore64, value, offset, s.registerHole(i));
}

/**
 * Operand `i` as a vector. What has 64 bits or fewer (an MMX register, a short memory operand) is in the low quadword; what
 * is above it has no meaning.
 */
export function readVector(s: Semantics, i: number, aligned = true): Value {
  if (s.isMemory(i)) return s.bits(i) === 128 ? loadVector(s, aligned) : s.op("i64x2.splat", s.load(s.bits(i)));
  if (isMmx(s, i)) return s.op("i64x2.splat", loadQuadword(s, i));
  return s.f.stateLoad(OP.stateLoadV128, 0, s.registerHole(i));
}

/** Writes register operand `i`, XMM or MMX. */
export function writeVector(s: Semantics, i: number, value: Value): void {
  if (isMmx(s, i)) writeMmx(s, i, lowQuadword(s, value));
  else s.f.stateStore(OP.stateStoreV128, value, 0, s.registerHole(i));
}

/** Writes an MMX register: sign and exponent of the x87 register under it become ones (SDM vol. 1, 9.5.1). */
export function writeMmx(s: Semantics, i: number, value: Value): void {
  storeQuadword(s, i, value);
  s.f.stateStore(OP.stateStore16, s.const(-1), 8, s.registerHole(i));
}

/** Writes a quadword to an XMM register and zeroes the upper one. */
export function writeLow(s: Semantics, i: number, value: Value): void {
  storeQuadword(s, i, value);
  storeQuadword(s, i, s.const(0), 8);
}

/** The immediate byte as an i32 0..255. */
export function immediateByte(s: Semantics): Value {
  return s.op("i32.and", s.immediateI32(), s.f.i32(0xff));
}

/** A mutable vector local. */
export function vectorLocal(s: Semantics): Local {
  return s.f.local(V128);
}
