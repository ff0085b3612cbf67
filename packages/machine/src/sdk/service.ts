import { IsinglassError } from "@isinglass/interface";
import { type PcMachine, pc } from "../pc.js";
import { type AgentPorts, agentPorts } from "./agent-ports.js";
import { agentArchive, joinArchives } from "./agent-script.js";
import { Checkpoints } from "./checkpoints.js";
import { GuestAgent } from "./guest-agent.js";
import type {
  Answer,
  FromWorker,
  MachineConfig,
  MachineState,
  Port,
  Request,
  Signal,
  ToWorker,
  WorkerHost,
} from "./protocol.js";
import { Runner } from "./runner.js";
import { SavedConfig, checkShape, readShape } from "./saved-config.js";
import { SteppedClock } from "./stepped-clock.js";
import { concatenate } from "./text.js";

/** Output that the other side has not dealt with; beyond this the machine waits for it. */
const UNACKNOWLEDGED_BYTES = 1 << 20;

interface Parts {
  readonly machine: PcMachine & { readonly agentPorts: AgentPorts };
  readonly agent: GuestAgent;
  readonly runner: Runner;
  readonly config: SavedConfig;
  readonly checkpoints: Checkpoints;
}

/** The worker's side: one machine, and whoever asks for what. Requests are dealt with one after the other, signals at once. */
export class MachineService {
  readonly #port: Port<FromWorker, ToWorker>;
  readonly #host: WorkerHost;
  readonly #queue: Request[] = [];
  readonly #aborted = new Set<number>();
  #busy = false;
  /** The request in hand. */
  #current: number | undefined;
  #config: MachineConfig | undefined;
  #parts: Parts | undefined;
  #unacknowledged = 0;
  #serial: Uint8Array[] = [];
  #on = true;

  constructor(port: Port<FromWorker, ToWorker>, host: WorkerHost) {
    this.#port = port;
    this.#host = host;
    port.listen((message) => this.#receive(message));
  }

  /** Lets go of the machine. A worker that is ended needs no such farewell. */
  close(): void {
    this.#parts?.runner.close();
    this.#parts = undefined;
  }

  #receive(message: ToWorker): void {
    switch (message.kind) {
      case "abort":
      case "serial":
      case "run":
      case "stats":
      case "acknowledge":
        this.#signal(message);
        return;
      default:
        this.#queue.push(message);
        void this.#work();
    }
  }

  #signal(message: Signal): void {
    switch (message.kind) {
      case "abort":
        // One that has just been answered is not to be remembered.
        if (message.target !== this.#current && !this.#queue.some(({ id }) => id === message.target)) return;
        this.#aborted.add(message.target);
        this.#parts?.runner.wake();
        return;
      case "serial":
        this.#parts?.machine.serialInput(message.bytes);
        this.#parts?.runner.wake();
        return;
      case "run":
        this.#on = message.on;
        if (this.#parts !== undefined) {
          this.#parts.runner.paused = !message.on;
          this.#tell();
        }
        return;
      case "stats":
        if (this.#parts === undefined) this.#fail(message.id, noMachine());
        else this.#done(message.id, this.#parts.machine.stats());
        return;
      case "acknowledge":
        this.#unacknowledged -= message.bytes;
        if (this.#parts !== undefined && this.#unacknowledged <= UNACKNOWLEDGED_BYTES)
          this.#parts.runner.blocked = false;
    }
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
      const { id } = request;
      this.#current = id;
      try {
        if (this.#aborted.has(id)) throw new IsinglassError("ISG_ABORTED", `${request.kind}: aborted before it began`);
        // oxlint-disable-next-line no-await-in-loop -- requests have their order: the next one begins when this one has ended
        const answer = await this.#handle(request);
        this.#done(id, answer);
      } catch (problem) {
        this.#fail(id, problem);
      }
      this.#aborted.delete(id);
      this.#current = undefined;
    }
    this.#busy = false;
  }

  #done(id: number, value: Answer): void {
    this.#port.post({ kind: "done", id, value }, value instanceof Uint8Array ? [value.buffer] : []);
  }

  #fail(id: number, problem: unknown): void {
    const error =
      problem instanceof IsinglassError
        ? problem
        : new IsinglassError(
            "ISG_INTERNAL",
            `the worker failed: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`,
          );
    this.#port.post({ kind: "failed", id, code: error.code, message: error.message, data: error.data });
  }

