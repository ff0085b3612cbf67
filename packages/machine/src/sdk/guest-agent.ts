import { type Device, IsinglassError, type IsinglassErrorCode, type SnapshotValue } from "@isinglass/interface";
import type { AgentPorts } from "./agent-ports.js";
import { type AgentResult, LineReader, OutputReader, parseTrailer } from "./agent-response.js";
import { encodeInterrupt, encodeRequest } from "./agent-request.js";
import type { ExecRequest, ExecSummary, FailureData, Limits, WorkerHost } from "./protocol.js";
import type { Outcome, Runner } from "./runner.js";
import type { PcMachine } from "../pc.js";
import { ascii } from "./text.js";

const TOKEN_BYTES = 16;
/** The agent has this long to answer an interrupt, in milliseconds of the host's and instructions of the guest's; then comes the next. */
const RECOVERY = { timeMs: 1000, instructions: 200_000_000 };
/** An interrupt that comes between two commands of the shell's may reach nobody. */
const ATTEMPTS = 5;
const GREETING = "isg-agent 1";

export type Stream = "stdout" | "stderr";

/**
 * What the agent is doing, as far as the host knows: it has not said anything yet; it waits for a request; a command runs; it gets ready
 * for the next one; a command hit a limit and may still run.
 */
type Phase = "absent" | "ready" | "running" | "settling" | "interrupted";

export interface ExecContext {
  readonly limits: Limits;
  readonly aborted: () => boolean;
  readonly onOutput: (stream: Stream, bytes: Uint8Array) => void;
}

/** The host's end of the agent: one command at a time. What the guest says is a stranger's word: bounded, and checked. */
export class GuestAgent implements Device {
  readonly component: string = "sdk-agent.0";
  readonly version: number = 1;
  readonly #ports: AgentPorts;
  readonly #machine: PcMachine;
  readonly #host: WorkerHost;
  readonly #lines: LineReader = new LineReader();
  #runner: Runner | undefined;
  #phase: Phase = "absent";
  #hasBase64 = false;
  /** The line that tells that the agent is ready. */
  #expected = "";
  #stdout: OutputReader | undefined;
  #stderr: OutputReader | undefined;
  #left = 0;
  #overflow = false;

