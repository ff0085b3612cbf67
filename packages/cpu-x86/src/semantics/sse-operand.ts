import { I32, I64, type Local, OP, type Value } from "@isinglass/uops";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import type { FloatFormat } from "./sse-guard.js";

/** Where the assist finds its second operand. */
export const SECOND: number = S.scratch + 16;

/** Bits of scalar operand `i`, an i32 or i64. */
export function readScalar(s: Semantics, i: number, format: FloatFormat): Value {
  if (!s.isMemory(i)) return s.f.stateLoad(format.bits === 64 ? OP.stateLoad64 : OP.stateLoadI32, 0, s.registerHole(i));
  const value = s.load(format.bits);
  return format.bits === 64 ? value : s.op("i32.wrap_i64", value);
}

/** Writes the low element of vector register `i`, keeps the rest. */
export function writeScalar(s: Semantics, i: number, value: Value, format: FloatFormat): void {
  s.f.stateStore(format.bits === 64 ? OP.stateStore64 : OP.stateStoreI32, value, 0, s.registerHole(i));
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

/** Passes two vectors to the assist and gives its result. */
export function assistVector(s: Semantics, what: number, a: Value | undefined, b: Value, imm?: Value): Value {
  if (a !== undefined) s.f.stateStore(OP.stateStoreV128, a, S.scratch);
  s.f.stateStore(OP.stateStoreV128, b, SECOND);
  s.assist("sse-float", s.f.i32(what), imm);
  return s.f.stateLoad(OP.stateLoadV128, S.scratch);
}

export const laneCount = (format: FloatFormat): number => 128 / format.bits;
