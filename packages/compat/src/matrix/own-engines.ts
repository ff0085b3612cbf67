/**
 * What the matrix and the claims ask of the project's own engines. This package does not import them: whoever has them hands them in.
 */
import type { ExecuteCpuid } from "../readers/cpuid-device.js";

/** How code of ours is executed: by the interpreter alone, or compiled where it can be. */
export type OwnTier = "interpreter" | "jit";

/** Of a feature's forms in isa-x86's description, those that a CPU model has in 64-bit mode. */
export interface Coverage {
  readonly forms: number;
  /** Those that have a meaning: the others end the guest with "not implemented". */
  readonly executed: number;
  /** Those of which every kind of operand can be compiled; the compiler leaves the others to the interpreter. */
  readonly compiled: number;
}

/** Runs a loop some more. @returns nanoseconds of CPU time for each of its instructions */
export type LoopSampler = () => number;

/** Page faults that a guest mends itself by writing to its tables, and what they asked of the machine in all. */
export interface GuestFaults {
  readonly faults: number;
  /** To the hypervisor. */
  readonly exits: number;
  /** Of the TLB, by whatever cause. */
  readonly flushes: number;
}

export interface OwnEngines {
  /** Name of the CPU model that they run with. */
  readonly model: string;
  /** CPUID, executed by them. */
  readonly cpuid: ExecuteCpuid;
  /** @param isa instruction set in isa-x86's name */
  coverage(isa: string): Coverage;
  /**
   * A loop of 64-bit code: `body` eight times.
   *
   * @returns false if it ends in #UD, or is not implemented
   */
  loop(tier: OwnTier, body: string): LoopSampler | false;
  faults(): GuestFaults;
}
