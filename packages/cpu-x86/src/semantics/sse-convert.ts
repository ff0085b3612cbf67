import { I64, OP, type Value } from "@isinglass/uops";
import {
  SSE_FROM_INT32,
  SSE_FROM_INT64,
  SSE_ON_MMX,
  SSE_TO_INT32,
  SSE_TO_INT64,
  SSE_TO_OTHER,
  sseOperation,
} from "../sse-operations.js";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { type WideUnary, each, secondSource, transform } from "./vector-forms.js";
import {
  DOUBLE,
  type FloatFormat,
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
  readScalar,
  scalarLocal,
  setAll,
  toBits,
  toFloat,
  writeScalar,
} from "./sse-operand.js";
import {
  type Vector,
  highQuadword,
  isMmx,
  loadQuadword,
  lowQuadword,
  lowVector,
  readVector,
  simd,
  storeQuadword,
  vectorLocal,
  writeHalves,
  writeMmx,
  writeVector,
  zeroVector,
} from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** CVTSI2SS, CVTSI2SD: bits of the scalar; exact from 32 bits to binary64, else rounded. `from`: the bits of the integer. */
export function scalarFromInteger(s: Semantics, format: FloatFormat, value: Value, from: 32 | 64): Value {
  const { f } = s;
  const source = from === 64 ? value : s.op("i32.wrap_i64", value);
  const native = (): Value => toBits(s, s.op(`${format.float}.convert_i${from}_s`, source), format);
  if (from === 32 && format.bits === 64) return native();
  const out = scalarLocal(s, format);
  f.if(
    inexactIsFree(s, true),
    () => f.set(out, native()),
    () => {
      f.stateStore(OP.stateStore64, value, SECOND);
      s.assist("sse-float", f.i32(sseOperation(from === 64 ? SSE_FROM_INT64 : SSE_FROM_INT32, format.bits, 1)));
      f.set(out, loadResult(s, format));
    },
  );
  return f.get(out);
}

function fromInteger(format: FloatFormat) {
  return simd((s) => {
    const source = secondSource(s);
    const value = scalarFromInteger(s, format, s.read(source), s.bits(source) === 64 ? 64 : 32);
    writeScalar(s, 0, value, format);
  });
}

/**
 * CVTSS2SI and the others: native if the value is in range and either exact or inexact without consequence. Comparing the
 * result, converted back, with the operand tells all of it: what was saturated does not come back equal, or is -2^31 or -2^63,
 * which the integer indefinite looks like; those two take the assist.
 */
function toInteger(format: FloatFormat, truncated: boolean) {
  return simd((s) => {
    const { f } = s;
    const bits = s.bits(0);
    const b = readScalar(s, 1, format);
    const x = toFloat(s, b, format);
    const whole = s.op(`${format.float}.${truncated ? "trunc" : "nearest"}`, x);
    const integer = s.op(`i${bits}.trunc_sat_${format.float}_s`, whole);
    const least = bits === 64 ? s.f.i64(0, 0x80000000) : s.f.i32(0x80000000);
    const most = bits === 64 ? s.f.i64(-1, 0x7fffffff) : s.f.i32(0x7fffffff);
    // A NaN converts to 0 and is not equal to itself; saturation ends at the two bounds.
    const inRange = s.op("i32.and", s.op(`i${bits}.ne`, integer, least), s.op(`i${bits}.ne`, integer, most));
    const ordered = s.op(`${format.float}.eq`, x, x);
    const exact = s.op(`${format.float}.eq`, whole, x);
    const free = s.op("i32.or", exact, inexactIsFree(s, !truncated));
    // A denormal is inexact, or with DAZ an exact zero: the assist knows.
    const guard = scalarGuard(s, format);
    const native = s.op(
      "i32.and",
      s.op("i32.and", inRange, ordered),
      s.op("i32.and", free, guard.isNotDenormal(guard.magnitude(b))),
    );
    const out = f.local(I64);
    f.if(
      native,
      () => f.set(out, bits === 64 ? integer : s.op("i64.extend_i32_s", integer)),
      () => {
        passScalar(s, b, format, SECOND);
        s.assist(
          "sse-float",
          f.i32(sseOperation(bits === 64 ? SSE_TO_INT64 : SSE_TO_INT32, format.bits, 1)),
          f.i32(truncated ? 1 : 0),
        );
        f.set(out, s.sext(f.stateLoad(OP.stateLoad64, S.scratch), bits));
      },
    );
    s.write(0, f.get(out));
  });
}

