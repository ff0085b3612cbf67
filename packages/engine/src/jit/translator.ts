import {
  type GuestIsa,
  type IrFunction,
  MEM_SIZE_MASK,
  OP,
  OPS,
  type Value,
  type ValueType,
  stateAccess,
} from "@isinglass/uops";
import { Conditions } from "./conditions.js";
import { type EdgeSource, Edges } from "./edges.js";
import { type Frame, Frames, holeI64, holeLow, placeOf, structureOf } from "./frame.js";
import { type Knowledge, commonTruths } from "./knowledge.js";
import { lowBits } from "./low-bits.js";
import {
  ASSIST,
  ASSISTED,
  ASSIST_FIRST,
  EXIT,
  FLUSH,
  RELATIVE,
  RELOAD,
  type RegionBuffer,
  STORE_UPPER,
} from "./region-buffer.js";
import type { RegionInstruction } from "./region-shape.js";
import { SlotState } from "./slot-state.js";
import type { SlotTable } from "./slots.js";

/** Helper functions with at most this many ops are copied to where they are called. */
const INLINE_OPS = 256;

class NotInline extends Error {}
/** One for all: it is caught where it is of use, and a trace of the calls costs more than the look at the function. */
const notInline = new NotInline();

/**
 * Copies the micro-ops of a region's instructions into the {@link RegionBuffer}: holes become constants, state that has a slot
 * is read and written there, branches become edges, and whatever the region cannot finish becomes an exit at which the
 * interpreter executes the instruction from its start.
 */
export class Translator {
  readonly buffer: RegionBuffer;
  /** Types of all slots: state first, then locals of instructions. */
  readonly slotTypes: ValueType[] = [];
  readonly state: SlotState;
  readonly edges: Edges;
  /** Takes pairs of an instruction's offset and its first op, for listings. */
  starts: number[] | undefined;
  readonly #isa: GuestIsa;
  readonly #slots: SlotTable;
  readonly #frames: Frames;
  readonly #conditions: Conditions;
  #depth = 0;

  constructor(isa: GuestIsa, slots: SlotTable, buffer: RegionBuffer) {
    this.#isa = isa;
    this.#slots = slots;
    this.buffer = buffer;
    this.state = new SlotState(isa, slots, buffer);
    this.edges = new Edges(buffer, this.state, this.slotTypes);
    this.#frames = new Frames(buffer, this.slotTypes);
    this.#conditions = new Conditions(buffer, this.state, isa.state.fixed);
  }

  /** Begins a region of code of a mode. */
  clear(mode: number): void {
    this.buffer.clear();
    this.slotTypes.length = 0;
    this.slotTypes.push(...this.#slots.types);
    this.state.clear(mode);
    this.edges.clear();
    this.#depth = 0;
    this.#frames.count = 0;
  }

  /** Copies a block of instructions. `next`: block or exit for falling off its end; undefined if that cannot happen. */
  block(
    index: number,
    instructions: readonly RegionInstruction[],
    known: Knowledge,
    source: EdgeSource,
    falls: { readonly offset: number; readonly interpret: boolean } | undefined,
  ): void {
    const { edges } = this;
    this.buffer.currentBlock = index;
    this.state.known = known;
    edges.source = source;
    edges.charged = instructions.length;
    for (let i = 0; i < instructions.length; i += 1) {
      edges.done = i;
      this.#instruction(instructions[i]!);
    }
    edges.done = instructions.length;
    if (falls !== undefined) edges.edge(falls.offset, falls.interpret, 64);
    this.state.settle();
  }

  /** A hub, to which several blocks jump with an address. */
  hub(index: number, known: Knowledge, source: EdgeSource): void {
    this.buffer.currentBlock = index;
    this.state.known = known;
    this.edges.source = source;
    this.edges.hub();
  }

  #instruction(instruction: RegionInstruction): void {
    this.starts?.push(instruction.offset, this.buffer.count);
    const { ir } = instruction.facts;
    const frame = this.#frames.make(ir, instruction);
    this.#frames.count += 1;
    const goesOn = this.#range(frame, 0, ir.count);
    this.#frames.count -= 1;
    if (!goesOn || !instruction.facts.assists) return;
    if (ir.op[ir.count - 1] !== OP.assist) {
      this.state.settle();
      this.buffer.add(ASSISTED);
    }
    if (!instruction.facts.endsBlock) return;
    this.edges.done += 1;
    this.edges.edge(instruction.offset + instruction.length, true, 64);
  }

