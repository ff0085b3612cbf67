import { FunctionBuilder, I32, I64, type IrFunction, OP, type Value } from "@isinglass/uops";
import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, S } from "./state.js";

/**
 * Lazy status flags. The record is (kind, result, a, b), all sign-extended from the operand size to 64 bits, which keeps
 * signed and unsigned order, so no size is needed to evaluate a condition.
 *
 * `SUB` comes first in every condition: compares and tests make most of what is branched on. A logical operation is
 * `SUB` with a = result, b = 0: CF = OF = AF = 0 follow.
 */
/** Flags as bits in `ccB`. */
export const CC_BITS: number = 0;
/** result = a - b. */
export const CC_SUB: number = 1;
/** result = a + b. */
export const CC_ADD: number = 2;
/** result = a + b + 1. */
export const CC_ADC1: number = 3;
/** result = a - b - 1. */
export const CC_SBB1: number = 4;
/** result = a + 1; `ccB` holds CF as before. */
export const CC_INC: number = 5;
/** result = a - 1; `ccB` holds CF as before. */
export const CC_DEC: number = 6;
/** ZF, SF, PF of the result; CF, AF, OF as bits in `ccB`. */
export const CC_RESULT: number = 7;

/** Condition codes as opcodes encode them (SDM vol. 1, appendix B). */
export const CONDITIONS: readonly string[] = [
  "o",
  "no",
  "b",
  "nb",
  "z",
  "nz",
  "be",
  "nbe",
  "s",
  "ns",
  "p",
  "np",
  "l",
  "nl",
  "le",
  "nle",
];

/** `() -> i32`: the six status flags as RFLAGS bits. */
export function buildStatusFlags(): IrFunction {
  const f = new FunctionBuilder("status-flags", [], I32);
  const kind = f.local(I32);
  const result = f.local(I64);
  const a = f.local(I64);
  const b = f.local(I64);
  const bits = f.local(I32);
  f.set(kind, f.stateLoad(OP.stateLoadI32, S.ccOp));
  f.set(b, f.stateLoad(OP.stateLoad64, S.ccB));
  f.if(f.op("i32.eqz", f.get(kind)), () => f.return(f.op("i32.wrap_i64", f.get(b))));
  f.set(result, f.stateLoad(OP.stateLoad64, S.ccResult));
  f.set(a, f.stateLoad(OP.stateLoad64, S.ccA));
  const bit = (condition: Value, flag: number): Value => f.select(f.i32(flag), f.i32(0), condition);
  const is = (k: number): Value => f.op("i32.eq", f.get(kind), f.i32(k));
  const or = (value: Value): void => f.set(bits, f.op("i32.or", f.get(bits), value));
  const sign = (value: Value): Value => f.op("i32.wrap_i64", f.op("i64.shr_u", value, f.i64(63)));
  or(bit(f.op("i64.eqz", f.get(result)), FLAG_ZF));
  or(bit(f.op("i64.lt_s", f.get(result), f.i64(0)), FLAG_SF));
  const low = f.op("i32.and", f.op("i32.wrap_i64", f.get(result)), f.i32(0xff));
  or(bit(f.op("i32.eqz", f.op("i32.and", f.op("i32.popcnt", low), f.i32(1))), FLAG_PF));
  f.if(is(CC_RESULT), () =>
    f.return(
      f.op("i32.or", f.get(bits), f.op("i32.and", f.op("i32.wrap_i64", f.get(b)), f.i32(FLAG_CF | FLAG_AF | FLAG_OF))),
    ),
  );
  const carryXor = f.op("i64.xor", f.op("i64.xor", f.get(a), f.get(b)), f.get(result));
  const isStep = f.op("i32.or", is(CC_INC), is(CC_DEC));
  f.if(
    isStep,
    () => {
      or(f.op("i32.and", f.op("i32.wrap_i64", f.get(b)), f.i32(FLAG_CF)));
      const change = f.op("i64.xor", f.get(a), f.get(result));
      or(f.op("i32.and", f.op("i32.wrap_i64", change), f.i32(FLAG_AF)));
      // Incrementing overflows from the largest positive value, decrementing from the most negative.
      const up = f.op("i64.and", f.op("i64.xor", f.get(a), f.i64(-1)), f.get(result));
      const down = f.op("i64.and", f.get(a), f.op("i64.xor", f.get(result), f.i64(-1)));
      or(f.op("i32.shl", sign(f.select(up, down, is(CC_INC))), f.i32(11)));
    },
    () => {
      or(f.op("i32.and", f.op("i32.wrap_i64", carryXor), f.i32(FLAG_AF)));
      f.if(
        f.op("i32.or", is(CC_SUB), is(CC_SBB1)),
        () => {
          or(f.select(f.op("i64.lt_u", f.get(a), f.get(b)), f.op("i64.le_u", f.get(a), f.get(b)), is(CC_SUB)));
          const overflow = f.op(
            "i64.and",
            f.op("i64.xor", f.get(a), f.get(b)),
            f.op("i64.xor", f.get(a), f.get(result)),
          );
          or(f.op("i32.shl", sign(overflow), f.i32(11)));
        },
        () => {
          or(
            f.select(f.op("i64.lt_u", f.get(result), f.get(a)), f.op("i64.le_u", f.get(result), f.get(a)), is(CC_ADD)),
          );
          const overflow = f.op(
            "i64.and",
            f.op("i64.xor", f.get(a), f.get(result)),
            f.op("i64.xor", f.get(b), f.get(result)),
          );
          or(f.op("i32.shl", sign(overflow), f.i32(11)));
        },
      );
    },
  );
  f.return(f.get(bits));
  return f.finish();
}

/** `(condition) -> i32`: 1 if the condition code holds; for whatever the short ways in {@link FlagsBuilder} do not cover. */
export function buildCondition(statusFlags: { index: number; result: typeof I32 }): IrFunction {
  const f = new FunctionBuilder("condition", [I32], I32);
  const flags = f.local(I32);
  const base = f.local(I32);
  const out = f.local(I32);
  f.set(flags, f.call(statusFlags, []));
  f.set(base, f.op("i32.shr_u", f.get(f.param(0)), f.i32(1)));
  const has = (mask: number): Value => f.op("i32.ne", f.op("i32.and", f.get(flags), f.i32(mask)), f.i32(0));
  const less = (): Value => f.op("i32.ne", has(FLAG_SF), has(FLAG_OF));
  const cases: (() => Value)[] = [
    () => has(FLAG_OF),
    () => has(FLAG_CF),
    () => has(FLAG_ZF),
    () => has(FLAG_CF | FLAG_ZF),
    () => has(FLAG_SF),
    () => has(FLAG_PF),
    less,
    () => f.op("i32.or", less(), has(FLAG_ZF)),
  ];
  cases.forEach((build, i) => {
    f.if(f.op("i32.eq", f.get(base), f.i32(i)), () => f.set(out, build()));
  });
  f.return(f.op("i32.xor", f.get(out), f.op("i32.and", f.get(f.param(0)), f.i32(1))));
  return f.finish();
}
