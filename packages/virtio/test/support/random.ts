/** A small seeded generator (mulberry32), so that a failing run can be repeated from the seed in its message. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The seed of a fuzz run: from ISG_SEED or the clock; printed, so that it can be given again. */
export function fuzzSeed(name: string): number {
  const given = process.env["ISG_SEED"];
  const seed = given === undefined ? Date.now() >>> 0 : Number(given) >>> 0;
  process.stdout.write(`${name}: ISG_SEED=${seed}\n`);
  return seed;
}
