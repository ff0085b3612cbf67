import { OP_DIV, OP_MUL, OP_SUB } from "@isinglass/softfloat";
import { FunctionBuilder, I32, I64, type IrFunction, type Local, OP, V128, type Value } from "@isinglass/uops";
import { Integers, isSlow, isUnusual } from "./f80-functions.js";
import { FLAG_CF, FLAG_ZF, S } from "./state.js";
import type { Helper } from "./helpers.js";
import {
  FOP_TO_REGISTER,
  X87_BITS_SHIFT,
  X87_F32,
  X87_F64,
  X87_F80,
  X87_INTEGER,
  X87_NEW_EMPTY,
  X87_NEW_FSW,
  X87_NEW_STORES,
  X87_NEW_TOP,
  X87_POP,
  X87_POPS,
  X87_REGISTER,
  X87_SOURCE_SHIFT,
  X87_TO_FLAGS,
  X87_TRUNCATE,
  X87_ZERO,
  x87Operation,
} from "./x87-operations.js";
import { FCW_INITIAL, FSW_C0, FSW_C1, FSW_C2, FSW_C3, FSW_PE } from "./x87-state.js";

/**
 * The frequent x87 instructions as functions of micro-ops. Each gives 1 where it has done all of the instruction but its pointers, and 0
 * where it has changed nothing and the assist of the same name must do it: empty and full registers, unusual operands and results,
 * rounding and precision that are not the initial ones.
 */
class Stack {
  readonly f: FunctionBuilder;
  readonly i: Integers;
  readonly #top: Local;

