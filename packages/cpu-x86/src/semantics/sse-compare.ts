import { I32, OP, type Value } from "@isinglass/uops";
import { SSE_COMPARE, SSE_MAX, SSE_MIN, SSE_ORDERED, SSE_UNORDERED, sseOperation } from "../sse-operations.js";
import { S } from "../state.js";
import { DOUBLE, type FloatFormat, SINGLE, scalarGuard, vectorGuard } from "./sse-guard.js";
import {
  SECOND,
  assistVector,
  laneCount,
  loadResult,
  passScalar,
  readScalar,
  scalarLocal,
  toFloat,
  writeScalar,
} from "./sse-operand.js";
import { immediateByte, readVector, simd, vectorLocal, writeVector } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** MINSS, MAXSS: no result is rounded, so only NaNs and denormals need the assist. */
function scalarChoice(id: number, format: FloatFormat) {
  return simd((s) => {
    const { f } = s;
    const b = readScalar(s, 1, format);
    const a = readScalar(s, 0, format);
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
    const regular = s.op("i32.and", guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        const first = id === SSE_MIN ? s.op(`${format.vector}.lt`, a, b) : s.op(`${format.vector}.lt`, b, a);
        f.set(out, s.op("v128.bitselect", a, b, first));
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
    const regular = s.op("i32.and", guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        const [x, y] = [toFloat(s, a, format), toFloat(s, b, format)];
        const equal = s.op(`${format.float}.eq`, x, y);
        const less = s.op(`${format.float}.lt`, x, y);
        const kind = s.op("i32.and", imm, f.i32(3));
        // Bit by predicate: equal counts for 0 and 2, less for 1 and 2.
        const has = (mask: number): Value => s.op("i32.and", s.op("i32.shr_u", f.i32(mask), kind), f.i32(1));
        const holds = s.op("i32.or", s.op("i32.and", equal, has(5)), s.op("i32.and", less, has(6)));
        const inverted = s.op("i32.and", s.op("i32.shr_u", imm, f.i32(2)), f.i32(1));
        const wide = s.op("i32.sub", f.i32(0), s.op("i32.xor", holds, inverted));
        f.set(out, format.bits === 64 ? s.op("i64.extend_i32_s", wide) : wide);
      },
      () => {
        passScalar(s, a, format, S.scratch);
        passScalar(s, b, format, SECOND);
        s.assist("sse-float", f.i32(sseOperation(SSE_COMPARE, format.bits, 1)), imm);
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
    const regular = s.op("i32.and", guard.isRegular(guard.magnitude(a)), guard.isRegular(guard.magnitude(b)));
    f.if(
      regular,
      () => {
        const kind = s.op("i32.and", imm, f.i32(3));
        const has = (mask: number): Value =>
          s.op(
            "i32x4.splat",
            s.op("i32.sub", f.i32(0), s.op("i32.and", s.op("i32.shr_u", f.i32(mask), kind), f.i32(1))),
          );
        const equal = s.op("v128.and", s.op(`${format.vector}.eq`, a, b), has(5));
        const less = s.op("v128.and", s.op(`${format.vector}.lt`, a, b), has(6));
        const inverted = s.op(
          "i32x4.splat",
          s.op("i32.sub", f.i32(0), s.op("i32.and", s.op("i32.shr_u", imm, f.i32(2)), f.i32(1))),
        );
        f.set(out, s.op("v128.xor", s.op("v128.or", equal, less), inverted));
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
    s.flagsBits(f.get(flags));
  });
}

export const SSE_COMPARISONS: SemanticsTable = {
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
};
