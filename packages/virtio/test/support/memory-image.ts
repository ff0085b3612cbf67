import { IsinglassError } from "@isinglass/interface";
import type { ImageFile } from "../../src/index.js";

/** An image in memory that remembers in which order it was written and flushed. */
export class MemoryImage implements ImageFile {
  readonly name = "memory.qcow2";
  readonly readonly: boolean;
  /** What was done: writes, and null for each flush. */
  readonly log: ({ readonly offset: number; readonly bytes: Uint8Array } | null)[] = [];
  readonly #limit: number;
  #bytes: Uint8Array;
  #size: number;

  /** @param limit where a file system would be full */
  constructor(contents: Uint8Array, options: { readonly readonly?: boolean; readonly limit?: number } = {}) {
    // Not slice(): that of a Buffer would share its bytes.
    this.#bytes = new Uint8Array(contents);
    this.#size = contents.length;
    this.readonly = options.readonly ?? false;
    this.#limit = options.limit ?? 64 << 20;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  read(offset: number, into: Uint8Array): void {
    into.fill(0);
    into.set(this.#bytes.subarray(offset, Math.min(this.#size, offset + into.length)));
  }

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (!(end <= this.#limit)) throw new IsinglassError("ISG_BLOCK_IO", `memory image: a write that ends at ${end}`);
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, offset);
    this.#size = Math.max(this.#size, end);
    this.log.push({ offset, bytes: bytes.slice() });
  }

  flush(): void {
    this.log.push(null);
  }

  close(): void {}
}
