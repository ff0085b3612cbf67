import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the conformance run ends with an error, and writes nothing, where nothing was compared", () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    mkdirSync(join(folder, "x86"));
    // Names a program that was not built.
    writeFileSync(join(folder, "x86/unittests.cfg"), "[apic]\nfile = apic.flat\n");
    writeFileSync(join(folder, "table.md"), "<!-- unit tests: begin -->\nold\n<!-- unit tests: end -->\n");
    const script = fileURLToPath(new URL("../conformance.mjs", import.meta.url));
    const parts = ["--suite", folder, "--no-qemu", "--write", join(folder, "table.md")];
    const { status, stderr } = spawnSync(process.execPath, [script, ...parts], { encoding: "utf8" });
    expect(stderr).toContain("no configuration was compared");
    expect(status).toBe(2);
    expect(readFileSync(join(folder, "table.md"), "utf8")).toContain("old");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
