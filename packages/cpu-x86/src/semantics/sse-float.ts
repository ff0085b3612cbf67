import type { Value } from "@isinglass/uops";
import {
  SSE_ADD,
  SSE_ADD_SUB,
  SSE_DIV,
  SSE_DOT,
  SSE_MUL,
  SSE_RECIPROCAL,
  SSE_RECIPROCAL_ROOT,
  SSE_ROUND,
  SSE_SQRT,
  SSE_SUB,
  sseOperation,
} from "../sse-operations.js";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import {
  SECOND,
  assistVector,
  laneCount,
  loadResult,
  passScalar,
  readScalar,
  scalarLocal,
  toBits,
  toFloat,
  writeScalar,
} from "./sse-operand.js";
import { DOUBLE, type FloatFormat, type Guard, SINGLE, mxcsrIsPlain, scalarGuard, vectorGuard } from "./sse-guard.js";
import { immediateByte, readVector, simd, vectorLocal, writeVector } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** An arithmetic operation: its id, its native name, and for which operands a zero result is exact (none: for all). */
interface Arithmetic {
  readonly id: number;
  readonly name: "add" | "sub" | "mul" | "div" | "sqrt";
  readonly exactZero?: (guard: Guard, a: Value, b: Value) => Value;
  /** The packed operation, where WebAssembly has none of that name. */
  readonly vector?: (s: Semantics, format: FloatFormat, a: Value, b: Value) => Value;
}

const ADD: Arithmetic = { id: SSE_ADD, name: "add" };
const SUB: Arithmetic = { id: SSE_SUB, name: "sub" };
const MUL: Arithmetic = {
  id: SSE_MUL,
  name: "mul",
  exactZero: (guard, a, b) => guard.or(guard.isZero(a), guard.isZero(b)),
};
const DIV: Arithmetic = { id: SSE_DIV, name: "div", exactZero: (guard, a) => guard.isZero(a) };
const SQRT: Arithmetic = { id: SSE_SQRT, name: "sqrt" };

/**
 * Whether a native result stands: no denormal operand (infinities and NaNs show in the result, but for a divisor: x / infinity
 * is a zero that is not exact by {@link Arithmetic.exactZero}), and a result that is safely normal or an exact zero.
 */
function stands(op: Arithmetic, guard: Guard, a: Value | undefined, b: Value, result: Value, always: Value): Value[] {
  const mb = guard.magnitude(b);
  const mr = guard.magnitude(result);
  const conditions = [guard.isNotDenormal(mb)];
  let exact = always;
  if (a !== undefined) {
    const ma = guard.magnitude(a);
    conditions.push(guard.isNotDenormal(ma));
    if (op.exactZero !== undefined) exact = op.exactZero(guard, ma, mb);
  }
  return [...conditions, guard.isSafe(mr, exact)];
}

function allOf(s: Semantics, conditions: readonly Value[]): Value {
  return conditions.reduce((a, b) => s.op("i32.and", a, b));
}

function scalarArithmetic(op: Arithmetic, format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readScalar(s, 1, format);
    const a = op.id === SSE_SQRT ? undefined : readScalar(s, 0, format);
    const out = scalarLocal(s, format);
    f.block((done) => {
      f.if(mxcsrIsPlain(s), () => {
        const name = `${format.float}.${op.name}`;
        const y = toFloat(s, b, format);
        f.set(out, toBits(s, a === undefined ? s.op(name, y) : s.op(name, toFloat(s, a, format), y), format));
        done(allOf(s, stands(op, scalarGuard(s, format), a, b, f.get(out), f.i32(1))));
      });
      if (a !== undefined) passScalar(s, a, format, S.scratch);
      passScalar(s, b, format, SECOND);
      s.assist("sse-float", f.i32(sseOperation(op.id, format.bits, 1)));
      f.set(out, loadResult(s, format));
    });
    writeScalar(s, 0, f.get(out), format);
  });
}

/** ADDSUBPS, ADDSUBPD: both results, of which the even elements are the differences. */
const ADD_SUB: Arithmetic = {
  id: SSE_ADD_SUB,
  name: "add",
  vector(s, format, a, b) {
    const size = format.bits / 8;
    const pattern = Array.from({ length: 16 }, (_, i) => ((i / size) & 1) * 16 + i);
    return s.f.shuffle(s.op(`${format.vector}.sub`, a, b), s.op(`${format.vector}.add`, a, b), pattern);
  },
};

