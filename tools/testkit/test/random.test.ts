import { describe, expect, it } from "vitest";
import { Random, random } from "../src/index.js";

describe("random numbers", () => {
  it("are those of mulberry32, as other implementations of it have them", () => {
    // Computed in C with 32-bit unsigned arithmetic.
    const generator = new Random(1);
    expect(Array.from({ length: 3 }, () => generator.u32())).toEqual([2693262067, 11749833, 2265367787]);
  });

  it("come again with their seed, and stay below their limit", () => {
    const [a, b] = [random(5), random(5)];
    for (let i = 0; i < 1000; i += 1) {
      const value = a(7);
      expect(value).toBe(b(7));
      expect(value).toBeLessThan(7);
    }
  });
});
