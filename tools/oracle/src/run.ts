import { Batch, Window } from "./batch.js";
import { Comparer, describeFault, normalise } from "./compare.js";
import type { Contender } from "./contender.js";
import type { Difference } from "./difference.js";
import { FinalState, TestCase } from "./executor.js";
import type { Form } from "./forms.js";
import { Generator } from "./generate/generator.js";
import { Host, type HostInfo } from "./host.js";
import { AT_FORM, AT_INDEX, VECTOR_TIMEOUT, VECTOR_UNSUPPORTED } from "./layout.js";
import type { MachineState } from "./state.js";

/** What a run does. */
export interface RunOptions {
  readonly forms: readonly Form[];
  readonly mode: 64 | 32;
  /** Cases per form. */
  readonly states: number;
  /** Number of the first case. */
  readonly firstState?: number;
  readonly seed: number;
  readonly info: HostInfo;
  readonly progress?: (done: number, total: number) => void;
}

/** The first case of a form that came out differently. */
export interface Failure {
  readonly index: number;
  readonly code: string;
  readonly expectedFault: string;
  readonly differences: readonly Difference[];
}

/** Results of a form under one contender. */
export interface FormResult {
  readonly form: string;
  states: number;
  equal: number;
  undefined: number;
  explained: number;
  different: number;
  unsupported: number;
  first?: Failure;
}

/** Results of a contender. */
export interface ContenderResult {
  readonly name: string;
  readonly forms: FormResult[];
  readonly explained: Record<string, number>;
}

/** Results of a run. */
export interface RunResult {
  readonly contenders: ContenderResult[];
  /** How often each outcome came up on the host: `none`, `#PF`, ... */
  readonly outcomes: Record<string, number>;
  /** Forms whose every case faulted on the host, and with what. */
  readonly alwaysFaulting: Record<string, string>;
  /** Cases that did not end on the host; they show an error of the generator. */
  readonly timeouts: string[];
}

const BATCH = 512;

const codeText = (state: MachineState): string =>
  [...state.code].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Runs the cases of every form on the host and on each contender, and compares. */
export async function run(options: RunOptions, contenders: readonly Contender[]): Promise<RunResult> {
  const tally = new Tally(options, contenders);
  const host = new Host();
  try {
    const total = options.forms.length * options.states;
    let done = 0;
    let pending: { batch: Batch; answer: Promise<Batch> } | undefined;
    for (const batch of batches(options)) {
      const answer = host.run(batch);
      // Its rejection is seen when it is awaited, one round later.
      answer.catch(() => {});
      if (pending !== undefined) {
        await tally.add(pending.batch, await pending.answer);
        done += pending.batch.count;
        options.progress?.(done, total);
      }
      pending = { batch, answer };
    }
    if (pending !== undefined) await tally.add(pending.batch, await pending.answer);
  } finally {
    host.close();
    for (const contender of contenders) contender.close();
  }
  return tally.result();
}

// Two batches in turn: one is generated while the host runs the other.
function* batches(options: RunOptions): Generator_ {
  const generator = new Generator({ mode: options.mode, seed: options.seed, segmentBases: options.info.fsgsbase });
  const pair = [new Batch(), new Batch(), new Batch()];
  let turn = 0;
  let batch = pair[0]!;
  const first = options.firstState ?? 0;
  for (const [number, form] of options.forms.entries())
    for (let index = first; index < first + options.states; index++) {
      batch.addDraft(generator.make(form, number, index));
      if (batch.count < BATCH) continue;
      yield batch;
      turn = (turn + 1) % pair.length;
      batch = pair[turn]!;
      batch.clear();
    }
  if (batch.count > 0) yield batch;
}
type Generator_ = globalThis.Generator<Batch, void, void>;

class Tally {
  readonly #options: RunOptions;
  readonly #contenders: readonly Contender[];
  readonly #comparers: Comparer[];
  readonly #results: FormResult[][];
  readonly #outcomes = new Map<string, number>();
  readonly #formOutcomes: Map<string, number>[];
  readonly #timeouts: string[] = [];
  readonly #test = new TestCase();
  readonly #expected = new FinalState();
  readonly #got = new FinalState();
  readonly #before = new Window();
  readonly #after = new Window();
  readonly #differences: Difference[] = [];

  constructor(options: RunOptions, contenders: readonly Contender[]) {
    this.#options = options;
    this.#contenders = contenders;
    this.#comparers = contenders.map(() => new Comparer(options.info.vendor));
    this.#results = contenders.map(() =>
      options.forms.map((form) => ({
        form: form.id,
        states: 0,
        equal: 0,
        undefined: 0,
        explained: 0,
        different: 0,
        unsupported: 0,
      })),
    );
    this.#formOutcomes = options.forms.map(() => new Map<string, number>());
  }

  async add(batch: Batch, answer: Batch): Promise<void> {
    await Promise.all(this.#contenders.map((contender) => contender.start(batch)));
    for (let i = 0; i < batch.count; i++) {
      batch.loadState(i, this.#test.state);
      answer.loadState(i, this.#expected.state);
      this.#before.apply(batch, i);
      this.#after.apply(batch, i);
      this.#after.apply(answer, i);
      this.#case(i);
      this.#before.reset();
      this.#after.reset();
    }
  }

  #case(i: number): void {
    const test = this.#test;
    const expected = this.#expected.state;
    const number = test.state.words[AT_FORM >> 2]!;
    const index = test.state.words[AT_INDEX >> 2]!;
    const form = this.#options.forms[number]!;
    if (expected.vector === VECTOR_TIMEOUT) {
      this.#timeouts.push(`${form.id} case ${index}: ${codeText(test.state)}`);
      return;
    }
    const fault = describeFault(expected).replace(/\(.*/, "");
    this.#outcomes.set(fault, (this.#outcomes.get(fault) ?? 0) + 1);
    const outcomes = this.#formOutcomes[number]!;
    outcomes.set(fault, (outcomes.get(fault) ?? 0) + 1);
    normalise(expected);
    test.memory.set(this.#before.memory);
    for (const [c, contender] of this.#contenders.entries()) {
      const got = this.#got;
      got.state.setAfter(test.state);
      got.memory.set(this.#before.memory);
      contender.finish(i, test, got);
      const result = this.#results[c]![number]!;
      result.states++;
      if (got.state.vector === VECTOR_UNSUPPORTED) {
        result.unsupported++;
        continue;
      }
      normalise(got.state);
      const verdict = this.#comparers[c]!.judge(
        form,
        test.state,
        expected,
        this.#after.memory,
        got.state,
        got.memory,
        this.#differences,
      );
      result[verdict]++;
      if (verdict === "different" && result.first === undefined)
        result.first = {
          index,
          code: codeText(test.state),
          expectedFault: describeFault(expected),
          differences: [...this.#differences],
        };
    }
  }

  result(): RunResult {
    const alwaysFaulting: Record<string, string> = {};
    for (const [i, outcomes] of this.#formOutcomes.entries())
      if (outcomes.size > 0 && !outcomes.has("none"))
        alwaysFaulting[this.#options.forms[i]!.id] = [...outcomes.keys()].join(" ");
    return {
      contenders: this.#contenders.map((contender, c) => ({
        name: contender.name,
        forms: this.#results[c]!,
        explained: Object.fromEntries(this.#comparers[c]!.explained),
      })),
      outcomes: Object.fromEntries(this.#outcomes),
      alwaysFaulting,
      timeouts: this.#timeouts,
    };
  }
}
