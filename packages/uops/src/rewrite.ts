import { IsinglassError } from "@isinglass/interface";
import { constantOf } from "./constants.js";
import { type IrFunction, OP } from "./function.js";
import { type HoleRange, type KnownBytes, KnownState, type Place } from "./known-state.js";
import { callArguments, OpBuffer, operandCount } from "./op-buffer.js";
import { isCall, isGuestStore, isLocalGet, isLocalSet, isOpener, isTerminator } from "./op-kinds.js";
import { OPS, opcode, opSpec } from "./opcodes.js";
import { evaluatePure } from "./pure.js";
import { asCondition, type Emitter, isSelect, lowBits, simplify } from "./simplify.js";
import { type StateAccess, stateAccess } from "./state-access.js";
import { findStructure, type Structure } from "./structure.js";
import { I32, I64, MEM_SIZE_MASK, V128, type Value } from "./types.js";
import { asI32, type IrValue, splitI64 } from "./values.js";

/** Float arithmetic of which WebAssembly leaves the bits of a NaN open: not computed ahead. */
const FLOAT_LANES = /^(f32x4|f64x2)\.(add|sub|mul|div|sqrt|promote\w*|demote\w*)$/;

const EXTEND_I32_U = opcode("i64.extend_i32_u");
const EQZ = opcode("i32.eqz");
const WRAP = opcode("i32.wrap_i64");
const SHR_U = opcode("i64.shr_u");
const AND = opcode("i64.and");
/** Sign extension by bytes kept. */
const EXTEND_S: Readonly<Record<number, number>> = {
  1: opcode("i64.extend8_s"),
  2: opcode("i64.extend16_s"),
  4: opcode("i64.extend32_s"),
};

/** What is known at a point of the function; an arm starts with a copy of what was known before it. */
interface Knowledge {
  /** What is in each local, or -1. */
  readonly locals: Int32Array;
  readonly state: KnownState;
  /** Values that are known to be zero (false) or not (true), from the branches on the way here. */
  readonly conditions: Map<Value, boolean>;
}

/** Copies a function op by op, leaving out what is known already and computing ahead what can be. */
class Rewriter implements Emitter {
  readonly buffer: OpBuffer = new OpBuffer();
  readonly #fn: IrFunction;
  readonly #structure: Structure;
  /** New value of each old one. */
  readonly #map: Int32Array;
  /** Old structures that are open; the depth at which each is open in the copy, -1 if it was left out. */
  readonly #labels: number[] = [];
  #depth = 0;
  #known: Knowledge;
  /** Values that may be shared: the last of each op, and the one before each value with its op. An arm takes its own off again. */
  readonly #last: Int32Array = new Int32Array(OPS.length).fill(-1);
  readonly #before: number[] = [];
  readonly #shareable: Value[] = [];

