import { parseArgs } from "node:util";
import { IsinglassError } from "@isinglass/interface";

/** One option of a command, as `--help` shows it. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** Placeholder of the value, such as `FILE`; words in small letters and numbers between bars are all values that there are. */
  readonly value?: string;
  /** All values that there are, where the placeholder does not say so. */
  readonly choices?: readonly string[];
  /** Behind a choice and a comma may follow what the option's reader checks. */
  readonly takesMore?: boolean;
  /** Words among other values, for completion. */
  readonly suggestions?: readonly string[];
  readonly help: string;
  /** Another name, which other commands have for it. */
  readonly alias?: string;
  /** May be given more than once. */
  readonly multiple?: boolean;
}

/** What a command gets: its options by name and the other words. */
export interface Invocation {
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly words: readonly string[];
}

export interface Command {
  readonly name: string;
  /** Words after the name, such as `FILE|HEX`. */
  readonly words: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** One complete command line that works. */
  readonly example: string;
  /** @returns the exit code */
  run(invocation: Invocation): Promise<number>;
}

/** Exit codes; the table of `isg --help`. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, "done; run, boot: the guest powered off; exec, trace: there is a result, be it a fault or the limit"],
  [1, "the command failed (a file, a guest that cannot be loaded, restored or compared): one line on stderr says why"],
  [2, "the command line is wrong (an unknown option, a value that no such option has): one line on stderr says how"],
  [3, "run, boot: the guest asked for a reset"],
  [4, "run, boot: the guest shut down by a triple fault"],
  [5, "the guest met an instruction that is not implemented"],
  [6, "run, boot: the guest halted for ever, with interrupts off"],
  [7, "run, boot: the instruction limit was reached"],
  [8, "trace: registers differ from QEMU's"],
  [9, "run, boot: --verify found compiled code that did something else than the interpreter"],
  [10, "attest verify: refused; sgx inspect: not signed, or not as it is; snp diff: they differ"],
  [130, "left by Ctrl-A x, or by a signal while the guest runs; before that a signal ends isg itself (SIGTERM: 143)"],
];

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** Refuses options that nothing would read: whoever gave them should not believe that they were heeded. @param where such as `isg attest explain` */
export function refuseOthers(invocation: Invocation, where: string, own: readonly string[]): void {
  const vain = Object.keys(invocation.options).find((name) => !own.includes(name));
  if (vain === undefined) return;
  const takes = own.length === 0 ? "there is none" : `there are ${own.map((name) => `--${name}`).join(", ")}`;
  throw usage(`${where}: --${vain} is not for this; ${takes}`);
}

/** All values that an option takes, where they are few; undefined: they are not. */
export function choicesOf({ choices, value }: OptionSpec): readonly string[] | undefined {
  return choices ?? (/^[a-z0-9]+(\|[a-z0-9]+)*$/.test(value ?? "") ? value!.split("|") : undefined);
}

/** `16, 32 or 64`, or that there is one thing alone. */
function oneOf(choices: readonly string[]): string {
  return choices.length === 1
    ? `${choices[0]} is what there is`
    : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

/** An option by its name or its other name. */
function findOption(command: Command, name: string): readonly [name: string, spec: OptionSpec] | undefined {
  return Object.entries(command.options).find(([own, { alias }]) => own === name || alias === name);
}

/** What is wrong with a value, as the end of a message. */
function wrongValue(spec: OptionSpec, value: string): string | undefined {
  // The text of a kernel's command line may be empty; nothing else has a meaning then.
  if (value === "" && spec.value !== "TEXT") return `the value is empty; ${spec.value ?? "a value"} is wanted`;
  const choices = choicesOf(spec);
  const chosen = spec.takesMore === true ? value.split(",")[0]! : value;
  return choices === undefined || choices.includes(chosen) ? undefined : oneOf(choices);
}

/** The option that a mistyped name was meant to be: it begins alike, or differs in a letter. */
function resembling(command: Command, name: string): string | undefined {
  const names = Object.keys(command.options);
  const differs = (other: string): number =>
    other.length === name.length ? other.split("").filter((letter, i) => letter !== name[i]).length : 2;
  return names.find((other) => differs(other) === 1) ?? names.find((other) => other.startsWith(name.slice(0, 3)));
}

/**
 * Checks options before Node's parser does, whose messages speak to programmers, and ties `-5` to the option before it: then the option
 * itself says what it wants instead of a negative number.
 */
function prepare(command: Command, args: readonly string[]): string[] {
  const out: string[] = [];
  const where = `isg ${command.name}:`;
  const see = `see isg ${command.name} --help`;
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i]!;
    if (word === "--") return [...out, ...args.slice(i)];
    if (!word.startsWith("-") || word === "-") {
      out.push(word);
      continue;
    }
    const [typed = "", given] = word.replace(/^--?/, "").split(/=(.*)/s);
    const found = word.startsWith("--") ? findOption(command, typed) : undefined;
    if (found === undefined) {
      const meant = resembling(command, typed);
      throw usage(
        `${where} no option ${word.split("=")[0]}${meant === undefined ? "" : `; is --${meant} meant?`}; ${see}`,
      );
    }
    const [name, spec] = found;
    if (spec.type === "boolean") {
      if (given !== undefined) throw usage(`${where} --${typed} takes no value; ${see}`);
      out.push(word);
      continue;
    }
    const value = given ?? args[i + 1];
    if (value === undefined) throw usage(`${where} --${typed} ${spec.value ?? "VALUE"}: the value is missing; ${see}`);
    if (given === undefined && value.startsWith("-") && value !== "-" && !/^-\d/.test(value)) {
      const joined = `--${typed}=${value}`;
      throw usage(
        `${where} --${typed} ${spec.value ?? "VALUE"}: "${value}" is an option, not a value (if it is one: ${joined})`,
      );
    }
    const wrong = wrongValue(spec, value);
    if (wrong !== undefined) throw usage(`--${typed} ${value === "" ? '""' : value}: ${wrong}`);
    out.push(`--${name}=${value}`);
    if (given === undefined) i += 1;
  }
  return out;
}

