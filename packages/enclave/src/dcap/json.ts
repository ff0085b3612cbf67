import { fromHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";

function bad(where: string, wanted: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_COLLATERAL", `collateral: ${where} is not ${wanted}`);
}

/** Letters in a file; Intel's have some ten thousand. */
const MOST_LETTERS = 4 * 2 ** 20;

/** JSON that is an object. */
export function parseObject(text: string, where: string): JsonObject {
  if (text.length > MOST_LETTERS) throw bad(where, `of at most ${MOST_LETTERS} letters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad(where, "JSON");
  }
  return new JsonObject(value, where);
}

/** Untrusted JSON, read member by member; a member of the wrong kind is an error that names it. */
export class JsonObject {
  readonly where: string;
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(where, "an object");
    this.#value = value as Readonly<Record<string, unknown>>;
    this.where = where;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  #member(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
  }

  text(name: string): string {
    const value = this.#member(name);
    if (typeof value !== "string") throw bad(`${this.where}.${name}`, "text");
    return value;
  }

  number(name: string): number {
    const value = this.#member(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw bad(`${this.where}.${name}`, "a whole number");
    return value;
  }

  hex(name: string, size?: number): Uint8Array {
    const text = this.text(name);
    if (!/^([0-9a-f]{2})*$/i.test(text) || (size !== undefined && text.length !== 2 * size))
      throw bad(
        `${this.where}.${name}`,
        size === undefined ? "hexadecimal digits" : `${size} bytes of hexadecimal digits`,
      );
    return fromHex(text);
  }

  /** Milliseconds since 1970. In UTC, as Intel writes it: other forms mean another time in each time zone. */
  time(name: string): number {
    const text = this.text(name);
    const value = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(value)) throw bad(`${this.where}.${name}`, "a time of UTC such as 2026-01-31T12:00:00Z");
    return value;
  }

  object(name: string): JsonObject {
    return new JsonObject(this.#member(name), `${this.where}.${name}`);
  }

  objects(name: string): JsonObject[] {
    const value = this.#member(name);
    if (!Array.isArray(value)) throw bad(`${this.where}.${name}`, "a list");
    return value.map((one, i) => new JsonObject(one, `${this.where}.${name}[${i}]`));
  }

  texts(name: string): string[] {
    const value = this.#member(name);
    if (!Array.isArray(value) || !value.every((one) => typeof one === "string"))
      throw bad(`${this.where}.${name}`, "a list of texts");
    return value;
  }
}
