// Puts the suite's result into docs/performance.md, between the two marks there, and its charts beside it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readOptions } from "./lib/options.mjs";
import { writeCharts } from "./lib/suite-charts.mjs";
import { summarise } from "./lib/suite-summary.mjs";
import { suiteTables } from "./lib/suite-tables.mjs";

const usage = `usage: npm run bench -- report FILE.json...

Rewrites the generated part of docs/performance.md and docs/performance-*.svg from files that \`npm run bench -- suite --output FOLDER\` wrote. The runs of several
files count as one suite; they must come from one host.`;
const BEGIN = "<!-- suite: begin -->";
const END = "<!-- suite: end -->";
const docs = fileURLToPath(new URL("../docs/", import.meta.url));

const { words } = readOptions(usage, {}, true);
if (words.length === 0) stop(usage);
const reports = words.map(read);
const hosts = new Set(reports.map((report) => JSON.stringify(report.host)));
if (hosts.size > 1) stop(`the files come from different hosts: ${[...hosts].join(", ")}`);
const summary = summarise(reports.flatMap((report) => report.runs));
const charts = writeCharts(docs, summary);
const page = `${docs}performance.md`;
const text = readFileSync(page, "utf8");
const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (begin < 0 || end < begin) stop(`${page}: the lines ${BEGIN} and ${END} are needed, in this order`);
writeFileSync(page, `${text.slice(0, begin)}${[BEGIN, "", ...section(), ""].join("\n")}${text.slice(end)}`);
console.log(`wrote ${page}, ${Object.values(charts).join(", ")}`);

function section() {
  const [{ host }] = reports;
  const rounds = reports.reduce((sum, report) => sum + report.rounds, 0);
  const loads = reports.flatMap((report) => [report.load[0], report.loadAtEnd[0]]);
  const dates = [...new Set(reports.map((report) => report.date.slice(0, 10)))].join(", ");
  const of = (pick) => [...new Set(reports.flatMap(pick))].filter(Boolean).join(", ");
  return [
    `Medians of ${rounds} round${rounds === 1 ? "" : "s"} in turns on ${host.cpu}, ${host.cpus} CPUs, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, ${dates};`,
    `Node ${of((report) => report.versions.nodes)}; ${of((report) => [report.versions.qemu])}; v86 ${of((report) => [report.versions.v86])}; Isinglass at ${of((report) => [report.versions.isinglass])}.`,
    "",
    ...suiteTables(summary),
    ...Object.entries(charts).flatMap(([guest, file]) => [
      "",
      `![CPU seconds as a multiple of QEMU's, ${guest}](${file})`,
    ]),
  ];
}

function read(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    stop(`${path}: ${error.message}`);
  }
  if (report?.format !== 1 || !Array.isArray(report.runs))
    stop(`${path}: not a file of \`npm run bench -- suite --output\``);
  return report;
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
