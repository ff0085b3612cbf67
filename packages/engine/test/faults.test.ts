import { S } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { ABSENT, CODE, DATA, Guest, READ_ONLY, differences } from "./support/guest.js";

const PAGE_FAULT = 14;
/** Error codes of a write (SDM vol. 3A, 4.7): W/R, and P where the page is there. */
const WRITE_ABSENT = 2;
const WRITE_PROTECTED = 3;

const FAULTS: readonly { what: string; code: string; address: number; error: number }[] = [
  { what: "a load from an absent page", code: `mov rbx, [${ABSENT + 8}]`, address: ABSENT + 8, error: 0 },
  { what: "a load that begins before it", code: `mov rbx, [${ABSENT - 3}]`, address: ABSENT, error: 0 },
  { what: "a store to a read-only page", code: `mov [${READ_ONLY}], rbx`, address: READ_ONLY, error: WRITE_PROTECTED },
  {
    what: "a store that ends on a read-only page",
    code: `mov [${READ_ONLY - 4}], rbx`,
    address: READ_ONLY,
    error: WRITE_PROTECTED,
  },
  {
    what: "a read-modify-write of a read-only page",
    code: `add [${READ_ONLY + 16}], rbx`,
    address: READ_ONLY + 16,
    error: WRITE_PROTECTED,
  },
  { what: "an exchange", code: `xchg [${ABSENT - 1}], ebx`, address: ABSENT, error: WRITE_ABSENT },
  { what: "a push", code: "push rbx", address: ABSENT, error: WRITE_ABSENT },
  { what: "a call", code: `call ${CODE + 0x100}`, address: ABSENT, error: WRITE_ABSENT },
];

describe.each(["interpreter", "reference"] as const)("a fault on the %s", (executor) => {
  it.each(FAULTS)("leaves nothing of $what", ({ code, address, error }) => {
    const guest = new Guest({ executor }).load(`xor edx, edx\ninc edx\n${code}\nhlt`);
    guest.setRegister(3, 0x0102030405060708n);
    // The stack pointer lies so that a push crosses into the absent page.
    guest.setRegister(4, BigInt(ABSENT + 4096 + 4));
    expect(guest.run(2)).toBe("fuel");
    const before = guest.state();
    const memory = guest.memory();
    expect(guest.run(100)).toBe(PAGE_FAULT);
    // A push to ABSENT + 4092 faults on its first byte, which is on the absent page.
    const expected = code.startsWith("push") || code.startsWith("call") ? ABSENT + 4092 : address;
    expect(guest.cpu.getBig(S.faultAddress)).toBe(BigInt(expected));
    expect(guest.cpu.get32(S.faultError)).toBe(error);
    expect(guest.left).toBe(100);
    const after = guest.state();
    for (const field of [S.fuel, S.faultVector, S.faultError, S.faultAddress, S.faultAddress + 4])
      for (const state of [before, after]) state.fill(0, field, field + 4);
    expect(differences(after, before)).toEqual([]);
    expect(differences(guest.memory(), memory)).toEqual([]);
  });

  it("can be mended, and the instruction executes then", () => {
    const guest = new Guest({ executor }).load(`mov qword [${ABSENT + 4092}], -1\nhlt`);
    expect(guest.run()).toBe(PAGE_FAULT);
    guest.map(ABSENT, DATA);
    expect(guest.run()).toBe("halt");
    expect(guest.peek64(DATA + 4092) & 0xffffffffn).toBe(0xffffffffn);
    expect(guest.peek64(ABSENT + 4096) & 0xffffffffn).toBe(0xffffffffn);
    expect(guest.left).toBe(1_000_000 - 2);
  });

  it("in the middle of a REP leaves the iterations before it done", () => {
    const guest = new Guest({ executor }).load("rep stosb\nhlt");
    guest.setRegister(1, 100n);
    guest.setRegister(7, BigInt(ABSENT - 60));
    expect(guest.run(1000)).toBe(PAGE_FAULT);
    expect(guest.register(1)).toBe(40n);
    expect(guest.register(7)).toBe(BigInt(ABSENT));
    expect(guest.pc).toBe(CODE);
    expect(guest.left).toBe(1000 - 60);
  });
});
