import { type Stats, closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";

/** Opens a regular file, or throws what {@link failed} says; `right` ends the message where it is something else. */
export function openHostFile(
  path: string,
  readonly: boolean,
  right: string,
): { readonly file: number; readonly stat: Stats } {
  const what = `open for ${readonly ? "reading" : "reading and writing"}`;
  // Looked at before it is opened: opening a pipe would wait for somebody at its other end.
  if (!attempt(path, what, () => statSync(path)).isFile())
    throw new IsinglassError("ISG_BLOCK_IO", `${path}: it is no regular file; ${right} is right`);
  const file = attempt(path, what, () =>
    openSync(path, (readonly ? constants.O_RDONLY : constants.O_RDWR) | constants.O_NONBLOCK),
  );
  try {
    const stat = attempt(path, "look at", () => fstatSync(file));
    if (stat.isFile()) return { file, stat };
  } catch (problem) {
    closeSync(file);
    throw problem;
  }
  closeSync(file);
  throw new IsinglassError("ISG_BLOCK_IO", `${path}: it is no regular file; ${right} is right`);
}

/** Calls the operating system; what it throws becomes an `ISG_BLOCK_IO` that names the file and what was done with it. */
export function attempt<T>(path: string, what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new IsinglassError("ISG_BLOCK_IO", `${path}: ${what} failed: ${reason}`, {}, { cause: error });
  }
}