  constructor(fn: IrFunction, holes: HoleRange) {
    this.#fn = fn;
    this.#structure = findStructure(fn);
    this.#map = new Int32Array(fn.count).fill(-1);
    this.#known = {
      locals: new Int32Array(fn.locals.length).fill(-1),
      state: new KnownState(holes),
      conditions: new Map(),
    };
  }

  run(): IrFunction {
    this.#range(0, this.#fn.count);
    return this.buffer.toFunction(this.#fn);
  }

  i32(value: bigint): Value {
    return this.#constant(Number(BigInt.asIntN(32, value)));
  }

  i64(value: bigint): Value {
    return this.#constant(BigInt.asIntN(64, value));
  }

  v128(bytes: Uint8Array): Value {
    return this.#constant(bytes);
  }

  #constant(value: IrValue): Value {
    if (typeof value === "number") return this.#shared(OP.constI32, -1, -1, -1, value, 0);
    if (typeof value === "bigint") return this.#shared(OP.constI64, -1, -1, -1, ...splitI64(value));
    return this.#sharedBytes(OP.constV128, -1, -1, [...value]);
  }

  pure(op: number, a: Value, b: Value = -1, c: Value = -1, x: number = 0): Value {
    const holds = isSelect(op) ? this.#truth(c) : undefined;
    if (holds !== undefined) return holds ? a : b;
    return this.#folded(op, [a, b, c], x) ?? simplify(this, op, a, b, c, x) ?? this.#shared(op, a, b, c, x, 0);
  }

  /** The op's value if all its operands are constants. */
  #folded(op: number, values: readonly Value[], x: number): Value | undefined {
    const spec = opSpec(op);
    // There are no float constants in the IR.
    if (!spec.isWasm || (spec.result !== I32 && spec.result !== I64 && spec.result !== V128)) return undefined;
    if (FLOAT_LANES.test(spec.name)) return undefined;
    const operands: IrValue[] = [];
    for (const value of values.slice(0, spec.operands.length)) {
      const constant = constantOf(this.buffer, value);
      if (constant === undefined) return undefined;
      operands.push(constant);
    }
    try {
      return this.#constant(evaluatePure(op, operands, x));
    } catch (error) {
      // A division that traps is left to trap where it stands.
      if (error instanceof IsinglassError && error.code === "ISG_UOPS_TRAP") return undefined;
      throw error;
    }
  }

  #shared(op: number, a: Value, b: Value, c: Value, x: number, y: number): Value {
    const { buffer } = this;
    for (let v = this.#last[op]!; v >= 0; v = this.#before[v]!)
      if (buffer.a[v] === a && buffer.b[v] === b && buffer.c[v] === c && buffer.x[v] === x && buffer.y[v] === y)
        return v;
    return this.#share(op, buffer.add(op, a, b, c, x, y));
  }

  #sharedBytes(op: number, a: Value, b: Value, bytes: readonly number[]): Value {
    const { buffer } = this;
    for (let v = this.#last[op]!; v >= 0; v = this.#before[v]!) {
      const at = buffer.x[v]!;
      if (buffer.a[v] === a && buffer.b[v] === b && bytes.every((byte, i) => buffer.extra[at + i] === byte)) return v;
    }
    return this.#share(op, buffer.add(op, a, b, -1, buffer.addExtra(bytes)));
  }

  #share(op: number, value: Value): Value {
    this.#before[value] = this.#last[op]!;
    this.#last[op] = value;
    this.#shareable.push(value);
    return value;
  }

  #new(value: Value): Value {
    return value < 0 ? -1 : this.#map[value]!;
  }

  /** Copies ops `from` up to `to`; false if control does not get there, and what follows in the arm is not needed. */
  #range(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) {
      if (isOpener(this.#fn.op[at]!)) {
        const goesOn = this.#structured(at);
        if (!goesOn) return false;
        at = this.#structure.end[at]!;
      } else if (!this.#op(at)) return false;
    }
    return true;
  }

  /** Copies one op that opens no structure; false if control does not go on after it. */
  #op(at: number): boolean {
    const fn = this.#fn;
    const op = fn.op[at]!;
    const access = stateAccess(op);
    if (access !== undefined) this.#stateOp(at, access);
    else if (isLocalGet(op)) this.#localGet(at);
    else if (isLocalSet(op)) {
      const value = this.#new(fn.a[at]!);
      if (this.#known.locals[fn.x[at]!] === value) return true;
      this.#known.locals[fn.x[at]!] = value;
      this.buffer.add(op, value, -1, -1, fn.x[at]);
    } else if (op === OP.br || op === OP.brIf) return this.#branch(at);
    else if (op === OP.constV128 || op === OP.shuffle) this.#bytesOp(at);
    else if (opSpec(op).isWasm || isSelect(op)) {
      this.#map[at] = this.pure(op, ...this.#operands(at), fn.x[at]);
    } else if (opSpec(op).effects === 0) {
      // Constants, holes, pc and next-pc.
      this.#map[at] = this.#shared(op, -1, -1, -1, fn.x[at]!, fn.y[at]!);
    } else this.#effect(at);
    return !isTerminator(op);
  }

  #operands(at: number): [Value, Value, Value] {
    const fn = this.#fn;
    const count = operandCount(fn.op[at]!);
    return [
      count > 0 ? this.#new(fn.a[at]!) : -1,
      count > 1 ? this.#new(fn.b[at]!) : -1,
      count > 2 ? this.#new(fn.c[at]!) : -1,
    ];
  }

  #bytesOp(at: number): void {
    const first = this.#fn.x[at]!;
    const bytes = [...this.#fn.extra.subarray(first, first + 16)];
    const [a, b] = this.#operands(at);
    this.#map[at] = this.#sharedBytes(this.#fn.op[at]!, a, b, bytes);
  }

  #localGet(at: number): void {
    const local = this.#fn.x[at]!;
    const known = this.#known.locals[local]!;
    const value = known >= 0 ? known : this.buffer.add(this.#fn.op[at]!, -1, -1, -1, local);
    this.#known.locals[local] = value;
    this.#map[at] = value;
  }

  /** An op that is copied as it is: memory, calls, assists, ends of the instruction. */
  #effect(at: number): void {
    const fn = this.#fn;
    const op = fn.op[at]!;
    const [a, b, c] = this.#operands(at);
    const x = fn.x[at]!;
    if (isCall(op)) {
      const args = this.buffer.addExtra(callArguments(fn, at).map((value) => this.#new(value)));
      this.#map[at] = this.buffer.add(op, -1, -1, args, x, fn.y[at]);
    } else {
      const stored = op === OP.guestStore ? lowBits(this, b, 8 << (x & MEM_SIZE_MASK)) : b;
      this.#map[at] = this.buffer.add(op, a, isGuestStore(op) ? stored : b, c, x, fn.y[at]);
    }
    if (isCall(op) || op === OP.assist || op === OP.stateStoreIndexed) this.#known.state.forgetAll();
  }

  #place(at: number, access: StateAccess): Place {
    return { hole: this.#fn.y[at]! < 0 ? -1 : this.#fn.y[at]!, offset: this.#fn.x[at]!, bytes: access.bytes };
  }

  #stateOp(at: number, access: StateAccess): void {
    const op = this.#fn.op[at]!;
    const place = this.#place(at, access);
    const { state } = this.#known;
    if (access.isStore) {
      this.#stateStore(op, place, access, this.#new(this.#fn.a[at]!));
      return;
    }
    const known = state.find(place, op);
    if (known !== undefined && (access.type === V128) === (known.type === V128)) {
      this.#map[at] =
        known.loadedBy === op && known.place.offset === place.offset
          ? known.value
          : this.#extract(known, place, access);
      return;
    }
    const value = this.buffer.add(op, -1, -1, -1, place.offset, place.hole);
    this.#map[at] = value;
    state.loaded(place, access.type, op, value);
  }

  #stateStore(op: number, place: Place, access: StateAccess, value: Value): void {
    const { state } = this.#known;
    let stored = access.type === I64 ? lowBits(this, value, 8 * access.bytes) : value;
    // What is there already need not be written again.
    const known = state.find(place, -1);
    if (
      known !== undefined &&
      known.value === stored &&
      known.type === access.type &&
      known.place.offset === place.offset
    )
      return;
    const { name } = opSpec(this.buffer.op[stored]!);
    let as = op;
    let { type } = access;
    if (op === OP.stateStore32 && (name === "i64.extend_i32_u" || name === "i64.extend_i32_s")) {
      [stored, as, type] = [this.buffer.a[stored]!, OP.stateStoreI32, I32];
    } else if (op === OP.stateStoreI32 && name === "i32.wrap_i64") {
      [stored, as, type] = [lowBits(this, this.buffer.a[stored]!, 32), OP.stateStore32, I64];
    }
    this.buffer.add(as, stored, -1, -1, place.offset, place.hole);
    state.stored(place, type, stored);
  }

  /** The value that a load of `place` gives, from bytes that are known to be there. */
  #extract(known: KnownBytes, place: Place, access: StateAccess): Value {
    if (access.type === V128) return known.value;
    const skip = place.offset - known.place.offset;
    if (known.type === I32 && access.type === I32) return known.value;
    const wide = known.type === I32 ? this.pure(EXTEND_I32_U, known.value) : known.value;
    const low = skip === 0 ? wide : this.pure(SHR_U, wide, this.i64(BigInt(8 * skip)));
    if (access.type === I32) return this.pure(WRAP, low);
    if (access.bytes === 8) return low;
    if (access.signed) return this.pure(EXTEND_S[access.bytes]!, low);
    return this.pure(AND, low, this.i64((1n << BigInt(8 * access.bytes)) - 1n));
  }

  /** Whether a condition holds, if that is known. */
  #truth(condition: Value): boolean | undefined {
    const constant = constantOf(this.buffer, condition);
    if (constant !== undefined) return asI32(constant) !== 0;
    const known = this.#known.conditions.get(condition);
    if (known !== undefined || this.buffer.op[condition] !== EQZ) return known;
    const inner = this.#truth(this.buffer.a[condition]!);
    return inner === undefined ? undefined : !inner;
  }

  /** Remembers what a branch has shown. */
  #learn(condition: Value, holds: boolean): void {
    this.#known.conditions.set(condition, holds);
    if (this.buffer.op[condition] === EQZ) this.#learn(this.buffer.a[condition]!, !holds);
  }

  /** A `br` or `br_if`; false if it is always taken. */
  #branch(at: number): boolean {
    const depth = this.#labels[this.#labels.length - 1 - this.#fn.x[at]!]!;
    const away = this.#depth - 1 - depth;
    if (this.#fn.op[at] === OP.br) {
      this.buffer.add(OP.br, -1, -1, -1, away);
      return false;
    }
    const condition = asCondition(this, this.#new(this.#fn.a[at]!));
    const holds = this.#truth(condition);
    if (holds === true) this.buffer.add(OP.br, -1, -1, -1, away);
    else if (holds === undefined) {
      this.buffer.add(OP.brIf, condition, -1, -1, away);
      this.#learn(condition, false);
    }
    return holds !== true;
  }

  /** Whether a branch inside the structure aims at it. */
  #isTarget(opener: number): boolean {
    let depth = 0;
    for (let at = opener + 1; at < this.#structure.end[opener]!; at += 1) {
      const op = this.#fn.op[at]!;
      if (isOpener(op)) depth += 1;
      else if (op === OP.end) depth -= 1;
      else if ((op === OP.br || op === OP.brIf) && this.#fn.x[at] === depth) return true;
    }
    return false;
  }

  /** Copies a structure; false if control does not come out at its end. */
  #structured(opener: number): boolean {
    const end = this.#structure.end[opener]!;
    const op = this.#fn.op[opener]!;
    const isTarget = this.#isTarget(opener);
    if (op === OP.if) {
      const condition = asCondition(this, this.#new(this.#fn.a[opener]!));
      const holds = this.#truth(condition);
      if (holds === undefined) return this.#if(opener, condition, isTarget);
      const other = this.#structure.otherwise[opener]!;
      const [from, to] = holds ? [opener + 1, other < 0 ? end : other] : [other < 0 ? end : other + 1, end];
      return isTarget ? this.#kept(OP.block, from, to) : this.#inlined(from, to);
    }
    return isTarget ? this.#kept(op, opener + 1, end) : this.#inlined(opener + 1, end);
  }

  /** Copies an arm that nothing branches out of as part of what surrounds it. */
  #inlined(from: number, to: number): boolean {
    this.#labels.push(-1);
    const goesOn = this.#range(from, to);
    this.#labels.pop();
    return goesOn;
  }

  /** Copies an arm in a scope of its own and goes back to what was known before. */
  #arm(from: number, to: number, learn: () => void = () => undefined): boolean {
    const before = this.#known;
    this.#known = {
      locals: before.locals.slice(),
      state: before.state.copy(),
      conditions: new Map(before.conditions),
    };
    const shareable = this.#shareable.length;
    this.#labels.push(this.#depth);
    this.#depth += 1;
    learn();
    const goesOn = this.#range(from, to);
    this.#depth -= 1;
    this.#labels.pop();
    this.#known = before;
    for (const value of this.#shareable.splice(shareable).reverse())
      this.#last[this.buffer.op[value]!] = this.#before[value]!;
    return goesOn;
  }

  /** Copies a block or loop that is branched to. */
  #kept(op: number, from: number, to: number): boolean {
    // The second round of a loop starts with what the first one left.
    if (op === OP.loop) this.#forgetWritten(from, to);
    this.buffer.add(op);
    const goesOn = this.#arm(from, to);
    this.buffer.add(OP.end);
    if (op !== OP.loop) this.#forgetWritten(from, to);
    return goesOn || op !== OP.loop;
  }

  #if(opener: number, condition: Value, isTarget: boolean): boolean {
    const end = this.#structure.end[opener]!;
    const other = this.#structure.otherwise[opener]!;
    const thenEnd = other < 0 ? end : other;
    this.buffer.add(OP.if, condition);
    const thenGoesOn = this.#arm(opener + 1, thenEnd, () => this.#learn(condition, true));
    let otherGoesOn = true;
    if (other >= 0) {
      this.buffer.add(OP.else);
      otherGoesOn = this.#arm(other + 1, end, () => this.#learn(condition, false));
    }
    this.buffer.add(OP.end);
    // An arm that is left for good, such as one that raises a fault, changes nothing for what follows.
    if (thenGoesOn || isTarget) this.#forgetWritten(opener + 1, thenEnd);
    if (other >= 0 && (otherGoesOn || isTarget)) this.#forgetWritten(other + 1, end);
    if (!thenGoesOn && !isTarget) this.#learn(condition, false);
    if (!otherGoesOn && !isTarget) this.#learn(condition, true);
    return thenGoesOn || otherGoesOn || isTarget;
  }

  /** Forgets what the ops of a range may change. */
  #forgetWritten(from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      const op = this.#fn.op[at]!;
      const access = stateAccess(op);
      if (isLocalSet(op)) this.#known.locals[this.#fn.x[at]!] = -1;
      else if (access?.isStore === true) this.#known.state.forget(this.#place(at, access));
      else if (isCall(op) || op === OP.assist || op === OP.stateStoreIndexed) this.#known.state.forgetAll();
    }
  }
}

/**
 * One pass over a function, forwards: constants are folded, identities applied, equal values shared, state and locals
 * forwarded from where they were written, branches on constants decided, structures that nothing branches to dissolved.
 */
export function rewrite(fn: IrFunction, holes: HoleRange): IrFunction {
  return new Rewriter(fn, holes).run();
}
