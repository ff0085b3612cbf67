/**
 * Where and how a region is left, in one i64 constant:
 *
 * | bits | field |
 * | - | - |
 * | 46:15 | signed: the address, relative to the entry's page |
 * | 14:8 | fuel to give back: instructions charged and not executed |
 * | 7:4 | value of the tracked slot, or 15: it is in its local |
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
