/** A small seeded generator (mulberry32), so that a failing case can be made again. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A uniform int32. */
  int32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return t ^ (t >>> 14);
  }

  /** A uniform integer from 0 to n - 1. */
  below(n: number): number {
    return Math.floor(((this.int32() >>> 0) / 4294967296) * n);
  }

  /** One of the items. */
  pick<T>(items: ArrayLike<T>): T {
    return items[this.below(items.length)]!;
  }
}

/** A seed for one operation, made from the seed of the run and the operation's name. */
export function seedOf(seed: number, name: string): number {
  let hash = seed | 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
