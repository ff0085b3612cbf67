import { removeDead } from "./dead.js";
import type { IrFunction } from "./function.js";
import type { HoleRange } from "./known-state.js";
import { rewrite } from "./rewrite.js";

/** What the optimiser may rely on. */
export interface OptimiseOptions {
  /**
   * Range of state offsets, end exclusive, that every `state` hole stays in with its displacement. A store outside it then
   * does not make the optimiser forget what is behind a hole, nor the other way round. Unless told, a hole may be anywhere.
   */
  readonly holeRange?: readonly [from: number, to: number];
}

const ROUNDS = 6;

function isSame(p: IrFunction, q: IrFunction): boolean {
  if (p.count !== q.count || p.extra.length !== q.extra.length) return false;
  for (const field of ["op", "a", "b", "c", "x", "y", "extra"] as const) {
    const [left, right] = [p[field], q[field]];
    for (let i = 0; i < left.length; i += 1) if (left[i] !== right[i]) return false;
  }
  return true;
}

/**
 * A function that does the same with fewer micro-ops: constants folded, identities applied, equal values computed once,
 * state and locals forwarded from their stores, what nothing needs left out. Guest memory accesses, calls, assists and ways
 * to end the instruction stay, in number and order. State is the same wherever something could look at it: at the end, at
 * faults, accesses, calls and assists.
 *
 * The input must pass {@link verify}; the result does. Holes keep their numbers. Cost: a few passes, each linear in the
 * ops save for the copies of what is known at each structure.
 *
 * @example
 * const smaller = optimise(fn);
 * console.log(fn.count, smaller.count);
 */
export function optimise(fn: IrFunction, options: OptimiseOptions = {}): IrFunction {
  const holes: HoleRange = options.holeRange;
  let current = fn;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = removeDead(rewrite(current, holes), holes);
    if (isSame(current, next)) return next;
    current = next;
  }
  return current;
}
