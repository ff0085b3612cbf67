import { type IrFunction, OP } from "./function.js";
import { opSpec } from "./opcodes.js";
import type { Value, ValueType } from "./types.js";
import { isCall } from "./op-kinds.js";

/** Values that an op of a function uses: its operands, and the arguments of a call. */
export function valuesUsed(fn: IrFunction, at: number): Value[] {
  const op = fn.op[at]!;
  if (isCall(op)) return [...fn.extra.subarray(fn.c[at], fn.c[at]! + fn.y[at]!)];
  return [fn.a[at]!, fn.b[at]!, fn.c[at]!].slice(0, opSpec(op).operands.length);
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
      op: Uint16Array.from(this.op),
      a: Int32Array.from(this.a),
      b: Int32Array.from(this.b),
      c: Int32Array.from(this.c),
      x: Int32Array.from(this.x),
      y: Int32Array.from(this.y),
      extra: Int32Array.from(this.extra),
      locals: [...locals],
      holes: like.holes,
    };
  }
}
