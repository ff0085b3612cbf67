import { type SyncCryptoProvider, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { readNumber, writeNumber } from "../layout.js";
import { Reader } from "../reader.js";
import { type EnclaveElf, parseEnclaveElf } from "./elf.js";
import { type EnclaveLimits, EnclaveMeasurement, SECINFO, checkLimit } from "./measure.js";
import { SIGSTRUCT } from "./sigstruct.js";

// Enclaves of Intel's SGX SDK: an ELF file with a section .note.sgxmeta that says what is patched into the file and which pages follow its segments
// (common/inc/internal/metadata.h and psw/urts/loader.cpp there).

const PAGE = 4096;
const MAGIC = 0x86a8_0294_635d_0e4cn;
const HEAD = 64;
const DIRECTORY = HEAD + SIGSTRUCT.size;
const EADD = 1;
const EEXTEND = 2;
const GROUP = 0x1000;
/** Metadata of SDK 1.5, whose loader adds a page after a segment in one odd case. */
const VERSION_1_5 = 0x1_0000_0003n;
const DT_TEXTREL = 22n;
/** Entries of a patch or a layout table; files have some dozens. */
const MOST_TABLE = 4096;
/** Bytes of `.dynamic`; files have some hundreds. */
const MOST_DYNAMIC = 65_536;

function bad(message: string): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_ELF", `Intel SGX SDK: ${message}`);
}

function roundUp(value: number): number {
  return Math.ceil(value / PAGE) * PAGE;
}

/** The metadata in `.note.sgxmeta`, or undefined where the file is of another tool kit. */
export function sdkMetadata(elf: EnclaveElf): Uint8Array | undefined {
  const note = elf.sections.get(".note.sgxmeta")?.data;
  if (note === undefined || note.length < 12) return undefined;
  // Elf64_Nhdr and the name "sgx_metadata"; the description follows the name without padding.
  const at = 12 + Number(readNumber(note, 0, 4));
  if (at + DIRECTORY + 16 > note.length || readNumber(note, at, 8) !== MAGIC) return undefined;
  return note.subarray(at);
}

/** A page table entry of the metadata: pages of a heap, a stack, a TCS and so on; or a group that repeats those before it. */
type LayoutEntry =
  | { readonly repeat: number; readonly count: number; readonly step: number }
  | {
      readonly attributes: number;
      readonly pages: number;
      readonly address: number;
      readonly size: number;
      readonly offset: number;
      readonly flags: number;
    };

function readLayout(metadata: Uint8Array): LayoutEntry[] {
  const [at, size] = [Number(readNumber(metadata, DIRECTORY + 8, 4)), Number(readNumber(metadata, DIRECTORY + 12, 4))];
  if (at + size > metadata.length || size % 32 !== 0)
    throw bad(`its layout table of ${size} bytes at ${at} does not fit`);
  if (size > 32 * MOST_TABLE) throw bad(`its layout table has ${size / 32} entries; at most ${MOST_TABLE} are taken`);
  const reader = new Reader(metadata.subarray(at, at + size), "layout table");
  return Array.from({ length: size / 32 }, () => {
    const id = reader.u16("an ID");
    const second = reader.u16("attributes");
    const third = reader.u32("a count");
    const fourth = Number(reader.u64("an address"));
    const [contentSize, offset] = [reader.u32("a size"), reader.u32("an offset")];
    const flags = Number(reader.u64("flags"));
    if ((id & GROUP) !== 0) return { repeat: third, count: second, step: fourth };
    return { attributes: second, pages: third, address: fourth, size: contentSize, offset, flags };
  });
}

