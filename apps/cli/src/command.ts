import { parseArgs } from "node:util";
import { IsinglassError } from "@isinglass/interface";

/** One option of a command, as `--help` shows it. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** Placeholder of the value, such as `FILE`. */
  readonly value?: string;
  readonly help: string;
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
  [0, "done; of run and boot: the guest powered off"],
  [1, "the command failed: one line on stderr says why"],
  [2, "the command line is wrong"],
  [3, "run, boot: the guest asked for a reset"],
  [4, "run, boot: the guest shut down by a triple fault"],
  [5, "the guest met an instruction that is not implemented"],
  [6, "run, boot: the guest halted for ever, with interrupts off"],
  [7, "run, boot: the instruction limit was reached"],
  [8, "trace: registers differ from QEMU's"],
  [130, "left by Ctrl-A x or a signal"],
];

/** Parses the words after a command's name; throws ISG_CLI_USAGE with one clear line. */
export function parse(command: Command, args: readonly string[]): Invocation {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      name,
      { type: spec.type, multiple: spec.multiple === true },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { options: values, words: positionals };
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : String(problem);
    const first = (message.split(/\. |\n/)[0] ?? message).replace(/\.$/, "");
    throw new IsinglassError("ISG_CLI_USAGE", `isg ${command.name}: ${first}; see isg ${command.name} --help`);
  }
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

/** A number option; throws ISG_CLI_USAGE if it is not one. */
export function integer(invocation: Invocation, name: string, otherwise: number): number {
  const value = text(invocation, name);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new IsinglassError("ISG_CLI_USAGE", `--${name} ${value}: not a whole number from 0 up`);
  }
  return number;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes from `256M`, `1G`, `1048576`. */
export function bytes(value: string, what: string): number {
  const match = /^(\d+)([KMG]?)(i?B)?$/i.exec(value);
  const unit = UNITS[(match?.[2] ?? "").toUpperCase()];
  if (match === null || unit === undefined) {
    throw new IsinglassError("ISG_CLI_USAGE", `${what} ${value}: not a size; write it as 256M or 1G`);
  }
  return Number(match[1]) * unit;
}

/** The first part of a command's summary, for lists. */
export function shortSummary(command: Command): string {
  return (command.summary.split(/[.:;]( |$)/)[0] ?? "").trim();
}

/** The help page of one command. */
export function commandHelp(command: Command): string {
  const rows = Object.entries(command.options).map(([name, spec]) => {
    const left = `--${name}${spec.type === "string" ? ` ${spec.value ?? "VALUE"}` : ""}`;
    return `  ${left.padEnd(26)} ${spec.help}`;
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
