/** Where a region goes when it is left, and how often: samples of its exits. */
export class ExitProfile {
  /** Counts by linear distance from the page of the region's entry. */
  readonly targets: Map<number, number> = new Map<number, number>();
  total = 0;
  /** How often it has been looked at, and once more. */
  stage = 1;
  /** Entries in the sampling periods that are over, and the length of the one that is not. */
  counted = 0;
  period: number;
  /** How often the region has been grown. */
  readonly grown: number;

  constructor(period: number, grown: number) {
    this.period = period;
    this.grown = grown;
  }

  add(distance: number): void {
    this.targets.set(distance, (this.targets.get(distance) ?? 0) + 1);
    this.total += 1;
  }

  /** Forgets its samples. */
  clear(): void {
    this.targets.clear();
    this.total = 0;
    this.stage = 1;
  }

  /** Distances, the most frequent first, with at least a `1 / least` share of the samples. */
  frequent(least: number): [number, number][] {
    return [...this.targets].filter(([, times]) => times * least >= this.total).sort((p, q) => q[1] - p[1]);
  }
}

/** Steps that are looked ahead. */
const HORIZON = 64;

/** Of the times that control goes on from one root to another, how many stay inside a grown region, on the average from an entry of it. */
export function keptInside(roots: readonly GrowthRoot[]): number {
  const numberOf = new Map(roots.map((root, n) => [root.offset, n]));
  const steps = roots.map(({ offset, part }) => {
    const to: [number, number][] = [];
    for (const [distance, times] of part?.profile.targets ?? []) {
      const next = numberOf.get((offset & ~0xfff) + distance);
      if (next !== undefined) to.push([next, times / part!.profile.total]);
    }
    return to;
  });
  let kept = 0;
  let at = roots.map((_, n) => Number(n === 0));
  for (let step = 0; step < HORIZON; step += 1) {
    const next = roots.map(() => 0);
    at.forEach((share, n) => {
      for (const [to, likely] of steps[n]!) {
        next[to]! += share * likely;
        kept += share * likely;
      }
    });
    at = next;
  }
  return kept;
}

/** A place where a region that is to be grown takes in another. Offsets are relative to the page of the grown region's entry. */
export interface GrowthRoot {
  readonly offset: number;
  /** Most instructions to take from there. */
  readonly instructions: number;
  /** Where the region that begins there went when it was left, the most frequent first. */
  readonly exits: readonly number[];
  /** The region that begins there, where there is one. */
  readonly part?: GrowthPart;
}

/** What is known of a region that begins somewhere. */
export interface GrowthPart {
  readonly instructions: number;
  readonly profile: ExitProfile;
}

export interface GrowthLimits {
  readonly instructions: number;
  /** What is reached on fewer than one in so many exits is left out. */
  readonly least: number;
  /** How far the grown region may reach, in bytes from its page. */
  readonly farthest: number;
  /** Whether an offset is where a call returns to. */
  isReturn(offset: number): boolean;
}

/**
 * Decides which regions a region that is left often takes in: those that it goes to, in order of how often, and those that they go to. Returns
 * are not followed: a function goes back to many places, each of which had better take in the function.
 *
 * @param partAt the region that begins at an offset
 * @returns the region's own root first; undefined if there is nothing to take in, and no exit that could stay inside
 */
export function planGrowth(
  entry: number,
  own: GrowthPart,
  partAt: (offset: number) => GrowthPart | undefined,
  limits: GrowthLimits,
): GrowthRoot[] | undefined {
  const roots: GrowthRoot[] = [];
  const weights = new Map<number, number>();
  const done = new Set<number>();
  let left = limits.instructions;
  const take = (offset: number, part: GrowthPart, weight: number): void => {
    const page = offset & ~0xfff;
    const exits: number[] = [];
    for (const [distance, times] of part.profile.frequent(limits.least)) {
      const target = page + distance;
      exits.push(target);
      if (!done.has(target) && Math.abs(target) <= limits.farthest && !limits.isReturn(target))
        weights.set(target, (weights.get(target) ?? 0) + (weight * times) / part.profile.total);
    }
    roots.push({ offset, instructions: part.instructions, exits, part });
    left -= part.instructions;
  };
  done.add(entry);
  take(entry, own, 1);
  while (weights.size > 0) {
    let best = -1;
    let most = 0;
    for (const [offset, weight] of weights) if (weight > most) [best, most] = [offset, weight];
    weights.delete(best);
    done.add(best);
    if (most * limits.least < 1) break;
    const part = partAt(best);
    if (part !== undefined && part.instructions <= left) take(best, part, most);
  }
  return roots.length > 1 || roots[0]!.exits.includes(entry) ? roots : undefined;
}
