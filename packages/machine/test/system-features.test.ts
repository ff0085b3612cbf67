import { describe, expect, it } from "vitest";
import { S } from "@isinglass/cpu-x86";
import { type BareMachine, MiB, bare, debugExit, pc } from "../src/index.js";
import { CODE_AT, code, next } from "./support.js";

/** A machine of the model `max` about to execute `text` in 64-bit code at CPL 0. */
function machineOf(text: string, cpu: string = "max"): BareMachine {
  const machine = bare({ memory: MiB, cpu });
  machine.load(CODE_AT, code(text));
  machine.enter({ mode: 64, address: CODE_AT });
  return machine;
}

/** Outcome of a WRMSR: the vector that it raised, or the value that RDMSR then gives. */
function written(msr: number, value: bigint, cpu: string = "max"): number | bigint {
  const low = value & 0xffffffffn;
  const text = `mov ecx, ${msr}\nmov eax, ${low}\nmov edx, ${value >> 32n}\nwrmsr\nxor eax, eax\nrdmsr\nhlt`;
  const machine = machineOf(text, cpu);
  machine.vcpu.controls.exceptionBitmap = (1 << 13) | (1 << 6);
  const exit = next(machine);
  if (exit.reason === "exception") return exit.vector;
  expect(exit.reason).toBe("hlt");
  return (machine.registers.get("rdx") << 32n) | machine.registers.get("rax");
}

describe("MSRs take what exists (SDM vol. 3A, 12.11 and 12.12)", () => {
  it.each<[string, number, bigint, number | bigint]>([
    ["PAT", 0x277, 0x0007040600070406n, 0x0007040600070406n],
    ["PAT, type 2", 0x277, 0x0207040600070406n, 13],
    ["default type", 0x2ff, 0xc06n, 0xc06n],
    ["default type, type 3", 0x2ff, 0xc03n, 13],
    ["default type, UC-", 0x2ff, 0xc07n, 13],
    ["default type, reserved bit", 0x2ff, 0x1c06n, 13],
    ["variable base", 0x200, 0xe0000006n, 0xe0000006n],
    ["variable base, reserved bit", 0x200, 0xe0000106n, 13],
    ["variable base above MAXPHYADDR", 0x200, 0x10000000006n, 13],
    ["variable mask, reserved bit", 0x201, 0xe0000c00n, 13],
    ["fixed", 0x250, 0x0606060606060606n, 0x0606060606060606n],
    ["fixed, type 2", 0x250, 0x0606060606060206n, 13],
    ["MTRRCAP", 0xfe, 0n, 13],
    ["FS base that is canonical in no mode", 0xc0000100, 0x7f00000000000000n, 13],
    ["FS base that is canonical in 57 bits", 0xc0000100, 0xff00000000000000n, 0xff00000000000000n],
    ["TSC_AUX, whose upper half AMD's processors drop", 0xc0000103, 0x7_0000_0005n, 5n],
    ["MCG_CAP, which is read-only", 0x179, 0n, 13],
    ["PKRS", 0x6e1, 0x33n, 0x33n],
    ["PKRS, upper half", 0x6e1, 0x100000000n, 13],
  ])("%s", (_, msr, value, expected) => {
    expect(written(msr, value)).toBe(expected);
  });

  it.each([0x3b, 0x6e0, 0x6e1, 0xc0000103])("%i does not exist without its feature", (msr) => {
    expect(written(msr, 0n, "x86-64")).toBe(13);
  });

  it("without LA57 an address has 48 bits", () => {
    expect(written(0xc0000100, 0xff00000000000000n, "max,-la57")).toBe(13);
  });

  it("TSC_ADJUST moves with the counter, and the counter with it (SDM vol. 3B, 18.17.3)", () => {
    const text = `mov ecx, 0x10\nmov eax, 0\nmov edx, 5\nwrmsr\nmov ecx, 0x3b\nrdmsr\nmov esi, edx\nxor eax, eax\nxor edx, edx\nwrmsr\nrdtsc\nhlt`;
    const machine = machineOf(text);
    expect(next(machine).reason).toBe("hlt");
    expect(machine.registers.get("rsi")).toBe(4n);
    expect(machine.registers.get("rdx")).toBe(0n);
  });
});

