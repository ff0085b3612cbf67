import { IsinglassError } from "@isinglass/interface";
import { cpuModel } from "../cpu-model.js";
import { MOST_CPUS } from "../core.js";
import { MiB, checkPcMemory } from "../pc-memory.js";
import {
  checkBytes,
  checkChoice,
  checkCount,
  checkInteger,
  checkLimit,
  checkNames,
  checkSignal,
  checkText,
} from "./check.js";
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
  /**
   * An initramfs, compressed or not, with a POSIX shell as /bin/sh; {@link busyboxRoot} makes one of a static busybox. With a kernel that has one built
   * in, or no need of one, pass no bytes: `new Uint8Array()`.
   */
  readonly initrd?: Uint8Array;
  /** Added to `console=ttyS0 panic=-1`. */
  readonly commandLine?: string;
  /** Bytes of the guest's RAM, whole MiB: the guest's memory limit. 128 MiB by default. */
  readonly memory?: number;
  /** Name of a CPU model, which features to add or to take away may follow: `max,-x2apic`, see `CoreOptions`. */
  readonly cpu?: string;
  /** Processors, 1 (the default) to 8. They take turns in one thread: two do not make a guest faster. */
  readonly cpus?: number;
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
  /**
   * What save() gave: the machine goes on from there and needs no boot(). All but `tier` is as it was saved: other options are
   * to be left out, or the same as then. A kernel, an initrd and a command line that were booted are needed only for reset() and boot().
   */
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

const CLOCKS = ["realtime", "deterministic"] as const;
const TIERS = ["auto", "interp", "jit"] as const;
const AGENTS = ["init", "beside", "none"] as const;
/** See InstructionTime of @isinglass/hypervisor. */
const MOST_NS_PER_INSTRUCTION = 1000;
/** The end of the year 9999, the last that a real-time clock can tell. */
const LAST_SECOND = 253_402_300_799;
export const LIMIT_NAMES: readonly (keyof LimitOptions)[] = ["timeMs", "instructions", "outputBytes"];
export const CALL_NAMES: readonly (keyof CallOptions)[] = [...LIMIT_NAMES, "signal"];

/**
 * Checks the options that every call has, and that there are no others.
 *
 * @param more names that this call has beside them
 * @throws IsinglassError `ISG_MACHINE_BAD_OPTION`, `ISG_MACHINE_BAD_LIMIT`
 */
export function checkCall(call: string, options: CallOptions, more: readonly string[] = []): void {
  checkNames(call, options, [...CALL_NAMES, ...more]);
  for (const name of LIMIT_NAMES) {
    const value = options[name];
    if (value !== undefined) (name === "timeMs" ? checkLimit : checkCount)(`${call}: ${name}`, value);
  }
  if (options.signal !== undefined) checkSignal(`${call}: signal`, options.signal);
}

export function limitsOf(options: LimitOptions, timeMs: number = DEFAULT_TIME_MS): Limits {
  return {
    timeMs: options.timeMs ?? timeMs,
    instructions: options.instructions ?? Infinity,
    outputBytes: options.outputBytes ?? DEFAULT_OUTPUT_BYTES,
  };
}

type Check = (where: string, value: unknown) => void;

const file =
  (what: string): Check =>
  (where, value) =>
    checkBytes(where, value, `${what} as a Uint8Array is right`);

const CHECKS: Readonly<Record<keyof MachineOptions, Check>> = {
  kernel: file("the kernel's bytes"),
  initrd: file("the initramfs' bytes"),
  commandLine: checkText,
  memory: (where, value) => {
    checkInteger(where, value, 0, Number.MAX_SAFE_INTEGER);
    checkPcMemory(value as number);
  },
  cpu: (where, value) => {
    checkText(where, value);
    cpuModel(value as string);
  },
  cpus: (where, value) => checkInteger(where, value, 1, MOST_CPUS),
  clock: (where, value) => checkChoice(where, value, CLOCKS),
  nanosecondsPerInstruction: (where, value) => checkInteger(where, value, 1, MOST_NS_PER_INSTRUCTION),
  startSeconds: (where, value) => checkInteger(where, value, 0, LAST_SECOND),
  tier: (where, value) => checkChoice(where, value, TIERS),
  agent: (where, value) => checkChoice(where, value, AGENTS),
  state: file("what save() gave"),
};

/** @throws IsinglassError `ISG_MACHINE_BAD_OPTION`, `ISG_MACHINE_MEMORY`, `ISG_CPU_UNKNOWN_MODEL`, `ISG_BOOT_NO_INITRD` */
function checkMachine(options: MachineOptions): void {
  checkNames("createMachine", options, Object.keys(CHECKS));
  for (const [name, check] of Object.entries(CHECKS) as [keyof MachineOptions, Check][])
    if (options[name] !== undefined) check(`createMachine: ${name}`, options[name]);
  const { kernel, initrd, state, agent = "init" } = options;
  if (kernel !== undefined && initrd === undefined && state === undefined && agent !== "none") {
    throw new IsinglassError(
      "ISG_BOOT_NO_INITRD",
      `createMachine: a kernel without an initrd, but the agent "${agent}" needs its shell; pass { initrd: busyboxRoot(busybox) }, or { agent: "none" }`,
      { agent },
    );
  }
}

/** What the worker is told, of options that were checked; see {@link checkMachine} for what it throws. */
export function configOf(options: MachineOptions): MachineConfig {
  checkMachine(options);
  const agent = options.agent ?? "init";
  return {
    memory: options.memory ?? DEFAULT_MEMORY,
    cpu: options.cpu,
    cpus: options.cpus,
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
    given: (Object.keys(options) as (keyof MachineOptions)[]).filter((name) => options[name] !== undefined),
  };
}
