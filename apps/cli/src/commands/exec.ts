import { IsinglassError } from "@isinglass/interface";
import { type ExecRequest, type ExecResult, execute } from "@isinglass/machine";
import { CPU_OPTION, cpu } from "../board-options.js";
import { type Command, codeMode, flag, integer, noWords, text } from "../command.js";
import { readExecState } from "../exec-state.js";
import { codeOrFile } from "../input.js";

/** Registers of the text output, four to a line. */
const SHOWN = [
  "rax",
  "rcx",
  "rdx",
  "rbx",
  "rsp",
  "rbp",
  "rsi",
  "rdi",
  "r8",
  "r9",
  "r10",
  "r11",
  "r12",
  "r13",
  "r14",
  "r15",
];
const PER_LINE = 4;
const EXIT_NOT_IMPLEMENTED = 5;

export const EXEC: Command = {
  name: "exec",
  words: "",
  summary:
    'Runs machine code from a given state until HLT, a fault or N instructions, and prints the state after it. The exit code is 0 whichever of them ended it, a fault such as #UD included: "stop" of --json says which. It is 5 where an instruction is not implemented.',
  options: {
    code: { type: "string", value: "FILE|HEX", help: "the code" },
    mode: { type: "string", value: "16|32|64", help: "code size; 64 unless given" },
    state: { type: "string", value: "FILE", help: "registers, memory and privilege to begin with, as JSON" },
    max: { type: "string", value: "N", alias: "limit", help: "stop after N instructions; 1000000 unless given" },
    cpu: CPU_OPTION,
    json: { type: "boolean", help: "everything, as JSON" },
  },
  example: "isg exec --code 4801d8f4 --mode 64 --json",
  async run(invocation) {
    noWords(invocation, "exec");
    const path = text(invocation, "state");
    const state = path === undefined ? {} : await readExecState(path);
    const given = text(invocation, "code");
    const code = given === undefined ? state.code : hexOf(await codeOrFile(given, "--code"));
    if (code === undefined) throw new IsinglassError("ISG_CLI_USAGE", "isg exec: --code FILE|HEX is needed");
    const mode = text(invocation, "mode") === undefined ? (state.mode ?? 64) : codeMode(invocation);
    const max = integer(invocation, "max", state.max ?? 1_000_000);
    const request: ExecRequest = { ...state, ...cpu(invocation), code, mode, max };
    const result = execute(request);
    process.stdout.write(flag(invocation, "json") ? `${JSON.stringify(result, undefined, 2)}\n` : describe(result));
    return result.stop === "not-implemented" ? EXIT_NOT_IMPLEMENTED : 0;
  },
};

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The result for people: how it ended, the general registers, what changed in memory. */
function describe({ stop, fault, exit, instructions, registers, memory }: ExecResult): string {
  const register = (name: string): string => `${name.padEnd(4)}${(registers[name] ?? "").slice(2).padStart(16, "0")}`;
  const lines = [`${stop} after ${instructions} instruction${instructions === 1 ? "" : "s"}`];
  if (fault !== null) {
    const code = fault.errorCode === null ? "" : `, error code ${fault.errorCode}`;
    lines.push(`${fault.name} (vector ${fault.vector})${code}, address ${fault.address}`);
  }
  if (exit !== null)
    lines.push(
      Object.entries(exit)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    );
  for (let i = 0; i < SHOWN.length; i += PER_LINE)
    lines.push(
      SHOWN.slice(i, i + PER_LINE)
        .map(register)
        .join("  "),
    );
  lines.push(`${register("rip")}  rflags ${registers["rflags"]}`);
  lines.push(...memory.map(({ address, bytes }) => `memory ${address}: ${bytes}`));
  return `${lines.join("\n")}\n`;
}
