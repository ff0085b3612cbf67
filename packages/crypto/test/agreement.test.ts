import { generateKeyPairSync, sign } from "node:crypto";
import { Random, seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  type CryptoProvider,
  HASHES,
  type HashName,
  type RsaPublicKey,
  bigIntToBytes,
  noble,
  toHex,
  wasmCrypto,
  webCrypto,
} from "../src/index.js";
import { nodeCrypto } from "../src/node/index.js";
import { encodePkcs1 } from "../src/rsa.js";
import { makeRsaKey, testRsaKey } from "./support/rsa-key.js";

const INPUTS = Number(process.env["ISG_CRYPTO_INPUTS"] ?? "1000");
const wasm = wasmCrypto();
const web = webCrypto(globalThis.crypto.subtle);
const HASH_NAMES = Object.keys(HASHES) as HashName[];

/** One random question, and how to put it to a provider. */
function question(random: Random): [name: string, ask: (provider: CryptoProvider) => Promise<string>] {
  const hash = random.pick(HASH_NAMES);
  const data = random.bytes(random.below(300));
  const answer = (value: Uint8Array | undefined): string => (value === undefined ? "none" : toHex(value));
  switch (random.below(9)) {
    case 0:
      return [`digest ${hash}`, async (p) => answer(await p.digest(hash, data))];
    case 1: {
      const key = random.bytes(random.below(200));
      return [`hmac ${hash}`, async (p) => answer(await p.hmac(hash, key, data))];
    }
    case 2: {
      const [salt, info, length] = [
        random.bytes(random.below(80)),
        random.bytes(random.below(80)),
        1 + random.below(200),
      ];
      return [`hkdf ${hash}`, async (p) => answer(await p.hkdf(hash, data, salt, info, length))];
    }
    case 3: {
      const key = random.bytes(random.pick([16, 24, 32]));
      return ["cmac", async (p) => answer(await p.cmac(key, data))];
    }
    case 4: {
      const [key, tweak] = [random.bytes(random.pick([32, 64])), random.bytes(16)];
      const unit = random.bytes(17 + random.below(100));
      const bits = 8 * unit.length - random.below(8);
      const [a, b] = [random.below(2) === 0, bits];
      return [
        `xts ${bits}`,
        async (p) => answer(await (a ? p.xtsEncrypt(key, tweak, unit, b) : p.xtsDecrypt(key, tweak, unit, b))),
      ];
    }
    case 5:
    case 6: {
      const options = {
        key: random.bytes(random.pick([16, 24, 32])),
        iv: random.bytes(random.pick([1, 7, 8, 12, 12, 12, 13, 16, 60])),
        aad: random.bytes(random.below(60)),
        tagLength: random.pick([4, 8, 12, 13, 14, 15, 16]),
      };
      const sealed = noble.gcmEncrypt(options, data);
      if (random.below(2) === 0)
        return [`gcm ${options.iv.length}`, async (p) => answer(await p.gcmEncrypt(options, data))];
      if (random.below(2) === 0) sealed[random.below(sealed.length)]! ^= 1 << random.below(8);
      return [`gcm open ${options.iv.length}`, async (p) => answer(await p.gcmDecrypt(options, sealed))];
    }
    case 7: {
      const curve = random.pick(["P-256", "P-384"] as const);
      const privateKey = random.bytes(curve === "P-256" ? 32 : 48);
      privateKey[0]! &= 0x7f;
      const signature = noble.ecdsaSign(curve, hash, privateKey, data);
      const point = noble.ecdsaPublicKey(curve, privateKey);
      if (random.below(2) === 0) signature[random.below(signature.length)]! ^= 1 << random.below(8);
      if (random.below(8) === 0) point[1 + random.below(point.length - 1)]! ^= 1 << random.below(8);
      return [`ecdsa ${curve} ${hash}`, async (p) => String(await p.ecdsaVerify(curve, hash, point, data, signature))];
    }
    default: {
      const key = testRsaKey();
      const padding =
        random.below(2) === 0 ? ({ scheme: "pkcs1" } as const) : ({ scheme: "pss", saltLength: 20 } as const);
      const signature = nodeCrypto.rsaSign(key, hash, padding, data);
      if (random.below(2) === 0) signature[random.below(signature.length)]! ^= 1 << random.below(8);
      return [
        `rsa ${padding.scheme} ${hash}`,
        async (p) => String(await p.rsaVerify(key, hash, padding, data, signature)),
      ];
    }
  }
}

