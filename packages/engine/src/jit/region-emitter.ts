import { CodeWriter, WASM_TYPE } from "@isinglass/wasm";
import {
  type GuestIsa,
  I32,
  I64,
  MEM_FOR_WRITE,
  MEM_SIGNED,
  MEM_SIZE_MASK,
  OP,
  OPS,
  V128,
  type Value,
  type ValueType,
  opcode,
  stateAccess,
} from "@isinglass/uops";
import { type TlbShape, stateInstruction, wasmType } from "../lower.js";
import { EXIT_PC_STORED, EXIT_TRACKED_MASK, EXIT_TRACKED_SHIFT, TRACKED_IN_LOCAL, packExit } from "./exits.js";
import type { Flow } from "./flow.js";
import { type PageProof, type ProvenAccess, findPageProofs } from "./page-proofs.js";
import { EDGE, EXIT, FLUSH, GET, HUB, JUMP, RELATIVE, RELOAD, SET, STORE_UPPER, UNSEEN } from "./region-buffer.js";
import type { RegionRuntime } from "./region-runtime.js";
import type { RegionBlock, RegionShape } from "./region-shape.js";
import type { SlotTable } from "./slots.js";
import { DROPPED, type Translator } from "./translator.js";

// Parameters of a region's function, and its first local.
const VCPU = 0;
const FUEL = 1;
const BASE = 2;
const TLB = 3;
/** How the region is left where an access fails, see exits.ts. */
const LEAVING = 4;
const FIRST_LOCAL = 5;

/** Signature of a region: `(vcpu, fuel, linear address of the entry's page, soft-TLB view) -> how it was left (see exits.ts), fuel`. */
export const REGION_PARAMS: readonly number[] = [WASM_TYPE.i32, WASM_TYPE.i32, WASM_TYPE.i64, WASM_TYPE.i32];
export const REGION_RESULTS: readonly number[] = [WASM_TYPE.i64, WASM_TYPE.i32];

const AND64 = opcode("i64.and");
const LOADS = ["i64.load8_u", "i64.load16_u", "i64.load32_u", "i64.load"];
const LOADS_SIGNED = ["i64.load8_s", "i64.load16_s", "i64.load32_s", "i64.load"];
const STORES = ["i64.store8", "i64.store16", "i64.store32", "i64.store"];
const WIDE_LOAD: Readonly<Record<number, string>> = { [I32]: "i32.load", [I64]: "i64.load", [V128]: "v128.load" };
const WIDE_STORE: Readonly<Record<number, string>> = { [I32]: "i32.store", [I64]: "i64.store", [V128]: "v128.store" };

/** Most instructions of a loop that keeps in locals all that it reads. */
const SMALL_LOOP = 64;

/** What an op is, in one byte: number of operands, and the bits below. */
const OPERANDS = 3;
/** Does something beside making a value. */
const ROOT = 4;
/** Calls a function of the ISA; its operands are in `extra`. */
const CALLS = 8;
const READS_STATE = 16;
const WRITES_STATE = 32;

function traitOf(op: number): number {
  return TRAITS[op]!;
}

/** By op, those that only a region has included. */
const TRAITS: Uint8Array = Uint8Array.from({ length: STORE_UPPER + 1 }, (_, op) => {
  const spec = OPS[op];
  if (spec === undefined)
    return (op === SET || op === JUMP || op === STORE_UPPER ? 1 : 0) | (op === GET || op === RELATIVE ? 0 : ROOT);
  const access = stateAccess(op);
  const isCall = op === OP.callVoid || op === OP.callI32 || op === OP.callI64 || op === OP.callV128;
  const isRoot = !spec.isWasm && spec.effects !== 0 && (access?.isStore ?? true);
  return (
    spec.operands.length |
    (isRoot ? ROOT : 0) |
    (isCall ? CALLS : 0) |
    (access === undefined ? 0 : access.isStore ? WRITES_STATE : READS_STATE)
  );
});

/** What is kept of each value of a region: arrays that one region leaves to the next. */
export interface EmitterScratch {
  uses: Uint16Array;
  local: Int32Array;
  made: Int32Array;
}

/** A structure of one instruction: what was ready before it, and what some way through it has lost. */
interface Scope {
  readonly before: Uint8Array;
  readonly lost: Uint8Array;
}

/** Structures around the code being written, outermost first: a block of the region that a branch to it reaches, or -1. */
type Label = { readonly block: number; readonly isLoop: boolean };

/**
 * Writes a region as one WebAssembly function: structured control flow along the dominator tree (Ramsey, "Beyond Relooper",
 * 2022), state in locals, one shared way out.
 */
