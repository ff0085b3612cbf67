/** Repeatable random numbers (xorshift32). */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** 32 random bits. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** A whole number from 0 up to, but not, `limit`. */
  below(limit: number): number {
    return this.word() % limit;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) out[i] = this.word() >>> 24;
    return out;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** The seed that an environment variable gives, or a new one. It belongs in the name of the test. */
export function seedOf(variable: string): number {
  const given = process.env[variable];
  return given === undefined ? (Date.now() ^ (process.pid << 16)) >>> 0 : Number(given);
}
