import { describe, expect, it } from "vitest";
import { COUNTS, DATA, VECTOR, several, word } from "./smp-support.js";

/** Sets the counter and the deadline (SDM vol. 3A, 11.5.4.1), waits, and reads the counter behind the interrupt. */
const program = (high: number, low: number, wait: string): string => `
  mov al, 0xff
  out 0x21, al
  out 0xa1, al
  mov ecx, 0x10
  xor eax, eax
  mov edx, ${high}
  wrmsr
  mov dword [0xfee00320], ${0x40000 | VECTOR}
  mov ecx, 0x6e0
  mov eax, ${low}
  mov edx, ${high}
  wrmsr
  sti
  ${wait}
  rdtsc
  mov [data], eax`;

describe("the TSC deadline", () => {
  it.each([0, 0x1000, 0x200000, 0x4000_0000, 0x8000_0000, 0xffff_ffff])(
    "comes to the tick with an upper half of %d",
    (high) => {
      const machine = several(program(high, 20_001, "hlt"), "", { cpus: 1, cpu: "max" });
      machine.run(5000);
      expect(machine.stopReason).toBe("halted");
      expect(word(machine, COUNTS)).toBe(1);
      // The deadline, and the nanoseconds of the handler's instructions and of its two accesses to the APIC.
      expect(word(machine, DATA)).toBeGreaterThanOrEqual(20_001);
      expect(word(machine, DATA)).toBeLessThan(21_100);
    },
  );

  it("that has passed comes at once", () => {
    const machine = several(program(0x8000_0000, 1, "nop"), "", { cpus: 1, cpu: "max" });
    machine.run(5000);
    expect(machine.stopReason).toBe("halted");
    expect(word(machine, COUNTS)).toBe(1);
    expect(word(machine, DATA)).toBeLessThan(2000);
  });
});
