const NS_PER_SECOND = 1_000_000_000;

/**
 * `floor(a * b / c)`, exact, for integers 0 ≤ a, b < 2^33 and 0 < c < 2^33. The product has up to 66 bits, so that it is divided in two
 * steps of 16 bits, each of which stays below 2^53.
 */
export function mulDivFloor(a: number, b: number, c: number): number {
  const product = a * b;
  if (product < Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  const high = Math.floor(a / 65536);
  const highProduct = high * b;
  const quotient = Math.floor(highProduct / c);
  const rest = (highProduct - quotient * c) * 65536 + (a - high * 65536) * b;
  return quotient * 65536 + Math.floor(rest / c);
}

/**
 * A crystal: turns machine time into ticks and back, without error however long the machine runs. Tick `n` begins at the first
 * nanosecond at which `n` whole periods have passed.
 *
 * @example
 * const pit = new TickRate(1_193_182);
 * pit.ticksAt(1_000_000_000); // 1193182
 */
export class TickRate {
  readonly hz: number;

  /** @param hz an integer, 1 to 2^33 - 1 */
  constructor(hz: number) {
    this.hz = hz;
  }

  /** Whole ticks from machine start to time `ns`. */
  ticksAt(ns: number): number {
    const seconds = Math.floor(ns / NS_PER_SECOND);
    return seconds * this.hz + mulDivFloor(ns - seconds * NS_PER_SECOND, this.hz, NS_PER_SECOND);
  }

  /** The first nanosecond at which `ticksAt` is at least `tick`. Clamped to 2^53 - 1. */
  timeOf(tick: number): number {
    const seconds = Math.floor(tick / this.hz);
    const rest = tick - seconds * this.hz;
    const floor = mulDivFloor(rest, NS_PER_SECOND, this.hz);
    const ns = seconds * NS_PER_SECOND + floor;
    if (ns >= Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
    // The floor is at most one nanosecond early: it is exact only where the period divides evenly.
    return this.ticksAt(ns) < tick ? ns + 1 : ns;
  }
}
