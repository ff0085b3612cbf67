import type { SnapshotValue } from "@isinglass/interface";
import { assignFields, byte, flag, int, loadFields, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { PS2_QUEUE_SHAPE, newQueue, put, room, take } from "./ps2.js";
import type { Ps2Device, Ps2QueueState } from "./ps2.js";

// Commands as in IBM's PS/2 hardware interface technical reference, "Mouse"; the wheel as in Microsoft's "PS/2 mouse" of 1996.

const ACK = 0xfa;
const ERROR = 0xfc;
const RESEND = 0xfe;
const SELF_TEST_PASSED = 0xaa;

const SET_SCALING_1_1 = 0xe6;
const SET_SCALING_2_1 = 0xe7;
const SET_RESOLUTION = 0xe8;
const STATUS = 0xe9;
const SET_STREAM = 0xea;
const READ_DATA = 0xeb;
const RESET_WRAP = 0xec;
const SET_WRAP = 0xee;
const SET_REMOTE = 0xf0;
const READ_ID = 0xf2;
const SET_RATE = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const SET_DEFAULT = 0xf6;
const RESET = 0xff;

const ID_PLAIN = 0;
const ID_WHEEL = 3;
/** The last three sample rates that turn the wheel on: 200, 100, 80. */
const WHEEL_KNOCK = (200 << 16) | (100 << 8) | 80;

interface State extends Ps2QueueState {
  reporting: boolean;
  remote: boolean;
  wrap: boolean;
  doubled: boolean;
  resolution: number;
  rate: number;
  id: number;
  /** The last three rates that were set, newest lowest. */
  knock: number;
  command: number;
  buttons: number;
  /** Movement since the last packet, kept within what a packet can say. */
  dx: number;
  dy: number;
  dz: number;
}

const SHAPE: Shape<State> = {
  ...PS2_QUEUE_SHAPE,
  reporting: flag,
  remote: flag,
  wrap: flag,
  doubled: flag,
  resolution: int(0, 3),
  rate: byte,
  id: int(0, 4),
  knock: int(0, 0xff_ffff),
  command: int(-1, 0xff),
  buttons: int(0, 7),
  dx: int(-255, 255),
  dy: int(-255, 255),
  dz: int(-8, 7),
};

function powerOn(): State {
  return {
    ...newQueue(),
    reporting: false,
    remote: false,
    wrap: false,
    doubled: false,
    resolution: 2,
    rate: 100,
    id: ID_PLAIN,
    knock: 0,
    command: -1,
    buttons: 0,
    dx: 0,
    dy: 0,
    dz: 0,
  };
}

/** A PS/2 mouse with three buttons and, for drivers that knock, a wheel. */
export class Mouse implements Ps2Device {
  readonly component: string;
  readonly version = 1;
  onData: () => void = () => {};
  readonly #state: State = powerOn();

  constructor(component: string = "mouse") {
    this.component = component;
  }

  /**
   * Movement on the host: to the right and up, wheel towards the user; buttons as bit 0 left, 1 right, 2 middle. Where a packet does not
   * fit, the movement is added to the next one.
   */
  move(dx: number, dy: number, dz: number, buttons: number): void {
    const state = this.#state;
    state.dx = clamp(state.dx + Math.trunc(dx), -255, 255);
    state.dy = clamp(state.dy + Math.trunc(dy), -255, 255);
    state.dz = clamp(state.dz + Math.trunc(dz), -8, 7);
    state.buttons = buttons & 7;
    if (!state.reporting || state.remote || state.wrap || room(state) < 4) return;
    this.#packet();
    this.onData();
  }

  write(value: number): void {
    const state = this.#state;
    const command = state.command;
    state.command = -1;
    if (state.wrap && value !== RESET && value !== RESET_WRAP) put(state, value);
    else if (command >= 0) this.#argument(command, value);
    else this.#command(value);
    this.onData();
  }

  take(): number {
    return take(this.#state);
  }

  reset(): void {
    assignFields(this.#state, powerOn());
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    assignFields(this.#state, loadFields(this, SHAPE, state, version));
  }

  #command(value: number): void {
    const state = this.#state;
    // A command stops what was on its way.
    state.count = 0;
    switch (value) {
      case SET_SCALING_1_1:
      case SET_SCALING_2_1:
        state.doubled = value === SET_SCALING_2_1;
        break;
      case SET_RESOLUTION:
      case SET_RATE:
        state.command = value;
        break;
      case STATUS:
        put(state, ACK);
        put(
          state,
          (state.remote ? 0x40 : 0) |
            (state.reporting ? 0x20 : 0) |
            (state.doubled ? 0x10 : 0) |
            ((state.buttons & 1) << 2) |
            ((state.buttons & 4) >> 1) |
            ((state.buttons & 2) >> 1),
        );
        put(state, state.resolution);
        put(state, state.rate);
        return;
      case SET_STREAM:
      case SET_REMOTE:
        state.remote = value === SET_REMOTE;
        break;
      case READ_DATA:
        put(state, ACK);
        this.#packet();
        return;
      case RESET_WRAP:
      case SET_WRAP:
        state.wrap = value === SET_WRAP;
        break;
      case READ_ID:
        put(state, ACK);
        put(state, state.id);
        return;
      case ENABLE:
      case DISABLE:
        state.reporting = value === ENABLE;
        break;
      case SET_DEFAULT:
        Object.assign(state, { reporting: false, remote: false, doubled: false, resolution: 2, rate: 100 });
        break;
      case RESET:
        this.reset();
        put(state, ACK);
        put(state, SELF_TEST_PASSED);
        put(state, ID_PLAIN);
        return;
      default:
        put(state, RESEND);
        return;
    }
    put(state, ACK);
  }

  #argument(command: number, value: number): void {
    const state = this.#state;
    if (command === SET_RESOLUTION) {
      if (value > 3) {
        put(state, ERROR);
        return;
      }
      state.resolution = value;
    } else {
      state.rate = value;
      state.knock = ((state.knock << 8) | value) & 0xff_ffff;
      if (state.knock === WHEEL_KNOCK) state.id = ID_WHEEL;
    }
    put(state, ACK);
  }

  #packet(): void {
    const state = this.#state;
    const { dx, dy, dz } = state;
    put(state, 0x08 | state.buttons | (dx < 0 ? 0x10 : 0) | (dy < 0 ? 0x20 : 0));
    put(state, dx & 0xff);
    put(state, dy & 0xff);
    if (state.id === ID_WHEEL) put(state, dz & 0xff);
    state.dx = 0;
    state.dy = 0;
    state.dz = 0;
  }
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
