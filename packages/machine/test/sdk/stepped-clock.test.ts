import { describe, expect, it } from "vitest";
import { SteppedClock } from "../../src/sdk/stepped-clock.js";

describe("a clock that is read at every n-th call", () => {
  it("is read no more often, and when it is told to", () => {
    let readings = 0;
    const clock = new SteppedClock(() => (readings += 1), 8);
    for (let i = 0; i < 80; i += 1) clock.now();
    expect(readings).toBe(10);
    clock.refresh();
    expect(readings).toBe(11);
  });

  it("is the clock itself where n is 1", () => {
    let time = 0;
    const clock = new SteppedClock(() => (time += 1), 1);
    expect([clock.now(), clock.now(), clock.now()]).toEqual([1, 2, 3]);
  });

  it("goes evenly where what it reads goes in jumps, never back, and stays near", () => {
    // A call each microsecond, of a clock that shows tenths of a millisecond.
    let calls = 0;
    const real = (): number => calls / 1000;
    const clock = new SteppedClock(() => Math.floor(real() * 10) / 10, 16);
    let last = 0;
    let longest = 0;
    for (calls = 0; calls < 100_000; calls += 1) {
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      expect(Math.abs(now - real())).toBeLessThan(0.25);
      if (calls > 20_000) longest = Math.max(longest, now - last);
      last = now;
    }
    // The clock's own jumps are of 0.1 ms.
    expect(longest).toBeLessThan(0.09);
  });

  it("catches up with a clock that has gone on meanwhile", () => {
    let time = 0;
    const clock = new SteppedClock(() => time, 16);
    for (let i = 0; i < 100; i += 1) clock.now();
    time = 1000;
    clock.refresh();
    expect(clock.now()).toBeGreaterThanOrEqual(1000);
  });
});
