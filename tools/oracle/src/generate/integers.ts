import type { Rng } from "../rng.js";

function boundaries(bits: number): bigint[] {
  const values = new Set<bigint>();
  const add = (value: bigint): void => {
    values.add(BigInt.asUintN(bits, value));
  };
  for (const small of [0n, 1n, 2n, 3n, 7n, 8n, 9n, 10n, 15n, 16n, 99n, 100n]) {
    add(small);
    add(-small);
  }
  for (let i = 1; i <= bits; i++) {
    // Every power of two would drown the extremes in 64 bits: those at byte and word borders and a few others.
    if (bits > 16 && i % 8 > 1 && i % 8 < 7) continue;
    add(1n << BigInt(i));
    add((1n << BigInt(i)) - 1n);
    add((1n << BigInt(i)) + 1n);
    add(-(1n << BigInt(i)));
  }
  for (const pattern of [
    0x5555_5555_5555_5555n,
    0xaaaa_aaaa_aaaa_aaaan,
    0x0123_4567_89ab_cdefn,
    0xfedc_ba98_7654_3210n,
    0x8000_0000_8000_0000n,
    0x7fff_7fff_7fff_7fffn,
    0x8000_8000_8000_8000n,
    0x8080_8080_8080_8080n,
    0x7f7f_7f7f_7f7f_7f7fn,
  ])
    add(pattern);
  return [...values];
}

const pools = new Map<number, readonly bigint[]>();
for (const bits of [1, 2, 4, 8, 16, 32, 64]) pools.set(bits, boundaries(bits));
const extremes = new Map<number, readonly bigint[]>();
for (const bits of [8, 16, 32, 64]) {
  const top = 1n << BigInt(bits - 1);
  extremes.set(bits, [0n, 1n, 2n, top - 1n, top, top + 1n, top * 2n - 2n, top * 2n - 1n]);
}

/** Tells to leave the noise that is there: it is random already, and costs nothing in the recorded vectors. */
export const KEEP = -1n;

/** An integer of 8 to 64 bits: an extreme, a boundary value, a small one, or {@link KEEP}. */
export function integerOrKeep(rng: Rng, bits: number): bigint {
  const width = bits > 64 ? 64 : bits;
  const kind = rng.below(100);
  if (kind < 22) return rng.pick(extremes.get(width) ?? pools.get(width)!);
  if (kind < 50) return rng.pick(pools.get(width)!);
  if (kind < 62) return BigInt.asUintN(width, BigInt(rng.below(256)) - 128n);
  return KEEP;
}

/** An integer of 8 to 64 bits: an extreme, a boundary value, a small one or a random one. */
export function randomInteger(rng: Rng, bits: number): bigint {
  const value = integerOrKeep(rng, bits);
  return value === KEEP ? BigInt.asUintN(bits > 64 ? 64 : bits, rng.next64()) : value;
}

/** A repeat or shift count: every value up to a little above 64 is likely, and so are 8-bit extremes. */
export function randomCount(rng: Rng, width: number): number {
  const kind = rng.below(100);
  if (kind < 15) return rng.below(3);
  if (kind < 40) return rng.below(width + 2);
  if (kind < 60) return rng.pick([7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 63, 64, 65, 127, 128, 254, 255]);
  if (kind < 85) return rng.below(70);
  return rng.below(256);
}
