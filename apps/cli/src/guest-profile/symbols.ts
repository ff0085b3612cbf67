import { IsinglassError } from "@isinglass/interface";

/** Functions of a guest by address. */
export interface SymbolTable {
  /** Ascending. */
  readonly addresses: readonly bigint[];
  readonly names: readonly string[];
  readonly byName: ReadonlyMap<string, bigint>;
}

const TEXT_TYPES = "tTwW";
const ELF_MAGIC = 0x464c457f;
const SECTION_SYMTAB = 2;
const SYMBOL_FUNCTION = 2;
/** A function that nothing follows ends at most so far from its start. */
const LONGEST_FUNCTION = 0x10000n;

function table(found: (readonly [bigint, string])[], what: string): SymbolTable {
  if (found.length === 0)
    throw new IsinglassError(
      "ISG_CLI_SYMBOLS",
      `--symbols ${what}: no function in it; a System.map, /proc/kallsyms read by root, or a vmlinux with symbols is right`,
    );
  found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const byName = new Map<string, bigint>();
  for (const [address, name] of found) if (!byName.has(name)) byName.set(name, address);
  return { addresses: found.map(([address]) => address), names: found.map(([, name]) => name), byName };
}

/** Lines "address type name" as in System.map and /proc/kallsyms (man 1 nm has the types). */
function fromText(text: string, what: string): SymbolTable {
  const found: (readonly [bigint, string])[] = [];
  let zeros = 0;
  for (const line of text.split("\n")) {
    const [, address = "", type = "", name = "", module] =
      /^([\da-f]{8,16}) (\w) (\S+)(?:\s+\[(\S+)\])?$/i.exec(line) ?? [];
    if (name === "" || !TEXT_TYPES.includes(type)) continue;
    const value = BigInt(`0x${address}`);
    if (value === 0n) zeros += 1;
    else found.push([value, module === undefined ? name : `${name} [${module}]`]);
  }
  if (found.length === 0 && zeros > 0)
    throw new IsinglassError(
      "ISG_CLI_SYMBOLS",
      `--symbols ${what}: all addresses are 0; /proc/kallsyms shows them to root only, after echo 0 > /proc/sys/kernel/kptr_restrict`,
    );
  return table(found, what);
}

/** Functions of the symbol table of an ELF file (System V ABI, chapter 4), 32 or 64 bits. */
function fromElf(bytes: Uint8Array, what: string): SymbolTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const is64 = bytes[4] === 2;
  const word = (at: number): number => (is64 ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true));
  const found: (readonly [bigint, string])[] = [];
  const decoder = new TextDecoder("latin1");
  try {
    const sections = word(is64 ? 0x28 : 0x20);
    const size = view.getUint16(is64 ? 0x3a : 0x2e, true);
    const count = view.getUint16(is64 ? 0x3c : 0x30, true);
    const header = (n: number): number => sections + n * size;
    const field = (n: number, at64: number, at32: number): number => word(header(n) + (is64 ? at64 : at32));
    for (let n = 0; n < count; n += 1) {
      if (view.getUint32(header(n) + 4, true) !== SECTION_SYMTAB) continue;
      const strings = view.getUint32(header(n) + (is64 ? 0x28 : 0x18), true);
      const names = field(strings, 0x18, 0x10);
      const begin = field(n, 0x18, 0x10);
      const end = begin + field(n, 0x20, 0x14);
      for (let at = begin; at < end; at += is64 ? 24 : 16) {
        if ((view.getUint8(at + (is64 ? 4 : 12)) & 15) !== SYMBOL_FUNCTION) continue;
        const value = is64 ? view.getBigUint64(at + 8, true) : BigInt(view.getUint32(at + 4, true));
        if (value === 0n) continue;
        const name = names + view.getUint32(at, true);
        found.push([value, decoder.decode(bytes.subarray(name, bytes.indexOf(0, name)))]);
      }
    }
  } catch (problem) {
    if (problem instanceof RangeError)
      throw new IsinglassError("ISG_CLI_SYMBOLS", `--symbols ${what}: the ELF file is cut: a table lies outside it`);
    throw problem;
  }
  return table(found, what);
}

/** Reads a System.map, a copy of /proc/kallsyms, or an ELF file with symbols; throws ISG_CLI_SYMBOLS with one clear line. */
export function readSymbols(bytes: Uint8Array, what: string): SymbolTable {
  const isElf = bytes.length > 64 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === ELF_MAGIC;
  return isElf ? fromElf(bytes, what) : fromText(new TextDecoder("latin1").decode(bytes), what);
}

/** The function that an address lies in, or undefined. */
export function functionAt({ addresses, names }: SymbolTable, address: bigint): string | undefined {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (addresses[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return undefined;
  return address - addresses[low - 1]! < LONGEST_FUNCTION ? names[low - 1] : undefined;
}
