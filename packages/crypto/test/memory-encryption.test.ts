import { createCipheriv } from "node:crypto";
import { Random, seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { XexMemoryEncryption, noble, wasmCrypto } from "../src/index.js";
import { nodeCrypto } from "../src/node/index.js";

function ecb(key: Uint8Array, block: Uint8Array): Uint8Array {
  return createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(block);
}

describe("XEX with a physical-address tweak", () => {
  const random = new Random(seed);
  const [key, tweakKey] = [random.bytes(16), random.bytes(16)];
  const engines = [noble, nodeCrypto, wasmCrypto()].map((one) => new XexMemoryEncryption(one, key, tweakKey));

  it(`is E(P + T) + T, T the sum of a constant for each address bit, seed ${seed}`, () => {
    const addresses = [0, 16, 4096, 0x1_2345_6780, 0xf_ffff_ffff_fff0, 2 ** 32, 2 ** 51 + 32];
    for (const address of addresses) {
      const plain = random.bytes(16);
      const tweak = new Uint8Array(16);
      for (let bit = 4; bit < 52; bit += 1) {
        if ((BigInt(address) >> BigInt(bit)) % 2n === 0n) continue;
        const number = new Uint8Array(16);
        number[0] = bit + 1;
        ecb(tweakKey, number).forEach((byte, i) => (tweak[i]! ^= byte));
      }
      const wanted = ecb(
        key,
        plain.map((byte, i) => byte ^ tweak[i]!),
      ).map((byte, i) => byte ^ tweak[i]!);
      for (const engine of engines) {
        const cipher = new Uint8Array(16);
        engine.encrypt(address, plain, cipher);
        expect([...cipher], `at ${address}`).toEqual([...wanted]);
      }
    }
  });

  it("gives back what it took, across pages and in place", () => {
    for (const engine of engines) {
      const plain = random.bytes(10_000 - (10_000 % 16));
      const memory = plain.slice();
      engine.encrypt(0x7_fff8_0ff0, memory, memory);
      expect(memory).not.toEqual(plain);
      // A piece from the middle, with an address of its own.
      const piece = new Uint8Array(320);
      engine.decrypt(0x7_fff8_0ff0 + 4000, memory.subarray(4000, 4320), piece);
      expect(piece).toEqual(plain.subarray(4000, 4320));
      engine.decrypt(0x7_fff8_0ff0, memory, memory);
      expect(memory).toEqual(plain);
    }
  });

  it("makes equal pages different at different addresses", () => {
    const page = new Uint8Array(4096);
    const seen = new Set<string>();
    for (let i = 0; i < 256; i += 1) {
      const cipher = new Uint8Array(4096);
      engines[1]!.encrypt(i * 4096, page, cipher);
      for (let at = 0; at < 4096; at += 16) seen.add(Buffer.from(cipher.subarray(at, at + 16)).toString("hex"));
    }
    expect(seen.size).toBe(65_536);
  });

  it("makes 1 MB of zeros look random: at least 7.99 bits a byte", () => {
    const cipher = new Uint8Array(1_000_000);
    engines[1]!.encrypt(0, cipher, cipher);
    const counts = new Float64Array(256);
    for (const byte of cipher) counts[byte]! += 1;
    const entropy = counts.reduce(
      (sum, n) => (n === 0 ? sum : sum - (n / cipher.length) * Math.log2(n / cipher.length)),
      0,
    );
    expect(entropy).toBeGreaterThanOrEqual(7.99);
  });

  it("refuses what is not whole blocks", () => {
    const engine = engines[0]!;
    expect(() => engine.encrypt(8, new Uint8Array(16), new Uint8Array(16))).toThrow(/multiples of 16/);
    expect(() => engine.encrypt(0, new Uint8Array(17), new Uint8Array(17))).toThrow(/multiples of 16/);
    expect(() => engine.encrypt(2 ** 52, new Uint8Array(16), new Uint8Array(16))).toThrow(/below 2\^52/);
    expect(() => engine.encrypt(0, new Uint8Array(32), new Uint8Array(16))).toThrow(/as many out as in/);
  });
});
