import { type IrFunction, OP } from "./function.js";
import { isCall, isGuestLoad, isGuestStore, isOpener, isTerminator } from "./op-kinds.js";
import { opSpec } from "./opcodes.js";
import { stateAccess } from "./state-access.js";
import { EFFECT_MAY_FAULT, MEM_FOR_WRITE, MEM_PHYSICAL, MEM_SIZE_MASK } from "./types.js";

/** What an assist may do, as far as the order of writes and faults goes. */
export interface AssistEffects {
  /** It writes architectural state, or does something outside that cannot be taken back. */
  readonly writes: boolean;
  /** It may raise an exception of the guest's. */
  readonly faults: boolean;
}

/** What {@link findEarlyWrites} may know beside the function. */
export interface WriteOrderOptions {
  /** Callees by index. Without them calls are taken as not faulting and not writing. */
  readonly functions?: readonly IrFunction[];
  /** Whether the state at an offset belongs to the guest; scratch space may be written before a fault. Default: all of it. */
  readonly isArchitectural?: (offset: number) => boolean;
  /** What an assist may do. Default: both. */
  readonly assistEffects?: (id: number) => AssistEffects;
}

/** What a callee may do, as far as the order of writes and faults goes. */
interface Summary {
  readonly writes: boolean;
  readonly faults: boolean;
}

const WRITES_STATE = 1;
const WRITES_MEMORY = 2;

function writesOf(fn: IrFunction, at: number, options: WriteOrderOptions): number {
  const op = fn.op[at]!;
  if (stateAccess(op)?.isStore === true) {
    const architectural = fn.y[at]! >= 0 || options.isArchitectural?.(fn.x[at]!) !== false;
    return architectural ? WRITES_STATE : 0;
  }
  if (op === OP.stateStoreIndexed) return options.isArchitectural?.(fn.x[at]!) === false ? 0 : WRITES_STATE;
  // What an assist wrote stays if it lets the instruction go on.
  if (op === OP.assist) return options.assistEffects?.(fn.x[at]!).writes === false ? 0 : WRITES_STATE;
  return isGuestStore(op) ? WRITES_MEMORY : 0;
}

/** A guest-physical access raises no exception of the guest's. */
function mayFault(fn: IrFunction, at: number, options: WriteOrderOptions): boolean {
  const op = fn.op[at]!;
  if (op === OP.assist) return options.assistEffects?.(fn.x[at]!).faults !== false;
  if ((isGuestLoad(op) || isGuestStore(op)) && (fn.x[at]! & MEM_PHYSICAL) !== 0) return false;
  return (opSpec(op).effects & EFFECT_MAY_FAULT) !== 0;
}

function summarise(index: number, options: WriteOrderOptions, seen: Set<number>): Summary {
  const fn = options.functions?.[index];
  if (fn === undefined || seen.has(index)) return { writes: false, faults: false };
  seen.add(index);
  let writes = false;
  let faults = false;
  for (let at = 0; at < fn.count; at += 1) {
    writes ||= writesOf(fn, at, options) !== 0;
    faults ||= mayFault(fn, at, options);
    if (isCall(fn.op[at]!)) {
      const callee = summarise(fn.x[at]!, options, seen);
      writes ||= callee.writes;
      faults ||= callee.faults;
    }
  }
  return { writes, faults };
}

/** What may have been written on the ways that lead to a point, as a set of bits; -1: no way leads there. */
type Written = number;
const UNREACHED: Written = -1;

function join(a: Written, b: Written): Written {
  if (a === UNREACHED) return b;
  return b === UNREACHED ? a : a | b;
}

interface Arm {
  readonly isLoop: boolean;
  readonly opener: number;
  /** What was written when the structure was entered; an else starts from it. */
  entry: Written;
  /** What was written on the ways that leave the structure. */
  leaving: Written;
  hasElse: boolean;
  /** Stores that cannot fault any more, see `checked` below; the structure's own are forgotten at its end. */
  readonly checked: ReadonlySet<string>;
}

