import type {
  Bus,
  BusMapping,
  Clock,
  Device,
  InterruptLine,
  MmioHandler,
  MmioSize,
  SnapshotValue,
  Timer,
} from "@isinglass/interface";
import { TickRate } from "./rate.js";
import { assignFields, bytes, flag, int, loadFields, saveFields, time, word, words } from "./state.js";
import type { Shape } from "./state.js";

// Registers as in the IA-PC HPET specification 1.0a (2004), section 2.3.

export const HPET_DEFAULT_BASE = 0xfed0_0000;
/** 100 MHz, as QEMU's. */
const HZ = 100_000_000;
const FEMTOSECONDS = 1e15 / HZ;
const TIMERS = 3;

const REG_CAPABILITIES = 0x000;
const REG_PERIOD = 0x004;
const REG_CONFIGURATION = 0x010;
const REG_STATUS = 0x020;
const REG_COUNTER_LOW = 0x0f0;
const REG_COUNTER_HIGH = 0x0f4;
/** Each timer has 32 bytes from here: configuration, comparator, FSB route. */
const REG_TIMERS = 0x100;

/** Vendor 8086, 64-bit counter, legacy replacement route, three timers, revision 1 (2.3.4). */
const CAPABILITIES = 0x8086_a001 | ((TIMERS - 1) << 8);
/** General configuration (2.3.5). */
const ENABLE = 0x1;
const LEGACY = 0x2;

/** Timer configuration (2.3.8). */
const T_LEVEL = 0x0002;
const T_INTERRUPT = 0x0004;
const T_PERIODIC = 0x0008;
const T_SET_VALUE = 0x0040;
const T_32_BIT = 0x0100;
const T_WRITABLE = 0x3f4e;
/** Periodic mode is possible; the timer has 64 bits. */
const T_CAPABILITIES = 0x0030;
/** Interrupts that a timer can be routed to: IOAPIC pin 2. */
const ROUTES = 0x0000_0004;

const TWO_TO_32 = 0x1_0000_0000;
/** The longest wait, in ticks, that is not "never": over a hundred days. */
const NEVER = 2 ** 50;
/** Ticks from a match to the next callback at least: a period shorter than a microsecond costs the host no more than that one. */
const SHORTEST = HZ / 1_000_000;

const RATE = new TickRate(HZ);

interface State {
  enabled: boolean;
  legacy: boolean;
  status: number;
  /** The counter when it was started or halted, and the tick at which that was. */
  counterLow: number;
  counterHigh: number;
  startTick: number;
  configuration: Uint32Array;
  comparatorLow: Uint32Array;
  comparatorHigh: Uint32Array;
  periodLow: Uint32Array;
  periodHigh: Uint32Array;
  /** For each timer the tick of its next match; -1 where none comes. */
  next0: number;
  next1: number;
  next2: number;
  /** The tick of the last match. */
  lastMatch: number;
  /** Levels of the timers' outputs. */
  outputs: Uint8Array;
  /** Levels that the PIT and the RTC want. */
  pit: boolean;
  rtc: boolean;
  irq0: boolean;
  irq8: boolean;
}

const SHAPE: Shape<State> = {
  enabled: flag,
  legacy: flag,
  status: int(0, 7),
  counterLow: word,
  counterHigh: word,
  startTick: int(0, Number.MAX_SAFE_INTEGER),
  configuration: words(TIMERS),
  comparatorLow: words(TIMERS),
  comparatorHigh: words(TIMERS),
  periodLow: words(TIMERS),
  periodHigh: words(TIMERS),
  next0: time,
  next1: time,
  next2: time,
  lastMatch: time,
  outputs: bytes(TIMERS),
  pit: flag,
  rtc: flag,
  irq0: flag,
  irq8: flag,
};

function powerOn(): State {
  return {
    enabled: false,
    legacy: false,
    status: 0,
    counterLow: 0,
    counterHigh: 0,
    startTick: 0,
    configuration: new Uint32Array(TIMERS),
    comparatorLow: new Uint32Array(TIMERS).fill(0xffff_ffff),
    comparatorHigh: new Uint32Array(TIMERS).fill(0xffff_ffff),
    periodLow: new Uint32Array(TIMERS),
    periodHigh: new Uint32Array(TIMERS),
    next0: -1,
    next1: -1,
    next2: -1,
    lastMatch: -1,
    outputs: new Uint8Array(TIMERS),
    pit: false,
    rtc: false,
    irq0: false,
    irq8: false,
  };
}

