import {
  I32,
  I64,
  type IrFunction,
  OP,
  type Structure,
  type Value,
  type ValueType,
  findStructure,
} from "@isinglass/uops";
import type { Truth } from "./knowledge.js";
import { type RegionBuffer, SET } from "./region-buffer.js";
import type { RegionInstruction } from "./region-shape.js";

/** Ops that the map of a frame holds at first. */
const MAP = 512;
const NO_LOCALS = new Int32Array(0);

const structures = new WeakMap<IrFunction, Structure>();

/** Where the arms of a function's structures lie. */
export function structureOf(fn: IrFunction): Structure {
  let structure = structures.get(fn);
  if (structure === undefined) structures.set(fn, (structure = findStructure(fn)));
  return structure;
}

/** One function whose ops are being copied: the instruction, or a helper that it calls. */
export interface Frame {
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

/** The frames of the instruction in hand, one in another, and the slots of their mutable locals. */
export class Frames {
  /** How many are in use. */
  count = 0;
  readonly #buffer: RegionBuffer;
  readonly #slotTypes: ValueType[];
  /** The maps of frames at each depth. */
  readonly #maps: Int32Array[] = [];

  /** @param slotTypes types of all slots, to which those of locals are added */
  constructor(buffer: RegionBuffer, slotTypes: ValueType[]) {
    this.#buffer = buffer;
    this.#slotTypes = slotTypes;
  }

  /** A frame inside those in use. */
  make(fn: IrFunction, instruction: RegionInstruction | undefined): Frame {
    const count = fn.locals.length;
    // Ops come before what uses them, so what an earlier frame left here is never read.
    const maps = this.#maps;
    const map = (maps[this.count] ??= new Int32Array(MAP));
    const frame: Frame = {
      fn,
      instruction,
      map: fn.count <= map.length ? map : (maps[this.count] = new Int32Array(fn.count * 2)),
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
      frame.locals[i] = type === I32 ? this.#buffer.i32(0) : type === I64 ? this.#buffer.i64(0, 0) : this.#zeroVector();
    }
    return frame;
  }

  #zeroVector(): Value {
    const at = this.#buffer.extra.length;
    for (let i = 0; i < 16; i += 1) this.#buffer.extra.push(0);
    return this.#buffer.add(OP.constV128, -1, -1, -1, at);
  }

  /** Slot of a mutable local. */
  slotOf(frame: Frame, index: number): number {
    let slot = frame.slots[index]!;
    if (slot < 0) {
      slot = this.#slotTypes.length;
      this.#slotTypes.push(frame.fn.locals[index]!);
      frame.slots[index] = slot;
    }
    return slot;
  }

  /** Sets a mutable local: where a structure is open, in its slot too. */
  setLocal(frame: Frame, index: number, value: Value): void {
    frame.locals[index] = value;
    if (frame.open > 0) this.#store(frame, index);
  }

  /** Puts a local into its slot. */
  #store(frame: Frame, index: number): void {
    const value = frame.locals[index]!;
    frame.inSlot[index] = value;
    this.#buffer.add(SET, value, -1, -1, this.slotOf(frame, index));
  }

  /** Puts into their slots the locals that a structure may change: where its ways come together they are read from there. */
  storeLocals(frame: Frame, from: number, to: number): void {
    const { fn } = frame;
    for (let at = from; at < to; at += 1) {
      const op = fn.op[at]!;
      if (op !== OP.localSetI32 && op !== OP.localSetI64 && op !== OP.localSetV128) continue;
      const index = fn.x[at]!;
      if (frame.locals[index]! >= 0 && frame.inSlot[index] !== frame.locals[index]) this.#store(frame, index);
    }
  }
}

/** What the instruction has bound to a hole, low half. */
export function holeLow(frame: Frame, hole: number): number {
  const { lo } = frame.instruction!;
  return frame.fn.holes[hole] === "i8" ? (lo[hole]! << 24) >> 24 : lo[hole]!;
}

/** What the instruction has bound to a hole, as a constant of 64 bits. */
export function holeI64(buffer: RegionBuffer, frame: Frame, hole: number): Value {
  if (frame.fn.holes[hole] === "i64") return buffer.i64(frame.instruction!.lo[hole]!, frame.instruction!.hi[hole]!);
  const low = holeLow(frame, hole);
  return buffer.i64(low, low >> 31);
}

/** Offset in the vCPU state of the state access at `at`. */
export function placeOf(frame: Frame, at: number): number {
  const hole = frame.fn.y[at]!;
  return frame.fn.x[at]! + (hole < 0 ? 0 : frame.instruction!.lo[hole]!);
}
