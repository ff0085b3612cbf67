import {
  type Gpa,
  IsinglassError,
  type MmioSize,
  type PhysicalMemory,
  type PortSize,
  type Snapshotted,
  type SnapshotValue,
  type VmExit,
  type VmExitReason,
} from "@isinglass/interface";
import { EXIT_REASONS, type ExitCount, ExitStatistics } from "./exit-statistics.js";
import type { RunnableVcpu } from "./runnable-vcpu.js";
import type { Sha256 } from "./sha256.js";
import { hashState, restoreSnapshot, saveSnapshot, type SnapshotSource } from "./snapshot-file.js";
import type { TimeSource } from "./time-source.js";
import { VcpuGroup } from "./vcpu-group.js";
import type { VirtualClock } from "./virtual-clock.js";

/** The exit of a reason. */
export type ExitOf<R extends VmExitReason> = Extract<VmExit, { readonly reason: R }>;

/**
 * What a handler makes of an exit: `handled`: go on, the host has dealt with it; `exit`: leave `run` with it; `pass`: the CPU does
 * what it would have done without the intercept; a value: the answer, see {@link RunnableVcpu}.
 */
export type ExitAnswer = "handled" | "exit" | "pass" | number | bigint;

export type ExitHandler<R extends VmExitReason> = (exit: ExitOf<R>, vm: VirtualMachine) => ExitAnswer;

const STOP_REASONS = [
  "poweroff",
  "reset",
  "shutdown",
  "halted",
  "not-implemented",
  "paused",
  "aborted",
  "limit",
  "exit",
] as const;

/**
 * Why a machine stopped: the guest switched it off or asked for a reset; a triple fault; HLT with interrupts off; something that is not
 * implemented; `pause`; an aborted signal; the limit of instructions of {@link RunAsyncOptions}; or an exit that nobody handled (see {@link VirtualMachine.lastExit}).
 */
export type StopReason = (typeof STOP_REASONS)[number];

/** The bus of a machine, for vCPUs that do not reach it themselves. */
export interface BusAccess {
  readPort(port: number, size: PortSize): number;
  writePort(port: number, size: PortSize, value: number): void;
  readMmio(gpa: Gpa, size: MmioSize): number;
  writeMmio(gpa: Gpa, size: MmioSize, value: number): void;
}

export interface VirtualMachineOptions {
  /** One, or several as a {@link VcpuGroup}. */
  readonly vcpu: RunnableVcpu;
  readonly clock: VirtualClock;
  readonly time: TimeSource;
  readonly memory: PhysicalMemory;
  /** Answers `io` and `mmio` exits that no handler takes; absent where the vCPU asks the bus itself. */
  readonly bus?: BusAccess;
  /** Devices and whatever else has state, beside vCPU and time. */
  readonly components?: readonly Snapshotted[];
  /** Saved, but no part of {@link VirtualMachine.stateHash}. */
  readonly caches?: readonly Snapshotted[];
  readonly statistics?: ExitStatistics;
  /** SHA-256 for saved states, where the host has a faster one than the package's own. */
  readonly sha256?: Sha256 | undefined;
  /** Called whenever the vCPU has left, before anything else is looked at: hands on buffered output, offers input. */
  readonly onLeave?: () => void;
}

export interface RunAsyncOptions {
  /** Most instructions: then it answers `limit`, and the machine can go on. No limit by default. */
  readonly limit?: number;
  /** Looked at after each slice, and in sleep at least every 50 ms; `AbortSignal.timeout(ms)` is a limit of host time. */
  readonly signal?: { readonly aborted: boolean };
  /** Longest time for which the host's event loop has to wait, in milliseconds; 5 by default. */
  readonly sliceMs?: number;
  /** Lets the event loop turn: `() => new Promise((done) => setImmediate(done))` in Node. */
  readonly yieldToHost: () => Promise<void>;
  /** Waits: `(ms) => new Promise((done) => setTimeout(done, ms))`. */
  readonly sleep: (ms: number) => Promise<void>;
  /** The host's clock in milliseconds; without it a slice is 100,000 instructions. */
  readonly now?: () => number;
}

const BUDGET: VmExit = { reason: "budget" };
const PAUSED: VmExit = { reason: "paused" };
const SHUTDOWN: VmExit = { reason: "shutdown" };
const HALTED: VmExit = { reason: "hlt" };
/** Timers that may fire in a row while the vCPU sleeps; then `run` returns, so that a guest cannot keep its host busy for nothing. */
const IDLE_LIMIT = 20_000;
const SLICE_INSTRUCTIONS = 100_000;
/** Longest sleep of a halted machine at a time, in milliseconds: host clocks drift, signals want to be seen. */
const LONGEST_SLEEP = 50;

