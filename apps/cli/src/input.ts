import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { IsinglassError } from "@isinglass/interface";

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "a part of the path is no folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "is on a file system that may only be read",
  ENOSPC: "there is no space left on the disk",
  EDQUOT: "there is no space left for this user",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "symbolic links go round in a circle",
  EMFILE: "too many files are open",
  EFBIG: "the file would be too large",
};

/** What an operating system's error means, in words. */
export function errnoText(problem: unknown): string {
  const { code } = problem as NodeJS.ErrnoException;
  if (code !== undefined) return ERRORS[code] ?? `cannot be used (${code})`;
  return problem instanceof Error ? (problem.message.split("\n")[0] ?? "") : String(problem);
}

/** Reads a file that the user named; one clear line if that fails. */
export async function readInput(path: string, what: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // Looked at before it is opened: a pipe would wait for a writer, and some devices have no end.
    if (!found.isFile() && !found.isDirectory())
      throw new IsinglassError("ISG_CLI_FILE", `${what} ${path}: is no regular file`);
    return await readFile(path);
  } catch (problem) {
    if (problem instanceof IsinglassError) throw problem;
    throw new IsinglassError("ISG_CLI_FILE", `${what} ${path}: ${errnoText(problem)}`);
  }
}

/** Does something with what a file holds; an error of ours then names the file, as one of {@link readInput} does. */
export function naming<T>(path: string, what: string, use: () => T): T {
  try {
    return use();
  } catch (problem) {
    if (!(problem instanceof IsinglassError)) throw problem;
    throw new IsinglassError(problem.code, `${what} ${path}: ${problem.message}`, problem.data, { cause: problem });
  }
}

/** Bytes from hexadecimal digits, with or without spaces; undefined if the text is something else. */
export function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s,]|0x/gi, "");
  if (digits === "" || digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Something that can only be meant as the name of a file. */
const LOOKS_LIKE_PATH = /[/\\.]/;

/** A file or hexadecimal digits, whichever `text` is; `what` names the option or command in messages. */
export async function codeOrFile(text: string, what: string): Promise<Uint8Array> {
  const hex = parseHex(text);
  if (hex !== undefined) return hex;
  if (LOOKS_LIKE_PATH.test(text) || existsSync(text)) {
    const file = await readInput(text, what);
    if (file.length === 0) throw new IsinglassError("ISG_CLI_FILE", `${what} ${text}: the file is empty`);
    return file;
  }
  const digits = text.replace(/[\s,]|0x/gi, "");
  const why = /^[0-9a-f]+$/i.test(digits)
    ? `"${text}" has ${digits.length} hexadecimal digits; a byte has two`
    : `"${text}" is neither hexadecimal bytes, such as "48 01 c8", nor a file`;
  throw new IsinglassError("ISG_CLI_USAGE", `${what} ${why}`);
}

/** Code out of a command's words: hexadecimal bytes, together or apart, or one file. */
export async function fileOrHex(words: readonly string[], command: string): Promise<Uint8Array> {
  if (words.join("") === "")
    throw new IsinglassError("ISG_CLI_USAGE", `isg ${command}: give a file or hexadecimal bytes, such as "48 01 c8"`);
  const bad = words.length > 1 ? words.find((word) => !/^(0x)?[0-9a-f]*,?$/i.test(word.replace(/\s/g, ""))) : undefined;
  if (bad !== undefined) {
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `isg ${command}: "${words.join(" ")}" is neither hexadecimal bytes nor one file: "${bad}" is no byte`,
    );
  }
  return codeOrFile(words.join(words.length > 1 ? " " : ""), `isg ${command}:`);
}
