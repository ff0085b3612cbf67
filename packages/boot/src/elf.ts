import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { BOOT_LAYOUT } from "./boot-state.js";
import { ByteReader, hex } from "./bytes.js";
import { requireRam } from "./memory-map.js";
import type { MemoryMapEntry } from "./memory-map.js";

/** A loadable segment of an ELF file (ELF specification, program header PT_LOAD). */
export interface ElfSegment {
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly physical: Gpa;
  readonly virtual: number;
  readonly memorySize: number;
}

export interface ElfImage {
  readonly bits: 32 | 64;
  /** Guest-physical entry point: `e_entry`, brought to physical where it is a segment's virtual address. */
  readonly entry: Gpa;
  /** Entry of the PVH boot protocol, from the note XEN_ELFNOTE_PHYS32_ENTRY; null without one. */
  readonly pvhEntry: Gpa | null;
  readonly segments: readonly ElfSegment[];
}

const EM_386 = 3;
const EM_X86_64 = 62;
const PT_LOAD = 1;
const PT_NOTE = 4;
/** Xen public header elfnote.h: the 32-bit entry point of PVH. */
const XEN_ELFNOTE_PHYS32_ENTRY = 18;
/** More program headers than any kernel has; bounds the time that a hostile file can take. */
const MAX_PROGRAM_HEADERS = 256;
const MAX_NOTES = 4096;

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * Parses an x86 ELF executable (ELF32 for i386, ELF64 for x86-64), such as Linux' `vmlinux`.
 *
 * @throws `ISG_BOOT_BAD_MAGIC`, `ISG_BOOT_TRUNCATED`, `ISG_BOOT_UNSUPPORTED` (other machine or byte order), `ISG_BOOT_BAD_VALUE`.
 */
export function parseElf(bytes: Uint8Array): ElfImage {
  const file = new ByteReader(bytes, "ELF file");
  if (!isElf(bytes)) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_MAGIC",
      `ELF file: it begins with ${hex(bytes[0] ?? 0)} ${hex(bytes[1] ?? 0)}; 7f 45 4c 46 ("ELF") is right`,
      { offset: 0 },
    );
  }
  const elfClass = file.u8(4, "e_ident[EI_CLASS]");
  if (elfClass !== 1 && elfClass !== 2)
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", `ELF file: class ${elfClass}; 1 (32-bit) or 2 (64-bit) is right`);
  if (file.u8(5, "e_ident[EI_DATA]") !== 1)
    throw new IsinglassError("ISG_BOOT_UNSUPPORTED", "ELF file: it is not little-endian");
  const wide = elfClass === 2;
  const machine = file.u16(0x12, "e_machine");
  if (machine !== (wide ? EM_X86_64 : EM_386)) {
    throw new IsinglassError(
      "ISG_BOOT_UNSUPPORTED",
      `ELF file: e_machine is ${machine}; ${EM_386} (i386, ELF32) or ${EM_X86_64} (x86-64, ELF64) is right`,
      { machine },
    );
  }
  const word = (offset: number, field: string): number => (wide ? file.u64(offset, field) : file.u32(offset, field));
  const entry = word(0x18, "e_entry");
  const tableAt = word(wide ? 0x20 : 0x1c, "e_phoff");
  const entrySize = file.u16(wide ? 0x36 : 0x2a, "e_phentsize");
  const count = file.u16(wide ? 0x38 : 0x2c, "e_phnum");
  if (entrySize < (wide ? 56 : 32))
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", `ELF file: e_phentsize is ${entrySize}; ${wide ? 56 : 32} is right`);
  if (count === 0 || count > MAX_PROGRAM_HEADERS) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `ELF file: ${count} program headers; from 1 to ${MAX_PROGRAM_HEADERS} are right (an object file has none)`,
    );
  }
  const segments: ElfSegment[] = [];
  let pvhEntry: Gpa | null = null;
  for (let i = 0; i < count; i++) {
    const at = tableAt + i * entrySize;
    const field = `program header ${i}`;
    const type = file.u32(at, field);
    if (type !== PT_LOAD && type !== PT_NOTE) continue;
    const fileOffset = word(at + (wide ? 8 : 4), field);
    const virtual = word(at + (wide ? 16 : 8), field);
    const physical = word(at + (wide ? 24 : 12), field);
    const fileSize = word(at + (wide ? 32 : 16), field);
    const memorySize = word(at + (wide ? 40 : 20), field);
    file.need(fileOffset, fileSize, `segment ${i}`);
    if (type === PT_NOTE) pvhEntry ??= findPvhNote(file, fileOffset, fileSize);
    else if (memorySize > 0) {
      if (memorySize < fileSize || physical + memorySize > 2 ** 52) {
        throw new IsinglassError(
          "ISG_BOOT_BAD_VALUE",
          `ELF file: segment ${i} has ${hex(fileSize)} bytes in the file and ${hex(memorySize)} in memory at ${hex(physical)}`,
          { segment: i },
        );
      }
      segments.push({ fileOffset, fileSize, physical, virtual, memorySize });
    }
  }
  if (segments.length === 0)
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", "ELF file: it has no loadable segment (PT_LOAD)");
  return { bits: wide ? 64 : 32, entry: physicalEntry(segments, entry), pvhEntry, segments };
}

