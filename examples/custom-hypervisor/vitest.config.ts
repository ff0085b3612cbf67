import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "custom-hypervisor", include: ["test/**/*.test.ts"], testTimeout: 60_000 },
});
