/** One module of a program, prepared for analysis: functions, pointers, references to data, features of all its code. */
import { decode, Instruction, MEM_NONE, MEM_RIP, mnemonicName, OP_IMM, OP_MEM, OP_REL } from "@isinglass/isa-x86";
import { codeRanges, type Elf } from "../elf/elf.js";
import { type ElfSymbol, fileOffset, PT_LOAD } from "../elf/records.js";
import { readExtended } from "../isa/evex.js";
import { FORM_NEEDS, isBaseline } from "../isa/form-features.js";

/** What the loader puts into a word. */
export type Slot =
  | { readonly kind: "symbol"; readonly symbol: ElfSymbol; readonly addend: number }
  | { readonly kind: "pointer"; readonly target: number; readonly guess?: boolean }
  | { readonly kind: "resolver"; readonly target: number };

/** Relocation types of x86-64 (psABI, table 4.9). */
const R_64 = 1;
const R_GLOB_DAT = 6;
const R_JUMP_SLOT = 7;
const R_RELATIVE = 8;
const R_IRELATIVE = 37;
const R_COPY = 5;
const PT_GNU_EH_FRAME = 0x6474e550;
const ET_EXEC = 2;
const STT_FUNC = 2;
const STT_OBJECT = 1;
export const STT_IFUNC = 10;

/** Features of forms that fault without them, without the baseline's; one array for each form. */
const FAULTS: readonly (readonly string[])[] = /* @__PURE__ */ FORM_NEEDS.map((needs) =>
  needs.faults.filter((name) => !isBaseline(name)),
);
const SILENT: readonly (readonly string[])[] = /* @__PURE__ */ FORM_NEEDS.map((needs) =>
  needs.silent.filter((name) => !isBaseline(name)),
);
const NO_NEEDS: readonly string[] = [];

/** Reads one instruction: its length (0 where there is none) and what it needs. `insn` holds it unless `extended`. */
export class Reader {
  readonly insn: Instruction = new Instruction();
  extended: boolean = false;
  needs: readonly string[] = NO_NEEDS;
  silent: readonly string[] = NO_NEEDS;

  at(data: Uint8Array, offset: number, end: number): number {
    const length = decode(data, offset, end, 64, this.insn);
    this.extended = false;
    if (length > 0) {
      this.needs = FAULTS[this.insn.form]!;
      this.silent = SILENT[this.insn.form]!;
      return length;
    }
    const other = readExtended(data, offset, end);
    if (other === undefined) return 0;
    this.extended = true;
    this.needs = other.features;
    this.silent = NO_NEEDS;
    return other.length;
  }

  /** The address that RIP-relative memory refers to; -1 if the instruction has none. */
  ripTarget(address: number, length: number): number {
    if (this.extended || this.insn.memBase !== MEM_RIP || this.insn.memIndex !== MEM_NONE) return -1;
    return address + length + this.insn.dispLo;
  }

