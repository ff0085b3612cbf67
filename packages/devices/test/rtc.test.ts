import { describe, expect, it } from "vitest";
import { fromCivil, secondsToAlarm, toCivil } from "../src/rtc/calendar.js";
import { Rtc } from "../src/rtc/mc146818.js";
import { Random } from "@isinglass/testkit";
import { TestClock, TestLine } from "./support.js";

const SECOND = 1_000_000_000;
/** 2024-02-29 23:59:58 UTC, a Thursday. */
const LEAP = Date.UTC(2024, 1, 29, 23, 59, 58) / 1000;

function setUp(startSeconds = LEAP, memory?: number) {
  const clock = new TestClock();
  const line = new TestLine();
  const rtc = new Rtc({
    clock,
    line,
    startSeconds,
    ...(memory === undefined ? {} : { memory, highMemory: 0x1_2345_0000 }),
  });
  const get = (index: number): number => {
    rtc.writePort(0x70, 1, index);
    return rtc.readPort(0x71, 1);
  };
  const set = (index: number, value: number): void => {
    rtc.writePort(0x70, 1, index);
    rtc.writePort(0x71, 1, value);
  };
  /** Century, year, month, day, hour, minute, second, weekday. */
  const time = (): number[] => [0x32, 9, 8, 7, 4, 2, 0, 6].map(get);
  return { clock, line, rtc, get, set, time };
}

describe("calendar", () => {
  it("agrees with the host's calendar from year 1 to 9999", () => {
    const random = new Random(77);
    const c = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, weekday: 0 };
    for (let i = 0; i < 5000; i++) {
      const seconds = -62_135_596_800 + Math.floor((random.u32() / 2 ** 32) * 315_537_897_599);
      const date = new Date(seconds * 1000);
      toCivil(seconds, c);
      expect([c.year, c.month, c.day, c.hour, c.minute, c.second, c.weekday]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
        date.getUTCDay() + 1,
      ]);
      expect(fromCivil(c)).toBe(seconds);
    }
  });

  it("finds the next alarm", () => {
    const h = 3600;
    expect(secondsToAlarm(0, 1, 2, 3)).toBe(h + 123);
    expect(secondsToAlarm(h + 123, 1, 2, 3)).toBe(86_400);
    expect(secondsToAlarm(10, -1, -1, 5)).toBe(55);
    expect(secondsToAlarm(10, -1, -1, -1)).toBe(1);
    expect(secondsToAlarm(86_399, 0, 0, -1)).toBe(1);
    expect(secondsToAlarm(59, -1, 30, 0)).toBe(1741);
    expect(secondsToAlarm(0, 24, 0, 0)).toBe(-1);
    expect(secondsToAlarm(0, -1, 60, -1)).toBe(-1);
  });
});

describe("time", () => {
  it("BCD and 24 hours at reset; carries over a leap day", () => {
    const { clock, time } = setUp();
    expect(time()).toEqual([0x20, 0x24, 0x02, 0x29, 0x23, 0x59, 0x58, 5]);
    clock.advance(2 * SECOND);
    expect(time()).toEqual([0x20, 0x24, 0x03, 0x01, 0x00, 0x00, 0x00, 6]);
  });

  it.each([
    [0x00, 0x12],
    [0x01, 0x01],
    [0x11, 0x11],
    [0x12, 0x92],
    [0x13, 0x81],
    [0x23, 0x91],
  ])("hour %i is %i in 12-hour mode", (hour, twelve) => {
    const { set, get } = setUp();
    set(4, hour);
    set(0x0b, 0x00);
    expect(get(4)).toBe(twelve);
    set(4, twelve);
    set(0x0b, 0x02);
    expect(get(4)).toBe(hour);
  });

  it("binary mode", () => {
    const { set, time } = setUp();
    set(0x0b, 0x06);
    expect(time()).toEqual([20, 24, 2, 29, 23, 59, 58, 5]);
  });

  it("SET freezes the registers; what is written there runs on afterwards", () => {
    const { clock, set, time, get } = setUp();
    set(0x0b, 0x82);
    clock.advance(10 * SECOND);
    expect(get(0)).toBe(0x58);
    for (const [index, value] of [
      [0x32, 0x19],
      [9, 0x99],
      [8, 0x12],
      [7, 0x31],
      [4, 0x23],
      [2, 0x59],
      [0, 0x59],
    ] as const) {
      set(index, value);
    }
    set(0x0b, 0x02);
    clock.advance(SECOND);
    expect(time()).toEqual([0x20, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 7]);
  });

  it("with the divider held and let go (as Linux sets the time) the next second comes after half a second", () => {
    const { clock, set, get } = setUp();
    clock.advance(123_456_789);
    set(0x0b, 0x82);
    set(0x0a, 0x70);
    set(0, 0x10);
    set(0x0b, 0x02);
    clock.advance(5 * SECOND);
    expect(get(0)).toBe(0x10);
    set(0x0a, 0x26);
    clock.advance(SECOND / 2 - 1);
    expect(get(0)).toBe(0x10);
    clock.advance(1);
    expect(get(0)).toBe(0x11);
  });

  it("UIP: from 2.228 ms before each update, never while SET", () => {
    const { clock, get, set } = setUp();
    clock.advance(SECOND - 2_228_001);
    expect(get(0x0a)).toBe(0x26);
    clock.advance(1);
    expect(get(0x0a)).toBe(0xa6);
    set(0x0b, 0x82);
    expect(get(0x0a)).toBe(0x26);
    set(0x0b, 0x02);
    clock.advance(2_228_000);
    expect(get(0x0a)).toBe(0x26);
  });

  it("says that RAM and time are valid, and keeps nmi's bit to itself", () => {
    const { rtc, get } = setUp();
    expect(get(0x0d)).toBe(0x80);
    rtc.writePort(0x70, 1, 0x8d);
    expect(rtc.readPort(0x71, 1)).toBe(0x80);
    expect(rtc.nmiMasked).toBe(true);
    expect(rtc.readPort(0x70, 1)).toBe(0xff);
  });

  it("survives a reset, which clears the interrupt enables", () => {
    const { clock, rtc, set, get, time } = setUp();
    set(0x40, 0xa5);
    set(0x0b, 0x7a);
    clock.advance(SECOND);
    rtc.reset();
    expect(get(0x0b)).toBe(0x02);
    expect(get(0x40)).toBe(0xa5);
    expect(time()[6]).toBe(0x59);
  });
});

