import { OP, type Value } from "@isinglass/uops";
import {
  MXCSR_RC,
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
import { immediateMask } from "./shuffle-lanes.js";
import type { WideBinary, WideUnary } from "./vector-forms.js";
import {
  DOUBLE,
  type FloatFormat,
  type Guard,
  SINGLE,
  inexactIsFree,
  mxcsrIsPlain,
  scalarGuard,
  vectorGuard,
} from "./sse-guard.js";
import {
  SECOND,
  assistVector,
  laneCount,
  loadResult,
  passScalar,
  scalarLocal,
  setAll,
  toBits,
  toFloat,
} from "./sse-operand.js";
import { type Vector, vectorLocal, zeroVector } from "./simd.js";

/*
 * Floating-point arithmetic on 128 bits or one scalar, as functions of values alone: native where that gives what the CPU gives,
 * else by the assist, which sets MXCSR's flags and may raise #XM.
 */

/** An arithmetic operation: its id, its native name, and for which operands a zero result is exact (none: for all). */
export interface Arithmetic {
  readonly id: number;
  readonly name: "add" | "sub" | "mul" | "div" | "sqrt";
  readonly exactZero?: (guard: Guard, a: Value, b: Value) => Value;
  /** The packed operation, where WebAssembly has none of that name. */
  readonly vector?: (s: Semantics, format: FloatFormat, a: Value, b: Value) => Value;
}

export const ADD: Arithmetic = { id: SSE_ADD, name: "add" };
export const SUB: Arithmetic = { id: SSE_SUB, name: "sub" };
export const MUL: Arithmetic = {
  id: SSE_MUL,
  name: "mul",
  exactZero: (guard, a, b) => guard.or(guard.isZero(a), guard.isZero(b)),
};
export const DIV: Arithmetic = { id: SSE_DIV, name: "div", exactZero: (guard, a) => guard.isZero(a) };
export const SQRT: Arithmetic = { id: SSE_SQRT, name: "sqrt" };

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

/** Bits of the result of a scalar operation, without `a` one of `b` alone. */
export function scalarResult(s: Semantics, op: Arithmetic, format: FloatFormat, a: Value | undefined, b: Value): Value {
  const { f } = s;
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
  return f.get(out);
}

/** Result of a packed operation, without `a` one of `b` alone. */
export function vectorResult(
  s: Semantics,
  op: Arithmetic,
  format: FloatFormat,
  a: Vector | undefined,
  b: Vector,
): Vector {
  const { f } = s;
  const outs = b.map(() => vectorLocal(s));
  f.block((done) => {
    f.if(mxcsrIsPlain(s), () => {
      const name = `${format.vector}.${op.name}`;
      const conditions: Value[] = [];
      outs.forEach((out, i) => {
        const y = b[i]!;
        const x = a?.[i];
        if (x === undefined) f.set(out, s.op(name, y));
        else f.set(out, op.vector === undefined ? s.op(name, x, y) : op.vector(s, format, x, y));
        const ones = f.v128(Array.from({ length: 16 }, () => 0xff));
        conditions.push(...stands(op, vectorGuard(s, format), x, y, f.get(out), ones));
      });
      done(allOf(s, conditions));
    });
    setAll(s, outs, assistVector(s, sseOperation(op.id, format.bits, laneCount(format, b)), a, b));
  });
  return outs.map((out) => f.get(out));
}

/** HADDPS and the others: neighbours of the first operand, then of the second, in each half. */
function horizontal(op: Arithmetic, format: FloatFormat): WideBinary {
  const size = format.bits / 8;
  return (s, a, b) => {
    const pick = (odd: number): Vector =>
      b.map((v, half) =>
        s.f.shuffle(
          a[half]!,
          v,
          Array.from({ length: 16 }, (_, i) => Math.floor(i / size) * 2 * size + odd * size + (i % size)),
        ),
      );
    return vectorResult(s, op, format, pick(0), pick(1));
  };
}

/** Bit 2 of ROUNDPS' immediate: MXCSR says how; bit 3: inexact raises nothing (SDM vol. 2B, table 4-18). */
const ROUND_BY_MXCSR = 4;
const ROUND_QUIET = 8;

/** The four ways to round, in the order of MXCSR.RC. */
const ROUNDINGS = ["nearest", "floor", "ceil", "trunc"] as const;

/** i32: how ROUNDPS rounds, as in MXCSR.RC. */
function roundingOf(s: Semantics, imm: Value): Value {
  const { f } = s;
  const control = s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.mxcsr), f.i32(MXCSR_RC));
  const dynamic = s.op("i32.and", imm, f.i32(ROUND_BY_MXCSR));
  return f.select(s.op("i32.shr_u", control, f.i32(13)), s.op("i32.and", imm, f.i32(3)), dynamic);
}

