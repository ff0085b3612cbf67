import { OP, type Value } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
import { FLAG_CF, FLAG_OF, FLAG_VM, S } from "../state.js";
import { type Semantics, VECTOR_UD } from "./context.js";
import type { SemanticsTable } from "./table.js";

/*
 * Bit manipulation on general registers: POPCNT, LZCNT, TZCNT, ADCX and ADOX in legacy encodings, the rest of BMI1 and BMI2 in VEX
 * ones. Flags that the manual leaves undefined come out as the flags record has them most cheaply.
 */

/** CF from an i32 0 or 1, SF and ZF of the result, OF = 0. */
function flagsCarry(s: Semantics, result: Value, carry: Value): void {
  s.flagsResult(result, s.op("i64.extend_i32_u", carry));
}

/** POPCNT: ZF says that the source is zero, the other flags are cleared (SDM vol. 2B). */
function popcnt(s: Semantics): void {
  const source = s.zext(s.read(1), s.bits(1));
  s.write(0, s.op("i64.popcnt", source));
  s.flagsBits(s.op("i32.shl", s.op("i64.eqz", source), s.f.i32(6)));
}

/** LZCNT, TZCNT: CF says that the source is zero, ZF that the result is; the others are undefined. */
function countZeros(leading: boolean) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const value = s.read(1);
    let count: Value;
    if (leading) count = s.op("i64.sub", s.op("i64.clz", s.zext(value, bits)), s.const(64 - bits));
    else {
      // A one beyond the operand ends the count there.
      const high = bits === 32 ? s.const(0, 1) : s.const(1 << bits);
      count = s.op("i64.ctz", bits === 64 ? value : s.op("i64.or", value, high));
    }
    s.write(0, count);
    flagsCarry(s, count, s.op("i64.eq", count, s.const(bits)));
  };
}

/** ADCX, ADOX: an addition whose carry comes from and goes to one flag, CF or OF; the other flags stay (SDM vol. 2A). */
function addWith(flag: number) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    const b = s.zext(s.read(1), bits);
    const a = s.zext(s.read(0), bits);
    const flags = s.statusFlags();
    const place = flag === FLAG_OF ? 11 : 0;
    const carry = s.op("i32.and", s.op("i32.shr_u", flags, s.f.i32(place)), s.f.i32(1));
    const first = s.op("i64.add", a, b);
    const sum = s.op("i64.add", first, s.op("i64.extend_i32_u", carry));
    const over =
      bits === 64
        ? s.op("i32.or", s.op("i64.lt_u", first, a), s.op("i64.lt_u", sum, first))
        : s.op("i32.wrap_i64", s.op("i64.shr_u", sum, s.const(32)));
    s.write(0, s.sext(sum, bits));
    const others = s.op("i32.and", flags, s.f.i32(~flag));
    s.flagsBits(s.op("i32.or", others, s.op("i32.shl", over, s.f.i32(place))));
  };
}

/**
 * A VEX instruction on general registers: #UD in real and virtual-8086 mode (SDM vol. 2A, table 2-27, exception type 13), both of
 * which run 16-bit code.
 */
function vex(body: (s: Semantics) => void) {
  return (s: Semantics): void => {
    if (s.mode === 16) {
      const { f } = s;
      const real = s.op("i64.eqz", s.op("i64.and", f.stateLoad(OP.stateLoad64, S.cr0), s.const(1)));
      const v86 = s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.flagsRest), f.i32(FLAG_VM));
      f.if(s.op("i32.or", real, v86), () => s.fault(VECTOR_UD));
    }
    body(s);
  };
}

function andn(s: Semantics): void {
  const b = s.read(2);
  const result = s.op("i64.and", s.op("i64.xor", s.read(1), s.const(-1)), b);
  s.write(0, result);
  s.flagsLogic(result);
}

/** BLSI, BLSMSK, BLSR: the lowest one alone (CF = there is one), up to it (CF = there is none), without it (the same). */
function lowestOne(name: "blsi" | "blsmsk" | "blsr") {
  return vex((s) => {
    const source = s.read(1);
    const other = s.op("i64.sub", name === "blsi" ? s.const(0) : source, name === "blsi" ? source : s.const(1));
    const result = s.sext(s.op(name === "blsmsk" ? "i64.xor" : "i64.and", source, other), s.bits(0));
    s.write(0, result);
    flagsCarry(s, result, s.op(name === "blsi" ? "i64.ne" : "i64.eq", source, s.const(0)));
  });
}

