import type { CodeWriter } from "@isinglass/wasm";
import { type GuestIsa, OP, OPS, type Value, stateAccess } from "@isinglass/uops";
import { type TlbShape, stateInstruction } from "../lower.js";
import { type AccessSurroundings, AccessWriter } from "./access-writer.js";
import { EXIT_PC_STORED, EXIT_TRACKED_MASK, EXIT_TRACKED_SHIFT, TRACKED_IN_LOCAL, packExit } from "./exits.js";
import { type EdgeSurroundings, EdgeWriter } from "./edge-writer.js";
import type { Flow } from "./flow.js";
import { isRoot } from "./op-traits.js";
import {
  ASSIST,
  ASSISTED,
  ASSIST_FIRST,
  DROPPED,
  EDGE,
  EXIT,
  FLUSH,
  HUB,
  JUMP,
  RELOAD,
  SET,
  STORE_UPPER,
  UNSEEN,
} from "./region-buffer.js";
import { MOST_LENGTH, type RegionRuntime } from "./region-runtime.js";
import type { RegionBlock, RegionShape } from "./region-shape.js";
import { BASE, FUEL, LEAVING, VCPU } from "./region-signature.js";
import { SlotLocals, WIDE_STORE } from "./slot-locals.js";
import type { SlotTable } from "./slots.js";
import type { Translator } from "./translator.js";
import { type EmitterScratch, ValueUses } from "./value-uses.js";
import { ValueWriter } from "./value-writer.js";

/** Most instructions of a loop that keeps in locals all that it reads. */
const SMALL_LOOP = 64;

/** Structures around the code being written, outermost first: a block of the region that a branch to it reaches, or -1. */
type Label = { readonly block: number; readonly isLoop: boolean };

/**
 * Writes a region as one WebAssembly function: structured control flow along the dominator tree (Ramsey, "Beyond Relooper",
 * 2022), state in locals, one shared way out.
 */
