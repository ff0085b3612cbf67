import { S, STATE_BYTES, TLB_VIEWS, VIEW_KEYS, type X86Cpu } from "@isinglass/cpu-x86";
import { IsinglassError, type SnapshotValue } from "@isinglass/interface";
import type { PendingEvent } from "./engine-vcpu.js";
import { type ExitInFlight, type SavedFlight, readSavedFlight } from "./exit-in-flight.js";

/** Fields that mean something only while the executor runs; zero in a snapshot, so that equal machines have equal states. */
const VOLATILE: readonly (readonly [offset: number, bytes: number])[] = [
  [S.fuel, 4],
  [S.exitCode, 4],
  [S.faultVector, 4],
  [S.faultError, 4],
  [S.faultAddress, 8],
  [S.nextRip, 8],
  [S.tlbView, 4],
  // Computed anew at each run from the interrupt controller and the intercepts.
  [S.eventPending, 4],
  [S.yields, 4],
  [S.scratch, 64],
  [S.memoryScratch, 64],
  [S.wideScratch, 64],
];

/** Names the layout of the state block: one of another layout is refused rather than misread. */
const FIELDS: readonly string[] = Object.entries(S).map(([name, offset]) => `${name}@${offset}`);
const LAYOUT: string = FIELDS.join(" ");

/** Whether a block of that layout can be read: all its fields are where they were. What has come since is zero in it. */
function isReadable(layout: SnapshotValue | undefined): boolean {
  return typeof layout === "string" && layout.split(" ").every((field) => FIELDS.includes(field));
}

export function saveVcpu(
  cpu: X86Cpu,
  instructions: number,
  event: PendingEvent | undefined,
  inFlight: ExitInFlight,
): SnapshotValue {
  const state = cpu.u8.slice(cpu.base, cpu.base + STATE_BYTES);
  for (const [offset, bytes] of VOLATILE) state.fill(0, offset, offset + bytes);
  const { keys, next } = cpu.saveViews();
  return {
    layout: LAYOUT,
    state,
    instructions,
    viewKeys: keys,
    nextView: next,
    event: event === undefined ? null : { vector: event.vector, kind: event.kind, error: event.error },
    inFlight: inFlight.save(),
  };
}

export interface LoadedVcpu {
  readonly instructions: number;
  readonly event: PendingEvent | undefined;
  readonly inFlight: SavedFlight | null;
}

/** Makes the error that says what is wrong with a saved vCPU. */
type Complaint = (what: string) => IsinglassError;

const complaintOf =
  (component: string): Complaint =>
  (what) =>
    new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${component}: ${what}`, { component });

const isInt = (value: SnapshotValue | undefined, min: number, max: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;

type Fields = { readonly [key: string]: SnapshotValue };

const isFields = (value: SnapshotValue | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function readEvent(value: SnapshotValue | undefined, bad: Complaint): PendingEvent | undefined {
  if (value === null) return undefined;
  const { vector, kind, error } = isFields(value) ? value : {};
  if (!isInt(vector, 0, 255) || !isInt(kind, 0, 3) || !isInt(error, -1, 0xffff_ffff))
    throw bad("the pending event is not one");
  return { vector, kind, error };
}

function readFlight(value: SnapshotValue | undefined, bad: Complaint): SavedFlight | null {
  if (value === null) return null;
  const flight = isFields(value) ? readSavedFlight(value) : undefined;
  if (flight === undefined) throw bad("the exit in flight is not one");
  return flight;
}

/** Checks a saved vCPU, then puts the CPU into its state. What addresses the host's memory is never taken from the file. */
export function loadVcpu(cpu: X86Cpu, saved: SnapshotValue, version: number): LoadedVcpu {
  const bad = complaintOf(`vcpu.${cpu.apicId}`);
  if (version !== 1) throw bad(`snapshot version ${version}; this build reads 1`);
  if (!isFields(saved)) throw bad("the state is not an object of fields");
  const { state, instructions, viewKeys, nextView } = saved;
  if (!isReadable(saved["layout"])) throw bad("written by a build whose CPU state is laid out differently");
  if (!(state instanceof Uint8Array) || state.length !== STATE_BYTES)
    throw bad(`the state block has not ${STATE_BYTES} bytes`);
  if (!isInt(instructions, 0, Number.MAX_SAFE_INTEGER) || !isInt(nextView, 0, Number.MAX_SAFE_INTEGER))
    throw bad("a count is not one");
  const keys = Array.isArray(viewKeys) ? (viewKeys as readonly SnapshotValue[]) : undefined;
  if (keys === undefined || keys.length > TLB_VIEWS || !keys.every((key) => isInt(key, 0, VIEW_KEYS - 1)))
    throw bad("the views are not a list of keys");
  const fields = new DataView(state.buffer, state.byteOffset, state.length);
  const limited: readonly (readonly [name: string, offset: number, last: number])[] = [
    ["cpl", S.cpl, 3],
    ["fpuTop", S.fpuTop, 7],
    ["ccOp", S.ccOp, 7],
    ["activity", S.activity, 2],
  ];
  for (const [name, offset, last] of limited)
    if (fields.getUint32(offset, true) > last) throw bad(`${name} is above ${last}`);
  const event = readEvent(saved["event"], bad);
  const inFlight = readFlight(saved["inFlight"], bad);
  cpu.u8.set(state, cpu.base);
  cpu.set64(S.zero, 0, 0);
  cpu.refresh();
  cpu.loadViews(keys, nextView);
  return { instructions, event, inFlight };
}
