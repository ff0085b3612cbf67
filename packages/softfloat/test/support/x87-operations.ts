import * as sf from "../../src/index.js";
import { F32, F64, F80, floatOperand, integerOperand, store } from "./operands.js";
import type { Random } from "@isinglass/testkit";

/** Bytes of one input record of the x87 oracle: see native/x87.c. */
export const X87_INPUT_SIZE: number = 64;
/** Bytes of one output record. */
export const X87_OUTPUT_SIZE: number = 64;

export type X87Operand = "f80" | "f32" | "f64" | "i16" | "i32" | "i64" | "bcd" | "none" | "scale";

/** What of a record is compared: status bits, and the bytes of ST0, ST1 and memory. */
export interface X87Operation {
  readonly a: X87Operand;
  readonly b: X87Operand;
  readonly status: number;
  readonly st1?: boolean;
  /** Bytes stored to memory; then the registers are not compared. */
  readonly memory?: number;
  /** The operation pushes its result: when it traps there is none. */
  readonly load?: boolean;
  /** The result is the status only. */
  readonly statusOnly?: boolean;
  /** Runs our function and returns condition-code bits of the status word, C1 included. */
  readonly run: (ctx: sf.FloatContext, operands: X87Operands) => number;
}

/** Operands a and b as int32 pieces. */
export interface X87Operands {
  aLo: number;
  aHi: number;
  aSe: number;
  bLo: number;
  bHi: number;
  bSe: number;
}

const C0 = 0x100;
const C1 = 0x200;
const C2 = 0x400;
const C3 = 0x4000;
const FLAGS = 63;

type Binary = (
  ctx: sf.FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
) => void;

function c1(ctx: sf.FloatContext): number {
  return ctx.roundedUp !== 0 ? C1 : 0;
}

function binary(f: Binary, b: X87Operand = "f80"): X87Operation {
  return {
    a: "f80",
    b,
    status: FLAGS | C1,
    run: (ctx, o) => {
      f(ctx, o.aLo, o.aHi, o.aSe, o.bLo, o.bHi, o.bSe);
      return c1(ctx);
    },
  };
}

function unary(f: (ctx: sf.FloatContext, aLo: number, aHi: number, aSe: number) => void): X87Operation {
  return binary((ctx, lo, hi, se) => f(ctx, lo, hi, se), "none");
}

function arith32(op: number): X87Operation {
  return binary((ctx, lo, hi, se, b) => sf.f80ArithF32(ctx, op, lo, hi, se, b), "f32");
}

function arith64(op: number): X87Operation {
  return binary((ctx, lo, hi, se, bLo, bHi) => sf.f80ArithF64(ctx, op, lo, hi, se, bLo, bHi), "f64");
}

function arithInteger(op: number, bits: 16 | 32): X87Operation {
  return binary(
    (ctx, lo, hi, se, b) => sf.f80ArithI32(ctx, op, lo, hi, se, bits === 16 ? (b << 16) >> 16 : b),
    bits === 16 ? "i16" : "i32",
  );
}

function conditionCodes(relation: number): number {
  return relation === sf.UNORDERED ? C3 | C2 | C0 : relation === sf.EQUAL ? C3 : relation === sf.LESS ? C0 : 0;
}

function compare(
  f: (ctx: sf.FloatContext, aLo: number, aHi: number, aSe: number, bLo: number, bHi: number, bSe: number) => number,
  b: X87Operand = "f80",
): X87Operation {
  return {
    a: "f80",
    b,
    status: FLAGS | C0 | C1 | C2 | C3,
    statusOnly: true,
    run: (ctx, o) => conditionCodes(f(ctx, o.aLo, o.aHi, o.aSe, o.bLo, o.bHi, o.bSe)),
  };
}

function remainder(f: Binary): X87Operation {
  return {
    a: "f80",
    b: "f80",
    status: FLAGS | C0 | C1 | C2 | C3,
    run: (ctx, o) => {
      f(ctx, o.aLo, o.aHi, o.aSe, o.bLo, o.bHi, o.bSe);
      const q = ctx.quotient;
      return (ctx.partial !== 0 ? C2 : 0) | (q & 4 ? C0 : 0) | (q & 2 ? C3 : 0) | (q & 1 ? C1 : 0);
    },
  };
}

function load(b: X87Operand, f: (ctx: sf.FloatContext, bLo: number, bHi: number, bSe: number) => void): X87Operation {
  return {
    a: "none",
    b,
    status: FLAGS | C1,
    load: true,
    run: (ctx, o) => {
      f(ctx, o.bLo, o.bHi, o.bSe);
      return 0;
    },
  };
}

function storing(
  memory: number,
  f: (ctx: sf.FloatContext, aLo: number, aHi: number, aSe: number) => void,
): X87Operation {
  return {
    a: "f80",
    b: "none",
    status: FLAGS | C1,
    memory,
    run: (ctx, o) => {
      f(ctx, o.aLo, o.aHi, o.aSe);
      return c1(ctx);
    },
  };
}

