import { describe, expect, it } from "vitest";
import {
  ACCESS_FETCH,
  ACCESS_USER,
  ACCESS_WRITE,
  EPT_MISCONFIGURATION,
  EPT_USER_FETCH,
  EPT_VIOLATION,
  EptRegime,
  EptWalker,
  NptWalker,
  PAGING_4,
  STAGE2_FETCH,
  STAGE2_READ,
  STAGE2_TABLE,
  STAGE2_WRITE,
  TwoStageMemory,
  WALK_SECOND_STAGE,
  X86Regime,
  X86Walker,
} from "../src/index.js";
import { Differences } from "./support/differences.js";
import { naiveEpt, type NaiveEpt, type NaiveEptAccess } from "./support/naive-ept.js";
import { Random, seed } from "@isinglass/testkit";
import { A, D, P, RW, Tables, US, XD } from "./support/tables.js";

const RWX = 7n;
const WB = 6n << 3n;

/** Host memory with EPT at 0x1000…0x4000 that maps guest-physical 0…2 MiB to host-physical 0x80000 up, page by page. */
function ept(): { t: Tables; walker: EptWalker; regime: EptRegime } {
  const t = new Tables();
  const regime = new EptRegime();
  regime.root = 0x1000;
  regime.physicalBits = 40;
  t.set64(0x1000, 0x2000n | RWX);
  t.set64(0x2000, 0x3000n | RWX);
  t.set64(0x3000, 0x4000n | RWX);
  for (let page = 0; page < 512; page++) t.set64(0x4000 + 8 * page, (0x8_0000n + BigInt(page) * 4096n) | RWX | WB);
  return { t, walker: new EptWalker(t.memory, regime), regime };
}

describe("EPT violations (SDM vol. 3C table 28-7)", () => {
  it("tell the access and the rights that all entries together give", () => {
    const { t, walker } = ept();
    t.set64(0x4000, 0x8_0000n | 1n | WB);
    t.set64(0x2000, 0x3000n | 5n);
    expect(walker.walk(0x123, STAGE2_READ)).toBe(0);
    expect([walker.hpa, walker.readable, walker.writable, walker.executable]).toEqual([0x8_0123, true, false, false]);
    expect(walker.walk(0x123, STAGE2_WRITE)).toBe(EPT_VIOLATION);
    expect(walker.qualification).toBe(0b001_010);
    expect(walker.walk(0x123, STAGE2_FETCH)).toBe(EPT_VIOLATION);
    expect(walker.qualification).toBe(0b001_100);
    expect(walker.walk(0x1123, STAGE2_FETCH)).toBe(0);
    expect(walker.walk(0x1123, STAGE2_WRITE)).toBe(EPT_VIOLATION);
    expect(walker.qualification).toBe(0b101_010);
    t.set64(0x4008, 0n);
    expect(walker.walk(0x1123, STAGE2_READ)).toBe(EPT_VIOLATION);
    expect(walker.qualification).toBe(0b000_001);
  });

  it("do not depend on memory type and ignore-PAT, which a success reports", () => {
    const { t, walker } = ept();
    expect(walker.walk(0, STAGE2_READ)).toBe(0);
    expect([walker.memoryType, walker.ignorePat]).toEqual([6, false]);
    t.set64(0x4000, RWX | (1n << 3n) | (1n << 6n));
    expect(walker.walk(0, STAGE2_READ)).toBe(0);
    expect([walker.memoryType, walker.ignorePat]).toEqual([1, true]);
  });

  it("have bit 6 and two rights to execute with mode-based execute control", () => {
    const { t, walker, regime } = ept();
    regime.modeBasedExecute = true;
    for (const at of [0x1000, 0x2000, 0x3000]) t.set64(at, t.get64(at) | (1n << 10n));
    t.set64(0x4000, 0x8_0000n | 1n | WB | (1n << 10n));
    expect(walker.walk(0, STAGE2_FETCH | EPT_USER_FETCH)).toBe(0);
    expect([walker.executable, walker.userExecutable]).toEqual([false, true]);
    expect(walker.walk(0, STAGE2_FETCH)).toBe(EPT_VIOLATION);
    expect(walker.qualification).toBe(0b1_001_100);
  });
});

