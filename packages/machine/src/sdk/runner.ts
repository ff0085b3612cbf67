import type { StopReason } from "@isinglass/hypervisor";
import type { PcMachine } from "../pc.js";
import type { WorkerHost } from "./protocol.js";

/** Why a task ended. */
export type Outcome = "done" | "time" | "instructions" | "aborted" | "stopped";

export interface Task {
  /** Asked whenever the machine has left: true ends the task. Call `interrupt` of the runner where this becomes true. */
  readonly until: () => boolean;
  readonly timeMs: number;
  readonly instructions: number;
  /** Asked with each slice. */
  readonly aborted?: () => boolean;
}

/** For so long the event loop waits, in milliseconds. */
const SLICE_MS = 5;
const LEAST_SLICE = 1000;
const FIRST_SLICE = 100_000;
/** Longest sleep at a time, in milliseconds. */
const LONGEST_SLEEP = 50;

interface Current extends Task {
  readonly endTime: number;
  readonly endInstructions: number;
  readonly finish: (outcome: Outcome) => void;
}

/**
 * Runs a machine in slices between which the event loop turns: always, where its clock is the host's, until it is told to stand still; with
 * the deterministic clock only while there is a task.
 */
export class Runner {
  readonly #machine: PcMachine;
  readonly #host: WorkerHost;
  readonly #onStop: (reason: StopReason) => void;
  #task: Current | undefined;
  #slice = FIRST_SLICE;
  #closed = false;
  #told = false;
  #signal: (() => void) | undefined;
  #signalled = false;
  /** Called before the machine runs. */
  beforeSlice: () => void = () => undefined;
  /** Called whenever the machine has left. */
  afterSlice: () => void = () => undefined;
  /** Runs without a task as well. */
  background: boolean = false;
  /** Stands still, task or not. */
  #paused = false;
  #blocked = false;

  constructor(machine: PcMachine, host: WorkerHost, onStop: (reason: StopReason) => void) {
    this.#machine = machine;
    this.#host = host;
    this.#onStop = onStop;
    void this.#loop();
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(on: boolean) {
    this.#paused = on;
    this.wake();
  }

  /** Holds the machine while the other side is behind with its output. */
  set blocked(on: boolean) {
    this.#blocked = on;
    if (on) this.interrupt();
    else this.wake();
  }

  /** Something has changed: the loop looks at it soon. */
  wake(): void {
    this.#signalled = true;
    this.#signal?.();
  }

  /** Lets the machine leave at the next opportunity; from device code. */
  interrupt(): void {
    this.#machine.vm.pause();
  }

  /** Ends the loop; the task in hand counts as stopped. */
  close(): void {
    this.#closed = true;
    this.#finish("stopped");
    this.wake();
  }

  /** The machine is another one than before: it may run again. */
  renewed(): void {
    this.#told = false;
    this.wake();
  }

  /** Runs until something is true. One task at a time. */
  run(task: Task): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#task = {
        ...task,
        endTime: this.#host.now() + task.timeMs,
        endInstructions: this.#machine.instructions + task.instructions,
        finish: resolve,
      };
      this.wake();
    });
  }

  #finish(outcome: Outcome): void {
    const task = this.#task;
    this.#task = undefined;
    if (task === undefined) return;
    // A limit holds to the instruction: nothing runs before somebody has asked for it.
    if (outcome !== "done") this.background = false;
    task.finish(outcome);
  }

  /** Ends the task in hand if it is over, and says whether it did. */
  #check(): boolean {
    const task = this.#task;
    if (task === undefined) return false;
    if (task.until()) this.#finish("done");
    else if (this.#machine.stopReason !== undefined) this.#finish("stopped");
    else if (task.aborted?.() === true) this.#finish("aborted");
    else if (this.#machine.instructions >= task.endInstructions) this.#finish("instructions");
    else if (this.#host.now() >= task.endTime) this.#finish("time");
    return this.#task === undefined;
  }

  get #runs(): boolean {
    if (this.#paused || this.#blocked || this.#machine.stopReason !== undefined) return false;
    return this.#task !== undefined || this.background;
  }

  async #loop(): Promise<void> {
    const { vm } = this.#machine;
    while (!this.#closed) {
      const over = this.#check();
      if (this.#machine.stopReason !== undefined && !this.#told) {
        this.#told = true;
        this.#onStop(this.#machine.stopReason);
      }
      if (over) {
        // Whoever waited for the task counts what it took, before the machine goes on.
        await this.#host.yieldToHost();
        continue;
      }
      if (!this.#runs) {
        this.#standStill();
        await this.#wait(this.#task === undefined ? Infinity : LONGEST_SLEEP);
        continue;
      }
      const exit = this.#runSlice();
      if (exit === "hlt" && vm.stopReason === undefined) {
        if (this.#check()) {
          await this.#host.yieldToHost();
          continue;
        }
        const next = vm.clock.next();
        const ms = next === Infinity ? LONGEST_SLEEP : (next - vm.time.now()) / 1e6;
        await this.#wait(Math.min(LONGEST_SLEEP, Math.max(0, ms)));
        continue;
      }
      // What no device and no handler answers: the machine cannot go on.
      if (exit !== "budget" && exit !== "paused" && vm.stopReason === undefined)
        vm.requestStop(exit === "not-implemented" ? exit : "exit");
      await this.#host.yieldToHost();
    }
  }

  #runSlice(): string {
    const machine = this.#machine;
    const before = machine.instructions;
    const left = (this.#task?.endInstructions ?? Infinity) - before;
    const begun = this.#host.now();
    this.beforeSlice();
    const exit = machine.run(Math.min(this.#slice, Math.max(0, left)));
    this.afterSlice();
    const took = this.#host.now() - begun;
    const ran = machine.instructions - before;
    if (exit.reason === "budget" && ran > 0 && took > 0) {
      const fitting = Math.max(LEAST_SLICE, Math.floor((ran * SLICE_MS * 0.75) / took));
      this.#slice = Math.min(this.#slice * 2, fitting);
    }
    return exit.reason;
  }

  /** A clock that follows the host's must not go on while nothing runs. */
  #standStill(): void {
    if (this.#machine.stopReason !== undefined) return;
    this.#machine.vm.pause();
    this.#machine.run(0);
    this.afterSlice();
  }

  async #wait(ms: number): Promise<void> {
    if (!this.#signalled) {
      const signalled = new Promise<void>((resolve) => {
        this.#signal = resolve;
      });
      await (ms === Infinity ? signalled : Promise.race([signalled, this.#host.sleep(ms)]));
      this.#signal = undefined;
    } else await this.#host.yieldToHost();
    this.#signalled = false;
  }
}
