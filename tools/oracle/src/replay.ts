import { GPR_NAMES } from "@isinglass/cpu-x86";
import { Batch, mergeRanges, Window } from "./batch.js";
import { Comparer, describeFault, normalise, type Verdict } from "./compare.js";
import type { Contender } from "./contender.js";
import type { Difference } from "./difference.js";
import { FinalState, TestCase } from "./executor.js";
import type { Form } from "./forms.js";
import { Generator, type GeneratorOptions } from "./generate/generator.js";
import { Host } from "./host.js";
import { DATA_BASE } from "./layout.js";
import { MachineState } from "./state.js";

const hex = (value: number | bigint, digits: number): string => value.toString(16).padStart(digits, "0");

/** One outcome of a case. */
interface Outcome {
  readonly verdict: Verdict;
  readonly differences: Difference[];
  readonly expected: FinalState;
  readonly got: FinalState;
}

/** Runs single cases on the host and on a contender. */
class SingleCase {
  readonly #host = new Host();
  readonly #comparer: Comparer;
  readonly form: Form;
  readonly contender: Contender;

  constructor(form: Form, contender: Contender, vendor: string) {
    this.form = form;
    this.contender = contender;
    this.#comparer = new Comparer(vendor);
  }

  async run(state: MachineState, image: Uint8Array, ranges: readonly number[]): Promise<Outcome> {
    const batch = new Batch();
    batch.add(state, image, ranges);
    const answer = await this.#host.run(batch);
    await this.contender.start(batch);
    const test = new TestCase();
    const [before, after] = [new Window(), new Window()];
    const [expected, got] = [new FinalState(), new FinalState()];
    batch.loadState(0, test.state);
    before.apply(batch, 0);
    after.apply(batch, 0);
    after.apply(answer, 0);
    test.memory.set(before.memory);
    answer.loadState(0, expected.state);
    expected.memory.set(after.memory);
    got.state.setAfter(test.state);
    got.memory.set(before.memory);
    this.contender.finish(0, test, got);
    normalise(expected.state);
    normalise(got.state);
    const differences: Difference[] = [];
    const verdict = this.#comparer.judge(
      this.form,
      test.state,
      expected.state,
      expected.memory,
      got.state,
      got.memory,
      differences,
    );
    return { verdict, differences, expected, got };
  }

  close(): void {
    this.#host.close();
    this.contender.close();
  }
}

function* describeState(
  state: MachineState,
  image: Uint8Array,
  ranges: readonly number[],
): globalThis.Generator<string> {
  const row = (names: readonly string[], from: number): string =>
    names.map((name, i) => `${name}=${hex(state.gpr64[from + i]!, 16)}`).join(" ");
  for (let i = 0; i < 16; i += 4) yield row(GPR_NAMES.slice(i, i + 4), i);
  yield `rflags=${hex(state.rflags, 8)} fsbase=${hex(state.view.getBigUint64(144, true), 16)} gsbase=${hex(state.view.getBigUint64(152, true), 16)}`;
  yield `fcw=${hex(state.fcw, 4)} fsw=${hex(state.fsw, 4)} ftw=${hex(state.ftw, 2)} mxcsr=${hex(state.mxcsr, 8)}`;
  for (let i = 0; i < 8; i++) {
    const at = state.st.byteOffset - state.bytes.byteOffset + 16 * i;
    yield `st${i}=${hex(state.view.getUint16(at + 8, true), 4)}:${hex(state.view.getBigUint64(at, true), 16)}`;
  }
  for (let i = 0; i < 16; i++) {
    const lanes = [3, 2, 1, 0].map((lane) => hex(state.xmm[i * 4 + lane]!, 8)).join("_");
    const high = [3, 2, 1, 0].map((lane) => hex(state.ymmHigh[i * 4 + lane]!, 8)).join("_");
    yield `xmm${i}=${lanes}${/[1-9a-f]/.test(high) ? ` high=${high}` : ""}`;
  }
  for (let i = 0; i < ranges.length; i += 2)
    yield `[${hex(DATA_BASE + ranges[i]!, 8)}] ${[...image.subarray(ranges[i], ranges[i]! + ranges[i + 1]!)].map((byte) => hex(byte, 2)).join(" ")}`;
}

// What can be cleared without changing what the case is: each is tried in turn.
function* reductions(state: MachineState): globalThis.Generator<Uint8Array> {
  for (let i = 0; i < 16; i++) yield state.bytes.subarray(8 * i, 8 * i + 8);
  for (let i = 0; i < 16; i++) yield new Uint8Array(state.xmm.buffer, state.xmm.byteOffset + 16 * i, 16);
  for (let i = 0; i < 16; i++) yield new Uint8Array(state.ymmHigh.buffer, state.ymmHigh.byteOffset + 16 * i, 16);
  for (let i = 0; i < 8; i++) yield state.st.subarray(16 * i, 16 * i + 16);
}

const kinds = (outcome: Outcome): string =>
  outcome.differences.map((difference) => `${difference.kind}${difference.index}`).join(" ");

async function minimise(
  single: SingleCase,
  state: MachineState,
  image: Uint8Array,
  ranges: readonly number[],
  first: Outcome,
): Promise<void> {
  const same = async (): Promise<boolean> => {
    const outcome = await single.run(state, image, ranges);
    return outcome.verdict === "different" && kinds(outcome) === kinds(first);
  };
  for (const part of reductions(state)) {
    const saved = part.slice();
    if (saved.every((byte) => byte === 0)) continue;
    part.fill(0);
    if (!(await same())) part.set(saved);
  }
  for (const [name, plain] of [
    ["rflags", 0x202],
    ["mxcsr", 0x1f80],
    ["fcw", 0x37f],
    ["fsw", 0],
  ] as const) {
    const saved = state[name];
    state[name] = plain;
    if (!(await same())) state[name] = saved;
  }
}

/** Runs one case again and tells all about it, with everything cleared that the difference does not need. */
export async function replay(
  form: Form,
  index: number,
  options: GeneratorOptions,
  contender: Contender,
  vendor: string,
): Promise<string> {
  const single = new SingleCase(form, contender, vendor);
  try {
    const draft = new Generator(options).make(form, 0, index);
    const ranges = mergeRanges(draft.touched);
    const state = new MachineState();
    state.bytes.set(draft.state.bytes);
    const first = await single.run(state, draft.image, ranges);
    if (first.verdict === "different") await minimise(single, state, draft.image, ranges, first);
    const outcome = await single.run(state, draft.image, ranges);
    const code = [...state.code].map((byte) => hex(byte, 2)).join(" ");
    const lines = [
      `${form.id}, case ${index}, seed ${options.seed}: ${code} at ${hex(state.codeAddress, 8)}`,
      ...describeState(state, draft.image, ranges),
    ];
    lines.push(`host: fault ${describeFault(outcome.expected.state)}; ${contender.name}: ${outcome.verdict}`);
    for (const difference of outcome.differences)
      lines.push(
        `  ${difference.kind} ${difference.kind === "memory" ? hex(difference.index, 8) : difference.index}: host ${difference.expected}, ${contender.name} ${difference.got}`,
      );
    return `${lines.join("\n")}\n`;
  } finally {
    single.close();
  }
}
