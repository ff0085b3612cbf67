import type { TimeSource } from './virtual-clock.js';

/**
 * Deterministic time: a fixed number of nanoseconds for each instruction, plus what was skipped while the vCPU was halted
 * (design law 5). Two runs of one machine see the same times at the same instructions.
 */
export class InstructionTime implements TimeSource {
  readonly #count: () => number;
  readonly nanosecondsPerInstruction: number;
  /** Nanoseconds skipped while halted. */
  skipped = 0;

  /** @param count instructions executed so far, the one in flight included */
  constructor(count: () => number, nanosecondsPerInstruction: number) {
    this.#count = count;
    this.nanosecondsPerInstruction = nanosecondsPerInstruction;
  }

  now(): number {
    return this.#count() * this.nanosecondsPerInstruction + this.skipped;
  }

  /** Instructions until `time`, at least 1. */
  instructionsUntil(time: number): number {
    return Math.max(1, Math.ceil((time - this.now()) / this.nanosecondsPerInstruction));
  }

  skipTo(time: number): void {
    this.skipped += Math.max(0, time - this.now());
  }
}

/** Real time: the host's monotonic clock, which the caller passes in (milliseconds, as `performance.now()`). */
export class HostTime implements TimeSource {
  readonly #milliseconds: () => number;
  readonly #start: number;
  #last = 0;

  constructor(milliseconds: () => number, startAt: number = 0) {
    this.#milliseconds = milliseconds;
    this.#start = milliseconds() - startAt / 1e6;
  }

  now(): number {
    this.#last = Math.max(this.#last, Math.floor((this.#milliseconds() - this.#start) * 1e6));
    return this.#last;
  }
}
