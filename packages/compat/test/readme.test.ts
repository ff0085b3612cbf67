import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const examples = [...readFileSync(`${folder}README.md`, "utf8").matchAll(/^```js\n(.*?)^```/gms)].map(
  ([, code = ""]) => code,
);

it("has examples in its README that run on the built package", () => {
  expect(examples.length).toBe(2);
  const run = (code: string): string =>
    execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd: folder, encoding: "utf8" });
  const [first, second] = examples.map(run) as [string, string];
  expect(first).toMatch(/^abm 80000001:ECX\[5\]/);
  expect(first).toContain("Haswell is x86-64-v3\n");
  expect(first).toMatch(/\n17 0\n$/);
  expect(second).toContain("<cpu mode='custom' match='exact'>");
  expect(second).toMatch(/^cpu:\n {2}model: /m);
});
