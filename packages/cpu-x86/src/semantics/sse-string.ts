import { I32, I64, OP, type Value } from "@isinglass/uops";
import { STRING_EXPLICIT, STRING_MASK, STRING_WIDE } from "../sse-operations.js";
import { S, vectorOffset } from "../state.js";
import type { Semantics } from "./context.js";
import { immediateByte, readVector, simd } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM: the assist compares; memory operands need no alignment (SDM vol. 2B, 4.1.6). */
function compareStrings(how: number) {
  return simd((s) => {
    const { f } = s;
    const b = readVector(s, 1, false);
    f.stateStore(OP.stateStoreV128, readVector(s, 0), S.scratch);
    f.stateStore(OP.stateStoreV128, b, S.scratch + 16);
    if ((how & STRING_EXPLICIT) !== 0) {
      s.storeScratch(4, s.gpr(0, 64));
      s.storeScratch(5, s.gpr(2, 64));
    }
    s.assist("sse-string", immediateByte(s), f.i32(how | (s.size === 64 ? STRING_WIDE : 0)));
    if ((how & STRING_MASK) !== 0)
      f.stateStore(OP.stateStoreV128, f.stateLoad(OP.stateLoadV128, S.scratch), vectorOffset(0));
    else s.setGpr(1, f.stateLoad(OP.stateLoad64, S.scratch), 32);
    s.flagsBits(f.stateLoad(OP.stateLoadI32, S.scratch + 16));
  });
}

/** The polynomial 11EDC6F41H with its bits reversed (SDM vol. 2A, CRC32). */
const CASTAGNOLI = 0x82f63b78 | 0;

/** CRC32: bit by bit, lowest first. A 64-bit destination gets zeros in its upper half. */
function crc32(s: Semantics): void {
  const { f } = s;
  const bits = s.bits(1);
  const data = f.local(I64);
  const crc = f.local(I32);
  const left = f.local(I32);
  f.set(data, s.zext(s.read(1), bits));
  f.set(crc, s.op("i32.wrap_i64", s.read(0)));
  f.set(left, f.i32(bits));
  f.loop((again) => {
    const mixed = s.op("i32.and", s.op("i32.xor", f.get(crc), s.op("i32.wrap_i64", f.get(data))), f.i32(1));
    const feedback: Value = s.op("i32.and", s.op("i32.sub", f.i32(0), mixed), f.i32(CASTAGNOLI));
    f.set(crc, s.op("i32.xor", s.op("i32.shr_u", f.get(crc), f.i32(1)), feedback));
    f.set(data, s.op("i64.shr_u", f.get(data), s.const(1)));
    f.set(left, s.op("i32.sub", f.get(left), f.i32(1)));
    again(f.get(left));
  });
  s.write(0, s.op("i64.extend_i32_u", f.get(crc)));
}

export const SSE_STRING: SemanticsTable = {
  pcmpestri: compareStrings(STRING_EXPLICIT),
  pcmpestrm: compareStrings(STRING_EXPLICIT | STRING_MASK),
  pcmpistri: compareStrings(0),
  pcmpistrm: compareStrings(STRING_MASK),
  crc32,
};
