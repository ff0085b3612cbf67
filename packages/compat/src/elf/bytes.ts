import { IsinglassError } from "@isinglass/interface";
import { printable } from "../printable.js";

/** Reads little-endian numbers of an untrusted file; out of range is one clear error. */
export class Bytes {
  readonly data: Uint8Array;
  readonly name: string;
  readonly #view: DataView;

  constructor(data: Uint8Array, name: string) {
    this.data = data;
    this.name = name;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  fail(what: string): IsinglassError {
    return new IsinglassError("ISG_COMPAT_ELF", `${this.name}: ${what}`);
  }

  /** Checks that `[offset, offset + size)` is in the file. */
  need(offset: number, size: number, what: string): void {
    if (
      !Number.isSafeInteger(offset) ||
      !Number.isSafeInteger(size) ||
      offset < 0 ||
      size < 0 ||
      offset + size > this.data.length
    ) {
      throw this.fail(
        `${what} at 0x${Math.max(0, offset).toString(16)} is outside of the file of ${this.data.length} bytes`,
      );
    }
  }

  u8(offset: number, what: string): number {
    this.need(offset, 1, what);
    return this.data[offset]!;
  }

  u16(offset: number, what: string): number {
    this.need(offset, 2, what);
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number, what: string): number {
    this.need(offset, 4, what);
    return this.#view.getUint32(offset, true);
  }

  /** A 64-bit value as a number; what does not fit (it addresses nothing) becomes 2^53. */
  u64(offset: number, what: string): number {
    this.need(offset, 8, what);
    const high = this.#view.getUint32(offset + 4, true);
    return high > 0x1fffff ? 2 ** 53 : high * 0x1_0000_0000 + this.#view.getUint32(offset, true);
  }

  /** A signed 64-bit value: addends, dynamic tags. */
  i64(offset: number, what: string): number {
    this.need(offset, 8, what);
    return this.#view.getInt32(offset + 4, true) * 0x1_0000_0000 + this.#view.getUint32(offset, true);
  }

  /** A string that ends with a zero, at most 4,096 characters; of these, control characters become question marks. */
  text(offset: number, what: string): string {
    this.need(offset, 1, what);
    let end = offset;
    while (end < this.data.length && end - offset < 4096 && this.data[end] !== 0) end += 1;
    return printable(String.fromCharCode(...this.data.subarray(offset, end)));
  }
}
