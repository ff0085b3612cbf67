import type {
  Bus,
  BusMapping,
  Device,
  InterruptLine,
  PortHandler,
  PortSize,
  SnapshotValue,
} from "@isinglass/interface";
import { NO_LINE } from "../line.js";
import { assignFields, byte, bytes, flag, int, loadFields, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";
import {
  COMMAND_FLAGS,
  COMMAND_LENGTHS,
  SPECIFY,
  SENSE_DRIVE,
  RECALIBRATE,
  SENSE_INTERRUPT,
  READ_ID,
  FORMAT,
  DUMP_REGISTERS,
  SEEK,
  VERSION,
  PERPENDICULAR,
  CONFIGURE,
  LOCK,
} from "./commands.js";

// Registers and commands as in Intel's 82077AA datasheet (290166), sections 2.1 (registers in PC/AT mode), 4 to 6 (phases, commands, status registers).

const PORT_DOR = 0x3f2;
const PORT_TDR = 0x3f3;
const PORT_STATUS = 0x3f4;
const PORT_FIFO = 0x3f5;
const PORT_DIR = 0x3f7;

/** Digital output register: reset is active low; the DMA gate lets the interrupt out. */
const DOR_NOT_RESET = 0x04;
const DOR_DMA_GATE = 0x08;
/** Data rate select register: resets and lets go by itself. */
const DSR_RESET = 0x80;
/** Main status register. */
const MSR_READY = 0x80;
const MSR_TO_HOST = 0x40;
const MSR_BUSY = 0x10;
/** Status register 0: abnormal end, seek end, equipment check; "invalid command" and "ready changed" in bits 7-6. */
const ST0_ABNORMAL = 0x40;
const ST0_INVALID = 0x80;
const ST0_POLLING = 0xc0;
const ST0_SEEK_END = 0x20;
const ST0_EQUIPMENT = 0x10;
/** Status register 3: bits 5 and 3 are always one. */
const ST3_FIXED = 0x28;
/** VERSION's answer: an 82077 or one that does as much. */
const ENHANCED_CONTROLLER = 0x90;
/** CONFIGURE: no implied seek, FIFO off, polling on (table 5-1, "default values"). */
const CONFIGURE_DEFAULT = 0x20;
const CONFIGURE_POLL_OFF = 0x10;
const CONFIGURE_KEPT_BY_LOCK = 0x2f;

const LONGEST = 10;
/** SEEK with bit 7 is RELATIVE SEEK; bit 6 says the direction. */
const RELATIVE = 0x80;
const INWARD = 0x40;
const LOCK_ON = 0x80;

interface State {
  dor: number;
  tape: number;
  /** Bytes of the command as it comes in, or of the result as it goes out. */
  fifo: Uint8Array;
  count: number;
  /** Bytes of the result taken; -1 while there is none. */
  taken: number;
  /** A command waits for index pulses, which only a drive gives. */
  waiting: boolean;
  /** The interrupt; the next SENSE INTERRUPT STATUS takes it back (6.2.4). */
  interrupt: boolean;
  /** What of the four drives SENSE INTERRUPT STATUS has not fetched yet: status register 0, or 0 for nothing. */
  pending: Uint8Array;
  /** Cylinder of each drive. */
  cylinders: Uint8Array;
  /** SPECIFY's two bytes, the last sector of the last transfer, CONFIGURE's last two, PERPENDICULAR's one. */
  timing: number;
  load: number;
  lastSector: number;
  configure: number;
  precompensation: number;
  perpendicular: number;
  locked: boolean;
  asserted: boolean;
}

const SHAPE: Shape<State> = {
  dor: byte,
  tape: int(0, 3),
  fifo: bytes(LONGEST),
  count: int(0, LONGEST),
  taken: int(-1, LONGEST - 1),
  waiting: flag,
  interrupt: flag,
  pending: bytes(4),
  cylinders: bytes(4),
  timing: byte,
  load: byte,
  lastSector: byte,
  configure: int(0, 0x7f),
  precompensation: byte,
  perpendicular: byte,
  locked: flag,
  asserted: flag,
};

/** As a PC's firmware leaves it: out of reset. */
function powerOn(): State {
  return {
    dor: DOR_NOT_RESET | DOR_DMA_GATE,
    tape: 0,
    fifo: new Uint8Array(LONGEST),
    count: 0,
    taken: -1,
    waiting: false,
    interrupt: false,
    pending: new Uint8Array(4),
    cylinders: new Uint8Array(4),
    timing: 0,
    load: 0,
    lastSector: 0,
    configure: CONFIGURE_DEFAULT,
    precompensation: 0,
    perpendicular: 0,
    locked: false,
    asserted: false,
  };
}

export interface FloppyControllerOptions {
  /** IRQ 6. */
  readonly line?: InterruptLine;
  readonly component?: string;
}

/**
 * A PC's floppy controller (82077AA in PC/AT mode) without drives: ports 0x3f2 to 0x3f5 and 0x3f7. What concerns the controller alone works (reset and polling interrupts, SPECIFY, CONFIGURE,
 * LOCK, VERSION, DUMPREG). RECALIBRATE does not find track 0 and says so; commands that touch a disk wait for an index pulse and so for ever, as on the chip: a driver gives up and
 * resets. Seeks take no time; nothing is ever transferred, and there is no way to attach a drive.
 *
 * @example
 * const floppy = new FloppyController({ line: pic.line(6) });
 * floppy.mapOn(bus);
 */
export class FloppyController implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #line: InterruptLine;
  readonly #state: State = powerOn();

  constructor(options: FloppyControllerOptions = {}) {
    this.component = options.component ?? "floppy";
    this.#line = options.line ?? NO_LINE;
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(PORT_DOR, 4, this, this.component), bus.mapPorts(PORT_DIR, 1, this, this.component)];
  }

  readPort(port: number, size: PortSize): number {
    if (size !== 1) return readAsBytes(this, port, size);
    const state = this.#state;
    switch (port) {
      case PORT_DOR:
        return state.dor;
      case PORT_TDR:
        // The upper bits are not driven.
        return 0xfc | state.tape;
      case PORT_STATUS:
        return this.#mainStatus();
      case PORT_FIFO:
        return this.#takeResult();
      default:
        // DIR: without a drive nothing asserts DSKCHG; the other bits are the hard disk's, of which there is none.
        return 0x7f;
    }
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size !== 1) return writeAsBytes(this, port, size, value);
    const state = this.#state;
    if (port === PORT_DOR) this.#writeDor(value);
    else if (port === PORT_TDR) state.tape = value & 3;
    else if (port === PORT_STATUS && (value & DSR_RESET) !== 0) this.#softReset();
    else if (port === PORT_FIFO) this.#writeFifo(value);
    // The data rates of DSR and CCR concern only drives.
  }

  reset(): void {
    const { asserted } = this.#state;
    assignFields(this.#state, { ...powerOn(), asserted });
    this.#drive();
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
  }

  get #inReset(): boolean {
    return (this.#state.dor & DOR_NOT_RESET) === 0;
  }

  #mainStatus(): number {
    const { taken, waiting, count } = this.#state;
    if (this.#inReset) return 0;
    if (waiting) return MSR_BUSY;
    return taken >= 0 ? MSR_READY | MSR_TO_HOST | MSR_BUSY : MSR_READY | (count > 0 ? MSR_BUSY : 0);
  }

  #writeDor(value: number): void {
    const wasInReset = this.#inReset;
    this.#state.dor = value;
    if (this.#inReset) this.#clear();
    else if (wasInReset) this.#poll();
    this.#drive();
  }

  #softReset(): void {
    if (this.#inReset) return;
    this.#clear();
    this.#poll();
    this.#drive();
  }

  /** What RESET does in either form (4.2): the command is gone, and, unless LOCK is on, so are the FIFO's settings. */
  #clear(): void {
    const state = this.#state;
    state.count = 0;
    state.taken = -1;
    state.waiting = false;
    state.interrupt = false;
    state.pending.fill(0);
    state.cylinders.fill(0);
    state.configure = state.locked ? state.configure & CONFIGURE_KEPT_BY_LOCK : CONFIGURE_DEFAULT;
    if (!state.locked) state.precompensation = 0;
    // GAP and WGATE (6.5).
    state.perpendicular &= ~3;
  }

  /** After a reset the controller polls its drives and finds that each has "become ready". */
  #poll(): void {
    if ((this.#state.configure & CONFIGURE_POLL_OFF) !== 0) return;
    for (let drive = 0; drive < 4; drive++) this.#state.pending[drive] = ST0_POLLING | drive;
    this.#state.interrupt = true;
  }

  #takeResult(): number {
    const state = this.#state;
    if (this.#inReset || state.taken < 0) return 0;
    const value = state.fifo[state.taken]!;
    state.taken++;
    if (state.taken === state.count) {
      state.count = 0;
      state.taken = -1;
    }
    return value;
  }

  #writeFifo(value: number): void {
    const state = this.#state;
    if (this.#inReset || state.waiting || state.taken >= 0) return;
    state.fifo[state.count] = value;
    state.count++;
    const opcode = state.fifo[0]!;
    const length = COMMAND_LENGTHS[opcode & 0x1f]!;
    if (length === 0 || (opcode & 0xe0 & ~COMMAND_FLAGS[opcode & 0x1f]!) !== 0) {
      this.#result(ST0_INVALID);
    } else if (state.count === length) {
      state.count = 0;
      this.#execute();
      this.#drive();
    }
  }

  #result(...values: readonly number[]): void {
    this.#state.fifo.set(values);
    this.#state.count = values.length;
    this.#state.taken = 0;
  }

  #execute(): void {
    const state = this.#state;
    const opcode = state.fifo[0]!;
    const first = state.fifo[1]!;
    const second = state.fifo[2]!;
    const third = state.fifo[3]!;
    const drive = first & 3;
    switch (opcode & 0x1f) {
      case SPECIFY:
        state.timing = first;
        state.load = second;
        return;
      case SENSE_DRIVE:
        // Nothing protects, nothing is at track 0; head and drive come back.
        return this.#result(ST3_FIXED | (first & 7));
      case RECALIBRATE:
        state.cylinders[drive] = 0;
        state.pending[drive] = ST0_ABNORMAL | ST0_SEEK_END | ST0_EQUIPMENT | drive;
        state.interrupt = true;
        return;
      case SEEK: {
        const step = (opcode & INWARD) !== 0 ? second : -second;
        state.cylinders[drive] = (opcode & RELATIVE) !== 0 ? state.cylinders[drive]! + step : second;
        state.pending[drive] = ST0_SEEK_END | (first & 7);
        state.interrupt = true;
        return;
      }
      case SENSE_INTERRUPT:
        return this.#senseInterrupt();
      case DUMP_REGISTERS:
        return this.#dump();
      case VERSION:
        return this.#result(ENHANCED_CONTROLLER);
      case PERPENDICULAR:
        // Bit 7 (OW) lets the drives' bits be written.
        state.perpendicular = (first & 0x80) !== 0 ? first & 0x3f : (state.perpendicular & 0x3c) | (first & 3);
        return;
      case CONFIGURE:
        state.configure = second & 0x7f;
        state.precompensation = third;
        return;
      case LOCK:
        state.locked = (opcode & LOCK_ON) !== 0;
        return this.#result(state.locked ? 0x10 : 0);
      case FORMAT:
        state.lastSector = third;
        break;
      case READ_ID:
        break;
      default:
        // EOT of a transfer.
        state.lastSector = state.fifo[6]!;
    }
    state.waiting = true;
  }

  #senseInterrupt(): void {
    const { pending, cylinders } = this.#state;
    this.#state.interrupt = false;
    const drive = pending.findIndex((status) => status !== 0);
    if (drive < 0) return this.#result(ST0_INVALID);
    const status = pending[drive]!;
    pending[drive] = 0;
    this.#result(status, cylinders[drive]!);
  }

  #dump(): void {
    const { cylinders, timing, load, lastSector, locked, perpendicular, configure, precompensation } = this.#state;
    const lockAndGap = (locked ? 0x80 : 0) | perpendicular;
    this.#result(...cylinders, timing, load, lastSector, lockAndGap, configure, precompensation);
  }

  /** The interrupt's wire, behind the DMA gate. */
  #drive(): void {
    const state = this.#state;
    const asserted = state.interrupt && (state.dor & DOR_DMA_GATE) !== 0;
    if (asserted === state.asserted) return;
    state.asserted = asserted;
    this.#line.setLevel(asserted);
  }
}
