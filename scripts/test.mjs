// `npm test`: sets the clone up, runs every package's tests in one vitest run, and says last what could not be checked.
// Arguments after `--` go to vitest: `npm test -- packages/mmu`.
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run } from "./lib/run.mjs";
import { setUp } from "./setup.mjs";

await setUp();

const folder = mkdtempSync(join(tmpdir(), "isinglass-test-"));
const report = join(folder, "oracles.txt");
// One run over all projects rather than one vitest per package: it starts once, shares the workers, and prints one total.
let code = await run(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", ...process.argv.slice(2)],
  { env: { ...process.env, ISG_ORACLE_REPORT: report } },
);

const lines = existsSync(report) ? readFileSync(report, "utf8").split("\n") : [];
const missing = [...new Set(lines.filter((line) => line !== ""))].toSorted();
rmSync(folder, { recursive: true });
if (missing.length > 0) {
  const required = process.env["ISG_REQUIRE_ORACLES"] === "1";
  console.log(
    `Oracles that did not run here${required ? ", though all are required" : " (their tests were skipped)"}:`,
  );
  for (const name of missing) console.log(`  - ${name}`);
  if (required && code === 0) code = 1;
}
process.exitCode = code;
