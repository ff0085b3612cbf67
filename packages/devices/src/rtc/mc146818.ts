import type {
  Bus,
  BusMapping,
  Clock,
  Device,
  InterruptLine,
  PortHandler,
  PortSize,
  SnapshotValue,
  Timer,
} from "@isinglass/interface";
import { NO_LINE } from "../line.js";
import { TickRate } from "../rate.js";
import { assignFields, byte, bytes, flag, int, loadFields, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";
import { fromCivil, secondsToAlarm, toCivil } from "./calendar.js";
import type { Civil } from "./calendar.js";

// Registers as in Motorola's MC146818 datasheet (1984), figures 11 to 15; the layout of the RAM is that of the PC AT. The second bank of RAM and the
// aliases are those of Intel's south bridges (ICH10 datasheet 319973, "RTC I/O registers").

const PORT_INDEX = 0x70;
/** 0x70 and 0x71 repeat at 0x74 and 0x75, the second bank's 0x72 and 0x73 at 0x76 and 0x77. */
const PORTS = 8;
const PORT_DATA_BIT = 1;
const PORT_BANK_BIT = 2;
const NS = 1_000_000_000;

const REG_SECONDS = 0x00;
const REG_SECONDS_ALARM = 0x01;
const REG_MINUTES = 0x02;
const REG_MINUTES_ALARM = 0x03;
const REG_HOURS = 0x04;
const REG_HOURS_ALARM = 0x05;
const REG_WEEKDAY = 0x06;
const REG_DAY = 0x07;
const REG_MONTH = 0x08;
const REG_YEAR = 0x09;
const REG_A = 0x0a;
const REG_B = 0x0b;
const REG_C = 0x0c;
const REG_D = 0x0d;
const REG_CENTURY = 0x32;

/** Register A: update in progress, divider (bits 6-4), rate of the periodic interrupt (bits 3-0). */
const A_UIP = 0x80;
const A_DIVIDER_MAX_RUNNING = 0x20;
const A_DIVIDER = 0x70;
/** Register B. */
const B_SET = 0x80;
const B_UPDATE_INTERRUPT = 0x10;
const B_BINARY = 0x04;
const B_24_HOURS = 0x02;
/** PIE, AIE, UIE: the same bits as PF, AF, UF in register C. */
const B_INTERRUPTS = 0x70;
const B_CLEARED_BY_RESET = 0x78;
/** Register C. */
const C_IRQF = 0x80;
const C_PERIODIC = 0x40;
const C_ALARM = 0x20;
const C_UPDATE = 0x10;
/** Register D: valid RAM and time, the battery is good. */
const D_VALID = 0x80;

const HOURS_PM = 0x80;
/** An alarm byte with both upper bits set matches anything. */
const ALARM_ANY = 0xc0;
/** UIP is seen from 244 µs before an update, which takes 1984 µs with a 32.768 kHz crystal (table 6). */
const UIP_NS = 244_000 + 1_984_000;

const CRYSTAL = new TickRate(32_768);

interface State {
  index: number;
  /** Registers and RAM. Time registers are kept here only while the time stands still. */
  ram: Uint8Array;
  /** The second bank's index register and RAM. */
  extendedIndex: number;
  extendedRam: Uint8Array;
  /** Seconds since 1970 at machine time `-phase`. */
  base: number;
  /** Nanoseconds by which the divider is ahead of the machine's seconds. */
  phase: number;
  /** Second and crystal tick up to which register C accounts for events. */
  second: number;
  tick: number;
  asserted: boolean;
}

const SHAPE: Shape<State> = {
  index: byte,
  ram: bytes(128),
  extendedIndex: byte,
  extendedRam: bytes(128),
  base: int(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  phase: int(0, NS - 1),
  second: int(0, Number.MAX_SAFE_INTEGER),
  tick: int(0, Number.MAX_SAFE_INTEGER),
  asserted: flag,
};

export interface RtcOptions {
  readonly clock: Clock;
  /** IRQ 8. */
  readonly line?: InterruptLine;
  /** Time at machine start in seconds since 1970-01-01 00:00, in whatever zone the guest takes its RTC to be. */
  readonly startSeconds: number;
  /** Bytes of RAM below 4 GiB, for the PC's memory-size bytes; 0 leaves them empty. */
  readonly memory?: number;
  /** Bytes of RAM from 4 GiB up. */
  readonly highMemory?: number;
  readonly component?: string;
}

/**
 * The real-time clock and CMOS RAM of a PC, twice 128 bytes: ports 0x70 to 0x77. The time is computed from `startSeconds` and the clock; a timer is armed
 * only for an interrupt that is enabled and not already pending.
 *
 * @example
 * const rtc = new Rtc({ clock, line: pic.line(8), startSeconds: 1_700_000_000, memory: 256 << 20 });
 * rtc.mapOn(bus);
 */
export class Rtc implements Device, PortHandler {
  readonly component: string;
  readonly version = 2;
  readonly #clock: Clock;
  readonly #line: InterruptLine;
  readonly #state: State = {
    index: 0,
    ram: new Uint8Array(128),
    extendedIndex: 0,
    extendedRam: new Uint8Array(128),
    base: 0,
    phase: 0,
    second: 0,
    tick: 0,
    asserted: false,
  };
  readonly #civil: Civil = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, weekday: 1 };
  #timer: Timer | null = null;
  readonly #onTimer = (): void => {
    this.#timer = null;
    this.#settle();
    this.#update();
  };

  constructor(options: RtcOptions) {
    this.component = options.component ?? "rtc";
    this.#clock = options.clock;
    this.#line = options.line ?? NO_LINE;
    const { ram } = this.#state;
    ram[REG_A] = 0x26;
    ram[REG_B] = B_24_HOURS;
    this.#state.base = Math.floor(options.startSeconds);
    this.#markSettled();
    if (options.memory !== undefined) fillMemorySizes(ram, options.memory, options.highMemory ?? 0);
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(PORT_INDEX, PORTS, this, this.component)];
  }

  /** Bit 7 of port 0x70: the board's NMI is off. */
  get nmiMasked(): boolean {
    return (this.#state.index & 0x80) !== 0;
  }

  /** A byte of the CMOS RAM, for firmware tables and tests; not for the time. */
  peek(index: number): number {
    return this.#state.ram[index & 0x7f]!;
  }

  /** Sets a byte of the CMOS RAM (0x0e to 0x7f) as firmware would. */
  poke(index: number, value: number): void {
    if (index > REG_D && index < 128) this.#state.ram[index] = value;
  }

  readPort(port: number, size: PortSize): number {
    if (size !== 1) return readAsBytes(this, port, size);
    const { index, extendedIndex, extendedRam } = this.#state;
    // The index registers cannot be read.
    if ((port & PORT_DATA_BIT) === 0) return 0xff;
    return (port & PORT_BANK_BIT) === 0 ? this.#read(index & 0x7f) : extendedRam[extendedIndex & 0x7f]!;
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size !== 1) return writeAsBytes(this, port, size, value);
    const state = this.#state;
    const isData = (port & PORT_DATA_BIT) !== 0;
    if ((port & PORT_BANK_BIT) !== 0) {
      if (isData) state.extendedRam[state.extendedIndex & 0x7f] = value;
      else state.extendedIndex = value;
    } else if (isData) {
      this.#write(state.index & 0x7f, value);
    } else {
      state.index = value;
    }
  }

  /** RESET clears the interrupt enables and flags; time and RAM live on the battery. */
  reset(): void {
    const state = this.#state;
    this.#settle();
    state.index = 0;
    state.extendedIndex = 0;
    state.ram[REG_B]! &= ~B_CLEARED_BY_RESET;
    state.ram[REG_C] = 0;
    this.#update();
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
    this.#arm();
  }

  #read(index: number): number {
    const { ram } = this.#state;
    switch (index) {
      case REG_SECONDS:
      case REG_MINUTES:
      case REG_HOURS:
      case REG_WEEKDAY:
      case REG_DAY:
      case REG_MONTH:
      case REG_YEAR:
      case REG_CENTURY:
        if (this.#updates()) this.#storeTime();
        return ram[index]!;
      case REG_A:
        return ram[REG_A]! | (this.#updateInProgress() ? A_UIP : 0);
      case REG_C: {
        this.#settle();
        const flags = ram[REG_C]!;
        const irqf = (flags & ram[REG_B]! & B_INTERRUPTS) !== 0 ? C_IRQF : 0;
        ram[REG_C] = 0;
        this.#update();
        return flags | irqf;
      }
      case REG_D:
        return D_VALID;
      default:
        return ram[index]!;
    }
  }

  #write(index: number, value: number): void {
    const { ram } = this.#state;
    switch (index) {
      case REG_SECONDS:
      case REG_MINUTES:
      case REG_HOURS:
      case REG_WEEKDAY:
      case REG_DAY:
      case REG_MONTH:
      case REG_YEAR:
      case REG_CENTURY:
        this.#settle();
        if (this.#updates()) {
          this.#storeTime();
          ram[index] = value;
          this.#loadTime();
        } else {
          ram[index] = value;
        }
        break;
      case REG_SECONDS_ALARM:
      case REG_MINUTES_ALARM:
      case REG_HOURS_ALARM:
        this.#settle();
        ram[index] = value;
        break;
      case REG_A:
        this.#changeControl(value & ~A_UIP, ram[REG_B]!);
        break;
      case REG_B:
        // SET clears the update interrupt's enable (figure 14).
        this.#changeControl(ram[REG_A]!, (value & B_SET) !== 0 ? value & ~B_UPDATE_INTERRUPT : value);
        break;
      case REG_C:
      case REG_D:
        break;
      default:
        ram[index] = value;
    }
    this.#update();
  }

  #changeControl(a: number, b: number): void {
    const { ram } = this.#state;
    this.#settle();
    const updated = this.#updates();
    const divided = this.#divides();
    if (updated) this.#storeTime();
    ram[REG_A] = a;
    ram[REG_B] = b;
    if (this.#divides() && !divided) {
      // The first update comes half a second after the divider is let go ("Divider Control").
      const now = this.#clock.now();
      this.#state.phase = (NS + NS / 2 - (now % NS)) % NS;
    }
    // A clock that goes on running keeps its time through a change of format: what the registers hold is converted.
    if (!updated && this.#updates()) this.#loadTime();
    this.#markSettled();
  }

  /** The crystal's divider runs: bits 6-4 of register A are 0, 1 or 2 (others hold it in reset or are for tests). */
  #divides(): boolean {
    return (this.#state.ram[REG_A]! & A_DIVIDER) <= A_DIVIDER_MAX_RUNNING;
  }

  /** The time advances. */
  #updates(): boolean {
    return this.#divides() && (this.#state.ram[REG_B]! & B_SET) === 0;
  }

  #updateInProgress(): boolean {
    return this.#updates() && (this.#clock.now() + this.#state.phase) % NS >= NS - UIP_NS;
  }

  #secondIndex(): number {
    return Math.floor((this.#clock.now() + this.#state.phase) / NS);
  }

  #markSettled(): void {
    this.#state.second = this.#secondIndex();
    this.#state.tick = CRYSTAL.ticksAt(this.#clock.now() + this.#state.phase);
  }

  /** Accounts in register C for what happened since the last time. */
  #settle(): void {
    const state = this.#state;
    const { ram } = state;
    const second = state.second;
    const tick = state.tick;
    this.#markSettled();
    if (!this.#divides()) return;
    const period = periodTicks(ram[REG_A]!);
    if (period !== 0 && Math.floor(state.tick / period) > Math.floor(tick / period)) ram[REG_C]! |= C_PERIODIC;
    if (!this.#updates() || state.second <= second) return;
    ram[REG_C]! |= C_UPDATE;
    if ((ram[REG_C]! & C_ALARM) === 0) {
      const wait = this.#alarmAfter(state.base + second);
      if (wait > 0 && second + wait <= state.second) ram[REG_C]! |= C_ALARM;
    }
  }

  /** Seconds from time `seconds` to the alarm, or -1. */
  #alarmAfter(seconds: number): number {
    const { ram } = this.#state;
    const hour = ram[REG_HOURS_ALARM]!;
    const minute = ram[REG_MINUTES_ALARM]!;
    const second = ram[REG_SECONDS_ALARM]!;
    return secondsToAlarm(
      ((seconds % 86_400) + 86_400) % 86_400,
      hour >= ALARM_ANY ? -1 : this.#decodeHours(hour),
      minute >= ALARM_ANY ? -1 : this.#decode(minute),
      second >= ALARM_ANY ? -1 : this.#decode(second),
    );
  }

  #update(): void {
    const state = this.#state;
    const asserted = (state.ram[REG_C]! & state.ram[REG_B]! & B_INTERRUPTS) !== 0;
    if (asserted !== state.asserted) {
      state.asserted = asserted;
      this.#line.setLevel(asserted);
    }
    this.#arm();
  }

  /** Arms the timer for the next enabled event. With the interrupt asserted, nothing more can be noticed before register C is read. */
  #arm(): void {
    const state = this.#state;
    const b = state.ram[REG_B]!;
    this.#timer?.cancel();
    this.#timer = null;
    if (state.asserted || !this.#divides() || (b & B_INTERRUPTS) === 0) return;
    let at = -1;
    const period = periodTicks(state.ram[REG_A]!);
    if ((b & C_PERIODIC) !== 0 && period !== 0) at = CRYSTAL.timeOf((Math.floor(state.tick / period) + 1) * period);
    if (this.#updates()) {
      let wait = (b & C_UPDATE) !== 0 ? 1 : -1;
      if (wait < 0 && (b & C_ALARM) !== 0) wait = this.#alarmAfter(state.base + state.second);
      if (wait > 0 && (at < 0 || (state.second + wait) * NS < at)) at = (state.second + wait) * NS;
    }
    if (at >= 0) this.#timer = this.#clock.schedule(at - state.phase, this.#onTimer);
  }

  /** The running time into the registers. */
  #storeTime(): void {
    const { ram, base } = this.#state;
    const c = this.#civil;
    toCivil(base + this.#secondIndex(), c);
    ram[REG_SECONDS] = this.#encode(c.second);
    ram[REG_MINUTES] = this.#encode(c.minute);
    ram[REG_HOURS] = this.#encodeHours(c.hour);
    ram[REG_WEEKDAY] = this.#encode(c.weekday);
    ram[REG_DAY] = this.#encode(c.day);
    ram[REG_MONTH] = this.#encode(c.month);
    ram[REG_YEAR] = this.#encode(((c.year % 100) + 100) % 100);
    ram[REG_CENTURY] = this.#encode(((Math.floor(c.year / 100) % 100) + 100) % 100);
  }

  /** The registers become the running time. */
  #loadTime(): void {
    const { ram } = this.#state;
    const c = this.#civil;
    c.second = this.#decode(ram[REG_SECONDS]!);
    c.minute = this.#decode(ram[REG_MINUTES]!);
    c.hour = this.#decodeHours(ram[REG_HOURS]!);
    c.day = this.#decode(ram[REG_DAY]!);
    c.month = this.#decode(ram[REG_MONTH]!);
    c.year = this.#decode(ram[REG_YEAR]!) + 100 * this.#decode(ram[REG_CENTURY]!);
    this.#state.base = fromCivil(c) - this.#secondIndex();
  }

  #encode(value: number): number {
    return (this.#state.ram[REG_B]! & B_BINARY) !== 0 ? value : (Math.floor(value / 10) << 4) | (value % 10);
  }

  #decode(value: number): number {
    return (this.#state.ram[REG_B]! & B_BINARY) !== 0 ? value : (value >> 4) * 10 + (value & 15);
  }

  #encodeHours(hour: number): number {
    if ((this.#state.ram[REG_B]! & B_24_HOURS) !== 0) return this.#encode(hour);
    return this.#encode(hour % 12 === 0 ? 12 : hour % 12) | (hour >= 12 ? HOURS_PM : 0);
  }

  #decodeHours(value: number): number {
    if ((this.#state.ram[REG_B]! & B_24_HOURS) !== 0) return this.#decode(value);
    return (this.#decode(value & ~HOURS_PM) % 12) + ((value & HOURS_PM) !== 0 ? 12 : 0);
  }
}

/** Crystal ticks between periodic interrupts (table 5, 32.768 kHz column); 0 where there are none. */
function periodTicks(a: number): number {
  const rate = a & 0x0f;
  if (rate === 0) return 0;
  return 1 << (rate <= 2 ? rate + 6 : rate - 1);
}

/** The sizes that a PC's firmware keeps in CMOS RAM: below 1 MiB, from 1 MiB, from 16 MiB and (as QEMU's) from 4 GiB. */
function fillMemorySizes(ram: Uint8Array, memory: number, highMemory: number): void {
  const put = (index: number, value: number, count: number): void => {
    for (let i = 0; i < count; i++) ram[index + i] = Math.floor(value / 256 ** i) & 0xff;
  };
  const extended = Math.max(0, Math.min(0xffff, Math.floor((memory - 0x10_0000) / 1024)));
  put(0x15, 640, 2);
  put(0x17, extended, 2);
  put(0x30, extended, 2);
  put(0x34, Math.max(0, Math.min(0xffff, Math.floor((memory - 0x100_0000) / 0x1_0000))), 2);
  put(0x5b, Math.floor(highMemory / 0x1_0000), 3);
}