export class RegionEmitter {
  readonly #isa: GuestIsa;
  readonly #slots: SlotTable;
  readonly #tlb: TlbShape;
  readonly #translator: Translator;
  readonly #shape: RegionShape;
  /** Page that the jumps to each hub lie on. */
  readonly #hubs: readonly (number | undefined)[];
  readonly #flow: Flow;
  readonly #runtime: RegionRuntime;
  readonly #ranges: readonly (readonly [number, number])[];
  readonly #children: readonly number[][];
  readonly code: CodeWriter = new CodeWriter(1024);
  readonly #types: number[] = [WASM_TYPE.i64];
  readonly #slotLocal: Int32Array;
  readonly #uses: Uint16Array;
  readonly #local: Int32Array;
  readonly #made: Int32Array;
  readonly #temporaries = new Map<ValueType, number[]>();
  readonly #taken = new Map<ValueType, number>();
  /** What accesses need not look up, and the locals with the windows' host addresses. */
  #proofs: ReadonlyMap<Value, ProvenAccess> = new Map<Value, ProvenAccess>();
  readonly #windows = new Map<PageProof, number>();
  /** Windows by the slot that they are counted from. */
  readonly #windowsOf = new Map<number, number[]>();
  /** Locals with the soft-TLB entries that accesses found. */
  readonly #entries = new Map<Value, number>();
  readonly #labels: Label[] = [];
  #block = 0;
  /** Slots whose local holds what memory holds: the others are read from memory when they are wanted. */
  #ready: Uint8Array;
  /** The same on the way into each block that forward branches go to, where all of them agree. */
  readonly #readyInto: (Uint8Array | undefined)[];
  /** Structures of one instruction around the code being written. */
  #scopes: Scope[] = [];
  /** The same where a loop begins, by its header. */
  readonly #readyAtLoop: Uint8Array[] = [];
  /** Most instructions on a way from each block that goes through no other loop's header. */
  readonly #longest: Int32Array;
  /** Slots read in each block. */
  readonly #reads: Uint8Array[];
  /** Where the last local.set was written, and of what: a local.get right after it makes it a local.tee. */
  #setAt = -1;
  #setLocal = -1;

  constructor(
    isa: GuestIsa,
    slots: SlotTable,
    tlb: TlbShape,
    translator: Translator,
    shape: RegionShape,
    hubs: readonly (number | undefined)[],
    flow: Flow,
    ranges: readonly (readonly [number, number])[],
    runtime: RegionRuntime,
    scratch: EmitterScratch,
  ) {
    this.#isa = isa;
    this.#slots = slots;
    this.#tlb = tlb;
    this.#translator = translator;
    this.#shape = shape;
    this.#hubs = hubs;
    this.#flow = flow;
    this.#ranges = ranges;
    this.#runtime = runtime;
    const { count } = translator.buffer;
    if (scratch.uses.length < count) {
      scratch.uses = new Uint16Array(2 * count);
      scratch.local = new Int32Array(2 * count);
      scratch.made = new Int32Array(2 * count);
    }
    this.#uses = scratch.uses;
    this.#local = scratch.local;
    this.#made = scratch.made;
    this.#uses.fill(0, 0, count);
    this.#local.fill(-1, 0, count);
    this.#slotLocal = new Int32Array(translator.slotTypes.length).fill(-1);
    this.#children = ranges.map(() => []);
    this.#ready = new Uint8Array(slots.count);
    this.#readyInto = ranges.map(() => undefined);
    this.#reads = ranges.map(() => new Uint8Array(slots.count));
    this.#longest = longestPaths(flow, shape);
    for (const block of flow.order) if (block !== 0) this.#children[flow.dominator[block]!]!.push(block);
  }

  /** How often each op of the buffer is used. */
  get uses(): Uint16Array {
    return this.#uses;
  }

  /** Types of the locals after the parameters. */
  get localTypes(): readonly number[] {
    return this.#types;
  }

