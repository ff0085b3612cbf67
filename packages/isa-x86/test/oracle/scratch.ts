import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder that is gone when the test file has run. Call it while tests are collected, not from inside one. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "isa-x86-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
