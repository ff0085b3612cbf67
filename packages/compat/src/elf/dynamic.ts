/** The dynamic section: libraries, symbols with versions, relocations, initialisers. */
import type { Bytes } from "./bytes.js";
import { type ElfRelocation, type ElfSegment, type ElfSymbol, fileOffset } from "./records.js";

export interface Dynamic {
  readonly needed: readonly string[];
  readonly soname: string;
  readonly rpath: string;
  readonly runpath: string;
  readonly symbols: readonly ElfSymbol[];
  readonly relocations: readonly ElfRelocation[];
  /** Words that relocations of the compact form (DT_RELR) add the load address to. */
  readonly relative: readonly number[];
  /** DT_INIT and DT_FINI. */
  readonly functions: readonly number[];
  /** Address and size of DT_PREINIT_ARRAY, DT_INIT_ARRAY, DT_FINI_ARRAY. */
  readonly arrays: readonly (readonly [address: number, size: number])[];
}

export const NO_DYNAMIC: Dynamic = {
  needed: [],
  soname: "",
  rpath: "",
  runpath: "",
  symbols: [],
  relocations: [],
  relative: [],
  functions: [],
  arrays: [],
};

const MOST_SYMBOLS = 2_000_000;
/** Characters of all names: overlapping names in a hostile table could otherwise add up to gigabytes. */
const MOST_NAME_CHARACTERS = 200_000_000;

/** Reads the section; offsets out of the file are errors, tables that are not there are empty. */
export function readDynamic(
  bytes: Bytes,
  segment: ElfSegment,
  segments: readonly ElfSegment[],
  wide: boolean,
): Dynamic {
  const tags = new Map<number, number>();
  const neededOffsets: number[] = [];
  const step = wide ? 16 : 8;
  for (let at = segment.offset; at + step <= segment.offset + segment.fileSize; at += step) {
    const tag = wide ? bytes.u64(at, "dynamic tag") : bytes.u32(at, "dynamic tag");
    const value = wide ? bytes.u64(at + 8, "dynamic value") : bytes.u32(at + 4, "dynamic value");
    if (tag === 0) break;
    if (tag === 1) neededOffsets.push(value);
    else if (!tags.has(tag)) tags.set(tag, value);
  }
  const locate = (tag: number): number => (tags.has(tag) ? fileOffset(segments, tags.get(tag)!) : -1);
  const strings = locate(5);
  const text = (offset: number | undefined): string =>
    offset === undefined || strings < 0 ? "" : bytes.text(strings + offset, "a name of the dynamic section");
  const array = (address: number, size: number): (readonly [number, number])[] => {
    const [a, s] = [tags.get(address), tags.get(size)];
    return a === undefined || s === undefined ? [] : [[a, s]];
  };
  return {
    needed: neededOffsets.map(text),
    soname: text(tags.get(14)),
    rpath: text(tags.get(15)),
    runpath: text(tags.get(29)),
    symbols: readSymbols(bytes, tags, segments, wide, text),
    relocations: [
      ...readRelocations(bytes, locate(7), tags.get(8) ?? 0, wide, true),
      ...readRelocations(bytes, locate(17), tags.get(18) ?? 0, wide, false),
      ...readRelocations(bytes, locate(23), tags.get(2) ?? 0, wide, tags.get(20) === 7),
    ],
    relative: readRelr(bytes, locate(36), tags.get(35) ?? 0, wide),
    functions: [12, 13].flatMap((tag) => (tags.get(tag) ? [tags.get(tag)!] : [])),
    arrays: [...array(32, 33), ...array(25, 27), ...array(26, 28)],
  };
}

function readRelocations(bytes: Bytes, offset: number, size: number, wide: boolean, addends: boolean): ElfRelocation[] {
  if (offset < 0 || size === 0) return [];
  bytes.need(offset, size, "a relocation table");
  const step = (wide ? 16 : 8) + (addends ? (wide ? 8 : 4) : 0);
  const out: ElfRelocation[] = [];
  for (let at = offset; at + step <= offset + size; at += step) {
    const info = bytes.u32(at + (wide ? 8 : 4), "relocation");
    out.push({
      address: wide ? bytes.u64(at, "relocation") : bytes.u32(at, "relocation"),
      type: wide ? info : info & 0xff,
      symbol: wide ? bytes.u32(at + 12, "relocation") : info >>> 8,
      addend: addends ? (wide ? bytes.i64(at + 16, "addend") : bytes.u32(at + 8, "addend")) : 0,
    });
  }
  return out;
}

