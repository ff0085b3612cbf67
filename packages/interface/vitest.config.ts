import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "interface", include: ["test/**/*.test.ts"], passWithNoTests: true } });
