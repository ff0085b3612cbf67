import { IsinglassError } from "@isinglass/interface";
import type { SnapshotValue } from "@isinglass/interface";

/** What a field of a device's state may be. Everything a device remembers is made of these. */
export type Field = number | boolean | Uint8Array | Uint32Array;

type Rule<F> = F extends boolean
  ? { readonly kind: "flag" }
  : F extends number
    ? { readonly kind: "int"; readonly min: number; readonly max: number }
    : F extends Uint8Array
      ? { readonly kind: "bytes"; readonly length: number }
      : F extends Uint32Array
        ? { readonly kind: "words"; readonly length: number }
        : never;

/** For each field of a state, the values that a snapshot may hold. Kept beside the state's type, so that neither is forgotten. */
export type Shape<S> = { readonly [K in keyof S]-?: Rule<S[K]> };

/** An integer from `min` to `max` inclusive. */
export function int(min: number, max: number): Rule<number> {
  return { kind: "int", min, max };
}
/** An unsigned byte. */
export const byte: Rule<number> = int(0, 0xff);
/** An unsigned 32-bit word. */
export const word: Rule<number> = int(0, 0xffff_ffff);
/** A machine time in nanoseconds, or -1 for "none". */
export const time: Rule<number> = int(-1, Number.MAX_SAFE_INTEGER);
export const flag: Rule<boolean> = { kind: "flag" };
/** Exactly `length` bytes. */
export function bytes(length: number): Rule<Uint8Array> {
  return { kind: "bytes", length };
}
/** Exactly `length` unsigned 32-bit words; a plain array in the snapshot. */
export function words(length: number): Rule<Uint32Array> {
  return { kind: "words", length };
}

/** A copy of `state` as plain data, for {@link Snapshotted.save}. */
export function saveFields<S extends object>(state: S): { readonly [key: string]: SnapshotValue } {
  const out: Record<string, SnapshotValue> = {};
  for (const [key, value] of Object.entries(state) as [string, Field][]) {
    if (value instanceof Uint8Array) out[key] = value.slice();
    else if (value instanceof Uint32Array) out[key] = Array.from(value);
    else out[key] = value;
  }
  return out;
}

/** The error for a snapshot that does not fit: which component, what was found and what would be right. */
export function badState(component: string, what: string): IsinglassError {
  return new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${component}: ${what}`, { component });
}

/**
 * Checks a component's version and the whole of `value` before anything is changed.
 *
 * @returns a new state, every field present and in range
 * @throws ISG_SNAPSHOT_BAD_STATE on another version, a missing or additional field, or a value out of range
 */
export function loadFields<S extends object>(
  owner: { readonly component: string; readonly version: number },
  shape: Shape<S>,
  value: SnapshotValue,
  version: number,
): S {
  const name = owner.component;
  if (version !== owner.version) throw badState(name, `snapshot version ${version}; this build reads ${owner.version}`);
  if (!isRecord(value)) throw badState(name, "the state is not an object of fields");
  const out: Record<string, Field> = {};
  for (const [key, rule] of Object.entries<Rule<Field>>(shape as Record<string, Rule<Field>>))
    out[key] = checked(name, key, rule, value[key]);
  for (const key of Object.keys(value)) if (!(key in shape)) throw badState(name, `field "${key}" is not known`);
  return out as S;
}

/** Copies `source` over `target`, into the typed arrays that are there (others may hold on to them). */
export function assignFields<S extends object>(target: S, source: S): void {
  for (const key of Object.keys(target) as (keyof S)[]) {
    const to = target[key];
    const from = source[key];
    if (to instanceof Uint8Array) to.set(from as Uint8Array);
    else if (to instanceof Uint32Array) to.set(from as Uint32Array);
    else target[key] = from;
  }
}

/** One part of a state made of several, such as the two chips of a PIC: `value[key]`, or an error that names it. */
export function part(component: string, value: SnapshotValue, key: string): SnapshotValue {
  if (!isRecord(value) || value[key] === undefined) throw badState(component, `part "${key}" is missing`);
  return value[key];
}

/** Whether a part of a snapshot is an object of fields. */
export function isRecord(value: SnapshotValue): value is { readonly [key: string]: SnapshotValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function checked(name: string, key: string, rule: Rule<Field>, found: SnapshotValue | undefined): Field {
  switch (rule.kind) {
    case "flag":
      if (typeof found === "boolean") return found;
      throw badState(name, `field "${key}" is not true or false`);
    case "int":
      if (isInt(found, rule.min, rule.max)) return found;
      throw badState(name, `field "${key}" is not an integer from ${rule.min} to ${rule.max}`);
    case "bytes":
      if (found instanceof Uint8Array && found.length === rule.length) return found.slice();
      throw badState(name, `field "${key}" is not ${rule.length} bytes`);
    case "words":
      if (
        Array.isArray(found) &&
        found.length === rule.length &&
        found.every((w: unknown) => isInt(w, 0, 0xffff_ffff))
      ) {
        return Uint32Array.from(found);
      }
      throw badState(name, `field "${key}" is not ${rule.length} words of 32 bits`);
  }
}

function isInt(found: unknown, min: number, max: number): found is number {
  return typeof found === "number" && Number.isInteger(found) && found >= min && found <= max;
}
