import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// 10^7 mutated documents for each parser: hours. `-t NAME` takes one; ISG_ENCLAVE_INPUTS another number, ISG_SEED a seed.
// The package is taken as it is built: what the test runner transforms runs several times slower.
export default defineConfig({
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\//, replacement: fileURLToPath(new URL("./dist/", import.meta.url)) }] },
  test: {
    name: "enclave-fuzz",
    include: ["test/fuzz.test.ts", "test/largest.test.ts"],
    env: { ISG_ENCLAVE_INPUTS: process.env["ISG_ENCLAVE_INPUTS"] ?? "10000000" },
    server: { deps: { external: [/\/(?:packages|tools)\/[a-z]+\/dist\//] } },
  },
});
