import { describe, expect, it } from "vitest";
import { MiB, bare } from "../src/index.js";

const UD2 = Uint8Array.of(0x0f, 0x0b);
const HANDLER = 0x2000;

describe("a guest whose exception handler faults at once", () => {
  it("uses up its budget and gives the host control again", () => {
    const machine = bare({ memory: MiB });
    // Real-mode vector 6 (#UD) points at an instruction that raises #UD; the stack wraps in a segment of its own.
    machine.load(6 * 4, Uint8Array.of(HANDLER & 0xff, HANDLER >> 8, 0, 0));
    machine.load(HANDLER, UD2);
    machine.load(0x1000, UD2);
    machine.enter({ mode: 16, address: 0x1000 });
    machine.registers.set("ss.base", 0x30000n);
    expect(machine.run(1000)).toEqual({ reason: "budget" });
    expect(machine.vcpu.instructions).toBe(1000);
    expect(machine.registers.get("rip")).toBe(BigInt(HANDLER));
  });
});