export interface HpetOptions {
  readonly clock: Clock;
  /** IRQ 0 (PIC input 0 and IOAPIC pin 2). */
  readonly line0: InterruptLine;
  /** IRQ 8. */
  readonly line8: InterruptLine;
  readonly base?: number;
  readonly component?: string;
}

/**
 * A high precision event timer: a 64-bit counter of 100 MHz and three comparators. It sits between PIT and RTC and their wires: with legacy
 * replacement on, timers 0 and 1 drive IRQ 0 and IRQ 8 in their place. An edge-triggered output stays asserted until just before its next edge.
 *
 * @example
 * const hpet = new Hpet({ clock, line0: irq(0), line8: irq(8) });
 * const pit = new Pit8254({ clock, line: hpet.pitInput });
 * const rtc = new Rtc({ clock, line: hpet.rtcInput, startSeconds });
 * hpet.mapOn(bus);
 */
export class Hpet implements Device, MmioHandler {
  readonly component: string;
  readonly version = 1;
  readonly base: number;
  /** Where the PIT's output and the RTC's interrupt go. */
  readonly pitInput: InterruptLine;
  readonly rtcInput: InterruptLine;
  readonly #clock: Clock;
  readonly #line0: InterruptLine;
  readonly #line8: InterruptLine;
  readonly #state: State = powerOn();
  #timer: Timer | null = null;
  readonly #onTimer = (): void => {
    this.#timer = null;
    this.#settle();
    this.#arm();
  };

  constructor(options: HpetOptions) {
    this.component = options.component ?? "hpet";
    this.base = options.base ?? HPET_DEFAULT_BASE;
    this.#clock = options.clock;
    this.#line0 = options.line0;
    this.#line8 = options.line8;
    this.pitInput = {
      setLevel: (asserted: boolean): void => {
        this.#state.pit = asserted;
        this.#drive();
      },
    };
    this.rtcInput = {
      setLevel: (asserted: boolean): void => {
        this.#state.rtc = asserted;
        this.#drive();
      },
    };
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapMmio(this.base, 4096, this, this.component)];
  }

  readMmio(offset: number, size: MmioSize): number {
    const value = this.#read(offset & ~3);
    return size === 4 ? value : (value >>> (8 * (offset & 3))) & (size === 1 ? 0xff : 0xffff);
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    // Registers are written as dwords or qwords (2.3.2).
    if (size !== 4) return;
    this.#settle();
    this.#write(offset, value >>> 0);
    this.#drive();
    this.#arm();
  }

  reset(): void {
    const { pit, rtc, irq0, irq8 } = this.#state;
    assignFields(this.#state, { ...powerOn(), pit, rtc, irq0, irq8 });
    this.#drive();
    this.#arm();
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
    this.#arm();
  }

  #tick(): number {
    return RATE.ticksAt(this.#clock.now());
  }

  #counterLow(tick: number): number {
    const { enabled, counterLow, startTick } = this.#state;
    return enabled ? (counterLow + ((tick - startTick) % TWO_TO_32)) % TWO_TO_32 : counterLow;
  }

  #counterHigh(tick: number): number {
    const { enabled, counterLow, counterHigh, startTick } = this.#state;
    return enabled
      ? (counterHigh + Math.floor((counterLow + (tick - startTick)) / TWO_TO_32)) % TWO_TO_32
      : counterHigh;
  }

  #read(offset: number): number {
    const state = this.#state;
    switch (offset) {
      case REG_CAPABILITIES:
        return CAPABILITIES >>> 0;
      case REG_PERIOD:
        return FEMTOSECONDS;
      case REG_CONFIGURATION:
        return (state.enabled ? ENABLE : 0) | (state.legacy ? LEGACY : 0);
      case REG_STATUS:
        this.#settle();
        return state.status;
      case REG_COUNTER_LOW:
        return this.#counterLow(this.#tick());
      case REG_COUNTER_HIGH:
        return this.#counterHigh(this.#tick());
    }
    const n = (offset - REG_TIMERS) >> 5;
    if (offset < REG_TIMERS || n >= TIMERS) return 0;
    this.#settle();
    switch (offset & 0x1f) {
      case 0x00:
        return state.configuration[n]! | T_CAPABILITIES;
      case 0x04:
        return ROUTES;
      case 0x08:
        return state.comparatorLow[n]!;
      case 0x0c:
        return state.comparatorHigh[n]!;
      default:
        return 0;
    }
  }

  #write(offset: number, value: number): void {
    const state = this.#state;
    const tick = this.#tick();
    switch (offset) {
      case REG_CONFIGURATION:
        this.#enable((value & ENABLE) !== 0, tick);
        state.legacy = (value & LEGACY) !== 0;
        return;
      case REG_STATUS:
        // Status of level-triggered interrupts; cleared by writing one.
        state.status &= ~value;
        for (let n = 0; n < TIMERS; n++) {
          if ((value & (1 << n)) !== 0 && (state.configuration[n]! & T_LEVEL) !== 0) state.outputs[n] = 0;
        }
        return;
      case REG_COUNTER_LOW:
      case REG_COUNTER_HIGH: {
        const [low, high] = [this.#counterLow(tick), this.#counterHigh(tick)];
        state.counterLow = offset === REG_COUNTER_LOW ? value : low;
        state.counterHigh = offset === REG_COUNTER_HIGH ? value : high;
        state.startTick = tick;
        for (let n = 0; n < TIMERS; n++) this.#schedule(n, tick);
        return;
      }
    }
    const n = (offset - REG_TIMERS) >> 5;
    if (offset >= REG_TIMERS && n < TIMERS) this.#writeTimer(n, offset & 0x1f, value, tick);
  }

  #enable(enabled: boolean, tick: number): void {
    const state = this.#state;
    if (enabled === state.enabled) return;
    const [low, high] = [this.#counterLow(tick), this.#counterHigh(tick)];
    state.counterLow = low;
    state.counterHigh = high;
    state.startTick = tick;
    state.enabled = enabled;
    for (let n = 0; n < TIMERS; n++) {
      if (!enabled) state.outputs[n] = 0;
      this.#schedule(n, tick);
    }
  }

  #writeTimer(n: number, register: number, value: number, tick: number): void {
    const state = this.#state;
    const configuration = state.configuration[n]!;
    const periodic = (configuration & T_PERIODIC) !== 0;
    switch (register) {
      case 0x00:
        state.configuration[n] = value & T_WRITABLE;
        if ((value & T_INTERRUPT) === 0) state.outputs[n] = 0;
        if ((value & T_32_BIT) !== 0) {
          state.comparatorHigh[n] = 0;
          state.periodHigh[n] = 0;
        }
        break;
      case 0x08:
        // Periodic: "set value" writes the comparator, too; without it only the period changes (2.3.9.2.2).
        if (!periodic || (configuration & T_SET_VALUE) !== 0) state.comparatorLow[n] = value;
        if (periodic) state.periodLow[n] = value;
        if ((configuration & T_32_BIT) !== 0) state.configuration[n] = configuration & ~T_SET_VALUE;
        break;
      case 0x0c:
        if ((configuration & T_32_BIT) !== 0) return;
        if (!periodic || (configuration & T_SET_VALUE) !== 0) state.comparatorHigh[n] = value;
        if (periodic) state.periodHigh[n] = value;
        state.configuration[n] = configuration & ~T_SET_VALUE;
        break;
      default:
        return;
    }
    this.#schedule(n, tick);
  }

  /** Computes anew when timer `n` matches. */
  #schedule(n: number, tick: number): void {
    const state = this.#state;
    let wait = -1;
    if (state.enabled) {
      const low = state.comparatorLow[n]! - this.#counterLow(tick);
      if ((state.configuration[n]! & T_32_BIT) !== 0) {
        wait = low > 0 ? low : low + TWO_TO_32;
      } else {
        const high = (state.comparatorHigh[n]! - this.#counterHigh(tick) - (low < 0 ? 1 : 0)) >>> 0;
        wait = high * TWO_TO_32 + (low < 0 ? low + TWO_TO_32 : low);
        if (wait === 0 || wait > NEVER) wait = -1;
      }
    }
    this.#setNext(n, wait < 0 ? -1 : tick + wait);
  }

  #next(n: number): number {
    const { next0, next1, next2 } = this.#state;
    return n === 0 ? next0 : n === 1 ? next1 : next2;
  }

  #setNext(n: number, tick: number): void {
    if (n === 0) this.#state.next0 = tick;
    else if (n === 1) this.#state.next1 = tick;
    else this.#state.next2 = tick;
  }

  /** Does the matches that are due; several of one timer are one interrupt. */
  #settle(): void {
    const tick = this.#tick();
    let fired = false;
    for (let n = 0; n < TIMERS; n++) {
      const next = this.#next(n);
      if (next < 0 || tick < next) continue;
      this.#advance(n, next, tick);
      this.#fire(n);
      fired = true;
    }
    if (!fired) return;
    this.#state.lastMatch = tick;
    this.#drive();
  }

  #advance(n: number, next: number, tick: number): void {
    const state = this.#state;
    const narrow = (state.configuration[n]! & T_32_BIT) !== 0;
    const period = state.periodLow[n]! + (narrow ? 0 : state.periodHigh[n]! * TWO_TO_32);
    if ((state.configuration[n]! & T_PERIODIC) === 0 || period === 0 || period > NEVER) {
      // A one-shot matches again when the counter has gone round.
      this.#setNext(n, narrow ? next + (Math.floor((tick - next) / TWO_TO_32) + 1) * TWO_TO_32 : -1);
      return;
    }
    const ticks = (Math.floor((tick - next) / period) + 1) * period;
    const low = state.comparatorLow[n]! + (ticks % TWO_TO_32);
    state.comparatorLow[n] = low;
    if (!narrow) state.comparatorHigh[n]! += Math.floor(ticks / TWO_TO_32) + (low >= TWO_TO_32 ? 1 : 0);
    this.#setNext(n, next + ticks);
  }

  #fire(n: number): void {
    const state = this.#state;
    const configuration = state.configuration[n]!;
    if ((configuration & T_LEVEL) !== 0) state.status |= 1 << n;
    if ((configuration & T_INTERRUPT) === 0) return;
    if ((configuration & T_LEVEL) === 0 && state.outputs[n] !== 0) {
      state.outputs[n] = 0;
      this.#drive();
    }
    state.outputs[n] = 1;
  }

  #drive(): void {
    const state = this.#state;
    const { outputs, legacy, enabled, configuration } = state;
    let irq0 = state.pit;
    let irq8 = state.rtc;
    const replaced = legacy && enabled;
    if (replaced) {
      irq0 = outputs[0] !== 0;
      irq8 = outputs[1] !== 0;
    }
    // Otherwise a timer goes where its route says; pin 2 is the only place.
    for (let n = replaced ? 2 : 0; n < TIMERS; n++) {
      if (outputs[n] !== 0 && ((configuration[n]! >> 9) & 0x1f) === 2) irq0 = true;
    }
    if (irq0 !== state.irq0) {
      state.irq0 = irq0;
      this.#line0.setLevel(irq0);
    }
    if (irq8 !== state.irq8) {
      state.irq8 = irq8;
      this.#line8.setLevel(irq8);
    }
  }

  /** Arms the clock for the first match that interrupts. */
  #arm(): void {
    const state = this.#state;
    this.#timer?.cancel();
    this.#timer = null;
    let at = -1;
    for (let n = 0; n < TIMERS; n++) {
      const next = this.#next(n);
      if (next < 0 || (state.configuration[n]! & T_INTERRUPT) === 0) continue;
      // A level-triggered output that is asserted cannot say more.
      if ((state.configuration[n]! & T_LEVEL) !== 0 && state.outputs[n] !== 0) continue;
      if (at < 0 || next < at) at = next;
    }
    if (at < 0) return;
    if (state.lastMatch >= 0) at = Math.max(at, state.lastMatch + SHORTEST);
    this.#timer = this.#clock.schedule(RATE.timeOf(at), this.#onTimer);
  }
}
