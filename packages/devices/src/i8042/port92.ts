import type { Bus, BusMapping, Device, PortHandler, PortSize, SnapshotValue } from "@isinglass/interface";
import { assignFields, flag, loadFields, saveFields } from "../state.js";
import type { Shape } from "../state.js";

const PORT = 0x92;
/** Bit 0: fast reset, on its rising edge. Bit 1: fast A20 (82371SB datasheet, 2.5.6). */
const FAST_RESET = 0x01;
const FAST_A20 = 0x02;

interface State {
  a20: boolean;
  reset: boolean;
}

const SHAPE: Shape<State> = { a20: flag, reset: flag };

export interface Port92Options {
  readonly onReset?: () => void;
  readonly onA20?: (enabled: boolean) => void;
  readonly component?: string;
}

/** System control port A: reset and A20 without the slow keyboard controller. A20 is on at reset, as firmware leaves it. */
export class Port92 implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #onReset: () => void;
  readonly #onA20: (enabled: boolean) => void;
  readonly #state: State = { a20: true, reset: false };

  constructor(options: Port92Options = {}) {
    this.component = options.component ?? "port92";
    this.#onReset = options.onReset ?? ((): void => {});
    this.#onA20 = options.onA20 ?? ((): void => {});
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(PORT, 1, this, this.component)];
  }

  readPort(_port: number, _size: PortSize): number {
    return (this.#state.a20 ? FAST_A20 : 0) | (this.#state.reset ? FAST_RESET : 0);
  }

  writePort(_port: number, _size: PortSize, value: number): void {
    const state = this.#state;
    const a20 = (value & FAST_A20) !== 0;
    if (a20 !== state.a20) {
      state.a20 = a20;
      this.#onA20(a20);
    }
    const rising = (value & FAST_RESET) !== 0 && !state.reset;
    state.reset = (value & FAST_RESET) !== 0;
    if (rising) this.#onReset();
  }

  reset(): void {
    assignFields(this.#state, { a20: true, reset: false });
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
  }
}
