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
} from "../src/index.js";
import { type NaiveAccess, type NaiveMachine, type NaiveMemory, naiveWalk } from "./support/naive-walk.js";
import { Random, seed } from "@isinglass/testkit";
import { Tables } from "./support/tables.js";

const CASES = Number(process.env["ISG_MMU_CASES"] ?? 60_000);
const BYTES = 1 << 16;
const PAGINGS = { "32-bit": PAGING_32, PAE: PAGING_PAE, "4-level": PAGING_4, "5-level": PAGING_5 } as const;

/** Both walkers get memory that is all ones outside RAM. */
class NaiveRam implements NaiveMemory {
  readonly data: DataView;

  constructor(bytes: ArrayBuffer) {
    this.data = new DataView(bytes);
  }

  read(address: bigint, bytes: 4 | 8): bigint {
    if (address >= BigInt(BYTES)) return (1n << BigInt(8 * bytes)) - 1n;
    const at = Number(address);
    return bytes === 4 ? BigInt(this.data.getUint32(at, true)) : this.data.getBigUint64(at, true);
  }

  write(address: bigint, bytes: 4 | 8, value: bigint): void {
    if (address >= BigInt(BYTES)) return;
    const at = Number(address);
    if (bytes === 4) this.data.setUint32(at, Number(value), true);
    else this.data.setBigUint64(at, value, true);
  }
}

/** An entry that mostly is sound and leads to another table, sometimes anything. */
function entry(random: Random, wide: boolean, maxPhysical: number): bigint {
  let value = BigInt(random.below(BYTES >>> 12)) << 12n;
  value |= BigInt(random.u32() & 0xfff) & ~0x80n;
  if (!random.oneIn(12)) value |= 1n;
  if (!random.oneIn(4)) value |= 6n;
  if (random.oneIn(3)) {
    value |= 0x80n;
    if (!random.oneIn(4)) value &= ~0x3fff_e000n;
  }
  if (!wide) return random.oneIn(30) ? BigInt(random.u32()) : value;
  if (random.oneIn(6)) value |= 1n << 63n;
  if (random.oneIn(4)) value |= BigInt(random.below(16)) << 59n;
  if (random.oneIn(10)) value |= 1n << BigInt(32 + random.below(31));
  if (random.oneIn(10)) value |= random.u64() & ((1n << BigInt(maxPhysical)) - 1n) & ~0xfffn;
  return random.oneIn(40) ? random.u64() : value;
}

function machine(random: Random): NaiveMachine {
  const coin = (): boolean => random.oneIn(2);
  return {
    mode: random.pick(["32-bit", "PAE", "4-level", "5-level"] as const),
    cr3: BigInt(random.below(BYTES >>> 12)) << 12n,
    pdptes: [0, 1, 2, 3].map(() => (random.oneIn(8) ? 0n : (BigInt(random.below(BYTES >>> 12)) << 12n) | 1n)),
    pse: coin(),
    pge: coin(),
    nxe: !random.oneIn(4),
    wp: coin(),
    smep: coin(),
    smap: coin(),
    pke: coin(),
    pkru: random.oneIn(2) ? 0n : BigInt(random.u32()),
    page1g: !random.oneIn(4),
    maxPhysical: BigInt(random.pick([32, 36, 39, 40, 46, 48, 52])),
  };
}

describe(`random tables, seed ${seed}, ${CASES} walks (ISG_SEED repeats a run)`, () => {
  it("give the same fault or page, and the same tables afterwards, as the naive walker", { timeout: 120_000 }, () => {
    const random = new Random(seed);
    const t = new Tables(BYTES);
    const naive = new NaiveRam(new ArrayBuffer(BYTES));
    const counts = { ok: 0, large: 0, absent: 0, reserved: 0, refused: 0 };
    for (let i = 0; i < CASES;) {
      const m = machine(random);
      const wide = m.mode !== "32-bit";
      for (let at = 0; at < BYTES; at += 8) {
        const value = wide
          ? entry(random, true, Number(m.maxPhysical))
          : (entry(random, false, 0) & 0xffff_ffffn) | ((entry(random, false, 0) & 0xffff_ffffn) << 32n);
        t.set64(at, value);
        naive.data.setBigUint64(at, value, true);
      }
      const r = t.regime;
      const { pse, pge, nxe, wp, smep, smap, pke, page1g } = m;
      Object.assign(r, { pse, pge, nxe, wp, smep, smap, pke, page1g });
      Object.assign(r, { paging: PAGINGS[m.mode], root: Number(m.cr3), physicalBits: Number(m.maxPhysical) });
      r.pkru = Number(BigInt.asIntN(32, m.pkru));
      m.pdptes.forEach((pdpte, n) => (r.pdpte[n] = Number(pdpte)));
      for (let n = 0; n < 400; n++, i++) {
        const bits = { "32-bit": 32, PAE: 32, "4-level": 48, "5-level": 57 }[m.mode];
        const va = BigInt.asUintN(wide && m.mode !== "PAE" ? 64 : 32, BigInt.asIntN(bits, random.u64()));
        const access: NaiveAccess = {
          kind: random.pick(["read", "write", "fetch"] as const),
          user: random.oneIn(2),
          ac: random.oneIn(2),
          implicit: random.oneIn(4),
        };
        const flags =
          { read: 0, write: ACCESS_WRITE, fetch: ACCESS_FETCH }[access.kind] |
          (access.user ? ACCESS_USER : 0) |
          (access.ac ? ACCESS_AC : 0) |
          (access.implicit ? ACCESS_IMPLICIT : 0);
        const wanted = naiveWalk(m, naive, va, access);
        const code = t.walk(va, flags);
        const w = t.walker;
        const got =
          code !== 0
            ? { fault: code - 1 }
            : {
                gpa: BigInt(w.gpa),
                shift: BigInt(w.pageShift),
                global: w.global,
                user: w.userPage,
                // Only a write tells the dirty bit for sure.
                dirty: access.kind === "write" ? w.writable : "dirty" in wanted && wanted.dirty,
                // An entry that serves two levels changes under the walk, which then reads again.
                references: "recursive" in wanted && wanted.recursive ? wanted.references : w.references,
                recursive: "recursive" in wanted && wanted.recursive,
              };
        if (!same(got, wanted))
          expect({ case: i, m, va, access, result: got }).toEqual({ case: i, m, va, access, result: wanted });
        if ("fault" in wanted) {
          counts[(wanted.fault & 9) === 9 ? "reserved" : (wanted.fault & 1) === 1 ? "refused" : "absent"]++;
        } else {
          counts.ok++;
          if (wanted.shift > 12n) counts.large++;
        }
      }
      expect(Buffer.compare(t.bytes, new Uint8Array(naive.data.buffer))).toBe(0);
    }
    // The generator is only worth something if every kind of result comes up often.
    for (const [kind, count] of Object.entries(counts)) {
      expect(count, `${kind} in ${JSON.stringify(counts)}`).toBeGreaterThan(CASES / 200);
    }
  });
});

function same(a: object, b: object): boolean {
  const keys = Object.keys(b);
  return (
    keys.length === Object.keys(a).length &&
    keys.every((key) => Object.is((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
