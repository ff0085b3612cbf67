import {
  type Instruction,
  MEM_NONE,
  MEM_RIP,
  OP_FAR,
  OP_IMM,
  OP_MEM,
  OP_REG,
  OP_REL,
  RC_GPR16,
  RC_GPR32,
  RC_GPR64,
  RC_ST,
  mnemonicName,
  registerName,
} from "../../src/index.js";

const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"];

function wide(lo: number, hi: number): bigint | number {
  if (hi === lo >> 31) return lo | 0;
  return BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(lo >>> 0));
}

function register(insn: Instruction, i: number): string {
  const cls = insn.opClass[i]!;
  if (cls === RC_ST) return `st${insn.opReg[i]}`;
  return registerName(cls, insn.opReg[i]!);
}

function memory(insn: Instruction, i: number): string {
  const cls = insn.addressSize === 64 ? RC_GPR64 : insn.addressSize === 32 ? RC_GPR32 : RC_GPR16;
  const rip = insn.addressSize === 64 ? "rip" : "eip";
  const base = insn.memBase === MEM_NONE ? "-" : insn.memBase === MEM_RIP ? rip : registerName(cls, insn.memBase);
  const none = insn.memIndex === MEM_NONE;
  const index = none ? "-" : registerName(insn.memIndexClass || cls, insn.memIndex);
  return `m${insn.opBits[i]}:${SEGMENTS[insn.memSegment]}:${base}:${index}:${none ? 0 : 1 << insn.memScale}:${wide(insn.dispLo, insn.dispHi)}`;
}

/** Our record as the Zydis helper prints its own: mnemonic and operands. */
export function describeOurs(insn: Instruction): string {
  let text = mnemonicName(insn.mnemonic);
  // Segment overrides and hints aside, NOP has no operands that matter.
  if (text === "nop") return text;
  for (let i = 0; i < insn.operandCount; i++) {
    switch (insn.opKind[i]) {
      case OP_REG:
        text += `|r${register(insn, i)}:${insn.opClass[i]! <= RC_GPR64 ? insn.opBits[i] : 0}`;
        break;
      case OP_MEM:
        text += `|${memory(insn, i)}`;
        break;
      case OP_REL:
        text += `|j${wide(insn.immLo, insn.immHi)}`;
        break;
      case OP_FAR:
        text += `|p${insn.imm2}:${insn.immLo >>> 0}`;
        break;
      case OP_IMM:
        text += i > 0 && insn.opKind[i - 1] === OP_IMM ? `|i${insn.imm2}` : `|i${wide(insn.immLo, insn.immHi)}`;
        break;
      default:
    }
  }
  return text;
}
