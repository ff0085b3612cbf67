import { defineConfig } from "vitest/config";

// All published vectors on every provider, in Node and in Chromium, and the providers beside each other on 10^5 random inputs.
export default defineConfig({
  test: {
    name: "crypto-vectors",
    include: ["test/vectors.test.ts", "test/agreement.test.ts", "test/browser/chromium.test.ts"],
    env: { ISG_CRYPTO_EVERY: "1", ISG_CRYPTO_INPUTS: "100000", ISG_REQUIRE_ORACLES: "1" },
    testTimeout: 1_800_000,
  },
});
