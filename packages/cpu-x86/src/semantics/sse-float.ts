import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import {
  ADD,
  type Arithmetic,
  DIV,
  DOT_LANES,
  FLOAT_BINARY_LANES,
  FLOAT_UNARY_LANES,
  MUL,
  ROUND_LANES,
  SQRT,
  SUB,
  approximateScalar,
  roundScalar,
  scalarResult,
} from "./float-lanes.js";
import { combine, each, firstSource, secondSource, transform } from "./vector-forms.js";
import { DOUBLE, type FloatFormat, SINGLE } from "./sse-guard.js";
import { readScalar, writeScalar } from "./sse-operand.js";
import { immediateByte, simd } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** destination = f(destination, source), scalars. */
function scalarArithmetic(op: Arithmetic, format: FloatFormat) {
  return simd((s) => {
    const b = readScalar(s, secondSource(s), format);
    const a = op === SQRT ? undefined : readScalar(s, firstSource(s), format);
    writeScalar(s, 0, scalarResult(s, op, format, a, b), format);
  });
}

/** destination = f(source), a scalar. */
function scalar(format: FloatFormat, lanes: (s: Semantics, b: Value) => Value) {
  return simd((s) => writeScalar(s, 0, lanes(s, readScalar(s, secondSource(s), format)), format));
}

export const SSE_FLOAT: SemanticsTable = {
  ...each(FLOAT_BINARY_LANES, combine),
  ...each(FLOAT_UNARY_LANES, transform),
  ...each(ROUND_LANES, transform),
  ...each(DOT_LANES, combine),
  addss: scalarArithmetic(ADD, SINGLE),
  addsd: scalarArithmetic(ADD, DOUBLE),
  subss: scalarArithmetic(SUB, SINGLE),
  subsd: scalarArithmetic(SUB, DOUBLE),
  mulss: scalarArithmetic(MUL, SINGLE),
  mulsd: scalarArithmetic(MUL, DOUBLE),
  divss: scalarArithmetic(DIV, SINGLE),
  divsd: scalarArithmetic(DIV, DOUBLE),
  sqrtss: scalarArithmetic(SQRT, SINGLE),
  sqrtsd: scalarArithmetic(SQRT, DOUBLE),
  rcpss: scalar(SINGLE, (s, b) => approximateScalar(s, false, b)),
  rsqrtss: scalar(SINGLE, (s, b) => approximateScalar(s, true, b)),
  roundss: scalar(SINGLE, (s, b) => roundScalar(s, SINGLE, b, immediateByte(s))),
  roundsd: scalar(DOUBLE, (s, b) => roundScalar(s, DOUBLE, b, immediateByte(s))),
};
