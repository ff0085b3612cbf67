/** Walks one function: every instruction that can be reached from an address in it, and under which guards. */
import { MEM_NONE, mnemonicName, OP_MEM, OP_REG, OP_REL, RC_GPR64 } from "@isinglass/isa-x86";
import { type Image, Reader } from "./image.js";
import { Taint } from "./taint.js";

/** How sure it is that code is executed on any CPU: 3 without a guard, 2 behind a test that was not understood, 1 behind a guard. */
export type Reach = 1 | 2 | 3;

export const REQUIRED = 3;
export const OPEN = 2;
export const GUARDED = 1;

/** What a walk tells; the caller decides what becomes of it. */
export interface Visitor {
  /** An instruction that needs a feature. */
  needs(address: number, features: readonly string[], silent: readonly string[], reach: Reach): void;
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
  /** Jumps to a computed address of which no table was found. */
  unresolved: number;
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

const SILENT: Visitor = {
  needs: () => undefined,
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
  const walk = { looks: false, returns: false, unresolved: 0, informed: false };
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
  while (work.length > 0) {
    const state = work.pop()!;
    let now = work.pop()! as Reach;
    let address = work.pop()!;
    taint.reset(state & 0xffff, (state >>> 16) & 0xffff);
    pointers.fill(-1);
    let afterCall = false;
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
      if (length === 0) break;
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
        if (relative >= 0) add(relative, now, taint.registers | (taint.inverted << 16));
        else if (target >= 0) visitor.slot(target, now, "jump");
        else walk.unresolved += 1;
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
          if (name === "lea")
            readTable(image, target, start, stop, (to) => add(to, now, taint.registers | (taint.inverted << 16)));
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
      if (
        insn.opKind[0] === OP_REG &&
        insn.opClass[0] === RC_GPR64 &&
        name !== "test" &&
        name !== "cmp" &&
        name !== "push"
      ) {
        const copied = name === "mov" && insn.opKind[1] === OP_REG ? pointers[insn.opReg[1]! & 15]! : -1;
        pointers[insn.opReg[0]! & 15] = name === "lea" && target >= 0 && !image.isCode(target) ? target : copied;
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

/** A table of 32-bit distances from itself, as compilers make them for switches: each target inside of the function. */
function readTable(image: Image, table: number, start: number, stop: number, found: (target: number) => void): void {
  const [, end] = image.object(table);
  for (let i = 0; i < LONGEST_TABLE && table + 4 * i < end; i += 1) {
    const distance = image.word32(table + 4 * i);
    if (distance === undefined) return;
    const target = table + distance;
    if (target < start || target >= stop) return;
    found(target);
  }
}
