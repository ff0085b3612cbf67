import { DECODE_TRUNCATED, Instruction, decode, formatIntel } from "@isinglass/isa-x86";
import { IsinglassError } from "@isinglass/interface";
import { type Command, codeMode, integer, text } from "../command.js";
import { fileOrHex } from "../input.js";

export const DISASM: Command = {
  name: "disasm",
  words: "FILE|HEX",
  summary: "Disassembles raw x86 code in Intel syntax. The words are hexadecimal bytes or a file with code.",
  options: {
    mode: { type: "string", value: "16|32|64", help: "code size; 64 unless given" },
    base: { type: "string", value: "ADDRESS", help: "address of the first byte; 0 unless given" },
    offset: { type: "string", value: "N", help: "skip N bytes of the file" },
    length: { type: "string", value: "N", help: "stop after N bytes" },
  },
  example: "isg disasm 48 01 c8 c3",
  async run(invocation) {
    const bytes = await fileOrHex(invocation.words, "disasm");
    const mode = codeMode(invocation);
    const base = text(invocation, "base") ?? "0";
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(base))
      throw new IsinglassError("ISG_CLI_USAGE", `--base ${base}: an address such as 0x1000`);
    const start = integer(invocation, "offset", 0);
    if (start > 0 && start >= bytes.length)
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `--offset ${start}: nothing is left of ${bytes.length} byte${bytes.length === 1 ? "" : "s"}`,
      );
    const end = Math.min(bytes.length, start + integer(invocation, "length", bytes.length));
    const insn = new Instruction();
    const lines: string[] = [];
    for (let at = start; at < end;) {
      const length = decode(bytes, at, end, mode, insn);
      const address = BigInt(base) + BigInt(at - start);
      const size = length > 0 ? length : 1;
      const hex = [...bytes.subarray(at, at + size)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
      const shown =
        length > 0
          ? formatIntel(insn, address)
          : length === DECODE_TRUNCATED
            ? "(the bytes end here)"
            : "(not an instruction)";
      lines.push(`${address.toString(16).padStart(8)}  ${hex.padEnd(30)}  ${shown}`);
      at += size;
    }
    process.stdout.write(`${lines.join("\n")}\n`);
    return 0;
  },
};
