import { describe, expect, it } from "vitest";
import { HostTime, InstructionTime, VirtualClock } from "../src/index.js";

describe("virtual clock", () => {
  it("fires in order of time, then of arming, and not what was cancelled", () => {
    let now = 0;
    const clock = new VirtualClock({ now: () => now });
    const seen: number[] = [];
    const timers = Array.from({ length: 300 }, (_, i) => clock.schedule(1000 - Math.floor(i / 2), () => seen.push(i)));
    timers.forEach((timer, i) => i % 3 === 0 && timer.cancel());
    now = 2000;
    clock.fire();
    const expected = Array.from({ length: 300 }, (_, i) => i)
      .filter((i) => i % 3 !== 0)
      .sort((a, b) => Math.floor(b / 2) - Math.floor(a / 2) || a - b);
    expect(seen).toEqual(expected);
    expect(clock.next()).toBe(Infinity);
  });

  it("tells when the earliest timer becomes earlier, and only then", () => {
    const clock = new VirtualClock({ now: () => 0 });
    let told = 0;
    clock.onEarlier = () => (told += 1);
    clock.schedule(10, () => undefined);
    clock.schedule(20, () => undefined);
    clock.schedule(5, () => undefined).cancel();
    expect(told).toBe(2);
    expect(clock.next()).toBe(10);
  });
});

describe("instruction time", () => {
  it("is a function of the count, exact to the instruction", () => {
    let count = 0;
    const time = new InstructionTime(() => count, 3);
    expect(time.instructionsUntil(10)).toBe(4);
    count = 4;
    expect(time.now()).toBe(12);
    expect(time.instructionsUntil(10)).toBe(1);
    expect(time.instructionsUntil(Infinity)).toBe(Infinity);
    time.skipTo(100);
    count += 1;
    expect(time.now()).toBe(103);
    time.skipTo(50);
    expect(time.now()).toBe(103);
  });

  it("passes while a device is accessed, and says when a run is too long for that", () => {
    let count = 0;
    const time = new InstructionTime(() => count, 4);
    // A short run has nothing to spare.
    expect(time.instructionsUntil(4000)).toBe(1000);
    expect(time.canSpend(1)).toBe(false);
    expect(time.spend(500)).toBe(true);
    expect(time.now()).toBe(500);
    expect(time.instructionsUntil(4000)).toBe(875);
    // A long one ends early, by what may be spent in it.
    const long = time.instructionsUntil(4_000_500);
    let spent = 0;
    while (time.canSpend(1000)) {
      expect(time.spend(1000)).toBe(false);
      spent += 1000;
    }
    expect(spent).toBeGreaterThan(10_000);
    count = long;
    expect(time.now()).toBeLessThanOrEqual(4_000_500);
    expect(time.now()).toBe(500 + long * 4 + spent);
    expect(time.spend(1000)).toBe(true);
  });

  it("goes on from where it was saved", () => {
    let count = 1000;
    const time = new InstructionTime(() => count, 4);
    time.skipTo(1_000_000);
    const other = new InstructionTime(() => count, 4);
    other.load(time.save());
    count = 1001;
    expect(other.now()).toBe(1_000_004);
    expect(() => other.load({ now: -1 })).toThrow(/nanoseconds/);
  });
});

describe("host time", () => {
  it("follows the host's clock in whole nanoseconds, and never goes back", () => {
    let host = 500;
    const time = new HostTime(() => host);
    host = 501.000_000_5;
    const first = time.now();
    expect(first).toBe(1_000_000);
    host = 400;
    expect(time.now()).toBe(first);
  });

  it("stands still while the machine is paused", () => {
    let host = 0;
    const time = new HostTime(() => host);
    host = 5;
    time.suspend();
    host = 1000;
    expect(time.now()).toBe(5_000_000);
    time.resume();
    host = 1001;
    expect(time.now()).toBe(6_000_000);
  });
});
