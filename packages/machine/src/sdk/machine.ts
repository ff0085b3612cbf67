import type { StopReason } from "@isinglass/hypervisor";
import { IsinglassError } from "@isinglass/interface";
import type { MachineStats } from "../machine-stats.js";
import { BAD_OPTION, checkBytes, checkFunction, checkText, describe, isBytes } from "./check.js";
import { type RequestBody, type SerialListener, WorkerClient } from "./client.js";
import { ExecError } from "./errors.js";
import { type CallOptions, type MachineOptions, checkCall, configOf, limitsOf } from "./options.js";
import type { ExecSummary, MachineState, WorkerPort } from "./protocol.js";
import { type CommandOptions, commandText, operand } from "./shell.js";
import { concatenate, decodeText, encodeText } from "./text.js";

const BOOT_TIME_MS = 120_000;
const EXEC_NAMES: readonly (keyof ExecOptions)[] = ["cwd", "env", "stdin", "onOutput"];

export interface ExecOptions extends CallOptions, CommandOptions {
  /** Standard input; empty by default. */
  readonly stdin?: Uint8Array | string;
  /** Hears of output as it comes. Where it throws, or its promise is rejected, the command is given up and exec() fails with that error. */
  readonly onOutput?: (stream: "stdout" | "stderr", bytes: Uint8Array) => void | Promise<void>;
}

/** What became of a command that came to its end. */
export class CommandResult {
  /** As the shell has it: 128 + n where signal n ended the command. */
  readonly exitCode: number;
  readonly stdoutBytes: Uint8Array;
  readonly stderrBytes: Uint8Array;
  /** Instructions that the guest executed for it, the kernel and the agent included. */
  readonly instructions: number;
  /** Nanoseconds of the machine's clock. */
  readonly guestTime: number;
  /** Milliseconds of the host's, in the worker. */
  readonly hostTime: number;

  constructor(summary: ExecSummary, stdout: Uint8Array, stderr: Uint8Array) {
    this.exitCode = summary.exitCode;
    this.instructions = summary.instructions;
    this.guestTime = summary.guestTime;
    this.hostTime = summary.hostTime;
    this.stdoutBytes = stdout;
    this.stderrBytes = stderr;
  }

  /** Standard output as UTF-8. */
  get stdout(): string {
    return decodeText(this.stdoutBytes);
  }

  get stderr(): string {
    return decodeText(this.stderrBytes);
  }
}

/** A state that the machine's worker keeps, see {@link Machine.checkpoint}. */
export class Checkpoint {
  readonly id: number;
  readonly #machine: Machine;

  constructor(machine: Machine, id: number) {
    this.#machine = machine;
    this.id = id;
  }

  /** Whether it is this machine's. */
  belongsTo(machine: Machine): boolean {
    return machine === this.#machine;
  }
}

export interface WriteOptions extends CallOptions {
  /** Permission bits, such as 0o755; what the guest's umask leaves by default. */
  readonly mode?: number;
}

/**
 * A virtual machine that runs in a worker. Made by `createMachine` of `@isinglass/machine/node` or `@isinglass/machine/browser`.
 *
 * @example
 * const vm = await createMachine({ kernel, initrd: busyboxRoot(busybox) });
 * await vm.boot();
 * const { stdout, exitCode } = await vm.exec("uname -a");
 * await vm.close();
 */
export class Machine {
  readonly #client: WorkerClient;

  /** For adapters, which have the worker: see {@link connectMachine}. */
  constructor(client: WorkerClient) {
    this.#client = client;
  }

  /** Whether the machine runs, stands still, or has stopped; and why it stopped. */
  get state(): { readonly state: MachineState; readonly reason: StopReason | null } {
    return this.#client.state;
  }

  /** Hears of changes of {@link state}; returns a function that ends that. */
  onState(listener: (state: MachineState, reason: StopReason | null) => void): () => void {
    checkFunction("onState", listener);
    return this.#client.listenToState(listener);
  }

  /**
   * Hears what the guest writes to its first serial port; returns a function that ends that. A listener that returns a promise holds a guest
   * that writes faster than it is read.
   */
  onSerial(listener: SerialListener): () => void {
    checkFunction("onSerial", listener);
    return this.#client.listenToSerial(listener);
  }