type AnyHandler = (exit: VmExit, vm: VirtualMachine) => ExitAnswer;

/**
 * A virtual machine: a vCPU, its clock, and who hears of its exits. It depends on no engine: anything that implements
 * {@link RunnableVcpu} can be run.
 *
 * @example
 * vm.vcpu.controls.interceptPorts(0x5a, 1);
 * vm.on('io', (exit) => (exit.direction === 'in' ? 42 : 'handled'));
 * const exit = vm.run(1_000_000);
 */
export class VirtualMachine {
  readonly vcpu: RunnableVcpu;
  readonly clock: VirtualClock;
  readonly time: TimeSource;
  readonly memory: PhysicalMemory;
  readonly statistics: ExitStatistics;
  /** Why the machine stopped; undefined while it can go on. */
  stopReason: StopReason | undefined;
  /** The last exit that `run` returned. */
  lastExit: VmExit = BUDGET;
  readonly #options: VirtualMachineOptions;
  readonly #handlers = new Map<VmExitReason, AnyHandler[]>();
  #pauseRequested = false;
  #wake: (() => void) | undefined;
  #awake = false;

  constructor(options: VirtualMachineOptions) {
    this.#options = options;
    this.vcpu = options.vcpu;
    this.clock = options.clock;
    this.time = options.time;
    this.memory = options.memory;
    this.statistics = options.statistics ?? new ExitStatistics();
    this.clock.onEarlier = () => this.vcpu.requestExit();
  }

  /**
   * Registers a handler for an exit reason. The handler registered last is asked first; one that answers `pass` leaves it to the others.
   *
   * @returns a function that takes the handler away
   */
  on<R extends VmExitReason>(reason: R, handler: ExitHandler<R>): () => void {
    if (!EXIT_REASONS.includes(reason))
      throw new IsinglassError(
        "ISG_VM_BAD_HANDLER",
        `on: no exit reason ${JSON.stringify(reason)}; there are ${EXIT_REASONS.join(", ")}`,
      );
    if (typeof handler !== "function")
      throw new IsinglassError(
        "ISG_VM_BAD_HANDLER",
        `on: ${reason}: a handler that is a ${typeof handler}; a function is right`,
      );
    const list = this.#handlers.get(reason) ?? [];
    this.#handlers.set(reason, list);
    const entry = handler as unknown as AnyHandler;
    list.unshift(entry);
    return () => {
      const at = list.indexOf(entry);
      if (at >= 0) list.splice(at, 1);
    };
  }

  /** Stops the machine for good, as a power switch does; callable from device code. */
  requestStop(reason: StopReason): void {
    this.stopReason = reason;
    this.vcpu.requestExit();
    this.wake();
  }

  /** Lets `run` return with `paused` at the next opportunity; `run` again goes on. Callable from device code and from handlers. */
  pause(): void {
    this.#pauseRequested = true;
    this.vcpu.requestExit();
    this.wake();
  }

  /** Ends the sleep of a halted machine: input has arrived. */
  wake(): void {
    this.#awake = true;
    this.#wake?.();
  }

  addBreakpoint(address: bigint): void {
    this.vcpu.addBreakpoint(address);
  }

  removeBreakpoint(address: bigint): void {
    this.vcpu.removeBreakpoint(address);
  }

  /** Counts and host times by exit reason. */
  exitStatistics(): ExitCount[] {
    return this.statistics.report();
  }

  /**
   * Runs at most `limit` instructions. Returns the first exit that no handler takes, or `budget`. Timers fire and a halted vCPU is woken
   * on the way; with host time, `hlt` is returned where there is nothing to do but wait.
   */
  run(limit: number): VmExit {
    checkLimit(limit);
    this.time.resume?.();
    this.lastExit = this.#run(this.vcpu.instructions + limit);
    this.#options.onLeave?.();
    if (this.lastExit.reason === "paused") this.time.suspend?.();
    return this.lastExit;
  }

