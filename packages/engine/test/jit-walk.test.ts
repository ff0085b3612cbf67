import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { Guest } from "./support/guest.js";
import { HURRIED_POLICY } from "./support/pair.js";

/** The last level of the guest's page tables, which are mapped like all memory: entry n is that of the page at n * 4096. */
const TABLE = 0xf3000;
/** A page whose entry has room for code around it. */
const PAGE = 0x120;
const ENTRY = TABLE + PAGE * 8;

/**
 * Code in the page table, whose first instruction reads the page of an entry that is a part of the last: MOV EAX has the entry's low half,
 * present and writable, as its immediate, the rest of it is two times ADD [RAX], AL, then HLT. The walk sets the entry's accessed bit.
 */
function build(guest: Guest): void {
  guest.write(ENTRY - 12, Uint8Array.of(0x48, 0x8b, 0x0f, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xb8));
  guest.write(ENTRY, Uint8Array.of(0x03, 0x80, 0, 0, 0, 0, 0, 0, 0xf4));
  guest.setRegister(7, BigInt(PAGE * 4096));
  guest.setPc(ENTRY - 12);
}

describe("a walk that changes the code being executed", () => {
  it.each([
    ["the interpreter", undefined],
    ["the compiler from the first execution", EAGER_POLICY],
    ["the compiler in a hurry", HURRIED_POLICY],
  ])("is seen by the next instruction: %s", (_, policy) => {
    const guest = new Guest(policy === undefined ? {} : { policy });
    build(guest);
    expect(guest.run()).toBe("halt");
    // Bit 5 of the entry is its accessed bit (SDM vol. 3A, table 4-20).
    expect(guest.register(0)).toBe(0x8023n);
  });
});
