import { randomInt } from "node:crypto";
import type { VmExit } from "@isinglass/interface";
import { type MachineStats, type PcMachine, RegionDivergence, pc, virtioDisk, virtioRng } from "@isinglass/machine";
import { nodeSha256 } from "@isinglass/machine/node";
import { divergenceLines } from "./divergence-text.js";
import type { EngineChoice } from "./engine-options.js";
import { hostEntropy } from "@isinglass/virtio/node";
import { DiskErrors } from "./disk-errors.js";
import { type Disk, closeAll, openDisk } from "./disk-image.js";
import { lockDisk } from "./disk-lock.js";

/** What a guest is made of. */
export interface GuestOptions {
  /** Bytes of RAM. */
  readonly memory: number;
  /** Name of a CPU model; the default model unless given. */
  readonly cpu?: string;
  /** Processors; 1 unless given. */
  readonly cpus?: number;
  /** Somebody sits at the serial line: the guest's time is the host's, and a halted guest costs no CPU time. */
  readonly interactive: boolean;
  readonly disks: readonly Disk[];
  /** Hears why a disk of the guest's fails. */
  readonly onDiskError?: (line: string) => void;
  /** Random numbers of the host's on virtio, and a seed for RDRAND; they would make two deterministic runs differ. As {@link interactive} unless given. */
  readonly rng?: boolean;
  readonly save?: SavePlan;
  /** How code is executed; `auto`, unverified, unless given. */
  readonly engine?: EngineChoice;
  readonly observer?: GuestObserver;
  /** Exits and compilation are timed, for statistics. */
  readonly timed?: boolean;
  /** What the guest sends over its serial line. The bytes are the receiver's to keep. */
  readonly onOutput: (bytes: Uint8Array) => void;
}

/** What a guest's board is made of. */
export type BoardOptions = Pick<GuestOptions, "memory" | "cpu" | "cpus" | "disks" | "rng">;

/** Ends of a run after which a guest that is put back has something to do. */
export type SaveEnd = "limit" | "left" | "not-implemented";

/** When a guest's state is to be saved, beside on demand. */
export interface SavePlan {
  /** After so many instructions since the machine's start, or at such an end. */
  readonly at?: number | SaveEnd;
  /** Takes the state; what it throws ends the run. */
  readonly write: (state: Uint8Array, instructions: number) => void;
}

/** Somebody who looks at the machine now and then. */
export interface GuestObserver {
  /** Instructions between two looks; undefined: there are none. */
  readonly every?: number;
  /** Before the first instruction. */
  began?(machine: PcMachine): void;
  look?(machine: PcMachine): void;
  /** At the end of the run, however it came. */
  ended?(machine: PcMachine): void;
}

/** How a guest came to its end. */
export type GuestEnd =
  | { readonly reason: "poweroff" | "reset" | "triple-fault" | "halted" | "limit" | "left" }
  | { readonly reason: "not-implemented"; readonly detail: string }
  /** `--verify`: a region did something else than the interpreter. */
  | { readonly reason: "diverged"; readonly detail: string };

export interface GuestStatistics extends MachineStats {
  /** Instructions since {@link Guest.run} began: of a restored guest, not those before it was saved. */
  readonly executed: number;
  /** User and system time of this process since {@link Guest.run} began, in seconds. */
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** Largest resident set of this process, in bytes. */
  readonly peakMemory: number;
}

/** Instructions between two looks at the terminal where they are counted: about 10 ms. */
const SLICE = 2_000_000;
const HALTED_POLL_MS = 5;
/** The widest range of `randomInt`. */
const MOST_SEED = 2 ** 48 - 1;

/** A virtual PC behind the command line: the one place that knows the machine package's API. */
export class Guest {
  readonly #machine: PcMachine;
  readonly #disks: ReturnType<typeof openDisk>[] = [];
  readonly #locks: (() => void)[] = [];
  readonly #signal = { aborted: false };
  readonly #save: SavePlan | undefined;
  readonly #observer: GuestObserver | undefined;
  #nextLook = 0;
  #saveRequested = false;
  #input: Uint8Array[] = [];
  #inputEnded = false;
  #started = performance.now();
  #instructionsBefore = 0;
  #cpuStarted = process.cpuUsage();

