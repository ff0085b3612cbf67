import { FunctionBuilder, I32, I64, type IrFunction, OP, V128, type Value, type ValueType } from "@isinglass/uops";
import { buildF80Add, buildF80Divide, buildF80From, buildF80Multiply } from "./f80-functions.js";
import { buildCondition, buildStatusFlags } from "./flags.js";
import { buildAesSubstitutions } from "./helpers-aes.js";
import {
  buildCarrylessMultiply,
  buildCarrylessProduct,
  buildCrc32c,
  buildDepositBits,
  buildExtractBits,
} from "./helpers-bits.js";
import { S } from "./state.js";
import {
  buildX87Arithmetic,
  buildX87Compare,
  buildX87Load,
  buildX87Registers,
  buildX87Store,
} from "./x87-functions.js";

/** Handle of a helper function for `FunctionBuilder.call`. */
export interface Helper<T extends ValueType> {
  readonly index: number;
  readonly result: T;
}

/** The functions that instruction semantics call, by name. */
export const HELPERS: {
  readonly statusFlags: Helper<typeof I32>;
  readonly condition: Helper<typeof I32>;
  readonly mulHighUnsigned: Helper<typeof I64>;
  readonly mulHighSigned: Helper<typeof I64>;
  readonly divideWide: Helper<typeof I64>;
  readonly depositBits: Helper<typeof I64>;
  readonly extractBits: Helper<typeof I64>;
  readonly crc32c: Helper<typeof I32>;
  readonly carrylessMultiply: Helper<typeof I64>;
  readonly carrylessProduct: Helper<typeof V128>;
  readonly aesSubstitute: Helper<typeof V128>;
  readonly aesSubstituteInverse: Helper<typeof V128>;
  readonly f80From: Helper<typeof V128>;
  readonly f80Add: Helper<typeof V128>;
  readonly f80Multiply: Helper<typeof V128>;
  readonly f80Divide: Helper<typeof V128>;
  readonly x87Arithmetic: Helper<typeof I32>;
  readonly x87Compare: Helper<typeof I32>;
  readonly x87Load: Helper<typeof I32>;
  readonly x87Store: Helper<typeof I32>;
  readonly x87Registers: Helper<typeof I32>;
  readonly random: Helper<typeof I64>;
} = {
  statusFlags: { index: 0, result: I32 },
  condition: { index: 1, result: I32 },
  mulHighUnsigned: { index: 2, result: I64 },
  mulHighSigned: { index: 3, result: I64 },
  divideWide: { index: 4, result: I64 },
  depositBits: { index: 5, result: I64 },
  extractBits: { index: 6, result: I64 },
  crc32c: { index: 7, result: I32 },
  carrylessMultiply: { index: 8, result: I64 },
  carrylessProduct: { index: 9, result: V128 },
  aesSubstitute: { index: 10, result: V128 },
  aesSubstituteInverse: { index: 11, result: V128 },
  f80From: { index: 12, result: V128 },
  f80Add: { index: 13, result: V128 },
  f80Multiply: { index: 14, result: V128 },
  f80Divide: { index: 15, result: V128 },
  x87Arithmetic: { index: 16, result: I32 },
  x87Compare: { index: 17, result: I32 },
  x87Load: { index: 18, result: I32 },
  x87Store: { index: 19, result: I32 },
  x87Registers: { index: 20, result: I32 },
  random: { index: 21, result: I64 },
};

/** `(a, b) -> i64`: high half of the unsigned 128-bit product, from four 32-bit products. */
function buildMulHighUnsigned(): IrFunction {
  const f = new FunctionBuilder("mul-high-unsigned", [I64, I64], I64);
  const mask = f.i64(-1, 0);
  const a = f.get(f.param(0));
  const b = f.get(f.param(1));
  const low = (v: Value): Value => f.op("i64.and", v, mask);
  const high = (v: Value): Value => f.op("i64.shr_u", v, f.i64(32));
  const mul = (x: Value, y: Value): Value => f.op("i64.mul", x, y);
  const add = (x: Value, y: Value): Value => f.op("i64.add", x, y);
  const ll = mul(low(a), low(b));
  const hl = mul(high(a), low(b));
  const lh = mul(low(a), high(b));
  const hh = mul(high(a), high(b));
  const middle = add(add(high(ll), low(hl)), low(lh));
  f.return(add(add(hh, high(hl)), add(high(lh), high(middle))));
  return f.finish();
}

