import { IsinglassError } from "@isinglass/interface";
import { ascii, concatenate, encodeText } from "./text.js";

/** Longest line for the guest's terminal driver, which cuts at 4,096 bytes in canonical mode (termios(3)). */
const LINE_BYTES = 2000;
/** One line of base64: 2,304 bytes of data are 3,072 characters. */
const BASE64_BYTES = 2304;
/** Linux takes no argument of a program above 128 KiB (MAX_ARG_STRLEN, execve(2)). */
export const COMMAND_BYTES: number = 120_000;

const ALPHABET = ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
/** What a format of printf may not hold as it is: a backslash, a percent sign, a hyphen, which might begin an option. */
const PRINTF_SPECIAL: readonly number[] = [BACKSLASH, 0x25, 0x2d];
const LINE_END = Uint8Array.of(NEWLINE);

/** What the agent is asked to do. */
export interface AgentRequest {
  /** Given back with the result: 32 hexadecimal digits that the command cannot know. */
  readonly token: string;
  /** Text for `sh -c`. */
  readonly command: string;
  readonly stdin?: Uint8Array | undefined;
}

/** RFC 4648, section 4. */
export function base64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const left = bytes.length - from;
    const word = (bytes[from]! << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    out[to] = ALPHABET[word >>> 18]!;
    out[to + 1] = ALPHABET[(word >>> 12) & 63]!;
    out[to + 2] = left > 1 ? ALPHABET[(word >>> 6) & 63]! : 0x3d;
    out[to + 3] = left > 2 ? ALPHABET[word & 63]! : 0x3d;
  }
  return out;
}

/** Whether a byte may stand in a line as it is: everything but control characters. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

/** The operand of printf(1) that writes these bytes: what is special to it or to a terminal becomes an octal escape. */
function printfFormat(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (isPlain(byte) && !PRINTF_SPECIAL.includes(byte) && byte < 0x80) out.push(byte);
    else out.push(BACKSLASH, 0x30 + (byte >> 6), 0x30 + ((byte >> 3) & 7), 0x30 + (byte & 7));
  }
  return Uint8Array.from(out);
}

function line(tag: string, content: Uint8Array): Uint8Array {
  return concatenate([ascii(tag), content, LINE_END]);
}

/** The command as lines: pieces that end in a newline (L), that do not (C), and pieces with control characters in them (X). */
function encodeCommand(command: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < command.length;) {
    const odd = !isPlain(command[at]!) && command[at] !== NEWLINE;
    let end = at;
    while (end < command.length && end - at < (odd ? LINE_BYTES / 4 : LINE_BYTES)) {
      const byte = command[end]!;
      if (byte === NEWLINE || isPlain(byte) === odd) break;
      end += 1;
    }
    const piece = command.subarray(at, end);
    if (odd) lines.push(line("X", printfFormat(piece)));
    else if (command[end] === NEWLINE) {
      lines.push(line("L", piece));
      end += 1;
    } else lines.push(line("C", piece));
    at = end;
  }
  return lines;
}

function encodeInput(input: Uint8Array, hasBase64: boolean): Uint8Array[] {
  const step = hasBase64 ? BASE64_BYTES : LINE_BYTES / 4;
  const count = Math.ceil(input.length / step);
  const lines: Uint8Array[] = [line(hasBase64 ? "B" : "P", ascii(String(count)))];
  for (let at = 0; at < input.length; at += step) {
    const piece = input.subarray(at, at + step);
    lines.push(line("", hasBase64 ? base64(piece) : printfFormat(piece)));
  }
  return lines;
}

/**
 * The lines that ask the agent to run a command.
 *
 * @param hasBase64 the guest has base64(1) and head(1); else input goes through the shell's printf, at a fraction of the speed
 * @throws IsinglassError `ISG_EXEC_BAD_COMMAND` for a command with a NUL or of more than {@link COMMAND_BYTES}
 */
export function encodeRequest(request: AgentRequest, hasBase64: boolean): Uint8Array {
  const command = encodeText(request.command);
  if (command.includes(0)) {
    throw new IsinglassError(
      "ISG_EXEC_BAD_COMMAND",
      `exec: the command has a NUL at byte ${command.indexOf(0)}; no shell can take one`,
    );
  }
  if (command.length > COMMAND_BYTES) {
    throw new IsinglassError(
      "ISG_EXEC_BAD_COMMAND",
      `exec: a command of ${command.length} bytes; at most ${COMMAND_BYTES} are right, write longer scripts to a file first`,
      { length: command.length },
    );
  }
  const { stdin } = request;
  return concatenate([
    line("T", ascii(request.token)),
    ...encodeCommand(command),
    ...(stdin === undefined || stdin.length === 0 ? [] : encodeInput(stdin, hasBase64)),
    ascii("R\n"),
  ]);
}

/** The lines that interrupt whatever the agent does and ask it for a sign of life. */
export function encodeInterrupt(token: string): Uint8Array {
  return ascii(`\x03Q${token}\n`);
}