/** The file after the patches that the metadata lists: the loader writes them before it measures. */
function patched(file: Uint8Array, metadata: Uint8Array): Uint8Array {
  const out = new Uint8Array(file);
  const [at, size] = [Number(readNumber(metadata, DIRECTORY, 4)), Number(readNumber(metadata, DIRECTORY + 4, 4))];
  if (at + size > metadata.length || size % 32 !== 0)
    throw bad(`its patch table of ${size} bytes at ${at} does not fit`);
  if (size > 32 * MOST_TABLE) throw bad(`its patch table has ${size / 32} entries; at most ${MOST_TABLE} are taken`);
  let left = out.length;
  for (let entry = at; entry < at + size; entry += 32) {
    const target = Number(readNumber(metadata, entry, 8));
    const source = Number(readNumber(metadata, entry + 8, 4));
    const length = Number(readNumber(metadata, entry + 12, 4));
    if (target + length > out.length || source + length > metadata.length)
      throw bad(`a patch of ${length} bytes at ${target} does not fit`);
    left -= length;
    if (left < 0) throw bad("its patches write more than the whole file");
    out.set(metadata.subarray(source, source + length), target);
  }
  return out;
}

/** A page full of one 32-bit word. */
function filledPage(word: number): Uint8Array {
  const page = new Uint8Array(PAGE);
  for (let at = 0; at < PAGE; at += 1) page[at] = word >>> (8 * (at & 3));
  return page;
}

/** Entries of a layout table, repetitions counted: groups of groups could go on for ever without adding a page. */
const MOST_ENTRIES = 2 ** 16;

class Builder {
  readonly #measurement: EnclaveMeasurement;
  #entries = 0;
  /** What is made of a page's contents; the next page is made in the same place. */
  readonly #page = new Uint8Array(PAGE);

  constructor(measurement: EnclaveMeasurement) {
    this.#measurement = measurement;
  }

  finish(): Uint8Array {
    return this.#measurement.finish();
  }

  pages(address: number, count: number, flags: number, attributes: number, page: Uint8Array | undefined): void {
    this.#measurement.expect(count, (attributes & EEXTEND) === 0 ? 0 : count);
    if (page === undefined) this.#page.fill(0);
    for (let i = 0; i < count; i += 1) {
      if ((attributes & EEXTEND) === 0) this.#measurement.add(address + PAGE * i, flags);
      else this.#measurement.addPage(address + PAGE * i, flags, page ?? this.#page);
    }
  }

  /** A segment: its pages with data, zeros around the data, then pages of zeros. */
  region(address: number, data: Uint8Array, size: number, flags: number): void {
    let offset = 0;
    while (offset < data.length) {
      const inPage = (address + offset) % PAGE;
      const length = Math.min(PAGE - inPage, data.length - offset);
      const page = this.#page.fill(0);
      page.set(data.subarray(offset, offset + length), inPage);
      this.pages(address + offset - inPage, 1, flags, EADD | EEXTEND, page);
      offset += PAGE - inPage;
    }
    if (size <= offset) return;
    const inPage = (address + offset) % PAGE;
    this.pages(address + offset - inPage, roundUp(size - offset + inPage) / PAGE, flags, EADD | EEXTEND, undefined);
  }

