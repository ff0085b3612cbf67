import type {
  Bus,
  BusMapping,
  Device,
  InterruptLine,
  MmioHandler,
  MmioSize,
  SnapshotValue,
} from "@isinglass/interface";
import { IsinglassError } from "@isinglass/interface";
import { assignFields, byte, int, loadFields, saveFields, word, words } from "../state.js";
import type { Shape } from "../state.js";
import type { EoiListener, InterruptBus } from "./interrupt-bus.js";
import { wideDestination } from "./priority.js";

// Registers as in Intel's 82093AA datasheet (290566), chapter 3; the EOI register as in the ICH datasheets (IOAPIC version 0x20).

export const IOAPIC_DEFAULT_BASE = 0xfec0_0000;
const PINS = 24;

const SELECT = 0x00;
const WINDOW = 0x10;
const EOI = 0x40;

const INDEX_ID = 0x00;
const INDEX_VERSION = 0x01;
const INDEX_ARBITRATION = 0x02;
const INDEX_REDIRECTION = 0x10;
const VERSION_WITH_EOI = 0x20;

/** Low half of a redirection entry (3.2.4). */
const REMOTE_IRR = 0x4000;
const LEVEL = 0x8000;
const MASKED = 0x1_0000;
const LOGICAL = 0x800;
/** Delivery status and remote IRR are read-only. */
const LOW_WRITABLE = 0x1_afff;
const HIGH_WRITABLE = 0xff00_0000;

interface State {
  select: number;
  id: number;
  low: Uint32Array;
  high: Uint32Array;
  /** Levels of the pins, one bit each. */
  lines: number;
}

const SHAPE: Shape<State> = { select: byte, id: int(0, 15), low: words(PINS), high: words(PINS), lines: word };

export interface IoApicOptions {
  readonly bus: InterruptBus;
  readonly id?: number;
  /** 0x20 by default (with EOI register), 0x11 is the 82093AA. */
  readonly version?: number;
  readonly base?: number;
  readonly component?: string;
}

/**
 * An IOAPIC with 24 pins. A pin's wire is "asserted" or not: what voltage that is, and so the polarity bit, is for the guest to read and write.
 *
 * @example
 * const ioapic = new IoApic({ bus: interrupts });
 * ioapic.mapOn(bus);
 * const uart = new Uart16550({ clock, line: new LineFork([pic.line(4), ioapic.line(4)]) });
 */
