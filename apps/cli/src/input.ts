import { readFile } from "node:fs/promises";
import { IsinglassError } from "@isinglass/interface";

/** Reads a file that the user named; one clear line if that fails. */
export async function readInput(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "no such file"
        : code === "EISDIR"
          ? "is a folder, not a file"
          : code === "EACCES"
            ? "may not be read"
            : String(code);
    throw new IsinglassError("ISG_CLI_FILE", `${what} ${path}: ${why}`);
  }
}

/** Bytes from hexadecimal digits, with or without spaces; undefined if the text is something else. */
export function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s,]|0x/gi, "");
  if (digits === "" || digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A file or hexadecimal digits, whichever the words are. */
export async function fileOrHex(words: readonly string[], command: string): Promise<Uint8Array> {
  const joined = words.join("");
  if (joined === "")
    throw new IsinglassError("ISG_CLI_USAGE", `isg ${command}: give a file or hexadecimal bytes, such as "48 01 c8"`);
  const hex = parseHex(joined);
  if (hex !== undefined) return hex;
  if (words.length > 1)
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `isg ${command}: "${words.join(" ")}" is neither hexadecimal bytes nor one file`,
    );
  return readInput(joined, `isg ${command}:`);
}
