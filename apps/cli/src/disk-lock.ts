import { spawnSync } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { type Disk, backingFiles } from "./disk-image.js";

/** By what a file is known. Not by its name: links have others. Of what is not there the disk's own check speaks. */
function identity(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev} ${stat.ino}`;
}

/** Refuses one file as two disks, unless all only read it: each would undo what the other writes. Nor may a guest write to what another of its disks is based on. */
export function checkDistinct(disks: readonly Disk[]): void {
  const first = new Map<string, Disk>();
  const written = new Set<string>();
  for (const disk of disks) {
    const file = identity(disk.path);
    if (file === undefined) continue;
    const other = first.get(file);
    if (!disk.readonly) written.add(file);
    if (other === undefined) first.set(file, disk);
    else if (written.has(file)) {
      const what = other.path === disk.path ? "is given twice" : `and ${other.path} are one file`;
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `--disk ${disk.path}: ${what}, and a guest would write to it; ${disk.path},ro may be given as often as wanted`,
      );
    }
  }
  if (written.size === 0 || disks.length === 1) return;
  for (const disk of disks) {
    for (const backing of backingFiles(disk)) {
      const file = identity(backing);
      if (file === undefined || !written.has(file)) continue;
      const { path } = first.get(file)!;
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `--disk ${path}: ${disk.path} is based on it, and a guest would write to it; ${path},ro is right`,
      );
    }
  }
}

const SECONDS = 10;
/** Exit code of `flock -n` where another has the lock; util-linux and busybox agree. */
const TAKEN = 1;

/**
 * Keeps other processes of isg from an image while it is written to, or from writing to it while it is read. Node has no flock(2), but the
 * lock belongs to the open file and not to the process that asks: the program `flock` takes it on ours, and it goes when ours is closed,
 * however this process ends. Where there is no such program, or the file system has no locks, there is none.
 *
 * @param backing the file that `path` is based on, to be locked in its place
 * @returns gives it back
 */
export function lockDisk({ path, readonly }: Disk, backing?: string): () => void {
  const shared = readonly || backing !== undefined;
  let file: number;
  try {
    if (!statSync(backing ?? path).isFile()) return () => undefined;
    file = openSync(backing ?? path, "r");
  } catch {
    // Whoever opens the disk says why that cannot be done.
    return () => undefined;
  }
  const { status } = spawnSync("flock", [shared ? "-s" : "-x", "-n", "3"], {
    stdio: ["ignore", "ignore", "ignore", file],
    timeout: SECONDS * 1000,
  });
  if (status !== TAKEN) return () => closeSync(file);
  closeSync(file);
  if (backing !== undefined)
    throw new IsinglassError("ISG_CLI_FILE", `--disk ${path}: another process writes to its backing file ${backing}`);
  const why = readonly ? "another process writes to it" : "another process has it open";
  throw new IsinglassError(
    "ISG_CLI_FILE",
    `--disk ${path}: ${why}; a disk is shared where all only read it, with ${path},ro`,
  );
}
