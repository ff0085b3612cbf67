import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { CODE, Guest } from "./support/guest.js";
import { HURRIED_POLICY } from "./support/pair.js";

const RCX = 1;
const RBX = 3;
const PAGES = 24;
const ROUNDS = 400;

/** A ring of pages, on each of which a small loop adds its number to RBX three times; ECX counts rounds. */
function ring(guest: Guest): Guest {
  for (let page = 0; page < PAGES; page += 1) {
    const start = CODE + page * 0x1000;
    const tail = page === PAGES - 1 ? `dec ecx\njnz ${CODE}\nhlt` : `jmp ${start + 0x1000}`;
    guest.load(`mov edx, 3\nagain: add rbx, ${page + 1}\ndec edx\njnz again\n${tail}`, start);
  }
  guest.setRegister(RCX, BigInt(ROUNDS));
  return guest;
}

describe.each([
  ["before their first execution", EAGER_POLICY],
  ["when they are hot", HURRIED_POLICY],
] as const)("regions compiled %s", (_, policy) => {
  it("go with all decoded code when the arena is full, and the guest notices nothing", () => {
    // 24 tables of 16 KiB are 384 KiB.
    const guest = ring(new Guest({ policy, arenaBytes: 3 * 65536 }));
    expect(guest.run(10_000_000)).toBe("halt");
    expect(guest.register(RBX)).toBe(BigInt((ROUNDS * 3 * PAGES * (PAGES + 1)) / 2));
    expect(guest.left).toBe(10_000_000 - ROUNDS * (PAGES * 11 + 1) - 1);
    const { jit, code } = guest.interpreter;
    expect(code.stats.drops).toBeGreaterThan(100);
    // What is left lies in the arena.
    expect(jit!.stats.regions - jit!.stats.dropped).toBeLessThan(3 * PAGES);
    if (policy === EAGER_POLICY) expect(jit!.stats.dropped).toBeGreaterThan(100);
  });

  it("are not more than the policy says", () => {
    const guest = ring(new Guest({ policy: { ...policy, regions: 8 } }));
    expect(guest.run(10_000_000)).toBe("halt");
    expect(guest.register(RBX)).toBe(BigInt((ROUNDS * 3 * PAGES * (PAGES + 1)) / 2));
    const { regions, dropped } = guest.jit.stats;
    expect(regions).toBeGreaterThan(8);
    expect(regions - dropped).toBeLessThanOrEqual(8);
  });
});
