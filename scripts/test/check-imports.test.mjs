import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { root } from "../lib/run.mjs";

const table = `
| package | owns | imports |
|---|---|---|
| \`interface\` | types | – |
| \`mmu\` | memory | interface |
| \`cpu\` | semantics | interface, mmu (types) |
| \`apps/cli\` | the command | all above |
`;

const folders = [];

/** Runs the check on a workspace made of these files, over one that is in order. */
function check(files) {
  const folder = mkdtempSync(join(tmpdir(), "isg-imports-"));
  folders.push(folder);
  const all = { "ARCHITECTURE.md": table, ...files };
  for (const path of ["packages/interface", "packages/mmu", "packages/cpu", "apps/cli"])
    all[`${path}/package.json`] ??= "{}";
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const result = spawnSync(process.execPath, [join(root, "scripts/check-imports.mjs"), folder], { encoding: "utf8" });
  return { code: result.status, errors: result.stderr };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("check-imports", () => {
  it("passes what the table allows", () => {
    const result = check({
      "packages/mmu/src/index.ts": `import { a } from "@isinglass/interface"; export const b: number = a;`,
      "packages/cpu/src/index.ts": `import type { B } from "@isinglass/mmu"; // import "@isinglass/engine"\nexport type { B };`,
      "packages/mmu/src/node/file.ts": `import fs from "node:fs"; export const c: object = fs;`,
      "apps/cli/src/main.ts": `import "node:fs"; await import("@isinglass/cpu");`,
    });
    expect(result).toEqual({ code: 0, errors: "" });
  });

  const offences = [
    [
      "an import that the column lacks",
      "packages/interface/src/index.ts",
      `import "@isinglass/mmu";`,
      /does not allow interface to import mmu/,
    ],
    [
      "a re-export that the column lacks",
      "packages/interface/src/index.ts",
      `export * from "@isinglass/mmu";`,
      /does not allow/,
    ],
    [
      "a dynamic import that the column lacks",
      "packages/interface/src/index.ts",
      `void import("@isinglass/mmu");`,
      /does not allow/,
    ],
    [
      "a value import where only types may pass",
      "packages/cpu/src/index.ts",
      `import { type A, b } from "@isinglass/mmu"; b();`,
      /types only/,
    ],
    [
      "a path into another package",
      "packages/mmu/src/index.ts",
      `import "@isinglass/interface/src/a.js";`,
      /a path into the package/,
    ],
    [
      "a relative path out of the package",
      "packages/mmu/src/index.ts",
      `import "../../interface/src/a.js";`,
      /relative path out/,
    ],
    ["Node in a library", "packages/mmu/src/index.ts", `import "node:fs";`, /src\/node/],
    ["Node in a library without the prefix", "packages/mmu/src/index.ts", `import "fs/promises";`, /src\/node/],
    [
      "a dependency that is not declared",
      "packages/mmu/src/index.ts",
      `import "left-pad";`,
      /not among the dependencies/,
    ],
    ["a computed dynamic import", "packages/mmu/src/index.ts", `const n = "a"; void import(n);`, /computed name/],
    [
      "a test that looks down the table",
      "packages/mmu/test/a.test.ts",
      `import "@isinglass/cpu";`,
      /does not allow mmu to import cpu/,
    ],
    [
      "a dependency that the column lacks",
      "packages/mmu/package.json",
      `{"dependencies":{"@isinglass/cpu":"1"}}`,
      /depends on @isinglass\/cpu/,
    ],
    ["a package without a row", "packages/other/package.json", `{}`, /packages\/other: has no row/],
    [
      "a row that looks down",
      "ARCHITECTURE.md",
      table.replace("types | –", "types | mmu"),
      /its row is not further up/,
    ],
    ["a row without a package", "ARCHITECTURE.md", `${table}| \`gone\` | nothing | – |\n`, /packages\/gone is listed/],
  ];
  it.each(offences)("reports %s", (_, path, text, message) => {
    const result = check({ [path]: text });
    expect(result.errors).toMatch(message);
    expect(result.code).toBe(1);
  });

  it("reports files that import each other's values, and lets types go round", () => {
    const ring = check({ "packages/mmu/src/a.ts": `import "./b.js";`, "packages/mmu/src/b.ts": `import "./a.js";` });
    expect(ring.errors).toMatch(
      /import cycle: packages\/mmu\/src\/a.ts -> packages\/mmu\/src\/b.ts -> packages\/mmu\/src\/a.ts/,
    );
    const types = check({
      "packages/mmu/src/a.ts": `import "./b.js";`,
      "packages/mmu/src/b.ts": `import type { A } from "./a.js"; export type B = A;`,
    });
    expect(types.code).toBe(0);
  });
});
