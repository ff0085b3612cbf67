import { describe, expect, it } from "vitest";
import { CODE, Guest, asm } from "./support/guest.js";
import { HURRIED_POLICY } from "./support/pair.js";

/** A region for each loop. */
const SMALL = { ...HURRIED_POLICY, instructions: 3 };

/** A loop of many rounds at each of `count` addresses, one after the other. */
function loops(count: number): Uint8Array {
  const lines: string[] = [];
  for (let i = 0; i < count; i += 1)
    lines.push(`mov ecx, 2000`, `loop${i}:`, "add rax, rcx", "dec ecx", `jnz loop${i}`);
  return asm([...lines, "hlt"].join("\n"));
}

describe("compiled regions", () => {
  it("are made again after all decoded code was dropped", () => {
    const guest = new Guest({ policy: SMALL }).write(CODE, loops(4));
    guest.run();
    const { stats } = guest.interpreter.jit!;
    const first = stats.regions;
    expect(first).toBeGreaterThanOrEqual(4);
    guest.interpreter.code.dropAll();
    expect(stats.dropped).toBe(first);
    guest.setPc(CODE);
    guest.run();
    expect(stats.regions).toBe(2 * first);
  });

  it("are kept in a bounded number, and give the same with fewer than the code wants", () => {
    const code = loops(12);
    const plenty = new Guest({ policy: SMALL }).write(CODE, code);
    plenty.run();
    const few = new Guest({ policy: { ...SMALL, batch: 2, regions: 4 } }).write(CODE, code);
    few.run();
    const { stats } = few.interpreter.jit!;
    expect(stats.regions).toBeGreaterThan(4);
    expect(stats.regions - stats.dropped).toBeLessThanOrEqual(4);
    // 2000 + 1999 + … + 1, twelve times.
    expect(plenty.register(0)).toBe(BigInt(12 * 2000 * 2001) / 2n);
    expect(few.register(0)).toBe(plenty.register(0));
  });

  it("are made as far as there is time, and the rest soon after", () => {
    const code = loops(8);
    const policy = { ...SMALL, batch: 6, patience: 1000 };
    const still = new Guest({ policy }).write(CODE, code);
    still.run();
    let time = 0;
    const slow = new Guest({ policy, now: () => (time += 10) }).write(CODE, code);
    slow.run();
    expect(still.jit.stats).toMatchObject({ regions: 6, modules: 1 });
    // One at least each time, or nothing would ever be made.
    expect(slow.jit.stats.modules).toBe(slow.jit.stats.regions);
    expect(slow.jit.stats.regions).toBeGreaterThanOrEqual(6);
    expect(slow.register(0)).toBe(still.register(0));
  });
});
