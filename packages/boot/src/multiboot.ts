import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { BOOT_LAYOUT, protectedModeState } from "./boot-state.js";
import { ByteReader, StructWriter, encodeUtf8, hex } from "./bytes.js";
import { checkElfSegments, elfRange, loadElfSegments, parseElf } from "./elf.js";
import type { ElfImage } from "./elf.js";
import { placeInitrd } from "./linux.js";
import type { LoadOptions, Loaded } from "./linux.js";
import { CONVENTIONAL_END, MEMORY_MAP_NUMBER, encodeCommandLine, memoryMap, requireRam } from "./memory-map.js";
import type { MemoryMapEntry } from "./memory-map.js";

/** Multiboot specification 0.6.96, 3.1: magic of the header, searched in the first 8192 bytes at multiples of 4. */
const HEADER_MAGIC = 0x1bad_b002;
const HEADER_SEARCH = 8192;
/** What EAX holds at entry (3.2). */
const BOOT_MAGIC = 0x2bad_b002;
/** Header flags: bits 0 and 1 are met by what we always do; bit 2 wants a video mode; bit 16 says that the address fields hold. */
const FLAG_VIDEO = 1 << 2;
const FLAG_ADDRESSES = 1 << 16;
const KNOWN_REQUIRED = 0x7;

const MAX_COMMAND_LINE = 0xfff;
/** Below it lie the interrupt table, the BIOS data area and the descriptor table of the entry. */
const LOWEST_SEGMENT = 0x1000;
/** The boot information is one piece of conventional memory: what lies where in it. */
const INFORMATION = { module: 0x80, names: 0x90, map: 0x100, commandLine: 0x1000, bytes: 0x2000 } as const;
const LOADER_NAME = "Isinglass";

/** File offset of the Multiboot 1 header, or null. */
export function findMultibootHeader(bytes: Uint8Array): number | null {
  const file = new ByteReader(bytes, "Multiboot kernel");
  for (let at = 0; at + 12 <= Math.min(bytes.length, HEADER_SEARCH); at += 4) {
    if (file.u32(at, "magic") !== HEADER_MAGIC) continue;
    if ((HEADER_MAGIC + file.u32(at + 4, "flags") + file.u32(at + 8, "checksum")) % 2 ** 32 === 0) return at;
  }
  return null;
}

/**
 * Loads a Multiboot 1 kernel: an ELF32 (or, as common loaders allow, ELF64 entered in 32-bit mode) file or a flat one with address fields. The initrd becomes
 * the only module.
 *
 * @throws `ISG_BOOT_BAD_MAGIC` without a header, `ISG_BOOT_UNSUPPORTED` where the header asks for what we do not do,
 * `ISG_BOOT_MEMORY_TOO_SMALL`, `ISG_BOOT_INITRD_TOO_BIG`, `ISG_BOOT_COMMAND_LINE_TOO_LONG`, `ISG_BOOT_BAD_VALUE`.
 */
export function loadMultiboot(options: LoadOptions): Loaded {
  const { memory, kernel } = options;
  const headerAt = findMultibootHeader(kernel);
  if (headerAt === null) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_MAGIC",
      `Multiboot kernel: no header with magic ${hex(HEADER_MAGIC)} and a right checksum in the first ${HEADER_SEARCH} bytes`,
    );
  }
  const file = new ByteReader(kernel, "Multiboot kernel");
  const flags = file.u32(headerAt + 4, "flags");
  if ((flags & 0xffff & ~KNOWN_REQUIRED) !== 0 || (flags & FLAG_VIDEO) !== 0) {
    throw new IsinglassError(
      "ISG_BOOT_UNSUPPORTED",
      `Multiboot kernel: its header requires ${hex(flags & 0xffff)}; only page-aligned modules (1) and memory information (2) are offered`,
      { flags },
    );
  }
  const map = memoryMap(memory, options.reserved);
  const image = (flags & FLAG_ADDRESSES) !== 0 ? flatImage(file, headerAt) : parseElf(kernel);
  checkElfSegments(map, image, LOWEST_SEGMENT);
  const informationAt = placeInformation(map, image);
  const range = elfRange(image);
  const initrd = placeInitrd(map, options.initrd, 2 ** 32, range);
  const commandLine = encodeCommandLine(options.commandLine ?? "", MAX_COMMAND_LINE);

  loadElfSegments(memory, map, kernel, image, LOWEST_SEGMENT);
  memory.write(informationAt + INFORMATION.commandLine, commandLine);
  if (initrd !== null) memory.write(initrd.gpa, options.initrd!);
  writeInformation(memory, informationAt, map, initrd);
  return {
    state: protectedModeState(memory, {
      rip: BigInt(image.entry),
      rax: BigInt(BOOT_MAGIC),
      rbx: BigInt(informationAt),
    }),
    protocol: "multiboot",
    memoryMap: map,
    kernel: { gpa: range.start, length: range.end - range.start },
    initrd,
    kernelVersion: "",
  };
}