  run(): void {
    this.#countUses();
    this.#settleLeaves();
    this.#proofs = findPageProofs(this.#translator.buffer, this.#flow, this.#slots.count);
    for (const proof of new Set([...this.#proofs.values()].map((access) => access.proof))) {
      const local = this.#newLocal(I32);
      this.#windows.set(proof, local);
      this.#windowsOf.set(proof.base, [...(this.#windowsOf.get(proof.base) ?? []), local]);
    }
    const { code } = this;
    const { used, written } = this.#translator;
    const { tracked } = this.#slots;
    if (tracked >= 0 && used[tracked] === 1) {
      this.#load(tracked);
      code.localSet(this.#localOfSlot(tracked));
    }
    code.block();
    this.#labels.push({ block: -1, isLoop: false });
    this.#tree(0);
    code.op("unreachable");
    code.end();
    this.#labels.pop();
    this.#leave(written);
  }

  /** The way out of all accesses that have failed. */
  #leave(written: Uint8Array): void {
    if (this.#slots.tracked >= 0 && written[this.#slots.tracked] === 1) this.#storeTracked();
    this.code.localGet(LEAVING).localGet(FUEL);
  }

  #storeTracked(): void {
    const { tracked, offsets } = this.#slots;
    this.code.localGet(VCPU).localGet(this.#localOfSlot(tracked)).memory("i32.store", offsets[tracked]!);
  }

  // What is needed, and where it is computed

  #eachOperand(i: Value, visit: (v: Value) => void): void {
    const { op, a, b, c, y, extra } = this.#translator.buffer;
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

  /** Whether an op does something beside making a value. */
  #isRoot(code: number): boolean {
    return (traitOf(code) & ROOT) !== 0;
  }

  #countUses(): void {
    const { buffer } = this.#translator;
    const gets = new Uint8Array(this.#translator.slotTypes.length);
    // A hub may come before jumps to it.
    if (this.#translator.hubAddress >= 0) gets[this.#translator.hubAddress] = 1;
    const use = (v: Value): void => {
      this.#uses[v]! += 1;
    };
    for (let i = buffer.count - 1; i >= 0; i -= 1) {
      const code = buffer.op[i]!;
      if (code === DROPPED) continue;
      if (code === SET && buffer.x[i]! >= this.#slots.count && gets[buffer.x[i]!] === 0) {
        buffer.op[i] = DROPPED;
        continue;
      }
      if (!this.#isRoot(code) && this.#uses[i] === 0) continue;
      if (code === GET) {
        gets[buffer.x[i]!] = 1;
        if (buffer.x[i]! < this.#slots.count) this.#reads[buffer.block[i]!]![buffer.x[i]!] = 1;
      }
      this.#eachOperand(i, use);
    }
  }

  /** Notes which reads of slots are used after the slot was set again: those are copied when they are made. */
  #settleLeaves(): void {
    const { buffer } = this.#translator;
    const version = new Int32Array(this.#translator.slotTypes.length);
    const made = this.#made;
    let memory = 0;
    const check = (v: Value): void => {
      const code = buffer.op[v]!;
      if (code === GET) {
        if (made[v] !== version[buffer.x[v]!]) this.#local[v] = -2;
      } else if ((traitOf(code) & READS_STATE) !== 0) {
        if (made[v] !== memory) this.#local[v] = -2;
      } else if (!this.#isKept(v)) this.#eachOperand(v, check);
    };
    for (let i = 0; i < buffer.count; i += 1) {
      const code = buffer.op[i]!;
      if (code === DROPPED) continue;
      const trait = traitOf(code);
      const isRoot = (trait & ROOT) !== 0;
      if (!isRoot && this.#uses[i] === 0) continue;
      if (isRoot || this.#isKept(i)) this.#eachOperand(i, check);
      if (code === GET) made[i] = version[buffer.x[i]!]!;
      else if (code === SET || code === RELOAD) version[buffer.x[i]!]! += 1;
      else if ((trait & (WRITES_STATE | CALLS)) !== 0) memory += 1;
      else if ((trait & READS_STATE) !== 0) made[i] = memory;
    }
  }

  /** Whether a value is computed where it is made, into a local. */
  #isKept(v: Value): boolean {
    if (this.#local[v] === -2) return true;
    const code = this.#translator.buffer.op[v]!;
    if (code === GET || code === RELATIVE || code === OP.constI32 || code === OP.constI64) return false;
    if (this.#isRoot(code)) return true;
    return this.#uses[v]! > 1;
  }

  // Locals

  #newLocal(type: ValueType): number {
    this.#types.push(wasmType(type));
    return FIRST_LOCAL + this.#types.length - 2;
  }

  /** A local for a value of the block in hand. */
  #temporary(type: ValueType): number {
    const have = this.#temporaries.get(type) ?? [];
    const taken = this.#taken.get(type) ?? 0;
    this.#taken.set(type, taken + 1);
    if (taken < have.length) return have[taken]!;
    const local = this.#newLocal(type);
    have.push(local);
    this.#temporaries.set(type, have);
    return local;
  }

  #localOfSlot(slot: number): number {
    let local = this.#slotLocal[slot]!;
    if (local < 0) local = this.#slotLocal[slot] = this.#newLocal(this.#translator.slotTypes[slot]!);
    return local;
  }

  #setTo(local: number): void {
    this.#setAt = this.code.length;
    this.#setLocal = local;
    this.code.localSet(local);
  }

  #getFrom(local: number): void {
    const { code } = this;
    const encoded = local < 128 ? 2 : 3;
    if (local === this.#setLocal && code.length === this.#setAt + encoded) {
      code.patch(this.#setAt, 0x22);
      this.#setAt = -1;
      return;
    }
    code.localGet(local);
  }

  // Values

  #value(v: Value): void {
    const { code } = this;
    const { buffer } = this.#translator;
    const local = this.#local[v]!;
    if (local >= 0) {
      this.#getFrom(local);
      return;
    }
    const op = buffer.op[v]!;
    const x = buffer.x[v]!;
    if (op === GET) this.#slot(x);
    else if (op === RELATIVE) {
      code.localGet(BASE);
      if (x !== 0) code.i64(x, x >> 31).op("i64.add");
    } else if (op === OP.constI32) code.i32(x);
    else if (op === OP.constI64) code.i64(x, buffer.y[v]!);
    else if (op === OP.constV128) code.v128(buffer.extra.slice(x, x + 16));
    else if (stateAccess(op) !== undefined) code.localGet(VCPU).memory(stateInstruction(op)!, x);
    else if (op === AND64 && buffer.isMask32(buffer.b[v]!)) {
      // The same in two bytes instead of seven.
      this.#value(buffer.a[v]!);
      code.op("i32.wrap_i64").op("i64.extend_i32_u");
    } else {
      const spec = OPS[op]!;
      const { length } = spec.operands;
      if (length > 0) this.#value(buffer.a[v]!);
      if (length > 1) this.#value(buffer.b[v]!);
      if (length > 2) this.#value(buffer.c[v]!);
      if (op === OP.shuffle) code.shuffle(buffer.extra.slice(x, x + 16));
      else if (op === OP.selectV128) code.u8(0x1c).u8(1).u8(WASM_TYPE.v128);
      else if (op === OP.selectI32 || op === OP.selectI64) code.op("select");
      else if (spec.hasLane) code.lane(spec.name, x);
      else code.op(spec.name);
    }
  }

  /** Reads a slot of state from memory. */
  #load(slot: number): void {
    this.code.localGet(VCPU).memory(WIDE_LOAD[this.#slots.types[slot]!]!, this.#slots.offsets[slot]!);
  }

  /** Whether a slot is read from memory where its local does not hold it. The tracked one is never in memory; others are locals of an instruction. */
  #isState(slot: number): boolean {
    return slot < this.#slots.count && slot !== this.#slots.tracked;
  }

  #slot(slot: number): void {
    const local = this.#localOfSlot(slot);
    if (!this.#isState(slot) || this.#ready[slot] === 1) {
      this.#getFrom(local);
      return;
    }
    this.#load(slot);
    this.code.localTee(local);
    this.#ready[slot] = 1;
  }

  #openScope(): void {
    this.#scopes.push({ before: this.#ready.slice(), lost: new Uint8Array(this.#slots.count) });
  }

  /** The other arm begins where the first did. */
  #otherArm(): void {
    this.#ready.set(this.#scopes.at(-1)!.before);
  }

  /** After a structure is ready what was before it, and has not been lost on any way through. */
  #closeScope(): void {
    const { before, lost } = this.#scopes.pop()!;
    const around = this.#scopes.at(-1)?.lost;
    for (let slot = 0; slot < lost.length; slot += 1) {
      this.#ready[slot] = before[slot]! & ~lost[slot]!;
      if (around !== undefined) around[slot]! |= lost[slot]!;
    }
  }

