import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "machine", testTimeout: 60_000, include: ["test/**/*.test.ts"], passWithNoTests: true },
});
