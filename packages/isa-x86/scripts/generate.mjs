// Generates src/generated/*.ts from spec/*.txt. `--check` only says whether the committed files are up to date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readSpec } from "./lib/parse-spec.mjs";
import { buildTables } from "./lib/build-tables.mjs";
import { emitDecodeTables, emitEncodeTables, emitFormFacts } from "./lib/emit.mjs";

/** Returns the generated files as [name, text] pairs. */
export function generate() {
  const spec = readSpec(new URL("../spec/", import.meta.url));
  const tables = buildTables(spec);
  return [
    ["decode-tables.ts", emitDecodeTables(tables)],
    ["encode-tables.ts", emitEncodeTables(tables)],
    ["form-facts.ts", emitFormFacts(spec, tables)],
  ];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const directory = new URL("../src/generated/", import.meta.url);
  const check = process.argv.includes("--check");
  let stale = 0;
  for (const [name, text] of generate()) {
    const url = new URL(name, directory);
    let old = "";
    try {
      old = readFileSync(url, "utf8");
    } catch {
      /* not there yet */
    }
    if (old === text) continue;
    stale++;
    if (check) console.error(`${name} is not what spec/ says: run node scripts/generate.mjs`);
    else {
      mkdirSync(directory, { recursive: true });
      writeFileSync(url, text);
      console.log(`wrote ${name} (${text.length} bytes)`);
    }
  }
  if (check && stale > 0) process.exitCode = 1;
}
