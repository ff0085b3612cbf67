import type { ApicTimer } from "./apic-timer.js";
import { processorPriority, x2LogicalId } from "./priority.js";
import * as R from "./registers.js";
import type { State } from "./state.js";

/** Registers that stand alone, in units of 16 bytes. */
const SINGLE: readonly number[] = [
  R.REG_ID,
  R.REG_VERSION,
  R.REG_TPR,
  R.REG_APR,
  R.REG_PPR,
  R.REG_EOI,
  R.REG_REMOTE_READ,
  R.REG_LDR,
  R.REG_DFR,
  R.REG_SVR,
  R.REG_ESR,
  R.REG_ICR_LOW,
  R.REG_ICR_HIGH,
  R.REG_INITIAL_COUNT,
  R.REG_CURRENT_COUNT,
  R.REG_DIVIDE,
];

/** Whether there is a register at `offset` of the page (SDM 3A, table 11-1); the others are reserved. */
export function isRegister(offset: number): boolean {
  if (offset >= R.REG_ISR && offset < R.REG_ESR) return true;
  if (offset >= R.REG_LVT_TIMER && offset <= R.REG_LVT_ERROR) return true;
  return SINGLE.includes(offset);
}

/** What the register at `offset` of the page reads (SDM 3A, table 11-1); zero where there is none. */
export function readRegister(
  state: State,
  timer: ApicTimer,
  isX2Apic: boolean,
  version: number,
  offset: number,
): number {
  switch (offset) {
    case R.REG_ID:
      return isX2Apic ? state.id : (state.id << 24) >>> 0;
    case R.REG_VERSION:
      return version;
    case R.REG_TPR:
      return state.tpr;
    case R.REG_APR:
    case R.REG_PPR:
      return processorPriority(state);
    case R.REG_LDR:
      return isX2Apic ? x2LogicalId(state.id) : state.ldr;
    case R.REG_DFR:
      return state.dfr;
    case R.REG_SVR:
      return state.svr;
    case R.REG_ESR:
      return state.esr;
    case R.REG_ICR_LOW:
      return state.icrLow;
    case R.REG_ICR_HIGH:
      return state.icrHigh;
    case R.REG_INITIAL_COUNT:
      return timer.state.initial;
    case R.REG_CURRENT_COUNT:
      return timer.current();
    case R.REG_DIVIDE:
      return timer.state.divide;
  }
  const index = (offset >> 4) & 7;
  if (offset >= R.REG_ISR && offset < R.REG_TMR) return state.isr[index]!;
  if (offset >= R.REG_TMR && offset < R.REG_IRR) return state.tmr[index]!;
  if (offset >= R.REG_IRR && offset < R.REG_ESR) return state.irr[index]!;
  if (offset >= R.REG_LVT_TIMER && offset <= R.REG_LVT_ERROR) return state.lvt[(offset - R.REG_LVT_TIMER) >> 4]!;
  return 0;
}
