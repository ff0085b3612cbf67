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
import { type TlbShape, wasmType } from "../lower.js";
import {
  EXIT_FUEL_MASK,
  EXIT_FUEL_SHIFT,
  EXIT_OFFSET_SHIFT,
  EXIT_TRACKED_MASK,
  EXIT_TRACKED_SHIFT,
  TRACKED_IN_LOCAL,
  packExit,
} from "./exits.js";
import type { Flow } from "./flow.js";
import { type PageProof, type ProvenAccess, findPageProofs } from "./page-proofs.js";
import { EDGE, EXIT, FLUSH, GET, HUB, JUMP, RELATIVE, RELOAD, SET, STORE_UPPER } from "./region-buffer.js";
import type { RegionShape } from "./region-shape.js";
import type { SlotTable } from "./slots.js";
import { DROPPED, type Translator } from "./translator.js";

/** Functions that region code calls, as indices in its module. */
export interface RegionRuntime {
  /** `(address i64, descriptor) -> host address`, 0: the interpreter has to do it. */
  readonly load: number;
  readonly store: number;
  /** `(address i64, descriptor, soft-TLB view) -> host address`: the same, after a look into the soft TLB. */
  readonly findReadable: number;
  readonly findWritable: number;
  readonly findStore: number;
  /**
   * `(address i64, descriptor, soft-TLB view, bytes << 16 | bytes of the window before the address) -> host address, host address of the
   * window or 0`, see {@link PageProof}.
   */
  readonly proveReadable: number;
  readonly proveWritable: number;
  readonly proveStore: number;
  /** Helper function `n` of the ISA. */
  helper(n: number): number;
}

// Parameters of a region's function, and its first local.
const VCPU = 0;
const FUEL = 1;
const BASE = 2;
const TLB = 3;
/** How the region is left, see exits.ts. */
const LEAVING = 4;
const FIRST_LOCAL = 5;

/** Signature of a region: `(vcpu, fuel, linear address of the entry's page, soft-TLB view) -> 0: look up, 1: interpret`. */
export const REGION_PARAMS: readonly number[] = [WASM_TYPE.i32, WASM_TYPE.i32, WASM_TYPE.i64, WASM_TYPE.i32];

const AND64 = opcode("i64.and");
const LOADS = ["i64.load8_u", "i64.load16_u", "i64.load32_u", "i64.load"];
const LOADS_SIGNED = ["i64.load8_s", "i64.load16_s", "i64.load32_s", "i64.load"];
const STORES = ["i64.store8", "i64.store16", "i64.store32", "i64.store"];
const WIDE_LOAD: Readonly<Record<number, string>> = { [I32]: "i32.load", [I64]: "i64.load", [V128]: "v128.load" };
const WIDE_STORE: Readonly<Record<number, string>> = { [I32]: "i32.store", [I64]: "i64.store", [V128]: "v128.store" };

