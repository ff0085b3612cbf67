import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { requireOracle } from "@isinglass/testkit";
import { type Executor, hostInfo, hostIsUsable, layout, replayVectors, VectorFile } from "../src/index.js";
import { Batch, mergeRanges } from "../src/batch.js";
import { Host } from "../src/host.js";

const content = readFileSync(fileURLToPath(new URL("../vectors/baseline-64.bin", import.meta.url)));
const file = new VectorFile(content);

describe("recorded vectors", () => {
  it("names the CPU and the date, and has every form and case that it says", () => {
    expect(file.header.cpu.vendor).toMatch(/^(AuthenticAMD|GenuineIntel)$/);
    expect(file.header.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(file.forms.length).toBeGreaterThan(1900);
    let cases = 0;
    const outcomes = new Set<number>();
    for (const { test, expected } of file.cases()) {
      cases++;
      outcomes.add(expected.state.vector);
      if (expected.state.vector === layout.NO_VECTOR && test.state.codeLength === 0)
        throw new Error("a case without code");
    }
    expect(cases).toBe(file.header.cases);
    expect([...outcomes]).toEqual(expect.arrayContaining([layout.NO_VECTOR, 0, 1, 3, 6, 13, 14, 16, 19]));
  });

  it("tell an executor that does nothing from one that works", () => {
    const idle: Executor = { name: "idle", run: () => {} };
    const results = replayVectors(file, idle);
    const failing = results.filter((result) => result.different > 0);
    // What remains are NOP and its like.
    expect(failing.length).toBeGreaterThan(results.length * 0.95);
    const nop = results.find((result) => result.form === "nop (90)");
    expect(nop?.different).toBe(0);
  });

  it("count what an executor does not implement apart from differences", () => {
    const empty: Executor = {
      name: "empty",
      run: (_test, out) => {
        out.state.vector = layout.VECTOR_UNSUPPORTED;
      },
    };
    const results = replayVectors(file, empty);
    expect(results.every((result) => result.unsupported === result.states && result.different === 0)).toBe(true);
  });

  it("refuse a damaged file", () => {
    expect(() => new VectorFile(content.subarray(0, 1000))).toThrow(/end|unexpected/i);
    expect(() => new VectorFile(brotliCompressSync(new Uint8Array(100)))).toThrow(/no ISGO at offset 0/);
  });

  const sameCpu = (): boolean => {
    const info = hostInfo();
    return info.vendor === file.header.cpu.vendor && info.family === file.header.cpu.family;
  };
  const host = requireOracle("gcc on x86-64 Linux, to run single instructions on the host CPU", hostIsUsable());
  it.runIf(host && sameCpu())("are what the same CPU does today", async () => {
    const batch = new Batch();
    for (const { test } of file.cases()) {
      const ranges: number[] = [];
      for (let i = 0; i < test.memory.length; i++) if (test.memory[i] !== layout.BACKGROUND[i]) ranges.push(i, 1);
      batch.add(test.state, test.memory, mergeRanges(ranges));
    }
    const harness = new Host();
    const answer = await harness.run(batch);
    harness.close();
    const today: Executor = {
      name: "the CPU today",
      run: (_test, out) => {
        answer.loadState(next, out.state);
        answer.loadMemory(next++, out.memory, []);
      },
    };
    let next = 0;
    expect(replayVectors(file, today).filter((result) => result.equal !== result.states)).toEqual([]);
    expect(next).toBe(file.header.cases);
  });
});
