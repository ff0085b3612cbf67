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
import { NO_LINE } from "./line.js";
import { ISA_PORTS } from "./pci/bar.js";
import { TickRate } from "./rate.js";
import { assignFields, byte, flag, int, loadFields, saveFields } from "./state.js";
import type { Shape } from "./state.js";
import { readAsBytes, writeAsBytes } from "./wide.js";

// Registers as in the ACPI specification 6.5, section 4.8.3 ("PM1 event grouping" and on); their places as in the 82371AB (PIIX4)
// datasheet, section 7.2, with the addresses that QEMU's `pc` machine uses.

/** Three times the NTSC colour carrier (ACPI 4.8.2.1). */
export const PM_TIMER_HZ = 3_579_545;
export const PM_DEFAULT_BASE = 0x600;
export const PM_LENGTH = 0x40;
export const GPE_BASE = 0xafe0;
const GPE_LENGTH = 4;
/** Ports of the PIIX4's APM control and status; a write to the first is an SMI to the firmware, which we are. */
export const SMI_COMMAND_PORT = 0xb2;
export const ACPI_ENABLE = 0xf1;
export const ACPI_DISABLE = 0xf0;

/** Offsets of the 32-bit groups of the PM block. */
const PM1_EVENT = 0x00;
const PM1_CONTROL = 0x04;
const PM_TIMER = 0x08;

/** PM1 status and enable bits (tables 4.13, 4.14). */
const TIMER = 0x0001;
const GLOBAL = 0x0020;
const POWER_BUTTON = 0x0100;
const SLEEP_BUTTON = 0x0200;
const RTC = 0x0400;
const WAKE = 0x8000;
const STATUS_BITS = TIMER | 0x0010 | GLOBAL | POWER_BUTTON | SLEEP_BUTTON | RTC | WAKE;
const ENABLE_BITS = TIMER | GLOBAL | POWER_BUTTON | SLEEP_BUTTON | RTC;

/** PM1 control (table 4.15): SCI_EN, SLP_TYP in bits 12-10, SLP_EN. */
const SCI_ENABLE = 0x0001;
const SLEEP_ENABLE = 0x2000;
const CONTROL_BITS = 0x1c07;

interface State {
  /** First port; -1 where the block is switched off. */
  base: number;
  status: number;
  enable: number;
  control: number;
  gpeStatus: number;
  gpeEnable: number;
  apmControl: number;
  apmStatus: number;
  /** Half turns of the timer up to which TIMER accounts for. */
  halfTurn: number;
  asserted: boolean;
}

const SHAPE: Shape<State> = {
  base: int(-1, 0xffff),
  status: int(0, 0xffff),
  enable: int(0, 0xffff),
  control: int(0, 0xffff),
  gpeStatus: int(0, 0xffff),
  gpeEnable: int(0, 0xffff),
  apmControl: byte,
  apmStatus: byte,
  halfTurn: int(0, Number.MAX_SAFE_INTEGER),
  asserted: flag,
};

const RATE = new TickRate(PM_TIMER_HZ);

export interface AcpiPmOptions {
  readonly clock: Clock;
  /** SCI, IRQ 9 on a PC. */
  readonly line?: InterruptLine;
  /** The guest asks for S5. */
  readonly onPowerOff?: () => void;
  /** The guest asks for another sleep state; the argument is SLP_TYP. Without it nothing happens. */
  readonly onSleep?: (type: number) => void;
  /** SLP_TYP of S5, as the DSDT's `_S5` says; 0 by default, as QEMU's. */
  readonly s5?: number;
  /** Bits of the PM timer, as FADT's TMR_VAL_EXT says; 24 by default. */
  readonly timerBits?: 24 | 32;
  readonly base?: number;
  readonly component?: string;
}

/**
 * The power management block of a PC: PM1 event and control registers, PM timer, GPE block 0, and the port pair by which a guest takes over
 * from the firmware.
 *
 * @example
 * const pm = new AcpiPm({ clock, line: pic.line(9), onPowerOff: () => vm.stop() });
 * pm.mapOn(bus);
 */
