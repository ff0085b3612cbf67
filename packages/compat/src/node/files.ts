/** Files that a user names, of which what cannot be read is one line, and folders for files of our own. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IsinglassError } from "@isinglass/interface";

/** Larger than any program or dump: something else was named. */
const LARGEST = 512 * 1024 * 1024;

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "is a folder",
  ENOTDIR: "a part of the path is no folder",
  EACCES: "may not be read",
  EPERM: "may not be read",
  ELOOP: "symbolic links go round in a circle",
  ENAMETOOLONG: "the name is too long",
};

/**
 * Reads a file of at most 512 MiB. Pipes and devices are refused before they are opened: some wait for ever, some have no end.
 *
 * @throws IsinglassError ISG_COMPAT_FILE
 */
export function readRegularFile(path: string): Uint8Array {
  const fail = (why: string): IsinglassError => new IsinglassError("ISG_COMPAT_FILE", `${path}: ${why}`);
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw fail("is a folder");
    if (!found.isFile()) throw fail("is no regular file");
    if (found.size > LARGEST) throw fail(`${found.size} bytes; at most ${LARGEST} are read`);
    return readFileSync(path);
  } catch (problem) {
    if (problem instanceof IsinglassError) throw problem;
    const { code = "" } = problem as NodeJS.ErrnoException;
    throw fail(ERRORS[code] ?? `cannot be read (${code})`);
  }
}

/** Runs `work` with a folder of its own, which is gone afterwards. */
export function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "isg-compat-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