/** i32 condition: an inexact result of ROUNDPS changes nothing. */
function roundingIsFree(s: Semantics, imm: Value): Value {
  return s.op("i32.or", s.op("i32.and", imm, s.f.i32(ROUND_QUIET)), inexactIsFree(s, false));
}

/** ROUNDPS, ROUNDPD: native unless a number is a NaN or denormal, or inexact with consequence. */
function roundVector(format: FloatFormat): WideUnary {
  return (s, v, immediate) => {
    const { f } = s;
    const imm = immediate();
    const how = roundingOf(s, imm);
    const outs = v.map(() => vectorLocal(s));
    const round = (name: string): void =>
      setAll(
        s,
        outs,
        v.map((half) => s.op(`${format.vector}.${name}`, half)),
      );
    round("nearest");
    for (let i = 1; i < ROUNDINGS.length; i += 1) f.if(s.op("i32.eq", how, f.i32(i)), () => round(ROUNDINGS[i]!));
    const guard = vectorGuard(s, format);
    const exact = outs.map((out, i) => s.op(`${format.lanes}.all_true`, s.op(`${format.lanes}.eq`, f.get(out), v[i])));
    const free = s.op("i32.or", allOf(s, exact), roundingIsFree(s, imm));
    const regular = allOf(
      s,
      v.map((half) => guard.isRegular(guard.magnitude(half))),
    );
    const native = s.op("i32.and", regular, s.op("i32.ne", free, f.i32(0)));
    f.if(s.op("i32.eqz", native), () =>
      setAll(s, outs, assistVector(s, sseOperation(SSE_ROUND, format.bits, laneCount(format, v)), undefined, v, imm)),
    );
    return outs.map((out) => f.get(out));
  };
}

/** ROUNDSS, ROUNDSD: bits of the rounded scalar. */
export function roundScalar(s: Semantics, format: FloatFormat, b: Value, imm: Value): Value {
  const { f } = s;
  const how = roundingOf(s, imm);
  const out = scalarLocal(s, format);
  const x = toFloat(s, b, format);
  f.set(out, toBits(s, s.op(`${format.float}.nearest`, x), format));
  for (let i = 1; i < ROUNDINGS.length; i += 1)
    f.if(s.op("i32.eq", how, f.i32(i)), () =>
      f.set(out, toBits(s, s.op(`${format.float}.${ROUNDINGS[i]!}`, x), format)),
    );
  const guard = scalarGuard(s, format);
  const free = s.op("i32.or", s.op(`${format.int}.eq`, f.get(out), b), roundingIsFree(s, imm));
  const native = s.op("i32.and", guard.isRegular(guard.magnitude(b)), s.op("i32.ne", free, f.i32(0)));
  f.if(s.op("i32.eqz", native), () => {
    passScalar(s, b, format, SECOND);
    s.assist("sse-float", f.i32(sseOperation(SSE_ROUND, format.bits, 1)), imm);
    f.set(out, loadResult(s, format));
  });
  return f.get(out);
}

/** RCPSS, RSQRTSS: bits of the approximation. */
export function approximateScalar(s: Semantics, root: boolean, b: Value): Value {
  passScalar(s, b, SINGLE, SECOND);
  s.assist("sse-float", s.f.i32(sseOperation(root ? SSE_RECIPROCAL_ROOT : SSE_RECIPROCAL, 32, 1)));
  return loadResult(s, SINGLE);
}

const packed =
  (op: Arithmetic, format: FloatFormat): WideBinary =>
  (s, a, b) =>
    vectorResult(s, op, format, a, b);

