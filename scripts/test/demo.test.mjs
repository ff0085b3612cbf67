import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../lib/run.mjs";
import { demoOptions } from "../lib/demo-options.mjs";

const script = join(root, "scripts/demo.mjs");

describe("npm run demo: bad input is one clear line, before anything is built", () => {
  it.each([
    [["--kernel", "/nope"], 1, /^isinglass: --kernel \/nope: no such file$/],
    [["--initrd", "/"], 1, /^isinglass: --initrd \/: not a file$/],
    [["--kernle", "x"], 2, /^isinglass: Unknown option '--kernle'.*npm run demo -- \[--kernel FILE\]/],
    [["--port", "http"], 2, /^isinglass: --port http: no port; /],
    [["--port", "70000"], 2, /^isinglass: --port 70000: no port; /],
    [["--kernel"], 2, /--kernel <value>' argument missing; /],
  ])("%j", (args, code, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(code);
  });

  it("takes files that are there, a port, and the two hyphens that pnpm passes on", () => {
    const { values, problem } = demoOptions(["--", "--kernel", script, "--port", "8000", "--no-guest"]);
    expect(problem).toBeUndefined();
    expect(values).toMatchObject({ kernel: script, port: 8000, "no-guest": true });
  });
});
