import { IsinglassError } from "@isinglass/interface";

/** Bytes in a mebibyte. */
export const MiB: number = 1 << 20;
const SMALLEST = 2 * MiB;
const LARGEST = 3072 * MiB;

/** @throws IsinglassError `ISG_MACHINE_MEMORY` unless a PC can have so many bytes of RAM */
export function checkPcMemory(memory: number): void {
  if (Number.isInteger(memory) && memory >= SMALLEST && memory <= LARGEST && memory % MiB === 0) return;
  throw new IsinglassError("ISG_MACHINE_MEMORY", `memory: ${memory} bytes; a PC wants 2 MiB to 3 GiB, in whole MiB`, {
    memory,
  });
}
