import { describe, expect, it } from "vitest";
import {
  ACCESS_AC,
  ACCESS_FETCH,
  ACCESS_IMPLICIT,
  ACCESS_USER,
  ACCESS_WRITE,
  PAGING_32,
  PAGING_4,
  PAGING_5,
  PAGING_PAE,
  type X86Paging,
} from "../src/index.js";
import { booleans, combinations } from "./support/combinations.js";
import { Differences } from "./support/differences.js";
import { A, D, P, RW, Tables, US, XD } from "./support/tables.js";

interface Page {
  userMode: boolean;
  writable: boolean;
  executeDisabled: boolean;
}
interface Machine {
  wp: boolean;
  smep: boolean;
  smap: boolean;
  nxe: boolean;
  pae: boolean;
}
interface Access {
  kind: "read" | "write" | "fetch";
  mode: "user" | "explicit" | "implicit";
  ac: boolean;
}

/** SDM vol. 3A 4.6.1, sentence by sentence: what the walker is held against. */
function permitted(page: Page, m: Machine, access: Access): boolean {
  if (access.mode === "user") {
    // "Access rights for user-mode accesses": any access needs a user-mode address.
    if (!page.userMode) return false;
    switch (access.kind) {
      case "read":
        return true;
      case "write":
        return page.writable;
      case "fetch":
        return m.nxe ? !page.executeDisabled : true;
    }
  }
  const explicitWithAc = access.mode === "explicit" && access.ac;
  switch (access.kind) {
    case "read":
      // "Data may be read (implicitly or explicitly) from any supervisor-mode address"; from a user-mode address if SMAP = 0,
      // or if EFLAGS.AC = 1 and the access is explicit.
      return !page.userMode || !m.smap || explicitWithAc;
    case "write":
      if (!page.userMode) return m.wp ? page.writable : true;
      if (!m.wp) return !m.smap || explicitWithAc;
      return page.writable && (!m.smap || explicitWithAc);
    case "fetch":
      if (page.userMode && m.smep) return false;
      return m.nxe ? !page.executeDisabled : true;
  }
}

/** SDM vol. 3A 4.7, for a page that is present and whose reserved bits are clear. */
function errorCode(m: Machine, access: Access): number {
  const instruction = access.kind === "fetch" && (m.smep || (m.pae && m.nxe));
  return 1 + (access.kind === "write" ? 2 : 0) + (access.mode === "user" ? 4 : 0) + (instruction ? 16 : 0);
}

function accessBits(access: Access): number {
  return (
    { read: 0, write: ACCESS_WRITE, fetch: ACCESS_FETCH }[access.kind] |
    { user: ACCESS_USER, explicit: 0, implicit: ACCESS_IMPLICIT }[access.mode] |
    (access.ac ? ACCESS_AC : 0)
  );
}

const MODES: readonly (readonly [string, X86Paging])[] = [
  ["32-bit", PAGING_32],
  ["PAE", PAGING_PAE],
  ["4-level", PAGING_4],
  ["5-level", PAGING_5],
];
const VA = 0x0040_1234n;
const TABLES = [0x1000, 0x2000, 0x3000, 0x4000, 0x5000] as const;
const FRAME = 0x8000n;

/** Tables for {@link VA} alone, whose entries' flags can be set one by one. */
class Path extends Tables {
  /** Where the entries are, root first. */
  readonly entries: number[];
  readonly #wide: boolean;

