import { WasmError } from "./error.js";
import { decodeUtf8 } from "./utf8.js";

/**
 * Reads a module's bytes from front to back and never beyond an end that was set. Anything else than what the binary
 * format allows throws {@link WasmError} `ISG_WASM_MALFORMED` with the offset in the module.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.end;
  }

  malformed(what: string, offset: number = this.offset): WasmError {
    return new WasmError("ISG_WASM_MALFORMED", `wasm: offset 0x${offset.toString(16)}: ${what}`, { offset });
  }

  /** The next `count` bytes, which must lie before the end. */
  bytes(count: number): Uint8Array {
    if (count > this.end - this.offset) {
      throw this.malformed(`${count} bytes are wanted, ${this.end - this.offset} are left`);
    }
    this.offset += count;
    return this.#bytes.subarray(this.offset - count, this.offset);
  }

  u8(): number {
    if (this.isAtEnd) throw this.malformed("a byte is wanted, none is left");
    return this.#bytes[this.offset++]!;
  }

  /** Reads as many bytes as the next number says, as a reader of their own. */
  part(): ByteReader {
    const size = this.u32();
    const first = this.offset;
    this.bytes(size);
    return new ByteReader(this.#bytes, first, first + size);
  }

  /** An unsigned LEB128 integer of 32 bits (core specification, section 5.2.2). */
  u32(): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      if (shift === 28 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw this.malformed("an unsigned integer does not fit 32 bits", start);
  }

  /** A signed LEB128 integer of up to 64 bits. */
  signed(bits: 32 | 33 | 64): bigint {
    const start = this.offset;
    let value = 0n;
    for (let shift = 0; shift < bits; shift += 7) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte >= 0x80) continue;
      const extended = BigInt.asIntN(shift + 7, value);
      if (BigInt.asIntN(bits, extended) === extended) return extended;
      break;
    }
    throw this.malformed(`a signed integer does not fit ${bits} bits`, start);
  }

  name(): string {
    const start = this.offset;
    const text = decodeUtf8(this.bytes(this.u32()));
    if (text === undefined) throw this.malformed("a name is not UTF-8", start);
    return text;
  }

  /** As many items as the next number says. */
  list<T>(item: (index: number) => T): T[] {
    const start = this.offset;
    const count = this.u32();
    // Each item has at least one byte: refused before anything is made.
    if (count > this.end - this.offset)
      throw this.malformed(`a list of ${count} items is longer than what holds it`, start);
    return Array.from({ length: count }, (_, index) => item(index));
  }

  expectEnd(what: string): void {
    if (!this.isAtEnd)
      throw this.malformed(`${what} ends 0x${(this.end - this.offset).toString(16)} bytes later than its content`);
  }
}
