import { accessSync, constants, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { IsinglassError } from "@isinglass/interface";
import { errnoText } from "./input.js";

function wrong(path: string, what: string, why: string): IsinglassError {
  return new IsinglassError("ISG_CLI_FILE", `${what} ${path}: ${why}`);
}

/** What an output's name leads to: a regular file, through links if there are any, or one that is to be made. */
function target(path: string, what: string): { readonly file: string; readonly exists: boolean } {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw wrong(path, what, "is a folder, not a file");
    // A pipe would wait for its reader, and a device is not to be replaced by a file.
    if (found?.isFile() === false) throw wrong(path, what, "is no regular file");
    if (found !== undefined) return { file: realpathSync(path), exists: true };
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw wrong(path, what, "is a symbolic link to a file that is not there");
  } catch (problem) {
    // A part of the path that is no folder: the folder's own check says so.
    if ((problem as NodeJS.ErrnoException).code !== "ENOTDIR") {
      if (problem instanceof IsinglassError) throw problem;
      throw wrong(path, what, errnoText(problem));
    }
  }
  return { file: resolve(path), exists: false };
}

/**
 * Throws one clear line where a file could not be written there in the end.
 *
 * @param replaced the file is written beside its place and renamed, as {@link replaceOutput} does
 */
export function checkOutput(
  path: string,
  what: string,
  { replaced = false }: { readonly replaced?: boolean } = {},
): void {
  const { file, exists } = target(path, what);
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw wrong(path, what, `there is no folder ${folder}`);
  try {
    if (exists && !replaced) accessSync(file, constants.W_OK);
  } catch (problem) {
    throw wrong(path, what, errnoText(problem));
  }
  try {
    if (!exists || replaced) accessSync(folder, constants.W_OK);
  } catch {
    throw wrong(path, what, `the folder ${folder} may not be written to`);
  }
}

/** Writes a file that the user named; one clear line if that fails. */
export function writeOutput(path: string, what: string, content: string): void {
  const { file } = target(path, what);
  try {
    writeFileSync(file, content);
  } catch (problem) {
    throw wrong(path, what, errnoText(problem));
  }
}

/** As {@link writeOutput}; a file that was there stays whole until the new one is. */
export function replaceOutput(path: string, what: string, content: Uint8Array, mode: number): void {
  const { file } = target(path, what);
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, content, { mode });
    renameSync(part, file);
  } catch (problem) {
    rmSync(part, { force: true });
    throw wrong(path, what, errnoText(problem));
  }
}
