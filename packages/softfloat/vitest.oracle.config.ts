import { defineConfig } from "vitest/config";

// The long run: a million cases for each operation. The seed stands in the names of the tests.
export default defineConfig({
  test: {
    name: "softfloat-oracle",
    include: ["test/host-cpu.test.ts", "test/transcendental.test.ts"],
    env: { ISG_SOFTFLOAT_CASES: "1000000", ISG_SOFTFLOAT_REPORT: "1", ISG_REQUIRE_ORACLES: "1" },
  },
});
