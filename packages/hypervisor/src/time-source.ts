import { IsinglassError, type Snapshotted, type SnapshotValue } from "@isinglass/interface";

/** Where a machine's time comes from. */
export interface TimeSource extends Snapshotted {
  /** Integer nanoseconds since machine start, monotonic. */
  now(): number;
  /** How many instructions to run until `time` (which may be Infinity) or until this is asked again, at least 1: never too many for deterministic time, a guess for host time. */
  instructionsUntil(time: number): number;
  /** Makes it `time` at once, where time is the machine's own; false where it has to be waited for. */
  skipTo(time: number): boolean;
  /**
   * So many nanoseconds pass in which nothing is executed, where time is the machine's own: an access to a device takes longer than an instruction.
   *
   * @returns whether what {@link instructionsUntil} gave last may be too much now: it is to be asked again before the next instruction
   */
  spend?(nanoseconds: number): boolean;
  /** Whether so many nanoseconds can be spent before that. */
  canSpend?(nanoseconds: number): boolean;
  /** Stands still until {@link resume}, where time is not the machine's own: a paused machine does not age. */
  suspend?(): void;
  resume?(): void;
}

function readNow(component: string, state: SnapshotValue): number {
  const now = typeof state === "object" && state !== null && "now" in state ? state.now : undefined;
  if (typeof now === "number" && Number.isSafeInteger(now) && now >= 0) return now;
  throw new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${component}: "now" is not a number of nanoseconds`, {
    component,
  });
}

/** Instructions by which a long run ends early, so that what is spent in it need not end it: asking again costs some microseconds of the host's. */
const RESERVE = 50_000;

/**
 * Deterministic time: a fixed number of nanoseconds for each instruction, plus what accesses to devices took and what was skipped while the vCPU was
 * halted (design law 5). Two runs of one machine see the same times at the same instructions.
 */
export class InstructionTime implements TimeSource {
  readonly component: string = "time";
  readonly version: number = 1;
  readonly #count: () => number;
  readonly nanosecondsPerInstruction: number;
  /** Nanoseconds skipped while halted, and spent with devices. */
  skipped: number = 0;
  /** Nanoseconds that can be spent until the run that was asked for last would be too long. */
  #slack = 0;

  /**
   * @param count instructions executed so far, the one in flight included
   * @param nanosecondsPerInstruction an integer from 1 to 1000, else `ISG_CLOCK_RATE`
   */
  constructor(count: () => number, nanosecondsPerInstruction: number) {
    if (
      !Number.isInteger(nanosecondsPerInstruction) ||
      nanosecondsPerInstruction < 1 ||
      nanosecondsPerInstruction > 1000
    ) {
      throw new IsinglassError(
        "ISG_CLOCK_RATE",
        `clock: ${nanosecondsPerInstruction} ns an instruction; an integer from 1 to 1000 is right`,
        { nanosecondsPerInstruction },
      );
    }
    this.#count = count;
    this.nanosecondsPerInstruction = nanosecondsPerInstruction;
  }

  now(): number {
    return this.#count() * this.nanosecondsPerInstruction + this.skipped;
  }

  instructionsUntil(time: number): number {
    const count = Math.max(1, Math.ceil((time - this.now()) / this.nanosecondsPerInstruction));
    const reserve = count > 2 * RESERVE ? RESERVE : 0;
    this.#slack = reserve * this.nanosecondsPerInstruction;
    return count - reserve;
  }

  skipTo(time: number): boolean {
    this.skipped += Math.max(0, time - this.now());
    return true;
  }

  spend(nanoseconds: number): boolean {
    this.skipped += nanoseconds;
    this.#slack -= nanoseconds;
    return this.#slack < 0;
  }

  canSpend(nanoseconds: number): boolean {
    return this.#slack >= nanoseconds;
  }

  save(): SnapshotValue {
    return { now: this.now() };
  }

  /** Asked after the vCPU, whose count of instructions it builds on. */
  load(state: SnapshotValue): void {
    this.skipped = readNow(this.component, state) - this.#count() * this.nanosecondsPerInstruction;
  }
}

/** Instructions between two looks at the host's clock. */
const FEWEST = 2000;
const MOST = 100_000;
/** Taken for an instruction when a distance in time becomes a number of instructions; the next look corrects it. */
const GUESS_NS = 5;

/** Real time: the host's monotonic clock, which the caller passes in (milliseconds, as `performance.now`). */
export class HostTime implements TimeSource {
  readonly component: string = "time";
  readonly version: number = 1;
  readonly #milliseconds: () => number;
  /** Host time at which the machine's was 0. */
  #origin: number;
  #last: number;
  #suspended = false;

  constructor(milliseconds: () => number, startAt: number = 0) {
    this.#milliseconds = milliseconds;
    this.#origin = milliseconds() - startAt / 1e6;
    this.#last = startAt;
  }

  now(): number {
    if (!this.#suspended) this.#last = Math.max(this.#last, Math.floor((this.#milliseconds() - this.#origin) * 1e6));
    return this.#last;
  }

  instructionsUntil(time: number): number {
    return Math.min(MOST, Math.max(FEWEST, Math.ceil((time - this.now()) / GUESS_NS)));
  }

  skipTo(): boolean {
    return false;
  }

  suspend(): void {
    this.now();
    this.#suspended = true;
  }

  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#origin = this.#milliseconds() - this.#last / 1e6;
  }

  save(): SnapshotValue {
    return { now: this.now() };
  }

  load(state: SnapshotValue): void {
    this.#last = readNow(this.component, state);
    this.#origin = this.#milliseconds() - this.#last / 1e6;
  }
}
