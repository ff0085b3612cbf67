import { existsSync } from "node:fs";
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

/** Something that can only be meant as the name of a file. */
const LOOKS_LIKE_PATH = /[/\\.]/;

/** A file or hexadecimal digits, whichever `text` is; `what` names the option or command in messages. */
export async function codeOrFile(text: string, what: string): Promise<Uint8Array> {
  const hex = parseHex(text);
  if (hex !== undefined) return hex;
  if (LOOKS_LIKE_PATH.test(text) || existsSync(text)) return readInput(text, what);
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