  #lose(slot: number): void {
    this.#ready[slot] = 0;
    const scope = this.#scopes.at(-1);
    if (scope !== undefined) scope.lost[slot] = 1;
  }

  /** Computes a value into a local of its own. */
  #keep(v: Value): void {
    const { buffer, slotTypes } = this.#translator;
    const local = this.#temporary(buffer.typeOf(v, slotTypes));
    this.#local[v] = -1;
    this.#value(v);
    this.#local[v] = local;
    this.#setTo(local);
  }

  // Blocks

  /** A block, the blocks it dominates, and the structures that these need. */
  #tree(block: number): void {
    const merges = this.#children[block]!.filter((child) => this.#flow.isMerge[child] === 1);
    merges.sort((p, q) => this.#flow.position[q]! - this.#flow.position[p]!);
    const { code } = this;
    if (this.#flow.isLoop[block] === 1) {
      this.#readAhead(block);
      this.#readyAtLoop[block] = this.#ready.slice();
      code.loop();
      this.#labels.push({ block, isLoop: true });
      this.#within(block, merges, 0);
      this.#labels.pop();
      code.end();
    } else this.#within(block, merges, 0);
  }

  /** Reads before a small loop what it reads: within it that stays in locals. */
  #readAhead(header: number): void {
    const members = this.#flow.loops.get(header)!;
    let size = 0;
    for (const block of members) size += this.#shape.blocks[block]?.instructions.length ?? 0;
    if (size > SMALL_LOOP) return;
    for (let slot = 0; slot < this.#slots.count; slot += 1) {
      if (this.#ready[slot] === 1 || !this.#isState(slot)) continue;
      let isRead = false;
      for (const block of members) isRead ||= this.#reads[block]![slot] === 1;
      if (!isRead) continue;
      this.#load(slot);
      this.code.localSet(this.#localOfSlot(slot));
      this.#ready[slot] = 1;
    }
  }

  #within(block: number, merges: readonly number[], from: number): void {
    const { code } = this;
    const merge = merges[from];
    if (merge === undefined) {
      this.#body(block);
      return;
    }
    code.block();
    this.#labels.push({ block: merge, isLoop: false });
    this.#within(block, merges, from + 1);
    this.#labels.pop();
    code.end();
    this.#ready = this.#readyInto[merge] ?? new Uint8Array(this.#slots.count);
    this.#tree(merge);
  }

  #body(block: number): void {
    const { code } = this;
    this.#block = block;
    this.#taken.clear();
    const shape = this.#shape.blocks[block];
    if (block === 0 || this.#flow.isLoop[block] === 1) this.#checkFuel(block, shape);
    if (shape !== undefined) code.localGet(FUEL).i32(shape.instructions.length).op("i32.sub").localSet(FUEL);
    const [from, to] = this.#ranges[block]!;
    for (let i = from; i < to; i += 1) {
      this.#emit(i);
      this.#block = block;
    }
  }

  /** Leaves where fuel may not reach to where it is looked at again: the interpreter counts each instruction. */
  #checkFuel(block: number, shape: RegionBlock | undefined): void {
    const { code } = this;
    code.localGet(FUEL).i32(this.#longest[block]!).op("i32.lt_s").if();
    if (shape !== undefined) this.#exit(packExit(shape.offset, 0, TRACKED_IN_LOCAL, true));
    else {
      code.localGet(VCPU).localGet(this.#localOfSlot(this.#translator.hubAddress));
      this.#exitStored(packExit(0, 0, TRACKED_IN_LOCAL, true));
    }
    code.end();
  }

  #exit(how: number): void {
    const { tracked } = this.#slots;
    const isInLocal = ((how >> EXIT_TRACKED_SHIFT) & EXIT_TRACKED_MASK) === TRACKED_IN_LOCAL;
    if (isInLocal && tracked >= 0 && this.#translator.written[tracked] === 1) this.#storeTracked();
    this.#how(how);
    this.code.localGet(FUEL).return();
  }

  /** Leaves for the address on the stack, with the vCPU state under it. */
  #exitStored(how: number): void {
    this.code.memory("i64.store", this.#isa.state.pc);
    this.#exit(how | EXIT_PC_STORED);
  }

  #how(how: number): void {
    this.code.i64(how | 0, Math.floor(how / 2 ** 32));
  }

  #setLeaving(how: number): void {
    this.#how(how);
    this.code.localSet(LEAVING);
  }

  #emit(i: Value): void {
    const { code } = this;
    const { buffer, slotTypes } = this.#translator;
    const op = buffer.op[i]!;
    if (op === DROPPED) return;
    if (!this.#isRoot(op)) {
      if (this.#uses[i]! > 0 && this.#isKept(i)) this.#keep(i);
      return;
    }
    const a = buffer.a[i]!;
    const x = buffer.x[i]!;
    switch (op) {
      case SET: {
        const local = this.#localOfSlot(x);
        if (!this.#isState(x)) {
          this.#value(a);
          this.#forgetWindows(x);
          this.#setTo(local);
          return;
        }
        if (buffer.y[i] === UNSEEN) this.#value(a);
        else {
          code.localGet(VCPU);
          this.#value(a);
        }
        this.#forgetWindows(x);
        if (buffer.y[i] === UNSEEN) this.#setTo(local);
        else code.localTee(local).memory(WIDE_STORE[slotTypes[x]!]!, this.#slots.offsets[x]!);
        this.#ready[x] = 1;
        return;
      }
      case EXIT:
        this.#exit(buffer.exits[x]!);
        return;
      case EDGE:
        this.#edge(i);
        return;
      case JUMP:
        this.#jump(i);
        return;
      case HUB:
        this.#enter(x);
        return;
      case FLUSH:
        if (this.#isState(x)) return;
        code.localGet(VCPU).localGet(this.#localOfSlot(x));
        code.memory(WIDE_STORE[slotTypes[x]!]!, this.#slots.offsets[x]!);
        return;
      case RELOAD:
        if (this.#isState(x)) this.#lose(x);
        else {
          this.#load(x);
          code.localSet(this.#localOfSlot(x));
        }
        this.#forgetWindows(x);
        return;
      case OP.if:
        this.#value(a);
        code.if();
        this.#labels.push({ block: -1, isLoop: false });
        this.#openScope();
        return;
      case OP.block:
        code.block();
        this.#labels.push({ block: -1, isLoop: false });
        this.#openScope();
        return;
      case OP.else:
        code.else();
        this.#otherArm();
        return;
      case OP.end:
        code.end();
        this.#labels.pop();
        this.#closeScope();
        return;
      case OP.br:
        code.br(x);
        return;
      case OP.brIf:
        this.#value(a);
        code.brIf(x);
        return;
      case OP.guestLoad:
      case OP.guestLoadV128:
        this.#guestLoad(i);
        return;
      case OP.guestStore:
      case OP.guestStoreV128:
        this.#guestStore(i);
        return;
      case STORE_UPPER:
        code.localGet(this.#pairHost);
        this.#value(a);
        code.memory("v128.store", this.#pairOffset + 16);
        return;
      default:
        break;
    }
    if (stateAccess(op) !== undefined) {
      code.localGet(VCPU);
      this.#value(a);
      code.memory(stateInstruction(op)!, x);
      return;
    }
    // A call of a helper function.
    code.localGet(VCPU);
    this.#eachOperand(i, (v) => this.#value(v));
    code.call(this.#runtime.helper(x));
    const { result } = OPS[op]!;
    if (result === 0) return;
    if (this.#uses[i] === 0) code.op("drop");
    else this.#result(i, result);
  }

  #result(i: Value, type: ValueType): void {
    const local = this.#temporary(type);
    this.#local[i] = local;
    this.#setTo(local);
  }

  // Guest memory

  /** Local with the address of an access. */
  #addressLocal(address: Value): number {
    const { buffer } = this.#translator;
    if (this.#local[address]! >= 0) return this.#local[address]!;
    if (buffer.op[address] === GET) {
      const slot = buffer.x[address]!;
      if (!this.#isState(slot) || this.#ready[slot] === 1) return this.#localOfSlot(slot);
      this.#load(slot);
      this.#setTo(this.#localOfSlot(slot));
      this.#ready[slot] = 1;
      return this.#localOfSlot(slot);
    }
    const at = this.#temporary(I64);
    this.#value(address);
    this.#setTo(at);
    return at;
  }

  /** Computes the soft-TLB entry of an address into a local. */
  #findEntry(at: number): number {
    const { code } = this;
    const { entries, entryBytes } = this.#tlb;
    const entry = this.#temporary(I32);
    this.#getFrom(at);
    code
      .op("i32.wrap_i64")
      .i32(12 - Math.log2(entryBytes))
      .op("i32.shr_u")
      .i32((entries - 1) * entryBytes)
      .op("i32.and")
      .localGet(TLB)
      .op("i32.add")
      .localSet(entry);
    return entry;
  }

  /**
   * Leaves the host address of access `i` on the stack, or leaves the region. The entry that an access near it found is tried if
   * there is one: its tag tells whether it is the right one.
   */
  #host(i: Value, callee: number, finder: number, tag: number): void {
    const { code } = this;
    const { buffer } = this.#translator;
    const descriptor = buffer.x[i]!;
    const at = this.#addressLocal(buffer.a[i]!);
    const known = buffer.c[i]! < 0 ? -1 : (this.#entries.get(buffer.c[i]!) ?? -1);
    const entry = known >= 0 ? known : this.#findEntry(at);
    if (known < 0) this.#entries.set(i, entry);
    const inPage = this.#temporary(I64);
    const host = this.#temporary(I32);
    this.#getFrom(at);
    code.localGet(entry).memory("i64.load", tag).op("i64.sub").localTee(inPage);
    code.i64(4096 - (1 << (descriptor & MEM_SIZE_MASK)), 0).op("i64.gt_u");
    code.if(WASM_TYPE.i32);
    this.#setLeaving(buffer.exits[buffer.y[i]!]!);
    code.localGet(at).i32(descriptor);
    if (known >= 0) code.localGet(TLB);
    code
      .call(known >= 0 ? finder : callee)
      .localTee(host)
      .op("i32.eqz")
      .brIf(this.#labels.length);
    code.localGet(host);
    code
      .else()
      .localGet(inPage)
      .op("i32.wrap_i64")
      .localGet(entry)
      .memory("i32.load", this.#tlb.ram)
      .op("i32.add")
      .end();
  }

  /** The windows that are counted from a slot are somewhere else now. */
  #forgetWindows(slot: number): void {
    for (const local of this.#windowsOf.get(slot) ?? []) this.code.i32(0).localSet(local);
  }

  /** Leaves the host address of the window of access `i` on the stack, and gives the offset of the access from there. */
  #inWindow(i: Value, { proof, before }: ProvenAccess, prove: number): number {
    const { code } = this;
    const { buffer } = this.#translator;
    const window = this.#windows.get(proof)!;
    const host = this.#temporary(I32);
    code.localGet(window).if(WASM_TYPE.i32).localGet(window).else();
    this.#setLeaving(buffer.exits[buffer.y[i]!]!);
    this.#openScope();
    this.#value(buffer.a[i]!);
    this.#closeScope();
    code
      .i32(buffer.x[i]!)
      .localGet(TLB)
      .i32((proof.bytes << 16) | before)
      .call(prove);
    code.localSet(window).localTee(host).op("i32.eqz").brIf(this.#labels.length).localGet(host);
    if (before !== 0) code.i32(before).op("i32.sub");
    code.end();
    return before;
  }

  #guestLoad(i: Value): void {
    const { code } = this;
    const { buffer } = this.#translator;
    const descriptor = buffer.x[i]!;
    const forWrite = (descriptor & MEM_FOR_WRITE) !== 0;
    const proof = this.#proofs.get(i);
    let offset = 0;
    if (proof !== undefined)
      offset = this.#inWindow(i, proof, forWrite ? this.#runtime.proveWritable : this.#runtime.proveReadable);
    else if (forWrite) this.#host(i, this.#runtime.load, this.#runtime.findWritable, this.#tlb.writeTag);
    else this.#host(i, this.#runtime.load, this.#runtime.findReadable, this.#tlb.readTag);
    const size = descriptor & MEM_SIZE_MASK;
    if (size === 4) code.memory("v128.load", offset);
    else code.memory(((descriptor & MEM_SIGNED) !== 0 ? LOADS_SIGNED : LOADS)[size]!, offset);
    if (this.#uses[i] === 0) code.op("drop");
    else this.#result(i, size === 4 ? V128 : I64);
  }

  /** Local with the host address of a store of 32 bytes, and what is to be added to it, until its second half is written. */
  #pairHost = -1;
  #pairOffset = 0;

  #guestStore(i: Value): void {
    const { buffer } = this.#translator;
    const descriptor = buffer.x[i]!;
    const proof = this.#proofs.get(i);
    let offset = 0;
    if (proof !== undefined) offset = this.#inWindow(i, proof, this.#runtime.proveStore);
    else this.#host(i, this.#runtime.store, this.#runtime.findStore, this.#tlb.writeTag);
    const size = descriptor & MEM_SIZE_MASK;
    if (size > 4) {
      this.#pairHost = this.#temporary(I32);
      this.#pairOffset = offset;
      this.code.localTee(this.#pairHost);
    }
    this.#value(buffer.b[i]!);
    this.code.memory(size >= 4 ? "v128.store" : STORES[size]!, offset);
  }

  // Edges

  #edge(i: Value): void {
    const { buffer } = this.#translator;
    const at = buffer.y[i]!;
    const offset = buffer.extra[at]!;
    const fuel = buffer.extra[at + 1]!;
    const tracked = buffer.extra[at + 2]!;
    const interpret = buffer.extra[at + 3]! !== 0;
    if (buffer.x[i]! >= 0) this.#goTo(buffer.x[i]!, offset, fuel, tracked, buffer.c[i]!);
    else this.#leaveFor(offset, fuel, tracked, interpret, buffer.c[i]!);
  }

  #leaveFor(offset: number, fuel: number, tracked: number, interpret: boolean, bits: number): void {
    const { code } = this;
    const inPage = offset >= 0 && offset < 4096;
    if (bits === 64 || inPage) {
      this.#exit(packExit(offset, fuel, tracked, interpret));
      return;
    }
    code
      .localGet(VCPU)
      .localGet(BASE)
      .i64(offset, offset >> 31)
      .op("i64.add");
    if (bits === 32) code.op("i32.wrap_i64").op("i64.extend_i32_u");
    this.#exitStored(packExit(0, fuel, tracked, interpret));
  }

  /** The page of a block, or of all jumps to a hub, if they are on one. */
  #pageOf(block: number): number | undefined {
    const { blocks } = this.#shape;
    return block < blocks.length ? blocks[block]!.page : this.#hubs[block - blocks.length];
  }

  /** Goes to a block of the region; in another page only while that is where it was. */
  #goTo(block: number, offset: number, fuel: number, tracked: number, bits: number): void {
    const { code } = this;
    const { page } = this.#shape.blocks[block]!;
    const here = this.#pageOf(this.#block);
    if (page !== offset >> 12 && here !== offset >> 12) {
      // Its first instruction begins on a page that nothing has looked at.
      this.#leaveFor(offset, fuel, tracked, false, bits);
      return;
    }
    if (page !== here) {
      const { entries, entryBytes } = this.#tlb;
      const linear = this.#temporary(I64);
      const entry = this.#temporary(I32);
      code
        .localGet(BASE)
        .i64(page << 12, page >> 19)
        .op("i64.add")
        .localTee(linear);
      code
        .op("i32.wrap_i64")
        .i32(12 - Math.log2(entryBytes))
        .op("i32.shr_u")
        .i32((entries - 1) * entryBytes)
        .op("i32.and");
      code.localGet(TLB).op("i32.add").localTee(entry).memory("i64.load", this.#tlb.fetchTag);
      code.localGet(linear).op("i64.ne");
      code
        .localGet(entry)
        .memory("i32.load", this.#tlb.ram)
        .i32(this.#shape.pages.get(page)!)
        .op("i32.ne")
        .op("i32.or")
        .if();
      this.#labels.push({ block: -1, isLoop: false });
      this.#leaveFor(offset, fuel, tracked, false, bits);
      this.#labels.pop();
      code.end();
    }
    this.#enter(block);
  }

  #enter(block: number): void {
    const { code } = this;
    const label = this.#labels.findLastIndex((l) => l.block === block);
    const isBack = this.#flow.position[block]! <= this.#flow.position[this.#block]!;
    if (label >= 0 && (isBack || this.#flow.isMerge[block] === 1)) {
      if (isBack) this.#makeReady(this.#readyAtLoop[block]!);
      else this.#meet(block);
      code.br(this.#labels.length - 1 - label);
      return;
    }
    // What follows in this block is not reached from there, so only the names of its locals matter.
    const source = this.#block;
    const taken = new Map(this.#taken);
    const ready = this.#ready;
    const scopes = this.#scopes;
    this.#ready = ready.slice();
    this.#scopes = [];
    this.#tree(block);
    this.#ready = ready;
    this.#scopes = scopes;
    this.#block = source;
    this.#taken.clear();
    for (const [type, count] of taken) this.#taken.set(type, count);
  }

  /** One more forward branch goes to a block. */
  #meet(block: number): void {
    const into = this.#readyInto[block];
    if (into === undefined) {
      this.#readyInto[block] = this.#ready.slice();
      return;
    }
    for (let slot = 0; slot < into.length; slot += 1) into[slot]! &= this.#ready[slot]!;
  }

  /** A loop begins again: what its locals held when it began they hold now. */
  #makeReady(wanted: Uint8Array): void {
    for (let slot = 0; slot < wanted.length; slot += 1) {
      if (wanted[slot] === 0 || this.#ready[slot] === 1) continue;
      this.#load(slot);
      this.code.localSet(this.#localOfSlot(slot));
    }
  }

  #jump(i: Value): void {
    const { code } = this;
    const { buffer } = this.#translator;
    const target = this.#temporary(I64);
    this.#value(buffer.a[i]!);
    this.#setTo(target);
    const exit = buffer.c[i]!;
    for (let k = 0; k < buffer.y[i]!; k += 1) {
      const offset = buffer.extra[buffer.x[i]! + 2 * k]!;
      const block = buffer.extra[buffer.x[i]! + 2 * k + 1]!;
      code
        .localGet(target)
        .localGet(BASE)
        .op("i64.sub")
        .i64(offset, offset >> 31)
        .op("i64.eq")
        .if();
      this.#labels.push({ block: -1, isLoop: false });
      this.#goTo(block, offset, 0, (exit >> EXIT_TRACKED_SHIFT) & EXIT_TRACKED_MASK, 64);
      this.#labels.pop();
      code.end();
    }
    code.localGet(VCPU).localGet(target);
    this.#exitStored(exit);
  }
}

/** By block: most instructions that are executed from there before fuel is looked at again, which loop headers do. */
function longestPaths(flow: Flow, shape: RegionShape): Int32Array {
  const longest = new Int32Array(flow.successors.length);
  for (const block of [...flow.order].reverse()) {
    let after = 0;
    for (const to of flow.successors[block]!)
      if (flow.isLoop[to] === 0 && flow.position[to]! > flow.position[block]!) after = Math.max(after, longest[to]!);
    longest[block] = after + (shape.blocks[block]?.instructions.length ?? 0);
  }
  return longest;
}
