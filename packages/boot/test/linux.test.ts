import { describe, expect, it } from "vitest";
import { BOOT_LAYOUT, loadKernel, loadLinux, parseLinuxHeader } from "../src/index.js";
import type { LinuxOptions } from "../src/index.js";
import { thrown } from "./support/errors.js";
import { FlatMemory } from "./support/flat-memory.js";
import { bzImage } from "./support/kernels.js";
import type { BzImageFields } from "./support/kernels.js";

const MIB = 2 ** 20;

function load(options: Partial<LinuxOptions> & { mib?: number } = {}): {
  memory: FlatMemory;
  loaded: ReturnType<typeof loadLinux>;
} {
  const memory = FlatMemory.ofMiB(options.mib ?? 64);
  return { memory, loaded: loadLinux({ memory, kernel: bzImage(), commandLine: "console=ttyS0", ...options }) };
}

describe("setup header", () => {
  it("is read at the offsets of boot.rst", () => {
    expect(parseLinuxHeader(bzImage())).toMatchObject({
      version: 0x20f,
      kernelVersion: "6.1.0-test",
      setupSize: 1024,
      payloadSize: 4096,
      headerEnd: 0x26c,
      xloadFlags: 3,
      initrdAddressMax: 0x7fff_ffff,
      kernelAlignment: 0x20_0000,
      relocatable: true,
      commandLineSize: 2047,
      preferredAddress: 0x100_0000,
      initSize: 0x80_0000,
    });
  });

  it.each<[string, BzImageFields, string]>([
    ["the boot sector signature is missing", { bootFlag: 0 }, "ISG_BOOT_BAD_MAGIC"],
    ["the magic is wrong", { magic: "HdrX" }, "ISG_BOOT_BAD_MAGIC"],
    ["the protocol is older than 2.06", { version: 0x205 }, "ISG_BOOT_UNSUPPORTED"],
    ["it is a zImage", { loadflags: 0 }, "ISG_BOOT_UNSUPPORTED"],
    ["syssize is beyond the file", { syssize: 0x101 }, "ISG_BOOT_TRUNCATED"],
    ["syssize is zero", { syssize: 0 }, "ISG_BOOT_BAD_VALUE"],
    ["the alignment is no power of two", { alignment: 0x30_0000 }, "ISG_BOOT_BAD_VALUE"],
    ["the preferred address is above 4 GiB", { preferred: 2 ** 32 }, "ISG_BOOT_BAD_VALUE"],
    ["the header ends beyond boot_params", { headerLength: 0xff }, "ISG_BOOT_BAD_VALUE"],
  ])("is refused where %s", (_what, fields, code) => {
    expect(thrown(() => parseLinuxHeader(bzImage(fields))).code).toBe(code);
  });

  it("takes the defaults of older protocols: no init_size and no pref_address before 2.10", () => {
    const header = parseLinuxHeader(bzImage({ version: 0x209 }));
    expect(header.preferredAddress).toBe(MIB);
    expect(header.xloadFlags).toBe(0);
    expect(header.initSize).toBe(3 * 4096);
  });

  it.each([0, 1, 0x1ff, 0x205, 0x230, 0x3ff, 0x400, 0x13f0])(
    "of a file cut at %i bytes is reported as truncated",
    (size) => {
      expect(thrown(() => loadKernel({ memory: FlatMemory.ofMiB(64), kernel: bzImage().subarray(0, size) })).code).toBe(
        "ISG_BOOT_TRUNCATED",
      );
    },
  );
});