  constructor(options: GuestOptions) {
    this.#save = options.save;
    this.#observer = options.observer;
    const hostsNumbers = options.rng ?? options.interactive;
    let builder = pc({
      sha256: nodeSha256,
      memory: options.memory,
      ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
      ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
      ...(hostsNumbers ? { cpuSeed: randomInt(MOST_SEED) } : {}),
      clock: options.interactive ? "realtime" : "deterministic",
      ...(options.interactive || options.timed === true ? { now: () => performance.now() } : {}),
      ...(options.interactive ? { startSeconds: Math.floor(Date.now() / 1000) } : {}),
      serial: { onOutput: options.onOutput },
      ...(options.onDiskError === undefined ? {} : { events: new DiskErrors(options.onDiskError) }),
      ...options.engine,
    });
    try {
      for (const disk of options.disks) {
        // Before an image is opened: opening a qcow2 image for writing writes to it.
        this.#locks.push(lockDisk(disk));
        const backend = openDisk(disk, (path) => this.#locks.push(lockDisk(disk, path)));
        this.#disks.push(backend);
        builder = builder.use(virtioDisk({ backend, readonly: backend.readonly }));
      }
    } catch (problem) {
      this.#closeDisks();
      throw problem;
    }
    if (hostsNumbers) builder = builder.use(virtioRng({ entropy: hostEntropy }));
    this.#machine = builder.build();
    this.#observer?.began?.(this.#machine);
  }

  load(kernel: Uint8Array, initrd: Uint8Array | undefined, commandLine: string): void {
    this.#machine.loadKernel({ kernel, initrd, commandLine });
  }

  /** Goes on where a saved guest stood; throws what `restore` of a machine throws. */
  restore(state: Uint8Array): void {
    this.#machine.restore(state);
  }

  /** Saves the state soon, and goes on. */
  requestSave(): void {
    this.#saveRequested = true;
    this.#machine.vm.pause();
  }

  /** Bytes for the guest's serial line. They wait until the guest listens. */
  input(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#offerInput();
  }

  /** No more input will come: a guest that waits for it for ever has ended. */
  endInput(): void {
    this.#inputEnded = true;
  }

  /** Makes {@link run} end soon, with the reason `left`. */
  leave(): void {
    this.#signal.aborted = true;
    this.#machine.vm.wake();
  }

  get instructions(): number {
    return this.#machine.instructions;
  }

  /** Runs until the guest ends or `limit` instructions are done; the event loop gets its turn in between. */
  async run(limit: number): Promise<GuestEnd> {
    this.#started = performance.now();
    this.#instructionsBefore = this.instructions;
    this.#cpuStarted = process.cpuUsage();
    try {
      const end = this.#endOf(await this.#runAndSave(limit));
      if (this.#save?.at === end.reason) this.#writeState();
      return end;
    } catch (problem) {
      if (!(problem instanceof RegionDivergence)) throw problem;
      return { reason: "diverged", detail: divergenceLines(this.#machine.core.running, problem).join("\n") };
    } finally {
      this.#observer?.ended?.(this.#machine);
      this.#closeDisks();
    }
  }

  #closeDisks(): void {
    try {
      closeAll(this.#disks);
    } finally {
      for (const unlock of this.#locks) unlock();
    }
  }

  /** Runs as {@link run} does, and saves on the way. */
  async #runAndSave(limit: number): Promise<string> {
    const at = typeof this.#save?.at === "number" && this.#save.at > this.instructions ? this.#save.at : Infinity;
    for (;;) {
      const end = this.instructions < at ? Math.min(limit, at) : limit;
      const reason =
        end === Infinity && this.#observer?.every === undefined ? await this.#unlimited() : await this.#limited(end);
      this.#flush();
      if (reason === "paused" && this.#saveRequested) {
        this.#saveRequested = false;
        this.#writeState();
      } else if (reason === "limit" && this.instructions === at) {
        this.#writeState();
        if (at === limit) return reason;
      } else return reason;
    }
  }

  #writeState(): void {
    this.#save?.write(this.#machine.save(), this.instructions);
  }

  #unlimited(): Promise<string> {
    return this.#machine.runAsync({
      signal: this.#signal,
      now: () => performance.now(),
      yieldToHost: () => this.#turn(0),
      sleep: (ms) => {
        this.#flush();
        if (this.#neverWakes()) this.#machine.vm.requestStop("halted");
        return this.#turn(ms);
      },
    });
  }

  async #limited(limit: number): Promise<string> {
    for (;;) {
      if (this.#signal.aborted) return "aborted";
      const left = limit - this.instructions;
      if (left <= 0) return "limit";
      const { reason } = this.#step(Math.min(left, SLICE));
      const { stopReason } = this.#machine;
      if (stopReason !== undefined) return stopReason;
      if (reason !== "budget" && reason !== "hlt") return reason;
      if (reason === "hlt" && this.#neverWakes()) return "halted";
      this.#flush();
      await this.#turn(reason === "hlt" ? HALTED_POLL_MS : 0);
    }
  }

  /** Runs, with the observer's looks in between. */
  #step(most: number): VmExit {
    const observer = this.#observer;
    if (observer?.every === undefined) return this.#machine.run(most);
    const { every } = observer;
    const end = this.instructions + most;
    for (;;) {
      if (this.#nextLook <= this.instructions) this.#nextLook = (Math.floor(this.instructions / every) + 1) * every;
      const exit = this.#machine.run(Math.min(end, this.#nextLook) - this.instructions);
      if (this.instructions === this.#nextLook) observer.look?.(this.#machine);
      if (exit.reason !== "budget" || this.instructions >= end) return exit;
    }
  }

  /** A machine hands on its output when it begins to run; one that halts might not for long. */
  #flush(): void {
    if (this.#machine.vm.lastExit.reason === "hlt") this.#machine.run(0);
  }

  /** Lets the event loop turn, and hands on the input that it brought. */
  async #turn(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      if (ms === 0) setImmediate(resolve);
      else setTimeout(resolve, ms);
    });
    this.#offerInput();
  }

