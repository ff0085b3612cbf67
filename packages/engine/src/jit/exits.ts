import type { ExecutorState } from "@isinglass/uops";
import { type CodeWriter, WASM_TYPE } from "@isinglass/wasm";

/**
 * Where and how a region is left, in one i64 constant that its function returns:
 *
 * | bits | field |
 * | - | - |
 * | 46:15 | signed: the address, relative to the entry's page |
 * | 14:8 | fuel to give back: instructions charged and not executed |
 * | 7:4 | value of the tracked slot, or 15: it is in its local |
 * | 3:2 | what an assist asked for, an ASSIST_*; the address is in the vCPU state then |
 * | 1 | 1: the address is in the vCPU state, and the offset is 0 |
 * | 0 | 1: the instruction there is to be interpreted, 0: look the address up |
 */
export function packExit(offset: number, fuel: number, tracked: number, interpret: boolean): number {
  return (
    offset * 2 ** EXIT_OFFSET_SHIFT +
    ((fuel << EXIT_FUEL_SHIFT) | (tracked << EXIT_TRACKED_SHIFT)) +
    (interpret ? 1 : 0)
  );
}

/** The offset of a packed exit. */
export function exitOffset(exit: number): number {
  return Math.floor(exit / 2 ** EXIT_OFFSET_SHIFT);
}

/** The fields of a packed exit below its offset. */
export function exitFields(exit: number): number {
  return exit - exitOffset(exit) * 2 ** EXIT_OFFSET_SHIFT;
}

/** The address is in the vCPU state. */
export const EXIT_PC_STORED = 2;
/** What an assist asked for. */
export const EXIT_STATUS_SHIFT = 2;
export const EXIT_STATUS_MASK = 3;
export const EXIT_OFFSET_SHIFT = 15;
export const EXIT_FUEL_SHIFT = 8;
export const EXIT_FUEL_MASK = 0x7f;
export const EXIT_TRACKED_SHIFT = 4;
export const EXIT_TRACKED_MASK = 15;
/** The tracked slot's value is in its local. */
export const TRACKED_IN_LOCAL = 15;
/** Most instructions in a block: what the fuel field holds. */
export const MOST_IN_BLOCK = 127;
/** Farthest that a page of a region may be from the entry's, in pages: 1 GiB. */
export const MOST_PAGES_AWAY: number = 0x4_0000;
/** The same for a region that nothing is known of yet: what is farther away seldom belongs to it. */
export const NEAR_PAGES = 15;

/**
 * Takes what a region returned, `fuel` on top of `how`, and brings it where the rest of the engine looks: `how` (an i64 local) becomes the
 * address, which the vCPU state holds too, `fuel` what is left, `interpret` bit 0.
 *
 * @param page local with the linear address of the entry's page
 * @param scratch an i32 local
 * @param status an i32 local for what an assist asked for, where that is of interest
 */
export function emitLeft(
  code: CodeWriter,
  state: ExecutorState,
  locals: {
    readonly vcpu: number;
    readonly page: number;
    readonly how: number;
    readonly fuel: number;
    readonly interpret: number;
    readonly scratch: number;
    readonly status?: number;
  },
): void {
  const { vcpu, page, how, fuel, interpret, scratch, status } = locals;
  code.localSet(fuel).localTee(how).op("i32.wrap_i64").localTee(scratch).i32(1).op("i32.and").localSet(interpret);
  if (status !== undefined)
    code.localGet(scratch).i32(EXIT_STATUS_SHIFT).op("i32.shr_u").i32(EXIT_STATUS_MASK).op("i32.and").localSet(status);
  code.localGet(scratch).i32(EXIT_FUEL_SHIFT).op("i32.shr_u").i32(EXIT_FUEL_MASK).op("i32.and");
  code.localGet(fuel).op("i32.add").localSet(fuel);
  code.localGet(scratch).i32(EXIT_PC_STORED).op("i32.and").if(WASM_TYPE.i64);
  code.localGet(vcpu).memory("i64.load", state.pc);
  code.else();
  code.localGet(page).localGet(how).i64(EXIT_OFFSET_SHIFT, 0).op("i64.shr_s").op("i64.add");
  code.end().localSet(how);
  code.localGet(vcpu).localGet(how).memory("i64.store", state.pc);
  if (state.tracked < 0) return;
  code.localGet(scratch).i32(EXIT_TRACKED_SHIFT).op("i32.shr_u").i32(EXIT_TRACKED_MASK).op("i32.and");
  code.localTee(scratch).i32(TRACKED_IN_LOCAL).op("i32.ne").if();
  code.localGet(vcpu).localGet(scratch).memory("i32.store", state.tracked);
  code.end();
}
