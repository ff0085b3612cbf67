import { describe, expect, it } from "vitest";
import { MiB, bare } from "../src/index.js";
import { CODE_AT, code, machineWith, next, registers, unfinishedModel } from "./support.js";

/** The address after the first instruction of `text`'s first `n` bytes. */
const after = (text: string): bigint => BigInt(CODE_AT + code(text).length);

describe("port accesses that nobody answers", () => {
  it("leave with port, size and direction, and complete with the answer", () => {
    const machine = machineWith("mov edx, 0x1234\n in eax, dx\n hlt");
    expect(next(machine)).toEqual({ reason: "io", direction: "in", port: 0x1234, size: 4 });
    machine.vcpu.complete(0xdeadbeefn);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(0xdeadbeefn);
    expect(machine.vcpu.instructions).toBe(3);
  });

  it("change only the register part that the instruction writes", () => {
    const machine = machineWith("mov eax, 0x11223344\n in al, 0x60\n hlt");
    expect(next(machine)).toEqual({ reason: "io", direction: "in", port: 0x60, size: 1 });
    machine.vcpu.complete(0x1ffn);
    next(machine);
    expect(machine.registers.get("rax")).toBe(0x112233ffn);
  });

  it("leave again where they are not answered", () => {
    const machine = machineWith("in al, 0x60\n hlt");
    const exit = next(machine);
    expect(next(machine)).toEqual(exit);
    expect(machine.vcpu.instructions).toBe(0);
  });

  it("hand over what is written, once", () => {
    const machine = machineWith("mov ax, 0x4321\n mov dx, 0xff00\n out dx, ax\n hlt");
    expect(next(machine)).toEqual({ reason: "io", direction: "out", port: 0xff00, size: 2, value: 0x4321 });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.vcpu.instructions).toBe(4);
  });

  it("repeat for each element of REP OUTSB", () => {
    const machine = machineWith("mov esi, 0x2000\n mov ecx, 3\n mov edx, 0x70\n rep outsb\n hlt");
    machine.load(0x2000, Uint8Array.of(5, 6, 7));
    const seen: unknown[] = [];
    machine.vm.on("io", (exit) => {
      seen.push("value" in exit ? exit.value : exit);
      return "handled";
    });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(seen).toEqual([5, 6, 7]);
    expect(registers(machine, "rcx", "rsi")).toEqual({ rcx: 0, rsi: 0x2003 });
  });

  it("take a handler's value for each element of REP INSB", () => {
    const machine = machineWith("mov edi, 0x2000\n mov ecx, 3\n mov edx, 0x70\n rep insb\n hlt");
    let value = 8;
    machine.vm.on("io", () => ++value);
    expect(next(machine)).toEqual({ reason: "hlt" });
    const bytes = new Uint8Array(4);
    machine.memory.read(0x2000, bytes);
    expect([...bytes]).toEqual([9, 10, 11, 0]);
  });
});

describe("accesses to addresses without memory", () => {
  const AT = 0x8000_0000;

  it("leave with address and size, and complete with the answer", () => {
    const machine = machineWith(`mov ebx, ${AT}\n movzx eax, word [rbx]\n hlt`);
    expect(next(machine)).toEqual({ reason: "mmio", direction: "read", gpa: AT, size: 2 });
    machine.vcpu.complete(0xabcdn);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(0xabcdn);
  });

  it("come as two halves for eight bytes, and both answers count", () => {
    const machine = machineWith(`mov ebx, ${AT}\n mov rax, [rbx]\n hlt`);
    expect(next(machine)).toEqual({ reason: "mmio", direction: "read", gpa: AT, size: 4 });
    machine.vcpu.complete(0x11111111n);
    expect(next(machine)).toEqual({ reason: "mmio", direction: "read", gpa: AT + 4, size: 4 });
    machine.vcpu.complete(0x22222222n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(0x2222222211111111n);
    expect(machine.vcpu.instructions).toBe(3);
  });

  it("read and write once each for a read-modify-write", () => {
    const machine = machineWith(`mov ebx, ${AT}\n add dword [rbx], 5\n hlt`);
    expect(next(machine)).toEqual({ reason: "mmio", direction: "read", gpa: AT, size: 4 });
    machine.vcpu.complete(37n);
    expect(next(machine)).toEqual({ reason: "mmio", direction: "write", gpa: AT, size: 4, value: 42 });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.vcpu.instructions).toBe(3);
  });

  it("fault at the second stage where code is fetched", () => {
    const machine = machineWith(`mov ebx, ${AT}\n jmp rbx`);
    expect(next(machine)).toEqual({ reason: "second-stage-fault", gpa: AT, access: "fetch" });
    expect(machine.vcpu.address).toBe(BigInt(AT));
  });
});

