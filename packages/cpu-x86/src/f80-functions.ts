import { FunctionBuilder, I32, I64, type IrFunction, type Local, V128, type Value } from "@isinglass/uops";
import type { Helper } from "./helpers.js";
import { X87_F32, X87_F64, X87_INTEGER } from "./x87-operations.js";
import { FSW_C1, FSW_PE } from "./x87-state.js";

/**
 * Arithmetic on 80-bit numbers, as far as it is frequent: operands are normal numbers or zeros, results too, rounded to nearest with
 * 64 bits of precision. What does not fit is told from what comes out ({@link isSlow}), and softfloat computes it.
 *
 * A number is a significand (i64) and, in the low 16 bits of an i64, sign and exponent. A result is a vector: the significand, and in
 * the other half sign and exponent below the bits that the status word gets (PE, C1), or bit 63 alone.
 */

const EXPONENT = 0x7fff;
const SIGN = 0x8000;
const BIAS = 16383;
/** Result of what is left to softfloat. */
const SLOW: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80];

/** The i64 operations that these functions are made of, by short names. */
export class Integers {
  readonly f: FunctionBuilder;

  constructor(f: FunctionBuilder) {
    this.f = f;
  }

  const(value: number): Value {
    return this.f.i64(value);
  }
  and(a: Value, b: Value): Value {
    return this.f.op("i64.and", a, b);
  }
  or(a: Value, b: Value): Value {
    return this.f.op("i64.or", a, b);
  }
  xor(a: Value, b: Value): Value {
    return this.f.op("i64.xor", a, b);
  }
  add(a: Value, b: Value): Value {
    return this.f.op("i64.add", a, b);
  }
  sub(a: Value, b: Value): Value {
    return this.f.op("i64.sub", a, b);
  }
  mul(a: Value, b: Value): Value {
    return this.f.op("i64.mul", a, b);
  }
  shl(a: Value, b: Value): Value {
    return this.f.op("i64.shl", a, b);
  }
  shr(a: Value, b: Value): Value {
    return this.f.op("i64.shr_u", a, b);
  }
  eq(a: Value, b: Value): Value {
    return this.f.op("i64.eq", a, b);
  }
  isZero(a: Value): Value {
    return this.f.op("i64.eqz", a);
  }
  notZero(a: Value): Value {
    return this.f.op("i64.ne", a, this.f.i64(0));
  }
  below(a: Value, b: Value): Value {
    return this.f.op("i64.lt_u", a, b);
  }
  above(a: Value, b: Value): Value {
    return this.f.op("i64.gt_u", a, b);
  }
  isNegative(a: Value): Value {
    return this.f.op("i64.lt_s", a, this.f.i64(0));
  }
  /** 1 or 0 as an i64. */
  bit(condition: Value): Value {
    return this.f.op("i64.extend_i32_u", condition);
  }
  exponent(se: Value): Value {
    return this.and(se, this.const(EXPONENT));
  }
  sign(se: Value): Value {
    return this.and(se, this.const(SIGN));
  }
}

/** Whether a result is missing. */
export function isSlow(f: FunctionBuilder, result: Value): Value {
  return f.op("i64.lt_s", f.lane("i64x2.extract_lane", 1, result), f.i64(0));
}

function vector(f: FunctionBuilder, significand: Value, rest: Value): Value {
  return f.lane("i64x2.replace_lane", 1, f.op("i64x2.splat", significand), rest);
}

/** Whether a number is neither normal nor zero: for the caller of the arithmetic to ask. */
export function isUnusual(f: FunctionBuilder, significand: Value, se: Value): Value {
  const i = new Integers(f);
  const exponent = i.exponent(se);
  // The integer bit is set exactly where the exponent is not zero, and zero has no other bits.
  const noBit = f.op("i64.ge_s", significand, f.i64(0));
  const odd = f.select(noBit, i.notZero(significand), i.notZero(exponent));
  return f.op("i32.or", odd, i.eq(exponent, i.const(EXPONENT)));
}

