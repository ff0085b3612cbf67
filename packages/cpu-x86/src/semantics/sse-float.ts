import { I32, I64, OP, type Local, type Value } from '@isinglass/uops';
import {
  SSE_ADD,
  SSE_ADD_SUB,
  SSE_COMPARE,
  SSE_DIV,
  SSE_DOT,
  SSE_MAX,
  SSE_MIN,
  SSE_MUL,
  SSE_ORDERED,
  SSE_RECIPROCAL,
  SSE_RECIPROCAL_ROOT,
  SSE_ROUND,
  SSE_SQRT,
  SSE_SUB,
  SSE_UNORDERED,
  sseOperation,
} from '../sse-operations.js';
import { S } from '../state.js';
import type { Semantics } from './context.js';
import { DOUBLE, type FloatFormat, type Guard, SINGLE, mxcsrIsPlain, scalarGuard, vectorGuard } from './sse-guard.js';
import { immediateByte, readVector, simd, vectorLocal, writeVector } from './simd.js';
import type { SemanticsTable } from './table.js';

/** Where the assist finds its second operand. */
const SECOND = S.scratch + 16;

/** Bits of scalar operand `i`, an i32 or i64. */
export function readScalar(s: Semantics, i: number, format: FloatFormat): Value {
  if (!s.isMemory(i)) return s.f.stateLoad(format.bits === 64 ? OP.stateLoad64 : OP.stateLoadI32, 0, s.registerHole(i));
  const value = s.load(format.bits);
  return format.bits === 64 ? value : s.op('i32.wrap_i64', value);
}

/** Writes the low element of vector register `i`, keeps the rest. */
export function writeScalar(s: Semantics, i: number, value: Value, format: FloatFormat): void {
  s.f.stateStore(format.bits === 64 ? OP.stateStore64 : OP.stateStoreI32, value, 0, s.registerHole(i));
}

/** Bits of a scalar to the assist's scratch. */
export function passScalar(s: Semantics, value: Value, format: FloatFormat, offset: number): void {
  s.f.stateStore(format.bits === 64 ? OP.stateStore64 : OP.stateStoreI32, value, offset);
}

export function toFloat(s: Semantics, value: Value, format: FloatFormat): Value {
  return s.op(`${format.float}.reinterpret_${format.int}`, value);
}

export function toBits(s: Semantics, value: Value, format: FloatFormat): Value {
  return s.op(`${format.int}.reinterpret_${format.float}`, value);
}

export function scalarLocal(s: Semantics, format: FloatFormat): Local {
  return s.f.local(format.bits === 64 ? I64 : I32);
}

export function loadResult(s: Semantics, format: FloatFormat): Value {
  return s.f.stateLoad(format.bits === 64 ? OP.stateLoad64 : OP.stateLoadI32, S.scratch);
}

/** An arithmetic operation: its id, its native name, and for which operands a zero result is exact (none: for all). */
interface Arithmetic {
  readonly id: number;
  readonly name: 'add' | 'sub' | 'mul' | 'div' | 'sqrt';
  readonly exactZero?: (guard: Guard, a: Value, b: Value) => Value;
  /** The packed operation, where WebAssembly has none of that name. */
  readonly vector?: (s: Semantics, format: FloatFormat, a: Value, b: Value) => Value;
}

const ADD: Arithmetic = { id: SSE_ADD, name: 'add' };
const SUB: Arithmetic = { id: SSE_SUB, name: 'sub' };
const MUL: Arithmetic = { id: SSE_MUL, name: 'mul', exactZero: (guard, a, b) => guard.or(guard.isZero(a), guard.isZero(b)) };
const DIV: Arithmetic = { id: SSE_DIV, name: 'div', exactZero: (guard, a) => guard.isZero(a) };
const SQRT: Arithmetic = { id: SSE_SQRT, name: 'sqrt' };

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
  return conditions.reduce((a, b) => s.op('i32.and', a, b));
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
      s.assist('sse-float', f.i32(sseOperation(op.id, format.bits, 1)));
      f.set(out, loadResult(s, format));
    });
    writeScalar(s, 0, f.get(out), format);
  });
}

