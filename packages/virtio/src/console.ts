import type { SnapshotValue } from "@isinglass/interface";
import type { DescriptorChain } from "./chain.js";
import type { VirtioModel, VirtioPort } from "./model.js";
import { DEVICE_CONSOLE } from "./spec.js";
import { StateReader } from "./state.js";

// Console device with one port: VIRTIO 1.2, section 5.3.

const FEATURE_SIZE = 0;
const FEATURE_EMERG_WRITE = 2;
const QUEUE_RECEIVE = 0;
const QUEUE_TRANSMIT = 1;
const CONFIG_COLS = 0;
const CONFIG_ROWS = 2;
const CONFIG_MAX_PORTS = 4;
const CONFIG_EMERG_WRITE = 8;

/** Input that the guest has not taken yet. */
const INPUT_MAX = 1 << 16;
/** Output is handed on in pieces of this size. */
const PIECE = 4096;
/**
 * Most bytes of one transmit request, many times what drivers send at once (a full pipe of 1 MiB). The same buffer may stand in each of its descriptors, so without a bound a
 * guest could make its host copy 4 GiB with one notification.
 */
const TRANSMIT_MAX = 4 << 20;

export interface VirtioConsoleOptions {
  /** What the guest writes. `bytes` is valid during the call only. */
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly columns?: number;
  readonly rows?: number;
}

/** A console (`/dev/hvc0` of a Linux guest) with one port, a size and the emergency-write register. */
export class VirtioConsole implements VirtioModel {
  readonly name = "virtio-console";
  readonly deviceType: number = DEVICE_CONSOLE;
  readonly pciClass = 0x07_8000;
  readonly features: readonly number[] = [FEATURE_SIZE, FEATURE_EMERG_WRITE];
  readonly queueSizes: readonly number[] = [128, 128];
  readonly config: Uint8Array = new Uint8Array(12);
  readonly #onOutput: (bytes: Uint8Array) => void;
  readonly #config: DataView;
  readonly #piece = new Uint8Array(PIECE);
  /** Ring buffer of input. */
  readonly #input = new Uint8Array(INPUT_MAX);
  #inputAt = 0;
  #inputLength = 0;
  #port: VirtioPort | null = null;

  constructor(options: VirtioConsoleOptions) {
    this.#onOutput = options.onOutput;
    this.#config = new DataView(this.config.buffer);
    this.#config.setUint16(CONFIG_COLS, options.columns ?? 80, true);
    this.#config.setUint16(CONFIG_ROWS, options.rows ?? 25, true);
    this.#config.setUint32(CONFIG_MAX_PORTS, 1, true);
  }

  attach(port: VirtioPort): void {
    this.#port = port;
  }

  /**
   * Types `bytes`. Returns how many were taken: 64 KiB wait at most for a guest that does not read.
   */
  input(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, INPUT_MAX - this.#inputLength);
    for (let i = 0; i < taken; i++) this.#input[(this.#inputAt + this.#inputLength + i) % INPUT_MAX] = bytes[i]!;
    this.#inputLength += taken;
    if (taken > 0) this.#port?.service(QUEUE_RECEIVE);
    return taken;
  }

  /** The terminal has a new size, in characters. */
  resize(columns: number, rows: number): void {
    this.#config.setUint16(CONFIG_COLS, columns, true);
    this.#config.setUint16(CONFIG_ROWS, rows, true);
    this.#port?.configChanged();
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    if (offset !== CONFIG_EMERG_WRITE) return;
    // 5.3.4: the low byte is a character, at any time, even before the driver is ready.
    this.#onOutput(bytes.subarray(0, 1));
  }

  ready(queue: number): boolean {
    return queue === QUEUE_TRANSMIT || this.#inputLength > 0;
  }

  handle(queue: number, chain: DescriptorChain): number | null {
    if (queue === QUEUE_TRANSMIT) {
      if (chain.writable > 0 || chain.readable > TRANSMIT_MAX) return null;
      for (let left = chain.readable; left > 0; left -= PIECE) {
        const piece = this.#piece.subarray(0, Math.min(PIECE, left));
        if (!chain.read(piece)) return null;
        this.#onOutput(piece);
      }
      return 0;
    }
    // 5.3.6.1: receive buffers are writable only, and an empty one could never be filled.
    if (chain.readable > 0 || chain.writable === 0) return null;
    let written = 0;
    while (this.#inputLength > 0 && written < chain.writable) {
      const size = Math.min(this.#inputLength, chain.writable - written, INPUT_MAX - this.#inputAt);
      if (!chain.write(this.#input.subarray(this.#inputAt, this.#inputAt + size))) return null;
      this.#inputAt = (this.#inputAt + size) % INPUT_MAX;
      this.#inputLength -= size;
      written += size;
    }
    return written;
  }

  reset(): void {
    // What was typed before the driver came up (which resets the device first) is kept for it.
  }

  save(): SnapshotValue {
    const input = new Uint8Array(this.#inputLength);
    for (let i = 0; i < input.length; i++) input[i] = this.#input[(this.#inputAt + i) % INPUT_MAX]!;
    return {
      input,
      columns: this.#config.getUint16(CONFIG_COLS, true),
      rows: this.#config.getUint16(CONFIG_ROWS, true),
    };
  }

  load(value: SnapshotValue): void {
    const state = new StateReader(this.name, value);
    const input = state.bytes("input", INPUT_MAX);
    const columns = state.int("columns", 0, 0xffff);
    const rows = state.int("rows", 0, 0xffff);
    this.#input.set(input);
    this.#inputAt = 0;
    this.#inputLength = input.length;
    this.#config.setUint16(CONFIG_COLS, columns, true);
    this.#config.setUint16(CONFIG_ROWS, rows, true);
  }
}