  /** The address that an instruction of a file with a fixed address holds as a displacement or an immediate; -1 if it holds none. */
  absolute(image: Image): number {
    if (!image.fixed || this.extended) return -1;
    const { insn } = this;
    for (let i = 0; i < insn.operandCount; i += 1) {
      const kind = insn.opKind[i];
      if (kind === OP_MEM && insn.memBase !== MEM_RIP && image.isLoaded(insn.dispLo)) return insn.dispLo;
      if (kind === OP_IMM && insn.immHi === 0 && image.isLoaded(insn.immLo)) return insn.immLo;
    }
    return -1;
  }
}

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
  readonly #code: readonly { readonly address: number; readonly offset: number; readonly size: number }[];

  constructor(elf: Elf, path: string) {
    this.elf = elf;
    this.path = path;
    this.#code = codeRanges(elf).toSorted((a, b) => a.address - b.address);
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

  isCode(address: number): boolean {
    for (const range of this.#code) if (address >= range.address && address < range.address + range.size) return true;
    return false;
  }

  /** File offset of a code address and the end of its range; [-1, -1] outside of code. */
  locate(address: number): readonly [offset: number, end: number] {
    for (const r of this.#code) {
      if (address >= r.address && address < r.address + r.size)
        return [address - r.address + r.offset, r.offset + r.size];
    }
    return [-1, -1];
  }

  functionOf(address: number): number {
    return this.starts[floorIndex(this.starts, address)] ?? address;
  }

  functionEnd(address: number): number {
    const next = this.starts[floorIndex(this.starts, address) + 1];
    const range = this.#code.find((r) => address >= r.address && address < r.address + r.size);
    const end = range === undefined ? address : range.address + range.size;
    return next === undefined ? end : Math.min(next, end);
  }

  /** Begin and end of the piece of data that an address is in. */
  object(address: number): readonly [start: number, end: number] {
    const index = floorIndex(this.boundaries, address);
    const start = index < 0 ? address : this.boundaries[index]!;
    return [start, this.boundaries[index + 1] ?? start + 4096];
  }

  /** A signed 32-bit value in the file; undefined outside of it. */
  word32(address: number): number | undefined {
    const offset = fileOffset(this.elf.segments, address);
    if (offset < 0 || offset + 4 > this.elf.data.length) return undefined;
    const d = this.elf.data;
    return d[offset]! | (d[offset + 1]! << 8) | (d[offset + 2]! << 16) | (d[offset + 3]! << 24);
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

/** Begins of pieces of data: whatever something refers to. */
function boundariesOf(image: Image, refs: Scan["refs"]): number[] {
  const out = new Set<number>(refs.map(([target]) => target));
  for (const slot of image.slots.values())
    if (slot.kind === "pointer" && !image.isCode(slot.target)) out.add(slot.target);
  for (const s of image.elf.dynamic.symbols) if (s.defined && s.type === STT_OBJECT) out.add(s.address);
  return [...out].toSorted((a, b) => a - b);
}

function makeSlots(elf: Elf): Map<number, Slot> {
  const slots = new Map<number, Slot>();
  for (const r of elf.dynamic.relocations) {
    const symbol = elf.dynamic.symbols[r.symbol];
    if (r.type === R_RELATIVE) slots.set(r.address, { kind: "pointer", target: r.addend });
    else if (r.type === R_IRELATIVE) slots.set(r.address, { kind: "resolver", target: r.addend });
    else if (
      (r.type === R_GLOB_DAT || r.type === R_JUMP_SLOT || r.type === R_64 || r.type === R_COPY) &&
      symbol !== undefined
    )
      slots.set(r.address, { kind: "symbol", symbol, addend: r.type === R_64 ? r.addend : 0 });
  }
  const view = new DataView(elf.data.buffer, elf.data.byteOffset, elf.data.byteLength);
  for (const address of elf.dynamic.relative) {
    const offset = fileOffset(elf.segments, address);
    if (offset < 0 || offset + 8 > elf.data.length) continue;
    slots.set(address, {
      kind: "pointer",
      target: view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
    });
  }
  return slots;
}

/** Function starts of the binary search table of .eh_frame_hdr (LSB Core, "The .eh_frame_hdr section"), in its usual encoding. */
function unwindStarts(elf: Elf): number[] {
  const header = elf.segments.find((s) => s.type === PT_GNU_EH_FRAME);
  if (header === undefined || header.fileSize < 12 || header.offset + header.fileSize > elf.data.length) return [];
  const view = new DataView(elf.data.buffer, elf.data.byteOffset + header.offset, header.fileSize);
  // Version 1; pointer pc-relative sdata4, count udata4, table data-relative sdata4.
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 0x1b || view.getUint8(2) !== 0x03 || view.getUint8(3) !== 0x3b)
    return [];
  const count = Math.min(view.getUint32(8, true), Math.floor((header.fileSize - 12) / 8));
  return Array.from({ length: count }, (_, i) => header.address + view.getInt32(12 + i * 8, true));
}
