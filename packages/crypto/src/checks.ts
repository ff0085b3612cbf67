import { IsinglassError } from "@isinglass/interface";
import type { CurveName, GcmOptions } from "./provider.js";
import { CURVES } from "./provider.js";

function badLength(what: string, length: number, right: string): IsinglassError {
  return new IsinglassError("ISG_CRYPTO_BAD_LENGTH", `${what}: ${length} bytes; ${right}`, { length });
}

/** AES-128, 192 or 256. */
export function checkAesKey(key: Uint8Array, what = "AES key"): void {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32)
    throw badLength(what, key.length, "16, 24 or 32 are right");
}

/** Whole blocks of 16 bytes, as many in as out. */
export function checkBlocks(source: Uint8Array, target: Uint8Array): void {
  if (source.length % 16 !== 0) throw badLength("AES blocks", source.length, "a multiple of 16 is right");
  if (source.length !== target.length)
    throw badLength("place for AES blocks", target.length, `as many as the source's ${source.length} are right`);
}

/** What IEEE 1619 allows, in bits: from one block up. */
export function checkXts(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits: number): void {
  if (key.length !== 32 && key.length !== 64) throw badLength("XTS key", key.length, "32 or 64 are right");
  if (tweak.length !== 16) throw badLength("XTS tweak", tweak.length, "16 are right");
  if (data.length < 16) throw badLength("XTS data unit", data.length, "at least one block of 16 is right");
  if (bits < 128 || bits > 8 * data.length || bits <= 8 * data.length - 8)
    throw badLength(`XTS data unit of ${bits} bits`, data.length, `${Math.ceil(bits / 8)} are right`);
}

/** @returns the tag's length in bytes (SP 800-38D, 5.2.1.2) */
export function checkGcm(options: GcmOptions): number {
  checkAesKey(options.key);
  if (options.iv.length === 0) throw badLength("GCM IV", 0, "at least one is right");
  const length = options.tagLength ?? 16;
  if (length !== 4 && length !== 8 && (length < 12 || length > 16 || !Number.isInteger(length)))
    throw badLength("GCM tag", length, "4, 8 or 12 to 16 are right");
  return length;
}

/** Whether a public key and a signature have the lengths of the curve; others verify nothing. */
export function fitsCurve(curve: CurveName, publicKey: Uint8Array, signature: Uint8Array): boolean {
  const size = CURVES[curve];
  return publicKey.length === 1 + 2 * size && publicKey[0] === 4 && signature.length === 2 * size;
}
