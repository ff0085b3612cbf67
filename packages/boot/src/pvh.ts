import { IsinglassError } from "@isinglass/interface";
import { BOOT_LAYOUT, longModeState, protectedModeState } from "./boot-state.js";
import { StructWriter } from "./bytes.js";
import { checkElfSegments, elfRange, loadElfSegments, parseElf } from "./elf.js";
import type { ElfImage } from "./elf.js";
import { elfBootParams, placeInitrd } from "./linux.js";
import type { LoadOptions, Loaded } from "./linux.js";
import { MEMORY_MAP_NUMBER, encodeCommandLine, memoryMap, requireRam, writeBiosDataArea } from "./memory-map.js";
import type { MemoryMapEntry } from "./memory-map.js";

/** hvm_start_info.magic: "xEn3" with the 0x80 bit of the "E" set (Xen public header arch-x86/hvm/start_info.h). */
const START_INFO_MAGIC = 0x336e_c578;
/** Version 1 has the memory map. */
const START_INFO_VERSION = 1;
const MODULE_LIST = BOOT_LAYOUT.tables;
const MEMORY_MAP = BOOT_LAYOUT.tables + 0x100;
const MAX_MEMORY_MAP = 128;

/** COMMAND_LINE_SIZE of Linux on x86 is 2048 with the NUL; an ELF file does not say it. */
const ELF_COMMAND_LINE_LIMIT = 2047;

export interface ElfOptions extends LoadOptions {
  /**
   * `pvh` enters by the PVH protocol and needs its note; `elf` jumps to `e_entry` (ELF64 in long mode, ELF32 in protected mode) with boot_params
   * in RSI, as Linux' 64-bit protocol wants it. The default is `pvh` where the file has the note.
   */
  readonly protocol?: "pvh" | "elf";
}

/**
 * Loads an ELF kernel such as an uncompressed `vmlinux`.
 *
 * @throws what {@link parseElf} throws, and `ISG_BOOT_MEMORY_TOO_SMALL`, `ISG_BOOT_INITRD_TOO_BIG`, `ISG_BOOT_COMMAND_LINE_TOO_LONG`,
 * `ISG_BOOT_UNSUPPORTED` (PVH asked of a file without the note). Nothing is written before all checks have passed.
 */
export function loadElf(options: ElfOptions): Loaded {
  const { memory, kernel } = options;
  const image = parseElf(kernel);
  const protocol = options.protocol ?? (image.pvhEntry === null ? "elf" : "pvh");
  if (protocol === "pvh" && image.pvhEntry === null) {
    throw new IsinglassError(
      "ISG_BOOT_UNSUPPORTED",
      "ELF file: it has no PVH note (XEN_ELFNOTE_PHYS32_ENTRY); Linux has it with CONFIG_PVH=y",
    );
  }
  const map = memoryMap(memory, options.reserved);
  if (map.length > MAX_MEMORY_MAP)
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", `the memory map has ${map.length} entries; ${MAX_MEMORY_MAP} fit`);
  checkElfSegments(map, image);
  requireRam(map, 0, BOOT_LAYOUT.end, "the boot information");
  const range = elfRange(image);
  const initrd = placeInitrd(map, options.initrd, 2 ** 32, range);
  const commandLine = encodeCommandLine(options.commandLine ?? "", ELF_COMMAND_LINE_LIMIT);

  loadElfSegments(memory, map, kernel, image);
  memory.write(BOOT_LAYOUT.commandLine, commandLine);
  writeBiosDataArea(memory);
  if (initrd !== null) memory.write(initrd.gpa, options.initrd!);
  const loaded = {
    protocol,
    memoryMap: map,
    kernel: { gpa: range.start, length: range.end - range.start },
    initrd,
    kernelVersion: "",
  } as const;
  if (protocol === "pvh") return { ...loaded, state: enterPvh(options, image, map, initrd) };

  memory.write(BOOT_LAYOUT.info, elfBootParams(initrd, map, options.rsdp ?? 0, ELF_COMMAND_LINE_LIMIT));
  const registers = { rip: BigInt(image.entry), rsi: BigInt(BOOT_LAYOUT.info) };
  return {
    ...loaded,
    state: image.bits === 64 ? longModeState(memory, registers) : protectedModeState(memory, registers),
  };
}

/** Writes hvm_start_info with its lists (version 1 of the structure); EBX points to it, the rest is flat 32-bit mode. */
function enterPvh(
  options: ElfOptions,
  image: ElfImage,
  map: readonly MemoryMapEntry[],
  initrd: Loaded["initrd"],
): Loaded["state"] {
  const { memory } = options;
  if (initrd !== null) memory.write(MODULE_LIST, new StructWriter(32).u64(0, initrd.gpa).u64(8, initrd.length).bytes);
  const table = new StructWriter(map.length * 24);
  map.forEach((e, i) =>
    table
      .u64(i * 24, e.gpa)
      .u64(i * 24 + 8, e.length)
      .u32(i * 24 + 16, MEMORY_MAP_NUMBER[e.type]),
  );
  memory.write(MEMORY_MAP, table.bytes);
  const info = new StructWriter(56)
    .u32(0, START_INFO_MAGIC)
    .u32(4, START_INFO_VERSION)
    .u32(12, initrd === null ? 0 : 1)
    .u64(16, initrd === null ? 0 : MODULE_LIST)
    .u64(24, BOOT_LAYOUT.commandLine)
    .u64(32, options.rsdp ?? 0)
    .u64(40, MEMORY_MAP)
    .u32(48, map.length);
  memory.write(BOOT_LAYOUT.info, info.bytes);
  return protectedModeState(memory, { rip: BigInt(image.pvhEntry!), rbx: BigInt(BOOT_LAYOUT.info) });
}
