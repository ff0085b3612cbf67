import { MODE_CODE_16, MODE_CODE_32, MODE_LONG, MODE_STACK_32, X86Isa } from "@isinglass/cpu-x86";
import { DECODE_NEEDS_MORE, DecodedForm, printFunction } from "@isinglass/uops";
import { IsinglassError } from "@isinglass/interface";
import { type Command, text } from "../command.js";
import { fileOrHex } from "../input.js";

const MODES: Readonly<Record<string, number>> = {
  "16": MODE_CODE_16,
  "32": MODE_CODE_32 | MODE_STACK_32,
  "64": MODE_LONG,
};

export const UOPS: Command = {
  name: "uops",
  words: "HEX",
  summary: "Shows the micro-ops of instructions: what the evaluator, the interpreter and later the JIT execute.",
  options: { mode: { type: "string", value: "16|32|64", help: "code size; 64 unless given" } },
  example: "isg uops 48 0f af c1",
  async run(invocation) {
    const bytes = await fileOrHex(invocation.words, "uops");
    const mode = MODES[text(invocation, "mode") ?? "64"];
    if (mode === undefined)
      throw new IsinglassError("ISG_CLI_USAGE", `--mode ${text(invocation, "mode")}: 16, 32 or 64`);
    const isa = new X86Isa();
    const form = new DecodedForm();
    const parts: string[] = [];
    for (let at = 0; at < bytes.length; at += form.length) {
      if (isa.decode(bytes, at, bytes.length, mode, form) === DECODE_NEEDS_MORE) {
        throw new IsinglassError("ISG_CLI_TRUNCATED", `isg uops: the bytes end inside the instruction at offset ${at}`);
      }
      const { name, ir } = isa.form(form.form);
      parts.push(`; ${name}\n${printFunction(ir)}`);
    }
    process.stdout.write(`${parts.join("\n")}\n`);
    return 0;
  },
};
