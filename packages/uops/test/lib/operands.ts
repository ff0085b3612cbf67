import { F32, F64, I32, I64, V128, type ValueType } from "../../src/index.js";
import type { Random } from "./random.js";

/** Unsigned bit patterns worth trying at a width: edges of the integer range, and of the float formats of that width. */
export function boundaries(width: 8 | 16 | 32 | 64): readonly bigint[] {
  const top = 1n << BigInt(width - 1);
  const integers = [
    0n,
    1n,
    2n,
    7n,
    8n,
    15n,
    16n,
    31n,
    32n,
    63n,
    64n,
    top - 2n,
    top - 1n,
    top,
    top + 1n,
    2n * top - 2n,
    2n * top - 1n,
  ];
  return [...new Set([...integers, ...(FLOATS[width] ?? [])])].filter((value) => value < 2n * top);
}

const FLOATS: Readonly<Record<number, readonly bigint[]>> = {
  // Zero, smallest and largest subnormal, smallest normal, 0.5, 1, 1.5, 2.5, 2^23, 2^31, 2^63, largest, infinity,
  // quiet NaN, signalling NaN, NaN with payload; and the same with the sign.
  32: [
    0x80000000n,
    1n,
    0x7fffffn,
    0x800000n,
    0x3f000000n,
    0x3effffffn,
    0x3f800000n,
    0x3fc00000n,
    0x40200000n,
    0x4b000000n,
    0x4f000000n,
    0x4effffffn,
    0x5f000000n,
    0x7f7fffffn,
    0x7f800000n,
    0x7fc00000n,
    0x7f800001n,
    0x7fc12345n,
    0x34000000n,
  ].flatMap((bits) => [bits, bits ^ 0x80000000n]),
  64: [
    1n << 63n,
    1n,
    0xfffffffffffffn,
    0x10000000000000n,
    0x3fe0000000000000n,
    0x3fdfffffffffffffn,
    0x3ff0000000000000n,
    0x3ff8000000000000n,
    0x4004000000000000n,
    0x4330000000000000n,
    0x41e0000000000000n,
    0x41dfffffffc00000n,
    0x43e0000000000000n,
    0x43dfffffffffffffn,
    0x7fefffffffffffffn,
    0x7ff0000000000000n,
    0x7ff8000000000000n,
    0x7ff0000000000001n,
    0x7ff8000012345678n,
    0x47efffffe0000000n,
    0x47effffff0000000n,
    0x36a0000000000000n,
    0x3690000000000000n,
    0x3690000000000001n,
    0x38100000_00000000n,
    0x3ff0000010000000n,
    0x3ff0000030000000n,
  ].flatMap((bits) => [bits, bits ^ (1n << 63n)]),
};

/** Bytes of a value in memory order, 16 of them whatever its type. */
export type Slot = Uint8Array;

export function slotOf(bits: bigint): Slot {
  return Uint8Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
}

function widthOf(type: ValueType): 32 | 64 {
  return type === I32 || type === F32 ? 32 : 64;
}

/** All operands of a scalar type that are always tried, and none for vectors. */
export function edgeSlots(type: ValueType): readonly Slot[] {
  return type === V128 ? [] : boundaries(widthOf(type)).map((bits) => slotOf(bits));
}

/** A random operand: plain random bits, an edge, or a float with an exponent near 0 so that rounding happens. */
export function randomSlot(type: ValueType, random: Random): Slot {
  if (type === V128) {
    const width = random.pick([8, 16, 32, 64] as const);
    let bits = 0n;
    for (let done = 0; done < 128; done += width) bits = (bits << BigInt(width)) | randomBits(width, random);
    return slotOf(bits);
  }
  return slotOf(randomBits(widthOf(type), random));
}

function randomBits(width: 8 | 16 | 32 | 64, random: Random): bigint {
  const raw = BigInt.asUintN(width, random.u64());
  const way = random.below(4);
  if (way === 0) return random.pick(boundaries(width));
  if (way === 1) return raw >> BigInt(random.below(width));
  if (way === 2 && width >= 32) {
    const [mantissa, bias] = width === 32 ? [23n, 127n] : [52n, 1023n];
    const exponent = bias - 40n + BigInt(random.below(80));
    const low = raw & ((1n << mantissa) - 1n);
    return (
      (raw & (1n << BigInt(width - 1))) |
      (exponent << mantissa) |
      (low & -(1n << BigInt(random.below(Number(mantissa)))))
    );
  }
  return raw;
}

/** Names of types in the WebAssembly text format. */
export const WASM_TYPE_NAME: Readonly<Record<number, "i32" | "i64" | "f32" | "f64" | "v128">> = {
  [I32]: "i32",
  [I64]: "i64",
  [F32]: "f32",
  [F64]: "f64",
  [V128]: "v128",
};
