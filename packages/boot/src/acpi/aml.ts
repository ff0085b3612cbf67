import { IsinglassError } from "@isinglass/interface";
import { concatBytes, encodeUtf8 } from "../bytes.js";

/**
 * Encoded AML (ACPI 6.5, chapter 20). The functions of this module take and return it, so that a definition block is an expression in the order of ASL. What
 * the types cannot say (a name in the wrong place) the disassembler finds.
 */
export type Aml = Uint8Array;

/** An object; a number or a text will do as well. */
export type AmlValue = Aml | number | string;

function op(...parts: readonly (Aml | number)[]): Aml {
  return concatBytes(parts.map((p) => (typeof p === "number" ? Uint8Array.of(p) : p)));
}

/** PkgLength (20.2.4): counts itself. One byte up to 63, else a lead byte with the low nibble and one to three bytes more. */
function packageLength(content: number, countsItself = true): Aml {
  if (content + (countsItself ? 1 : 0) < 0x40) return Uint8Array.of(content + (countsItself ? 1 : 0));
  for (let extra = 1; extra <= 3; extra++) {
    const length = content + (countsItself ? extra + 1 : 0);
    if (length >= 2 ** (4 + 8 * extra)) continue;
    const bytes = [(extra << 6) | (length & 15)];
    for (let i = 0; i < extra; i++) bytes.push(Math.floor(length / 2 ** (4 + 8 * i)) & 0xff);
    return Uint8Array.from(bytes);
  }
  throw bad(`a package of ${content} bytes; AML's limit is 256 MiB`);
}

function sized(prefix: readonly number[], content: readonly Aml[]): Aml {
  const body = concatBytes(content);
  return concatBytes([Uint8Array.from(prefix), packageLength(body.length), body]);
}

/** A name path such as `_HID`, `\_SB.PCI0` or `^LNKA`; short segments are filled with `_` (20.2.2). */
export function path(text: string): Aml {
  const match = /^(\\|\^*)((?:[A-Z_][A-Z0-9_]{0,3})(?:\.[A-Z_][A-Z0-9_]{0,3})*)?$/.exec(text);
  if (match === null)
    throw bad(
      `"${text}" is no name path; segments of up to four capitals, digits and underscores, with dots between, are right`,
    );
  const segments = match[2] === undefined ? [] : match[2].split(".");
  const out: number[] = [...encodeUtf8(match[1]!)];
  if (segments.length === 0) out.push(0x00); // NullName
  else if (segments.length === 2) out.push(0x2e);
  else if (segments.length > 2) out.push(0x2f, segments.length);
  for (const segment of segments) out.push(...encodeUtf8(segment.padEnd(4, "_")));
  return Uint8Array.from(out);
}

/** An integer in its shortest form (20.2.3). */
export function integer(value: number): Aml {
  if (!Number.isSafeInteger(value) || value < 0) throw bad(`the integer ${value}`);
  if (value <= 1) return Uint8Array.of(value);
  if (value < 0x100) return Uint8Array.of(0x0a, value);
  if (value < 0x1_0000) return Uint8Array.of(0x0b, value & 0xff, value >> 8);
  const wide = value >= 2 ** 32;
  const out = new Uint8Array(wide ? 9 : 5);
  out[0] = wide ? 0x0e : 0x0c;
  for (let i = 1, v = value; i < out.length; i++, v = Math.floor(v / 256)) out[i] = v % 256;
  return out;
}

export function string(text: string): Aml {
  const bytes = encodeUtf8(text);
  if (bytes.length !== text.length || bytes.includes(0))
    throw bad(`the string ${JSON.stringify(text)}; ASCII without NUL is right`);
  return op(0x0d, bytes, 0x00);
}

function object(v: AmlValue): Aml {
  return typeof v === "number" ? integer(v) : typeof v === "string" ? string(v) : v;
}