/**
 * Finds ops that may fault after vCPU state or guest memory was written, on any way through the function. Such a fault
 * would not find the state as before the instruction. A store to an address that was loaded with `MEM_FOR_WRITE` and the
 * same size just before does not fault, so read-modify-write instructions may write their flags before it.
 */
export function findEarlyWrites(fn: IrFunction, options: WriteOrderOptions = {}): { at: number; message: string }[] {
  const atLoop = new Map<number, Written>();
  for (;;) {
    const before = [...atLoop.values()].join();
    const found = pass(fn, options, atLoop);
    // What a loop's back edge brings to its start may matter to ops before it: look again until nothing is added.
    if ([...atLoop.values()].join() === before) return found;
  }
}

function pass(
  fn: IrFunction,
  options: WriteOrderOptions,
  atLoop: Map<number, Written>,
): { at: number; message: string }[] {
  const found: { at: number; message: string }[] = [];
  const arms: Arm[] = [];
  let written: Written = 0;
  let checked = new Set<string>();
  const key = (at: number): string => `${fn.a[at]!} ${fn.x[at]! & MEM_SIZE_MASK}`;
  /** First op that writes state, and memory: where to look. */
  const firstWrites = new Map<number, number>();
  const fault = (at: number, what: string): void => {
    if (written <= 0) return;
    const kind = (written & WRITES_STATE) !== 0 ? WRITES_STATE : WRITES_MEMORY;
    const name = kind === WRITES_STATE ? "state" : "memory";
    const first = firstWrites.get(kind);
    const where = first === undefined ? "" : `, first by op ${first}`;
    found.push({ at, message: `${name} written before a fault is possible: ${what}${where}` });
  };
  const write = (at: number, kinds: number): void => {
    if (written === UNREACHED) return;
    written |= kinds;
    for (const kind of [WRITES_STATE, WRITES_MEMORY]) {
      if ((kinds & kind) !== 0 && !firstWrites.has(kind)) firstWrites.set(kind, at);
    }
  };
  for (let at = 0; at < fn.count; at += 1) {
    const op = fn.op[at]!;
    const { name } = opSpec(op);
    if (isOpener(op)) {
      if (op === OP.loop) written = join(written, atLoop.get(at) ?? UNREACHED);
      arms.push({
        isLoop: op === OP.loop,
        opener: at,
        entry: written,
        leaving: UNREACHED,
        hasElse: false,
        checked: new Set(checked),
      });
    } else if (op === OP.else) {
      const arm = arms.at(-1)!;
      arm.leaving = join(arm.leaving, written);
      arm.hasElse = true;
      written = arm.entry;
      checked = new Set(arm.checked);
    } else if (op === OP.end) {
      const arm = arms.pop()!;
      written = join(written, arm.leaving);
      if (fn.op[arm.opener] === OP.if && !arm.hasElse) written = join(written, arm.entry);
      checked = new Set([...arm.checked].filter((store) => checked.has(store)));
    } else if (op === OP.br || op === OP.brIf) {
      const target = arms[arms.length - 1 - fn.x[at]!]!;
      if (target.isLoop) atLoop.set(target.opener, join(atLoop.get(target.opener) ?? UNREACHED, written));
      else target.leaving = join(target.leaving, written);
      if (op === OP.br) written = UNREACHED;
    } else if (isCall(op)) {
      const callee = summarise(fn.x[at]!, options, new Set());
      if (callee.faults) fault(at, `${name} of ${options.functions?.[fn.x[at]!]?.name ?? "a function"}`);
      if (callee.writes) write(at, WRITES_STATE);
      checked.clear();
    } else {
      if (mayFault(fn, at, options) && !(isGuestStore(op) && checked.has(key(at)))) fault(at, name);
      write(at, writesOf(fn, at, options));
      if (isGuestLoad(op) && (fn.x[at]! & MEM_FOR_WRITE) !== 0) checked.add(key(at));
      if (op === OP.assist && writesOf(fn, at, options) !== 0) checked.clear();
      if (isTerminator(op)) written = UNREACHED;
    }
  }
  return found;
}
