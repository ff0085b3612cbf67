/** The records of an ELF file (System V ABI, chapter 4). */

export const PT_LOAD = 1;

export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** STT_FUNC 2, STT_OBJECT 1, STT_GNU_IFUNC 10. */
  readonly type: number;
  /** STB_LOCAL 0, STB_GLOBAL 1, STB_WEAK 2. */
  readonly binding: number;
  readonly defined: boolean;
  /** Version, `GLIBC_2.34`; empty where the file has none. */
  readonly version: string;
  /** Not the default version of the name: only references that name the version get it. */
  readonly hidden: boolean;
}

export interface ElfRelocation {
  readonly address: number;
  readonly type: number;
  readonly symbol: number;
  readonly addend: number;
}

/** File offset of an address in a loaded segment; -1 if the file has no byte for it. */
export function fileOffset(segments: readonly ElfSegment[], address: number): number {
  for (const s of segments) {
    if (s.type === PT_LOAD && address >= s.address && address < s.address + s.fileSize)
      return address - s.address + s.offset;
  }
  return -1;
}
