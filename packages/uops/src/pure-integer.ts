import { IsinglassError } from "@isinglass/interface";
import { asI32, asI64, type IrValue, type PureFunction } from "./values.js";

const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const s32 = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** Integer operations on numbers of `width` bits; operands come signed and unsigned, the result is wrapped by the caller. */
interface Binary {
  (a: bigint, b: bigint, width: bigint): bigint;
}

const unsigned = (value: bigint, width: bigint): bigint => BigInt.asUintN(Number(width), value);

// A shift distance counts modulo the width (core specification, section 4.3.2).
const distance = (b: bigint, width: bigint): bigint => unsigned(b, width) % width;

function rotateLeft(a: bigint, by: bigint, width: bigint): bigint {
  const bits = unsigned(a, width);
  return (bits << by) | (bits >> (width - by));
}

function nonZero(b: bigint, name: string): bigint {
  if (b === 0n) {
    throw new IsinglassError("ISG_UOPS_TRAP", `uops: ${name} by zero; semantics must test the divisor before`);
  }
  return b;
}

const ARITHMETIC: Readonly<Record<string, Binary>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, w) => a << distance(b, w),
  shr_s: (a, b, w) => a >> distance(b, w),
  shr_u: (a, b, w) => unsigned(a, w) >> distance(b, w),
  rotl: (a, b, w) => rotateLeft(a, distance(b, w), w),
  rotr: (a, b, w) => rotateLeft(a, (w - distance(b, w)) % w, w),
};

const COMPARE: Readonly<Record<string, (a: bigint, b: bigint, width: bigint) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_s: (a, b) => a < b,
  gt_s: (a, b) => a > b,
  le_s: (a, b) => a <= b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b, w) => unsigned(a, w) < unsigned(b, w),
  gt_u: (a, b, w) => unsigned(a, w) > unsigned(b, w),
  le_u: (a, b, w) => unsigned(a, w) <= unsigned(b, w),
  ge_u: (a, b, w) => unsigned(a, w) >= unsigned(b, w),
};

/** Bits of `value`, most significant first. */
function binaryDigits(value: bigint, width: bigint): string {
  return unsigned(value, width).toString(2).padStart(Number(width), "0");
}

function firstOne(digits: string): number {
  const at = digits.indexOf("1");
  return at < 0 ? digits.length : at;
}

function trailingZeros(digits: string): number {
  return digits.length - 1 - digits.lastIndexOf("1");
}

const COUNT: Readonly<Record<string, (value: bigint, width: bigint) => number>> = {
  clz: (value, width) => firstOne(binaryDigits(value, width)),
  ctz: (value, width) => trailingZeros(binaryDigits(value, width)),
  popcnt: (value, width) => binaryDigits(value, width).replaceAll("0", "").length,
};

function divide(name: string, a: bigint, b: bigint): bigint {
  switch (name) {
    case "div_s": {
      const quotient = a / nonZero(b, "i64.div_s");
      if (quotient === 1n << 63n) {
        throw new IsinglassError(
          "ISG_UOPS_TRAP",
          "uops: i64.div_s of -2^63 by -1 overflows; semantics must test for it",
        );
      }
      return quotient;
    }
    case "div_u":
      return u64(a) / nonZero(u64(b), "i64.div_u");
    case "rem_s":
      return a % nonZero(b, "i64.rem_s");
    default:
      return u64(a) % nonZero(u64(b), "i64.rem_u");
  }
}

const wide = (value: IrValue | undefined): bigint => BigInt(asI32(value));

function build(): Map<string, PureFunction> {
  const table = new Map<string, PureFunction>();
  for (const [name, f] of Object.entries(ARITHMETIC)) {
    table.set(`i32.${name}`, (o) => s32(f(wide(o[0]), wide(o[1]), 32n)));
    table.set(`i64.${name}`, (o) => s64(f(asI64(o[0]), asI64(o[1]), 64n)));
  }
  for (const [name, f] of Object.entries(COMPARE)) {
    table.set(`i32.${name}`, (o) => Number(f(wide(o[0]), wide(o[1]), 32n)));
    table.set(`i64.${name}`, (o) => Number(f(asI64(o[0]), asI64(o[1]), 64n)));
  }
  for (const [name, f] of Object.entries(COUNT)) {
    table.set(`i32.${name}`, (o) => f(wide(o[0]), 32n));
    table.set(`i64.${name}`, (o) => BigInt(f(asI64(o[0]), 64n)));
  }
  for (const name of ["div_s", "div_u", "rem_s", "rem_u"]) {
    table.set(`i64.${name}`, (o) => s64(divide(name, asI64(o[0]), asI64(o[1]))));
  }
  for (const bits of [8, 16]) {
    table.set(`i32.extend${bits}_s`, (o) => Number(BigInt.asIntN(bits, wide(o[0]))));
  }
  for (const bits of [8, 16, 32]) {
    table.set(`i64.extend${bits}_s`, (o) => BigInt.asIntN(bits, asI64(o[0])));
  }
  table.set("i32.eqz", (o) => Number(asI32(o[0]) === 0));
  table.set("i64.eqz", (o) => Number(asI64(o[0]) === 0n));
  table.set("i32.wrap_i64", (o) => s32(asI64(o[0])));
  table.set("i64.extend_i32_s", (o) => wide(o[0]));
  table.set("i64.extend_i32_u", (o) => BigInt.asUintN(32, wide(o[0])));
  return table;
}

/** The pure integer micro-ops by name (core specification 2.0, section 4.3.2). */
export const PURE_INTEGER: ReadonlyMap<string, PureFunction> = build();