describe("loading a bzImage", () => {
  it("enters the 32-bit kernel as boot.rst asks: flat segments 0x10 and 0x18, no paging, interrupts off, ESI at boot_params", () => {
    const { loaded, memory } = load();
    const { state } = loaded;
    expect(state.mode).toBe("protected");
    expect(state.registers).toMatchObject({
      rip: 0x100_0000n,
      rsi: BigInt(loaded.bootParams),
      rbp: 0n,
      rdi: 0n,
      rbx: 0n,
      rflags: 2n,
    });
    expect(state.cr0 & 0x8000_0001n).toBe(1n);
    expect(state.efer).toBe(0n);
    expect(state.segments.cs).toEqual({ selector: 0x10, base: 0n, limit: 0xffff_ffff, attributes: 0xc09b });
    for (const name of ["ds", "es", "ss"] as const)
      expect(state.segments[name]).toEqual({ selector: 0x18, base: 0n, limit: 0xffff_ffff, attributes: 0xc093 });
    // The descriptors in memory say the same (SDM vol. 3A, figure 3-8).
    expect([memory.u32(Number(state.gdtr.base) + 0x10), memory.u32(Number(state.gdtr.base) + 0x10 + 4)]).toEqual([
      0xffff, 0x00cf_9b00,
    ]);
    expect([memory.u32(Number(state.gdtr.base) + 0x18), memory.u32(Number(state.gdtr.base) + 0x18 + 4)]).toEqual([
      0xffff, 0x00cf_9300,
    ]);
  });

  it("enters the 64-bit kernel 0x200 further on, in long mode with 4 GiB mapped to themselves", () => {
    const { loaded, memory } = load({ entry: 64 });
    const { state } = loaded;
    expect(state.registers.rip).toBe(0x100_0200n);
    expect([state.cr0 & 0x8000_0001n, state.cr4, state.efer]).toEqual([0x8000_0001n, 0x20n, 0x500n]);
    expect(state.segments.cs.attributes).toBe(0xa09b);
    for (const address of [0, 0x7fff, 0x1234_5678, 0xffff_ffff]) {
      const pml4e = memory.u64(Number(state.cr3));
      const pdpte = memory.u64(Math.floor(pml4e / 4096) * 4096 + Math.floor(address / 2 ** 30) * 8);
      const pde = memory.u64(Math.floor(pdpte / 4096) * 4096 + (Math.floor(address / 2 ** 21) % 512) * 8);
      expect(pde % 2 ** 12).toBe(0x83);
      expect(Math.floor(pde / 2 ** 21) * 2 ** 21 + (address % 2 ** 21)).toBe(address);
    }
  });

  it("copies the protected-mode part unchanged to its preferred address", () => {
    const { memory } = load();
    expect(memory.bytes(0x100_0000, 4096)).toEqual(bzImage().subarray(1024));
  });

  it("fills boot_params: header, loader type, command line, initrd, E820, RSDP, sentinel", () => {
    const initrd = new Uint8Array(5000).fill(7);
    const { memory, loaded } = load({
      initrd,
      rsdp: 0xe0000,
      reserved: [{ gpa: 63 * MIB, length: MIB, type: "acpi" }],
    });
    const at = loaded.bootParams;
    expect(memory.u32(at + 0x202)).toBe(0x5372_6448);
    expect(memory.bytes(at + 0x210, 1)[0]).toBe(0xff);
    expect(memory.bytes(at + 0x1ef, 1)[0]).toBe(0);
    expect(memory.u64(at + 0x70)).toBe(0xe0000);
    expect(memory.u32(at + 0x214)).toBe(0x100_0000);
    const commandLine = memory.u32(at + 0x228);
    expect(String.fromCharCode(...memory.bytes(commandLine, 14))).toBe("console=ttyS0\0");
    expect(memory.u32(at + 0x218)).toBe(63 * MIB - 8192);
    expect(memory.u32(at + 0x21c)).toBe(5000);
    expect(memory.bytes(63 * MIB - 8192, 5000)).toEqual(initrd);
    const entries = Array.from({ length: memory.bytes(at + 0x1e8, 1)[0]! }, (_, i) => {
      const e = at + 0x2d0 + i * 20;
      return [memory.u64(e), memory.u64(e + 8), memory.u32(e + 16)];
    });
    expect(entries).toEqual([
      [0, 0x9fc00, 1],
      [0x9fc00, 0x400, 2],
      [0xf0000, 0x10000, 2],
      [MIB, 62 * MIB, 1],
      [63 * MIB, MIB, 3],
    ]);
  });

  it("keeps the initrd below initrd_addr_max", () => {
    const { loaded } = load({ kernel: bzImage({ initrdMax: 48 * MIB - 1 }), initrd: new Uint8Array(4096) });
    expect(loaded.initrd).toEqual({ gpa: 48 * MIB - 4096, length: 4096 });
  });

  it("puts the initrd below the kernel where there is no room above it", () => {
    const { loaded } = load({ mib: 24, initrd: new Uint8Array(4 * MIB) });
    expect(loaded.initrd!.gpa).toBe(12 * MIB);
  });

  it.each<[string, Partial<LinuxOptions> & { mib?: number }, string, RegExp]>([
    [
      "memory ends inside the unpacked kernel",
      { mib: 20 },
      "ISG_BOOT_MEMORY_TOO_SMALL",
      /20 MiB.*24 MiB would do|24 MiB would do/,
    ],
    ["there is 1 MiB of memory", { mib: 1 }, "ISG_BOOT_MEMORY_TOO_SMALL", /24 MiB would do/],
    [
      "the initrd does not fit",
      { mib: 32, initrd: new Uint8Array(16 * MIB) },
      "ISG_BOOT_INITRD_TOO_BIG",
      /40 MiB would do/,
    ],
    [
      "the initrd limit is below the kernel",
      { kernel: bzImage({ initrdMax: 18 * MIB }), initrd: new Uint8Array(16 * MIB) },
      "ISG_BOOT_INITRD_TOO_BIG",
      /below 0x1200001/,
    ],
    [
      "the command line is too long",
      { commandLine: "x".repeat(2048) },
      "ISG_BOOT_COMMAND_LINE_TOO_LONG",
      /2048 bytes.*at most 2047/,
    ],
    ["the command line has a NUL", { commandLine: "a\0b" }, "ISG_BOOT_BAD_VALUE", /NUL at byte 1/],
    [
      "the kernel has no 64-bit entry",
      { entry: 64, kernel: bzImage({ xloadflags: 0 }) },
      "ISG_BOOT_UNSUPPORTED",
      /XLF_KERNEL_64/,
    ],
  ])("fails and writes nothing where %s", (_what, options, code, message) => {
    const memory = FlatMemory.ofMiB(options.mib ?? 64);
    const error = thrown(() => loadLinux({ memory, kernel: bzImage(), ...options }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(memory.writes).toBe(0);
  });

  it("takes a command line of exactly cmdline_size bytes", () => {
    const { memory } = load({ commandLine: "x".repeat(2047) });
    expect(memory.bytes(BOOT_LAYOUT.commandLine + 2046, 2)).toEqual(Uint8Array.of(0x78, 0));
  });

  it("says what else a file is that is no kernel", () => {
    const gzip = new Uint8Array(2048);
    gzip.set([0x1f, 0x8b, 8, 0]);
    const error = thrown(() => loadKernel({ memory: FlatMemory.ofMiB(64), kernel: gzip }));
    expect(error.code).toBe("ISG_BOOT_BAD_MAGIC");
    expect(error.message).toContain("gzip");
  });
});