/** Parses the words after a command's name; throws ISG_CLI_USAGE with one clear line. */
export function parse(command: Command, args: readonly string[]): Invocation {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      name,
      { type: spec.type, multiple: spec.multiple === true },
    ]),
  );
  const { values, positionals } = parseArgs({ args: prepare(command, args), options, allowPositionals: true });
  return { options: values, words: positionals };
}

/** Throws ISG_CLI_USAGE where there are words and the command takes none. */
export function noWords(invocation: Invocation, command: string): void {
  if (invocation.words.length > 0) throw usage(`isg ${command}: "${invocation.words.join(" ")}" belongs to no option`);
}

/**
 * Throws ISG_CLI_USAGE for options that are given and that nothing reads.
 *
 * @param where the command line in which they have no meaning: `isg isa count`, `isg needs --json`
 */
export function refuseOptions(invocation: Invocation, where: string, names: readonly string[]): void {
  const given = names.filter((name) => invocation.options[name] !== undefined);
  if (given.length > 0) throw usage(`${where}: ${given.map((name) => `--${name}`).join(" and ")} would change nothing`);
}

/** A string option, or undefined. */
export function text(invocation: Invocation, name: string): string | undefined {
  const value = invocation.options[name];
  return typeof value === "string" ? value : undefined;
}

export function flag(invocation: Invocation, name: string): boolean {
  return invocation.options[name] === true;
}

/** All values of an option that may be repeated. */
export function list(invocation: Invocation, name: string): string[] {
  const value = invocation.options[name];
  if (Array.isArray(value)) return value.filter((v) => typeof v === "string");
  return typeof value === "string" ? [value] : [];
}

/** `--mode` of commands that take code; its values are checked by {@link parse}. */
export function codeMode(invocation: Invocation): 16 | 32 | 64 {
  const value = text(invocation, "mode");
  return value === "16" ? 16 : value === "32" ? 32 : 64;
}

/** A number option; throws ISG_CLI_USAGE if it is not one. */
export function integer(invocation: Invocation, name: string, otherwise: number): number {
  const value = text(invocation, name);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) {
    const range = number > Number.MAX_SAFE_INTEGER ? `to ${Number.MAX_SAFE_INTEGER}` : "up";
    throw usage(`--${name} ${value}: not a whole number from 0 ${range}`);
  }
  return number;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes from `256M`, `1G`, `1048576`. */
export function bytes(value: string, what: string): number {
  const match = /^(\d+)([KMG]?)(i?B)?$/i.exec(value);
  const unit = UNITS[(match?.[2] ?? "").toUpperCase()];
  if (match === null || unit === undefined) {
    const negative = value.startsWith("-") ? ", which cannot be negative" : "";
    throw new IsinglassError("ISG_CLI_USAGE", `${what} ${value}: not a size${negative}; write it as 256M or 1G`);
  }
  return Number(match[1]) * unit;
}

/** The first part of a command's summary, for lists. */
export function shortSummary(command: Command): string {
  return (command.summary.split(/[.:;]( |$)/)[0] ?? "").trim();
}

/** Least width of the column with the options. */
const HELP_COLUMN = 26;

function optionWords([name, { type, value = "VALUE" }]: readonly [name: string, spec: OptionSpec]): string {
  return `--${name}${type === "string" ? ` ${value}` : ""}`;
}

/** The help page of one command. */
export function commandHelp(command: Command): string {
  const width = Math.max(HELP_COLUMN, ...Object.entries(command.options).map((option) => optionWords(option).length));
  const rows = Object.entries(command.options).map(([name, spec]) => {
    return `  ${optionWords([name, spec]).padEnd(width)} ${spec.help}${spec.alias === undefined ? "" : ` (or --${spec.alias})`}`;
  });
  return [
    `isg ${command.name}${command.words === "" ? "" : ` ${command.words}`}${rows.length > 0 ? " [options]" : ""}`,
    "",
    command.summary,
    ...(rows.length > 0 ? ["", "Options", ...rows] : []),
    "",
    "Example",
    `  ${command.example}`,
    "",
  ].join("\n");
}
