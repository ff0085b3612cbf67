/** A small repeatable generator (mulberry32). The seed is printed by the tests that use it and taken from ISG_SEED if set. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  /** The seed of ISG_SEED, or `otherwise`. */
  static fromEnvironment(otherwise: number): Random {
    const given = process.env["ISG_SEED"];
    return new Random(given === undefined || given === "" ? otherwise : Number(given));
  }

  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.below(from.length)];
    if (chosen === undefined) throw new RangeError("pick from an empty list");
    return chosen;
  }

  chance(probability: number): boolean {
    return this.u32() / 2 ** 32 < probability;
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }
}
