/** Whether a program runs on a CPU. */
import type { Cpu } from "../cpu.js";
import { LEVELS } from "../levels.js";
import type { Needs, Witness } from "./needs.js";

export interface RunVerdict {
  readonly verdict: "runs" | "does not run" | "unknown";
  readonly why: string;
  /** What it lacks: the place that decides, if there is one. */
  readonly witness: Witness | undefined;
  /** Instructions that silently do something else there. */
  readonly divergences: readonly Witness[];
}

/** Holds needs against a CPU. */
export function verdictOn(needs: Needs, cpu: Cpu): RunVerdict {
  const lacking = (kind: ReadonlyMap<string, Witness>): Witness | undefined =>
    [...kind.values()].find((w) => !cpu.features.has(w.feature) && !cpu.unknown.has(w.feature));
  const untold = (kind: ReadonlyMap<string, Witness>): Witness | undefined =>
    [...kind.values()].find((w) => cpu.unknown.has(w.feature));
  const divergences = [...needs.silent.values()].filter(
    (w) => !cpu.features.has(w.feature) && w.feature !== "ibt" && w.feature !== "cet-ss",
  );
  const made = (verdict: RunVerdict["verdict"], why: string, witness?: Witness): RunVerdict => ({
    verdict,
    why,
    witness,
    divergences,
  });
  // The baseline is of every CPU that is asked about.
  const ofLevel = LEVELS.slice(1, needs.level?.level ?? 0).flat();
  const short = ofLevel.find((name) => !cpu.features.has(name) && !cpu.unknown.has(name));
  const demand = `the note of ${needs.level?.path} demands x86-64-v${needs.level?.level} of the loader`;
  if (short !== undefined) return made("does not run", `${demand}; ${short} is not there`);
  const required = lacking(needs.required);
  if (required !== undefined)
    return made("does not run", `${required.feature} is needed on a path without a guard`, required);
  if (needs.missing.length > 0) return made("unknown", `not found: ${needs.missing.join(", ")}`);
  const open = lacking(needs.open);
  if (open !== undefined) return made("unknown", `${open.feature} is used behind a test that was not understood`, open);
  const dark = untold(needs.required) ?? untold(needs.open);
  const darkLevel = ofLevel.find((name) => cpu.unknown.has(name));
  if (darkLevel !== undefined) return made("unknown", `${demand}; ${cpu.source} says nothing about ${darkLevel}`);
  if (dark !== undefined) return made("unknown", `${cpu.source} says nothing about ${dark.feature}`, dark);
  return made(
    "runs",
    needs.guarded.size === 0 ? "nothing beyond what the CPU has is used" : "what goes beyond the CPU is behind guards",
  );
}
