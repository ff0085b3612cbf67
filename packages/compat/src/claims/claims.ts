/** The claims report: what the article says, what is true, and what was measured. */
import type { Language, Text } from "../report/language.js";
import { say } from "../report/language.js";
import { CONCEPT_ROWS } from "./rows-concepts.js";
import { MEASURED_ROWS } from "./rows-measured.js";
import { OUTLOOK_ROWS } from "./rows-outlook.js";
import { type Summary, summarise } from "./stats.js";

export type Assessment = "true" | "half" | "false" | "open";

export interface Claim {
  readonly id: string;
  readonly assessment: Assessment;
  /** The article's figure, as it has it; empty if the statement has none. */
  readonly figure: string;
  readonly statement: Text;
  readonly truth: Text;
}

/** All 91 claims, in the article's order. */
export const CLAIMS: readonly Claim[] = /* @__PURE__ */ [...CONCEPT_ROWS, ...MEASURED_ROWS, ...OUTLOOK_ROWS].map(
  (row) => {
    const [id = "", assessment = "open", figure = "", en = "", zh = "", truthEn = "", truthZh = ""] = row.split("|");
    return { id, assessment: assessment as Assessment, figure, statement: [en, zh], truth: [truthEn, truthZh] };
  },
);

export type ClaimVerdict = "holds" | "off" | "meaningless" | "unverifiable" | "not measured yet";

/** How a figure was found. */
export type Method = "data" | "probe" | "cpu";

/** One quantity of a row: ours, the host's, another engine's. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly method: Method;
  /** A value that is no sample: a count, a name. */
  readonly text: string;
  /** Raw samples in the order in which they were taken; empty for data. */
  readonly samples: readonly number[];
}

/** What a measurement says about a claim. */
export interface Measurement {
  readonly id: string;
  readonly figures: readonly Figure[];
  /** Verdict, and for `off` the factor between the article's figure and the measured one. */
  readonly verdict: ClaimVerdict;
  readonly factor?: number;
  /** The machine was busy: a calibrating loop took more than 10 % longer before or after. */
  readonly noisy: boolean;
  readonly command: string;
}

/** A run: results by id, with the machine they come from. */
export interface ClaimsRun {
  readonly schema: 1;
  readonly host: string;
  readonly date: string;
  readonly results: readonly Measurement[];
}

/** The verdict of a claim that nothing was measured for. */
export function unmeasuredVerdict(claim: Claim): ClaimVerdict {
  return claim.assessment === "open" ? "unverifiable" : "not measured yet";
}

/** A factor counts as agreement up to here: machines differ by as much. */
const AGREES = 3;

/** Verdict on a figure: the measured value over the article's. */
export function verdictOfFactor(factor: number): ClaimVerdict {
  return factor <= AGREES && factor >= 1 / AGREES ? "holds" : "off";
}

const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);

/** A figure's value alone: the median of its samples. */
export function valueText(figure: Figure): string {
  return figure.samples.length === 0 ? figure.text : digits(summarise(figure.samples).median);
}

/** Its 95 % interval, `0.26–0.28`; empty for what is no sample. */
export function intervalText({ samples }: Figure): string {
  if (samples.length < 2) return "";
  const { low, high } = summarise(samples);
  return `${digits(low)}–${digits(high)}`;
}

/** A figure in text: the median with its interval and the number of samples. */
export function figureText(figure: Figure): string {
  if (figure.samples.length === 0)
    return `${figure.what}: ${figure.text}${figure.unit === "" ? "" : ` ${figure.unit}`}`;
  const s: Summary = summarise(figure.samples);
  const interval = s.n < 2 ? "" : ` (95 %: ${digits(s.low)} to ${digits(s.high)}, n = ${s.n})`;
  return `${figure.what}: ${digits(s.median)} ${figure.unit}${interval}`;
}

const VERDICTS: Readonly<Record<ClaimVerdict, Text>> = {
  holds: ["holds", "成立"],
  off: ["off", "不符"],
  meaningless: ["meaningless", "无意义"],
  unverifiable: ["unverifiable", "无法核实"],
  "not measured yet": ["not measured yet", "尚未测量"],
};

/** The verdict in words. */
export function verdictText(language: Language, verdict: ClaimVerdict, factor?: number): string {
  const words = say(language, VERDICTS[verdict]);
  if (verdict !== "off" || factor === undefined) return words;
  const times = factor >= 1 ? factor : 1 / factor;
  const rounded = times >= 10 ? String(Math.round(times)) : times.toFixed(1);
  return language === "en" ? `off by a factor of ${rounded}` : `相差 ${rounded} 倍`;
}
