import { OP } from "./function.js";
import type { OpBuffer } from "./op-buffer.js";
import { type OpSpec, opSpec } from "./opcodes.js";
import { stateAccess } from "./state-access.js";
import { I32, I64, MEM_SIGNED, MEM_SIZE_MASK, type Value } from "./types.js";
import { type IrValue, joinI64 } from "./values.js";

/** The constant that a value is, if it is one. */
export function constantOf(buffer: OpBuffer, value: Value): IrValue | undefined {
  switch (buffer.op[value]) {
    case OP.constI32:
      return buffer.x[value];
    case OP.constI64:
      return joinI64(buffer.x[value]!, buffer.y[value]!);
    case OP.constV128:
      return Uint8Array.from(buffer.bytesOf(value));
    default:
      return undefined;
  }
}

/** A constant integer of either width, signed. */
export function integerOf(buffer: OpBuffer, value: Value): bigint | undefined {
  const constant = constantOf(buffer, value);
  return constant === undefined || constant instanceof Uint8Array ? undefined : BigInt(constant);
}

const DEPTH = 6;

/** Results that are 0 or 1. */
const BOOLEAN = /\.(eqz|eq|ne|[lg][te](_[su])?|any_true|all_true)$/;

/**
 * How many low bits of an integer value may be other than zero: the value, unsigned, is below 2 to the result. Looks a few
 * ops back and errs upwards.
 */
export function significantBits(buffer: OpBuffer, value: Value, depth: number = DEPTH): number {
  const spec = opSpec(buffer.op[value]!);
  const width = spec.result === I32 ? 32 : 64;
  const constant = integerOf(buffer, value);
  if (constant !== undefined) return constant === 0n ? 0 : BigInt.asUintN(width, constant).toString(2).length;
  if (spec.result === I32 && spec.isWasm && BOOLEAN.test(spec.name)) return 1;
  const access = stateAccess(buffer.op[value]!);
  if (access !== undefined) return access.signed ? width : 8 * access.bytes;
  if (buffer.op[value] === OP.guestLoad) {
    const descriptor = buffer.x[value]!;
    return (descriptor & MEM_SIGNED) === 0 ? 8 << (descriptor & MEM_SIZE_MASK) : width;
  }
  return depth === 0 ? width : Math.min(width, bitsOfResult(buffer, value, spec, width, depth - 1));
}

function bitsOfResult(buffer: OpBuffer, value: Value, spec: OpSpec, width: number, depth: number): number {
  const bits = (operand: Value): number => significantBits(buffer, operand, depth);
  const a = buffer.a[value]!;
  const b = buffer.b[value]!;
  const dot = spec.name.indexOf(".");
  const name = spec.name.slice(dot + 1);
  switch (name) {
    case "clz":
    case "ctz":
    case "popcnt":
      return 7;
    case "bitmask":
      return Number(/x(\d+)/.exec(spec.name)?.[1]);
    case "extract_lane_u":
      return spec.name.startsWith("i8") ? 8 : 16;
    case "and":
      return spec.result === I32 || spec.result === I64 ? Math.min(bits(a), bits(b)) : width;
    case "or":
    case "xor":
      return Math.max(bits(a), bits(b));
    case "add":
      return Math.max(bits(a), bits(b)) + 1;
    case "mul":
      return bits(a) + bits(b);
    case "extend_i32_u":
    case "wrap_i64":
    case "div_u":
      return bits(a);
    case "rem_u":
      return Math.min(bits(a), bits(b));
    case "i32":
    case "i64":
      return dot === "select".length && spec.name.startsWith("select") ? Math.max(bits(a), bits(b)) : width;
    case "shl":
    case "shr_u": {
      const by = integerOf(buffer, b);
      if (by === undefined) return name === "shl" ? width : bits(a);
      const distance = Number(BigInt.asUintN(64, by) % BigInt(width));
      return name === "shl" ? bits(a) + distance : Math.max(0, bits(a) - distance);
    }
    default:
      return width;
  }
}
