import { IsinglassError } from "@isinglass/interface";
import { OP, type IrFunction } from "./function.js";

/** Where the arms of a function's structures lie, by index of the op that opens one; -1 where there is none. */
export interface Structure {
  /** Index of the `end` of an `if`, `else`, `block` or `loop`. */
  readonly end: Int32Array;
  /** Index of the `else` of an `if`. */
  readonly otherwise: Int32Array;
}

/**
 * Pairs `if`, `else`, `block` and `loop` with their `end`.
 *
 * @throws IsinglassError `ISG_UOPS_STRUCTURE` if they do not nest
 */
export function findStructure(fn: IrFunction): Structure {
  const end = new Int32Array(fn.count).fill(-1);
  const otherwise = new Int32Array(fn.count).fill(-1);
  const open: number[] = [];
  const fail = (at: number, what: string): IsinglassError =>
    new IsinglassError("ISG_UOPS_STRUCTURE", `${fn.name}: op ${at}: ${what}`, { function: fn.name, at });
  for (let at = 0; at < fn.count; at += 1) {
    const op = fn.op[at];
    if (op === OP.if || op === OP.block || op === OP.loop) open.push(at);
    else if (op === OP.else) {
      const opener = open.at(-1);
      if (opener === undefined || fn.op[opener] !== OP.if || otherwise[opener] !== -1) {
        throw fail(at, "else without an open if of its own");
      }
      otherwise[opener] = at;
    } else if (op === OP.end) {
      const opener = open.pop();
      if (opener === undefined) throw fail(at, "end closes nothing");
      end[opener] = at;
      const other = otherwise[opener]!;
      if (other >= 0) end[other] = at;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw fail(unclosed, "structure has no end");
  return { end, otherwise };
}
