import { IsinglassError, type IsinglassErrorCode } from "@isinglass/interface";

const LONGEST_TEXT = 40;

/** What a caller passed, for an error message of one line. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `the string ${JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)}`;
    case "number":
    case "bigint":
    case "boolean":
      return `the ${typeof value} ${String(value)}`;
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return `a list of ${value.length}`;
      const { constructor: kind } = value;
      return typeof kind === "function" && kind !== Object ? `an object of ${kind.name}` : "an object";
    }
    default:
      return value === undefined ? "nothing" : `a ${typeof value}`;
  }
}

/** Where something was passed: `exec: cwd`. */
function problem(code: IsinglassErrorCode, where: string, value: unknown, right: string): IsinglassError {
  return new IsinglassError(code, `${where}: ${describe(value)}; ${right}`, { where });
}

export const BAD_OPTION: IsinglassErrorCode = "ISG_MACHINE_BAD_OPTION";

/** Bytes from any realm: a worker's or a test runner's `Uint8Array` is not this one's. */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * The options of a call: an object with known names, and nothing else, so that a mistyped limit is not taken for none.
 *
 * @throws IsinglassError `ISG_MACHINE_BAD_OPTION`
 */
export function checkNames(call: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options) || isBytes(options))
    throw problem(BAD_OPTION, call, options, "an object with options is right");
  for (const name of Object.keys(options)) {
    if (!known.includes(name))
      throw new IsinglassError(
        BAD_OPTION,
        `${call}: there is no option ${JSON.stringify(name)}; there are ${known.join(", ")}`,
        { where: call, name },
      );
  }
}

export function checkBytes(where: string, value: unknown, right: string): void {
  if (!isBytes(value)) throw problem(BAD_OPTION, where, value, right);
}

export function checkText(where: string, value: unknown, code: IsinglassErrorCode = BAD_OPTION): void {
  if (typeof value !== "string") throw problem(code, where, value, "a string is right");
  const at = value.indexOf("\0");
  if (at >= 0) throw new IsinglassError(code, `${where}: a NUL at character ${at}; text without NUL is right`, { at });
}

export function checkFunction(where: string, value: unknown): void {
  if (typeof value !== "function") throw problem(BAD_OPTION, where, value, "a function is right");
}

export function checkChoice(where: string, value: unknown, choices: readonly string[]): void {
  if (!choices.some((choice) => choice === value))
    throw problem(BAD_OPTION, where, value, `${choices.join(", ")} are right`);
}

/** An integer from `least` to `most`. */
export function checkInteger(where: string, value: unknown, least: number, most: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw problem(BAD_OPTION, where, value, `an integer from ${least} to ${most} is right`);
}

/** @throws IsinglassError `ISG_MACHINE_BAD_LIMIT` */
export function checkLimit(where: string, value: unknown): void {
  // Not "value < 0": NaN is no limit either, and "5" >= 0.
  if (typeof value !== "number" || !(value >= 0))
    throw problem("ISG_MACHINE_BAD_LIMIT", where, value, "a number that is not negative, or Infinity, is right");
}

/** A limit of what is counted: half an instruction would make the guest's time, and so its saved state, one that nobody reads. */
export function checkCount(where: string, value: unknown): void {
  checkLimit(where, value);
  if (value !== Infinity && !Number.isSafeInteger(value))
    throw problem("ISG_MACHINE_BAD_LIMIT", where, value, "a whole number from 0 to 2^53 - 1, or Infinity, is right");
}

/** Something like an `AbortSignal`. */
export function checkSignal(where: string, value: unknown): void {
  const { aborted, addEventListener, removeEventListener } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Record<string, unknown>;
  if (
    typeof aborted !== "boolean" ||
    typeof addEventListener !== "function" ||
    typeof removeEventListener !== "function"
  )
    throw problem(BAD_OPTION, where, value, "an AbortSignal is right");
}
