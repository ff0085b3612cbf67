import { describe, expect, it } from "vitest";
import {
  ACCESS_FETCH,
  ACCESS_PROBE,
  ACCESS_USER,
  ACCESS_WRITE,
  CAS_CHANGED,
  CAS_FAULT,
  PAGE_CODE,
  PAGE_ROM,
  PAGING_32,
  PAGING_4,
  PAGING_5,
  PAGING_PAE,
  PhysicalMap,
  PhysicalWalkMemory,
  type WalkMemory,
  WALK_SECOND_STAGE,
  X86Regime,
  X86Walker,
} from "../src/index.js";
import { A, D, G, P, PCD, PS, PWT, RW, Tables, US, XD } from "./support/tables.js";

const ALL = P | RW | US;
/** Error code + 1 of a supervisor read: not present, and a reserved bit. */
const NOT_PRESENT = 0 + 1;
const RESERVED = 0b1001 + 1;

/** 4-level tables at 0x1000, 0x2000, 0x3000, 0x4000 for address 0. */
function fourLevel(): Tables {
  const t = new Tables();
  Object.assign(t.regime, { paging: PAGING_4, root: 0x1000, nxe: true, physicalBits: 40 });
  t.set64(0x1000, 0x2000n | ALL);
  t.set64(0x2000, 0x3000n | ALL);
  t.set64(0x3000, 0x4000n | ALL);
  t.set64(0x4000, 0x8000n | ALL);
  return t;
}

describe("no paging", () => {
  it("maps linear to physical addresses with every right and no references", () => {
    const t = new Tables();
    expect(t.walk(0xffff_fff0n & 0xffff_ffffn, ACCESS_WRITE)).toBe(0);
    const { gpa, readable, writable, executable, global, references } = t.walker;
    expect({ gpa, readable, writable, executable, global, references }).toEqual({
      gpa: 0xffff_fff0,
      readable: true,
      writable: true,
      executable: true,
      global: false,
      references: 0,
    });
  });
});

describe("indices and page sizes", () => {
  it("takes nine bits of the address a level, down from bit 56", () => {
    const t = new Tables();
    Object.assign(t.regime, { paging: PAGING_5, root: 0x1000 });
    const indices = [0x155, 0x0aa, 0x1ff, 0x100, 0x03c];
    const va = indices.reduce((address, index) => (address << 9n) | BigInt(index), 0n) * 4096n + 0xabcn;
    indices.forEach((index, i) => t.set64(0x1000 * (i + 1) + index * 8, BigInt(0x1000 * (i + 2)) | ALL));
    expect(t.walk(BigInt.asIntN(57, va), 0)).toBe(0);
    expect(t.walker.gpa).toBe(0x6abc);
    expect(t.walker.references).toBe(5);
    // 4-level paging starts one table lower.
    Object.assign(t.regime, { paging: PAGING_4, root: 0x2000 });
    expect(t.walk(BigInt.asIntN(48, va), 0)).toBe(0);
    expect(t.walker.gpa).toBe(0x6abc);
    expect(t.walker.references).toBe(4);
  });

  it("maps 2-MByte and 1-GByte pages with physical addresses above 4 GiB", () => {
    const t = fourLevel();
    t.set64(0x3000 + 8, 0x12_3460_0000n | ALL | PS);
    t.set64(0x2000 + 8, 0x45_4000_0000n | ALL | PS);
    expect(t.walk(0x0030_1abcn, 0)).toBe(0);
    expect([t.walker.gpa, t.walker.pageShift, t.walker.references]).toEqual([0x12_3470_1abc, 21, 3]);
    expect(t.walk(0x7fff_fabcn, 0)).toBe(0);
    expect([t.walker.gpa, t.walker.pageShift, t.walker.references]).toEqual([0x45_7fff_fabc, 30, 2]);
  });

  it("maps 4-MByte pages with PSE-36 in 32-bit paging, and ignores PS without CR4.PSE", () => {
    const t = new Tables();
    Object.assign(t.regime, { paging: PAGING_32, root: 0x1000, pse: true, physicalBits: 40 });
    // Bits 20:13 are address bits 39:32.
    t.set32(0x1000 + 4 * 3, (0xab << 13) | 0x0040_0000 | 0x87);
    expect(t.walk(0x00ff_edcbn, 0)).toBe(0);
    expect([t.walker.gpa, t.walker.pageShift, t.walker.references]).toEqual([0xab_007f_edcb, 22, 1]);
    t.regime.pse = false;
    t.set32(0x1000 + 4 * 3, 0x2000 | 0x87);
    t.set32(0x2000 + 4 * 0x3fe, 0x8000 | 7);
    expect(t.walk(0x00ff_edcbn, 0)).toBe(0);
    expect([t.walker.gpa, t.walker.pageShift, t.walker.references]).toEqual([0x8dcb, 12, 2]);
  });

  it("finds the memory type in PAT, PCD and PWT, with PAT at bit 12 of large pages", () => {
    const t = fourLevel();
    t.set64(0x4000, 0x8000n | ALL | (1n << 7n) | PWT);
    t.walk(0n, 0);
    expect(t.walker.pat).toBe(5);
    t.set64(0x3000, ALL | PS | (1n << 12n) | PCD);
    t.walk(0n, 0);
    expect(t.walker.pat).toBe(6);
  });

  it("reports a global page only with CR4.PGE", () => {
    const t = fourLevel();
    t.set64(0x4000, 0x8000n | ALL | G);
    t.walk(0n, 0);
    expect(t.walker.global).toBe(false);
    t.regime.pge = true;
    t.walk(0n, 0);
    expect(t.walker.global).toBe(true);
    // In an entry that refers to another table the bit means nothing.
    t.set64(0x4000, 0x8000n | ALL);
    t.set64(0x3000, 0x4000n | ALL | G);
    t.walk(0n, 0);
    expect(t.walker.global).toBe(false);
  });
});