/** Rounds `hi`, whose top bit is set, by the bits `lo` below it; the exponent moves with a carry. */
function roundAndReturn(f: FunctionBuilder, hi: Local, lo: Local, exponent: Local, sign: Value): void {
  const i = new Integers(f);
  const half = f.i64(0, 0x80000000 | 0);
  const tie = f.op("i32.and", i.eq(f.get(lo), half), f.op("i32.wrap_i64", i.and(f.get(hi), i.const(1))));
  const up = i.bit(f.op("i32.or", i.above(f.get(lo), half), tie));
  f.set(hi, i.add(f.get(hi), up));
  f.if(i.isZero(f.get(hi)), () => {
    f.set(hi, half);
    f.set(exponent, i.add(f.get(exponent), i.const(1)));
  });
  // 1 to 7ffeH: neither overflow nor underflow.
  f.if(f.op("i64.ge_u", i.sub(f.get(exponent), i.const(1)), i.const(EXPONENT - 1)), () => f.return(f.v128(SLOW)));
  const inexact = f.select(i.const(FSW_PE), i.const(0), i.notZero(f.get(lo)));
  const status = i.or(inexact, i.mul(up, i.const(FSW_C1)));
  f.return(vector(f, f.get(hi), i.or(i.or(sign, f.get(exponent)), i.shl(status, i.const(32)))));
}

/** `(a, a's se, b, b's se) -> result`: the sum. */
export function buildF80Add(): IrFunction {
  const f = new FunctionBuilder("f80-add", [I64, I64, I64, I64], V128);
  const i = new Integers(f);
  const [a, aSe, b, bSe] = [f.param(0), f.param(1), f.param(2), f.param(3)];
  const kept = f.local(I64);
  f.if(i.below(i.exponent(f.get(aSe)), i.exponent(f.get(bSe))), () => {
    for (const [x, y] of [
      [a, b],
      [aSe, bSe],
    ] as const) {
      f.set(kept, f.get(x));
      f.set(x, f.get(y));
      f.set(y, f.get(kept));
    }
  });
  const exponent = f.local(I64);
  f.set(exponent, i.exponent(f.get(aSe)));
  const differ = f.local(I64);
  f.set(differ, i.sign(i.xor(f.get(aSe), f.get(bSe))));
  f.if(i.isZero(i.exponent(f.get(bSe))), () => {
    f.if(i.notZero(f.get(exponent)), () => f.return(vector(f, f.get(a), f.get(aSe))));
    // Zeros of different signs give +0 (SDM vol. 1, 4.8.3.1).
    f.return(vector(f, f.get(a), f.select(f.i64(0), f.get(aSe), i.notZero(f.get(differ)))));
  });
  // b moved to a's exponent, with the bits that fall off in `lo`; of those beyond it only whether there are any.
  const hi = f.local(I64);
  const lo = f.local(I64);
  const by = f.local(I64);
  f.set(by, i.sub(f.get(exponent), i.exponent(f.get(bSe))));
  f.if(
    i.isZero(f.get(by)),
    () => f.set(hi, f.get(b)),
    () =>
      f.if(
        i.below(f.get(by), i.const(64)),
        () => {
          f.set(hi, i.shr(f.get(b), f.get(by)));
          f.set(lo, i.shl(f.get(b), i.sub(i.const(64), f.get(by))));
        },
        () => {
          f.set(lo, i.const(1));
          f.if(i.below(f.get(by), i.const(128)), () => {
            // Shifts count modulo 64.
            const moved = i.shr(f.get(b), f.get(by));
            const lost = i.xor(i.shl(moved, f.get(by)), f.get(b));
            f.set(lo, i.or(moved, i.bit(i.notZero(lost))));
          });
        },
      ),
  );
  f.if(
    i.isZero(f.get(differ)),
    () => {
      f.set(hi, i.add(f.get(hi), f.get(a)));
      f.if(i.below(f.get(hi), f.get(a)), () => {
        const sticky = i.and(f.get(lo), i.const(1));
        const fromHi = i.shl(f.get(hi), i.const(63));
        f.set(lo, i.or(i.or(i.shr(f.get(lo), i.const(1)), sticky), fromHi));
        f.set(hi, i.or(i.shr(f.get(hi), i.const(1)), f.i64(0, 0x80000000 | 0)));
        f.set(exponent, i.add(f.get(exponent), i.const(1)));
      });
    },
    () => {
      f.set(kept, i.sub(i.sub(f.get(a), f.get(hi)), i.bit(i.notZero(f.get(lo)))));
      f.set(lo, i.sub(i.const(0), f.get(lo)));
      // Only numbers of one exponent can come out the other way round, and then nothing fell off.
      f.if(f.op("i32.and", i.isZero(f.get(by)), i.below(f.get(a), f.get(b))), () => {
        f.set(kept, i.sub(i.const(0), f.get(kept)));
        f.set(aSe, i.xor(f.get(aSe), i.const(SIGN)));
      });
      f.set(hi, f.get(kept));
      f.if(i.isZero(f.get(hi)), () => {
        f.if(i.isZero(f.get(lo)), () => f.return(vector(f, f.i64(0), f.i64(0))));
        f.set(hi, f.get(lo));
        f.set(lo, i.const(0));
        f.set(exponent, i.sub(f.get(exponent), i.const(64)));
      });
      f.set(by, f.op("i64.clz", f.get(hi)));
      f.if(i.notZero(f.get(by)), () => {
        const fromLo = i.shr(f.get(lo), i.sub(i.const(64), f.get(by)));
        f.set(hi, i.or(i.shl(f.get(hi), f.get(by)), fromLo));
        f.set(lo, i.shl(f.get(lo), f.get(by)));
        f.set(exponent, i.sub(f.get(exponent), f.get(by)));
      });
    },
  );
  roundAndReturn(f, hi, lo, exponent, i.sign(f.get(aSe)));
  return f.finish();
}

