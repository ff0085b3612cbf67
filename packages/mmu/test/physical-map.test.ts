import { describe, expect, it } from "vitest";
import { PAGE_CODE, PAGE_DIRTY_LOG, PAGE_PRIVATE, PAGE_ROM, PAGE_WATCH, Dma, PhysicalMap } from "../src/index.js";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const failure = (code: string): object => expect.objectContaining({ code }) as object;

/** 64 KiB: 32 KiB of RAM at 0, 16 KiB at 5 GiB, 8 KiB of ROM below 4 GiB that also shows at 0xc000. */
function machine(): { map: PhysicalMap; host: Uint8Array } {
  const buffer = new ArrayBuffer(0x10000);
  const map = new PhysicalMap(buffer);
  map.addRam(0, 0x8000, 0x1000, "low");
  map.addRam(5 * 2 ** 30, 0x4000, 0xa000, "high");
  map.addRom(0xffff_e000, 0x2000, 0xe000, "firmware");
  map.addRom(0xc000, 0x2000, 0xe000, "shadow");
  return { map, host: new Uint8Array(buffer) };
}

describe("hostOffset", () => {
  it("finds bytes of RAM and ROM, and nothing next to them", () => {
    const { map } = machine();
    const cases: [number, number][] = [
      [0, 0x1000],
      [0x7fff, 0x8fff],
      [0x8000, -1],
      [0xbfff, -1],
      [0xc000, 0xe000],
      [0xe000, -1],
      [0xffff_dfff, -1],
      [0xffff_e123, 0xe123],
      [0xffff_ffff, 0xffff],
      [2 ** 32, -1],
      [5 * 2 ** 30 - 1, -1],
      [5 * 2 ** 30, 0xa000],
      [5 * 2 ** 30 + 0x3fff, 0xdfff],
      [5 * 2 ** 30 + 0x4000, -1],
      // The same page number in another 4 GiB.
      [9 * 2 ** 30, -1],
      [2 ** 52 - 1, -1],
    ];
    for (const [gpa, offset] of cases) expect([gpa, map.hostOffset(gpa)]).toEqual([gpa, offset]);
  });

  it("reaches the end of the 52-bit space", () => {
    const map = new PhysicalMap(new ArrayBuffer(0x2000));
    map.addRam(2 ** 52 - 0x1000, 0x1000, 0x1000, "top");
    expect(map.hostOffset(2 ** 52 - 1)).toBe(0x1fff);
    expect(map.hostOffset(2 ** 52 - 0x1001)).toBe(-1);
  });
});

