import { describe, expect, it } from "vitest";
import {
  ACCESS_FETCH,
  ACCESS_WRITE,
  PAGE_CODE,
  PAGE_ROM,
  type PageTranslator,
  PhysicalMap,
  SoftTlb,
  TLB_ENTRIES,
  TLB_ENTRY_BYTES,
  TLB_R,
  TLB_VIEW_BYTES,
  TLB_WRITE,
  TRANSLATION_FAULT,
  TRANSLATION_NOT_MEMORY,
  TranslationPath,
} from "../src/index.js";

const TLB = 0x1000;
const RAM = TLB + 2 * TLB_VIEW_BYTES;

/** Linear 0x400000 + x is guest-physical x; counts its walks. A page is writable once it was walked for a write, as with dirty bits. */
class Guest implements PageTranslator {
  readonly map: PhysicalMap;
  readonly tlb: SoftTlb;
  readonly path: TranslationPath;
  readonly pageShift = 12;
  readonly global = false;
  readonly readable = true;
  executable = true;
  writable = false;
  view = 0;
  /** View for accesses with a privilege of their own. */
  other = -1;
  walks: string[] = [];

  constructor() {
    const buffer = new ArrayBuffer(RAM + 0x4000);
    this.map = new PhysicalMap(buffer);
    this.map.addRam(0, 0x4000, RAM, "ram");
    this.tlb = new SoftTlb(buffer, TLB, 2);
    this.path = new TranslationPath(this.tlb, this.map, this);
  }

  viewFor(): number {
    return this.other;
  }

  translate(lo: number, _hi: number, access: number, descriptor: number): number {
    this.walks.push(`${(lo >>> 0).toString(16)} ${access} ${descriptor}`);
    this.writable = access === ACCESS_WRITE;
    return lo < 0x400000 ? -1 : lo - 0x400000;
  }

  go(lo: number, access: number, own = false): number {
    return this.path.translate(lo, 0, access, 3, own);
  }

  /** Whether emitted code may write the page. */
  isOpen(lo: number): boolean {
    const at = this.tlb.viewBase(this.view) + ((lo >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY_BYTES + TLB_WRITE;
    return new DataView(this.map.buffer).getBigInt64(at, true) === BigInt(lo & ~0xfff);
  }
}

describe("the slow way to memory", () => {
  it("walks once for each right that the tables have to be asked for", () => {
    const g = new Guest();
    expect(g.go(0x401123, 0)).toBe(RAM + 0x1123);
    expect(g.go(0x401ffc, 0)).toBe(RAM + 0x1ffc);
    expect(g.go(0x401000, ACCESS_FETCH)).toBe(RAM + 0x1000);
    expect(g.walks).toEqual(["401123 0 3"]);
    expect(g.go(0x401008, ACCESS_WRITE)).toBe(RAM + 0x1008);
    expect(g.go(0x40100c, ACCESS_WRITE)).toBe(RAM + 0x100c);
    expect(g.walks).toEqual(["401123 0 3", "401008 1 3"]);
    expect(g.isOpen(0x401000)).toBe(true);
  });

  it("does not walk because of a filter, and opens the page when that has gone", () => {
    const g = new Guest();
    const page = RAM + 0x1000;
    g.go(0x401000, ACCESS_WRITE);
    g.tlb.dropWriteTags(page);
    g.map.setPageFlags(page >>> 12, PAGE_CODE);
    expect(g.go(0x401010, ACCESS_WRITE)).toBe(page + 0x10);
    expect([g.walks.length, g.path.flags, g.isOpen(0x401000)]).toEqual([1, PAGE_CODE, false]);
    g.map.clearPageFlags(page >>> 12, PAGE_CODE);
    expect(g.go(0x401010, ACCESS_WRITE)).toBe(page + 0x10);
    expect([g.walks.length, g.path.flags, g.isOpen(0x401000)]).toEqual([1, 0, true]);
  });

  it("withholds the write tag of a page that is filtered when it is filled", () => {
    const g = new Guest();
    g.map.setPageFlags((RAM + 0x1000) >>> 12, PAGE_ROM);
    g.go(0x401000, ACCESS_WRITE);
    g.go(0x401000, ACCESS_WRITE);
    expect([g.walks.length, g.path.flags, g.isOpen(0x401000)]).toEqual([1, PAGE_ROM, false]);
  });

  it("walks again after each kind of flush, and for another view", () => {
    const flushes: ((g: Guest) => void)[] = [
      (g) => g.tlb.flushAll(),
      (g) => g.tlb.flushNonGlobal(),
      (g) => g.tlb.flushPage(0x401abc, 0),
      (g) => g.tlb.flushView(0),
      (g) => (g.view = 1),
    ];
    flushes.forEach((flush, i) => {
      const g = new Guest();
      g.go(0x401000, ACCESS_WRITE);
      flush(g);
      g.go(0x401000, ACCESS_WRITE);
      expect([i, g.walks.length]).toEqual([i, 2]);
    });
  });

  it("walks for a page at the same index, and for the same low half elsewhere", () => {
    const g = new Guest();
    g.go(0x401000, 0);
    expect(g.go(0x801000, 0)).toBe(TRANSLATION_NOT_MEMORY);
    expect(g.path.gpa).toBe(0x401000);
    expect(g.go(0x401000, 0)).toBe(RAM + 0x1000);
    expect(g.path.translate(0x401000, 1, 0, 3, false)).toBe(RAM + 0x1000);
    expect(g.walks.length).toBe(3);
  });

  it("asks and fills the view of an access's own privilege", () => {
    const g = new Guest();
    g.other = 1;
    expect(g.go(0x401000, 0)).toBe(RAM + 0x1000);
    expect(g.go(0x401000, 0, true)).toBe(RAM + 0x1000);
    expect(g.go(0x401000, 0, true)).toBe(RAM + 0x1000);
    expect(g.walks.length).toBe(2);
    expect(g.tlb.lookup(1, 0x401000, 0, TLB_R)).toBe(RAM + 0x1000);
  });

  it("neither asks nor fills for a privilege that has no view", () => {
    const g = new Guest();
    expect(g.go(0x401000, 0, true)).toBe(RAM + 0x1000);
    expect(g.go(0x401000, 0)).toBe(RAM + 0x1000);
    expect(g.go(0x401000, 0, true)).toBe(RAM + 0x1000);
    expect(g.walks.length).toBe(3);
  });

  it("hands on faults, and remembers nothing of them", () => {
    const g = new Guest();
    expect(g.go(0x1000, 0)).toBe(TRANSLATION_FAULT);
    expect(g.go(0x1000, 0)).toBe(TRANSLATION_FAULT);
    expect(g.walks.length).toBe(2);
  });

  it("knows after a restore what it knew before, filtered or not", () => {
    const g = new Guest();
    const filtered = RAM + 0x1000;
    g.go(0x401000, ACCESS_WRITE);
    g.go(0x402000, ACCESS_WRITE);
    g.tlb.dropWriteTags(filtered);
    const other = new Guest();
    other.tlb.load(g.tlb.save(), () => true);
    expect([other.isOpen(0x401000), other.isOpen(0x402000)]).toEqual([false, true]);
    other.go(0x401000, ACCESS_WRITE);
    other.go(0x402000, ACCESS_WRITE);
    expect(other.walks).toEqual([]);
    expect(other.isOpen(0x401000)).toBe(true);
  });
});
