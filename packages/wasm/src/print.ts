import { WasmError } from "./error.js";
import { readExpression, readType } from "./print-code.js";
import { ByteReader } from "./reader.js";
import { encodeUtf8 } from "./utf8.js";

/** A text in quotes, as the text format writes it. */
function quoted(bytes: Iterable<number>): string {
  let text = "";
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}

function limits(reader: ByteReader): string {
  const start = reader.offset;
  const flags = reader.u8();
  if (flags !== 0 && flags !== 1 && flags !== 3) throw reader.malformed(`limits of kind ${flags}`, start);
  const min = reader.u32();
  if (flags === 0) return `${min}`;
  return `${min} ${reader.u32()}${flags === 3 ? " shared" : ""}`;
}

function tableType(reader: ByteReader): string {
  const type = readType(reader);
  return `${limits(reader)} ${type}`;
}

function globalType(reader: ByteReader): string {
  const type = readType(reader);
  const start = reader.offset;
  const mutable = reader.u8();
  if (mutable > 1) throw reader.malformed(`mutability ${mutable}`, start);
  return mutable === 1 ? `(mut ${type})` : type;
}

const KINDS = ["func", "table", "memory", "global"] as const;

function kind(reader: ByteReader): (typeof KINDS)[number] {
  const start = reader.offset;
  const code = reader.u8();
  const name = KINDS[code];
  if (name === undefined) throw reader.malformed(`${code} is no kind of import or export`, start);
  return name;
}

const SECTION_NAMES = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
];
/** Order in which sections come; the data count stands before the code (core specification, section 5.5.2). */
const SECTION_ORDER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10];

/** One reading of one module. */
class ModulePrinter {
  readonly #lines: string[] = [];
  readonly #signatures: string[] = [];
  /** Type index of each function of the module's own. */
  #functions: number[] = [];
  /** Imports and definitions so far, by kind: the index of the next one. */
  readonly #next = { func: 0, table: 0, memory: 0, global: 0 };
  #bodies = 0;

  print(bytes: Uint8Array): string {
    const reader = new ByteReader(bytes);
    const magic = reader.bytes(8);
    if (magic.join() !== "0,97,115,109,1,0,0,0")
      throw reader.malformed('does not begin with "\\0asm" and version 1', 0);
    let last = 0;
    while (!reader.isAtEnd) {
      const start = reader.offset;
      const id = reader.u8();
      const order = SECTION_ORDER[id];
      if (order === undefined) throw reader.malformed(`there is no section ${id}`, start);
      if (id !== 0 && order <= last)
        throw reader.malformed(`the ${SECTION_NAMES[id]} section is not in its place`, start);
      if (id !== 0) last = order;
      const content = reader.part();
      this.#section(id, content);
      content.expectEnd(`the ${SECTION_NAMES[id]} section`);
    }
    if (this.#bodies !== this.#functions.length) {
      throw reader.malformed(`${this.#functions.length} functions are declared and ${this.#bodies} have a body`);
    }
    return `(module\n${this.#lines.map((line) => `  ${line}\n`).join("")})\n`;
  }

