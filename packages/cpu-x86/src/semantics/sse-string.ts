import { OP, type Value } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
import { UPPER_HALF, vectorOffset } from "../state.js";
import type { Semantics } from "./context.js";
import { immediateByte, readVector, simd, zeroVector } from "./simd.js";
import { compareStrings, comparisonFlags, comparisonIndex, comparisonMask } from "./string-lanes.js";
import type { SemanticsTable } from "./table.js";

/** The absolute value of a length register, at most 16, as an i32 (SDM vol. 2B, 4.1.3). */
function lengthIn(s: Semantics, register: number, bits: 32 | 64): Value {
  const value = s.gpr(register, bits);
  const sign = s.op("i64.shr_s", value, s.const(63));
  const magnitude = s.op("i64.sub", s.op("i64.xor", value, sign), sign);
  const most = s.const(16);
  return s.op("i32.wrap_i64", s.f.select(magnitude, most, s.op("i64.lt_u", magnitude, most)));
}

/** PCMPESTRI and the others: lengths in RAX and RDX or told by a zero; the result in ECX or XMM0. Memory operands need no alignment. */
function compare(explicit: boolean, mask: boolean) {
  return simd((s) => {
    const { f } = s;
    const b = readVector(s, 1, false);
    const a = readVector(s, 0);
    const imm = immediateByte(s);
    const bits = s.size === 64 ? 64 : 32;
    const lengths = explicit ? ([lengthIn(s, 0, bits), lengthIn(s, 2, bits)] as const) : undefined;
    const comparison = compareStrings(s, a, b, lengths, imm);
    const flags = comparisonFlags(s, comparison);
    if (mask) {
      f.stateStore(OP.stateStoreV128, comparisonMask(s, comparison, imm), vectorOffset(0));
      if (s.shape.vex) f.stateStore(OP.stateStoreV128, zeroVector(s), vectorOffset(0) + UPPER_HALF);
    } else s.setGpr(1, s.op("i64.extend_i32_u", comparisonIndex(s, comparison, imm)), 32);
    s.flagsBits(flags);
  });
}

/** CRC32: what of the checksum is not shifted out stays, the rest meets the data. A 64-bit destination gets zeros in its upper half. */
function crc32(s: Semantics): void {
  const bits = s.bits(1);
  const data = s.zext(s.read(1), bits);
  const old = s.zext(s.read(0), 32);
  const mixed = s.op("i64.xor", old, data);
  const sum = s.f.call(HELPERS.crc32c, [bits === 64 ? mixed : s.op("i64.shl", mixed, s.const(64 - bits))]);
  const crc = s.op("i64.extend_i32_u", sum);
  s.write(0, bits >= 32 ? crc : s.op("i64.xor", crc, s.op("i64.shr_u", old, s.const(bits))));
}

export const SSE_STRING: SemanticsTable = {
  pcmpestri: compare(true, false),
  pcmpestrm: compare(true, true),
  pcmpistri: compare(false, false),
  pcmpistrm: compare(false, true),
  crc32,
};
