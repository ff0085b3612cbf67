import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasCommand, requireOracle } from "../src/index.js";

let folder = "";
let report = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "isg-testkit-"));
  report = join(folder, "oracles.txt");
  vi.stubEnv("ISG_ORACLE_REPORT", report);
  vi.stubEnv("ISG_REQUIRE_ORACLES", "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("requireOracle", () => {
  it("passes an oracle that is there and reports nothing", () => {
    expect(requireOracle("gcc", true)).toBe(true);
    expect(() => readFileSync(report)).toThrow(/ENOENT/);
  });

  it("adds a line to the report for each oracle that is missing", () => {
    expect(requireOracle("gcc", false)).toBe(false);
    expect(requireOracle("QEMU", false)).toBe(false);
    expect(readFileSync(report, "utf8")).toBe("gcc\nQEMU\n");
  });

  it("throws for a missing oracle where all are required", () => {
    vi.stubEnv("ISG_REQUIRE_ORACLES", "1");
    expect(() => requireOracle("gcc", false)).toThrow(/oracle missing: gcc/);
  });

  it("needs no report file", () => {
    vi.stubEnv("ISG_ORACLE_REPORT", "");
    expect(requireOracle("gcc", false)).toBe(false);
  });
});

describe("hasCommand", () => {
  it("finds a command on PATH and not one that is nowhere", () => {
    expect(hasCommand("node")).toBe(true);
    expect(hasCommand("isg-no-such-command")).toBe(false);
  });
});