  #section(id: number, reader: ByteReader): void {
    switch (id) {
      case 0:
        this.#custom(reader);
        break;
      case 1:
        reader.list((index) => this.#type(reader, index));
        break;
      case 2:
        reader.list(() => this.#import(reader));
        break;
      case 3:
        this.#functions = reader.list(() => this.#typeIndex(reader));
        break;
      case 4:
        reader.list(() => this.#lines.push(`(table (;${this.#next.table++};) ${tableType(reader)})`));
        break;
      case 5:
        reader.list(() => this.#lines.push(`(memory (;${this.#next.memory++};) ${limits(reader)})`));
        break;
      case 6:
        reader.list(() => this.#global(reader));
        break;
      case 7:
        reader.list(() => {
          const name = reader.name();
          this.#lines.push(`(export ${quoted(encodeUtf8(name))} (${kind(reader)} ${reader.u32()}))`);
        });
        break;
      case 8:
        this.#lines.push(`(start ${reader.u32()})`);
        break;
      case 9:
        reader.list(() => this.#element(reader));
        break;
      case 10:
        reader.list((index) => this.#code(reader, index));
        break;
      case 11:
        reader.list(() => this.#data(reader));
        break;
      default:
        reader.u32();
    }
  }

  #custom(reader: ByteReader): void {
    const name = reader.name();
    const size = reader.end - reader.offset;
    reader.bytes(size);
    this.#lines.push(`;; custom section ${quoted(encodeUtf8(name))}, ${size} bytes`);
  }

  #type(reader: ByteReader, index: number): void {
    const start = reader.offset;
    if (reader.u8() !== 0x60) throw reader.malformed("a type that is no function type", start);
    const params = reader.list(() => readType(reader));
    const results = reader.list(() => readType(reader));
    const signature =
      (params.length > 0 ? ` (param ${params.join(" ")})` : "") +
      (results.length > 0 ? ` (result ${results.join(" ")})` : "");
    this.#signatures.push(signature);
    this.#lines.push(`(type (;${index};) (func${signature}))`);
  }

  #typeIndex(reader: ByteReader): number {
    const start = reader.offset;
    const index = reader.u32();
    if (index >= this.#signatures.length) {
      throw reader.malformed(`there is no type ${index}; there are ${this.#signatures.length}`, start);
    }
    return index;
  }

  #import(reader: ByteReader): void {
    const from = `${quoted(encodeUtf8(reader.name()))} ${quoted(encodeUtf8(reader.name()))}`;
    const what = kind(reader);
    const type =
      what === "func"
        ? `(type ${this.#typeIndex(reader)})`
        : what === "table"
          ? tableType(reader)
          : what === "memory"
            ? limits(reader)
            : globalType(reader);
    this.#lines.push(`(import ${from} (${what} (;${this.#next[what]++};) ${type}))`);
  }

  #global(reader: ByteReader): void {
    const type = globalType(reader);
    this.#lines.push(`(global (;${this.#next.global++};) ${type} ${this.#constant(reader)})`);
  }

  #constant(reader: ByteReader): string {
    return readExpression(reader)
      .map((line) => `(${line})`)
      .join(" ");
  }

  #unsupported(what: string, offset: number): WasmError {
    return new WasmError("ISG_WASM_UNSUPPORTED", `wasm: offset 0x${offset.toString(16)}: ${what}`, { offset });
  }

  #element(reader: ByteReader): void {
    const start = reader.offset;
    const flags = reader.u32();
    if (flags !== 0)
      throw this.#unsupported(`element segment of kind ${flags}; only active ones of table 0 are known`, start);
    const offset = this.#constant(reader);
    const functions = reader.list(() => reader.u32());
    this.#lines.push(`(elem ${offset} func ${functions.join(" ")})`.replace(" )", ")"));
  }

  #data(reader: ByteReader): void {
    const start = reader.offset;
    const flags = reader.u32();
    if (flags > 1) throw this.#unsupported(`data segment of kind ${flags}; only those of memory 0 are known`, start);
    const offset = flags === 0 ? `${this.#constant(reader)} ` : "";
    this.#lines.push(`(data ${offset}${quoted(reader.bytes(reader.u32()))})`);
  }

  #code(reader: ByteReader, index: number): void {
    const start = reader.offset;
    const type = this.#functions[index];
    if (type === undefined)
      throw reader.malformed(`a body for function ${index}; ${this.#functions.length} are declared`, start);
    const body = reader.part();
    this.#lines.push(`(func (;${this.#next.func++};) (type ${type})${this.#signatures[type]}`);
    let count = 0;
    const locals = body.list(() => {
      const at = body.offset;
      const run = body.u32();
      count += run;
      // The JavaScript interface's limit; a run of 4 billion is no reason to print as many.
      if (count > 50_000) throw body.malformed(`${count} locals; engines take 50,000`, at);
      const name = readType(body);
      return Array.from({ length: run }, () => name);
    });
    if (count > 0) this.#lines.push(`  (local ${locals.flat().join(" ")})`);
    for (const line of readExpression(body)) this.#lines.push(`  ${line}`);
    body.expectEnd(`the body of function ${index}`);
    this.#lines.push(")");
    this.#bodies += 1;
  }
}

/**
 * Writes a module in the WebAssembly text format: one instruction a line, indented, indices as numbers (core specification,
 * chapter 6). Knows what {@link ModuleBuilder} writes and a little more; custom sections are named and left out.
 *
 * Only the format is checked, not types and indices inside code: for that there is `WebAssembly.validate`.
 *
 * @throws WasmError `ISG_WASM_MALFORMED` or `ISG_WASM_UNSUPPORTED`, with the offset
 * @example
 * console.log(printModule(builder.build()));
 */
export function printModule(bytes: Uint8Array): string {
  return new ModulePrinter().print(bytes);
}
