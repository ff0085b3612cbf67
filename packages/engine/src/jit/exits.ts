/**
 * Where and how a region is left, in one i32 constant:
 *
 * | bits | field |
 * | - | - |
 * | 31:15 | signed: the address, relative to the entry's page |
 * | 14:8 | fuel to give back: instructions charged and not executed |
 * | 7:4 | value of the tracked slot, or 15: it is in its local |
 * | 0 | 1: the instruction there is to be interpreted, 0: look the address up |
 */
export function packExit(offset: number, fuel: number, tracked: number, interpret: boolean): number {
  return (offset << 15) | (fuel << 8) | (tracked << 4) | (interpret ? 1 : 0);
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
/** Largest distance from the entry's page that the offset field holds. */
export const MOST_PAGES_AWAY = 15;