describe("interrupts", () => {
  it("update: once a second until register C is read", () => {
    const { clock, line, get, set } = setUp();
    set(0x0a, 0x20);
    set(0x0b, 0x12);
    clock.advance(SECOND);
    expect(line.level).toBe(true);
    expect(clock.armed).toBe(0);
    expect(get(0x0c)).toBe(0x90);
    expect(line.level).toBe(false);
    expect(get(0x0c)).toBe(0);
    clock.advance(SECOND);
    expect(line.rises).toBe(2);
  });

  it("flags are set without their enables, and interrupt when these come", () => {
    const { clock, line, get, set } = setUp();
    clock.advance(SECOND);
    expect(get(0x0c)).toBe(0x50);
    clock.advance(SECOND);
    expect(line.level).toBe(false);
    set(0x0b, 0x12);
    expect(line.level).toBe(true);
  });

  it.each([
    [3, 8192],
    [6, 1024],
    [15, 2],
    [1, 256],
    [2, 128],
  ])("periodic: rate %i is %i Hz", (rate, hz) => {
    const { clock, line, get, set } = setUp();
    set(0x0a, 0x20 | rate);
    set(0x0b, 0x42);
    let count = 0;
    const end = SECOND;
    while (clock.now() < end) {
      clock.advance(30_000);
      if (line.level) {
        expect(get(0x0c) & 0xc0).toBe(0xc0);
        count++;
      }
    }
    expect(count).toBe(hz);
  });

  it("alarm: at its time, with bytes that match anything", () => {
    const { clock, line, get, set } = setUp();
    set(1, 0x05);
    set(3, 0xc0);
    set(5, 0xff);
    set(0x0b, 0x22);
    clock.advance(6 * SECOND);
    expect(line.level).toBe(false);
    clock.advance(SECOND);
    expect(line.level).toBe(true);
    expect(get(0x0c) & 0xa0).toBe(0xa0);
    clock.advance(60 * SECOND);
    expect(line.level).toBe(true);
    expect(clock.fired).toBe(2);
  });

  it("alarm in 12-hour mode", () => {
    const { clock, line, set } = setUp(Date.UTC(2020, 0, 1, 12, 59, 59) / 1000);
    set(0x0b, 0x00);
    set(1, 0x00);
    set(3, 0x00);
    set(5, 0x81);
    set(0x0b, 0x20);
    clock.advance(SECOND);
    expect(line.level).toBe(true);
  });

  it("setting SET turns the update interrupt off", () => {
    const { get, set } = setUp();
    set(0x0b, 0x92);
    expect(get(0x0b)).toBe(0x82);
  });

  it("without an enabled interrupt no timer runs", () => {
    const { clock, set } = setUp();
    set(0x0a, 0x23);
    expect(clock.armed).toBe(0);
  });
});

describe("CMOS RAM", () => {
  it("has a second bank at 0x72 and 0x73, and both banks again four ports on", () => {
    const { rtc, get, set } = setUp();
    const put = (port: number, index: number, value: number): void => {
      rtc.writePort(port, 1, index);
      rtc.writePort(port + 1, 1, value);
    };
    set(0x40, 0x11);
    put(0x72, 0x40, 0x22);
    // Linux's rtc-cmos gives the second bank's bytes indices from 0x80 on.
    put(0x76, 0xff, 0x33);
    const at = (port: number, index: number): number => {
      rtc.writePort(port, 1, index);
      return rtc.readPort(port + 1, 1);
    };
    expect([get(0x40), at(0x74, 0x40), at(0x72, 0x40), at(0x76, 0xc0), at(0x72, 0x7f)]).toEqual([
      0x11, 0x11, 0x22, 0x22, 0x33,
    ]);
    // The time is not in the second bank.
    expect(at(0x72, 0x0d)).toBe(0);
    rtc.reset();
    expect([get(0x40), at(0x72, 0x40)]).toEqual([0x11, 0x22]);
  });

  it("holds the PC's memory sizes", () => {
    const { get } = setUp(0, 256 << 20);
    expect(get(0x15) | (get(0x16) << 8)).toBe(640);
    expect(get(0x17) | (get(0x18) << 8)).toBe(0xffff);
    expect(get(0x30) | (get(0x31) << 8)).toBe(0xffff);
    expect(get(0x34) | (get(0x35) << 8)).toBe((240 << 20) / 65536);
    expect(get(0x5b) | (get(0x5c) << 8) | (get(0x5d) << 16)).toBe(0x1_2345);
  });
});
