import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

it("runs, and prints what the guest computed", () => {
  const output = execFileSync(process.execPath, [path("dist/main.js")], { encoding: "utf8" });
  // 10 + 9 + … + 1; 2 + 10 × 4 + 3 + vmmcall, cli and hlt instructions.
  expect(output).toContain("the guest says 55\n");
  expect(output).toContain("hlt after 48 instructions; exits: io 11, hlt 1, hypercall 1");
});

it("keeps to the 80 lines that it promises", () => {
  expect(readFileSync(path("src/main.ts"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(80);
});
