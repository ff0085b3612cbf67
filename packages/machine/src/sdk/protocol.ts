import type { IsinglassErrorCode } from "@isinglass/interface";
import type { Sha256, StopReason } from "@isinglass/hypervisor";
import type { MachineStats } from "../machine-stats.js";

/** What a machine is made of, as it travels to its worker. */
export interface MachineConfig {
  /** Bytes of RAM. */
  readonly memory: number;
  readonly cpu?: string | undefined;
  readonly cpus?: number | undefined;
  readonly clock: "realtime" | "deterministic";
  readonly nanosecondsPerInstruction?: number | undefined;
  readonly startSeconds?: number | undefined;
  readonly tier?: "auto" | "interp" | "jit" | undefined;
  readonly kernel?: Uint8Array | undefined;
  readonly initrd?: Uint8Array | undefined;
  readonly commandLine: string;
  readonly agent: AgentMode;
  /** A saved machine to go on from. */
  readonly state?: Uint8Array | undefined;
  /** Which of these the caller named: they must be those of the state. */
  readonly given?: readonly string[];
}

/**
 * How the agent comes into the guest. `init`: it is all that the guest is there for, and started by a first process of the SDK's.
 * `beside`: a first process of the SDK's starts it and then becomes the initramfs' own `/init`. `none`: not at all, or by hand.
 */
export type AgentMode = "init" | "beside" | "none";

/** What a command may use; each is unlimited where it is Infinity. */
export interface Limits {
  /** Milliseconds of the host's clock. */
  readonly timeMs: number;
  /** Instructions of the guest, the kernel's among them. */
  readonly instructions: number;
  /** Bytes of standard output and standard error together. */
  readonly outputBytes: number;
}

export interface ExecRequest {
  /** Text for the guest's `sh -c`. */
  readonly command: string;
  readonly stdin?: Uint8Array | undefined;
}

/** What a command did, beside its output. */
export interface ExecSummary {
  /** As the shell has it: 128 + n where signal n ended the command. */
  readonly exitCode: number;
  /** Instructions from the request to the end of the output, the guest's kernel and the agent included. */
  readonly instructions: number;
  /** The same in nanoseconds of the machine's clock, and in milliseconds of the host's. */
  readonly guestTime: number;
  readonly hostTime: number;
}

export type MachineState = "idle" | "running" | "paused" | "stopped" | "closed";

/** What the caller's side sends. Requests with an id are answered by `done` or `failed`, one by one in their order. */
export type Request =
  | { readonly kind: "create"; readonly id: number; readonly config: MachineConfig }
  | { readonly kind: "boot"; readonly id: number; readonly limits: Limits }
  | { readonly kind: "exec"; readonly id: number; readonly request: ExecRequest; readonly limits: Limits }
  | { readonly kind: "save"; readonly id: number }
  | { readonly kind: "checkpoint"; readonly id: number }
  | { readonly kind: "restore"; readonly id: number; readonly state: Uint8Array | number }
  | { readonly kind: "forget"; readonly id: number; readonly checkpoint: number }
  | { readonly kind: "reset"; readonly id: number };

/** What is heeded at once, whatever else is going on. */
export type Signal =
  | { readonly kind: "abort"; readonly target: number }
  | { readonly kind: "serial"; readonly bytes: Uint8Array }
  | { readonly kind: "run"; readonly on: boolean }
  | { readonly kind: "stats"; readonly id: number }
  /** So many bytes of output have been dealt with: the machine waits while too many have not. */
  | { readonly kind: "acknowledge"; readonly bytes: number };

export type ToWorker = Request | Signal;

export type FailureData = Readonly<Record<string, string | number | boolean | bigint | null>>;

/** What the worker sends. */
export type FromWorker =
  | { readonly kind: "done"; readonly id: number; readonly value: Answer }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly code: IsinglassErrorCode;
      readonly message: string;
      readonly data: FailureData;
    }
  | { readonly kind: "output"; readonly id: number; readonly stream: "stdout" | "stderr"; readonly bytes: Uint8Array }
  | { readonly kind: "serial"; readonly bytes: Uint8Array }
  | { readonly kind: "state"; readonly state: MachineState; readonly reason: StopReason | null };

/** The value of a `done`, by the kind of the request. */
export type Answer =
  | null
  | ExecSummary
  | Uint8Array
  | number
  | MachineStats
  /** Of `create`: whether the state that it was made from had a working agent. */
  | { readonly ready: boolean };

/** One end of the channel between caller and worker. Messages are copied; what is in `transfer` is moved. */
export interface Port<Out, In> {
  post(message: Out, transfer?: readonly ArrayBufferLike[]): void;
  /** Set once, before the first message comes. */
  listen(onMessage: (message: In) => void): void;
}

/** The worker as its owner has it. */
export interface WorkerPort extends Port<ToWorker, FromWorker> {
  /** Hears once if the worker has died by itself. */
  onFailure(listener: (problem: Error) => void): void;
  /** Ends the worker, whatever it is doing. */
  terminate(): Promise<void>;
}

/** What a worker needs of its host. */
export interface WorkerHost {
  /** Milliseconds, monotonic. */
  now(): number;
  /** The machine reads the clock at every n-th look only, where reading it is dear; 1 by default. */
  readonly clockCalls?: number;
  sleep(ms: number): Promise<void>;
  /** Lets the event loop turn, so that messages come in. */
  yieldToHost(): Promise<void>;
  /** Unpredictable bytes. */
  random(count: number): Uint8Array;
  /** SHA-256, where the host's is faster than the package's own; it has to answer at once. */
  readonly sha256?: Sha256;
}
