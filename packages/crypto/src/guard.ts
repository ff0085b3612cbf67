import { IsinglassError } from "@isinglass/interface";
import {
  checkAesKey,
  checkBlocks,
  checkBytes,
  checkCurve,
  checkGcm,
  checkHash,
  checkHkdf,
  checkPadding,
  checkXts,
} from "./checks.js";
import type {
  BlockCipher,
  CryptoProvider,
  CurveName,
  Hasher,
  HashName,
  RsaPrivateKey,
  SyncCryptoProvider,
} from "./provider.js";
import { checkRsaSigning } from "./rsa.js";

type Name = Exclude<keyof SyncCryptoProvider, "name" | "native">;
type Checks = { readonly [N in Name]: (...given: Parameters<SyncCryptoProvider[N]>) => void };

function checkEcdsa(curve: CurveName, hash: HashName, key: Uint8Array, message: Uint8Array): void {
  checkCurve(curve);
  checkHash(hash);
  checkBytes("key", key);
  checkBytes("message", message);
}

function xts(key: Uint8Array, tweak: Uint8Array, data: Uint8Array, bits?: number): void {
  checkBytes("XTS key", key);
  checkBytes("XTS tweak", tweak);
  checkBytes("XTS data unit", data);
  checkXts(key, tweak, data, bits ?? 8 * data.length);
}

const CHECKS: Checks = {
  digest(hash, data) {
    checkHash(hash);
    checkBytes("data", data);
  },
  hasher: (hash) => checkHash(hash),
  hmac(hash, key, data) {
    checkHash(hash);
    checkBytes("key", key);
    checkBytes("data", data);
  },
  hkdf(hash, input, salt, info, length) {
    checkHash(hash);
    checkBytes("HKDF input", input);
    checkBytes("HKDF salt", salt);
    checkBytes("HKDF info", info);
    checkHkdf(hash, length);
  },
  cmac(key, data) {
    checkAesKey(key);
    checkBytes("data", data);
  },
  blockCipher: (key) => checkAesKey(key),
  xtsEncrypt: xts,
  xtsDecrypt: xts,
  gcmEncrypt(options, data) {
    checkGcm(options);
    checkBytes("data", data);
  },
  gcmDecrypt(options, data) {
    checkGcm(options);
    checkBytes("data", data);
  },
  ecdsaPublicKey(curve, privateKey) {
    checkCurve(curve);
    checkBytes("private key", privateKey);
  },
  ecdsaSign: checkEcdsa,
  ecdsaVerify(curve, hash, publicKey, message, signature) {
    checkEcdsa(curve, hash, publicKey, message);
    checkBytes("signature", signature);
  },
  rsaSign(key, hash, padding, message) {
    checkHash(hash);
    checkPadding(padding);
    for (const name of ["n", "e", "d", "p", "q"] as const satisfies (keyof RsaPrivateKey)[])
      checkBytes(`RSA key: ${name}`, key[name]);
    checkRsaSigning(key, hash, padding);
    checkBytes("message", message);
  },
  rsaVerify(key, hash, padding, message, signature) {
    checkHash(hash);
    checkPadding(padding);
    checkBytes("RSA modulus", key.n);
    checkBytes("RSA exponent", key.e);
    checkBytes("message", message);
    checkBytes("signature", signature);
  },
};

function guardedHasher(state: Hasher): Hasher {
  let isSpent = false;
  const checkFresh = (): void => {
    if (isSpent) throw new IsinglassError("ISG_CRYPTO_SPENT", "hasher: its digest has been taken; a new one is wanted");
  };
  return {
    update(data) {
      checkFresh();
      checkBytes("data", data);
      state.update(data);
      return this;
    },
    digest() {
      checkFresh();
      isSpent = true;
      return state.digest();
    },
  };
}

function guardedCipher(cipher: BlockCipher): BlockCipher {
  return {
    encryptBlocks(source, target) {
      checkBlocks(source, target);
      cipher.encryptBlocks(source, target);
    },
    decryptBlocks(source, target) {
      checkBlocks(source, target);
      cipher.decryptBlocks(source, target);
    },
  };
}

/**
 * Puts the same checks before every operation of a provider. Without them the answer to a wrong length, key or name is the back end's own: an error of Node's or of a
 * library's in one, a default taken in silence in another (Node signs with a hash of its own choice where the name is not known).
 *
 * @param isLater whether the provider answers with promises: then so does a refusal
 */
export function guarded<P extends CryptoProvider>(provider: P, isLater = false): P {
  const out: Record<string, unknown> = { ...(provider as object) };
  for (const [name, check] of Object.entries(CHECKS) as [Name, (...given: unknown[]) => void][]) {
    const own = (provider as Partial<Record<Name, (...given: unknown[]) => unknown>>)[name];
    if (own === undefined) continue;
    const ask = (...given: unknown[]): unknown => {
      check(...given);
      const answer = own(...given);
      if (name === "hasher") return guardedHasher(answer as Hasher);
      return name === "blockCipher" ? guardedCipher(answer as BlockCipher) : answer;
    };
    // oxlint-disable-next-line typescript/promise-function-async -- `ask` itself answers at once: async would make a promise of each answer of a synchronous provider
    out[name] = isLater ? async (...given: unknown[]) => ask(...given) : ask;
  }
  return out as P;
}
