/** Byte strings for decoders, from a seed: half of them plain noise, half built like instructions so that they get further. */

/** xorshift128+ on 32-bit halves would be more than is needed: a 32-bit xorshift (Marsaglia, 2003) does. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** An unsigned 32-bit number. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  below(n: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * n);
  }
}

const PREFIXES = [0x66, 0x66, 0xf2, 0xf2, 0xf3, 0xf3, 0x67, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65];

/** Fills `out` with one case and returns how many of its bytes the decoder may see. */
export function randomCase(random: Random, out: Uint8Array, mode: number): number {
  for (let i = 0; i < out.length; i += 4) {
    const word = random.next();
    for (let j = 0; j < 4 && i + j < out.length; j++) out[i + j] = word >>> (8 * j);
  }
  if (random.below(2) === 0) {
    let at = 0;
    const prefixes = random.below(16) === 0 ? random.below(14) : Math.max(0, random.below(5) - 2);
    for (let i = 0; i < prefixes; i++) out[at++] = PREFIXES[random.below(PREFIXES.length)]!;
    if (mode === 64 && random.below(2) === 0) out[at++] = 0x40 | random.below(16);
    const map = random.below(12);
    if (map >= 2 && map < 6) out[at++] = 0x0f;
    if (map === 4) out[at++] = 0x38;
    if (map === 5) out[at++] = 0x3a;
    if (map === 6) out[at++] = 0xc5;
    if (map >= 7 && map < 10) {
      out[at++] = 0xc4;
      out[at] = (out[at]! & 0xe0) | (1 + random.below(3));
      if (mode !== 64) out[at]! |= 0xc0;
      at++;
      // Half of the forms do not use vvvv: let it be 1111 as often.
      if (random.below(2) === 0) out[at]! |= 0x78;
    }
    if (map === 10) out[at++] = 0xd8 + random.below(8);
  }
  return random.below(8) === 0 ? random.below(out.length + 1) : out.length;
}
