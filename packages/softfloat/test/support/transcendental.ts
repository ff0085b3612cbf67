import * as sf from "../../src/index.js";
import { differenceInUlps, exactF80, type Exact } from "./exact.js";
import { F80, floatOperand, store } from "./operands.js";
import type { Random } from "@isinglass/testkit";
import { X87_INPUT_SIZE, X87_OUTPUT_SIZE } from "./x87-operations.js";

export interface Transcendental {
  readonly operands: (random: Random) => readonly [a: bigint, b: bigint];
  readonly run: (
    ctx: sf.FloatContext,
    aLo: number,
    aHi: number,
    aSe: number,
    bLo: number,
    bHi: number,
    bSe: number,
  ) => void;
  /** Is the result defined for this operand? Where it is not, vendors differ. */
  readonly defined?: (a: Exact) => boolean;
  /** There is a second result, and it ends on top of the stack. */
  readonly pushes?: boolean;
}

const ONE = 0x3fffn;

/** A number with an exponent from `low` to `high`, of any sign. */
function between(random: Random, low: number, high: number): bigint {
  const e = ONE + BigInt(low + random.below(high - low + 1));
  const fraction = floatOperand(random, F80) & ((1n << 63n) - 1n);
  return (BigInt(random.below(2)) << 79n) | (e << 64n) | (1n << 63n) | fraction;
}

function positive(value: bigint): bigint {
  return value & ((1n << 79n) - 1n);
}

/** Next to a multiple of pi/2, where sine or cosine cancels. */
function nearPi(random: Random): bigint {
  const multiple = BigInt(1 + random.below(2 ** random.below(31)));
  const product = multiple * 0xc90fdaa22168c234c4c6628bn;
  const length = product.toString(2).length;
  const significand = (product >> BigInt(length - 64)) + BigInt(random.below(3) - 1);
  return (BigInt(random.below(2)) << 79n) | (BigInt(0x3fff + length - 96) << 64n) | significand;
}

function angle(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
      return floatOperand(random, F80);
    case 1:
    case 2:
      return nearPi(random);
    case 3:
      return between(random, -16382, 62);
    case 4:
      return between(random, -70, 62);
    default:
      return between(random, -6, 6);
  }
}

/** Next to 1, on both sides. */
function nearOne(random: Random): bigint {
  const fraction = between(random, 0, 0) & ((1n << 63n) - 1n);
  const shifted = fraction >> BigInt(random.below(63));
  return random.below(2) === 0
    ? (ONE << 64n) | (1n << 63n) | shifted
    : ((ONE - 1n) << 64n) | (((1n << 64n) - 1n) ^ shifted);
}

function anything(random: Random): bigint {
  return random.below(2) === 0 ? floatOperand(random, F80) : between(random, -100, 100);
}

/** The operations by the name that native/x87.c and native/transcendental.c give them. */
export const transcendentals: Readonly<Record<string, Transcendental>> = {
  f2xm1: {
    operands: (random) => [
      random.below(8) === 0
        ? floatOperand(random, F80)
        : random.below(4) === 0
          ? between(random, -16382, -1)
          : between(random, random.below(2) === 0 ? -80 : -6, -1),
      0n,
    ],
    defined: (a) => !a.finite || a.exponent < -63 || (a.exponent === -63 && BigInt.asUintN(63, a.significand) === 0n),
    run: sf.f80TwoToXMinus1,
  },
  fyl2x: {
    operands: (random) => {
      const kind = random.below(8);
      const a = kind === 0 ? floatOperand(random, F80) : kind < 4 ? nearOne(random) : positive(anything(random));
      return [a, anything(random)];
    },
    run: sf.f80YLog2X,
  },
  fyl2xp1: {
    // From 1/sqrt(2) - 1 to sqrt(2) - 1, which is all that is defined
    operands: (random) => {
      const kind = random.below(8);
      let a = kind === 0 ? floatOperand(random, F80) : between(random, kind < 4 ? -16382 : -70, -2);
      const limit = a >> 79n === 0n ? 0x3ffdd413cccfe7799211n : 0x3ffd95f619980c4336f7n;
      if (kind !== 0 && positive(a) > limit) a -= 1n << 64n;
      return [a, anything(random)];
    },
    defined: (a) => !a.finite || a.significand >= 0n || a.exponent < -63,
    run: sf.f80YLog2XPlus1,
  },
  fptan: { operands: (random) => [angle(random), 0n], run: sf.f80Tan, pushes: true },
  fpatan: {
    operands: (random) => {
      const a = anything(random);
      return [a, random.below(2) === 0 ? floatOperand(random, F80, a) : anything(random)];
    },
    run: sf.f80Atan2,
  },
  fsin: { operands: (random) => [angle(random), 0n], run: sf.f80Sin },
  fcos: { operands: (random) => [angle(random), 0n], run: sf.f80Cos },
  fsincos: { operands: (random) => [angle(random), 0n], run: sf.f80SinCos, pushes: true },
};

