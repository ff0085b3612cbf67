import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import type { Binary, Unary } from "./integer-lanes.js";
import type { BinaryImmediate, UnaryImmediate } from "./shuffle-lanes.js";
import { type Alignment, type Vector, immediateByte, isMmx, readHalves, simd, writeHalves } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/*
 * From functions of values to instructions, of the legacy and of the VEX encodings alike. In the legacy ones the destination is the first
 * source too and memory operands are aligned; VEX ones have three operands, 128 or 256 bits of two halves. The last source is read first, so
 * that its faults come before anything else.
 */

type Build = (s: Semantics) => void;

/** One vector from one, of one half or two together: where what becomes of one half may depend on the other (exceptions). */
export type WideUnary = (s: Semantics, v: Vector, imm: () => Value) => Vector;
export type WideBinary = (s: Semantics, a: Vector, b: Vector, imm: () => Value) => Vector;

/** Which operand an instruction of two sources takes the first one from: the destination, or with VEX one of its own. */
export function firstSource(s: Semantics): number {
  return s.shape.vex ? 1 : 0;
}

export function secondSource(s: Semantics): number {
  return s.shape.vex ? 2 : 1;
}

/** destination = f(first source, second source, immediate). */
export function combine(f: WideBinary): Build {
  return combineFrom(f, "legacy");
}

function combineFrom(f: WideBinary, aligned: Alignment): Build {
  return simd((s) => {
    const b = readHalves(s, secondSource(s), aligned);
    const a = readHalves(s, firstSource(s));
    writeHalves(
      s,
      0,
      f(s, a, b, () => immediateByte(s)),
    );
  });
}

/** destination = f(source, immediate). */
export function transform(f: WideUnary): Build {
  return simd((s) =>
    writeHalves(
      s,
      0,
      f(s, readHalves(s, 1), () => immediateByte(s)),
    ),
  );
}

/**
 * destination = f(first source, second source), half by half; `onMmx` where MMX registers have a function of their own, `aligned`: whether a
 * memory operand of the legacy encoding has to be.
 */
export function binary(lanes: Binary, onMmx: Binary = lanes, aligned: Alignment = "legacy"): Build {
  return combineFrom((s, a, b) => b.map((v, i) => (isMmx(s, 0) ? onMmx : lanes)(s, a[i]!, v)), aligned);
}

/** destination = f(source), half by half. */
export function unary(lanes: Unary): Build {
  return transform((s, v) => v.map((half) => lanes(s, half)));
}

/** As {@link binary} with an immediate, of which the upper half takes the bits from `upper` on. */
export function binaryImmediate(lanes: BinaryImmediate, onMmx: BinaryImmediate = lanes, upper = 0): Build {
  return combine((s, a, b, imm) => {
    const byte = imm();
    return b.map((v, i) => {
      const bits = i === 0 || upper === 0 ? byte : s.op("i32.shr_u", byte, s.f.i32(upper));
      return (isMmx(s, 0) ? onMmx : lanes)(s, a[i]!, v, bits);
    });
  });
}

/** As {@link unary} with an immediate. */
export function unaryImmediate(lanes: UnaryImmediate): Build {
  return transform((s, v, imm) => {
    const byte = imm();
    return v.map((half) => lanes(s, half, byte));
  });
}

/** Semantics for each of a table of lane functions, with those for MMX registers. */
export function each<T>(
  table: Readonly<Record<string, T>>,
  operands: (lanes: T, onMmx?: T) => Build,
  onMmx: Readonly<Record<string, T>> = {},
): SemanticsTable {
  return Object.fromEntries(Object.entries(table).map(([name, lanes]) => [name, operands(lanes, onMmx[name])]));
}
