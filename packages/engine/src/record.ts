import type { HoleKind, IrFunction } from "@isinglass/uops";
import { OP } from "@isinglass/uops";

/**
 * A decoded instruction in the code cache, 32 bytes:
 *
 * | offset | field |
 * | - | - |
 * | 0 | u16: handler, an index of the interpreter's br_table |
 * | 2 | u16: offset of the instruction in its page (4096 and more: in the next one) |
 * | 4 | u16: table slot of the handler function, for the handler that calls one |
 * | 6 | u8: length in bytes |
 * | 7 | u8: bit 0: a direct branch wraps at 32 bits; bits 7:1 count arrivals |
 * | 8 | holes, as {@link layOutHoles} places them; in a region's place: i32 address of the record that was there, |
 * | 12 | i32 entries until the next sample of where it is left for, |
 * | 16 | i64 how many instructions were executed in it |
 * | 24 | direct branches: i32 displacement, and |
 * | 28 | i32: address of the slot in the code page's table that holds the target's record |
 */
export const RECORD_BYTES: number = 32;
export const RECORD_HANDLER: number = 0;
export const RECORD_OFFSET: number = 2;
export const RECORD_FUNCTION: number = 4;
export const RECORD_LENGTH: number = 6;
export const RECORD_WRAP: number = 7;
export const RECORD_HOLES: number = 8;
export const RECORD_COUNTDOWN: number = 12;
export const RECORD_EXECUTED: number = 16;
export const RECORD_DISPLACEMENT: number = 24;
export const RECORD_SLOT: number = 28;

const HOLE_BYTES: Readonly<Record<HoleKind, number>> = { state: 2, i8: 1, i32: 4, i64: 8 };

/** Where each hole of a form lies in a record. */
export interface HoleLayout {
  readonly offsets: readonly number[];
  readonly kinds: readonly HoleKind[];
  /** Index of the hole that a direct branch uses, or -1; it lies at RECORD_DISPLACEMENT. */
  readonly branchHole: number;
  readonly branchWraps: boolean;
}

/** Places the holes of a form: widest first, so that each is aligned; throws if they do not fit. */
export function layOutHoles(fn: IrFunction): HoleLayout {
  const offsets: number[] = Array.from({ length: fn.holes.length }, () => -1);
  let branchHole = -1;
  let branchWraps = false;
  for (let i = 0; i < fn.count; i += 1) {
    if (fn.op[i] !== OP.branch) continue;
    branchHole = fn.y[i] ?? -1;
    branchWraps = fn.x[i] === 32;
  }
  const end = branchHole >= 0 ? RECORD_DISPLACEMENT : RECORD_BYTES;
  if (branchHole >= 0) offsets[branchHole] = RECORD_DISPLACEMENT;
  let at = RECORD_HOLES;
  for (const kind of ["i64", "i32", "state", "i8"] as const) {
    fn.holes.forEach((k, i) => {
      if (k !== kind || i === branchHole) return;
      offsets[i] = at;
      at += HOLE_BYTES[kind];
    });
  }
  if (at > end)
    throw new Error(
      `engine: the holes of ${fn.name} need ${at - RECORD_HOLES} bytes, a record has ${end - RECORD_HOLES}`,
    );
  return { offsets, kinds: fn.holes, branchHole, branchWraps };
}