  #run(end: number): VmExit {
    const { vcpu, clock, time } = this;
    let idle = 0;
    let asleepAt = -1;
    for (;;) {
      this.#options.onLeave?.();
      clock.fire();
      if (this.stopReason !== undefined) return this.stopReason === "halted" ? HALTED : SHUTDOWN;
      if (this.#pauseRequested) {
        this.#pauseRequested = false;
        return PAUSED;
      }
      const left = end - vcpu.instructions;
      if (left <= 0) return BUDGET;
      const next = clock.next();
      const exit = vcpu.run(Math.min(left, time.instructionsUntil(next)));
      if (exit.reason === "budget" || exit.reason === "paused") continue;
      const begun = this.statistics.begin();
      const out = this.#route(exit);
      this.statistics.end(EXIT_REASONS.indexOf(exit.reason), begun);
      if (out === undefined) {
        if (!vcpu.halted) continue;
        // Asleep since the last look, if nothing was executed in between.
        idle = vcpu.instructions === asleepAt ? idle + 1 : 0;
        asleepAt = vcpu.instructions;
        const wait = this.#idle(idle);
        if (wait !== undefined) return wait;
        continue;
      }
      return out;
    }
  }

  /** A halted vCPU: skips to the next timer, or says why that cannot be done. */
  #idle(times: number): VmExit | undefined {
    // What wakes it came before it fell asleep: no time passes.
    if (this.vcpu.isReady && times === 0) return undefined;
    if (!this.vcpu.interruptsEnabled) {
      this.stopReason = "halted";
      return HALTED;
    }
    const next = this.clock.next();
    if (next === Infinity) return HALTED;
    if (times >= IDLE_LIMIT) return BUDGET;
    return this.time.skipTo(next) || next <= this.time.now() ? undefined : HALTED;
  }

  /** Asks the handlers; gives the exit if `run` is to return it. */
  #route(exit: VmExit): VmExit | undefined {
    const handlers = this.#handlers.get(exit.reason);
    let answer: ExitAnswer = "pass";
    if (handlers !== undefined) {
      for (const handler of handlers) {
        answer = handler(exit, this);
        if (answer !== "pass") break;
      }
      if (answer === "exit") return exit;
      if (answer === "handled") {
        if (wantsAnswer(exit)) this.vcpu.complete(0n);
        return undefined;
      }
      if (typeof answer === "number" || typeof answer === "bigint") {
        this.vcpu.complete(BigInt(answer));
        return undefined;
      }
    }
    const asked = handlers !== undefined && handlers.length > 0;
    switch (exit.reason) {
      case "io":
      case "mmio":
        if (this.#options.bus !== undefined) {
          this.#answerFromBus(this.#options.bus, exit);
          return undefined;
        }
        if (!asked) return exit;
        this.vcpu.pass();
        return undefined;
      case "hlt":
        if (this.vcpu.halted) return undefined;
        if (!asked) return exit;
        this.vcpu.pass();
        return undefined;
      case "breakpoint":
        return asked ? undefined : exit;
      case "shutdown":
        this.stopReason = "shutdown";
        return exit;
      case "not-implemented":
      case "second-stage-fault":
      case "debug":
      case "interrupt-window":
      case "budget":
      case "paused":
        return exit;
      default:
        if (!asked) return exit;
        this.vcpu.pass();
        return undefined;
    }
  }

  #answerFromBus(bus: BusAccess, exit: ExitOf<"io"> | ExitOf<"mmio">): void {
    if (exit.reason === "io") {
      if (exit.direction === "in") this.vcpu.complete(BigInt(bus.readPort(exit.port, exit.size)));
      else bus.writePort(exit.port, exit.size, exit.value);
    } else if (exit.direction === "read") this.vcpu.complete(BigInt(bus.readMmio(exit.gpa, exit.size)));
    else bus.writeMmio(exit.gpa, exit.size, exit.value);
  }

  /** Runs `count` instructions and returns `debug`, or what came in between. */
  step(count: number = 1): VmExit {
    const exit = this.run(count);
    if (exit.reason === "budget") this.lastExit = { reason: "debug", cause: "step", address: this.vcpu.address };
    return this.lastExit;
  }

  /**
   * Runs until the machine stops, in slices between which the host's event loop turns. A machine with host time sleeps while its vCPU is
   * halted, until the next timer or {@link wake}.
   *
   * @throws IsinglassError `ISG_VM_LIMIT`, as {@link run} does
   */
  async runAsync(options: RunAsyncOptions): Promise<StopReason> {
    const { now, sliceMs = 5, yieldToHost, sleep, signal, limit = Infinity } = options;
    checkLimit(limit);
    const end = this.vcpu.instructions + limit;
    let slice = SLICE_INSTRUCTIONS;
    for (;;) {
      if (signal?.aborted === true) return "aborted";
      const before = this.vcpu.instructions;
      if (before >= end) return "limit";
      const begun = now?.() ?? 0;
      const exit = this.run(Math.min(slice, end - before));
      if (exit.reason === "hlt" && this.vcpu.halted && this.stopReason === undefined) {
        await this.#sleep(sleep);
        continue;
      }
      if (exit.reason !== "budget") return this.stopReason ?? stopReasonOf(exit);
      if (now !== undefined) {
        const took = now() - begun;
        const ran = this.vcpu.instructions - before;
        // Three quarters of the slice, so that one slow stretch does not overrun it.
        if (ran > 0 && took > 0) slice = Math.min(slice * 2, Math.max(1000, Math.floor((ran * sliceMs * 0.75) / took)));
      }
      await yieldToHost();
    }
  }

  async #sleep(sleep: (ms: number) => Promise<void>): Promise<void> {
    const next = this.clock.next();
    const ms = next === Infinity ? LONGEST_SLEEP : Math.min(LONGEST_SLEEP, Math.max(0, (next - this.time.now()) / 1e6));
    if (!this.#awake) {
      const woken = new Promise<void>((done) => {
        this.#wake = done;
      });
      await Promise.race([sleep(ms), woken]);
      this.#wake = undefined;
    } else await sleep(0);
    this.#awake = false;
  }

  get #source(): SnapshotSource {
    const { components = [], caches = [], sha256 } = this.#options;
    const vcpus = this.vcpu instanceof VcpuGroup ? this.vcpu.parts : [this.vcpu];
    return { components: [this.#state, ...vcpus, this.time, ...components], caches, memory: this.memory, sha256 };
  }

  /** The whole state as the bytes of a file; the contents of disks are not in it. To be called between runs. */
  save(): Uint8Array {
    return saveSnapshot(this.#source);
  }

  /** Takes over a state that {@link save} gave; see {@link restoreSnapshot} for what it throws. Nothing is half-loaded. */
  restore(file: Uint8Array): void {
    restoreSnapshot(this.#source, file);
  }

  /** The state of everything but memory, for {@link loadComponents} of this same machine: what a copy in the same process needs, unhashed. */
  saveComponents(): readonly SnapshotValue[] {
    const { components, caches } = this.#source;
    return [...components, ...caches].map((target) => target.save());
  }

  /** Takes over what {@link saveComponents} gave. The caller has put memory into the state of that time. */
  loadComponents(states: readonly SnapshotValue[]): void {
    const { components, caches } = this.#source;
    [...components, ...caches].forEach((target, i) => target.load(states[i]!, target.version));
  }

  /** SHA-256, as hexadecimal, of everything that decides what the guest does next. */
  stateHash(): string {
    return hashState(this.#source);
  }

  /** The machine's own state. */
  readonly #state: Snapshotted = {
    component: "vm",
    version: 1,
    save: () => ({ stopReason: this.stopReason ?? null }),
    load: (state) => {
      const reason =
        typeof state === "object" && state !== null && "stopReason" in state ? state.stopReason : undefined;
      const known = STOP_REASONS.find((r) => r === reason);
      if (reason !== null && known === undefined)
        throw new IsinglassError("ISG_SNAPSHOT_BAD_STATE", 'vm: "stopReason" is neither null nor a known reason');
      this.stopReason = known;
      this.lastExit = BUDGET;
      this.#pauseRequested = false;
    },
  };
}

function checkLimit(limit: number): void {
  // Half an instruction would stand in the clock and in saved states.
  if (limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0)) return;
  const given = typeof limit === "number" ? limit : `${typeof limit} ${String(limit)}`;
  throw new IsinglassError(
    "ISG_VM_LIMIT",
    `run: ${given} instructions; a whole number that is not negative, or Infinity, is right`,
    { limit: String(limit) },
  );
}

/** Exits before an instruction that needs a value. */
function wantsAnswer(exit: VmExit): boolean {
  if (exit.reason === "io") return exit.direction === "in";
  if (exit.reason === "mmio" || exit.reason === "cr-access") return exit.direction === "read";
  return exit.reason === "cpuid" || exit.reason === "rdmsr";
}

function stopReasonOf(exit: VmExit): StopReason {
  if (exit.reason === "shutdown" || exit.reason === "paused" || exit.reason === "not-implemented") return exit.reason;
  return "exit";
}
