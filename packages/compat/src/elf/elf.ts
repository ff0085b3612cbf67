/** ELF files of x86: what a loader and a disassembler need (System V ABI, chapters 4 and 5; psABI x86-64). */
import { Bytes } from "./bytes.js";
import { type Dynamic, NO_DYNAMIC, readDynamic } from "./dynamic.js";
import { type ElfSection, type ElfSegment, PT_LOAD } from "./records.js";

export interface Elf {
  readonly name: string;
  readonly bits: 32 | 64;
  /** ET_EXEC 2, ET_DYN 3, ET_REL 1. */
  readonly type: number;
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly interpreter: string;
  readonly dynamic: Dynamic;
  readonly data: Uint8Array;
  /** x86-64 ISA level that the file's note demands (GNU_PROPERTY_X86_ISA_1_NEEDED), 0 if it says nothing. */
  readonly isaNeeded: number;
}

const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PT_NOTE = 4;
const PF_X = 1;
const EM_386 = 3;
const EM_X86_64 = 62;

/** More than any linker writes: a header that says so is broken. */
const MOST_HEADERS = 65_535;

/**
 * Reads an ELF file of i386 or x86-64.
 *
 * @param data the file
 * @param name what to call it in messages
 * @throws IsinglassError ISG_COMPAT_ELF with one line that says what is wrong where
 */
export function readElf(data: Uint8Array, name: string): Elf {
  const bytes = new Bytes(data, name);
  if (data.length < 4 || bytes.u32(0, "magic") !== 0x464c457f)
    throw bytes.fail("no ELF file: it does not begin with 7F 45 4C 46");
  bytes.need(0, 52, "the ELF header");
  const bits: 32 | 64 = data[4] === 2 ? 64 : 32;
  if (data[5] !== 1) throw bytes.fail("a big-endian ELF file; x86's are little-endian");
  const machine = bytes.u16(18, "machine");
  if (machine !== (bits === 64 ? EM_X86_64 : EM_386))
    throw bytes.fail(`an ELF file for machine ${machine}; 3 is i386, 62 x86-64`);
  const wide = bits === 64;
  const word = (offset: number, what: string): number => (wide ? bytes.u64(offset, what) : bytes.u32(offset, what));
  const entry = word(24, "entry");
  const phoff = word(wide ? 32 : 28, "program header offset");
  const shoff = word(wide ? 40 : 32, "section header offset");
  const tail = wide ? 54 : 42;
  const [phentsize, phnum, shentsize, shnum, shstrndx] = [0, 2, 4, 6, 8].map((at) =>
    bytes.u16(tail + at, "header"),
  ) as [number, number, number, number, number];
  if (phnum > 0 && phentsize < (wide ? 56 : 32)) throw bytes.fail(`program headers of ${phentsize} bytes`);
  const segments: ElfSegment[] = [];
  for (let i = 0; i < Math.min(phnum, MOST_HEADERS); i += 1) {
    const at = phoff + i * phentsize;
    bytes.need(at, phentsize, `program header ${i}`);
    segments.push(
      wide
        ? {
            type: bytes.u32(at, "type"),
            flags: bytes.u32(at + 4, "flags"),
            offset: bytes.u64(at + 8, "offset"),
            address: bytes.u64(at + 16, "address"),
            fileSize: bytes.u64(at + 32, "size"),
            memorySize: bytes.u64(at + 40, "size"),
          }
        : {
            type: bytes.u32(at, "type"),
            offset: bytes.u32(at + 4, "offset"),
            address: bytes.u32(at + 8, "address"),
            fileSize: bytes.u32(at + 16, "size"),
            memorySize: bytes.u32(at + 20, "size"),
            flags: bytes.u32(at + 24, "flags"),
          },
    );
  }
  for (const [i, segment] of segments.entries()) {
    if (segment.type === PT_LOAD || segment.type === PT_DYNAMIC || segment.type === PT_INTERP)
      bytes.need(segment.offset, segment.fileSize, `the content of program header ${i}`);
  }
  const sections = readSections(bytes, wide, shoff, shentsize, shnum, shstrndx);
  const interp = segments.find((s) => s.type === PT_INTERP);
  const partial = {
    name,
    bits,
    type: bytes.u16(16, "type"),
    entry,
    segments,
    sections,
    data,
    interpreter: interp === undefined ? "" : bytes.text(interp.offset, "interpreter"),
  };
  const dynamic = segments.find((s) => s.type === PT_DYNAMIC);
  return {
    ...partial,
    isaNeeded: isaNote(bytes, segments, wide),
    dynamic: dynamic === undefined ? NO_DYNAMIC : readDynamic(bytes, dynamic, segments, wide),
  };
}

