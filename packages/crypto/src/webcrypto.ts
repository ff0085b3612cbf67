import { base64urlnopad } from "@scure/base";
import { bigIntToBytes, concatBytes } from "./bytes.js";
import { checkGcm, fitsCurve, fitsRsa } from "./checks.js";
import { guarded } from "./guard.js";
import { noble } from "./noble.js";
import type { CryptoProvider, CurveName, HashName, RsaPadding, RsaPrivateKey, RsaPublicKey } from "./provider.js";
import { CURVES } from "./provider.js";
import { rsaParts } from "./rsa.js";

/** The part of `crypto.subtle` that is used (W3C Web Cryptography API), so that this library needs no browser's types. */
export interface SubtleCryptoLike {
  digest(algorithm: string, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  importKey(
    format: "raw" | "jwk",
    key: never,
    algorithm: never,
    extractable: boolean,
    usages: readonly never[],
  ): Promise<object>;
  sign(algorithm: never, key: never, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  verify(
    algorithm: never,
    key: never,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
  encrypt(algorithm: never, key: never, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  decrypt(algorithm: never, key: never, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  deriveBits(algorithm: never, key: never, length: number): Promise<ArrayBuffer>;
}

const WEB_HASHES: readonly HashName[] = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/** Base64 for URLs, without padding (RFC 4648, 5); no zeros in front where it is a number. */
function base64url(bytes: Uint8Array, isNumber = false): string {
  const first = isNumber ? bytes.findIndex((byte) => byte !== 0) : 0;
  return base64urlnopad.encode(first > 0 ? bytes.subarray(first) : bytes);
}

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Exponents that browsers take. */
function commonExponent(e: Uint8Array): boolean {
  const text = e.join(",").replace(/^(0,)+/, "");
  return text === "3" || text === "1,0,1";
}

/**
 * The browser's (or Node's) WebCrypto. It answers later, has no CMAC and no XTS, and in browsers no AES-192 and no SHA-224: those, and what else it
 * refuses, are `@noble`'s.
 *
 * @param subtle `globalThis.crypto.subtle`
 */
export function webCrypto(subtle: SubtleCryptoLike): CryptoProvider {
  const importKey = (
    format: "raw" | "jwk",
    key: unknown,
    algorithm: Record<string, unknown>,
    usage: string,
  ): Promise<never> =>
    subtle.importKey(format, key as never, algorithm as never, false, [usage as never]) as Promise<never>;

  const ecKey = (curve: CurveName, point: Uint8Array, d: Uint8Array | undefined): Promise<never> => {
    const size = CURVES[curve];
    const jwk = {
      kty: "EC",
      crv: curve,
      x: base64url(point.subarray(1, 1 + size)),
      y: base64url(point.subarray(1 + size)),
      ...(d === undefined ? {} : { d: base64url(d) }),
    };
    return importKey("jwk", jwk, { name: "ECDSA", namedCurve: curve }, d === undefined ? "verify" : "sign");
  };

  const rsaName = (padding: RsaPadding): Record<string, unknown> =>
    padding.scheme === "pkcs1" ? { name: "RSASSA-PKCS1-v1_5" } : { name: "RSA-PSS", saltLength: padding.saltLength };

  const rsaPublic = (key: RsaPublicKey): Record<string, unknown> => ({
    kty: "RSA",
    n: base64url(key.n, true),
    e: base64url(key.e, true),
  });

  const rsaPrivate = (key: RsaPrivateKey): Record<string, unknown> => {
    const parts = rsaParts(key);
    const number = (value: bigint): string => base64url(bigIntToBytes(value, key.n.length), true);
    const rest = {
      p: number(parts.p),
      q: number(parts.q),
      dp: number(parts.dp),
      dq: number(parts.dq),
      qi: number(parts.qi),
    };
    return { ...rsaPublic(key), d: base64url(key.d, true), ...rest };
  };

  /** Whether WebCrypto refused because of the key or the parameters; then the answer is another's to give. */
  async function orNoble<T>(own: () => Promise<T>, other: () => T): Promise<T> {
    try {
      return await own();
    } catch {
      return other();
    }
  }

  const own: CryptoProvider = {
    name: "webcrypto",
    native: (operation) => operation !== "cmac" && operation !== "xts",
    async digest(hash, data) {
      if (!WEB_HASHES.includes(hash)) return noble.digest(hash, data);
      return new Uint8Array(await subtle.digest(hash, copy(data)));
    },
    async hmac(hash, key, data) {
      // An empty key is refused by the API, not by RFC 2104.
      if (!WEB_HASHES.includes(hash) || key.length === 0) return noble.hmac(hash, key, data);
      const imported = await importKey("raw", copy(key), { name: "HMAC", hash }, "sign");
      return new Uint8Array(await subtle.sign("HMAC" as never, imported, copy(data)));
    },
    async hkdf(hash, input, salt, info, length) {
      if (!WEB_HASHES.includes(hash) || length === 0) return noble.hkdf(hash, input, salt, info, length);
      return orNoble(
        async () => {
          const imported = await importKey("raw", copy(input), { name: "HKDF" }, "deriveBits");
          const how = { name: "HKDF", hash, salt: copy(salt), info: copy(info) };
          return new Uint8Array(await subtle.deriveBits(how as never, imported, 8 * length));
        },
        () => noble.hkdf(hash, input, salt, info, length),
      );
    },
    cmac: (key, data) => noble.cmac(key, data),
    xtsEncrypt: (key, tweak, data, bits) => noble.xtsEncrypt(key, tweak, data, bits),
    xtsDecrypt: (key, tweak, data, bits) => noble.xtsDecrypt(key, tweak, data, bits),
    async gcmEncrypt(options, data) {
      const tagLength = checkGcm(options);
      return orNoble(
        async () => {
          const key = await importKey("raw", copy(options.key), { name: "AES-GCM" }, "encrypt");
          const how = { name: "AES-GCM", iv: copy(options.iv), additionalData: copy(options.aad ?? new Uint8Array(0)) };
          return new Uint8Array(await subtle.encrypt({ ...how, tagLength: 8 * tagLength } as never, key, copy(data)));
        },
        () => noble.gcmEncrypt(options, data),
      );
    },
    async gcmDecrypt(options, data) {
      const tagLength = checkGcm(options);
      if (data.length < tagLength) return undefined;
      // A refusal may be a wrong tag, or an IV or tag length that this implementation does not take: @noble tells which.
      return orNoble<Uint8Array | undefined>(
        async () => {
          const key = await importKey("raw", copy(options.key), { name: "AES-GCM" }, "decrypt");
          const how = { name: "AES-GCM", iv: copy(options.iv), additionalData: copy(options.aad ?? new Uint8Array(0)) };
          return new Uint8Array(await subtle.decrypt({ ...how, tagLength: 8 * tagLength } as never, key, copy(data)));
        },
        () => noble.gcmDecrypt(options, data),
      );
    },
    async ecdsaSign(curve, hash, privateKey, message) {
      if (!WEB_HASHES.includes(hash)) return noble.ecdsaSign(curve, hash, privateKey, message);
      const key = await ecKey(curve, noble.ecdsaPublicKey(curve, privateKey), privateKey);
      return new Uint8Array(await subtle.sign({ name: "ECDSA", hash } as never, key, copy(message)));
    },
    async ecdsaVerify(curve, hash, publicKey, message, signature) {
      if (!fitsCurve(curve, publicKey, signature)) return false;
      if (!WEB_HASHES.includes(hash)) return noble.ecdsaVerify(curve, hash, publicKey, message, signature);
      try {
        const key = await ecKey(curve, publicKey, undefined);
        return await subtle.verify({ name: "ECDSA", hash } as never, key, copy(signature), copy(message));
      } catch {
        return false; // A point off the curve.
      }
    },
    async rsaSign(key, hash, padding, message) {
      if (!WEB_HASHES.includes(hash) || !commonExponent(key.e)) return noble.rsaSign(key, hash, padding, message);
      return orNoble(
        async () => {
          const imported = await importKey("jwk", rsaPrivate(key), { ...rsaName(padding), hash }, "sign");
          return new Uint8Array(await subtle.sign(rsaName(padding) as never, imported, copy(message)));
        },
        () => noble.rsaSign(key, hash, padding, message),
      );
    },
    async rsaVerify(key, hash, padding, message, signature) {
      if (!fitsRsa(key)) return false;
      if (!WEB_HASHES.includes(hash) || !commonExponent(key.e))
        return noble.rsaVerify(key, hash, padding, message, signature);
      return orNoble(
        async () => {
          const imported = await importKey("jwk", rsaPublic(key), { ...rsaName(padding), hash }, "verify");
          return subtle.verify(rsaName(padding) as never, imported, copy(concatBytes(signature)), copy(message));
        },
        () => noble.rsaVerify(key, hash, padding, message, signature),
      );
    },
  };
  return guarded(own, true);
}
