import { IsinglassError, type IsinglassErrorCode } from "@isinglass/interface";
import {
  type Ending,
  type Evaluation,
  type EvaluationEnvironment,
  type EvaluationLimits,
  guestAccessBytes,
} from "./evaluation.js";
import { type IrFunction, OP } from "./function.js";
import { opSpec } from "./opcodes.js";
import { evaluatePure } from "./pure.js";
import { shuffleBytes } from "./pure-vector.js";
import { type StateAccess, stateAccess } from "./state-access.js";
import { findStructure, type Structure } from "./structure.js";
import { F32, F64, I32, I64, MEM_BIG_ENDIAN, MEM_SIGNED, V128, type ValueType, VOID } from "./types.js";
import { asI32, asI64, asV128, type IrValue, joinI64 } from "./values.js";

function zeroOf(type: ValueType): IrValue {
  if (type === V128) return new Uint8Array(16);
  return type === I64 || type === F64 ? 0n : 0;
}

function hasType(value: IrValue | undefined, type: ValueType): boolean {
  if (type === V128) return value instanceof Uint8Array && value.length === 16;
  if (type === I64 || type === F64) return typeof value === "bigint";
  return (type === I32 || type === F32) && typeof value === "number";
}

/** A structure that is being executed; `br` to a loop starts it again, to anything else leaves it. */
interface Label {
  readonly opener: number;
  readonly end: number;
  readonly isLoop: boolean;
}

const NEXT: Ending = { kind: "next" };
const MEMORY_FAULT: Ending = { kind: "memory-fault" };

/** One evaluation: the environment, what is left of the budget, and what was met on the way. */
class Evaluator {
  readonly #env: EvaluationEnvironment;
  readonly #maxSteps: number;
  readonly #maxCalls: number;
  readonly #structures = new Map<IrFunction, Structure>();
  steps = 0;
  leave = false;

  constructor(env: EvaluationEnvironment, limits: EvaluationLimits) {
    this.#env = env;
    this.#maxSteps = limits.steps ?? 1_000_000;
    this.#maxCalls = limits.calls ?? 64;
  }

  run(fn: IrFunction, args: readonly IrValue[], depth: number): Ending {
    if (depth > this.#maxCalls) {
      throw new IsinglassError("ISG_UOPS_BUDGET", `${fn.name}: more than ${this.#maxCalls} calls inside one another`);
    }
    if (args.length !== fn.params.length || !fn.params.every((type, i) => hasType(args[i], type))) {
      throw new IsinglassError(
        "ISG_UOPS_TYPE",
        `${fn.name}: arguments do not fit its ${fn.params.length} parameter(s)`,
      );
    }
    return new Frame(this.#env, this, fn, this.#structureOf(fn), args, depth).run();
  }

  step(fn: IrFunction): void {
    this.steps += 1;
    if (this.steps > this.#maxSteps) {
      throw new IsinglassError("ISG_UOPS_BUDGET", `${fn.name}: not at its end after ${this.#maxSteps} micro-ops`);
    }
  }

  #structureOf(fn: IrFunction): Structure {
    let structure = this.#structures.get(fn);
    if (structure === undefined) {
      structure = findStructure(fn);
      this.#structures.set(fn, structure);
    }
    return structure;
  }
}

/** One call of one function: its values and locals, and where it is. */
class Frame {
  readonly #env: EvaluationEnvironment;
  readonly #evaluator: Evaluator;
  readonly #fn: IrFunction;
  readonly #structure: Structure;
  readonly #depth: number;
  readonly #values: (IrValue | undefined)[] = [];
  readonly #locals: IrValue[];
  readonly #labels: Label[] = [];
  #at = 0;

  constructor(
    env: EvaluationEnvironment,
    evaluator: Evaluator,
    fn: IrFunction,
    structure: Structure,
    args: readonly IrValue[],
    depth: number,
  ) {
    this.#env = env;
    this.#evaluator = evaluator;
    this.#fn = fn;
    this.#structure = structure;
    this.#depth = depth;
    this.#locals = fn.locals.map((type, i) => args[i] ?? zeroOf(type));
  }

