import { type Stats, closeSync, fstatSync, openSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";

/** Opens a regular file, or throws what {@link failed} says; `right` ends the message where it is something else. */
export function openHostFile(
  path: string,
  readonly: boolean,
  right: string,
): { readonly file: number; readonly stat: Stats } {
  const file = attempt(path, `open for ${readonly ? "reading" : "reading and writing"}`, () =>
    openSync(path, readonly ? "r" : "r+"),
  );
  const stat = fstatSync(file);
  if (stat.isFile()) return { file, stat };
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
