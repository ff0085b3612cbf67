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

/** Maps what the first 2 MiB map at 4 GiB, 2 GiB and 2 GiB below the top too, with DATA's page from somewhere else each time. */
function mapHigh(guest: Guest): void {
  const tables = DATA + 0x8000;
  const table = (at: number, index: number, target: number): void => guest.poke64(at + index * 8, BigInt(target | 3));
  const root = 0xf0000;
  [
    { directory: root + 0x1000, index: 4, page: DATA + 0x1000 },
    { directory: root + 0x1000, index: 2, page: DATA + 0x2000 },
    { directory: tables, index: 510, page: DATA },
  ].forEach(({ directory, index, page }, n) => {
    const level = tables + 0x1000 + n * 0x2000;
    table(directory, index, level);
    table(level, 0, level + 0x1000);
    table(level + 0x1000, DATA >> 12, page);
  });
  table(root, 511, tables);
  for (let i = 0; i < 3 * 512; i += 1) guest.poke64(DATA + 8 * i, BigInt(i) * 0x1_0001n);
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

  it.each([64, 32] as const)("go to their own page beside one that can only be read: %i-bit code", (mode) => {
    // The load notes an entry of the soft TLB that the store tries: that of the page before, which has no right to write.
    const a = mode === 64 ? "r" : "e";
    same(
      `again:
        mov ${a}si, ${a}di
        mov ${a}ax, [${a}si - 8]
        mov [${a}si + 8], ${a}cx
        dec ecx
        jnz again
        hlt`,
      0,
      mode,
      (guest) => {
        guest.map(DATA, DATA, false);
        guest.map(DATA + 0x1000, DATA + 0x1000);
        guest.setRegister(7, BigInt(DATA + 0x1000));
        guest.setRegister(1, 4000n);
      },
    );
  });

  it("share nothing where one wraps at 4 GiB and the other does not", () => {
    same(
      `mov ecx, 2000
      again:
        add rax, [rbx + 8]
        add rax, [rbx + 32]
        add rax, [ebx + 16]
        dec ecx
        jnz again
        hlt`,
      0x1_0000_0000 + DATA,
      64,
      mapHigh,
    );
  });

  it("share nothing where one is below 4 GiB and the other at the top", () => {
    same(
      `mov ecx, 2000
      again:
        mov rdx, [0xffffffff80040008]
        add rsi, rdx
        mov rax, [abs 0x80040010]
        add rsi, rax
        dec ecx
        jnz again
        hlt`,
      0,
      64,
      mapHigh,
    );
  });
});

describe("addresses counted from RIP", () => {
  it("do not wrap at 4 GiB", () => {
    const pair = new Pair(EAGER_POLICY);
    pair.both((guest) => guest.load(`jmp on\n${"nop\n".repeat(100)}on: lea rax, [rip + 0x7ffffff0]\nhlt`));
    expect(pair.run(1000).wrong).toEqual([]);
    // JMP rel8 or rel32, 100 times NOP, LEA of seven bytes.
    expect(pair.compiled.register(0)).toBe(BigInt(pair.compiled.pc - 1) + 0x7ffffff0n);
  });
});