  constructor(f: FunctionBuilder) {
    this.f = f;
    this.i = new Integers(f);
    this.#top = f.local(I32);
    f.set(this.#top, f.stateLoad(OP.stateLoadI32, S.fpuTop));
  }

  get top(): Value {
    return this.f.get(this.#top);
  }

  slow(condition: Value): void {
    this.f.if(condition, () => this.f.return(this.f.i32(0)));
  }

  /** Number of the register ST(i). */
  physical(i: Value): Value {
    return this.f.op("i32.add", this.top, i);
  }

  /** Bit position of the tag of ST(i). */
  #shift(i: Value): Value {
    const byte = this.f.op("i32.and", this.physical(i), this.f.i32(7));
    return this.i.shl(this.i.bit(byte), this.i.const(3));
  }

  /** Not zero where ST(i) is empty. */
  emptiness(i: Value): Value {
    const tag = this.i.shr(this.f.stateLoad(OP.stateLoad64, S.fpuEmpty), this.#shift(i));
    return this.f.op("i32.wrap_i64", this.i.and(tag, this.i.const(1)));
  }

  #setTag(i: Value, empty: number): void {
    const { f } = this;
    const shift = this.#shift(i);
    const others = this.i.and(
      f.stateLoad(OP.stateLoad64, S.fpuEmpty),
      this.i.xor(this.i.shl(this.i.const(0xff), shift), this.i.const(-1)),
    );
    f.stateStore(OP.stateStore64, this.i.or(others, this.i.shl(this.i.const(empty), shift)), S.fpuEmpty);
  }

  read(i: Value): Value {
    return this.f.stateLoadIndexed(S.fpr, this.physical(i), 7);
  }

  /** Writes ST(i), which is in use, with a number whose upper half may have status bits above sign and exponent. */
  write(i: Value, number: Value): void {
    const { f } = this;
    const se = this.i.and(f.lane("i64x2.extract_lane", 1, number), this.i.const(0xffff));
    f.stateStoreIndexed(S.fpr, this.physical(i), 7, f.lane("i64x2.replace_lane", 1, number, se));
  }

  /** Writes ST(i), which may have been empty. */
  fill(i: Value, number: Value): void {
    this.write(i, number);
    this.#setTag(i, 0);
  }

  push(number: Value): void {
    const { f } = this;
    f.set(this.#top, f.op("i32.and", f.op("i32.add", this.top, f.i32(7)), f.i32(7)));
    this.fill(f.i32(0), number);
    f.stateStore(OP.stateStoreI32, this.top, S.fpuTop);
  }

  pop(): void {
    const { f } = this;
    this.#setTag(f.i32(0), 1);
    f.set(this.#top, f.op("i32.and", f.op("i32.add", this.top, f.i32(1)), f.i32(7)));
    f.stateStore(OP.stateStoreI32, this.top, S.fpuTop);
  }

  /** Clears bits of the status word and sets others. */
  status(cleared: number, set: Value): void {
    const { f } = this;
    const kept = f.op("i32.and", f.stateLoad(OP.stateLoadI32, S.fsw), f.i32(~cleared));
    f.stateStore(OP.stateStoreI32, f.op("i32.or", kept, set), S.fsw);
  }

  /** Bits for the status word that came with a result. */
  statusOf(result: Value): Value {
    return this.f.op("i32.wrap_i64", this.i.shr(this.f.lane("i64x2.extract_lane", 1, result), this.i.const(32)));
  }

  significand(number: Value): Value {
    return this.f.lane("i64x2.extract_lane", 0, number);
  }

  se(number: Value): Value {
    return this.i.and(this.f.lane("i64x2.extract_lane", 1, number), this.i.const(0xffff));
  }

  done(): IrFunction {
    this.f.return(this.f.i32(1));
    return this.f.finish();
  }
}

function masked(f: FunctionBuilder, value: Value, bits: number): Value {
  return f.op("i32.and", value, f.i32(bits));
}

const field = (f: FunctionBuilder, how: Value, shift: number, bits: number): Value =>
  masked(f, f.op("i32.shr_u", how, f.i32(shift)), bits);

/** ST(i) or the operand from memory into `number`; slow where the register is empty or the operand unusual. */
function loadSource(s: Stack, number: Local, kind: Value, i: Value, bits: Value, from: Helper<typeof V128>): void {
  const { f } = s;
  f.if(
    f.op("i32.eqz", kind),
    () => {
      s.slow(s.emptiness(i));
      f.set(number, s.read(i));
    },
    () => {
      f.set(number, f.call(from, [kind, bits]));
      s.slow(isSlow(f, f.get(number)));
    },
  );
  s.slow(isUnusual(f, s.significand(f.get(number)), s.se(f.get(number))));
}

/** The functions of {@link buildX87Arithmetic}. */
export interface F80Helpers {
  readonly f80From: Helper<typeof V128>;
  readonly f80Add: Helper<typeof V128>;
  readonly f80Multiply: Helper<typeof V128>;
  readonly f80Divide: Helper<typeof V128>;
}

/** `(how, fop, bits in memory) -> done`: as assist `x87-arith`. */
export function buildX87Arithmetic(helpers: F80Helpers): IrFunction {
  const f = new FunctionBuilder("x87-arith", [I32, I32, I64], I32);
  const s = new Stack(f);
  const { i } = s;
  const how = (): Value => f.get(f.param(0));
  s.slow(f.op("i32.ne", f.stateLoad(OP.stateLoadI32, S.fcw), f.i32(FCW_INITIAL)));
  s.slow(s.emptiness(f.i32(0)));
  const kind = f.local(I32);
  const register = f.local(I32);
  const destination = f.local(I32);
  const a = f.local(V128);
  const b = f.local(V128);
  const bSign = f.local(I64);
  f.set(kind, field(f, how(), X87_SOURCE_SHIFT, 7));
  f.set(register, masked(f, f.get(f.param(1)), 7));
  loadSource(s, b, f.get(kind), f.get(register), f.get(f.param(2)), helpers.f80From);
  f.set(a, s.read(f.i32(0)));
  s.slow(isUnusual(f, s.significand(f.get(a)), s.se(f.get(a))));
  // The destination is ST(0), or of some register forms ST(i); it is the left operand, where the operation is not reversed.
  const isRegister = f.op("i32.eq", f.get(kind), f.i32(X87_REGISTER));
  const toRegister = f.op(
    "i32.and",
    isRegister,
    f.op("i32.ne", masked(f, f.get(f.param(1)), FOP_TO_REGISTER), f.i32(0)),
  );
  f.set(destination, f.select(f.get(register), f.i32(0), toRegister));
  const isReverse = f.op("i32.eq", masked(f, how(), 5), f.i32(5));
  const swapped = f.local(V128);
  f.if(f.op("i32.xor", isReverse, toRegister), () => {
    f.set(swapped, f.get(a));
    f.set(a, f.get(b));
    f.set(b, f.get(swapped));
  });
  const result = f.local(V128);
  const operands = (): Value[] => [
    s.significand(f.get(a)),
    s.se(f.get(a)),
    s.significand(f.get(b)),
    i.xor(s.se(f.get(b)), f.get(bSign)),
  ];
  const operation = (): Value => masked(f, how(), 7);
  f.if(
    f.op("i32.eq", operation(), f.i32(OP_MUL)),
    () => f.set(result, f.call(helpers.f80Multiply, operands())),
    () =>
      f.if(
        f.op("i32.ge_u", operation(), f.i32(OP_DIV)),
        () => f.set(result, f.call(helpers.f80Divide, operands())),
        () => {
          f.set(bSign, f.select(i.const(0x8000), i.const(0), f.op("i32.ge_u", operation(), f.i32(OP_SUB))));
          f.set(result, f.call(helpers.f80Add, operands()));
        },
      ),
  );
  s.slow(isSlow(f, f.get(result)));
  s.write(f.get(destination), f.get(result));
  s.status(FSW_C1, s.statusOf(f.get(result)));
  f.if(masked(f, how(), X87_POP), () => s.pop());
  return s.done();
}

/** `(how, fop, bits in memory) -> done`: as assist `x87-compare`. */
export function buildX87Compare(helpers: F80Helpers): IrFunction {
  const f = new FunctionBuilder("x87-compare", [I32, I32, I64], I32);
  const s = new Stack(f);
  const { i } = s;
  const how = (): Value => f.get(f.param(0));
  s.slow(s.emptiness(f.i32(0)));
  const kind = f.local(I32);
  const a = f.local(V128);
  const b = f.local(V128);
  f.set(kind, field(f, how(), X87_SOURCE_SHIFT, 7));
  f.if(f.op("i32.ne", f.get(kind), f.i32(X87_ZERO)), () =>
    loadSource(s, b, f.get(kind), masked(f, f.get(f.param(1)), 7), f.get(f.param(2)), helpers.f80From),
  );
  f.set(a, s.read(f.i32(0)));
  s.slow(isUnusual(f, s.significand(f.get(a)), s.se(f.get(a))));
  // Ordered by exponent, then significand; zero is below all others. The sign of a zero counts for nothing.
  const part = (v: Local): [Value, Value] => [i.exponent(s.se(f.get(v))), s.significand(f.get(v))];
  const [aExponent, aSignificand] = part(a);
  const [bExponent, bSignificand] = part(b);
  const sameExponent = i.eq(aExponent, bExponent);
  const sameSize = f.op("i32.and", sameExponent, i.eq(aSignificand, bSignificand));
  const smaller = f.select(i.below(aSignificand, bSignificand), i.below(aExponent, bExponent), sameExponent);
  const aSign = f.op("i32.wrap_i64", i.shr(s.se(f.get(a)), i.const(15)));
  const bSign = f.op("i32.wrap_i64", i.shr(s.se(f.get(b)), i.const(15)));
  const bothZero = f.op("i32.and", i.isZero(aSignificand), i.isZero(bSignificand));
  const equal = f.op("i32.or", bothZero, f.op("i32.and", sameSize, f.op("i32.eq", aSign, bSign)));
  const lessOfOneSign = f.op("i32.xor", smaller, aSign);
  const less = f.select(lessOfOneSign, aSign, f.op("i32.eq", aSign, bSign));
  const relation = (ifEqual: number, ifLess: number): Value =>
    f.select(f.i32(ifEqual), f.select(f.i32(ifLess), f.i32(0), less), equal);
  f.if(
    masked(f, how(), X87_TO_FLAGS),
    () => f.stateStore(OP.stateStore64, i.bit(relation(FLAG_ZF, FLAG_CF)), S.scratch),
    () => s.status(FSW_C0 | FSW_C1 | FSW_C2 | FSW_C3, relation(FSW_C3, FSW_C0)),
  );
  f.if(masked(f, how(), X87_POPS), () => s.pop());
  f.if(f.op("i32.ge_u", masked(f, how(), X87_POPS), f.i32(2)), () => s.pop());
  return s.done();
}

/** `(how, bits in memory, their upper 16 of 80) -> done`: as assist `x87-load`. */
export function buildX87Load(helpers: F80Helpers): IrFunction {
  const f = new FunctionBuilder("x87-load", [I32, I64, I64], I32);
  const s = new Stack(f);
  s.slow(f.op("i32.eqz", s.emptiness(f.i32(7))));
  const number = f.local(V128);
  const kind = f.local(I32);
  f.set(kind, field(f, f.get(f.param(0)), X87_SOURCE_SHIFT, 7));
  f.if(
    f.op("i32.eq", f.get(kind), f.i32(X87_F80)),
    () => {
      const low = f.op("i64x2.splat", f.get(f.param(1)));
      f.set(number, f.lane("i64x2.replace_lane", 1, low, s.i.and(f.get(f.param(2)), s.i.const(0xffff))));
    },
    () => {
      f.set(number, f.call(helpers.f80From, [f.get(kind), f.get(f.param(1))]));
      s.slow(isSlow(f, f.get(number)));
    },
  );
  s.status(FSW_C1, f.i32(0));
  s.push(f.get(number));
  return s.done();
}

/** Whether to round up: to nearest, or never where `truncates` is not 0. `rest`: what is below the number `kept`, as a part of 2^64. */
function roundsUp(s: Stack, kept: Value, rest: Value, truncates: Value): Value {
  const { f, i } = s;
  const half = f.i64(0, 0x80000000 | 0);
  const tie = f.op("i32.and", i.eq(rest, half), f.op("i32.wrap_i64", i.and(kept, i.const(1))));
  return f.select(f.i32(0), f.op("i32.or", i.above(rest, half), tie), truncates);
}

/** `(how) -> done`: as assist `x87-store`, which leaves in `scratch` what to store and what changes after the store. */
export function buildX87Store(): IrFunction {
  const f = new FunctionBuilder("x87-store", [I32], I32);
  const s = new Stack(f);
  const { i } = s;
  const how = (): Value => f.get(f.param(0));
  s.slow(s.emptiness(f.i32(0)));
  const number = f.local(V128);
  const status = f.local(I32);
  const kept = f.local(I64);
  const rest = f.local(I64);
  const shift = f.local(I64);
  const kind = f.local(I32);
  f.set(number, s.read(f.i32(0)));
  f.set(kind, field(f, how(), X87_SOURCE_SHIFT, 7));
  const isKind = (k: number): Value => f.op("i32.eq", f.get(kind), f.i32(k));
  const exponent = (): Value => i.exponent(s.se(f.get(number)));
  const slot = (n: number): number => S.scratch + 8 * n;
  f.if(
    isKind(X87_F80),
    () => {
      f.stateStore(OP.stateStore64, s.significand(f.get(number)), slot(0));
      f.stateStore(OP.stateStore64, s.se(f.get(number)), slot(1));
    },
    () => {
      s.slow(isUnusual(f, s.significand(f.get(number)), s.se(f.get(number))));
      const isZero = i.isZero(exponent());
      const fcw = f.stateLoad(OP.stateLoadI32, S.fcw);
      const control = masked(f, fcw, 0xc3f);
      const toZero = f.op("i32.eq", control, f.i32(0xc3f));
      s.slow(f.op("i32.eqz", f.op("i32.or", toZero, f.op("i32.eq", control, f.i32(0x3f)))));
      const finish = (up: Value): void => {
        const inexact = f.select(f.i32(FSW_PE), f.i32(0), i.notZero(f.get(rest)));
        f.set(status, f.op("i32.or", inexact, f.op("i32.mul", up, f.i32(FSW_C1))));
      };
      const toFloat = (fraction: number, exponents: number, bias: number): void => {
        const moved = i.sub(exponent(), i.const(16383 - bias));
        // A carry may add 1: neither overflow nor underflow then either.
        s.slow(f.op("i64.ge_u", i.sub(moved, i.const(1)), i.const((1 << exponents) - 3)));
        f.set(kept, i.shr(s.significand(f.get(number)), i.const(63 - fraction)));
        f.set(rest, i.shl(s.significand(f.get(number)), i.const(fraction + 1)));
        const up = roundsUp(s, f.get(kept), f.get(rest), toZero);
        finish(up);
        // The integer bit adds one to the exponent, a carry out of the fraction another.
        const upper = i.shl(i.sub(moved, i.const(1)), i.const(fraction));
        f.set(kept, i.add(i.add(f.get(kept), i.bit(up)), upper));
        const sign = i.shl(i.sign(s.se(f.get(number))), i.const(fraction + exponents - 15));
        f.stateStore(OP.stateStore64, i.or(f.get(kept), sign), slot(0));
      };
      const zeroFloat = (bits: number): void =>
        f.stateStore(OP.stateStore64, i.shl(i.sign(s.se(f.get(number))), i.const(bits - 16)), slot(0));
      const toInteger = (): void => {
        const truncates = f.op("i32.or", toZero, f.op("i32.ne", masked(f, how(), X87_TRUNCATE), f.i32(0)));
        f.set(shift, i.sub(i.const(16383 + 63), exponent()));
        s.slow(f.op("i64.lt_s", f.get(shift), i.const(1)));
        f.if(
          i.below(f.get(shift), i.const(64)),
          () => {
            f.set(kept, i.shr(s.significand(f.get(number)), f.get(shift)));
            f.set(rest, i.shl(s.significand(f.get(number)), i.sub(i.const(64), f.get(shift))));
          },
          // Below 1, and below 1/2 only that there is something.
          () => f.set(rest, f.select(s.significand(f.get(number)), i.const(1), i.eq(f.get(shift), i.const(64)))),
        );
        const up = roundsUp(s, f.get(kept), f.get(rest), truncates);
        finish(up);
        f.set(kept, i.add(f.get(kept), i.bit(up)));
        s.slow(i.isNegative(f.get(kept)));
        const isNegative = i.notZero(i.sign(s.se(f.get(number))));
        f.set(kept, f.select(i.sub(i.const(0), f.get(kept)), f.get(kept), isNegative));
        const unused = i.sub(i.const(64), i.bit(f.op("i32.shr_u", how(), f.i32(X87_BITS_SHIFT))));
        const fits = i.eq(f.op("i64.shr_s", i.shl(f.get(kept), unused), unused), f.get(kept));
        s.slow(f.op("i32.eqz", fits));
        f.stateStore(OP.stateStore64, f.get(kept), slot(0));
      };
      const either = (yes: () => void, no: () => void): void => f.if(isZero, yes, no);
      f.if(isKind(X87_F64), () =>
        either(
          () => zeroFloat(64),
          () => toFloat(52, 11, 1023),
        ),
      );
      f.if(isKind(X87_F32), () =>
        either(
          () => zeroFloat(32),
          () => toFloat(23, 8, 127),
        ),
      );
      f.if(isKind(X87_INTEGER), () => either(() => f.stateStore(OP.stateStore64, i.const(0), slot(0)), toInteger));
    },
  );
  f.stateStore(OP.stateStoreI32, f.i32(1), slot(X87_NEW_STORES));
  const fsw = masked(f, f.stateLoad(OP.stateLoadI32, S.fsw), ~FSW_C1);
  f.stateStore(OP.stateStoreI32, f.op("i32.or", fsw, f.get(status)), slot(X87_NEW_FSW));
  const pops = field(f, how(), 7, 1);
  f.stateStore(OP.stateStoreI32, masked(f, f.op("i32.add", s.top, pops), 7), slot(X87_NEW_TOP));
  const tag = i.shl(i.bit(pops), i.shl(i.bit(s.top), i.const(3)));
  f.stateStore(OP.stateStore64, i.or(f.stateLoad(OP.stateLoad64, S.fpuEmpty), tag), slot(X87_NEW_EMPTY));
  return s.done();
}

/** Operations of assist `x87` that {@link buildX87Registers} does. */
export const X87_FREQUENT: ReadonlySet<string> = new Set([
  "fld",
  "fst",
  "fstp",
  "fxch",
  "fabs",
  "fchs",
  "fld1",
  "fldz",
]);

/** `(operation, fop) -> done`: as assist `x87`, for those of {@link X87_FREQUENT}. */
export function buildX87Registers(): IrFunction {
  const f = new FunctionBuilder("x87-registers", [I32, I32], I32);
  const s = new Stack(f);
  const { i } = s;
  const register = f.local(I32);
  const kept = f.local(V128);
  f.set(register, masked(f, f.get(f.param(1)), 7));
  const on = (name: string, body: () => void): void =>
    f.if(f.op("i32.eq", f.get(f.param(0)), f.i32(x87Operation(name))), () => {
      body();
      s.status(FSW_C1, f.i32(0));
      f.return(f.i32(1));
    });
  const pushes = (number: () => Value): void => {
    s.slow(f.op("i32.eqz", s.emptiness(f.i32(7))));
    s.push(number());
  };
  const store = (): void => {
    s.slow(s.emptiness(f.i32(0)));
    s.fill(f.get(register), s.read(f.i32(0)));
  };
  on("fld", () => {
    s.slow(s.emptiness(f.get(register)));
    f.set(kept, s.read(f.get(register)));
    pushes(() => f.get(kept));
  });
  on("fxch", () => {
    s.slow(f.op("i32.or", s.emptiness(f.i32(0)), s.emptiness(f.get(register))));
    f.set(kept, s.read(f.i32(0)));
    s.write(f.i32(0), s.read(f.get(register)));
    s.write(f.get(register), f.get(kept));
  });
  on("fst", store);
  on("fstp", () => {
    store();
    s.pop();
  });
  const sign = (change: (se: Value) => Value): void => {
    s.slow(s.emptiness(f.i32(0)));
    f.set(kept, s.read(f.i32(0)));
    s.write(f.i32(0), f.lane("i64x2.replace_lane", 1, f.get(kept), change(s.se(f.get(kept)))));
  };
  on("fchs", () => sign((se) => i.xor(se, i.const(0x8000))));
  on("fabs", () => sign((se) => i.and(se, i.const(0x7fff))));
  on("fld1", () => pushes(() => f.v128([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f, 0, 0, 0, 0, 0, 0])));
  on("fldz", () => pushes(() => f.v128([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])));
  f.return(f.i32(0));
  return f.finish();
}
