import { IsinglassError } from "@isinglass/interface";

/** The smallest multiple of `alignment` (a power of two or any positive integer) that is not below `value`. */
export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** The largest multiple of `alignment` that is not above `value`. */
export function alignDown(value: number, alignment: number): number {
  return Math.floor(value / alignment) * alignment;
}

/** A byte count for people: `64 MiB`, `3.5 MiB`, `412 KiB`, `17 bytes`. */
export function formatSize(bytes: number): string {
  const units: readonly (readonly [number, string])[] = [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ];
  for (const [unit, name] of units) {
    if (bytes >= unit) return `${Math.ceil((bytes * 10) / unit) / 10} ${name}`;
  }
  return `${bytes} bytes`;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** UTF-8 of `text`; lone surrogates become U+FFFD. Here because `lib` has no TextEncoder. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(out);
}

/** Text of UTF-8 `bytes`; what is not UTF-8 becomes U+FFFD, a byte at a time. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!;
    const extra =
      first < 0x80
        ? 0
        : first >= 0xc2 && first < 0xe0
          ? 1
          : first >= 0xe0 && first < 0xf0
            ? 2
            : first >= 0xf0 && first < 0xf5
              ? 3
              : -1;
    let code = extra <= 0 ? first : first & (0x3f >> extra);
    let good = extra >= 0 && i + extra < bytes.length;
    for (let k = 1; good && k <= extra; k++) {
      const next = bytes[i + k]!;
      good = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 63);
    }
    good &&=
      code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && (extra < 2 || code >= (extra === 2 ? 0x800 : 0x10000));
    text += good ? String.fromCodePoint(code) : "\ufffd";
    i += good ? extra + 1 : 1;
  }
  return text;
}

/** Text of ASCII `bytes` up to the first NUL; bytes above 0x7e and below 0x20 become `?`. */
export function decodeAscii(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0) break;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?";
  }
  return text;
}

/** Little-endian fields of an untrusted file. A field beyond the end throws `ISG_BOOT_TRUNCATED`, naming `what`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly what: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Checks that [offset, offset + length) lies in the file. */
  need(offset: number, length: number, field: string): void {
    if (offset < 0 || length < 0 || offset + length > this.bytes.length) {
      throw new IsinglassError(
        "ISG_BOOT_TRUNCATED",
        `${this.what}: ${field} needs bytes ${hex(offset)} to ${hex(offset + length)}, but the file has ${hex(this.bytes.length)}; it is cut short or damaged`,
        { offset, length, size: this.bytes.length },
      );
    }
  }

  u8(offset: number, field: string): number {
    this.need(offset, 1, field);
    return this.#view.getUint8(offset);
  }

  u16(offset: number, field: string): number {
    this.need(offset, 2, field);
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number, field: string): number {
    this.need(offset, 4, field);
    return this.#view.getUint32(offset, true);
  }

  /** A 64-bit field as a number; above 2^53 it is rounded, so compare it before use. */
  u64(offset: number, field: string): number {
    this.need(offset, 8, field);
    return this.#view.getUint32(offset, true) + this.#view.getUint32(offset + 4, true) * 2 ** 32;
  }

  slice(offset: number, length: number, field: string): Uint8Array {
    this.need(offset, length, field);
    return this.bytes.subarray(offset, offset + length);
  }
}

/** Builds little-endian structures of a fixed length; fields that are not set stay zero. */
export class StructWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(offset: number, value: number): this {
    this.#view.setUint8(offset, value);
    return this;
  }

  u16(offset: number, value: number): this {
    this.#view.setUint16(offset, value, true);
    return this;
  }

  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  /** `value` is an integer below 2^53. */
  u64(offset: number, value: number): this {
    this.#view.setUint32(offset, value % 2 ** 32, true);
    this.#view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
    return this;
  }

  /** ASCII `text`, cut or filled with `fill` to `length` bytes. */
  ascii(offset: number, text: string, length: number, fill = 0): this {
    for (let i = 0; i < length; i++) this.bytes[offset + i] = i < text.length ? text.charCodeAt(i) & 0x7f : fill;
    return this;
  }

  put(offset: number, bytes: Uint8Array): this {
    this.bytes.set(bytes, offset);
    return this;
  }

  /** Sets the byte at `offset` so that all bytes of [start, end) add up to 0 modulo 256. */
  checksum(offset: number, start = 0, end: number = this.bytes.length): this {
    this.bytes[offset] = 0;
    let sum = 0;
    for (let i = start; i < end; i++) sum += this.bytes[i]!;
    this.bytes[offset] = -sum & 0xff;
    return this;
  }
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
