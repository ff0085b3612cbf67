import { defineConfig } from "vite";

export default defineConfig({
  // Any folder of any server will do.
  base: "./",
  build: { target: "es2022", outDir: "dist/site" },
  worker: { format: "es" },
});
