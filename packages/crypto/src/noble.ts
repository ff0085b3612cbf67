import { IsinglassError } from "@isinglass/interface";
import { ghash } from "@noble/ciphers/_polyval.js";
import { cmac, ctr, ecb, gcm } from "@noble/ciphers/aes.js";
import { p256, p384 } from "@noble/curves/nist.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from "@noble/hashes/sha2.js";
import { sha3_224, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { concatBytes, equalBytes } from "./bytes.js";
import { checkGcm, fitsCurve } from "./checks.js";
import { guarded } from "./guard.js";
import type { BlockCipher, CurveName, GcmOptions, HashName, SyncCryptoProvider } from "./provider.js";
import { CURVES } from "./provider.js";
import { rsaSign, rsaVerify } from "./rsa.js";
import { xtsWithKey } from "./xts.js";

const HASH_FUNCTIONS = {
  "SHA-1": sha1,
  "SHA-224": sha224,
  "SHA-256": sha256,
  "SHA-384": sha384,
  "SHA-512": sha512,
  "SHA-512/224": sha512_224,
  "SHA-512/256": sha512_256,
  "SHA3-224": sha3_224,
  "SHA3-256": sha3_256,
  "SHA3-384": sha3_384,
  "SHA3-512": sha3_512,
} as const;

const CURVE_FUNCTIONS = { "P-256": p256, "P-384": p384 } as const;

/** Below so many bytes of IV, `@noble/ciphers` refuses GCM; the standard does not. */
const SHORTEST_IV = 8;

function blockCipher(key: Uint8Array): BlockCipher {
  const kept = new Uint8Array(key);
  // A cipher of the library's encrypts once, so each call makes one. Expanding a key costs as much as four blocks.
  return {
    encryptBlocks(source, target) {
      if (source.length > 0) target.set(ecb(kept, { disablePadding: true }).encrypt(source));
    },
    decryptBlocks(source, target) {
      if (source.length > 0) target.set(ecb(kept, { disablePadding: true }).decrypt(source));
    },
  };
}

/** The length block that ends what GHASH reads (SP 800-38D, 6.4 and 7.1): two 64-bit counts of bits. */
function lengths(a: number, b: number): Uint8Array {
  const block = new Uint8Array(16);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(a) * 8n);
  view.setBigUint64(8, BigInt(b) * 8n);
  return block;
}

function padded(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(data.length / 16) * 16);
  out.set(data);
  return out;
}

/** GCM for IVs that the library refuses. The counter is the library's, of 128 bits: so the 32 low bits must not overflow. */
function gcmShortIv(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, data: Uint8Array, isTag: boolean): Uint8Array {
  const h = new Uint8Array(16);
  blockCipher(key).encryptBlocks(h, h);
  const j0 = ghash(concatBytes(padded(iv), lengths(0, iv.length)), h);
  if (isTag) {
    const hashed = ghash(concatBytes(padded(aad), padded(data), lengths(aad.length, data.length)), h);
    return ctr(key, j0).encrypt(hashed);
  }
  const out = new Uint8Array(data.length);
  const view = new DataView(j0.buffer, j0.byteOffset, 16);
  // Each stretch ends where the 32-bit counter wraps (SP 800-38D, 6.2: inc32).
  for (let at = 0, counter = (view.getUint32(12) + 1) >>> 0; at < data.length;) {
    const room = Math.min(data.length - at, (0x1_0000_0000 - counter) * 16);
    view.setUint32(12, counter);
    out.set(ctr(key, j0).encrypt(data.subarray(at, at + room)), at);
    at += room;
    counter = (counter + Math.ceil(room / 16)) >>> 0;
  }
  return out;
}

function gcmEncrypt(options: GcmOptions, data: Uint8Array): Uint8Array {
  const tagLength = checkGcm(options);
  const { key, iv, aad = new Uint8Array(0) } = options;
  if (iv.length < SHORTEST_IV) {
    const text = gcmShortIv(key, iv, aad, data, false);
    return concatBytes(text, gcmShortIv(key, iv, aad, text, true).subarray(0, tagLength));
  }
  const sealed = gcm(key, iv, aad).encrypt(data);
  return sealed.subarray(0, data.length + tagLength);
}

function gcmDecrypt(options: GcmOptions, data: Uint8Array): Uint8Array | undefined {
  const tagLength = checkGcm(options);
  if (data.length < tagLength) return undefined;
  const text = data.subarray(0, data.length - tagLength);
  // Encrypting ciphertext gives the plaintext, and sealing that again the whole tag, of which a short tag is the beginning.
  const plain = gcmEncrypt({ ...options, tagLength: 16 }, text).subarray(0, text.length);
  const again = gcmEncrypt({ ...options, tagLength: 16 }, plain);
  return equalBytes(again.subarray(0, data.length), data) ? plain.slice() : undefined;
}

const digest = (hash: HashName, data: Uint8Array): Uint8Array => HASH_FUNCTIONS[hash](data);

/** What the library does with a private key; it says with an error of its own that there is no such key. */
function withKey<T>(curve: CurveName, use: () => T): T {
  try {
    return use();
  } catch (problem) {
    throw new IsinglassError(
      "ISG_CRYPTO_BAD_KEY",
      `private key of ${curve}: ${CURVES[curve]} bytes, above zero and below the order of the curve, are right`,
      {},
      { cause: problem },
    );
  }
}

/** Everything in plain JavaScript, by `@noble/ciphers`, `@noble/hashes` and `@noble/curves`: synchronous, in Node and in browsers. */
export const noble: SyncCryptoProvider = guarded<SyncCryptoProvider>({
  name: "noble",
  native: () => true,
  digest,
  hasher(hash) {
    const state = HASH_FUNCTIONS[hash].create();
    return {
      update(data) {
        state.update(data);
        return this;
      },
      digest: () => state.digest(),
    };
  },
  hmac: (hash, key, data) => hmac(HASH_FUNCTIONS[hash], key, data),
  hkdf: (hash, input, salt, info, length) => hkdf(HASH_FUNCTIONS[hash], input, salt, info, length),
  cmac: (key, data) => cmac(data, key),
  blockCipher,
  xtsEncrypt: (key, tweak, data, bits) => xtsWithKey(blockCipher, false, key, tweak, data, bits),
  xtsDecrypt: (key, tweak, data, bits) => xtsWithKey(blockCipher, true, key, tweak, data, bits),
  gcmEncrypt,
  gcmDecrypt,
  ecdsaPublicKey: (curve, privateKey) => withKey(curve, () => CURVE_FUNCTIONS[curve].getPublicKey(privateKey, false)),
  ecdsaSign(curve, hash, privateKey, message) {
    const hashed = digest(hash, message);
    return withKey(curve, () => CURVE_FUNCTIONS[curve].sign(hashed, privateKey, { prehash: false, lowS: false }));
  },
  ecdsaVerify(curve, hash, publicKey, message, signature) {
    if (!fitsCurve(curve, publicKey, signature)) return false;
    try {
      const options = { prehash: false, lowS: false };
      return CURVE_FUNCTIONS[curve].verify(signature, digest(hash, message), publicKey, options);
    } catch {
      return false; // A point off the curve, or r or s out of range.
    }
  },
  rsaSign: (key, hash, padding, message) =>
    rsaSign(digest, key, hash, padding, message, (length) => randomBytes(length)),
  rsaVerify: (key, hash, padding, message, signature) => rsaVerify(digest, key, hash, padding, message, signature),
});