describe("blocking of NMIs (SDM vol. 3A, 6.7.1; vol. 3C, 28.2.3: unblocking due to IRET)", () => {
  const frame = (selector: string): string =>
    `mov rbx, rsp\nmov ecx, ss\npush rcx\npush rbx\npush 2\npush ${selector}\nlea rax, [rip + .next]\npush rax\niretq\n.next:\nhlt`;

  it.each([
    ["that faults", frame("0xfff8"), "exception", 0],
    ["that faults on its stack", "mov rsp, 0x800000000000\niretq", "exception", 0],
    ["that is not reached", "ud2\niretq", "exception", 1],
  ])("ends with an IRET %s", (_, text, reason, blocked) => {
    const machine = machineOf(text);
    machine.vcpu.controls.exceptionBitmap = (1 << 13) | (1 << 12) | (1 << 6);
    machine.vcpu.cpu.set32(S.nmiBlocked, 1);
    expect(next(machine).reason).toBe(reason);
    expect(machine.vcpu.cpu.get32(S.nmiBlocked)).toBe(blocked);
  });
});

describe("PKRU (SDM vol. 2B, RDPKRU and WRPKRU)", () => {
  const on = "mov rax, cr4\nor eax, 1 << 22\nmov cr4, rax\nxor ecx, ecx\nxor edx, edx\n";
  const outcome = (text: string): number | string => {
    const machine = machineOf(`${text}\nhlt`);
    machine.vcpu.controls.exceptionBitmap = (1 << 13) | (1 << 6);
    const exit = next(machine);
    return exit.reason === "exception" ? exit.vector : `${exit.reason} ${machine.registers.get("rax").toString(16)}`;
  };
  it.each<[string, string, number | string]>([
    ["is #UD without CR4.PKE", "xor ecx, ecx\nrdpkru", 6],
    ["keeps what is written", `${on}mov eax, 0x55555554\nwrpkru\nxor eax, eax\nrdpkru`, "hlt 55555554"],
    ["wants ECX to be zero", `${on}inc ecx\nrdpkru`, 13],
    ["wants EDX to be zero", `${on}inc edx\nwrpkru`, 13],
    ["shows OSPKE in CPUID", `${on}mov eax, 7\ncpuid\nmov eax, ecx\nand eax, 0x18`, "hlt 18"],
  ])("%s", (_, text, expected) => {
    expect(outcome(text)).toBe(expected);
  });
});

describe("a model with changed features", () => {
  it("is refused where a change is none", () => {
    for (const cpu of ["max,x2apic", "max,-x3apic", "max,"])
      expect(() => bare({ memory: MiB, cpu })).toThrow(expect.objectContaining({ code: "ISG_CPU_UNKNOWN_FEATURE" }));
  });

  it("shows them in CPUID", () => {
    const features = (cpu: string): number => {
      const machine = machineOf("mov eax, 1\ncpuid\nhlt", cpu);
      next(machine);
      return Number(machine.registers.get("rcx") >> 20n) & 3;
    };
    expect([features("max"), features("max,-x2apic"), features("x86-64,+x2apic")]).toEqual([3, 1, 2]);
  });
});

describe("debugExit()", () => {
  it("powers the machine off with QEMU's code", () => {
    const machine = pc({ memory: 2 * MiB })
      .use(debugExit())
      .build();
    machine.core.physical.write(0x1000, code("mov al, 5\nout 0xf4, al\nhlt", 16));
    machine.vcpu.registers.set("cs.base", 0n);
    machine.vcpu.registers.set("rip", 0x1000n);
    machine.run(10);
    expect([machine.debugExit.code, machine.stopReason]).toEqual([11, "poweroff"]);
  });
});