const byte = (s: Semantics, value: Value, from: number): Value =>
  s.op("i64.and", s.op("i64.shr_u", value, s.const(from)), s.const(0xff));

/** The lowest `count` bits of a value; all of them from 64 on. */
function lowBits(s: Semantics, value: Value, count: Value): Value {
  const mask = s.op("i64.sub", s.op("i64.shl", s.const(1), count), s.const(1));
  return s.f.select(value, s.op("i64.and", value, mask), s.op("i64.ge_u", count, s.const(64)));
}

/** BEXTR: bits 7:0 of the control are the first bit, 15:8 how many (SDM vol. 2A). */
function bextr(s: Semantics): void {
  const bits = s.bits(0);
  const value = s.zext(s.read(1), bits);
  const control = s.read(2);
  const first = byte(s, control, 0);
  const shifted = s.f.select(s.const(0), s.op("i64.shr_u", value, first), s.op("i64.ge_u", first, s.const(64)));
  const result = s.sext(lowBits(s, shifted, byte(s, control, 8)), bits);
  s.write(0, result);
  s.flagsLogic(result);
}

/** BZHI: zeros from the bit in 7:0 of the index on; CF says that the index is beyond the operand. */
function bzhi(s: Semantics): void {
  const bits = s.bits(0);
  const value = s.read(1);
  const index = byte(s, s.read(2), 0);
  const result = s.sext(lowBits(s, s.zext(value, bits), index), bits);
  s.write(0, result);
  flagsCarry(s, result, s.op("i64.ge_u", index, s.const(bits)));
}

/** MULX: the whole product of rDX and a source; the upper half wins where both destinations are one register. */
function mulx(s: Semantics): void {
  const bits = s.bits(0);
  const a = s.zext(s.gpr(2, bits), bits);
  const b = s.zext(s.read(2), bits);
  const low = s.op("i64.mul", a, b);
  const high = bits === 64 ? s.f.call(HELPERS.mulHighUnsigned, [a, b]) : s.op("i64.shr_u", low, s.const(32));
  s.write(1, low);
  s.write(0, high);
}

/** PDEP, PEXT: bits of the first source to the places of the mask's ones, and back. */
function scatter(helper: typeof HELPERS.depositBits) {
  return vex((s) => {
    const mask = s.zext(s.read(2), s.bits(2));
    s.write(0, s.f.call(helper, [s.read(1), mask]));
  });
}

/** SHLX, SHRX, SARX: shifts by a register that touch no flag. */
function shift(name: string) {
  return vex((s) => {
    const bits = s.bits(0);
    const value = s.read(1);
    const count = s.op("i64.and", s.read(2), s.const(bits - 1));
    s.write(0, s.op(name, name === "i64.shr_u" ? s.zext(value, bits) : value, count));
  });
}

function rorx(s: Semantics): void {
  const bits = s.bits(0);
  const value = s.read(1);
  const count = s.op("i64.and", s.immediate(), s.const(bits - 1));
  if (bits === 64) {
    s.write(0, s.op("i64.rotr", value, count));
    return;
  }
  // Both halves alike: what leaves below is there above.
  const low = s.zext(value, 32);
  const twice = s.op("i64.or", low, s.op("i64.shl", low, s.const(32)));
  s.write(0, s.op("i64.shr_u", twice, count));
}

export const BMI: SemanticsTable = {
  popcnt,
  lzcnt: countZeros(true),
  tzcnt: countZeros(false),
  adcx: addWith(FLAG_CF),
  adox: addWith(FLAG_OF),
};

export const BMI_VEX: SemanticsTable = {
  andn: vex(andn),
  blsi: lowestOne("blsi"),
  blsmsk: lowestOne("blsmsk"),
  blsr: lowestOne("blsr"),
  bextr: vex(bextr),
  bzhi: vex(bzhi),
  mulx: vex(mulx),
  pdep: scatter(HELPERS.depositBits),
  pext: scatter(HELPERS.extractBits),
  shlx: shift("i64.shl"),
  shrx: shift("i64.shr_u"),
  sarx: shift("i64.shr_s"),
  rorx: vex(rorx),
};
