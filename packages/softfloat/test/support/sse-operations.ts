import * as sf from "../../src/index.js";
import { F16, F32, F64, floatOperand, integerOperand, store } from "./operands.js";
import type { Random } from "@isinglass/testkit";

/** Bytes of one input record of the SSE oracle: see native/sse.c. */
export const INPUT_SIZE: number = 64;
/** Bytes of one output record. */
export const OUTPUT_SIZE: number = 32;

export type Operand = "f16" | "f32" | "f64" | "i32" | "i64" | "f32x4" | "f64x2";

export interface SseOperation {
  readonly operands: readonly Operand[];
  /** Immediates run from 0 to this minus 1. */
  readonly immediates?: number;
  /** Runs our function: a, b and c are at offsets 16, 32 and 48 of the record. Writes 64 bits of result at 0 of `out`. */
  readonly run: (ctx: sf.FloatContext, input: DataView, out: DataView) => void;
  /** How many bytes of the result are compared. */
  readonly bytes: number;
}

const A = 16;
const B = 32;
const C = 48;

type Unary32 = (ctx: sf.FloatContext, a: number) => number;
type Binary32 = (ctx: sf.FloatContext, a: number, b: number) => number;
type Unary64 = (ctx: sf.FloatContext, aLo: number, aHi: number) => void;
type Binary64 = (ctx: sf.FloatContext, aLo: number, aHi: number, bLo: number, bHi: number) => void;

/** 32 bits of an operand: every other record passes them unsigned, since both are allowed. */
function word(view: DataView, offset: number): number {
  return (view.byteOffset / INPUT_SIZE) & 1 ? view.getUint32(offset, true) : view.getInt32(offset, true);
}

function put(ctx: sf.FloatContext, out: DataView): void {
  out.setInt32(0, ctx.lo, true);
  out.setInt32(4, ctx.hi, true);
}

function unary32(f: Unary32): SseOperation {
  return {
    operands: ["f32"],
    bytes: 4,
    run: (ctx, input, out) => out.setInt32(0, f(ctx, word(input, A)), true),
  };
}

function binary32(f: Binary32): SseOperation {
  return {
    operands: ["f32", "f32"],
    bytes: 4,
    run: (ctx, input, out) => out.setInt32(0, f(ctx, word(input, A), word(input, B)), true),
  };
}

function unary64(f: Unary64, operand: Operand = "f64"): SseOperation {
  return {
    operands: [operand],
    bytes: 8,
    run: (ctx, input, out) => {
      f(ctx, word(input, A), word(input, A + 4));
      put(ctx, out);
    },
  };
}

function binary64(f: Binary64): SseOperation {
  return {
    operands: ["f64", "f64"],
    bytes: 8,
    run: (ctx, input, out) => {
      f(ctx, word(input, A), word(input, A + 4), word(input, B), word(input, B + 4));
      put(ctx, out);
    },
  };
}

/** A conversion from a 64-bit operand to a 32-bit result. */
function narrowing(f: (ctx: sf.FloatContext, lo: number, hi: number) => number, operand: Operand): SseOperation {
  return {
    operands: [operand],
    bytes: 4,
    run: (ctx, input, out) => out.setInt32(0, f(ctx, word(input, A), word(input, A + 4)), true),
  };
}

/** A conversion from a 32-bit operand to a 64-bit result. */
function widening(f: (ctx: sf.FloatContext, a: number) => void, operand: Operand): SseOperation {
  return {
    operands: [operand],
    bytes: 8,
    run: (ctx, input, out) => {
      f(ctx, word(input, A));
      put(ctx, out);
    },
  };
}

/** The relation as EFLAGS after COMISS: ZF (0x40), PF (4), CF (1). SDM vol. 2, COMISS. */
function eflags(relation: number): number {
  return relation === sf.UNORDERED ? 0x45 : relation === sf.EQUAL ? 0x40 : relation === sf.LESS ? 1 : 0;
}

