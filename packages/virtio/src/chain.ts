import type { QueueMemory } from "./dma.js";

/**
 * One descriptor chain as the device took it from the ring: first the buffers that the driver filled, then those that the device fills (2.6.4). Addresses
 * and lengths were read once and copied here, so the driver cannot change them any more; the bytes that they point at it can.
 *
 * A chain is valid only during the call that hands it out: its queue reuses the object.
 */
export class DescriptorChain {
  /** Index of the head descriptor: what the used ring names. */
  head = 0;
  /** Bytes that the driver wrote for the device. */
  readable = 0;
  /** Bytes that the device may write. */
  writable = 0;
  readonly #memory: QueueMemory;
  readonly #addresses: Float64Array;
  readonly #lengths: Uint32Array;
  #count = 0;
  /** Number of leading device-readable buffers. */
  #readableCount = 0;
  #readBuffer = 0;
  #readOffset = 0;
  #writeBuffer = 0;
  #writeOffset = 0;

  constructor(memory: QueueMemory, capacity: number) {
    this.#memory = memory;
    this.#addresses = new Float64Array(capacity);
    this.#lengths = new Uint32Array(capacity);
  }

  /** Descriptors in the chain. */
  get count(): number {
    return this.#count;
  }

  /** For the queue: starts a new chain. */
  begin(head: number): void {
    this.head = head;
    this.readable = 0;
    this.writable = 0;
    this.#count = 0;
    this.#readableCount = 0;
    this.#readBuffer = 0;
    this.#readOffset = 0;
    this.#writeOffset = 0;
    this.#writeBuffer = 0;
  }

  /** For the queue: adds a buffer. False where it does not belong: a readable one after a writable, one too many, 2^32 bytes or more in all. */
  add(address: number, length: number, writable: boolean): boolean {
    if (this.#count === this.#addresses.length) return false;
    if (!writable && this.#count > this.#readableCount) return false;
    this.#addresses[this.#count] = address;
    this.#lengths[this.#count] = length;
    this.#count++;
    if (writable) this.writable += length;
    else {
      this.readable += length;
      this.#readableCount++;
      this.#writeBuffer = this.#readableCount;
    }
    return this.readable + this.writable <= 0xffff_ffff;
  }

  /**
   * Reads the next `into.length` bytes of what the driver wrote. False where there are fewer, or a buffer is not in RAM; `into` is then undefined.
   */
  read(into: Uint8Array): boolean {
    let done = 0;
    while (done < into.length) {
      if (this.#readBuffer === this.#readableCount) return false;
      const left = this.#lengths[this.#readBuffer]! - this.#readOffset;
      const size = Math.min(left, into.length - done);
      if (
        size > 0 &&
        !this.#memory.read(this.#addresses[this.#readBuffer]! + this.#readOffset, into.subarray(done, done + size))
      )
        return false;
      done += size;
      this.#readOffset += size;
      if (size === left) {
        this.#readBuffer++;
        this.#readOffset = 0;
      }
    }
    return true;
  }

  /** Writes `bytes` to the next of the buffers that the device may write. False where there is less room, or a buffer is not in RAM. */
  write(bytes: Uint8Array): boolean {
    let done = 0;
    while (done < bytes.length) {
      if (this.#writeBuffer === this.#count) return false;
      const left = this.#lengths[this.#writeBuffer]! - this.#writeOffset;
      const size = Math.min(left, bytes.length - done);
      if (
        size > 0 &&
        !this.#memory.write(this.#addresses[this.#writeBuffer]! + this.#writeOffset, bytes.subarray(done, done + size))
      )
        return false;
      done += size;
      this.#writeOffset += size;
      if (size === left) {
        this.#writeBuffer++;
        this.#writeOffset = 0;
      }
    }
    return true;
  }

  /** Writes `bytes` to the very end of what the device may write, wherever {@link write} is. False as there. */
  writeLast(bytes: Uint8Array): boolean {
    if (bytes.length > this.writable) return false;
    let end = bytes.length;
    for (let i = this.#count - 1; end > 0; i--) {
      const size = Math.min(this.#lengths[i]!, end);
      const at = this.#addresses[i]! + this.#lengths[i]! - size;
      if (size > 0 && !this.#memory.write(at, bytes.subarray(end - size, end))) return false;
      end -= size;
    }
    return true;
  }
}
