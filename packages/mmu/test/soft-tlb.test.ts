import { describe, expect, it } from "vitest";
import {
  PAGE_CODE,
  PAGE_DIRTY_LOG,
  PAGE_PRIVATE,
  PAGE_ROM,
  PAGE_WATCH,
  SoftTlb,
  TLB_CODE,
  TLB_ENTRIES,
  TLB_ENTRY_BYTES,
  TLB_FETCH,
  TLB_R,
  TLB_RAM,
  TLB_READ,
  TLB_VIEW_BYTES,
  TLB_W,
  TLB_WRITE,
  TLB_X,
  tlbRights,
} from "../src/index.js";
import { Differences } from "./support/differences.js";
import { Random, seed } from "@isinglass/testkit";

const BASE = 0x2000;
const RWX = TLB_R | TLB_W | TLB_X;
const KERNEL_HI = 0xffff_8880 | 0;

/** A soft TLB with the lookup that emitted code does, in 64-bit arithmetic. */
class Fixture {
  readonly views: number;
  readonly buffer: ArrayBuffer;
  readonly data: DataView;
  readonly tlb: SoftTlb;

  constructor(views: number = 3) {
    this.views = views;
    this.buffer = new ArrayBuffer(BASE + views * TLB_VIEW_BYTES + 0x1000);
    new Uint8Array(this.buffer).fill(0xa5);
    this.data = new DataView(this.buffer);
    this.tlb = new SoftTlb(this.buffer, BASE, views);
  }

