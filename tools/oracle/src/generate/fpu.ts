import type { Form } from "../forms.js";
import type { Draft } from "./draft.js";

// Bit positions: MXCSR (SDM vol. 1, 10.2.3), FCW (8.1.5), FSW (8.1.3).
const MXCSR_DAZ = 1 << 6;
const MXCSR_FTZ = 1 << 15;
const FCW_RESERVED_ONE = 1 << 6;
const FSW_ES_AND_B = 0x8080;

/** Which forms work on the x87 registers. */
export function usesX87(form: Form): boolean {
  return (
    form.isaSet === "X87" || form.isaSet === "FCMOV" || form.isaSet === "SSE3X87" || /^f(u?comip?)$/.test(form.mnemonic)
  );
}

/** A random MXCSR: every rounding mode, FTZ and DAZ, unmasked exceptions, sticky flags already set. */
export function randomMxcsr(draft: Draft): number {
  const { rng } = draft;
  const kind = rng.below(100);
  if (kind < 15) return 0x1f80;
  let value = rng.below(4) << 13;
  value |= kind < 75 ? 0x1f80 : rng.below(64) << 7;
  if (kind >= 50 && rng.chance(60)) value |= rng.pick([MXCSR_DAZ, MXCSR_FTZ, MXCSR_DAZ | MXCSR_FTZ]);
  if (rng.chance(50)) value |= rng.chance(30) ? 0x3f : rng.below(64);
  return value;
}

/** Whether FSW has an exception that FCW does not mask; then ES and B are set. */
export function withErrorSummary(fsw: number, fcw: number): number {
  const pending = (fsw & ~fcw & 0x3f) !== 0;
  return pending ? fsw | FSW_ES_AND_B : fsw & ~FSW_ES_AND_B;
}

/** Often what FNINIT leaves: programs hardly ever have anything else, and executors may be quicker with it. */
export function randomFcw(draft: Draft): number {
  const { rng } = draft;
  if (rng.chance(40)) return 0x37f;
  const masks = rng.chance(70) ? 0x3f : rng.below(64);
  // Precision control 01 is reserved.
  const precision = rng.pick([3, 3, 3, 2, 0]);
  return masks | FCW_RESERVED_ONE | (precision << 8) | (rng.below(4) << 10) | (rng.below(2) << 12);
}

/** Control, status and tags of the x87 unit: stacks full, empty, with room for one more, or anyhow. */
export function prepareFpu(draft: Draft): void {
  const { rng, state } = draft;
  state.mxcsr = randomMxcsr(draft);
  const fcw = randomFcw(draft);
  let sticky = rng.chance(50) ? 0 : rng.below(128);
  // A pending exception makes the instruction under test fault at once: now and then is enough.
  if (!rng.chance(12)) sticky &= fcw | 0x40;
  const top = rng.below(8);
  state.fcw = fcw;
  state.fsw = withErrorSummary(sticky | (top << 11) | (rng.below(8) << 8) | (rng.below(2) << 14), fcw);
  const kind = rng.below(100);
  if (kind < 35) state.ftw = 0xff;
  else if (kind < 70) state.ftw = 0xff & ~(1 << ((top + 7) & 7));
  else if (kind < 80) state.ftw = 0;
  else state.ftw = rng.below(256);
}
