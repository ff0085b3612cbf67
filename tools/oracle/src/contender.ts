import type { Batch } from "./batch.js";
import type { Executor, FinalState, TestCase } from "./executor.js";
import { Host } from "./host.js";
import { VECTOR_UNSUPPORTED } from "./layout.js";

/** Something whose results are held against the expected ones, batch by batch. */
export interface Contender {
  readonly name: string;
  /** Is told of a batch before its results are asked for. */
  start(batch: Batch): Promise<void>;
  /** Writes the result of case `i` over `out`, which holds the state before. */
  finish(i: number, test: TestCase, out: FinalState): void;
  close(): void;
}

/** Runs an {@link Executor} case by case. */
export class ExecutorContender implements Contender {
  readonly name: string;
  readonly #executor: Executor;

  constructor(executor: Executor) {
    this.name = executor.name;
    this.#executor = executor;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  finish(_i: number, test: TestCase, out: FinalState): void {
    this.#executor.run(test, out);
  }

  close(): void {}
}

/** Runs the batch in a harness of its own: on the host CPU, or through a wrapper such as `qemu-x86_64`. */
export class HostContender implements Contender {
  readonly name: string;
  readonly #host: Host;
  readonly #wrapped: boolean;
  #answer: Batch | undefined;

  constructor(name: string, wrapper: readonly string[] = []) {
    this.name = name;
    this.#host = new Host(wrapper);
    this.#wrapped = wrapper.length > 0;
  }

  async start(batch: Batch): Promise<void> {
    this.#answer = await this.#host.run(batch);
  }

  finish(i: number, test: TestCase, out: FinalState): void {
    this.#answer!.loadState(i, out.state);
    this.#answer!.loadMemory(i, out.memory, []);
    // QEMU's user mode tells a signal handler no vector, error code or CR2: such cases cannot be compared.
    if (this.#wrapped && out.state.rip[0] === test.state.codeAddress) out.state.vector = VECTOR_UNSUPPORTED;
  }

  close(): void {
    this.#host.close();
  }
}
