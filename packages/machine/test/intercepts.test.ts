import { describe, expect, it } from "vitest";
import { IsinglassError, type MmioHandler, type PortHandler } from "@isinglass/interface";
import { MiB, bare } from "../src/index.js";
import { CODE_AT, code, machineWith, next, registers } from "./support.js";

const port: PortHandler = { readPort: () => 0x55, writePort: () => undefined };

describe("I/O bitmap", () => {
  it("makes a port leave that a device answers, and no other", () => {
    const machine = machineWith("in al, 0x60\n mov bl, al\n in al, 0x61\n hlt");
    machine.bus.mapPorts(0x60, 2, port, "device");
    machine.vcpu.controls.interceptPorts(0x60);
    expect(next(machine)).toEqual({ reason: "io", direction: "in", port: 0x60, size: 1 });
    machine.vcpu.complete(7n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "rax", "rbx")).toEqual({ rax: 0x55, rbx: 7 });
  });

  it("counts for any byte of a wide access, and can be taken back", () => {
    const machine = machineWith("mov dx, 0x60\n in eax, dx\n hlt");
    machine.bus.mapPorts(0x60, 4, port, "device");
    machine.vcpu.controls.interceptPorts(0x63);
    expect(next(machine)).toMatchObject({ reason: "io", port: 0x60, size: 4 });
    machine.vcpu.controls.interceptPorts(0x63, 1, false);
    expect(next(machine)).toEqual({ reason: "hlt" });
  });

  it("lets the device answer where the handler passes", () => {
    const machine = machineWith("in al, 0x60\n hlt");
    machine.bus.mapPorts(0x60, 1, port, "device");
    machine.vcpu.controls.interceptPorts(0x60);
    let asked = 0;
    machine.vm.on("io", () => {
      asked += 1;
      return "pass";
    });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "rax")).toEqual({ rax: 0x55 });
    expect(asked).toBe(1);
  });

  it("refuses ports that there are not", () => {
    const machine = bare({ memory: MiB });
    expect(() => machine.vcpu.controls.interceptPorts(0xffff, 2)).toThrow(IsinglassError);
  });
});

describe("MSR bitmap", () => {
  const LSTAR = 0xc0000082;
  const SYSENTER_CS = 0x174;
  const read = (index: number): string => `mov ecx, ${index}\n rdmsr\n hlt`;
  const write = (index: number): string => `mov ecx, ${index}\n mov eax, 0x1000\n xor edx, edx\n wrmsr\n hlt`;

  it.each([LSTAR, SYSENTER_CS])("makes reads of %d leave, and completes them with the answer", (index) => {
    const machine = machineWith(read(index));
    machine.vcpu.controls.interceptMsr(index, "read");
    expect(next(machine)).toEqual({ reason: "rdmsr", index });
    machine.vcpu.complete(0x1122334455667788n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "rax", "rdx")).toEqual({ rax: 0x55667788, rdx: 0x11223344 });
    expect(machine.vcpu.instructions).toBe(3);
  });

  it("makes writes leave, which then have no effect", () => {
    const machine = machineWith(write(LSTAR));
    machine.vcpu.controls.interceptMsr(LSTAR, "write");
    expect(next(machine)).toEqual({ reason: "wrmsr", index: LSTAR, value: 0x1000n });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "lstar")).toEqual({ lstar: 0 });
    expect(machine.vcpu.instructions).toBe(5);
  });

  it("lets the CPU write where the handler passes", () => {
    const machine = machineWith(write(LSTAR));
    machine.vcpu.controls.interceptMsr(LSTAR);
    machine.vm.on("wrmsr", () => "pass");
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "lstar")).toEqual({ lstar: 0x1000 });
  });

  it("keeps reads and writes, and registers, apart", () => {
    const machine = machineWith(`${read(LSTAR).replace("hlt", "")}${write(LSTAR)}`);
    machine.vcpu.controls.interceptMsr(LSTAR + 1);
    expect(next(machine)).toEqual({ reason: "hlt" });
    const other = machineWith(write(LSTAR));
    other.vcpu.controls.interceptMsr(LSTAR, "read");
    expect(next(other)).toEqual({ reason: "hlt" });
  });

  it("leaves for what it does not cover only where that is asked for", () => {
    const machine = machineWith(read(0x4000_0000));
    machine.vcpu.controls.otherMsrs = true;
    expect(next(machine)).toEqual({ reason: "rdmsr", index: 0x4000_0000 });
    const without = machineWith(read(0x4000_0000));
    // #GP without an IDT.
    expect(next(without)).toEqual({ reason: "shutdown" });
    expect(() => machine.vcpu.controls.interceptMsr(0x4000_0000)).toThrow(IsinglassError);
  });
});