  // Ops

  /** Copies ops; false if control does not get to `to`. */
  #range(frame: Frame, from: number, to: number): boolean {
    const { fn } = frame;
    if (frame.instruction !== undefined) this.edges.offset = frame.instruction.offset;
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
      if (access.isStore) this.state.store(frame, at, access);
      else map[at] = this.state.load(frame, at, access);
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
        map[at] = buffer.i32(holeLow(frame, x));
        return true;
      case OP.holeI64:
        map[at] = holeI64(buffer, frame, x);
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
        map[at] = known >= 0 ? known : this.state.read(this.#frames.slotOf(frame, x));
        return true;
      }
      case OP.localSetI32:
      case OP.localSetI64:
      case OP.localSetV128:
        this.#frames.setLocal(frame, x, map[fn.a[at]!]!);
        return true;
      case OP.guestLoad:
      case OP.guestLoadV128: {
        const exit = this.edges.bail();
        map[at] = buffer.guestLoad(op, map[fn.a[at]!]!, x, exit);
        return true;
      }
      case OP.guestStore:
      case OP.guestStoreV128: {
        const value = lowBits(buffer, map[fn.b[at]!]!, 1 << (x & MEM_SIZE_MASK));
        const exit = this.edges.bail();
        buffer.add(op, map[fn.a[at]!], value, -1, x, exit);
        return true;
      }
      case OP.guestStoreV256: {
        const exit = this.edges.bail();
        buffer.add(OP.guestStoreV128, map[fn.a[at]!], map[fn.b[at]!], -1, x, exit);
        buffer.add(STORE_UPPER, map[fn.c[at]!]);
        return true;
      }
      case OP.callVoid:
      case OP.callI32:
      case OP.callI64:
      case OP.callV128:
        map[at] = this.#call(frame, at, op);
        return true;
      case OP.assist:
        if (frame.labels.length === 0) {
          this.#assist(frame, at);
          return true;
        }
        buffer.add(EXIT, -1, -1, -1, this.edges.bail());
        return false;
      case OP.fault:
        buffer.add(EXIT, -1, -1, -1, this.edges.bail());
        return false;
      case OP.branch: {
        const { instruction } = frame;
        const target = instruction!.offset + instruction!.length + instruction!.lo[y]!;
        this.edges.done += 1;
        this.edges.edge(target, false, x);
        this.edges.done -= 1;
        return false;
      }
      case OP.jump:
        this.edges.done += 1;
        this.edges.jump(map[fn.a[at]!]!);
        this.edges.done -= 1;
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