function physicalEntry(segments: readonly ElfSegment[], entry: number): Gpa {
  for (const s of segments) if (entry >= s.physical && entry < s.physical + s.memorySize) return entry;
  for (const s of segments)
    if (entry >= s.virtual && entry < s.virtual + s.memorySize) return entry - s.virtual + s.physical;
  throw new IsinglassError("ISG_BOOT_BAD_VALUE", `ELF file: its entry ${hex(entry)} lies in no loadable segment`, {
    entry,
  });
}

/** Walks a note segment: namesz, descsz, type, then name and descriptor, each filled to 4 bytes. */
function findPvhNote(file: ByteReader, offset: number, size: number): Gpa | null {
  const end = offset + size;
  let at = offset;
  for (let i = 0; i < MAX_NOTES && at + 12 <= end; i++) {
    const nameSize = file.u32(at, "note");
    const descriptorSize = file.u32(at + 4, "note");
    const type = file.u32(at + 8, "note");
    const name = at + 12;
    const descriptor = name + Math.ceil(nameSize / 4) * 4;
    at = descriptor + Math.ceil(descriptorSize / 4) * 4;
    if (at > end) return null;
    const isXen = nameSize === 4 && file.u32(name, "note name") === 0x006e_6558; // "Xen\0"
    if (isXen && type === XEN_ELFNOTE_PHYS32_ENTRY && descriptorSize >= 4) return file.u32(descriptor, "PVH entry");
  }
  return null;
}

/**
 * Copies the segments of `image` to memory and clears what the file does not cover.
 *
 * @throws `ISG_BOOT_MEMORY_TOO_SMALL`, `ISG_BOOT_BAD_VALUE` where segments overlap each other or the boot information; before
 * anything is written.
 */
export function loadElfSegments(
  memory: PhysicalMemory,
  map: readonly MemoryMapEntry[],
  bytes: Uint8Array,
  image: ElfImage,
  lowest: Gpa = BOOT_LAYOUT.end,
): { start: Gpa; end: Gpa } {
  checkElfSegments(map, image, lowest);
  const zeros = new Uint8Array(65536);
  for (const s of image.segments) {
    memory.write(s.physical, bytes.subarray(s.fileOffset, s.fileOffset + s.fileSize));
    for (let at = s.fileSize; at < s.memorySize; at += zeros.length) {
      memory.write(s.physical + at, zeros.subarray(0, Math.min(zeros.length, s.memorySize - at)));
    }
  }
  return elfRange(image);
}

/** The checks of {@link loadElfSegments} alone; nothing is loaded below `lowest`. */
export function checkElfSegments(map: readonly MemoryMapEntry[], image: ElfImage, lowest: Gpa = BOOT_LAYOUT.end): void {
  const sorted = [...image.segments].sort((a, b) => a.physical - b.physical);
  let last = lowest;
  for (const s of sorted) {
    if (s.physical < last) {
      throw new IsinglassError(
        "ISG_BOOT_BAD_VALUE",
        `ELF file: the segment at ${hex(s.physical)} overlaps what ends at ${hex(last)} (another segment or the boot information)`,
        { gpa: s.physical },
      );
    }
    last = s.physical + s.memorySize;
    requireRam(map, s.physical, s.memorySize, "ELF file: a segment");
  }
}

/** The lowest address and one past the highest that the segments cover. */
export function elfRange(image: ElfImage): { start: Gpa; end: Gpa } {
  let start = Infinity;
  let end = 0;
  for (const s of image.segments) {
    start = Math.min(start, s.physical);
    end = Math.max(end, s.physical + s.memorySize);
  }
  return { start, end };
}
