import { BINARY_LANES, MMX_LANES, UNARY_LANES, testFlags } from "./integer-lanes.js";
import { binary, each, unary } from "./legacy-forms.js";
import { readVector, simd } from "./simd.js";
import type { SemanticsTable } from "./table.js";

export const SSE_INTEGER: SemanticsTable = {
  ...each(BINARY_LANES, binary, MMX_LANES),
  ...each(UNARY_LANES, unary),
  // ZF and CF say what is common; the other flags are cleared.
  ptest: simd((s) => {
    const b = readVector(s, 1);
    s.flagsBits(testFlags(s, readVector(s, 0), b));
  }),
};
