import type { Binary, Unary } from "./integer-lanes.js";
import type { Semantics } from "./context.js";
import type { BinaryImmediate, UnaryImmediate } from "./shuffle-lanes.js";
import { immediateByte, isMmx, readVector, simd, writeVector } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/*
 * From lane functions to the legacy encodings: the destination is the first source too, memory operands are aligned. The source is
 * read first, so that its faults come before anything else.
 */

type Build = (s: Semantics) => void;

/**
 * destination = f(destination, source); `onMmx` where MMX registers have a function of their own, `aligned`: a memory operand has
 * to be.
 */
export function binary(lanes: Binary, onMmx: Binary = lanes, aligned = true): Build {
  return simd((s) => {
    const b = readVector(s, 1, aligned);
    writeVector(s, 0, (isMmx(s, 0) ? onMmx : lanes)(s, readVector(s, 0), b));
  });
}

/** destination = f(source). */
export function unary(lanes: Unary): Build {
  return simd((s) => writeVector(s, 0, lanes(s, readVector(s, 1))));
}

/** destination = f(destination, source, immediate). */
export function binaryImmediate(lanes: BinaryImmediate, onMmx: BinaryImmediate = lanes): Build {
  return simd((s) => {
    const b = readVector(s, 1);
    writeVector(s, 0, (isMmx(s, 0) ? onMmx : lanes)(s, readVector(s, 0), b, immediateByte(s)));
  });
}

/** destination = f(source, immediate). */
export function unaryImmediate(lanes: UnaryImmediate): Build {
  return simd((s) => writeVector(s, 0, lanes(s, readVector(s, 1), immediateByte(s))));
}

/** Semantics for each of a table of lane functions, with those for MMX registers. */
export function each<T>(
  table: Readonly<Record<string, T>>,
  operands: (lanes: T, onMmx?: T) => Build,
  onMmx: Readonly<Record<string, T>> = {},
): SemanticsTable {
  return Object.fromEntries(Object.entries(table).map(([name, lanes]) => [name, operands(lanes, onMmx[name])]));
}