describe("exception bitmap", () => {
  const AT = BigInt(CODE_AT);

  it("makes a fault leave with vector, error code and address, before the guest hears of it", () => {
    const machine = machineWith("ud2");
    machine.vcpu.controls.exceptionBitmap = 1 << 6;
    expect(next(machine)).toEqual({ reason: "exception", vector: 6, errorCode: null, address: AT });
    // The cause is still there.
    expect(next(machine)).toMatchObject({ reason: "exception", vector: 6 });
    machine.registers.set("rip", AT + 2n);
    machine.load(CODE_AT + 2, Uint8Array.of(0xf4));
    expect(next(machine)).toEqual({ reason: "hlt" });
  });

  it("says the linear address of a page fault, and leaves CR2 alone", () => {
    // Above 4 GiB nothing is mapped. Write, not present, supervisor: error code 2 (SDM vol. 3A, 4.7).
    const machine = machineWith("mov rbx, 0x123456789000\n mov [rbx], al\n hlt");
    machine.vcpu.controls.exceptionBitmap = 1 << 14;
    expect(next(machine)).toEqual({ reason: "exception", vector: 14, errorCode: 2, address: 0x123456789000n });
    expect(machine.registers.get("cr2")).toBe(0n);
  });

  it("tells page faults apart by mask and match", () => {
    const text = "mov rbx, 0x123456789000\n mov al, [rbx]\n hlt";
    for (const [match, leaves] of [
      [0, true],
      [2, false],
    ] as const) {
      const machine = machineWith(text);
      machine.vcpu.controls.exceptionBitmap = 1 << 14;
      machine.vcpu.controls.pageFaultMask = 2;
      machine.vcpu.controls.pageFaultMatch = match;
      expect(next(machine).reason).toBe(leaves ? "exception" : "shutdown");
    }
  });

  it("delivers the exception where the handler passes", () => {
    const machine = bare({ memory: MiB });
    machine.load(6 * 4, Uint8Array.of(0x00, 0x30, 0, 0));
    machine.load(CODE_AT, code("ud2", 16));
    machine.load(0x3000, code("mov al, 9\n hlt", 16, 0x3000n));
    machine.enter({ mode: 16, address: CODE_AT });
    machine.vcpu.controls.exceptionBitmap = 1 << 6;
    let seen = 0;
    machine.vm.on("exception", () => {
      seen += 1;
      return "pass";
    });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(9n);
    expect(seen).toBe(1);
  });

  it("counts INT3 but not INT n", () => {
    const breakpoint = machineWith("int3\n hlt");
    breakpoint.vcpu.controls.exceptionBitmap = 1 << 3;
    expect(next(breakpoint)).toEqual({ reason: "exception", vector: 3, errorCode: null, address: AT });
    const software = bare({ memory: MiB });
    software.load(6 * 4, Uint8Array.of(0x00, 0x30, 0, 0));
    software.load(CODE_AT, code("int 6", 16));
    software.load(0x3000, code("hlt", 16, 0x3000n));
    software.enter({ mode: 16, address: CODE_AT });
    software.vcpu.controls.exceptionBitmap = 1 << 6;
    expect(next(software)).toEqual({ reason: "hlt" });
  });

  it("sees the double fault that comes of another", () => {
    const machine = machineWith("ud2");
    machine.vcpu.controls.exceptionBitmap = 1 << 8;
    expect(next(machine)).toMatchObject({ reason: "exception", vector: 8, errorCode: 0 });
  });
});

