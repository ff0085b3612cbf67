import { describe, expect, it } from "vitest";
import {
  PAGING_32,
  PAGING_4,
  PAGING_PAE,
  TLB_MODEL_FETCH,
  TLB_MODEL_READ,
  TLB_MODEL_WRITE,
  TlbModel,
  type TlbModelConfig,
  type TlbPageSource,
  X86PageSource,
} from "../src/index.js";
import { P, PS, RW, Tables, US } from "./support/tables.js";

/** Everything is mapped by 4-KiB pages in four levels unless told otherwise. */
class FakeSource implements TlbPageSource {
  pageShift: number = 12;
  global: boolean = false;
  references: number = 4;
  indexBits: number = 9;
  mapped: boolean = true;

  resolve(): boolean {
    return this.mapped;
  }
}

const SMALL: TlbModelConfig = {
  l1Instruction: [{ pageShifts: [12], entries: 2, ways: 2 }],
  l1Data: [
    { pageShifts: [12], entries: 4, ways: 2 },
    { pageShifts: [21], entries: 1, ways: 1 },
  ],
  l2: [{ pageShifts: [12, 21], entries: 8, ways: 8 }],
  structures: { pde: 2, pdpte: 2, pml4e: 2, pml5e: 0 },
};

const page = (n: number): number => n << 12;

describe("the TLB model", () => {
  it("counts a walk, then first-level hits", () => {
    const model = new TlbModel(new FakeSource(), SMALL);
    for (let i = 0; i < 5; i++) model.access(TLB_MODEL_READ, page(3) + i, 7, 0);
    expect(model.stats().reads).toEqual({ accesses: 5, l1Hits: 4, l2Hits: 0, walks: 1, faults: 0 });
    expect(model.stats().references).toBe(4);
    model.access(TLB_MODEL_WRITE, page(3), 7, 0);
    expect(model.stats().writes).toEqual({ accesses: 1, l1Hits: 1, l2Hits: 0, walks: 0, faults: 0 });
    model.resetStats();
    expect(model.stats().reads.accesses + model.stats().references).toBe(0);
  });

  it("keeps instructions apart from data in the first level and together in the second", () => {
    const model = new TlbModel(new FakeSource(), SMALL);
    model.access(TLB_MODEL_READ, page(3), 0, 0);
    model.access(TLB_MODEL_FETCH, page(3), 0, 0);
    model.access(TLB_MODEL_FETCH, page(3), 0, 0);
    expect(model.stats().fetches).toEqual({ accesses: 2, l1Hits: 1, l2Hits: 1, walks: 0, faults: 0 });
  });

  it("replaces the least recently used of a set, by the low bits of the page number", () => {
    const model = new TlbModel(new FakeSource(), SMALL);
    const hits = (): number => model.stats().reads.l1Hits;
    // Two sets of two ways: pages 0, 2, 4 share a set.
    for (const n of [0, 2, 1, 0, 4]) model.access(TLB_MODEL_READ, page(n), 0, 0);
    expect(hits()).toBe(1);
    model.access(TLB_MODEL_READ, page(0), 0, 0);
    model.access(TLB_MODEL_READ, page(1), 0, 0);
    expect(hits()).toBe(3);
    model.access(TLB_MODEL_READ, page(2), 0, 0);
    expect(hits()).toBe(3);
    expect(model.stats().reads.l2Hits).toBe(1);
  });

  it("tells addresses apart in all bits above the page", () => {
    const model = new TlbModel(new FakeSource(), SMALL);
    model.access(TLB_MODEL_READ, 0, 0, 0);
    for (let bit = 12; bit < 64; bit++) {
      model.flushAll("other");
      model.access(TLB_MODEL_READ, 0, 0, 0);
      model.access(TLB_MODEL_READ, bit < 32 ? 1 << bit : 0, bit < 32 ? 0 : 1 << (bit - 32), 0);
    }
    expect(model.stats().reads.l1Hits + model.stats().reads.l2Hits).toBe(0);
  });

  it("counts faults and keeps nothing of them", () => {
    const source = new FakeSource();
    const model = new TlbModel(source, SMALL);
    source.mapped = false;
    model.access(TLB_MODEL_WRITE, 0, 0, 0);
    source.mapped = true;
    model.access(TLB_MODEL_WRITE, 0, 0, 0);
    expect(model.stats().writes).toEqual({ accesses: 2, l1Hits: 0, l2Hits: 0, walks: 1, faults: 1 });
  });

  it("reads only what no paging-structure cache holds", () => {
    const model = new TlbModel(new FakeSource(), SMALL);
    const references = (lo: number, hi: number): number => {
      const before = model.stats().references;
      model.access(TLB_MODEL_READ, lo, hi, 0);
      return model.stats().references - before;
    };
    expect(references(0, 0)).toBe(4);
    expect(references(page(1), 0)).toBe(1);
    expect(references(1 << 21, 0)).toBe(2);
    expect(references(1 << 30, 0)).toBe(3);
    expect(references(0, 1 << 7)).toBe(4);
    expect(model.stats().referencesWithoutCaches).toBe(20);
  });

  it("holds a large page as one entry, with fewer reads", () => {
    const source = new FakeSource();
    const model = new TlbModel(source, SMALL);
    source.pageShift = 21;
    source.references = 3;
    model.access(TLB_MODEL_READ, 0, 0, 0);
    model.access(TLB_MODEL_READ, page(511), 0, 0);
    expect(model.stats().reads).toMatchObject({ walks: 1, l1Hits: 1 });
    expect(model.stats().references).toBe(3);
    // Its first-level array has one entry.
    model.access(TLB_MODEL_READ, 1 << 21, 0, 0);
    model.access(TLB_MODEL_READ, 0, 0, 0);
    expect(model.stats().reads).toMatchObject({ walks: 2, l1Hits: 1, l2Hits: 1 });
    expect(model.stats().references).toBe(4);
  });

  it("keeps address spaces apart except for global pages", () => {
    const source = new FakeSource();
    const model = new TlbModel(source, SMALL);
    model.access(TLB_MODEL_READ, page(1), 0, 1);
    model.access(TLB_MODEL_READ, page(1), 0, 2);
    expect(model.stats().reads.walks).toBe(2);
    source.global = true;
    model.access(TLB_MODEL_READ, page(2), 0, 1);
    model.access(TLB_MODEL_READ, page(2), 0, 2);
    expect(model.stats().reads).toMatchObject({ walks: 3, l1Hits: 1 });
    model.flushAsid(1, "cr3");
    model.access(TLB_MODEL_READ, page(2), 0, 1);
    model.access(TLB_MODEL_READ, page(1), 0, 2);
    expect(model.stats().reads).toMatchObject({ walks: 3, l1Hits: 3 });
    model.flushNonGlobal("cr3");
    model.access(TLB_MODEL_READ, page(2), 0, 3);
    model.access(TLB_MODEL_READ, page(1), 0, 2);
    expect(model.stats().reads).toMatchObject({ walks: 4, l1Hits: 4 });
    model.flushAll("cr0-cr4");
    model.access(TLB_MODEL_READ, page(2), 0, 3);
    expect(model.stats().reads.walks).toBe(5);
    expect(model.stats().flushes).toEqual({ cr3: 2, "cr0-cr4": 1, invlpg: 0, invpcid: 0, other: 0 });
  });

  it("forgets one page and the paging structures on INVLPG", () => {
    const source = new FakeSource();
    const model = new TlbModel(source, SMALL);
    source.global = true;
    for (const n of [0, 1]) model.access(TLB_MODEL_READ, page(n), 0, 0);
    expect(model.stats().references).toBe(5);
    model.flushPage(page(1) + 5, 0, 0, "invlpg");
    model.access(TLB_MODEL_READ, page(0), 0, 0);
    expect(model.stats().references).toBe(5);
    model.access(TLB_MODEL_READ, page(1), 0, 0);
    expect(model.stats().references).toBe(9);
  });

  it("refuses ways that do not make a power of two of sets", () => {
    const bad = (entries: number, ways: number): TlbModelConfig => ({
      ...SMALL,
      l2: [{ pageShifts: [12], entries, ways }],
    });
    for (const [entries, ways] of [
      [12, 4],
      [4, 3],
      [0, 1],
      [4, 0],
      [4, -4],
    ] as const) {
      expect(() => new TlbModel(new FakeSource(), bad(entries, ways))).toThrow(
        expect.objectContaining({ code: "ISG_TLB_MODEL_BAD_CONFIG" }) as object,
      );
    }
  });
});

