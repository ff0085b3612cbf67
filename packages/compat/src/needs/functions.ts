/** Walks one function: every instruction that can be reached from an address in it, and under which guards. */
import { FORMS, MEM_NONE, mnemonicName, OP_MEM, OP_REG, OP_REL, RC_GPR32, RC_GPR64 } from "@isinglass/isa-x86";
import type { Image } from "./image.js";
import { Reader } from "./reader.js";
import { isGpr, Taint } from "./taint.js";

/** How sure it is that code is executed on any CPU: 3 without a guard, 2 behind a test that was not understood, 1 behind a guard. */
export type Reach = 1 | 2 | 3;

export const REQUIRED = 3;
export const OPEN = 2;
export const GUARDED = 1;

/** What a walk tells; the caller decides what becomes of it. */
export interface Visitor {
  /** An instruction that needs a feature. */
  needs(address: number, features: readonly string[], silent: readonly string[], reach: Reach): void;
  /** Bytes that no decoder of ours knows. */
  unread(address: number, reach: Reach): void;
  /** A call through a word that the loader fills, with what RDI and RSI point to; -1 where that is not known. */
  imports(slot: number, address: number, reach: Reach, first: number, second: number): void;
  /** A call or jump out of the function, or a pointer to code that is taken. @returns whether what it returns is about the CPU */
  code(target: number, reach: Reach, how: "call" | "jump" | "pointer"): boolean;
  /** A word that the loader fills is called, jumped to or loaded. @returns the same */
  slot(address: number, reach: Reach, how: "call" | "jump" | "load"): boolean;
  /** Data that is referred to. */
  data(address: number, reach: Reach): void;
  /** Whether a variable says something about the CPU. */
  isVariable(address: number): boolean;
  /** Whether a function of this module, or what a word leads to, returns or is something about the CPU; nothing else happens. */
  knows(target: number): boolean;
  knowsSlot(address: number): boolean;
  /** Whether a function asks the CPU and may put the answer where it is told to. */
  fills(target: number): boolean;
  /** Something about the CPU, or anything in a function that asks about it, is stored to a variable. */
  store(address: number, about: boolean): void;
  /** A pointer to data is passed to a function. */
  passed(address: number, callee: number): void;
}

export interface Walk {
  /** The function branches, chooses or sets by what it knows about the CPU. */
  looks: boolean;
  /** It returns something about the CPU. */
  returns: boolean;
}

const JCC = /^j(o|no|b|nb|z|nz|be|nbe|s|ns|p|np|l|nl|le|nle|cxz|ecxz|rcxz)$/;
const ENDS = /^(ret|retf|iret|ud0|ud1|ud2|hlt|int3|jmpf|sysret|sysexit)$/;
/** Longer tables are something else. */
const LONGEST_TABLE = 4096;

/** Scratch that all walks share: one byte and one word for each address of the function. */
let reached: Uint8Array = new Uint8Array(1 << 16);
let tainted: Int32Array = new Int32Array(1 << 16);

/**
 * Walks the function from `entry`.
 *
 * @param reach of the entry
 */
export function walkFunction(image: Image, entry: number, reach: Reach, visitor: Visitor): Walk {
  const quiet: Visitor = {
    ...SILENT,
    isVariable: (address) => visitor.isVariable(address),
    code: (target, _, how) => how === "call" && visitor.knows(target),
    slot: (address) => visitor.knowsSlot(address),
    knows: (target) => visitor.knows(target),
    knowsSlot: (address) => visitor.knowsSlot(address),
    fills: (target) => visitor.fills(target),
  };
  // What is known where paths meet has to be complete before a branch is judged: a first pass only collects it.
  const taint = new Taint();
  const first = pass(image, entry, reach, quiet, false, taint);
  return pass(image, entry, reach, visitor, first.informed, taint);
}

/** A visitor that hears nothing and knows nothing. */
export const SILENT: Visitor = {
  needs: () => undefined,
  unread: () => undefined,
  imports: () => undefined,
  code: () => false,
  slot: () => false,
  data: () => undefined,
  isVariable: () => false,
  knows: () => false,
  knowsSlot: () => false,
  fills: () => false,
  store: () => undefined,
  passed: () => undefined,
};

