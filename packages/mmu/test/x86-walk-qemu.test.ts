import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { ACCESS_AC, ACCESS_FETCH, ACCESS_IMPLICIT, ACCESS_USER, ACCESS_WRITE, type X86Paging } from "../src/index.js";
import { Differences } from "./support/differences.js";
import {
  CASE_AC,
  CASE_ADDRESS,
  CASE_NXE,
  CASE_PGE,
  CASE_PKE,
  CASE_PSE,
  CASE_SMAP,
  CASE_SMEP,
  CASE_USER,
  CASE_WP,
  type PagingCase,
  runInQemu,
} from "./support/qemu-paging.js";
import { Random, seed } from "@isinglass/testkit";
import { A, D, G, P, PS, RW, Tables, US, XD } from "./support/tables.js";

const CASES = Number(process.env["ISG_MMU_QEMU_CASES"] ?? 20_000);
const PHYSICAL_BITS = 40;
const available = requireOracle(
  "gcc and QEMU (qemu-system-x86_64)",
  process.arch === "x64" && hasCommand("gcc") && hasCommand("objcopy") && hasCommand("qemu-system-x86_64"),
);
/** For a run by hand on other hardware, such as `-accel kvm -cpu ...`. */
const ACCELERATOR = process.env["ISG_MMU_QEMU_CPU"] ?? `-accel tcg -cpu max,phys-bits=${PHYSICAL_BITS}`;
const emulated = ACCELERATOR.includes("tcg");

/** Where the guest of test/oracle/paging.c has the tables; the root is anywhere. */
const ROOT = 0x5000;
const TABLE: readonly number[] = [ROOT, 0x100_1000, 0x100_2000, 0x100_3000, 0x100_4000];
const INDEX: readonly number[] = [1, 1, 2, 9, 0x11];
/** Frames of the tested page by level; the page is 0x1211000 in each. */
const FRAME: readonly bigint[] = [0n, 0n, 0n, 0x120_0000n, 0x121_1000n];

/** Sound entries most of the time, so that what the upper ones allow can be seen. */
function randomCase(random: Random, mode: number): PagingCase {
  const first = mode === 4 ? 0 : mode === 3 ? 1 : 3;
  const entries = [0n, 0n, 0n, 0n, 0n];
  for (let level = first; level < 5; level++) {
    let flags = 0n;
    if (!random.oneIn(25)) flags |= P;
    if (!random.oneIn(4)) flags |= RW;
    if (!random.oneIn(4)) flags |= US;
    if (random.oneIn(2)) flags |= A;
    if (random.oneIn(2)) flags |= D;
    if (random.oneIn(3)) flags |= G;
    // The last level's is the PAT bit and maps nothing else.
    const large = random.oneIn(mode === 1 ? 3 : level < 2 ? 40 : 6);
    if (large) flags |= PS;
    const leaf = level === 4 || (large && level >= 2);
    let base = leaf ? FRAME[level]! : BigInt(TABLE[level + 1]!);
    if (mode === 1) {
      if (level === 3 && large) base = 0x100_0000n;
      if (level === 3 && random.oneIn(20)) base |= 1n << 21n;
    } else {
      if (random.oneIn(8)) flags |= XD;
      if (random.oneIn(3)) flags |= BigInt(random.below(16)) << 59n;
      if (random.oneIn(30)) flags |= 1n << BigInt(PHYSICAL_BITS + random.below(12));
      if (mode === 2 && !random.oneIn(30)) flags &= ~(0x7fffn << 48n);
      if (leaf && level !== 4 && random.oneIn(20)) base |= 1n << BigInt(13 + random.below(level === 2 ? 17 : 8));
    }
    entries[level] = base | flags;
  }
  return {
    mode,
    bits: random.u32() & 0x7f & (random.oneIn(3) ? -1 : ~CASE_PKE) & (mode > 2 || random.oneIn(2) ? -1 : ~CASE_PKE),
    kind: random.below(4),
    who: random.below(4),
    pkru: random.oneIn(2) ? 0 : random.u32(),
    entries,
  };
}

