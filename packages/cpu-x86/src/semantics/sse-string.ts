import { OP } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
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
  pcmpestri: compareStrings(STRING_EXPLICIT),
  pcmpestrm: compareStrings(STRING_EXPLICIT | STRING_MASK),
  pcmpistri: compareStrings(0),
  pcmpistrm: compareStrings(STRING_MASK),
  crc32,
};
