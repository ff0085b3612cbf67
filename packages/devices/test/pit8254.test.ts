import { describe, expect, it } from "vitest";
import { Pit8254 } from "../src/pit/pit8254.js";
import { TestClock, TestLine } from "./support.js";

/** Nanoseconds at which tick n of 1193182 Hz has begun. */
const at = (tick: number): number => Math.ceil((tick * 1e9) / 1_193_182);

function setUp() {
  const clock = new TestClock();
  const line = new TestLine();
  const pit = new Pit8254({ clock, line });
  const out = (port: number, value: number): void => pit.writePort(port, 1, value);
  const inb = (port: number): number => pit.readPort(port, 1);
  /** Programs counter `c` with both bytes at tick 0: loaded at tick 1. */
  const program = (c: number, mode: number, count: number, bcd = 0): void => {
    out(0x43, (c << 6) | 0x30 | (mode << 1) | bcd);
    out(0x40 + c, count & 0xff);
    out(0x40 + c, count >> 8);
  };
  const count = (c: number): number => {
    out(0x43, c << 6);
    return inb(0x40 + c) | (inb(0x40 + c) << 8);
  };
  const status = (c: number): number => {
    out(0x43, 0xe0 | (2 << c));
    return inb(0x40 + c);
  };
  const gate2 = (on: boolean): void => out(0x61, on ? 1 : 0);
  const out2 = (): boolean => (inb(0x61) & 0x20) !== 0;
  return { clock, line, pit, out, inb, program, count, status, gate2, out2 };
}

type Rig = ReturnType<typeof setUp>;

/** Count and OUT of counter 2 at ticks `from`, `from` + 1, ... as the datasheet's timing diagrams show them. */
function trace(rig: Rig, from: number, length: number): { counts: number[]; out: string } {
  const counts: number[] = [];
  let levels = "";
  for (let tick = from; tick < from + length; tick++) {
    rig.clock.advanceTo(at(tick));
    counts.push(rig.count(2));
    levels += rig.out2() ? "H" : "L";
  }
  return { counts, out: levels };
}

