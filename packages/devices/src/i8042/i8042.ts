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
import { assignFields, byte, bytes, flag, int, loadFields, part, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";
import { SET_2_TO_SET_1 } from "./translation.js";
import type { Ps2Device } from "./ps2.js";

// Registers and commands as in IBM's PS/2 hardware interface technical reference, "Keyboard and auxiliary device controller".

const PORT_DATA = 0x60;
const PORT_COMMAND = 0x64;

/** Status register, port 0x64. */
const STATUS_OUTPUT_FULL = 0x01;
const STATUS_SYSTEM = 0x04;
const STATUS_COMMAND = 0x08;
/** The key lock is open; Linux warns where it is not. */
const STATUS_UNLOCKED = 0x10;
const STATUS_AUX = 0x20;
const STATUS_TIMEOUT = 0x40;

/** Command byte: byte 0 of the controller's RAM. */
const CB_KEYBOARD_INTERRUPT = 0x01;
const CB_AUX_INTERRUPT = 0x02;
const CB_SYSTEM = 0x04;
const CB_KEYBOARD_OFF = 0x10;
const CB_AUX_OFF = 0x20;
const CB_TRANSLATE = 0x40;
/** What a PC's firmware leaves: keyboard on and translated, its interrupt on, the self test passed, the mouse off. */
const AFTER_FIRMWARE = CB_KEYBOARD_INTERRUPT | CB_SYSTEM | CB_AUX_OFF | CB_TRANSLATE;

const CMD_READ_RAM = 0x20;
const CMD_WRITE_RAM = 0x60;
const CMD_AUX_OFF = 0xa7;
const CMD_AUX_ON = 0xa8;
const CMD_TEST_AUX = 0xa9;
const CMD_SELF_TEST = 0xaa;
const CMD_TEST_KEYBOARD = 0xab;
const CMD_KEYBOARD_OFF = 0xad;
const CMD_KEYBOARD_ON = 0xae;
const CMD_READ_INPUT = 0xc0;
const CMD_READ_OUTPUT = 0xd0;
const CMD_WRITE_OUTPUT = 0xd1;
const CMD_LOOP_KEYBOARD = 0xd2;
const CMD_LOOP_AUX = 0xd3;
const CMD_WRITE_AUX = 0xd4;
const CMD_A20_OFF = 0xdd;
const CMD_A20_ON = 0xdf;
const CMD_READ_TEST = 0xe0;
/** 0xf0 to 0xff pulse those of output bits 3-0 that are clear in the command. */
const CMD_PULSE = 0xf0;

/** Output port: bit 0 low resets the processor, bit 1 is A20, bits 4 and 5 are the interrupts. */
const OUTPUT_NOT_RESET = 0x01;
const OUTPUT_A20 = 0x02;
const OUTPUT_FIXED = 0xcc;

const TEST_PASSED = 0x55;
const RESEND = 0xfe;

interface State {
  ram: Uint8Array;
  a20: boolean;
  /** The output buffer, and where its byte came from. */
  data: number;
  full: boolean;
  aux: boolean;
  timeout: boolean;
  /** Answers of the controller itself that wait for the output buffer; each has STATUS_AUX or STATUS_TIMEOUT in bits 15-8. */
  reply: number;
  /** A command that waits for its argument at port 0x60; -1 where the keyboard gets the next byte. */
  command: number;
  lastWasCommand: boolean;
  /** The keyboard sent 0xf0: the next code is a release. */
  release: boolean;
  irqKeyboard: boolean;
  irqAux: boolean;
}

const SHAPE: Shape<State> = {
  ram: bytes(32),
  a20: flag,
  data: byte,
  full: flag,
  aux: flag,
  timeout: flag,
  reply: int(-1, 0xffff),
  command: int(-1, 0xff),
  lastWasCommand: flag,
  release: flag,
  irqKeyboard: flag,
  irqAux: flag,
};

export interface I8042Options {
  /** IRQ 1. */
  readonly line?: InterruptLine;
  /** IRQ 12. */
  readonly auxLine?: InterruptLine;
  readonly keyboard: Ps2Device;
  /** What is plugged in as mouse; without it the port is there and answers nothing. */
  readonly mouse?: Ps2Device;
  /** The guest pulses the processor's reset (command 0xfe). */
  readonly onReset?: () => void;
  readonly onA20?: (enabled: boolean) => void;
  /** Command byte at reset; what firmware leaves (0x65) by default. */
  readonly commandByte?: number;
  readonly component?: string;
}

/**
 * The keyboard controller of a PC, with a PS/2 keyboard and mouse behind it: ports 0x60 and 0x64.
 *
 * @example
 * const keyboard = new Keyboard();
 * const i8042 = new I8042({ line: pic.line(1), auxLine: pic.line(12), keyboard, onReset: () => machine.reset() });
 * i8042.mapOn(bus);
 */
export class I8042 implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #line: InterruptLine;
  readonly #auxLine: InterruptLine;
  readonly #keyboard: Ps2Device;
  readonly #mouse: Ps2Device | undefined;
  readonly #onReset: () => void;
  readonly #onA20: (enabled: boolean) => void;
  readonly #initialCommandByte: number;
  readonly #state: State;

  constructor(options: I8042Options) {
    this.component = options.component ?? "i8042";
    this.#line = options.line ?? NO_LINE;
    this.#auxLine = options.auxLine ?? NO_LINE;
    this.#keyboard = options.keyboard;
    this.#mouse = options.mouse;
    this.#onReset = options.onReset ?? ((): void => {});
    this.#onA20 = options.onA20 ?? ((): void => {});
    this.#initialCommandByte = options.commandByte ?? AFTER_FIRMWARE;
    this.#state = this.#powerOn();
    this.#keyboard.onData = (): void => this.#pump();
    if (this.#mouse !== undefined) this.#mouse.onData = (): void => this.#pump();
  }

  mapOn(bus: Bus): BusMapping[] {
    return [
      bus.mapPorts(PORT_DATA, 1, this, `${this.component} data`),
      bus.mapPorts(PORT_COMMAND, 1, this, `${this.component} command`),
    ];
  }

  readPort(port: number, size: PortSize): number {
    if (size !== 1) return readAsBytes(this, port, size);
    return port === PORT_DATA ? this.#readData() : this.#status();
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size !== 1) return writeAsBytes(this, port, size, value);
    this.#state.lastWasCommand = port === PORT_COMMAND;
    if (port === PORT_COMMAND) this.#command(value);
    else this.#writeData(value);
    this.#pump();
  }

  reset(): void {
    const { irqKeyboard, irqAux } = this.#state;
    assignFields(this.#state, { ...this.#powerOn(), irqKeyboard, irqAux });
    this.#keyboard.reset();
    this.#mouse?.reset();
    this.#pump();
  }

  save(): SnapshotValue {
    const mouse = this.#mouse === undefined ? null : this.#mouse.save();
    return { controller: saveFields(this.#state), keyboard: this.#keyboard.save(), mouse };
  }

  load(state: SnapshotValue, version: number): void {
    const controller = loadFields(this, SHAPE, part(this.component, state, "controller"), version);
    const keyboard = part(this.component, state, "keyboard");
    const mouse = part(this.component, state, "mouse");
    // The devices check before they change; the mouse's state is tried first on itself, so that a bad one leaves all as it was.
    const before = this.#keyboard.save();
    this.#keyboard.load(keyboard, version);
    try {
      this.#mouse?.load(mouse, version);
    } catch (error) {
      this.#keyboard.load(before, version);
      throw error;
    }
    assignFields(this.#state, controller);
  }

  #powerOn(): State {
    const ram = new Uint8Array(32);
    ram[0] = this.#initialCommandByte;
    return {
      ram,
      a20: true,
      data: 0,
      full: false,
      aux: false,
      timeout: false,
      reply: -1,
      command: -1,
      lastWasCommand: true,
      release: false,
      irqKeyboard: false,
      irqAux: false,
    };
  }

  #status(): number {
    const { full, aux, timeout, ram, lastWasCommand } = this.#state;
    return (
      STATUS_UNLOCKED |
      (full ? STATUS_OUTPUT_FULL : 0) |
      (full && aux ? STATUS_AUX : 0) |
      (full && timeout ? STATUS_TIMEOUT : 0) |
      (ram[0]! & CB_SYSTEM ? STATUS_SYSTEM : 0) |
      (lastWasCommand ? STATUS_COMMAND : 0)
    );
  }

  #readData(): number {
    const state = this.#state;
    const value = state.data;
    state.full = false;
    // The interrupt falls before the next byte raises it again: each byte is an edge of its own.
    this.#updateLines();
    this.#pump();
    return value;
  }

  #writeData(value: number): void {
    const state = this.#state;
    const command = state.command;
    state.command = -1;
    // A byte for a device switches its interface on again.
    if (command < 0) {
      state.ram[0]! &= ~CB_KEYBOARD_OFF;
      this.#keyboard.write(value);
    } else if (command >= CMD_WRITE_RAM && command < CMD_WRITE_RAM + 32) {
      state.ram[command & 0x1f] = value;
    } else if (command === CMD_WRITE_OUTPUT) {
      this.#setA20((value & OUTPUT_A20) !== 0);
      if ((value & OUTPUT_NOT_RESET) === 0) this.#onReset();
    } else if (command === CMD_LOOP_KEYBOARD) {
      this.#reply(value);
    } else if (command === CMD_LOOP_AUX) {
      this.#reply(value | (STATUS_AUX << 8));
    } else if (command === CMD_WRITE_AUX) {
      state.ram[0]! &= ~CB_AUX_OFF;
      if (this.#mouse === undefined) this.#reply(RESEND | ((STATUS_AUX | STATUS_TIMEOUT) << 8));
      else this.#mouse.write(value);
    }
  }

  #command(value: number): void {
    const state = this.#state;
    const { ram } = state;
    state.command = -1;
    if (value >= CMD_PULSE) {
      if ((value & OUTPUT_NOT_RESET) === 0) this.#onReset();
      return;
    }
    if (value >= CMD_READ_RAM && value < CMD_READ_RAM + 32) {
      this.#reply(ram[value & 0x1f]!);
      return;
    }
    if (value >= CMD_WRITE_RAM && value < CMD_WRITE_RAM + 32) {
      state.command = value;
      return;
    }
    switch (value) {
      case CMD_AUX_OFF:
        ram[0]! |= CB_AUX_OFF;
        break;
      case CMD_AUX_ON:
        ram[0]! &= ~CB_AUX_OFF;
        break;
      case CMD_KEYBOARD_OFF:
        ram[0]! |= CB_KEYBOARD_OFF;
        break;
      case CMD_KEYBOARD_ON:
        ram[0]! &= ~CB_KEYBOARD_OFF;
        break;
      case CMD_TEST_AUX:
      case CMD_TEST_KEYBOARD:
        // 0: no fault on the clock and data wires.
        this.#reply(0);
        break;
      case CMD_SELF_TEST:
        ram[0]! |= CB_SYSTEM;
        this.#reply(TEST_PASSED);
        break;
      case CMD_READ_INPUT:
        // Bit 7: the keyboard is not locked.
        this.#reply(0x80);
        break;
      case CMD_READ_OUTPUT:
        this.#reply(this.#outputPort());
        break;
      case CMD_READ_TEST:
        this.#reply(0);
        break;
      case CMD_WRITE_OUTPUT:
      case CMD_LOOP_KEYBOARD:
      case CMD_LOOP_AUX:
      case CMD_WRITE_AUX:
        state.command = value;
        break;
      case CMD_A20_OFF:
      case CMD_A20_ON:
        this.#setA20(value === CMD_A20_ON);
        break;
    }
  }

  #outputPort(): number {
    const { a20, irqKeyboard, irqAux } = this.#state;
    return OUTPUT_FIXED | OUTPUT_NOT_RESET | (a20 ? OUTPUT_A20 : 0) | (irqKeyboard ? 0x10 : 0) | (irqAux ? 0x20 : 0);
  }

  #setA20(enabled: boolean): void {
    if (this.#state.a20 === enabled) return;
    this.#state.a20 = enabled;
    this.#onA20(enabled);
  }

  #reply(value: number): void {
    this.#state.reply = value;
  }

  /** Fills the output buffer if it is free: the controller's own answer first, then the keyboard, then the mouse. */
  #pump(): void {
    const state = this.#state;
    if (!state.full) {
      if (state.reply >= 0) {
        const flags = state.reply >> 8;
        this.#fill(state.reply & 0xff, (flags & STATUS_AUX) !== 0, (flags & STATUS_TIMEOUT) !== 0);
        state.reply = -1;
      } else {
        const control = state.ram[0]!;
        if ((control & CB_KEYBOARD_OFF) === 0) this.#takeKey((control & CB_TRANSLATE) !== 0);
        if (!state.full && (control & CB_AUX_OFF) === 0 && this.#mouse !== undefined) {
          const value = this.#mouse.take();
          if (value >= 0) this.#fill(value, true, false);
        }
      }
    }
    this.#updateLines();
  }

  #takeKey(translate: boolean): void {
    const state = this.#state;
    for (let code = this.#keyboard.take(); code >= 0; code = this.#keyboard.take()) {
      if (!translate) {
        this.#fill(code, false, false);
        return;
      }
      if (code === 0xf0) {
        state.release = true;
        continue;
      }
      this.#fill(SET_2_TO_SET_1[code]! | (state.release ? 0x80 : 0), false, false);
      state.release = false;
      return;
    }
  }

  #fill(value: number, aux: boolean, timeout: boolean): void {
    const state = this.#state;
    state.data = value;
    state.full = true;
    state.aux = aux;
    state.timeout = timeout;
  }

  #updateLines(): void {
    const state = this.#state;
    const control = state.ram[0]!;
    const keyboard = state.full && !state.aux && (control & CB_KEYBOARD_INTERRUPT) !== 0;
    const aux = state.full && state.aux && (control & CB_AUX_INTERRUPT) !== 0;
    if (keyboard !== state.irqKeyboard) {
      state.irqKeyboard = keyboard;
      this.#line.setLevel(keyboard);
    }
    if (aux !== state.irqAux) {
      state.irqAux = aux;
      this.#auxLine.setLevel(aux);
    }
  }
}
