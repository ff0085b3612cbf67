import { OP, OPS, stateAccess } from "@isinglass/uops";
import { ASSIST, ASSISTED, ASSIST_FIRST, GET, JUMP, RELATIVE, SET, STORE_UPPER } from "./region-buffer.js";

/** Bits of {@link traitOf}: number of operands. */
export const OPERANDS = 3;
/** Does something beside making a value. */
export const ROOT = 4;
/** Calls a function of the ISA; its operands are in `extra`. */
export const CALLS = 8;
export const READS_STATE = 16;
export const WRITES_STATE = 32;

/** What an op is, in one byte. */
export function traitOf(op: number): number {
  return TRAITS[op]!;
}

/** Whether an op does something beside making a value. */
export function isRoot(op: number): boolean {
  return (traitOf(op) & ROOT) !== 0;
}

/** By op, those that only a region has included. */
const TRAITS: Uint8Array = Uint8Array.from({ length: ASSISTED + 1 }, (_, op) => {
  if (op === ASSIST || op === ASSIST_FIRST) return 2 | ROOT | WRITES_STATE;
  const spec = OPS[op];
  if (spec === undefined)
    return (op === SET || op === JUMP || op === STORE_UPPER ? 1 : 0) | (op === GET || op === RELATIVE ? 0 : ROOT);
  const access = stateAccess(op);
  const isCall = op === OP.callVoid || op === OP.callI32 || op === OP.callI64 || op === OP.callV128;
  const acts = !spec.isWasm && spec.effects !== 0 && (access?.isStore ?? true);
  return (
    spec.operands.length |
    (acts ? ROOT : 0) |
    (isCall ? CALLS : 0) |
    (access === undefined ? 0 : access.isStore ? WRITES_STATE : READS_STATE)
  );
});
