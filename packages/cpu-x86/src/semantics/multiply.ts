import { OP, type Value } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
import { FLAG_CF, FLAG_OF, S } from "../state.js";
import { type Semantics, VECTOR_DE } from "./context.js";
import type { SemanticsTable } from "./table.js";

/** CF = OF = (i32 condition); SF, ZF, PF follow the low half, as on current CPUs (the manual leaves them undefined). */
function overflowFlags(s: Semantics, low: Value, overflow: Value): void {
  s.flagsResult(low, s.f.select(s.const(FLAG_CF | FLAG_OF), s.const(0), overflow));
}

/** MUL and one-operand IMUL: accumulator times operand into the pair DX:AX (AX for bytes). */
function wide(signed: boolean) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const extend = (v: Value): Value => (signed ? v : s.zext(v, bits));
    const a = extend(s.gpr(0, bits));
    const b = extend(s.read(0));
    const product = s.op("i64.mul", a, b);
    if (bits === 64) {
      const high = s.f.call(signed ? HELPERS.mulHighSigned : HELPERS.mulHighUnsigned, [a, b]);
      s.setGpr(0, product);
      s.setGpr(2, high);
      overflowFlags(
        s,
        product,
        signed ? s.op("i64.ne", high, s.op("i64.shr_s", product, s.const(63))) : s.op("i64.ne", high, s.const(0)),
      );
      return;
    }
    const low = s.sext(product, bits);
    if (bits === 8) s.setGpr(0, product, 16);
    else {
      s.setGpr(0, low, bits);
      s.setGpr(2, s.op("i64.shr_u", product, s.const(bits)), bits);
    }
    overflowFlags(s, low, s.op("i64.ne", product, signed ? low : s.zext(low, bits)));
  };
}

/** IMUL with two or three operands. */
function narrow(s: Semantics, a: Value, b: Value): void {
  const bits = s.bits(0);
  const product = s.op("i64.mul", a, b);
  const result = s.sext(product, bits);
  s.write(0, result);
  const overflow =
    bits === 64
      ? s.op("i64.ne", s.f.call(HELPERS.mulHighSigned, [a, b]), s.op("i64.shr_s", product, s.const(63)))
      : s.op("i64.ne", product, result);
  overflowFlags(s, result, overflow);
}

const mulWideSigned = wide(true);

function imul(s: Semantics): void {
  const count = s.shape.opKind.length;
  if (count === 1) mulWideSigned(s);
  else if (count === 2) narrow(s, s.read(0), s.read(1));
  else narrow(s, s.read(1), s.read(2));
}

function divideError(s: Semantics, condition: Value): void {
  s.f.if(condition, () => s.fault(VECTOR_DE));
}

/** DIV by 8, 16 or 32 bits: the dividend fits 64 bits. */
function divSmall(s: Semantics, signed: boolean): void {
  const bits = s.bits(0);
  const divisor = signed ? s.read(0) : s.zext(s.read(0), bits);
  divideError(s, s.op("i64.eqz", divisor));
  let dividend: Value;
  if (bits === 8) dividend = signed ? s.gpr(0, 16) : s.zext(s.gpr(0, 16), 16);
  else {
    dividend = s.op("i64.or", s.op("i64.shl", s.gpr(2, bits), s.const(bits)), s.zext(s.gpr(0, bits), bits));
    if (bits === 16) dividend = signed ? s.sext(dividend, 32) : s.zext(dividend, 32);
  }
  if (signed && bits === 32) {
    // The one division that WebAssembly traps on; its quotient does not fit either.
    const least = s.op("i64.eq", dividend, s.const(0, -0x80000000));
    divideError(s, s.op("i32.and", least, s.op("i64.eq", divisor, s.const(-1))));
  }
  const quotient = s.op(signed ? "i64.div_s" : "i64.div_u", dividend, divisor);
  const remainder = s.op(signed ? "i64.rem_s" : "i64.rem_u", dividend, divisor);
  divideError(s, s.op("i64.ne", quotient, signed ? s.sext(quotient, bits) : s.zext(quotient, bits)));
  if (bits === 8) {
    const both = s.op("i64.or", s.op("i64.and", quotient, s.const(0xff)), s.op("i64.shl", remainder, s.const(8)));
    s.setGpr(0, both, 16);
  } else {
    s.setGpr(0, quotient, bits);
    s.setGpr(2, remainder, bits);
  }
}