/** `(a, a's se, b, b's se) -> result`: the product. */
export function buildF80Multiply(mulHighUnsigned: Helper<typeof I64>): IrFunction {
  const f = new FunctionBuilder("f80-multiply", [I64, I64, I64, I64], V128);
  const i = new Integers(f);
  const [a, aSe, b, bSe] = [f.param(0), f.param(1), f.param(2), f.param(3)];
  const sign = f.local(I64);
  f.set(sign, i.sign(i.xor(f.get(aSe), f.get(bSe))));
  const aExponent = i.exponent(f.get(aSe));
  const bExponent = i.exponent(f.get(bSe));
  f.if(f.op("i32.or", i.isZero(aExponent), i.isZero(bExponent)), () => f.return(vector(f, f.i64(0), f.get(sign))));
  const exponent = f.local(I64);
  f.set(exponent, i.sub(i.add(aExponent, bExponent), i.const(BIAS - 1)));
  const hi = f.local(I64);
  const lo = f.local(I64);
  f.set(lo, i.mul(f.get(a), f.get(b)));
  f.set(hi, f.call(mulHighUnsigned, [f.get(a), f.get(b)]));
  f.if(f.op("i64.ge_s", f.get(hi), f.i64(0)), () => {
    f.set(hi, i.or(i.shl(f.get(hi), i.const(1)), i.shr(f.get(lo), i.const(63))));
    f.set(lo, i.shl(f.get(lo), i.const(1)));
    f.set(exponent, i.sub(f.get(exponent), i.const(1)));
  });
  roundAndReturn(f, hi, lo, exponent, f.get(sign));
  return f.finish();
}

/** One digit of 32 bits of a quotient (Knuth, The Art of Computer Programming vol. 2, 4.3.1, algorithm D). */
function quotientDigit(f: FunctionBuilder, digit: Local, rest: Local, divisor: Local, next: Value): void {
  const i = new Integers(f);
  const mask = f.i64(-1, 0);
  const high = i.shr(f.get(divisor), i.const(32));
  const low = i.and(f.get(divisor), mask);
  const over = f.local(I64);
  f.set(digit, f.op("i64.div_u", f.get(rest), high));
  f.set(over, i.sub(f.get(rest), i.mul(f.get(digit), high)));
  // At most two too many.
  for (let n = 0; n < 2; n += 1) {
    const digitTooWide = i.notZero(i.shr(f.get(digit), i.const(32)));
    const product = i.mul(f.get(digit), low);
    const tooMuch = i.above(product, i.or(i.shl(f.get(over), i.const(32)), next));
    const overFits = i.isZero(i.shr(f.get(over), i.const(32)));
    f.if(f.op("i32.and", overFits, f.op("i32.or", digitTooWide, tooMuch)), () => {
      f.set(digit, i.sub(f.get(digit), i.const(1)));
      f.set(over, i.add(f.get(over), high));
    });
  }
  f.set(rest, i.sub(i.or(i.shl(f.get(rest), i.const(32)), next), i.mul(f.get(digit), f.get(divisor))));
}

