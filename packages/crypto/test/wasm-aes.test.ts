import { createCipheriv } from "node:crypto";
import { Random, seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { wasmCrypto } from "../src/index.js";
import { type Circuit, sboxCircuit } from "../src/wasm/sbox.js";

function ecb(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return createCipheriv(`aes-${8 * key.length}-ecb`, key, null)
    .setAutoPadding(false)
    .update(blocks);
}

/** What a circuit makes of eight bits. */
function run({ gates, outputs }: Circuit, value: number): number {
  const signals = Array.from({ length: 8 }, (_, i) => (value >> i) & 1);
  for (const { op, a, b } of gates) signals.push(op === "xor" ? signals[a]! ^ signals[b]! : signals[a]! & signals[b]!);
  return outputs.reduce((sum, signal, i) => sum | (signals[signal]! << i), 0);
}

describe("AES in WebAssembly", () => {
  it("has the S-box of FIPS 197, figure 7, and undoes it", () => {
    const [sbox, inverse] = [sboxCircuit(false), sboxCircuit(true)];
    expect([0x00, 0x01, 0x53, 0x9a, 0xff].map((value) => run(sbox, value) ^ 0x63)).toEqual([
      0x63, 0x7c, 0xed, 0xb8, 0x16,
    ]);
    const all = Array.from({ length: 256 }, (_, value) => value);
    expect(all.map((value) => run(inverse, run(sbox, value)))).toEqual(all);
    // Ten of them for each eight blocks: more would be felt.
    expect(Math.max(sbox.gates.length, inverse.gates.length)).toBeLessThan(140);
  });

  it(`encrypts and decrypts any count of blocks as OpenSSL does, with two keys in turn, seed ${seed}`, () => {
    const random = new Random(seed);
    const provider = wasmCrypto();
    // 3,976 blocks fit at once.
    for (const blocks of [0, 1, 7, 8, 9, 31, 256, 3975, 3976, 3977, 10_000])
      for (const size of [16, 24, 32]) {
        const keys = [random.bytes(size), random.bytes(size)];
        const ciphers = keys.map((key) => provider.blockCipher(key));
        const plain = random.bytes(16 * blocks);
        for (const [i, cipher] of ciphers.entries()) {
          const out = new Uint8Array(plain.length);
          cipher.encryptBlocks(plain, out);
          expect(Buffer.compare(out, ecb(keys[i]!, plain)), `${blocks} blocks, ${size} bytes of key`).toBe(0);
          cipher.decryptBlocks(out, out);
          expect(Buffer.compare(out, plain)).toBe(0);
        }
      }
  });

  it("says what it does itself", () => {
    const provider = wasmCrypto();
    expect([provider.native("xts"), provider.native("gcm")]).toEqual([true, false]);
    expect(() => provider.blockCipher(new Uint8Array(17))).toThrow(/16, 24 or 32 are right/);
    expect(() => provider.blockCipher(new Uint8Array(16)).encryptBlocks(new Uint8Array(8), new Uint8Array(8))).toThrow(
      /multiple of 16/,
    );
  });
});
