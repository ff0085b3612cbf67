import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../src/index.js";
import { CODE, Guest, asm } from "./support/guest.js";
import { Pair } from "./support/pair.js";

const ROUNDS = 200_000;

/** A loop with one branch that is taken every other round and one that is taken once in 4,096. */
const LOOP = `
  again: test ecx, 4095
  jz rarely
  back: test ecx, 1
  jz often
  join: dec ecx
  jnz again
  hlt
  often: add rdx, 1
  jmp join
  rarely: add rax, 1
  jmp back`;

const OFTEN = asm(LOOP.slice(0, LOOP.indexOf("often: add")).replace(/jz (rarely|often)/g, "jz again"), CODE).length;
const RARELY = OFTEN + asm("add rdx, 1", CODE).length + 2;

function prepare(guest: Guest): void {
  guest.write(CODE, asm(LOOP, CODE));
  for (const register of [0, 2]) guest.setRegister(register, 0n);
  guest.setRegister(1, BigInt(ROUNDS));
}

/** Offsets in the page of the blocks of the first region. */
function blocksOf(guest: Guest): number[] {
  const blocks: number[][] = [];
  guest.interpreter.jit!.observer = {
    compiled: (_, shape) => blocks.push(shape.blocks.map(({ offset }) => offset)),
    refused: () => undefined,
    dropped: () => undefined,
  };
  guest.run(20 * ROUNDS);
  return blocks[0] ?? [];
}

describe("a region", () => {
  const policy = { ...DEFAULT_POLICY, batch: 1 };

  it("leaves out what is branched to rarely, and has what is branched to often", () => {
    const guest = new Guest({ policy });
    prepare(guest);
    const blocks = blocksOf(guest);
    expect(blocks).toContain((CODE & 0xfff) + OFTEN);
    expect(blocks).not.toContain((CODE & 0xfff) + RARELY);
  });

  it("goes to what it leaves out all the same", () => {
    const pair = new Pair(policy);
    pair.both(prepare);
    expect(pair.run(20 * ROUNDS)).toEqual({ outcome: "halt", wrong: [] });
    expect(pair.compiled.register(0)).toBe(BigInt(Math.floor(ROUNDS / 4096)));
    expect(pair.compiled.register(2)).toBe(BigInt(ROUNDS / 2));
  });
});
