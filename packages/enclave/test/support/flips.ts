import { Random } from "@isinglass/testkit";
import { expect } from "vitest";
import type { Verdict } from "../../src/index.js";

/** How many single-bit flips a test of a document tries; the `real` run takes 10,000. */
export const FLIPS = Number(process.env["ISG_ENCLAVE_FLIPS"] ?? "40");

/** Flips single bits at random places: each changed document must be refused. All bits in turn where there are no more than `FLIPS`. */
export async function expectEveryFlipRefused(
  document: Uint8Array,
  seed: number,
  verify: (changed: Uint8Array) => Promise<Verdict>,
  flips = FLIPS,
): Promise<void> {
  expect((await verify(document.slice())).checks.filter((check) => !check.passed)).toEqual([]);
  const random = new Random(seed);
  const bits = 8 * document.length;
  for (let i = 0; i < flips; i += 1) {
    const bit = bits <= flips ? i % bits : random.below(bits);
    const changed = document.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    // eslint-disable-next-line no-await-in-loop -- one after the other keeps memory bounded
    const verdict = await verify(changed);
    if (verdict.accepted) expect.fail(`bit ${bit & 7} of byte ${bit >> 3} makes no difference, seed ${seed}`);
  }
}
