import { I32, I64, type Local, OP, type Value } from "@isinglass/uops";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { type Vector, writeVector } from "./simd.js";
import type { FloatFormat } from "./sse-guard.js";

/** Where the assist finds its second operand. */
export const SECOND: number = S.scratch + 32;

/** Bits of scalar operand `i`, an i32 or i64. */
export function readScalar(s: Semantics, i: number, format: FloatFormat): Value {
  if (!s.isMemory(i)) return s.f.stateLoad(format.bits === 64 ? OP.stateLoad64 : OP.stateLoadI32, 0, s.registerHole(i));
  const value = s.load(format.bits);
  return format.bits === 64 ? value : s.op("i32.wrap_i64", value);
}

/** Writes the low element of register operand `i`. The rest of it stays, or with VEX is that of operand 1, and zero from bit 128 on. */
export function writeScalar(s: Semantics, i: number, value: Value, format: FloatFormat): void {
  if (s.shape.vex) {
    const rest = s.f.stateLoad(OP.stateLoadV128, 0, s.registerHole(1));
    writeVector(s, i, s.f.lane(`${format.lanes}.replace_lane`, 0, rest, value));
  } else s.f.stateStore(format.bits === 64 ? OP.stateStore64 : OP.stateStoreI32, value, 0, s.registerHole(i));
}

/** Bits of a scalar to the assist's scratch. */
export function passScalar(s: Semantics, value: Value, format: FloatFormat, offset: number): void {
  s.f.stateStore(format.bits === 64 ? OP.stateStore64 : OP.stateStoreI32, value, offset);
}

export function toFloat(s: Semantics, value: Value, format: FloatFormat): Value {
  return s.op(`${format.float}.reinterpret_${format.int}`, value);
}

export function toBits(s: Semantics, value: Value, format: FloatFormat): Value {
  return s.op(`${format.int}.reinterpret_${format.float}`, value);
}

export function scalarLocal(s: Semantics, format: FloatFormat): Local {
  return s.f.local(format.bits === 64 ? I64 : I32);
}

export function loadResult(s: Semantics, format: FloatFormat): Value {
  return s.f.stateLoad(format.bits === 64 ? OP.stateLoad64 : OP.stateLoadI32, S.scratch);
}

/** Passes vectors to the assist and gives its result of `halves`. */
export function assistVector(
  s: Semantics,
  what: number,
  a: Vector | undefined,
  b: Vector,
  imm?: Value,
  halves: number = b.length,
): Value[] {
  a?.forEach((value, half) => s.f.stateStore(OP.stateStoreV128, value, S.scratch + 16 * half));
  b.forEach((value, half) => s.f.stateStore(OP.stateStoreV128, value, SECOND + 16 * half));
  s.assist("sse-float", s.f.i32(what), imm);
  return Array.from({ length: halves }, (_, half) => s.f.stateLoad(OP.stateLoadV128, S.scratch + 16 * half));
}

/** Sets vector locals. */
export function setAll(s: Semantics, locals: readonly Local[], values: Vector): void {
  locals.forEach((local, half) => s.f.set(local, values[half]!));
}

/** Elements of a vector. */
export const laneCount = (format: FloatFormat, v: Vector): number => (v.length * 128) / format.bits;
