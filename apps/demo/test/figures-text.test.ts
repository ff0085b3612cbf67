import { expect, it } from "vitest";
import { type ShownStats, figuresText } from "../src/figures-text.js";

const stats: ShownStats = {
  instructions: 1_234_000_000,
  time: 5_250_000_000,
  exits: [
    { reason: "hlt", count: 7, milliseconds: 0 },
    { reason: "io", count: 12_345, milliseconds: 0 },
    { reason: "mmio", count: 0, milliseconds: 0 },
    { reason: "cpuid", count: 9, milliseconds: 0 },
    { reason: "rdmsr", count: 8, milliseconds: 0 },
    { reason: "shutdown", count: 1, milliseconds: 0 },
  ],
  ports: [
    { name: "uart", first: 0x3f8, length: 8, reads: 1000, writes: 234 },
    { name: "pit", first: 0x40, length: 4, reads: 0, writes: 1 },
  ],
};

it("shows the speed since the last look, and the four exits that came most often", () => {
  // 100 million in half a second.
  expect(figuresText(stats, 1_134_000_000, 500).split(" · ")).toEqual([
    "200 million instructions a second",
    "1,234 million in all",
    "5.3 s of the machine's time",
    "accesses to ports 1,235",
    "exits: io 12,345, cpuid 9, rdmsr 8, hlt 7",
  ]);
});

it("shows no speed where no time has passed, nor below 0 after a reset", () => {
  expect(figuresText(stats, 0, 0)).toMatch(/^0 million instructions a second/);
  expect(figuresText({ ...stats, instructions: 5 }, 1_234_000_000, 1000)).toMatch(/^0 million instructions a second/);
});

it("says that there were no exits", () => {
  expect(figuresText({ ...stats, exits: [], ports: [] }, 0, 1000)).toMatch(/accesses to ports 0 · exits: none$/);
});