function immediate(operation: SseOperation, immediates: number, run: SseOperation["run"]): SseOperation {
  return { ...operation, immediates, run };
}

function fma32(variant: number): SseOperation {
  return {
    operands: ["f32", "f32", "f32"],
    bytes: 4,
    run: (ctx, input, out) =>
      out.setInt32(0, sf.f32Fma(ctx, word(input, A), word(input, B), word(input, C), variant), true),
  };
}

function fma64(variant: number): SseOperation {
  return {
    operands: ["f64", "f64", "f64"],
    bytes: 8,
    run: (ctx, input, out) => {
      const [aLo, aHi, bLo, bHi] = [word(input, A), word(input, A + 4), word(input, B), word(input, B + 4)];
      sf.f64Fma(ctx, aLo, aHi, bLo, bHi, word(input, C), word(input, C + 4), variant);
      put(ctx, out);
    },
  };
}

function packed32(f: Binary32): SseOperation {
  return {
    operands: ["f32x4", "f32x4"],
    bytes: 16,
    run: (ctx, input, out) => {
      for (let i = 0; i < 16; i += 4) out.setInt32(i, f(ctx, word(input, A + i), word(input, B + i)), true);
    },
  };
}

function packed64(f: Binary64): SseOperation {
  return {
    operands: ["f64x2", "f64x2"],
    bytes: 16,
    run: (ctx, input, out) => {
      for (let i = 0; i < 16; i += 8) {
        f(ctx, word(input, A + i), word(input, A + i + 4), word(input, B + i), word(input, B + i + 4));
        out.setInt32(i, ctx.lo, true);
        out.setInt32(i + 4, ctx.hi, true);
      }
    },
  };
}

const cmp32: SseOperation = {
  ...binary32(sf.f32Add),
  run: (ctx, input, out) =>
    out.setInt32(0, sf.f32CmpPredicate(ctx, word(input, A), word(input, B), word(input, 4)), true),
};
const cmp64: SseOperation = {
  ...binary64(sf.f64Add),
  run: (ctx, input, out) => {
    const [aLo, aHi, bLo, bHi] = [word(input, A), word(input, A + 4), word(input, B), word(input, B + 4)];
    sf.f64CmpPredicate(ctx, aLo, aHi, bLo, bHi, word(input, 4));
    put(ctx, out);
  },
};

