import { MEM_FOR_WRITE, OP, type Value } from "@isinglass/uops";
import { CC_ADD, CC_DEC, CC_INC, CC_SUB } from "../flags.js";
import { FLAG_ZF, S } from "../state.js";
import { type Semantics, VECTOR_GP } from "./context.js";
import type { SemanticsTable } from "./table.js";

function binary(name: string, flags: (s: Semantics, r: Value, a: Value, b: Value) => void, keep: boolean) {
  return (s: Semantics): void => {
    const a = keep ? s.readForWrite(0) : s.read(0);
    const b = s.read(1);
    const result = s.sext(s.op(name, a, b), s.bits(0));
    if (keep) s.write(0, result);
    flags(s, result, a, b);
  };
}

const addFlags = (s: Semantics, r: Value, a: Value, b: Value): void => s.flagsAdd(r, a, b);
const subFlags = (s: Semantics, r: Value, a: Value, b: Value): void => s.flagsSub(r, a, b);
const logicFlags = (s: Semantics, r: Value): void => s.flagsLogic(r);

/** ADC and SBB: the kind of the flags record depends on the carry that came in. */
function withCarry(op: string, kind: number, withCarryStep: number) {
  return (s: Semantics): void => {
    const a = s.readForWrite(0);
    const b = s.read(1);
    const carry = s.carry();
    const sum = s.op(op, s.op(op, a, b), s.op("i64.extend_i32_u", carry));
    const result = s.sext(sum, s.bits(0));
    s.write(0, result);
    const { f } = s;
    f.stateStore(OP.stateStoreI32, s.op("i32.add", f.i32(kind), s.op("i32.mul", carry, f.i32(withCarryStep))), S.ccOp);
    f.stateStore(OP.stateStore64, result, S.ccResult);
    f.stateStore(OP.stateStore64, a, S.ccA);
    f.stateStore(OP.stateStore64, b, S.ccB);
  };
}

function step(op: string, kind: number) {
  return (s: Semantics): void => {
    const a = s.readForWrite(0);
    const carry = s.carry64();
    const result = s.sext(s.op(op, a, s.const(1)), s.bits(0));
    s.write(0, result);
    s.setFlags(kind, result, a, carry);
  };
}

function neg(s: Semantics): void {
  const a = s.readForWrite(0);
  const zero = s.const(0);
  const result = s.sext(s.op("i64.sub", zero, a), s.bits(0));
  s.write(0, result);
  s.flagsSub(result, zero, a);
}

function not(s: Semantics): void {
  s.write(0, s.op("i64.xor", s.readForWrite(0), s.const(-1)));
}

function xadd(s: Semantics): void {
  const a = s.readForWrite(0);
  const b = s.read(1);
  const result = s.sext(s.op("i64.add", a, b), s.bits(0));
  // Source first: with two equal registers the sum stays (SDM vol. 2D, XADD).
  if (s.isMemory(0)) s.write(0, result);
  s.write(1, a);
  if (!s.isMemory(0)) s.write(0, result);
  s.flagsAdd(result, a, b);
}

function cmpxchg(s: Semantics): void {
  const bits = s.bits(0);
  const old = s.readForWrite(0);
  const wanted = s.gpr(0, bits);
  const replacement = s.read(1);
  const result = s.sext(s.op("i64.sub", wanted, old), bits);
  const equal = s.op("i64.eqz", result);
  if (s.isMemory(0)) {
    s.write(0, s.f.select(replacement, old, equal));
    s.f.if(s.op("i32.eqz", equal), () => s.setGpr(0, old, bits));
  } else {
    s.f.if(
      equal,
      () => s.write(0, replacement),
      () => s.setGpr(0, old, bits),
    );
  }
  s.flagsSub(result, wanted, old);
}

/** CMPXCHG8B and CMPXCHG16B; the wide one wants alignment (SDM vol. 2A). */
function cmpxchgPair(half: 32 | 64) {
  return (s: Semantics): void => {
    const bytes = half >> 2;
    const low = s.address(bytes, true);
    if (half === 64) {
      s.f.if(s.op("i32.wrap_i64", s.op("i64.and", low, s.const(15))), () => s.fault(VECTOR_GP, 0));
    }
    const high = s.op("i64.add", low, s.const(half >> 3));
    const oldLow = s.loadPart(low, half, MEM_FOR_WRITE);
    const oldHigh = s.loadPart(high, half, MEM_FOR_WRITE);
    const equal = s.op("i32.and", s.op("i64.eq", oldLow, s.gpr(0, half)), s.op("i64.eq", oldHigh, s.gpr(2, half)));
    const newLow = s.f.select(s.gpr(3, half), oldLow, equal);
    const newHigh = s.f.select(s.gpr(1, half), oldHigh, equal);
    s.storePart(low, newLow, half);
    s.storePart(high, newHigh, half);
    s.f.if(s.op("i32.eqz", equal), () => {
      s.setGpr(0, oldLow, half);
      s.setGpr(2, oldHigh, half);
    });
    const others = s.op("i32.and", s.statusFlags(), s.f.i32(~FLAG_ZF));
    s.flagsBits(s.op("i32.or", others, s.f.select(s.f.i32(FLAG_ZF), s.f.i32(0), equal)));
  };
}

export const ARITHMETIC: SemanticsTable = {
  add: binary("i64.add", addFlags, true),
  sub: binary("i64.sub", subFlags, true),
  cmp: binary("i64.sub", subFlags, false),
  and: binary("i64.and", logicFlags, true),
  or: binary("i64.or", logicFlags, true),
  xor: binary("i64.xor", logicFlags, true),
  test: binary("i64.and", logicFlags, false),
  adc: withCarry("i64.add", CC_ADD, 1),
  sbb: withCarry("i64.sub", CC_SUB, 3),
  inc: step("i64.add", CC_INC),
  dec: step("i64.sub", CC_DEC),
  neg,
  not,
  xadd,
  cmpxchg,
  cmpxchg8b: cmpxchgPair(32),
  cmpxchg16b: cmpxchgPair(64),
};
