import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import { bytes, immediateByte, isImmediate, lowQuadword, readVector, simd, writeVector, zeroVector } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** The shift count of operand 1: (count as i32, count is at least `width`). A register or memory count is its whole low quadword. */
function countOf(s: Semantics, width: number): { count: Value; over: Value } {
  if (isImmediate(s, 1)) {
    const count = immediateByte(s);
    return { count, over: s.op("i32.ge_u", count, s.f.i32(width)) };
  }
  const count = lowQuadword(s, readVector(s, 1));
  return { count: s.op("i32.wrap_i64", count), over: s.op("i64.ge_u", count, s.const(width)) };
}

/** Logical shifts: a count of the width or more gives zero. */
function logical(width: number, name: string) {
  return simd((s) => {
    const { count, over } = countOf(s, width);
    const shifted = s.op(name, readVector(s, 0), count);
    writeVector(s, 0, s.f.select(zeroVector(s), shifted, over));
  });
}

/** Arithmetic right shifts: a count of the width or more gives the sign. */
function arithmetic(width: number, name: string) {
  return simd((s) => {
    const { count, over } = countOf(s, width);
    writeVector(s, 0, s.op(name, readVector(s, 0), s.f.select(s.f.i32(width - 1), count, over)));
  });
}

/** PSLLDQ, PSRLDQ: by whole bytes; 16 and more give zero. An index of 16 and more gives zero in WebAssembly. */
function byBytes(left: boolean) {
  return simd((s) => {
    const count = immediateByte(s);
    const sixteen = s.f.i32(16);
    const places = s.op("i8x16.splat", s.f.select(sixteen, count, s.op("i32.gt_u", count, sixteen)));
    const index = s.op(
      left ? "i8x16.sub" : "i8x16.add",
      bytes(s, (i) => i),
      places,
    );
    writeVector(s, 0, s.op("i8x16.swizzle", readVector(s, 0), index));
  });
}

export const SSE_SHIFT: SemanticsTable = {
  psllw: logical(16, "i16x8.shl"),
  pslld: logical(32, "i32x4.shl"),
  psllq: logical(64, "i64x2.shl"),
  psrlw: logical(16, "i16x8.shr_u"),
  psrld: logical(32, "i32x4.shr_u"),
  psrlq: logical(64, "i64x2.shr_u"),
  psraw: arithmetic(16, "i16x8.shr_s"),
  psrad: arithmetic(32, "i32x4.shr_s"),
  pslldq: byBytes(true),
  psrldq: byBytes(false),
};
