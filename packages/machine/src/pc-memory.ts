import { IsinglassError } from "@isinglass/interface";

/** Bytes in a mebibyte. */
export const MiB: number = 1 << 20;
/** Bytes of RAM that a PC has at least and at most. */
export const SMALLEST_MEMORY: number = 2 * MiB;
export const LARGEST_MEMORY: number = 3072 * MiB;

/** @throws IsinglassError `ISG_MACHINE_MEMORY` unless a PC can have so many bytes of RAM */
export function checkPcMemory(memory: number): void {
  if (Number.isInteger(memory) && memory >= SMALLEST_MEMORY && memory <= LARGEST_MEMORY && memory % MiB === 0) return;
  throw new IsinglassError("ISG_MACHINE_MEMORY", `memory: ${memory} bytes; a PC wants 2 MiB to 3 GiB, in whole MiB`, {
    memory,
  });
}