/** CVTSS2SD (always exact for regular numbers) and CVTSD2SS: bits of the scalar in the other format. */
export function scalarToOther(s: Semantics, format: FloatFormat, b: Value): Value {
  const { f } = s;
  const other = format === SINGLE ? DOUBLE : SINGLE;
  const out = scalarLocal(s, other);
  const guard = scalarGuard(s, format);
  const assist = (): void => {
    passScalar(s, b, format, SECOND);
    s.assist("sse-float", f.i32(sseOperation(SSE_TO_OTHER, format.bits, 1)));
    f.set(out, loadResult(s, other));
  };
  const x = toFloat(s, b, format);
  if (format === SINGLE) {
    f.if(guard.isRegular(guard.magnitude(b)), () => f.set(out, toBits(s, s.op("f64.promote_f32", x), other)), assist);
    return f.get(out);
  }
  f.block((done) => {
    f.if(mxcsrIsPlain(s), () => {
      f.set(out, toBits(s, s.op("f32.demote_f64", x), other));
      const magnitude = guard.magnitude(b);
      const narrow = scalarGuard(s, other);
      done(
        s.op(
          "i32.and",
          guard.isNotDenormal(magnitude),
          narrow.isSafe(narrow.magnitude(f.get(out)), guard.isZero(magnitude)),
        ),
      );
    });
    assist();
  });
  return f.get(out);
}

function toOther(format: FloatFormat) {
  return simd((s) => {
    const value = scalarToOther(s, format, readScalar(s, secondSource(s), format));
    writeScalar(s, 0, value, format === SINGLE ? DOUBLE : SINGLE);
  });
}

/** A packed conversion by the assist of all elements to a result of `halves`. */
function assisted(
  s: Semantics,
  operation: number,
  format: FloatFormat,
  v: Vector,
  halves: number,
  imm?: Value,
): Value[] {
  return assistVector(s, sseOperation(operation, format.bits, laneCount(format, v)), undefined, v, imm, halves);
}