describe("reserved bits (SDM vol. 3A 4.7, tables 4-5 to 4-20)", () => {
  /** By name: the entry, and the bits that are reserved in it. */
  const rows: readonly (readonly [string, number, bigint, (bit: number) => boolean])[] = [
    ["PML4E", 0x1000, 0x2000n, (bit) => bit === 7 || (bit >= 40 && bit < 52)],
    ["PDPTE to a table", 0x2000, 0x3000n, (bit) => bit >= 40 && bit < 52],
    ["PDPTE of 1 GByte", 0x2000, PS, (bit) => (bit >= 13 && bit < 30) || (bit >= 40 && bit < 52)],
    ["PDE to a table", 0x3000, 0x4000n, (bit) => bit >= 40 && bit < 52],
    ["PDE of 2 MBytes", 0x3000, PS, (bit) => (bit >= 13 && bit < 21) || (bit >= 40 && bit < 52)],
    ["PTE", 0x4000, 0x8000n, (bit) => bit >= 40 && bit < 52],
  ];

  for (const [name, at, base, isReserved] of rows) {
    it(`of a ${name}, 4-level paging, MAXPHYADDR 40`, () => {
      for (let bit = 1; bit < 64; bit++) {
        // PS makes it another entry, address bits lead elsewhere: only what a walk does with the reserved ones is asked.
        const changesMeaning = (bit === 7 && !isReserved(bit)) || (!isReserved(bit) && bit >= 12 && bit < 40);
        if (changesMeaning) continue;
        const t = fourLevel();
        t.set64(at, base | ALL | (1n << BigInt(bit)));
        expect([bit, t.walk(0n, 0)]).toEqual([bit, isReserved(bit) ? RESERVED : 0]);
        // Without P nothing else is looked at.
        t.set64(at, (base | ALL | (1n << BigInt(bit))) & ~P);
        expect([bit, t.walk(0n, 0)]).toEqual([bit, NOT_PRESENT]);
      }
    });
  }

  it("include bit 63 without EFER.NXE, whatever the access", () => {
    for (const at of [0x1000, 0x2000, 0x3000, 0x4000]) {
      const t = fourLevel();
      t.set64(at, t.get64(at) | XD);
      expect(t.walk(0n, 0)).toBe(0);
      t.regime.nxe = false;
      expect(t.walk(0n, 0)).toBe(RESERVED);
      expect(t.walk(0n, ACCESS_WRITE | ACCESS_USER)).toBe(0b1111 + 1);
      // I/D is reported with SMEP even though there is no execute-disable.
      expect(t.walk(0n, ACCESS_FETCH)).toBe(0b1001 + 1);
      t.regime.smep = true;
      expect(t.walk(0n, ACCESS_FETCH)).toBe(0b11001 + 1);
    }
  });

  it("include PS of a PDPTE on a processor without 1-GByte pages", () => {
    const t = fourLevel();
    t.set64(0x2000, ALL | PS);
    expect(t.walk(0n, 0)).toBe(0);
    t.regime.page1g = false;
    expect(t.walk(0n, 0)).toBe(RESERVED);
  });

  it("include PS of a PML5E", () => {
    const t = fourLevel();
    t.regime.paging = PAGING_5;
    t.regime.root = 0x5000;
    t.set64(0x5000, 0x1000n | ALL);
    expect(t.walk(0n, 0)).toBe(0);
    t.set64(0x5000, 0x1000n | ALL | PS);
    expect(t.walk(0n, 0)).toBe(RESERVED);
  });

  for (const width of [32, 36, 39, 46, 52]) {
    it(`start at MAXPHYADDR ${width} and reach bit 62 in PAE paging, 51 in 4-level paging`, () => {
      for (let bit = 32; bit < 63; bit++) {
        const pae = new Tables();
        Object.assign(pae.regime, { paging: PAGING_PAE, nxe: true, physicalBits: width });
        pae.regime.pdpte[0] = 0x3001;
        pae.set64(0x3000, 0x4000n | ALL);
        pae.set64(0x4000, 0x8000n | ALL | (1n << BigInt(bit)));
        expect([bit, pae.walk(0n, 0)]).toEqual([bit, bit >= width ? RESERVED : 0]);
        const four = fourLevel();
        four.regime.physicalBits = width;
        four.set64(0x4000, 0x8000n | ALL | (1n << BigInt(bit)));
        expect([bit, four.walk(0n, 0)]).toEqual([bit, bit >= width && bit < 52 ? RESERVED : 0]);
      }
    });

    it(`of a 4-MByte page with MAXPHYADDR ${width} are bits 21 to M - 19, M at most 40`, () => {
      for (let bit = 13; bit < 22; bit++) {
        const t = new Tables();
        Object.assign(t.regime, { paging: PAGING_32, root: 0x1000, pse: true, physicalBits: width });
        t.set32(0x1000, 0x87 | (1 << bit));
        expect([bit, t.walk(0n, 0)]).toEqual([bit, bit >= Math.min(40, width) - 19 ? RESERVED : 0]);
      }
    });
  }
});

