import { describe, expect, it } from "vitest";
import { MemoryBlockBackend } from "@isinglass/virtio";
import { MiB, pc, virtioDisk } from "../src/index.js";
import { CODE_AT, code, machineWith, next } from "./support.js";

/** Writes EDX:EAX to IA32_APIC_BASE, then reads it back. */
const WRITE = (eax: number, edx: number): string =>
  `mov ecx, 0x1b\n mov eax, ${eax}\n mov edx, ${edx}\n wrmsr\n xor eax, eax\n xor edx, edx\n rdmsr\n hlt`;
/** After reset: enabled, bootstrap processor (SDM vol. 3A, 11.4.4). */
const RESET = 0xfee00900;

describe("WRMSR to IA32_APIC_BASE", () => {
  const values: readonly (readonly [string, number, number, number])[] = [
    ["another address", 0xfed00900, 0, 0xfed00900],
    ["disabled", 0xfee00100, 0, 0xfee00100],
    ["bit 0, reserved", 0xfee00901, 0, -1],
    ["bit 9, reserved", 0xfee00b00, 0, -1],
    ["x2APIC mode on a CPU without", 0xfee00d00, 0, -1],
    ["bit 51, above MAXPHYADDR", 0xfee00900, 1 << 19, -1],
  ];

  it.each(values)("with a local APIC: %s", (_, eax, edx, expected) => {
    const machine = pc({ memory: 2 * MiB }).build();
    machine.core.physical.write(CODE_AT, code(WRITE(eax, edx), 16));
    const { registers, controls } = machine.vcpu;
    registers.set("cs", 0n);
    registers.set("cs.base", 0n);
    registers.set("rip", BigInt(CODE_AT));
    controls.exceptionBitmap = 1 << 13;
    controls.hlt = true;
    const exit = machine.run(100);
    if (expected < 0) {
      expect(exit).toMatchObject({ reason: "exception", vector: 13, errorCode: 0 });
      expect(registers.get("apic-base")).toBe(BigInt(RESET));
    } else {
      expect(exit).toEqual({ reason: "hlt" });
      expect(registers.get("rax")).toBe(BigInt(expected));
    }
  });

  it.each(values)("without: %s", (_, eax, edx, expected) => {
    const machine = machineWith(WRITE(eax, edx));
    machine.vcpu.controls.exceptionBitmap = 1 << 13;
    if (expected < 0) expect(next(machine)).toMatchObject({ reason: "exception", vector: 13, errorCode: 0 });
    else {
      expect(next(machine)).toEqual({ reason: "hlt" });
      expect(machine.registers.get("rax")).toBe(BigInt(expected));
    }
  });
});

describe("the page of a local APIC that a guest puts over a BAR", () => {
  it.each([1, 2])("answers in its place, also after a restore: %i processors", (cpus) => {
    const make = () =>
      pc({ memory: 8 * MiB, cpus })
        .use(virtioDisk({ backend: new MemoryBlockBackend(MiB) }))
        .build();
    const machine = make();
    const who = ({ core }: { readonly core: typeof machine.core }): string | undefined =>
      core.bus.decodeMmio(place)?.name;
    const place = machine.core.bus.describe().mmio.find(({ name }) => name === "virtio-blk.0 bar0")?.first ?? 0;
    const move = (base: number): boolean => machine.vcpu.platform.apic.writeMsr(0x1b, base + 0x900, 0);
    expect(move(place)).toBe(true);
    expect(who(machine)).toBe("lapic.0");
    const copy = make();
    copy.restore(machine.save());
    expect(who(copy)).toBe("lapic.0");
    expect(move(0xfee0_0000)).toBe(true);
    expect(who(machine)).toBe("virtio-blk.0 bar0");
    copy.restore(machine.save());
    expect(who(copy)).toBe("virtio-blk.0 bar0");
  });
});