/** `(a, b) -> i64`: high half of the signed product: the unsigned one less b where a is negative, and the reverse. */
function buildMulHighSigned(): IrFunction {
  const f = new FunctionBuilder("mul-high-signed", [I64, I64], I64);
  const a = f.get(f.param(0));
  const b = f.get(f.param(1));
  const unsigned = f.call(HELPERS.mulHighUnsigned, [a, b]);
  const sign = (v: Value): Value => f.op("i64.shr_s", v, f.i64(63));
  const correction = f.op("i64.add", f.op("i64.and", sign(a), b), f.op("i64.and", sign(b), a));
  f.return(f.op("i64.sub", unsigned, correction));
  return f.finish();
}

/**
 * `(high, low, divisor) -> i64`: quotient of the unsigned 128-bit dividend, which must be below divisor * 2^64; the
 * remainder goes to `scratch`. Shift and subtract: the case high = 0 never comes here.
 */
function buildDivideWide(): IrFunction {
  const f = new FunctionBuilder("divide-wide", [I64, I64, I64], I64);
  const remainder = f.local(I64);
  const quotient = f.local(I64);
  const count = f.local(I32);
  const divisor = f.param(2);
  f.set(remainder, f.get(f.param(0)));
  f.set(quotient, f.get(f.param(1)));
  f.set(count, f.i32(64));
  f.loop((again) => {
    const top = f.op("i64.shr_u", f.get(remainder), f.i64(63));
    const shifted = f.op(
      "i64.or",
      f.op("i64.shl", f.get(remainder), f.i64(1)),
      f.op("i64.shr_u", f.get(quotient), f.i64(63)),
    );
    f.set(remainder, shifted);
    f.set(quotient, f.op("i64.shl", f.get(quotient), f.i64(1)));
    const fits = f.op("i32.or", f.op("i64.ne", top, f.i64(0)), f.op("i64.ge_u", f.get(remainder), f.get(divisor)));
    f.if(fits, () => {
      f.set(remainder, f.op("i64.sub", f.get(remainder), f.get(divisor)));
      f.set(quotient, f.op("i64.or", f.get(quotient), f.i64(1)));
    });
    f.set(count, f.op("i32.sub", f.get(count), f.i32(1)));
    again(f.get(count));
  });
  f.stateStore(OP.stateStore64, f.get(remainder), S.scratch);
  f.return(f.get(quotient));
  return f.finish();
}

/** `() -> i64`: the next number of the machine's stream: splitmix64 (Steele, Lea and Flood, 2014, figure 16), for which any seed is good. */
function buildRandom(): IrFunction {
  const f = new FunctionBuilder("random", [], I64);
  const state = f.local(I64);
  f.set(state, f.op("i64.add", f.stateLoad(OP.stateLoad64, S.random), f.i64(0x7f4a7c15, 0x9e3779b9)));
  f.stateStore(OP.stateStore64, f.get(state), S.random);
  const step = (v: Value, by: number): Value => f.op("i64.xor", v, f.op("i64.shr_u", v, f.i64(by)));
  const first = f.op("i64.mul", step(f.get(state), 30), f.i64(0x1ce4e5b9, 0xbf58476d));
  const second = f.op("i64.mul", step(first, 27), f.i64(0x133111eb, 0x94d049bb));
  f.return(step(second, 31));
  return f.finish();
}

/** The functions themselves, in the order of {@link HELPERS}. */
export function buildHelpers(): IrFunction[] {
  return [
    buildStatusFlags(),
    buildCondition(HELPERS.statusFlags),
    buildMulHighUnsigned(),
    buildMulHighSigned(),
    buildDivideWide(),
    buildDepositBits(),
    buildExtractBits(),
    buildCrc32c(),
    buildCarrylessMultiply(),
    buildCarrylessProduct(HELPERS.carrylessMultiply),
    ...buildAesSubstitutions(),
    buildF80From(),
    buildF80Add(),
    buildF80Multiply(HELPERS.mulHighUnsigned),
    buildF80Divide(),
    buildX87Arithmetic(HELPERS),
    buildX87Compare(HELPERS),
    buildX87Load(HELPERS),
    buildX87Store(),
    buildX87Registers(),
    buildRandom(),
  ];
}
