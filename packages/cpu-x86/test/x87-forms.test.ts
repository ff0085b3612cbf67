import { DECODE_INVALID, Instruction, decode, mnemonicName } from "@isinglass/isa-x86";
import { DecodedForm, OP, verify } from "@isinglass/uops";
import { describe, expect, test } from "vitest";
import { MODE_CODE_16, MODE_CODE_32, MODE_LONG, MODE_STACK_32, X86Isa, assistId } from "../src/index.js";

const MODES = [
  ["16-bit", 16, MODE_CODE_16],
  ["32-bit", 32, MODE_CODE_32 | MODE_STACK_32],
  ["64-bit", 64, MODE_LONG],
] as const;

describe.each(MODES)("every x87 opcode in %s code", (_, bits, mode) => {
  const isa = new X86Isa();
  const missing = assistId("not-implemented");
  const found = new Map<string, number>();
  const decoded = new DecodedForm();
  const insn = new Instruction();
  for (const prefix of [[], [0x66], [0x67], [0x64]]) {
    for (let opcode = 0xd8; opcode <= 0xdf; opcode++) {
      for (let modrm = 0; modrm < 256; modrm++) {
        const bytes = Uint8Array.from([...prefix, opcode, modrm, 0, 0, 0, 0, 0, 0]);
        if (decode(bytes, 0, bytes.length, bits, insn) === DECODE_INVALID) continue;
        isa.decode(bytes, 0, bytes.length, mode, decoded);
        found.set(
          `${mnemonicName(insn.mnemonic)} ${opcode.toString(16)} ${modrm.toString(16)} ${prefix.join(" ")}`,
          decoded.form,
        );
      }
    }
  }

  test("has semantics", () => {
    const without = [...found].filter(([, form]) => {
      const { ir } = isa.form(form);
      return ir.op.some((op, i) => op === OP.assist && ir.x[i] === missing);
    });
    expect(found.size).toBeGreaterThan(4 * 1800);
    expect(without).toEqual([]);
  });

  test("passes the verifier", () => {
    const wrong = [...new Set(found.values())].flatMap((form) => verify(isa.form(form).ir).errors);
    expect(wrong).toEqual([]);
  });
});
