// `npm run bench -- compat-pages`: the pages of `isg matrix` and `isg claims` in headless Chromium, as pictures for people to look at.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM, hasChromium } from "./lib/demo-page.mjs";
import { isg } from "./lib/isg.mjs";
import { readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- compat-pages [--output FOLDER] [--from RUN.json]

Writes the matrix and the claims report in English and Chinese, and takes pictures of them at 1280 and 390 pixels and as printed on A4. --from is what
\`isg claims run --out\` wrote; without it the claims are measured first, which takes a minute. Fails where a page loads anything but itself, complains
or scrolls sideways.`,
  { output: { type: "string", default: "compat-pages" }, from: { type: "string" } },
);
if (!hasChromium()) {
  console.error(
    `compat-pages: skipped, there is no ${CHROMIUM} (Debian's package chromium; ISG_CHROMIUM names another)`,
  );
  process.exit(1);
}
const folder = resolve(options.output);
mkdirSync(folder, { recursive: true });
const measured = options.from ?? join(folder, "claims.json");
if (options.from === undefined) isg("claims", "run", "--out", measured);
const WIDTHS = [1280, 390];
const rows = [];
const wrong = [];
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
try {
  for (const lang of ["en", "zh-CN"]) {
    await look("matrix", lang, ["matrix", "--html"]);
    await look("claims", lang, ["claims", "html", "--from", measured]);
  }
} finally {
  await browser.close();
}
printTable(["page", "language", "width", "requests", "sideways", "complaints"], rows);
console.log(`pictures and PDFs are in ${folder}`);
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function look(name, lang, command) {
  const file = join(folder, `${name}-${lang}.html`);
  isg(...command, file, "--lang", lang);
  for (const width of WIDTHS) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const requests = [];
    const complaints = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (problem) => complaints.push(problem.message));
    await page.goto(pathToFileURL(file).href);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    await page.screenshot({ path: join(folder, `${name}-${lang}-${width}.png`), fullPage: true });
    if (width === WIDTHS[0]) writeFileSync(join(folder, `${name}-${lang}.pdf`), await page.pdf({ format: "A4" }));
    await page.close();
    rows.push([name, lang, width, requests.length, `${sideways} px`, complaints.length]);
    const about = `${name}, ${lang}, ${width} pixels`;
    if (requests.length !== 1) wrong.push(`${about}: it loads ${requests.slice(1).join(", ")}`);
    if (sideways > 0) wrong.push(`${about}: ${sideways} pixels are beyond the edge`);
    if (complaints.length > 0) wrong.push(`${about}: ${complaints.join("; ")}`);
  }
}