describe("accessed and dirty bits (SDM vol. 3A 4.8)", () => {
  const at = [0x1000, 0x2000, 0x3000, 0x4000];
  const flags = (t: Tables): bigint[] => at.map((a) => t.get64(a) & (A | D));

  it("sets A at every level on a read, D only at the last and only on a write", () => {
    const t = fourLevel();
    expect(t.walk(0n, 0)).toBe(0);
    expect(flags(t)).toEqual([A, A, A, A]);
    expect(t.walker.writable).toBe(false);
    expect(t.walk(0n, ACCESS_FETCH)).toBe(0);
    expect(flags(t)).toEqual([A, A, A, A]);
    expect(t.walk(0n, ACCESS_WRITE)).toBe(0);
    expect(flags(t)).toEqual([A, A, A, A | D]);
    expect(t.walker.writable).toBe(true);
    expect(t.walk(0n, 0)).toBe(0);
    expect(t.walker.writable).toBe(true);
  });

  it("sets nothing when the access is refused or nothing is mapped", () => {
    const t = fourLevel();
    t.regime.wp = true;
    t.set64(0x4000, 0x8000n | P);
    expect(t.walk(0n, ACCESS_WRITE)).toBe(0b0011 + 1);
    t.set64(0x4000, 0n);
    expect(t.walk(0n, 0)).toBe(NOT_PRESENT);
    expect(flags(t)).toEqual([0n, 0n, 0n, 0n]);
  });

  it("sets nothing on a probe, which succeeds like the access", () => {
    const t = fourLevel();
    expect(t.walk(0n, ACCESS_WRITE | ACCESS_PROBE)).toBe(0);
    expect(flags(t)).toEqual([0n, 0n, 0n, 0n]);
    expect(t.walker.writable).toBe(false);
  });

  it("sets D in the entry that maps a large page", () => {
    const t = fourLevel();
    t.set64(0x3000, ALL | PS);
    expect(t.walk(0n, ACCESS_WRITE)).toBe(0);
    expect(t.get64(0x3000) & (A | D)).toBe(A | D);
    const legacy = new Tables();
    Object.assign(legacy.regime, { paging: PAGING_32, root: 0x1000, pse: true });
    legacy.set32(0x1000, 0x87);
    expect(legacy.walk(0n, ACCESS_WRITE)).toBe(0);
    expect(legacy.get32(0x1000)).toBe(0x87 | 0x60);
  });

  it("announces the write to an entry that lies in a code page", () => {
    const t = fourLevel();
    const calls: number[][] = [];
    t.map.onCodeWrite = (hostOffset, length): void => void calls.push([hostOffset, length]);
    t.map.setPageFlags(4, PAGE_CODE);
    t.walk(0n, 0);
    t.walk(0n, 0);
    expect(calls).toEqual([[0x4000, 4]]);
  });

  it("goes on without the bits when the tables are in ROM", () => {
    const t = fourLevel();
    t.map.setPageFlags(t.map.hostOffset(0x4000) >>> 12, PAGE_ROM);
    expect(t.walk(0n, ACCESS_WRITE)).toBe(0);
    expect(t.get64(0x4000) & (A | D)).toBe(0n);
  });
});

