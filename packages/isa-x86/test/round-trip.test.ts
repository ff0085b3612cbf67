import { describe, expect, it } from "vitest";
import {
  assemble,
  decode,
  encode,
  type EncodeRequest,
  formatIntel,
  FORMS,
  Instruction,
  MEM_NONE,
  MEM_RIP,
  mnemonicName,
  OP_FAR,
  OP_IMM,
  OP_MEM,
  OP_REG,
  type Operand,
  PREFIX_LOCK,
  PREFIX_REP,
  PREFIX_REPNE,
} from "../src/index.js";
import { sampleForms } from "./encodings.js";
import { describeOurs } from "./oracle/zydis-text.js";

const ADDRESS = 0x1000n;

function value(lo: number, hi: number): bigint {
  return BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(lo >>> 0));
}

function operandOf(i: Instruction, n: number): Operand {
  const next = ADDRESS + BigInt(i.length);
  switch (i.opKind[n]) {
    case OP_REG:
      return { kind: "register", class: i.opClass[n]!, number: i.opReg[n]! };
    case OP_MEM: {
      const displacement = value(i.dispLo, i.dispHi);
      return {
        kind: "memory",
        base: i.memBase === MEM_NONE ? undefined : i.memBase,
        index: i.memIndex === MEM_NONE ? undefined : i.memIndex,
        indexClass: i.memIndexClass === 0 ? undefined : i.memIndexClass,
        scale: i.memScale,
        displacement,
        target: i.memBase === MEM_RIP ? displacement + next : undefined,
        segment: i.segment < 0 ? undefined : i.segment,
        bits: i.opBits[n] === 0 ? undefined : i.opBits[n],
        addressSize: i.addressSize,
      };
    }
    case OP_IMM:
      return {
        kind: "immediate",
        value: n > 0 && i.opKind[n - 1] === OP_IMM ? BigInt(i.imm2) : value(i.immLo, i.immHi),
      };
    case OP_FAR:
      return { kind: "far", selector: i.imm2, offset: BigInt(i.immLo >>> 0) };
    default:
      return { kind: "target", address: next + value(i.immLo, i.immHi) };
  }
}

function requestOf(i: Instruction): EncodeRequest {
  return {
    mode: i.mode as 16 | 32 | 64,
    mnemonic: mnemonicName(i.mnemonic),
    operands: Array.from({ length: i.operandCount }, (_, n) => operandOf(i, n)),
    address: ADDRESS,
    operandSize: i.operandSize,
    prefixes:
      FORMS[i.form]!.opcode.startsWith("F") && /^F[23] /.test(FORMS[i.form]!.opcode)
        ? i.prefixes & PREFIX_LOCK
        : i.prefixes & (PREFIX_LOCK | PREFIX_REP | PREFIX_REPNE),
    segment: i.segment < 0 ? undefined : i.segment,
    addressSize: i.addressSize,
  };
}

/** What must survive: names and operands; for branches the target, since the length may change. */
function meaning(i: Instruction, ripTarget: boolean): string {
  const text = describeOurs(i);
  const rip = ADDRESS + BigInt(i.length);
  return text
    .replace(
      /\|j(-?\d+)/,
      (_, d: string) => `|target ${BigInt.asUintN(i.mode === 64 ? 64 : i.operandSize, BigInt(d) + rip)}`,
    )
    .replace(/:([er]ip):-:0:(-?\d+)/, (_, r: string, d: string) => `:${r} ${BigInt(d) + (ripTarget ? rip : 0n)}`);
}

function redecode(code: Uint8Array, mode: 16 | 32 | 64): Instruction {
  const insn = new Instruction();
  expect(decode(code, 0, code.length, mode, insn)).toBe(code.length);
  return insn;
}

const hex = (code: Uint8Array): string => Buffer.from(code).toString("hex");

describe("every form of the description", () => {
  const samples = sampleForms(3);

  it("can be reached by the decoder", () => {
    const reached = new Set(samples.map((s) => s.form));
    expect(FORMS.filter((f) => !reached.has(f.index)).map((f) => f.opcode)).toEqual([]);
  });

  it("is encoded to an instruction with the same meaning that is not longer", () => {
    const wrong: string[] = [];
    for (const s of samples) {
      const before = redecode(s.bytes, s.mode);
      try {
        const code = encode(requestOf(before));
        const after = redecode(code, s.mode);
        if (meaning(after, true) !== meaning(before, true) || code.length > s.bytes.length)
          wrong.push(`${s.mode} ${hex(s.bytes)} ${meaning(before, true)} became ${hex(code)} ${meaning(after, true)}`);
      } catch (error) {
        wrong.push(`${s.mode} ${hex(s.bytes)} ${meaning(before, true)}: ${(error as Error).message}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("is assembled from its own text to the same meaning", () => {
    const wrong: string[] = [];
    for (const s of samples) {
      const before = redecode(s.bytes, s.mode);
      const text = formatIntel(before, ADDRESS);
      // Intel syntax has no word for the size of an x87 environment.
      if (/^(fldenv|fnstenv|frstor|fnsave) /.test(text) && s.bytes[0] === 0x66) continue;
      try {
        const code = assemble(text, { mode: s.mode, origin: ADDRESS }).bytes;
        const after = redecode(code, s.mode);
        if (meaning(after, false) !== meaning(before, false))
          wrong.push(`${s.mode} ${hex(s.bytes)} ${text} became ${hex(code)} ${meaning(after, false)}`);
      } catch (error) {
        wrong.push(`${s.mode} ${hex(s.bytes)} ${text}: ${(error as Error).message}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
