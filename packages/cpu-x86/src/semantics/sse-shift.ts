import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import {
  bytes,
  immediateByte,
  isImmediate,
  lowQuadword,
  readHalves,
  readVector,
  simd,
  writeHalves,
  zeroVector,
} from "./simd.js";
import { firstSource, secondSource } from "./vector-forms.js";
import type { SemanticsTable } from "./table.js";

/** A shift count: as i32, and whether (i32) it is the element's width or more. */
export interface ShiftCount {
  readonly count: Value;
  readonly over: Value;
}

/** A vector shift: all elements by the same count. */
export interface VectorShift {
  /** Bits of an element. */
  readonly width: 16 | 32 | 64;
  readonly lanes: (s: Semantics, v: Value, by: ShiftCount) => Value;
}

/** The shift count of operand `i`. A register or memory count is its whole low quadword. */
export function shiftCount(s: Semantics, i: number, width: number): ShiftCount {
  if (isImmediate(s, i)) {
    const count = immediateByte(s);
    return { count, over: s.op("i32.ge_u", count, s.f.i32(width)) };
  }
  const count = lowQuadword(s, readVector(s, i));
  return { count: s.op("i32.wrap_i64", count), over: s.op("i64.ge_u", count, s.const(width)) };
}

/** Logical shifts: a count of the width or more gives zero. */
function logical(width: 16 | 32 | 64, name: string): VectorShift {
  return { width, lanes: (s, v, { count, over }) => s.f.select(zeroVector(s), s.op(name, v, count), over) };
}

/** Arithmetic right shifts: a count of the width or more gives the sign. */
function arithmetic(width: 16 | 32, name: string): VectorShift {
  return { width, lanes: (s, v, { count, over }) => s.op(name, v, s.f.select(s.f.i32(width - 1), count, over)) };
}

/** Shifts of elements by mnemonic. */
export const SHIFT_LANES: Readonly<Record<string, VectorShift>> = {
  psllw: logical(16, "i16x8.shl"),
  pslld: logical(32, "i32x4.shl"),
  psllq: logical(64, "i64x2.shl"),
  psrlw: logical(16, "i16x8.shr_u"),
  psrld: logical(32, "i32x4.shr_u"),
  psrlq: logical(64, "i64x2.shr_u"),
  psraw: arithmetic(16, "i16x8.shr_s"),
  psrad: arithmetic(32, "i32x4.shr_s"),
};

/** PSLLDQ, PSRLDQ: by whole bytes; 16 and more give zero. An index of 16 and more gives zero in WebAssembly. */
export function shiftBytes(s: Semantics, v: Value, imm: Value, left: boolean): Value {
  const sixteen = s.f.i32(16);
  const places = s.op("i8x16.splat", s.f.select(sixteen, imm, s.op("i32.gt_u", imm, sixteen)));
  const index = s.op(
    left ? "i8x16.sub" : "i8x16.add",
    bytes(s, (i) => i),
    places,
  );
  return s.op("i8x16.swizzle", v, index);
}

function byBytes(left: boolean) {
  return simd((s) => {
    const count = immediateByte(s);
    writeHalves(
      s,
      0,
      readHalves(s, firstSource(s)).map((v) => shiftBytes(s, v, count, left)),
    );
  });
}

export const SSE_SHIFT: SemanticsTable = {
  ...Object.fromEntries(
    Object.entries(SHIFT_LANES).map(
      ([name, { width, lanes }]) =>
        [
          name,
          simd((s) => {
            const by = shiftCount(s, secondSource(s), width);
            writeHalves(
              s,
              0,
              readHalves(s, firstSource(s)).map((v) => lanes(s, v, by)),
            );
          }),
        ] as const,
    ),
  ),
  pslldq: byBytes(true),
  psrldq: byBytes(false),
};
