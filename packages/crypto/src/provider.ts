/** SHA-1 and the SHA-2 family (FIPS 180-4), SHA-3 (FIPS 202). */
export type HashName =
  | "SHA-1"
  | "SHA-224"
  | "SHA-256"
  | "SHA-384"
  | "SHA-512"
  | "SHA-512/224"
  | "SHA-512/256"
  | "SHA3-224"
  | "SHA3-256"
  | "SHA3-384"
  | "SHA3-512";

/** The curves that attestation uses (SP 800-186). */
export type CurveName = "P-256" | "P-384";

/** Bytes in a digest, and in the block that HMAC pads a key to (FIPS 180-4, figure 1; FIPS 202, table 3). */
export const HASHES: Readonly<Record<HashName, { readonly size: number; readonly block: number }>> = {
  "SHA-1": { size: 20, block: 64 },
  "SHA-224": { size: 28, block: 64 },
  "SHA-256": { size: 32, block: 64 },
  "SHA-384": { size: 48, block: 128 },
  "SHA-512": { size: 64, block: 128 },
  "SHA-512/224": { size: 28, block: 128 },
  "SHA-512/256": { size: 32, block: 128 },
  "SHA3-224": { size: 28, block: 144 },
  "SHA3-256": { size: 32, block: 136 },
  "SHA3-384": { size: 48, block: 104 },
  "SHA3-512": { size: 64, block: 72 },
};

/** Bytes in a coordinate of a curve's points. */
export const CURVES: Readonly<Record<CurveName, number>> = { "P-256": 32, "P-384": 48 };

/** An RSA public key: big-endian numbers (RFC 8017, 3.1). */
export interface RsaPublicKey {
  readonly n: Uint8Array;
  readonly e: Uint8Array;
}

/** An RSA private key with its primes (RFC 8017, 3.2); the rest follows from these. */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: Uint8Array;
  readonly p: Uint8Array;
  readonly q: Uint8Array;
}

/** How an RSA signature is padded: PKCS #1 v1.5 (RFC 8017, 8.2), or PSS (8.1) with a salt of so many bytes, MGF1 with the same hash. */
export type RsaPadding = { readonly scheme: "pkcs1" } | { readonly scheme: "pss"; readonly saltLength: number };

/** AES of whole blocks, each for itself (SP 800-38A, ECB): the building block of the modes here, not a way to hide anything. */
export interface BlockCipher {
  /** `source` and `target` hold a multiple of 16 bytes, and may be the same array. */
  encryptBlocks(source: Uint8Array, target: Uint8Array): void;
  decryptBlocks(source: Uint8Array, target: Uint8Array): void;
}

/** A digest fed in pieces. */
export interface Hasher {
  update(data: Uint8Array): this;
  /** @returns the digest; the hasher is spent */
  digest(): Uint8Array;
}

/** What a primitive is called where a provider says which it does by itself. */
export type Operation = "digest" | "hmac" | "hkdf" | "cmac" | "xts" | "gcm" | "ecdsa" | "rsa";

/** What a value is that some providers have at once and some later. */
export type Eventually<T> = T | Promise<T>;

/** What AES-GCM takes (SP 800-38D). */
export interface GcmOptions {
  /** 16, 24 or 32 bytes. */
  readonly key: Uint8Array;
  /** From one byte up; 12 is what the standard recommends. */
  readonly iv: Uint8Array;
  readonly aad?: Uint8Array;
  /** Bytes in the tag: 4, 8, or 12 to 16; 16 unless given. */
  readonly tagLength?: number;
}

/**
 * The primitives, whoever computes them. Keys and data are bytes; nothing is kept from one call to the next.
 *
 * Curve points are uncompressed (SEC 1, 2.3.3: 04, X, Y), ECDSA signatures r and s side by side, each as long as a coordinate.
 * Wrong lengths throw `ISG_CRYPTO_BAD_LENGTH`. A signature that does not verify is `false`, also where it cannot even be read.
 */
export interface CryptoProvider {
  readonly name: string;
  /** Whether this provider computes the operation itself; if not, it is handed to `@noble`. */
  native(operation: Operation): boolean;
  digest(hash: HashName, data: Uint8Array): Eventually<Uint8Array>;
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Eventually<Uint8Array>;
  /** RFC 5869, extract and expand. */
  hkdf(hash: HashName, input: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Eventually<Uint8Array>;
  /** AES-CMAC, 16 bytes (SP 800-38B). */
  cmac(key: Uint8Array, data: Uint8Array): Eventually<Uint8Array>;
  /**
   * AES-XTS (IEEE 1619): `key` is both keys side by side, 32 or 64 bytes, `tweak` the 16 bytes of the data unit's number.
   *
   * @param bits the data's length where it is not whole bytes: then the last byte holds `bits % 8` bits, the highest first
   */
  xtsEncrypt(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits?: number): Eventually<Uint8Array>;
  xtsDecrypt(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits?: number): Eventually<Uint8Array>;
  /** @returns the ciphertext and after it the tag */
  gcmEncrypt(options: GcmOptions, data: Uint8Array): Eventually<Uint8Array>;
  /** @returns the plaintext, or `undefined` if the tag is wrong */
  gcmDecrypt(options: GcmOptions, data: Uint8Array): Eventually<Uint8Array | undefined>;
  ecdsaSign(curve: CurveName, hash: HashName, privateKey: Uint8Array, message: Uint8Array): Eventually<Uint8Array>;
  ecdsaVerify(
    curve: CurveName,
    hash: HashName,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Eventually<boolean>;
  rsaSign(key: RsaPrivateKey, hash: HashName, padding: RsaPadding, message: Uint8Array): Eventually<Uint8Array>;
  rsaVerify(
    key: RsaPublicKey,
    hash: HashName,
    padding: RsaPadding,
    message: Uint8Array,
    signature: Uint8Array,
  ): Eventually<boolean>;
}

/** A provider that answers at once: what memory encryption and measurements need. */
export interface SyncCryptoProvider extends CryptoProvider {
  hasher(hash: HashName): Hasher;
  blockCipher(key: Uint8Array): BlockCipher;
  /** The public point of a private key. */
  ecdsaPublicKey(curve: CurveName, privateKey: Uint8Array): Uint8Array;
  digest(hash: HashName, data: Uint8Array): Uint8Array;
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  hkdf(hash: HashName, input: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  cmac(key: Uint8Array, data: Uint8Array): Uint8Array;
  xtsEncrypt(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits?: number): Uint8Array;
  xtsDecrypt(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits?: number): Uint8Array;
  gcmEncrypt(options: GcmOptions, data: Uint8Array): Uint8Array;
  gcmDecrypt(options: GcmOptions, data: Uint8Array): Uint8Array | undefined;
  ecdsaSign(curve: CurveName, hash: HashName, privateKey: Uint8Array, message: Uint8Array): Uint8Array;
  ecdsaVerify(
    curve: CurveName,
    hash: HashName,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
  rsaSign(key: RsaPrivateKey, hash: HashName, padding: RsaPadding, message: Uint8Array): Uint8Array;
  rsaVerify(
    key: RsaPublicKey,
    hash: HashName,
    padding: RsaPadding,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}
