import { S } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, EAGER_POLICY, type TierPolicy } from "../src/index.js";
import { CODE, Guest, asm } from "./support/guest.js";
import { HURRIED_POLICY } from "./support/pair.js";

const SPACES = 200;
const PAGE = 4096;
const PRESENT_WRITABLE = 3n;
/** The library's page, and what leads to it: a table for each level below the root. */
const LIBRARY = CODE + 0x2000;
const TABLES = CODE + 0x3000;
/** CR3 and the library's address in each space, 16 bytes a space. */
const LIST = CODE + 0x6000;
const STACK = CODE + 0xf000;
/** Roots, one page a space. */
const ROOTS = 0x20000;
/** The identity map's second level, as the support's guest makes it. */
const IDENTITY = 0xf1003n;
/** Where the library is in its 512 GiB: each space has another 512 GiB. */
const INSIDE = 0x12_3456_7000n;

const libraryAt = (space: number): bigint => (BigInt(space + 1) << 39n) | INSIDE;

/** Adds up its own bytes through RIP-relative addresses, and says where it is. Position-independent, with a loop and a call. */
const LIBRARY_CODE = `
library:
  lea rsi, [rel library]
  mov edx, 40
  xor eax, eax
again:
  movzx r8d, byte [rsi + rdx]
  call add
  dec edx
  jnz again
  lea rdx, [rel library]
  ret
add:
  add eax, r8d
  ret`;

/** Goes through the spaces RBP times: loads each CR3, calls the library there, sums up what it gives and what it says of its place. */
const DRIVER = `
round:
  mov ebx, ${LIST}
  mov ecx, r12d
space:
  mov rax, [rbx]
  mov cr3, rax
  call [rbx + 8]
  add r13, rax
  add r14, rdx
  add rbx, 16
  dec ecx
  jnz space
  dec ebp
  jnz round
  hlt`;

function run(policy: TierPolicy | undefined, spaces: number, rounds: number): Guest {
  const guest = new Guest(policy === undefined ? {} : { policy });
  guest.load(DRIVER);
  guest.write(LIBRARY, asm(LIBRARY_CODE, LIBRARY));
  const index = (level: number): number => Number((INSIDE >> BigInt(12 + 9 * level)) & 511n) * 8;
  guest.poke64(TABLES + index(2), BigInt(TABLES + PAGE) | PRESENT_WRITABLE);
  guest.poke64(TABLES + PAGE + index(1), BigInt(TABLES + 2 * PAGE) | PRESENT_WRITABLE);
  guest.poke64(TABLES + 2 * PAGE + index(0), BigInt(LIBRARY) | PRESENT_WRITABLE);
  for (let space = 0; space < spaces; space += 1) {
    const root = ROOTS + space * PAGE;
    guest.window(root, PAGE).fill(0);
    guest.poke64(root, IDENTITY);
    guest.poke64(root + (space + 1) * 8, BigInt(TABLES) | PRESENT_WRITABLE);
    guest.poke64(LIST + space * 16, BigInt(root));
    guest.poke64(LIST + space * 16 + 8, libraryAt(space));
  }
  guest.setRegister(4, BigInt(STACK));
  guest.setRegister(5, BigInt(rounds));
  guest.setRegister(12, BigInt(spaces));
  expect(guest.run(20_000_000)).toBe("halt");
  return guest;
}

describe("a library page in 200 address spaces, at another address in each", () => {
  it.each([
    ["before its first execution", EAGER_POLICY, 1],
    ["when it is hot", HURRIED_POLICY, 3],
    ["by the default policy", { ...DEFAULT_POLICY, batch: 1 }, 20],
  ] as const)("is compiled once: %s", (_, policy, rounds) => {
    const many = run(policy, SPACES, rounds);
    // As much of it as one address space alone has, however often it is called there.
    const one = run(policy, 1, SPACES * rounds);
    expect(one.jit.stats.dropped).toBe(0);
    expect(many.jit.stats.dropped).toBe(0);
    for (const figure of ["regions", "modules", "instructions"] as const) {
      expect(many.jit.stats[figure]).toBeGreaterThan(0);
      expect(many.jit.stats[figure]).toBeLessThanOrEqual(one.jit.stats[figure]);
    }
    expect(many.jit.stats.regions).toBeLessThan(10);

    const code = asm(LIBRARY_CODE, LIBRARY);
    let sum = 0n;
    for (let i = 1; i <= 40; i += 1) sum += BigInt(code[i] ?? 0);
    expect(many.register(13)).toBe(sum * BigInt(SPACES * rounds));
    let places = 0n;
    for (let space = 0; space < SPACES; space += 1) places += libraryAt(space);
    expect(many.register(14)).toBe(places * BigInt(rounds));
    // Per space 8 instructions of the driver, and in the library 5 and 40 rounds of 6.
    expect(many.left).toBe(20_000_000 - rounds * (2 + SPACES * (8 + 5 + 40 * 6) + 2) - 1);
    expect(many.cpu.getBig(S.cr3)).toBe(BigInt(ROOTS + (SPACES - 1) * PAGE));
  });
});
