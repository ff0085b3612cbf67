import type { Clock, SnapshotValue } from "@isinglass/interface";
import { bytes, int } from "../state.js";
import type { Shape } from "../state.js";
import {
  FCR_ENABLE,
  FIFO_LENGTH,
  LSR_DATA_READY,
  LSR_FIFO_ERROR,
  LSR_OVERRUN,
  MCR_LOOP,
  TIMEOUT_CHARACTERS,
} from "./registers.js";
import type { State } from "./state.js";

/** What a snapshot has of the queue. */
export interface QueueState {
  queue: Uint8Array;
  queueCount: number;
}

/**
 * The receiving half of a 16550: the FIFO that the guest reads, and before it a bounded queue of what the host has for the guest. Bytes go from one to the other in bursts, with a pause of
 * one byte's time between them, so that a guest that reads until LSR says "empty" comes to an end.
 */
export class Receiver {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #byteTime: number;
  readonly #queue: Uint8Array;
  #head = 0;
  #count = 0;

  constructor(state: State, clock: Clock, byteTime: number, queueLength: number) {
    this.#state = state;
    this.#clock = clock;
    this.#byteTime = byteTime;
    this.#queue = new Uint8Array(queueLength);
  }

  /** Bytes that {@link offer} would take now. */
  get room(): number {
    return this.#queue.length - this.#count;
  }

  /** Takes input of the host's as far as there is room; returns how much. */
  offer(input: Uint8Array): number {
    const taken = Math.min(input.length, this.room);
    for (let i = 0; i < taken; i++) {
      this.#queue[(this.#head + this.#count) % this.#queue.length] = input[i]!;
      this.#count++;
    }
    return taken;
  }

  clearQueue(): void {
    this.#head = 0;
    this.#count = 0;
  }

  /** A byte arrives in the FIFO, with its error bits of LSR. */
  push(value: number, errors: number): void {
    const state = this.#state;
    if (state.receivedCount >= this.#capacity()) {
      state.errors |= LSR_OVERRUN;
      // With FIFOs the arriving byte is lost, without them the old one (8.3, bit 1).
      if ((state.fcr & FCR_ENABLE) === 0) state.received[state.receivedHead] = value;
      return;
    }
    const at = (state.receivedHead + state.receivedCount) % FIFO_LENGTH;
    state.received[at] = value;
    state.receivedErrors[at] = errors;
    state.receivedCount++;
    this.#noteArrival();
  }

  /** The guest takes the oldest byte; 0 where there is none. */
  take(): number {
    const state = this.#state;
    if (state.receivedCount === 0) return 0;
    const value = state.received[state.receivedHead]!;
    state.receivedHead = (state.receivedHead + 1) % FIFO_LENGTH;
    state.receivedCount--;
    this.#noteArrival();
    if (state.refillAt < 0) this.refillSoon();
    return value;
  }

  /** Where the FIFO is empty, the next burst comes after a byte's time. */
  refillSoon(): void {
    const state = this.#state;
    if (state.receivedCount === 0 && this.#count > 0) state.refillAt = this.#clock.now() + this.#byteTime;
  }

  /** The next burst, now. */
  refill(): void {
    const state = this.#state;
    state.refillAt = -1;
    if ((state.mcr & MCR_LOOP) !== 0) return;
    const capacity = this.#capacity();
    while (this.#count > 0 && state.receivedCount < capacity) {
      this.push(this.#queue[this.#head]!, 0);
      this.#head = (this.#head + 1) % this.#queue.length;
      this.#count--;
    }
  }

  /** FCR empties the FIFO. */
  clear(): void {
    const state = this.#state;
    state.receivedCount = 0;
    state.timeoutAt = -1;
    state.receivedErrors.fill(0);
  }

  /** LSR's bits of the FIFO; the error of the byte at its top has then been shown, and its place keeps nothing to show again. */
  lineStatus(): number {
    const state = this.#state;
    let lsr = state.receivedCount > 0 ? LSR_DATA_READY : 0;
    if ((state.fcr & FCR_ENABLE) !== 0) {
      for (let i = 0; i < state.receivedCount; i++) {
        if (state.receivedErrors[(state.receivedHead + i) % FIFO_LENGTH] !== 0) lsr |= LSR_FIFO_ERROR;
      }
    }
    if (state.receivedCount > 0) state.receivedErrors[state.receivedHead] = 0;
    return lsr;
  }

  get queueShape(): Shape<QueueState> {
    return { queue: bytes(this.#queue.length), queueCount: int(0, this.#queue.length) };
  }

  saveQueue(): { readonly [key in keyof QueueState]: SnapshotValue } {
    const queue = new Uint8Array(this.#queue.length);
    for (let i = 0; i < this.#count; i++) queue[i] = this.#queue[(this.#head + i) % this.#queue.length]!;
    return { queue, queueCount: this.#count };
  }

  loadQueue({ queue, queueCount }: QueueState): void {
    this.#queue.set(queue);
    this.#head = 0;
    this.#count = queueCount;
  }

  #capacity(): number {
    return (this.#state.fcr & FCR_ENABLE) !== 0 ? FIFO_LENGTH : 1;
  }

  /** A byte came or went: the time-out starts again, and the errors of the byte now at the top become visible. */
  #noteArrival(): void {
    const state = this.#state;
    state.timeoutAt = state.receivedCount > 0 ? this.#clock.now() + TIMEOUT_CHARACTERS * this.#byteTime : -1;
    if (state.receivedCount > 0) state.errors |= state.receivedErrors[state.receivedHead]!;
  }
}