function vectorArithmetic(op: Arithmetic, format: FloatFormat) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = op.id === SSE_SQRT ? undefined : readVector(s, 0);
    writeVector(s, 0, vectorResult(s, op, format, a, b));
  });
}

/** Result of a packed operation, native where that is right. */
function vectorResult(s: Semantics, op: Arithmetic, format: FloatFormat, a: Value | undefined, b: Value): Value {
  const { f } = s;
  const out = vectorLocal(s);
  f.block((done) => {
    f.if(mxcsrIsPlain(s), () => {
      const name = `${format.vector}.${op.name}`;
      if (a === undefined) f.set(out, s.op(name, b));
      else f.set(out, op.vector === undefined ? s.op(name, a, b) : op.vector(s, format, a, b));
      const ones = f.v128(Array.from({ length: 16 }, () => 0xff));
      done(allOf(s, stands(op, vectorGuard(s, format), a, b, f.get(out), ones)));
    });
    f.set(out, assistVector(s, sseOperation(op.id, format.bits, laneCount(format)), a, b));
  });
  return f.get(out);
}

/** HADDPS and the others: neighbours of the destination, then of the source. */
function horizontal(op: Arithmetic, format: FloatFormat) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    const size = format.bits / 8;
    const pick = (odd: number): Value =>
      s.f.shuffle(
        a,
        b,
        Array.from({ length: 16 }, (_, i) => Math.floor(i / size) * 2 * size + odd * size + (i % size)),
      );
    writeVector(s, 0, vectorResult(s, op, format, pick(0), pick(1)));
  });
}

/** What only the assist computes: packed, both operands (or the source alone), an immediate if there is one. */
function assisted(id: number, format: FloatFormat, withImmediate = false) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    writeVector(
      s,
      0,
      assistVector(
        s,
        sseOperation(id, format.bits, laneCount(format)),
        a,
        b,
        withImmediate ? immediateByte(s) : undefined,
      ),
    );
  });
}

function assistedScalar(id: number, format: FloatFormat, withImmediate = false) {
  return simd((s) => {
    passScalar(s, readScalar(s, 1, format), format, SECOND);
    s.assist("sse-float", s.f.i32(sseOperation(id, format.bits, 1)), withImmediate ? immediateByte(s) : undefined);
    writeScalar(s, 0, loadResult(s, format), format);
  });
}

export const SSE_FLOAT: SemanticsTable = {
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
  addps: vectorArithmetic(ADD, SINGLE),
  addpd: vectorArithmetic(ADD, DOUBLE),
  subps: vectorArithmetic(SUB, SINGLE),
  subpd: vectorArithmetic(SUB, DOUBLE),
  mulps: vectorArithmetic(MUL, SINGLE),
  mulpd: vectorArithmetic(MUL, DOUBLE),
  divps: vectorArithmetic(DIV, SINGLE),
  divpd: vectorArithmetic(DIV, DOUBLE),
  sqrtps: vectorArithmetic(SQRT, SINGLE),
  sqrtpd: vectorArithmetic(SQRT, DOUBLE),
  haddps: horizontal(ADD, SINGLE),
  haddpd: horizontal(ADD, DOUBLE),
  hsubps: horizontal(SUB, SINGLE),
  hsubpd: horizontal(SUB, DOUBLE),
  addsubps: vectorArithmetic(ADD_SUB, SINGLE),
  addsubpd: vectorArithmetic(ADD_SUB, DOUBLE),
  rcpps: assisted(SSE_RECIPROCAL, SINGLE),
  rcpss: assistedScalar(SSE_RECIPROCAL, SINGLE),
  rsqrtps: assisted(SSE_RECIPROCAL_ROOT, SINGLE),
  rsqrtss: assistedScalar(SSE_RECIPROCAL_ROOT, SINGLE),
  roundps: assisted(SSE_ROUND, SINGLE, true),
  roundpd: assisted(SSE_ROUND, DOUBLE, true),
  roundss: assistedScalar(SSE_ROUND, SINGLE, true),
  roundsd: assistedScalar(SSE_ROUND, DOUBLE, true),
  dpps: assisted(SSE_DOT, SINGLE, true),
  dppd: assisted(SSE_DOT, DOUBLE, true),
};