/** A plug-and-play identifier such as `PNP0A03`, compressed as EISA does (19.3.4, EISAID). */
export function eisaId(id: string): Aml {
  if (!/^[A-Z]{3}[0-9A-F]{4}$/.test(id))
    throw bad(`the EISA identifier "${id}"; three capitals and four hexadecimal digits are right`);
  const c = [0, 1, 2].map((i) => id.charCodeAt(i) - 0x40);
  const high = (c[0]! << 10) | (c[1]! << 5) | c[2]!;
  const low = Number.parseInt(id.slice(3), 16);
  return Uint8Array.of(0x0c, high >> 8, high & 0xff, low >> 8, low & 0xff);
}

export function name(at: string, v: AmlValue): Aml {
  return op(0x08, path(at), object(v));
}

export function scope(at: string, ...content: readonly Aml[]): Aml {
  return sized([0x10], [path(at), ...content]);
}

export function device(at: string, ...content: readonly Aml[]): Aml {
  return sized([0x5b, 0x82], [path(at), ...content]);
}

/** A package of at most 255 elements. */
export function pkg(...elements: readonly AmlValue[]): Aml {
  if (elements.length > 255) throw bad(`a package of ${elements.length} elements; the limit is 255`);
  return sized([0x12], [Uint8Array.of(elements.length), ...elements.map(object)]);
}

export function buffer(bytes: Uint8Array): Aml {
  return sized([0x11], [integer(bytes.length), bytes]);
}

export function method(at: string, argumentCount: number, ...body: readonly Aml[]): Aml {
  return sized([0x14], [path(at), Uint8Array.of(argumentCount & 7), ...body]);
}

/** A method that one thread at a time runs: needed where it creates a name, such as a field of a buffer. */
export function serializedMethod(at: string, argumentCount: number, ...body: readonly Aml[]): Aml {
  return sized([0x14], [path(at), Uint8Array.of((argumentCount & 7) | 0x08), ...body]);
}

/** Names the 32 bits of a buffer that begin at byte `offset`. */
export function createDwordField(source: Aml, offset: number, at: string): Aml {
  return op(0x8a, source, integer(offset), path(at));
}

/** `Arg0` to `Arg6`. */
export function arg(n: number): Aml {
  return Uint8Array.of(0x68 + n);
}

/** `Local0` to `Local7`. */
export function local(n: number): Aml {
  return Uint8Array.of(0x60 + n);
}

export function returns(v: AmlValue): Aml {
  return op(0xa4, object(v));
}

export function store(from: AmlValue, to: Aml): Aml {
  return op(0x70, object(from), to);
}

export function equal(a: AmlValue, b: AmlValue): Aml {
  return op(0x93, object(a), object(b));
}

export function and(a: AmlValue, b: AmlValue): Aml {
  return op(0x7b, object(a), object(b), 0x00);
}

export function or(a: AmlValue, b: AmlValue): Aml {
  return op(0x7d, object(a), object(b), 0x00);
}

export function ifElse(condition: Aml, then: readonly Aml[], otherwise: readonly Aml[] = []): Aml {
  const first = sized([0xa0], [condition, ...then]);
  return otherwise.length === 0 ? first : op(first, sized([0xa1], otherwise));
}

const REGION_SPACE = { memory: 0, io: 1, pciConfig: 2 } as const;

export function operationRegion(at: string, space: keyof typeof REGION_SPACE, offset: number, length: number): Aml {
  return op(0x5b, 0x80, path(at), REGION_SPACE[space], integer(offset), integer(length));
}

/** Fields of an operation region: names with their width in bits, `null` for bits left out. Access is by bytes. */
export function field(region: string, fields: readonly (readonly [name: string | null, bits: number])[]): Aml {
  const list = fields.map(([n, bits]) => op(n === null ? 0x00 : path(n), packageLength(bits, false)));
  return sized([0x5b, 0x81], [path(region), Uint8Array.of(0x01), ...list]);
}

function bad(what: string): IsinglassError {
  return new IsinglassError("ISG_BOOT_BAD_VALUE", `AML: ${what}`);
}
