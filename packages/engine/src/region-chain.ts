import { ASSIST_EXIT, ASSIST_JUMP, type ExecutorState } from "@isinglass/uops";
import { CodeWriter, WASM_TYPE } from "@isinglass/wasm";
import {
  CHAIN_EXIT,
  CHAIN_INTERPRET,
  CHAIN_LEAVE,
  CHAIN_LOOKUP,
  ENTRY,
  FUEL,
  HANDLER_REGION,
  PAGE,
  RECORD,
  SKIP,
  STATUS,
  TARGET,
  TLB,
  VCPU,
  emitFetchEntry,
  emitRecordOfTarget,
} from "./dispatch-code.js";
import { emitLeft } from "./jit/exits.js";
import { RECORD_COUNTDOWN, RECORD_EXECUTED, RECORD_FUNCTION, RECORD_HANDLER } from "./record.js";
import { TLB_CODE } from "@isinglass/mmu";

const { i32, i64 } = WASM_TYPE;

/** `(vcpu, record, page, fuel, view) -> CHAIN_*`; its locals are numbered as those of the dispatch loop. */
export const CHAIN_PARAMS: readonly number[] = [i32, i32, i64, i32, i32];
/** TARGET; fuel before the region; ENTRY; STATUS; SKIP; what the assist asked for at which the region was left, an ASSIST_*. */
export const CHAIN_LOCALS: readonly number[] = [i64, i32, i32, i32, i32, i32];
const BEFORE = 6;
const ASKED = 10;

/**
 * From region to region, as long as there is one where the last was left for, without the dispatch.
 *
 * @param left index of the function that takes samples of where regions are left for
 */
export function chainCode(state: ExecutorState, regionType: number, left: number): CodeWriter {
  const code = new CodeWriter(512);
  const leave = (how: number): void => {
    code.localGet(VCPU).localGet(FUEL).memory("i32.store", state.fuel).i32(how).return();
  };
  code.loop();
  code.localGet(FUEL).localSet(BEFORE);
  code.localGet(VCPU).localGet(FUEL).localGet(PAGE).localGet(TLB);
  code.localGet(RECORD).memory("i32.load16_u", RECORD_FUNCTION).callIndirect(regionType, 1);
  emitLeft(code, state, {
    vcpu: VCPU,
    page: PAGE,
    how: TARGET,
    fuel: FUEL,
    interpret: SKIP,
    scratch: STATUS,
    status: ASKED,
  });
  // A region that was verified may be gone: the interpreter has been at work meanwhile.
  code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER).i32(HANDLER_REGION).op("i32.eq").if();
  code.localGet(RECORD).localGet(RECORD).memory("i64.load", RECORD_EXECUTED);
  code.localGet(BEFORE).localGet(FUEL).op("i32.sub").op("i64.extend_i32_u").op("i64.add");
  code.memory("i64.store", RECORD_EXECUTED);
  code.localGet(RECORD).localGet(RECORD).memory("i32.load", RECORD_COUNTDOWN).i32(1).op("i32.sub").localTee(STATUS);
  code.memory("i32.store", RECORD_COUNTDOWN);
  code.localGet(STATUS).i32(0).op("i32.le_s").localGet(SKIP).localGet(ASKED).op("i32.or").op("i32.eqz").op("i32.and");
  code.localGet(FUEL).i32(0).op("i32.ne").op("i32.and").unlikely().if();
  code.localGet(RECORD).localGet(PAGE).op("i32.wrap_i64").localGet(PAGE).i64(32, 0).op("i64.shr_u").op("i32.wrap_i64");
  code.call(left).if();
  leave(CHAIN_LEAVE);
  code.end().end().end();
  code.localGet(ASKED).unlikely().if();
  code.localGet(ASKED).i32(ASSIST_EXIT).op("i32.eq").if();
  code.i32(CHAIN_EXIT).return();
  code.end();
  code.localGet(ASKED).i32(ASSIST_JUMP).op("i32.ne").if();
  leave(CHAIN_LEAVE);
  code.end();
  // It may have gone anywhere, in another mode.
  code.localGet(VCPU).memory("i32.load", state.tlbView).localSet(TLB);
  code.localGet(VCPU).memory("i64.load", state.pc).localSet(TARGET);
  code.localGet(VCPU).memory("i32.load", state.fuel).localSet(FUEL);
  code.end();
  code.localGet(SKIP).unlikely().if();
  leave(CHAIN_INTERPRET);
  code.end();
  emitFetchEntry(code);
  code.localGet(TARGET).localGet(PAGE).op("i64.sub").i64(4096, 0).op("i64.lt_u").if();
  code.localGet(ENTRY).memory("i32.load", TLB_CODE).localTee(ENTRY).if();
  emitRecordOfTarget(code);
  code.localTee(RECORD).if();
  code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER).i32(HANDLER_REGION).op("i32.eq").brIf(3);
  code.end().end().end().end();
  return code.localGet(VCPU).localGet(FUEL).memory("i32.store", state.fuel).i32(CHAIN_LOOKUP);
}