  constructor(paging: X86Paging) {
    super();
    this.regime.paging = paging;
    this.regime.root = TABLES[0];
    this.regime.pdpte[0] = TABLES[0] + 1;
    this.#wide = paging !== PAGING_32;
    const levels = paging === PAGING_5 ? 5 : paging === PAGING_4 ? 4 : 2;
    const bits = this.#wide ? 9 : 10;
    this.entries = TABLES.slice(0, levels).map((table, i) => {
      const index = (VA >> BigInt(12 + bits * (levels - 1 - i))) & BigInt((1 << bits) - 1);
      return table + Number(index) * (this.#wide ? 8 : 4);
    });
  }

  setFlags(flags: (level: number) => bigint): void {
    this.entries.forEach((at, i) => {
      const entry = (i === this.entries.length - 1 ? FRAME : BigInt(TABLES[i + 1]!)) | flags(i);
      if (this.#wide) this.set64(at, entry);
      else this.set32(at, Number(entry));
    });
  }
}

describe("access rights (SDM vol. 3A 4.6.1, 4.7)", () => {
  for (const [name, paging] of MODES) {
    it(`are those of the manual for every split of the rights over the levels, ${name} paging`, () => {
      const t = new Path(paging);
      const last = t.entries.length - 1;
      const pae = paging !== PAGING_32;
      // Each right is withheld at no level, at exactly one, or at all.
      const levels = [0, ...t.entries.map((_, i) => 1 << i), (2 << last) - 1];
      const differences = new Differences();
      let cases = 0;
      for (const withheld of combinations({ user: levels, write: levels, fetch: pae ? levels : [0] })) {
        const page: Page = {
          userMode: withheld.user === 0,
          writable: withheld.write === 0,
          executeDisabled: withheld.fetch !== 0,
        };
        t.setFlags(
          (i) =>
            P |
            A |
            (i === last ? D : 0n) |
            ((withheld.user >> i) & 1 ? 0n : US) |
            ((withheld.write >> i) & 1 ? 0n : RW) |
            ((withheld.fetch >> i) & 1 ? XD : 0n),
        );
        // Bit 63 is reserved without NXE: that is another test's.
        const nxe = !pae ? [false] : withheld.fetch === 0 ? booleans : [true];
        for (const bits of combinations({ wp: booleans, smep: booleans, smap: booleans, nxe })) {
          Object.assign(t.regime, bits);
          const machine: Machine = { ...bits, pae };
          for (const access of combinations({
            kind: ["read", "write", "fetch"],
            mode: ["user", "explicit", "implicit"],
            ac: booleans,
          })) {
            cases++;
            const may = (kind: Access["kind"]): boolean => permitted(page, machine, { ...access, kind });
            const wanted = may(access.kind) ? 0 : errorCode(machine, access) + 1;
            const got = t.walk(VA, accessBits(access));
            if (got !== wanted) differences.add({ page, machine, access, got, wanted });
            if (wanted !== 0) continue;
            const w = t.walker;
            const fields = [w.readable, w.writable, w.executable, w.userPage];
            const wantedFields = [may("read"), may("write"), may("fetch"), page.userMode];
            if (fields.join() !== wantedFields.join()) {
              differences.add({ page, machine, access, fields, wantedFields });
            }
          }
        }
      }
      expect(differences.list).toEqual([]);
      expect(cases).toBe(pae ? (levels.length + 1) * levels.length ** 2 * 8 * 18 : levels.length ** 2 * 8 * 18);
    });
  }
});

describe("protection keys (SDM vol. 3A 4.6.2)", () => {
  it("refuse data accesses to user pages by the key of the mapping entry", () => {
    const t = new Path(PAGING_4);
    t.regime.nxe = true;
    const differences = new Differences();
    for (const c of combinations({
      kind: ["read", "write", "fetch"],
      mode: ["user", "explicit"],
      key: [0, 1, 7, 8, 15],
      us: booleans,
      writable: booleans,
      accessDisable: booleans,
      writeDisable: booleans,
      wp: booleans,
      pke: booleans,
    })) {
      t.setFlags(
        (i) => P | A | (c.us ? US : 0n) | (c.writable ? RW : 0n) | (i === 3 ? D | (BigInt(c.key) << 59n) : 0n),
      );
      const own = ((c.accessDisable ? 1 : 0) | (c.writeDisable ? 2 : 0)) << (2 * c.key);
      // The other keys say the opposite, so that a wrong key shows.
      const others = own === 0 ? ~(3 << (2 * c.key)) : 0;
      Object.assign(t.regime, { wp: c.wp, pke: c.pke, pkru: own | others });
      const access: Access = { kind: c.kind, mode: c.mode, ac: false };
      const machine: Machine = { wp: c.wp, smep: false, smap: false, nxe: true, pae: true };
      const rights = permitted({ userMode: c.us, writable: c.writable, executeDisabled: false }, machine, access);
      const writeRefused = c.writeDisable && c.kind === "write" && (c.wp || c.mode === "user");
      const violation = c.pke && c.us && c.kind !== "fetch" && (c.accessDisable || writeRefused);
      const wanted = rights && !violation ? 0 : errorCode(machine, access) + (violation ? 32 : 0) + 1;
      const got = t.walk(VA, accessBits(access));
      if (got !== wanted) differences.add({ ...c, got, wanted });
    }
    expect(differences.list).toEqual([]);
  });

  it("do not exist in PAE paging", () => {
    const t = new Path(PAGING_PAE);
    Object.assign(t.regime, { pke: true, pkru: -1 });
    t.setFlags(() => P | US);
    expect(t.walk(VA, ACCESS_USER)).toBe(0);
  });
});
