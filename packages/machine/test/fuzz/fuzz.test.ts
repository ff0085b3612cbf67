import { seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { type Trial, runTrial } from "./campaign.js";
import { CORPUS } from "./corpus.js";

/** What every run does; `npm run fuzz` in this package does 10^7 actions. */
const TRIALS: readonly Trial[] = [
  { seed, tier: "interp", actions: 1400 },
  { seed: seed + 1, tier: "auto", actions: 500 },
  { seed: seed + 2, tier: "jit", actions: 150 },
];

describe("a hostile guest on a whole machine throws nothing, touches nothing else, ends, and can be saved", () => {
  it.each(TRIALS)("$tier, $actions actions (ISG_SEED=$seed)", (trial) => {
    expect(runTrial(trial).actions).toBeGreaterThanOrEqual(trial.actions);
  });

  it.each(CORPUS)("$why: $seed", (trial) => {
    expect(runTrial(trial).actions).toBeGreaterThanOrEqual(trial.actions);
  });
});
