// `npm run bench -- browser`: the same boot to a shell in Node and in headless Chromium, in turns: CPU seconds of all processes, and whether the page
// answers clicks meanwhile.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { busyboxRoot } from "@isinglass/machine";
import {
  CHROMIUM,
  PROMPT,
  chooseFiles,
  clickUntil,
  hasChromium,
  openDemo,
  waitForText,
  watchClicks,
} from "./lib/demo-page.mjs";
import { guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { median, printTable } from "./lib/table.mjs";

const options = readOptions(
  "usage: npm run bench -- browser [--kernel FILE] [--busybox FILE] [--rounds N] [--node PATH] [--json FILE]",
  {
    kernel: { type: "string" },
    busybox: { type: "string" },
    rounds: { type: "string", default: "1" },
    node: { type: "string", default: process.execPath },
    json: { type: "string" },
  },
);
const BOOT_MS = 300_000;
const COMMAND_LINE = "console=ttyS0";
/** CPU time beside Node's, and milliseconds for which a click may wait. */
const MOST_CPU = 1.3;
const LONGEST_CLICK = 100;
if (!hasChromium()) {
  console.error(`browser: skipped, there is no ${CHROMIUM} (Debian's package chromium; ISG_CHROMIUM names another)`);
  process.exit(1);
}

const debian = options.kernel === undefined || options.busybox === undefined ? guestFiles() : undefined;
const kernel = options.kernel ?? debian.kernels.cloud;
const busybox = options.busybox ?? debian.busybox;
const folder = mkdtempSync(join(tmpdir(), "isinglass-browser-"));
const initrd = join(folder, "initrd");
writeFileSync(initrd, busyboxRoot(readFileSync(busybox)));
const rounds = [];
try {
  for (let i = 0; i < count(options.rounds, "rounds"); i++) {
    const node = bootInNode();
    const page = await bootInPage();
    rounds.push({ node, page });
    console.error(
      `round ${i + 1}: Node ${node.cpu.toFixed(1)} s, Chromium ${page.cpu.toFixed(1)} s of CPU, slowest click ${page.slowest.toFixed(0)} ms`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
const of = (pick) => median(rounds.map(pick));
printTable(
  ["", "CPU s", "seconds", "beside Node"],
  [
    ["Node", of((r) => r.node.cpu).toFixed(1), of((r) => r.node.seconds).toFixed(1), "1.00"],
    [
      "Chromium, all processes",
      of((r) => r.page.cpu).toFixed(1),
      of((r) => r.page.seconds).toFixed(1),
      of((r) => r.page.cpu / r.node.cpu).toFixed(2),
    ],
  ],
);
const all = rounds.flatMap(({ page }) => page.clicks);
console.log(
  `${all.length} clicks during the boots: median ${median(all).toFixed(0)} ms, slowest ${Math.max(...all).toFixed(0)} ms`,
);
if (of((r) => r.page.cpu / r.node.cpu) > MOST_CPU || Math.max(...all) > LONGEST_CLICK) process.exitCode = 1;
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(rounds, null, 2)}\n`);

function bootInNode() {
  const script = fileURLToPath(new URL("run-sdk-boot.mjs", import.meta.url));
  const args = [script, kernel, initrd, COMMAND_LINE, PROMPT];
  return JSON.parse(execFileSync(options.node, args, { encoding: "utf8", timeout: BOOT_MS }));
}

async function bootInPage() {
  const demo = await openDemo();
  try {
    const { page, cpu } = demo;
    await chooseFiles(page, kernel, initrd);
    await watchClicks(page);
    cpu.findChildren();
    const before = cpu.sample().total;
    const begun = performance.now();
    await page.click('[data-action="boot"]');
    const booted = waitForText(page, 0, PROMPT, BOOT_MS);
    const clicks = await clickUntil(page, booted);
    cpu.findChildren();
    const used = cpu.sample().total - before;
    const seconds = (performance.now() - begun) / 1000;
    await page.click(".machine .xterm");
    await page.keyboard.type("echo $((6 * 7))\n");
    await waitForText(page, 0, "42", 30_000);
    if (demo.problems.length > 0) throw new Error(`the page complained: ${demo.problems.join("; ")}`);
    return { cpu: used, seconds, clicks, slowest: Math.max(...clicks) };
  } finally {
    await demo.close();
  }
}
