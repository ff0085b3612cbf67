import {
  type AssumedState,
  type GuestIsa,
  I32,
  I64,
  type IrFunction,
  MEM_SIZE_MASK,
  OP,
  OPS,
  type StateAccess,
  type Structure,
  V128,
  type Value,
  type ValueType,
  findStructure,
  opcode,
  stateAccess,
} from "@isinglass/uops";
import { TRACKED_IN_LOCAL, packExit } from "./exits.js";
import { Knowledge, commonTruths, type Truth } from "./knowledge.js";
import type { RegionBuffer } from "./region-buffer.js";
import { EDGE, EXIT, FLUSH, GET, HUB, JUMP, RELATIVE, RELOAD, SET, STORE_UPPER, UNSEEN } from "./region-buffer.js";
import type { RegionInstruction } from "./region-shape.js";
import { type SlotTable, slotBytes } from "./slots.js";

const ADD64 = opcode("i64.add");
const AND64 = opcode("i64.and");
const OR64 = opcode("i64.or");
const SHL64 = opcode("i64.shl");
const SHR_U64 = opcode("i64.shr_u");
const EXTEND_U = opcode("i64.extend_i32_u");
const EXTEND_S = opcode("i64.extend_i32_s");
const WRAP = opcode("i32.wrap_i64");
/** By bytes kept. */
const EXTEND: Readonly<Record<number, number>> = {
  1: opcode("i64.extend8_s"),
  2: opcode("i64.extend16_s"),
  4: opcode("i64.extend32_s"),
};
const EXTRACT64 = opcode("i64x2.extract_lane");
const EXTRACT32 = opcode("i32x4.extract_lane");
const EXTRACT16 = opcode("i16x8.extract_lane_u");
const EXTRACT8 = opcode("i8x16.extract_lane_u");
/** By bytes of a lane. */
const REPLACE: Readonly<Record<number, number>> = {
  1: opcode("i8x16.replace_lane"),
  2: opcode("i16x8.replace_lane"),
  4: opcode("i32x4.replace_lane"),
  8: opcode("i64x2.replace_lane"),
};
/** Helper functions with at most this many ops are copied to where they are called. */
const INLINE_OPS = 256;

/** Ops that the map of a frame holds at first. */
const MAP = 512;
const NO_LOCALS = new Int32Array(0);

/** Addresses that differ by less are likely to lie in one page. */
const NEAR = 512;

/** Ops that are marked thus are not emitted. */
export const DROPPED: number = 0xffff;

const structures = new WeakMap<IrFunction, Structure>();
function structureOf(fn: IrFunction): Structure {
  let structure = structures.get(fn);
  if (structure === undefined) structures.set(fn, (structure = findStructure(fn)));
  return structure;
}

/** One function whose ops are being copied: the instruction, or a helper that it calls. */
interface Frame {
  readonly fn: IrFunction;
  readonly instruction: RegionInstruction | undefined;
  /** Value in the region of each op. */
  readonly map: Int32Array;
  /** What is in each mutable local: a value, or -1: read its slot. */
  readonly locals: Int32Array;
  /** Slot of each mutable local, made on first use. */
  readonly slots: Int32Array;
  /** What each slot of a local is known to hold, or -1. */
  readonly inSlot: Int32Array;
  /** Open structures of the function: depth in the region, or -1 for those dissolved. */
  readonly labels: number[];
  /** Truths at branches to each open block. */
  readonly arrivals: (Truth | undefined)[][];
  /** Structures of the function that are open in the region. */
  open: number;
  result: Value;
  returned: boolean;
}

class NotInline extends Error {}
/** One for all: it is caught where it is of use, and a trace of the calls costs more than the look at the function. */
const notInline = new NotInline();

/** Where the edges of a block lead: asked by the translator, answered by the region's shape. */
export interface EdgeSource {
  /** Index of the block that begins at an offset and may be gone to, or -1. */
  blockAt(offset: number): number;
  /** Offsets, relative to the entry's page, where an indirect jump out of this block is likely to go. */
  readonly likely: readonly number[];
  /** Index of the hub that an indirect jump out of this block goes to with its address, or -1. */
  readonly hub: number;
}

/**
 * Copies the micro-ops of a region's instructions into the {@link RegionBuffer}: holes become constants, state that has a slot
 * is read and written there, branches become edges, and whatever the region cannot finish becomes an exit at which the
 * interpreter executes the instruction from its start.
 */
