import { OP } from "./function.js";

const set = (...ops: readonly number[]): ReadonlySet<number> => new Set(ops);

const TERMINATORS = set(
  OP.br,
  OP.returnVoid,
  OP.returnI32,
  OP.returnI64,
  OP.returnV128,
  OP.jump,
  OP.branch,
  OP.repeat,
  OP.fault,
);
const CALLS = set(OP.callVoid, OP.callI32, OP.callI64, OP.callV128);
const LOCAL_GETS = set(OP.localGetI32, OP.localGetI64, OP.localGetV128);
const LOCAL_SETS = set(OP.localSetI32, OP.localSetI64, OP.localSetV128);
const RETURNS = set(OP.returnVoid, OP.returnI32, OP.returnI64, OP.returnV128);
const OPENERS = set(OP.if, OP.block, OP.loop);

/** Whether control never goes from this op to the one after it. */
export function isTerminator(op: number): boolean {
  return TERMINATORS.has(op);
}

export function isCall(op: number): boolean {
  return CALLS.has(op);
}

export function isLocalGet(op: number): boolean {
  return LOCAL_GETS.has(op);
}

export function isLocalSet(op: number): boolean {
  return LOCAL_SETS.has(op);
}

export function isReturn(op: number): boolean {
  return RETURNS.has(op);
}

/** Whether the op opens a structure that an `end` closes. */
export function isOpener(op: number): boolean {
  return OPENERS.has(op);
}

export function isGuestLoad(op: number): boolean {
  return op === OP.guestLoad || op === OP.guestLoadV128;
}

export function isGuestStore(op: number): boolean {
  return op === OP.guestStore || op === OP.guestStoreV128 || op === OP.guestStoreV256;
}
