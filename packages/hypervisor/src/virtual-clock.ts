import type { Clock, Timer } from "@isinglass/interface";

interface Entry extends Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/**
 * The clock of a machine: a time source and an ordered list of timers. Timers fire only from {@link VirtualClock.fire}, which
 * the run loop calls between instructions, in order of time, then of arming.
 */
export class VirtualClock implements Clock {
  readonly #source: { now(): number };
  readonly #heap: Entry[] = [];
  #order = 0;
  #cancelled = 0;
  /** Called when the earliest timer becomes earlier: a running vCPU has been given too long a budget. */
  onEarlier: () => void = () => undefined;

  /** @param source tells the time: integer nanoseconds, monotonic */
  constructor(source: { now(): number }) {
    this.#source = source;
  }

  now(): number {
    return this.#source.now();
  }

  schedule(at: number, callback: () => void): Timer {
    const before = this.next();
    const entry: Entry = {
      at,
      order: this.#order,
      callback,
      cancelled: false,
      cancel: () => {
        if (entry.cancelled) return;
        entry.cancelled = true;
        this.#cancelled += 1;
        if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
      },
    };
    this.#order += 1;
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    if (at < before) this.onEarlier();
    return entry;
  }

  /** Timers that are set. */
  get armed(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Time of the earliest timer, Infinity if there is none. */
  next(): number {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return Infinity;
      if (!top.cancelled) return top.at;
      this.#pop();
      this.#cancelled -= 1;
    }
  }

  /** Fires every timer that is due. */
  fire(): void {
    while (this.next() <= this.now()) {
      const entry = this.#pop();
      // Firing makes a later cancel harmless.
      entry.cancelled = true;
      entry.callback();
    }
  }

  #less(a: Entry, b: Entry): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #up(start: number): void {
    const heap = this.#heap;
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#less(heap[i]!, heap[parent]!)) return;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    heap[0] = last;
    let i = 0;
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && this.#less(heap[child]!, heap[least]!)) least = child;
      if (least === i) return top;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }

  #sweep(): void {
    const live = this.#heap.filter((entry) => !entry.cancelled);
    this.#heap.length = 0;
    this.#cancelled = 0;
    for (const entry of live) {
      this.#heap.push(entry);
      this.#up(this.#heap.length - 1);
    }
  }
}
