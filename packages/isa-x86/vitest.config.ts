import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "isa-x86", include: ["test/**/*.test.ts"], passWithNoTests: true, testTimeout: 60_000 },
});
