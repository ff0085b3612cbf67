import type { Uart16550 } from "@isinglass/devices";

const OUTPUT_BYTES = 4096;

/** The host's side of a serial port: collects output to hand it on in pieces, and keeps input until there is room for it. */
export class SerialPort {
  readonly #onOutput: ((bytes: Uint8Array) => void) | undefined;
  readonly #buffer: Uint8Array = new Uint8Array(OUTPUT_BYTES);
  #used = 0;
  #input: Uint8Array[] = [];
  uart: Uart16550 | undefined;

  constructor(onOutput?: (bytes: Uint8Array) => void) {
    this.#onOutput = onOutput;
  }

  transmit(byte: number): void {
    this.#buffer[this.#used] = byte;
    this.#used += 1;
    if (this.#used === OUTPUT_BYTES) this.flush();
  }

  /** Hands on what was collected, as a copy. */
  flush(): void {
    if (this.#used === 0) return;
    const bytes = this.#buffer.slice(0, this.#used);
    this.#used = 0;
    this.#onOutput?.(bytes);
  }

  /** Keeps input for the guest. */
  send(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#input.push(bytes.slice());
  }

  /** Offers the input that waits. */
  offer(): void {
    const { uart } = this;
    if (uart === undefined) return;
    while (this.#input.length > 0) {
      const first = this.#input[0]!;
      const taken = uart.receive(first);
      if (taken < first.length) {
        this.#input[0] = first.subarray(taken);
        return;
      }
      this.#input.shift();
    }
  }
}