describe("adding memory", () => {
  it("lists the regions in ascending order", () => {
    expect(machine().map.regions()).toEqual([
      { gpa: 0, length: 0x8000, kind: "ram", name: "low" },
      { gpa: 0xc000, length: 0x2000, kind: "rom", name: "shadow" },
      { gpa: 0xffff_e000, length: 0x2000, kind: "rom", name: "firmware" },
      { gpa: 5 * 2 ** 30, length: 0x4000, kind: "ram", name: "high" },
    ]);
  });

  it("refuses overlaps, whichever end they touch, and then changes nothing", () => {
    const { map } = machine();
    for (const [gpa, length] of [
      [0x7000, 0x1000],
      [0x7000, 0x2000],
      [0xb000, 0x2000],
      [0x1000, 0x1000],
      [0, 0xf000],
    ] as const) {
      expect(() => map.addRam(gpa, length, 0x1000, "more")).toThrow(failure("ISG_MEMORY_OVERLAP"));
    }
    expect(map.regions()).toHaveLength(4);
    expect(map.hostOffset(0x8000)).toBe(-1);
    map.addRam(0x8000, 0x4000, 0x1000, "between");
    expect(map.hostOffset(0xb123)).toBe(0x4123);
  });

  it("refuses what is not whole pages, is empty, or lies outside the buffer or the 52-bit space", () => {
    const { map } = machine();
    const bad: [number, number, number][] = [
      [0x10_0800, 0x1000, 0x1000],
      [0x10_0000, 0x800, 0x1000],
      [0x10_0000, 0, 0x1000],
      [0x10_0000, -0x1000, 0x1000],
      [-0x1000, 0x1000, 0x1000],
      [0x10_0000, 0x1000, 0x800],
      [0x10_0000, 0x1000, -0x1000],
      [0x10_0000, 0x1000, 0x10000],
      [0x10_0000, 0x11000, 0x1000],
      [2 ** 52 - 0x1000, 0x2000, 0x1000],
      [2 ** 52, 0x1000, 0x1000],
      [Number.NaN, 0x1000, 0x1000],
      [0x10_0000, 0x1000, Number.NaN],
      [0x10_0000, Number.POSITIVE_INFINITY, 0x1000],
      // Executors take offset 0 for "no memory".
      [0x10_0000, 0x1000, 0],
    ];
    for (const [gpa, length, offset] of bad) {
      expect(() => map.addRam(gpa, length, offset, "bad"), `${gpa} ${length} ${offset}`).toThrow(
        failure("ISG_MEMORY_BAD_RANGE"),
      );
    }
    expect(() => new PhysicalMap(new ArrayBuffer(1000))).toThrow(failure("ISG_MEMORY_BAD_RANGE"));
  });

  it("refuses reserved bytes of the buffer, and to reserve bytes that back memory", () => {
    const map = new PhysicalMap(new ArrayBuffer(0x10000));
    map.reserve(0x2800, 0x1000, "vcpu");
    for (const offset of [0x1000, 0x2000, 0x3000])
      expect(() => map.addRam(0, 0x2000, offset, "ram"), `${offset}`).toThrow(failure("ISG_MEMORY_OVERLAP"));
    expect(map.regions()).toHaveLength(0);
    map.addRam(0, 0x2000, 0x4000, "ram");
    map.addRom(0x8000, 0x1000, 0x1000, "rom");
    for (const [offset, length] of [
      [0x3000, 1],
      [0x3900, 0x701],
      [0x5fff, 1],
      [0x1000, 0x1000],
    ] as const)
      expect(() => map.reserve(offset, length, "more"), `${offset}`).toThrow(failure("ISG_MEMORY_OVERLAP"));
    map.reserve(0x3800, 0x800, "more");
    map.reserve(0x6000, 0x1000, "more");
    for (const [offset, length] of [
      [0xffff, 2],
      [-1, 1],
      [0x8000, 0],
      [Number.NaN, 1],
    ] as const)
      expect(() => map.reserve(offset, length, "more"), `${offset}`).toThrow(failure("ISG_MEMORY_BAD_RANGE"));
  });

  it("sets PAGE_ROM on the pages of ROM only", () => {
    const { map } = machine();
    expect([0xd, 0xe, 0xf].map((page) => map.pageFlags(page))).toEqual([0, PAGE_ROM, PAGE_ROM]);
    expect([0, 1, 8, 9, 0xa, 0xf].map((page) => map.isBacked(page))).toEqual([false, true, true, false, true, true]);
  });
});

describe("read and write", () => {
  it("copy over page borders, into ROM too", () => {
    const { map, host } = machine();
    map.write(0x0ffe, bytes(1, 2, 3, 4));
    expect([...host.subarray(0x1ffe, 0x2002)]).toEqual([1, 2, 3, 4]);
    map.write(0xc001, bytes(9));
    const into = new Uint8Array(3);
    map.read(0xffff_e000, into);
    expect([...into]).toEqual([0, 9, 0]);
    map.read(0x0fff, into);
    expect([...into]).toEqual([2, 3, 4]);
  });

  it("copy between regions that are apart in the buffer", () => {
    const buffer = new ArrayBuffer(0x4000);
    const map = new PhysicalMap(buffer);
    map.addRam(0, 0x1000, 0x3000, "a");
    map.addRam(0x1000, 0x1000, 0x1000, "b");
    map.addRam(0x2000, 0x1000, 0x2000, "c");
    const data = Uint8Array.from({ length: 0x1100 }, (_, i) => i % 251);
    map.write(0xff0, data);
    const back = new Uint8Array(0x1100);
    map.read(0xff0, back);
    expect(back).toEqual(data);
    const host = new Uint8Array(buffer);
    expect([...host.subarray(0x3ff0, 0x4000)]).toEqual([...data.subarray(0, 16)]);
    expect([...host.subarray(0x1000, 0x1004)]).toEqual([...data.subarray(16, 20)]);
    expect(host[0x2000]).toBe(data[0x1010]);
  });

  it("throw on a hole and copy nothing, wherever it is in the range", () => {
    const { map, host } = machine();
    host.fill(7);
    const into = new Uint8Array(16);
    for (const gpa of [0x7ff8, 0x8000, 0xbff8, 2 ** 52 - 8, -8, 0.5, Number.NaN]) {
      expect(() => map.write(gpa, new Uint8Array(16)), `at ${gpa}`).toThrow(failure("ISG_MEMORY_UNBACKED"));
      expect(() => map.read(gpa, into), `at ${gpa}`).toThrow(failure("ISG_MEMORY_UNBACKED"));
    }
    expect(host.every((byte) => byte === 7)).toBe(true);
    expect(into.every((byte) => byte === 0)).toBe(true);
  });
});

