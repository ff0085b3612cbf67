import { OP } from "./function.js";
import { OPS } from "./opcodes.js";
import { I32, I64, V128, type ValueType } from "./types.js";

/** Shape of a `state.load` or `state.store`. */
export interface StateAccess {
  readonly isStore: boolean;
  readonly bytes: number;
  /** A narrow load extends the sign. */
  readonly signed: boolean;
  readonly type: ValueType;
}

const ACCESSES: (StateAccess | undefined)[] = Array.from({ length: OPS.length });
for (const [op, isStore, bytes, signed, type] of [
  [OP.stateLoad8S, false, 1, true, I64],
  [OP.stateLoad8U, false, 1, false, I64],
  [OP.stateLoad16S, false, 2, true, I64],
  [OP.stateLoad16U, false, 2, false, I64],
  [OP.stateLoad32S, false, 4, true, I64],
  [OP.stateLoad32U, false, 4, false, I64],
  [OP.stateLoad64, false, 8, true, I64],
  [OP.stateLoadI32, false, 4, true, I32],
  [OP.stateLoadV128, false, 16, false, V128],
  [OP.stateStore8, true, 1, false, I64],
  [OP.stateStore16, true, 2, false, I64],
  [OP.stateStore32, true, 4, false, I64],
  [OP.stateStore64, true, 8, false, I64],
  [OP.stateStoreI32, true, 4, false, I32],
  [OP.stateStoreV128, true, 16, false, V128],
] as const)
  ACCESSES[op] = { isStore, bytes, signed, type };

/** Shape of a state access, or undefined if the op is none. */
export function stateAccess(op: number): StateAccess | undefined {
  return ACCESSES[op];
}
