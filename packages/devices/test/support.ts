import type { Clock, InterruptLine, Timer } from "@isinglass/interface";

interface Armed {
  at: number;
  order: number;
  callback: (() => void) | null;
}

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now = 0;
  #order = 0;
  #armed: Armed[] = [];
  /** Callbacks that were run. */
  fired = 0;

  now(): number {
    return this.#now;
  }

  schedule(at: number, callback: () => void): Timer {
    const armed: Armed = { at, order: this.#order++, callback };
    this.#armed.push(armed);
    return {
      cancel: () => {
        armed.callback = null;
        this.#armed = this.#armed.filter((a) => a !== armed);
      },
    };
  }

  /** Timers that are armed. */
  get armed(): number {
    return this.#armed.length;
  }

  /** Moves time on by `ns`, running what falls due on the way, each at its own time. */
  advance(ns: number): void {
    const end = this.#now + ns;
    for (;;) {
      const next = this.#armed.filter((a) => a.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.#armed = this.#armed.filter((a) => a !== next);
      this.#now = Math.max(this.#now, next.at);
      this.fired++;
      next.callback?.();
    }
    this.#now = end;
  }

  advanceTo(ns: number): void {
    this.advance(ns - this.#now);
  }

  /** Moves time without running anything, as a clock that comes late does. */
  jump(ns: number): void {
    this.#now += ns;
  }
}

/** A wire that remembers its level and how often it rose. */
export class TestLine implements InterruptLine {
  level = false;
  rises = 0;

  setLevel(asserted: boolean): void {
    if (asserted && !this.level) this.rises++;
    this.level = asserted;
  }
}
