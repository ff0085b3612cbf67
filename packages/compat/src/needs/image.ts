/** One module of a program, prepared for analysis: functions, pointers, references to data, features of all its code. */
import { mnemonicName, OP_REL } from "@isinglass/isa-x86";
import { type CodeRange, codeRanges, type Elf } from "../elf/elf.js";
import { type ElfSymbol, fileOffset, PT_LOAD } from "../elf/records.js";
import { Reader } from "./reader.js";
import { makeSlots, type Slot, unwindStarts } from "./slots.js";

const ET_EXEC = 2;
const STT_FUNC = 2;
const STT_OBJECT = 1;
export const STT_IFUNC = 10;

/** Entries of a table of structures: longer ones, in words, are no entries of which code names one. */
const LONGEST_ENTRY = 16;
/** Names of libraries and functions are shorter. */
const LONGEST_TEXT = 256;

/** Sorted numbers: the last that is not above `value`, as an index; -1 if there is none. */
export function floorIndex(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export class Image {
  readonly elf: Elf;
  readonly path: string;
  /** ET_EXEC: the linker knew all addresses, so that they stand in instructions and data without relocations. */
  readonly fixed: boolean;
  /** Starts of functions, sorted: unwind table, symbols, code sections. */
  readonly starts: number[];
  readonly slots: ReadonlyMap<number, Slot>;
  readonly slotAddresses: readonly number[];
  /** Where pieces of data begin, as far as something refers to them. */
  readonly boundaries: readonly number[];
  /** Functions by the data that they refer to: parallel arrays, sorted by address. */
  readonly refs: readonly (readonly [address: number, fn: number])[];
  /** Functions that directly call another, by its address. */
  readonly callers: ReadonlyMap<number, ReadonlySet<number>>;
  /** Functions with CPUID or XGETBV in them. */
  readonly probing: ReadonlySet<number>;
  /** Features of all decodable code, without regard to whether it is reached: feature to the first address. */
  readonly all: ReadonlyMap<string, number>;
  /** Share of functions that have an instruction beyond the baseline. */
  readonly extendedShare: number;
  readonly exports: ReadonlyMap<string, readonly ElfSymbol[]>;
  readonly instructions: number;
  readonly #stubs: ReadonlyMap<number, number>;
  /** By file offset: 1 where an instruction begins; only for files with a fixed address. */
  readonly #begins: Uint8Array;
  readonly #low: number;
  readonly #high: number;
  readonly #code: readonly CodeRange[];
  readonly #codeStarts: readonly number[];

  constructor(elf: Elf, path: string) {
    this.elf = elf;
    this.path = path;
    this.#code = apart(codeRanges(elf));
    this.#codeStarts = this.#code.map((range) => range.address);
    this.fixed = elf.type === ET_EXEC;
    this.#begins = new Uint8Array(this.fixed ? elf.data.length : 0);
    const loads = elf.segments.filter((s) => s.type === PT_LOAD && s.memorySize > 0);
    this.#low = loads.reduce((low, s) => Math.min(low, s.address), Infinity);
    this.#high = loads.reduce((high, s) => Math.max(high, s.address + s.memorySize), 0);
    this.slots = this.fixed ? this.#addFixedPointers(makeSlots(elf)) : makeSlots(elf);
    this.slotAddresses = [...this.slots.keys()].toSorted((a, b) => a - b);
    const starts = new Set<number>(this.#code.map((r) => r.address));
    for (const start of unwindStarts(elf)) if (this.isCode(start)) starts.add(start);
    for (const s of elf.dynamic.symbols) {
      if (s.defined && (s.type === STT_FUNC || s.type === STT_IFUNC) && this.isCode(s.address)) starts.add(s.address);
    }
    if (this.isCode(elf.entry)) starts.add(elf.entry);
    const exports = new Map<string, ElfSymbol[]>();
    for (const s of elf.dynamic.symbols) {
      if (!s.defined || s.name === "" || s.binding === 0) continue;
      const list = exports.get(s.name);
      if (list === undefined) exports.set(s.name, [s]);
      else list.push(s);
    }
    this.exports = exports;
    const scan = this.#scan([...starts].toSorted((a, b) => a - b));
    // Assembler functions are in no table: what is called is a function too.
    for (const [target] of scan.calls) if (this.isCode(target)) starts.add(target);
    this.starts = [...starts].toSorted((a, b) => a - b);
    this.refs = scan.refs
      .map(([target, address]) => [target, this.functionOf(address)] as const)
      .toSorted((a, b) => a[0] - b[0]);
    this.#stubs = scan.stubs;
    const callers = new Map<number, Set<number>>();
    for (const [called, address] of scan.calls) {
      const target = this.throughStub(called);
      const set = callers.get(target) ?? new Set<number>();
      callers.set(target, set.add(this.functionOf(address)));
    }
    this.callers = callers;
    this.probing = new Set(scan.probes.map((address) => this.functionOf(address)));
    this.all = scan.all;
    const beyond = new Set(scan.beyond.map((address) => this.functionOf(address)));
    this.extendedShare = beyond.size / Math.max(1, this.starts.length);
    this.instructions = scan.instructions;
    this.boundaries = boundariesOf(this, scan.refs);
  }

  /** Where a call goes: through a stub of the procedure linkage table to a function of the same file, else the address itself. */
  throughStub(target: number): number {
    const address = this.#stubs.get(target);
    const slot = address === undefined ? undefined : this.slots.get(address);
    if (slot?.kind === "pointer") return slot.target;
    if (slot?.kind !== "symbol") return target;
    return this.exports.get(slot.symbol.name)?.[0]?.address ?? target;
  }

  /** Whether an address lies between the first and the last byte that is loaded. */
  isLoaded(address: number): boolean {
    return address >= this.#low && address < this.#high && address > 0;
  }

  /** Whether an instruction begins there, in a file with a fixed address. */
  beginsInstruction(address: number): boolean {
    return this.#begins[this.locate(address)[0]] === 1;
  }

  /** Words of data that look like addresses of the file: nothing else tells the pointers of a file with a fixed address. */
  #addFixedPointers(slots: Map<number, Slot>): Map<number, Slot> {
    const { data, segments } = this.elf;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let end = 0;
    // The same bytes are read once, however many headers name them.
    for (const s of segments.filter((each) => each.type === PT_LOAD).toSorted((a, b) => a.offset - b.offset)) {
      const stop = Math.min(s.offset + s.fileSize, data.length);
      const begin = Math.max(s.offset, end);
      const misaligned = (s.address + begin - s.offset) % 8;
      for (let at = begin + (misaligned === 0 ? 0 : 8 - misaligned); at + 8 <= stop; at += 8) {
        const target = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
        if (!this.isLoaded(target)) continue;
        const address = s.address + at - s.offset;
        if (!slots.has(address) && !this.isCode(address)) slots.set(address, { kind: "pointer", target, guess: true });
      }
      end = Math.max(end, stop);
    }
    return slots;
  }

  #rangeOf(address: number): CodeRange | undefined {
    const range = this.#code[floorIndex(this.#codeStarts, address)];
    return range !== undefined && address < range.address + range.size ? range : undefined;
  }

  isCode(address: number): boolean {
    return this.#rangeOf(address) !== undefined;
  }

  /** File offset of a code address and the end of its range; [-1, -1] outside of code. */
  locate(address: number): readonly [offset: number, end: number] {
    const r = this.#rangeOf(address);
    return r === undefined ? [-1, -1] : [address - r.address + r.offset, r.offset + r.size];
  }

  functionOf(address: number): number {
    return this.starts[floorIndex(this.starts, address)] ?? address;
  }

  functionEnd(address: number): number {
    const next = this.starts[floorIndex(this.starts, address) + 1];
    const range = this.#rangeOf(address);
    const end = range === undefined ? address : range.address + range.size;
    return next === undefined ? end : Math.min(next, end);
  }

  /** Begin and end of the piece of data that an address is in. */
  object(address: number): readonly [start: number, end: number] {
    const index = floorIndex(this.boundaries, address);
    const start = index < 0 ? address : this.boundaries[index]!;
    return [start, this.boundaries[index + 1] ?? start + 4096];
  }

  /** The word that the loader fills that a call goes through, itself or by a stub of the procedure linkage table. */
  slotOfCall(target: number): number | undefined {
    return this.slots.has(target) ? target : this.#stubs.get(target);
  }

  /**
   * Whether the piece of data that begins there may be more of the one before it: a table of which something names the middle, or a field
   * that is also used by itself. Words on both sides that the loader fills are taken for entries of one table, and so are structures:
   * a stretch before it and one behind it that look alike.
   */
  continues(boundary: number): boolean {
    if (this.slots.has(boundary) && this.slots.has(boundary - 8)) return true;
    for (let words = 2; words <= LONGEST_ENTRY; words += 1) {
      let filled = false;
      let alike = true;
      for (let i = 0; i < words && alike; i += 1) {
        const here = this.slots.has(boundary + 8 * i);
        filled ||= here;
        alike = here === this.slots.has(boundary + 8 * (i - words));
      }
      if (alike && filled) return true;
    }
    return false;
  }

  /** A signed 32-bit value in the file; undefined outside of it. */
  word32(address: number): number | undefined {
    const offset = fileOffset(this.elf.segments, address);
    if (offset < 0 || offset + 4 > this.elf.data.length) return undefined;
    const d = this.elf.data;
    return d[offset]! | (d[offset + 1]! << 8) | (d[offset + 2]! << 16) | (d[offset + 3]! << 24);
  }

  /** Printable text up to a zero byte; undefined where there is none. */
  text(address: number): string | undefined {
    const offset = fileOffset(this.elf.segments, address);
    if (offset < 0) return undefined;
    const bytes = this.elf.data.subarray(offset, offset + LONGEST_TEXT);
    const text = String.fromCharCode(...bytes.subarray(0, Math.max(0, bytes.indexOf(0))));
    return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
  }

  /** Name of a place for a reader: a symbol where one is near, else the address. */
  describe(address: number): string {
    let best: ElfSymbol | undefined;
    for (const s of this.elf.dynamic.symbols) {
      if (s.defined && s.address <= address && address < s.address + Math.max(s.size, 1)) best = s;
    }
    const where =
      best === undefined
        ? ""
        : ` (${best.name}${address === best.address ? "" : `+0x${(address - best.address).toString(16)}`})`;
    return `0x${address.toString(16)}${where}`;
  }

  /** One pass over all code in a row; what it finds is put down to functions when all of these are known. */
  #scan(known: readonly number[]): Scan {
    const reader = new Reader();
    const refs: (readonly [number, number])[] = [];
    const calls: (readonly [number, number])[] = [];
    const probes: number[] = [];
    const beyond: number[] = [];
    const stubs = new Map<number, number>();
    const all = new Map<string, number>();
    let instructions = 0;
    let next = 0;
    for (const range of this.#code) {
      const end = range.offset + range.size;
      for (let at = range.offset; at < end;) {
        const address = range.address + at - range.offset;
        const length = reader.at(this.elf.data, at, end);
        // Data between functions can be mistaken for an instruction that reaches into the next one: there it begins anew.
        while (next < known.length && known[next]! <= address) next += 1;
        const over = next < known.length && known[next]! < address + Math.max(length, 1);
        if (over || length === 0) {
          at += over ? known[next]! - address : 1;
          continue;
        }
        instructions += 1;
        if (this.fixed) this.#begins[at] = 1;
        at += length;
        for (const need of reader.needs) if (!all.has(need)) all.set(need, address);
        if (reader.needs.length > 0) beyond.push(address);
        if (reader.extended) continue;
        const target = reader.ripTarget(address, length);
        if (target >= 0 && !this.isCode(target)) refs.push([target, address]);
        const absolute = reader.absolute(this);
        if (absolute >= 0 && !this.isCode(absolute)) refs.push([absolute, address]);
        const name = mnemonicName(reader.insn.mnemonic);
        if (name === "jmp" && target >= 0 && this.slots.has(target)) {
          stubs.set(address, target);
          // ENDBR64 stands before it where the file is built for CET.
          if (this.elf.data[at - length - 4] === 0xf3 && this.elf.data[at - length - 1] === 0xfa)
            stubs.set(address - 4, target);
        }
        if (name === "cpuid" || name === "xgetbv") probes.push(address);
        else if (name === "call" && reader.insn.opKind[0] === OP_REL)
          calls.push([address + length + reader.insn.immLo, address]);
      }
    }
    return { refs, calls, probes, beyond, stubs, all, instructions };
  }
}

