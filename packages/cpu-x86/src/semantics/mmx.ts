import { OP } from "@isinglass/uops";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { checkMmx } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** EMMS: TOP = 0, all x87 registers are empty (SDM vol. 3A, table 13-2). FEMMS is AMD's name for the same. */
function emptyAll(s: Semantics): void {
  checkMmx(s);
  s.f.stateStore(OP.stateStoreI32, s.f.i32(0), S.fpuTop);
  s.f.stateStore(OP.stateStore64, s.const(0x01010101, 0x01010101), S.fpuEmpty);
}

export const MMX: SemanticsTable = {
  emms: emptyAll,
  femms: emptyAll,
};
