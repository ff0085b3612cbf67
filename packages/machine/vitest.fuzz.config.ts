import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// 10^7 random actions: an hour. ISG_FUZZ_ACTIONS is another number, ISG_SEED a seed.
// The package is taken as it is built: what the test runner transforms runs several times slower.
export default defineConfig({
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\//, replacement: fileURLToPath(new URL("./dist/", import.meta.url)) }] },
  test: {
    name: "machine-fuzz",
    include: ["test/fuzz/long.fuzz.ts"],
    server: { deps: { external: [/\/(?:packages|tools)\/[a-z0-9-]+\/dist\//] } },
  },
});
