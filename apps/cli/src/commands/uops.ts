import { ASSIST_NAMES, MODE_CODE_16, MODE_CODE_32, MODE_LONG, MODE_STACK_32, X86Isa } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";
import { Instruction, decode, formatIntel } from "@isinglass/isa-x86";
import { DECODE_NEEDS_MORE, DecodedForm, type IrFunction, printFunction } from "@isinglass/uops";
import { type Command, codeMode } from "../command.js";
import { fileOrHex } from "../input.js";
import { stateName } from "../state-names.js";

const MODES: Readonly<Record<16 | 32 | 64, number>> = {
  16: MODE_CODE_16,
  32: MODE_CODE_32 | MODE_STACK_32,
  64: MODE_LONG,
};

/** What a hole of this instruction is bound to: a field of the state, or a number. */
function binding(form: DecodedForm, ir: IrFunction, hole: number): string | undefined {
  const lo = form.lo[hole]!;
  const kind = ir.holes[hole];
  if (kind === "state") return stateName(lo);
  if (kind === "i64") return `0x${((BigInt(form.hi[hole]! >>> 0) << 32n) | BigInt(lo >>> 0)).toString(16)}`;
  return `${lo}`;
}

export const UOPS: Command = {
  name: "uops",
  words: "FILE|HEX",
  summary:
    "Shows the micro-ops of instructions: what the evaluator, the interpreter and the compiler make their code of. %n is the value of micro-op n; [rax] a field of the vCPU's state; #n a hole, with what it is bound to in this instruction; ccOp, ccResult, ccA and ccB are the status flags, worked out when they are read.",
  options: { mode: { type: "string", value: "16|32|64", help: "code size; 64 unless given" } },
  example: "isg uops 48 0f af c1",
  async run(invocation) {
    const bytes = await fileOrHex(invocation.words, "uops");
    const size = codeMode(invocation);
    const mode = MODES[size];
    const isa = new X86Isa();
    const form = new DecodedForm();
    const insn = new Instruction();
    const parts: string[] = [];
    for (let at = 0; at < bytes.length; at += form.length) {
      if (isa.decode(bytes, at, bytes.length, mode, form) === DECODE_NEEDS_MORE) {
        throw new IsinglassError("ISG_CLI_TRUNCATED", `isg uops: the bytes end inside the instruction at offset ${at}`);
      }
      const { ir } = isa.form(form.form);
      const shown =
        decode(bytes, at, bytes.length, size, insn) > 0 ? formatIntel(insn, BigInt(at)) : "(not an instruction)";
      const listing = printFunction(ir, {
        functions: isa.functions,
        stateName,
        assistName: (id) => ASSIST_NAMES[id],
        holeName: (hole) => binding(form, ir, hole),
      });
      parts.push(`; ${shown}\n${listing}`);
    }
    process.stdout.write(`${parts.join("\n")}\n`);
    return 0;
  },
};