  layout(entries: readonly LayoutEntry[], metadata: Uint8Array, shift: number, depth = 0): void {
    if (depth > 4) throw bad("its layout table repeats itself too deeply");
    entries.forEach((entry, i) => {
      this.#entries += 1;
      if (this.#entries > MOST_ENTRIES) throw bad(`its layout table comes to more than ${MOST_ENTRIES} entries`);
      if (!("repeat" in entry)) this.#entry(entry, metadata, shift + entry.address);
      else {
        if (entry.count === 0 || entry.count > i || entry.repeat > 65_536)
          throw bad("its layout table repeats what is not there");
        for (let time = 1; time <= entry.repeat; time += 1)
          this.layout(entries.slice(i - entry.count, i), metadata, shift + entry.step * time, depth + 1);
      }
    });
  }

  #entry(entry: Exclude<LayoutEntry, { readonly repeat: number }>, metadata: Uint8Array, address: number): void {
    const { attributes, pages, size, offset, flags } = entry;
    if ((attributes & EADD) === 0 || pages === 0) return;
    if (address % PAGE !== 0 || address > 2 ** 48) throw bad(`pages at 0x${address.toString(16)}`);
    if (offset === 0) {
      if (flags === 0) return;
      // A content size without content is the word that fills the pages.
      this.pages(address, pages, flags, attributes, size === 0 ? undefined : filledPage(size));
      return;
    }
    if (offset + size > metadata.length) throw bad(`contents of ${size} bytes at ${offset} do not fit its metadata`);
    const content = metadata.subarray(offset, offset + size);
    if (flags !== SECINFO.TCS) {
      this.region(address, content, pages * PAGE, flags);
      return;
    }
    if (size > PAGE) throw bad(`a TCS of ${size} bytes`);
    const page = new Uint8Array(PAGE);
    page.set(content);
    // OSSA, OFSBASE and OGSBASE are relative to the page.
    for (const at of [16, 48, 56]) writeNumber(page, at, 8, readNumber(page, at, 8) + BigInt(address));
    this.pages(address, pages, flags, attributes, page);
  }
}

/**
 * MRENCLAVE of a signed enclave of Intel's SDK.
 *
 * @throws IsinglassError `ISG_SGX_BAD_ELF`, `ISG_SGX_TOO_LARGE`
 */
export function measureSdkEnclave(
  elf: EnclaveElf,
  crypto: SyncCryptoProvider = noble,
  limits: EnclaveLimits = {},
): Uint8Array {
  const metadata = sdkMetadata(elf);
  if (metadata === undefined) throw bad("there is no metadata in .note.sgxmeta");
  const major = readNumber(metadata, 12, 4);
  if (major > 3n) throw bad(`metadata of version ${major}, with an address range of its own, is not implemented`);
  const dynamic = elf.sections.get(".dynamic")?.data ?? new Uint8Array(0);
  if (dynamic.length > MOST_DYNAMIC)
    throw bad(`.dynamic of ${dynamic.length} bytes; at most ${MOST_DYNAMIC} are taken`);
  for (let at = 0; at + 16 <= dynamic.length; at += 16)
    if (readNumber(dynamic, at, 8) === DT_TEXTREL)
      throw bad("it has relocations in its code, which are not implemented");
  // The file is copied for its patches.
  checkLimit(limits, "image", roundUp(elf.file.length) / PAGE);
  const file = patched(elf.file, metadata);
  // The patches may empty the section table; the segments stay.
  const { loads } = parseEnclaveElf(file);
  const size = readNumber(metadata, 40, 8);
  if (size > 2n ** 40n) throw bad(`its range has ${size} bytes`);
  const builder = new Builder(new EnclaveMeasurement(size, Number(readNumber(metadata, 24, 4)), crypto, limits));
  return build(builder, file, loads, metadata);
}

function build(builder: Builder, file: Uint8Array, loads: EnclaveElf["loads"], metadata: Uint8Array): Uint8Array {
  const isOld = readNumber(metadata, 8, 8) === VERSION_1_5;
  let last: EnclaveElf["loads"][number] | undefined;
  const secinfo = (flags: number): number => SECINFO.REG | ((flags & 4) >> 2) | (flags & 2) | ((flags & 1) << 2);
  const gap = (before: number): void => {
    if (!isOld || last === undefined) return;
    const end = roundUp(last.address + last.memorySize);
    if (end < roundUp(roundUp(last.memorySize) + last.address) && end < before)
      builder.pages(end, 1, secinfo(last.flags), EADD | EEXTEND, undefined);
  };
  for (const one of loads) {
    gap(Math.floor(one.address / PAGE) * PAGE);
    if (last === undefined || one.address > last.address) last = one;
    builder.region(
      one.address,
      file.subarray(one.offset, one.offset + one.fileSize),
      one.memorySize,
      secinfo(one.flags),
    );
  }
  gap(Infinity);
  builder.layout(readLayout(metadata), metadata, 0);
  return builder.finish();
}
