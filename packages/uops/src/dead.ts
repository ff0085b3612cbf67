import { type IrFunction, OP } from "./function.js";
import { covers, type HoleRange, mayOverlap, type Place } from "./known-state.js";
import { callArguments, hasBytes, OpBuffer, operandCount } from "./op-buffer.js";
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
function overwrittenStores(fn: IrFunction, holes: HoleRange): Uint8Array {
  const dead = new Uint8Array(fn.count);
  let places: Place[] = [];
  const overwritten = new Uint8Array(fn.locals.length);
  for (let at = fn.count - 1; at >= 0; at -= 1) {
    const op = fn.op[at]!;
    const access = stateAccess(op);
    if (access !== undefined) {
      const place = { hole: fn.y[at]! < 0 ? -1 : fn.y[at]!, offset: fn.x[at]!, bytes: access.bytes };
      if (!access.isStore) places = places.filter((later) => !mayOverlap(later, place, holes));
      else if (places.some((later) => covers(later, place))) dead[at] = 1;
      else places.push(place);
    } else if (isLocalGet(op)) overwritten[fn.x[at]!] = 0;
    else if (op === OP.stateLoadIndexed) places = [];
    else if (isLocalSet(op)) {
      dead[at] = overwritten[fn.x[at]!]!;
      overwritten[fn.x[at]!] = 1;
    } else if (isCall(op) || (opSpec(op).effects & (EFFECT_CONTROL | EFFECT_MAY_FAULT | EFFECT_OBSERVES)) !== 0) {
      places = [];
      // An access or a call cannot see a local, and where it faults the locals are gone.
      if ((opSpec(op).effects & EFFECT_CONTROL) !== 0) overwritten.fill(0);
    }
  }
  return dead;
}

/** Ops that something needs: those with effects, and whatever these use. */
function neededOps(fn: IrFunction, dead: Uint8Array): Uint8Array {
  const needed = new Uint8Array(fn.count);
  /** The last op that sets each local, and the one before each of them. */
  const lastSet = new Int32Array(fn.locals.length).fill(-1);
  const setBefore = new Int32Array(fn.count);
  const work: number[] = [];
  const need = (at: number): void => {
    if (needed[at] !== 0) return;
    needed[at] = 1;
    work.push(at);
  };
  for (let at = 0; at < fn.count; at += 1) {
    const op = fn.op[at]!;
    if (dead[at] !== 0) continue;
    if (isLocalSet(op)) {
      setBefore[at] = lastSet[fn.x[at]!]!;
      lastSet[fn.x[at]!] = at;
    } else if ((opSpec(op).effects & ~READS_ONLY) !== 0) need(at);
  }
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const op = fn.op[at]!;
    const count = operandCount(op);
    if (count > 0) need(fn.a[at]!);
    if (count > 1) need(fn.b[at]!);
    if (count > 2) need(fn.c[at]!);
    if (isCall(op)) for (const value of callArguments(fn, at)) need(value);
    // A local is written for the sake of its readers.
    else if (isLocalGet(op)) for (let set = lastSet[fn.x[at]!]!; set >= 0; set = setBefore[set]!) need(set);
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
  const usedLocals = new Uint8Array(fn.locals.length).fill(1, 0, fn.params.length);
  for (let at = 0; at < fn.count; at += 1) {
    if (needed[at] !== 0 && (isLocalGet(fn.op[at]!) || isLocalSet(fn.op[at]!))) usedLocals[fn.x[at]!] = 1;
  }
  const kept = [...fn.locals.keys()].filter((local) => usedLocals[local] !== 0);
  const newLocal = new Int32Array(fn.locals.length);
  kept.forEach((local, i) => (newLocal[local] = i));
  for (let at = 0; at < fn.count; at += 1) {
    if (needed[at] === 0) continue;
    const op = fn.op[at]!;
    const first = fn.x[at]!;
    if (isCall(op)) {
      const used = callArguments(fn, at).map((value) => map[value]!);
      map[at] = out.add(op, -1, -1, out.addExtra(used), fn.x[at], fn.y[at]);
    } else {
      const count = operandCount(op);
      let x = fn.x[at]!;
      if (hasBytes(op)) x = out.addExtra(fn.extra.subarray(first, first + 16));
      else if (isLocalGet(op) || isLocalSet(op)) x = newLocal[x]!;
      const a = count > 0 ? map[fn.a[at]!] : -1;
      const b = count > 1 ? map[fn.b[at]!] : -1;
      map[at] = out.add(op, a, b, count > 2 ? map[fn.c[at]!] : -1, x, fn.y[at]);
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
