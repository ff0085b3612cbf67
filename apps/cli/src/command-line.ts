import { createRequire } from "node:module";
import { IsinglassError } from "@isinglass/interface";
import { EXIT_CODES, type Command, commandHelp, parse, shortSummary } from "./command.js";
import { BOOT } from "./commands/boot.js";
import { completion } from "./commands/completion.js";
import { DISASM } from "./commands/disasm.js";
import { DOCTOR } from "./commands/doctor.js";
import { EXEC } from "./commands/exec.js";
import { JIT } from "./commands/jit.js";
import { RUN } from "./commands/run.js";
import { TRACE } from "./commands/trace.js";
import { UOPS } from "./commands/uops.js";

/** All commands, in the order of the help page. */
const COMMANDS: Command[] = [RUN, BOOT, EXEC, TRACE, DISASM, UOPS, JIT, DOCTOR];
COMMANDS.push(completion(COMMANDS));

function version(): string {
  const { version: text } = createRequire(import.meta.url)("../package.json") as { version: string };
  return text;
}

function help(): string {
  return [
    "isg: virtual machines in plain TypeScript and WebAssembly",
    "",
    "Commands",
    ...COMMANDS.map((command) => `  ${`${command.name} ${command.words}`.padEnd(24)} ${shortSummary(command)}`),
    "",
    "Examples",
    ...COMMANDS.map((command) => `  ${command.example}`),
    "",
    "Options",
    "  --help, -h               of isg, or after a command of that command",
    "  --version                print the version",
    "  --verbose                after a failure, print where it happened",
    "",
    "Exit codes",
    ...EXIT_CODES.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
    "",
    "Environment",
    "  NO_COLOR                 no colours",
    "  XDG_CACHE_HOME           where downloads are kept (in its folder isinglass)",
    "",
  ].join("\n");
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || isHelp(name) || name === "help") {
    const about = rest[0] === undefined ? undefined : COMMANDS.find((c) => c.name === rest[0]);
    process.stdout.write(about === undefined ? help() : commandHelp(about));
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    process.stdout.write(`isinglass ${version()}\n`);
    return 0;
  }
  const command = COMMANDS.find((c) => c.name === name);
  if (command === undefined) {
    const names = COMMANDS.map((c) => c.name).join(", ");
    throw new IsinglassError("ISG_CLI_USAGE", `isg: no command "${name}"; there are ${names}`);
  }
  const end = rest.indexOf("--");
  if ((end < 0 ? rest : rest.slice(0, end)).some(isHelp)) {
    process.stdout.write(commandHelp(command));
    return 0;
  }
  return command.run(parse(command, rest));
}

/**
 * Runs a command line, as after the program's name. What goes wrong becomes one line on stderr.
 *
 * @returns the exit code, see {@link EXIT_CODES}
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const verbose = args.includes("--verbose");
  try {
    return await dispatch(args.filter((word) => word !== "--verbose"));
  } catch (problem) {
    if (problem instanceof IsinglassError) {
      process.stderr.write(`${problem.message}\n`);
      if (verbose) process.stderr.write(`${problem.code} ${problem.stack ?? ""}\n`);
      return problem.code === "ISG_CLI_USAGE" ? 2 : 1;
    }
    process.stderr.write(`isg: ${problem instanceof Error ? problem.message : String(problem)}\n`);
    if (verbose && problem instanceof Error) process.stderr.write(`${problem.stack ?? ""}\n`);
    return 1;
  }
}
