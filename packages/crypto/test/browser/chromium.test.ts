import { accessSync, constants } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { requireOracle } from "@isinglass/testkit";
import { chromium } from "playwright-core";
import { build } from "vite";
import { describe, expect, it } from "vitest";
import { haveVectors, vectorPaths, vectorText } from "../support/vector-files.js";

const CHROMIUM = process.env["ISG_CHROMIUM"] ?? "/usr/bin/chromium";
const EVERY = Number(process.env["ISG_CRYPTO_EVERY"] ?? "307");

function hasChromium(): boolean {
  try {
    accessSync(CHROMIUM, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const ready = [requireOracle("chromium", hasChromium()), haveVectors()].every(Boolean);

/** What the page says of a file, for each provider. */
interface FileResult {
  readonly provider: string;
  readonly passed: Record<string, number>;
  readonly failed: string[];
}

/** The page's script, bundled as an application would bundle it. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL("page.ts", import.meta.url)), formats: ["es"], fileName: "page" },
    },
  });
  const output = (Array.isArray(result) ? result[0]! : result) as { output: { code?: string }[] };
  return output.output[0]!.code!;
}

describe.runIf(ready)("in Chromium", () => {
  it("all providers give what the published vectors say", async () => {
    const script = await bundle();
    const server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : '<script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    const totals: Record<string, Record<string, number>> = {};
    const failed: string[] = [];
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction("typeof runFile === 'function'");
      for (const path of vectorPaths()) {
        const call = `runFile(${JSON.stringify(path)}, ${JSON.stringify(vectorText(path))}, ${EVERY})`;
        const results = await page.evaluate<FileResult[]>(call);
        for (const { provider, passed, failed: bad } of results) {
          const total = (totals[provider] ??= {});
          for (const [operation, count] of Object.entries(passed)) total[operation] = (total[operation] ?? 0) + count;
          failed.push(...bad.map((name) => `${provider}: ${name}`));
        }
      }
    } finally {
      await browser.close();
      server.close();
    }
    if (EVERY === 1) console.log("Chromium", JSON.stringify(totals));
    expect(failed).toEqual([]);
    expect(Object.keys(totals["webcrypto"] ?? {}).length).toBe(8);
    expect(totals["webcrypto"]).toEqual(totals["noble"]);
    expect(totals["wasm"]).toEqual(totals["noble"]);
  }, 1_800_000);
});