describe("page flags", () => {
  it("are set and cleared bit by bit, and are those of the host page for all its aliases", () => {
    const { map } = machine();
    map.setPageFlags(0xe, PAGE_CODE | PAGE_WATCH);
    expect(map.pageFlags(map.hostOffset(0xc000) >>> 12)).toBe(PAGE_CODE | PAGE_WATCH | PAGE_ROM);
    expect(map.pageFlags(map.hostOffset(0xffff_e000) >>> 12)).toBe(PAGE_CODE | PAGE_WATCH | PAGE_ROM);
    map.clearPageFlags(0xe, PAGE_WATCH);
    expect(map.pageFlags(0xe)).toBe(PAGE_CODE | PAGE_ROM);
  });

  it("make write announce what it changed in code pages, page by page, after the change", () => {
    const { map, host } = machine();
    const calls: number[][] = [];
    map.onCodeWrite = (offset, length): void => void calls.push([offset, length, host[offset]!]);
    map.setPageFlags(2, PAGE_CODE);
    map.setPageFlags(4, PAGE_CODE);
    map.write(0x0ff0, new Uint8Array(0x2010).fill(5));
    expect(calls).toEqual([[0x2000, 0x1000, 5]]);
    map.write(0x0ff0, new Uint8Array(0x3000).fill(6));
    expect(calls.slice(1)).toEqual([
      [0x2000, 0x1000, 6],
      [0x4000, 0xff0, 6],
    ]);
    map.write(0x5000, bytes(1));
    expect(calls).toHaveLength(3);
  });
});

describe("dirty logging", () => {
  it("collects the pages written since, once each, and starts anew when taken", () => {
    const { map } = machine();
    map.startDirtyLogging();
    expect(map.pageFlags(3) & PAGE_DIRTY_LOG).toBe(PAGE_DIRTY_LOG);
    expect(map.pageFlags(0) & PAGE_DIRTY_LOG).toBe(0);
    map.write(0x1fff, bytes(1, 2));
    map.write(0x1000, bytes(1));
    map.noteWrite(0xb000, 8);
    // A page that is dirty already may be written without notice.
    expect(map.pageFlags(3) & PAGE_DIRTY_LOG).toBe(0);
    expect(map.dirtyBitmap[0]).toBe(0b1100);
    expect([...map.takeDirtyPages()]).toEqual([2, 3, 0xb]);
    expect(map.pageFlags(3) & PAGE_DIRTY_LOG).toBe(PAGE_DIRTY_LOG);
    expect([...map.takeDirtyPages()]).toEqual([]);
    map.write(0x2000, bytes(1));
    map.stopDirtyLogging();
    expect(map.pageFlags(1) & PAGE_DIRTY_LOG).toBe(0);
    map.write(0x0, bytes(1));
    expect([...map.takeDirtyPages()]).toEqual([3]);
  });
});

describe("Dma", () => {
  it("copies RAM and announces writes to code", () => {
    const { map } = machine();
    const dma = new Dma(map);
    const calls: number[][] = [];
    map.onCodeWrite = (offset, length): void => void calls.push([offset, length]);
    map.setPageFlags(0xa, PAGE_CODE);
    expect(dma.write(0, 5 * 2 ** 30, bytes(1, 2, 3))).toBe(true);
    const into = new Uint8Array(3);
    expect(dma.read(0, 5 * 2 ** 30, into)).toBe(true);
    expect([...into]).toEqual([1, 2, 3]);
    expect(calls).toEqual([[0xa000, 3]]);
  });

  it("refuses ROM, holes, private pages and addresses that are none, and then transfers nothing", () => {
    const { map, host } = machine();
    map.setPageFlags(3, PAGE_PRIVATE);
    const dma = new Dma(map);
    const one = bytes(1, 1, 1, 1);
    const addresses = [
      0xc000,
      0x7ffe,
      0x8000,
      0x1ffe,
      0x2000,
      0xffff_ffff,
      2 ** 52 - 2,
      2 ** 53,
      2 ** 64,
      -4,
      Number.NaN,
    ];
    for (const iova of addresses) {
      expect([iova, dma.write(0, iova, one)]).toEqual([iova, false]);
      expect([iova, dma.read(0, iova, one)]).toEqual([iova, false]);
    }
    expect(dma.refused).toBe(2 * addresses.length);
    expect(host.every((byte) => byte === 0)).toBe(true);
    expect([...one]).toEqual([1, 1, 1, 1]);
  });
});

describe("a map", () => {
  it.each([[], [null], [4096]])("of no buffer (%o) is refused", (...values) => {
    const make = PhysicalMap as unknown as new (...given: readonly unknown[]) => PhysicalMap;
    expect(() => new make(...values)).toThrow(
      expect.objectContaining({ code: "ISG_MEMORY_BAD_RANGE", message: expect.stringContaining("no buffer") }),
    );
  });
});
