// `npm run bench -- claims-browser RUN.json`: adds to a run of `isg claims` what our engines take in headless Chromium.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { CLASSES } from "@isinglass/compat";
import { chromium } from "playwright-core";
import { build } from "vite";
import { CHROMIUM, hasChromium } from "./lib/demo-page.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { median, printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- claims-browser [--samples N] RUN.json

Times each class of instructions of the claims A3.2 and A4.2 in Chromium, interpreted and compiled by us, N times (default 30), and adds the figures to
RUN.json, which \`isg claims run --out RUN.json\` wrote. \`isg claims html FILE --from RUN.json\` shows them.`,
  { samples: { type: "string", default: "30" } },
  true,
);
const [file] = options.words;
if (file === undefined) {
  console.error("claims-browser: give the file that `isg claims run --out FILE` wrote");
  process.exit(2);
}
if (!hasChromium()) {
  console.error(
    `claims-browser: skipped, there is no ${CHROMIUM} (Debian's package chromium; ISG_CHROMIUM names another)`,
  );
  process.exit(1);
}
const TIERS = { interpreter: "our interpreter, Chromium", jit: "our compiler, Chromium" };
const run = JSON.parse(readFileSync(file, "utf8"));
const samples = count(options.samples, "samples");
const entry = fileURLToPath(new URL("lib/claims-page.mjs", import.meta.url));
const bundled = await build({
  configFile: false,
  logLevel: "warn",
  build: { write: false, lib: { entry, formats: ["es"], fileName: "page" } },
});
const script = bundled[0].output[0].code;
const server = createServer((request, response) => {
  const isScript = request.url === "/page.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : '<script type="module" src="/page.js"></script>');
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const figures = [];
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => typeof globalThis.timeLoop === "function");
  for (const [name, instruction] of Object.entries(CLASSES)) {
    for (const [tier, what] of Object.entries(TIERS)) {
      const taken = await page.evaluate(([i, t, n]) => globalThis.timeLoop(i, t, n), [instruction, tier, samples]);
      figures.push({ what: `${name}, ${what}`, unit: "ns", method: "cpu", text: "", samples: taken });
    }
  }
} finally {
  await browser.close();
  server.close();
}
const names = new Set(figures.map(({ what }) => what));
for (const id of ["A3.2", "A4.2"]) {
  const row = run.results.find((result) => result.id === id);
  if (row === undefined) continue;
  row.figures = [...row.figures.filter(({ what }) => !names.has(what)), ...figures];
}
writeFileSync(file, `${JSON.stringify(run, undefined, 1)}\n`);
printTable(
  ["class", ...Object.values(TIERS)],
  Object.keys(CLASSES).map((name) => [
    name,
    ...Object.values(TIERS).map(
      (what) => `${median(figures.find((f) => f.what === `${name}, ${what}`).samples).toFixed(2)} ns`,
    ),
  ]),
);
