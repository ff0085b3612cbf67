import { CodeWriter } from "@isinglass/wasm";
import { I32, I64, V128, type ValueType } from "@isinglass/uops";
import { wasmType } from "../lower.js";
import { FIRST_LOCAL, TYPES_BEFORE, VCPU } from "./region-signature.js";
import type { SlotTable } from "./slots.js";

export const WIDE_LOAD: Readonly<Record<number, string>> = {
  [I32]: "i32.load",
  [I64]: "i64.load",
  [V128]: "v128.load",
};
export const WIDE_STORE: Readonly<Record<number, string>> = {
  [I32]: "i32.store",
  [I64]: "i64.store",
  [V128]: "v128.store",
};

/** A structure of one instruction: what was ready before it, and what some way through it has lost. */
interface Scope {
  readonly before: Uint8Array;
  readonly lost: Uint8Array;
}

/**
 * The locals of a region's function: those of slots, and which of these hold what memory holds; and locals for the values of one block. State
 * is in memory whenever the region can be left, so a slot is read where it is first wanted.
 */
export class SlotLocals {
  readonly code: CodeWriter = new CodeWriter(1024);
  /** Types of the locals after the parameters. */
  readonly types: number[] = [...TYPES_BEFORE];
  readonly #slots: SlotTable;
  readonly #slotTypes: readonly ValueType[];
  readonly #slotLocal: Int32Array;
  /** Slots read in each block. */
  readonly #reads: readonly Uint8Array[];
  readonly #temporaries: number[][] = Array.from({ length: V128 + 1 }, () => []);
  /** How many locals of each type the values of the block in hand have. */
  readonly taken: number[] = Array.from({ length: V128 + 1 }, () => 0);
  /** Slots whose local holds what memory holds: the others are read from memory when they are wanted. */
  ready: Uint8Array;
  /** The same on the way into each block that forward branches go to, where all of them agree. */
  readonly readyInto: (Uint8Array | undefined)[] = [];
  /** Structures of one instruction around the code being written. */
  scopes: Scope[] = [];
  /** Where the last local.set was written, and of what: a local.get right after it makes it a local.tee. */
  #setAt = -1;
  #setLocal = -1;

  constructor(slots: SlotTable, slotTypes: readonly ValueType[], reads: readonly Uint8Array[]) {
    this.#slots = slots;
    this.#slotTypes = slotTypes;
    this.#reads = reads;
    this.#slotLocal = new Int32Array(slotTypes.length).fill(-1);
    this.ready = new Uint8Array(slots.count);
  }

  newLocal(type: ValueType): number {
    this.types.push(wasmType(type));
    return FIRST_LOCAL + this.types.length - 2;
  }

  /** A local for a value of the block in hand. */
  temporary(type: ValueType): number {
    const have = this.#temporaries[type]!;
    const taken = this.taken[type]!;
    this.taken[type] = taken + 1;
    if (taken < have.length) return have[taken]!;
    const local = this.newLocal(type);
    have.push(local);
    return local;
  }

  localOfSlot(slot: number): number {
    let local = this.#slotLocal[slot]!;
    if (local < 0) local = this.#slotLocal[slot] = this.newLocal(this.#slotTypes[slot]!);
    return local;
  }

  setTo(local: number): void {
    this.#setAt = this.code.length;
    this.#setLocal = local;
    this.code.localSet(local);
  }

  getFrom(local: number): void {
    const { code } = this;
    const encoded = local < 128 ? 2 : 3;
    if (local === this.#setLocal && code.length === this.#setAt + encoded) {
      code.patch(this.#setAt, 0x22);
      this.#setAt = -1;
      return;
    }
    code.localGet(local);
  }

  /** Reads a slot of state from memory. */
  load(slot: number): void {
    this.code.localGet(VCPU).memory(WIDE_LOAD[this.#slots.types[slot]!]!, this.#slots.offsets[slot]!);
  }

  /** Whether a slot is read from memory where its local does not hold it. The tracked one is written where the region is left; others are locals of an instruction. */
  isState(slot: number): boolean {
    return slot < this.#slots.count && slot !== this.#slots.tracked;
  }

  slot(slot: number): void {
    const local = this.localOfSlot(slot);
    if (!this.isState(slot) || this.ready[slot] === 1) {
      this.getFrom(local);
      return;
    }
    this.load(slot);
    this.code.localTee(local);
    this.ready[slot] = 1;
  }

  openScope(): void {
    this.scopes.push({ before: this.ready.slice(), lost: new Uint8Array(this.#slots.count) });
  }

  /** The other arm begins where the first did. */
  otherArm(): void {
    this.ready.set(this.scopes.at(-1)!.before);
  }

  /** After a structure is ready what was before it, and has not been lost on any way through. */
  closeScope(): void {
    const { before, lost } = this.scopes.pop()!;
    const around = this.scopes.at(-1)?.lost;
    for (let slot = 0; slot < lost.length; slot += 1) {
      this.ready[slot] = before[slot]! & ~lost[slot]!;
      if (around !== undefined) around[slot]! |= lost[slot]!;
    }
  }

  lose(slot: number): void {
    this.ready[slot] = 0;
    const scope = this.scopes.at(-1);
    if (scope !== undefined) scope.lost[slot] = 1;
  }

  /** Reads before a small loop what it reads: within it that stays in locals. */
  readAhead(members: ReadonlySet<number>): void {
    for (let slot = 0; slot < this.#slots.count; slot += 1) {
      if (this.ready[slot] === 1 || !this.isState(slot)) continue;
      let isRead = false;
      for (const block of members) isRead ||= this.#reads[block]![slot] === 1;
      if (!isRead) continue;
      this.load(slot);
      this.code.localSet(this.localOfSlot(slot));
      this.ready[slot] = 1;
    }
  }

  /** One more forward branch goes to a block. */
  meet(block: number): void {
    const into = this.readyInto[block];
    if (into === undefined) {
      this.readyInto[block] = this.ready.slice();
      return;
    }
    for (let slot = 0; slot < into.length; slot += 1) into[slot]! &= this.ready[slot]!;
  }

  /** A loop begins again: what its locals held when it began they hold now. */
  makeReady(wanted: Uint8Array): void {
    for (let slot = 0; slot < wanted.length; slot += 1) {
      if (wanted[slot] === 0 || this.ready[slot] === 1) continue;
      this.load(slot);
      this.code.localSet(this.localOfSlot(slot));
    }
  }
}
