import { describe, expect, it } from "vitest";
import type { MmioHandler, PortHandler } from "@isinglass/interface";
import { LineFork, SharedLine } from "../src/line.js";
import { SystemBus } from "../src/bus/system-bus.js";
import { TestLine } from "./support.js";

/** Answers reads with the low byte of the port or offset in every byte and writes down all accesses. */
function recorder() {
  const log: string[] = [];
  const pattern = (at: number, size: number): number => {
    let value = 0;
    for (let i = 0; i < size; i++) value |= ((at + i) & 0xff) << (8 * i);
    return value >>> 0;
  };
  const note = (what: string, at: number, size: number, value?: number): void => {
    log.push(`${what}${size} ${at.toString(16)}${value === undefined ? "" : `=${value.toString(16)}`}`);
  };
  const handler: PortHandler & MmioHandler = {
    readPort: (port, size) => (note("r", port, size), pattern(port, size)),
    writePort: (port, size, value) => note("w", port, size, value),
    readMmio: (offset, size) => (note("r", offset, size), pattern(offset, size)),
    writeMmio: (offset, size, value) => note("w", offset, size, value),
  };
  return { handler, log };
}

describe("ports", () => {
  it("gives absolute ports and sizes to the range's handler", () => {
    const bus = new SystemBus();
    const { handler, log } = recorder();
    bus.mapPorts(0x3f8, 8, handler, "uart");
    expect(bus.readPort(0x3f9, 2)).toBe(0xfaf9);
    bus.writePort(0x3fc, 4, 0xdeadbeef);
    expect(log).toEqual(["r2 3f9", "w4 3fc=deadbeef"]);
  });

  it("reads all ones where nobody answers and drops writes", () => {
    const bus = new SystemBus();
    expect([bus.readPort(0x10, 1), bus.readPort(0x10, 2), bus.readPort(0x10, 4)]).toEqual([0xff, 0xffff, 0xffffffff]);
    bus.writePort(0x10, 4, 1);
    expect(bus.describe().unclaimed).toMatchObject({ portReads: 3, portWrites: 1 });
  });

  it("splits an access that crosses ranges into bytes for each", () => {
    const bus = new SystemBus();
    const a = recorder();
    const b = recorder();
    bus.mapPorts(0x60, 1, a.handler, "a");
    bus.mapPorts(0x61, 1, b.handler, "b");
    expect(bus.readPort(0x60, 4)).toBe(0xffff6160);
    bus.writePort(0x60, 2, 0x1234);
    expect(a.log).toEqual(["r1 60", "w1 60=34"]);
    expect(b.log).toEqual(["r1 61", "w1 61=12"]);
  });

  it("wraps at 0x10000", () => {
    const bus = new SystemBus();
    const low = recorder();
    bus.mapPorts(0, 1, low.handler, "low");
    expect(bus.readPort(0xffff, 2)).toBe(0x00ff);
    expect(low.log).toEqual(["r1 0"]);
  });

  it("refuses overlaps and ranges that are none, and names who is there", () => {
    const bus = new SystemBus();
    const { handler } = recorder();
    bus.mapPorts(0x60, 5, handler, "keyboard");
    expect(() => bus.mapPorts(0x64, 1, handler, "other")).toThrow(/0x64 belongs to keyboard/);
    expect(() => bus.mapPorts(0xfff0, 17, handler, "other")).toThrow(
      expect.objectContaining({ code: "ISG_BUS_BAD_RANGE" }),
    );
    expect(() => bus.mapPorts(0x70, 0, handler, "other")).toThrow(
      expect.objectContaining({ code: "ISG_BUS_BAD_RANGE" }),
    );
  });

  it("gives a removed range back, once", () => {
    const bus = new SystemBus();
    const { handler } = recorder();
    const mapping = bus.mapPorts(0x60, 2, handler, "a");
    mapping.remove();
    bus.mapPorts(0x60, 2, handler, "b");
    mapping.remove();
    expect(bus.decodePort(0x61)?.name).toBe("b");
  });

  it("counts accesses for each range and says who answers where", () => {
    const bus = new SystemBus();
    const { handler } = recorder();
    bus.mapPorts(0x70, 2, handler, "rtc");
    bus.mapPorts(0x20, 2, handler, "pic");
    bus.readPort(0x70, 1);
    bus.readPort(0x71, 1);
    bus.writePort(0x70, 1, 0);
    expect(bus.describe().ports).toEqual([
      { name: "pic", first: 0x20, length: 2, reads: 0, writes: 0 },
      { name: "rtc", first: 0x70, length: 2, reads: 2, writes: 1 },
    ]);
    expect(bus.decodePort(0x72)).toBe(null);
  });

  it("holds many ranges", () => {
    const bus = new SystemBus();
    const { handler } = recorder();
    for (let i = 0; i < 1000; i++) bus.mapPorts(0x1000 + 8 * i, 8, handler, `r${i}`);
    bus.readPort(0x1000 + 8 * 777, 1);
    expect(bus.decodePort(0x1000 + 8 * 777)).toMatchObject({ name: "r777", reads: 1 });
  });
});

