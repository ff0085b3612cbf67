import { accessSync, constants } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { requireOracle } from "@isinglass/testkit";
import { chromium } from "playwright-core";
import { build } from "vite";
import { describe, expect, it } from "vitest";
import { NOW } from "../support/authority.js";
import { makeNitro } from "../support/made-nitro.js";
import { collateralFile, makeQuote } from "../support/made-quote.js";
import { makeSnp } from "../support/made-snp.js";
import type { PageInput } from "./page.js";

const CHROMIUM = process.env["ISG_CHROMIUM"] ?? "/usr/bin/chromium";

function hasChromium(): boolean {
  try {
    accessSync(CHROMIUM, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const root = (certificate: Uint8Array): string => toHex(nodeCrypto.digest("SHA-256", certificate));

/** A document of each kind with what it is verified with. */
function inputs(): [string, PageInput][] {
  const [snp, sgx, tdx, nitro] = [makeSnp(), makeQuote("sgx-3"), makeQuote("tdx-4"), makeNitro()];
  const quote = (made: typeof sgx): PageInput => ({
    document: base64(made.quote),
    certificates: [],
    roots: [root(made.chain[2])],
    collateral: collateralFile(made.collateral),
    now: NOW,
  });
  return [
    [
      "SNP report",
      {
        document: base64(snp.report),
        certificates: snp.certificates.map((one) => base64(one)),
        roots: [root(snp.certificates[2])],
        now: NOW,
      },
    ],
    ["SGX quote", quote(sgx)],
    ["TDX quote", quote(tdx)],
    ["Nitro document", { document: base64(nitro.document), certificates: [], roots: [root(nitro.chain[2])], now: NOW }],
  ];
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("page.ts", import.meta.url));
  const lib = { entry, formats: ["es" as const], fileName: "page" };
  const result = await build({ configFile: false, logLevel: "warn", build: { write: false, lib } });
  const output = (Array.isArray(result) ? result[0]! : result) as { output: { code?: string }[] };
  return output.output[0]!.code!;
}

describe.runIf(requireOracle("chromium", hasChromium()))("in Chromium", () => {
  it("documents of each kind are verified and explained as in Node", async () => {
    const script = await bundle();
    const server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : '<script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (problem) => problems.push(problem.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page
        .waitForFunction("typeof check === 'function'", undefined, { timeout: 10_000 })
        .catch(() => expect(problems).toEqual([]));
      for (const [name, input] of inputs()) {
        // eslint-disable-next-line no-await-in-loop -- one page
        const result = await page.evaluate<{ fields: number }>(`check(${JSON.stringify(input)})`);
        expect([name, result]).toMatchObject([name, { accepted: [true, true], refused: [true, true] }]);
        expect(result.fields).toBeGreaterThan(15);
      }
    } finally {
      await browser.close();
      server.close();
    }
  }, 120_000);
});