const root =
  (format: FloatFormat): WideUnary =>
  (s, v) =>
    vectorResult(s, SQRT, format, undefined, v);

const approximate =
  (id: number): WideUnary =>
  (s, v) =>
    assistVector(s, sseOperation(id, 32, laneCount(SINGLE, v)), undefined, v);

/**
 * DPPS, DPPD: products chosen by bits 7:4, added in pairs, to the places chosen by bits 3:0; what is not chosen counts as zeros. Native
 * where all steps are; else the assist does all of it, since each step raises its exceptions before the next (SDM vol. 2A, DPPS).
 */
function dot(format: FloatFormat): WideBinary {
  const size = format.bits === 32 ? 4 : 8;
  return (s, a, b, immediate) => {
    const { f } = s;
    const imm = immediate();
    const zero = zeroVector(s);
    const ones = f.v128(Array.from({ length: 16 }, () => 0xff));
    const guard = vectorGuard(s, format);
    const conditions: Value[] = [];
    const step = (op: Arithmetic, x: Value, y: Value): Value => {
      const result = s.op(`${format.vector}.${op.name}`, x, y);
      conditions.push(...stands(op, guard, x, y, result, ones));
      return result;
    };
    /** Elements of `v` side by side from the lowest place on, zeros above. */
    const gather = (v: Value, ...elements: number[]): Value =>
      f.shuffle(
        v,
        zero,
        Array.from({ length: 16 }, (_, i) => {
          const element = elements[Math.floor(i / size)];
          return element === undefined ? 16 : element * size + (i % size);
        }),
      );
    const outs = b.map(() => vectorLocal(s));
    f.block((done) => {
      f.if(mxcsrIsPlain(s), () => {
        const chosen = immediateMask(s, s.op("i32.shr_u", imm, f.i32(4)), size);
        outs.forEach((out, i) => {
          let sum = step(MUL, s.op("v128.and", a[i], chosen), s.op("v128.and", b[i], chosen));
          if (size === 4) sum = step(ADD, gather(sum, 0, 2), gather(sum, 1, 3));
          sum = step(ADD, gather(sum, 0), gather(sum, 1));
          const everywhere = gather(sum, ...Array.from({ length: 16 / size }, () => 0));
          f.set(out, s.op("v128.and", everywhere, immediateMask(s, imm, size)));
        });
        done(allOf(s, conditions));
      });
      setAll(s, outs, assistVector(s, sseOperation(SSE_DOT, format.bits, laneCount(format, b)), a, b, imm));
    });
    return outs.map((out) => f.get(out));
  };
}

/** Packed instructions of two operands. */
export const FLOAT_BINARY_LANES: Readonly<Record<string, WideBinary>> = {
  addps: packed(ADD, SINGLE),
  addpd: packed(ADD, DOUBLE),
  subps: packed(SUB, SINGLE),
  subpd: packed(SUB, DOUBLE),
  mulps: packed(MUL, SINGLE),
  mulpd: packed(MUL, DOUBLE),
  divps: packed(DIV, SINGLE),
  divpd: packed(DIV, DOUBLE),
  haddps: horizontal(ADD, SINGLE),
  haddpd: horizontal(ADD, DOUBLE),
  hsubps: horizontal(SUB, SINGLE),
  hsubpd: horizontal(SUB, DOUBLE),
  addsubps: packed(ADD_SUB, SINGLE),
  addsubpd: packed(ADD_SUB, DOUBLE),
};

/** Packed instructions of one operand. */
export const FLOAT_UNARY_LANES: Readonly<Record<string, WideUnary>> = {
  sqrtps: root(SINGLE),
  sqrtpd: root(DOUBLE),
  rcpps: approximate(SSE_RECIPROCAL),
  rsqrtps: approximate(SSE_RECIPROCAL_ROOT),
};

/** ROUNDPS and ROUNDPD: one operand and an immediate. */
export const ROUND_LANES: Readonly<Record<string, WideUnary>> = {
  roundps: roundVector(SINGLE),
  roundpd: roundVector(DOUBLE),
};

/** DPPS and DPPD: two operands and an immediate. */
export const DOT_LANES: Readonly<Record<string, WideBinary>> = { dpps: dot(SINGLE), dppd: dot(DOUBLE) };
