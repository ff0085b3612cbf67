import { OP } from "./function.js";
import { OPS } from "./opcodes.js";

const TERMINATOR = 1;
const CALL = 2;
const LOCAL_GET = 4;
const LOCAL_SET = 8;
const RETURN = 16;
const OPENER = 32;

/** Kinds of each op: passes ask for them at every op of every function. */
const KINDS = new Uint8Array(OPS.length);
const mark = (kind: number, ...ops: readonly number[]): void => {
  for (const op of ops) KINDS[op]! |= kind;
};
const RETURNS = [OP.returnVoid, OP.returnI32, OP.returnI64, OP.returnV128];
mark(TERMINATOR, OP.br, ...RETURNS, OP.jump, OP.branch, OP.repeat, OP.fault);
mark(CALL, OP.callVoid, OP.callI32, OP.callI64, OP.callV128);
mark(LOCAL_GET, OP.localGetI32, OP.localGetI64, OP.localGetV128);
mark(LOCAL_SET, OP.localSetI32, OP.localSetI64, OP.localSetV128);
mark(RETURN, ...RETURNS);
mark(OPENER, OP.if, OP.block, OP.loop);

/** Whether control never goes from this op to the one after it. */
export function isTerminator(op: number): boolean {
  return (KINDS[op]! & TERMINATOR) !== 0;
}

export function isCall(op: number): boolean {
  return (KINDS[op]! & CALL) !== 0;
}

export function isLocalGet(op: number): boolean {
  return (KINDS[op]! & LOCAL_GET) !== 0;
}

export function isLocalSet(op: number): boolean {
  return (KINDS[op]! & LOCAL_SET) !== 0;
}

export function isReturn(op: number): boolean {
  return (KINDS[op]! & RETURN) !== 0;
}

/** Whether the op opens a structure that an `end` closes. */
export function isOpener(op: number): boolean {
  return (KINDS[op]! & OPENER) !== 0;
}

export function isGuestLoad(op: number): boolean {
  return op === OP.guestLoad || op === OP.guestLoadV128;
}

export function isGuestStore(op: number): boolean {
  return op === OP.guestStore || op === OP.guestStoreV128 || op === OP.guestStoreV256;
}
