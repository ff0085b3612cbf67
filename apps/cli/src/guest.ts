import type { VmExit } from "@isinglass/interface";
import { Pc } from "@isinglass/machine";

/** What a guest is made of. */
export interface GuestOptions {
  /** Bytes of RAM. */
  readonly memory: number;
  /** Name of a CPU model; the default model unless given. */
  readonly cpu?: string;
  /** Somebody sits at the serial line: the guest's time is the host's, and a halted guest costs no CPU time. */
  readonly interactive: boolean;
  readonly disks: readonly Disk[];
  /** What the guest sends over its serial line. The bytes are the receiver's to keep. */
  readonly onOutput: (bytes: Uint8Array) => void;
}

export interface Disk {
  readonly path: string;
  readonly readonly: boolean;
}

/** How a guest came to its end. */
export type GuestEnd =
  | { readonly reason: "poweroff" | "reset" | "triple-fault" | "halted" | "limit" | "left" }
  | { readonly reason: "not-implemented"; readonly detail: string };

export interface GuestStatistics {
  readonly instructions: number;
  /** User and system time of this process since {@link Guest.run} began, in seconds. */
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** Largest resident set of this process, in bytes. */
  readonly peakMemory: number;
  /** Exits by reason. */
  readonly exits: Readonly<Record<string, number>>;
  /** Interrupts and exceptions delivered, by vector. */
  readonly delivered: Readonly<Record<string, number>>;
  readonly tlb: Readonly<Record<string, number>>;
}

/** Instructions between two looks at the terminal: about 15 ms. */
const SLICE = 3_000_000;
/** A halted guest is not waited for when its next timer is nearer than this. */
const SHORTEST_SLEEP_NS = 1_000_000;
/** Longest sleep of a halted guest; setTimeout takes 31 bits. */
const LONGEST_SLEEP_MS = 3_600_000;

/** A virtual PC behind the command line: the one place that knows the machine package's API. */
export class Guest {
  readonly #pc: Pc;
  readonly #interactive: boolean;
  readonly #onOutput: (bytes: Uint8Array) => void;
  readonly #exits: Record<string, number> = {};
  #output: number[] = [];
  #input: Uint8Array[] = [];
  #inputEnded = false;
  #left = false;
  #wake: (() => void) | undefined;
  #started = process.hrtime.bigint();
  #cpuStarted = process.cpuUsage();

