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
import { assignFields, flag, int, loadFields, part, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";
import {
  COUNTER_SHAPE,
  advance,
  latchCount,
  latchStatus,
  newCounter,
  nextEdge,
  output,
  program,
  readByte,
  setGate,
  writeByte,
} from "./counter.js";
import type { CounterState } from "./counter.js";

/** A third of the NTSC colour carrier: the PIT's crystal in every PC. */
export const PIT_HZ = 1_193_182;

const PORT_COUNTER_0 = 0x40;
/** NMI status and control, "port B" of the first PC (82371SB datasheet, 2.5.5). */
const PORT_B = 0x61;
const PORT_B_GATE_2 = 0x01;
const PORT_B_WRITABLE = 0x0f;
const PORT_B_REFRESH = 0x10;
const PORT_B_OUT_2 = 0x20;
/** Counter 1 asks for a memory refresh every 18 ticks, 15.09 µs; each toggles bit 4 of port B. */
const REFRESH_TICKS = 18;

/** Control word 11xxxxxx: read-back command; its bits 5 and 4 are active low. */
const READ_BACK = 3;
const READ_BACK_NO_COUNT = 0x20;
const READ_BACK_NO_STATUS = 0x10;

interface Board {
  portB: number;
  /** Level driven on IRQ 0. */
  asserted: boolean;
}

const BOARD_SHAPE: Shape<Board> = { portB: int(0, PORT_B_WRITABLE), asserted: flag };

const RATE = new TickRate(PIT_HZ);

export interface Pit8254Options {
  readonly clock: Clock;
  /** OUT of counter 0. */
  readonly line?: InterruptLine;
  readonly component?: string;
}

/**
 * The 8254 interval timer with the board around it: counter 0 is IRQ 0, counter 2 is gated by and read through port 0x61. Ports 0x40-0x43
 * and 0x61. Counts are computed from the clock when they are read; only counter 0 keeps a timer, and only while its output will change.
 *
 * @example
 * const pit = new Pit8254({ clock, line: pic.line(0) });
 * pit.mapOn(bus);
 */
export class Pit8254 implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #clock: Clock;
  readonly #line: InterruptLine;
  readonly #counters: readonly [CounterState, CounterState, CounterState] = [
    newCounter(true),
    newCounter(true),
    newCounter(false),
  ];
  readonly #board: Board = { portB: 0, asserted: false };
  /** The tick of the next change of OUT 0; -1 where there is none or a load comes first. */
  #edgeTick = -1;
  #timer: Timer | null = null;
  readonly #onTimer = (): void => {
    this.#timer = null;
    this.#updateIrq(this.#tick());
  };

  constructor(options: Pit8254Options) {
    this.component = options.component ?? "pit8254";
    this.#clock = options.clock;
    this.#line = options.line ?? NO_LINE;
    this.reset();
  }

  mapOn(bus: Bus): BusMapping[] {
    return [
      bus.mapPorts(PORT_COUNTER_0, 4, this, this.component),
      bus.mapPorts(PORT_B, 1, this, `${this.component} port B`),
    ];
  }

  readPort(port: number, size: PortSize): number {
    if (size !== 1) return readAsBytes(this, port, size);
    if (port === PORT_B) return this.#readPortB();
    const counter = this.#counters[(port - PORT_COUNTER_0) as 0 | 1 | 2];
    // The control word register cannot be read.
    if (counter === undefined) return 0xff;
    const tick = this.#tick();
    advance(counter, tick);
    return readByte(counter, tick);
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size !== 1) return writeAsBytes(this, port, size, value);
    const tick = this.#tick();
    if (port === PORT_B) {
      const counter = this.#counters[2];
      advance(counter, tick);
      this.#board.portB = value & PORT_B_WRITABLE;
      setGate(counter, (value & PORT_B_GATE_2) !== 0, tick);
      return;
    }
    if (this.#edgeTick >= 0 && tick >= this.#edgeTick) this.#updateIrq(tick);
    for (let i = 0; i < 3; i++) advance(this.#counters[i as 0 | 1 | 2], tick);
    const counter = this.#counters[(port - PORT_COUNTER_0) as 0 | 1 | 2];
    if (counter === undefined) this.#writeControl(value, tick);
    else writeByte(counter, value, tick);
    // Counters 1 and 2 have no interrupt.
    if (counter === undefined || counter === this.#counters[0]) this.#updateIrq(tick);
  }

  reset(): void {
    for (let i = 0; i < 3; i++) assignFields(this.#counters[i as 0 | 1 | 2], newCounter(i !== 2));
    this.#board.portB = 0;
    this.#edgeTick = -1;
    this.#updateIrq(this.#tick());
  }

  save(): SnapshotValue {
    return { counters: this.#counters.map((c) => saveFields(c)), board: saveFields(this.#board) };
  }

  load(state: SnapshotValue, version: number): void {
    const saved = part(this.component, state, "counters") as readonly SnapshotValue[];
    const counters = [0, 1, 2].map((i) =>
      loadFields(this, COUNTER_SHAPE, Array.isArray(saved) ? (saved[i] ?? null) : null, version),
    );
    const board = loadFields(this, BOARD_SHAPE, part(this.component, state, "board"), version);
    for (let i = 0; i < 3; i++) assignFields(this.#counters[i as 0 | 1 | 2], counters[i]!);
    assignFields(this.#board, board);
    this.#edgeTick = -1;
    this.#arm(this.#tick());
  }

  #tick(): number {
    return RATE.ticksAt(this.#clock.now());
  }

  #readPortB(): number {
    const tick = this.#tick();
    const counter = this.#counters[2];
    advance(counter, tick);
    let value = this.#board.portB;
    if (Math.floor(tick / REFRESH_TICKS) % 2 === 1) value |= PORT_B_REFRESH;
    if (output(counter, tick)) value |= PORT_B_OUT_2;
    return value;
  }

  #writeControl(value: number, tick: number): void {
    const select = value >> 6;
    if (select === READ_BACK) {
      for (let i = 0; i < 3; i++) {
        if ((value & (2 << i)) === 0) continue;
        const counter = this.#counters[i as 0 | 1 | 2];
        if ((value & READ_BACK_NO_COUNT) === 0) latchCount(counter, tick);
        if ((value & READ_BACK_NO_STATUS) === 0) latchStatus(counter, tick);
      }
      return;
    }
    const counter = this.#counters[select as 0 | 1 | 2];
    const rw = (value >> 4) & 3;
    if (rw === 0) latchCount(counter, tick);
    else program(counter, rw, (value >> 1) & 7, (value & 1) !== 0);
  }

  #updateIrq(tick: number): void {
    const counter = this.#counters[0];
    advance(counter, tick);
    const level = output(counter, tick);
    if (level !== this.#board.asserted) {
      this.#board.asserted = level;
      this.#line.setLevel(level);
    } else if (this.#edgeTick >= 0 && tick >= this.#edgeTick) {
      // The clock came late and OUT has changed and changed back: one pulse stands for all that were missed, so that a guest with a
      // tiny period costs no more than one callback at a time.
      this.#line.setLevel(!level);
      this.#line.setLevel(level);
    }
    this.#arm(tick);
  }

  #arm(tick: number): void {
    const counter = this.#counters[0];
    const edge = nextEdge(counter, tick);
    const load = counter.loadTick;
    this.#edgeTick = load >= 0 && load <= edge ? -1 : edge;
    const at = load >= 0 && (edge < 0 || load < edge) ? load : edge;
    this.#timer?.cancel();
    this.#timer = at < 0 ? null : this.#clock.schedule(RATE.timeOf(at), this.#onTimer);
  }
}
