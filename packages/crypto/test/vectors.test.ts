import { describe, expect, it } from "vitest";
import { type CryptoProvider, noble, webCrypto } from "../src/index.js";
import { nodeCrypto } from "../src/node/index.js";
import { casesOf, runCases } from "./support/cases.js";
import { haveVectors, vectorPaths, vectorText } from "./support/vector-files.js";

// One in so many of each file; `pnpm --filter @isinglass/crypto vectors` takes all.
const EVERY = Number(process.env["ISG_CRYPTO_EVERY"] ?? "37");
const found = haveVectors();
const providers: CryptoProvider[] = [noble, nodeCrypto, webCrypto(globalThis.crypto.subtle)];

describe.runIf(found)("published vectors", () => {
  it.each(providers.map((provider) => [provider.name, provider] as const))(
    "%s gives what they say",
    async (_name, provider) => {
      const passed: Record<string, number> = {};
      const failed: string[] = [];
      for (const path of vectorPaths()) {
        const cases = casesOf(path, vectorText(path)).filter((_, i) => i % EVERY === 0);
        expect([path, cases.length]).not.toEqual([path, 0]);
        const result = await runCases(cases, provider);
        for (const [operation, count] of Object.entries(result.passed))
          passed[operation] = (passed[operation] ?? 0) + count;
        failed.push(...result.failed);
      }
      if (EVERY === 1) console.log(provider.name, JSON.stringify(passed));
      expect(failed).toEqual([]);
      expect(Object.keys(passed).sort()).toEqual(["cmac", "digest", "ecdsa", "gcm", "hkdf", "hmac", "rsa", "xts"]);
    },
    1_800_000,
  );
});
