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