describe("EPT against a naive walker", () => {
  const CASES = 40_000;

  it(`gives the same result and tables for random ones, seed ${seed}`, { timeout: 60_000 }, () => {
    const random = new Random(seed);
    const bytes = 1 << 15;
    const t = new Tables(bytes);
    const copy = new DataView(new ArrayBuffer(bytes));
    const words = {
      read: (at: bigint): bigint => (at < bytes ? copy.getBigUint64(Number(at), true) : (1n << 64n) - 1n),
      write: (at: bigint, _: 8, value: bigint): void => {
        if (at < bytes) copy.setBigUint64(Number(at), value, true);
      },
    };
    const differences = new Differences();
    const counts = { ok: 0, violation: 0, misconfiguration: 0, large: 0 };
    for (let i = 0; i < CASES;) {
      const e: NaiveEpt = {
        root: BigInt(random.below(8)) << 12n,
        levels: random.pick([4, 5] as const),
        accessedDirty: random.oneIn(2),
        modeBasedExecute: random.oneIn(2),
        executeOnly: random.oneIn(2),
        page2m: !random.oneIn(4),
        page1g: !random.oneIn(4),
        maxPhysical: BigInt(random.pick([32, 39, 46, 52])),
      };
      const regime = new EptRegime();
      Object.assign(regime, e, { root: Number(e.root), physicalBits: Number(e.maxPhysical) });
      const walker = new EptWalker(t.memory, regime);
      for (let at = 0; at < bytes; at += 8) {
        let entry = BigInt(random.below(8)) << 12n;
        // Readable and writable, or read-only with execution, or anything.
        entry |= BigInt(random.pick([7, 7, 7, 7, 3, 1, 5, 4, 0, random.below(8)]));
        if (random.oneIn(2)) entry |= 1n << 10n;
        if (random.oneIn(3)) entry |= BigInt(random.below(4)) << 8n;
        if (random.oneIn(4)) entry = (entry & ~0x3fff_f000n) | 0x80n | (BigInt(random.pick([0, 1, 4, 5, 6])) << 3n);
        if (random.oneIn(20)) entry |= 1n << BigInt(random.below(64));
        if (random.oneIn(50)) entry = random.u64();
        t.set64(at, entry);
        copy.setBigUint64(at, entry, true);
      }
      for (let n = 0; n < 200; n++, i++) {
        const access: NaiveEptAccess = {
          read: random.oneIn(2),
          write: random.oneIn(3),
          fetch: random.oneIn(3),
          userFetch: random.oneIn(2),
          table: random.oneIn(3),
        };
        const gpa = random.u64() & ((1n << BigInt(random.pick([48, 48, 48, 52]))) - 1n);
        const bits =
          (access.read ? STAGE2_READ : 0) |
          (access.write ? STAGE2_WRITE : 0) |
          (access.fetch ? STAGE2_FETCH : 0) |
          (access.userFetch ? EPT_USER_FETCH : 0) |
          (access.table ? STAGE2_TABLE : 0);
        const wanted = naiveEpt(e, words, gpa, access);
        const code = walker.walk(Number(gpa), bits);
        const got =
          code === EPT_VIOLATION
            ? { kind: "violation", qualification: walker.qualification }
            : code === EPT_MISCONFIGURATION
              ? { kind: "misconfiguration" }
              : {
                  kind: "ok",
                  hpa: BigInt(walker.hpa),
                  shift: BigInt(walker.pageShift),
                  memoryType: BigInt(walker.memoryType),
                };
        const text = (value: object): string => Object.values(value).join();
        if (text(got) !== text(wanted)) differences.add({ e, gpa, access, got, wanted });
        counts[wanted.kind]++;
        if (wanted.kind === "ok" && wanted.shift > 12n) counts.large++;
      }
      if (Buffer.compare(t.bytes, new Uint8Array(copy.buffer)) !== 0) differences.add({ e });
    }
    expect(differences.list).toEqual([]);
    for (const [kind, count] of Object.entries(counts)) expect(count, `number of ${kind}`).toBeGreaterThan(CASES / 100);
  });
});

