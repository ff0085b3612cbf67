import { type IrFunction, OP } from "./function.js";
import { opSpec } from "./opcodes.js";
import type { Value, ValueType } from "./types.js";
import { isCall } from "./op-kinds.js";

/** How many of `a`, `b` and `c` an op of a function uses. The arguments of a call are in `extra`. */
export function operandCount(op: number): number {
  return isCall(op) ? 0 : opSpec(op).operands.length;
}

/** Arguments of the call at `at`. */
export function callArguments(fn: IrFunction, at: number): Int32Array {
  return fn.extra.subarray(fn.c[at], fn.c[at]! + fn.y[at]!);
}

/** Whether the op has 16 numbers in `extra` from `x`. */
export function hasBytes(op: number): boolean {
  return op === OP.constV128 || op === OP.shuffle;
}

/** A function that is being written by a pass: the arrays of {@link IrFunction}, growing. Nothing is checked. */
export class OpBuffer {
  readonly op: number[] = [];
  readonly a: Value[] = [];
  readonly b: Value[] = [];
  readonly c: Value[] = [];
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly extra: number[] = [];

  get count(): number {
    return this.op.length;
  }

  add(op: number, a: Value = -1, b: Value = -1, c: Value = -1, x: number = 0, y: number = 0): Value {
    this.op.push(op);
    this.a.push(a);
    this.b.push(b);
    this.c.push(c);
    this.x.push(x);
    this.y.push(y);
    return this.op.length - 1;
  }

  addExtra(values: Iterable<number>): number {
    const at = this.extra.length;
    this.extra.push(...values);
    return at;
  }

  /** The 16 numbers of a vector constant or a shuffle. */
  bytesOf(at: number): number[] {
    const first = this.x[at]!;
    return this.extra.slice(first, first + 16);
  }

  /** A function with this body and everything else as `like` has it. */
  toFunction(like: IrFunction, locals: readonly ValueType[] = like.locals): IrFunction {
    return {
      name: like.name,
      params: like.params,
      result: like.result,
      count: this.count,
      op: new Uint16Array(this.op),
      a: new Int32Array(this.a),
      b: new Int32Array(this.b),
      c: new Int32Array(this.c),
      x: new Int32Array(this.x),
      y: new Int32Array(this.y),
      extra: new Int32Array(this.extra),
      locals: [...locals],
      holes: like.holes,
    };
  }
}
