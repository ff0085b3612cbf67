import { describe, expect, it } from "vitest";
import { memoryMap, placeHigh, ramSize } from "../src/index.js";
import { FlatMemory } from "./support/flat-memory.js";

const MIB = 2 ** 20;

describe("memory map", () => {
  it("leaves out ROM, the adapter area and holes, and lays reservations over RAM", () => {
    const memory = new FlatMemory([
      { gpa: 0, length: 0xa0000 },
      { gpa: 0xe0000, length: 0x20000, kind: "rom" },
      { gpa: MIB, length: 3 * MIB },
      { gpa: 2 ** 32, length: MIB },
    ]);
    expect(memoryMap(memory, [{ gpa: 2 * MIB, length: 4096, type: "nvs" }])).toEqual([
      { gpa: 0, length: 0x9fc00, type: "ram" },
      { gpa: 0x9fc00, length: 0x400, type: "reserved" },
      { gpa: 0xf0000, length: 0x10000, type: "reserved" },
      { gpa: MIB, length: MIB, type: "ram" },
      { gpa: 2 * MIB, length: 4096, type: "nvs" },
      { gpa: 2 * MIB + 4096, length: 2 * MIB - 4096, type: "ram" },
      { gpa: 2 ** 32, length: MIB, type: "ram" },
    ]);
  });

  it("never overlaps, also where reservations do", () => {
    const map = memoryMap(FlatMemory.ofMiB(8), [
      { gpa: MIB, length: 2 * MIB, type: "reserved" },
      { gpa: 2 * MIB, length: 2 * MIB, type: "acpi" },
    ]);
    for (let i = 1; i < map.length; i++)
      expect(map[i]!.gpa).toBeGreaterThanOrEqual(map[i - 1]!.gpa + map[i - 1]!.length);
    expect(map.filter((e) => e.gpa >= MIB).map((e) => [e.gpa / MIB, e.length / MIB, e.type])).toEqual([
      [1, 1, "reserved"],
      [2, 2, "acpi"],
      [4, 4, "ram"],
    ]);
    expect(ramSize(map)).toBe(4 * MIB + 0x9fc00);
  });

  it("places high, page-aligned, below the limit and clear of what is taken; never below 1 MiB", () => {
    const map = memoryMap(FlatMemory.ofMiB(8));
    expect(placeHigh(map, 5000, 2 ** 32, [])).toBe(8 * MIB - 8192);
    expect(placeHigh(map, 5000, 4 * MIB + 100, [])).toBe(4 * MIB - 8192);
    expect(placeHigh(map, MIB, 2 ** 32, [{ start: 2 * MIB, end: 8 * MIB }])).toBe(MIB);
    expect(placeHigh(map, MIB + 1, 2 ** 32, [{ start: 2 * MIB, end: 8 * MIB }])).toBeNull();
  });
});