export class IoApic implements Device, MmioHandler, EoiListener {
  readonly component: string;
  readonly version = 1;
  readonly base: number;
  readonly #bus: InterruptBus;
  readonly #versionRegister: number;
  readonly #initialId: number;
  readonly #state: State = {
    select: 0,
    id: 0,
    low: new Uint32Array(PINS).fill(MASKED),
    high: new Uint32Array(PINS),
    lines: 0,
  };
  readonly #lines: InterruptLine[] = [];

  constructor(options: IoApicOptions) {
    this.component = options.component ?? "ioapic.0";
    this.base = options.base ?? IOAPIC_DEFAULT_BASE;
    this.#bus = options.bus;
    this.#versionRegister = (options.version ?? VERSION_WITH_EOI) | ((PINS - 1) << 16);
    this.#initialId = options.id ?? 0;
    this.#state.id = this.#initialId;
    for (let pin = 0; pin < PINS; pin++)
      this.#lines.push({ setLevel: (asserted: boolean): void => this.#setPin(pin, asserted) });
    this.#bus.attachListener(this);
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapMmio(this.base, 4096, this, this.component)];
  }

  /**
   * The wire of `pin`, 0 to 23. On a PC pins are ISA interrupts, but the timer (IRQ 0) is at pin 2.
   *
   * @throws ISG_IOAPIC_BAD_PIN on another number
   */
  line(pin: number): InterruptLine {
    const line = this.#lines[pin];
    if (line === undefined)
      throw new IsinglassError("ISG_IOAPIC_BAD_PIN", `${this.component}: no pin ${pin}; there are 0 to 23`, { pin });
    return line;
  }

  readMmio(offset: number, size: MmioSize): number {
    if (size !== 4) return 0;
    if (offset === SELECT) return this.#state.select;
    return offset === WINDOW ? this.#read(this.#state.select) : 0;
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    // The select register is one byte; drivers write it with any size.
    if (offset === SELECT) this.#state.select = value & 0xff;
    else if (size !== 4) return;
    else if (offset === WINDOW) this.#write(this.#state.select, value >>> 0);
    else if (offset === EOI && (this.#versionRegister & 0xff) >= VERSION_WITH_EOI) this.endOfInterrupt(value & 0xff);
  }

  /** Ends the level-triggered interrupt of all pins with `vector`: from a local APIC's EOI or the EOI register. */
  endOfInterrupt(vector: number): void {
    const { low } = this.#state;
    for (let pin = 0; pin < PINS; pin++) {
      const entry = low[pin]!;
      if ((entry & 0xff) !== vector || (entry & REMOTE_IRR) === 0) continue;
      low[pin] = entry & ~REMOTE_IRR;
      this.#serviceLevel(pin);
    }
  }

  retry(): void {
    for (let pin = 0; pin < PINS; pin++) this.#serviceLevel(pin);
  }

  reset(): void {
    const { lines } = this.#state;
    assignFields(this.#state, {
      select: 0,
      id: this.#initialId,
      low: new Uint32Array(PINS).fill(MASKED),
      high: new Uint32Array(PINS),
      lines,
    });
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
  }

  #read(index: number): number {
    const state = this.#state;
    if (index === INDEX_ID || index === INDEX_ARBITRATION) return state.id << 24;
    if (index === INDEX_VERSION) return this.#versionRegister;
    const entry = index - INDEX_REDIRECTION;
    if (entry < 0 || entry >= 2 * PINS) return 0;
    return (entry & 1) === 0 ? state.low[entry >> 1]! : state.high[entry >> 1]!;
  }

  #write(index: number, value: number): void {
    const state = this.#state;
    if (index === INDEX_ID) state.id = (value >>> 24) & 0x0f;
    const entry = index - INDEX_REDIRECTION;
    if (entry < 0 || entry >= 2 * PINS) return;
    const pin = entry >> 1;
    if ((entry & 1) !== 0) {
      state.high[pin] = (value & HIGH_WRITABLE) >>> 0;
      return;
    }
    let low = (value & LOW_WRITABLE) | (state.low[pin]! & REMOTE_IRR);
    // An edge-triggered entry has no remote IRR: drivers switch to edge and back to clear a stuck one (Linux, __eoi_ioapic_pin).
    if ((low & LEVEL) === 0) low &= ~REMOTE_IRR;
    state.low[pin] = low;
    this.#serviceLevel(pin);
  }

  #setPin(pin: number, asserted: boolean): void {
    const state = this.#state;
    const bit = 1 << pin;
    const before = (state.lines & bit) !== 0;
    if (before === asserted) return;
    state.lines = (asserted ? state.lines | bit : state.lines & ~bit) >>> 0;
    if (!asserted) return;
    const entry = state.low[pin]!;
    if ((entry & LEVEL) !== 0) this.#serviceLevel(pin);
    // An edge on a masked pin is lost (3.2.4, "interrupt mask").
    else if ((entry & MASKED) === 0) this.#deliver(pin, entry);
  }

  #serviceLevel(pin: number): void {
    const state = this.#state;
    const entry = state.low[pin]!;
    if ((entry & (LEVEL | MASKED | REMOTE_IRR)) !== LEVEL || (state.lines & (1 << pin)) === 0) return;
    // Before the message: a receiver may end the interrupt at once.
    state.low[pin] = entry | REMOTE_IRR;
    // It is acceptance that sets it (3.2.4). What nobody accepts stays to be sent.
    if (!this.#deliver(pin, entry)) state.low[pin] = entry;
  }

  #deliver(pin: number, entry: number): boolean {
    const destination = wideDestination(this.#state.high[pin]! >>> 24);
    return this.#bus.deliver(
      destination,
      (entry & LOGICAL) !== 0,
      (entry >> 8) & 7,
      entry & 0xff,
      (entry & LEVEL) !== 0,
    );
  }
}
