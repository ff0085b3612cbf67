import type { MmioHandler } from "@isinglass/interface";
import { describe, expect, it } from "vitest";
import { PhysicalMap } from "../src/index.js";

/** Answers each byte with its offset and keeps a log. */
class Recorder implements MmioHandler {
  readonly log: (string | number)[][] = [];

  readMmio(offset: number, size: 1 | 2 | 4): number {
    this.log.push(["read", offset, size]);
    let value = 0;
    for (let i = 0; i < size; i++) value += ((offset + i) & 0xff) * 2 ** (8 * i);
    return value;
  }

  writeMmio(offset: number, size: 1 | 2 | 4, value: number): void {
    this.log.push(["write", offset, size, value]);
  }
}

function machine(): PhysicalMap {
  const map = new PhysicalMap(new ArrayBuffer(0x10000));
  map.addRam(0, 0x4000, 0x1000, "ram");
  return map;
}

const overlap = expect.objectContaining({ code: "ISG_BUS_OVERLAP" }) as object;

describe("MMIO", () => {
  it("reaches the handler with the offset in its range", () => {
    const map = machine();
    const device = new Recorder();
    map.addMmio(0xfee0_0000, 0x1000, device, "apic");
    expect(map.readMmio(0xfee0_0fc4, 4)).toBe(0xc7c6c5c4);
    expect(map.readMmio(0xfee0_0fc2, 2)).toBe(0xc3c2);
    map.writeMmio(0xfee0_0300, 4, -1);
    map.writeMmio(0xfee0_0302, 1, 0x1ff);
    expect(device.log).toEqual([
      ["read", 0xfc4, 4],
      ["read", 0xfc2, 2],
      ["write", 0x300, 4, 0xffff_ffff],
      ["write", 0x302, 1, 0xff],
    ]);
    expect(map.hostOffset(0xfee0_0000)).toBe(-1);
  });

  it("cuts off what a handler returns beyond the size asked for", () => {
    const map = machine();
    map.addMmio(0x8000, 0x1000, { readMmio: () => -0x1234_5678, writeMmio: () => {} }, "sloppy");
    expect([map.readMmio(0x8000, 1), map.readMmio(0x8000, 2), map.readMmio(0x8000, 4)]).toEqual([
      0x88, 0xa988, 0xedcb_a988,
    ]);
  });

  it("reads as all ones and drops writes where nobody is, and counts them", () => {
    const map = machine();
    expect([map.readMmio(0x8000, 1), map.readMmio(0x8000, 2), map.readMmio(0x8001, 4)]).toEqual([
      0xff, 0xffff, 0xffff_ffff,
    ]);
    map.writeMmio(0x8000, 4, 0);
    expect([map.unclaimedReads, map.unclaimedWrites]).toEqual([3, 1]);
  });

  it("arrives as bytes where it is not aligned or leaves the range", () => {
    const map = machine();
    const first = new Recorder();
    const second = new Recorder();
    map.addMmio(0x8010, 6, first, "first");
    map.addMmio(0x8016, 2, second, "second");
    expect(map.readMmio(0x8011, 2)).toBe(0x0201);
    expect(map.readMmio(0x8014, 4)).toBe(0x01000504);
    // Four bytes of which the last is the first device's.
    expect(map.readMmio(0x800d, 4)).toBe(0x00ff_ffff);
    map.writeMmio(0x8015, 4, 0x44332211);
    expect(first.log).toEqual([
      ["read", 1, 1],
      ["read", 2, 1],
      ["read", 4, 1],
      ["read", 5, 1],
      ["read", 0, 1],
      ["write", 5, 1, 0x11],
    ]);
    expect(second.log).toEqual([
      ["read", 0, 1],
      ["read", 1, 1],
      ["write", 0, 1, 0x22],
      ["write", 1, 1, 0x33],
    ]);
    expect([map.unclaimedReads, map.unclaimedWrites]).toEqual([3, 1]);
  });

  it("lets several ranges share a page, each found again after the others were used", () => {
    const map = machine();
    const devices = Array.from({ length: 8 }, () => new Recorder());
    // Added in another order than that of their addresses.
    for (const i of [3, 0, 7, 5, 1, 6, 2, 4]) map.addMmio(0x8000 + 64 * i, 32, devices[i]!, `device ${i}`);
    for (const i of [0, 7, 1, 6, 2, 5, 3, 4]) {
      map.readMmio(0x8000 + 64 * i + 28, 4);
      expect(map.readMmio(0x8000 + 64 * i + 32, 4)).toBe(0xffff_ffff);
    }
    for (const device of devices) expect(device.log).toEqual([["read", 28, 4]]);
  });

  it("works above 4 GiB and over ranges of gigabytes", () => {
    const map = machine();
    const device = new Recorder();
    map.addMmio(0x38_0000_0000_00, 2 ** 34, device, "bar");
    map.readMmio(0x38_0000_0000_00 + 2 ** 34 - 4, 4);
    expect(device.log).toEqual([["read", 2 ** 34 - 4, 4]]);
    expect(map.readMmio(0x38_0000_0000_00 + 2 ** 34, 1)).toBe(0xff);
    expect(map.unclaimedReads).toBe(1);
  });

  it("refuses overlaps with devices and with the pages of memory", () => {
    const map = machine();
    const device = new Recorder();
    map.addMmio(0x8000, 0x100, device, "a");
    for (const [gpa, length] of [
      [0x80ff, 1],
      [0x7fff, 2],
      [0x8010, 4],
      [0x7000, 0x2000],
      [0x3fff, 1],
      [0x3000, 0x2000],
      [0, 2 ** 40],
    ] as const) {
      expect(() => map.addMmio(gpa, length, device, "b"), `${gpa}`).toThrow(overlap);
    }
    map.addMmio(0x8100, 0x100, device, "b");
    map.addMmio(0x7f00, 0x100, device, "c");
    expect(() => map.addRam(0x8000, 0x1000, 0x8000, "more")).toThrow(
      expect.objectContaining({ code: "ISG_MEMORY_OVERLAP" }) as object,
    );
    expect(() => map.addMmio(2 ** 52 - 4, 8, device, "d")).toThrow(
      expect.objectContaining({ code: "ISG_MEMORY_BAD_RANGE" }) as object,
    );
  });

  it("gives a range back on remove, also while it is in use, and only once", () => {
    const map = machine();
    const device = new Recorder();
    const mapping = map.addMmio(0x8000, 0x100, device, "a");
    expect(map.readMmio(0x8000, 1)).toBe(0);
    mapping.remove();
    expect(map.readMmio(0x8000, 1)).toBe(0xff);
    const other = new Recorder();
    map.addMmio(0x8000, 0x100, other, "b");
    mapping.remove();
    expect(map.readMmio(0x8001, 1)).toBe(1);
    expect(other.log).toHaveLength(1);
    const suicidal = map.addMmio(0x9000, 4, { readMmio: () => 0, writeMmio: () => suicidal.remove() }, "c");
    map.writeMmio(0x9001, 2, 0);
    expect(map.unclaimedWrites).toBe(1);
  });
});
