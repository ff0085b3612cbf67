import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "cpu-x86", include: ["test/**/*.test.ts"], passWithNoTests: true, testTimeout: 60_000 },
});
