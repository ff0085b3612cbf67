import type { Contender } from "./contender.js";
import type { FinalState, TestCase } from "./executor.js";
import { AT_OPERAND, DATA_BASE, NO_VECTOR } from "./layout.js";

/** Errors such as an emulator has; each must be caught by the comparison. */
export const mutations: Readonly<Record<string, (test: TestCase, out: FinalState) => void>> = {
  // A flag that is never set.
  overflow: (_test, out) => {
    out.state.rflags &= ~0x800;
  },
  // 32-bit results that leave the upper half of the register alone.
  "upper-half": (test, out) => {
    for (let i = 0; i < 32; i += 2)
      if (out.state.gpr[i] !== test.state.gpr[i] && out.state.gpr[i + 1] === 0)
        out.state.gpr[i + 1] = test.state.gpr[i + 1]!;
  },
  // Exceptions of MXCSR that do not stick.
  sticky: (test, out) => {
    out.state.mxcsr = test.state.mxcsr;
  },
  // The write half of a page fault's error code.
  "error-code": (_test, out) => {
    if (out.state.vector === 14) out.state.error &= ~2;
  },
  // A store that leaves its first byte out.
  store: (test, out) => {
    const offset = test.state.words[AT_OPERAND >> 2]! - DATA_BASE;
    if (out.state.vector === NO_VECTOR && offset >= 0 && offset < out.memory.length)
      out.memory[offset] = test.memory[offset]!;
  },
  // x87 tags that never change.
  tags: (test, out) => {
    out.state.ftw = test.state.ftw;
  },
};

/** A contender with a planted error. */
export class Mutant implements Contender {
  readonly name: string;
  readonly #inner: Contender;
  readonly #mutate: (test: TestCase, out: FinalState) => void;

  constructor(inner: Contender, mutation: string) {
    const mutate = mutations[mutation];
    if (mutate === undefined)
      throw new Error(`unknown mutation "${mutation}"; known: ${Object.keys(mutations).join(", ")}`);
    this.name = `mutant:${mutation}`;
    this.#inner = inner;
    this.#mutate = mutate;
  }

  start(batch: Parameters<Contender["start"]>[0]): Promise<void> {
    return this.#inner.start(batch);
  }

  finish(i: number, test: TestCase, out: FinalState): void {
    this.#inner.finish(i, test, out);
    this.#mutate(test, out);
  }

  close(): void {
    this.#inner.close();
  }
}
