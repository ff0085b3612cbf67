import { type Sha256, checkMagic, decodeState, sha256 as ownSha256, toHex } from "@isinglass/hypervisor";
import { type Device, IsinglassError, type SnapshotValue } from "@isinglass/interface";
import { cpuModel } from "../cpu-model.js";
import { DEFAULT_NS_PER_INSTRUCTION } from "../core.js";
import { BAD_OPTION } from "./check.js";
import type { AgentMode, MachineConfig } from "./protocol.js";

/** Where the state section of a saved machine begins and its length stands, see `saveSnapshot` of @isinglass/hypervisor. */
const HEADER_BYTES = 64;
const LENGTH_AT = 12;
const COMPONENT = "sdk-config.0";
const AGENT_MODES: readonly AgentMode[] = ["init", "beside", "none"];

type Fields = { readonly [key: string]: SnapshotValue };

const isFields = (value: SnapshotValue | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** What a machine has to be made of so that a state fits it. */
export type ShapeOfMachine = Pick<
  MachineConfig,
  "memory" | "cpu" | "cpus" | "clock" | "nanosecondsPerInstruction" | "agent"
>;

/** What a guest was started with; a hash stands for a file. */
const STARTED_WITH = ["startSeconds", "commandLine", "kernel", "initrd"] as const;
type StartedWith = { readonly [K in (typeof STARTED_WITH)[number]]?: string | number };

/** The shape of a machine as a part of its saved state, and whether it has been booted. */
export class SavedConfig implements Device {
  readonly component: string = COMPONENT;
  readonly version: number = 3;
  readonly #shape: MachineConfig;
  readonly #sha256: Sha256;
  /** Of the guest that a state brought; undefined where it is this machine's own. */
  #brought: StartedWith | undefined;
  #own: StartedWith | undefined;
  /** Has a kernel to run: before that, what the CPU would execute is nothing. */
  started: boolean = false;

  constructor(shape: MachineConfig, sha256: Sha256 = ownSha256) {
    this.#shape = shape;
    this.#sha256 = sha256;
  }

  reset(): void {
    this.started = false;
    this.#brought = undefined;
  }

  /** Hashed once, and only for who saves. */
  get #configured(): StartedWith {
    const { kernel, initrd, commandLine, startSeconds } = this.#shape;
    const hash = (bytes: Uint8Array): string => toHex(this.#sha256(bytes));
    this.#own ??= {
      ...(startSeconds === undefined ? {} : { startSeconds }),
      commandLine,
      ...(kernel === undefined ? {} : { kernel: hash(kernel) }),
      ...(initrd === undefined ? {} : { initrd: hash(initrd) }),
    };
    return this.#own;
  }

  /**
   * That the options which the caller of createMachine() named are those of the state that was restored.
   *
   * @throws IsinglassError `ISG_MACHINE_BAD_OPTION`
   */
  checkGiven(given: readonly string[]): void {
    const saved = this.#brought;
    if (saved === undefined) return;
    for (const name of STARTED_WITH) {
      // What was not started is started with what is given now.
      if (!given.includes(name) || saved[name] === this.#configured[name]) continue;
      if (!this.started && name !== "startSeconds") continue;
      if (name === "startSeconds" && saved[name] === undefined) continue;
      throw wrongOption(
        name,
        isFile(name) ? undefined : saved[name],
        isFile(name) ? undefined : this.#configured[name],
      );
    }
  }

  save(): SnapshotValue {
    const { memory, cpu, cpus, clock, nanosecondsPerInstruction, agent } = this.#shape;
    const rate = nanosecondsPerInstruction ?? null;
    const guest = { ...(this.#brought ?? this.#configured) };
    // States of one processor are what they were before there were several.
    const several = cpus === undefined || cpus === 1 ? {} : { cpus };
    return {
      memory,
      cpu: cpu ?? null,
      ...several,
      clock,
      nanosecondsPerInstruction: rate,
      agent,
      started: this.started,
      guest,
    };
  }

  /** States of version 1 do not say whether they were booted; those that anybody kept were. */
  load(state: SnapshotValue, version: number): void {
    const started = version === 1 || (isFields(state) ? state["started"] : undefined);
    const saved = shapeOf(state);
    const own = { ...this.#shape, cpus: this.#shape.cpus ?? 1 };
    const differs = (["memory", "cpu", "cpus", "clock", "nanosecondsPerInstruction"] as const).find(
      (key) => saved[key] !== own[key],
    );
    if (differs !== undefined) {
      throw new IsinglassError(
        "ISG_SNAPSHOT_BAD_STATE",
        `restore: the state is of a machine with ${differs} ${String(saved[differs])}, this one has ${String(own[differs])}`,
        { component: COMPONENT },
      );
    }
    if (typeof started !== "boolean" || version > this.version) throw notAShape();
    const guest = version < 3 ? undefined : guestOf(state);
    this.started = started;
    this.#brought = guest;
  }
}

const isFile = (name: string): boolean => name === "kernel" || name === "initrd";

function wrongOption(name: string, saved: unknown, given: unknown): IsinglassError {
  const what =
    given === undefined
      ? "not the one that the state was saved with"
      : `${JSON.stringify(given)}, but the state was saved with ${JSON.stringify(saved ?? null)}`;
  return new IsinglassError(BAD_OPTION, `createMachine: ${name}: ${what}; leave it out, or give the same`, { name });
}

function guestOf(state: SnapshotValue): StartedWith {
  const guest = isFields(state) ? state["guest"] : undefined;
  if (!isFields(guest)) throw notAShape();
  const { startSeconds, commandLine, kernel, initrd } = guest;
  if (startSeconds !== undefined && typeof startSeconds !== "number") throw notAShape();
  for (const text of [commandLine, kernel, initrd])
    if (text !== undefined && typeof text !== "string") throw notAShape();
  return guest;
}

/**
 * That the options which the caller named make a machine of this shape.
 *
 * @throws IsinglassError `ISG_MACHINE_BAD_OPTION`
 */
export function checkShape(shape: ShapeOfMachine, config: MachineConfig): void {
  const { given = [] } = config;
  const rate = (of: ShapeOfMachine): number => of.nanosecondsPerInstruction ?? DEFAULT_NS_PER_INSTRUCTION;
  for (const [name, saved, now] of [
    ["memory", shape.memory, config.memory],
    ["cpu", cpuModel(shape.cpu).name, cpuModel(config.cpu).name],
    ["cpus", shape.cpus ?? 1, config.cpus ?? 1],
    ["clock", shape.clock, config.clock],
    ["nanosecondsPerInstruction", rate(shape), rate(config)],
    ["agent", shape.agent, config.agent],
  ] as const)
    if (given.includes(name) && saved !== now) throw wrongOption(name, saved, now);
}

function notAShape(): IsinglassError {
  return new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${COMPONENT}: not the shape of a machine`, {
    component: COMPONENT,
  });
}

function shapeOf(state: SnapshotValue | undefined): ShapeOfMachine {
  const { memory, cpu, cpus = 1, clock, nanosecondsPerInstruction: rate, agent } = isFields(state) ? state : {};
  const mode = AGENT_MODES.find((known) => known === agent);
  if (
    typeof memory !== "number" ||
    (cpu !== null && typeof cpu !== "string") ||
    typeof cpus !== "number" ||
    (clock !== "realtime" && clock !== "deterministic") ||
    (rate !== null && typeof rate !== "number") ||
    mode === undefined
  ) {
    throw notAShape();
  }
  return {
    memory,
    clock,
    agent: mode,
    ...(cpu === null ? {} : { cpu }),
    cpus,
    ...(rate === null ? {} : { nanosecondsPerInstruction: rate }),
  };
}

/**
 * The shape of the machine whose state this is. The rest of the file is checked when it is restored.
 *
 * @throws IsinglassError `ISG_SNAPSHOT_BAD_MAGIC`, `ISG_SNAPSHOT_BAD_STATE`, `ISG_SNAPSHOT_TRUNCATED`, `ISG_SNAPSHOT_BAD_ENCODING`
 */
export function readShape(file: Uint8Array): ShapeOfMachine {
  const bad = (what: string): IsinglassError => new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `state file: ${what}`);
  checkMagic(file);
  if (file.length < HEADER_BYTES) throw bad(`${file.length} bytes; the header alone has ${HEADER_BYTES}`);
  const length = new DataView(file.buffer, file.byteOffset, file.length).getUint32(LENGTH_AT, true);
  if (length > file.length - HEADER_BYTES) throw bad(`the state section ends after the file's ${file.length} bytes`);
  const root = decodeState(file.subarray(HEADER_BYTES, HEADER_BYTES + length));
  const parts =
    isFields(root) && Array.isArray(root["components"]) ? (root["components"] as readonly SnapshotValue[]) : [];
  const part = parts.find((p) => isFields(p) && p["component"] === COMPONENT);
  if (!isFields(part)) throw bad("it was not saved by a machine of createMachine()");
  return shapeOf(part["state"]);
}