export class Translator {
  readonly buffer: RegionBuffer;
  readonly #isa: GuestIsa;
  readonly #slots: SlotTable;
  /** Types of all slots: state first, then locals of instructions. */
  readonly slotTypes: ValueType[] = [];
  known: Knowledge;
  /** The slot that holds the address with which a hub is gone to, or -1. */
  hubAddress = -1;
  /** Takes pairs of an instruction's offset and its first op, for listings. */
  starts: number[] | undefined;
  /** Slots of state that the region reads or writes, and writes. */
  readonly used: Uint8Array;
  readonly written: Uint8Array;
  /** Knowledge on the way into each block that has one way in. */
  readonly arriving: (Knowledge | undefined)[] = [];
  /** The last SET of each slot that nothing has looked at, or -1. */
  readonly #unseen: Int32Array;
  /** The last SET of each slot at which nothing has looked but this region, or -1. */
  readonly #unsaved: Int32Array;
  #mode = -1;
  readonly #assumed = new Map<number, AssumedState>();
  /** Frames in use, and the maps of frames at each depth. */
  #frames = 0;
  readonly #maps: Int32Array[] = [];
  #depth = 0;
  #edges!: EdgeSource;
  #charged = 0;
  #done = 0;

  constructor(isa: GuestIsa, slots: SlotTable, buffer: RegionBuffer) {
    this.#isa = isa;
    this.#slots = slots;
    this.buffer = buffer;
    this.known = new Knowledge(slots.count);
    this.used = new Uint8Array(slots.count);
    this.written = new Uint8Array(slots.count);
    this.#unseen = new Int32Array(slots.count).fill(-1);
    this.#unsaved = new Int32Array(slots.count).fill(-1);
  }

  /** Begins a region of code of a mode. */
  clear(mode: number): void {
    if (mode !== this.#mode) {
      this.#mode = mode;
      this.#assumed.clear();
      for (const state of this.#isa.state.assumed(mode)) this.#assumed.set(state.offset, state);
    }
    this.buffer.clear();
    this.slotTypes.length = 0;
    this.slotTypes.push(...this.#slots.types);
    this.used.fill(0);
    this.written.fill(0);
    this.arriving.length = 0;
    this.#settle();
    this.#depth = 0;
    this.#frames = 0;
    this.hubAddress = -1;
  }

  /** Copies a block of instructions. `next`: block or exit for falling off its end; undefined if that cannot happen. */
  block(
    index: number,
    instructions: readonly RegionInstruction[],
    known: Knowledge,
    edges: EdgeSource,
    falls: { readonly offset: number; readonly interpret: boolean } | undefined,
  ): void {
    this.buffer.currentBlock = index;
    this.known = known;
    this.#edges = edges;
    this.#charged = instructions.length;
    for (let i = 0; i < instructions.length; i += 1) {
      this.#done = i;
      this.#instruction(instructions[i]!);
    }
    this.#done = instructions.length;
    if (falls !== undefined) this.#edge(falls.offset, falls.interpret, 64);
    this.#settle();
  }

  #instruction(instruction: RegionInstruction): void {
    this.starts?.push(instruction.offset, this.buffer.count);
    const { ir } = instruction.facts;
    const frame = this.#frame(ir, instruction);
    this.#frames += 1;
    this.#range(frame, 0, ir.count);
    this.#frames -= 1;
  }

  #frame(fn: IrFunction, instruction: RegionInstruction | undefined): Frame {
    const count = fn.locals.length;
    // Ops come before what uses them, so what an earlier frame left here is never read.
    const maps = this.#maps;
    const map = (maps[this.#frames] ??= new Int32Array(MAP));
    const frame: Frame = {
      fn,
      instruction,
      map: fn.count <= map.length ? map : (maps[this.#frames] = new Int32Array(fn.count * 2)),
      locals: count === 0 ? NO_LOCALS : new Int32Array(count).fill(-1),
      inSlot: count === 0 ? NO_LOCALS : new Int32Array(count).fill(-1),
      slots: count === 0 ? NO_LOCALS : new Int32Array(count).fill(-1),
      labels: [],
      arrivals: [],
      open: 0,
      result: -1,
      returned: false,
    };
    for (let i = fn.params.length; i < count; i += 1) {
      const type = fn.locals[i]!;
      frame.locals[i] = type === I32 ? this.buffer.i32(0) : type === I64 ? this.buffer.i64(0, 0) : this.#zeroVector();
    }
    return frame;
  }

  #zeroVector(): Value {
    const at = this.buffer.extra.length;
    for (let i = 0; i < 16; i += 1) this.buffer.extra.push(0);
    return this.buffer.add(OP.constV128, -1, -1, -1, at);
  }

  // Slots

  #get(slot: number): Value {
    const { known, buffer } = this;
    if (slot < this.#slots.count) {
      this.used[slot] = 1;
      const constant = known.constant[slot]!;
      if (constant >= 0) {
        if (buffer.op[constant] === OP.constI32) return buffer.i32(buffer.x[constant]!);
        return buffer.i64(buffer.x[constant]!, buffer.y[constant]!);
      }
      this.#unseen[slot] = -1;
      const leaf = known.leaf[slot]!;
      if (leaf >= 0) return leaf;
      const v = buffer.add(GET, -1, -1, -1, slot);
      buffer.zx[v] = known.zx[slot]!;
      buffer.sx[v] = known.sx[slot]!;
      known.leaf[slot] = v;
      return v;
    }
    return buffer.add(GET, -1, -1, -1, slot);
  }

  #set(slot: number, value: Value): void {
    const { known, buffer } = this;
    const isConstant = buffer.isI32(value) || buffer.isI64(value);
    const before = known.constant[slot]!;
    if (isConstant && before >= 0 && buffer.x[before] === buffer.x[value] && buffer.y[before] === buffer.y[value])
      return;
    if (!isConstant && buffer.op[value] === GET && buffer.x[value] === slot && known.leaf[slot] === value) return;
    const unseen = this.#unseen[slot]!;
    if (unseen >= 0) buffer.op[unseen] = DROPPED;
    this.used[slot] = 1;
    this.written[slot] = 1;
    if (this.#unsaved[slot]! >= 0) buffer.y[this.#unsaved[slot]!] = UNSEEN;
    const at = buffer.add(SET, value, -1, -1, slot);
    this.#unseen[slot] = at;
    this.#unsaved[slot] = at;
    const base = this.#baseSlot(value);
    const entry = base >= 0 ? known.entry[base]! : -1;
    known.entry[slot] = entry;
    known.constant[slot] = isConstant ? value : -1;
    known.leaf[slot] = -1;
    known.zx[slot] = buffer.zx[value]!;
    known.sx[slot] = buffer.sx[value]!;
  }

  /** Slot whose value now an address is, or is near; -1: none. */
  #baseSlot(address: Value): number {
    const { buffer } = this;
    // Where an address wraps at 4 GiB its sum does too.
    const sum = buffer.op[address] === AND64 && buffer.isMask32(buffer.b[address]!) ? buffer.a[address]! : address;
    const isNear =
      buffer.op[sum] === ADD64 &&
      buffer.isI64(buffer.b[sum]!) &&
      Math.abs(buffer.x[buffer.b[sum]!]!) < NEAR &&
      buffer.y[buffer.b[sum]!] === buffer.x[buffer.b[sum]!]! >> 31;
    const base = isNear ? buffer.a[sum]! : sum;
    if (buffer.op[base] !== GET) return -1;
    const slot = buffer.x[base]!;
    return slot < this.#slots.count && this.known.leaf[slot] === base ? slot : -1;
  }

  /** The access whose soft-TLB entry an access to `address` is likely to need again, or -1; notes `next` for those that come. */
  #entryFor(address: Value): number {
    const slot = this.#baseSlot(address);
    if (slot < 0) return -1;
    const entry = this.known.entry[slot]!;
    // The next op is the access itself.
    if (entry < 0) this.known.entry[slot] = this.buffer.count;
    return entry;
  }

