import { describe, expect, it } from "vitest";
import { ExitProfile, type GrowthPart, keptInside, planGrowth } from "../src/jit/growth.js";
import { CODE, DATA, Guest, asm } from "./support/guest.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";

/** Every region as small as can be, so that all is gone through the dispatch loop until they are grown. */
const GROWING = { ...HURRIED_POLICY, instructions: 8, pages: 1, growth: 2048 };
const NEVER_GROWING = { ...GROWING, growth: 0 };

function part(instructions: number, exits: Readonly<Record<number, number>>): GrowthPart {
  const profile = new ExitProfile(1, 0);
  for (const [distance, times] of Object.entries(exits))
    for (let i = 0; i < times; i += 1) profile.add(Number(distance));
  return { instructions, profile };
}

const parts = (all: Readonly<Record<number, GrowthPart>>) => (offset: number) => all[offset];
const LIMITS = { instructions: 100, least: 24, farthest: 0x10000, isReturn: (): boolean => false };

describe("the plan of a region's growth", () => {
  it("takes in what is gone to, and what that goes to, the most frequent first", () => {
    const all = { 0: part(10, { 0x40: 1, 0x80: 3 }), 0x40: part(5, { 0: 4 }), 0x80: part(6, { 0x5000: 4 }) };
    const far = { ...all, 0x5000: part(7, { [-0x5000]: 8 }) };
    expect(planGrowth(0, all[0], parts(far), LIMITS)!.map(({ offset }) => offset)).toEqual([0, 0x80, 0x5000, 0x40]);
  });

  it("leaves out what is too large, what is rare, and where calls return to", () => {
    const all = { 0: part(10, { 0x40: 50, 0x80: 50, 0xc0: 1 }), 0x40: part(200, {}), 0xc0: part(1, {}) };
    const isReturn = (offset: number): boolean => offset === 0x80;
    expect(planGrowth(0, all[0], parts({ ...all, 0x80: part(1, {}) }), { ...LIMITS, isReturn })).toBeUndefined();
  });

  it("counts how often control stays inside", () => {
    // Half of the entries go to the other and leave there, or come back: 1/2 + 1/4 + 1/8 + … = 1.
    const all = { 0: part(10, { 0x40: 1, 0x999: 1 }), 0x40: part(5, { 0: 1, 0x999: 1 }) };
    const roots = planGrowth(0, all[0], parts(all), LIMITS)!;
    expect(keptInside(roots)).toBeCloseTo(1, 6);
  });
});

/** Bytecode handlers behind a table of addresses: each adds something else to RAX. */
function machine(handlers: number, spacing: number): { readonly code: Uint8Array; readonly table: number[] } {
  const size = handlers * spacing + 64;
  const code = new Uint8Array(size).fill(0x90);
  const table: number[] = [];
  for (let n = 0; n < handlers; n += 1) {
    const at = 64 + n * spacing;
    table.push(CODE + at);
    code.set(
      asm(
        `add rax, ${n + 1}
        movzx edx, byte [rsi]
        inc rsi
        and esi, ${DATA + 0xfff}
        dec ecx
        jz done
        jmp [rbx + rdx * 8]
        done: hlt`,
        CODE + at,
      ),
      at,
    );
  }
  code.set(asm(`jmp ${CODE + 64}`), 0);
  return { code, table };
}

const HANDLERS = 6;
const ROUNDS = 400_000;

function prepare(guest: Guest, spacing: number): void {
  const { code, table } = machine(HANDLERS, spacing);
  guest.write(CODE, code);
  const bytecode = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7 + (i >> 5) * 3 + (i >> 9)) % HANDLERS);
  guest.write(DATA, bytecode);
  table.forEach((address, n) =>
    guest.write(DATA + 0x2000 + 8 * n, Uint8Array.of(address, address >> 8, address >> 16, 0, 0, 0, 0, 0)),
  );
  guest.setRegister(3, BigInt(DATA + 0x2000));
  guest.setRegister(6, BigInt(DATA));
  guest.setRegister(1, BigInt(ROUNDS));
}

describe("regions that are left soon", () => {
  it.each([
    ["in one page", 64],
    ["each some pages from the other", 0x5040],
  ])("take in the places that they jump to: %s", (_, spacing) => {
    const growing = new Pair(GROWING);
    growing.both((guest) => prepare(guest, spacing));
    expect(growing.run(10_000_000)).toEqual({ outcome: "halt", wrong: [] });
    const fixed = new Guest({ policy: NEVER_GROWING });
    prepare(fixed, spacing);
    fixed.run(10_000_000);
    const entries = (guest: Guest): number => guest.interpreter.code.totalUse().entries;
    expect(entries(fixed)).toBeGreaterThan(0.9 * ROUNDS);
    expect(entries(growing.compiled)).toBeLessThan(0.35 * ROUNDS);
    expect(growing.compiled.register(0)).toBe(fixed.register(0));
  });

  it("are dropped when a page that they took in is written, and what is there then is executed", () => {
    const guest = new Guest({ policy: GROWING });
    prepare(guest, 0x1040);
    guest.run(10_000_000);
    const before = guest.register(0);
    const again = (): bigint => {
      guest.setPc(CODE);
      guest.setRegister(0, 0n);
      guest.setRegister(6, BigInt(DATA));
      guest.setRegister(1, BigInt(ROUNDS));
      guest.run(10_000_000);
      return guest.register(0);
    };
    const entered = guest.interpreter.code.totalUse().entries;
    expect(again()).toBe(before);
    expect(guest.interpreter.code.totalUse().entries - entered).toBeLessThan(0.25 * ROUNDS);
    // The immediate of the second handler's ADD: 2 becomes 102.
    guest.write(CODE + 64 + 0x1040 + 3, Uint8Array.of(102));
    const fresh = new Guest();
    prepare(fresh, 0x1040);
    fresh.write(CODE + 64 + 0x1040 + 3, Uint8Array.of(102));
    fresh.run(10_000_000);
    expect(again()).toBe(fresh.register(0));
  });
});
