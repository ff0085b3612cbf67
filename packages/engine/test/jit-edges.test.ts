import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";

const RCX = 1;
const RDX = 2;
/** The page tables of the support's guest. */
const TABLES = 0xf0000;

describe("an instruction on two pages", () => {
  it("is executed as its first page is mapped now, where it is gone to from its second", () => {
    const pair = new Pair(HURRIED_POLICY);
    pair.both((guest) => {
      guest.load("s: mov eax, 1\n jmp l\nl: add rdx, rax\n dec ecx\n jnz s\n hlt", 0x1fffe);
      // The first page once more, with another immediate.
      guest.write(0x2fffe, Uint8Array.of(0xb8, 2));
      guest.setRegister(RCX, 1000n);
      guest.setRegister(RDX, 0n);
      guest.setPc(0x1fffe);
    });
    expect(pair.run(1e6)).toEqual({ outcome: "halt", wrong: [] });
    expect(pair.compiled.jit.stats.regions).toBeGreaterThan(0);
    pair.both((guest) => {
      guest.map(0x1f000, 0x2f000);
      guest.setRegister(RCX, 11n);
      guest.setRegister(0, 0n);
      guest.setRegister(RDX, 0n);
      guest.setPc(0x20005);
    });
    expect(pair.run(1e6)).toEqual({ outcome: "halt", wrong: [] });
    // The first round begins behind MOV; ten rounds add two.
    expect(pair.compiled.register(RDX)).toBe(20n);
  });
});

describe("an operand of two parts at 4 GiB in flat segments", () => {
  it.each([true, false])("is beyond the limit (what is above is mapped: %s)", (mapped) => {
    const pair = new Pair(EAGER_POLICY, { mode: 32 });
    pair.both((guest) => {
      guest.poke64(TABLES + 0x1000 + 24, 0xef003n);
      guest.poke64(0xef000 + 511 * 8, 0xee003n);
      guest.poke64(0xee000 + 511 * 8, 0x40003n);
      if (mapped) {
        guest.poke64(TABLES + 0x1000 + 32, 0xed003n);
        guest.poke64(0xed000, 0xec003n);
        guest.poke64(0xec000, 0x41003n);
      }
      guest.poke64(0x40ff8, 0n);
      guest.poke64(0x41000, 100n);
      guest.load("bound eax, [ebx]\n hlt");
      guest.setRegister(3, 0xfffffffcn);
      guest.setRegister(0, 5n);
    });
    const outcomes = [pair.compiled.run(10), pair.interpreted.run(10)];
    expect(outcomes[0]).toEqual(outcomes[1]);
    // #GP, before anything was read: no accessed bit (SDM vol. 2A, BOUND; vol. 3A, 5.3).
    expect(JSON.stringify(outcomes[0])).toContain("13");
    expect(pair.compiled.peek(0xee000 + 511 * 8)).toBe(3);
  });
});

describe("code around an instruction that only the interpreter executes", () => {
  it("is in regions before and after it", () => {
    const pair = new Pair(HURRIED_POLICY);
    const rounds = 10_000;
    pair.both((guest) => {
      guest.load("l: add rbx, 1\n add rsi, 2\n add rdi, 3\n rdtsc\n xor rbx, rdi\n dec ecx\n jnz l\n hlt");
      guest.setRegister(RCX, BigInt(rounds));
    });
    expect(pair.run(1e6)).toEqual({ outcome: "halt", wrong: [] });
    const use = pair.compiled.interpreter.code.totalUse();
    // Seven instructions a round, of which one is interpreted.
    expect(use.executed).toBeGreaterThan(5.5 * rounds);
  });
});
