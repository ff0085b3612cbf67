import type { Value } from "@isinglass/uops";
import { FLAG_CF, FLAG_OF } from "../state.js";
import type { Semantics } from "./context.js";
import type { SemanticsTable } from "./table.js";

/** Shift count, masked to 5 or 6 bits (SDM vol. 2B, SAL/SAR/SHL/SHR), as i64. */
function count(s: Semantics, operand: number): Value {
  return s.op("i64.and", s.read(operand), s.const(s.bits(0) === 64 ? 63 : 31));
}

const nonZero = (s: Semantics, value: Value): Value => s.op("i64.ne", value, s.const(0));

/**
 * What happens for a count other than 0. A count of 0 changes no flag and no memory, but a 32-bit register is written all
 * the same: its upper half is cleared (SDM vol. 1, 3.4.1.1).
 */
function unlessZero(s: Semantics, n: Value, value: Value, body: () => void): void {
  const clears = s.bits(0) === 32 && !s.isMemory(0);
  s.f.if(nonZero(s, n), body, clears ? () => s.write(0, value) : undefined);
}

/** CF and OF as RFLAGS bits, from i64 values of 0 or 1. */
function carryOverflow(s: Semantics, carry: Value, overflow: Value): Value {
  return s.op("i64.or", carry, s.op("i64.shl", overflow, s.const(11)));
}

const bit = (s: Semantics, value: Value, position: Value): Value =>
  s.op("i64.and", s.op("i64.shr_u", value, position), s.const(1));
const topBit = (s: Semantics, value: Value, bits: number): Value => bit(s, value, s.const(bits - 1));

function shl(s: Semantics): void {
  const bits = s.bits(0);
  const value = s.readForWrite(0);
  const n = count(s, 1);
  unlessZero(s, n, value, () => {
    const wide = s.op("i64.shl", s.zext(value, bits), n);
    const result = s.sext(wide, bits);
    s.write(0, result);
    const carry = bits === 64 ? bit(s, value, s.op("i64.sub", s.const(64), n)) : bit(s, wide, s.const(bits));
    s.flagsResult(result, carryOverflow(s, carry, s.op("i64.xor", topBit(s, result, bits), carry)));
  });
}

function shr(s: Semantics): void {
  const bits = s.bits(0);
  const value = s.readForWrite(0);
  const n = count(s, 1);
  unlessZero(s, n, value, () => {
    const wide = s.zext(value, bits);
    const result = s.sext(s.op("i64.shr_u", wide, n), bits);
    s.write(0, result);
    const carry = bit(s, wide, s.op("i64.sub", n, s.const(1)));
    s.flagsResult(result, carryOverflow(s, carry, topBit(s, wide, bits)));
  });
}

function sar(s: Semantics): void {
  const value = s.readForWrite(0);
  const n = count(s, 1);
  unlessZero(s, n, value, () => {
    const result = s.op("i64.shr_s", value, n);
    s.write(0, result);
    const carry = s.op("i64.and", s.op("i64.shr_s", value, s.op("i64.sub", n, s.const(1))), s.const(1));
    s.flagsResult(result, carryOverflow(s, carry, s.const(0)));
  });
}

/** CF and OF change, the other status flags stay. */
function setCarryOverflow(s: Semantics, carry: Value, overflow: Value): void {
  const others = s.op("i32.and", s.statusFlags(), s.f.i32(~(FLAG_CF | FLAG_OF)));
  s.flagsBits(s.op("i32.or", others, s.op("i32.wrap_i64", carryOverflow(s, carry, overflow))));
}

function rotate(left: boolean) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const value = s.readForWrite(0);
    const n = count(s, 1);
    unlessZero(s, n, value, () => {
      let result: Value;
      if (bits === 64) result = s.op(left ? "i64.rotl" : "i64.rotr", value, n);
      else {
        const wide = s.zext(value, bits);
        const turn = bits === 32 ? n : s.op("i64.and", n, s.const(bits - 1));
        const back = s.op("i64.sub", s.const(bits), turn);
        const parts = left
          ? s.op("i64.or", s.op("i64.shl", wide, turn), s.op("i64.shr_u", wide, back))
          : s.op("i64.or", s.op("i64.shr_u", wide, turn), s.op("i64.shl", wide, back));
        result = s.sext(parts, bits);
      }
      s.write(0, result);
      const top = topBit(s, result, bits);
      if (left) {
        const carry = s.op("i64.and", result, s.const(1));
        setCarryOverflow(s, carry, s.op("i64.xor", top, carry));
      } else {
        setCarryOverflow(s, top, s.op("i64.xor", top, topBit(s, result, bits - 1)));
      }
    });
  };
}

