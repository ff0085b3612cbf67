import type { Form } from "../forms.js";
import { CODE_BASE, CODE_SIZE, DATA_BASE, DATA_SIZE, PAGE_SIZE } from "../layout.js";
import type { Draft } from "./draft.js";

// The harness puts a jump of up to 14 bytes behind the instruction; no branch may land in there or in the instruction.
const RESERVED = 40;

/** A branch target: mostly INT3 somewhere in the code pages, else pages without code, whose fetch faults. */
export function branchTarget(draft: Draft): bigint {
  const { rng, state } = draft;
  const kind = rng.below(100);
  if (kind < 80) {
    for (;;) {
      const target = CODE_BASE + rng.below(CODE_SIZE);
      if (Math.abs(target - state.codeAddress) > RESERVED) return BigInt(target);
    }
  }
  if (kind < 87) return BigInt(CODE_BASE - 1 - rng.below(PAGE_SIZE - 16));
  if (kind < 94) return BigInt(CODE_BASE + CODE_SIZE + rng.below(PAGE_SIZE - 16));
  return BigInt(DATA_BASE + rng.below(DATA_SIZE - 16));
}

/** Chooses where a relative branch goes, within reach of its displacement. */
export function relativeTarget(draft: Draft, form: Form): bigint {
  const { rng, state } = draft;
  if (form.immediates[0] !== 8) return branchTarget(draft);
  const distance = rng.chance(50) ? rng.between(RESERVED, 110) : rng.between(-100, -16);
  return BigInt(state.codeAddress + distance);
}
