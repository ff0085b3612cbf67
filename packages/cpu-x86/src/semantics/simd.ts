import { MEM_FOR_WRITE, MEM_PART, MEM_STACK, OP, V128, type Local, type Value } from "@isinglass/uops";
import { OP_IMM, RC_MMX, RC_XMM } from "@isinglass/isa-x86";
import { S, UPPER_HALF } from "../state.js";
import { type Semantics, VECTOR_GP, VECTOR_SS } from "./context.js";

/** log2 of a vector's bytes, as memory descriptors have it. */
const SIZE_V128 = 4;

/** Raises #UD or #NM unless SSE instructions may execute (SDM vol. 3A, table 14-2): one derived field says so. */
export function checkSse(s: Semantics): void {
  s.f.if(s.op("i32.eqz", s.f.stateLoad(OP.stateLoadI32, S.simdReady)), () => s.assist("sse-check"));
}

/** As {@link checkSse} for VEX-encoded instructions (SDM vol. 2A, 2.4). */
export function checkAvx(s: Semantics): void {
  s.f.if(s.op("i32.eqz", s.f.stateLoad(OP.stateLoadI32, S.avxReady)), () => s.assist("avx-check"));
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
    if (s.shape.vex) checkAvx(s);
    else if (s.shape.opClass.includes(RC_XMM) || !usesMmx) checkSse(s);
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

/** Linear address of the memory operand of `size` bytes, which if `aligned` raises #GP(0) unless it is a multiple of them. */
export function vectorAddress(s: Semantics, size: number, aligned: boolean, write: boolean): Value {
  const address = s.address(size, write);
  if (aligned) s.f.if(s.op("i32.and", s.op("i32.wrap_i64", address), s.f.i32(size - 1)), () => s.fault(VECTOR_GP, 0));
  return address;
}

/**
 * Whether a 128-bit memory operand that need not be aligned with VEX has to be: the legacy encodings raise #GP(0), but for the
 * instructions that say "unaligned" (SDM vol. 1, 11.4.1 and 14.9).
 */
export type Alignment = boolean | "legacy";

const wantsAlignment = (s: Semantics, aligned: Alignment): boolean => (aligned === "legacy" ? !s.shape.vex : aligned);

const stackFlag = (s: Semantics): number => (s.shape.stackSegment ? MEM_STACK : 0);

function loadVector(s: Semantics, aligned: Alignment, flags = 0): Value {
  const address = vectorAddress(s, 16, wantsAlignment(s, aligned), (flags & MEM_FOR_WRITE) !== 0);
  return s.f.guestLoad(address, SIZE_V128 | flags | stackFlag(s));
}

/** Raises what a store of 128 bits to the memory operand would raise. */
export function probeVector(s: Semantics): void {
  loadVector(s, false, MEM_FOR_WRITE);
}

/** The two halves of a 256-bit memory operand. */
function loadPair(s: Semantics, aligned: Alignment): [low: Value, high: Value] {
  const address = pairAddress(s, wantsAlignment(s, aligned), false);
  const low = s.f.guestLoad(address, SIZE_V128 | stackFlag(s));
  return [low, s.f.guestLoad(s.op("i64.add", address, s.const(16)), SIZE_V128 | MEM_PART | stackFlag(s))];
}

/**
 * Linear address of the 256-bit memory operand. Outside 64-bit mode one that goes beyond 4 GiB faults here: compiled code may take limits
 * for granted of each half alone.
 */
function pairAddress(s: Semantics, aligned: boolean, write: boolean): Value {
  if (!s.is64) {
    const wraps = s.op("i64.gt_u", s.offset(), s.const(-32, 0));
    s.f.if(wraps, () => s.fault(s.shape.stackSegment ? VECTOR_SS : VECTOR_GP, 0));
  }
  return vectorAddress(s, 32, aligned, write);
}

/** Stores a vector to the memory operand: 16 bytes, or 32 for two halves. */
export function storeVector(s: Semantics, value: Vector, aligned: boolean): void {
  const [low, high] = value;
  if (high === undefined) s.f.guestStore(vectorAddress(s, 16, aligned, true), low!, SIZE_V128 | stackFlag(s));
  else s.f.guestStorePair(pairAddress(s, aligned, true), low!, high, stackFlag(s));
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
export function readVector(s: Semantics, i: number, aligned: Alignment = "legacy"): Value {
  if (s.isMemory(i)) return s.bits(i) === 128 ? loadVector(s, aligned) : s.op("i64x2.splat", s.load(s.bits(i)));
  if (isMmx(s, i)) return s.op("i64x2.splat", loadQuadword(s, i));
  return s.f.stateLoad(OP.stateLoadV128, 0, s.registerHole(i));
}

/** Writes register operand `i`, XMM or MMX. With VEX bits 255:128 become zero (SDM vol. 1, 14.1.2). */
export function writeVector(s: Semantics, i: number, value: Value): void {
  if (isMmx(s, i)) {
    writeMmx(s, i, lowQuadword(s, value));
    return;
  }
  s.f.stateStore(OP.stateStoreV128, value, 0, s.registerHole(i));
  if (s.shape.vex) writeUpper(s, i, zeroVector(s));
}

/** Writes bits 255:128 of register operand `i`. */
function writeUpper(s: Semantics, i: number, value: Value): void {
  s.f.stateStore(OP.stateStoreV128, value, UPPER_HALF, s.registerHole(i));
}

/** 128-bit halves of a vector, the low one first: one, or two of 256 bits. */
export type Vector = readonly Value[];

/** Operand `i` as {@link readVector} has it, or both its halves where it has 256 bits. */
export function readHalves(s: Semantics, i: number, aligned: Alignment = "legacy"): Vector {
  if (s.bits(i) !== 256) return [readVector(s, i, aligned)];
  if (s.isMemory(i)) return loadPair(s, aligned);
  const hole = s.registerHole(i);
  return [s.f.stateLoad(OP.stateLoadV128, 0, hole), s.f.stateLoad(OP.stateLoadV128, UPPER_HALF, hole)];
}

/** Writes register operand `i`, one half or both. */
export function writeHalves(s: Semantics, i: number, [low, high]: Vector): void {
  if (high === undefined) {
    writeVector(s, i, low!);
    return;
  }
  s.f.stateStore(OP.stateStoreV128, low!, 0, s.registerHole(i));
  writeUpper(s, i, high);
}

/** Writes an MMX register: sign and exponent of the x87 register under it become ones (SDM vol. 1, 9.5.1). */
export function writeMmx(s: Semantics, i: number, value: Value): void {
  storeQuadword(s, i, value);
  s.f.stateStore(OP.stateStore16, s.const(-1), 8, s.registerHole(i));
}

/** Writes a quadword to an XMM register and zeroes the upper one, with VEX all above. */
export function writeLow(s: Semantics, i: number, value: Value): void {
  storeQuadword(s, i, value);
  storeQuadword(s, i, s.const(0), 8);
  if (s.shape.vex) writeUpper(s, i, zeroVector(s));
}

/** The immediate byte as an i32 0..255. */
export function immediateByte(s: Semantics): Value {
  return s.op("i32.and", s.immediateI32(), s.f.i32(0xff));
}

/** A mutable vector local. */
export function vectorLocal(s: Semantics): Local {
  return s.f.local(V128);
}