/** What is kept of each value of a region: arrays that one region leaves to the next. */
export interface EmitterScratch {
  uses: Uint16Array;
  local: Int32Array;
  made: Int32Array;
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
    for (let slot = 0; slot < this.#slots.count; slot += 1) {
      if (used[slot] === 0) continue;
      this.#slotLocal[slot] = this.#newLocal(this.#slots.types[slot]!);
      code.localGet(VCPU).memory(WIDE_LOAD[this.#slots.types[slot]!]!, this.#slots.offsets[slot]!);
      code.localSet(this.#slotLocal[slot]!);
    }
    code.block();
    this.#labels.push({ block: -1, isLoop: false });
    this.#tree(0);
    code.op("unreachable");
    code.end();
    this.#labels.pop();
    this.#leave(written);
  }

  /** The shared way out: state back to memory, pc and fuel. */
  #leave(written: Uint8Array): void {
    const { code } = this;
    const { state } = this.#isa;
    for (let slot = 0; slot < this.#slots.count; slot += 1) {
      if (written[slot] === 0 || slot === this.#slots.tracked) continue;
      code.localGet(VCPU).localGet(this.#slotLocal[slot]!);
      code.memory(WIDE_STORE[this.#slots.types[slot]!]!, this.#slots.offsets[slot]!);
    }
    const { tracked } = this.#slots;
    if (tracked >= 0 && written[tracked] === 1) {
      const value = this.#newLocal(I32);
      code.localGet(VCPU);
      code
        .localGet(LEAVING)
        .op("i32.wrap_i64")
        .i32(EXIT_TRACKED_SHIFT)
        .op("i32.shr_u")
        .i32(EXIT_TRACKED_MASK)
        .op("i32.and")
        .localTee(value);
      code.localGet(this.#slotLocal[tracked]!);
      code.localGet(value).i32(TRACKED_IN_LOCAL).op("i32.ne").op("select");
      code.memory("i32.store", this.#slots.offsets[tracked]!);
    }
    code.localGet(VCPU).localGet(BASE);
    code.localGet(LEAVING).i64(EXIT_OFFSET_SHIFT, 0).op("i64.shr_s").op("i64.add");
    code.memory("i64.store", state.pc);
    code.localGet(VCPU).localGet(FUEL);
    code.localGet(LEAVING).op("i32.wrap_i64").i32(EXIT_FUEL_SHIFT).op("i32.shr_u").i32(EXIT_FUEL_MASK).op("i32.and");
    code.op("i32.add").memory("i32.store", state.fuel);
    code.localGet(LEAVING).op("i32.wrap_i64").i32(1).op("i32.and");
  }

  // What is needed, and where it is computed

  #eachOperand(i: Value, visit: (v: Value) => void): void {
    const { op, a, b, c, y, extra } = this.#translator.buffer;
    const code = op[i]!;
    if (code === SET || code === JUMP || code === STORE_UPPER) visit(a[i]!);
    else if (code >= OPS.length) return;
    else if (code === OP.callVoid || code === OP.callI32 || code === OP.callI64 || code === OP.callV128) {
      for (let k = 0; k < y[i]!; k += 1) visit(extra[c[i]! + k]!);
    } else {
      const { length } = OPS[code]!.operands;
      if (length > 0) visit(a[i]!);
      if (length > 1) visit(b[i]!);
      if (length > 2) visit(c[i]!);
    }
  }

  /** Whether an op does something beside making a value. */
  #isRoot(code: number): boolean {
    if (code >= OPS.length) return code !== GET && code !== RELATIVE;
    const spec = OPS[code]!;
    if (spec.isWasm || spec.effects === 0) return false;
    return stateAccess(code)?.isStore ?? true;
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
      if (code === GET) gets[buffer.x[i]!] = 1;
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
      } else if (stateAccess(code) !== undefined) {
        if (made[v] !== memory) this.#local[v] = -2;
      } else if (!this.#isKept(v)) this.#eachOperand(v, check);
    };
    for (let i = 0; i < buffer.count; i += 1) {
      const code = buffer.op[i]!;
      if (code === DROPPED) continue;
      const isRoot = this.#isRoot(code);
      if (!isRoot && this.#uses[i] === 0) continue;
      if (isRoot || this.#isKept(i)) this.#eachOperand(i, check);
      if (code === GET) made[i] = version[buffer.x[i]!]!;
      else if (code === SET || code === RELOAD) version[buffer.x[i]!]! += 1;
      else if (isRoot && code < OPS.length && (stateAccess(code) !== undefined || OPS[code]!.name.startsWith("call")))
        memory += 1;
      else if (!isRoot && stateAccess(code) !== undefined) made[i] = memory;
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
    if (op === GET) this.#getFrom(this.#localOfSlot(x));
    else if (op === RELATIVE) {
      code.localGet(BASE);
      if (x !== 0) code.i64(x, x >> 31).op("i64.add");
    } else if (op === OP.constI32) code.i32(x);
    else if (op === OP.constI64) code.i64(x, buffer.y[v]!);
    else if (op === OP.constV128) code.v128(buffer.extra.slice(x, x + 16));
    else if (stateAccess(op) !== undefined) code.localGet(VCPU).memory(stateOp(op), x);
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
      code.loop();
      this.#labels.push({ block, isLoop: true });
      this.#within(block, merges, 0);
      this.#labels.pop();
      code.end();
    } else this.#within(block, merges, 0);
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
    this.#tree(merge);
  }

  #body(block: number): void {
    const { code } = this;
    this.#block = block;
    this.#taken.clear();
    const shape = this.#shape.blocks[block];
    if (shape !== undefined) {
      const charge = shape.instructions.length;
      code.localGet(FUEL).i32(charge).op("i32.sub").localTee(FUEL).i32(0).op("i32.lt_s").if();
      this.#labels.push({ block: -1, isLoop: false });
      this.#exit(packExit(shape.offset, charge, TRACKED_IN_LOCAL, true));
      this.#labels.pop();
      code.end();
    }
    const [from, to] = this.#ranges[block]!;
    for (let i = from; i < to; i += 1) {
      this.#emit(i);
      this.#block = block;
    }
  }

  #exit(how: number): void {
    this.#setLeaving(how);
    this.code.br(this.#labels.length - 1);
  }

  #setLeaving(how: number): void {
    this.code.i64(how | 0, Math.floor(how / 2 ** 32)).localSet(LEAVING);
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
      case SET:
        this.#value(a);
        this.#forgetWindows(x);
        this.#setTo(this.#localOfSlot(x));
        return;
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
        code.localGet(VCPU).localGet(this.#localOfSlot(x));
        code.memory(WIDE_STORE[slotTypes[x]!]!, this.#slots.offsets[x]!);
        return;
      case RELOAD:
        code.localGet(VCPU).memory(WIDE_LOAD[slotTypes[x]!]!, this.#slots.offsets[x]!);
        code.localSet(this.#localOfSlot(x));
        this.#forgetWindows(x);
        return;
      case OP.if:
        this.#value(a);
        code.if();
        this.#labels.push({ block: -1, isLoop: false });
        return;
      case OP.block:
        code.block();
        this.#labels.push({ block: -1, isLoop: false });
        return;
      case OP.else:
        code.else();
        return;
      case OP.end:
        code.end();
        this.#labels.pop();
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
      code.memory(stateOp(op), x);
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
    if (buffer.op[address] === GET) return this.#localOfSlot(buffer.x[address]!);
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
    this.#value(buffer.a[i]!);
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
      .localGet(BASE)
      .i64(offset, offset >> 31)
      .op("i64.add");
    if (bits === 32) code.op("i32.wrap_i64").op("i64.extend_i32_u");
    code.localSet(BASE);
    this.#exit(packExit(0, fuel, tracked, interpret));
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
    if (label >= 0 && (isBack || this.#flow.isMerge[block] === 1)) code.br(this.#labels.length - 1 - label);
    else {
      // What follows in this block is not reached from there, so only the names of its locals matter.
      const source = this.#block;
      const taken = new Map(this.#taken);
      this.#tree(block);
      this.#block = source;
      this.#taken.clear();
      for (const [type, count] of taken) this.#taken.set(type, count);
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
    code.localGet(target).localSet(BASE);
    this.#exit(exit);
  }
}

function stateOp(op: number): string {
  return STATE_OPS.get(op)!;
}

const STATE_OPS: ReadonlyMap<number, string> = new Map([
  [OP.stateLoad8S, "i64.load8_s"],
  [OP.stateLoad8U, "i64.load8_u"],
  [OP.stateLoad16S, "i64.load16_s"],
  [OP.stateLoad16U, "i64.load16_u"],
  [OP.stateLoad32S, "i64.load32_s"],
  [OP.stateLoad32U, "i64.load32_u"],
  [OP.stateLoad64, "i64.load"],
  [OP.stateLoadI32, "i32.load"],
  [OP.stateLoadV128, "v128.load"],
  [OP.stateStore8, "i64.store8"],
  [OP.stateStore16, "i64.store16"],
  [OP.stateStore32, "i64.store32"],
  [OP.stateStore64, "i64.store"],
  [OP.stateStoreI32, "i32.store"],
  [OP.stateStoreV128, "v128.store"],
]);
