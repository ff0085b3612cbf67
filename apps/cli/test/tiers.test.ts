import { afterAll, describe, expect, it } from "vitest";
import { EAGER_POLICY } from "@isinglass/machine";
import { parsePolicy } from "../src/engine-options.js";
import { Scratch, isg, start, tinyKernel } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

/** A loop of 3 instructions, 200,000 times. */
const LOOP = tinyKernel("mov ecx, 200000\nagain: add eax, ecx\ndec ecx\njnz again\ncli\nhlt");

describe("--tier and --policy", () => {
  it("do not change what a guest does or how long it takes by its own clock", async () => {
    const runs = await Promise.all(
      [
        ["--tier", "interp"],
        ["--tier", "jit"],
        ["--policy", "threshold=128,batch=1"],
      ].map((words) => start(["boot", "builtin", "--json", ...words])),
    );
    const results = runs.map(({ stdout, stderr }) => ({
      serial: stderr,
      ...(JSON.parse(stdout) as { exitCode: number; statistics: Record<string, unknown> }),
    }));
    const [interp, jit, early] = results;
    for (const { serial, statistics } of [jit!, early!]) {
      expect(serial).toBe(interp!.serial);
      expect(statistics["instructions"]).toBe(interp!.statistics["instructions"]);
      expect(statistics["time"]).toBe(interp!.statistics["time"]);
    }
    expect(interp!.statistics["jit"]).toBeUndefined();
    const regions = (r: typeof jit): number => (r!.statistics["jit"] as { regions: number }).regions;
    expect(regions(jit)).toBeGreaterThan(regions(early));
    expect(regions(early)).toBeGreaterThan(0);
  });

  it("take fields of the policy by name", () => {
    expect(parsePolicy("batch=7,threshold=0", EAGER_POLICY)).toEqual({ ...EAGER_POLICY, batch: 7, threshold: 0 });
  });

  it.each([
    [["--tier", "fast"], "--tier fast: interp, jit or auto"],
    [["--policy", "speed=1"], '--policy speed=1: "speed" is no field'],
    [["--policy", "batch=0"], "--policy batch=0: batch is a whole number from 1 up"],
    [["--policy", "batch"], "--policy batch: batch is a whole number from 1 up"],
    [["--policy", "threshold=1e3"], "--policy threshold=1e3: threshold is a whole number from 0 up"],
    [["--policy", "__proto__=3"], '--policy __proto__=3: "__proto__" is no field'],
    [["--tier", "interp", "--verify"], "--tier interp compiles nothing"],
  ])("%j is one clear line", async (words, message) => {
    const { code, stderr } = await isg(["boot", "builtin", ...words]);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });
});

describe("--stats", () => {
  it("counts what is executed in regions, also of regions that are gone", async () => {
    const code = `
      mov esi, 20
    more: mov ecx, 10000
    again: add eax, ecx
      dec ecx
      jnz again
      mov byte [more], 0xb9
      dec esi
      jnz more
      cli
      hlt`;
    const kernel = scratch.file("dropped", tinyKernel(code));
    const { stdout } = await start(["run", "--kernel", kernel, "--json", "--policy", "threshold=128,batch=1"]);
    const { instructions, jit } = (
      JSON.parse(stdout) as {
        statistics: {
          instructions: number;
          jit: { regions: number; dropped: number; executed: number; entries: number; bytes: number; time: number };
        };
      }
    ).statistics;
    // Each round writes to the page, which drops the region; it is found again after some hundred arrivals of the 10,000.
    expect(jit.dropped).toBeGreaterThanOrEqual(19);
    expect(jit.executed / instructions).toBeGreaterThan(0.9);
    expect(jit.executed).toBeLessThanOrEqual(instructions);
    expect(jit.entries).toBeGreaterThanOrEqual(20);
    expect(jit.bytes).toBeGreaterThan(0);
    expect(jit.time).toBeGreaterThan(0);
  });
});

describe("--verify", () => {
  it("holds each compiled run against the interpreter, and says how many there were", async () => {
    const kernel = scratch.file("loop", LOOP);
    const { code, stderr } = await start(["run", "--kernel", kernel, "--verify", "--stats"]);
    // The guest halts with interrupts off.
    expect(code).toBe(6);
    const [, runs, instructions] = /verified runs +([\d,]+), with ([\d,]+) instructions/.exec(stderr) ?? [];
    expect(Number(runs!.replaceAll(",", ""))).toBeGreaterThan(0);
    // Nearly all of the 600,000 are in the one region.
    expect(Number(instructions!.replaceAll(",", ""))).toBeGreaterThan(500_000);
    // The dispatch loop has counted as many, in as many runs.
    const counted = /executed in regions +([\d,]+) instructions \((\d+)\.\d %\)/.exec(stderr)!;
    expect(counted[1]).toBe(instructions);
    expect(Number(counted[2])).toBeGreaterThan(85);
  });

  it("finds nothing in the first million instructions of the built-in guest, compiled at first execution", async () => {
    const { code, stderr } = await start(["boot", "builtin", "--verify", "--tier", "jit", "--limit", "1000000"]);
    expect(stderr).toContain("the instruction limit was reached");
    expect(code).toBe(7);
  });
});