  entry(view: number, lo: number): number {
    return this.tlb.viewBase(view) + ((lo >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY_BYTES;
  }

  /** Host offset of the byte at lo/hi, or -1 for the slow path. */
  lookup(view: number, tag: number, lo: number, hi: number, size: number = 1): number {
    const at = this.entry(view, lo);
    const va = (BigInt.asUintN(32, BigInt(hi)) << 32n) | BigInt.asUintN(32, BigInt(lo));
    const x = BigInt.asUintN(64, va - this.data.getBigInt64(at + tag, true));
    return x > 4096n - BigInt(size) ? -1 : this.data.getUint32(at + TLB_RAM, true) + Number(x);
  }

  code(view: number, lo: number): number {
    return this.data.getInt32(this.entry(view, lo) + TLB_CODE, true);
  }

  /** Which of the rights the lookup grants. */
  rights(view: number, lo: number, hi: number): string {
    const has = (tag: number): boolean => this.lookup(view, tag, lo, hi) >= 0;
    return `${has(TLB_READ) ? "r" : "-"}${has(TLB_WRITE) ? "w" : "-"}${has(TLB_FETCH) ? "x" : "-"}`;
  }
}

describe("an empty soft TLB", () => {
  it("is refused a place where its views do not fit or are not aligned", () => {
    const buffer = new ArrayBuffer(BASE + 2 * TLB_VIEW_BYTES);
    const place = expect.objectContaining({ code: "ISG_TLB_BAD_PLACE" }) as object;
    for (const [base, views] of [
      [BASE, 3],
      [BASE + 32, 2],
      [BASE + 4, 1],
      [-32, 1],
      [BASE, 0],
      [Number.NaN, 1],
    ] as const)
      expect(() => new SoftTlb(buffer, base, views), `${base} ${views}`).toThrow(place);
    expect(new SoftTlb(buffer, BASE, 2).viewBase(1)).toBe(BASE + TLB_VIEW_BYTES);
  });

  it("matches no address, whatever its index, high half and size", () => {
    const f = new Fixture(1);
    const matches = new Differences();
    const highs = [0, 1, -1, 0x7fff, -0x8000, 0x7fff_ffff, -0x8000_0000, KERNEL_HI];
    for (let index = 0; index < TLB_ENTRIES; index++) {
      for (const above of [0, 0x0040_0000, 0x7fc0_0000, 0x8000_0000, 0xffc0_0000]) {
        for (const offset of [0, 1, 0xff8, 0xfff]) {
          const lo = above | (index << 12) | offset | 0;
          for (const hi of highs) {
            for (const tag of [TLB_READ, TLB_WRITE, TLB_FETCH]) {
              if (f.lookup(0, tag, lo, hi) >= 0) matches.add([lo, hi, tag]);
            }
          }
        }
      }
    }
    expect(matches.list).toEqual([]);
  });

  it("stays inside its views", () => {
    const f = new Fixture(2);
    f.tlb.fill(1, -1, -1, 0x5000, RWX, false, 12);
    f.tlb.flushAll();
    const bytes = new Uint8Array(f.buffer);
    const outside = [...bytes.subarray(0, BASE), ...bytes.subarray(BASE + 2 * TLB_VIEW_BYTES)];
    expect(outside.every((byte) => byte === 0xa5)).toBe(true);
    expect([f.tlb.viewBase(0), f.tlb.viewBase(1)]).toEqual([BASE, BASE + TLB_VIEW_BYTES]);
  });
});

describe("fill", () => {
  it("grants exactly the rights given, in that view, to accesses that stay in the page", () => {
    const f = new Fixture();
    for (let rights = 0; rights < 8; rights++) {
      f.tlb.fill(1, 0x1234_5678, KERNEL_HI, 0x7fff_f000, rights, false, 12);
      const text = `${rights & TLB_R ? "r" : "-"}${rights & TLB_W ? "w" : "-"}${rights & TLB_X ? "x" : "-"}`;
      expect(f.rights(1, 0x1234_5fff, KERNEL_HI)).toBe(text);
      expect(f.rights(0, 0x1234_5678, KERNEL_HI)).toBe("---");
      expect(f.rights(2, 0x1234_5678, KERNEL_HI)).toBe("---");
    }
    expect(f.lookup(1, TLB_READ, 0x1234_5ff8, KERNEL_HI, 8)).toBe(0x7fff_fff8);
    expect(f.lookup(1, TLB_READ, 0x1234_5ff9, KERNEL_HI, 8)).toBe(-1);
    // The same index with another tag.
    for (const [lo, hi] of [
      [0x1234_5678, 0],
      [0x1234_5678, KERNEL_HI ^ 1],
      [0x1274_5678, KERNEL_HI],
      [0x9234_5678, KERNEL_HI],
    ] as const) {
      expect(f.rights(1, lo | 0, hi)).toBe("---");
    }
  });

  it("keeps host offsets of 2 GiB and more", () => {
    const f = new Fixture();
    f.tlb.fill(0, 0, 0, 0xdfff_f000, RWX, false, 12);
    expect(f.lookup(0, TLB_READ, 0xabc, 0)).toBe(0xdfff_fabc);
  });

  it("replaces what the entry held", () => {
    const f = new Fixture();
    f.tlb.fill(0, 0x1000, 0, 0x5000, RWX, false, 12);
    f.tlb.fill(0, 0x1000, 0, 0x6000, TLB_R, false, 12);
    expect(f.rights(0, 0x1000, 0)).toBe("r--");
    const other = (TLB_ENTRIES << 12) | 0x1000;
    f.tlb.fill(0, other, 0, 0x7000, TLB_X, false, 12);
    expect(f.rights(0, 0x1000, 0)).toBe("---");
    expect(f.rights(0, other, 0)).toBe("--x");
    expect(f.tlb.stats).toMatchObject({ fills: 3, conflicts: 1 });
  });
});

describe("flushes", () => {
  const pages = [0, 0x1000, 0x3f_f000, 0x40_2000, -0x3000, 0x7fff_4000];

  function filled(many: boolean): Fixture {
    const f = new Fixture();
    for (let view = 0; view < 3; view++) {
      // Below and above the number of entries from which a flush copies the template.
      if (many) for (let i = 0; i < 1000; i++) f.tlb.fill(view, (i << 12) | (1 << 30), 0, 0x9000, RWX, false, 12);
      for (const lo of pages) f.tlb.fill(view, lo, -1, 0x5000, RWX, false, 12);
      f.tlb.fill(view, 0x5_5000, -1, 0x6000, RWX, true, 12);
      f.tlb.setCode(view, 0x5_5000, -1, 77);
    }
    return f;
  }

  for (const many of [false, true]) {
    it(`of everything or of a view leave nothing behind (${many ? "many" : "few"} entries)`, () => {
      const f = filled(many);
      f.tlb.flushView(1);
      const empty = new Fixture();
      const compare = (view: number): boolean => {
        // Where an entry is empty its RAM offset means nothing.
        for (let i = 0; i < TLB_ENTRIES; i++) {
          for (const field of [0, 4, 8, 12, 16, 20, TLB_CODE]) {
            const at = f.tlb.viewBase(view) + i * TLB_ENTRY_BYTES + field;
            if (f.data.getInt32(at) !== empty.data.getInt32(at)) return false;
          }
        }
        return true;
      };
      expect([0, 1, 2].map(compare)).toEqual([false, true, false]);
      f.tlb.flushAll();
      expect([0, 1, 2].map(compare)).toEqual([true, true, true]);
      expect(f.tlb.stats).toMatchObject({ flushView: 1, flushAll: 1 });
      // Entries are listed anew after a flush.
      f.tlb.fill(2, 0x1000, 0, 0x5000, RWX, false, 12);
      f.tlb.flushAll();
      expect([0, 1, 2].map(compare)).toEqual([true, true, true]);
    });

    it(`of what is not global keep global entries with their code (${many ? "many" : "few"} entries)`, () => {
      const f = filled(many);
      f.tlb.flushNonGlobal();
      for (let view = 0; view < 3; view++) {
        expect(f.rights(view, 0x5_5123, -1)).toBe("rwx");
        expect(f.code(view, 0x5_5123)).toBe(77);
        for (const lo of pages) expect(f.rights(view, lo, -1)).toBe("---");
        if (many) expect(f.rights(view, 1 << 30, 0)).toBe("---");
      }
      f.tlb.flushNonGlobal();
      expect(f.rights(0, 0x5_5123, -1)).toBe("rwx");
      // No longer global once filled as such.
      f.tlb.fill(0, 0x5_5000, -1, 0x6000, RWX, false, 12);
      f.tlb.flushNonGlobal();
      expect(f.rights(0, 0x5_5123, -1)).toBe("---");
      f.tlb.flushAll();
      expect(f.rights(1, 0x5_5123, -1)).toBe("---");
    });
  }

  it("of a page reach all views and global entries, and nothing else", () => {
    const f = filled(false);
    f.tlb.fill(0, 0x1000, 0, 0x5000, RWX, false, 12);
    f.tlb.flushPage(0x1fff, -1);
    // Another high half at the same index: not this page.
    expect(f.rights(0, 0x1000, 0)).toBe("rwx");
    f.tlb.flushPage(0x5_5000, -1);
    for (let view = 0; view < 3; view++) {
      if (view > 0) expect(f.rights(view, 0x1000, -1)).toBe("---");
      expect(f.rights(view, 0x5_5000, -1)).toBe("---");
      expect(f.code(view, 0x5_5000)).toBe(0);
      for (const lo of pages) if (lo !== 0x1000) expect(f.rights(view, lo, -1)).toBe("rwx");
    }
    expect(f.tlb.stats).toMatchObject({ flushPage: 2, flushPageScans: 0 });
  });

  it("of entries that are filled again and again keep the list of entries sound", () => {
    const f = new Fixture(2);
    f.tlb.fill(1, 0x1000, 0, 0x5000, RWX, true, 12);
    for (let i = 0; i < 5000; i++) {
      f.tlb.fill(0, 0x1000, 0, 0x5000, RWX, (i & 1) === 0, 12);
      f.tlb.flushPage(0x1000, 5);
      f.tlb.flushPage(0x1000, 0);
      f.tlb.fill(0, 0x2000, 0, 0x5000, RWX, false, 12);
      f.tlb.flushNonGlobal();
      f.tlb.fill(1, 0x1000, 0, 0x5000, RWX, true, 12);
    }
    expect(f.rights(0, 0x2000, 0)).toBe("---");
    expect(f.rights(1, 0x1000, 0)).toBe("rwx");
    f.tlb.fill(0, 0x1000, 0, 0x5000, RWX, false, 12);
    f.tlb.flushNonGlobal();
    expect(f.rights(0, 0x1000, 0)).toBe("---");
  });
});

describe("large pages", () => {
  for (const shift of [21, 22, 30]) {
    it(`of 2^${shift} bytes are flushed whole by a page flush anywhere in them`, () => {
      const f = new Fixture(2);
      const start = 0x8000_0000;
      const size = 2 ** shift;
      const inside = [start, start + 0x5000, start + size - 0x1000];
      const outside = [start - 0x1000, start + size];
      for (const va of [...inside, ...outside]) f.tlb.fill(1, va | 0, KERNEL_HI, va & 0x7f_f000, RWX, true, shift);
      // A small page that was mapped inside the large one, in another view, stays.
      f.tlb.fill(0, (start + 0x6000) | 0, KERNEL_HI, 0x6000, RWX, false, 12);
      // The same low half under another high half.
      f.tlb.fill(0, (start + 0x7000) | 0, KERNEL_HI + 1, 0x7000, RWX, false, shift);
      f.tlb.flushPage((start + 0x9000) | 0, KERNEL_HI);
      // A direct-mapped table: those that another one has put out cannot tell anything.
      for (const va of inside) expect(f.rights(1, va | 0, KERNEL_HI)).toBe("---");
      expect(f.rights(1, outside[0]! | 0, KERNEL_HI)).toBe("rwx");
      expect(f.rights(1, outside[1]! | 0, KERNEL_HI)).toBe("rwx");
      expect(f.rights(0, (start + 0x6000) | 0, KERNEL_HI)).toBe("rwx");
      expect(f.rights(0, (start + 0x7000) | 0, KERNEL_HI + 1)).toBe("rwx");
      expect(f.tlb.stats.flushPageScans).toBe(1);
    });
  }

  it("match nothing once flushed, whatever the index", () => {
    const f = new Fixture(1);
    for (let index = 0; index < TLB_ENTRIES; index++) f.tlb.fill(0, index << 12, 0, 0x9000, RWX, false, 30);
    f.tlb.flushPage(0x1000, 0);
    const granted = Array.from({ length: TLB_ENTRIES }, (_, index) => f.rights(0, index << 12, 0));
    expect(new Set(granted)).toEqual(new Set(["---"]));
  });

  it("are still known after a flush that kept them", () => {
    const f = new Fixture(1);
    f.tlb.fill(0, 0x20_0000, KERNEL_HI, 0x5000, RWX, true, 21);
    f.tlb.flushNonGlobal();
    f.tlb.flushPage(0x20_7000, KERNEL_HI);
    expect(f.rights(0, 0x20_0000, KERNEL_HI)).toBe("---");
  });

  it("do not make flushes of small pages elsewhere look for them", () => {
    const f = new Fixture(1);
    // A kernel's direct map of 256 MiB and its image, by 2-MByte pages.
    for (let at = 0; at < 128; at++) f.tlb.fill(0, at << 21, KERNEL_HI, 0x5000, RWX, true, 21);
    for (let at = 0; at < 16; at++) f.tlb.fill(0, (0x8100_0000 + (at << 21)) | 0, -1, 0x5000, RWX, true, 21);
    for (let i = 0; i < 1000; i++) f.tlb.flushPage((i * 0x3_3000) | 0, 0xffff_c900 | 0);
    for (let i = 0; i < 1000; i++) f.tlb.flushPage((0x5555_0000 + i * 0x1000) | 0, 0x5555);
    // The filter hashes: it may be wrong now and then.
    expect(f.tlb.stats.flushPageScans).toBeLessThan(200);
  });
});

describe("write tags", () => {
  it("are dropped from every entry of every view that maps a host page, and only from those", () => {
    const f = new Fixture();
    f.tlb.fill(0, 0x1000, 0, 0x9000, RWX, false, 12);
    f.tlb.fill(1, 0x2000, KERNEL_HI, 0x9000, RWX, true, 21);
    f.tlb.fill(2, 0x3000, -1, 0x9000, TLB_R | TLB_W, false, 12);
    f.tlb.fill(2, 0x4000, -1, 0xa000, RWX, false, 12);
    f.tlb.dropWriteTags(0x9abc);
    expect([f.rights(0, 0x1000, 0), f.rights(1, 0x2000, KERNEL_HI), f.rights(2, 0x3000, -1)]).toEqual([
      "r-x",
      "r-x",
      "r--",
    ]);
    expect(f.rights(2, 0x4000, -1)).toBe("rwx");
  });

  it("are dropped from entries of host page 0 and from those above 2 GiB", () => {
    const f = new Fixture();
    f.tlb.fill(0, 0x1000, 0, 0, RWX, false, 12);
    f.tlb.fill(0, 0x2000, 0, 0xf000_0000, RWX, false, 12);
    f.tlb.dropWriteTags(0);
    f.tlb.dropWriteTags(0xf000_0000);
    expect([f.rights(0, 0x1000, 0), f.rights(0, 0x2000, 0)]).toEqual(["r-x", "r-x"]);
    expect(f.lookup(0, TLB_WRITE, 0x1000 ^ 0x1000, 0)).toBe(-1);
  });

  it("match nothing once dropped, whatever the index", () => {
    const f = new Fixture(1);
    for (let index = 0; index < TLB_ENTRIES; index++) f.tlb.fill(0, index << 12, 0, 0x9000, RWX, false, 12);
    f.tlb.dropWriteTags(0x9000);
    const granted = Array.from({ length: TLB_ENTRIES }, (_, index) => f.rights(0, index << 12, 0));
    expect(new Set(granted)).toEqual(new Set(["r-x"]));
  });

  it("are withheld by any filter flag, all tags by PAGE_PRIVATE", () => {
    expect(tlbRights(true, true, true, 0)).toBe(RWX);
    for (const flag of [PAGE_CODE, PAGE_DIRTY_LOG, PAGE_WATCH, PAGE_ROM]) {
      expect(tlbRights(true, true, true, flag)).toBe(TLB_R | TLB_X);
      expect(tlbRights(false, true, false, flag)).toBe(0);
    }
    expect(tlbRights(true, true, true, PAGE_PRIVATE)).toBe(0);
    expect(tlbRights(true, false, false, 0)).toBe(TLB_R);
    expect(tlbRights(false, true, false, 0)).toBe(TLB_W);
    expect(tlbRights(false, false, true, 0)).toBe(TLB_X);
  });
});

describe("code pointers", () => {
  it("are kept by a fill of the same page that may still be fetched from, and by no other", () => {
    const f = new Fixture();
    const at = (): number => f.code(0, 0x1000);
    f.tlb.fill(0, 0x1000, 5, 0x9000, TLB_R | TLB_X, false, 12);
    f.tlb.setCode(0, 0x1ff0, 5, 123);
    expect(at()).toBe(123);
    f.tlb.fill(0, 0x1000, 5, 0x9000, RWX, false, 12);
    expect(at()).toBe(123);
    f.tlb.fill(0, 0x1000, 5, 0xa000, RWX, false, 12);
    expect(at()).toBe(0);
    f.tlb.setCode(0, 0x1000, 5, 123);
    f.tlb.fill(0, 0x1000, 6, 0xa000, RWX, false, 12);
    expect(at()).toBe(0);
    f.tlb.setCode(0, 0x1000, 6, 123);
    f.tlb.fill(0, 0x1000, 6, 0xa000, TLB_R, false, 12);
    expect(at()).toBe(0);
    f.tlb.fill(0, 0x1000, 6, 0xa000, RWX, false, 12);
    f.tlb.setCode(0, 0x1000, 6, 123);
    f.tlb.flushAll();
    f.tlb.fill(0, 0x1000, 6, 0xa000, RWX, false, 12);
    expect(at()).toBe(0);
  });

  it("are not given to an entry of another page or without the right to fetch", () => {
    const f = new Fixture();
    f.tlb.fill(0, 0x1000, 5, 0x9000, TLB_R | TLB_W, false, 12);
    f.tlb.setCode(0, 0x1000, 5, 123);
    expect(f.code(0, 0x1000)).toBe(0);
    f.tlb.fill(0, 0x1000, 5, 0x9000, RWX, false, 12);
    f.tlb.setCode(0, 0x1000, 6, 123);
    f.tlb.setCode(0, 0x40_1000, 5, 123);
    f.tlb.setCode(1, 0x1000, 5, 123);
    expect([f.code(0, 0x1000), f.code(1, 0x1000)]).toEqual([0, 0]);
  });

  it("are dropped for one host page or for all", () => {
    const f = new Fixture();
    f.tlb.fill(0, 0x1000, 0, 0x9000, RWX, false, 12);
    f.tlb.fill(2, 0x2000, 0, 0x9000, RWX, false, 12);
    f.tlb.fill(2, 0x3000, 0, 0xa000, RWX, false, 12);
    f.tlb.setCode(0, 0x1000, 0, 1);
    f.tlb.setCode(2, 0x2000, 0, 2);
    f.tlb.setCode(2, 0x3000, 0, 3);
    f.tlb.dropCodeOf(0x9123);
    expect([f.code(0, 0x1000), f.code(2, 0x2000), f.code(2, 0x3000)]).toEqual([0, 0, 3]);
    f.tlb.dropCode();
    expect(f.code(2, 0x3000)).toBe(0);
    expect(f.rights(2, 0x3000, 0)).toBe("rwx");
  });
});

describe("save and load", () => {
  function busy(): Fixture {
    const f = new Fixture();
    const random = new Random(7);
    for (let i = 0; i < 900; i++) {
      const shift = random.pick([12, 12, 21, 30]);
      f.tlb.fill(
        random.below(3),
        random.u32() | 0,
        random.u32() | 0,
        random.u32(),
        random.below(8),
        random.oneIn(3),
        shift,
      );
    }
    f.tlb.setCode(0, 0, 0, 5);
    f.tlb.flushPage(0x1000, 0);
    return f;
  }

  it("carry the translations over, with their sizes and globality, without code pointers", () => {
    const f = busy();
    f.tlb.fill(0, 0x1000, 0, 0x5000, RWX, false, 12);
    f.tlb.setCode(0, 0x1000, 0, 5);
    f.tlb.fill(0, 0x2000, 0, 0x5000, TLB_R, false, 12);
    const g = new Fixture();
    g.tlb.fill(1, 0x77_7000, 1, 0x5000, RWX, true, 12);
    g.tlb.load(f.tlb.save(), () => true);
    expect(g.tlb.save()).toEqual(f.tlb.save());
    expect(g.code(0, 0x1000)).toBe(0);
    expect([g.rights(0, 0x1000, 0), g.rights(0, 0x2000, 0)]).toEqual(["rwx", "r--"]);
    expect(g.tlb.stats.fills).toBe(1);
    f.tlb.flushNonGlobal();
    g.tlb.flushNonGlobal();
    expect(g.tlb.save()).toEqual(f.tlb.save());
    for (const t of [f, g]) t.tlb.flushPage(0x4000_0000, 0);
    expect(g.tlb.save()).toEqual(f.tlb.save());
  });

  it("refuse a damaged file and pages that are not the guest's, and then change nothing", () => {
    const f = busy();
    const good = f.tlb.save();
    const before = good.slice();
    const damage: ((bytes: Uint8Array) => Uint8Array)[] = [
      (b) => b.subarray(0, b.length - 1),
      (b) => b.subarray(0, 4),
      (b) => b.subarray(0, 0),
      (b) => Uint8Array.of(...b, 0),
      (b) => b.fill(9, 0, 1),
      (b) => b.fill(9, 4, 5),
      (b) => b.fill(0xff, 8, 12),
      (b) => b.fill(3, 12, 13),
      (b) => b.fill(13, 13, 14),
      (b) => b.fill(8, 14, 15),
      (b) => b.fill(1, 16, 17),
      (b) => b.fill(1, 24, 25),
    ];
    const badState = expect.objectContaining({ code: "ISG_SNAPSHOT_BAD_STATE" }) as object;
    damage.forEach((harm, i) => {
      expect(() => f.tlb.load(harm(good.slice()), () => true), `damage ${i}`).toThrow(badState);
    });
    const page = new DataView(good.buffer).getUint32(24, true) >>> 12;
    expect(() => f.tlb.load(good, (p) => p !== page)).toThrow(badState);
    expect(f.tlb.save()).toEqual(before);
  });
});

describe(`random operations against a plain model, seed ${seed}`, () => {
  it("never grant what was flushed or never filled, and always what was filled last at its index", () => {
    const random = new Random(seed);
    const differences = new Differences();
    const f = new Fixture(2);
    interface Page {
      lo: number;
      hi: number;
      host: number;
      rights: number;
      global: boolean;
      shift: number;
    }
    const model = new Map<number, Page>();
    const highs = [0, -1, KERNEL_HI];
    const address = (): [number, number] => [
      (random.below(4) << 21) | (random.below(8) << 12) | random.below(4096) | 0,
      random.pick(highs),
    ];
    for (let step = 0; step < 20_000; step++) {
      const [lo, hi] = address();
      const view = random.below(2);
      switch (random.below(12)) {
        case 0:
          if (!random.oneIn(8)) break;
          f.tlb.flushAll();
          model.clear();
          break;
        case 1:
          if (!random.oneIn(4)) break;
          f.tlb.flushNonGlobal();
          for (const [key, page] of model) if (!page.global) model.delete(key);
          break;
        case 2:
          f.tlb.flushPage(lo, hi);
          for (const [key, page] of model) {
            if (page.hi === hi && (page.lo ^ lo) >>> page.shift === 0) model.delete(key);
          }
          break;
        case 3: {
          const host = random.below(16) << 12;
          f.tlb.dropWriteTags(host);
          for (const page of model.values()) if (page.host === host) page.rights &= ~TLB_W;
          break;
        }
        case 4:
          if (!random.oneIn(4)) break;
          f.tlb.flushView(view);
          for (const key of model.keys()) if (Math.floor(key / TLB_ENTRIES) === view) model.delete(key);
          break;
        default: {
          const page = {
            lo: lo & ~0xfff,
            hi,
            host: random.below(16) << 12,
            rights: random.below(8),
            global: random.oneIn(3),
            shift: random.pick([12, 12, 12, 21, 22, 30]),
          };
          f.tlb.fill(view, lo, hi, page.host, page.rights, page.global, page.shift);
          model.set(view * TLB_ENTRIES + ((lo >>> 12) & (TLB_ENTRIES - 1)), page);
        }
      }
      const [probeLo, probeHi] = random.oneIn(2) ? [lo, hi] : address();
      const page = model.get(view * TLB_ENTRIES + ((probeLo >>> 12) & (TLB_ENTRIES - 1)));
      const hit = page !== undefined && page.hi === probeHi && page.lo === (probeLo & ~0xfff);
      for (const [tag, right] of [
        [TLB_READ, TLB_R],
        [TLB_WRITE, TLB_W],
        [TLB_FETCH, TLB_X],
      ] as const) {
        const wanted = hit && (page.rights & right) !== 0 ? page.host + (probeLo & 0xfff) : -1;
        const got = f.lookup(view, tag, probeLo, probeHi);
        if (got !== wanted) differences.add({ step, probeLo, probeHi, tag, got, wanted });
      }
    }
    expect(differences.list).toEqual([]);
  });
});