function pass(
  image: Image,
  entry: number,
  reach: Reach,
  visitor: Visitor,
  seeded: boolean,
  taint: Taint,
): Walk & { informed: boolean } {
  const walk = { looks: false, returns: false, informed: false };
  const [offsetOfEntry, rangeEnd] = image.locate(entry);
  if (offsetOfEntry < 0) return walk;
  // The headers of a hostile file can put the last known start into other code: then the entry is all that is known.
  const known = image.functionOf(entry);
  const start = image.locate(known)[0] === offsetOfEntry - (entry - known) ? known : entry;
  const base = offsetOfEntry - (entry - start);
  const size = Math.max(0, Math.min(image.functionEnd(entry) - start, rangeEnd - base));
  const stop = start + size;
  if (reached.length < size) {
    reached = new Uint8Array(size * 2);
    tainted = new Int32Array(size * 2);
  }
  reached.fill(0, 0, size);
  if (!seeded) tainted.fill(0, 0, size);
  const data = image.elf.data;
  const reader = new Reader();
  const { insn } = reader;
  // Pending: address, reach, registers about the CPU (low half) and inverted ones (high half).
  const work: number[] = [entry, reach, 0];
  const add = (address: number, at: Reach, state: number): void => {
    const i = address - start;
    if (i < 0 || i >= size) {
      visitor.code(address, at, "jump");
      return;
    }
    if (reached[i]! < at || (!seeded && (state & ~tainted[i]!) !== 0)) work.push(address, at, state);
  };
  const pointers = new Float64Array(16);
  // Switches: jumps to a sum, and tables of distances that were found for them.
  const switches = new Set<number>();
  const tables = new Set<number>();
  let swept = false;
  for (;;) {
    if (work.length === 0) {
      // Where a switch's table was not found, any code of the function may be one of its cases.
      if (swept || switches.size <= tables.size) break;
      swept = true;
      const possible = Math.min(reach, OPEN) as Reach;
      for (const address of notReached(reader, data, reached, base, start, size)) add(address, possible, 0);
      continue;
    }
    const state = work.pop()!;
    let now = work.pop()! as Reach;
    let address = work.pop()!;
    taint.reset(state & 0xffff, (state >>> 16) & 0xffff);
    pointers.fill(-1);
    let afterCall = false;
    /** The register that the last instruction added to: -1 if it did not. */
    let sum = -1;
    for (;;) {
      const i = address - start;
      if (i < 0 || i >= size) {
        // Running into the next function: after a call it is one that does not return.
        if (!afterCall && i === size && image.isCode(address)) visitor.code(address, now, "jump");
        break;
      }
      const registers = taint.registers | (taint.inverted << 16);
      if (registers !== 0) walk.informed = true;
      if (reached[i]! >= now && (seeded || (registers & ~tainted[i]!) === 0)) break;
      now = Math.max(reached[i]!, now) as Reach;
      reached[i] = now;
      if (seeded) taint.join(tainted[i]!);
      else tainted[i]! |= registers;
      const offset = base + i;
      const length = reader.at(data, offset, rangeEnd);
      if (length === 0) {
        visitor.unread(address, now);
        break;
      }
      const next = address + length;
      if (reader.needs.length > 0 || reader.silent.length > 0) visitor.needs(address, reader.needs, reader.silent, now);
      if (reader.extended) {
        address = next;
        continue;
      }
      const name = mnemonicName(insn.mnemonic);
      const relative = insn.opKind[0] === OP_REL ? next + insn.immLo : -1;
      const target = reader.ripTarget(address, length);
      const absolute = reader.absolute(image);
      if (absolute >= 0) {
        if (!image.isCode(absolute)) visitor.data(absolute, now);
        else if (name === "mov" || name === "push") visitor.code(absolute, now, "pointer");
      }
      if (name === "call") {
        let returns = false;
        const slot = image.slotOfCall(relative >= 0 ? relative : target);
        if (slot !== undefined) visitor.imports(slot, address, now, pointers[7]!, pointers[6]!);
        if (relative >= 0) {
          for (const r of [7, 6, 2]) if (pointers[r]! >= 0) visitor.passed(pointers[r]!, relative);
          returns = visitor.code(relative, now, "call");
        } else if (target >= 0) returns = visitor.slot(target, now, "call");
        taint.call(returns, relative >= 0 && visitor.fills(relative));
        for (const r of [0, 1, 2, 6, 7, 8, 9, 10, 11]) pointers[r] = -1;
        afterCall = true;
        address = next;
        continue;
      }
      if (name === "jmp") {
        const slot = image.slotOfCall(relative >= 0 ? relative : target);
        // A stub's own jump says nothing of what is passed: its callers were heard.
        if (slot !== undefined && address - entry > 4) visitor.imports(slot, address, now, pointers[7]!, pointers[6]!);
        if (relative >= 0) add(relative, now, taint.registers | (taint.inverted << 16));
        else if (target >= 0) visitor.slot(target, now, "jump");
        else if (insn.opKind[0] === OP_REG && (insn.opReg[0]! & 15) === sum) switches.add(address);
        if ((taint.registers & 1) !== 0) walk.returns = true;
        break;
      }
      const condition = JCC.exec(name)?.[1];
      if (condition !== undefined || name.startsWith("loop")) {
        let taken = now;
        if (taint.flags !== "none" && condition !== undefined) {
          walk.looks = true;
          const meaning = taint.meaning(condition);
          if (meaning === "present") taken = GUARDED;
          else if (meaning === "absent") {
            add(relative, now, taint.registers | (taint.inverted << 16));
            now = GUARDED;
            address = next;
            afterCall = false;
            continue;
          } else {
            taken = Math.min(now, OPEN) as Reach;
            now = taken;
          }
        }
        add(relative, taken, taint.registers | (taint.inverted << 16));
        address = next;
        afterCall = false;
        continue;
      }
      if (ENDS.test(name)) {
        if (name === "ret" && (taint.registers & 1) !== 0) walk.returns = true;
        break;
      }
      if (name !== "nop") afterCall = false;
      if ((name.startsWith("cmov") || name.startsWith("set")) && taint.flags !== "none") walk.looks = true;
      let loaded = false;
      if (target >= 0) {
        if (image.isCode(target)) {
          if (name === "lea") visitor.code(target, now, "pointer");
        } else {
          loaded = visitor.isVariable(target);
          if (image.slots.has(target) && name !== "lea") loaded = visitor.slot(target, now, "load") || loaded;
          else visitor.data(target, now);
          if (name === "lea") {
            const found = readTable(image, target, start, stop, (to) =>
              add(to, now, taint.registers | (taint.inverted << 16)),
            );
            if (found > 0) tables.add(target);
          }
        }
      } else if (
        insn.memBase === MEM_NONE &&
        insn.memIndex === MEM_NONE &&
        hasMemory(insn.opKind, insn.operandCount) &&
        insn.dispLo > 0
      ) {
        loaded = visitor.isVariable(insn.dispLo);
      }
      const about = taint.step(insn, loaded);
      if (target >= 0 && hasStore(name) && insn.opKind[0] === OP_MEM) visitor.store(target, about);
      const written = isGpr(insn, 0) && (FORMS[insn.form]!.access[0]! & 2) !== 0 ? insn.opReg[0]! & 15 : -1;
      sum = name === "add" ? written : -1;
      if (written >= 0) {
        const wide = insn.opClass[0] === RC_GPR64 || insn.opClass[0] === RC_GPR32;
        const copied = name === "mov" && insn.opKind[1] === OP_REG ? pointers[insn.opReg[1]! & 15]! : -1;
        const named = name === "lea" ? target : name === "mov" ? absolute : -1;
        pointers[written] = !wide ? -1 : named >= 0 && !image.isCode(named) ? named : copied;
      }
      address = next;
    }
  }
  return walk;
}

