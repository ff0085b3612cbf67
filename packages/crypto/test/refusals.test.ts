import { describe, expect, it } from "vitest";
import {
  type CryptoProvider,
  type CurveName,
  type HashName,
  type RsaPadding,
  type SyncCryptoProvider,
  noble,
  wasmCrypto,
  webCrypto,
} from "../src/index.js";
import { nodeCrypto } from "../src/node/index.js";
import { makeRsaKey, testRsaKey } from "./support/rsa-key.js";

const wasm = wasmCrypto();
const SYNC: readonly SyncCryptoProvider[] = [noble, nodeCrypto, wasm];
const ALL: readonly CryptoProvider[] = [...SYNC, webCrypto(globalThis.crypto.subtle)];

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);
const INPUT = bytes(3);
const MD5 = "MD5" as HashName;
const CURVE = "P-521" as CurveName;
const TEXT = "text" as unknown as Uint8Array;
const NOTHING = undefined as unknown as Uint8Array;
const PKCS1 = { scheme: "pkcs1" } as const;
const OAEP = { scheme: "oaep" } as unknown as RsaPadding;
const pss = (saltLength: number): RsaPadding => ({ scheme: "pss", saltLength });
const gcm = (part: object): { key: Uint8Array; iv: Uint8Array } => ({ key: bytes(16), iv: bytes(12), ...part });
const key = testRsaKey();

