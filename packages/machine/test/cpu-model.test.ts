import { describe, expect, it } from "vitest";
import { cpuModel } from "../src/cpu-model.js";
import { checkShape } from "../src/sdk/saved-config.js";
import type { MachineConfig } from "../src/sdk/protocol.js";

describe("a model with changed features", () => {
  it("is told from the model itself, and from no other way to say the same", () => {
    const names = ["max", "max,-pcid", "max,-pcid,-x2apic", "max,-x2apic,-pcid,-pcid"].map(
      (name) => cpuModel(name).name,
    );
    expect(names).toEqual(["max", "max,-pcid", "max,-pcid,-x2apic", "max,-pcid,-x2apic"]);
    expect(cpuModel("max,-x2apic,-pcid")).toBe(cpuModel("max,-pcid,-x2apic"));
    expect(cpuModel("max,+pcid")).toBe(cpuModel("max"));
  });

  it("does not take the state of the model itself", () => {
    const shape = { memory: 64, clock: "deterministic", agent: "none", cpu: "max,-pcid" } as const;
    const given = (cpu: string): MachineConfig => ({ ...shape, cpu, given: ["cpu"] }) as unknown as MachineConfig;
    expect(() => checkShape(shape, given("max"))).toThrow('cpu: "max", but the state was saved with "max,-pcid"');
    expect(() => checkShape(shape, given("max,-pcid"))).not.toThrow();
  });

  // SDM vol. 1, 14.3 to 14.7: what software has to find besides the feature itself; vol. 1, 13.2: XSAVE's extensions.
  it.each([
    ["max,-avx", ["avx", "avx2", "fma", "f16c", "vaes", "vpclmulqdq"]],
    ["max,-aes", ["aes", "vaes"]],
    ["x86-64-v3,-xsave", ["xsave", "xsaveopt", "avx", "avx2", "fma", "f16c"]],
    ["max,-pcid", ["pcid"]],
  ])("%s takes away what stands on it", (name, gone) => {
    const { features } = cpuModel(name);
    const before = cpuModel(name.split(",")[0]).features;
    expect(before.filter((feature) => !features.includes(feature)).toSorted()).toEqual(gone.toSorted());
  });

  it.each(["x86-64,+avx", "x86-64,+avx,+avx2", "max,-avx,+avx2"])("%s is refused: something is missing", (name) => {
    expect(() => cpuModel(name)).toThrow(expect.objectContaining({ code: "ISG_CPU_MISSING_FEATURE" }));
  });

  it("takes what is added with all that it stands on", () => {
    const added = cpuModel("x86-64-v2,+xsave,+avx,+avx2").features;
    expect(["xsave", "avx", "avx2"].every((feature) => added.includes(feature))).toBe(true);
  });
});
