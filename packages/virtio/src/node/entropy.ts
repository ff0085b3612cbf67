import { randomFillSync } from "node:crypto";
import type { EntropySource } from "../index.js";

/** Random bytes from the host's cryptographic generator. Not repeatable: a machine that shall be deterministic takes `SeededEntropy`. */
export const hostEntropy: EntropySource = {
  fill(into: Uint8Array): void {
    randomFillSync(into);
  },
};
