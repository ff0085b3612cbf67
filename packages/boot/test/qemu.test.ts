import { existsSync, readFileSync } from "node:fs";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { installAcpi, installSmbios, loadKernel, loadLinux } from "../src/index.js";
import { FlatMemory } from "./support/flat-memory.js";
import { bzImage, elf, machineCode } from "./support/kernels.js";
import { bootInQemu } from "./support/qemu.js";

const qemu = requireOracle("QEMU (qemu-system-x86_64)", hasCommand("qemu-system-x86_64"));
const MIB = 64;
const INFO = { gpa: 0, length: 0x31000 };

/** For PVH: prints the command line that hvm_start_info names, then powers off. */
const PVH_CODE = machineCode([
  [0x8b, 0x5b, 0x18], // mov ebx, [ebx+24]
  [0xba, 0xf8, 0x03, 0x00, 0x00], // mov edx, 0x3f8
  [0x8a, 0x03, 0x84, 0xc0, 0x74, 0x06, 0xee, 0x83, 0xc3, 0x01, 0xeb, 0xf4], // until NUL: out dx, al
  [0xba, 0x04, 0x06, 0x00, 0x00, 0x66, 0xb8, 0x00, 0x20, 0x66, 0xef, 0xf4], // power off
]);

describe.runIf(qemu)("a CPU that is put into the boot state", () => {
  it.each([32, 64] as const)(
    "runs a bzImage from its %i-bit entry and finds boot_params, command line and initrd",
    { timeout: 30_000 },
    async (entry) => {
      const memory = FlatMemory.ofMiB(MIB);
      const loaded = loadLinux({
        memory,
        kernel: bzImage(),
        initrd: Uint8Array.of(0x21),
        commandLine: "console=ttyS0 ",
        entry,
      });
      const output = await bootInQemu(memory, loaded.state, [INFO, loaded.kernel, loaded.initrd!], {
        mib: MIB,
        seconds: 20,
      });
      expect(output).toBe(`console=ttyS0 ${loaded.memoryMap.length}!`);
    },
  );

  it("runs an ELF kernel from its PVH entry", { timeout: 30_000 }, async () => {
    const memory = FlatMemory.ofMiB(MIB);
    const loaded = loadKernel({ memory, kernel: elf({ pvh: 0x20_0000 }, PVH_CODE), commandLine: "by PVH" });
    expect(await bootInQemu(memory, loaded.state, [INFO, loaded.kernel], { mib: MIB, seconds: 20 })).toBe("by PVH");
  });
});

/** ISG_TEST_KERNEL names a Linux bzImage, such as Debian's; it is booted until it finds no root file system. Skipped without. */
const kernelFile = process.env["ISG_TEST_KERNEL"] ?? "";

describe.runIf(qemu && existsSync(kernelFile))("Linux", () => {
  it.each([32, 64] as const)(
    "boots from the %i-bit entry with our tables and takes them without a complaint",
    { timeout: 120_000 },
    async (entry) => {
      const memory = FlatMemory.ofMiB(256);
      const acpi = installAcpi(memory, {});
      const smbios = installSmbios(memory, { memorySize: 256 * 2 ** 20 });
      const kernel = readFileSync(kernelFile);
      const loaded = loadLinux({
        memory,
        kernel,
        commandLine: "console=ttyS0 panic=-1",
        entry,
        rsdp: acpi.rsdp,
        reserved: [...acpi.reserved, ...smbios.reserved],
      });
      const output = await bootInQemu(memory, loaded.state, [INFO, loaded.kernel, ...acpi.reserved], {
        mib: 256,
        seconds: 100,
      });
      expect(output).toContain("ACPI: Using IOAPIC for interrupt routing");
      expect(output).toContain("DMI: Isinglass Isinglass virtual PC");
      expect(output).toContain("PnP ACPI: found");
      expect(output).toContain("Unable to mount root fs");
      expect(output).not.toMatch(/ACPI (BIOS )?(Error|Warning)|\[Firmware (Bug|Warn)\]|checksum.*wrong/i);
    },
  );
});
