import { RegionDivergence, type TierPolicy } from "@isinglass/engine";
import { S, vectorOffset } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { type BareMachine, EAGER_POLICY, MiB, bare, describeDivergence } from "../src/index.js";
import { CODE_AT, code, registers } from "./support.js";

const LOOP = `
  mov ecx, 1000
  mov edi, 0x20000
again:
  mov [rdi], rcx
  add rdi, 8
  add rax, rcx
  pxor xmm1, xmm2
  adc rdx, rax
  dec ecx
  jnz again
  mov ebx, [0x20010]
  hlt`;

function machineFor(text: string, tamper?: (machine: BareMachine, call: () => number) => number): BareMachine {
  const machine: BareMachine = bare({
    memory: MiB,
    tier: "jit",
    verify: tamper === undefined ? true : { tamper: (call) => tamper(machine, call) },
  });
  machine.load(CODE_AT, code(text));
  machine.enter({ mode: 64, address: CODE_AT });
  return machine;
}

function divergenceOf(machine: BareMachine): RegionDivergence {
  try {
    machine.run(100_000);
  } catch (problem) {
    if (problem instanceof RegionDivergence) return problem;
    throw problem;
  }
  throw new Error("nothing diverged");
}

describe("verified runs of regions", () => {
  it("find nothing where compiler and interpreter agree, and leave what the guest computes as it is", () => {
    const machine = machineFor(LOOP);
    expect(machine.run(100_000)).toEqual({ reason: "hlt" });
    const plain = bare({ memory: MiB, tier: "interp" });
    plain.load(CODE_AT, code(LOOP));
    plain.enter({ mode: 64, address: CODE_AT });
    plain.run(100_000);
    const names = ["rax", "rbx", "rcx", "rdx", "rdi", "rflags"];
    expect(registers(machine, ...names)).toEqual(registers(plain, ...names));
    expect(machine.vcpu.instructions).toBe(plain.vcpu.instructions);
    const [a, b] = [new Uint8Array(8000), new Uint8Array(8000)];
    machine.memory.read(0x20000, a);
    plain.memory.read(0x20000, b);
    expect(a).toEqual(b);
    // 1000 rounds of 7, and the two moves before them.
    expect(machine.vcpu.interpreter!.verifier!.stats.instructions).toBeGreaterThanOrEqual(7002);
  });

  it.each<readonly [string, (machine: BareMachine) => void, string]>([
    ["a register", ({ vcpu }) => vcpu.cpu.set32(S.gpr, vcpu.cpu.get32(S.gpr) ^ 4), "rax"],
    [
      "a flag that was not updated",
      ({ vcpu: { cpu } }) => {
        // The record as it was before the region: no status flag set.
        cpu.set32(S.ccOp, 0);
        cpu.set64(S.ccB, 0, 0);
      },
      "rflags",
    ],
    [
      "a vector register",
      ({ vcpu: { cpu } }) => cpu.set32(vectorOffset(1) + 8, ~cpu.get32(vectorOffset(1) + 8)),
      "ymm1",
    ],
    ["an x87 register", ({ vcpu: { cpu } }) => cpu.set32(S.fpr, ~cpu.get32(S.fpr)), "st0"],
    ["the instruction pointer", ({ vcpu: { cpu } }) => cpu.set32(S.rip, cpu.get32(S.rip) + 1), "rip"],
  ])("find %s", (_, damage, expected) => {
    const machine = machineFor(LOOP, (m, call) => {
      const status = call();
      damage(m);
      return status;
    });
    const divergence = divergenceOf(machine);
    expect(divergence.details.region).toBe(BigInt(CODE_AT));
    expect(describeDivergence(machine.vcpu, divergence).registers.map(({ name }) => name)).toContain(expected);
  });

  it.each([
    ["goes on behind what can be taken back", "pushfq\n popfq\n xor eax, eax\n mov fs, ax\n swapgs", 1600],
    ["ends before what asks the host", "rdtsc\n add rbx, rax", 2],
  ] as const)("of a region with assists: it %s", (_, text, instructions) => {
    const machine = machineFor(`mov ecx, 200\n xor r9, r9\nagain: ${text}\n inc r9\n dec ecx\n jnz again\n hlt`);
    expect(machine.run(100_000)).toEqual({ reason: "hlt" });
    // The region begins with the program, and the interpreter stays within the loop.
    const verified = machine.vcpu.interpreter!.verifier!.stats.instructions;
    expect(Math.abs(verified - instructions)).toBeLessThan(5);
    expect(registers(machine, "r9")).toEqual({ r9: 200 });
  });

  it("find a store that was left out, one too many, and a wrong one", () => {
    const text = "mov edi, 0x20000\n mov [rdi], rdi\n mov [rdi + 8], rdi\n hlt";
    const memory = (machine: BareMachine): Uint8Array => new Uint8Array(machine.memory.buffer);
    const at = (machine: BareMachine, gpa: number): number => machine.memory.hostOffset(gpa);
    const wrong = machineFor(text, (m, call) => {
      const status = call();
      memory(m)[at(m, 0x20002)] = 0x55;
      return status;
    });
    expect(describeDivergence(wrong.vcpu, divergenceOf(wrong)).memory).toEqual([
      { gpa: 0x20002, compiled: 0x55, interpreted: 0x02 },
    ]);
    const missing = machineFor(text, (m, call) => {
      const status = call();
      memory(m).fill(0, at(m, 0x20008), at(m, 0x20010));
      return status;
    });
    expect(describeDivergence(missing.vcpu, divergenceOf(missing)).memory).toEqual([
      { gpa: 0x2000a, compiled: 0, interpreted: 0x02 },
    ]);
    const more = machineFor(text, (m, call) => {
      const status = call();
      m.vcpu.interpreter!.verifier!.noteStore(at(m, 0x30000), 1);
      memory(m)[at(m, 0x30000)] = 7;
      return status;
    });
    expect(describeDivergence(more.vcpu, divergenceOf(more)).memory).toEqual([
      { gpa: 0x30000, compiled: 7, interpreted: 0 },
    ]);
  });

  it("find a region that says that it executed more than it did", () => {
    const machine = machineFor(LOOP, ({ vcpu: { cpu } }, call) => {
      const status = call();
      cpu.set32(S.fuel, cpu.get32(S.fuel) - 1);
      return status;
    });
    expect(divergenceOf(machine).code).toBe("ISG_JIT_DIVERGENCE");
  });

  it("name the block in which a region goes wrong", () => {
    // The damage is done where the eleventh round, which began with ECX = 990, has added to RDI.
    const machine = machineFor(LOOP, ({ vcpu: { cpu } }, call) => {
      const status = call();
      if (cpu.get32(S.gpr + 56) >= 0x20058) cpu.set32(S.gpr, cpu.get32(S.gpr) ^ 1);
      return status;
    });
    const { details } = divergenceOf(machine);
    const LENGTH = 7;
    expect(details.instructions.length).toBeLessThanOrEqual(LENGTH + 2);
    expect(details.agreed).toBeGreaterThanOrEqual(2 + 10 * LENGTH);
    expect(details.agreed).toBeLessThan(2 + 11 * LENGTH);
    const first = new DataView(details.before.buffer).getUint32(S.gpr + 8, true);
    expect(first).toBe(990);
  });

  it("see a compiled loop that stores into its own page leave for the interpreter", () => {
    const machine = machineFor(`
      mov ecx, 50
    again:
      mov [rip + patch], cl
      dec ecx
      jnz again
      hlt
    patch: db 0`);
    expect(machine.run(100_000)).toEqual({ reason: "hlt" });
    expect(registers(machine, "rcx")).toEqual({ rcx: 0 });
  });

  it("count regions of any policy", () => {
    const policy: TierPolicy = { ...EAGER_POLICY, instructions: 3 };
    const machine = bare({ memory: MiB, tier: policy, verify: true });
    machine.load(CODE_AT, code(LOOP));
    machine.enter({ mode: 64, address: CODE_AT });
    expect(machine.run(100_000)).toEqual({ reason: "hlt" });
    expect(machine.vcpu.interpreter!.verifier!.stats.runs).toBeGreaterThan(0);
  });
});
