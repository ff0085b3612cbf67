import { OP, type Value } from "@isinglass/uops";
import { CALLS, OPERANDS, READS_STATE, ROOT, WRITES_STATE, isRoot, traitOf } from "./op-traits.js";
import { ASSIST, ASSIST_FIRST, DROPPED, GET, type RegionBuffer, RELATIVE, RELOAD, SET } from "./region-buffer.js";
import type { SlotTable } from "./slots.js";
import type { Translator } from "./translator.js";

/** What is kept of each value of a region: arrays that one region leaves to the next. */
export interface EmitterScratch {
  uses: Uint16Array;
  local: Int32Array;
  made: Int32Array;
}

/** In `local`: the value is computed where it is made, into a local that it does not have yet. */
export const KEPT = -2;

/** What is needed of a region's ops, and which values are computed where they are made. */
export class ValueUses {
  readonly #translator: Translator;
  readonly #buffer: RegionBuffer;
  readonly #slots: SlotTable;
  /** How often each op is used. */
  readonly uses: Uint16Array;
  /** The local that each value is in, -1: none, or {@link KEPT}. */
  readonly local: Int32Array;
  readonly #made: Int32Array;
  /** Slots of state read in each block. */
  readonly reads: readonly Uint8Array[];

  constructor(translator: Translator, slots: SlotTable, blocks: number, scratch: EmitterScratch) {
    this.#translator = translator;
    this.#buffer = translator.buffer;
    this.#slots = slots;
    const { count } = translator.buffer;
    if (scratch.uses.length < count) {
      scratch.uses = new Uint16Array(2 * count);
      scratch.local = new Int32Array(2 * count);
      scratch.made = new Int32Array(2 * count);
    }
    this.uses = scratch.uses;
    this.local = scratch.local;
    this.#made = scratch.made;
    this.uses.fill(0, 0, count);
    this.local.fill(-1, 0, count);
    this.reads = Array.from({ length: blocks }, () => new Uint8Array(slots.count));
    this.#countUses();
    this.#settleLeaves();
  }

  #countUses(): void {
    const buffer = this.#buffer;
    const gets = new Uint8Array(this.#translator.slotTypes.length);
    // A hub may come before jumps to it.
    if (this.#translator.edges.hubAddress >= 0) gets[this.#translator.edges.hubAddress] = 1;
    const use = (v: Value): void => {
      this.uses[v]! += 1;
    };
    for (let i = buffer.count - 1; i >= 0; i -= 1) {
      const code = buffer.op[i]!;
      if (code === DROPPED) continue;
      if (code === SET && buffer.x[i]! >= this.#slots.count && gets[buffer.x[i]!] === 0) {
        buffer.op[i] = DROPPED;
        continue;
      }
      if (!isRoot(code) && this.uses[i] === 0) continue;
      if (code === GET) {
        gets[buffer.x[i]!] = 1;
        if (buffer.x[i]! < this.#slots.count) this.reads[buffer.block[i]!]![buffer.x[i]!] = 1;
      }
      this.eachOperand(i, use);
    }
  }

  /** Notes which reads of slots are used after the slot was set again: those are copied when they are made. */
  #settleLeaves(): void {
    const buffer = this.#buffer;
    const version = new Int32Array(this.#translator.slotTypes.length);
    const made = this.#made;
    let memory = 0;
    const check = (v: Value): void => {
      const code = buffer.op[v]!;
      if (code === GET) {
        if (made[v] !== version[buffer.x[v]!]) this.local[v] = KEPT;
      } else if ((traitOf(code) & READS_STATE) !== 0) {
        if (made[v] !== memory) this.local[v] = KEPT;
      } else if (!this.isKept(v)) this.eachOperand(v, check);
    };
    for (let i = 0; i < buffer.count; i += 1) {
      const code = buffer.op[i]!;
      if (code === DROPPED) continue;
      const trait = traitOf(code);
      const acts = (trait & ROOT) !== 0;
      if (!acts && this.uses[i] === 0) continue;
      if (acts || this.isKept(i)) this.eachOperand(i, check);
      if (code === GET) made[i] = version[buffer.x[i]!]!;
      else if (code === SET || code === RELOAD) version[buffer.x[i]!]! += 1;
      else if (code === ASSIST || code === ASSIST_FIRST) {
        memory += 1;
        for (let slot = 0; slot < this.#slots.count; slot += 1) version[slot]! += 1;
      } else if ((trait & (WRITES_STATE | CALLS)) !== 0) memory += 1;
      else if ((trait & READS_STATE) !== 0) made[i] = memory;
    }
  }

  /** Whether a value is computed where it is made, into a local. */
  isKept(v: Value): boolean {
    if (this.local[v] === KEPT) return true;
    const code = this.#buffer.op[v]!;
    if (code === GET || code === RELATIVE || code === OP.constI32 || code === OP.constI64) return false;
    if (isRoot(code)) return true;
    return this.uses[v]! > 1;
  }

  eachOperand(i: Value, visit: (v: Value) => void): void {
    const { op, a, b, c, y, extra } = this.#buffer;
    const trait = traitOf(op[i]!);
    if ((trait & CALLS) !== 0) {
      for (let k = 0; k < y[i]!; k += 1) visit(extra[c[i]! + k]!);
      return;
    }
    const length = trait & OPERANDS;
    if (length > 0) visit(a[i]!);
    if (length > 1) visit(b[i]!);
    if (length > 2) visit(c[i]!);
  }
}
