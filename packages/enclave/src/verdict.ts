import { printable } from "./explain.js";

/** One thing that was looked at. */
export interface Check {
  /** Stable name, such as `chain.signature`. */
  readonly name: string;
  readonly passed: boolean;
  /** What was found; where it failed, also what would be right. */
  readonly detail: string;
}

/** The outcome of a verification: accepted only if every check passed. */
export interface Verdict {
  /** Kind of document, such as `snp-report`. */
  readonly format: string;
  readonly accepted: boolean;
  readonly checks: readonly Check[];
}

/** Collects checks. */
export class Checks {
  readonly list: Check[] = [];

  /** Records a check; returns whether it passed. */
  add(name: string, passed: boolean, detail: string): boolean {
    this.list.push({ name, passed, detail });
    return passed;
  }

  verdict(format: string): Verdict {
    return { format, accepted: this.list.length > 0 && this.list.every((check) => check.passed), checks: this.list };
  }
}

/** The verdict as lines: what failed first, then what passed. */
export function verdictText(verdict: Verdict): string[] {
  const line = (check: Check): string =>
    `${check.passed ? "ok    " : "FAILED"} ${check.name}: ${printable(check.detail)}`;
  const failed = verdict.checks.filter((check) => !check.passed);
  const passed = verdict.checks.filter((check) => check.passed);
  const total = verdict.accepted ? "accepted" : `refused: ${failed.map((check) => check.name).join(", ")}`;
  return [...failed.map((check) => line(check)), ...passed.map((check) => line(check)), `${verdict.format}: ${total}`];
}