describe("back ends beside each other", () => {
  it(`give one answer to ${INPUTS} random questions, seed ${seed}`, async () => {
    const random = new Random(seed);
    for (let i = 0; i < INPUTS; i += 1) {
      const [name, ask] = question(random);
      const own = await ask(noble);
      const others = [await ask(nodeCrypto), await ask(wasm), await ask(web)];
      if (others.some((other) => other !== own)) expect(others, `question ${i}, ${name}`).toEqual([own, own, own]);
    }
  }, 1_800_000);

  it("leave a Buffer of the caller's as it was", () => {
    const data = Buffer.from(new Random(seed).bytes(40));
    const before = data.toString("hex");
    for (const provider of [noble, nodeCrypto, wasm]) {
      provider.xtsEncrypt(Buffer.alloc(32, 1), Buffer.alloc(16), data);
      provider.gcmEncrypt({ key: Buffer.alloc(16), iv: Buffer.alloc(12) }, data);
      provider.blockCipher(Buffer.alloc(16)).encryptBlocks(data.subarray(0, 16), new Uint8Array(16));
    }
    expect(data.toString("hex")).toBe(before);
  });

  it("verify what the others sign", async () => {
    const key = testRsaKey();
    const random = new Random(seed);
    const message = random.bytes(100);
    const secret = bigIntToBytes(12345678901234567890n, 48);
    for (const signer of [noble, nodeCrypto, web] as CryptoProvider[]) {
      for (const checker of [noble, nodeCrypto, web] as CryptoProvider[]) {
        const names = `${signer.name}, ${checker.name}`;
        for (const padding of [{ scheme: "pkcs1" }, { scheme: "pss", saltLength: 48 }] as const) {
          const made = await signer.rsaSign(key, "SHA-384", padding, message);
          expect([names, await checker.rsaVerify(key, "SHA-384", padding, message, made)]).toEqual([names, true]);
        }
        const made = await signer.ecdsaSign("P-384", "SHA-384", secret, message);
        const point = noble.ecdsaPublicKey("P-384", secret);
        expect([names, await checker.ecdsaVerify("P-384", "SHA-384", point, message, made)]).toEqual([names, true]);
      }
    }
  });

  it.each<[string, RsaPublicKey]>([
    ["of exponent 1, with which everything signs itself", { n: testRsaKey().n, e: Uint8Array.of(1) }],
    ["of an even exponent", { n: testRsaKey().n, e: Uint8Array.of(4) }],
    ["of exponent 0", { n: testRsaKey().n, e: Uint8Array.of(0) }],
    ["of an even modulus", { n: testRsaKey().n.with(255, 2), e: Uint8Array.of(3) }],
    ["of a modulus of 1,016 bits", { n: testRsaKey().n.slice(0, 127).with(126, 1), e: Uint8Array.of(3) }],
    ["of an exponent of 257 bits", { n: testRsaKey().n, e: new Uint8Array(33).fill(1) }],
    ["of a modulus of 16,392 bits", { n: new Uint8Array(2049).fill(0xff), e: Uint8Array.of(3) }],
  ])("take no key %s", async (_what, key) => {
    const message = Uint8Array.of(1, 2, 3);
    const size = key.n.length;
    // What exponent 1 makes a signature of: the padded digest itself.
    const encoded = encodePkcs1("SHA-256", noble.digest("SHA-256", message), size)!;
    for (const provider of [noble, nodeCrypto, wasm, web] as CryptoProvider[])
      // eslint-disable-next-line no-await-in-loop -- four in turn
      for (const signature of [encoded, new Uint8Array(size), new Uint8Array(size).with(size - 1, 1)])
        expect([
          provider.name,
          await provider.rsaVerify(key, "SHA-256", { scheme: "pkcs1" }, message, signature),
        ]).toEqual([provider.name, false]);
  });

  it("take no key of 768 bits, though it signed", async () => {
    const message = Uint8Array.of(1, 2, 3);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 768, publicExponent: 0x10001 });
    const made = new Uint8Array(sign("sha256", message, privateKey));
    const { n, e } = privateKey.export({ format: "jwk" });
    const key = { n: Buffer.from(n!, "base64url"), e: Buffer.from(e!, "base64url") };
    for (const provider of [noble, nodeCrypto, wasm, web] as CryptoProvider[])
      expect([provider.name, await provider.rsaVerify(key, "SHA-256", { scheme: "pkcs1" }, message, made)]).toEqual([
        provider.name,
        false,
      ]);
  });

  it("take a small key and a small odd exponent", async () => {
    const message = Uint8Array.of(1, 2, 3);
    const key = makeRsaKey(1024, 3);
    const made = noble.rsaSign(key, "SHA-256", { scheme: "pkcs1" }, message);
    for (const provider of [noble, nodeCrypto, wasm, web] as CryptoProvider[])
      expect([provider.name, await provider.rsaVerify(key, "SHA-256", { scheme: "pkcs1" }, message, made)]).toEqual([
        provider.name,
        true,
      ]);
  });
});
