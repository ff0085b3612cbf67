import type { Bus, BusMapping, Device, PortHandler, PortSize, SnapshotValue } from "@isinglass/interface";
import { assignFields, bytes, flag, int, loadFields, part, saveFields, words } from "../state.js";
import type { Shape } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";

// Registers as in Intel's 8237A datasheet (231466); page registers and port numbers as in the 82371SB datasheet, section 2.5.1.

const PAGES = 0x81;
const PAGE_COUNT = 15;
const SECOND = 0xc0;

/** Register numbers above the eight address and count registers. */
const COMMAND_STATUS = 8;
const REQUEST = 9;
const SINGLE_MASK = 10;
const MODE = 11;
const CLEAR_FLIP_FLOP = 12;
const MASTER_CLEAR = 13;
const CLEAR_MASK = 14;
const WRITE_MASK = 15;

interface ChipState {
  /** Address and count of four channels, alternating. */
  registers: Uint32Array;
  modes: Uint8Array;
  command: number;
  mask: number;
  request: number;
  /** The next byte of an address or count is the high one. */
  high: boolean;
}

const SHAPE: Shape<ChipState> = {
  registers: words(8),
  modes: bytes(4),
  command: int(0, 0xff),
  mask: int(0, 15),
  request: int(0, 15),
  high: flag,
};

function powerOn(): ChipState {
  return { registers: new Uint32Array(8), modes: new Uint8Array(4), command: 0, mask: 15, request: 0, high: false };
}

export interface Dma8237Options {
  readonly component?: string;
}

/**
 * The two 8237 DMA controllers of a PC and their page registers, as registers only: no device here uses ISA DMA, but operating systems reset
 * and read them. Ports 0x00-0x0f, 0xc0-0xdf and 0x81-0x8f.
 */
export class Dma8237 implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #chips: readonly [ChipState, ChipState] = [powerOn(), powerOn()];
  readonly #pages = new Uint8Array(PAGE_COUNT);

  constructor(options: Dma8237Options = {}) {
    this.component = options.component ?? "dma8237";
  }

  mapOn(bus: Bus): BusMapping[] {
    return [
      bus.mapPorts(0x00, 16, this, `${this.component} 8-bit`),
      bus.mapPorts(SECOND, 32, this, `${this.component} 16-bit`),
      bus.mapPorts(PAGES, PAGE_COUNT, this, `${this.component} pages`),
    ];
  }

  readPort(port: number, size: PortSize): number {
    if (size !== 1) return readAsBytes(this, port, size);
    if (port >= PAGES && port < PAGES + PAGE_COUNT) return this.#pages[port - PAGES]!;
    return port < SECOND ? read(this.#chips[0], port) : read(this.#chips[1], (port - SECOND) >> 1);
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size !== 1) writeAsBytes(this, port, size, value);
    else if (port >= PAGES && port < PAGES + PAGE_COUNT) this.#pages[port - PAGES] = value;
    else if (port < SECOND) write(this.#chips[0], port, value);
    else write(this.#chips[1], (port - SECOND) >> 1, value);
  }

  reset(): void {
    assignFields(this.#chips[0], powerOn());
    assignFields(this.#chips[1], powerOn());
    this.#pages.fill(0);
  }

  save(): SnapshotValue {
    return {
      first: saveFields(this.#chips[0]),
      second: saveFields(this.#chips[1]),
      pages: { bytes: this.#pages.slice() },
    };
  }

  load(state: SnapshotValue, version: number): void {
    const first = loadFields(this, SHAPE, part(this.component, state, "first"), version);
    const second = loadFields(this, SHAPE, part(this.component, state, "second"), version);
    const pages = loadFields<{ bytes: Uint8Array }>(
      this,
      { bytes: bytes(PAGE_COUNT) },
      part(this.component, state, "pages"),
      version,
    );
    assignFields(this.#chips[0], first);
    assignFields(this.#chips[1], second);
    this.#pages.set(pages.bytes);
  }
}

function read(chip: ChipState, register: number): number {
  if (register < 8) {
    const value = chip.registers[register]! >> (chip.high ? 8 : 0);
    chip.high = !chip.high;
    return value & 0xff;
  }
  // Status: no channel has reached terminal count; software requests show in the high half.
  if (register === COMMAND_STATUS) return chip.request << 4;
  return register === WRITE_MASK ? 0xf0 | chip.mask : 0;
}

function write(chip: ChipState, register: number, value: number): void {
  if (register < 8) {
    const old = chip.registers[register]!;
    chip.registers[register] = chip.high ? (old & 0x00ff) | (value << 8) : (old & 0xff00) | value;
    chip.high = !chip.high;
    return;
  }
  const bit = 1 << (value & 3);
  switch (register) {
    case COMMAND_STATUS:
      chip.command = value;
      break;
    case REQUEST:
      chip.request = (value & 4) !== 0 ? chip.request | bit : chip.request & ~bit;
      break;
    case SINGLE_MASK:
      chip.mask = (value & 4) !== 0 ? chip.mask | bit : chip.mask & ~bit;
      break;
    case MODE:
      chip.modes[value & 3] = value & 0xfc;
      break;
    case CLEAR_FLIP_FLOP:
      chip.high = false;
      break;
    case MASTER_CLEAR:
      chip.command = 0;
      chip.request = 0;
      chip.mask = 15;
      chip.high = false;
      break;
    case CLEAR_MASK:
      chip.mask = 0;
      break;
    case WRITE_MASK:
      chip.mask = value & 15;
      break;
  }
}
