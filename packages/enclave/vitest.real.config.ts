import { defineConfig } from "vitest/config";

// Real documents out of the folder that ISG_ENCLAVE_DATA names: 10,000 single-bit flips of each.
export default defineConfig({
  test: {
    name: "enclave-real",
    include: ["test/**/*.test.ts"],
    exclude: ["test/fuzz.test.ts"],
    env: { ISG_ENCLAVE_FLIPS: "10000", ISG_REQUIRE_ORACLES: "1" },
    testTimeout: 3_600_000,
  },
});
