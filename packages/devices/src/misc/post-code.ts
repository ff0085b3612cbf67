import type { Bus, BusMapping, Device, PortHandler, PortSize, SnapshotValue } from "@isinglass/interface";
import { assignFields, byte, bytes, int, loadFields, saveFields } from "../state.js";
import type { Shape } from "../state.js";

const PORT = 0x80;
const LOG_LENGTH = 64;

interface State {
  last: number;
  log: Uint8Array;
  /** Codes that were written, of which the last 64 are in the log. */
  written: number;
}

const SHAPE: Shape<State> = { last: byte, log: bytes(LOG_LENGTH), written: int(0, Number.MAX_SAFE_INTEGER) };

export interface PostCodeOptions {
  readonly onCode?: (code: number) => void;
  readonly component?: string;
}

/** Port 0x80: firmware writes its progress there, Linux writes to it to wait a microsecond. Keeps the last 64 codes. */
export class PostCode implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #onCode: ((code: number) => void) | undefined;
  readonly #state: State = { last: 0, log: new Uint8Array(LOG_LENGTH), written: 0 };

  constructor(options: PostCodeOptions = {}) {
    this.component = options.component ?? "post-code";
    this.#onCode = options.onCode;
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(PORT, 1, this, this.component)];
  }

  /** The last codes, oldest first. */
  codes(): number[] {
    const { log, written } = this.#state;
    const count = Math.min(written, LOG_LENGTH);
    return Array.from({ length: count }, (_, i) => log[(written - count + i) % LOG_LENGTH]!);
  }

  readPort(_port: number, _size: PortSize): number {
    return this.#state.last;
  }

  writePort(_port: number, _size: PortSize, value: number): void {
    const state = this.#state;
    state.last = value & 0xff;
    state.log[state.written % LOG_LENGTH] = value;
    state.written++;
    this.#onCode?.(state.last);
  }

  reset(): void {
    assignFields(this.#state, { last: 0, log: new Uint8Array(LOG_LENGTH), written: 0 });
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
  }
}