describe("control registers", () => {
  const TS = 8;

  it("show the read shadow of CR0 in the bits that the host owns", () => {
    const machine = machineWith("mov rax, cr0\n smsw ebx\n hlt");
    const real = machine.registers.get("cr0");
    machine.vcpu.controls.cr0Mask = TS;
    machine.vcpu.controls.cr0Shadow = TS;
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("rax")).toBe(real | 8n);
    expect(machine.registers.get("rbx")).toBe(real | 8n);
    expect(machine.registers.get("cr0")).toBe(real);
  });

  it("leave when CR0 is written with something else than the shadow", () => {
    const machine = machineWith("mov rax, cr0\n or eax, 8\n mov cr0, rax\n hlt");
    const real = machine.registers.get("cr0");
    machine.vcpu.controls.cr0Mask = TS;
    expect(next(machine)).toEqual({ reason: "cr-access", register: 0, direction: "write", value: real | 8n });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("cr0")).toBe(real);
  });

  it("do not leave when the write agrees with the shadow; the real bits stay", () => {
    const machine = machineWith("mov rax, cr0\n mov cr0, rax\n hlt");
    const real = machine.registers.get("cr0");
    machine.vcpu.controls.cr0Mask = TS;
    machine.vcpu.controls.cr0Shadow = TS;
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("cr0")).toBe(real);
  });

  it("leave on CLTS and LMSW that change a bit of the host's", () => {
    const clts = machineWith("clts\n hlt");
    clts.vcpu.controls.cr0Mask = TS;
    clts.vcpu.controls.cr0Shadow = TS;
    expect(next(clts)).toMatchObject({ reason: "cr-access", register: 0, direction: "write" });
    const lmsw = machineWith("mov ax, 9\n lmsw ax\n hlt");
    lmsw.vcpu.controls.cr0Mask = TS;
    expect(next(lmsw)).toMatchObject({ reason: "cr-access", register: 0, direction: "write" });
    const quiet = machineWith("clts\n hlt");
    quiet.vcpu.controls.cr0Mask = TS;
    expect(next(quiet)).toEqual({ reason: "hlt" });
  });

  it("show and guard CR4 likewise", () => {
    const PGE = 0x80;
    const machine = machineWith("mov rax, cr4\n mov rbx, rax\n xor bl, 0x80\n mov cr4, rbx\n hlt");
    const real = machine.registers.get("cr4");
    machine.vcpu.controls.cr4Mask = PGE;
    machine.vcpu.controls.cr4Shadow = PGE;
    expect(next(machine)).toEqual({ reason: "cr-access", register: 4, direction: "write", value: real });
    expect(machine.registers.get("rax")).toBe(real | 0x80n);
    machine.vcpu.complete(real | 0x80n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("cr4")).toBe(real | 0x80n);
  });

  it("leave on reads of CR3 and CR8, and take the answer", () => {
    const machine = machineWith("mov rax, cr3\n mov rbx, cr8\n hlt");
    const { controls } = machine.vcpu;
    const cr3 = machine.registers.get("cr3");
    controls.cr3Store = true;
    controls.cr8Store = true;
    expect(next(machine)).toEqual({ reason: "cr-access", register: 3, direction: "read", value: cr3 });
    machine.vcpu.complete(0x5000n);
    expect(next(machine)).toEqual({ reason: "cr-access", register: 8, direction: "read", value: 0n });
    machine.vcpu.complete(5n);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "rax", "rbx")).toEqual({ rax: 0x5000, rbx: 5 });
  });

  it("leave on writes of CR3 and CR8, and write where the handler passes", () => {
    const machine = machineWith("mov rax, cr3\n or rax, 8\n mov cr3, rax\n mov ebx, 5\n mov cr8, rbx\n hlt");
    const { controls } = machine.vcpu;
    const cr3 = machine.registers.get("cr3");
    controls.cr3Load = true;
    controls.cr8Load = true;
    expect(next(machine)).toEqual({ reason: "cr-access", register: 3, direction: "write", value: cr3 | 8n });
    machine.vcpu.pass();
    expect(next(machine)).toEqual({ reason: "cr-access", register: 8, direction: "write", value: 5n });
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.registers.get("cr3")).toBe(cr3 | 8n);
  });
});

