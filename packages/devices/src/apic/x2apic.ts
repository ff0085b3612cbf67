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

/** Registers that WRMSR writes in x2APIC mode, and values that they take. */
export function isX2Writable(offset: number, low: number, high: number): boolean {
  if (offset !== R.REG_ICR_LOW && high !== 0) return false;
  // EOI and ESR take nothing but zero (table 11-6).
  if ((offset === R.REG_EOI || offset === R.REG_ESR) && low !== 0) return false;
  if (offset >= R.REG_LVT_TIMER && offset <= R.REG_LVT_ERROR) return true;
  switch (offset) {
    case R.REG_TPR:
    case R.REG_EOI:
    case R.REG_SVR:
    case R.REG_ESR:
    case R.REG_ICR_LOW:
    case R.REG_INITIAL_COUNT:
    case R.REG_DIVIDE:
      return true;
    case R.REG_SELF_IPI:
      // A vector and nothing else (11.12.11).
      return (low & ~0xff) === 0;
    default:
      return false;
  }
}

/** Whether IA32_APIC_BASE, which is `now`, may become `low` and `high` (figure 11-27): x2APIC is entered from xAPIC only, and left only through "disabled". */
export function mayWriteBase(now: number, low: number, high: number, hasX2Apic: boolean): boolean {
  const x2 = (low & R.BASE_X2APIC) !== 0;
  const enabled = (low & R.BASE_ENABLE) !== 0;
  if ((low & 0x2ff) !== 0 || high > 0xfffff || (x2 && (!hasX2Apic || !enabled))) return false;
  const wasX2 = (now & R.BASE_X2APIC) !== 0;
  if (x2 && !wasX2 && (now & R.BASE_ENABLE) === 0) return false;
  return x2 || !enabled || !wasX2;
}
