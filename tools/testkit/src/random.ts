/** A small seeded generator (mulberry32): 32 bits of state, good enough to choose test cases, and a failing run can be made again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits, unsigned. */
  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** The same, signed. */
  int32(): number {
    return this.u32() | 0;
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) out[i] = this.u32() >>> 24;
    return out;
  }

  /** One of the items, of which there is at least one. */
  pick<T>(items: ArrayLike<T>): T {
    return items[this.below(items.length)]!;
  }
}

/** {@link Random.below} as a function. */
export function random(seed: number): (below: number) => number {
  const generator = new Random(seed);
  return (below) => generator.below(below);
}

/** The seed of a run: from ISG_SEED or the clock. For titles, or messages, that name it. */
export const seed: number = Number(process.env["ISG_SEED"] ?? Date.now() % 1_000_000_007) >>> 0;

/** The same {@link seed}, printed with the test's name, so that it can be given again. */
export function fuzzSeed(name: string): number {
  process.stdout.write(`${name}: ISG_SEED=${seed}\n`);
  return seed;
}