/** What the walker makes of a case: as QEMU's result, the entries afterwards only if the access went through. */
function walked(t: Tables, c: PagingCase): { vector: number; error: number; entries: bigint[] | null } {
  const has = (bit: number): boolean => (c.bits & bit) !== 0;
  Object.assign(t.regime, {
    paging: c.mode as X86Paging,
    root: ROOT,
    physicalBits: PHYSICAL_BITS,
    wp: has(CASE_WP),
    pse: has(CASE_PSE),
    pge: has(CASE_PGE),
    smep: has(CASE_SMEP),
    smap: has(CASE_SMAP),
    pke: has(CASE_PKE),
    nxe: has(CASE_NXE),
    pkru: c.pkru,
  });
  const at = (level: number): number => {
    if (c.mode === 1) return level === 3 ? ROOT + 4 * 0x204 : TABLE[4]! + 4 * 0x211;
    const root = c.mode === 4 ? 0 : 1;
    return (level === root ? ROOT : TABLE[level]!) + 8 * INDEX[level]!;
  };
  t.regime.pdpte[2] = TABLE[3]! + 1;
  const first = c.mode === 4 ? 0 : c.mode === 3 ? 1 : 3;
  for (let level = first; level < 5; level++) {
    if (c.mode === 1) t.set32(at(level), Number(c.entries[level]!));
    else t.set64(at(level), c.entries[level]!);
  }
  const access =
    [0, ACCESS_WRITE, ACCESS_FETCH, ACCESS_IMPLICIT][c.kind]! |
    (c.who & CASE_USER ? ACCESS_USER : 0) |
    (c.who & CASE_AC ? ACCESS_AC : 0);
  const code = t.walk(CASE_ADDRESS[c.mode]!, access);
  if (code !== 0) return { vector: 14, error: code - 1, entries: null };
  if (t.walker.gpa !== 0x121_1000) throw new Error(`a case leads to ${t.walker.gpa.toString(16)}`);
  const entries = c.entries.map((_, level) =>
    level < first ? 0n : c.mode === 1 ? BigInt(t.get32(at(level))) : t.get64(at(level)),
  );
  return { vector: 3, error: 0, entries };
}

describe(`the walker against ${ACCELERATOR}, seed ${seed}, ${CASES} accesses a mode`, () => {
  for (const [mode, name] of [
    [1, "32-bit"],
    [2, "PAE"],
    [3, "4-level"],
    [4, "5-level"],
  ] as const) {
    it.runIf(available)(`${name} paging: exception, error code, accessed and dirty bits`, { timeout: 300_000 }, () => {
      const random = new Random(seed + mode);
      const cases = Array.from({ length: CASES }, () => randomCase(random, mode));
      const results = runInQemu(cases, ACCELERATOR);
      const t = new Tables(0x140_0000);
      const differences = new Differences();
      const codes = new Map<number, number>();
      cases.forEach((c, i) => {
        const wanted = results[i]!;
        // QEMU 7.2 lets AC suspend SMAP for implicit accesses at CPL 0 too; SDM vol. 3A 4.6.1: for explicit ones only.
        if (emulated && c.kind === 3 && c.who === CASE_AC) return;
        // QEMU 7.2 reports RSVD without P; SDM vol. 3A 4.7: it "can be set only if bit 0 is also set".
        if (emulated && (wanted.error & 8) !== 0) wanted.error |= 1;
        const got = walked(t, c);
        const code = wanted.vector === 14 ? wanted.error : -1;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        const same =
          got.vector === wanted.vector &&
          got.error === wanted.error &&
          (got.entries === null || got.entries.every((entry, n) => entry === wanted.entries[n]));
        if (!same) differences.add({ c, got, wanted });
      });
      expect({ count: differences.count, first: differences.list }).toEqual({ count: 0, first: [] });
      // Allowed, absent and refused accesses, reserved bits, by users and supervisors: all must have come up.
      for (const code of [-1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 17, 21, 25, 29]) {
        expect(codes.get(code) ?? 0, `error code ${code} of ${[...codes.keys()].join()}`).toBeGreaterThan(0);
      }
    });
  }
});
