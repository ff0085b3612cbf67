import {
  asI32,
  asI64,
  bitsOfF32,
  bitsOfF64,
  f32FromBits,
  f64FromBits,
  type IrValue,
  type PureFunction,
} from "./values.js";

/** Rounds to an integer, ties to even, and keeps the sign of zero. */
function nearest(value: number): number {
  const down = Math.floor(value);
  if (!Number.isFinite(value) || down === value) return value;
  const rest = value - down;
  const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  const rounded = up ? down + 1 : down;
  return rounded === 0 && value < 0 ? -0 : rounded;
}

/**
 * Float operations on numbers. Rounding the double result of one single-precision operation once more gives the right
 * single: a double has more than twice the digits of a single and two more (Figueroa, "When is double rounding innocuous?").
 */
export const FLOAT_UNARY: Readonly<Record<string, (a: number) => number>> = {
  sqrt: Math.sqrt,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
};

export const FLOAT_BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

export const FLOAT_COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
};

/** Sign-bit operations; they keep the payload of a NaN. */
export const F32_SIGN: Readonly<Record<string, (bits: number) => number>> = {
  abs: (bits) => bits & 0x7fffffff,
  neg: (bits) => bits ^ -0x80000000,
};

export const F64_SIGN: Readonly<Record<string, (bits: bigint) => bigint>> = {
  abs: (bits) => bits & 0x7fffffffffffffffn,
  neg: (bits) => BigInt.asIntN(64, bits ^ (1n << 63n)),
};

/** Truncates towards zero and clamps to a signed integer of `bits` bits; NaN gives 0. */
function truncateSaturating(value: number, bits: number): bigint {
  if (Number.isNaN(value)) return 0n;
  const limit = 1n << BigInt(bits - 1);
  if (value >= Number(limit)) return limit - 1n;
  if (value <= -Number(limit)) return -limit;
  return BigInt(Math.trunc(value));
}

/**
 * Nearest single to a 64-bit integer. Going over a double would round twice, so digits that it cannot hold are first
 * folded into its last one (round to odd), which leaves the second rounding right.
 */
function singleFromInteger(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const dropped = 11n;
  if (magnitude < 1n << 53n) return Number(value);
  const kept = (magnitude >> dropped) | (magnitude % (1n << dropped) === 0n ? 0n : 1n);
  return Number((value < 0n ? -kept : kept) << dropped);
}

const f32 = (value: IrValue | undefined): number => f32FromBits(asI32(value));
const f64 = (value: IrValue | undefined): number => f64FromBits(asI64(value));

function build(): Map<string, PureFunction> {
  const table = new Map<string, PureFunction>();
  for (const [name, f] of Object.entries(FLOAT_UNARY)) {
    table.set(`f32.${name}`, (o) => bitsOfF32(f(f32(o[0]))));
    table.set(`f64.${name}`, (o) => bitsOfF64(f(f64(o[0]))));
  }
  for (const [name, f] of Object.entries(FLOAT_BINARY)) {
    table.set(`f32.${name}`, (o) => bitsOfF32(f(f32(o[0]), f32(o[1]))));
    table.set(`f64.${name}`, (o) => bitsOfF64(f(f64(o[0]), f64(o[1]))));
  }
  for (const [name, f] of Object.entries(FLOAT_COMPARE)) {
    table.set(`f32.${name}`, (o) => Number(f(f32(o[0]), f32(o[1]))));
    table.set(`f64.${name}`, (o) => Number(f(f64(o[0]), f64(o[1]))));
  }
  for (const [name, f] of Object.entries(F32_SIGN)) table.set(`f32.${name}`, (o) => f(asI32(o[0])));
  for (const [name, f] of Object.entries(F64_SIGN)) table.set(`f64.${name}`, (o) => f(asI64(o[0])));

  table.set("f32.reinterpret_i32", (o) => asI32(o[0]));
  table.set("i32.reinterpret_f32", (o) => asI32(o[0]));
  table.set("f64.reinterpret_i64", (o) => asI64(o[0]));
  table.set("i64.reinterpret_f64", (o) => asI64(o[0]));
  table.set("f32.convert_i32_s", (o) => bitsOfF32(asI32(o[0])));
  table.set("f32.convert_i32_u", (o) => bitsOfF32(asI32(o[0]) >>> 0));
  table.set("f32.convert_i64_s", (o) => bitsOfF32(singleFromInteger(asI64(o[0]))));
  table.set("f64.convert_i32_s", (o) => bitsOfF64(asI32(o[0])));
  table.set("f64.convert_i32_u", (o) => bitsOfF64(asI32(o[0]) >>> 0));
  table.set("f64.convert_i64_s", (o) => bitsOfF64(Number(asI64(o[0]))));
  table.set("i32.trunc_sat_f32_s", (o) => Number(truncateSaturating(f32(o[0]), 32)));
  table.set("i32.trunc_sat_f64_s", (o) => Number(truncateSaturating(f64(o[0]), 32)));
  table.set("i64.trunc_sat_f32_s", (o) => truncateSaturating(f32(o[0]), 64));
  table.set("i64.trunc_sat_f64_s", (o) => truncateSaturating(f64(o[0]), 64));
  table.set("f64.promote_f32", (o) => bitsOfF64(f32(o[0])));
  table.set("f32.demote_f64", (o) => bitsOfF32(f64(o[0])));
  return table;
}

/**
 * The pure float micro-ops by name (core specification 2.0, sections 4.3.3 and 4.3.4). Where WebAssembly leaves the bits of
 * a NaN result open (arithmetic, rounding, promotion, demotion), the result here is the canonical NaN, sign clear.
 */
export const PURE_FLOAT: ReadonlyMap<string, PureFunction> = build();
