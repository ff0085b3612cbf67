import { IsinglassError } from "@isinglass/interface";
import { bigIntToBytes, bytesToBigInt, concatBytes, equalBytes, fromHex } from "./bytes.js";
import { fitsRsa } from "./checks.js";
import type { HashName, RsaPadding, RsaPrivateKey, RsaPublicKey } from "./provider.js";
import { HASHES } from "./provider.js";

// RSA signatures (RFC 8017) on BigInt: no library of @noble's kind has them, and WebCrypto refuses most exponents.
// Nothing here is constant-time: it verifies, and signs with test keys.

type Digest = (hash: HashName, data: Uint8Array) => Uint8Array;

/** DER of DigestInfo up to the digest (RFC 8017, 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<HashName, string>> = {
  "SHA-1": "3021300906052b0e03021a05000414",
  "SHA-224": "302d300d06096086480165030402040500041c",
  "SHA-256": "3031300d060960864801650304020105000420",
  "SHA-384": "3041300d060960864801650304020205000430",
  "SHA-512": "3051300d060960864801650304020305000440",
  "SHA-512/224": "302d300d06096086480165030402050500041c",
  "SHA-512/256": "3031300d060960864801650304020605000420",
  "SHA3-224": "302d300d06096086480165030402070500041c",
  "SHA3-256": "3031300d060960864801650304020805000420",
  "SHA3-384": "3041300d060960864801650304020905000430",
  "SHA3-512": "3051300d060960864801650304020a05000440",
};

/** Base to the exponent, modulo n. */
function modPow(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  let square = base % n;
  for (const bit of exponent.toString(2).split("").reverse()) {
    if (bit === "1") result = (result * square) % n;
    square = (square * square) % n;
  }
  return result % n;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** EMSA-PKCS1-v1_5 (RFC 8017, 9.2); `undefined` if the modulus is too short for the hash. */
export function encodePkcs1(hash: HashName, digest: Uint8Array, length: number): Uint8Array | undefined {
  const info = concatBytes(fromHex(DIGEST_INFO[hash]), digest);
  if (length < info.length + 11) return undefined;
  const out = new Uint8Array(length).fill(0xff);
  out[0] = 0;
  out[1] = 1;
  out[length - info.length - 1] = 0;
  out.set(info, length - info.length);
  return out;
}

/** MGF1 (RFC 8017, B.2.1), XORed onto `target`. */
function mask(digest: Digest, hash: HashName, seed: Uint8Array, target: Uint8Array): void {
  const { size } = HASHES[hash];
  for (let at = 0, counter = 0; at < target.length; at += size, counter += 1) {
    const block = digest(hash, concatBytes(seed, Uint8Array.of(0, 0, counter >> 8, counter)));
    for (let i = 0; i < size && at + i < target.length; i += 1) target[at + i]! ^= block[i]!;
  }
}

/** EMSA-PSS (RFC 8017, 9.1.1); {@link checkRsaSigning} has seen that it fits. */
function encodePss(digest: Digest, hash: HashName, message: Uint8Array, salt: Uint8Array, bits: number): Uint8Array {
  const { size } = HASHES[hash];
  const length = Math.ceil(bits / 8);
  const h = digest(hash, concatBytes(new Uint8Array(8), digest(hash, message), salt));
  const db = new Uint8Array(length - size - 1);
  db[db.length - salt.length - 1] = 1;
  db.set(salt, db.length - salt.length);
  mask(digest, hash, h, db);
  db[0]! &= 0xff >> (8 * length - bits);
  return concatBytes(db, h, Uint8Array.of(0xbc));
}

/** EMSA-PSS-VERIFY (RFC 8017, 9.1.2). */
function checkPss(
  digest: Digest,
  hash: HashName,
  message: Uint8Array,
  encoded: Uint8Array,
  bits: number,
  saltLength: number,
): boolean {
  const { size } = HASHES[hash];
  const unused = 8 * encoded.length - bits;
  if (encoded.length < size + saltLength + 2 || encoded.at(-1) !== 0xbc) return false;
  const db = encoded.slice(0, encoded.length - size - 1);
  const h = encoded.subarray(db.length, db.length + size);
  if (db[0]! >> (8 - unused) !== 0) return false;
  mask(digest, hash, h, db);
  db[0]! &= 0xff >> unused;
  const one = db.length - saltLength - 1;
  for (let i = 0; i < one; i += 1) if (db[i] !== 0) return false;
  if (db[one] !== 1) return false;
  return equalBytes(h, digest(hash, concatBytes(new Uint8Array(8), digest(hash, message), db.subarray(one + 1))));
}

/** RSASSA-PKCS1-V1_5-VERIFY and RSASSA-PSS-VERIFY (RFC 8017, 8.2.2 and 8.1.2). */
export function rsaVerify(
  digest: Digest,
  key: RsaPublicKey,
  hash: HashName,
  padding: RsaPadding,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!fitsRsa(key)) return false;
  const n = bytesToBigInt(key.n);
  const e = bytesToBigInt(key.e);
  const s = bytesToBigInt(signature);
  const bits = bitLength(n);
  if (signature.length !== Math.ceil(bits / 8) || s >= n) return false;
  const value = modPow(s, e, n);
  if (padding.scheme === "pkcs1") {
    const wanted = encodePkcs1(hash, digest(hash, message), signature.length);
    return wanted !== undefined && equalBytes(wanted, bigIntToBytes(value, signature.length));
  }
  const length = Math.ceil((bits - 1) / 8);
  if (bitLength(value) > 8 * length) return false;
  return checkPss(digest, hash, message, bigIntToBytes(value, length), bits - 1, padding.saltLength);
}

