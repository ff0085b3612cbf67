import { describe, expect, it } from "vitest";
import { Hpet } from "../src/hpet.js";
import { TestClock, TestLine } from "./support.js";

function setUp() {
  const clock = new TestClock();
  const line0 = new TestLine();
  const line8 = new TestLine();
  const hpet = new Hpet({ clock, line0, line8 });
  const get = (offset: number): number => hpet.readMmio(offset, 4);
  const set = (offset: number, value: number): void => hpet.writeMmio(offset, 4, value);
  return { clock, line0, line8, hpet, get, set };
}

const CONFIGURATION = 0x10;
const STATUS = 0x20;
const COUNTER = 0xf0;
const T0 = 0x100;
const T0_COMPARATOR = 0x108;
const T1 = 0x120;
const T1_COMPARATOR = 0x128;

describe("HPET", () => {
  it("says what it is: three 64-bit timers, legacy replacement, 10 ns", () => {
    const { get } = setUp();
    expect(get(0)).toBe(0x8086_a201);
    expect(get(4)).toBe(10_000_000);
    expect([get(T0), get(T0 + 4)]).toEqual([0x30, 4]);
    expect(get(0x160)).toBe(0);
  });

  it("counts while it is enabled, 64 bits, and can be set", () => {
    const { clock, get, set } = setUp();
    clock.advance(1000);
    expect(get(COUNTER)).toBe(0);
    set(COUNTER, 0xffff_fff0);
    set(COUNTER + 4, 1);
    set(CONFIGURATION, 1);
    clock.advance(159);
    expect([get(COUNTER), get(COUNTER + 4)]).toEqual([0xffff_ffff, 1]);
    clock.advance(1);
    expect([get(COUNTER), get(COUNTER + 4)]).toEqual([0, 2]);
    set(CONFIGURATION, 0);
    clock.advance(1000);
    expect([get(COUNTER), get(COUNTER + 4)]).toEqual([0, 2]);
  });

  it("Linux's one-shot (hpet_clkevt_set_next_event): 32 bits, legacy replacement, edge on IRQ 0", () => {
    const { clock, line0, get, set } = setUp();
    set(CONFIGURATION, 3);
    set(T0, 0x0104);
    clock.advance(12_345);
    set(T0_COMPARATOR, get(COUNTER) + 100);
    // Tick 1234 began at 12,340 ns.
    clock.advance(994);
    expect(line0.rises).toBe(0);
    clock.advance(1);
    expect(line0.rises).toBe(1);
    set(T0_COMPARATOR, get(COUNTER) + 150);
    clock.advance(1500);
    expect(line0.rises).toBe(2);
  });

  it("Linux's periodic mode (hpet_clkevt_set_state_periodic): comparator first, then the period", () => {
    const { clock, line0, get, set } = setUp();
    set(CONFIGURATION, 3);
    set(T0, 0x014c);
    set(T0_COMPARATOR, get(COUNTER) + 250_000);
    clock.advance(1000);
    set(T0_COMPARATOR, 250_000);
    expect(get(T0) & 0x40).toBe(0);
    clock.advanceTo(2_499_999);
    expect(line0.rises).toBe(0);
    clock.advanceTo(2_500_000);
    expect(line0.rises).toBe(1);
    clock.advanceTo(250_000_000);
    expect(line0.rises).toBe(100);
    expect(get(T0_COMPARATOR)).toBe(250_000 * 101);
  });

  it("64-bit comparators", () => {
    const { clock, line8, set } = setUp();
    set(COUNTER, 0xffff_ff00);
    set(COUNTER + 4, 7);
    set(T1, 0x0004);
    set(T1_COMPARATOR, 0x10);
    set(T1_COMPARATOR + 4, 8);
    set(CONFIGURATION, 3);
    clock.advance(0x110 * 10 - 1);
    expect(line8.rises).toBe(0);
    clock.advance(1);
    expect(line8.rises).toBe(1);
    clock.advance(1e12);
    expect(line8.rises).toBe(1);
  });

  it("level: asserted until its status bit is cleared", () => {
    const { clock, line8, get, set } = setUp();
    set(T1, 0x0106);
    set(T1_COMPARATOR, 100);
    set(CONFIGURATION, 3);
    clock.advance(5000);
    expect(get(STATUS)).toBe(2);
    expect(line8.level).toBe(true);
    set(STATUS, 2);
    expect([get(STATUS), line8.level]).toEqual([0, false]);
  });

  it("takes the wires of PIT and RTC while legacy replacement is on", () => {
    const { hpet, line0, line8, set } = setUp();
    hpet.pitInput.setLevel(true);
    hpet.rtcInput.setLevel(true);
    expect([line0.level, line8.level]).toEqual([true, true]);
    set(CONFIGURATION, 3);
    expect([line0.level, line8.level]).toEqual([false, false]);
    set(CONFIGURATION, 0);
    expect([line0.level, line8.level]).toEqual([true, true]);
  });

  it("without legacy replacement a timer goes to pin 2 if it is routed there", () => {
    const { clock, line0, set } = setUp();
    set(T1, 0x0104 | (2 << 9));
    set(T1_COMPARATOR, 100);
    set(CONFIGURATION, 1);
    clock.advance(1000);
    expect(line0.rises).toBe(1);
  });

  it("a tiny period costs no more than a callback each microsecond", () => {
    const { clock, set } = setUp();
    set(T0, 0x014c);
    set(T0_COMPARATOR, 1);
    set(CONFIGURATION, 3);
    clock.advance(1_000_000);
    expect(clock.fired).toBeLessThanOrEqual(1001);
  });
});
