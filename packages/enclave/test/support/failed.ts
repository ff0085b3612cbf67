import type { Verdict } from "../../src/index.js";

/** Names of the checks that failed. */
export function failed(verdict: Verdict): string[] {
  return verdict.checks.filter((check) => !check.passed).map((check) => check.name);
}