describe("memory-mapped registers", () => {
  it("finds the range by bisection and passes offsets", () => {
    const bus = new SystemBus();
    const all = Array.from({ length: 9 }, () => recorder());
    for (const i of [4, 0, 8, 2, 6, 1, 3, 5, 7])
      bus.mapMmio(0xfe00_0000 + i * 0x2000, 0x1000, all[i]!.handler, `d${i}`);
    for (let i = 0; i < 9; i++) {
      bus.readMmio(0xfe00_0000 + i * 0x2000 + 0xffc, 4);
      expect(all[i]!.log).toEqual(["r4 ffc"]);
      expect(bus.readMmio(0xfe00_0000 + i * 0x2000 + 0x1000, 4)).toBe(0xffff_ffff);
    }
    expect(bus.decodeMmio(0xfe00_6010)?.name).toBe("d3");
  });

  it("splits what is not aligned into bytes", () => {
    const bus = new SystemBus();
    const { handler, log } = recorder();
    bus.mapMmio(0x1000_0000, 0x1000, handler, "d");
    expect(bus.readMmio(0x1000_0002, 4)).toBe(0x05040302);
    bus.writeMmio(0x1000_0ffe, 4, 0x11223344);
    expect(log).toEqual(["r1 2", "r1 3", "r1 4", "r1 5", "w1 ffe=44", "w1 fff=33"]);
  });

  it("cuts off what a handler returns beyond the size asked for, and what is written beyond it", () => {
    const bus = new SystemBus();
    const written: number[] = [];
    const sloppy = {
      readMmio: () => -0x1234_5678,
      writeMmio: (_: number, __: number, value: number) => written.push(value),
    };
    bus.mapMmio(0x8000, 0x1000, sloppy, "sloppy");
    expect([1, 2, 4].map((size) => bus.readMmio(0x8000, size as 1 | 2 | 4))).toEqual([0x88, 0xa988, 0xedcb_a988]);
    for (const size of [1, 2, 4] as const) bus.writeMmio(0x8000, size, -1);
    expect(written).toEqual([0xff, 0xffff, 0xffff_ffff]);
  });

  it("arrives as bytes where it leaves one range for another, each with its offset", () => {
    const bus = new SystemBus({ splitPages: true });
    const [first, second] = [recorder(), recorder()];
    bus.mapMmio(0x8010, 6, first.handler, "first");
    bus.mapMmio(0x8016, 2, second.handler, "second");
    bus.writeMmio(0x8014, 4, 0x44332211);
    // Four bytes of which the last is the first device's.
    bus.writeMmio(0x800d, 4, 0x88776655);
    expect(first.log).toEqual(["w1 4=11", "w1 5=22", "w1 0=88"]);
    expect(second.log).toEqual(["w1 0=33", "w1 1=44"]);
  });

  it("lets a handler take itself away in the middle of an access", () => {
    const bus = new SystemBus();
    const suicidal = bus.mapMmio(0x9000, 0x1000, { readMmio: () => 0, writeMmio: () => suicidal.remove() }, "c");
    bus.writeMmio(0x9001, 2, 0);
    expect(bus.describe().unclaimed.mmioWrites).toBe(1);
  });

  it("wants whole pages unless it splits them, and no overlap", () => {
    const { handler } = recorder();
    const bus = new SystemBus();
    expect(() => bus.mapMmio(0x1000, 0x800, handler, "half")).toThrow(
      expect.objectContaining({ code: "ISG_BUS_BAD_RANGE" }),
    );
    bus.mapMmio(0x1000, 0x2000, handler, "a");
    expect(() => bus.mapMmio(0x2000, 0x1000, handler, "b")).toThrow(/overlap a at 0x1000/);
    expect(() => bus.mapMmio(0, 0x2000, handler, "b")).toThrow(expect.objectContaining({ code: "ISG_BUS_OVERLAP" }));
    const fine = new SystemBus({ splitPages: true });
    fine.mapMmio(0x1000, 0x200, handler, "virtio 0");
    fine.mapMmio(0x1200, 0x200, handler, "virtio 1");
    expect(fine.decodeMmio(0x1200)?.name).toBe("virtio 1");
  });

  it("forgets the range it used last when that is removed", () => {
    const bus = new SystemBus();
    const { handler } = recorder();
    const mapping = bus.mapMmio(0x1000, 0x1000, handler, "a");
    bus.readMmio(0x1000, 1);
    mapping.remove();
    expect(bus.readMmio(0x1000, 1)).toBe(0xff);
  });

  it("addresses above 4 GiB", () => {
    const bus = new SystemBus();
    const { handler, log } = recorder();
    bus.mapMmio(0x38_0000_0000, 0x4000, handler, "high");
    bus.readMmio(0x38_0000_3ffc, 4);
    expect(log).toEqual(["r4 3ffc"]);
  });
});

describe("wires", () => {
  it("a fork drives all its targets", () => {
    const targets = [new TestLine(), new TestLine()];
    new LineFork(targets).setLevel(true);
    expect(targets.map((t) => t.level)).toEqual([true, true]);
  });

  it("a shared wire is asserted while one of its drivers asserts it", () => {
    const wire = new TestLine();
    const shared = new SharedLine(wire);
    const [a, b] = [shared.input(), shared.input()];
    a.setLevel(true);
    a.setLevel(true);
    b.setLevel(true);
    a.setLevel(false);
    expect(wire).toMatchObject({ level: true, rises: 1 });
    expect(shared.levels).toBe(2);
    b.setLevel(false);
    expect(wire.level).toBe(false);
  });
});
