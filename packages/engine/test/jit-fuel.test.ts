import { describe, expect, it } from "vitest";
import { EAGER_POLICY, type TierPolicy } from "../src/index.js";
import { CODE, DATA, READ_ONLY } from "./support/guest.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";

/** Loops of several kinds: name, mode, code, instructions until HLT. */
const LOOPS: readonly (readonly [name: string, mode: 32 | 64, code: string, total: number])[] = [
  [
    "a loop of one block",
    64,
    `mov ecx, 40
    again:
      add rax, rcx
      imul rax, rax, 3
      dec ecx
      jnz again
      hlt`,
    1 + 40 * 4 + 1,
  ],
  [
    "a loop of one instruction",
    64,
    `mov ecx, 70
    again:
      loop again
      hlt`,
    1 + 70 + 1,
  ],
  [
    "nested loops with a branch over a store",
    64,
    `mov edx, 5
    outer:
      mov ecx, 6
    inner:
      test ecx, 1
      jz even
      add [${DATA}], ecx
    even:
      dec ecx
      jnz inner
      dec edx
      jnz outer
      hlt`,
    1 + 5 * (1 + 6 * 4 + 3 + 2) + 1,
  ],
  [
    "a loop that calls, with flags that live across the call",
    64,
    `mov ecx, 20
    again:
      cmp ecx, 10
      call routine
      adc rbx, 1
      dec ecx
      jnz again
      hlt
    routine:
      mov eax, ecx
      ret`,
    1 + 20 * 7 + 1,
  ],
  [
    "a loop with instructions that the interpreter executes",
    64,
    `mov ebx, 12
      mov edi, ${DATA}
    again:
      mov ecx, 3
      rep stosb
      xchg eax, edx
      rdtsc
      nop
      dec ebx
      jnz again
      hlt`,
    2 + 12 * (1 + 3 + 5) + 1,
  ],
  [
    "a loop in 32-bit code",
    32,
    `mov ecx, 25
    again:
      push ecx
      add [esp], eax
      pop eax
      sub ecx, 1
      ja again
      hlt`,
    1 + 25 * 5 + 1,
  ],
  [
    "a loop over a page border",
    64,
    `mov ecx, 30
      jmp ${CODE + 0xff8}
    back:
      dec ecx
      jnz ${CODE + 0xff8}
      hlt
      align 8
      resb ${0xff8 - 24}
      add eax, 1
      add eax, 2
      add eax, 4
      jmp back`,
    2 + 30 * 6 + 1,
  ],
  [
    "a loop that nobody can enter in one place only",
    64,
    `mov ecx, 30
      test ecx, 1
      jz second
    first:
      add eax, 3
      dec ecx
    second:
      lea eax, [rax + rax * 2]
      dec ecx
      jg first
      hlt`,
    // Enters at `second`: ECX is 29 after it, then two less each round until -1.
    3 + 3 + 15 * 5 + 1,
  ],
];

/** A block of more instructions than a region charges for at once. */
const LONG_BLOCK = `mov ecx, 4\nagain:\n${"add eax, ecx\n".repeat(300)}dec ecx\njnz again\nhlt`;

function atEachCount(policy: TierPolicy, mode: 32 | 64, code: string, total: number, step: number): void {
  const pair = new Pair(policy, { mode });
  pair.both((guest) => void guest.load(code));
  const starts = [pair.compiled, pair.interpreted].map((guest) => guest.saveState());
  const restart = (): void => {
    [pair.compiled, pair.interpreted].forEach((guest, i) => {
      guest.restoreState(starts[i]!);
      guest.window(DATA, READ_ONLY - DATA).fill(0);
    });
  };
  // Once through, so that loops are compiled by the time they are cut.
  for (let round = 0; round < 60; round += 1) {
    restart();
    expect(pair.run(100_000)).toEqual({ outcome: "halt", wrong: [] });
    expect(pair.compiled.left).toBe(100_000 - total);
  }
  expect(pair.compiled.jit.stats.regions).toBeGreaterThan(0);
  for (let first = 1; first < total; first += step) {
    restart();
    expect(pair.run(first), `cut after ${first}`).toEqual({ outcome: "fuel", wrong: [] });
    expect(pair.compiled.left).toBe(0);
    expect(pair.compareMemory(DATA, READ_ONLY - DATA)).toEqual([]);
    // Goes on from there in pieces, and to the end.
    for (const piece of [1, 2, 7])
      if (first + 10 < total) expect(pair.run(piece).wrong, `${piece} after ${first}`).toEqual([]);
    expect(pair.run(100_000)).toEqual({ outcome: "halt", wrong: [] });
    expect(pair.compiled.left).toBe(100_000 - (total - first - (first + 10 < total ? 10 : 0)));
  }
}

describe.each([
  ["before their first execution", EAGER_POLICY],
  ["when they are hot", HURRIED_POLICY],
] as const)("budgets that end at each instruction of loops compiled %s", (_, policy) => {
  it.each(LOOPS)("leave the interpreter's state: %s", (_name, mode, code, total) => {
    atEachCount(policy, mode, code, total, 1);
  });

  it("leave the interpreter's state: a block longer than a charge of fuel", () => {
    atEachCount(policy, 64, LONG_BLOCK, 1 + 4 * 302 + 1, 7);
  });
});
