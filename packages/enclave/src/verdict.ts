import { printable } from "./explain.js";

/** One thing that was looked at. */
export interface Check {
  /** Stable name, such as `chain.signature`. */
  readonly name: string;
  readonly passed: boolean;
  /** What was found; where it failed, also what would be right. */
  readonly detail: string;
}

/** One thing that was not looked at, because nobody asked for it or what it takes was not given. Whoever relies on it has to look himself. */
export interface Unchecked {
  /** Stable name: that of the check that is missing, such as `key.revocation`, or of the policy's member that asks for it, such as `policy.measurements`. */
  readonly name: string;
  /** What the document says there, and what may be wrong all the same. */
  readonly detail: string;
}

/** The outcome of a verification: accepted only if every check passed. What it does not say is in {@link notChecked}. */
export interface Verdict {
  /** Kind of document, such as `snp-report`. */
  readonly format: string;
  readonly accepted: boolean;
  readonly checks: readonly Check[];
  readonly notChecked: readonly Unchecked[];
}

/** Collects checks. */
export class Checks {
  readonly list: Check[] = [];
  readonly #skipped: Unchecked[] = [];

  /** Records a check; returns whether it passed. */
  add(name: string, passed: boolean, detail: string): boolean {
    this.list.push({ name, passed, detail });
    return passed;
  }

  /** Records that something is not looked at. */
  skip(name: string, detail: string): void {
    this.#skipped.push({ name, detail });
  }

  verdict(format: string): Verdict {
    const accepted = this.list.length > 0 && this.list.every((check) => check.passed);
    return { format, accepted, checks: this.list, notChecked: this.#skipped };
  }
}

/** The verdict as lines: what failed first, then what passed, then what was not looked at. */
export function verdictText(verdict: Verdict): string[] {
  const line = (check: Check): string =>
    `${check.passed ? "ok    " : "FAILED"} ${check.name}: ${printable(check.detail)}`;
  const failed = verdict.checks.filter((check) => !check.passed);
  const passed = verdict.checks.filter((check) => check.passed);
  const skipped = verdict.notChecked.map(({ name, detail }) => `NOT CHECKED ${name}: ${printable(detail)}`);
  const rest = skipped.length === 0 ? "" : `, with ${skipped.length} things not checked`;
  const total = verdict.accepted ? `accepted${rest}` : `refused: ${failed.map((check) => check.name).join(", ")}`;
  return [
    ...failed.map((check) => line(check)),
    ...passed.map((check) => line(check)),
    ...skipped,
    `${verdict.format}: ${total}`,
  ];
}