  #tell(): void {
    const stopped = this.#parts?.machine.stopReason;
    const state: MachineState = stopped !== undefined ? "stopped" : this.#on ? "running" : "paused";
    this.#port.post({ kind: "state", state, reason: stopped ?? null });
  }

  /** What the guest wrote to its serial port in a slice, in one message. */
  #sendSerial(): void {
    if (this.#serial.length === 0) return;
    const bytes = concatenate(this.#serial);
    this.#serial = [];
    this.#port.post({ kind: "serial", bytes }, [bytes.buffer]);
  }

  /** Output on its way to the caller. */
  #count(bytes: Uint8Array): void {
    this.#unacknowledged += bytes.length;
    if (this.#unacknowledged > UNACKNOWLEDGED_BYTES && this.#parts !== undefined) this.#parts.runner.blocked = true;
  }

  async #handle(request: Request): Promise<Answer> {
    if (request.kind === "create") return this.#create(request.config);
    const parts = this.#parts;
    if (parts === undefined) throw noMachine();
    const { machine, agent, runner, checkpoints } = parts;
    switch (request.kind) {
      case "boot":
        await this.#boot(parts, request);
        return null;
      case "exec": {
        if (!parts.config.started) {
          throw new IsinglassError("ISG_AGENT_ABSENT", "exec: nothing runs in this machine yet; boot() it first");
        }
        this.#setOff(parts);
        return agent.exec(request.request, {
          limits: request.limits,
          aborted: () => this.#aborted.has(request.id),
          onOutput: (stream, bytes) => {
            this.#count(bytes);
            this.#port.post({ kind: "output", id: request.id, stream, bytes }, [bytes.buffer]);
          },
        });
      }
      case "save":
        await this.#rest(parts);
        return machine.save();
      case "checkpoint":
        await this.#rest(parts);
        return checkpoints.create();
      case "restore":
        runner.background = false;
        if (typeof request.state === "number") checkpoints.restore(request.state);
        else machine.restore(request.state);
        runner.renewed();
        this.#setOff(parts);
        this.#tell();
        return null;
      case "forget":
        checkpoints.forget(request.checkpoint);
        return null;
      case "reset":
        return this.#create({ ...(this.#config ?? noConfig()), state: undefined });
    }
  }

  /** Lets a machine with the host's clock run from now on, if there is something to run. */
  #setOff({ runner, config }: Parts): void {
    runner.background = config.started && this.#config?.clock === "realtime";
    runner.wake();
  }

  /** To the point from which a saved state can be gone on with. */
  async #rest({ agent, machine }: Parts): Promise<void> {
    if (machine.stopReason === undefined) await agent.rest();
  }

  #create(config: MachineConfig): Answer {
    this.#parts?.runner.close();
    const { state } = config;
    // What a state does not fit is not asked for: it knows its machine.
    let full = config;
    if (state !== undefined) {
      const shape = readShape(state);
      checkShape(shape, config);
      full = { ...config, cpu: undefined, cpus: undefined, nanosecondsPerInstruction: undefined, ...shape };
    }
    const clock = new SteppedClock(() => this.#host.now(), this.#host.clockCalls ?? 1);
    const builder = pc({
      memory: full.memory,
      clock: full.clock,
      now: () => clock.now(),
      sha256: this.#host.sha256,
      ...(full.cpu === undefined ? {} : { cpu: full.cpu }),
      ...(full.cpus === undefined ? {} : { cpus: full.cpus }),
      ...(full.nanosecondsPerInstruction === undefined
        ? {}
        : { nanosecondsPerInstruction: full.nanosecondsPerInstruction }),
      ...(full.tier === undefined ? {} : { tier: full.tier }),
      ...(full.startSeconds === undefined ? {} : { startSeconds: full.startSeconds }),
      serial: {
        onOutput: (bytes) => {
          this.#count(bytes);
          this.#serial.push(bytes);
        },
      },
    });
    const machine = builder.use(agentPorts()).build();
    const agent = new GuestAgent(machine, machine.agentPorts, this.#host);
    machine.core.addDevice(agent);
    const saved = machine.core.addDevice(new SavedConfig(full, this.#host.sha256));
    if (state !== undefined) {
      machine.restore(state);
      saved.checkGiven(config.given ?? []);
    }
    const runner = new Runner(machine, this.#host, () => this.#tell());
    agent.runner = runner;
    runner.beforeSlice = () => clock.refresh();
    runner.afterSlice = () => {
      agent.flush();
      this.#sendSerial();
    };
    runner.paused = !this.#on;
    // The bytes of the state have done their work.
    this.#config = { ...full, state: undefined };
    this.#parts = { machine, agent, runner, config: saved, checkpoints: new Checkpoints(machine) };
    if (state !== undefined) {
      this.#setOff(this.#parts);
      this.#tell();
    }
    return { ready: agent.present };
  }

  async #boot(parts: Parts, request: Extract<Request, { kind: "boot" }>): Promise<void> {
    const { machine, agent, config } = parts;
    const { kernel, initrd, commandLine, agent: mode } = this.#config ?? noConfig();
    if (kernel === undefined)
      throw new IsinglassError(
        "ISG_BOOT_NO_KERNEL",
        "boot: createMachine() was given no kernel; pass { kernel }, or { state } and no boot()",
      );
    if (!this.#on && mode !== "none")
      throw new IsinglassError("ISG_MACHINE_PAUSED", "boot: the machine is paused: resume() first");
    if (config.started)
      throw new IsinglassError("ISG_BOOT_TWICE", "boot: this machine has been started; reset() it first");
    const archives = [...(mode === "none" ? [] : [agentArchive(mode)]), ...(initrd === undefined ? [] : [initrd])];
    machine.loadKernel({
      kernel,
      initrd: archives.length === 0 ? undefined : joinArchives(archives),
      commandLine: mode === "none" ? commandLine : `${commandLine} rdinit=/isg/init`,
    });
    config.started = true;
    this.#setOff(parts);
    this.#tell();
    if (mode !== "none") await agent.greet(request.limits, () => this.#aborted.has(request.id));
  }
}

/** Serves one machine over a port; for workers, which end with it. */
export function serveMachine(port: Port<FromWorker, ToWorker>, host: WorkerHost): MachineService {
  return new MachineService(port, host);
}

function noMachine(): IsinglassError {
  return new IsinglassError("ISG_MACHINE_ABSENT", "the worker has no machine yet; send create first");
}

function noConfig(): never {
  throw noMachine();
}
