import { IsinglassError } from "@isinglass/interface";
import { Reader } from "../reader.js";

/** A segment of an ELF file that is loaded. */
export interface LoadSegment {
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** What of a 64-bit ELF file makes an enclave. */
export interface EnclaveElf {
  readonly file: Uint8Array;
  readonly entry: number;
  readonly loads: readonly LoadSegment[];
  readonly tls:
    | { readonly address: number; readonly fileSize: number; readonly memorySize: number; readonly align: number }
    | undefined;
  /** Sections by name. */
  readonly sections: ReadonlyMap<
    string,
    { readonly address: number; readonly data: Uint8Array; readonly size: number; readonly align: number }
  >;
}

function bad(message: string, offset = 0): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_ELF", `enclave: ${message}`, { offset });
}

const PT_LOAD = 1;
const PT_TLS = 7;
const SHT_NOBITS = 8;
const MOST = 1024;
/** Addresses above this are not those of an enclave's file. */
const LARGEST = 2 ** 36;

function small(value: bigint, what: string): number {
  if (value > BigInt(LARGEST)) throw bad(`${what} is 0x${value.toString(16)}`);
  return Number(value);
}

/**
 * Reads an enclave's ELF file (gABI, x86-64 psABI).
 *
 * @throws IsinglassError `ISG_SGX_BAD_ELF`, `ISG_ENCLAVE_TRUNCATED`
 */
export function parseEnclaveElf(file: Uint8Array): EnclaveElf {
  const reader = new Reader(file, "ELF file");
  const ident = reader.take(16, "the identification");
  if (
    ident[0] !== 0x7f ||
    ident[1] !== 0x45 ||
    ident[2] !== 0x4c ||
    ident[3] !== 0x46 ||
    ident[4] !== 2 ||
    ident[5] !== 1
  )
    throw bad("it is no 64-bit little-endian ELF file");
  reader.u16("the type");
  if (reader.u16("the machine") !== 62) throw bad("it is not for x86-64", 18);
  reader.u32("the version");
  const entry = small(reader.u64("the entry"), "the entry");
  const programs = small(reader.u64("the program headers"), "the place of the program headers");
  const sectionsAt = small(reader.u64("the section headers"), "the place of the section headers");
  reader.seek(54, "the sizes");
  if (reader.u16("the size of a program header") !== 56) throw bad("program headers of another size than 56", 54);
  const programCount = reader.u16("the count of program headers");
  reader.u16("the size of a section header");
  const sectionCount = reader.u16("the count of section headers");
  const names = reader.u16("the section of names");
  if (programCount > MOST || sectionCount > MOST)
    throw bad(`${programCount} program headers, ${sectionCount} sections`);
  const loads: LoadSegment[] = [];
  let tls: EnclaveElf["tls"];
  for (let i = 0; i < programCount; i += 1) {
    reader.seek(programs + 56 * i, `program header ${i}`);
    const type = reader.u32("a type");
    const flags = reader.u32("flags");
    const offset = small(reader.u64("an offset"), "an offset");
    const address = small(reader.u64("an address"), "an address");
    reader.u64("a physical address");
    const fileSize = small(reader.u64("a size"), "a size");
    const memorySize = small(reader.u64("a size"), "a size");
    const align = small(reader.u64("an alignment"), "an alignment");
    if (type !== PT_LOAD && type !== PT_TLS) continue;
    if (fileSize > memorySize || offset + fileSize > file.length)
      throw bad(`segment ${i} does not fit the file`, offset);
    if (type === PT_LOAD) loads.push({ flags, offset, address, fileSize, memorySize });
    else tls = { address, fileSize, memorySize, align };
  }
  const raw = Array.from({ length: sectionCount }, (_, i) => {
    reader.seek(sectionsAt + 64 * i, `section header ${i}`);
    const name = reader.u32("a name");
    const type = reader.u32("a type");
    reader.u64("flags");
    const address = reader.u64("an address");
    const offset = small(reader.u64("an offset"), "an offset");
    const size = small(reader.u64("a size"), "a size");
    reader.u64("links");
    const align = reader.u64("an alignment");
    if (type !== SHT_NOBITS && offset + size > file.length) throw bad(`section ${i} ends after the file`, offset);
    return {
      name,
      address: Number(address),
      size,
      align: Number(align),
      data: type === SHT_NOBITS ? new Uint8Array(0) : file.subarray(offset, offset + size),
    };
  });
  const table = raw[names]?.data ?? new Uint8Array(0);
  const sections = new Map(raw.map((one) => [text(table, one.name), one] as const));
  return { file, entry, loads, tls, sections };
}

/** Zero-terminated text in a table of names, its first letters. What follows is not searched: names may all lie in one table without an end. */
export function text(table: Uint8Array, at: number, most = 256): string {
  const part = table.subarray(at, at + most);
  const end = part.indexOf(0);
  return String.fromCharCode(...(end < 0 ? part : part.subarray(0, end)));
}

/** Most symbols that are looked at; enclaves export a few, and those first. */
const MOST_SYMBOLS = 2 ** 16;

/** Values of the symbols in `.dynsym` with these names. */
export function dynamicSymbols(elf: EnclaveElf, wanted: readonly string[]): Map<string, number> {
  const symbols = elf.sections.get(".dynsym")?.data ?? new Uint8Array(0);
  const names = elf.sections.get(".dynstr")?.data ?? new Uint8Array(0);
  const reader = new Reader(symbols, "symbol table");
  const longest = Math.max(...wanted.map((one) => one.length));
  const out = new Map<string, number>();
  if (symbols.length > 24 * MOST_SYMBOLS)
    throw bad(`${Math.floor(symbols.length / 24)} symbols; at most ${MOST_SYMBOLS} are taken`);
  while (reader.left >= 24) {
    const name = reader.u32("a name");
    reader.u32("its kind");
    const value = reader.u64("a value");
    reader.u64("a size");
    if (value > BigInt(LARGEST)) continue;
    const called = text(names, name, 1 + longest);
    if (wanted.includes(called)) out.set(called, Number(value));
  }
  return out;
}
