import { describe, expect, it } from "vitest";
import { detectKernel, loadElf, loadKernel, loadMultiboot, parseElf } from "../src/index.js";
import { thrown } from "./support/errors.js";
import { FlatMemory } from "./support/flat-memory.js";
import { elf, multibootHeader } from "./support/kernels.js";
import type { ElfFields } from "./support/kernels.js";

const MIB = 2 ** 20;
const text = (memory: FlatMemory, gpa: number): string => {
  let out = "";
  for (let i = gpa; memory.bytes(i, 1)[0] !== 0; i++) out += String.fromCharCode(memory.bytes(i, 1)[0]!);
  return out;
};

describe("ELF", () => {
  it.each([32, 64] as const)("of %i bits is parsed with its PVH note, found by owner and type", (bits) => {
    expect(parseElf(elf({ bits, pvh: 0x20_0123 }))).toEqual({
      bits,
      entry: 0x20_0000,
      pvhEntry: 0x20_0123,
      segments: [{ fileOffset: 0x1000, fileSize: 1, physical: 0x20_0000, virtual: 0x20_0000, memorySize: 1 }],
    });
  });

  it("with a virtual entry point is entered at the physical one", () => {
    expect(parseElf(elf({ virtual: 0xc020_0000, entry: 0xc020_0000 })).entry).toBe(0x20_0000);
  });

  it.each<[string, ElfFields, string]>([
    ["another machine", { machine: 183 }, "ISG_BOOT_UNSUPPORTED"],
    ["big-endian", { data: 2 }, "ISG_BOOT_UNSUPPORTED"],
    ["entered outside its segments", { entry: 0x1234 }, "ISG_BOOT_BAD_VALUE"],
    ["smaller in memory than in the file", { memorySize: -1 + 2 ** 31 }, "ISG_BOOT_MEMORY_TOO_SMALL"],
    ["over the boot information", { physical: 0x8000 }, "ISG_BOOT_BAD_VALUE"],
    ["outside RAM", { physical: 0x5000_0000 }, "ISG_BOOT_MEMORY_TOO_SMALL"],
  ])("is refused where it is %s", (_what, fields, code) => {
    const memory = FlatMemory.ofMiB(64);
    expect(thrown(() => loadElf({ memory, kernel: elf(fields) })).code).toBe(code);
    expect(memory.writes).toBe(0);
  });

  it("clears what the file does not cover", () => {
    const memory = FlatMemory.ofMiB(64);
    memory.write(0x20_0000, new Uint8Array(0x3_0000).fill(0xaa));
    loadElf({ memory, kernel: elf({ memorySize: 0x2_0001 }) });
    expect(memory.bytes(0x20_0000, 0x2_0002).filter((b) => b !== 0)).toEqual(Uint8Array.of(0xf4, 0xaa));
  });

  it("without the PVH note is entered at e_entry with boot_params in RSI; PVH is refused", () => {
    const memory = FlatMemory.ofMiB(64);
    const kernel = elf({ pvh: null });
    const { state, protocol } = loadElf({ memory, kernel, commandLine: "quiet", rsdp: 0xe0000 });
    expect([protocol, state.mode, state.registers.rip]).toEqual(["elf", "long", 0x20_0000n]);
    const params = Number(state.registers.rsi);
    expect(text(memory, memory.u32(params + 0x228))).toBe("quiet");
    expect(memory.u64(params + 0x70)).toBe(0xe0000);
    expect(thrown(() => loadElf({ memory, kernel, protocol: "pvh" })).code).toBe("ISG_BOOT_UNSUPPORTED");
  });
});

describe("PVH", () => {
  it("enters flat 32-bit mode with EBX at hvm_start_info version 1", () => {
    const memory = FlatMemory.ofMiB(64);
    const initrd = Uint8Array.of(1, 2, 3);
    const loaded = loadKernel({ memory, kernel: elf({ pvh: 0x20_0040 }), initrd, commandLine: "a b", rsdp: 0xe0000 });
    expect(loaded.protocol).toBe("pvh");
    expect([loaded.state.mode, loaded.state.registers.rip, loaded.state.cr0 & 0x8000_0001n]).toEqual([
      "protected",
      0x20_0040n,
      1n,
    ]);
    expect(loaded.state.segments.tr.limit).toBe(0x67);
    const info = Number(loaded.state.registers.rbx);
    expect([memory.u32(info), memory.u32(info + 4), memory.u32(info + 12)]).toEqual([0x336e_c578, 1, 1]);
    const module = memory.u64(info + 16);
    expect([memory.bytes(memory.u64(module), 3), memory.u64(module + 8)]).toEqual([initrd, 3]);
    expect(text(memory, memory.u64(info + 24))).toBe("a b");
    expect(memory.u64(info + 32)).toBe(0xe0000);
    const map = memory.u64(info + 40);
    expect(memory.u32(info + 48)).toBe(4);
    expect([memory.u64(map + 72), memory.u64(map + 80), memory.u32(map + 88)]).toEqual([MIB, 63 * MIB, 1]);
  });
});