  constructor(options: GuestOptions) {
    this.#interactive = options.interactive;
    this.#onOutput = options.onOutput;
    this.#pc = new Pc({
      memory: options.memory,
      ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
      ...(options.interactive ? { startSeconds: Math.floor(Date.now() / 1000) } : {}),
      onSerial: (byte) => this.#output.push(byte),
    });
  }

  load(kernel: Uint8Array, initrd: Uint8Array | undefined, commandLine: string): void {
    this.#pc.loadKernel(kernel, initrd, commandLine);
  }

  /** Bytes for the guest's serial line. They wait here until the guest listens. */
  input(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#wake?.();
  }

  /** No more input will come: a guest that waits for it for ever has ended. */
  endInput(): void {
    this.#inputEnded = true;
    this.#wake?.();
  }

  /** Makes {@link run} end soon, with the reason `left`. */
  leave(): void {
    this.#left = true;
    this.#wake?.();
  }

  get instructions(): number {
    return this.#pc.vcpu.instructions;
  }

  /** Runs until the guest ends or `limit` instructions are done; the event loop gets its turn in between. */
  async run(limit: number): Promise<GuestEnd> {
    this.#started = process.hrtime.bigint();
    this.#cpuStarted = process.cpuUsage();
    try {
      for (;;) {
        if (this.#left) return { reason: "left" };
        if (this.instructions >= limit) return { reason: "limit" };
        this.#offerInput();
        const end = await this.#slice(Math.min(SLICE, limit - this.instructions));
        this.#flush();
        if (end !== undefined) return end;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      this.#flush();
    }
  }

  statistics(): GuestStatistics {
    const { user, system } = process.cpuUsage(this.#cpuStarted);
    const { vcpu } = this.#pc;
    const delivered: Record<string, number> = {};
    vcpu.delivered.forEach((count, vector) => {
      if (count > 0) delivered[String(vector)] = count;
    });
    return {
      instructions: vcpu.instructions,
      cpuSeconds: (user + system) / 1e6,
      seconds: Number(process.hrtime.bigint() - this.#started) / 1e9,
      peakMemory: process.resourceUsage().maxRSS * 1024,
      exits: { ...this.#exits },
      delivered,
      tlb: { ...vcpu.tlb.stats },
    };
  }

  async #slice(instructions: number): Promise<GuestEnd | undefined> {
    const { clock, time, vcpu } = this.#pc;
    const end = vcpu.instructions + instructions;
    for (;;) {
      clock.fire();
      if (this.#pc.stopped !== undefined) return { reason: this.#pc.stopped };
      const left = end - vcpu.instructions;
      if (left <= 0 || this.#left) return undefined;
      const next = clock.next();
      const exit = vcpu.run(Math.min(left, next === Infinity ? left : time.instructionsUntil(next)));
      if (exit.reason === "budget") continue;
      this.#exits[exit.reason] = (this.#exits[exit.reason] ?? 0) + 1;
      if (exit.reason === "paused") continue;
      if (exit.reason !== "hlt") return endOf(exit);
      const wake = clock.next();
      if (wake === Infinity && (this.#inputEnded || !this.#interactive)) {
        if (this.#input.length === 0) return { reason: "halted" };
        this.#offerInput();
      } else if (this.#interactive && wake - clock.now() >= SHORTEST_SLEEP_NS) {
        this.#flush();
        await this.#sleep(wake);
        this.#offerInput();
      } else {
        time.skipTo(wake);
        if (this.#input.length > 0) return undefined;
      }
    }
  }

  /** Waits in real time for input or until the machine's time would be `wake`. */
  async #sleep(wake: number): Promise<void> {
    const { clock, time } = this.#pc;
    const from = clock.now();
    const began = process.hrtime.bigint();
    await new Promise<void>((resolve) => {
      if (this.#left || this.#input.length > 0) {
        setImmediate(resolve);
        return;
      }
      const timer = setTimeout(resolve, Math.min(LONGEST_SLEEP_MS, (wake - from) / 1e6));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    time.skipTo(Math.min(wake, from + Number(process.hrtime.bigint() - began)));
  }

  /**
   * Hands waiting input to the serial line once the guest has switched the receiver's interrupt on: what comes earlier, an
   * operating system throws away when it opens the line.
   */
  #offerInput(): void {
    const { uart } = this.#pc;
    while (this.#input.length > 0 && (uart.read(1) & 1) !== 0) {
      const [first] = this.#input;
      if (first === undefined) return;
      const taken = uart.receive(first);
      if (taken < first.length) {
        this.#input[0] = first.subarray(taken);
        return;
      }
      this.#input.shift();
    }
  }

  #flush(): void {
    if (this.#output.length === 0) return;
    const bytes = Uint8Array.from(this.#output);
    this.#output = [];
    this.#onOutput(bytes);
  }
}

function endOf(exit: VmExit): GuestEnd {
  if (exit.reason === "shutdown") return { reason: "triple-fault" };
  if (exit.reason === "not-implemented") {
    const bytes = [...exit.bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    return { reason: "not-implemented", detail: `${exit.what} at 0x${exit.address.toString(16)} (${bytes})` };
  }
  const { reason } = exit;
  const where = "gpa" in exit ? ` at guest-physical 0x${exit.gpa.toString(16)}` : "";
  return { reason: "not-implemented", detail: `an exit that no device answers: ${reason}${where}` };
}
