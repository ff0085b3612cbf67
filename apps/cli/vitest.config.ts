import { defineConfig } from "vitest/config";

// Most tests start the command itself; on a busy machine that takes its time.
export default defineConfig({
  test: { name: "cli", include: ["test/**/*.test.ts"], passWithNoTests: true, testTimeout: 60_000 },
});
