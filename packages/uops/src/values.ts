import { IsinglassError } from "@isinglass/interface";

/**
 * A value while the reference evaluator holds it.
 *
 * | type | held as |
 * | - | - |
 * | i32 | number, signed |
 * | i64 | bigint, signed |
 * | f32 | number: the 32 bits of the float as a signed integer |
 * | f64 | bigint: the 64 bits of the float as a signed integer |
 * | v128 | 16 bytes, lane 0 first |
 *
 * Floats are held as their bits because a JavaScript number does not keep the payload of a NaN, and reinterpretation,
 * `abs` and `neg` must (core specification 2.0, section 4.3.3).
 */
export type IrValue = number | bigint | Uint8Array;

/** A pure micro-op as a function of its operands and its lane number (0 where it has none). */
export type PureFunction = (operands: readonly IrValue[], lane: number) => IrValue;

function wrongType(want: string, value: IrValue | undefined): IsinglassError {
  const have = value instanceof Uint8Array ? "v128" : typeof value === "bigint" ? "i64" : typeof value;
  return new IsinglassError("ISG_UOPS_TYPE", `uops: operand is ${have}; ${want} is wanted here`);
}

export function asI32(value: IrValue | undefined): number {
  if (typeof value !== "number") throw wrongType("a 32-bit number", value);
  return value;
}

export function asI64(value: IrValue | undefined): bigint {
  if (typeof value !== "bigint") throw wrongType("a 64-bit bigint", value);
  return value;
}

export function asV128(value: IrValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== 16) throw wrongType("16 bytes", value);
  return value;
}

/** 64-bit integer from its two halves, signed. */
export function joinI64(lo: number, hi: number): bigint {
  return (BigInt(hi | 0) << 32n) | BigInt(lo >>> 0);
}

/** Low and high half of a 64-bit integer, both signed. */
export function splitI64(value: bigint): readonly [number, number] {
  return [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
}

/** Whether two values of the same type are the same, bit for bit. */
export function sameValue(a: IrValue, b: IrValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a.every((byte, i) => byte === b[i]);
  return a === b;
}

const scratch = new DataView(new ArrayBuffer(8));

export function f32FromBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

export function f64FromBits(bits: bigint): number {
  scratch.setBigInt64(0, bits);
  return scratch.getFloat64(0);
}

const CANONICAL_NAN_F32 = 0x7fc00000;
const CANONICAL_NAN_F64 = 0x7ff8000000000000n;

/** Bits of a float after rounding to single precision; a NaN becomes the canonical one. */
export function bitsOfF32(value: number): number {
  if (Number.isNaN(value)) return CANONICAL_NAN_F32;
  scratch.setFloat32(0, value);
  return scratch.getInt32(0);
}

/** Bits of a float; a NaN becomes the canonical one. */
export function bitsOfF64(value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL_NAN_F64;
  scratch.setFloat64(0, value);
  return scratch.getBigInt64(0);
}