/** The low quadwords of one or two vectors, zeros above a single one. */
function joinLow(s: Semantics, [low, high]: Vector): Value {
  return s.f.shuffle(low!, high ?? zeroVector(s), [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

/** CVTPS2PD: the two singles of each quadword, an i64. */
const singlesToDoubles: Widen = (s, quadwords) => {
  const { f } = s;
  const vectors = quadwords.map((quadword) => lowVector(s, quadword));
  const guard = vectorGuard(s, SINGLE);
  const outs = vectors.map(() => vectorLocal(s));
  const regular = vectors.map((v) => guard.isRegular(guard.magnitude(v))).reduce((p, q) => s.op("i32.and", p, q));
  f.if(
    regular,
    () => vectors.forEach((v, i) => f.set(outs[i]!, s.op("f64x2.promote_low_f32x4", v))),
    () => {
      const operation = sseOperation(SSE_TO_OTHER, 32, 2 * vectors.length);
      setAll(s, outs, assistVector(s, operation, undefined, [joinLow(s, vectors)], undefined, vectors.length));
    },
  );
  return outs.map((out) => f.get(out));
};

/** CVTPD2PS: doubles to the lowest quadwords, zeros above. */
const doublesToSingles: WideUnary = (s, v) => {
  const { f } = s;
  const out = vectorLocal(s);
  f.block((done) => {
    f.if(mxcsrIsPlain(s), () => {
      const guard = vectorGuard(s, DOUBLE);
      const narrow = vectorGuard(s, SINGLE);
      const conditions = v.map((b) => {
        const single = s.op("f32x4.demote_f64x2_zero", b);
        // The two upper lanes of the result are zeros; of the lower two, only a zero operand may give a zero.
        const exact = s.f.shuffle(
          guard.isZero(guard.magnitude(b)),
          s.f.v128(Array.from({ length: 16 }, () => 0xff)),
          [0, 1, 2, 3, 8, 9, 10, 11, 16, 16, 16, 16, 16, 16, 16, 16],
        );
        return s.op("i32.and", guard.isNotDenormal(guard.magnitude(b)), narrow.isSafe(narrow.magnitude(single), exact));
      });
      f.set(
        out,
        joinLow(
          s,
          v.map((b) => s.op("f32x4.demote_f64x2_zero", b)),
        ),
      );
      done(conditions.reduce((p, q) => s.op("i32.and", p, q)));
    });
    f.set(out, assisted(s, SSE_TO_OTHER, DOUBLE, v, 1)[0]!);
  });
  return [f.get(out)];
};

/** CVTDQ2PS. */
const integersToSingles: WideUnary = (s, v) => {
  const { f } = s;
  const outs = v.map(() => vectorLocal(s));
  f.if(
    inexactIsFree(s, true),
    () => v.forEach((b, i) => f.set(outs[i]!, s.op("f32x4.convert_i32x4_s", b))),
    () => setAll(s, outs, assisted(s, SSE_FROM_INT32, SINGLE, v, v.length)),
  );
  return outs.map((out) => f.get(out));
};

/** CVTDQ2PD: always exact. The two integers of each half are an i64. */
const integersToDoubles: Widen = (s, quadwords) =>
  quadwords.map((quadword) => s.op("f64x2.convert_low_i32x4_s", s.op("i64x2.splat", quadword)));

/** Below this magnitude a number fits 32 bits however it is rounded: 2^31 as binary32, 2^31 - 1 as binary64. */
const FITS_INT32: Readonly<Record<32 | 64, readonly [number, number]>> = {
  32: [0x4f000000, 0],
  64: [-0x400000, 0x41dfffff],
};

/**
 * CVTPS2DQ, CVTPD2DQ and their truncating kin: native where inexact has no consequence and all numbers are in range. A
 * denormal raises nothing here: it is inexact, or with DAZ a zero.
 */
function toIntegers(format: FloatFormat, truncated: boolean): WideUnary {
  return (s, v) => {
    const { f } = s;
    const guard = vectorGuard(s, format);
    const isNarrow = format === DOUBLE;
    const outs = isNarrow ? [vectorLocal(s)] : v.map(() => vectorLocal(s));
    const inRange = v
      .map((b) => guard.isBelow(guard.magnitude(b), FITS_INT32[format.bits]))
      .reduce((p, q) => s.op("i32.and", p, q));
    f.if(
      s.op("i32.and", inexactIsFree(s, !truncated), inRange),
      () => {
        for (const out of outs) f.set(out, zeroVector(s));
        v.forEach((b, half) => {
          const out = outs[isNarrow ? 0 : half]!;
          for (let i = 0; i < 128 / format.bits; i += 1) {
            const x = f.lane(`${format.vector}.extract_lane`, i, b);
            const whole = truncated ? x : s.op(`${format.float}.nearest`, x);
            const place = isNarrow ? 2 * half + i : i;
            f.set(out, f.lane("i32x4.replace_lane", place, f.get(out), s.op(`i32.trunc_sat_${format.float}_s`, whole)));
          }
        });
      },
      () => setAll(s, outs, assisted(s, SSE_TO_INT32, format, v, outs.length, f.i32(truncated ? 1 : 0))),
    );
    return outs.map((out) => f.get(out));
  };
}

/** Packed conversions. CVTPD2PS and CVTPD2DQ give half as many bits as they take, at least 128 with zeros above. */
const CONVERT_LANES: Readonly<Record<string, WideUnary>> = {
  cvtpd2ps: doublesToSingles,
  cvtdq2ps: integersToSingles,
  cvtps2dq: toIntegers(SINGLE, false),
  cvttps2dq: toIntegers(SINGLE, true),
  cvtpd2dq: toIntegers(DOUBLE, false),
  cvttpd2dq: toIntegers(DOUBLE, true),
};

/** From quadwords, given as i64s, to vectors. */
type Widen = (s: Semantics, quadwords: Vector) => Vector;

/** CVTPS2PD and CVTDQ2PD: twice as many bits as they take. */
function widen(lanes: Widen) {
  return simd((s) => {
    if (s.bits(0) === 256) {
      const v = readVector(s, 1);
      writeHalves(s, 0, lanes(s, [lowQuadword(s, v), highQuadword(s, v)]));
    } else writeHalves(s, 0, lanes(s, [s.isMemory(1) ? s.load(64) : loadQuadword(s, 1)]));
  });
}

/** CVTPS2PI, CVTPD2PI and their truncating kin: two integers to an MMX register. */
function toMmx(format: FloatFormat, truncated: boolean) {
  return simd((s) => {
    const b = readVector(s, 1);
    const operation = sseOperation(SSE_TO_INT32, format.bits, 2) | SSE_ON_MMX;
    assistVector(s, operation, undefined, [b], s.f.i32(truncated ? 1 : 0), 0);
    writeMmx(s, 0, s.f.stateLoad(OP.stateLoad64, S.scratch));
  });
}

/** CVTPI2PS, CVTPI2PD: two integers of an MMX register or memory. */
function fromMmx(format: FloatFormat) {
  return simd((s) => {
    const low = isMmx(s, 1) ? loadQuadword(s, 1) : s.load(64);
    if (format === DOUBLE) {
      writeVector(s, 0, s.op("f64x2.convert_low_i32x4_s", s.op("i64x2.splat", low)));
      return;
    }
    s.f.stateStore(OP.stateStore64, low, SECOND);
    s.assist("sse-float", s.f.i32(sseOperation(SSE_FROM_INT32, 32, 2) | (isMmx(s, 1) ? SSE_ON_MMX : 0)));
    storeQuadword(s, 0, s.f.stateLoad(OP.stateLoad64, S.scratch));
  });
}

export const SSE_CONVERT: SemanticsTable = {
  ...each(CONVERT_LANES, transform),
  cvtps2pd: widen(singlesToDoubles),
  cvtdq2pd: widen(integersToDoubles),
  cvtsi2ss: fromInteger(SINGLE),
  cvtsi2sd: fromInteger(DOUBLE),
  cvtss2si: toInteger(SINGLE, false),
  cvtsd2si: toInteger(DOUBLE, false),
  cvttss2si: toInteger(SINGLE, true),
  cvttsd2si: toInteger(DOUBLE, true),
  cvtss2sd: toOther(SINGLE),
  cvtsd2ss: toOther(DOUBLE),
  cvtps2pi: toMmx(SINGLE, false),
  cvttps2pi: toMmx(SINGLE, true),
  cvtpd2pi: toMmx(DOUBLE, false),
  cvttpd2pi: toMmx(DOUBLE, true),
  cvtpi2ps: fromMmx(SINGLE),
  cvtpi2pd: fromMmx(DOUBLE),
};
