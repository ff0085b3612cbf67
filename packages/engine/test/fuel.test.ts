import { describe, expect, it } from "vitest";
import { CODE, DATA, Guest } from "./support/guest.js";

const RAX = 0;
const RCX = 1;
const RDI = 7;

const PROGRAM = `
  mov ecx, 4
again:
  add [${DATA}], ecx
  push rcx
  call routine
  pop rcx
  dec ecx
  jnz again
  hlt
routine:
  mov eax, [${DATA}]
  cmp eax, 5
  jb less
  imul eax, eax, 3
less:
  ret`;

describe.each(["interpreter", "reference"] as const)("fuel on the %s", (executor) => {
  const start = (): Guest => new Guest({ executor }).load(PROGRAM);

  it("lets run(n) execute exactly n instructions, wherever that is", () => {
    // Worked out by hand: 1, then 4 rounds of 6 and a routine of 4 or 5 (5 from the second round on, when [DATA] is 7).
    const total = 1 + 4 * 6 + 4 + 3 * 5 + 1;
    const byOne = start();
    const trace = [byOne.pc];
    for (;;) {
      const outcome = byOne.run(1);
      expect(byOne.left).toBe(0);
      trace.push(byOne.pc);
      if (outcome === "halt") break;
    }
    expect(trace.length - 1).toBe(total);
    for (let n = 1; n < total; n += 1) {
      const guest = start();
      expect(guest.run(n)).toBe("fuel");
      expect(guest.left).toBe(0);
      expect(guest.pc).toBe(trace[n]);
    }
    const all = start();
    expect(all.run(total + 7)).toBe("halt");
    expect(all.left).toBe(7);
  });

  it("counts each iteration of REP as an instruction", () => {
    for (const n of [1, 2, 7, 39, 40]) {
      // 40 iterations, on two pages: enough for what is done in bulk.
      const guest = new Guest({ executor }).load("rep stosb\nmov eax, 1\nhlt");
      const to = DATA + 0xff0;
      guest.setRegister(RCX, 40n);
      guest.setRegister(RAX, 0x55n);
      guest.setRegister(RDI, BigInt(to));
      expect(guest.run(n)).toBe("fuel");
      expect(guest.register(RCX)).toBe(BigInt(40 - n));
      expect(guest.register(RDI)).toBe(BigInt(to + n));
      expect(guest.peek(to + n - 1)).toBe(0x55);
      expect(guest.peek(to + n)).toBe(0);
      expect(guest.pc).toBe(n === 40 ? CODE + 2 : CODE);
      expect(guest.run(1000)).toBe("halt");
      expect(guest.left).toBe(1000 - (40 - n) - 2);
    }
  });

  it("counts a REP with a counter of zero once", () => {
    const guest = new Guest({ executor }).load("rep movsq\nhlt");
    expect(guest.run(1)).toBe("fuel");
    expect(guest.pc).toBe(CODE + 3);
  });

  it("executes nothing without fuel", () => {
    const guest = start();
    expect(guest.run(0)).toBe("fuel");
    expect(guest.pc).toBe(CODE);
  });
});
