import { IsinglassError } from "@isinglass/interface";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Values of letters by their codes; 255 for what is none. */
const VALUES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = ALPHABET.indexOf(String.fromCharCode(code));
  return value < 0 ? 255 : value;
});
/** No document has more certificates. */
const MOST_BLOCKS = 16;

function bad(message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_PEM", `PEM: ${message}`);
}

/** Base64 with nothing but its letters (RFC 4648, 4): padding where it belongs, unused bits zero. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw bad(`${text.length} letters of base64; a multiple of 4 is right`);
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let group = 0;
    for (let j = 0; j < 4; j += 1) {
      const isPadding = i + j >= text.length - padding;
      const value = isPadding ? 0 : (VALUES[text.charCodeAt(i + j)] ?? 255);
      if (value > 63) throw bad(`${JSON.stringify(text[i + j])} is no letter of base64`);
      group = group * 64 + value;
    }
    for (let shift = 16; shift >= 0 && at < out.length; shift -= 8) out[at++] = (group >> shift) & 255;
    if (i + 4 === text.length && (group & ((1 << (8 * padding)) - 1)) !== 0)
      throw bad("bits after the end are not zero");
  }
  return out;
}

/** Base64 of bytes. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let j = 0; j < 4; j += 1) text += i + j > bytes.length ? "=" : ALPHABET[(group >> (18 - 6 * j)) & 63]!;
  }
  return text;
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
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]!;
    if (byte >= 0x7f || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09))
      throw bad(`byte 0x${byte.toString(16)} is no text`);
  }
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}
