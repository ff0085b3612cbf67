import * as R from "./registers.js";

/** Registers that RDMSR reads in x2APIC mode, by their xAPIC offset (table 11-6). */
export function isX2Readable(offset: number): boolean {
  if (offset >= R.REG_ISR && offset < R.REG_ESR) return true;
  if (offset >= R.REG_LVT_TIMER && offset <= R.REG_LVT_ERROR) return true;
  switch (offset) {
    case R.REG_ID:
    case R.REG_VERSION:
    case R.REG_TPR:
    case R.REG_PPR:
    case R.REG_LDR:
    case R.REG_SVR:
    case R.REG_ESR:
    case R.REG_ICR_LOW:
    case R.REG_INITIAL_COUNT:
    case R.REG_CURRENT_COUNT:
    case R.REG_DIVIDE:
      return true;
    default:
      return false;
  }
}

/** Registers that WRMSR writes in x2APIC mode. */
export function isX2Writable(offset: number): boolean {
  if (offset >= R.REG_LVT_TIMER && offset <= R.REG_LVT_ERROR) return true;
  switch (offset) {
    case R.REG_TPR:
    case R.REG_EOI:
    case R.REG_SVR:
    case R.REG_ESR:
    case R.REG_ICR_LOW:
    case R.REG_INITIAL_COUNT:
    case R.REG_DIVIDE:
    case R.REG_SELF_IPI:
      return true;
    default:
      return false;
  }
}
