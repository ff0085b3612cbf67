import { IsinglassError } from "@isinglass/interface";
import { base64 } from "@scure/base";
import { printable } from "../explain.js";

/** No document has more certificates. */
const MOST_BLOCKS = 16;
/** Letters in a text: more than those of the largest list that is taken. */
const MOST_LETTERS = 4 * 2 ** 20;

function bad(message: string, cause?: unknown): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_PEM", `PEM: ${message}`, {}, cause === undefined ? {} : { cause });
}

/** Base64 with nothing but its letters (RFC 4648, 4): padding where it belongs, unused bits zero. */
export function fromBase64(text: string): Uint8Array {
  try {
    return base64.decode(text);
  } catch (problem) {
    const why = problem instanceof Error ? printable(problem.message) : "";
    throw bad(`${text.length} letters that are not base64 (${why})`, problem);
  }
}

/** Base64 of bytes. */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** PEM text of DER: lines of 64 letters. */
export function toPem(der: Uint8Array, label: string): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/**
 * The blocks of a PEM text with one label, strictly: lines of 64 letters that end alike, nothing between blocks but at most empty lines. What is
 * signed is the DER; a reader that overlooks a changed letter would accept a changed document.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_PEM`
 */
export function readPem(text: string, label = "CERTIFICATE"): Uint8Array[] {
  const out: Uint8Array[] = [];
  if (text.length > MOST_LETTERS) throw bad(`${text.length} letters; at most ${MOST_LETTERS} are taken`);
  const lines = text.split(text.includes("\r\n") ? "\r\n" : "\n");
  for (let i = 0; i < lines.length;) {
    if (lines[i] === "") {
      i += 1;
      continue;
    }
    if (lines[i] !== `-----BEGIN ${label}-----`) throw bad(`line ${i + 1} should be "-----BEGIN ${label}-----"`);
    const end = lines.indexOf(`-----END ${label}-----`, i);
    if (end < 0) throw bad(`the block that begins on line ${i + 1} does not end`);
    const body = lines.slice(i + 1, end);
    body.forEach((line, j) => {
      if (line.length !== 64 && (j < body.length - 1 || line.length > 64 || line.length === 0))
        throw bad(`line ${i + j + 2} has ${line.length} letters; 64 are right`);
    });
    out.push(fromBase64(body.join("")));
    if (out.length > MOST_BLOCKS) throw bad(`more than ${MOST_BLOCKS} blocks`);
    i = end + 1;
  }
  return out;
}

/** ASCII text of bytes. @throws IsinglassError `ISG_ENCLAVE_BAD_PEM` at a byte that is none */
export function asciiText(bytes: Uint8Array): string {
  if (bytes.length > MOST_LETTERS) throw bad(`${bytes.length} letters; at most ${MOST_LETTERS} are taken`);
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]!;
    if (byte >= 0x7f || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09))
      throw bad(`byte 0x${byte.toString(16)} is no text`);
  }
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}