  constructor(machine: PcMachine, ports: AgentPorts, host: WorkerHost) {
    this.#machine = machine;
    this.#ports = ports;
    this.#host = host;
    ports.onControl = (byte) => this.#onControl(byte);
    ports.onErrors = (byte) => {
      if (this.#stderr?.push(byte) === true) this.#endIfComplete();
    };
  }

  set runner(runner: Runner) {
    this.#runner = runner;
  }

  /** Whether the agent has ever spoken. */
  get present(): boolean {
    return this.#phase !== "absent";
  }

  /** Whether nothing is under way, so that a saved state can be gone on from. */
  get idle(): boolean {
    return this.#phase === "absent" || this.#phase === "ready";
  }

  #onControl(byte: number): void {
    if (this.#phase === "running") {
      if (this.#stdout?.push(byte) === true) this.#endIfComplete();
      return;
    }
    const line = this.#lines.push(byte);
    if (line === undefined) return;
    if (line.includes(GREETING) && this.#phase === "absent") {
      this.#hasBase64 = line.endsWith(" base64");
      this.#becomeReady();
    } else if (this.#expected !== "" && line.endsWith(this.#expected)) this.#becomeReady();
  }

  #becomeReady(): void {
    this.#phase = "ready";
    this.#expected = "";
    this.#runner?.interrupt();
  }

  #endIfComplete(): void {
    if (this.#stdout?.trailer === undefined || this.#stderr?.trailer === undefined) return;
    if (this.#phase === "running") this.#phase = "settling";
    this.#runner?.interrupt();
  }

  /** Hands on the output that was collected. To be called when the machine has left. */
  flush(): void {
    this.#stdout?.flush();
    this.#stderr?.flush();
  }

  /** What the guest would have to run for cannot be waited for while it stands still. */
  #checkRuns(what: string): void {
    if (this.#runner?.paused === true)
      throw new IsinglassError("ISG_MACHINE_PAUSED", `${what}: the machine is paused: resume() first`);
  }

  /** Waits until a guest that has just been started has an agent. */
  async greet(limits: Pick<Limits, "timeMs" | "instructions">, aborted: () => boolean): Promise<void> {
    const outcome = await this.#run(() => this.present, limits, aborted);
    if (outcome !== "done") throw this.#failure("BOOT", outcome, "boot: the guest's agent has not spoken", limits);
  }

  /** Waits until the agent can take a request; interrupts a command that was given up. */
  async #settle(aborted: () => boolean): Promise<void> {
    if (this.#phase === "absent")
      throw new IsinglassError(
        "ISG_AGENT_ABSENT",
        "the guest has no agent that has spoken: boot() first, or start it in the guest (docs/sdk.md)",
      );
    const token = this.#token();
    let outcome: Outcome = "time";
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (this.#phase === "running" || this.#phase === "interrupted") {
        this.#phase = "interrupted";
        this.#expected = `ready ${token}`;
        this.#ports.discardInput();
        this.#ports.send(encodeInterrupt(token));
      }
      // oxlint-disable-next-line no-await-in-loop -- an attempt is made only where the one before it failed
      outcome = await this.#run(() => this.#phase === "ready", RECOVERY, aborted);
      if (outcome === "done") return;
      if (outcome === "stopped" || outcome === "aborted") throw this.#failure("EXEC", outcome, "exec", RECOVERY);
    }
    throw new IsinglassError(
      "ISG_AGENT_LOST",
      "the guest's agent does not answer, an earlier command may still run; restore() a saved state, or reset()",
      { outcome },
    );
  }

  /** Lets the agent finish what it does between two commands. */
  async rest(): Promise<void> {
    if (this.#phase === "absent") return;
    if (this.#phase !== "ready")
      this.#checkRuns("save or checkpoint, of a guest that is not done with its last command");
    await this.#settle(() => false);
  }

  async exec(request: ExecRequest, context: ExecContext): Promise<ExecSummary> {
    const { limits, aborted } = context;
    if (this.present) this.#checkRuns("exec");
    await this.#settle(aborted);
    const token = this.#token();
    const lines = encodeRequest({ ...request, token }, this.#hasBase64);
    this.#left = limits.outputBytes;
    this.#overflow = false;
    this.#stdout = new OutputReader(ascii(token), (bytes) => this.#output(context, "stdout", bytes));
    this.#stderr = new OutputReader(ascii(token), (bytes) => this.#output(context, "stderr", bytes));
    this.#expected = `ready ${token}`;
    this.#phase = "running";
    const { instructions } = this.#machine;
    const guestTime = this.#machine.vm.time.now();
    const hostTime = this.#host.now();
    this.#ports.send(lines);
    const outcome = await this.#run(() => this.#phase !== "running" || this.#overflow, limits, aborted);
    this.#stdout.end();
    this.#stderr.end();
    const trailer = this.#stdout.trailer;
    const complete = this.#stderr.trailer !== undefined;
    this.#stdout = undefined;
    this.#stderr = undefined;
    const used = {
      instructions: this.#machine.instructions - instructions,
      guestTime: this.#machine.vm.time.now() - guestTime,
      hostTime: this.#host.now() - hostTime,
    };
    if (this.#overflow) {
      this.#standStill();
      throw new IsinglassError("ISG_EXEC_OUTPUT_LIMIT", `exec: more than ${limits.outputBytes} bytes of output`, {
        limit: limits.outputBytes,
        ...used,
      });
    }
    if (outcome !== "done" || trailer === undefined || !complete)
      throw this.#failure("EXEC", outcome, "exec: the command has not ended", limits, used);
    return { ...this.#resultOf(trailer, used), ...used };
  }

  #resultOf(trailer: string, used: FailureData): { readonly exitCode: number } {
    const result: AgentResult | undefined = parseTrailer(trailer);
    if (result === undefined) {
      throw new IsinglassError(
        "ISG_AGENT_PROTOCOL",
        `exec: the guest ended the output with "${printable(trailer)}", not with a status from 0 to 255`,
      );
    }
    if (result.outOfMemory) {
      this.#standStill();
      throw new IsinglassError(
        "ISG_EXEC_MEMORY_LIMIT",
        `exec: the guest ran out of memory, and its kernel killed what took most; exit status ${result.status}`,
        { exitCode: result.status, ...used },
      );
    }
    return { exitCode: result.status };
  }

  /** As the runner does at the limits that it knows: what may still run in the guest gets no time until the next request. */
  #standStill(): void {
    if (this.#runner !== undefined) this.#runner.background = false;
  }

  #output(context: ExecContext, stream: Stream, bytes: Uint8Array): void {
    const taken = Math.min(bytes.length, this.#left);
    this.#left -= taken;
    if (taken > 0) context.onOutput(stream, bytes.slice(0, taken));
    if (taken === bytes.length) return;
    this.#overflow = true;
    this.#runner?.interrupt();
  }

  async #run(
    until: () => boolean,
    limits: Pick<Limits, "timeMs" | "instructions">,
    aborted: () => boolean,
  ): Promise<Outcome> {
    if (this.#runner === undefined) throw new Error("sdk: an agent without a runner");
    return this.#runner.run({ until, timeMs: limits.timeMs, instructions: limits.instructions, aborted });
  }

  #failure(
    what: "BOOT" | "EXEC",
    outcome: Outcome,
    text: string,
    limits: Pick<Limits, "timeMs" | "instructions">,
    used: FailureData = {},
  ): IsinglassError {
    const error = (code: IsinglassErrorCode, message: string, data: FailureData): IsinglassError =>
      new IsinglassError(code, message, { ...used, ...data });
    const { stopReason } = this.#machine;
    switch (outcome) {
      case "time":
        return error(`ISG_${what}_TIMEOUT`, `${text} after ${limits.timeMs} ms`, { limit: limits.timeMs });
      case "instructions":
        return error(`ISG_${what}_INSTRUCTION_LIMIT`, `${text} after ${limits.instructions} instructions`, {
          limit: limits.instructions,
        });
      case "aborted":
        return error(`ISG_${what}_ABORTED`, `${text}: aborted`, {});
      default:
        return error("ISG_MACHINE_STOPPED", `${text}: the machine has stopped (${stopReason ?? "closed"})`, {
          reason: stopReason ?? "closed",
        });
    }
  }

  #token(): string {
    return Array.from(this.#host.random(TOKEN_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  reset(): void {
    this.#phase = "absent";
    this.#expected = "";
  }

  save(): SnapshotValue {
    return { ready: this.#phase === "ready", base64: this.#hasBase64 };
  }

  load(state: SnapshotValue): void {
    const { ready, base64 } =
      typeof state === "object" && state !== null && "ready" in state && "base64" in state ? state : {};
    if (typeof ready !== "boolean" || typeof base64 !== "boolean")
      throw new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${this.component}: not the state of an agent`, {
        component: this.component,
      });
    this.#phase = ready ? "ready" : "absent";
    this.#hasBase64 = base64;
    this.#expected = "";
    this.#stdout = undefined;
    this.#stderr = undefined;
  }
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
