// `npm run bench -- claims-repeat`: does `isg claims run` come to the same verdicts each time?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isg } from "./lib/isg.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- claims-repeat [--runs N] [--json FILE] [ID…]

Measures the claims N times (default 3) and compares the verdicts. A run takes a minute or two. --json keeps the last run. Fails on a verdict that is not the
same in all runs.`,
  { runs: { type: "string", default: "3" }, json: { type: "string" } },
  true,
);
const folder = mkdtempSync(join(tmpdir(), "isinglass-claims-"));
const runs = [];
try {
  for (let i = 0; i < count(options.runs, "runs"); i++) {
    const file = join(folder, `${i}.json`);
    isg("claims", "run", ...options.words, "--out", file);
    runs.push(JSON.parse(readFileSync(file, "utf8")));
    console.error(
      `run ${i + 1}: ${runs.at(-1).results.length} rows, ${runs.at(-1).results.filter((r) => r.noisy).length} on a busy machine`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(runs.at(-1), undefined, 1)}\n`);
const verdicts = runs[0].results.map(({ id }) => [
  id,
  ...runs.map(({ results }) => results.find((r) => r.id === id)?.verdict),
]);
printTable(["row", ...runs.map((_, i) => `run ${i + 1}`)], verdicts);
const different = verdicts.filter(([, ...list]) => new Set(list).size > 1);
console.log(
  `${verdicts.length} rows measured ${runs.length} times: ${verdicts.length - different.length} with the same verdict each time`,
);
process.exitCode = different.length === 0 && verdicts.length > 0 ? 0 : 1;
