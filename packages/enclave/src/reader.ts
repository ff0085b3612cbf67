import { toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { readNumber, readSmall } from "./layout.js";

/** Reads untrusted bytes from front to back; every length is checked before it is used. */
export class Reader {
  readonly bytes: Uint8Array;
  /** What is being read, for messages. */
  readonly what: string;
  at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The next bytes, as a view. @throws IsinglassError `ISG_ENCLAVE_TRUNCATED` */
  take(length: number, part: string): Uint8Array {
    if (length > this.left)
      throw new IsinglassError(
        "ISG_ENCLAVE_TRUNCATED",
        `${this.what}: ${part} at offset ${this.at} wants ${length} bytes, ${this.left} are left`,
        { offset: this.at, wanted: length },
      );
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u16(part: string): number {
    return readSmall(this.take(2, part), 0, 2);
  }

  u32(part: string): number {
    return readSmall(this.take(4, part), 0, 4);
  }

  u64(part: string): bigint {
    return readNumber(this.take(8, part), 0, 8);
  }

  /** Skips to another offset, which must lie inside. */
  seek(offset: number, part: string): void {
    if (!Number.isInteger(offset) || offset < 0 || offset > this.bytes.length)
      throw new IsinglassError(
        "ISG_ENCLAVE_TRUNCATED",
        `${this.what}: ${part} lies at ${offset}, the end at ${this.bytes.length}`,
        { offset },
      );
    this.at = offset;
  }
}

/** GUID text for its 16 bytes as UEFI stores them (RFC 4122 with the first three groups little-endian). */
export function guidText(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const digits = toHex(Uint8Array.from(order, (i) => bytes[i]!));
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    "-",
  );
}

/** The 16 bytes of a GUID. */
export function guidBytes(text: string): Uint8Array {
  const plain = text.replaceAll("-", "");
  const raw = Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(plain.slice(2 * i, 2 * i + 2), 16));
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (i) => raw[i]!);
}
