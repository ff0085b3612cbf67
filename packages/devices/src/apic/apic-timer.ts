import type { Clock, Timer } from "@isinglass/interface";
import { TickRate } from "../rate.js";
import { flag, int, time, word } from "../state.js";
import type { Shape } from "../state.js";
import { TIMER_ONE_SHOT, TIMER_PERIODIC, TIMER_TSC_DEADLINE } from "./registers.js";

export interface TimerState {
  mode: number;
  /** The mask bit of the timer's LVT entry: a masked timer counts but needs no callback. */
  masked: boolean;
  initial: number;
  divide: number;
  /** Bus tick at which the count was `from`; -1 where nothing counts. */
  start: number;
  from: number;
  deadlineLow: number;
  deadlineHigh: number;
}

export const TIMER_SHAPE: Shape<TimerState> = {
  mode: int(0, 3),
  masked: flag,
  initial: word,
  divide: int(0, 0xb),
  start: time,
  from: word,
  deadlineLow: word,
  deadlineHigh: word,
};

export function newTimer(): TimerState {
  return {
    mode: TIMER_ONE_SHOT,
    masked: true,
    initial: 0,
    divide: 0,
    start: -1,
    from: 0,
    deadlineLow: 0,
    deadlineHigh: 0,
  };
}

/**
 * The local APIC's timer (SDM 3A, 11.5.4): counts bus ticks divided by 1 to 128, or compares the time-stamp counter. The count is
 * computed when it is read; a callback is armed only where an interrupt can come of it.
 */
export class ApicTimer {
  readonly state: TimerState = newTimer();
  readonly #clock: Clock;
  readonly #rate: TickRate;
  readonly #timeOfTsc: ((low: number, high: number) => number) | undefined;
  readonly #fire: () => void;
  /** Whether an interrupt of the timer is already requested: another one would change nothing. */
  readonly #isRequested: () => boolean;
  #armed: Timer | null = null;
  readonly #onTimer = (): void => {
    this.#armed = null;
    this.#expire();
  };

  constructor(
    clock: Clock,
    busHz: number,
    timeOfTsc: ((low: number, high: number) => number) | undefined,
    fire: () => void,
    isRequested: () => boolean,
  ) {
    this.#clock = clock;
    this.#rate = new TickRate(busHz);
    this.#timeOfTsc = timeOfTsc;
    this.#fire = fire;
    this.#isRequested = isRequested;
  }

  /** Mode and mask of the LVT entry change. Going to or from TSC deadline mode disarms (11.5.4.1). */
  configure(mode: number, masked: boolean): void {
    const state = this.state;
    if (mode !== state.mode) {
      const from = this.current();
      if (mode === TIMER_TSC_DEADLINE || state.mode === TIMER_TSC_DEADLINE) this.#disarm();
      else if (state.start >= 0) this.#restart(from);
      state.mode = mode;
    }
    // A one-shot that ran out while it was masked is lost.
    if (state.masked && !masked && mode === TIMER_ONE_SHOT && this.current() === 0) state.start = -1;
    state.masked = masked;
    this.arm();
  }

  setInitial(value: number): void {
    const state = this.state;
    // In TSC deadline mode writes to the initial-count register are ignored.
    if (state.mode === TIMER_TSC_DEADLINE) return;
    state.initial = value;
    if (value === 0) this.#disarm();
    else this.#restart(value);
    this.arm();
  }

  setDivide(value: number): void {
    const from = this.current();
    this.state.divide = value & 0xb;
    if (this.state.start >= 0) this.#restart(from);
    this.arm();
  }

  setDeadline(low: number, high: number): void {
    if (this.state.mode !== TIMER_TSC_DEADLINE) return;
    this.state.deadlineLow = low;
    this.state.deadlineHigh = high;
    this.arm();
  }

  /** The current-count register. */
  current(): number {
    const { mode, start, from, initial } = this.state;
    if (start < 0 || mode === TIMER_TSC_DEADLINE) return 0;
    const elapsed = Math.floor((this.#rate.ticksAt(this.#clock.now()) - start) / this.#divisor());
    if (elapsed < from) return from - elapsed;
    if (mode !== TIMER_PERIODIC || initial === 0) return 0;
    return initial - ((elapsed - from) % initial);
  }

  /** Arms, re-arms or cancels the callback; also after a restore and when the guest has taken the interrupt. */
  arm(): void {
    const { mode, masked, start } = this.state;
    this.#armed?.cancel();
    this.#armed = null;
    let at = -1;
    if (mode === TIMER_TSC_DEADLINE) {
      const { deadlineLow, deadlineHigh } = this.state;
      if ((deadlineLow | deadlineHigh) !== 0 && this.#timeOfTsc !== undefined)
        at = Math.min(Math.max(0, this.#timeOfTsc(deadlineLow, deadlineHigh)), Number.MAX_SAFE_INTEGER);
    } else if (start >= 0 && !masked && !(mode === TIMER_PERIODIC && this.#isRequested())) {
      at = this.#rate.timeOf(this.#nextExpiry());
    }
    if (at >= 0) this.#armed = this.#clock.schedule(at, this.#onTimer);
  }

  reset(): void {
    Object.assign(this.state, newTimer());
    this.arm();
  }

  /** Figure 11-10: bits 3, 1 and 0; 7 divides by one. */
  #divisor(): number {
    const { divide } = this.state;
    const code = (divide & 3) | ((divide & 8) >> 1);
    return code === 7 ? 1 : 2 << code;
  }

  #nextExpiry(): number {
    const { start, from, initial, mode } = this.state;
    const divisor = this.#divisor();
    const first = start + from * divisor;
    const now = this.#rate.ticksAt(this.#clock.now());
    if (mode !== TIMER_PERIODIC || now < first) return first;
    const period = initial * divisor;
    return first + (Math.floor((now - first) / period) + 1) * period;
  }

  #expire(): void {
    const state = this.state;
    if (state.mode === TIMER_TSC_DEADLINE) {
      // Expiry disarms: the MSR reads zero (11.5.4.1).
      state.deadlineLow = 0;
      state.deadlineHigh = 0;
    } else if (state.mode !== TIMER_PERIODIC) {
      state.start = -1;
    }
    // A clock that comes late asks once for all periods that have passed.
    this.#fire();
    this.arm();
  }

  #restart(from: number): void {
    // A one-shot that has expired stays expired.
    if (from === 0 && this.state.mode !== TIMER_PERIODIC) {
      this.state.start = -1;
      return;
    }
    this.state.start = this.#rate.ticksAt(this.#clock.now());
    this.state.from = from;
  }

  #disarm(): void {
    this.state.start = -1;
    this.state.initial = 0;
    this.state.deadlineLow = 0;
    this.state.deadlineHigh = 0;
  }
}
