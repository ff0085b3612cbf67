import { toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";

/** A run of bits in a number, and what it means. */
export interface BitSpec {
  readonly name: string;
  readonly bit: number;
  /** 1 unless given. */
  readonly width?: number;
  readonly meaning: string;
}

/** A field of a fixed structure: where it lies, and what it means. */
export interface FieldSpec {
  readonly name: string;
  readonly at: number;
  readonly size: number;
  /** `number` is little-endian; `zero` must hold zeros; `bytes` is anything. */
  readonly kind: "number" | "bytes" | "zero";
  readonly meaning: string;
  readonly bits?: readonly BitSpec[];
  /** Says a value in words, where digits do not. */
  readonly show?: (bytes: Uint8Array) => string;
}

/** A fixed structure of a specification. */
export interface Layout {
  readonly name: string;
  readonly size: number;
  /** Document, section, table. */
  readonly source: string;
  readonly fields: readonly FieldSpec[];
}

/** Makers of a layout's fields: name, offset, size in bytes, meaning. */
export const FIELD = {
  bytes: (name: string, at: number, size: number, meaning: string): FieldSpec => ({
    name,
    at,
    size,
    kind: "bytes",
    meaning,
  }),
  number: (name: string, at: number, size: number, meaning: string, bits?: readonly BitSpec[]): FieldSpec => ({
    name,
    at,
    size,
    kind: "number",
    meaning,
    ...(bits === undefined ? {} : { bits }),
  }),
  /** A reserved area; its name tells its offset. */
  zero: (at: number, size: number): FieldSpec => ({
    name: `reserved_${at.toString(16)}`,
    at,
    size,
    kind: "zero",
    meaning: "reserved",
  }),
} as const;

/** One line of an explanation. */
export interface ExplainedField {
  /** Dotted path, such as `report.policy.DEBUG`. */
  readonly name: string;
  /** Offset in the document, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** Hexadecimal digits of the field's bytes; empty for runs of bits. */
  readonly bytes: string;
  readonly value: string;
  readonly meaning: string;
}

/**
 * The line of bytes that lie at an offset of the document.
 *
 * @param value what they say; their digits unless given
 */
export function explainBytes(
  name: string,
  offset: number,
  part: Uint8Array,
  meaning: string,
  value: string = showBytes(part),
): ExplainedField {
  return { name, offset, size: part.length, bytes: toHex(part), value, meaning };
}

/** A line that no bytes of the document's own stand for. */
export function explainValue(name: string, offset: number, value: string, meaning: string): ExplainedField {
  return { name, offset, size: 0, bytes: "", value, meaning };
}

/** A little-endian number of up to 6 bytes. */
export function readSmall(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + bytes[at + i]!;
  return value;
}

/** A little-endian number of up to 8 bytes. */
export function readNumber(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[at + i]!);
  return value;
}

/** Writes a little-endian number. */
export function writeNumber(bytes: Uint8Array, at: number, size: number, value: bigint): void {
  for (let i = 0; i < size; i += 1) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}

function fieldOf(layout: Layout, name: string): FieldSpec {
  const field = layout.fields.find((one) => one.name === name);
  if (field === undefined) throw new IsinglassError("ISG_ENCLAVE_NO_FIELD", `${layout.name} has no field ${name}`);
  return field;
}

/** The bytes of a fixed structure, read and written by the names of its fields. */
export class Structure {
  readonly layout: Layout;
  readonly bytes: Uint8Array;