/** RSASSA-PKCS1-V1_5-SIGN and RSASSA-PSS-SIGN, by the Chinese remainder theorem (RFC 8017, 5.1.2). */
export function rsaSign(
  digest: Digest,
  key: RsaPrivateKey,
  hash: HashName,
  padding: RsaPadding,
  message: Uint8Array,
  salt: (length: number) => Uint8Array,
): Uint8Array {
  const n = bytesToBigInt(key.n);
  const length = Math.ceil(bitLength(n) / 8);
  const encoded =
    padding.scheme === "pkcs1"
      ? encodePkcs1(hash, digest(hash, message), length)
      : encodePss(digest, hash, message, salt(padding.saltLength), bitLength(n) - 1);
  if (encoded === undefined) throw tooShort(n, hash);
  const m = bytesToBigInt(encoded);
  const { p, q, dp, dq, qi } = rsaParts(key);
  const a = modPow(m, dp, p);
  const b = modPow(m, dq, q);
  const h = (qi * (((a - b) % p) + p)) % p;
  return bigIntToBytes(b + h * q, length);
}

function tooShort(n: bigint, hash: HashName): IsinglassError {
  return new IsinglassError("ISG_CRYPTO_BAD_LENGTH", `RSA modulus of ${bitLength(n)} bits: too short for ${hash}`);
}

/** Refuses to sign with what is no private key, and what a key's modulus is too short for. */
export function checkRsaSigning(key: RsaPrivateKey, hash: HashName, padding: RsaPadding): void {
  const [n, e, d, p, q] = [key.n, key.e, key.d, key.p, key.q].map((part) => bytesToBigInt(part)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const isKey =
    fitsRsa(key) && p > 1n && q > 1n && p * q === n && d < n && (e * d) % (p - 1n) === 1n && (e * d) % (q - 1n) === 1n;
  if (!isKey)
    throw new IsinglassError(
      "ISG_CRYPTO_BAD_KEY",
      "RSA private key: an odd modulus of 1,024 to 16,384 bits that is the product of its primes, an odd exponent from 3 up and its inverse are right",
    );
  const { size } = HASHES[hash];
  const wanted = padding.scheme === "pkcs1" ? DIGEST_INFO[hash].length / 2 + size + 11 : size + padding.saltLength + 2;
  // The first byte of a PSS message may have no bits in it (RFC 8017, 8.1.1).
  const bits = padding.scheme === "pkcs1" ? bitLength(n) : bitLength(n) - 1;
  if (Math.ceil(bits / 8) < wanted) throw tooShort(n, hash);
}

/** What PKCS #1 keys hold beside n, e and d (RFC 8017, A.1.2). */
export function rsaParts(key: RsaPrivateKey): { p: bigint; q: bigint; dp: bigint; dq: bigint; qi: bigint } {
  const [d, p, q] = [bytesToBigInt(key.d), bytesToBigInt(key.p), bytesToBigInt(key.q)];
  // Fermat: q^(p-2) is the inverse of q modulo the prime p.
  return { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: modPow(q, p - 2n, p) };
}
