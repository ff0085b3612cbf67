import { Random, seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { type EncryptedMemory, IntegrityTreeMemory, equalBytes, noble, wasmCrypto } from "../src/index.js";
import { KeyedHash64 } from "../src/gf64.js";
import { nodeCrypto } from "../src/node/index.js";

const ATTACKS = Number(process.env["ISG_CRYPTO_ATTACKS"] ?? "100000");
const SIZE = 64 * 1024;

function fresh(random: Random, provider = nodeCrypto): IntegrityTreeMemory {
  return new IntegrityTreeMemory(provider, SIZE, random.bytes(16), random.bytes(8));
}

/** All that an attacker reaches, in one list. */
function arrays(memory: EncryptedMemory): Uint8Array[] {
  return [memory.data, memory.tags, ...memory.levels];
}

/** Whether a read of a line throws what it should throw. */
function refused(memory: IntegrityTreeMemory, line: number, into: Uint8Array): boolean {
  try {
    memory.read(64 * line, into);
    return false;
  } catch (problem) {
    expect(problem).toMatchObject({ code: "ISG_CRYPTO_INTEGRITY" });
    return true;
  }
}

describe("memory with an integrity tree", () => {
  it("reads zeros at first and then what was written, in plain JavaScript as with OpenSSL", () => {
    for (const provider of [noble, nodeCrypto, wasmCrypto()]) {
      const random = new Random(seed);
      const memory = fresh(random, provider);
      const into = new Uint8Array(SIZE);
      memory.read(0, into);
      expect(into.every((byte) => byte === 0)).toBe(true);
      const model = new Uint8Array(SIZE);
      for (let i = 0; i < 200; i += 1) {
        const at = 64 * random.below(SIZE / 64);
        const data = random.bytes(Math.min(SIZE - at, 64 * (1 + random.below(100))));
        memory.write(at, data);
        model.set(data, at);
      }
      memory.read(0, into);
      expect(equalBytes(into, model)).toBe(true);
    }
  });

  it("encrypts one line anew with each write, though the plaintext is the same", () => {
    const memory = fresh(new Random(seed));
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i += 1) {
      memory.write(64, new Uint8Array(64));
      seen.add(memory.outside.data.slice(64, 128).join());
    }
    expect(seen.size).toBe(1000);
  });

  it(`notices each of ${ATTACKS} changed bits, swaps and replays, seed ${seed}`, () => {
    const random = new Random(seed);
    const memory = fresh(random);
    const parts = arrays(memory.outside);
    const sizes = parts.map((part) => part.length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const into = new Uint8Array(64);
    memory.write(0, random.bytes(SIZE));
    let missed = 0;
    for (let i = 0; i < ATTACKS; i += 1) {
      const kind = i % 3;
      if (kind === 0) {
        // One bit of anything outside the chip: the line that it guards is refused.
        let at = random.below(total);
        let part = 0;
        while (at >= sizes[part]!) at -= sizes[part++]!;
        const line = part === 0 ? at >> 6 : part === 1 ? at >> 3 : (at >> 6) << (3 * (part - 1));
        const bit = 1 << random.below(8);
        parts[part]![at]! ^= bit;
        if (!refused(memory, line, into)) missed += 1;
        parts[part]![at]! ^= bit;
      } else if (kind === 1) {
        // Two lines change places, tags and all.
        const [a, b] = [random.below(SIZE / 64), random.below(SIZE / 64)];
        if (a === b) continue;
        const swap = (array: Uint8Array, size: number): void => {
          const kept = array.slice(a * size, (a + 1) * size);
          array.copyWithin(a * size, b * size, (b + 1) * size);
          array.set(kept, b * size);
        };
        swap(memory.outside.data, 64);
        swap(memory.outside.tags, 8);
        if (!refused(memory, a, into) || !refused(memory, b, into)) missed += 1;
        swap(memory.outside.data, 64);
        swap(memory.outside.tags, 8);
      } else {
        // Everything that was ever outside the chip for this line is put back after a new write: line, tag, and nodes up to a random level.
        const line = random.below(SIZE / 64);
        const levels = random.below(memory.outside.levels.length + 1);
        const places: [Uint8Array, number, number][] = [
          [memory.outside.data, 64 * line, 64],
          [memory.outside.tags, 8 * line, 8],
        ];
        for (let level = 0; level < levels; level += 1)
          places.push([memory.outside.levels[level]!, 64 * (line >> (3 * (level + 1))), 64]);
        const old = places.map(([array, at, size]) => array.slice(at, at + size));
        memory.write(64 * line, random.bytes(64));
        const now = places.map(([array, at, size]) => array.slice(at, at + size));
        places.forEach(([array, at], j) => array.set(old[j]!, at));
        if (!refused(memory, line, into)) missed += 1;
        places.forEach(([array, at], j) => array.set(now[j]!, at));
      }
    }
    expect(missed).toBe(0);
    expect(refused(memory, 5, into)).toBe(false);
  }, 600_000);

  it("writes nothing to the caller's array when it refuses", () => {
    const memory = fresh(new Random(seed));
    memory.write(0, new Uint8Array(SIZE).fill(7));
    memory.outside.data[SIZE - 1]! ^= 1;
    const into = new Uint8Array(SIZE);
    expect(() => memory.read(0, into)).toThrow(/0xffc0/);
    expect(into.every((byte) => byte === 0)).toBe(true);
  });

  it("refuses part of a line and what lies outside", () => {
    const memory = fresh(new Random(seed));
    expect(() => memory.read(32, new Uint8Array(64))).toThrow(/whole lines/);
    expect(() => memory.write(SIZE, new Uint8Array(64))).toThrow(/whole lines/);
    expect(() => new IntegrityTreeMemory(noble, 100, new Uint8Array(16), new Uint8Array(8).fill(1))).toThrow(
      /multiple of 64/,
    );
    for (const key of [new Uint8Array(8), new Uint8Array(7).fill(1)])
      expect(() => new IntegrityTreeMemory(noble, SIZE, new Uint8Array(16), key)).toThrow(/8 are right, not all zero/);
  });

  it("hashes by multiplication in GF(2^64), as long multiplication does", () => {
    const random = new Random(seed);
    const word = (lo: number, hi: number): bigint => BigInt(lo >>> 0) | (BigInt(hi >>> 0) << 32n);
    const multiply = (a: bigint, b: bigint): bigint => {
      let result = 0n;
      for (let i = 0n; i < 64n; i += 1n) if ((b >> i) % 2n === 1n) result ^= a << i;
      for (let i = 127n; i >= 64n; i -= 1n) if ((result >> i) % 2n === 1n) result ^= ((1n << 64n) | 0x1bn) << (i - 64n);
      return result;
    };
    for (let round = 0; round < 50; round += 1) {
      const bytes = random.bytes(8);
      const words = Int32Array.from({ length: 16 }, () => random.u32());
      const key = new DataView(bytes.buffer).getBigUint64(0, true);
      let wanted = 0n;
      for (let i = 0; i < 16; i += 2) wanted = multiply(wanted ^ word(words[i]!, words[i + 1]!), key);
      const hash = new KeyedHash64(bytes);
      hash.run(words, 0, 8);
      expect(word(hash.lo, hash.hi)).toBe(wanted);
    }
  });
});
