import { IsinglassError } from "@isinglass/interface";
import { opcode, opSpec } from "./opcodes.js";
import { I32, I64, TYPE_NAMES, V128, VOID, type Value, type ValueType } from "./types.js";

/**
 * What a hole of an instruction's semantics is bound to. An executor that keeps decoded records binds it to a field of
 * the record, one that compiles binds it to a constant; the semantics cannot tell.
 *
 * - `state`: a byte offset into the vCPU state (which register), 16 bits
 * - `i8`, `i32`, `i64`: an immediate of that width, sign-extended
 */
export type HoleKind = "state" | "i8" | "i32" | "i64";

/** A function in the IR: flat arrays, one entry a micro-op; a value is the index of the op that makes it. */
export interface IrFunction {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly result: ValueType;
  readonly count: number;
  readonly op: Uint16Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Arguments of calls, bytes of vector constants and shuffles. */
  readonly extra: Int32Array;
  /** Types of the mutable locals; the parameters come first. */
  readonly locals: readonly ValueType[];
  readonly holes: readonly HoleKind[];
}

const OP_NAMES = {
  constI32: "const.i32",
  constI64: "const.i64",
  constV128: "const.v128",
  holeI32: "hole.i32",
  holeI64: "hole.i64",
  pc: "pc",
  nextPc: "next-pc",
  selectI32: "select.i32",
  selectI64: "select.i64",
  selectV128: "select.v128",
  shuffle: "i8x16.shuffle",
  stateLoad8S: "state.load8_s",
  stateLoad8U: "state.load8_u",
  stateLoad16S: "state.load16_s",
  stateLoad16U: "state.load16_u",
  stateLoad32S: "state.load32_s",
  stateLoad32U: "state.load32_u",
  stateLoad64: "state.load64",
  stateLoadI32: "state.load.i32",
  stateLoadV128: "state.load.v128",
  stateStore8: "state.store8",
  stateStore16: "state.store16",
  stateStore32: "state.store32",
  stateStore64: "state.store64",
  stateStoreI32: "state.store.i32",
  stateStoreV128: "state.store.v128",
  stateLoadIndexed: "state.load.indexed",
  stateStoreIndexed: "state.store.indexed",
  guestLoad: "guest.load",
  guestLoadV128: "guest.load.v128",
  guestStore: "guest.store",
  guestStoreV128: "guest.store.v128",
  guestStoreV256: "guest.store.v256",
  localGetI32: "local.get.i32",
  localGetI64: "local.get.i64",
  localGetV128: "local.get.v128",
  localSetI32: "local.set.i32",
  localSetI64: "local.set.i64",
  localSetV128: "local.set.v128",
  if: "if",
  else: "else",
  end: "end",
  loop: "loop",
  block: "block",
  br: "br",
  brIf: "br_if",
  callVoid: "call.void",
  callI32: "call.i32",
  callI64: "call.i64",
  callV128: "call.v128",
  returnVoid: "return.void",
  returnI32: "return.i32",
  returnI64: "return.i64",
  returnV128: "return.v128",
  assist: "assist",
  jump: "jump",
  branch: "branch",
  repeat: "repeat",
  fault: "fault",
  leave: "leave",
} as const;

/** Opcodes that builders and executors ask for by name all the time. */
export const OP: { readonly [K in keyof typeof OP_NAMES]: number } = Object.fromEntries(
  Object.entries(OP_NAMES).map(([key, name]) => [key, opcode(name)]),
) as { [K in keyof typeof OP_NAMES]: number };

/** Handle of a mutable local, see {@link FunctionBuilder.local}. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

const NONE = -1;
/** log2 of 32 bytes, in a memory descriptor. */
const SIZE_V256 = 5;

/**
 * Writes one {@link IrFunction}. Operand types are checked as ops are added, so a slip shows at the line that made it: as an
 * IsinglassError `ISG_UOPS_BUILD`.
 *
 * @example
 * const f = new FunctionBuilder('average', [I64, I64], I64);
 * f.return(f.op('i64.shr_u', f.op('i64.add', f.get(f.param(0)), f.get(f.param(1))), f.i64(1)));
 * const ir = f.finish();
 */
export class FunctionBuilder {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly result: ValueType;
  readonly #op: number[] = [];
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #c: number[] = [];
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  readonly #extra: number[] = [];
  readonly #locals: ValueType[];
  readonly #holes: HoleKind[] = [];
  #depth = 0;

  constructor(name: string, params: readonly ValueType[] = [], result: ValueType = VOID) {
    this.name = name;
    this.params = params;
    this.result = result;
    this.#locals = [...params];
  }