/** Section headers are for tools, not for loaders: a table that is not whole is treated as absent. */
function readSections(
  bytes: Bytes,
  wide: boolean,
  shoff: number,
  size: number,
  count: number,
  names: number,
): ElfSection[] {
  if (shoff === 0 || count === 0 || size < (wide ? 64 : 40) || shoff + count * size > bytes.data.length) return [];
  const word = (offset: number): number => (wide ? bytes.u64(offset, "section") : bytes.u32(offset, "section"));
  const raw = Array.from({ length: count }, (_, i) => {
    const at = shoff + i * size;
    return {
      nameOffset: bytes.u32(at, "section"),
      type: bytes.u32(at + 4, "section"),
      flags: word(at + 8),
      address: word(at + (wide ? 16 : 12)),
      offset: word(at + (wide ? 24 : 16)),
      size: word(at + (wide ? 32 : 20)),
    };
  });
  const table = raw[names];
  return raw.map(({ nameOffset, ...section }) => {
    const at = (table?.offset ?? 0) + nameOffset;
    return { ...section, name: table !== undefined && at < bytes.data.length ? bytes.text(at, "section name") : "" };
  });
}

/** GNU_PROPERTY_X86_ISA_1_NEEDED, C0008002H: a bit each for baseline, v2, v3, v4 (psABI x86-64, "Program Property"). */
function isaNote(bytes: Bytes, segments: readonly ElfSegment[], wide: boolean): number {
  for (const segment of segments) {
    if (segment.type !== PT_NOTE || segment.offset + segment.fileSize > bytes.data.length) continue;
    let at = segment.offset;
    const end = at + segment.fileSize;
    while (at + 12 <= end) {
      const [nameSize, descSize, type] = [0, 4, 8].map((i) => bytes.u32(at + i, "note")) as [number, number, number];
      const desc = at + 12 + ((nameSize + 3) & ~3);
      if (nameSize > 64 || desc + descSize > end) break;
      if (type === 5) {
        for (let p = desc; p + 8 <= desc + descSize;) {
          const [property, size] = [bytes.u32(p, "property"), bytes.u32(p + 4, "property")];
          if (property === 0xc0008002 && size >= 4 && p + 12 <= end) {
            const mask = bytes.u32(p + 8, "property");
            return mask === 0 ? 0 : 32 - Math.clz32(mask);
          }
          p += 8 + (wide ? (size + 7) & ~7 : (size + 3) & ~3);
          if (size > descSize) break;
        }
      }
      at = desc + ((descSize + (wide ? 7 : 3)) & (wide ? ~7 : ~3));
    }
  }
  return 0;
}

export interface CodeRange {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * Address ranges with code: executable sections, or where there are none, executable segments. A range that overlaps one before it in the
 * file is left out: a hostile header could name the same bytes ten thousand times.
 */
export function codeRanges(elf: Elf): CodeRange[] {
  const SHF_EXECINSTR = 4;
  const SHT_PROGBITS = 1;
  const inFile = (r: { offset: number; size: number }): boolean => r.offset + r.size <= elf.data.length;
  const sections = elf.sections.filter((s) => s.type === SHT_PROGBITS && (s.flags & SHF_EXECINSTR) !== 0 && inFile(s));
  const segments = elf.segments
    .filter((s) => s.type === PT_LOAD && (s.flags & PF_X) !== 0)
    .map((s): CodeRange => ({ name: "segment", address: s.address, offset: s.offset, size: s.fileSize }));
  const out: CodeRange[] = [];
  let end = 0;
  for (const range of (sections.length > 0 ? sections : segments).toSorted((a, b) => a.offset - b.offset)) {
    if (range.offset < end || range.size === 0) continue;
    out.push(range);
    end = range.offset + range.size;
  }
  return out;
}