  statistics(): GuestStatistics {
    const { user, system } = process.cpuUsage(this.#cpuStarted);
    return {
      ...this.#machine.stats(),
      executed: this.instructions - this.#instructionsBefore,
      cpuSeconds: (user + system) / 1e6,
      seconds: (performance.now() - this.#started) / 1000,
      peakMemory: process.resourceUsage().maxRSS * 1024,
    };
  }

  /** A halted vCPU without a timer, and nobody who could type. */
  #neverWakes(): boolean {
    return this.#inputEnded && this.#input.length === 0 && this.#machine.vm.clock.next() === Infinity;
  }

  /**
   * Hands waiting input to the serial line once the guest has switched the receiver's interrupt on: what comes earlier, an
   * operating system throws away when it opens the line.
   */
  #offerInput(): void {
    if (this.#input.length === 0 || (this.#machine.uart.read(1) & IER_RECEIVED) === 0) return;
    for (const bytes of this.#input) this.#machine.serialInput(bytes);
    this.#input = [];
  }

  #endOf(reason: string): GuestEnd {
    switch (reason) {
      case "poweroff":
      case "reset":
      case "halted":
      case "limit":
        return { reason };
      case "shutdown":
        return { reason: "triple-fault" };
      case "aborted":
        return { reason: "left" };
      default:
        return { reason: "not-implemented", detail: describeExit(this.#machine.vm.lastExit) };
    }
  }
}

/** Received-data interrupt in the UART's interrupt enable register (PC16550D, 8.6). */
const IER_RECEIVED = 1;

function describeExit(exit: VmExit): string {
  if (exit.reason === "not-implemented") {
    const bytes = [...exit.bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    return `${exit.what} at 0x${exit.address.toString(16)} (${bytes})`;
  }
  const where = "gpa" in exit ? ` at guest-physical 0x${exit.gpa.toString(16)}` : "";
  return `an exit that no device answers: ${exit.reason}${where}`;
}
