import { describe, expect, it } from "vitest";
import { type IsinglassErrorCode } from "@isinglass/interface";
import { Core, MiB, bare, pc } from "../src/index.js";
import { machineWith, next } from "./support.js";

const failure = (code: IsinglassErrorCode): object => expect.objectContaining({ code }) as object;

describe("a machine", () => {
  it("is refused too little or too much memory for decoded code", () => {
    for (const codeBytes of [0, 4096, MiB - 1, 1.5 * MiB + 0.5, 4096 * MiB, Number.NaN]) {
      expect(() => bare({ memory: MiB, codeBytes }), `${codeBytes}`).toThrow(failure("ISG_MACHINE_CODE_BYTES"));
      expect(() => pc({ memory: 2 * MiB, codeBytes }).build(), `${codeBytes}`).toThrow(
        failure("ISG_MACHINE_CODE_BYTES"),
      );
    }
    expect(bare({ memory: MiB, codeBytes: MiB }).run(0)).toEqual({ reason: "budget" });
  });

  it("is refused RAM that lies over its own data", () => {
    const layout = (offset: number) => ({
      ram: [{ gpa: 0, length: MiB, offset, name: "memory" }],
      ramBytes: MiB,
      exitOnUnclaimed: true,
      onLeave: () => undefined,
    });
    expect(() => new Core({ codeBytes: MiB }, layout(-MiB))).toThrow(failure("ISG_MEMORY_OVERLAP"));
    expect(() => new Core({ codeBytes: MiB }, layout(0))).not.toThrow();
  });
});

describe("complete", () => {
  it("asks for a bigint", () => {
    const machine = machineWith("in al, 0x60\n hlt");
    next(machine);
    const complete = machine.vcpu.complete.bind(machine.vcpu) as (value: unknown) => void;
    for (const wrong of [7, "7", undefined, null])
      expect(() => complete(wrong)).toThrow(failure("ISG_VCPU_BAD_ANSWER"));
    complete(7n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(7n);
  });
});

describe("MMX registers", () => {
  it("are the significands of the physical x87 registers", () => {
    const machine = machineWith("mov eax, 0x12345678\n movd mm3, eax\n movd ebx, mm5\n hlt");
    machine.registers.set("mm5", 0xfedc_ba98_8765_4321n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("mm3")).toBe(0x12345678n);
    expect(machine.registers.get("rbx")).toBe(0x87654321n);
    // MMX sets TOP to 0 (SDM vol. 1, 9.5.2): ST5 is the same register, its exponent all ones where it was written by MMX.
    expect(machine.registers.get("st3")).toBe(0xffff_0000_0000_1234_5678n);
    expect(machine.registers.get("st5") & 0xffff_ffff_ffff_ffffn).toBe(0xfedc_ba98_8765_4321n);
    expect(machine.registers.names).toContain("mm7");
    expect(() => machine.registers.get("mm8")).toThrow(failure("ISG_CPU_UNKNOWN_REGISTER"));
  });
});
