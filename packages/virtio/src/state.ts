import { IsinglassError } from "@isinglass/interface";
import type { SnapshotValue } from "@isinglass/interface";

/** A snapshot's record of named fields. */
export type StateRecord = { readonly [key: string]: SnapshotValue };

/** The error for a snapshot that does not fit: which component and what would be right. */
export function badState(component: string, what: string): IsinglassError {
  return new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${component}: ${what}`, { component });
}

/** Typed access to an untrusted snapshot record. Everything is checked before anything is changed. */
export class StateReader {
  readonly #component: string;
  readonly #record: StateRecord;

  constructor(component: string, value: SnapshotValue | undefined) {
    this.#component = component;
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) {
      throw badState(component, "the state is not a record of fields");
    }
    this.#record = value as StateRecord;
  }

  has(key: string): boolean {
    return this.#record[key] !== undefined;
  }

  int(key: string, min: number, max: number): number {
    const value = this.#record[key];
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      throw badState(this.#component, `field "${key}" is not an integer from ${min} to ${max}`);
    }
    return value;
  }

  flag(key: string): boolean {
    const value = this.#record[key];
    if (typeof value !== "boolean") throw badState(this.#component, `field "${key}" is not true or false`);
    return value;
  }

  /** At most `max` bytes, copied. */
  bytes(key: string, max: number): Uint8Array {
    const value = this.#record[key];
    if (!(value instanceof Uint8Array) || value.length > max)
      throw badState(this.#component, `field "${key}" is not at most ${max} bytes`);
    return Uint8Array.from(value);
  }

  /** Exactly `length` records. */
  list(key: string, length: number): StateReader[] {
    const value = this.#record[key];
    if (!Array.isArray(value) || value.length !== length)
      throw badState(this.#component, `field "${key}" is not a list of ${length}`);
    return value.map((item: SnapshotValue, i) => new StateReader(`${this.#component} ${key}[${i}]`, item));
  }

  /** Exactly `length` unsigned 32-bit words. */
  words(key: string, length: number): number[] {
    const value = this.#record[key];
    if (
      !Array.isArray(value) ||
      value.length !== length ||
      !value.every((w: unknown) => typeof w === "number" && Number.isInteger(w) && w >= 0 && w < 2 ** 32)
    ) {
      throw badState(this.#component, `field "${key}" is not ${length} words of 32 bits`);
    }
    return [...(value as number[])];
  }

  textOrNull(key: string, max: number): string | null {
    const value = this.#record[key];
    if (value !== null && (typeof value !== "string" || value.length > max))
      throw badState(this.#component, `field "${key}" is neither null nor at most ${max} characters`);
    return value;
  }

  /** An error about this state, to throw. */
  bad(what: string): IsinglassError {
    return badState(this.#component, what);
  }

  value(key: string): SnapshotValue {
    const value = this.#record[key];
    if (value === undefined) throw badState(this.#component, `field "${key}" is missing`);
    return value;
  }
}
