import { type IrFunction, OP } from "./function.js";
import { covers, type HoleRange, mayOverlap, type Place } from "./known-state.js";
import { hasBytes, OpBuffer, valuesUsed } from "./op-buffer.js";
import { isCall, isLocalGet, isLocalSet, isOpener } from "./op-kinds.js";
import { opSpec } from "./opcodes.js";
import { stateAccess } from "./state-access.js";
import { findStructure } from "./structure.js";
import { EFFECT_CONTROL, EFFECT_MAY_FAULT, EFFECT_OBSERVES, EFFECT_READS_LOCAL, EFFECT_READS_STATE } from "./types.js";

/** Effects without which nobody misses an op whose value is not used. */
const READS_ONLY = EFFECT_READS_STATE | EFFECT_READS_LOCAL;

/**
 * Stores of state and locals that are written over before anything can see them: no op in between reads them, may fault,
 * observes, or branches.
 */
function overwrittenStores(fn: IrFunction, holes: HoleRange): Set<number> {
  const dead = new Set<number>();
  let places: Place[] = [];
  let locals = new Set<number>();
  for (let at = fn.count - 1; at >= 0; at -= 1) {
    const op = fn.op[at]!;
    const access = stateAccess(op);
    if (access !== undefined) {
      const place = { hole: fn.y[at]! < 0 ? -1 : fn.y[at]!, offset: fn.x[at]!, bytes: access.bytes };
      if (!access.isStore) places = places.filter((later) => !mayOverlap(later, place, holes));
      else if (places.some((later) => covers(later, place))) dead.add(at);
      else places.push(place);
    } else if (isLocalGet(op)) locals.delete(fn.x[at]!);
    else if (op === OP.stateLoadIndexed) places = [];
    else if (isLocalSet(op)) {
      if (locals.has(fn.x[at]!)) dead.add(at);
      else locals.add(fn.x[at]!);
    } else if (isCall(op) || (opSpec(op).effects & (EFFECT_CONTROL | EFFECT_MAY_FAULT | EFFECT_OBSERVES)) !== 0) {
      places = [];
      // An access or a call cannot see a local, and where it faults the locals are gone.
      if ((opSpec(op).effects & EFFECT_CONTROL) !== 0) locals = new Set();
    }
  }
  return dead;
}

/** Ops that something needs: those with effects, and whatever these use. */
function neededOps(fn: IrFunction, dead: ReadonlySet<number>): Uint8Array {
  const needed = new Uint8Array(fn.count);
  const setsOf = new Map<number, number[]>();
  const work: number[] = [];
  const need = (at: number): void => {
    if (needed[at] !== 0) return;
    needed[at] = 1;
    work.push(at);
  };
  for (let at = 0; at < fn.count; at += 1) {
    const op = fn.op[at]!;
    if (dead.has(at)) continue;
    if (isLocalSet(op)) setsOf.set(fn.x[at]!, [...(setsOf.get(fn.x[at]!) ?? []), at]);
    else if ((opSpec(op).effects & ~READS_ONLY) !== 0) need(at);
  }
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const value of valuesUsed(fn, at)) need(value);
    // A local is written for the sake of its readers.
    if (isLocalGet(fn.op[at]!)) for (const set of setsOf.get(fn.x[at]!) ?? []) need(set);
  }
  return needed;
}

/** Takes structures out of `needed` that have nothing left in them. */
function dropEmptyStructures(fn: IrFunction, needed: Uint8Array): void {
  const { end, otherwise } = findStructure(fn);
  const isEmpty = (from: number, to: number): boolean => !needed.subarray(from, to).includes(1);
  // From the inside out: openers inside come later.
  for (let at = fn.count - 1; at >= 0; at -= 1) {
    if (!isOpener(fn.op[at]!)) continue;
    const last = end[at]!;
    const other = otherwise[at]!;
    if (other >= 0 && isEmpty(other + 1, last)) needed[other] = 0;
    if (isEmpty(at + 1, last)) {
      needed[at] = 0;
      needed[last] = 0;
    }
  }
}

/** Copies the needed ops and numbers values, locals and `extra` anew. Parameters stay whether they are used or not. */
function compact(fn: IrFunction, needed: Uint8Array): IrFunction {
  const out = new OpBuffer();
  const map = new Int32Array(fn.count).fill(-1);
  const usedLocals = new Set(fn.params.keys());
  for (let at = 0; at < fn.count; at += 1) {
    if (needed[at] !== 0 && (isLocalGet(fn.op[at]!) || isLocalSet(fn.op[at]!))) usedLocals.add(fn.x[at]!);
  }
  const kept = [...fn.locals.keys()].filter((local) => usedLocals.has(local));
  const newLocal = new Int32Array(fn.locals.length);
  kept.forEach((local, i) => (newLocal[local] = i));
  for (let at = 0; at < fn.count; at += 1) {
    if (needed[at] === 0) continue;
    const op = fn.op[at]!;
    const used = valuesUsed(fn, at).map((value) => map[value]!);
    const first = fn.x[at]!;
    if (isCall(op)) map[at] = out.add(op, -1, -1, out.addExtra(used), fn.x[at], fn.y[at]);
    else {
      let x = fn.x[at]!;
      if (hasBytes(op)) x = out.addExtra(fn.extra.subarray(first, first + 16));
      else if (isLocalGet(op) || isLocalSet(op)) x = newLocal[x]!;
      map[at] = out.add(op, used[0], used[1], used[2], x, fn.y[at]);
    }
  }
  return out.toFunction(
    fn,
    kept.map((local) => fn.locals[local]!),
  );
}

/** Leaves out what nothing needs: unused values, locals that are not read, stores that are written over, empty structures. */
export function removeDead(fn: IrFunction, holes: HoleRange): IrFunction {
  const needed = neededOps(fn, overwrittenStores(fn, holes));
  dropEmptyStructures(fn, needed);
  return compact(fn, needed);
}