describe("instruction intercepts", () => {
  it("CPUID leaves with leaf and subleaf and takes four registers", () => {
    const machine = machineWith("mov eax, 7\n mov ecx, 1\n cpuid\n hlt");
    machine.vcpu.controls.cpuid = true;
    expect(next(machine)).toEqual({ reason: "cpuid", leaf: 7, subleaf: 1 });
    machine.vcpu.complete((4n << 96n) | (3n << 64n) | (2n << 32n) | 0xffffffffn);
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(registers(machine, "rax", "rbx", "rcx", "rdx")).toEqual({ rax: 0xffffffff, rbx: 2, rcx: 3, rdx: 4 });
    expect(machine.vcpu.instructions).toBe(4);
  });

  it("CPUID answers itself without the control, and where the handler passes", () => {
    const plain = machineWith("xor eax, eax\n cpuid\n hlt");
    expect(next(plain)).toEqual({ reason: "hlt" });
    const passed = machineWith("xor eax, eax\n cpuid\n hlt");
    passed.vcpu.controls.cpuid = true;
    passed.vm.on("cpuid", () => "pass");
    expect(next(passed)).toEqual({ reason: "hlt" });
    expect(passed.registers.get("rbx")).toBe(plain.registers.get("rbx"));
    expect(plain.registers.get("rbx")).not.toBe(0n);
  });

  it.each(["vmcall", "vmmcall"])(
    "%s leaves with the number in RAX and gets the result there; else it is #UD",
    (name) => {
      const machine = machineWith(`mov eax, 77\n ${name}\n hlt`);
      machine.vcpu.controls.hypercall = true;
      expect(next(machine)).toEqual({ reason: "hypercall", number: 77n });
      machine.vcpu.complete(0xffff_ffff_ffff_fffen);
      expect(next(machine)).toEqual({ reason: "hlt" });
      expect(machine.registers.get("rax")).toBe(0xffff_ffff_ffff_fffen);
      const without = machineWith(name);
      without.vcpu.controls.exceptionBitmap = 1 << 6;
      expect(next(without)).toMatchObject({ reason: "exception", vector: 6 });
    },
  );

  it("an intercepted HLT halts where the handler passes", () => {
    const machine = machineWith("cli\n hlt\n hlt");
    machine.vcpu.controls.hlt = true;
    machine.vm.on("hlt", () => "pass");
    expect(next(machine)).toEqual({ reason: "hlt" });
    expect(machine.vm.stopReason).toBe("halted");
    expect(machine.vcpu.instructions).toBe(2);
  });

  it("an interrupt window opens after STI's shadow", () => {
    const machine = machineWith("nop\n sti\n nop\n nop\n hlt");
    machine.vcpu.controls.interruptWindow = true;
    expect(next(machine)).toEqual({ reason: "interrupt-window" });
    // NOP, STI and the instruction in its shadow (SDM vol. 2B, STI).
    expect(machine.vcpu.instructions).toBe(3);
    machine.vcpu.controls.interruptWindow = false;
    expect(next(machine)).toEqual({ reason: "hlt" });
  });
});

describe("exit statistics", () => {
  it("count by reason, device accesses included, and add up the host's time", () => {
    let time = 0;
    const machine = bare({ memory: MiB, now: () => (time += 1) });
    const registersAt: MmioHandler = { readMmio: () => 1, writeMmio: () => undefined };
    machine.bus.mapMmio(0x8000_0000, 0x1000, registersAt, "registers");
    machine.bus.mapPorts(0x60, 1, port, "device");
    machine.load(
      CODE_AT,
      code("in al, 0x60\n in al, 0x60\n mov ebx, 0x80000000\n mov eax, [rbx]\n xor eax, eax\n cpuid\n hlt"),
    );
    machine.enter({ mode: 64, address: CODE_AT });
    machine.vcpu.controls.cpuid = true;
    machine.vm.on("cpuid", () => 0);
    next(machine);
    const counts = Object.fromEntries(machine.vm.exitStatistics().map(({ reason, count }) => [reason, count]));
    expect(counts).toEqual({ io: 2, mmio: 1, cpuid: 1, hlt: 1 });
    expect(machine.vm.exitStatistics().every(({ milliseconds, count }) => milliseconds >= count)).toBe(true);
  });
});
