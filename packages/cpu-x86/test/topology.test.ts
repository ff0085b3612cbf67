import { describe, expect, it } from "vitest";
import { CPU_MODELS, cpuid } from "../src/index.js";

function leaf(cpus: number, apicId: number, index: number, subleaf: number = 0): number[] {
  const out = new Int32Array(4);
  const inputs = { apicId, cpus, osxsave: false, ospke: false, xcr0: 1, apicEnabled: true };
  cpuid(CPU_MODELS["x86-64"]!, index | 0, subleaf, inputs, out);
  return Array.from(out, (value) => value >>> 0);
}

// AMD APM vol. 3, appendix E.
describe("CPUID of several processors", () => {
  it("counts them and says which one it is", () => {
    const [, ebx = 0, , edx = 0] = leaf(6, 5, 1);
    expect([ebx >>> 24, (ebx >>> 16) & 0xff, (edx >>> 28) & 1]).toEqual([5, 6, 1]);
    // CmpLegacy; NC 5, three bits of the APIC ID.
    expect(leaf(6, 5, 0x8000_0001)[2]! & 2).toBe(2);
    expect(leaf(6, 5, 0x8000_0008)[2]).toBe(0x3005);
    expect(leaf(2, 1, 0x8000_0008)[2]).toBe(0x1001);
  });

  it("has a level of threads and one of cores", () => {
    expect(leaf(6, 5, 0xb, 0)).toEqual([0, 1, 0x100, 5]);
    expect(leaf(6, 5, 0xb, 1)).toEqual([3, 6, 0x201, 5]);
    expect(leaf(6, 5, 0xb, 2)).toEqual([0, 0, 2, 5]);
    expect(leaf(8, 0, 0xb, 1)).toEqual([3, 8, 0x201, 0]);
  });

  it("says that their time-stamp counters are one", () => {
    expect(leaf(2, 0, 0x8000_0007)[3]).toBe(0x100);
  });

  it("says none of this of a lone one", () => {
    expect(leaf(1, 0, 1)[3]! >>> 28).toBe(0);
    for (const index of [0xb, 0x8000_0007]) expect(leaf(1, 0, index)).toEqual([0, 0, 0, 0]);
    expect(leaf(1, 0, 0x8000_0008)[2]).toBe(0);
    expect(leaf(1, 0, 0x8000_0001)[2]! & 2).toBe(0);
  });
});