/** The operations by the name that native/sse.c gives them. */
export const sseOperations: Readonly<Record<string, SseOperation>> = {
  addss: binary32(sf.f32Add),
  subss: binary32(sf.f32Sub),
  mulss: binary32(sf.f32Mul),
  divss: binary32(sf.f32Div),
  sqrtss: unary32(sf.f32Sqrt),
  minss: binary32(sf.f32Min),
  maxss: binary32(sf.f32Max),
  comiss: binary32((ctx, a, b) => eflags(sf.f32Compare(ctx, a, b))),
  ucomiss: binary32((ctx, a, b) => eflags(sf.f32CompareQuiet(ctx, a, b))),
  cmpss: { ...cmp32, immediates: 8 },
  vcmpss: { ...cmp32, immediates: 32 },
  roundss: immediate(unary32(sf.f32Sqrt), 16, (ctx, input, out) =>
    out.setInt32(0, sf.f32RoundToIntegral(ctx, word(input, A), word(input, 4)), true),
  ),
  addsd: binary64(sf.f64Add),
  subsd: binary64(sf.f64Sub),
  mulsd: binary64(sf.f64Mul),
  divsd: binary64(sf.f64Div),
  sqrtsd: unary64(sf.f64Sqrt),
  minsd: binary64(sf.f64Min),
  maxsd: binary64(sf.f64Max),
  comisd: relation64(sf.f64Compare),
  ucomisd: relation64(sf.f64CompareQuiet),
  cmpsd: { ...cmp64, immediates: 8 },
  vcmpsd: { ...cmp64, immediates: 32 },
  roundsd: immediate(unary64(sf.f64Sqrt), 16, (ctx, input, out) => {
    sf.f64RoundToIntegral(ctx, word(input, A), word(input, A + 4), word(input, 4));
    put(ctx, out);
  }),
  cvtss2sd: widening(sf.f32ToF64, "f32"),
  cvtsd2ss: narrowing(sf.f64ToF32, "f64"),
  cvtsi2ss32: { ...unary32(sf.i32ToF32), operands: ["i32"] },
  cvtsi2sd32: widening(sf.i32ToF64, "i32"),
  cvtsi2ss64: narrowing(sf.i64ToF32, "i64"),
  cvtsi2sd64: unary64(sf.i64ToF64, "i64"),
  cvtss2si32: unary32((ctx, a) => sf.f32ToI32(ctx, a, 0)),
  cvttss2si32: unary32((ctx, a) => sf.f32ToI32(ctx, a, 1)),
  cvtss2si64: widening((ctx, a) => sf.f32ToI64(ctx, a, 0), "f32"),
  cvttss2si64: widening((ctx, a) => sf.f32ToI64(ctx, a, 1), "f32"),
  cvtsd2si32: narrowing((ctx, lo, hi) => sf.f64ToI32(ctx, lo, hi, 0), "f64"),
  cvttsd2si32: narrowing((ctx, lo, hi) => sf.f64ToI32(ctx, lo, hi, 1), "f64"),
  cvtsd2si64: unary64((ctx, lo, hi) => sf.f64ToI64(ctx, lo, hi, 0)),
  cvttsd2si64: unary64((ctx, lo, hi) => sf.f64ToI64(ctx, lo, hi, 1)),
  vcvtss2usi32: widening((ctx, a) => sf.f32ToUnsigned(ctx, a, 32, 0), "f32"),
  vcvtss2usi64: widening((ctx, a) => sf.f32ToUnsigned(ctx, a, 64, 0), "f32"),
  vcvttsd2usi32: unary64((ctx, lo, hi) => sf.f64ToUnsigned(ctx, lo, hi, 32, 1)),
  vcvtsd2usi64: unary64((ctx, lo, hi) => sf.f64ToUnsigned(ctx, lo, hi, 64, 0)),
  vcvtusi2ss64: narrowing(sf.u64ToF32, "i64"),
  vcvtusi2sd64: unary64(sf.u64ToF64, "i64"),
  vcvtph2ps: { ...unary32((ctx, a) => sf.f16ToF32(ctx, a & 0xffff)), operands: ["f16"] },
  vcvtps2ph: immediate(unary32(sf.f32Sqrt), 8, (ctx, input, out) =>
    out.setInt32(0, sf.f32ToF16(ctx, word(input, A), word(input, 4)), true),
  ),
  fmass213: fma32(sf.FMA_ADD),
  fmass132: fma32(sf.FMA_ADD),
  fmass231: fma32(sf.FMA_ADD),
  fmsubss213: fma32(sf.FMA_SUB),
  fnmaddss213: fma32(sf.FMA_NEGATED_ADD),
  fnmsubss213: fma32(sf.FMA_NEGATED_SUB),
  fmasd213: fma64(sf.FMA_ADD),
  fmasd132: fma64(sf.FMA_ADD),
  fmasd231: fma64(sf.FMA_ADD),
  fmsubsd213: fma64(sf.FMA_SUB),
  fnmaddsd213: fma64(sf.FMA_NEGATED_ADD),
  fnmsubsd213: fma64(sf.FMA_NEGATED_SUB),
  addps: packed32(sf.f32Add),
  mulps: packed32(sf.f32Mul),
  divps: packed32(sf.f32Div),
  mulpd: packed64(sf.f64Mul),
};

function relation64(
  f: (ctx: sf.FloatContext, aLo: number, aHi: number, bLo: number, bHi: number) => number,
): SseOperation {
  return {
    operands: ["f64", "f64"],
    bytes: 8,
    run: (ctx, input, out) =>
      out.setInt32(0, eflags(f(ctx, word(input, A), word(input, A + 4), word(input, B), word(input, B + 4))), true),
  };
}

