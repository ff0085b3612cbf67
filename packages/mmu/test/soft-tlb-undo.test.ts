import { describe, expect, it } from "vitest";
import { PhysicalMap, SoftTlb, TLB_ENTRIES, TLB_R, TLB_VIEW_BYTES, TLB_W, TLB_X } from "../src/index.js";

const BASE = 4096;
const RIGHTS = TLB_R | TLB_W | TLB_X;

function tlbWith(pages: readonly number[]): SoftTlb {
  const tlb = new SoftTlb(new ArrayBuffer(BASE + 2 * TLB_VIEW_BYTES), BASE, 2);
  for (const page of pages) tlb.fill(0, page << 12, 0, (page + 5) << 12, RIGHTS, false, 12);
  return tlb;
}

describe("fills that are undone", () => {
  it("leave what was there before, entries that were put out included", () => {
    const tlb = tlbWith([1, 2, 3]);
    tlb.setCode(0, 2 << 12, 0, 0x1230);
    const before = tlb.save();
    tlb.beginUndo();
    // The same entry as page 2, twice, a new one, and one of a large page in another view.
    tlb.fill(0, (2 + TLB_ENTRIES) << 12, 0, 9 << 12, RIGHTS, true, 12);
    tlb.fill(0, (2 + 2 * TLB_ENTRIES) << 12, 0, 10 << 12, TLB_R, false, 12);
    tlb.fill(0, 7 << 12, 0, 11 << 12, RIGHTS, false, 12);
    tlb.fill(1, 0x200000, 0, 12 << 12, RIGHTS, false, 21);
    tlb.undo();
    expect(tlb.save()).toEqual(before);
    expect(tlb.lookup(0, 2 << 12, 0, TLB_W)).toBe(7 << 12);
    expect(tlb.lookup(0, 7 << 12, 0, TLB_R)).toBe(-1);
  });

  it("can be made and flushed again as often as one likes", () => {
    const tlb = tlbWith([]);
    const empty = tlb.save();
    for (let round = 0; round < 3 * TLB_ENTRIES; round += 1) {
      tlb.beginUndo();
      tlb.fill(0, (round % 8) << 12, 0, 5 << 12, RIGHTS, false, 12);
      tlb.undo();
    }
    // View 1 would be hit if view 0's list had grown over its end.
    tlb.fill(1, 3 << 12, 0, 6 << 12, RIGHTS, false, 12);
    tlb.flushView(1);
    tlb.flushView(0);
    expect(tlb.save()).toEqual(empty);
  });

  it("stay where nothing is undone", () => {
    const tlb = tlbWith([1]);
    tlb.beginUndo();
    tlb.undo();
    tlb.fill(0, 4 << 12, 0, 8 << 12, RIGHTS, false, 12);
    tlb.undo();
    expect(tlb.lookup(0, 4 << 12, 0, TLB_X)).toBe(8 << 12);
  });
});

describe("PhysicalMap.gpaOf", () => {
  it("is the address that a byte of the buffer is shown at, -1 for none", () => {
    const map = new PhysicalMap(new ArrayBuffer(16 * 4096));
    map.addRam(0x100000, 2 * 4096, 3 * 4096, "ram");
    expect(map.gpaOf(3 * 4096 + 5)).toBe(0x100005);
    expect(map.gpaOf(5 * 4096 - 1)).toBe(0x101fff);
    expect(map.gpaOf(5 * 4096)).toBe(-1);
    expect(map.gpaOf(0)).toBe(-1);
  });
});
