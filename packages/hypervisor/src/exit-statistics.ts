import type { VmExitReason } from "@isinglass/interface";

/** All exit reasons, in the order in which they are reported. */
export const EXIT_REASONS: readonly VmExitReason[] = [
  "io",
  "mmio",
  "hlt",
  "cpuid",
  "rdmsr",
  "wrmsr",
  "cr-access",
  "hypercall",
  "exception",
  "second-stage-fault",
  "shutdown",
  "debug",
  "breakpoint",
  "interrupt-window",
  "budget",
  "paused",
  "not-implemented",
];

export const EXIT_IO: number = EXIT_REASONS.indexOf("io");
export const EXIT_MMIO: number = EXIT_REASONS.indexOf("mmio");

/** One line of exit statistics. */
export interface ExitCount {
  readonly reason: VmExitReason;
  readonly count: number;
  /** Host time spent on answering, 0 where the machine has no host clock. */
  readonly milliseconds: number;
}

/** Counts exits by reason, and the host's time that they took. An access that a device answers at once is an exit too. */
export class ExitStatistics {
  readonly #counts: Float64Array = new Float64Array(EXIT_REASONS.length);
  readonly #milliseconds: Float64Array = new Float64Array(EXIT_REASONS.length);
  readonly #now: (() => number) | undefined;

  /** @param now the host's clock in milliseconds, such as `performance.now`; without it no times are kept */
  constructor(now?: () => number) {
    this.#now = now;
  }

  /** When an exit began; to be passed to {@link end}. */
  begin(): number {
    return this.#now === undefined ? 0 : this.#now();
  }

  /** Counts an exit; `reason` is an index of {@link EXIT_REASONS}. */
  end(reason: number, begun: number): void {
    this.#counts[reason]! += 1;
    if (this.#now !== undefined) this.#milliseconds[reason]! += this.#now() - begun;
  }

  /** The reasons that occurred. */
  report(): ExitCount[] {
    return EXIT_REASONS.map((reason, i) => ({
      reason,
      count: this.#counts[i]!,
      milliseconds: this.#milliseconds[i]!,
    })).filter(({ count }) => count > 0);
  }
}