/** Fills `count` records, in all rounding modes; an eighth of them leave exceptions unmasked. */
export function makeTranscendentalCases(random: Random, operation: Transcendental, count: number): Uint8Array {
  const bytes = new Uint8Array(count * X87_INPUT_SIZE);
  for (let i = 0; i < count; i++) {
    const view = new DataView(bytes.buffer, i * X87_INPUT_SIZE, X87_INPUT_SIZE);
    const [a, b] = operation.operands(random);
    const masks = random.below(8) === 0 ? random.below(64) : 63;
    view.setUint32(0, 0x300 | masks | (random.below(4) << 10), true);
    store(view, 16, a);
    store(view, 32, b);
  }
  return bytes;
}

/** One result beside the CPU's. */
export interface Compared {
  /** Position of the record, and whether it is the second result. */
  readonly index: number;
  readonly second: boolean;
  readonly rounding: number;
  readonly ours: bigint;
  readonly cpu: bigint;
  /** Difference of ours and the CPU's in units of the last place; 0 for equal special values, NaN for unequal ones. */
  readonly ulps: number;
  /** Are exceptions and C2 equal? */
  readonly flagsAgree: boolean;
  /** Is there a true value to compare with: a defined, finite, inexact result? */
  readonly hasTruth: boolean;
  /** An unmasked overflow or underflow has scaled the result. */
  readonly scaled: boolean;
  /** False where the manual leaves the result undefined, and vendors differ. */
  readonly defined: boolean;
  readonly operands: string;
}

function pattern(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true) | (BigInt(view.getUint16(at + 8, true)) << 64n);
}

function result(ctx: sf.FloatContext, second: boolean): bigint {
  const [lo, hi, se] = second ? [ctx.sigLo2, ctx.sigHi2, ctx.se2] : [ctx.sigLo, ctx.sigHi, ctx.se];
  return BigInt(lo >>> 0) | (BigInt(hi >>> 0) << 32n) | (BigInt(se) << 64n);
}

/** Evaluates the records and holds them against the CPU's, as native/x87.c wrote them. */
export function compareTranscendental(operation: Transcendental, input: Uint8Array, output: Uint8Array): Compared[] {
  const list: Compared[] = [];
  const ctx = new sf.FloatContext();
  for (let index = 0; index * X87_INPUT_SIZE < input.length; index++) {
    const record = new DataView(input.buffer, input.byteOffset + index * X87_INPUT_SIZE, X87_INPUT_SIZE);
    const wanted = new DataView(output.buffer, output.byteOffset + index * X87_OUTPUT_SIZE, X87_OUTPUT_SIZE);
    // Every other record passes its words unsigned, since both are allowed.
    const word = (at: number): number => (index & 1 ? record.getUint32(at, true) : record.getInt32(at, true));
    const control = record.getUint32(0, true);
    ctx.rounding = (control >> 10) & 3;
    ctx.masks = control & 63;
    ctx.flags = 0;
    ctx.partial = 0;
    const [aSe, bSe] = [record.getUint16(24, true), record.getUint16(40, true)];
    operation.run(ctx, word(16), word(20), aSe, word(32), word(36), bSe);
    const status = wanted.getUint32(48, true);
    const unmasked = ctx.flags & ~ctx.masks;
    const stopped = (unmasked & sf.PRE_COMPUTATION) !== 0;
    const scaled = (unmasked & (sf.OE | sf.UE)) !== 0;
    const pushed = operation.pushes === true && ctx.partial === 0 && !stopped;
    const defined = operation.defined?.(exactF80(pattern(record, 16))) !== false;
    for (const second of pushed ? [false, true] : [false]) {
      // A stopped operation leaves the stack alone.
      const ours = stopped ? pattern(record, 16) : result(ctx, second);
      const cpu = pattern(wanted, pushed && !second ? 16 : 0);
      const [a, b] = [exactF80(ours), exactF80(cpu)];
      const inexact = (ctx.flags & sf.PE) !== 0 && a.finite && b.finite;
      list.push({
        index,
        second,
        rounding: ctx.rounding,
        ours,
        cpu,
        ulps: ours === cpu ? 0 : inexact ? Math.abs(differenceInUlps(a, b)) : Number.NaN,
        flagsAgree: (status & 63) === ctx.flags && (status & 0x400) === ctx.partial * 0x400,
        hasTruth: inexact && defined && !scaled,
        scaled,
        defined,
        operands: `${pattern(record, 16).toString(16)} ${pattern(record, 32).toString(16)}`,
      });
    }
  }
  return list;
}