describe("tables that change or cannot be reached", () => {
  /** Passes on to another memory; `before` runs before each compareAndSet. */
  class Watched implements WalkMemory {
    lo = 0;
    hi = 0;
    before: () => number | undefined = () => undefined;
    reachable = true;
    readonly #memory: WalkMemory;

    constructor(memory: WalkMemory) {
      this.#memory = memory;
    }

    load32(gpa: number): boolean {
      return this.reachable && this.#took(this.#memory.load32(gpa));
    }

    load64(gpa: number): boolean {
      return this.reachable && this.#took(this.#memory.load64(gpa));
    }

    compareAndSet(gpa: number, expected: number, value: number): number {
      return this.before() ?? this.#memory.compareAndSet(gpa, expected, value);
    }

    #took(ok: boolean): boolean {
      this.lo = this.#memory.lo;
      this.hi = this.#memory.hi;
      return ok;
    }
  }

  it("walks again when another vCPU changed an entry between reading and setting its bits", () => {
    const t = fourLevel();
    const watched = new Watched(t.memory);
    const walker = new X86Walker(watched);
    watched.before = (): undefined => {
      if ((t.get64(0x4000) & 0xff000n) === 0x8000n) t.set64(0x4000, 0x9000n | ALL);
    };
    expect(walker.walk(t.regime, 0x123, 0, ACCESS_WRITE)).toBe(0);
    expect(walker.gpa).toBe(0x9123);
    expect(t.get64(0x4000)).toBe(0x9000n | ALL | A | D);
    expect(walker.references).toBe(8);
  });

  it("faults when the entry is gone by then", () => {
    const t = fourLevel();
    const watched = new Watched(t.memory);
    watched.before = (): undefined => t.set64(0x4000, 0n) as undefined;
    // The bits of the upper levels are set by then; the last entry fails the comparison and is read again.
    expect(new X86Walker(watched).walk(t.regime, 0, 0, 0)).toBe(NOT_PRESENT);
    expect(t.get64(0x4000)).toBe(0n);
  });

  it("starts again as often as the memory says so", () => {
    const t = fourLevel();
    const watched = new Watched(t.memory);
    let changes = 3;
    watched.before = (): number | undefined => (changes-- > 0 ? CAS_CHANGED : undefined);
    const walker = new X86Walker(watched);
    expect(walker.walk(t.regime, 0, 0, 0)).toBe(0);
    expect(walker.references).toBe(16);
  });

  it("gives up with WALK_SECOND_STAGE when a second stage refuses a read or the setting of a bit", () => {
    for (const paging of [PAGING_32, PAGING_PAE, PAGING_4] as const) {
      const t = fourLevel();
      t.regime.paging = paging;
      t.regime.pdpte[0] = 0x3001;
      const watched = new Watched(t.memory);
      const walker = new X86Walker(watched);
      watched.before = (): number => CAS_FAULT;
      expect(walker.walk(t.regime, 0, 0, 0)).toBe(WALK_SECOND_STAGE);
      watched.reachable = false;
      expect(walker.walk(t.regime, 0, 0, 0)).toBe(WALK_SECOND_STAGE);
    }
  });

  it("reads tables outside memory as all ones: a reserved-bit fault", () => {
    const t = fourLevel();
    t.set64(0x3000, 0x40_0000n | ALL);
    expect(t.walk(0n, 0)).toBe(RESERVED);
    const other = new PhysicalWalkMemory(t.map, 0);
    expect(new X86Walker(other).walk(t.regime, 0, 0, 0)).toBe(NOT_PRESENT);
  });
});