/** Passes two vectors to the assist and gives its result. */
function assistVector(s: Semantics, what: number, a: Value | undefined, b: Value, imm?: Value): Value {
  if (a !== undefined) s.f.stateStore(OP.stateStoreV128, a, S.scratch);
  s.f.stateStore(OP.stateStoreV128, b, SECOND);
  s.assist('sse-float', s.f.i32(what), imm);
  return s.f.stateLoad(OP.stateLoadV128, S.scratch);
}

const laneCount = (format: FloatFormat): number => 128 / format.bits;

/** ADDSUBPS, ADDSUBPD: both results, of which the even elements are the differences. */
const ADD_SUB: Arithmetic = {
  id: SSE_ADD_SUB,
  name: 'add',
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

/** MINSS, MAXSS: no result is rounded, so only NaNs and denormals need the assist. */
function scalarChoice(id: number, format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readScalar(s, 1, format);
    const a = readScalar(s, 0, format);
    const guard = scalarGuard(s, format);
    const out = scalarLocal(s, format);
    const regular = s.op('i32.and', guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        // Two zeros are equal: the second operand is taken.
        const first = s.op(`${format.float}.${id === SSE_MIN ? 'lt' : 'gt'}`, toFloat(s, a, format), toFloat(s, b, format));
        f.set(out, f.select(a, b, first));
      },
      () => {
        passScalar(s, a, format, S.scratch);
        passScalar(s, b, format, SECOND);
        s.assist('sse-float', f.i32(sseOperation(id, format.bits, 1)));
        f.set(out, loadResult(s, format));
      },
    );
    writeScalar(s, 0, f.get(out), format);
  });
}

function vectorChoice(id: number, format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    const guard = vectorGuard(s, format);
    const out = vectorLocal(s);
    const regular = s.op('i32.and', guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        const first = id === SSE_MIN ? s.op(`${format.vector}.lt`, a, b) : s.op(`${format.vector}.lt`, b, a);
        f.set(out, s.op('v128.bitselect', a, b, first));
      },
      () => f.set(out, assistVector(s, sseOperation(id, format.bits, laneCount(format)), a, b)),
    );
    writeVector(s, 0, f.get(out));
  });
}

/**
 * CMPSS and the others. For operands that are regular the eight predicates are equal, less, less or equal, never, and their
 * opposites (SDM vol. 2A, table 3-1).
 */
function compareScalar(format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readScalar(s, 1, format);
    const a = readScalar(s, 0, format);
    const imm = immediateByte(s);
    const guard = scalarGuard(s, format);
    const out = scalarLocal(s, format);
    const regular = s.op('i32.and', guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        const [x, y] = [toFloat(s, a, format), toFloat(s, b, format)];
        const equal = s.op(`${format.float}.eq`, x, y);
        const less = s.op(`${format.float}.lt`, x, y);
        const kind = s.op('i32.and', imm, f.i32(3));
        // Bit by predicate: equal counts for 0 and 2, less for 1 and 2.
        const has = (mask: number): Value => s.op('i32.and', s.op('i32.shr_u', f.i32(mask), kind), f.i32(1));
        const holds = s.op('i32.or', s.op('i32.and', equal, has(5)), s.op('i32.and', less, has(6)));
        const inverted = s.op('i32.and', s.op('i32.shr_u', imm, f.i32(2)), f.i32(1));
        const wide = s.op('i32.sub', f.i32(0), s.op('i32.xor', holds, inverted));
        f.set(out, format.bits === 64 ? s.op('i64.extend_i32_s', wide) : wide);
      },
      () => {
        passScalar(s, a, format, S.scratch);
        passScalar(s, b, format, SECOND);
        s.assist('sse-float', f.i32(sseOperation(SSE_COMPARE, format.bits, 1)), imm);
        f.set(out, loadResult(s, format));
      },
    );
    writeScalar(s, 0, f.get(out), format);
  });
}

