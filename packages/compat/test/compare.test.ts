import { describe, expect, it } from "vitest";
import { compareCpus, cpuOfNames, modelNamed } from "../src/index.js";

describe("two CPUs beside each other", () => {
  const haswell = modelNamed("Haswell");

  it("differ by what libvirt's and QEMU's model without TSX lacks", () => {
    const { lost, gained, untold } = compareCpus(haswell, modelNamed("Haswell-noTSX"));
    expect(lost.map((c) => [c.feature.name, c.consequence])).toEqual([
      ["hle", "diverge"],
      ["rtm", "fault"],
    ]);
    expect([gained, untold]).toEqual([[], []]);
  });

  it("lose one way what they gain the other", () => {
    const nehalem = modelNamed("Nehalem");
    const [there, back] = [compareCpus(haswell, nehalem), compareCpus(nehalem, haswell)];
    expect(there.levels).toEqual([3, 2]);
    expect(back.levels).toEqual([2, 3]);
    expect(there.lost.length).toBeGreaterThan(10);
    expect(back.gained).toEqual(there.lost);
    expect(back.lost).toEqual(there.gained);
  });

  it("do not differ by what a source does not tell", () => {
    const told = cpuOfNames(["fpu", "avx2"], { name: "a", source: "a" });
    const silent = cpuOfNames(["fpu"], { name: "b", source: "b", unknown: new Set(["avx2"]) });
    for (const { lost, gained, untold } of [compareCpus(told, silent), compareCpus(silent, told)]) {
      expect([lost, gained]).toEqual([[], []]);
      expect(untold.map(({ name }) => name)).toEqual(["avx2"]);
    }
  });
});