/** The address fields of the header (3.1.3) as one segment. */
function flatImage(file: ByteReader, headerAt: number): ElfImage {
  const headerAddress = file.u32(headerAt + 12, "header_addr");
  const loadAddress = file.u32(headerAt + 16, "load_addr");
  const loadEnd = file.u32(headerAt + 20, "load_end_addr");
  const bssEnd = file.u32(headerAt + 24, "bss_end_addr");
  const entry: Gpa = file.u32(headerAt + 28, "entry_addr");
  const fileOffset = headerAt - (headerAddress - loadAddress);
  if (headerAddress < loadAddress || fileOffset < 0 || (loadEnd !== 0 && loadEnd < loadAddress)) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `Multiboot kernel: header_addr ${hex(headerAddress)}, load_addr ${hex(loadAddress)} and load_end_addr ${hex(loadEnd)} contradict each other`,
    );
  }
  const fileSize = loadEnd === 0 ? file.bytes.length - fileOffset : loadEnd - loadAddress;
  file.need(fileOffset, fileSize, "the text and data");
  const memorySize = Math.max(fileSize, bssEnd === 0 ? 0 : bssEnd - loadAddress);
  if (memorySize === 0 || entry < loadAddress || entry >= loadAddress + memorySize) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `Multiboot kernel: its entry ${hex(entry)} lies outside what is loaded at ${hex(loadAddress)}`,
      { entry },
    );
  }
  return {
    bits: 32,
    entry,
    pvhEntry: null,
    segments: [{ fileOffset, fileSize, physical: loadAddress, virtual: loadAddress, memorySize }],
  };
}

/** Where the boot information goes: where Linux has its own, or else the next page that the kernel leaves free. */
function placeInformation(map: readonly MemoryMapEntry[], image: ElfImage): Gpa {
  const { bytes } = INFORMATION;
  const isClear = (at: Gpa): boolean =>
    image.segments.every((s) => s.physical >= at + bytes || s.physical + s.memorySize <= at);
  for (let at: Gpa = BOOT_LAYOUT.info; at + bytes <= CONVENTIONAL_END; at += 0x1000) {
    if (!isClear(at)) continue;
    requireRam(map, 0, at + bytes, "the boot information");
    return at;
  }
  throw new IsinglassError(
    "ISG_BOOT_BAD_VALUE",
    `Multiboot kernel: it leaves no ${bytes} bytes below ${hex(CONVENTIONAL_END)} for the boot information`,
  );
}

/** The boot information of 3.3: memory sizes, command line, modules, memory map, loader name. */
function writeInformation(
  memory: PhysicalMemory,
  at: Gpa,
  map: readonly MemoryMapEntry[],
  initrd: Loaded["initrd"],
): void {
  const low = map.find((e) => e.type === "ram" && e.gpa === 0);
  const high = map.find((e) => e.type === "ram" && e.gpa === 0x10_0000);
  const table = new StructWriter(map.length * 24);
  map.forEach((e, i) => {
    const entry = i * 24; // `size` (20) does not count itself
    table
      .u32(entry, 20)
      .u64(entry + 4, e.gpa)
      .u64(entry + 12, e.length)
      .u32(entry + 20, MEMORY_MAP_NUMBER[e.type]);
  });
  memory.write(at + INFORMATION.map, table.bytes);
  memory.write(at + INFORMATION.names, encodeUtf8(`initrd\0${LOADER_NAME}\0`));
  if (initrd !== null) {
    memory.write(
      at + INFORMATION.module,
      new StructWriter(16)
        .u32(0, initrd.gpa)
        .u32(4, initrd.gpa + initrd.length)
        .u32(8, at + INFORMATION.names).bytes,
    );
  }
  const info = new StructWriter(120)
    .u32(0, 0x245) // memory, command line, memory map, loader name
    .u32(4, (low?.length ?? 0) / 1024)
    .u32(8, Math.min((high?.length ?? 0) / 1024, 0xffff_ffff))
    .u32(16, at + INFORMATION.commandLine)
    .u32(44, table.bytes.length)
    .u32(48, at + INFORMATION.map)
    .u32(64, at + INFORMATION.names + 7);
  if (initrd !== null)
    info
      .u32(0, 0x24d)
      .u32(20, 1)
      .u32(24, at + INFORMATION.module);
  memory.write(at, info.bytes);
}