  /** Has an assist do its work here: everything is in memory before it, and may be something else after it. */
  #assist({ fn, map, instruction }: Frame, at: number): void {
    const kind = at === fn.count - 1 ? ASSIST : ASSIST_FIRST;
    this.state.handOver();
    this.buffer.add(kind, map[fn.a[at]!], map[fn.b[at]!], this.edges.after(), fn.x[at], instruction!.length);
    this.state.takeBack();
  }

  // Control flow

  #branchOut(frame: Frame, at: number, op: number, x: number): boolean {
    const index = frame.labels.length - 1 - x;
    const depth = frame.labels[index]!;
    const away = this.#depth - 1 - depth;
    let condition = -1;
    if (op === OP.brIf) {
      condition = frame.map[frame.fn.a[at]!]!;
      const holds = this.#conditions.truth(condition);
      if (holds === false) return true;
      if (holds === true) condition = -1;
    }
    this.state.settle();
    frame.arrivals[index]!.push(this.state.known.truths);
    if (condition < 0) {
      this.buffer.add(OP.br, -1, -1, -1, away);
      return false;
    }
    this.buffer.add(OP.brIf, condition, -1, -1, away);
    this.#conditions.learn(condition, false);
    return true;
  }

  #structured(frame: Frame, opener: number): boolean {
    const { fn } = frame;
    const structure = structureOf(fn);
    const end = structure.end[opener]!;
    if (fn.op[opener] === OP.block) return this.#block(frame, opener, end);
    const other = structure.otherwise[opener]!;
    const condition = frame.map[fn.a[opener]!]!;
    const holds = this.#conditions.truth(condition);
    if (holds !== undefined) {
      const [from, to] = holds ? [opener + 1, other < 0 ? end : other] : [other < 0 ? end : other + 1, end];
      frame.labels.push(-1);
      frame.arrivals.push([]);
      const goesOn = this.#range(frame, from, to);
      frame.labels.pop();
      frame.arrivals.pop();
      return goesOn;
    }
    this.state.settle();
    this.#frames.storeLocals(frame, opener + 1, end);
    this.buffer.add(OP.if, condition);
    frame.open += 1;
    const before = this.state.known;
    const locals = frame.locals.slice();
    const yes = this.#arm(frame, opener + 1, other < 0 ? end : other, before, locals, condition, true);
    let no: Arm | undefined;
    if (other >= 0) {
      this.buffer.add(OP.else);
      no = this.#arm(frame, other + 1, end, before, locals, condition, false);
    } else {
      no = { goesOn: true, known: before, locals };
      if (!yes.goesOn) {
        this.state.known = before;
        this.#conditions.learn(condition, false);
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
    this.state.known = one.known;
    frame.locals.set(one.locals);
    if (two.goesOn) {
      this.state.known.meet(two.known);
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
    this.state.known = before.copy();
    frame.locals.set(locals);
    this.#conditions.learn(condition, holds);
    frame.labels.push(this.#depth);
    frame.arrivals.push([]);
    this.#depth += 1;
    const goesOn = this.#range(frame, from, to);
    this.#depth -= 1;
    frame.labels.pop();
    frame.arrivals.pop();
    this.state.settle();
    return { goesOn, known: this.state.known, locals: frame.locals.slice() };
  }

  #block(frame: Frame, opener: number, end: number): boolean {
    this.state.settle();
    this.#frames.storeLocals(frame, opener + 1, end);
    this.buffer.add(OP.block);
    frame.open += 1;
    const before = this.state.known.copy();
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
    this.state.settle();
    if (!goesOn && arrivals.length === 0) return false;
    let truths = goesOn ? this.state.known.truths : arrivals[0];
    for (const other of arrivals) truths = commonTruths(truths, other);
    if (arrivals.length > 0) {
      // Branches come from places that knew other things: keep what was known before and not written since.
      this.state.known = before;
      this.#forgetWritten(frame, opener + 1, end, locals);
    }
    this.state.known.truths = truths;
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
        const slot = this.#slots.ofByte[placeOf(frame, at)] ?? -1;
        if (slot >= 0) this.state.known.forget(slot);
      } else if (op === OP.callVoid || op === OP.callI32 || op === OP.callI64 || op === OP.callV128)
        for (const slot of this.#slots.helperWrites[fn.x[at]!]!) this.state.known.forget(slot);
    }
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
      this.state.seenByHelper(slot);
      buffer.add(FLUSH, -1, -1, -1, slot);
    }
    const first = buffer.extra.length;
    buffer.extra.push(...args);
    const v = buffer.add(op, -1, -1, first, index, args.length);
    for (const slot of this.#slots.helperWrites[index]!) {
      buffer.add(RELOAD, -1, -1, -1, slot);
      this.state.writtenByHelper(slot);
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
    const state = this.state.mark();
    const depth = this.#depth;
    const frames = this.#frames.count;
    try {
      const frame = this.#frames.make(callee, undefined);
      this.#frames.count += 1;
      for (let i = 0; i < args.length; i += 1) frame.locals[i] = args[i]!;
      this.#range(frame, 0, callee.count);
      this.#frames.count = frames;
      if (!frame.returned) throw notInline;
      return frame.result;
    } catch (error) {
      if (!(error instanceof NotInline)) throw error;
      buffer.count = mark;
      this.#frames.count = frames;
      this.state.restore(state);
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
