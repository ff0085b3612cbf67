import type { SnapshotValue } from "@isinglass/interface";
import { bytes, int } from "../state.js";
import type { Shape } from "../state.js";

/** Bytes that a PS/2 device holds for its host (IBM PS/2 hardware reference, "Keyboard buffer": 16 and the overrun mark). */
const QUEUE_LENGTH = 16;

/** What hangs on a PS/2 connector. The controller writes commands to it and takes bytes from it when it has room. */
export interface Ps2Device {
  /** Stable name for snapshots and messages. */
  readonly component: string;
  /** The controller's wake-up: called whenever bytes were queued. Set by the controller. */
  onData: () => void;
  /** A byte from the host. */
  write(value: number): void;
  /** The next byte for the host, or -1. */
  take(): number;
  reset(): void;
  save(): SnapshotValue;
  load(state: SnapshotValue, version: number): void;
}

export interface Ps2QueueState {
  queue: Uint8Array;
  head: number;
  count: number;
}

export const PS2_QUEUE_SHAPE: Shape<Ps2QueueState> = {
  queue: bytes(QUEUE_LENGTH),
  head: int(0, QUEUE_LENGTH - 1),
  count: int(0, QUEUE_LENGTH),
};

export function newQueue(): Ps2QueueState {
  return { queue: new Uint8Array(QUEUE_LENGTH), head: 0, count: 0 };
}

/** Queues one byte; false where there is no room. */
export function put(q: Ps2QueueState, value: number): boolean {
  if (q.count === QUEUE_LENGTH) return false;
  q.queue[(q.head + q.count) % QUEUE_LENGTH] = value;
  q.count++;
  return true;
}

/** Takes the oldest byte, or -1. */
export function take(q: Ps2QueueState): number {
  if (q.count === 0) return -1;
  const value = q.queue[q.head]!;
  q.head = (q.head + 1) % QUEUE_LENGTH;
  q.count--;
  return value;
}

export function room(q: Ps2QueueState): number {
  return QUEUE_LENGTH - q.count;
}
