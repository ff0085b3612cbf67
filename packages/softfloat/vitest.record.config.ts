import { defineConfig } from "vitest/config";

// Writes test/vectors/host-cpu.json from the answers of this machine's CPU.
export default defineConfig({ test: { name: "softfloat-record", include: ["test/record.ts"] } });