function storeInteger(bits: number, truncate: number): X87Operation {
  return storing(bits / 8, (ctx, lo, hi, se) => sf.f80ToInteger(ctx, lo, hi, se, bits, truncate));
}

/** The operations by the name that native/x87.c gives them. */
export const x87Operations: Readonly<Record<string, X87Operation>> = {
  fadd: binary(sf.f80Add),
  fsub: binary(sf.f80Sub),
  fmul: binary(sf.f80Mul),
  fdiv: binary(sf.f80Div),
  fsqrt: unary(sf.f80Sqrt),
  fadds: arith32(sf.OP_ADD),
  fmuls: arith32(sf.OP_MUL),
  fsubs: arith32(sf.OP_SUB),
  fsubrs: arith32(sf.OP_SUBR),
  fdivs: arith32(sf.OP_DIV),
  fdivrs: arith32(sf.OP_DIVR),
  faddl: arith64(sf.OP_ADD),
  fmull: arith64(sf.OP_MUL),
  fsubrl: arith64(sf.OP_SUBR),
  fdivl: arith64(sf.OP_DIV),
  fdivrl: arith64(sf.OP_DIVR),
  fiadds: arithInteger(sf.OP_ADD, 16),
  fidivl: arithInteger(sf.OP_DIV, 32),
  fisubrl: arithInteger(sf.OP_SUBR, 32),
  fcom: compare((ctx, lo, hi, se, bLo, bHi, bSe) => sf.f80Compare(ctx, lo, hi, se, bLo, bHi, bSe, 1)),
  fucom: compare((ctx, lo, hi, se, bLo, bHi, bSe) => sf.f80Compare(ctx, lo, hi, se, bLo, bHi, bSe, 0)),
  fcoms: compare((ctx, lo, hi, se, b) => sf.f80CompareF32(ctx, lo, hi, se, b), "f32"),
  fcoml: compare((ctx, lo, hi, se, bLo, bHi) => sf.f80CompareF64(ctx, lo, hi, se, bLo, bHi), "f64"),
  ficoml: compare((ctx, lo, hi, se, b) => sf.f80CompareI32(ctx, lo, hi, se, b), "i32"),
  ftst: compare((ctx, lo, hi, se) => sf.f80CompareI32(ctx, lo, hi, se, 0), "none"),
  fxam: {
    a: "f80",
    b: "none",
    status: FLAGS | C0 | C1 | C2 | C3,
    statusOnly: true,
    run: (ctx, o) => {
      const kind = sf.f80Examine(ctx, o.aLo, o.aHi, o.aSe);
      return (kind & 4 ? C3 : 0) | (kind & 2 ? C2 : 0) | (kind & 1 ? C0 : 0) | (o.aSe & 0x8000 ? C1 : 0);
    },
  },
  fprem: remainder(sf.f80Rem),
  fprem1: remainder(sf.f80Rem1),
  frndint: unary(sf.f80RoundToIntegral),
  fscale: { ...binary(sf.f80Scale), b: "scale" },
  fxtract: { ...unary(sf.f80Extract), st1: true },
  flds: load("f32", sf.f80FromF32),
  fldl: load("f64", sf.f80FromF64),
  filds: load("i16", (ctx, b) => sf.f80FromI32(ctx, (b << 16) >> 16)),
  fildl: load("i32", sf.f80FromI32),
  fildq: load("i64", sf.f80FromI64),
  fbld: load("bcd", sf.f80FromBcd),
  fld1: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_ONE)),
  fldl2t: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_LOG2_10)),
  fldl2e: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_LOG2_E)),
  fldpi: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_PI)),
  fldlg2: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_LOG10_2)),
  fldln2: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_LN_2)),
  fldz: load("none", (ctx) => sf.f80Constant(ctx, sf.CONSTANT_ZERO)),
  fsts: storing(4, sf.f80ToF32),
  fstl: storing(8, sf.f80ToF64),
  fists: storeInteger(16, 0),
  fistl: storeInteger(32, 0),
  fistpq: storeInteger(64, 0),
  fisttps: storeInteger(16, 1),
  fisttpl: storeInteger(32, 1),
  fisttpq: storeInteger(64, 1),
  fbstp: storing(10, sf.f80ToBcd),
};

function operand(random: Random, kind: X87Operand, near: bigint | undefined): bigint {
  switch (kind) {
    case "f80":
      return floatOperand(random, F80, near);
    case "f32":
      return floatOperand(random, F32);
    case "f64":
      return floatOperand(random, F64);
    case "i16":
      return integerOperand(random, 16);
    case "i32":
      return integerOperand(random, 32);
    case "i64":
      return integerOperand(random, 64);
    case "bcd": {
      let digits = 0n;
      for (let i = 0; i < 18; i++) digits = (digits << 4n) | BigInt(random.below(10));
      return (digits >> BigInt(4 * random.below(18))) | (BigInt(random.below(2)) << 79n);
    }
    case "scale":
      // Scales that matter are up to about 2^16: take those often.
      return random.below(3) === 0
        ? floatOperand(random, F80)
        : (BigInt(random.below(2)) << 79n) |
            (BigInt(16383 + random.below(17)) << 64n) |
            (1n << 63n) |
            (BigInt(random.int32() >>> 0) << 31n);
    case "none":
      return 0n;
  }
}