function hasMemory(kinds: Uint8Array, count: number): boolean {
  for (let i = 0; i < count; i += 1) if (kinds[i] === OP_MEM) return true;
  return false;
}

/** Instructions that only read their first operand. */
function hasStore(name: string): boolean {
  return !/^(cmp|test|bt|push|call|jmp|prefetch.*|ldmxcsr|f(ld|add|mul|sub|div).*)$/.test(name);
}

/** Instructions of a function that no path led to, one after another; what is no instruction is passed over. */
function notReached(
  reader: Reader,
  data: Uint8Array,
  seen: Uint8Array,
  base: number,
  start: number,
  size: number,
): number[] {
  const out: number[] = [];
  for (let i = 0; i < size;) {
    const length = reader.at(data, base + i, base + size);
    if (seen[i] === 0 && length > 0) out.push(start + i);
    i += Math.max(1, length);
  }
  return out;
}

/**
 * A table of 32-bit distances from itself, as compilers make them for switches: each target inside of the function.
 *
 * @returns how many targets there are
 */
function readTable(image: Image, table: number, start: number, stop: number, found: (target: number) => void): number {
  const [, end] = image.object(table);
  let count = 0;
  for (; count < LONGEST_TABLE && table + 4 * count < end; count += 1) {
    const target = table + (image.word32(table + 4 * count) ?? NaN);
    if (!(target >= start && target < stop)) break;
    found(target);
  }
  return count;
}
