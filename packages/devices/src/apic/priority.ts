import type { State } from "./state.js";
import { highestVector } from "./vectors.js";

// Who is meant by a message, and what a processor lets through. Section numbers are those of the Intel SDM, volume 3A, chapter 11.

/** Destination of a message to all. */
export const BROADCAST = 0xffff_ffff;

/** A destination of 8 bits, as xAPICs, I/O APICs and devices give it, as one of 32: all ones is everybody either way (11.6.2.1). */
export function wideDestination(destination: number): number {
  return destination === 0xff ? BROADCAST : destination;
}

/** Processor priority (11.8.3.1). */
export function processorPriority({ tpr, isr }: State): number {
  const inService = Math.max(0, highestVector(isr));
  return tpr >> 4 >= inService >> 4 ? tpr : inService & 0xf0;
}

/** The request that is above the processor's priority (11.8.3.1), or -1. */
export function deliverable(state: State): number {
  const top = highestVector(state.irr);
  return top >> 4 > processorPriority(state) >> 4 ? top : -1;
}

/** The logical ID of an x2APIC follows from its ID: a cluster of sixteen and a bit in it (11.12.10.2). */
export function x2LogicalId(id: number): number {
  return (((id >>> 4) << 16) | (1 << (id & 0x0f))) >>> 0;
}

/** Whether a message to `destination` is for the APIC with this state (11.6.2). */
export function isDestination(state: State, isX2: boolean, destination: number, logical: boolean): boolean {
  const { id, ldr, dfr } = state;
  if (destination === BROADCAST) return true;
  if (!logical) return destination === id;
  if (isX2) {
    const own = x2LogicalId(id);
    return destination >>> 16 === own >>> 16 && (destination & own & 0xffff) !== 0;
  }
  const own = ldr >>> 24;
  // DFR: all ones is the flat model, else clusters of four (11.6.2.2).
  if (dfr >>> 28 === 0xf) return (destination & own) !== 0;
  return destination >> 4 === own >> 4 && (destination & own & 0x0f) !== 0;
}
