import { BINARY_LANES, MMX_LANES, UNARY_LANES, testFlags } from "./integer-lanes.js";
import { binary, each, unary } from "./vector-forms.js";
import { readHalves, simd } from "./simd.js";
import type { SemanticsTable } from "./table.js";

export const SSE_INTEGER: SemanticsTable = {
  ...each(BINARY_LANES, binary, MMX_LANES),
  ...each(UNARY_LANES, unary),
  // ZF and CF say what is common; the other flags are cleared.
  ptest: simd((s) => {
    const b = readHalves(s, 1);
    s.flagsBits(testFlags(s, readHalves(s, 0), b));
  }),
};