describe("X86PageSource", () => {
  it("walks without setting bits and tells page sizes and depth", () => {
    const t = new Tables();
    const source = new X86PageSource(t.memory, t.regime);
    Object.assign(t.regime, { paging: PAGING_4, root: 0x1000 });
    t.set64(0x1000, 0x2000n | P | RW);
    t.set64(0x2000, 0x3000n | P | RW);
    t.set64(0x3000, P | RW | PS);
    const before = new Uint8Array(t.data.buffer.slice(0));
    const model = new TlbModel(source);
    model.access(TLB_MODEL_WRITE, 0x1234, 0, 0);
    model.access(TLB_MODEL_READ, 0x15_0000, 0, 0);
    expect(model.stats()).toMatchObject({ references: 3, writes: { walks: 1 }, reads: { l1Hits: 1 } });
    source.view = 4;
    model.access(TLB_MODEL_READ, 0x20_0000, 0, 0);
    expect(model.stats().reads.faults).toBe(1);
    expect(Buffer.compare(new Uint8Array(t.data.buffer), before)).toBe(0);
  });

  it("tells the two-level modes apart: a cached PDE saves one read in both", () => {
    for (const paging of [PAGING_32, PAGING_PAE] as const) {
      const t = new Tables();
      Object.assign(t.regime, { paging, root: 0x1000 });
      t.regime.pdpte[0] = 0x1001;
      t.set64(0x1000, 0x2000n | P | RW | US);
      const width = paging === PAGING_32 ? 4 : 8;
      for (let i = 0; i < 4; i++) t.set32(0x2000 + i * width, 0x8001);
      const model = new TlbModel(new X86PageSource(t.memory, t.regime));
      model.access(TLB_MODEL_READ, 0, 0, 0);
      model.access(TLB_MODEL_READ, 0x2000, 0, 0);
      expect(model.stats()).toMatchObject({ references: 3, referencesWithoutCaches: 4, reads: { walks: 2 } });
    }
  });
});
