import { IsinglassError } from "@isinglass/interface";
import { isBytes } from "@noble/hashes/utils.js";
import type { CurveName, GcmOptions, HashName, RsaPadding, RsaPublicKey } from "./provider.js";
import { CURVES, HASHES } from "./provider.js";

function badLength(what: string, length: number, right: string): IsinglassError {
  return new IsinglassError("ISG_CRYPTO_BAD_LENGTH", `${what}: ${length} bytes; ${right}`, { length });
}

/** Bytes, which whoever calls from plain JavaScript may not have given. Of another realm's `Uint8Array` too. */
export function checkBytes(what: string, value: unknown): void {
  if (!isBytes(value))
    throw new IsinglassError("ISG_CRYPTO_BAD_INPUT", `${what}: ${typeof value}; a Uint8Array is right`);
}

/** AES-128, 192 or 256. */
export function checkAesKey(key: Uint8Array, what = "AES key"): void {
  checkBytes(what, key);
  if (key.length !== 16 && key.length !== 24 && key.length !== 32)
    throw badLength(what, key.length, "16, 24 or 32 are right");
}

/** Whole blocks of 16 bytes, as many in as out. */
export function checkBlocks(source: Uint8Array, target: Uint8Array): void {
  checkBytes("AES blocks", source);
  checkBytes("place for AES blocks", target);
  if (source.length % 16 !== 0) throw badLength("AES blocks", source.length, "a multiple of 16 is right");
  if (source.length !== target.length)
    throw badLength("place for AES blocks", target.length, `as many as the source's ${source.length} are right`);
}

/** Most blocks in a data unit (IEEE 1619, 5.1). OpenSSL refuses more. */
const MOST_XTS_BLOCKS = 2 ** 20;

/** What IEEE 1619 allows, in bits: from one block up. */
export function checkXts(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits: number): void {
  if (key.length !== 32 && key.length !== 64) throw badLength("XTS key", key.length, "32 or 64 are right");
  if (tweak.length !== 16) throw badLength("XTS tweak", tweak.length, "16 are right");
  if (data.length < 16) throw badLength("XTS data unit", data.length, "at least one block of 16 is right");
  if (data.length > 16 * MOST_XTS_BLOCKS)
    throw badLength("XTS data unit", data.length, `at most ${16 * MOST_XTS_BLOCKS} are right`);
  if (!Number.isInteger(bits) || bits < 128 || bits > 8 * data.length || bits <= 8 * data.length - 8)
    throw badLength(`XTS data unit of ${bits} bits`, data.length, `${Math.ceil(bits / 8)} are right`);
}

/** @returns the tag's length in bytes (SP 800-38D, 5.2.1.2) */
export function checkGcm(options: GcmOptions): number {
  checkAesKey(options.key);
  checkBytes("GCM IV", options.iv);
  if (options.aad !== undefined) checkBytes("GCM additional data", options.aad);
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

/** What HKDF can give: 255 blocks of its hash (RFC 5869, 2.3). */
export function checkHkdf(hash: HashName, length: number): void {
  const most = 255 * HASHES[hash].size;
  if (!Number.isInteger(length) || length < 0 || length > most)
    throw badLength(`HKDF with ${hash}`, length, `0 to ${most} are right`);
}

/** A hash by its name, which a caller may have out of a document. */
export function checkHash(hash: unknown): void {
  if (typeof hash !== "string" || !Object.hasOwn(HASHES, hash))
    throw new IsinglassError(
      "ISG_CRYPTO_UNKNOWN_HASH",
      `hash ${String(hash)}: it is not known; there are ${Object.keys(HASHES).join(", ")}`,
    );
}

/** A curve by its name. */
export function checkCurve(curve: unknown): void {
  if (typeof curve !== "string" || !Object.hasOwn(CURVES, curve))
    throw new IsinglassError(
      "ISG_CRYPTO_UNKNOWN_CURVE",
      `curve ${String(curve)}: it is not known; there are ${Object.keys(CURVES).join(", ")}`,
    );
}

/** How an RSA signature is padded. To OpenSSL a salt of -2 bytes is one of any length. */
export function checkPadding(padding: RsaPadding): void {
  const { scheme } = padding;
  if (scheme !== "pkcs1" && scheme !== "pss")
    throw new IsinglassError("ISG_CRYPTO_UNKNOWN_PADDING", `RSA padding ${String(scheme)}: pkcs1 and pss are known`);
  if (scheme === "pss" && !(Number.isInteger(padding.saltLength) && padding.saltLength >= 0))
    throw badLength("PSS salt", padding.saltLength, "a whole number from 0 up is right");
}

/** Bits of an RSA modulus: shorter ones have been factored, longer ones take a document's reader too long. */
const RSA_BITS = { least: 1024, most: 16_384 } as const;
/** Bits of an RSA exponent (FIPS 186-5, 5.1, has e < 2^256). */
const MOST_EXPONENT_BITS = 256;

/** How many bits a big-endian number has. */
function bitCount(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : 8 * (number.length - first - 1) + 32 - Math.clz32(number[first]!);
}

/** Whether an RSA key is one that may verify: an odd modulus of a sane size, an odd exponent from 3 up. With exponent 1 everybody signs; others verify nothing. */
export function fitsRsa({ n, e }: RsaPublicKey): boolean {
  const [modulus, exponent] = [bitCount(n), bitCount(e)];
  if (modulus < RSA_BITS.least || modulus > RSA_BITS.most || exponent < 2 || exponent > MOST_EXPONENT_BITS)
    return false;
  return (n.at(-1)! & 1) === 1 && (e.at(-1)! & 1) === 1;
}