// The diagrams of Intel's 8254 datasheet, "Mode Definitions": counts from the CLK pulse that loads them.
describe("modes, after the datasheet's timing diagrams", () => {
  it("mode 0: OUT low from the control word, high when the count reaches zero, count goes on", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 4);
    expect(rig.out2()).toBe(false);
    expect(trace(rig, 1, 8)).toEqual({ counts: [4, 3, 2, 1, 0, 0xffff, 0xfffe, 0xfffd], out: "LLLLHHHH" });
  });

  it("reads the count to come before the pulse that loads it, as QEMU's does (Linux' quick_pit_calibrate)", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 0xffff);
    expect([rig.inb(0x42), rig.inb(0x42)]).toEqual([0xff, 0xff]);
    rig.clock.advanceTo(at(3));
    expect(rig.count(2)).toBe(0xfffd);
  });

  it("mode 0: a closed gate stops the count and does not touch OUT", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 3);
    rig.clock.advanceTo(at(2));
    rig.gate2(false);
    expect(trace(rig, 3, 3)).toEqual({ counts: [2, 2, 2], out: "LLL" });
    rig.gate2(true);
    expect(trace(rig, 6, 3)).toEqual({ counts: [1, 0, 0xffff], out: "LHH" });
  });

  it("mode 0: a new count restarts, its first byte stops the old count with OUT low", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 2);
    rig.clock.advanceTo(at(5));
    expect(rig.out2()).toBe(true);
    rig.out(0x42, 3);
    expect(rig.out2()).toBe(false);
    rig.out(0x42, 0);
    expect(trace(rig, 6, 4)).toEqual({ counts: [3, 2, 1, 0], out: "LLLH" });
  });

  it("mode 1: waits for the gate's rising edge, low for the count, can be triggered again", () => {
    const rig = setUp();
    rig.program(2, 1, 3);
    rig.clock.advanceTo(at(4));
    expect(rig.out2()).toBe(true);
    rig.gate2(true);
    expect(trace(rig, 5, 4)).toEqual({ counts: [3, 2, 1, 0], out: "LLLH" });
    rig.gate2(false);
    rig.gate2(true);
    expect(trace(rig, 9, 2)).toEqual({ counts: [3, 2], out: "LL" });
    rig.gate2(false);
    rig.gate2(true);
    expect(trace(rig, 11, 4)).toEqual({ counts: [3, 2, 1, 0], out: "LLLH" });
  });

  it("mode 1: a new count waits for the next trigger", () => {
    const rig = setUp();
    rig.program(2, 1, 2);
    rig.gate2(true);
    rig.clock.advanceTo(at(1));
    rig.out(0x42, 4);
    rig.out(0x42, 0);
    expect(trace(rig, 2, 3)).toEqual({ counts: [1, 0, 0xffff], out: "LHH" });
    rig.gate2(false);
    rig.gate2(true);
    expect(trace(rig, 5, 5)).toEqual({ counts: [4, 3, 2, 1, 0], out: "LLLLH" });
  });

  it("mode 2: one tick low each count, and a new count after the current one", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 2, 3);
    expect(trace(rig, 1, 7)).toEqual({ counts: [3, 2, 1, 3, 2, 1, 3], out: "HHLHHLH" });
    rig.out(0x42, 5);
    rig.out(0x42, 0);
    expect(trace(rig, 8, 8)).toEqual({ counts: [2, 1, 5, 4, 3, 2, 1, 5], out: "HLHHHHLH" });
  });

  it("mode 2: a closed gate forces OUT high, its rising edge reloads", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 2, 3);
    rig.clock.advanceTo(at(3));
    expect(rig.out2()).toBe(false);
    rig.gate2(false);
    expect(trace(rig, 4, 2)).toEqual({ counts: [1, 1], out: "HH" });
    rig.gate2(true);
    expect(trace(rig, 6, 4)).toEqual({ counts: [3, 2, 1, 3], out: "HHLH" });
  });

  it("mode 3, even count: half high, half low, counting by two", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 3, 4);
    expect(trace(rig, 1, 8)).toEqual({ counts: [4, 2, 4, 2, 4, 2, 4, 2], out: "HHLLHHLL" });
  });

  it("mode 3, odd count: the high half is one tick longer", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 3, 5);
    expect(trace(rig, 1, 10)).toEqual({ counts: [4, 2, 0, 4, 2, 4, 2, 0, 4, 2], out: "HHHLLHHHLL" });
  });

  it("mode 3: a new count begins with the next half", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 3, 6);
    rig.clock.advanceTo(at(2));
    rig.out(0x42, 4);
    rig.out(0x42, 0);
    expect(trace(rig, 3, 8)).toEqual({ counts: [2, 4, 2, 4, 2, 4, 2, 4], out: "HLLHHLLH" });
  });

  it("mode 4: one low tick when the count expires, once", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 4, 3);
    expect(trace(rig, 1, 6)).toEqual({ counts: [3, 2, 1, 0, 0xffff, 0xfffe], out: "HHHLHH" });
  });

  it("mode 5: the same, from the gate's rising edge", () => {
    const rig = setUp();
    rig.program(2, 5, 3);
    rig.clock.advanceTo(at(7));
    rig.gate2(true);
    expect(trace(rig, 8, 6)).toEqual({ counts: [3, 2, 1, 0, 0xffff, 0xfffe], out: "HHHLHH" });
  });
});

describe("access", () => {
  it("a count of zero is 65536, in BCD 10000", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 0);
    rig.clock.advanceTo(at(2));
    expect(rig.count(2)).toBe(0xffff);
    rig.program(2, 0, 0, 1);
    rig.clock.advanceTo(at(4));
    expect(rig.count(2)).toBe(0x9999);
  });

  it("BCD counts in tens", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 0x1002, 1);
    expect(trace(rig, 1, 4).counts).toEqual([0x1002, 0x1001, 0x1000, 0x0999]);
  });

  it("only the low or only the high byte, as the control word says", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.out(0x43, 0x90);
    rig.out(0x42, 7);
    rig.clock.advanceTo(at(1));
    expect([rig.inb(0x42), rig.inb(0x42)]).toEqual([7, 7]);
    rig.out(0x43, 0xa0);
    rig.out(0x42, 7);
    rig.clock.advanceTo(at(2));
    expect(rig.inb(0x42)).toBe(7);
  });

  it("a latched count stays until it is read, also through a second latch command", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(2, 0, 0x1234);
    rig.clock.advanceTo(at(1));
    rig.out(0x43, 0x80);
    rig.clock.advanceTo(at(100));
    rig.out(0x43, 0x80);
    expect([rig.inb(0x42), rig.inb(0x42)]).toEqual([0x34, 0x12]);
    expect([rig.inb(0x42), rig.inb(0x42)]).toEqual(
      [0x1234 - 99, 0x1234 - 99].map((v, i) => (i === 0 ? v & 0xff : v >> 8)),
    );
  });

  it("read-back latches status and count of several counters; status is read first", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.program(1, 2, 0x0012);
    rig.program(2, 0, 0x3456);
    rig.clock.advanceTo(at(1));
    rig.out(0x43, 0xc0 | 0x0c);
    rig.clock.advanceTo(at(9));
    expect([rig.inb(0x41), rig.inb(0x41), rig.inb(0x41)]).toEqual([0x80 | 0x34, 0x12, 0x00]);
    expect([rig.inb(0x42), rig.inb(0x42), rig.inb(0x42)]).toEqual([0x30, 0x56, 0x34]);
  });

  it("status shows null count until the count is loaded", () => {
    const rig = setUp();
    rig.gate2(true);
    rig.out(0x43, 0xb4);
    expect(rig.status(2) & 0x40).toBe(0x40);
    rig.out(0x42, 10);
    rig.out(0x42, 0);
    expect(rig.status(2) & 0x40).toBe(0x40);
    rig.clock.advanceTo(at(1));
    expect(rig.status(2)).toBe(0x80 | 0x34);
    rig.out(0x42, 4);
    rig.out(0x42, 0);
    expect(rig.status(2) & 0x40).toBe(0x40);
    rig.clock.advanceTo(at(11));
    expect(rig.status(2) & 0x40).toBe(0);
  });

  it("the control register cannot be read", () => {
    expect(setUp().inb(0x43)).toBe(0xff);
  });
});

