import { IsinglassError } from "@isinglass/interface";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** Lower-case hexadecimal digits of bytes. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/**
 * Bytes of hexadecimal digits, two a byte, nothing between them.
 *
 * @throws IsinglassError `ISG_CRYPTO_BAD_HEX`
 */
export function fromHex(text: string): Uint8Array {
  try {
    return hexToBytes(text);
  } catch (problem) {
    throw new IsinglassError(
      "ISG_CRYPTO_BAD_HEX",
      `hexadecimal digits, two a byte, are wanted; these are ${text.length} characters`,
      {},
      { cause: problem },
    );
  }
}

/** One array with the bytes of all parts. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether two arrays hold the same bytes. Looks at every byte, wherever the first difference is; what compilers and processors make of it, nobody promises. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** The number that big-endian bytes stand for (RFC 8017, OS2IP). */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/**
 * Big-endian bytes of a number (RFC 8017, I2OSP).
 *
 * @throws IsinglassError `ISG_CRYPTO_TOO_LARGE` if it does not fit
 */
export function bigIntToBytes(value: bigint, length: number): Uint8Array {
  const text = value.toString(16).padStart(2 * length, "0");
  if (text.length > 2 * length)
    throw new IsinglassError(
      "ISG_CRYPTO_TOO_LARGE",
      `a number of ${text.length} hexadecimal digits does not fit ${length} bytes`,
    );
  return fromHex(text);
}