  emit(op: number, a: Value = -1, b: Value = -1, c: Value = -1, x: number = 0, y: number = 0): Value {
    const spec = opSpec(op);
    const given = [a, b, c];
    spec.operands.forEach((want, i) => {
      const value = given[i] ?? NONE;
      const have = this.#typeOf(value);
      if (have !== want) {
        throw new IsinglassError(
          "ISG_UOPS_BUILD",
          `${this.name}: ${spec.name} operand ${i} is ${TYPE_NAMES[have] ?? "nothing"}, wants ${TYPE_NAMES[want] ?? "?"}`,
        );
      }
    });
    this.#op.push(op);
    this.#a.push(a);
    this.#b.push(b);
    this.#c.push(c);
    this.#x.push(x | 0);
    this.#y.push(y | 0);
    return this.#op.length - 1;
  }

  #typeOf(value: Value): ValueType {
    const op = this.#op[value];
    return op === undefined ? VOID : opSpec(op).result;
  }

  /** Adds a pure micro-op by name, such as `i64.add`. */
  op(name: string, a: Value = -1, b: Value = -1, c: Value = -1): Value {
    return this.emit(opcode(name), a, b, c);
  }

  /** Adds a pure micro-op that has a lane number, such as `i32x4.extract_lane`. */
  lane(name: string, lane: number, a: Value, b: Value = -1): Value {
    return this.emit(opcode(name), a, b, NONE, lane);
  }

  i32(value: number): Value {
    return this.emit(OP.constI32, NONE, NONE, NONE, value);
  }

  /** 64-bit constant from a number (sign-extended when it fits 32 bits) or two halves. */
  i64(lo: number, hi: number = lo < 0 ? -1 : 0): Value {
    return this.emit(OP.constI64, NONE, NONE, NONE, lo, hi);
  }

  v128(bytes: readonly number[]): Value {
    if (bytes.length !== 16)
      throw new IsinglassError("ISG_UOPS_BUILD", `${this.name}: vector constant of ${bytes.length} bytes, wants 16`);
    const at = this.#extra.length;
    this.#extra.push(...bytes);
    return this.emit(OP.constV128, NONE, NONE, NONE, at);
  }

  shuffle(a: Value, b: Value, lanes: readonly number[]): Value {
    if (lanes.length !== 16)
      throw new IsinglassError("ISG_UOPS_BUILD", `${this.name}: shuffle of ${lanes.length} lanes, wants 16`);
    const at = this.#extra.length;
    this.#extra.push(...lanes);
    return this.emit(OP.shuffle, a, b, NONE, at);
  }

  /** Declares a hole and gives its number. */
  hole(kind: HoleKind): number {
    this.#holes.push(kind);
    return this.#holes.length - 1;
  }

  holeI32(hole: number): Value {
    return this.emit(OP.holeI32, NONE, NONE, NONE, hole);
  }

  holeI64(hole: number): Value {
    return this.emit(OP.holeI64, NONE, NONE, NONE, hole);
  }

  pc(): Value {
    return this.emit(OP.pc);
  }

  nextPc(): Value {
    return this.emit(OP.nextPc);
  }

  /** Loads vCPU state; `op` is one of the `state.load` opcodes, `hole` a `state` hole or -1. */
  stateLoad(op: number, offset: number, hole: number = -1): Value {
    return this.emit(op, NONE, NONE, NONE, offset, hole);
  }

  stateStore(op: number, value: Value, offset: number, hole: number = -1): void {
    this.emit(op, value, NONE, NONE, offset, hole);
  }

  /** Loads element `index & mask` of an array of 16-byte elements in the vCPU state. For functions that instructions call. */
  stateLoadIndexed(offset: number, index: Value, mask: number): Value {
    return this.emit(OP.stateLoadIndexed, index, NONE, NONE, offset, mask);
  }

  stateStoreIndexed(offset: number, index: Value, mask: number, value: Value): void {
    this.emit(OP.stateStoreIndexed, index, value, NONE, offset, mask);
  }

  guestLoad(address: Value, descriptor: number): Value {
    return this.emit((descriptor & 7) === 4 ? OP.guestLoadV128 : OP.guestLoad, address, NONE, NONE, descriptor);
  }

  guestStore(address: Value, value: Value, descriptor: number): void {
    this.emit((descriptor & 7) === 4 ? OP.guestStoreV128 : OP.guestStore, address, value, NONE, descriptor);
  }

  /** One store of 32 bytes, of which `low` are the first 16; `flags`: `MEM_*` bits but the size. Nothing is written if it faults. */
  guestStorePair(address: Value, low: Value, high: Value, flags: number): void {
    this.emit(OP.guestStoreV256, address, low, high, flags | SIZE_V256);
  }

  select(ifTrue: Value, ifFalse: Value, condition: Value): Value {
    const type = this.#typeOf(ifTrue);
    return this.emit(
      type === V128 ? OP.selectV128 : type === I32 ? OP.selectI32 : OP.selectI64,
      ifTrue,
      ifFalse,
      condition,
    );
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.#locals.length - 1, type };
  }

  param(index: number): Local {
    const type = this.params[index];
    if (type === undefined) throw new IsinglassError("ISG_UOPS_BUILD", `${this.name}: no parameter ${index}`);
    return { index, type };
  }

  get(local: Local): Value {
    const op = local.type === I32 ? OP.localGetI32 : local.type === I64 ? OP.localGetI64 : OP.localGetV128;
    return this.emit(op, NONE, NONE, NONE, local.index);
  }

  set(local: Local, value: Value): void {
    const op = local.type === I32 ? OP.localSetI32 : local.type === I64 ? OP.localSetI64 : OP.localSetV128;
    this.emit(op, value, NONE, NONE, local.index);
  }

  /** `if (condition) then() else otherwise()`. */
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.emit(OP.if, condition);
    this.#depth += 1;
    then();
    if (otherwise !== undefined) {
      this.emit(OP.else);
      otherwise();
    }
    this.emit(OP.end);
    this.#depth -= 1;
  }

  /** A block; `body` gets a function that leaves it, when its condition holds if one is given. */
  block(body: (leave: (condition?: Value) => void) => void): void {
    this.#structure(OP.block, body);
  }

  /** A loop; `body` gets a function that starts the next iteration. Falling off the end leaves it. */
  loop(body: (again: (condition?: Value) => void) => void): void {
    this.#structure(OP.loop, body);
  }

  #structure(op: number, body: (branch: (condition?: Value) => void) => void): void {
    this.emit(op);
    this.#depth += 1;
    const depth = this.#depth;
    body((condition) => {
      const away = this.#depth - depth;
      if (condition === undefined) this.emit(OP.br, NONE, NONE, NONE, away);
      else this.emit(OP.brIf, condition, NONE, NONE, away);
    });
    this.emit(OP.end);
    this.#depth -= 1;
  }

  call(callee: { readonly index: number; readonly result: ValueType }, args: readonly Value[]): Value {
    const at = this.#extra.length;
    this.#extra.push(...args);
    const { result } = callee;
    const op = result === VOID ? OP.callVoid : result === I32 ? OP.callI32 : result === I64 ? OP.callI64 : OP.callV128;
    return this.emit(op, NONE, NONE, at, callee.index, args.length);
  }

  return(value: Value = -1): void {
    const type = this.#typeOf(value);
    this.emit(
      type === VOID ? OP.returnVoid : type === I32 ? OP.returnI32 : type === I64 ? OP.returnI64 : OP.returnV128,
      value,
    );
  }

  assist(id: number, a: Value = this.i32(0), b: Value = this.i32(0)): void {
    this.emit(OP.assist, a, b, NONE, id);
  }

  jump(target: Value): void {
    this.emit(OP.jump, target);
  }

  /** Direct jump by the displacement in `hole`, which the executor adds to the next address; the sum wraps at `bits`. */
  branch(hole: number, bits: 32 | 64 = 64): void {
    this.emit(OP.branch, NONE, NONE, NONE, bits, hole);
  }

  repeat(): void {
    this.emit(OP.repeat);
  }

  fault(vector: number, errorCode: number = -1): void {
    this.emit(OP.fault, NONE, NONE, NONE, vector, errorCode);
  }

  leave(): void {
    this.emit(OP.leave);
  }

  finish(): IrFunction {
    if (this.#depth !== 0)
      throw new IsinglassError("ISG_UOPS_BUILD", `${this.name}: ${this.#depth} structures are open at the end`);
    return {
      name: this.name,
      params: this.params,
      result: this.result,
      count: this.#op.length,
      op: Uint16Array.from(this.#op),
      a: Int32Array.from(this.#a),
      b: Int32Array.from(this.#b),
      c: Int32Array.from(this.#c),
      x: Int32Array.from(this.#x),
      y: Int32Array.from(this.#y),
      extra: Int32Array.from(this.#extra),
      locals: [...this.#locals],
      holes: [...this.#holes],
    };
  }
}