  /** Something may look at the state as it is here. */
  #observe(): void {
    const { tracked } = this.#slots;
    const keep = tracked >= 0 && this.#trackedValue() !== TRACKED_IN_LOCAL ? this.#unseen[tracked]! : -1;
    this.#settle();
    if (keep >= 0) this.#unseen[tracked] = keep;
  }

  /** Everything that has been set stays set: control flow comes together or parts here. */
  #settle(): void {
    this.#unseen.fill(-1);
    this.#unsaved.fill(-1);
  }

  #trackedValue(): number {
    const { tracked } = this.#slots;
    if (tracked < 0) return TRACKED_IN_LOCAL;
    const constant = this.known.constant[tracked]!;
    if (constant < 0) return TRACKED_IN_LOCAL;
    const value = this.buffer.x[constant]!;
    return value >= 0 && value < TRACKED_IN_LOCAL ? value : TRACKED_IN_LOCAL;
  }

  /** Number of an exit at which the instruction in hand is interpreted. */
  #bail(): number {
    const { tracked } = this.#slots;
    this.#observe();
    if (tracked >= 0) this.used[tracked] = this.written[tracked] = 1;
    const { exits } = this.buffer;
    return exits.push(packExit(this.#offset, this.#charged - this.#done, this.#trackedValue(), true)) - 1;
  }

  #offset = 0;
  // Ops

  /** Copies ops; false if control does not get to `to`. */
  #range(frame: Frame, from: number, to: number): boolean {
    const { fn } = frame;
    if (frame.instruction !== undefined) this.#offset = frame.instruction.offset;
    for (let at = from; at < to; at += 1) {
      const op = fn.op[at]!;
      if (op === OP.if || op === OP.block) {
        if (!this.#structured(frame, at)) return false;
        at = structureOf(fn).end[at]!;
      } else if (!this.#op(frame, at, op)) return false;
    }
    return true;
  }

  #op(frame: Frame, at: number, op: number): boolean {
    const { fn, map } = frame;
    const { buffer } = this;
    const spec = OPS[op]!;
    const x = fn.x[at]!;
    const y = fn.y[at]!;
    if (spec.isWasm || op === OP.selectI32 || op === OP.selectI64 || op === OP.selectV128) {
      const a = fn.a[at]!;
      const b = fn.b[at]!;
      const c = fn.c[at]!;
      map[at] = buffer.pure(op, map[a]!, b < 0 ? -1 : map[b]!, c < 0 ? -1 : map[c]!, x);
      return true;
    }
    const access = stateAccess(op);
    if (access !== undefined) {
      if (access.isStore) this.#stateStore(frame, at, access);
      else map[at] = this.#stateLoad(frame, at, access);
      return true;
    }
    switch (op) {
      case OP.constI32:
        map[at] = buffer.i32(x);
        return true;
      case OP.constI64:
        map[at] = buffer.i64(x, y);
        return true;
      case OP.constV128:
      case OP.shuffle: {
        const first = buffer.extra.length;
        for (let i = 0; i < 16; i += 1) buffer.extra.push(fn.extra[x + i]!);
        map[at] = buffer.add(
          op,
          op === OP.shuffle ? map[fn.a[at]!]! : -1,
          op === OP.shuffle ? map[fn.b[at]!]! : -1,
          -1,
          first,
        );
        return true;
      }
      case OP.holeI32:
        map[at] = buffer.i32(this.#holeLow(frame, x));
        return true;
      case OP.holeI64:
        map[at] = this.#holeI64(frame, x);
        return true;
      case OP.pc:
        map[at] = buffer.add(RELATIVE, -1, -1, -1, frame.instruction!.offset);
        return true;
      case OP.nextPc:
        map[at] = buffer.add(RELATIVE, -1, -1, -1, frame.instruction!.offset + frame.instruction!.length);
        return true;
      case OP.localGetI32:
      case OP.localGetI64:
      case OP.localGetV128: {
        const known = frame.locals[x]!;
        map[at] = known >= 0 ? known : this.#get(this.#localSlot(frame, x));
        return true;
      }
      case OP.localSetI32:
      case OP.localSetI64:
      case OP.localSetV128:
        this.#setLocal(frame, x, map[fn.a[at]!]!);
        return true;
      case OP.guestLoad:
      case OP.guestLoadV128: {
        const exit = this.#bail();
        map[at] = buffer.guestLoad(op, map[fn.a[at]!]!, x, exit, this.#entryFor(map[fn.a[at]!]!));
        return true;
      }
      case OP.guestStore:
      case OP.guestStoreV128: {
        const value = this.#lowBits(map[fn.b[at]!]!, 1 << (x & MEM_SIZE_MASK));
        const exit = this.#bail();
        buffer.add(op, map[fn.a[at]!], value, this.#entryFor(map[fn.a[at]!]!), x, exit);
        return true;
      }
      case OP.guestStoreV256: {
        const exit = this.#bail();
        const entry = this.#entryFor(map[fn.a[at]!]!);
        buffer.add(OP.guestStoreV128, map[fn.a[at]!], map[fn.b[at]!], entry, x, exit);
        buffer.add(STORE_UPPER, map[fn.c[at]!]);
        return true;
      }
      case OP.callVoid:
      case OP.callI32:
      case OP.callI64:
      case OP.callV128:
        map[at] = this.#call(frame, at, op);
        return true;
      case OP.fault:
      case OP.assist:
        buffer.add(EXIT, -1, -1, -1, this.#bail());
        return false;
      case OP.branch: {
        const { instruction } = frame;
        const target = instruction!.offset + instruction!.length + instruction!.lo[y]!;
        this.#done += 1;
        this.#edge(target, false, x);
        this.#done -= 1;
        return false;
      }
      case OP.jump:
        this.#done += 1;
        this.#jump(map[fn.a[at]!]!);
        this.#done -= 1;
        return false;
      case OP.br:
      case OP.brIf:
        return this.#branchOut(frame, at, op, x);
      case OP.returnI32:
      case OP.returnI64:
      case OP.returnV128:
      case OP.returnVoid:
        // Inside an arm that may not be taken there is no one result.
        if (frame.labels.some((depth) => depth >= 0)) throw notInline;
        frame.result = fn.a[at]! < 0 ? -1 : map[fn.a[at]!]!;
        frame.returned = true;
        return false;
      default:
        throw new Error(`engine: a region cannot hold ${spec.name} of ${fn.name}`);
    }
  }

  #holeLow(frame: Frame, hole: number): number {
    const { lo } = frame.instruction!;
    return frame.fn.holes[hole] === "i8" ? (lo[hole]! << 24) >> 24 : lo[hole]!;
  }

  #holeI64(frame: Frame, hole: number): Value {
    if (frame.fn.holes[hole] === "i64")
      return this.buffer.i64(frame.instruction!.lo[hole]!, frame.instruction!.hi[hole]!);
    const low = this.#holeLow(frame, hole);
    return this.buffer.i64(low, low >> 31);
  }

  /** A value of which only the low bytes count. */
  #lowBits(value: Value, bytes: number): Value {
    const { buffer } = this;
    if (bytes >= 8) return value;
    let v = value;
    for (;;) {
      const op = buffer.op[v]!;
      const kept =
        op === EXTEND[4]
          ? 4
          : op === EXTEND[2]
            ? 2
            : op === EXTEND[1]
              ? 1
              : op === AND64 && buffer.isI64(buffer.b[v]!)
                ? masked(buffer.x[buffer.b[v]!]!, buffer.y[buffer.b[v]!]!)
                : 0;
      if (kept < bytes) return v;
      v = buffer.a[v]!;
    }
  }

  #localSlot(frame: Frame, index: number): number {
    let slot = frame.slots[index]!;
    if (slot < 0) {
      slot = this.slotTypes.length;
      this.slotTypes.push(frame.fn.locals[index]!);
      frame.slots[index] = slot;
    }
    return slot;
  }

  #setLocal(frame: Frame, index: number, value: Value): void {
    frame.locals[index] = value;
    if (frame.open > 0) this.#storeLocal(frame, index);
  }

  #storeLocal(frame: Frame, index: number): void {
    const value = frame.locals[index]!;
    frame.inSlot[index] = value;
    this.buffer.add(SET, value, -1, -1, this.#localSlot(frame, index));
  }

  /** Puts into their slots the locals that a structure may change: where its ways come together they are read from there. */
  #storeLocals(frame: Frame, from: number, to: number): void {
    const { fn } = frame;
    for (let at = from; at < to; at += 1) {
      const op = fn.op[at]!;
      if (op !== OP.localSetI32 && op !== OP.localSetI64 && op !== OP.localSetV128) continue;
      const index = fn.x[at]!;
      if (frame.locals[index]! >= 0 && frame.inSlot[index] !== frame.locals[index]) this.#storeLocal(frame, index);
    }
  }

  // State

  #place(frame: Frame, at: number): number {
    const hole = frame.fn.y[at]!;
    return frame.fn.x[at]! + (hole < 0 ? 0 : frame.instruction!.lo[hole]!);
  }

  #stateLoad(frame: Frame, at: number, access: StateAccess): Value {
    const offset = this.#place(frame, at);
    const op = frame.fn.op[at]!;
    const { buffer } = this;
    const { zero } = this.#isa.state;
    if (offset >= zero && offset + access.bytes <= zero + 8)
      return access.type === I32 ? buffer.i32(0) : buffer.i64(0, 0);
    const slot = this.#slots.ofByte[offset] ?? -1;
    if (slot < 0) {
      const assumed = access.bytes === 8 ? this.#assumed.get(offset) : undefined;
      if (assumed !== undefined) return buffer.i64(assumed.lo, assumed.hi);
      const v = buffer.add(op, -1, -1, -1, offset, -1);
      if (access.type === I64 && access.bytes < 8) {
        if (access.signed) buffer.sx[v] = access.bytes * 8;
        else [buffer.zx[v], buffer.sx[v]] = [access.bytes * 8, access.bytes * 8 + 1];
      }
      return v;
    }
    const type = this.#slots.types[slot]!;
    const skip = offset - this.#slots.offsets[slot]!;
    if (skip + access.bytes > slotBytes(type)) throw new Error(`engine: ${frame.fn.name} reads across state ${offset}`);
    const whole = this.#get(slot);
    if (type === V128) return this.#fromVector(whole, skip, access);
    if (type === I32) {
      if (access.type === I32) return whole;
      const shifted = skip === 0 ? whole : buffer.pure(SHR_U32, whole, buffer.i32(8 * skip));
      return this.#extended(buffer.pure(access.signed && access.bytes === 4 ? EXTEND_S : EXTEND_U, shifted), access);
    }
    const shifted = skip === 0 ? whole : buffer.pure(SHR_U64, whole, buffer.i64(8 * skip, 0));
    if (access.type === I32) return buffer.pure(WRAP, shifted);
    return this.#extended(shifted, access);
  }

  #extended(value: Value, access: StateAccess): Value {
    const { buffer } = this;
    if (access.bytes === 8) return value;
    if (access.signed) return buffer.pure(EXTEND[access.bytes]!, value);
    return buffer.pure(AND64, value, mask(buffer, access.bytes));
  }

  #fromVector(whole: Value, skip: number, access: StateAccess): Value {
    const { buffer } = this;
    if (access.type === V128) return whole;
    if (access.bytes === 8) return buffer.pure(EXTRACT64, whole, -1, -1, skip >> 3);
    if (access.bytes === 4) {
      const lane = buffer.pure(EXTRACT32, whole, -1, -1, skip >> 2);
      return access.type === I32 ? lane : buffer.pure(access.signed ? EXTEND_S : EXTEND_U, lane);
    }
    const lane =
      access.bytes === 2
        ? buffer.pure(EXTRACT16, whole, -1, -1, skip >> 1)
        : buffer.pure(EXTRACT8, whole, -1, -1, skip);
    return this.#extended(buffer.pure(EXTEND_U, lane), access);
  }

  #stateStore(frame: Frame, at: number, access: StateAccess): void {
    const offset = this.#place(frame, at);
    const { buffer } = this;
    const value = frame.map[frame.fn.a[at]!]!;
    const slot = this.#slots.ofByte[offset] ?? -1;
    if (slot < 0) {
      buffer.add(
        frame.fn.op[at]!,
        access.type === I64 ? this.#lowBits(value, access.bytes) : value,
        -1,
        -1,
        offset,
        -1,
      );
      return;
    }
    const type = this.#slots.types[slot]!;
    const skip = offset - this.#slots.offsets[slot]!;
    if (skip + access.bytes > slotBytes(type))
      throw new Error(`engine: ${frame.fn.name} writes across state ${offset}`);
    if (access.bytes === slotBytes(type)) {
      this.#set(slot, type === I32 && access.type === I64 ? buffer.pure(WRAP, value) : value);
      return;
    }
    if (type === V128) {
      const lane = access.bytes === 8 ? value : access.type === I32 ? value : buffer.pure(WRAP, value);
      this.#set(slot, buffer.pure(REPLACE[access.bytes]!, this.#get(slot), lane, -1, skip / access.bytes));
      return;
    }
    if (type === I32) throw new Error(`engine: ${frame.fn.name} writes a part of state ${offset}`);
    const wide = access.type === I32 ? buffer.pure(EXTEND_U, value) : value;
    const part = buffer.pure(AND64, wide, mask(buffer, access.bytes));
    const moved = skip === 0 ? part : buffer.pure(SHL64, part, buffer.i64(8 * skip, 0));
    const keep = ~(((1n << BigInt(8 * access.bytes)) - 1n) << BigInt(8 * skip));
    const rest = buffer.pure(
      AND64,
      this.#get(slot),
      buffer.i64(Number(BigInt.asIntN(32, keep)), Number(BigInt.asIntN(32, keep >> 32n))),
    );
    this.#set(slot, buffer.pure(OR64, rest, moved));
  }

  // Control flow

  #edge(offset: number, interpret: boolean, bits: number): void {
    const { tracked } = this.#slots;
    this.#settle();
    const block = interpret ? -1 : this.#edges.blockAt(offset);
    const value = this.#trackedValue();
    if (block >= 0) this.arriving[block] = this.known.inherited();
    else if (tracked >= 0) this.used[tracked] = this.written[tracked] = 1;
    const fuel = this.#charged - this.#done;
    this.buffer.add(EDGE, -1, -1, bits, block, this.buffer.extra.length);
    this.buffer.extra.push(offset, fuel, value, interpret ? 1 : 0);
  }

  /** Tries the targets of all jumps that go to a hub. */
  hub(index: number, known: Knowledge, edges: EdgeSource): void {
    this.buffer.currentBlock = index;
    this.known = known;
    this.#edges = edges;
    this.#charged = this.#done = 0;
    this.#jumpTo(this.buffer.add(GET, -1, -1, -1, this.#hubSlot()));
  }

  #hubSlot(): number {
    if (this.hubAddress < 0) this.hubAddress = this.slotTypes.push(I64) - 1;
    return this.hubAddress;
  }

  #jump(target: Value): void {
    const { hub } = this.#edges;
    if (hub < 0) {
      this.#jumpTo(target);
      return;
    }
    const { tracked } = this.#slots;
    this.buffer.add(SET, target, -1, -1, this.#hubSlot());
    this.#settle();
    if (tracked >= 0) this.used[tracked] = this.written[tracked] = 1;
    this.buffer.add(HUB, -1, -1, -1, hub);
  }

  #jumpTo(target: Value): void {
    const { tracked } = this.#slots;
    this.#settle();
    if (tracked >= 0) this.used[tracked] = this.written[tracked] = 1;
    const { extra } = this.buffer;
    const first = extra.length;
    let count = 0;
    for (const offset of this.#edges.likely) {
      const block = this.#edges.blockAt(offset);
      if (block < 0) continue;
      this.arriving[block] = this.known.inherited();
      extra.push(offset, block);
      count += 1;
    }
    const exit = packExit(0, this.#charged - this.#done, this.#trackedValue(), false);
    this.buffer.add(JUMP, target, -1, exit, first, count);
  }

  #branchOut(frame: Frame, at: number, op: number, x: number): boolean {
    const index = frame.labels.length - 1 - x;
    const depth = frame.labels[index]!;
    const away = this.#depth - 1 - depth;
    let condition = -1;
    if (op === OP.brIf) {
      condition = frame.map[frame.fn.a[at]!]!;
      const holds = this.#truth(condition);
      if (holds === false) return true;
      if (holds === true) condition = -1;
    }
    this.#settle();
    frame.arrivals[index]!.push(this.known.truths);
    if (condition < 0) {
      this.buffer.add(OP.br, -1, -1, -1, away);
      return false;
    }
    this.buffer.add(OP.brIf, condition, -1, -1, away);
    this.#learn(condition, false);
    return true;
  }

  #structured(frame: Frame, opener: number): boolean {
    const { fn } = frame;
    const structure = structureOf(fn);
    const end = structure.end[opener]!;
    if (fn.op[opener] === OP.block) return this.#block(frame, opener, end);
    const other = structure.otherwise[opener]!;
    const condition = frame.map[fn.a[opener]!]!;
    const holds = this.#truth(condition);
    if (holds !== undefined) {
      const [from, to] = holds ? [opener + 1, other < 0 ? end : other] : [other < 0 ? end : other + 1, end];
      frame.labels.push(-1);
      frame.arrivals.push([]);
      const goesOn = this.#range(frame, from, to);
      frame.labels.pop();
      frame.arrivals.pop();
      return goesOn;
    }
    this.#settle();
    this.#storeLocals(frame, opener + 1, end);
    this.buffer.add(OP.if, condition);
    frame.open += 1;
    const before = this.known;
    const locals = frame.locals.slice();
    const yes = this.#arm(frame, opener + 1, other < 0 ? end : other, before, locals, condition, true);
    let no: Arm | undefined;
    if (other >= 0) {
      this.buffer.add(OP.else);
      no = this.#arm(frame, other + 1, end, before, locals, condition, false);
    } else {
      no = { goesOn: true, known: before, locals };
      if (!yes.goesOn) {
        this.known = before;
        this.#learn(condition, false);
      }
    }
    this.buffer.add(OP.end);
    frame.open -= 1;
    frame.inSlot.fill(-1);
    return this.#joined(frame, yes, no);
  }

  #joined(frame: Frame, p: Arm, q: Arm): boolean {
    if (!p.goesOn && !q.goesOn) return false;
    const [one, two] = p.goesOn ? [p, q] : [q, p];
    this.known = one.known;
    frame.locals.set(one.locals);
    if (two.goesOn) {
      this.known.meet(two.known);
      for (let i = 0; i < frame.locals.length; i += 1) if (one.locals[i] !== two.locals[i]) frame.locals[i] = -1;
    }
    return true;
  }

  #arm(
    frame: Frame,
    from: number,
    to: number,
    before: Knowledge,
    locals: Int32Array,
    condition: Value,
    holds: boolean,
  ): Arm {
    this.known = before.copy();
    frame.locals.set(locals);
    this.#learn(condition, holds);
    frame.labels.push(this.#depth);
    frame.arrivals.push([]);
    this.#depth += 1;
    const goesOn = this.#range(frame, from, to);
    this.#depth -= 1;
    frame.labels.pop();
    frame.arrivals.pop();
    this.#settle();
    return { goesOn, known: this.known, locals: frame.locals.slice() };
  }

  #block(frame: Frame, opener: number, end: number): boolean {
    this.#settle();
    this.#storeLocals(frame, opener + 1, end);
    this.buffer.add(OP.block);
    frame.open += 1;
    const before = this.known.copy();
    const locals = frame.locals.slice();
    frame.labels.push(this.#depth);
    frame.arrivals.push([]);
    this.#depth += 1;
    const goesOn = this.#range(frame, opener + 1, end);
    this.#depth -= 1;
    frame.labels.pop();
    const arrivals = frame.arrivals.pop()!;
    this.buffer.add(OP.end);
    frame.open -= 1;
    frame.inSlot.fill(-1);
    this.#settle();
    if (!goesOn && arrivals.length === 0) return false;
    let truths = goesOn ? this.known.truths : arrivals[0];
    for (const other of arrivals) truths = commonTruths(truths, other);
    if (arrivals.length > 0) {
      // Branches come from places that knew other things: keep what was known before and not written since.
      this.known = before;
      this.#forgetWritten(frame, opener + 1, end, locals);
    }
    this.known.truths = truths;
    return true;
  }

  #forgetWritten(frame: Frame, from: number, to: number, locals: Int32Array): void {
    const { fn } = frame;
    frame.locals.set(locals);
    for (let at = from; at < to; at += 1) {
      const op = fn.op[at]!;
      const access = stateAccess(op);
      if (op === OP.localSetI32 || op === OP.localSetI64 || op === OP.localSetV128) frame.locals[fn.x[at]!] = -1;
      else if (access?.isStore === true) {
        const slot = this.#slots.ofByte[this.#place(frame, at)] ?? -1;
        if (slot >= 0) this.known.forget(slot);
      } else if (op === OP.callVoid || op === OP.callI32 || op === OP.callI64 || op === OP.callV128)
        for (const slot of this.#slots.helperWrites[fn.x[at]!]!) this.known.forget(slot);
    }
  }

  // Conditions

  #truth(condition: Value): boolean | undefined {
    const { buffer } = this;
    if (buffer.isI32(condition)) return buffer.x[condition] !== 0;
    if (buffer.op[condition] === EQZ32) {
      const holds = this.#truth(buffer.a[condition]!);
      return holds === undefined ? undefined : !holds;
    }
    const key = this.#key(condition);
    return key === undefined ? undefined : this.known.truth(key);
  }

  #learn(condition: Value, holds: boolean): void {
    const { buffer } = this;
    if (buffer.op[condition] === EQZ32) {
      this.#learn(buffer.a[condition]!, !holds);
      return;
    }
    const key = this.#key(condition);
    if (key !== undefined) this.known.learn(key, holds);
  }

  /** Name of a condition that depends on nothing but constants and state that compiled code never writes. */
  #key(v: Value): string | undefined {
    const { buffer } = this;
    const op = buffer.op[v]!;
    if (op === OP.constI32 || op === OP.constI64) return `${buffer.x[v]},${buffer.y[v]}`;
    if (op === OP.stateLoadI32) return this.#isa.state.fixed.includes(buffer.x[v]!) ? `@${buffer.x[v]}` : undefined;
    if (OPS[op]?.isWasm !== true || OPS[op].operands.length === 0) return undefined;
    const a = this.#key(buffer.a[v]!);
    if (a === undefined) return undefined;
    if (OPS[op].operands.length === 1) return `${op}(${a})`;
    const b = this.#key(buffer.b[v]!);
    return b === undefined ? undefined : `${op}(${a};${b})`;
  }

  // Calls

  #call(frame: Frame, at: number, op: number): Value {
    const { fn } = frame;
    const index = fn.x[at]!;
    const args: Value[] = [];
    for (let k = 0; k < fn.y[at]!; k += 1) args.push(frame.map[fn.extra[fn.c[at]! + k]!]!);
    const callee = this.#isa.functions[index]!;
    const inlined = this.#inline(index, callee, args);
    if (inlined !== undefined) return inlined;
    const { buffer } = this;
    for (const slot of this.#slots.helperReads[index]!) {
      this.used[slot] = 1;
      this.#unseen[slot] = this.#unsaved[slot] = -1;
      buffer.add(FLUSH, -1, -1, -1, slot);
    }
    const first = buffer.extra.length;
    buffer.extra.push(...args);
    const v = buffer.add(op, -1, -1, first, index, args.length);
    for (const slot of this.#slots.helperWrites[index]!) {
      this.used[slot] = this.written[slot] = 1;
      buffer.add(RELOAD, -1, -1, -1, slot);
      this.known.forget(slot);
      this.#unseen[slot] = this.#unsaved[slot] = -1;
    }
    return v;
  }

  /** Copies a helper function to here if, with what is known, it comes to one result without a branch around it. */
  #inline(index: number, callee: IrFunction, args: readonly Value[]): Value | undefined {
    if (callee.count > INLINE_OPS || this.#slots.helperWrites[index]!.length > 0) return undefined;
    for (let i = 0; i < callee.count; i += 1) {
      const op = callee.op[i];
      if (op === OP.loop || op === OP.stateLoadIndexed || op === OP.stateStoreIndexed) return undefined;
    }
    const { buffer } = this;
    const mark = buffer.count;
    const known = this.known.copy();
    const unseen = this.#unseen.slice();
    const unsaved = this.#unsaved.slice();
    const depth = this.#depth;
    const frames = this.#frames;
    try {
      const frame = this.#frame(callee, undefined);
      this.#frames += 1;
      for (let i = 0; i < args.length; i += 1) frame.locals[i] = args[i]!;
      this.#range(frame, 0, callee.count);
      this.#frames = frames;
      if (!frame.returned) throw notInline;
      return frame.result;
    } catch (error) {
      if (!(error instanceof NotInline)) throw error;
      buffer.count = mark;
      this.#frames = frames;
      this.known = known;
      this.#unseen.set(unseen);
      this.#unsaved.set(unsaved);
      this.#depth = depth;
      return undefined;
    }
  }
}

interface Arm {
  readonly goesOn: boolean;
  readonly known: Knowledge;
  readonly locals: Int32Array;
}

const EQZ32 = opcode("i32.eqz");
const SHR_U32 = opcode("i32.shr_u");

function mask(buffer: RegionBuffer, bytes: number): Value {
  return bytes === 4 ? buffer.i64(-1, 0) : buffer.i64(bytes === 2 ? 0xffff : 0xff, 0);
}

/** Bytes that an AND with a constant keeps whole from the lowest up. */
function masked(lo: number, hi: number): number {
  if (lo === -1) return hi === -1 ? 8 : 4;
  if ((lo & 0xffff) === 0xffff) return 2;
  return (lo & 0xff) === 0xff ? 1 : 0;
}