function div(s: Semantics): void {
  if (s.bits(0) !== 64) {
    divSmall(s, false);
    return;
  }
  const { f } = s;
  const divisor = s.read(0);
  const high = s.gpr(2);
  const low = s.gpr(0);
  divideError(s, s.op("i64.ge_u", high, divisor));
  f.if(
    s.op("i64.eqz", high),
    () => {
      s.setGpr(0, s.op("i64.div_u", low, divisor));
      s.setGpr(2, s.op("i64.rem_u", low, divisor));
    },
    () => {
      s.setGpr(0, f.call(HELPERS.divideWide, [high, low, divisor]));
      s.setGpr(2, f.stateLoad(OP.stateLoad64, S.scratch));
    },
  );
}

function idiv(s: Semantics): void {
  if (s.bits(0) !== 64) {
    divSmall(s, true);
    return;
  }
  const { f } = s;
  const divisor = s.read(0);
  const high = s.gpr(2);
  const low = s.gpr(0);
  const quotient = s.local();
  const remainder = s.local();
  divideError(s, s.op("i64.eqz", divisor));
  const fits = s.op("i64.eq", high, s.op("i64.shr_s", low, s.const(63)));
  const overflows = s.op("i32.and", s.op("i64.eq", low, s.const(0, -0x80000000)), s.op("i64.eq", divisor, s.const(-1)));
  f.if(
    s.op("i32.and", fits, s.op("i32.eqz", overflows)),
    () => {
      s.set(quotient, s.op("i64.div_s", low, divisor));
      s.set(remainder, s.op("i64.rem_s", low, divisor));
    },
    () => {
      // Magnitudes, divided unsigned; then the signs: quotient negative if they differ, remainder as the dividend.
      const sign = s.op("i64.shr_s", high, s.const(63));
      const divisorSign = s.op("i64.shr_s", divisor, s.const(63));
      const magnitude = s.op("i64.sub", s.op("i64.xor", divisor, divisorSign), divisorSign);
      const flippedLow = s.op("i64.xor", low, sign);
      const lowMagnitude = s.op("i64.sub", flippedLow, sign);
      const borrow = s.op(
        "i64.and",
        s.op("i64.extend_i32_u", s.op("i64.eqz", lowMagnitude)),
        s.op("i64.and", sign, s.const(1)),
      );
      const highMagnitude = s.op("i64.add", s.op("i64.xor", high, sign), borrow);
      divideError(s, s.op("i64.ge_u", highMagnitude, magnitude));
      s.set(quotient, f.call(HELPERS.divideWide, [highMagnitude, lowMagnitude, magnitude]));
      const negative = s.op("i64.xor", sign, divisorSign);
      const limit = s.op("i64.add", s.const(-1, 0x7fffffff), s.op("i64.and", negative, s.const(1)));
      divideError(s, s.op("i64.gt_u", s.get(quotient), limit));
      s.set(quotient, s.op("i64.sub", s.op("i64.xor", s.get(quotient), negative), negative));
      const rest = f.stateLoad(OP.stateLoad64, S.scratch);
      s.set(remainder, s.op("i64.sub", s.op("i64.xor", rest, sign), sign));
    },
  );
  s.setGpr(0, s.get(quotient));
  s.setGpr(2, s.get(remainder));
}

export const MULTIPLY: SemanticsTable = { mul: wide(false), imul, div, idiv };
