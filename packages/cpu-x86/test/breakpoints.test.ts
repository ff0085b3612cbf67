import { describe, expect, it } from "vitest";
import { Breakpoints } from "../src/breakpoints.js";
import { S } from "../src/state.js";

/** A breakpoint on writes of `length` bytes at `hi:lo`. */
function watching(hi: number, lo: number, length: 1 | 2 | 4 | 8): Breakpoints {
  const breakpoints = new Breakpoints();
  const field = { 1: 0, 2: 1, 4: 3, 8: 2 }[length];
  const values = new Map([
    [S.dr, lo],
    [S.dr + 56, 0x10402 | (field << 18)],
  ]);
  breakpoints.update({ get32: (at) => (values.get(at) ?? 0) | 0, getHi: (at) => (at === S.dr ? hi : 0) }, false);
  return breakpoints;
}

describe("a breakpoint on data at the border of 4 GiB (SDM vol. 3B, 18.2.5)", () => {
  it.each([
    [1, 0, 1, 0, -4, 8, 1],
    [1, 0, 1, 0, -4, 4, 0],
    [1, 3, 1, 0, -4, 8, 1],
    [1, 4, 1, 0, -4, 8, 0],
    [0, -8, 8, 1, 0, 8, 0],
    [0, -1, 1, 0, -8, 8, 1],
    [0, -1, 1, 1, 0, 8, 0],
    [-1, -8, 8, -1, -1, 1, 1],
    [0, 0x1000, 4, 0, 0xfff, 2, 1],
    [0, 0x1000, 4, 0, 0x1004, 4, 0],
    [0, 0x1000, 4, 1, 0x1000, 4, 0],
  ] as const)("%i:%i, %i bytes; a write at %i:%i of %i bytes hits: %i", (hi, lo, length, atHi, at, size, bits) => {
    expect(watching(hi, lo, length).atData(at, atHi, size, true)).toBe(bits);
  });

  it("is looked at on both pages beside the border, and on no other", () => {
    const breakpoints = watching(1, 0, 4);
    expect(breakpoints.dataOnPage(0, 1)).toBe(true);
    expect(breakpoints.dataOnPage(-0x1000, 0)).toBe(true);
    expect(breakpoints.dataOnPage(-0x2000, 0)).toBe(false);
    expect(breakpoints.dataOnPage(0x1000, 1)).toBe(false);
    expect(breakpoints.dataOnPage(0, 0)).toBe(false);
  });
});
