// Runs in a browser: what an instruction of each class takes there in our interpreter and compiled by us.
import { CLASS_SETUP } from "@isinglass/compat";
import { assemble } from "@isinglass/isa-x86";
import { MiB, bare } from "@isinglass/machine";

const CODE = 0x1000;
const UNROLL = 8;
const WARM_UP = 4_000_000;
/** The browser's clock may count in steps of 0.1 ms. */
const SAMPLE_MS = 10;

/** @returns nanoseconds an instruction, by the browser's clock: a page has none of its CPU time */
globalThis.timeLoop = (instruction, tier, samples) => {
  const machine = bare({ memory: MiB, tier: tier === "jit" ? "auto" : "interp", now: () => performance.now() });
  const text = `${CLASS_SETUP}\nagain:\n${`${instruction}\n`.repeat(UNROLL)}jmp again`;
  machine.load(CODE, assemble(text, { mode: 64, origin: BigInt(CODE) }).bytes);
  machine.enter({ mode: 64, address: CODE });
  const time = (count) => {
    const begun = performance.now();
    machine.run(count);
    return ((performance.now() - begun) * 1e6) / count;
  };
  time(WARM_UP);
  const count = Math.ceil((SAMPLE_MS * 1e6) / Math.max(0.1, time(WARM_UP)));
  return Array.from({ length: samples }, () => time(count) * (1 + 1 / UNROLL));
};
