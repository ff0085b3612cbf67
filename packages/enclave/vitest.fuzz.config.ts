import { defineConfig } from "vitest/config";

// 10^7 mutated documents for each parser: hours. `-t NAME` takes one; ISG_ENCLAVE_INPUTS another number, ISG_SEED a seed.
export default defineConfig({
  test: {
    name: "enclave-fuzz",
    include: ["test/fuzz.test.ts"],
    env: { ISG_ENCLAVE_INPUTS: process.env["ISG_ENCLAVE_INPUTS"] ?? "10000000" },
  },
});
