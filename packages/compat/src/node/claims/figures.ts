/** What a measurement of a claim is made of. */
import { type ClaimVerdict, type Figure, median, type OwnEngines, verdictOfFactor } from "../../index.js";

export interface MeasureOptions {
  /** Samples of each timed quantity. */
  readonly samples: number;
  /** Our own engines; without them their figures are not there. */
  readonly own?: OwnEngines;
}

export interface Found {
  readonly figures: readonly Figure[];
  readonly verdict: ClaimVerdict;
  readonly factor?: number;
}

export type Measure = (options: MeasureOptions) => Found | Promise<Found>;

export const data = (what: string, text: string, unit = ""): Figure => ({
  what,
  text,
  unit,
  method: "data",
  samples: [],
});

export const probed = (what: string, text: string): Figure => ({ what, text, unit: "", method: "probe", samples: [] });

export const timed = (what: string, unit: string, samples: readonly number[]): Figure => ({
  what,
  unit,
  method: "cpu",
  text: "",
  samples,
});

/** Without samples there is no factor, and no verdict. */
export const byFactor = (figures: readonly Figure[], factor: number): Found =>
  Number.isFinite(factor)
    ? { figures, verdict: verdictOfFactor(factor), factor }
    : { figures, verdict: "not measured yet" };

/** Ratio of medians. */
export const ratio = (a: readonly number[], b: readonly number[]): number => median(a) / median(b);
