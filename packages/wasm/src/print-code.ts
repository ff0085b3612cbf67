import { WASM_INSTRUCTIONS, WASM_TYPE, type WasmInstruction } from "./opcodes.js";
import type { ByteReader } from "./reader.js";

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(WASM_TYPE)
    .filter(([name]) => name !== "void")
    .map(([name, code]) => [code, name]),
);

/** Reads a value type and gives its name in the text format. */
export function readType(reader: ByteReader): string {
  const start = reader.offset;
  const code = reader.u8();
  const name = TYPE_NAMES.get(code);
  if (name === undefined) throw reader.malformed(`0x${code.toString(16)} is no value type`, start);
  return name;
}

const BY_CODE: ReadonlyMap<number, WasmInstruction> = new Map(
  WASM_INSTRUCTIONS.map((row) => [row.prefix * 0x10000 + row.code, row]),
);

function readInstruction(reader: ByteReader): WasmInstruction {
  const start = reader.offset;
  const first = reader.u8();
  const isPrefix = first === 0xfc || first === 0xfd;
  const code = isPrefix ? reader.u32() : first;
  const row = code < 0x10000 ? BY_CODE.get((isPrefix ? first : 0) * 0x10000 + code) : undefined;
  if (row === undefined) {
    const shown = isPrefix ? `0x${first.toString(16)} ${code}` : `0x${first.toString(16)}`;
    throw reader.malformed(`${shown} is no instruction that is known here`, start);
  }
  return row;
}

/** Bytes that a load or store moves, from its name: what its alignment is if none is written. */
function naturalAlignment(name: string): number {
  const [type = "", access = ""] = name.split(".");
  const vector = /^(?:load|store)(\d+)x(\d+)/.exec(access);
  if (vector !== null) return (Number(vector[1]) * Number(vector[2])) / 8;
  const bits = /^(?:load|store)(\d+)/.exec(access)?.[1] ?? /\d+/.exec(type)?.[0];
  return Number(bits) / 8;
}

function memoryArgument(reader: ByteReader, name: string): string {
  const start = reader.offset;
  const exponent = reader.u32();
  if (exponent > 4) throw reader.malformed(`an alignment of 2^${exponent}; there is none above 16`, start);
  const offset = reader.u32();
  const parts: string[] = [];
  if (offset !== 0) parts.push(`offset=${offset}`);
  if (2 ** exponent !== naturalAlignment(name)) parts.push(`align=${2 ** exponent}`);
  return parts.join(" ");
}

/** A float constant in the text format; a NaN keeps its payload. */
function floatText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSingle = bytes.length === 4;
  const value = isSingle ? view.getFloat32(0, true) : view.getFloat64(0, true);
  const bits = isSingle ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
  const sign = bits >> (isSingle ? 31n : 63n) === 0n ? "" : "-";
  if (Number.isNaN(value)) return `${sign}nan:0x${(bits & (isSingle ? 0x7fffffn : 0xfffffffffffffn)).toString(16)}`;
  if (!Number.isFinite(value)) return `${sign}inf`;
  return `${sign}${Math.abs(value)}`;
}

function blockType(reader: ByteReader): string {
  const start = reader.offset;
  const code = reader.u8();
  if (code === WASM_TYPE.void) return "";
  const name = TYPE_NAMES.get(code);
  if (name !== undefined) return `(result ${name})`;
  reader.offset = start;
  const index = reader.signed(33);
  if (index < 0n) throw reader.malformed(`0x${code.toString(16)} is no block type`, start);
  return `(type ${index})`;
}

function zeros(reader: ByteReader, count: number): string {
  const start = reader.offset;
  if (reader.bytes(count).some((byte) => byte !== 0)) throw reader.malformed("a memory other than 0", start);
  return "";
}

/** Reads what follows an opcode; its text, empty if there is none. */
function readImmediate(reader: ByteReader, { name, immediate }: WasmInstruction): string {
  switch (immediate) {
    case "none":
      return "";
    case "memory":
      return memoryArgument(reader, name);
    case "memory-lane":
      return `${memoryArgument(reader, name)} ${reader.u8()}`.trim();
    case "lane":
      return name === "memory.fill" ? zeros(reader, 1) : String(reader.u8());
    case "two-bytes":
      return zeros(reader, 2);
    case "bytes16":
      return (name === "v128.const" ? "i8x16 " : "") + reader.bytes(16).join(" ");
    case "index":
      return String(reader.u32());
    case "i32":
      return String(reader.signed(32));
    case "i64":
      return String(reader.signed(64));
    case "f32":
      return floatText(reader.bytes(4));
    case "f64":
      return floatText(reader.bytes(8));
    case "block":
      return blockType(reader);
    case "table":
      return [...reader.list(() => reader.u32()), reader.u32()].join(" ");
    case "call-indirect": {
      const type = reader.u32();
      const table = reader.u32();
      return table === 0 ? `(type ${type})` : `${table} (type ${type})`;
    }
  }
}

const OPENS: ReadonlySet<string> = new Set(["block", "loop", "if"]);

/** Reads instructions up to the `end` that closes them; a line each, indented by structure. */
export function readExpression(reader: ByteReader): string[] {
  const lines: string[] = [];
  const open: string[] = [];
  for (;;) {
    const start = reader.offset;
    const row = readInstruction(reader);
    const immediate = readImmediate(reader, row);
    if (row.name === "end") {
      if (open.pop() === undefined) return lines;
    } else if (row.name === "else" && open.pop() !== "if") throw reader.malformed("else without an if", start);
    lines.push("  ".repeat(open.length) + (immediate === "" ? row.name : `${row.name} ${immediate}`));
    if (OPENS.has(row.name) || row.name === "else") open.push(row.name);
  }
}
