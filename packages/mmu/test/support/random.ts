/** Seed of a property test: `ISG_SEED` repeats a failing run, whose title names its seed. */
export const seed: number = Number(process.env["ISG_SEED"] ?? Date.now() % 1_000_000_007) >>> 0;

/** mulberry32: 32-bit state, good enough to choose test cases. */
export class Random {
  #state: number;

  constructor(start: number) {
    this.#state = start >>> 0;
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.bits() % limit;
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  big(): bigint {
    return (BigInt(this.bits()) << 32n) | BigInt(this.bits());
  }
}
