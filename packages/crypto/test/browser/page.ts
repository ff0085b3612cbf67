import { type CryptoProvider, type SubtleCryptoLike, noble, wasmCrypto, webCrypto } from "../../src/index.js";
import { casesOf, runCases } from "../support/cases.js";

/** What the test calls in the page: runs one in `every` vectors of a file's text on all providers that a browser has. */
async function runFile(
  path: string,
  text: string,
  every: number,
): Promise<{ provider: string; passed: Record<string, number>; failed: string[] }[]> {
  const web = webCrypto((globalThis as never as { crypto: { subtle: SubtleCryptoLike } }).crypto.subtle);
  const cases = casesOf(path, text).filter((_, i) => i % every === 0);
  const results = [];
  for (const provider of [noble, wasmCrypto(), web] as CryptoProvider[])
    results.push({ provider: provider.name, ...(await runCases(cases, provider)) });
  return results;
}

Object.assign(globalThis, { runFile });