/** Fills `count` input records. A third of them leave exceptions unmasked, and half use a reduced precision. */
export function makeX87Cases(random: Random, operation: X87Operation, count: number): Uint8Array {
  const bytes = new Uint8Array(count * X87_INPUT_SIZE);
  for (let i = 0; i < count; i++) {
    const view = new DataView(bytes.buffer, i * X87_INPUT_SIZE, X87_INPUT_SIZE);
    const masks = random.below(3) === 0 ? random.below(64) : 63;
    const precision = random.pick([0, 2, 3, 3]);
    view.setUint32(0, masks | (precision << 8) | (random.below(4) << 10), true);
    const a = operand(random, operation.a, undefined);
    store(view, 16, a);
    store(view, 32, operand(random, operation.b, operation.a === "f80" ? a : undefined));
  }
  return bytes;
}

/** Evaluates the records with this package, in the oracle's output format; what is not compared stays 0. */
export function runX87Cases(operation: X87Operation, input: Uint8Array): Uint8Array {
  const count = input.length / X87_INPUT_SIZE;
  const bytes = new Uint8Array(count * X87_OUTPUT_SIZE);
  const ctx = new sf.FloatContext();
  const operands: X87Operands = { aLo: 0, aHi: 0, aSe: 0, bLo: 0, bHi: 0, bSe: 0 };
  for (let i = 0; i < count; i++) {
    const view = new DataView(input.buffer, input.byteOffset + i * X87_INPUT_SIZE, X87_INPUT_SIZE);
    const out = new DataView(bytes.buffer, i * X87_OUTPUT_SIZE, X87_OUTPUT_SIZE);
    const cw = view.getUint32(0, true);
    ctx.masks = cw & 63;
    ctx.precision = [24, 24, 53, 64][(cw >> 8) & 3]!;
    ctx.rounding = (cw >> 10) & 3;
    ctx.flags = 0;
    ctx.roundedUp = 0;
    // Every other record passes its words unsigned, since both are allowed.
    const word = (at: number): number => (i & 1 ? view.getUint32(at, true) : view.getInt32(at, true));
    operands.aLo = word(16);
    operands.aHi = word(20);
    operands.aSe = view.getUint16(24, true);
    operands.bLo = word(32);
    operands.bHi = word(36);
    operands.bSe = view.getUint16(40, true);
    let status = operation.run(ctx, operands);
    const unmasked = ctx.flags & ~ctx.masks;
    const stopped = (unmasked & sf.PRE_COMPUTATION) !== 0;
    if (stopped) status = 0;
    status |= ctx.flags;
    if (operation.memory !== undefined) {
      if ((unmasked & (sf.IE | sf.OE | sf.UE)) === 0) {
        out.setInt32(32, ctx.lo, true);
        if (operation.memory > 4) out.setInt32(36, ctx.hi, true);
        if (operation.memory === 2) out.setInt32(32, ctx.lo & 0xffff, true);
        if (operation.memory === 10) out.setUint16(40, ctx.se, true);
      }
    } else if (operation.statusOnly === true) {
      // nothing but the status
    } else if (stopped) {
      if (operation.load !== true) {
        out.setInt32(0, operands.aLo, true);
        out.setInt32(4, operands.aHi, true);
        out.setUint16(8, operands.aSe, true);
      }
    } else {
      const pushed = operation.st1 === true;
      out.setInt32(0, pushed ? ctx.sigLo2 : ctx.sigLo, true);
      out.setInt32(4, pushed ? ctx.sigHi2 : ctx.sigHi, true);
      out.setUint16(8, pushed ? ctx.se2 : ctx.se, true);
      if (pushed) {
        out.setInt32(16, ctx.sigLo, true);
        out.setInt32(20, ctx.sigHi, true);
        out.setUint16(24, ctx.se, true);
      }
    }
    out.setUint32(48, status & operation.status, true);
  }
  return bytes;
}

/** Clears what is not compared in the oracle's records. */
export function blankX87(operation: X87Operation, input: Uint8Array, output: Uint8Array): void {
  const count = input.length / X87_INPUT_SIZE;
  for (let i = 0; i < count; i++) {
    const view = new DataView(output.buffer, output.byteOffset + i * X87_OUTPUT_SIZE, X87_OUTPUT_SIZE);
    const masks = input[i * X87_INPUT_SIZE]! & 63;
    const status = view.getUint32(48, true);
    const stopped = (status & ~masks & sf.PRE_COMPUTATION) !== 0;
    // Whether FCOM then still sets C3, C2 and C0 depends on the vendor: AMD does, Intel's manual says not.
    view.setUint32(48, status & (stopped ? FLAGS : operation.status), true);
    const at = i * X87_OUTPUT_SIZE;
    if (operation.memory !== undefined || operation.statusOnly === true || (operation.load === true && stopped))
      output.fill(0, at, at + 32);
    else if (operation.st1 !== true || stopped) output.fill(0, at + 16, at + 32);
  }
}
