import { describe, expect, it } from "vitest";
import { TickRate, mulDivFloor } from "../src/rate.js";
import { Random } from "@isinglass/testkit";

describe("tick rates", () => {
  it("multiplies and divides exactly: held against BigInt", () => {
    const random = new Random(0x1234);
    for (let i = 0; i < 20_000; i++) {
      const a = random.u32() * 2 + (random.u32() & 1);
      const b = random.u32() >>> random.below(31);
      const c = (random.u32() >>> random.below(31)) + 1;
      expect(mulDivFloor(a, b, c)).toBe(Number((BigInt(a) * BigInt(b)) / BigInt(c)));
    }
  });

  it.each([1_193_182, 3_579_545, 32_768, 1_000_000_000, 2_999_999_999, 1])(
    "%i Hz: ticks begin at the first nanosecond of their period",
    (hz) => {
      const rate = new TickRate(hz);
      const random = new Random(hz);
      for (let i = 0; i < 2000; i++) {
        const ns = random.u32() * 1000 + random.below(1000);
        const tick = rate.ticksAt(ns);
        expect(tick).toBe(Number((BigInt(ns) * BigInt(hz)) / 1_000_000_000n));
        const begin = rate.timeOf(tick);
        expect(begin).toBeLessThanOrEqual(ns);
        expect(rate.ticksAt(begin)).toBeGreaterThanOrEqual(tick);
        if (begin > 0) expect(rate.ticksAt(begin - 1)).toBeLessThan(Math.max(tick, 1));
      }
    },
  );
});
