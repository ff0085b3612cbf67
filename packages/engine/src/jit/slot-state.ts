import {
  type AssumedState,
  type GuestIsa,
  I32,
  I64,
  OP,
  type StateAccess,
  V128,
  type Value,
  opcode,
} from "@isinglass/uops";
import { TRACKED_IN_LOCAL } from "./exits.js";
import { type Frame, placeOf } from "./frame.js";
import { Knowledge } from "./knowledge.js";
import { DROPPED, FLUSH, GET, type RegionBuffer, SET, UNSEEN } from "./region-buffer.js";
import { type SlotTable, slotBytes } from "./slots.js";
import { lowBits } from "./low-bits.js";

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
const SHR_U32 = opcode("i32.shr_u");

/**
 * vCPU state as a region's code reads and writes it: in slots, with what is known of each, or in memory where it has none; and which of what was
 * set nobody has seen yet.
 */
export class SlotState {
  known: Knowledge;
  /** Slots of state that the region reads or writes, and writes. */
  readonly used: Uint8Array;
  readonly written: Uint8Array;
  readonly #buffer: RegionBuffer;
  readonly #isa: GuestIsa;
  readonly #slots: SlotTable;
  /** The last SET of each slot that nothing has looked at, or -1. */
  readonly #unseen: Int32Array;
  /** The last SET of each slot at which nothing has looked but this region, or -1. */
  readonly #unsaved: Int32Array;
  #mode = -1;
  readonly #assumed = new Map<number, AssumedState>();

  constructor(isa: GuestIsa, slots: SlotTable, buffer: RegionBuffer) {
    this.#isa = isa;
    this.#slots = slots;
    this.#buffer = buffer;
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
    this.used.fill(0);
    this.written.fill(0);
    this.settle();
  }

  /** Value of a slot. */
  read(slot: number): Value {
    const { known } = this;
    const buffer = this.#buffer;
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

  write(slot: number, value: Value): void {
    const { known } = this;
    const buffer = this.#buffer;
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
    known.constant[slot] = isConstant ? value : -1;
    known.leaf[slot] = -1;
    known.zx[slot] = buffer.zx[value]!;
    known.sx[slot] = buffer.sx[value]!;
  }

  /** Something may look at the state as it is here. */
  observe(): void {
    const { tracked } = this.#slots;
    const keep = tracked >= 0 && this.trackedValue() !== TRACKED_IN_LOCAL ? this.#unseen[tracked]! : -1;
    this.settle();
    if (keep >= 0) this.#unseen[tracked] = keep;
  }

  /** Everything that has been set stays set: control flow comes together or parts here. */
  settle(): void {
    this.#unseen.fill(-1);
    this.#unsaved.fill(-1);
  }

  /** The tracked slot's value if it is known and fits an exit. */
  trackedValue(): number {
    const { tracked } = this.#slots;
    if (tracked < 0) return TRACKED_IN_LOCAL;
    const constant = this.known.constant[tracked]!;
    if (constant < 0) return TRACKED_IN_LOCAL;
    const value = this.#buffer.x[constant]!;
    return value >= 0 && value < TRACKED_IN_LOCAL ? value : TRACKED_IN_LOCAL;
  }

  /** The tracked slot has to be right where the region is left. */
  keepTracked(): void {
    const { tracked } = this.#slots;
    if (tracked >= 0) this.used[tracked] = this.written[tracked] = 1;
  }

  /** A helper function reads a slot from memory. */
  seenByHelper(slot: number): void {
    this.used[slot] = 1;
    this.#unseen[slot] = this.#unsaved[slot] = -1;
  }

  /** A helper function has written a slot. */
  writtenByHelper(slot: number): void {
    this.used[slot] = this.written[slot] = 1;
    this.known.forget(slot);
    this.#unseen[slot] = this.#unsaved[slot] = -1;
  }

  /** All state is wanted in memory. */
  handOver(): void {
    this.settle();
    const { tracked } = this.#slots;
    if (tracked >= 0) this.#buffer.add(FLUSH, -1, -1, -1, tracked);
    this.keepTracked();
  }

  /** Any of the state may have been written. */
  takeBack(): void {
    for (let slot = 0; slot < this.#slots.count; slot += 1) this.known.forget(slot);
    this.known.truths = undefined;
  }

  /** All that can be gone back to with {@link restore}. */
  mark(): { readonly known: Knowledge; readonly unseen: Int32Array; readonly unsaved: Int32Array } {
    return { known: this.known.copy(), unseen: this.#unseen.slice(), unsaved: this.#unsaved.slice() };
  }

  restore({ known, unseen, unsaved }: ReturnType<SlotState["mark"]>): void {
    this.known = known;
    this.#unseen.set(unseen);
    this.#unsaved.set(unsaved);
  }

  /** Value of the state load at `at`. */
  load(frame: Frame, at: number, access: StateAccess): Value {
    const offset = placeOf(frame, at);
    const op = frame.fn.op[at]!;
    const buffer = this.#buffer;
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
    const whole = this.read(slot);
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
    const buffer = this.#buffer;
    if (access.bytes === 8) return value;
    if (access.signed) return buffer.pure(EXTEND[access.bytes]!, value);
    return buffer.pure(AND64, value, mask(buffer, access.bytes));
  }

  #fromVector(whole: Value, skip: number, access: StateAccess): Value {
    const buffer = this.#buffer;
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

  /** Does the state store at `at`. */
  store(frame: Frame, at: number, access: StateAccess): void {
    const offset = placeOf(frame, at);
    const buffer = this.#buffer;
    const value = frame.map[frame.fn.a[at]!]!;
    const slot = this.#slots.ofByte[offset] ?? -1;
    if (slot < 0) {
      buffer.add(
        frame.fn.op[at]!,
        access.type === I64 ? lowBits(buffer, value, access.bytes) : value,
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
      this.write(slot, type === I32 && access.type === I64 ? buffer.pure(WRAP, value) : value);
      return;
    }
    if (type === V128) {
      const lane = access.bytes === 8 ? value : access.type === I32 ? value : buffer.pure(WRAP, value);
      this.write(slot, buffer.pure(REPLACE[access.bytes]!, this.read(slot), lane, -1, skip / access.bytes));
      return;
    }
    if (type === I32) throw new Error(`engine: ${frame.fn.name} writes a part of state ${offset}`);
    const wide = access.type === I32 ? buffer.pure(EXTEND_U, value) : value;
    const part = buffer.pure(AND64, wide, mask(buffer, access.bytes));
    const moved = skip === 0 ? part : buffer.pure(SHL64, part, buffer.i64(8 * skip, 0));
    const keep = ~(((1n << BigInt(8 * access.bytes)) - 1n) << BigInt(8 * skip));
    const rest = buffer.pure(
      AND64,
      this.read(slot),
      buffer.i64(Number(BigInt.asIntN(32, keep)), Number(BigInt.asIntN(32, keep >> 32n))),
    );
    this.write(slot, buffer.pure(OR64, rest, moved));
  }
}

function mask(buffer: RegionBuffer, bytes: number): Value {
  return bytes === 4 ? buffer.i64(-1, 0) : buffer.i64(bytes === 2 ? 0xffff : 0xff, 0);
}
