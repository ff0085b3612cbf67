import type { Snapshotted } from "./snapshot.js";

/**
 * A device: plain state and registers. It gets its lines, clock and back ends through its constructor and is mapped on a
 * {@link Bus} by whoever builds the machine. All calls are synchronous; a back end that works later keeps the machine waiting
 * (see design: deterministic clock) or completes through the {@link Clock}.
 */
export interface Device extends Snapshotted {
  /** The state after power-on or a bus reset. */
  reset(): void;
}
