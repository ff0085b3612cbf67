import { DEFAULT_POLICY } from "@isinglass/engine";
import { describe, expect, it } from "vitest";
import { type BareMachine, type CoreOptions, MiB, bare } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

const VECTOR = 0x40;
const HANDLER = 0x2000;
const GDT = 0x3000;
const IDT = 0x4000;
const POINTERS = 0x5000;
/** What the loops write, and where the handler keeps the addresses at which it came in. */
const DATA = 0x8000;
const SEEN = 0x9000;

/** Address of the first instruction after the set-up, which is in no loop. */
const SET_UP = `
  lgdt [${POINTERS}]
  lidt [${POINTERS + 16}]
  sti
  nop
  jmp begin
  align 64
begin:`;
const BEGIN = CODE_AT + 64;

const LOOPS: readonly (readonly [name: string, text: string, total: number, rax: bigint])[] = [
  [
    "a loop of one block",
    `mov ecx, 40
    again:
      add eax, ecx
      mov [${DATA}], eax
      dec ecx
      jnz again
      hlt`,
    1 + 40 * 4,
    820n,
  ],
  [
    "nested loops with a call between a comparison and its branch",
    `mov esi, 4
    outer:
      mov ecx, 5
    inner:
      cmp ecx, 3
      call routine
      jb less
      add rax, 100
    less:
      loop inner
      dec esi
      jnz outer
      hlt
    routine:
      lea rax, [rax + 1]
      ret`,
    // Of five inner rounds three have ECX at 3 or more.
    1 + 4 * (1 + 5 * 6 + 3 + 2),
    4n * (5n + 300n),
  ],
];

function prepare(machine: BareMachine, text: string): void {
  const table = new Uint8Array(24);
  const view = new DataView(table.buffer);
  // Flat 64-bit code and data, ring 0 (SDM vol. 3A, 3.4.5).
  view.setBigUint64(8, 0x00af9b000000ffffn, true);
  view.setBigUint64(16, 0x00cf93000000ffffn, true);
  machine.load(GDT, table);
  const gate = new Uint8Array(16);
  const gateView = new DataView(gate.buffer);
  gateView.setUint32(0, (8 << 16) | HANDLER, true);
  gateView.setUint32(4, 0x8e00, true);
  machine.load(IDT + VECTOR * 16, gate);
  const pointers = new Uint8Array(32);
  const pointersView = new DataView(pointers.buffer);
  pointersView.setUint16(0, 23, true);
  pointersView.setUint32(2, GDT, true);
  pointersView.setUint16(16, 0xfff, true);
  pointersView.setUint32(18, IDT, true);
  machine.load(POINTERS, pointers);
  const handler = `
    push rax
    inc ebx
    mov rax, [rsp + 8]
    mov [${SEEN} + rbx * 8], rax
    pop rax
    iretq`;
  machine.load(HANDLER, code(handler, 64, BigInt(HANDLER)));
  machine.load(CODE_AT, code(SET_UP + text));
}

const HANDLER_INSTRUCTIONS = 6;

/** From the reset to where the loop begins. */
function begin(machine: BareMachine): void {
  machine.load(SEEN, new Uint8Array(64));
  machine.load(DATA, new Uint8Array(8));
  machine.enter({ mode: 64, address: CODE_AT });
  machine.registers.set("rax", 0n);
  machine.registers.set("rbx", 0n);
  machine.registers.set("rdx", 0n);
  machine.run(5);
  expect(machine.registers.get("rip")).toBe(BigInt(BEGIN));
}

function snapshot(machine: BareMachine): unknown {
  const memory = new Uint8Array(0x2000);
  machine.memory.read(DATA, memory);
  return {
    instructions: machine.vcpu.instructions,
    registers: Object.fromEntries(machine.registers.names.map((name) => [name, machine.registers.get(name)])),
    memory: Buffer.from(memory).toString("latin1"),
  };
}

const TIERS: readonly (readonly [string, NonNullable<CoreOptions["tier"]>])[] = [
  ["before their first execution", "jit"],
  ["when they are hot", { ...DEFAULT_POLICY, threshold: 128, batch: 1 }],
];

describe.each(TIERS)("an interrupt at each instruction of loops compiled %s", (_, tier) => {
  it.each(LOOPS)("is taken there, as on the interpreter: %s", (_name, text, total, rax) => {
    const compiled = bare({ memory: MiB, tier });
    const interpreted = bare({ memory: MiB, tier: "interp" });
    let waiting = false;
    for (const machine of [compiled, interpreted]) {
      prepare(machine, text);
      machine.vcpu.interrupts = {
        hasInterrupt: () => waiting,
        acknowledge: () => {
          waiting = false;
          return VECTOR;
        },
      };
      // Often enough for the loops to be hot, with an interrupt so that the handler is too.
      for (let round = 0; round < 40; round += 1) {
        begin(machine);
        machine.run(20);
        waiting = true;
        expect(machine.run(100_000)).toEqual({ reason: "hlt" });
      }
    }
    expect(compiled.vcpu.interpreter!.jit!.stats.regions).toBeGreaterThan(0);
    for (let count = 0; count < total; count += 1) {
      const cuts: bigint[] = [];
      const ends = [compiled, interpreted].map((machine) => {
        begin(machine);
        if (count > 0) expect(machine.run(count).reason).toBe("budget");
        expect(machine.vcpu.instructions).toBe(5 + count);
        cuts.push(machine.registers.get("rip"));
        const cut = snapshot(machine);
        waiting = true;
        expect(machine.run(100_000)).toEqual({ reason: "hlt" });
        return [cut, snapshot(machine)];
      });
      expect(ends[0], `interrupted after ${count}`).toEqual(ends[1]);
      expect(compiled.registers.get("rbx")).toBe(1n);
      expect(compiled.registers.get("rax")).toBe(rax);
      expect(compiled.vcpu.instructions).toBe(5 + total + 1 + HANDLER_INSTRUCTIONS);
      const seen = new Uint8Array(8);
      compiled.memory.read(SEEN + 8, seen);
      expect(new DataView(seen.buffer).getBigUint64(0, true)).toBe(cuts[0]);
    }
  });
});