  /**
   * @param bytes exactly the structure's; zeros unless given
   * @throws IsinglassError `ISG_ENCLAVE_BAD_SIZE`
   */
  constructor(layout: Layout, bytes: Uint8Array = new Uint8Array(layout.size)) {
    if (bytes.length !== layout.size)
      throw new IsinglassError(
        "ISG_ENCLAVE_BAD_SIZE",
        `${layout.name}: ${bytes.length} bytes; ${layout.size} are right`,
        {
          size: bytes.length,
        },
      );
    this.layout = layout;
    // A plain view: slice() of a Node Buffer would not copy.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The number in a field. */
  big(name: string): bigint {
    const field = fieldOf(this.layout, name);
    return readNumber(this.bytes, field.at, field.size);
  }

  /** The same as a number; of a field of 8 bytes that is exact up to 2^53. */
  number(name: string): number {
    const field = fieldOf(this.layout, name);
    return field.size <= 6 ? readSmall(this.bytes, field.at, field.size) : Number(this.big(name));
  }

  /** A view of a field's bytes. */
  part(name: string): Uint8Array {
    const field = fieldOf(this.layout, name);
    return this.bytes.subarray(field.at, field.at + field.size);
  }

  hex(name: string): string {
    return toHex(this.part(name));
  }

  /** Sets a field; returns this. Bytes must fill the field. */
  set(name: string, value: number | bigint | Uint8Array): this {
    const field = fieldOf(this.layout, name);
    if (typeof value === "number" || typeof value === "bigint") {
      const big = BigInt(value);
      if (big < 0n || big >> BigInt(8 * field.size) !== 0n)
        throw new IsinglassError(
          "ISG_ENCLAVE_BAD_VALUE",
          `${this.layout.name}.${name}: ${big} does not fit ${field.size} bytes`,
        );
      writeNumber(this.bytes, field.at, field.size, big);
      return this;
    }
    if (value.length !== field.size)
      throw new IsinglassError(
        "ISG_ENCLAVE_BAD_VALUE",
        `${this.layout.name}.${name}: ${value.length} bytes; ${field.size} are right`,
      );
    this.bytes.set(value, field.at);
    return this;
  }

  /** The first field that ought to be zero and is not. */
  notZero(): FieldSpec | undefined {
    return this.layout.fields.find((field) => {
      if (field.kind !== "zero") return false;
      for (let i = field.at; i < field.at + field.size; i += 1) if (this.bytes[i] !== 0) return true;
      return false;
    });
  }

  /**
   * Every field, its bytes and meaning; runs of bits follow their number.
   *
   * @param prefix put before the names
   * @param offset where the structure begins in the document
   */
  explain(prefix: string, offset = 0): ExplainedField[] {
    const out: ExplainedField[] = [];
    for (const field of this.layout.fields) {
      const bytes = this.bytes.subarray(field.at, field.at + field.size);
      const number = field.kind === "number" ? readNumber(bytes, 0, field.size) : undefined;
      const value =
        field.show !== undefined ? field.show(bytes) : number === undefined ? showBytes(bytes) : showNumber(number);
      const name = `${prefix}.${field.name}`;
      out.push(explainBytes(name, offset + field.at, bytes, field.meaning, value));
      if (field.bits !== undefined) out.push(...explainBits(name, offset + field.at, number ?? 0n, field.bits));
    }
    return out;
  }
}

/** The runs of bits in a number; bits that are set and have no name come last, in one line. */
function explainBits(name: string, offset: number, number: bigint, specs: readonly BitSpec[]): ExplainedField[] {
  const out: ExplainedField[] = [];
  let rest = number;
  for (const { name: bit, bit: at, width = 1, meaning } of specs) {
    const run = (number >> BigInt(at)) & ((1n << BigInt(width)) - 1n);
    rest &= ~(((1n << BigInt(width)) - 1n) << BigInt(at));
    const where = width > 1 ? `bits ${at + width - 1}:${at}` : `bit ${at}`;
    out.push(explainValue(`${name}.${bit}`, offset + (at >> 3), String(run), `${where}: ${meaning}`));
  }
  if (rest !== 0n)
    out.push(explainValue(`${name}.unknown`, offset, `0x${rest.toString(16)}`, "bits that are set and not known here"));
  return out;
}

function showNumber(value: bigint): string {
  return value < 10n ? String(value) : `${value} (0x${value.toString(16)})`;
}

function showBytes(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return "all zero";
  return toHex(bytes);
}

/** The gaps between a layout's fields that no field covers; a layout that is right has none. */
export function uncovered(layout: Layout): string[] {
  const gaps: string[] = [];
  let next = 0;
  for (const field of layout.fields) {
    if (field.at !== next)
      gaps.push(`${layout.name}: 0x${next.toString(16)} to 0x${field.at.toString(16)}, before ${field.name}`);
    next = field.at + field.size;
  }
  if (next !== layout.size)
    gaps.push(`${layout.name}: 0x${next.toString(16)} to 0x${layout.size.toString(16)}, at the end`);
  return gaps;
}
