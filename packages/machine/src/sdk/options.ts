import { IsinglassError } from "@isinglass/interface";
import { MiB } from "../core.js";
import type { AgentMode, Limits, MachineConfig } from "./protocol.js";

/** The part of an `AbortSignal` that is used; the browser's and Node's both fit. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface MachineOptions {
  /** A bzImage, or an ELF or Multiboot kernel. */
  readonly kernel?: Uint8Array;
  /** An initramfs, compressed or not, with a POSIX shell as /bin/sh; {@link busyboxRoot} makes one of a static busybox. */
  readonly initrd?: Uint8Array;
  /** Added to `console=ttyS0 panic=-1`. */
  readonly commandLine?: string;
  /** Bytes of the guest's RAM, whole MiB: the guest's memory limit. 128 MiB by default. */
  readonly memory?: number;
  /** Name of a CPU model. */
  readonly cpu?: string;
  /**
   * `realtime` (the default): the guest's clock is the host's, and the machine runs from boot() on. `deterministic`: time comes from the count
   * of instructions, and the machine runs only while it is asked for something; the same requests then give the same states.
   */
  readonly clock?: "realtime" | "deterministic";
  /** Of the deterministic clock; 4 by default. */
  readonly nanosecondsPerInstruction?: number;
  /** The guest's real-time clock at the start, seconds since 1970 UTC. */
  readonly startSeconds?: number;
  /** What is compiled: what is executed often (`auto`, the default), nothing, or everything on first execution. The guest sees no difference. */
  readonly tier?: "auto" | "interp" | "jit";
  /** How commands get in, see {@link AgentMode}; `init` by default. */
  readonly agent?: AgentMode;
  /** What save() gave: the machine goes on from there and needs no boot(). Memory, CPU and clock are those of the state. */
  readonly state?: Uint8Array;
}

export interface LimitOptions {
  /** Milliseconds of the host's clock; a minute by default, two for boot(). */
  readonly timeMs?: number;
  /** Instructions of the guest; unlimited by default. */
  readonly instructions?: number;
  /** Bytes of standard output and standard error together; 16 MiB by default. */
  readonly outputBytes?: number;
}

export interface CallOptions extends LimitOptions {
  readonly signal?: AbortSignalLike;
}

const DEFAULT_MEMORY = 128 * MiB;
const DEFAULT_TIME_MS = 60_000;
const DEFAULT_OUTPUT_BYTES = 16 * MiB;

export function limitsOf(options: LimitOptions, timeMs: number = DEFAULT_TIME_MS): Limits {
  const limits: Limits = {
    timeMs: options.timeMs ?? timeMs,
    instructions: options.instructions ?? Infinity,
    outputBytes: options.outputBytes ?? DEFAULT_OUTPUT_BYTES,
  };
  for (const [name, value] of Object.entries(limits) as [keyof Limits, number][]) {
    // Not "value < 0": NaN is no limit either.
    if (!(value >= 0))
      throw new IsinglassError(
        "ISG_MACHINE_BAD_LIMIT",
        `${name}: ${value}; a number that is not negative, or Infinity, is right`,
        { name, value },
      );
  }
  return limits;
}

export function configOf(options: MachineOptions): MachineConfig {
  const agent = options.agent ?? "init";
  return {
    memory: options.memory ?? DEFAULT_MEMORY,
    cpu: options.cpu,
    clock: options.clock ?? "realtime",
    nanosecondsPerInstruction: options.nanosecondsPerInstruction,
    startSeconds: options.startSeconds,
    tier: options.tier,
    kernel: options.kernel,
    initrd: options.initrd,
    // A kernel that panics resets the machine, which is then known to have stopped.
    commandLine: `console=ttyS0 panic=-1${options.commandLine === undefined ? "" : ` ${options.commandLine}`}`,
    agent,
    state: options.state,
  };
}