describe("PAE page-directory-pointer registers (SDM vol. 3A 4.4.1)", () => {
  function pae(): Tables {
    const t = new Tables();
    Object.assign(t.regime, { paging: PAGING_PAE, nxe: true, physicalBits: 40 });
    for (let i = 0; i < 4; i++) t.set64(0x1020 + 8 * i, BigInt(0x2000 + 0x1000 * i) | P);
    return t;
  }

  it("are read at CR3 bits 31:5 and used by address bits 31:30 without a further read", () => {
    const t = pae();
    // PWT and PCD of CR3 are not part of the address.
    expect(t.regime.loadPdptes(t.memory, 0x1020 | 0x18)).toBe(true);
    for (let i = 0; i < 4; i++) {
      t.set64(0x2000 + 0x1000 * i, 0x6000n | ALL);
      t.set64(0x6000, 0x8000n | ALL);
      t.set64(0x1020 + 8 * i, 0n);
      expect(t.walk(BigInt(i) << 30n, 0)).toBe(0);
      expect([t.walker.gpa, t.walker.references]).toEqual([0x8000, 2]);
      expect(t.get64(0x1020 + 8 * i)).toBe(0n);
    }
  });

  it("keep their values when a present one has a reserved bit, which only then matters", () => {
    for (let bit = 1; bit < 64; bit++) {
      const reserved = bit === 1 || bit === 2 || (bit >= 5 && bit <= 8) || bit >= 40;
      const t = pae();
      t.set64(0x1030, 0x4000n | P | (1n << BigInt(bit)));
      expect([bit, t.regime.loadPdptes(t.memory, 0x1020)]).toEqual([bit, !reserved]);
      if (reserved) expect([...t.regime.pdpte]).toEqual([0, 0, 0, 0]);
      t.set64(0x1030, 0x4000n | (1n << BigInt(bit)));
      expect([bit, t.regime.loadPdptes(t.memory, 0x1020)]).toEqual([bit, true]);
      expect(t.walk(2n << 30n, ACCESS_WRITE)).toBe(0b0010 + 1);
    }
  });

  it("may point above 4 GiB", () => {
    const t = new Tables();
    const buffer = new ArrayBuffer(0x9000);
    const map = new PhysicalMap(buffer);
    map.addRam(0, 0x4000, 0x1000, "low");
    map.addRam(0x12_3000_0000, 0x4000, 0x5000, "high");
    const memory = new PhysicalWalkMemory(map);
    const data = new DataView(buffer, 0x1000);
    const r = t.regime;
    Object.assign(r, { paging: PAGING_PAE, physicalBits: 40 });
    data.setBigUint64(0x1000, 0x12_3000_0000n | P, true);
    data.setBigUint64(0x4000, 0x12_3000_1000n | ALL, true);
    data.setBigUint64(0x5000, 0x12_3000_2000n | ALL, true);
    expect(r.loadPdptes(memory, 0x1000)).toBe(true);
    const walker = new X86Walker(memory);
    expect(walker.walk(r, 0xabc, 0, 0)).toBe(0);
    expect(walker.gpa).toBe(0x12_3000_2abc);
  });
});

describe("describeWalk", () => {
  it("lists the entries with the bits that the walk has set", () => {
    const t = fourLevel();
    t.set64(0x3000, 0x20_0000n | ALL | PS | G | XD);
    t.walk(0x123n, ACCESS_WRITE);
    expect(t.walker.describeWalk()).toEqual([
      { name: "PML4E", gpa: 0x1000, entry: 0x2027n, flags: "P RW US A" },
      { name: "PDPTE", gpa: 0x2000, entry: 0x3027n, flags: "P RW US A" },
      { name: "PDE", gpa: 0x3000, entry: 0x8000_0000_0020_01e7n, flags: "P RW US A D PS G XD" },
    ]);
  });

  it("ends with the entry at which the walk failed", () => {
    const t = fourLevel();
    t.set64(0x2000, 0n);
    t.walk(0n, 0);
    expect(t.walker.describeWalk().map((step) => [step.name, step.flags])).toEqual([
      ["PML4E", "P RW US"],
      ["PDPTE", ""],
    ]);
  });

  it("starts with the register in PAE paging and is empty without paging", () => {
    const t = new Tables();
    expect(t.walker.describeWalk()).toEqual([]);
    t.walk(0n, 0);
    expect(t.walker.describeWalk()).toEqual([]);
    t.regime.paging = PAGING_PAE;
    t.regime.pdpte[3] = 0x2001;
    t.walk(0xc000_0000n, 0);
    expect(t.walker.describeWalk().map((step) => [step.name, step.gpa, step.flags])).toEqual([
      ["PDPTE", null, "P"],
      ["PDE", 0x2000, ""],
    ]);
    const regime = new X86Regime();
    Object.assign(regime, { paging: PAGING_32, root: 0x1000 });
    t.set32(0x1000, 0x2003);
    t.set32(0x2000, 0x8083);
    t.walker.walk(regime, 0, 0, 0);
    expect(t.walker.describeWalk().map((step) => [step.name, step.gpa, step.flags])).toEqual([
      ["PDE", 0x1000, "P RW A"],
      ["PTE", 0x2000, "P RW A PAT"],
    ]);
  });
});
