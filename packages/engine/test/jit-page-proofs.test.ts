import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { CODE, DATA, Guest, READ_ONLY } from "./support/guest.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";

const PAGE_FAULT = 14;

/** Runs a program in both executors, with RBX at `base`, and compares state and the data pages. */
function same(
  text: string,
  base: number,
  mode: 32 | 64 = 64,
  extra: (guest: Guest) => void = () => undefined,
  policy = HURRIED_POLICY,
): Pair {
  const pair = new Pair(policy, { mode });
  pair.both((guest) => {
    guest.load(text);
    guest.setRegister(3, BigInt(base));
    // The next page lies somewhere else.
    guest.map(DATA + 0x1000, DATA + 0x3000);
    extra(guest);
  });
  const { wrong } = pair.run(1_000_000);
  expect(wrong).toEqual([]);
  expect(pair.compareMemory(DATA, 0x4000)).toEqual([]);
  return pair;
}

/** A loop of loads and stores at places around RBX. */
const LOOP = `
  mov ecx, 3000
again:
  mov rax, [rbx + 8]
  add rax, rcx
  mov [rbx + 8], rax
  mov dx, [rbx - 6]
  add edx, eax
  mov [rbx + 16], edx
  add byte [rbx - 1], 3
  dec ecx
  jnz again
  hlt`;

describe("accesses around a base that a loop does not change", () => {
  it.each([
    ["in the middle of a page", DATA + 0x800],
    ["with a window that ends with the page", DATA + 0x1000 - 20],
    ["with a window on two pages", DATA + 0x1000 - 12],
    ["with an access on two pages", DATA + 0x1000 - 4],
    ["with the base at the start of a page and accesses before it", DATA + 0x1000],
  ])("go where they should %s", (_, base) => {
    same(LOOP, base);
  });

  it("follow the base when something around the loop changes it", () => {
    const pair = same(
      `mov esi, 3000
      pages:
        mov ecx, 3
      again:
        inc qword [rbx]
        dec ecx
        jnz again
        xor rbx, 0x1000
        dec esi
        jnz pages
        hlt`,
      DATA,
      64,
      undefined,
      // The region begins before both loops, so that the inner one has a header of its own.
      EAGER_POLICY,
    );
    for (const physical of [DATA, DATA + 0x3000]) expect(pair.compiled.peek64(physical)).toBe(4500n);
  });

  it("wrap at 4 GiB in 32-bit code", () => {
    same(
      `mov ecx, 2000
      again:
        mov eax, [ebx + 0x80]
        add [ebx + 0x84], eax
        inc dword [ebx + 0x80]
        dec ecx
        jnz again
        hlt`,
      // Less than 0x80 below 2^32 + DATA's place in the 32-bit address space.
      0xffff_ffc0,
      32,
      (guest) => guest.map(0, DATA),
    );
  });

  it("fault at the store when the page can only be read, loop after loop", () => {
    const guest = new Guest({ policy: EAGER_POLICY });
    guest.load(`
      mov ecx, 10
    again:
      mov rax, [rbx + 8]
      dec ecx
      jnz again
      mov ecx, 10
    more:
      mov rax, [rbx + 8]
      cmp ecx, 5
      ja skip
      mov [rbx + 8], rcx
    skip:
      dec ecx
      jnz more
      hlt`);
    guest.setRegister(3, BigInt(READ_ONLY));
    expect(guest.run()).toBe(PAGE_FAULT);
    expect(guest.register(1)).toBe(5n);
    expect(guest.peek64(READ_ONLY + 8)).toBe(0n);
  });

  it("see a store to the code that they are in", () => {
    // The loop adds 1 to the immediate of its own ADD at the last round but one.
    const text = `
      mov ecx, 4000
    again:
      add rax, 5
      cmp ecx, 2
      jne on
      mov byte [rbx], 100
    on:
      add qword [rbx + 0x100], 1
      dec ecx
      jnz again
      hlt`;
    // MOV ECX is five bytes, ADD RAX, imm8 has its immediate after three.
    const pair = same(text, CODE + 8);
    expect(pair.compiled.register(0)).toBe(BigInt(3999 * 5 + 100));
  });
});