function scalarOperand(random: Random, kind: Operand, near: bigint | undefined): bigint {
  switch (kind) {
    case "f16":
      return floatOperand(random, F16, near);
    case "f32":
      return floatOperand(random, F32, near);
    case "f64":
      return floatOperand(random, F64, near);
    case "i32":
      return integerOperand(random, 32);
    case "i64":
      return integerOperand(random, 64);
    default:
      throw new Error(`${kind} is not a scalar`);
  }
}

/** Fills `count` input records for an operation. A third of the records leave exceptions unmasked. */
export function makeSseCases(random: Random, operation: SseOperation, count: number): Uint8Array {
  const bytes = new Uint8Array(count * INPUT_SIZE);
  for (let i = 0; i < count; i++) {
    const view = new DataView(bytes.buffer, i * INPUT_SIZE, INPUT_SIZE);
    const masks = random.below(3) === 0 ? random.below(64) : 63;
    const ftz = random.below(3) === 0 ? 0x8000 : 0;
    const daz = random.below(3) === 0 ? 0x40 : 0;
    view.setUint32(0, (masks << 7) | (random.below(4) << 13) | ftz | daz, true);
    view.setUint32(4, random.below(operation.immediates ?? 1), true);
    let near: bigint | undefined;
    operation.operands.forEach((kind, index) => {
      const offset = 16 + 16 * index;
      const packed = kind === "f32x4" ? "f32" : kind === "f64x2" ? "f64" : undefined;
      if (packed === undefined) {
        const value = scalarOperand(random, kind, near);
        near = value;
        store(view, offset, value);
        return;
      }
      for (let at = 0; at < 16; at += packed === "f32" ? 4 : 8) {
        const other =
          index === 0
            ? undefined
            : packed === "f32"
              ? BigInt(view.getUint32(16 + at, true))
              : view.getBigUint64(16 + at, true);
        const value = scalarOperand(random, packed, other);
        if (packed === "f32") view.setUint32(offset + at, Number(value), true);
        else view.setBigUint64(offset + at, value, true);
      }
    });
  }
  return bytes;
}

/** Evaluates the records with this package, in the oracle's output format. */
export function runSseCases(operation: SseOperation, input: Uint8Array): Uint8Array {
  const count = input.length / INPUT_SIZE;
  const bytes = new Uint8Array(count * OUTPUT_SIZE);
  const ctx = new sf.FloatContext();
  for (let i = 0; i < count; i++) {
    const view = new DataView(input.buffer, input.byteOffset + i * INPUT_SIZE, INPUT_SIZE);
    const out = new DataView(bytes.buffer, i * OUTPUT_SIZE, OUTPUT_SIZE);
    const mxcsr = view.getUint32(0, true);
    ctx.rounding = (mxcsr >> 13) & 3;
    ctx.ftz = (mxcsr >> 15) & 1;
    ctx.daz = (mxcsr >> 6) & 1;
    ctx.masks = (mxcsr >> 7) & 63;
    ctx.flags = 0;
    ctx.hi = 0;
    operation.run(ctx, view, out);
    const flags = sf.simdReportedFlags(ctx);
    const trapped = sf.suppressesResult(ctx) ? 1 : 0;
    out.setUint32(16, flags, true);
    out.setUint32(20, trapped, true);
    if (trapped !== 0) bytes.fill(0, i * OUTPUT_SIZE, i * OUTPUT_SIZE + 16);
  }
  return bytes;
}

/** Clears what is not compared in the oracle's records. */
export function blankSse(operation: SseOperation, output: Uint8Array): void {
  for (let at = 0; at < output.length; at += OUTPUT_SIZE) {
    output.fill(0, at + operation.bytes, at + 16);
    output.fill(0, at + 24, at + OUTPUT_SIZE);
  }
}
