import { encodeUtf8 } from "./utf8.js";

/** A growing byte buffer with WebAssembly's LEB128 integers (core specification, section 5.2.2). */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    bigger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bigger;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.length++] = value;
    return this;
  }

  protected setByte(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  bytes(values: ArrayLike<number>): this {
    this.#room(values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
    return this;
  }

  /** Appends what another writer holds. */
  append(other: ByteWriter): this {
    return this.bytes(other.view());
  }

  u32(value: number): this {
    let rest = value >>> 0;
    this.#room(5);
    while (rest >= 0x80) {
      this.#bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.length++] = rest;
    return this;
  }

  s32(value: number): this {
    let rest = value | 0;
    this.#room(5);
    for (;;) {
      const byte = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
        this.#bytes[this.length++] = byte;
        return this;
      }
      this.#bytes[this.length++] = byte | 0x80;
    }
  }

  /** Signed 64-bit integer from two halves. */
  s64(lo: number, hi: number): this {
    let low = lo | 0;
    let high = hi | 0;
    this.#room(10);
    for (;;) {
      const byte = low & 0x7f;
      low = (low >>> 7) | (high << 25);
      high >>= 7;
      if ((low === 0 && high === 0 && (byte & 0x40) === 0) || (low === -1 && high === -1 && (byte & 0x40) !== 0)) {
        this.#bytes[this.length++] = byte;
        return this;
      }
      this.#bytes[this.length++] = byte | 0x80;
    }
  }

  /** A name: its length in bytes and its UTF-8 bytes. */
  name(text: string): this {
    const bytes = encodeUtf8(text);
    return this.u32(bytes.length).bytes(bytes);
  }

  /** What was written so far; valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }
}
