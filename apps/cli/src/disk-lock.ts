import { spawnSync } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import type { Disk } from "./disk-image.js";

/** Refuses one file as two disks, unless all only read it: each would undo what the other writes. */
export function checkDistinct(disks: readonly Disk[]): void {
  const first = new Map<string, Disk>();
  const written = new Set<string>();
  for (const disk of disks) {
    // Of what is not there the disk's own check speaks.
    const stat = statSync(disk.path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    // Not by name: links have others.
    const file = `${stat.dev} ${stat.ino}`;
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
}

const SECONDS = 10;
/** Exit code of `flock -n` where another has the lock; util-linux and busybox agree. */
const TAKEN = 1;

/**
 * Keeps other processes of isg from an image while it is written to, or from writing to it while it is read. Node has no flock(2), but the
 * lock belongs to the open file and not to the process that asks: the program `flock` takes it on ours, and it goes when ours is closed,
 * however this process ends. Where there is no such program, or the file system has no locks, there is none.
 *
 * @returns gives it back
 */
export function lockDisk({ path, readonly }: Disk): () => void {
  let file: number;
  try {
    if (!statSync(path).isFile()) return () => undefined;
    file = openSync(path, "r");
  } catch {
    // Whoever opens the disk says why that cannot be done.
    return () => undefined;
  }
  const { status } = spawnSync("flock", [readonly ? "-s" : "-x", "-n", "3"], {
    stdio: ["ignore", "ignore", "ignore", file],
    timeout: SECONDS * 1000,
  });
  if (status !== TAKEN) return () => closeSync(file);
  closeSync(file);
  const why = readonly ? "another process writes to it" : "another process has it open";
  throw new IsinglassError(
    "ISG_CLI_FILE",
    `--disk ${path}: ${why}; a disk is shared where all only read it, with ${path},ro`,
  );
}
