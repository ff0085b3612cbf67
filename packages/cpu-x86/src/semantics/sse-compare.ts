import { I32, OP, type Value } from "@isinglass/uops";
import { SSE_COMPARE, SSE_MAX, SSE_MIN, SSE_ORDERED, SSE_UNORDERED, sseOperation } from "../sse-operations.js";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { type WideBinary, combine, each, firstSource, secondSource } from "./vector-forms.js";
import { DOUBLE, type FloatFormat, SINGLE, scalarGuard, vectorGuard } from "./sse-guard.js";
import {
  SECOND,
  assistVector,
  laneCount,
  loadResult,
  passScalar,
  readScalar,
  scalarLocal,
  setAll,
  toFloat,
  writeScalar,
} from "./sse-operand.js";
import { type Vector, immediateByte, simd, vectorLocal } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** MINSS, MAXSS: bits of the chosen scalar. No result is rounded, so only NaNs and denormals need the assist. */
export function scalarChoice(s: Semantics, id: number, format: FloatFormat, a: Value, b: Value): Value {
  const { f } = s;
  const guard = scalarGuard(s, format);
  const out = scalarLocal(s, format);
  const regular = s.op("i32.and", guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
  f.if(
    regular,
    () => {
      // Two zeros are equal: the second operand is taken.
      const first = s.op(
        `${format.float}.${id === SSE_MIN ? "lt" : "gt"}`,
        toFloat(s, a, format),
        toFloat(s, b, format),
      );
      f.set(out, f.select(a, b, first));
    },
    () => {
      passScalar(s, a, format, S.scratch);
      passScalar(s, b, format, SECOND);
      s.assist("sse-float", f.i32(sseOperation(id, format.bits, 1)));
      f.set(out, loadResult(s, format));
    },
  );
  return f.get(out);
}

/** i32 condition: all elements of some vectors are zero, normal or infinite. */
function areRegular(s: Semantics, format: FloatFormat, ...vectors: readonly Vector[]): Value {
  const guard = vectorGuard(s, format);
  return vectors
    .flat()
    .map((half) => guard.isRegular(guard.magnitude(half)))
    .reduce((p, q) => s.op("i32.and", p, q));
}

function vectorChoice(id: number, format: FloatFormat): WideBinary {
  return (s, a, b) => {
    const { f } = s;
    const outs = b.map(() => vectorLocal(s));
    f.if(
      areRegular(s, format, a, b),
      () =>
        outs.forEach((out, i) => {
          const [x, y] = [a[i]!, b[i]!];
          const first = id === SSE_MIN ? s.op(`${format.vector}.lt`, x, y) : s.op(`${format.vector}.lt`, y, x);
          f.set(out, s.op("v128.bitselect", x, y, first));
        }),
      () => setAll(s, outs, assistVector(s, sseOperation(id, format.bits, laneCount(format, b)), a, b)),
    );
    return outs.map((out) => f.get(out));
  };
}

/**
 * CMPSS, CMPSD: all ones or zero. For operands that are regular the eight predicates of the low three bits are equal, less, less or
 * equal, never, and their opposites (SDM vol. 2A, table 3-1); those of the VEX encodings differ only for NaNs.
 */
export function compareScalar(s: Semantics, format: FloatFormat, a: Value, b: Value, predicate: Value): Value {
  const { f } = s;
  const guard = scalarGuard(s, format);
  const out = scalarLocal(s, format);
  const regular = s.op("i32.and", guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
  f.if(
    regular,
    () => {
      const [x, y] = [toFloat(s, a, format), toFloat(s, b, format)];
      const equal = s.op(`${format.float}.eq`, x, y);
      const less = s.op(`${format.float}.lt`, x, y);
      const kind = s.op("i32.and", predicate, f.i32(3));
      // Bit by predicate: equal counts for 0 and 2, less for 1 and 2.
      const has = (mask: number): Value => s.op("i32.and", s.op("i32.shr_u", f.i32(mask), kind), f.i32(1));
      const holds = s.op("i32.or", s.op("i32.and", equal, has(5)), s.op("i32.and", less, has(6)));
      const inverted = s.op("i32.and", s.op("i32.shr_u", predicate, f.i32(2)), f.i32(1));
      const wide = s.op("i32.sub", f.i32(0), s.op("i32.xor", holds, inverted));
      f.set(out, format.bits === 64 ? s.op("i64.extend_i32_s", wide) : wide);
    },
    () => {
      passScalar(s, a, format, S.scratch);
      passScalar(s, b, format, SECOND);
      s.assist("sse-float", f.i32(sseOperation(SSE_COMPARE, format.bits, 1)), predicate);
      f.set(out, loadResult(s, format));
    },
  );
  return f.get(out);
}

/** CMPPS, CMPPD; see {@link compareScalar}. */
function compareVector(format: FloatFormat): WideBinary {
  return (s, a, b, immediate) => {
    const { f } = s;
    const predicate = predicateOf(s, immediate());
    const outs = b.map(() => vectorLocal(s));
    f.if(
      areRegular(s, format, a, b),
      () => {
        const kind = s.op("i32.and", predicate, f.i32(3));
        const has = (mask: number): Value =>
          s.op(
            "i32x4.splat",
            s.op("i32.sub", f.i32(0), s.op("i32.and", s.op("i32.shr_u", f.i32(mask), kind), f.i32(1))),
          );
        const [hasEqual, hasLess] = [has(5), has(6)];
        const inverted = s.op(
          "i32x4.splat",
          s.op("i32.sub", f.i32(0), s.op("i32.and", s.op("i32.shr_u", predicate, f.i32(2)), f.i32(1))),
        );
        outs.forEach((out, i) => {
          const equal = s.op("v128.and", s.op(`${format.vector}.eq`, a[i], b[i]), hasEqual);
          const less = s.op("v128.and", s.op(`${format.vector}.lt`, a[i], b[i]), hasLess);
          f.set(out, s.op("v128.xor", s.op("v128.or", equal, less), inverted));
        });
      },
      () =>
        setAll(s, outs, assistVector(s, sseOperation(SSE_COMPARE, format.bits, laneCount(format, b)), a, b, predicate)),
    );
    return outs.map((out) => f.get(out));
  };
}

/** COMISS, UCOMISS: ZF and CF as of an unsigned comparison, PF for unordered (SDM vol. 2A, COMISS), as RFLAGS bits. */
export function comparisonFlags(s: Semantics, id: number, format: FloatFormat, a: Value, b: Value): Value {
  const { f } = s;
  const guard = scalarGuard(s, format);
  const regular = s.op("i32.and", guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
  const flags = f.local(I32);
  f.if(
    regular,
    () => {
      const [x, y] = [toFloat(s, a, format), toFloat(s, b, format)];
      const equal = s.op("i32.shl", s.op(`${format.float}.eq`, x, y), f.i32(6));
      f.set(flags, s.op("i32.or", equal, s.op(`${format.float}.lt`, x, y)));
    },
    () => {
      passScalar(s, a, format, S.scratch);
      passScalar(s, b, format, SECOND);
      s.assist("sse-float", f.i32(sseOperation(id, format.bits, 1)));
      f.set(flags, f.stateLoad(OP.stateLoadI32, S.scratch));
    },
  );
  return f.get(flags);
}

/** Packed choices: MINPS and the others. */
const CHOICE_LANES: Readonly<Record<string, WideBinary>> = {
  minps: vectorChoice(SSE_MIN, SINGLE),
  minpd: vectorChoice(SSE_MIN, DOUBLE),
  maxps: vectorChoice(SSE_MAX, SINGLE),
  maxpd: vectorChoice(SSE_MAX, DOUBLE),
};

/** Packed comparisons: the immediate is a predicate of three bits, or of five in the VEX encodings. */
const COMPARE_LANES: Readonly<Record<string, WideBinary>> = {
  cmpps: compareVector(SINGLE),
  cmppd: compareVector(DOUBLE),
};

/** The legacy encodings have predicates of three bits, VEX ones of five (SDM vol. 2A, CMPPS). */
function predicateOf(s: Semantics, imm: Value): Value {
  return s.op("i32.and", imm, s.f.i32(s.shape.vex ? 31 : 7));
}

function choose(id: number, format: FloatFormat) {
  return simd((s) => {
    const b = readScalar(s, secondSource(s), format);
    writeScalar(s, 0, scalarChoice(s, id, format, readScalar(s, firstSource(s), format), b), format);
  });
}

function compare(format: FloatFormat) {
  return simd((s) => {
    const b = readScalar(s, secondSource(s), format);
    const a = readScalar(s, firstSource(s), format);
    writeScalar(s, 0, compareScalar(s, format, a, b, predicateOf(s, immediateByte(s))), format);
  });
}

function compareToFlags(id: number, format: FloatFormat) {
  return simd((s) => {
    const b = readScalar(s, 1, format);
    s.flagsBits(comparisonFlags(s, id, format, readScalar(s, 0, format), b));
  });
}

export const SSE_COMPARISONS: SemanticsTable = {
  ...each(CHOICE_LANES, combine),
  ...each(COMPARE_LANES, combine),
  minss: choose(SSE_MIN, SINGLE),
  minsd: choose(SSE_MIN, DOUBLE),
  maxss: choose(SSE_MAX, SINGLE),
  maxsd: choose(SSE_MAX, DOUBLE),
  cmpss: compare(SINGLE),
  cmpsd: compare(DOUBLE),
  comiss: compareToFlags(SSE_ORDERED, SINGLE),
  comisd: compareToFlags(SSE_ORDERED, DOUBLE),
  ucomiss: compareToFlags(SSE_UNORDERED, SINGLE),
  ucomisd: compareToFlags(SSE_UNORDERED, DOUBLE),
};