  run(): Ending {
    while (this.#at < this.#fn.count) {
      this.#evaluator.step(this.#fn);
      const ending = this.#execute(this.#at);
      if (ending !== undefined) return ending;
      this.#at += 1;
    }
    if (this.#fn.result !== VOID) throw this.#error("ISG_UOPS_STRUCTURE", "end of a function that owes a value");
    return NEXT;
  }

  #error(code: IsinglassErrorCode, what: string): IsinglassError {
    return new IsinglassError(code, `${this.#fn.name}: op ${this.#at}: ${what}`, {
      function: this.#fn.name,
      at: this.#at,
    });
  }

  #value(index: number): IrValue {
    const value = this.#values[index];
    if (value === undefined) throw this.#error("ISG_UOPS_UNDEFINED", `uses value ${index}, which was not computed`);
    return value;
  }

  #i32(index: number): number {
    return asI32(this.#value(index));
  }

  #i64(index: number): bigint {
    return asI64(this.#value(index));
  }

  /** Executes one op: computes its value, or moves `#at`, or gives how the evaluation ends. */
  #execute(at: number): Ending | undefined {
    const fn = this.#fn;
    const op = fn.op[at]!;
    const a = fn.a[at]!;
    const b = fn.b[at]!;
    const x = fn.x[at]!;
    const y = fn.y[at]!;
    const spec = opSpec(op);
    if (spec.isWasm) {
      const count = spec.operands.length;
      const operands = count > 0 ? [this.#value(a)] : [];
      if (count > 1) operands.push(this.#value(b));
      if (count > 2) operands.push(this.#value(fn.c[at]!));
      this.#values[at] = evaluatePure(op, operands, x);
      return undefined;
    }
    const access = stateAccess(op);
    if (access !== undefined) {
      this.#accessState(at, access);
      return undefined;
    }
    switch (op) {
      case OP.stateLoadIndexed:
        this.#values[at] = valueOf(this.#element(at), V128, false);
        return undefined;
      case OP.stateStoreIndexed:
        this.#element(at).set(bytesOf(this.#value(b), 16));
        return undefined;
      case OP.guestLoad:
      case OP.guestLoadV128:
        return this.#guestLoad(at);
      case OP.guestStore:
      case OP.guestStoreV128:
        return this.#guestStore(at);
      case OP.guestStoreV256:
        return this.#guestStorePair(at);
      case OP.localSetI32:
      case OP.localSetI64:
      case OP.localSetV128:
        this.#local(x);
        this.#locals[x] = this.#value(a);
        return undefined;
      case OP.if:
        if (this.#i32(a) !== 0) this.#open(at);
        else if (this.#structure.otherwise[at]! >= 0) {
          this.#open(at);
          this.#at = this.#structure.otherwise[at]!;
        } else this.#at = this.#structure.end[at]!;
        return undefined;
      case OP.block:
      case OP.loop:
        this.#open(at);
        return undefined;
      case OP.else:
        // Met from above: the first arm is done.
        this.#at = this.#labels.pop()!.end;
        return undefined;
      case OP.end:
        this.#labels.pop();
        return undefined;
      case OP.br:
        this.#branch(x);
        return undefined;
      case OP.brIf:
        if (this.#i32(a) !== 0) this.#branch(x);
        return undefined;
      case OP.callVoid:
      case OP.callI32:
      case OP.callI64:
      case OP.callV128:
        return this.#call(at);
      case OP.returnVoid:
        return NEXT;
      case OP.returnI32:
      case OP.returnI64:
      case OP.returnV128:
        return { kind: "return", value: this.#value(a) };
      case OP.assist: {
        const status = this.#env.assist(x, this.#i32(a), this.#i32(b));
        return status === 0 ? undefined : { kind: "assist", status };
      }
      case OP.jump:
        return { kind: "jump", target: BigInt.asUintN(64, this.#i64(a)) };
      case OP.branch:
        return { kind: "branch", hole: y, bits: x };
      case OP.repeat:
        return { kind: "repeat" };
      case OP.fault:
        return { kind: "fault", vector: x, errorCode: y };
      case OP.leave:
        this.#evaluator.leave = true;
        return undefined;
      default:
        this.#values[at] = this.#leaf(at);
        return undefined;
    }
  }

  /** Values that are not computed by a WebAssembly instruction. */
  #leaf(at: number): IrValue {
    const { a, b, c, extra } = this.#fn;
    const op = this.#fn.op[at]!;
    const x = this.#fn.x[at]!;
    switch (op) {
      case OP.constI32:
        return x;
      case OP.constI64:
        return joinI64(x, this.#fn.y[at]!);
      case OP.constV128:
        return Uint8Array.from(extra.subarray(x, x + 16));
      case OP.holeI32:
        return this.#env.holeI32(x) | 0;
      case OP.holeI64:
        return BigInt.asIntN(64, this.#env.holeI64(x));
      case OP.pc:
        return BigInt.asIntN(64, this.#env.pc());
      case OP.nextPc:
        return BigInt.asIntN(64, this.#env.nextPc());
      case OP.selectI32:
      case OP.selectI64:
      case OP.selectV128: {
        // Both operands are evaluated, as WebAssembly does.
        const [ifTrue, ifFalse] = [this.#value(a[at]!), this.#value(b[at]!)];
        return this.#i32(c[at]!) === 0 ? ifFalse : ifTrue;
      }
      case OP.shuffle:
        return shuffleBytes(asV128(this.#value(a[at]!)), asV128(this.#value(b[at]!)), extra.subarray(x, x + 16));
      case OP.localGetI32:
      case OP.localGetI64:
      case OP.localGetV128:
        return this.#local(x);
      default:
        throw this.#error("ISG_UOPS_OPCODE", `the evaluator does not know ${opSpec(op).name}`);
    }
  }

  #local(index: number): IrValue {
    const value = this.#locals[index];
    if (value === undefined) throw this.#error("ISG_UOPS_LOCAL", `there is no local ${index}`);
    return value;
  }

  #open(at: number): void {
    this.#labels.push({ opener: at, end: this.#structure.end[at]!, isLoop: this.#fn.op[at] === OP.loop });
  }

  #branch(depth: number): void {
    const at = this.#labels.length - 1 - depth;
    const label = this.#labels[at];
    if (label === undefined) throw this.#error("ISG_UOPS_STRUCTURE", `branch out of ${depth + 1} structures`);
    this.#labels.length = label.isLoop ? at + 1 : at;
    this.#at = label.isLoop ? label.opener : label.end;
  }

  #stateBytes(offset: number, count: number): Uint8Array {
    const { state } = this.#env;
    if (offset < 0 || offset + count > state.byteLength) {
      throw this.#error("ISG_UOPS_STATE", `state access at offset ${offset}; the state has ${state.byteLength} bytes`);
    }
    return new Uint8Array(state.buffer, state.byteOffset + offset, count);
  }

  /** The element that an indexed access names. */
  #element(at: number): Uint8Array {
    const { a, x, y } = this.#fn;
    return this.#stateBytes(x[at]! + 16 * (this.#i32(a[at]!) & y[at]!), 16);
  }

  #accessState(at: number, access: StateAccess): void {
    const hole = this.#fn.y[at]!;
    const offset = this.#fn.x[at]! + (hole >= 0 ? this.#env.holeState(hole) : 0);
    const bytes = this.#stateBytes(offset, access.bytes);
    if (access.isStore) bytes.set(bytesOf(this.#value(this.#fn.a[at]!), access.bytes));
    else this.#values[at] = valueOf(bytes, access.type, access.signed);
  }

  #guestLoad(at: number): Ending | undefined {
    const descriptor = this.#fn.x[at]!;
    const isVector = this.#fn.op[at] === OP.guestLoadV128;
    const bytes = new Uint8Array(this.#accessBytes(descriptor, isVector));
    if (!this.#env.guestLoad(BigInt.asUintN(64, this.#i64(this.#fn.a[at]!)), descriptor, bytes)) return MEMORY_FAULT;
    if ((descriptor & MEM_BIG_ENDIAN) !== 0) bytes.reverse();
    this.#values[at] = valueOf(bytes, isVector ? V128 : I64, (descriptor & MEM_SIGNED) !== 0);
    return undefined;
  }

  #guestStore(at: number): Ending | undefined {
    const descriptor = this.#fn.x[at]!;
    const count = this.#accessBytes(descriptor, this.#fn.op[at] === OP.guestStoreV128);
    const bytes = bytesOf(this.#value(this.#fn.b[at]!), count);
    if ((descriptor & MEM_BIG_ENDIAN) !== 0) bytes.reverse();
    const done = this.#env.guestStore(BigInt.asUintN(64, this.#i64(this.#fn.a[at]!)), descriptor, bytes);
    return done ? undefined : MEMORY_FAULT;
  }

  #guestStorePair(at: number): Ending | undefined {
    const descriptor = this.#fn.x[at]!;
    if (guestAccessBytes(descriptor) !== 32)
      throw this.#error("ISG_UOPS_DESCRIPTOR", `guest access of ${guestAccessBytes(descriptor)} bytes`);
    const bytes = new Uint8Array(32);
    bytes.set(asV128(this.#value(this.#fn.b[at]!)));
    bytes.set(asV128(this.#value(this.#fn.c[at]!)), 16);
    const done = this.#env.guestStore(BigInt.asUintN(64, this.#i64(this.#fn.a[at]!)), descriptor, bytes);
    return done ? undefined : MEMORY_FAULT;
  }

  #accessBytes(descriptor: number, isVector: boolean): number {
    const bytes = guestAccessBytes(descriptor);
    if (isVector ? bytes !== 16 : bytes > 8) throw this.#error("ISG_UOPS_DESCRIPTOR", `guest access of ${bytes} bytes`);
    return bytes;
  }

  /** Calls a function; an ending that is not a return ends the whole instruction. */
  #call(at: number): Ending | undefined {
    const index = this.#fn.x[at]!;
    const first = this.#fn.c[at]!;
    const callee = this.#env.functions[index];
    if (callee === undefined) throw this.#error("ISG_UOPS_CALL", `there is no function ${index}`);
    const args = [...this.#fn.extra.subarray(first, first + this.#fn.y[at]!)].map((value) => this.#value(value));
    const ending = this.#evaluator.run(callee, args, this.#depth + 1);
    if (ending.kind !== "next" && ending.kind !== "return") return ending;
    const wanted = opSpec(this.#fn.op[at]!).result;
    const value = ending.kind === "return" ? ending.value : undefined;
    if (wanted === VOID ? value !== undefined : !hasType(value, wanted)) {
      throw this.#error("ISG_UOPS_TYPE", `${callee.name} did not return what ${opSpec(this.#fn.op[at]!).name} expects`);
    }
    if (value !== undefined) this.#values[at] = value;
    return undefined;
  }
}

/** Little-endian bytes of a value's low part. */
function bytesOf(value: IrValue, count: number): Uint8Array {
  if (value instanceof Uint8Array) return value.slice(0, count);
  const bits = BigInt.asUintN(64, BigInt(value));
  return Uint8Array.from({ length: count }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
}

/** The value of little-endian bytes; an integer is extended to its type. */
function valueOf(bytes: Uint8Array, type: ValueType, signed: boolean): IrValue {
  if (type === V128) return bytes.slice();
  const bits = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const extended = BigInt.asIntN(64, signed ? BigInt.asIntN(8 * bytes.length, bits) : bits);
  return type === I32 ? Number(BigInt.asIntN(32, extended)) : extended;
}

/**
 * Evaluates a function op by op, as the table of ops says and as slowly as need be. It is the reference that the
 * interpreter and the compiler are held against.
 *
 * State and memory are written as the function goes: after a fault, what was written before it stays written, which is how
 * tests find semantics that write too early.
 *
 * @param args one value a parameter, as {@link IrValue} describes
 * @throws IsinglassError `ISG_UOPS_BUDGET` if it does not end within `limits`, `ISG_UOPS_TRAP` on a division that
 * WebAssembly traps on, others on a function that {@link verify} would refuse
 * @example
 * const { ending } = evaluate(fn, [], environment);
 * if (ending.kind === 'fault') console.log(ending.vector);
 */
export function evaluate(
  fn: IrFunction,
  args: readonly IrValue[],
  env: EvaluationEnvironment,
  limits: EvaluationLimits = {},
): Evaluation {
  const evaluator = new Evaluator(env, limits);
  const ending = evaluator.run(fn, args, 0);
  return { ending, leave: evaluator.leave, steps: evaluator.steps };
}