  /** Types on the guest's first serial port. */
  sendSerial(data: Uint8Array | string): void {
    this.#client.signal({ kind: "serial", bytes: bytesOf("sendSerial", data).slice() });
  }

  /**
   * Starts the kernel; resolves when the guest's agent answers, with the agent `none` at once.
   *
   * @throws IsinglassError `ISG_BOOT_TIMEOUT`, `ISG_BOOT_INSTRUCTION_LIMIT`, `ISG_BOOT_ABORTED`, `ISG_MACHINE_STOPPED`, `ISG_BOOT_NO_KERNEL`,
   *   `ISG_BOOT_TWICE`, and what `loadKernel` of @isinglass/boot throws
   */
  async boot(options: CallOptions = {}): Promise<void> {
    checkCall("boot", options);
    await this.#client.request({ kind: "boot", limits: limitsOf(options, BOOT_TIME_MS) }, options.signal);
  }

  /**
   * Runs a command in the guest: text for its `sh -c`, or a list of a program and its arguments. It has ended when it and everybody who
   * shares its output have. Commands of one machine run one after the other.
   *
   * A command that hits a limit is not awaited any longer; the machine then stands still. The next request interrupts it (SIGINT); if
   * that does not help, `ISG_AGENT_LOST` says so, and restore() or reset() go on.
   *
   * @throws ExecError with the output so far; IsinglassError `ISG_EXEC_BAD_COMMAND`, `ISG_MACHINE_BAD_OPTION`, `ISG_MACHINE_BAD_LIMIT`, `ISG_AGENT_ABSENT`
   *   (boot() it first), `ISG_AGENT_LOST`, `ISG_MACHINE_PAUSED`
   */
  async exec(command: string | readonly string[], options: ExecOptions = {}): Promise<CommandResult> {
    checkCall("exec", options, EXEC_NAMES);
    const { stdin, onOutput } = options;
    if (onOutput !== undefined) checkFunction("exec: onOutput", onOutput);
    const input = stdin === undefined ? undefined : bytesOf("exec: stdin", stdin);
    const body: RequestBody = {
      kind: "exec",
      request: { command: commandText(command, options), stdin: input },
      limits: limitsOf(options),
    };
    const pieces: { readonly stdout: Uint8Array[]; readonly stderr: Uint8Array[] } = { stdout: [], stderr: [] };
    const heard: Promise<void>[] = [];
    let thrown: { readonly problem: unknown } | undefined;
    const listen = async (stream: "stdout" | "stderr", bytes: Uint8Array): Promise<void> => {
      pieces[stream].push(bytes);
      try {
        const hears = onOutput?.(stream, bytes);
        if (hears === undefined) return;
        heard.push(hears);
        await hears;
      } catch (problem) {
        thrown ??= { problem };
        throw problem;
      }
    };
    try {
      const summary = (await this.#client.request(body, options.signal, listen)) as ExecSummary;
      await Promise.all(heard);
      return new CommandResult(summary, concatenate(pieces.stdout), concatenate(pieces.stderr));
    } catch (problem) {
      if (thrown !== undefined) throw thrown.problem;
      if (!(problem instanceof IsinglassError)) throw problem;
      const output = { stdout: concatenate(pieces.stdout), stderr: concatenate(pieces.stderr) };
      throw new ExecError(problem.code, problem.message, problem.data, output, { cause: problem.cause });
    }
  }

  /**
   * Writes a file of the guest's; its folder has to exist.
   *
   * @throws IsinglassError `ISG_FILE_WRITE` with what the guest says, and what exec() throws
   */
  async writeFile(path: string, data: Uint8Array | string, options: WriteOptions = {}): Promise<void> {
    checkPath("writeFile", path);
    checkCall("writeFile", options, ["mode"]);
    const { mode, ...call } = options;
    if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o7777))
      throw new IsinglassError(
        "ISG_FILE_WRITE",
        `writeFile: mode: ${describe(mode)}; permission bits such as 0o644 are right`,
        { path },
      );
    const change = mode === undefined ? "" : ` && chmod ${mode.toString(8)} ${operand(path)}`;
    const stdin = bytesOf(`writeFile: data for ${path}`, data);
    const result = await this.exec(`cat >${operand(path)}${change}`, { ...call, stdin });
    if (result.exitCode !== 0) throw fileError("ISG_FILE_WRITE", "writeFile", path, result);
  }

  /**
   * Reads a file of the guest's, whatever bytes are in it.
   *
   * @throws IsinglassError `ISG_FILE_READ` with what the guest says, and what exec() throws
   */
  async readFile(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    checkPath("readFile", path);
    checkCall("readFile", options);
    const result = await this.exec(`cat <${operand(path)}`, options);
    if (result.exitCode !== 0) throw fileError("ISG_FILE_READ", "readFile", path, result);
    return result.stdoutBytes;
  }

  /** The machine's whole state as the bytes of a file, for createMachine({ state }) and restore(). */
  async save(): Promise<Uint8Array> {
    return (await this.#client.request({ kind: "save" })) as Uint8Array;
  }

  /** Keeps the state in the worker, for a restore() that takes milliseconds. It costs as much memory as the guest has. */
  async checkpoint(): Promise<Checkpoint> {
    return new Checkpoint(this, (await this.#client.request({ kind: "checkpoint" })) as number);
  }

  /** Gives a checkpoint's memory back. */
  async release(checkpoint: Checkpoint): Promise<void> {
    this.#own(checkpoint);
    await this.#client.request({ kind: "forget", checkpoint: checkpoint.id });
  }

  /**
   * Goes back to a state; a command that a limit ended, and all that it did, is undone.
   *
   * @throws IsinglassError `ISG_CHECKPOINT_UNKNOWN`, or what `restore` of @isinglass/hypervisor throws
   */
  async restore(state: Uint8Array | Checkpoint): Promise<void> {
    if (state instanceof Checkpoint) this.#own(state);
    else checkBytes("restore", state, "a checkpoint, or what save() gave, is right");
    await this.#client.request({ kind: "restore", state: state instanceof Checkpoint ? state.id : state });
  }

  #own(checkpoint: Checkpoint): void {
    if (!(checkpoint instanceof Checkpoint))
      throw new IsinglassError(BAD_OPTION, `release: ${describe(checkpoint)}; what checkpoint() gave is right`);
    if (checkpoint.belongsTo(this)) return;
    throw new IsinglassError(
      "ISG_CHECKPOINT_UNKNOWN",
      "the checkpoint is another machine's; save() gives bytes that any machine takes",
    );
  }

  /** The machine as it was before boot(). */
  async reset(): Promise<void> {
    await this.#client.request({ kind: "reset" });
  }

  /** Stands still until resume(): commands under way wait, and their time limits go on; new ones fail with `ISG_MACHINE_PAUSED`. */
  pause(): void {
    this.#client.signal({ kind: "run", on: false });
  }

  resume(): void {
    this.#client.signal({ kind: "run", on: true });
  }

  async stats(): Promise<MachineStats> {
    return (await this.#client.ask()) as MachineStats;
  }

  /** Ends the machine and its worker; what is under way fails with `ISG_MACHINE_CLOSED`. */
  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Text as UTF-8, and bytes as they are. */
function bytesOf(where: string, data: Uint8Array | string): Uint8Array {
  if (typeof data === "string") return encodeText(data);
  if (!isBytes(data))
    throw new IsinglassError(BAD_OPTION, `${where}: ${describe(data)}; a string or a Uint8Array is right`);
  return data;
}

function checkPath(call: string, path: string): void {
  checkText(`${call}: path`, path);
  if (path === "") throw new IsinglassError(BAD_OPTION, `${call}: an empty path; the name of a file is right`);
}

function fileError(
  code: "ISG_FILE_READ" | "ISG_FILE_WRITE",
  what: string,
  path: string,
  result: CommandResult,
): IsinglassError {
  const said = result.stderr.trim().slice(0, 500);
  return new IsinglassError(code, `${what} ${path}: ${said === "" ? `exit status ${result.exitCode}` : said}`, {
    path,
    exitCode: result.exitCode,
  });
}

/**
 * Makes a machine in a worker that runs a {@link MachineService}.
 *
 * @param open starts the worker; called when the options have been found good
 * @throws IsinglassError what is wrong with the options, or with the state: then the worker is ended
 */
export async function connectMachine(open: () => WorkerPort, options: MachineOptions): Promise<Machine> {
  const config = configOf(options);
  const client = new WorkerClient(open());
  try {
    await client.request({ kind: "create", config });
  } catch (problem) {
    await client.close();
    throw problem;
  }
  return new Machine(client);
}
