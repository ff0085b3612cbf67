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
  /** Bytes of the range that are not needed any more; they may read as anything of their past, or zero. Absent: the guest is offered no discard. */
  discard?(offset: number, length: number): void;
  /** Gives up whatever is held open. */
  close?(): void;
  /** The alignment at which {@link discard} gives anything back; 512 by default. */
  readonly discardGranularity?: number;
  /** Makes a range read as zeros. `unmap`: its storage need not be kept. Absent: zeros are written. */
  writeZeroes?(offset: number, length: number, unmap: boolean): void;
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
    this.#checkWritable(offset, bytes.length);
    this.bytes.set(bytes, offset);
  }

  flush(): void {
    this.flushes++;
  }

  discard(offset: number, length: number): void {
    this.writeZeroes(offset, length);
  }

  writeZeroes(offset: number, length: number): void {
    this.#check(offset, length);
    this.#checkWritable(offset, length);
    this.bytes.fill(0, offset, offset + length);
  }

  #checkWritable(offset: number, length: number): void {
    if (!this.readonly) return;
    throw new IsinglassError(
      "ISG_BLOCK_READONLY",
      `memory disk: a write of ${length} bytes at ${offset}; it is read-only`,
      { offset },
    );
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
