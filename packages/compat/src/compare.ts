/** Two CPUs beside each other: what code that was made for the first meets on the second. */
import { type Cpu, cpuLevel } from "./cpu.js";
import { CPU_FEATURES, type CpuFeature } from "./features.js";

/** What becomes of code that uses a feature which is gone. */
export type Consequence =
  /** Its instructions fault with #UD. */
  | "fault"
  /** Its instructions do nothing, or are other instructions: another result without a word. */
  | "diverge"
  /** No instruction belongs to it that is known here: what the machine does changes, or how fast it does it. */
  | "machine";

export interface ChangedFeature {
  readonly feature: CpuFeature;
  readonly consequence: Consequence;
}

export interface CpuComparison {
  /** psABI levels, 0 to 4. */
  readonly levels: readonly [from: number, to: number];
  /** What the second CPU does not have. */
  readonly lost: readonly ChangedFeature[];
  /** What only the second one has; the consequence is that of the way back. */
  readonly gained: readonly ChangedFeature[];
  /** What one of them has and the other's source says nothing about. */
  readonly untold: readonly CpuFeature[];
}

function changed(feature: CpuFeature): ChangedFeature {
  if (feature.absence.kind !== "fault") return { feature, consequence: "diverge" };
  return { feature, consequence: feature.instructions.length > 0 || feature.state !== "" ? "fault" : "machine" };
}

/** Compares two CPUs, in the order of the feature table. */
export function compareCpus(from: Cpu, to: Cpu): CpuComparison {
  const only = (a: Cpu, b: Cpu): CpuFeature[] =>
    CPU_FEATURES.filter(({ name }) => a.features.has(name) && !b.features.has(name));
  const told = (list: readonly CpuFeature[], by: Cpu): ChangedFeature[] =>
    list.filter(({ name }) => !by.unknown.has(name)).map(changed);
  const [lost, gained] = [only(from, to), only(to, from)];
  return {
    levels: [cpuLevel(from), cpuLevel(to)],
    lost: told(lost, to),
    gained: told(gained, from),
    untold: [
      ...lost.filter(({ name }) => to.unknown.has(name)),
      ...gained.filter(({ name }) => from.unknown.has(name)),
    ],
  };
}
