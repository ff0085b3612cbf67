import { checkMagic, decodeState } from "@isinglass/hypervisor";
import { type Device, IsinglassError, type SnapshotValue } from "@isinglass/interface";
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
export type ShapeOfMachine = Pick<MachineConfig, "memory" | "cpu" | "clock" | "nanosecondsPerInstruction" | "agent">;

/** The shape of a machine as a part of its saved state, and whether it has been booted. */
export class SavedConfig implements Device {
  readonly component: string = COMPONENT;
  readonly version: number = 2;
  readonly #shape: ShapeOfMachine;
  /** Has a kernel to run: before that, what the CPU would execute is nothing. */
  started: boolean = false;

  constructor(shape: ShapeOfMachine) {
    this.#shape = shape;
  }

  reset(): void {
    this.started = false;
  }

  save(): SnapshotValue {
    const { memory, cpu, clock, nanosecondsPerInstruction, agent } = this.#shape;
    const rate = nanosecondsPerInstruction ?? null;
    return { memory, cpu: cpu ?? null, clock, nanosecondsPerInstruction: rate, agent, started: this.started };
  }

  /** States of version 1 do not say whether they were booted; those that anybody kept were. */
  load(state: SnapshotValue, version: number): void {
    const started = version === 1 || (isFields(state) ? state["started"] : undefined);
    const saved = shapeOf(state);
    const own = this.#shape;
    const differs = (["memory", "cpu", "clock", "nanosecondsPerInstruction"] as const).find(
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
    this.started = started;
  }
}

function notAShape(): IsinglassError {
  return new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${COMPONENT}: not the shape of a machine`, {
    component: COMPONENT,
  });
}

function shapeOf(state: SnapshotValue | undefined): ShapeOfMachine {
  const { memory, cpu, clock, nanosecondsPerInstruction: rate, agent } = isFields(state) ? state : {};
  const mode = AGENT_MODES.find((known) => known === agent);
  if (
    typeof memory !== "number" ||
    (cpu !== null && typeof cpu !== "string") ||
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
