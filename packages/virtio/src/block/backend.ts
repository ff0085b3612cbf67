import { IsinglassError } from "@isinglass/interface";

/**
 * What a virtual disk is stored on. All calls are synchronous; offsets and lengths are multiples of 512 inside the size, which the device has checked. An
 * error that a call throws becomes an I/O error of the guest's request.
 */
export interface BlockBackend {
  /** Bytes; a part of a sector at the end is not seen by the guest. */
  readonly size: number;
  readonly readonly: boolean;
  read(offset: number, into: Uint8Array): void;
  write(offset: number, bytes: Uint8Array): void;
  /** Returns when everything written is on stable storage. */
  flush(): void;
}

/** A disk in the host's memory. */
export class MemoryBlockBackend implements BlockBackend {
  readonly readonly: boolean;
  /** The disk's contents, not a copy. */
  readonly bytes: Uint8Array;
  /** How often the guest asked for stable storage. */
  flushes = 0;

  /** @param contents the disk itself, or its size in bytes for an empty one */
  constructor(contents: Uint8Array | number, options: { readonly readonly?: boolean } = {}) {
    this.bytes = typeof contents === "number" ? new Uint8Array(contents) : contents;
    this.readonly = options.readonly ?? false;
  }

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, into: Uint8Array): void {
    this.#check(offset, into.length);
    into.set(this.bytes.subarray(offset, offset + into.length));
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    if (this.readonly)
      throw new IsinglassError(
        "ISG_BLOCK_READONLY",
        `memory disk: a write of ${bytes.length} bytes at ${offset}; it is read-only`,
        { offset },
      );
    this.bytes.set(bytes, offset);
  }

  flush(): void {
    this.flushes++;
  }

  #check(offset: number, length: number): void {
    if (offset < 0 || offset + length > this.bytes.length) {
      throw new IsinglassError(
        "ISG_BLOCK_RANGE",
        `memory disk: ${length} bytes at ${offset}; it has ${this.bytes.length}`,
        { offset, length },
      );
    }
  }
}
