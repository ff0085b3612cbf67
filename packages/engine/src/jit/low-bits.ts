import { type Value, opcode } from "@isinglass/uops";
import type { RegionBuffer } from "./region-buffer.js";

const AND64 = opcode("i64.and");
/** By bytes kept. */
const EXTEND: Readonly<Record<number, number>> = {
  1: opcode("i64.extend8_s"),
  2: opcode("i64.extend16_s"),
  4: opcode("i64.extend32_s"),
};

/** A value of which only the low bytes count. */
export function lowBits(buffer: RegionBuffer, value: Value, bytes: number): Value {
  if (bytes >= 8) return value;
  let v = value;
  for (;;) {
    const op = buffer.op[v]!;
    const kept =
      op === EXTEND[4]
        ? 4
        : op === EXTEND[2]
          ? 2
          : op === EXTEND[1]
            ? 1
            : op === AND64 && buffer.isI64(buffer.b[v]!)
              ? masked(buffer.x[buffer.b[v]!]!, buffer.y[buffer.b[v]!]!)
              : 0;
    if (kept < bytes) return v;
    v = buffer.a[v]!;
  }
}

/** Bytes that an AND with a constant keeps whole from the lowest up. */
function masked(lo: number, hi: number): number {
  if (lo === -1) return hi === -1 ? 8 : 4;
  if ((lo & 0xffff) === 0xffff) return 2;
  return (lo & 0xff) === 0xff ? 1 : 0;
}
