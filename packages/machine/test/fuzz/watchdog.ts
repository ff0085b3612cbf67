import { Worker } from "node:worker_threads";

/** Seconds of processor time that may pass without a step. By the process' own clock: a host that does something else does not count. */
const LIMIT = 120;

/** Runs beside a loop that may never end, and ends the process then. */
export class Watchdog {
  readonly #shared: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  /** @param seed is printed where it bites */
  constructor(seed: number) {
    const code = `
      const { workerData } = require("node:worker_threads");
      const steps = workerData.shared;
      let last = -1;
      let since = process.cpuUsage();
      setInterval(() => {
        const now = Atomics.load(steps, 0);
        const { user, system } = process.cpuUsage(since);
        if (now !== last) {
          last = now;
          since = process.cpuUsage();
        } else if (user + system > ${LIMIT} * 1e6) {
          require("node:fs").writeSync(2, "fuzz: no step in ${LIMIT} s of processor time, ISG_SEED=" + workerData.seed + ", step " + now + "\\n");
          process.kill(process.pid, "SIGKILL");
        }
      }, 1000);`;
    this.#worker = new Worker(code, { eval: true, workerData: { shared: this.#shared, seed } });
    this.#worker.unref();
  }

  step(): void {
    Atomics.add(this.#shared, 0, 1);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