export class AcpiPm implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #clock: Clock;
  readonly #line: InterruptLine;
  readonly #options: AcpiPmOptions;
  /** Ticks of half a turn: TIMER's status is set whenever the highest bit of the timer changes. */
  readonly #halfTurn: number;
  readonly #state: State;
  #bus: Bus | null = null;
  /** Lets others leave that have to yield to the PM block, calls back, and lets them come again. */
  around: (change: () => void) => void = (change) => change();
  #mapping: BusMapping | null = null;
  #timer: Timer | null = null;
  readonly #onTimer = (): void => {
    this.#timer = null;
    this.#update();
  };

  constructor(options: AcpiPmOptions) {
    this.component = options.component ?? "acpi-pm";
    this.#options = options;
    this.#clock = options.clock;
    this.#line = options.line ?? NO_LINE;
    this.#halfTurn = options.timerBits === 32 ? 2 ** 31 : 2 ** 23;
    this.#state = this.#powerOn();
  }

  /** Claims the PM block, the GPE block and the SMI command ports. */
  mapOn(bus: Bus): BusMapping[] {
    this.#bus = bus;
    this.#remap();
    return [
      bus.mapPorts(GPE_BASE, GPE_LENGTH, this, `${this.component} gpe0`),
      bus.mapPorts(SMI_COMMAND_PORT, 2, this, `${this.component} smi`),
    ];
  }

  /** First port of the PM block; -1 where it is switched off. */
  get base(): number {
    return this.#state.base;
  }

  /** Moves the PM block, as the PIIX4's PMBASE register does; -1 switches it off. Where the ports are taken it is off, too. */
  moveTo(base: number): void {
    if (base === this.#state.base) return;
    this.#state.base = base;
    this.#remap();
  }

  /** Where the RTC's interrupt goes beside its IRQ: its rise sets RTC_STS, by which recent guests hear of alarms (ACPI 4.8.3.1.1). */
  readonly rtcInput: InterruptLine = {
    setLevel: (asserted: boolean): void => {
      if (!asserted) return;
      this.#state.status |= RTC;
      this.#update();
    },
  };

  /** The user presses the power button. */
  pressPowerButton(): void {
    this.#state.status |= POWER_BUTTON;
    this.#update();
  }

  /** General-purpose event `bit`, 0 to 15. */
  raiseGpe(bit: number): void {
    this.#state.gpeStatus |= 1 << (bit & 15);
    this.#update();
  }

  /** The PM timer as the guest reads it. */
  get timerValue(): number {
    return RATE.ticksAt(this.#clock.now()) % (2 * this.#halfTurn);
  }

  readPort(port: number, size: PortSize): number {
    const state = this.#state;
    if (port >= GPE_BASE && port < GPE_BASE + GPE_LENGTH) {
      const group = (state.gpeStatus | (state.gpeEnable << 16)) >>> 0;
      return cut(group, port - GPE_BASE, size);
    }
    if (port === SMI_COMMAND_PORT || port === SMI_COMMAND_PORT + 1) {
      if (size !== 1) return readAsBytes(this, port, size);
      return port === SMI_COMMAND_PORT ? state.apmControl : state.apmStatus;
    }
    const offset = port - state.base;
    if ((offset & 3) + size > 4) return readAsBytes(this, port, size);
    return cut(this.#group(offset & ~3), offset & 3, size);
  }

  writePort(port: number, size: PortSize, value: number): void {
    const state = this.#state;
    if (port === SMI_COMMAND_PORT || port === SMI_COMMAND_PORT + 1) {
      if (size !== 1) return writeAsBytes(this, port, size, value);
      this.#writeApm(port, value);
      return;
    }
    const isGpe = port >= GPE_BASE && port < GPE_BASE + GPE_LENGTH;
    const offset = port - (isGpe ? GPE_BASE : state.base);
    if ((offset & 3) + size > 4) return writeAsBytes(this, port, size, value);
    const shift = 8 * (offset & 3);
    const bits = value << shift;
    const mask = (size === 4 ? -1 : (1 << (8 * size)) - 1) << shift;
    if (isGpe) {
      state.gpeStatus &= ~bits & 0xffff;
      state.gpeEnable = merge(state.gpeEnable, bits >>> 16, mask >>> 16) & 0xffff;
    } else {
      this.#writeGroup(offset & ~3, bits, mask);
    }
    this.#update();
  }

  reset(): void {
    const { asserted } = this.#state;
    assignFields(this.#state, { ...this.#powerOn(), asserted });
    this.#remap();
    this.#update();
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
    this.#remap();
    this.#arm();
  }

  #powerOn(): State {
    return {
      base: this.#options.base ?? PM_DEFAULT_BASE,
      status: 0,
      enable: 0,
      control: 0,
      gpeStatus: 0,
      gpeEnable: 0,
      apmControl: 0,
      apmStatus: 0,
      halfTurn: this.#halfTurns(),
      asserted: false,
    };
  }

  #halfTurns(): number {
    return Math.floor(RATE.ticksAt(this.#clock.now()) / this.#halfTurn);
  }

  #settle(): void {
    const turns = this.#halfTurns();
    if (turns > this.#state.halfTurn) this.#state.status |= TIMER;
    this.#state.halfTurn = turns;
  }

  #group(offset: number): number {
    const state = this.#state;
    switch (offset) {
      case PM1_EVENT:
        this.#settle();
        return (state.status | (state.enable << 16)) >>> 0;
      case PM1_CONTROL:
        return state.control;
      case PM_TIMER:
        return this.timerValue;
      default:
        return 0;
    }
  }

  #writeGroup(offset: number, bits: number, mask: number): void {
    const state = this.#state;
    if (offset === PM1_EVENT) {
      this.#settle();
      // Status bits are cleared by writing them as one.
      state.status &= ~(bits & mask & STATUS_BITS);
      state.enable = merge(state.enable, bits >>> 16, mask >>> 16) & ENABLE_BITS;
    } else if (offset === PM1_CONTROL) {
      const written = merge(state.control, bits, mask);
      state.control = written & CONTROL_BITS;
      if ((written & SLEEP_ENABLE) !== 0) this.#sleep((written >> 10) & 7);
    }
  }

  #sleep(type: number): void {
    if (type === (this.#options.s5 ?? 0)) this.#options.onPowerOff?.();
    else this.#options.onSleep?.(type);
  }

  #writeApm(port: number, value: number): void {
    const state = this.#state;
    if (port === SMI_COMMAND_PORT) {
      state.apmControl = value;
      if (value === ACPI_ENABLE) state.control |= SCI_ENABLE;
      else if (value === ACPI_DISABLE) state.control &= ~SCI_ENABLE;
      this.#update();
    } else {
      state.apmStatus = value;
    }
  }

  #update(): void {
    const state = this.#state;
    this.#settle();
    const events = (state.status & state.enable & ENABLE_BITS) !== 0 || (state.gpeStatus & state.gpeEnable) !== 0;
    const asserted = events && (state.control & SCI_ENABLE) !== 0;
    if (asserted !== state.asserted) {
      state.asserted = asserted;
      this.#line.setLevel(asserted);
    }
    this.#arm();
  }

  #arm(): void {
    const state = this.#state;
    this.#timer?.cancel();
    this.#timer = null;
    if ((state.enable & TIMER) === 0 || (state.status & TIMER) !== 0) return;
    this.#timer = this.#clock.schedule(RATE.timeOf((state.halfTurn + 1) * this.#halfTurn), this.#onTimer);
  }

  #remap(): void {
    this.around(() => this.#claim());
  }

  #claim(): void {
    this.#mapping?.remove();
    this.#mapping = null;
    const base = this.#state.base;
    // Below are the devices of the ISA bus, as for the BARs of PCI functions.
    if (this.#bus === null || base < ISA_PORTS || base + PM_LENGTH > 0x1_0000) return;
    try {
      this.#mapping = this.#bus.mapPorts(base, PM_LENGTH, this, this.component);
    } catch {
      // A guest moved the block over another device: on a real bus both would answer, here the newcomer does not.
    }
  }
}

/** `size` bytes of a 32-bit group from byte `at`. */
function cut(group: number, at: number, size: PortSize): number {
  const shifted = group >>> (8 * at);
  return size === 4 ? shifted : shifted & ((1 << (8 * size)) - 1);
}

function merge(old: number, bits: number, mask: number): number {
  return (old & ~mask) | (bits & mask);
}