describe("other exits", () => {
  it("HLT, intercepted or not, is over when the vCPU runs again", () => {
    for (const hlt of [true, false]) {
      const machine = machineWith("hlt\n nop\n hlt");
      machine.vcpu.controls.hlt = hlt;
      expect(next(machine)).toEqual({ reason: "hlt" });
      expect(machine.vcpu.address).toBe(hlt ? BigInt(CODE_AT) : after("hlt"));
      expect(machine.vcpu.halted).toBe(!hlt);
      if (!hlt) continue;
      expect(next(machine)).toEqual({ reason: "hlt" });
      expect(machine.vcpu.address).toBe(after("hlt\n nop"));
      expect(machine.vcpu.instructions).toBe(2);
    }
  });

  it("a halted vCPU with interrupts off has stopped for ever", () => {
    const machine = machineWith("cli\n hlt");
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.vm.stopReason).toBe("halted");
  });

  it("a triple fault is a shutdown", () => {
    const machine = machineWith("ud2");
    expect(next(machine)).toEqual({ reason: "shutdown" });
    expect(machine.vm.stopReason).toBe("shutdown");
    expect(next(machine)).toEqual({ reason: "shutdown" });
  });

  it("an instruction budget is kept to the instruction", () => {
    const machine = machineWith("again: inc eax\n jmp again");
    expect(machine.run(11)).toEqual({ reason: "budget" });
    expect(machine.vcpu.instructions).toBe(11);
    expect(machine.registers.get("rax")).toBe(6n);
  });

  it("a pause takes effect at the next opportunity, and the machine goes on after it", () => {
    const machine = machineWith("out 0x70, al\n inc eax\n hlt");
    machine.vm.on("io", (_, vm) => {
      vm.pause();
      return "handled";
    });
    expect(next(machine)).toEqual({ reason: "paused" });
    expect(machine.registers.get("rax")).toBe(0n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(1n);
  });

  it("a single step is one instruction", () => {
    const machine = machineWith("inc eax\n inc eax\n hlt");
    expect(machine.vm.step()).toEqual({ reason: "debug", cause: "step", address: after("inc eax") });
    expect(machine.registers.get("rax")).toBe(1n);
  });

  it("a breakpoint stops before its instruction, and only once each time it is reached", () => {
    const machine = machineWith("mov ecx, 2\nagain: inc eax\n dec ecx\n jnz again\n hlt");
    const at = after("mov ecx, 2");
    machine.vm.addBreakpoint(at);
    for (const count of [0n, 1n]) {
      expect(next(machine)).toEqual({ reason: "breakpoint", address: at });
      expect(machine.registers.get("rax")).toBe(count);
    }
    expect(next(machine)).toEqual({ reason: "hlt" });
    machine.enter({ mode: 64, address: CODE_AT });
    machine.vm.stopReason = undefined;
    machine.vm.removeBreakpoint(at);
    expect(next(machine)).toEqual({ reason: "hlt" });
  });

  it("what is not implemented leaves with its bytes", () => {
    const machine = bare({ memory: MiB, cpu: unfinishedModel() });
    machine.load(CODE_AT, code("nop\n vmxoff"));
    machine.enter({ mode: 64, address: CODE_AT });
    expect(next(machine)).toMatchObject({ reason: "not-implemented", bytes: Uint8Array.of(0x0f, 0x01, 0xc4) });
    expect(machine.vcpu.instructions).toBe(1);
  });

  it("a host may deliver an event of its own", () => {
    const machine = bare({ memory: MiB });
    machine.load(0x21 * 4, Uint8Array.of(0x00, 0x30, 0, 0));
    machine.load(CODE_AT, code("nop\n hlt", 16));
    machine.load(0x3000, code("mov al, 9\n iret", 16, 0x3000n));
    machine.enter({ mode: 16, address: CODE_AT });
    machine.vcpu.inject(0x21);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(9n);
  });

  it("a non-maskable interrupt is taken with interrupts off, and not nested", () => {
    const machine = bare({ memory: MiB });
    machine.load(2 * 4, Uint8Array.of(0x00, 0x30, 0, 0));
    machine.load(CODE_AT, code("cli\n nop\n out 0x70, al\n hlt", 16));
    machine.load(0x3000, code("inc bx\n out 0x71, al\n nop\n iret", 16, 0x3000n));
    machine.enter({ mode: 16, address: CODE_AT });
    machine.vm.step();
    machine.vcpu.raiseNmi();
    expect(next(machine)).toMatchObject({ reason: "io", port: 0x71 });
    machine.vcpu.raiseNmi();
    expect(next(machine)).toMatchObject({ reason: "io", port: 0x71 });
    // The second one came after the IRET of the first.
    expect(machine.registers.get("rbx")).toBe(2n);
    expect(next(machine)).toMatchObject({ reason: "io", port: 0x70 });
  });
});

it("time goes on when the vCPU begins anew", () => {
  const machine = machineWith("nop\n nop\n hlt");
  next(machine);
  const before = machine.core.time.now();
  expect(before).toBe(3 * 4);
  machine.vm.stopReason = undefined;
  machine.enter({ mode: 64, address: CODE_AT });
  expect(machine.vcpu.instructions).toBe(0);
  expect(machine.core.time.now()).toBe(before);
});
