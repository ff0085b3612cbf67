import { Random, fuzzSeed } from "@isinglass/testkit";
import { describe, expect, test } from "vitest";
import { X87Machine, address } from "./support/x87-machine.js";

const FLD_M80 = 0x2000;
const OUT = 0x2100;
const IE = 1;
const PE = 0x20;
const C1 = 0x200;

function push(m: X87Machine, significand: bigint, se: number): void {
  const bytes = Array.from({ length: 8 }, (_, i) => Number((significand >> BigInt(8 * i)) & 0xffn));
  m.setBytes(FLD_M80, [...bytes, se & 0xff, se >> 8]);
  m.runAll(address(0xdb, 5, FLD_M80, m));
}

const all = (m: X87Machine): unknown[] => [m.status, m.inUse, ...Array.from({ length: 8 }, (_, i) => m.st(i))];

describe("frequent x87 instructions in micro-ops", () => {
  test.each([
    ["2^63 - 1/2 rounds to what no 64-bit integer holds", ~0n, 0x403d, "8000000000000000", IE],
    ["-(2^63) has no fast way and is exact", 1n << 63n, 0xc03e, "8000000000000000", 0],
    ["2^62 - 1/4 is rounded up", ~0n, 0x403c, "4000000000000000", PE | C1],
    ["1/2 goes to even", 1n << 63n, 0x3ffe, "0000000000000000", PE],
    ["a little over 1/2 goes up", (1n << 63n) | 1n, 0x3ffe, "0000000000000001", PE | C1],
    ["less than 1/2 goes to zero", ~0n, 0x3ffd, "0000000000000000", PE],
    ["-1.5 goes to even", 3n << 62n, 0xbfff, "fffffffffffffffe", PE | C1],
  ] as const)("FISTP m64 (SDM vol. 2A): %s", (_, significand, se, stored, flags) => {
    const m = new X87Machine(64);
    push(m, BigInt.asUintN(64, significand), se);
    m.runAll(address(0xdf, 7, OUT, m));
    const bytes = m.bytes(OUT, 8).reverse();
    expect(bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(stored);
    expect(m.status & (IE | PE | C1)).toBe(flags);
  });

  test("do what the assists do, to which an irrelevant bit of the control word sends them", () => {
    const random = new Random(fuzzSeed("x87 functions"));
    for (let n = 0; n < 150; n += 1) {
      const machines = [0x37f, 0x137f].map((control) => {
        const m = new X87Machine(64);
        m.setControl(control);
        return m;
      });
      const numbers = Array.from({ length: 1 + random.below(7) }, () => ({
        significand: random.oneIn(9) ? 0n : random.u64() | (1n << 63n),
        exponent: 0x3ff0 + random.below(32) + 0x8000 * random.below(2),
      }));
      for (const m of machines)
        for (const { significand, exponent } of numbers) push(m, significand, significand === 0n ? 0 : exponent);
      for (let k = 0; k < 6; k += 1) {
        // D8, DC, DE with a register: arithmetic, comparisons and pops, with empty registers now and then.
        const opcode = random.pick([0xd8, 0xdc, 0xde]);
        let modrm = 0xc0 | (random.below(8) << 3) | random.below(numbers.length + 1);
        if (opcode === 0xde && (modrm & 0x38) === 0x18) modrm = 0xd9;
        const outcomes = machines.map((m) => m.run(opcode, modrm));
        expect(outcomes[0]).toBe(outcomes[1]);
        const what = `${opcode.toString(16)} ${modrm.toString(16)}`;
        expect([what, ...all(machines[0]!)]).toEqual([what, ...all(machines[1]!)]);
      }
    }
  });
});
