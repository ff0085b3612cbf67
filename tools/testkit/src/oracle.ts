import { appendFileSync } from "node:fs";

/**
 * Says whether a test may use an oracle (gcc, QEMU, a feature of the host CPU, ...), and records it where it may not.
 *
 * A missing oracle is a line in the file that `ISG_ORACLE_REPORT` names; `npm test` prints those lines last, so that a run that
 * proved less than it could says so. Where `ISG_REQUIRE_ORACLES` is `1` (as in `.ci/run`), a missing oracle is an error instead.
 *
 * @param name what is missing, in a few words that a reader can act on: `gcc`, `QEMU (qemu-system-x86_64)`
 * @param available whether it is there
 * @returns `available`, so that it can be passed straight to `it.runIf`
 * @throws Error if the oracle is missing and all are required
 * @example
 * const gcc = requireOracle("gcc", hasCommand("gcc"));
 * it.runIf(gcc)("agrees with the host CPU", () => {});
 */
export function requireOracle(name: string, available: boolean): boolean {
  if (available) return true;
  if (process.env["ISG_REQUIRE_ORACLES"] === "1") {
    throw new Error(`oracle missing: ${name}; ISG_REQUIRE_ORACLES=1 asks for all of them`);
  }
  const report = process.env["ISG_ORACLE_REPORT"];
  // One short append is atomic enough for the worker processes that share the file.
  if (report !== undefined && report !== "") appendFileSync(report, `${name}\n`);
  return false;
}