/** DT_RELR: an address, then bitmaps of the words behind it (gABI, "Relative Relocation Table"). */
function readRelr(bytes: Bytes, offset: number, size: number, wide: boolean): number[] {
  if (offset < 0 || size === 0) return [];
  bytes.need(offset, size, "the table of relative relocations");
  const word = wide ? 8 : 4;
  const out: number[] = [];
  let base = 0;
  for (let at = offset; at + word <= offset + size; at += word) {
    const low = bytes.u32(at, "relr");
    if ((low & 1) === 0) {
      const address = wide ? bytes.u64(at, "relr") : low;
      out.push(address);
      base = address + word;
      continue;
    }
    const high = wide ? bytes.u32(at + 4, "relr") : 0;
    for (let bit = 1; bit < word * 8; bit += 1) {
      if (((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 1) out.push(base + (bit - 1) * word);
    }
    base += (word * 8 - 1) * word;
  }
  return out;
}

/** How many symbols there are is told by the hash tables only. */
function countSymbols(
  bytes: Bytes,
  tags: ReadonlyMap<number, number>,
  segments: readonly ElfSegment[],
  wide: boolean,
): number {
  const hash = tags.get(4);
  if (hash !== undefined) {
    const at = fileOffset(segments, hash);
    if (at >= 0) return bytes.u32(at + 4, "DT_HASH");
  }
  const gnu = tags.get(0x6ffffef5);
  const at = gnu === undefined ? -1 : fileOffset(segments, gnu);
  if (at < 0) return 0;
  const [buckets, first, words] = [0, 4, 8].map((i) => bytes.u32(at + i, "DT_GNU_HASH")) as [number, number, number];
  const bucketsAt = at + 16 + words * (wide ? 8 : 4);
  let last = 0;
  bytes.need(bucketsAt, buckets * 4, "the buckets of DT_GNU_HASH");
  for (let i = 0; i < buckets; i += 1) last = Math.max(last, bytes.u32(bucketsAt + i * 4, "bucket"));
  if (last < first) return first;
  const chains = bucketsAt + buckets * 4;
  while (last < MOST_SYMBOLS && (bytes.u32(chains + (last - first) * 4, "chain of DT_GNU_HASH") & 1) === 0) last += 1;
  return last + 1;
}

function readSymbols(
  bytes: Bytes,
  tags: ReadonlyMap<number, number>,
  segments: readonly ElfSegment[],
  wide: boolean,
  text: (offset: number | undefined) => string,
): ElfSymbol[] {
  const at = tags.has(6) ? fileOffset(segments, tags.get(6)!) : -1;
  if (at < 0) return [];
  const size = wide ? 24 : 16;
  const counted = countSymbols(bytes, tags, segments, wide);
  if (counted > MOST_SYMBOLS) throw bytes.fail(`${counted} dynamic symbols`);
  // Imports stand before the first hashed symbol, so a table without exports still has them: relocations name the rest.
  const versionsAt = tags.has(0x6ffffff0) ? fileOffset(segments, tags.get(0x6ffffff0)!) : -1;
  const versions = versionNames(bytes, tags, segments, text);
  const out: ElfSymbol[] = [];
  let characters = 0;
  for (let i = 0; i < counted; i += 1) {
    const p = at + i * size;
    bytes.need(p, size, `dynamic symbol ${i}`);
    const info = bytes.u8(p + (wide ? 4 : 12), "symbol");
    const version = versionsAt < 0 ? 1 : bytes.u16(versionsAt + i * 2, "symbol version");
    const name = text(bytes.u32(p, "symbol"));
    characters += name.length;
    if (characters > MOST_NAME_CHARACTERS) throw bytes.fail("the names of its dynamic symbols are too long");
    out.push({
      name,
      address: wide ? bytes.u64(p + 8, "symbol") : bytes.u32(p + 4, "symbol"),
      size: wide ? bytes.u64(p + 16, "symbol") : bytes.u32(p + 8, "symbol"),
      type: info & 15,
      binding: info >>> 4,
      defined: bytes.u16(p + (wide ? 6 : 14), "symbol") !== 0,
      version: versions.get(version & 0x7fff) ?? "",
      hidden: (version & 0x8000) !== 0,
    });
  }
  return out;
}

/** Version names by index: DT_VERDEF's and DT_VERNEED's (LSB, "Symbol Versioning"). */
function versionNames(
  bytes: Bytes,
  tags: ReadonlyMap<number, number>,
  segments: readonly ElfSegment[],
  text: (offset: number | undefined) => string,
): Map<number, string> {
  const out = new Map<number, string>();
  const walk = (tag: number, read: (at: number) => number): void => {
    let at = tags.has(tag) ? fileOffset(segments, tags.get(tag)!) : -1;
    for (let i = 0; at >= 0 && i < 4096; i += 1) {
      const next = read(at);
      if (next === 0) return;
      at += next;
    }
  };
  walk(0x6ffffffc, (at) => {
    const aux = at + bytes.u32(at + 12, "version definition");
    // The first definition is the file itself.
    if ((bytes.u16(at + 2, "version definition") & 1) === 0)
      out.set(bytes.u16(at + 4, "version"), text(bytes.u32(aux, "version")));
    return bytes.u32(at + 16, "version definition");
  });
  walk(0x6ffffffe, (at) => {
    let aux = at + bytes.u32(at + 8, "version need");
    for (let i = bytes.u16(at + 2, "version need"); i > 0; i -= 1) {
      out.set(bytes.u16(aux + 6, "version need"), text(bytes.u32(aux + 8, "version need")));
      const next = bytes.u32(aux + 12, "version need");
      if (next === 0) break;
      aux += next;
    }
    return bytes.u32(at + 12, "version need");
  });
  return out;
}
