import type { SnapshotValue } from "@isinglass/interface";
import type { DescriptorChain } from "./chain.js";
import type { VirtioModel } from "./model.js";
import { DEVICE_ENTROPY } from "./spec.js";
import { StateReader } from "./state.js";

// Entropy device: VIRTIO 1.2, section 5.4.

/** Where random bytes come from. A source with a state has it saved with the machine, so that a restored one goes on alike. */
export interface EntropySource {
  /** Fills `into`. */
  fill(into: Uint8Array): void;
  save?(): SnapshotValue;
  /** @throws ISG_SNAPSHOT_BAD_STATE */
  load?(state: SnapshotValue): void;
}

/** Most that one request gets; the device may return fewer bytes than there is room for (5.4.6.1). */
const REQUEST_MAX = 1 << 16;

export interface VirtioRngOptions {
  readonly entropy: EntropySource;
}

/** A random number generator with one queue. */
export class VirtioRng implements VirtioModel {
  readonly name = "virtio-rng";
  readonly deviceType: number = DEVICE_ENTROPY;
  readonly pciClass = 0x00_ff00;
  readonly features: readonly number[] = [];
  readonly queueSizes: readonly number[] = [64];
  readonly config: Uint8Array = new Uint8Array(0);
  readonly #entropy: EntropySource;
  readonly #buffer = new Uint8Array(REQUEST_MAX);

  constructor(options: VirtioRngOptions) {
    this.#entropy = options.entropy;
  }

  attach(): void {
    // It never speaks first.
  }

  handle(_queue: number, chain: DescriptorChain): number | null {
    const bytes = this.#buffer.subarray(0, Math.min(chain.writable, REQUEST_MAX));
    // 5.4.6.1: the driver must not put device-readable buffers into the queue; an empty request has no answer either.
    if (chain.readable > 0 || bytes.length === 0) return null;
    this.#entropy.fill(bytes);
    return chain.write(bytes) ? bytes.length : null;
  }

  reset(): void {
    // Nothing is remembered between requests.
  }

  save(): SnapshotValue {
    return { entropy: this.#entropy.save?.() ?? null };
  }

  load(state: SnapshotValue): void {
    const entropy = new StateReader(this.name, state).value("entropy");
    if (this.#entropy.load !== undefined) this.#entropy.load(entropy);
  }
}

/**
 * Random-looking bytes from a seed, the same on each run: for deterministic machines and tests. Not secure: whoever knows the seed, or enough of the bytes, knows
 * the rest. The generator is xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32.
 */
export class SeededEntropy implements EntropySource {
  readonly #state = new Uint32Array(4);

  /** @param seed an integer; its low 32 bits count */
  constructor(seed: number) {
    let x = seed | 0;
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e37_79b9) | 0;
      let z = Math.imul(x ^ (x >>> 16), 0x21f0_aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
      this.#state[i] = z ^ (z >>> 15);
    }
  }

  #next(): number {
    const s = this.#state;
    const product = Math.imul(s[1]!, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result >>> 0;
  }

  fill(into: Uint8Array): void {
    for (let i = 0; i < into.length; i += 4) {
      const word = this.#next();
      for (let k = 0; k < 4 && i + k < into.length; k++) into[i + k] = word >>> (8 * k);
    }
  }

  save(): SnapshotValue {
    return { words: Array.from(this.#state) };
  }

  load(state: SnapshotValue): void {
    const reader = new StateReader("seeded entropy", state);
    const words = reader.words("words", 4);
    // All zeros would stay zero for ever.
    if (words.every((w) => w === 0)) throw reader.bad("all four words are zero");
    this.#state.set(words);
  }
}
