import { flag, int, word, words } from "../state.js";
import type { Shape } from "../state.js";
import * as R from "./registers.js";

/** Everything that a local APIC remembers, but for its timer. */
export interface State {
  /** IA32_APIC_BASE. */
  base: number;
  baseHigh: number;
  id: number;
  tpr: number;
  ldr: number;
  dfr: number;
  svr: number;
  esr: number;
  /** Errors since ESR was last written. */
  errors: number;
  icrLow: number;
  icrHigh: number;
  lvt: Uint32Array;
  isr: Uint32Array;
  tmr: Uint32Array;
  irr: Uint32Array;
  lint0: boolean;
  lint1: boolean;
}

export const SHAPE: Shape<State> = {
  base: word,
  baseHigh: int(0, 0xfffff),
  id: word,
  tpr: int(0, 0xff),
  ldr: word,
  dfr: word,
  svr: int(0, 0x1fff),
  esr: int(0, 0xff),
  errors: int(0, 0xff),
  icrLow: word,
  icrHigh: word,
  lvt: words(R.LVT_COUNT),
  isr: words(8),
  tmr: words(8),
  irr: words(8),
  lint0: flag,
  lint1: flag,
};

/** The state after power-on (SDM 3A, 11.4.7.1); for the boot processor virtual wire mode, as firmware leaves it. */
export function powerOn(id: number, isBoot: boolean): State {
  const lvt = new Uint32Array(R.LVT_COUNT).fill(R.LVT_MASKED);
  if (isBoot) {
    lvt[R.LVT_LINT0] = R.LVT_LEVEL | (R.DELIVER_EXTINT << 8);
    lvt[R.LVT_LINT1] = R.LVT_LEVEL | (R.DELIVER_NMI << 8);
  }
  return {
    base: R.DEFAULT_BASE + R.BASE_ENABLE + (isBoot ? R.BASE_BSP : 0),
    baseHigh: 0,
    id,
    tpr: 0,
    ldr: 0,
    dfr: 0xffff_ffff,
    svr: isBoot ? 0xff | R.SVR_ENABLE : 0xff,
    esr: 0,
    errors: 0,
    icrLow: 0,
    icrHigh: 0,
    lvt,
    isr: new Uint32Array(8),
    tmr: new Uint32Array(8),
    irr: new Uint32Array(8),
    lint0: false,
    lint1: false,
  };
}
