import { describe, expect, it } from "vitest";
import { VirtualClock } from "../src/virtual-clock.js";

/** A clock with time that the test sets, and a log of what fired when. */
function setUp() {
  const source = { time: 0, now: () => source.time };
  const clock = new VirtualClock(source);
  const log: string[] = [];
  const note = (name: string) => () => void log.push(`${name}@${clock.now()}`);
  const fireAt = (time: number): void => {
    source.time = time;
    clock.fire();
  };
  return { clock, log, note, fireAt };
}

describe("the machine's clock", () => {
  it("fires in order of time, and in order of arming where times are the same", () => {
    const { clock, log, note, fireAt } = setUp();
    for (const [at, name] of [
      [30, "c"],
      [10, "a"],
      [20, "b1"],
      [20, "b2"],
      [5, "z"],
      [20, "b3"],
    ] as const)
      clock.schedule(at, note(name));
    expect(clock.next()).toBe(5);
    fireAt(30);
    expect(log).toEqual(["z@30", "a@30", "b1@30", "b2@30", "b3@30", "c@30"]);
    expect(clock.next()).toBe(Infinity);
  });

  it("fires a timer when its time has come, not before, and once", () => {
    const { clock, log, note, fireAt } = setUp();
    clock.schedule(100, note("a"));
    fireAt(99);
    expect(log).toEqual([]);
    fireAt(100);
    fireAt(101);
    expect(log).toEqual(["a@100"]);
  });

  it("does not call back from inside schedule, also where the time is past", () => {
    const { clock, log, note, fireAt } = setUp();
    fireAt(50);
    clock.schedule(10, note("late"));
    expect(log).toEqual([]);
    clock.fire();
    expect(log).toEqual(["late@50"]);
  });

  it("forgets what was cancelled, before and from a callback that is due at the same time", () => {
    const { clock, log, note, fireAt } = setUp();
    const first = clock.schedule(10, note("first"));
    let last = clock.schedule(99, note("never"));
    clock.schedule(20, () => {
      note("killer")();
      last.cancel();
    });
    last.cancel();
    last = clock.schedule(20, note("victim"));
    first.cancel();
    first.cancel();
    expect(clock.next()).toBe(20);
    fireAt(20);
    expect(log).toEqual(["killer@20"]);
    // Harmless after the fact.
    last.cancel();
    expect(clock.next()).toBe(Infinity);
  });

  it("takes timers armed from a callback: due ones fire in the same turn, later ones do not", () => {
    const { clock, log, note, fireAt } = setUp();
    const period = 10;
    const tick = (at: number) => (): void => {
      note(`tick${at}`)();
      clock.schedule(at + period, tick(at + period));
    };
    clock.schedule(period, tick(period));
    fireAt(35);
    expect(log).toEqual(["tick10@35", "tick20@35", "tick30@35"]);
    expect(clock.next()).toBe(40);
  });

  it("says when the earliest timer became earlier, and only then", () => {
    const { clock, note } = setUp();
    let calls = 0;
    clock.onEarlier = () => (calls += 1);
    clock.schedule(100, note("a"));
    expect(calls).toBe(1);
    clock.schedule(100, note("b"));
    clock.schedule(200, note("c"));
    expect(calls).toBe(1);
    clock.schedule(99, note("d")).cancel();
    expect(calls).toBe(2);
    expect(clock.next()).toBe(100);
  });

  it("keeps its order through thousands of timers, most of them cancelled", () => {
    const { clock, fireAt } = setUp();
    let state = 1;
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1) % 10_000;
    const fired: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 5000; i += 1) {
      const at = random();
      const timer = clock.schedule(at, () => fired.push(at));
      if (i % 5 === 0) expected.push(at);
      else timer.cancel();
    }
    fireAt(5000);
    fireAt(10_000);
    expect(fired).toEqual(expected.toSorted((a, b) => a - b));
  });
});