export class RegionEmitter implements AccessSurroundings, EdgeSurroundings {
  readonly #isa: GuestIsa;
  readonly #slots: SlotTable;
  readonly #translator: Translator;
  readonly #shape: RegionShape;
  readonly #flow: Flow;
  readonly #runtime: RegionRuntime;
  readonly #ranges: readonly (readonly [number, number])[];
  readonly #children: readonly number[][];
  readonly #uses: ValueUses;
  readonly #locals: SlotLocals;
  readonly #values: ValueWriter;
  readonly #accesses: AccessWriter;
  readonly #edges: EdgeWriter;
  readonly code: CodeWriter;
  readonly #labels: Label[] = [];
  /** The block being written. */
  block = 0;
  /** Slots whose locals hold what memory holds where a loop begins, by its header. */
  readonly #readyAtLoop: Uint8Array[] = [];
  /** Most instructions on a way from each block that goes through no other loop's header. */
  readonly #longest: Int32Array;

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
    notesStores: boolean,
    scratch: EmitterScratch,
  ) {
    this.#isa = isa;
    this.#slots = slots;
    this.#translator = translator;
    this.#shape = shape;
    this.#flow = flow;
    this.#ranges = ranges;
    this.#runtime = runtime;
    this.#children = ranges.map(() => []);
    this.#longest = longestPaths(flow, shape);
    for (const block of flow.order) if (block !== 0) this.#children[flow.dominator[block]!]!.push(block);
    const { buffer, slotTypes } = translator;
    this.#uses = new ValueUses(translator, slots, ranges.length, scratch);
    this.#locals = new SlotLocals(slots, slotTypes, this.#uses.reads);
    this.code = this.#locals.code;
    this.#values = new ValueWriter(this.#locals, buffer, slotTypes, this.#uses);
    this.#accesses = new AccessWriter(
      this.#values,
      buffer,
      this.#uses,
      flow,
      slots.count,
      tlb,
      notesStores ? runtime.notedStore : undefined,
      this,
    );
    this.#edges = new EdgeWriter(this.#values, buffer, shape, hubs, tlb, this);
  }

  opened(): void {
    this.#labels.push({ block: -1, isLoop: false });
  }

  closed(): void {
    this.#labels.pop();
  }

  /** Depth of the way out of failed accesses, from within one structure more than is open. */
  away(): number {
    return this.#labels.length;
  }

  /** How often each op of the buffer is used. */
  get uses(): Uint16Array {
    return this.#uses.uses;
  }

  /** Types of the locals after the parameters. */
  get localTypes(): readonly number[] {
    return this.#locals.types;
  }

  run(): void {
    const { code } = this;
    const { used, written } = this.#translator.state;
    const { tracked } = this.#slots;
    if (tracked >= 0 && used[tracked] === 1) {
      this.#locals.load(tracked);
      code.localSet(this.#locals.localOfSlot(tracked));
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
    this.code.localGet(VCPU).localGet(this.#locals.localOfSlot(tracked)).memory("i32.store", offsets[tracked]!);
  }

  // Blocks

  /** A block, the blocks it dominates, and the structures that these need. */
  #tree(block: number): void {
    const merges = this.#children[block]!.filter((child) => this.#flow.isMerge[child] === 1);
    merges.sort((p, q) => this.#flow.position[q]! - this.#flow.position[p]!);
    const { code } = this;
    if (this.#flow.isLoop[block] === 1) {
      this.#readAhead(block);
      this.#accesses.openLoop(block);
      this.#readyAtLoop[block] = this.#locals.ready.slice();
      code.loop();
      this.#labels.push({ block, isLoop: true });
      this.#within(block, merges, 0);
      this.#labels.pop();
      code.end();
    } else this.#within(block, merges, 0);
  }

  /** Before a small loop is read what it reads. */
  #readAhead(header: number): void {
    const members = this.#flow.loops.get(header)!;
    let size = 0;
    for (const block of members) size += this.#shape.blocks[block]?.instructions.length ?? 0;
    if (size <= SMALL_LOOP) this.#locals.readAhead(members);
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
    this.#locals.ready = this.#locals.readyInto[merge] ?? new Uint8Array(this.#slots.count);
    this.#tree(merge);
  }

  #body(block: number): void {
    const { code } = this;
    this.block = block;
    this.#locals.taken.fill(0);
    const shape = this.#shape.blocks[block];
    if (block === 0 || this.#flow.isLoop[block] === 1) this.#checkFuel(block, shape);
    if (shape !== undefined) code.localGet(FUEL).i32(shape.instructions.length).op("i32.sub").localSet(FUEL);
    const [from, to] = this.#ranges[block]!;
    for (let i = from; i < to; i += 1) {
      this.#emit(i);
      this.block = block;
    }
  }

  /** Leaves where fuel may not reach to where it is looked at again: the interpreter counts each instruction. */
  #checkFuel(block: number, shape: RegionBlock | undefined): void {
    const { code } = this;
    code.localGet(FUEL).i32(this.#longest[block]!).op("i32.lt_s").unlikely().if();
    if (shape !== undefined) this.exit(packExit(shape.offset, 0, TRACKED_IN_LOCAL, true));
    else {
      code.localGet(VCPU).localGet(this.#locals.localOfSlot(this.#translator.edges.hubAddress));
      this.exitStored(packExit(0, 0, TRACKED_IN_LOCAL, true));
    }
    code.end();
  }

  exit(how: number): void {
    const { tracked } = this.#slots;
    const isInLocal = ((how >> EXIT_TRACKED_SHIFT) & EXIT_TRACKED_MASK) === TRACKED_IN_LOCAL;
    if (isInLocal && tracked >= 0 && this.#translator.state.written[tracked] === 1) this.#storeTracked();
    this.#how(how);
    this.code.localGet(FUEL).return();
  }

  /** Leaves for the address on the stack, with the vCPU state under it. */
  exitStored(how: number): void {
    this.code.memory("i64.store", this.#isa.state.pc);
    this.exit(how | EXIT_PC_STORED);
  }

  #how(how: number): void {
    this.code.i64(how | 0, Math.floor(how / 2 ** 32));
  }

  /** Notes how the region is left if an access fails. */
  leaving(how: number): void {
    this.#how(how);
    this.code.localSet(LEAVING);
  }

  #emit(i: Value): void {
    const { code } = this;
    const { buffer, slotTypes } = this.#translator;
    const op = buffer.op[i]!;
    if (op === DROPPED) return;
    if (!isRoot(op)) {
      if (this.#uses.uses[i]! > 0 && this.#uses.isKept(i)) this.#values.keep(i);
      return;
    }
    const a = buffer.a[i]!;
    const x = buffer.x[i]!;
    switch (op) {
      case SET: {
        const local = this.#locals.localOfSlot(x);
        if (!this.#locals.isState(x)) {
          this.#values.value(a);
          this.#accesses.forgetWindows(x);
          this.#locals.setTo(local);
          return;
        }
        if (buffer.y[i] === UNSEEN) this.#values.value(a);
        else {
          code.localGet(VCPU);
          this.#values.value(a);
        }
        this.#accesses.forgetWindows(x);
        if (buffer.y[i] === UNSEEN) this.#locals.setTo(local);
        else code.localTee(local).memory(WIDE_STORE[slotTypes[x]!]!, this.#slots.offsets[x]!);
        this.#locals.ready[x] = 1;
        return;
      }
      case EXIT:
        this.exit(buffer.exits[x]!);
        return;
      case EDGE:
        this.#edges.edge(i);
        return;
      case JUMP:
        this.#edges.jump(i);
        return;
      case HUB:
        this.enter(x);
        return;
      case FLUSH:
        if (this.#locals.isState(x)) return;
        code.localGet(VCPU).localGet(this.#locals.localOfSlot(x));
        code.memory(WIDE_STORE[slotTypes[x]!]!, this.#slots.offsets[x]!);
        return;
      case RELOAD:
        if (this.#locals.isState(x)) this.#locals.lose(x);
        else {
          this.#locals.load(x);
          code.localSet(this.#locals.localOfSlot(x));
        }
        this.#accesses.forgetWindows(x);
        return;
      case ASSIST:
      case ASSIST_FIRST:
        this.#assist(i);
        code.localGet(LEAVING).i64(0, 0);
        code
          .op(op === ASSIST ? "i64.ne" : "i64.gt_s")
          .unlikely()
          .brIf(this.#labels.length - 1);
        return;
      case ASSISTED:
        code
          .localGet(LEAVING)
          .i64(0, 0)
          .op("i64.ne")
          .unlikely()
          .brIf(this.#labels.length - 1);
        return;
      case OP.if:
        this.#values.value(a);
        code.if();
        this.#labels.push({ block: -1, isLoop: false });
        this.#locals.openScope();
        return;
      case OP.block:
        code.block();
        this.#labels.push({ block: -1, isLoop: false });
        this.#locals.openScope();
        return;
      case OP.else:
        code.else();
        this.#locals.otherArm();
        return;
      case OP.end:
        code.end();
        this.#labels.pop();
        this.#locals.closeScope();
        return;
      case OP.br:
        code.br(x);
        return;
      case OP.brIf:
        this.#values.value(a);
        code.brIf(x);
        return;
      case OP.guestLoad:
      case OP.guestLoadV128:
        this.#accesses.guestLoad(i);
        return;
      case OP.guestStore:
      case OP.guestStoreV128:
        this.#accesses.guestStore(i);
        return;
      case STORE_UPPER:
        this.#accesses.storeUpper(a);
        return;
      default:
        break;
    }
    if (stateAccess(op) !== undefined) {
      code.localGet(VCPU);
      this.#values.value(a);
      code.memory(stateInstruction(op)!, x);
      return;
    }
    // A call of a helper function.
    code.localGet(VCPU);
    this.#uses.eachOperand(i, (v) => this.#values.value(v));
    code.call(this.#runtime.helper(x));
    const { result } = OPS[op]!;
    if (result === 0) return;
    if (this.#uses.uses[i] === 0) code.op("drop");
    else this.#values.result(i, result);
  }

  /** Calls an assist. */
  #assist(i: Value): void {
    const { code } = this;
    const { buffer } = this.#translator;
    const { tracked } = this.#slots;
    code.localGet(VCPU).localGet(FUEL).localGet(BASE);
    this.#how(buffer.exits[buffer.c[i]!]!);
    code.i32(buffer.x[i]! * MOST_LENGTH + buffer.y[i]!);
    this.#uses.eachOperand(i, (v) => this.#values.value(v));
    code.call(this.#runtime.assisted).localSet(LEAVING);
    this.#accesses.forgetAllWindows();
    for (let slot = 0; slot < this.#slots.count; slot += 1) if (this.#locals.isState(slot)) this.#locals.lose(slot);
    if (tracked >= 0) {
      this.#locals.load(tracked);
      code.localSet(this.#locals.localOfSlot(tracked));
    }
  }

  enter(block: number): void {
    const { code } = this;
    const label = this.#labels.findLastIndex((l) => l.block === block);
    const isBack = this.#flow.position[block]! <= this.#flow.position[this.block]!;
    if (label >= 0 && (isBack || this.#flow.isMerge[block] === 1)) {
      if (isBack) this.#locals.makeReady(this.#readyAtLoop[block]!);
      else this.#locals.meet(block);
      code.br(this.#labels.length - 1 - label);
      return;
    }
    // What follows in this block is not reached from there, so only the names of its locals matter.
    const source = this.block;
    const taken = this.#locals.taken.slice();
    const ready = this.#locals.ready;
    const scopes = this.#locals.scopes;
    this.#locals.ready = ready.slice();
    this.#locals.scopes = [];
    this.#tree(block);
    this.#locals.ready = ready;
    this.#locals.scopes = scopes;
    this.block = source;
    taken.forEach((count, type) => (this.#locals.taken[type] = count));
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
