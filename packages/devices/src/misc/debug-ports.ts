import type { Bus, BusMapping, PortHandler, PortSize } from "@isinglass/interface";
import { IsinglassError } from "@isinglass/interface";

/** What a read of a debug console port returns, so that firmware can tell that it is there. */
const CONSOLE_PRESENT = 0xe9;

export interface DebugConsoleOptions {
  /** 0xe9 (Bochs) by default; firmware for QEMU uses 0x402. */
  readonly port?: number;
  readonly onTransmit: (byte: number) => void;
}

/** A port that takes text: each byte written goes to `onTransmit`. It has no state. */
export class DebugConsole implements PortHandler {
  readonly #port: number;
  readonly #onTransmit: (byte: number) => void;

  constructor(options: DebugConsoleOptions) {
    this.#port = options.port ?? 0xe9;
    this.#onTransmit = options.onTransmit;
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(this.#port, 1, this, `debug-console ${this.#port.toString(16)}`)];
  }

  readPort(_port: number, _size: PortSize): number {
    return CONSOLE_PRESENT;
  }

  writePort(_port: number, _size: PortSize, value: number): void {
    this.#onTransmit(value);
  }
}

export interface DebugExitOptions {
  /** 0xf4 by default, four ports. */
  readonly port?: number;
  /** Called with the exit code that QEMU would end with: (value << 1) | 1. */
  readonly onExit: (code: number) => void;
}

/** QEMU's isa-debug-exit: a guest under test ends the machine with a write. It has no state. */
export class DebugExit implements PortHandler {
  readonly #port: number;
  readonly #onExit: (code: number) => void;

  /** @throws ISG_DEBUG_EXIT_PORT where the port is not a multiple of four below 0x10000 */
  constructor(options: DebugExitOptions) {
    this.#port = options.port ?? 0xf4;
    if (!Number.isInteger(this.#port) || this.#port < 0 || this.#port > 0xfffc || this.#port % 4 !== 0) {
      throw new IsinglassError(
        "ISG_DEBUG_EXIT_PORT",
        `debug-exit: port ${this.#port}; a multiple of 4 below 0x10000 is right`,
        { port: this.#port },
      );
    }
    this.#onExit = options.onExit;
  }

  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(this.#port, 4, this, "debug-exit")];
  }

  readPort(_port: number, _size: PortSize): number {
    return 0;
  }

  writePort(port: number, _size: PortSize, value: number): void {
    if (port === this.#port) this.#onExit(((value << 1) | 1) >>> 0);
  }
}
