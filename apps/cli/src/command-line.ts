import { createRequire } from "node:module";
import { IsinglassError } from "@isinglass/interface";
import { errnoText } from "./input.js";
import { EXIT_CODES, type Command, commandHelp, parse, shortSummary } from "./command.js";

/**
 * All commands, in the order of the help page. Each is loaded when it is needed: what `run` stands on takes a quarter of a second to load,
 * which `disasm` and `--version` do not wait for.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./commands/run.js")).RUN,
  boot: async () => (await import("./commands/boot.js")).BOOT,
  exec: async () => (await import("./commands/exec.js")).EXEC,
  trace: async () => (await import("./commands/trace.js")).TRACE,
  disasm: async () => (await import("./commands/disasm.js")).DISASM,
  uops: async () => (await import("./commands/uops.js")).UOPS,
  jit: async () => (await import("./commands/jit.js")).JIT,
  isa: async () => (await import("./commands/isa.js")).ISA,
  cpu: async () => (await import("./commands/cpu.js")).CPU,
  matrix: async () => (await import("./commands/matrix.js")).MATRIX,
  needs: async () => (await import("./commands/needs.js")).NEEDS,
  claims: async () => (await import("./commands/claims.js")).CLAIMS_COMMAND,
  vuln: async () => (await import("./commands/vuln.js")).VULN,
  snp: async () => (await import("./commands/snp.js")).SNP,
  sgx: async () => (await import("./commands/sgx.js")).SGX,
  nitro: async () => (await import("./commands/nitro.js")).NITRO,
  attest: async () => (await import("./commands/attest.js")).ATTEST,
  doctor: async () => (await import("./commands/doctor.js")).DOCTOR,
  completion: async () => (await import("./commands/completion.js")).completion(allCommands),
};

function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}

function find(name: string): Promise<Command> | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!() : undefined;
}

function version(): string {
  const { version: text } = createRequire(import.meta.url)("../package.json") as { version: string };
  return text;
}

async function help(): Promise<string> {
  const commands = await allCommands();
  const width = Math.max(...commands.map(({ name, words }) => name.length + 1 + words.length));
  return [
    "isg: virtual machines in plain TypeScript and WebAssembly",
    "",
    "Commands",
    ...commands.map((command) => `  ${`${command.name} ${command.words}`.padEnd(width)} ${shortSummary(command)}`),
    "",
    "Examples",
    ...commands.map((command) => `  ${command.example}`),
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

function unknown(name: string): IsinglassError {
  const what = name.startsWith("-")
    ? `no option ${name}; see isg --help`
    : `no command "${name}"; there are ${Object.keys(COMMANDS).join(", ")}`;
  return new IsinglassError("ISG_CLI_USAGE", `isg: ${what}`);
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || isHelp(name) || name === "help") {
    const about = rest[0] === undefined ? undefined : await find(rest[0]);
    if (name === "help" && rest[0] !== undefined && about === undefined) throw unknown(rest[0]);
    process.stdout.write(about === undefined ? await help() : commandHelp(about));
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    process.stdout.write(`isinglass ${version()}\n`);
    return 0;
  }
  const command = await find(name);
  if (command === undefined) throw unknown(name);
  const end = rest.indexOf("--");
  if ((end < 0 ? rest : rest.slice(0, end)).some(isHelp)) {
    process.stdout.write(commandHelp(command));
    return 0;
  }
  return command.run(parse(command, rest));
}

/** What nobody expected, in a line; of the operating system's errors the file's name and what is wrong with it. */
function inWords(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  const { path, syscall } = problem as NodeJS.ErrnoException;
  if (syscall !== undefined) return `${path ?? syscall}: ${errnoText(problem)}`;
  return problem.message.split("\n")[0] ?? problem.name;
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
    process.stderr.write(`isg: ${inWords(problem)}\n`);
    if (verbose && problem instanceof Error) process.stderr.write(`${problem.stack ?? ""}\n`);
    return 1;
  }
}