/** RCL and RCR: rotation of bits + 1 positions, the carry being the top one. */
function rotateCarry(left: boolean) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const value = s.zext(s.readForWrite(0), bits);
    const masked = count(s, 1);
    const n = bits >= 32 ? masked : s.op("i64.rem_u", masked, s.const(bits + 1));
    const carryIn = s.carry64();
    unlessZero(s, n, value, () => {
      // left: v << n | c << (n-1) | v >> (bits+1-n); right: v >> n | c << (bits-n) | v << (bits+1-n).
      // A shift by 64 happens for bits = 64, n = 1 only; the hardware shift would be by 0, so it goes in two steps.
      const rest = s.op("i64.sub", s.const(bits), n);
      const byRest = (op: string): Value => s.op(op, s.op(op, value, rest), s.const(1));
      const main = s.op(left ? "i64.shl" : "i64.shr_u", value, n);
      const carryPart = s.op("i64.shl", carryIn, left ? s.op("i64.sub", n, s.const(1)) : rest);
      const wrapped = byRest(left ? "i64.shr_u" : "i64.shl");
      const result = s.sext(s.op("i64.or", s.op("i64.or", main, carryPart), wrapped), bits);
      s.write(0, result);
      const carryOut = left ? bit(s, value, rest) : bit(s, value, s.op("i64.sub", n, s.const(1)));
      const top = topBit(s, result, bits);
      const overflow = left ? s.op("i64.xor", top, carryOut) : s.op("i64.xor", top, topBit(s, result, bits - 1));
      setCarryOverflow(s, carryOut, overflow);
    });
  };
}

function shiftDouble(left: boolean) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const value = s.readForWrite(0);
    const fill = s.read(1);
    const n = count(s, 2);
    unlessZero(s, n, value, () => {
      let result: Value;
      let carry: Value;
      const a = s.zext(value, bits);
      const b = s.zext(fill, bits);
      if (bits === 16) {
        // Counts above 16 are undefined; both vendors shift the destination, source, destination string.
        const string = left
          ? s.op("i64.or", s.op("i64.or", s.op("i64.shl", a, s.const(32)), s.op("i64.shl", b, s.const(16))), a)
          : s.op("i64.or", s.op("i64.or", s.op("i64.shl", a, s.const(32)), s.op("i64.shl", b, s.const(16))), a);
        const shifted = s.op(left ? "i64.shl" : "i64.shr_u", string, n);
        result = s.sext(left ? s.op("i64.shr_u", shifted, s.const(32)) : shifted, 16);
        carry = left ? bit(s, shifted, s.const(48)) : bit(s, string, s.op("i64.sub", n, s.const(1)));
      } else {
        const rest = s.op("i64.sub", s.const(bits), n);
        const parts = left
          ? s.op("i64.or", s.op("i64.shl", a, n), s.op("i64.shr_u", b, rest))
          : s.op("i64.or", s.op("i64.shr_u", a, n), s.op("i64.shl", b, rest));
        result = s.sext(parts, bits);
        carry = left ? bit(s, a, rest) : bit(s, a, s.op("i64.sub", n, s.const(1)));
      }
      s.write(0, result);
      const overflow = s.op("i64.xor", topBit(s, result, bits), topBit(s, a, bits));
      s.flagsResult(result, carryOverflow(s, carry, overflow));
    });
  };
}

/** Bit string instructions (SDM vol. 2A, BT): a register index reaches beyond the operand in memory. */
function bitTest(change: "none" | "set" | "reset" | "complement") {
  return (s: Semantics): void => {
    const { f } = s;
    const bits = s.bits(0);
    const index = s.read(1);
    const position = s.op("i64.and", index, s.const(bits - 1));
    let linear: Value | undefined;
    if (s.isMemory(0) && s.shape.opKind[1] === 1) {
      const units = s.op("i64.shr_s", index, s.const(bits === 64 ? 6 : bits === 32 ? 5 : 4));
      s.moveOffset(s.op("i64.mul", units, s.const(bits >> 3)));
    }
    if (s.isMemory(0)) linear = s.address(bits >> 3, change !== "none");
    const value = change === "none" ? s.read(0) : s.readForWrite(0);
    const mask = s.op("i64.shl", s.const(1), position);
    if (change !== "none") {
      const result =
        change === "set"
          ? s.op("i64.or", value, mask)
          : change === "reset"
            ? s.op("i64.and", value, s.op("i64.xor", mask, s.const(-1)))
            : s.op("i64.xor", value, mask);
      if (linear === undefined) s.write(0, s.sext(result, bits));
      else s.storePart(linear, result, bits);
    }
    const carry = s.op("i32.wrap_i64", bit(s, value, position));
    s.flagsBits(s.op("i32.or", s.op("i32.and", s.statusFlags(), f.i32(~FLAG_CF)), carry));
  };
}

/** BSF, BSR: the destination stays where the source is zero (both vendors), ZF says so. */
function bitScan(forward: boolean) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const source = s.zext(s.read(1), bits);
    s.f.if(nonZero(s, source), () => {
      s.write(0, forward ? s.op("i64.ctz", source) : s.op("i64.sub", s.const(63), s.op("i64.clz", source)));
    });
    s.flagsLogic(s.sext(source, bits));
  };
}

function bswap(s: Semantics): void {
  const value = s.read(0);
  if (s.size === 16) {
    // Undefined (SDM vol. 2A); CPUs clear the register.
    s.write(0, s.const(0));
    return;
  }
  s.write(0, s.reverseBytes(value, s.size));
}

export const SHIFT: SemanticsTable = {
  shl,
  sal: shl,
  shr,
  sar,
  rol: rotate(true),
  ror: rotate(false),
  rcl: rotateCarry(true),
  rcr: rotateCarry(false),
  shld: shiftDouble(true),
  shrd: shiftDouble(false),
  bt: bitTest("none"),
  bts: bitTest("set"),
  btr: bitTest("reset"),
  btc: bitTest("complement"),
  bsf: bitScan(true),
  bsr: bitScan(false),
  bswap,
};