function compareVector(format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    const imm = immediateByte(s);
    const guard = vectorGuard(s, format);
    const out = vectorLocal(s);
    const regular = s.op('i32.and', guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        const kind = s.op('i32.and', imm, f.i32(3));
        const has = (mask: number): Value => s.op('i32x4.splat', s.op('i32.sub', f.i32(0), s.op('i32.and', s.op('i32.shr_u', f.i32(mask), kind), f.i32(1))));
        const equal = s.op('v128.and', s.op(`${format.vector}.eq`, a, b), has(5));
        const less = s.op('v128.and', s.op(`${format.vector}.lt`, a, b), has(6));
        const inverted = s.op('i32x4.splat', s.op('i32.sub', f.i32(0), s.op('i32.and', s.op('i32.shr_u', imm, f.i32(2)), f.i32(1))));
        f.set(out, s.op('v128.xor', s.op('v128.or', equal, less), inverted));
      },
      () => f.set(out, assistVector(s, sseOperation(SSE_COMPARE, format.bits, laneCount(format)), a, b, imm)),
    );
    writeVector(s, 0, f.get(out));
  });
}

/** COMISS, UCOMISS: ZF and CF as of an unsigned comparison, PF for unordered (SDM vol. 2A, COMISS). */
function compareToFlags(id: number, format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readScalar(s, 1, format);
    const a = readScalar(s, 0, format);
    const guard = scalarGuard(s, format);
    const regular = s.op('i32.and', guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    const flags = f.local(I32);
    f.if(
      regular,
      () => {
        const [x, y] = [toFloat(s, a, format), toFloat(s, b, format)];
        const equal = s.op('i32.shl', s.op(`${format.float}.eq`, x, y), f.i32(6));
        f.set(flags, s.op('i32.or', equal, s.op(`${format.float}.lt`, x, y)));
      },
      () => {
        passScalar(s, a, format, S.scratch);
        passScalar(s, b, format, SECOND);
        s.assist('sse-float', f.i32(sseOperation(id, format.bits, 1)));
        f.set(flags, f.stateLoad(OP.stateLoadI32, S.scratch));
      },
    );
    s.flagsBits(f.get(flags));
  });
}

/** What only the assist computes: packed, both operands (or the source alone), an immediate if there is one. */
function assisted(id: number, format: FloatFormat, withImmediate = false) {
  return simd((s) => {
    const b = readVector(s, 1);
    const a = readVector(s, 0);
    writeVector(s, 0, assistVector(s, sseOperation(id, format.bits, laneCount(format)), a, b, withImmediate ? immediateByte(s) : undefined));
  });
}

function assistedScalar(id: number, format: FloatFormat, withImmediate = false) {
  return simd((s) => {
    passScalar(s, readScalar(s, 1, format), format, SECOND);
    s.assist('sse-float', s.f.i32(sseOperation(id, format.bits, 1)), withImmediate ? immediateByte(s) : undefined);
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
  minss: scalarChoice(SSE_MIN, SINGLE),
  minsd: scalarChoice(SSE_MIN, DOUBLE),
  maxss: scalarChoice(SSE_MAX, SINGLE),
  maxsd: scalarChoice(SSE_MAX, DOUBLE),
  minps: vectorChoice(SSE_MIN, SINGLE),
  minpd: vectorChoice(SSE_MIN, DOUBLE),
  maxps: vectorChoice(SSE_MAX, SINGLE),
  maxpd: vectorChoice(SSE_MAX, DOUBLE),
  cmpss: compareScalar(SINGLE),
  cmpsd: compareScalar(DOUBLE),
  cmpps: compareVector(SINGLE),
  cmppd: compareVector(DOUBLE),
  comiss: compareToFlags(SSE_ORDERED, SINGLE),
  comisd: compareToFlags(SSE_ORDERED, DOUBLE),
  ucomiss: compareToFlags(SSE_UNORDERED, SINGLE),
  ucomisd: compareToFlags(SSE_UNORDERED, DOUBLE),
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

