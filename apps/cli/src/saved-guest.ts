import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { IsinglassError } from "@isinglass/interface";
import { type Disk, diskBytes, diskWord } from "./disk-image.js";
import { readInput } from "./input.js";
import { checkDistinct } from "./disk-lock.js";
import { replaceOutput } from "./output-file.js";

/** What a saved guest needs around it before its state can be put back. */
export interface SavedBoard {
  /** What was booted: `builtin`, `debian`, or `run` for a kernel of the user's own. Not in files of before 2026-11-22. */
  readonly guest?: string;
  /** Bytes of RAM. */
  readonly memory: number;
  readonly cpu: string;
  /** Processors; one where it is not said. */
  readonly cpus?: number;
  /** With a virtio source of random numbers. */
  readonly rng: boolean;
  readonly disks: readonly SavedDisk[];
}

export interface SavedDisk extends Disk {
  readonly bytes: number;
}

/** The first line of a file: this, a version, the SHA-256 of the rest of the line, and the board as JSON. The machine's state follows. */
const MAGIC = "ISGGUEST";
const VERSION = "1";
/** The line ends within this, whatever disks there are. */
const LONGEST_LINE = 65536;
const NEWLINE = 10;
/** The guest's memory is in the file, with whatever it keeps secret. */
const OWNER_ONLY = 0o600;

function bad(path: string, what: string): IsinglassError {
  return new IsinglassError("ISG_CLI_STATE", `--restore ${path}: ${what}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Describes disks for the file: where they are and how large. */
export function savedDisks(disks: readonly Disk[]): SavedDisk[] {
  return disks.map((disk) => ({ ...disk, path: resolve(disk.path), bytes: diskBytes(disk) }));
}

/** Writes a guest's state; a file that was there stays whole until the new one is. */
export function writeSavedGuest(path: string, board: SavedBoard, state: Uint8Array): void {
  const json = JSON.stringify(board);
  const line = Buffer.from(`${MAGIC} ${VERSION} ${sha256(json)} ${json}\n`);
  replaceOutput(path, "--save", Buffer.concat([line, state]), OWNER_ONLY);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readDisk(value: unknown): SavedDisk | undefined {
  if (!isObject(value)) return undefined;
  const { path, readonly, bytes, format, snapshot } = value;
  if (typeof path !== "string" || typeof readonly !== "boolean" || typeof bytes !== "number") return undefined;
  if (format !== undefined && format !== "raw" && format !== "qcow2") return undefined;
  if (snapshot !== undefined && typeof snapshot !== "string") return undefined;
  return {
    path,
    readonly,
    bytes,
    ...(format === undefined ? {} : { format }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}

function readBoard(json: string): SavedBoard | undefined {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) return undefined;
  const { guest, memory, cpu, cpus, rng, disks } = value;
  if (guest !== undefined && typeof guest !== "string") return undefined;
  if (typeof memory !== "number" || typeof cpu !== "string" || typeof rng !== "boolean" || !Array.isArray(disks))
    return undefined;
  if (cpus !== undefined && typeof cpus !== "number") return undefined;
  const read = disks.map(readDisk);
  return read.every((disk) => disk !== undefined)
    ? {
        ...(guest === undefined ? {} : { guest }),
        memory,
        cpu,
        ...(cpus === undefined ? {} : { cpus }),
        rng,
        disks: read,
      }
    : undefined;
}

/** Reads a file of {@link writeSavedGuest}; what the state itself holds is checked when it is put back. */
export async function readSavedGuest(
  path: string,
): Promise<{ readonly board: SavedBoard; readonly state: Uint8Array }> {
  const file = await readInput(path, "--restore");
  const end = file.subarray(0, LONGEST_LINE).indexOf(NEWLINE);
  const line = new TextDecoder().decode(file.subarray(0, end < 0 ? LONGEST_LINE : end));
  const [magic, version, hash, ...rest] = line.split(" ");
  if (magic !== MAGIC) throw bad(path, `does not begin with "${MAGIC}": not a guest that isg --save wrote`);
  if (end < 0) throw bad(path, "ends inside its first line: the file is cut short");
  if (version !== VERSION) throw bad(path, `version ${version}; this isg reads version ${VERSION}`);
  const json = rest.join(" ");
  if (sha256(json) !== hash) throw bad(path, "the checksum of its first line is wrong: the file is damaged");
  const board = readBoard(json);
  if (board === undefined) throw bad(path, "its first line does not describe a board");
  return { board, state: file.subarray(end + 1) };
}

/** What the command line says of the board; undefined: nothing. */
export interface WantedBoard {
  readonly memory: number | undefined;
  readonly cpu: string | undefined;
  readonly cpus: number | undefined;
  readonly disks: readonly Disk[] | undefined;
}

const mebibytes = (bytes: number): string => `${bytes / 1048576}M`;

function describeDisks(disks: readonly Disk[]): string {
  if (disks.length === 0) return "no disk";
  return disks.map((disk) => `--disk ${diskWord(disk)}`).join(" ");
}

/** How the guest of a saved board was started. */
function startedBy(guest: string): string {
  return guest === "run" ? "isg run" : `isg boot ${guest}`;
}

/** Throws where another guest was saved than the one that the command line names. */
export function fitGuest(path: string, { guest }: SavedBoard, named: string | undefined): void {
  if (guest === undefined || named === undefined || guest === named) return;
  throw bad(
    path,
    `was saved by ${startedBy(guest)}, not ${startedBy(named)}; isg run --restore goes on with any saved guest`,
  );
}

/** Disks of a restored guest: those that were saved, or others of the same sizes and rights. Throws where they do not fit. */
export function fitBoard(path: string, board: SavedBoard, wanted: WantedBoard): readonly Disk[] {
  const differs = (saved: string, now: string): IsinglassError =>
    bad(path, `was saved with ${saved}, not ${now}; leave the option out, or give the same`);
  if (wanted.memory !== undefined && wanted.memory !== board.memory)
    throw differs(`--memory ${mebibytes(board.memory)}`, `--memory ${mebibytes(wanted.memory)}`);
  if (wanted.cpu !== undefined && wanted.cpu !== board.cpu) throw differs(`--cpu ${board.cpu}`, `--cpu ${wanted.cpu}`);
  const cpus = board.cpus ?? 1;
  if (wanted.cpus !== undefined && wanted.cpus !== cpus) throw differs(`--smp ${cpus}`, `--smp ${wanted.cpus}`);
  const disks = wanted.disks ?? board.disks;
  if (disks.length !== board.disks.length || disks.some(({ readonly }, i) => readonly !== board.disks[i]!.readonly))
    throw differs(describeDisks(board.disks), describeDisks(disks));
  disks.forEach((disk, i) => {
    const { bytes } = board.disks[i]!;
    if (!existsSync(disk.path)) throw bad(path, `its disk ${disk.path}: no such file`);
    const now = diskBytes(disk);
    if (now !== bytes) throw bad(path, `its disk ${disk.path} has ${now} bytes; when saved it had ${bytes}`);
  });
  checkDistinct(disks);
  return disks;
}