/** What every back end is asked, and the code that all refuse with. */
const WRONG: readonly [string, string, (provider: CryptoProvider) => unknown][] = [
  ["a digest by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.digest(MD5, INPUT)],
  ["a digest by constructor", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.digest("constructor" as HashName, INPUT)],
  ["a digest of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.digest("SHA-256", TEXT)],
  ["a digest of nothing", "ISG_CRYPTO_BAD_INPUT", (p) => p.digest("SHA3-256", NOTHING)],
  ["an HMAC by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.hmac(MD5, INPUT, INPUT)],
  ["an HMAC with a key of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.hmac("SHA-256", TEXT, INPUT)],
  ["an HMAC of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.hmac("SHA-256", INPUT, TEXT)],
  ["HKDF by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.hkdf(MD5, INPUT, INPUT, INPUT, 1)],
  ["HKDF of too much", "ISG_CRYPTO_BAD_LENGTH", (p) => p.hkdf("SHA-256", INPUT, INPUT, INPUT, 255 * 32 + 1)],
  ["HKDF of a negative length", "ISG_CRYPTO_BAD_LENGTH", (p) => p.hkdf("SHA-256", INPUT, INPUT, INPUT, -1)],
  ["HKDF of half a byte", "ISG_CRYPTO_BAD_LENGTH", (p) => p.hkdf("SHA-256", INPUT, INPUT, INPUT, 0.5)],
  ["HKDF with info of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.hkdf("SHA-256", INPUT, INPUT, TEXT, 1)],
  ["CMAC with a key of 17 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.cmac(bytes(17), INPUT)],
  ["CMAC with no key", "ISG_CRYPTO_BAD_INPUT", (p) => p.cmac(NOTHING, INPUT)],
  ["XTS with a key of 48 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.xtsEncrypt(bytes(48), bytes(16), bytes(16))],
  ["XTS with a tweak of 15 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.xtsDecrypt(bytes(32), bytes(15), bytes(16))],
  ["XTS of 15 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.xtsEncrypt(bytes(32), bytes(16), bytes(15))],
  ["XTS of NaN bits", "ISG_CRYPTO_BAD_LENGTH", (p) => p.xtsEncrypt(bytes(32), bytes(16), bytes(16), Number.NaN)],
  ["XTS of 129 bits in 16 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.xtsDecrypt(bytes(32), bytes(16), bytes(16), 129)],
  [
    "XTS of more than 2^20 blocks",
    "ISG_CRYPTO_BAD_LENGTH",
    (p) =>
      p.xtsEncrypt(
        Uint8Array.from({ length: 32 }, (_, i) => i),
        bytes(16),
        bytes(2 ** 24 + 16),
      ),
  ],
  ["XTS of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.xtsEncrypt(bytes(32), bytes(16), TEXT)],
  ["GCM with a key of 15 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.gcmEncrypt(gcm({ key: bytes(15) }), INPUT)],
  ["GCM without an IV", "ISG_CRYPTO_BAD_LENGTH", (p) => p.gcmEncrypt(gcm({ iv: bytes(0) }), INPUT)],
  ["GCM with a tag of 11 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.gcmDecrypt(gcm({ tagLength: 11 }), bytes(20))],
  ["GCM with a tag of NaN bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.gcmEncrypt(gcm({ tagLength: Number.NaN }), INPUT)],
  ["GCM with an IV of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.gcmDecrypt(gcm({ iv: TEXT }), bytes(20))],
  ["GCM with additional data of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.gcmEncrypt(gcm({ aad: TEXT }), INPUT)],
  ["GCM of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.gcmDecrypt(gcm({}), TEXT)],
  ["ECDSA by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.ecdsaSign("P-256", MD5, bytes(32), INPUT)],
  ["ECDSA on P-521", "ISG_CRYPTO_UNKNOWN_CURVE", (p) => p.ecdsaSign(CURVE, "SHA-256", bytes(66), INPUT)],
  ["ECDSA with a key of zero", "ISG_CRYPTO_BAD_KEY", (p) => p.ecdsaSign("P-256", "SHA-256", bytes(32, 0), INPUT)],
  [
    "ECDSA with a key above the order",
    "ISG_CRYPTO_BAD_KEY",
    (p) => p.ecdsaSign("P-384", "SHA-384", bytes(48, 255), INPUT),
  ],
  ["ECDSA with a key of 33 bytes", "ISG_CRYPTO_BAD_KEY", (p) => p.ecdsaSign("P-256", "SHA-256", bytes(33), INPUT)],
  ["ECDSA of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.ecdsaSign("P-256", "SHA-256", bytes(32), TEXT)],
  [
    "a check of ECDSA by MD5",
    "ISG_CRYPTO_UNKNOWN_HASH",
    (p) => p.ecdsaVerify("P-256", MD5, bytes(65, 4), INPUT, bytes(64)),
  ],
  [
    "a check of ECDSA on P-521",
    "ISG_CRYPTO_UNKNOWN_CURVE",
    (p) => p.ecdsaVerify(CURVE, "SHA-256", bytes(65, 4), INPUT, bytes(64)),
  ],
  [
    "a check of ECDSA of text",
    "ISG_CRYPTO_BAD_INPUT",
    (p) => p.ecdsaVerify("P-256", "SHA-256", bytes(65, 4), TEXT, bytes(64)),
  ],
  ["RSA by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.rsaSign(key, MD5, PKCS1, INPUT)],
  ["RSA with OAEP", "ISG_CRYPTO_UNKNOWN_PADDING", (p) => p.rsaSign(key, "SHA-256", OAEP, INPUT)],
  ["RSA with a salt of -2 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.rsaSign(key, "SHA-256", pss(-2), INPUT)],
  ["RSA with a salt that does not fit", "ISG_CRYPTO_BAD_LENGTH", (p) => p.rsaSign(key, "SHA-256", pss(223), INPUT)],
  ["RSA with the prime 0", "ISG_CRYPTO_BAD_KEY", (p) => p.rsaSign({ ...key, p: bytes(1, 0) }, "SHA-256", PKCS1, INPUT)],
  ["RSA with another's prime", "ISG_CRYPTO_BAD_KEY", (p) => p.rsaSign({ ...key, p: key.q }, "SHA-256", PKCS1, INPUT)],
  [
    "RSA with another exponent",
    "ISG_CRYPTO_BAD_KEY",
    (p) => p.rsaSign({ ...key, e: bytes(1, 3) }, "SHA-256", PKCS1, INPUT),
  ],
  [
    "RSA with another private exponent",
    "ISG_CRYPTO_BAD_KEY",
    (p) => p.rsaSign({ ...key, d: bytes(256, 5) }, "SHA-512", pss(8), INPUT),
  ],
  ["RSA without a modulus", "ISG_CRYPTO_BAD_KEY", (p) => p.rsaSign({ ...key, n: bytes(0) }, "SHA-256", PKCS1, INPUT)],
  ["RSA with 1,008 bits", "ISG_CRYPTO_BAD_KEY", (p) => p.rsaSign(makeRsaKey(1008, 65_537), "SHA-256", PKCS1, INPUT)],
  ["RSA of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.rsaSign(key, "SHA-256", PKCS1, TEXT)],
  ["a check of RSA by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.rsaVerify(key, MD5, PKCS1, INPUT, bytes(256))],
  [
    "a check of RSA with a salt of -2 bytes",
    "ISG_CRYPTO_BAD_LENGTH",
    (p) => p.rsaVerify(key, "SHA-256", pss(-2), INPUT, bytes(256)),
  ],
  [
    "a check of RSA with OAEP",
    "ISG_CRYPTO_UNKNOWN_PADDING",
    (p) => p.rsaVerify(key, "SHA-256", OAEP, INPUT, bytes(256)),
  ],
  [
    "a check of RSA with a signature of text",
    "ISG_CRYPTO_BAD_INPUT",
    (p) => p.rsaVerify(key, "SHA-256", PKCS1, INPUT, TEXT),
  ],
];

/** What only those that answer at once are asked. */
const WRONG_AT_ONCE: readonly [string, string, (provider: SyncCryptoProvider) => unknown][] = [
  ["a hasher by MD5", "ISG_CRYPTO_UNKNOWN_HASH", (p) => p.hasher(MD5)],
  ["a hasher fed text", "ISG_CRYPTO_BAD_INPUT", (p) => p.hasher("SHA-256").update(TEXT)],
  [
    "a hasher whose digest has been taken",
    "ISG_CRYPTO_SPENT",
    (p) => {
      const hasher = p.hasher("SHA-256");
      hasher.digest();
      return hasher.update(INPUT);
    },
  ],
  [
    "a digest taken twice",
    "ISG_CRYPTO_SPENT",
    (p) => {
      const hasher = p.hasher("SHA-384");
      hasher.digest();
      return hasher.digest();
    },
  ],
  ["a block cipher with a key of 8 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.blockCipher(bytes(8))],
  ["a block cipher with a key of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.blockCipher(TEXT)],
  ["blocks of 17 bytes", "ISG_CRYPTO_BAD_LENGTH", (p) => p.blockCipher(bytes(16)).encryptBlocks(bytes(17), bytes(17))],
  ["blocks into fewer", "ISG_CRYPTO_BAD_LENGTH", (p) => p.blockCipher(bytes(16)).decryptBlocks(bytes(32), bytes(16))],
  ["blocks of text", "ISG_CRYPTO_BAD_INPUT", (p) => p.blockCipher(bytes(16)).encryptBlocks(TEXT, bytes(16))],
  ["no public key", "ISG_CRYPTO_BAD_KEY", (p) => p.ecdsaPublicKey("P-384", bytes(48, 255))],
  ["a public key on P-521", "ISG_CRYPTO_UNKNOWN_CURVE", (p) => p.ecdsaPublicKey(CURVE, bytes(66))],
];

/** The code that an error bears; the error itself where it is none of ours. */
function codeOf(problem: unknown): unknown {
  return problem instanceof Error && problem.name === "IsinglassError"
    ? (problem as Error & { code: string }).code
    : problem;
}

describe("every back end refuses, with the same error of ours,", () => {
  it.each(WRONG)("%s", async (_what, code, ask) => {
    const answers = ALL.map(async (provider) => {
      try {
        return [provider.name, "answered", await ask(provider)];
      } catch (problem) {
        return [provider.name, "refused", codeOf(problem)];
      }
    });
    expect(await Promise.all(answers)).toEqual(ALL.map(({ name }) => [name, "refused", code]));
  });

  it.each(WRONG_AT_ONCE)("%s", (_what, code, ask) => {
    for (const provider of SYNC) {
      let found: unknown = "answered";
      try {
        ask(provider);
      } catch (problem) {
        found = codeOf(problem);
      }
      expect([provider.name, found]).toEqual([provider.name, code]);
    }
  });
});

describe("what one back end cannot do by itself", () => {
  it("is done all the same: GCM with an IV of more than OpenSSL's 128 bytes", async () => {
    const options = { key: bytes(32), iv: bytes(129), aad: bytes(5) };
    const sealed = noble.gcmEncrypt(options, INPUT);
    for (const provider of ALL) {
      // eslint-disable-next-line no-await-in-loop -- four in turn
      expect([provider.name, await provider.gcmEncrypt(options, INPUT)]).toEqual([provider.name, sealed]);
      // eslint-disable-next-line no-await-in-loop -- four in turn
      expect([provider.name, await provider.gcmDecrypt(options, sealed)]).toEqual([provider.name, INPUT]);
    }
  });
});