/** `(a, a's se, b, b's se) -> result`: the quotient a / b. */
export function buildF80Divide(): IrFunction {
  const f = new FunctionBuilder("f80-divide", [I64, I64, I64, I64], V128);
  const i = new Integers(f);
  const [a, aSe, b, bSe] = [f.param(0), f.param(1), f.param(2), f.param(3)];
  const sign = f.local(I64);
  f.set(sign, i.sign(i.xor(f.get(aSe), f.get(bSe))));
  f.if(i.isZero(i.exponent(f.get(bSe))), () => f.return(f.v128(SLOW)));
  f.if(i.isZero(i.exponent(f.get(aSe))), () => f.return(vector(f, f.i64(0), f.get(sign))));
  const exponent = f.local(I64);
  f.set(exponent, i.add(i.sub(i.exponent(f.get(aSe)), i.exponent(f.get(bSe))), i.const(BIAS - 1)));
  const rest = f.local(I64);
  const below = f.local(I64);
  f.set(rest, f.get(a));
  f.if(f.op("i64.ge_u", f.get(a), f.get(b)), () => {
    f.set(rest, i.shr(f.get(a), i.const(1)));
    f.set(below, i.shl(f.get(a), i.const(63)));
    f.set(exponent, i.add(f.get(exponent), i.const(1)));
  });
  const high = f.local(I64);
  const low = f.local(I64);
  quotientDigit(f, high, rest, b, i.shr(f.get(below), i.const(32)));
  quotientDigit(f, low, rest, b, i.and(f.get(below), f.i64(-1, 0)));
  const hi = f.local(I64);
  const lo = f.local(I64);
  f.set(hi, i.or(i.shl(f.get(high), i.const(32)), f.get(low)));
  // What is left is compared with half of the divisor: below, equal, above.
  const half = f.i64(0, 0x80000000 | 0);
  const other = i.sub(f.get(b), f.get(rest));
  const beside = f.select(half, f.i64(-1), i.eq(f.get(rest), other));
  const part = f.select(i.const(1), beside, i.below(f.get(rest), other));
  f.set(lo, f.select(f.i64(0), part, i.isZero(f.get(rest))));
  roundAndReturn(f, hi, lo, exponent, f.get(sign));
  return f.finish();
}

/** `(kind, bits) -> result`: a number in memory as 80 bits, which is always exact. Denormals, infinities and NaNs are slow. */
export function buildF80From(): IrFunction {
  const f = new FunctionBuilder("f80-from", [I32, I64], V128);
  const i = new Integers(f);
  const bits = f.param(1);
  const is = (kind: number): Value => f.op("i32.eq", f.get(f.param(0)), f.i32(kind));
  const fromFloat = (fraction: number, exponents: number, bias: number): void => {
    const sign = i.and(i.shr(f.get(bits), i.const(fraction + exponents - 15)), i.const(SIGN));
    const exponent = i.and(i.shr(f.get(bits), i.const(fraction)), i.const((1 << exponents) - 1));
    const rest = i.shl(f.get(bits), i.const(63 - fraction));
    const significand = i.or(rest, f.i64(0, 0x80000000 | 0));
    const isRest = i.notZero(i.shl(f.get(bits), i.const(64 - fraction)));
    f.if(i.isZero(exponent), () => {
      f.if(isRest, () => f.return(f.v128(SLOW)));
      f.return(vector(f, f.i64(0), sign));
    });
    f.if(i.eq(exponent, i.const((1 << exponents) - 1)), () => f.return(f.v128(SLOW)));
    f.return(vector(f, significand, i.or(sign, i.add(exponent, i.const(BIAS - bias)))));
  };
  f.if(is(X87_F64), () => fromFloat(52, 11, 1023));
  f.if(is(X87_F32), () => fromFloat(23, 8, 127));
  // Integers of 16 and 32 bits come with their sign extended.
  f.if(is(X87_INTEGER), () => f.set(bits, f.op("i64.extend32_s", f.get(bits))));
  f.if(i.isZero(f.get(bits)), () => f.return(vector(f, f.i64(0), f.i64(0))));
  const sign = i.and(i.shr(f.get(bits), i.const(48)), i.const(SIGN));
  const magnitude = f.select(i.sub(i.const(0), f.get(bits)), f.get(bits), i.isNegative(f.get(bits)));
  const zeros = f.op("i64.clz", magnitude);
  f.return(vector(f, i.shl(magnitude, zeros), i.or(sign, i.sub(i.const(BIAS + 63), zeros))));
  return f.finish();
}
