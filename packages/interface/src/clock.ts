/** A timer armed on a {@link Clock}. */
export interface Timer {
  /** Forgets the timer; harmless when it has fired. */
  cancel(): void;
}

/**
 * Machine time: integer nanoseconds since the machine started, monotonic, below 2^53 (104 days). A deterministic clock
 * derives it from the count of executed instructions, a realtime clock from the host; a device cannot tell.
 */
export interface Clock {
  now(): number;
  /**
   * Calls `callback` once, when machine time reaches `at` (at the next instruction boundary; at once when `at` is past,
   * but never from inside this call). Callbacks run in order of time, then of arming.
   */
  schedule(at: number, callback: () => void): Timer;
}
