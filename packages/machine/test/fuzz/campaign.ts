import { Episode, type EpisodeResult, type Slice } from "./episode.js";

/** One episode, as a run prints it and as `corpus.ts` keeps it. */
export interface Trial {
  readonly seed: number;
  readonly tier: "interp" | "auto" | "jit";
  readonly actions: number;
}

/** Sums over episodes. */
export interface Totals {
  episodes: number;
  actions: number;
  executed: number;
  saves: number;
  /** The slice that took the host longest, and whose it was. */
  slowest: (Slice & Trial) | undefined;
  readonly byTier: Record<string, number>;
  readonly exits: Record<string, number>;
}

/** Random steps of an episode of the long run. Compiling everything at once costs some ten times as much as the rest: those are shorter and fewer. */
const STEPS = 5000;
const STEPS_COMPILED = 1000;
const COMPILED_EACH = 16;

/** The trial number `index` of a run; both follow from the run's seed. */
export function trial(seed: number, index: number): Trial {
  const turn = index % COMPILED_EACH;
  const tier = turn === 1 ? "jit" : turn % 4 === 2 ? "auto" : "interp";
  return { seed: (seed + index) >>> 0, tier, actions: tier === "jit" ? STEPS_COMPILED : STEPS };
}

/** A trial, with its seed in front of whatever goes wrong. */
export function runTrial(of: Trial, onProgress?: () => void): EpisodeResult {
  try {
    const episode = new Episode(of.seed, of.tier);
    return episode.run({ actions: of.actions, ...(onProgress === undefined ? {} : { onProgress }) });
  } catch (error) {
    throw new Error(`${JSON.stringify(of)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

export function newTotals(): Totals {
  return { episodes: 0, actions: 0, executed: 0, saves: 0, slowest: undefined, byTier: {}, exits: {} };
}

export function addTo(totals: Totals, of: Trial, result: EpisodeResult): void {
  const { tier } = of;
  totals.episodes += 1;
  totals.actions += result.actions;
  totals.executed += result.executed;
  totals.saves += result.saves;
  if (result.slowest.milliseconds > (totals.slowest?.milliseconds ?? 0)) totals.slowest = { ...of, ...result.slowest };
  totals.byTier[tier] = (totals.byTier[tier] ?? 0) + result.actions;
  for (const [reason, count] of Object.entries(result.exits))
    totals.exits[reason] = (totals.exits[reason] ?? 0) + count;
}
