// The demo in headless Chromium: Debian's `chromium`, driven by playwright-core.
import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { ProcessCpu } from "./process-cpu.mjs";

/** Debian's place, or what ISG_CHROMIUM names. */
export const CHROMIUM = process.env["ISG_CHROMIUM"] ?? "/usr/bin/chromium";

export function hasChromium() {
  try {
    accessSync(CHROMIUM, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the shell of `busyboxRoot` prints when it waits. */
export const PROMPT = "guest:/root#";

/** Builds and serves the demo, and opens it in a browser of its own. `close()` ends both. */
export async function openDemo() {
  const root = fileURLToPath(new URL("../../apps/demo", import.meta.url));
  await build({ root, logLevel: "warn" });
  const server = await preview({ root, logLevel: "warn", preview: { port: 0, host: "127.0.0.1" } });
  const browserServer = await chromium.launchServer({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const browser = await chromium.connect(browserServer.wsEndpoint());
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (problem) => problems.push(problem.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  const { port } = server.httpServer.address();
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    problems,
    cpu: new ProcessCpu(browserServer.process().pid),
    async close() {
      await browser.close();
      await browserServer.close();
      await server.close();
    },
  };
}

/** Gives the page its files, as a visitor chooses them. */
export async function chooseFiles(page, kernel, initrd) {
  await page.setInputFiles("#kernel", kernel);
  await page.setInputFiles("#initrd", initrd);
  await page.waitForFunction(() => !document.querySelector("#files").textContent.includes("none yet"));
}

/** Waits for text on the screen of the n-th machine. */
export async function waitForText(page, n, text, timeout) {
  await page.waitForFunction(
    ([index, wanted]) => document.querySelectorAll(".machine .xterm-rows")[index]?.textContent.includes(wanted),
    [n, text],
    { timeout, polling: 250 },
  );
}

/** Counts, in the page, how long each click waits: from the event's own time stamp to when its handler has run and a frame was drawn. */
export async function watchClicks(page) {
  await page.evaluate(() => {
    globalThis.clickDelays = [];
    document.querySelector("h1").addEventListener("click", (event) => {
      requestAnimationFrame(() => globalThis.clickDelays.push(performance.now() - event.timeStamp));
    });
  });
}

/** Clicks until something else is done. @returns milliseconds of each click */
export async function clickUntil(page, done) {
  const { x, y } = await page.locator("h1").boundingBox();
  const progress = { over: false };
  const watch = done.finally(() => {
    progress.over = true;
  });
  while (!progress.over) {
    // A bare click: what page.click() looks at first costs more CPU time than the click.
    await page.mouse.click(x + 5, y + 5);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await watch;
  return page.evaluate(() => globalThis.clickDelays);
}
