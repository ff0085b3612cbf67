import { IsinglassError } from "@isinglass/interface";

/** One element of DER (X.690): its tag, its contents, and all of its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly contents: Uint8Array;
  readonly whole: Uint8Array;
}

function bad(message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_DER", `DER: ${message}`);
}

/** Where the contents of an element lie. */
interface Span {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

/** Finds the element at an offset. Only the shortest form of a length is taken, as DER wants, so that one bit more or less is never overlooked. */
function spanAt(bytes: Uint8Array, at: number, end: number): Span {
  if (at + 2 > end) throw bad(`the bytes end at ${end}, inside an element`);
  const [tag, first] = [bytes[at]!, bytes[at + 1]!];
  if ((tag & 0x1f) === 0x1f) throw bad(`a long tag at ${at}`);
  let length = first;
  let header = 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw bad(`a length of ${count} bytes at ${at}`);
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0);
    header += count;
    if (length < 0x80 || length < 256 ** (count - 1)) throw bad(`a length at ${at} that is longer than it need be`);
  }
  const from = at + header;
  if (from + length > end) throw bad(`an element of ${length} bytes at ${at}, ${end - from} are left`);
  return { tag, from, to: from + length };
}

function elementAt(bytes: Uint8Array, at: number): DerElement {
  const { tag, from, to } = spanAt(bytes, at, bytes.length);
  return { tag, contents: bytes.subarray(from, to), whole: bytes.subarray(at, to) };
}

/** The one element that the bytes are. @throws IsinglassError `ISG_ENCLAVE_BAD_DER` */
export function readDer(bytes: Uint8Array, tag: number, what: string): DerElement {
  const element = elementAt(bytes, 0);
  if (element.tag !== tag) throw bad(`${what} has tag 0x${element.tag.toString(16)}; 0x${tag.toString(16)} is right`);
  if (element.whole.length !== bytes.length)
    throw bad(`${what} is followed by ${bytes.length - element.whole.length} bytes`);
  return element;
}

/** The elements inside a constructed one. */
export function derChildren(contents: Uint8Array): DerElement[] {
  const out: DerElement[] = [];
  for (let at = 0; at < contents.length;) {
    const element = elementAt(contents, at);
    out.push(element);
    at += element.whole.length;
  }
  return out;
}

/** Looks at the elements inside a constructed one, one after the other; unlike {@link derChildren}, keeps none. */
export function derEach(contents: Uint8Array, look: (element: DerElement) => void): void {
  for (let at = 0; at < contents.length;) {
    const element = elementAt(contents, at);
    look(element);
    at += element.whole.length;
  }
}

/** Elements inside elements; no certificate goes half as deep. */
const DEEPEST = 24;

/**
 * Whether contents are elements, and the constructed among them made of elements all the way down. A library that reads BER then sees nothing that DER has not.
 * Without views of the elements, which cost more than all the rest.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_DER`
 */
export function checkWellFormed(bytes: Uint8Array, start = 0, end: number = bytes.length, depth = 0): void {
  if (depth > DEEPEST) throw bad(`elements inside elements, ${DEEPEST} deep`);
  for (let at = start; at < end;) {
    const { tag, from, to } = spanAt(bytes, at, end);
    if ((tag & 0x20) !== 0) checkWellFormed(bytes, from, to, depth + 1);
    at = to;
  }
}

/** A child with a tag. */
export function derChild(children: readonly DerElement[], i: number, tag: number, what: string): DerElement {
  const child = children[i];
  if (child === undefined) throw bad(`${what} is missing`);
  if (child.tag !== tag) throw bad(`${what} has tag 0x${child.tag.toString(16)}; 0x${tag.toString(16)} is right`);
  return child;
}

/** Dotted text of an object identifier's contents (X.690, 8.19): at least one number, each in as few bytes as it needs. */
export function oidText(contents: Uint8Array): string {
  if (contents.length === 0 || contents.at(-1)! >= 0x80) throw bad("an object identifier that ends inside a number");
  const parts: number[] = [];
  let value = 0;
  for (const [i, byte] of contents.entries()) {
    if (byte === 0x80 && (i === 0 || contents[i - 1]! < 0x80))
      throw bad("an object identifier with a number that is longer than it need be");
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw bad("an object identifier with a number that is too large");
    if (byte < 0x80) {
      parts.push(value);
      value = 0;
    }
  }
  const [first = 0, ...rest] = parts;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join(".");
}

/** UTCTime and GeneralizedTime as certificates have them: to the second, in UTC (RFC 5280, 4.1.2.5). @returns milliseconds since 1970 */
export function derTime(element: DerElement | undefined, what: string): number {
  const isShort = element?.tag === 0x17;
  if (element === undefined || (!isShort && element.tag !== 0x18)) throw bad(`${what} is no time`);
  const text = String.fromCharCode(...element.contents.subarray(0, 16));
  const match = (isShort ? /^(\d\d)(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text);
  if (match === null) throw bad(`${what} is no time of ${isShort ? "12" : "14"} digits and Z`);
  const year = Number(match[1]);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = match[2]!.match(/../g)!.map(Number);
  const time = Date.UTC(isShort ? (year < 50 ? 2000 : 1900) + year : year, month - 1, day, hour, minute, second);
  // The 31st of February, or the 25th hour, would come out as another day.
  if (!new Date(time).toISOString().replace(/\D/g, "").startsWith(match[2]!, 4)) throw bad(`${what} is on no calendar`);
  return time;
}

/** Bytes of a positive INTEGER, left-padded to a length; the sign byte is dropped. */
export function derUnsigned(element: DerElement, length: number | undefined, what: string): Uint8Array {
  const { contents } = element;
  if (contents.length === 0 || contents[0]! >= 0x80) throw bad(`${what} is no positive number`);
  if (contents.length > 1 && contents[0] === 0 && contents[1]! < 0x80)
    throw bad(`${what} has a zero too many in front`);
  const digits = contents[0] === 0 && contents.length > 1 ? contents.subarray(1) : contents;
  if (length === undefined) return digits;
  if (digits.length > length) throw bad(`${what} has ${digits.length} bytes; at most ${length} are right`);
  const out = new Uint8Array(length);
  out.set(digits, length - digits.length);
  return out;
}
