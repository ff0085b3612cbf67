import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MAIN } from "./support.js";

/** Of Linux: every write to it fails with ENOSPC. */
const FULL = "/dev/full";

describe.runIf(existsSync(FULL))("an output without space left: exit code 1", () => {
  it.each([["boot builtin"], ["exec --code f4 --json"], ["--help"]])("%s says so in one line", (line) => {
    const full = openSync(FULL, "w");
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...line.split(" ")], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
      timeout: 60_000,
    });
    closeSync(full);
    expect(stderr).toBe("isg: stdout: there is no space left on the disk\n");
    expect(status).toBe(1);
  });

  it("also where stderr has none either", () => {
    const full = openSync(FULL, "w");
    const { status, signal } = spawnSync(process.execPath, [MAIN, "disasm", "90"], {
      stdio: ["ignore", full, full],
      timeout: 60_000,
    });
    closeSync(full);
    expect([status, signal]).toEqual([1, null]);
  });
});