describe("port 0x61", () => {
  it("keeps its low four bits and shows a refresh toggle of 18 ticks", () => {
    const { clock, out, inb } = setUp();
    out(0x61, 0xff);
    expect(inb(0x61) & 0xcf).toBe(0x0f);
    const levels: number[] = [];
    for (let i = 0; i < 6; i++) {
      clock.advanceTo(at(18 * i));
      levels.push((inb(0x61) >> 4) & 1);
    }
    expect(levels).toEqual([0, 1, 0, 1, 0, 1]);
  });
});

describe("what Linux calibrates with (tsc.c, i8253.c)", () => {
  it("pit_calibrate_tsc: mode 0 on counter 2 ends after 10 ms exactly, seen in port 0x61", () => {
    const { clock, out, inb } = setUp();
    const latch = 11_932;
    out(0x61, (inb(0x61) & ~2) | 1);
    out(0x43, 0xb0);
    out(0x42, latch & 0xff);
    out(0x42, latch >> 8);
    clock.advanceTo(at(latch + 1) - 1);
    expect(inb(0x61) & 0x20).toBe(0);
    clock.advance(1);
    expect(inb(0x61) & 0x20).toBe(0x20);
  });

  it("quick_pit_calibrate: the high byte goes down once in 256 ticks, read in pairs without a latch", () => {
    const { clock, out, inb } = setUp();
    out(0x61, (inb(0x61) & ~2) | 1);
    out(0x43, 0xb0);
    out(0x42, 0xff);
    out(0x42, 0xff);
    clock.advanceTo(at(1));
    for (let i = 0; i < 5; i++) {
      clock.advanceTo(at(1 + 256 * i + 100));
      inb(0x42);
      expect(inb(0x42)).toBe(0xff - i);
    }
  });
});

describe("IRQ 0", () => {
  it("mode 2: rises every count ticks, without drift", () => {
    const { clock, line, program } = setUp();
    program(0, 2, 11_932);
    const before = line.rises;
    clock.advanceTo(at(1 + 11_932) - 1);
    expect(line.rises).toBe(before);
    clock.advance(1);
    expect(line.rises).toBe(before + 1);
    clock.advanceTo(at(1 + 11_932 * 1000));
    expect(line.rises).toBe(before + 1000);
  });

  it("mode 3: rises once in a period", () => {
    const { clock, line, program } = setUp();
    program(0, 3, 1000);
    const before = line.rises;
    clock.advanceTo(at(1 + 10_000));
    expect(line.rises).toBe(before + 10);
  });

  it("mode 0: one interrupt, then no timer is left", () => {
    const { clock, line, program } = setUp();
    program(0, 0, 500);
    expect(line.level).toBe(false);
    clock.advanceTo(at(501));
    expect(line.level).toBe(true);
    expect(clock.armed).toBe(0);
  });

  it("mode 4, Linux's one-shot: a low pulse at the end of the count", () => {
    const { clock, line, program } = setUp();
    program(0, 4, 100);
    const before = line.rises;
    clock.advanceTo(at(103));
    expect(line.rises).toBe(before + 1);
    expect(clock.armed).toBe(0);
  });

  it("a clock that comes late gets one pulse for all that it missed", () => {
    const { clock, line, program } = setUp();
    program(0, 2, 100);
    clock.advanceTo(at(50));
    const before = line.rises;
    clock.jump(1_000_000_000);
    clock.advance(0);
    expect(line.rises).toBe(before + 1);
  });
});
