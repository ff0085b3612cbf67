import type { SnapshotValue } from "@isinglass/interface";
import { assignFields, byte, flag, int, loadFields, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { PS2_QUEUE_SHAPE, newQueue, put, room, take } from "./ps2.js";
import type { Ps2Device, Ps2QueueState } from "./ps2.js";

// Commands and replies as in IBM's PS/2 hardware interface technical reference, "Keyboard (101- and 102-key)".

const ACK = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_PASSED = 0xaa;
const ECHO = 0xee;
const ID = [0xab, 0x83] as const;

const SET_LEDS = 0xed;
const SCAN_SET = 0xf0;
const READ_ID = 0xf2;
const SET_RATE = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const SET_DEFAULT = 0xf6;
const RESET = 0xff;
/** 10.9 characters a second after 500 ms. */
const DEFAULT_RATE = 0x2b;

interface State extends Ps2QueueState {
  scanning: boolean;
  leds: number;
  rate: number;
  scanSet: number;
  /** A command that waits for its argument; -1 where none does. */
  command: number;
  /** The byte that "resend" sends again. */
  last: number;
}

const SHAPE: Shape<State> = {
  ...PS2_QUEUE_SHAPE,
  scanning: flag,
  leds: int(0, 7),
  rate: int(0, 0x7f),
  scanSet: int(1, 3),
  command: int(-1, 0xff),
  last: byte,
};

function powerOn(): State {
  return { ...newQueue(), scanning: true, leds: 0, rate: DEFAULT_RATE, scanSet: 2, command: -1, last: 0 };
}

/**
 * An AT keyboard. It sends scan code set 2; a guest may select another set and read it back, but the codes stay those of set 2, which is what
 * the controller's translation and every PC operating system expect.
 */
export class Keyboard implements Ps2Device {
  readonly component: string;
  readonly version = 1;
  onData: () => void = () => {};
  readonly #state: State = powerOn();

  constructor(component: string = "keyboard") {
    this.component = component;
  }

  /**
   * Keys that were pressed or released on the host, as codes of set 2 (0xf0 before a release, 0xe0 before an extended key). False, and nothing
   * sent, where the guest has turned scanning off or there is no room for all of them.
   */
  send(codes: Uint8Array): boolean {
    if (!this.#state.scanning || room(this.#state) < codes.length) return false;
    for (let i = 0; i < codes.length; i++) put(this.#state, codes[i]!);
    this.onData();
    return true;
  }

  /** Bit 0 scroll lock, bit 1 num lock, bit 2 caps lock. */
  get leds(): number {
    return this.#state.leds;
  }

  write(value: number): void {
    const state = this.#state;
    const command = state.command;
    state.command = -1;
    // An argument is below 0x80; a command in its place cancels the one that waited.
    if (command >= 0 && value < 0x80) this.#argument(command, value);
    else this.#command(value);
    this.onData();
  }

  take(): number {
    const value = take(this.#state);
    if (value >= 0) this.#state.last = value;
    return value;
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

  #reply(value: number): void {
    put(this.#state, value);
  }

  #command(value: number): void {
    const state = this.#state;
    switch (value) {
      case ECHO:
        this.#reply(ECHO);
        return;
      case RESEND:
        this.#reply(state.last);
        return;
      case SET_LEDS:
      case SCAN_SET:
      case SET_RATE:
        state.command = value;
        break;
      case READ_ID:
        this.#reply(ACK);
        this.#reply(ID[0]);
        this.#reply(ID[1]);
        return;
      case ENABLE:
        state.count = 0;
        state.scanning = true;
        break;
      case DISABLE:
      case SET_DEFAULT:
        Object.assign(state, { count: 0, rate: DEFAULT_RATE, scanSet: 2, scanning: value === SET_DEFAULT });
        break;
      case RESET:
        this.reset();
        this.#reply(ACK);
        this.#reply(SELF_TEST_PASSED);
        return;
      default:
        // 0xf7 to 0xfd set the type of keys in scan code set 3.
        this.#reply(value >= 0xf7 && value <= 0xfd ? ACK : RESEND);
        return;
    }
    this.#reply(ACK);
  }

  #argument(command: number, value: number): void {
    const state = this.#state;
    if (command === SET_LEDS) state.leds = value & 7;
    else if (command === SET_RATE) state.rate = value;
    else if (value === 0) {
      this.#reply(ACK);
      this.#reply(state.scanSet);
      return;
    } else if (value <= 3) state.scanSet = value;
    this.#reply(ACK);
  }
}
