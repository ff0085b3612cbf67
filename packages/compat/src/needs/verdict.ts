/** Whether a program runs on a CPU. */
import type { Cpu } from "../cpu.js";
import { LEVELS } from "../levels.js";
import type { Needs, Place, Witness } from "./needs.js";

export interface RunVerdict {
  readonly verdict: "runs" | "does not run" | "unknown";
  readonly why: string;
  /** The place that decides, if there is one. */
  readonly witness: Place | undefined;
  /** Instructions that silently do something else there. */
  readonly divergences: readonly Witness[];
}

/** Names that a reason lists; `--json` has all. */
const MOST_NAMES = 4;

/** Holds needs against a CPU. */
export function verdictOn(needs: Needs, cpu: Cpu): RunVerdict {
  const lacking = (kind: ReadonlyMap<string, Witness>): Witness | undefined =>
    [...kind.values()].find((w) => !cpu.features.has(w.feature) && !cpu.unknown.has(w.feature));
  const untold = (kind: ReadonlyMap<string, Witness>): Witness | undefined =>
    [...kind.values()].find((w) => cpu.unknown.has(w.feature));
  const divergences = [...needs.silent.values()].filter(
    (w) => !cpu.features.has(w.feature) && w.feature !== "ibt" && w.feature !== "cet-ss",
  );
  const made = (verdict: RunVerdict["verdict"], why: string, witness?: Place): RunVerdict => ({
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
  if (needs.unread !== undefined)
    return made("unknown", "no decoder here knows the bytes of an instruction without a guard", needs.unread);
  const loading = needs.loads.find(({ what }) => what !== undefined) ?? needs.loads[0];
  if (loading !== undefined) {
    const names = needs.loads.flatMap(({ what }) => what ?? []);
    const what =
      names.length === 0 ? "" : ` (${names.slice(0, MOST_NAMES).join(", ")}${names.length > MOST_NAMES ? ", …" : ""})`;
    return made("unknown", `${loading.by} takes in code while the program runs${what}, which is not followed`, loading);
  }
  return made(
    "runs",
    needs.guarded.size === 0 ? "nothing beyond what the CPU has is used" : "what goes beyond the CPU is behind guards",
  );
}
