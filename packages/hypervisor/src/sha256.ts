import { sha256 as create } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** SHA-256 (FIPS 180-4) of the pieces, one after the other. */
export type Sha256 = (...pieces: readonly Uint8Array[]) => Uint8Array;

/** One that needs nothing of the host. */
export function sha256(...pieces: readonly Uint8Array[]): Uint8Array {
  const hash = create.create();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** Lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}