interface Scan {
  /** Referred-to data and the instruction that refers to it. */
  readonly refs: readonly (readonly [target: number, address: number])[];
  readonly calls: readonly (readonly [target: number, address: number])[];
  readonly probes: readonly number[];
  readonly beyond: readonly number[];
  readonly stubs: ReadonlyMap<number, number>;
  readonly all: ReadonlyMap<string, number>;
  readonly instructions: number;
}

/** By address, without those that overlap one before them: only hostile headers put two pieces of a file at one place. */
function apart(ranges: readonly CodeRange[]): CodeRange[] {
  const out: CodeRange[] = [];
  let end = -Infinity;
  for (const range of ranges.toSorted((a, b) => a.address - b.address)) {
    if (range.address < end) continue;
    out.push(range);
    end = range.address + range.size;
  }
  return out;
}

/** Begins of pieces of data: whatever something refers to. */
function boundariesOf(image: Image, refs: Scan["refs"]): number[] {
  const out = new Set<number>(refs.map(([target]) => target));
  for (const slot of image.slots.values())
    if (slot.kind === "pointer" && !image.isCode(slot.target)) out.add(slot.target);
  for (const s of image.elf.dynamic.symbols) if (s.defined && s.type === STT_OBJECT) out.add(s.address);
  return [...out].toSorted((a, b) => a - b);
}