describe("a two-dimensional walk", () => {
  /** The guest's tables at guest-physical 0x10000…0x13000 map virtual 0 to guest-physical 0x20000. */
  function nested(): { t: Tables; walker: EptWalker; regime: EptRegime; memory: TwoStageMemory; x86: X86Walker } {
    const { t, walker, regime } = ept();
    const host = (gpa: number): number => 0x8_0000 + gpa;
    t.set64(host(0x10000), 0x11000n | P | RW | US);
    t.set64(host(0x11000), 0x12000n | P | RW | US);
    t.set64(host(0x12000), 0x13000n | P | RW | US);
    t.set64(host(0x13000), 0x20000n | P | RW | US);
    Object.assign(t.regime, { paging: PAGING_4, root: 0x10000 });
    const memory = new TwoStageMemory(t.memory, walker);
    return { t, walker, regime, memory, x86: new X86Walker(memory) };
  }

  it("reads the guest's tables through EPT and sets their bits in host memory", () => {
    const { t, x86 } = nested();
    expect(x86.walk(t.regime, 0x123, 0, ACCESS_WRITE)).toBe(0);
    expect(x86.gpa).toBe(0x2_0123);
    expect(t.get64(0x8_0000 + 0x13000)).toBe(0x20000n | P | RW | US | A | D);
    // The guest-physical address itself is not looked at in host memory.
    expect(t.get64(0x13000)).toBe(0n);
  });

  it("ends with the second stage's fault and the guest-physical address of the entry", () => {
    const { t, x86, memory, walker } = nested();
    t.set64(0x4000 + 8 * 0x12, 0n);
    expect(x86.walk(t.regime, 0x123, 0, ACCESS_WRITE)).toBe(WALK_SECOND_STAGE);
    expect([memory.faultGpa, walker.result, walker.qualification]).toEqual([0x12000, EPT_VIOLATION, 1]);
  });

  it("treats accesses to the guest's tables as writes if EPT's accessed and dirty flags are in use", () => {
    const { t, x86, memory, walker, regime } = nested();
    for (let page = 0x10; page < 0x14; page++) {
      t.set64(0x4000 + 8 * page, (0x8_0000n + BigInt(page) * 4096n) | 5n | WB);
      const at = 0x8_0000 + page * 4096;
      t.set64(at, t.get64(at) | A);
    }
    expect(x86.walk(t.regime, 0x123, 0, 0)).toBe(0);
    regime.accessedDirty = true;
    expect(x86.walk(t.regime, 0x123, 0, 0)).toBe(WALK_SECOND_STAGE);
    expect([memory.faultGpa, walker.qualification]).toEqual([0x10000, 0b101_011]);
  });

  it("faults on setting an accessed bit in a page that EPT makes read-only", () => {
    const { t, x86, memory, walker } = nested();
    t.set64(0x4000 + 8 * 0x12, 0x9_2000n | 1n | WB);
    expect(x86.walk(t.regime, 0x123, 0, 0)).toBe(WALK_SECOND_STAGE);
    expect([memory.faultGpa, walker.qualification]).toEqual([0x12000, 0b001_011]);
  });
});

describe("AMD nested paging (APM vol. 2 15.25)", () => {
  function npt(): { t: Tables; npt: NptWalker; regime: X86Regime } {
    const t = new Tables();
    const regime = new X86Regime();
    Object.assign(regime, { paging: PAGING_4, root: 0x1000, nxe: true, physicalBits: 40 });
    t.set64(0x1000, 0x2000n | P | RW | US);
    t.set64(0x2000, 0x3000n | P | RW | US);
    t.set64(0x3000, 0x4000n | P | RW | US);
    t.set64(0x4000, 0x8_0000n | P | RW | US);
    t.set64(0x4008, 0x8_1000n | P | US | XD);
    t.set64(0x4010, 0x8_2000n | P | RW);
    return { t, npt: new NptWalker(t.memory, regime), regime };
  }

  it("treats every access as a user's, and those to the guest's tables as writes", () => {
    const { npt: n } = npt();
    expect(n.translate(0x123, STAGE2_WRITE)).toBe(true);
    expect(n.hpa).toBe(0x8_0123);
    expect(n.translate(0x1123, STAGE2_READ)).toBe(true);
    expect([n.translate(0x1123, STAGE2_READ | STAGE2_TABLE), n.errorCode]).toEqual([false, 0b00111]);
    expect([n.translate(0x1123, STAGE2_FETCH), n.errorCode]).toEqual([false, 0b10101]);
    // A supervisor's page is not for guests, however privileged.
    expect([n.translate(0x2123, STAGE2_READ), n.errorCode]).toEqual([false, 0b00101]);
    expect([n.translate(0x3123, STAGE2_READ), n.errorCode]).toEqual([false, 0b00100]);
  });

  it("finds nothing above the address width of the host's mode", () => {
    const { npt: n, t } = npt();
    t.set64(0x1000 + 8 * 0x100, 0x2000n | P | RW | US);
    expect(n.translate(2 ** 47, STAGE2_READ)).toBe(true);
    expect([n.translate(2 ** 48, STAGE2_WRITE), n.errorCode]).toEqual([false, 0b00110]);
  });

  it("makes a two-dimensional walk with the guest's walker", () => {
    const { npt: n, t } = npt();
    // One guest table at guest-physical 0 that is all four levels, and maps itself.
    t.set64(0x8_0000, 0n | P | RW | US);
    const guest = new X86Regime();
    Object.assign(guest, { paging: PAGING_4, root: 0 });
    const memory = new TwoStageMemory(t.memory, n);
    const x86 = new X86Walker(memory);
    expect(x86.walk(guest, 0x123, 0, ACCESS_USER)).toBe(0);
    expect(x86.gpa).toBe(0x123);
    expect(t.get64(0x8_0000)).toBe(P | RW | US | A);
    guest.root = 0x5000;
    expect(x86.walk(guest, 0x123, 0, ACCESS_FETCH)).toBe(WALK_SECOND_STAGE);
    expect([memory.faultGpa, n.errorCode]).toEqual([0x5000, 0b00110]);
  });
});
