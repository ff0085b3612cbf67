import { describe, expect, it } from "vitest";
import { type BareMachine, MiB, bare } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

/** Loops, memory, the stack, REP, a fault, port I/O, HLT. */
const PROGRAM = `
  mov ecx, 200
again:
  imul eax, eax, 1103515245
  add eax, 12345
  push rax
  mov [0x3000 + rcx * 8], rax
  pop rdx
  loop again
  mov esi, 0x3000
  mov edi, 0x4000
  mov ecx, 100
  rep movsq
  out 0x80, al
  xor ecx, ecx
  div ecx
  hlt`;

function make(executor: "interpreter" | "reference"): BareMachine {
  const machine = bare({ memory: MiB, executor });
  machine.load(CODE_AT, code(PROGRAM));
  machine.enter({ mode: 64, address: CODE_AT });
  return machine;
}

describe("a machine on the reference executor", () => {
  it("exits where the interpreter does, with the same registers after the same number of instructions", () => {
    const machines = [make("interpreter"), make("reference")];
    expect(machines.map((machine) => machine.vcpu.interpreter !== undefined)).toEqual([true, false]);
    // Budgets that end inside the loop, inside REP, at the exit.
    for (const budget of [1, 500, 701, 7, 50, 1000]) {
      const [one, other] = machines.map((machine) => {
        const exit = machine.run(budget);
        const registers = Object.fromEntries(
          machine.registers.names.map((name) => [name, machine.registers.get(name)]),
        );
        return { exit, instructions: machine.vcpu.instructions, registers };
      });
      expect(other).toEqual(one);
    }
  });
});