describe("Multiboot 1", () => {
  it("is found by magic and checksum and entered with the magic in EAX", () => {
    const memory = FlatMemory.ofMiB(64);
    const kernel = elf({ bits: 32, pvh: null, prefix: multibootHeader(3) });
    expect(detectKernel(kernel)).toBe("multiboot");
    const { state } = loadKernel({ memory, kernel, commandLine: "go", initrd: Uint8Array.of(9) });
    expect([state.registers.rax, state.registers.rip]).toEqual([0x2bad_b002n, 0x20_0000n]);
    const info = Number(state.registers.rbx);
    expect(memory.u32(info)).toBe(0x24d);
    expect([memory.u32(info + 4), memory.u32(info + 8)]).toEqual([639, 63 * 1024]);
    expect(text(memory, memory.u32(info + 16))).toBe("go");
    const module = memory.u32(info + 24);
    expect([
      memory.u32(info + 20),
      memory.u32(module + 4) - memory.u32(module),
      memory.bytes(memory.u32(module), 1)[0],
    ]).toEqual([1, 1, 9]);
    expect(text(memory, memory.u32(module + 8))).toBe("initrd");
    const map = memory.u32(info + 48);
    expect([memory.u32(map), memory.u64(map + 4), memory.u64(map + 12), memory.u32(map + 20)]).toEqual([
      20, 0, 0x9fc00, 1,
    ]);
  });

  it("loads a flat file by its address fields", () => {
    const memory = FlatMemory.ofMiB(8);
    const kernel = new Uint8Array(0x200).fill(0x90);
    kernel.set(multibootHeader(0x1_0000, [0x10_0010, 0x10_0000, 0x10_01f0, 0x10_1000, 0x10_0030]), 0x10);
    const { state } = loadMultiboot({ memory, kernel });
    expect(state.registers.rip).toBe(0x10_0030n);
    expect(memory.bytes(0x10_0000, 0x1f0)).toEqual(kernel.subarray(0, 0x1f0));
    expect(memory.bytes(0x10_01f0, 0x10)).toEqual(new Uint8Array(0x10));
  });

  it.each<[string, Uint8Array, string]>([
    ["asks for a video mode", multibootHeader(4), "ISG_BOOT_UNSUPPORTED"],
    ["requires what no specification has", multibootHeader(0x100), "ISG_BOOT_UNSUPPORTED"],
    [
      "has contradicting addresses",
      multibootHeader(0x1_0000, [0x10_0000, 0x20_0000, 0, 0, 0x10_0000]),
      "ISG_BOOT_BAD_VALUE",
    ],
    ["has its entry outside", multibootHeader(0x1_0000, [0x10_0010, 0x10_0000, 0, 0, 0x20_0000]), "ISG_BOOT_BAD_VALUE"],
    [
      "ends after the file",
      multibootHeader(0x1_0000, [0x10_0010, 0x10_0000, 0x20_0000, 0, 0x10_0000]),
      "ISG_BOOT_TRUNCATED",
    ],
  ])("is refused where the header %s", (_what, header, code) => {
    const kernel = new Uint8Array(0x200);
    kernel.set(header, 0x10);
    expect(thrown(() => loadMultiboot({ memory: FlatMemory.ofMiB(8), kernel })).code).toBe(code);
  });

  it("may lie in conventional memory: the boot information keeps clear of it", () => {
    const kernel = new Uint8Array(0x3000).fill(0x90);
    kernel.set(multibootHeader(0x1_0000, [0x8010, 0x8000, 0xb000, 0xe000, 0x8030]), 0x10);
    const memory = FlatMemory.ofMiB(8);
    const { state } = loadMultiboot({ memory, kernel, commandLine: "go" });
    const info = Number(state.registers.rbx);
    expect(info).toBeGreaterThanOrEqual(0xe000);
    expect(text(memory, memory.u32(info + 16))).toBe("go");
    expect(memory.bytes(0x8000, 0x3000)).toEqual(kernel);
  });

  it("is refused where it leaves conventional memory no room, or begins in the first page", () => {
    const kernel = new Uint8Array(0x200);
    kernel.set(multibootHeader(0x1_0000, [0x1010, 0x1000, 0, 0x9_f000, 0x1030]), 0x10);
    expect(thrown(() => loadMultiboot({ memory: FlatMemory.ofMiB(8), kernel })).code).toBe("ISG_BOOT_BAD_VALUE");
    kernel.set(multibootHeader(0x1_0000, [0x810, 0x800, 0, 0, 0x830]), 0x10);
    expect(thrown(() => loadMultiboot({ memory: FlatMemory.ofMiB(8), kernel })).code).toBe("ISG_BOOT_BAD_VALUE");
  });

  it("is not found where its checksum is wrong", () => {
    const header = multibootHeader(3);
    header[8]! ^= 1;
    const kernel = new Uint8Array(0x400);
    kernel.set(header);
    expect(detectKernel(kernel)).toBeNull();
  });
});
