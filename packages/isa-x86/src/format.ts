/**
 * Intel-syntax text of a decoded instruction, in the form of `objdump -d -M intel`: lower-case mnemonics, upper-case
 * `DWORD PTR`, hexadecimal numbers, branch targets as absolute addresses, scales always written. The README lists where the
 * two differ.
 */
import { FORMS } from "./forms.js";
import {
  ENC_LEGACY,
  type Instruction,
  MEM_NONE,
  MEM_RIP,
  OP_FAR,
  OP_IMM,
  OP_MEM,
  OP_REG,
  OP_REL,
  PREFIX_LOCK,
  PREFIX_REP,
  PREFIX_REPNE,
  PREFIX_SEGMENT,
} from "./instruction.js";
import { preferredName } from "./names.js";
import { RC_GPR16, RC_GPR32, RC_GPR64, RC_ST, registerName, SEG_CS, SEG_DS } from "./registers.js";

const SEGMENT_NAMES = ["es", "cs", "ss", "ds", "fs", "gs"];

/** Size keywords by access size in bits; sizes without one (FXSAVE areas, LEA) get none. */
const SIZE_KEYWORDS: Readonly<Record<number, string>> = {
  8: "BYTE PTR ",
  16: "WORD PTR ",
  32: "DWORD PTR ",
  48: "FWORD PTR ",
  64: "QWORD PTR ",
  80: "TBYTE PTR ",
  128: "XMMWORD PTR ",
  256: "YMMWORD PTR ",
  512: "ZMMWORD PTR ",
};

/** Mnemonics whose bare memory operand has no size keyword although it is accessed. */
const NO_KEYWORD = new Set([
  "sgdt",
  "sidt",
  "lgdt",
  "lidt",
  "bound",
  "fxsave",
  "fxrstor",
  "fxsave64",
  "fxrstor64",
  "invpcid",
]);

/** Mnemonics that take an address without an access, for which objdump still writes BYTE PTR. */
const BYTE_KEYWORD = /^(prefetch|clflush|clwb|cldemote|invlpg$)/;

/** Operands of string instructions: d = ES:rDI, s = DS:rSI, a = accumulator, x = DX. */
const STRING_OPERANDS: Readonly<Record<string, string>> = {
  movs: "ds",
  cmps: "sd",
  stos: "da",
  lods: "as",
  scas: "ad",
  ins: "dx",
  outs: "xs",
};

const STRING_BITS: Readonly<Record<string, number>> = { b: 8, w: 16, d: 32, q: 64 };

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Two int32 halves as an unsigned value of `bits` bits. */
function unsigned(lo: number, hi: number, bits: number): bigint {
  return BigInt.asUintN(bits, (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
}

function signedHex(lo: number, hi: number): string {
  const value = BigInt.asIntN(64, unsigned(lo, hi, 64));
  return value < 0n ? `-0x${(-value).toString(16)}` : `+0x${value.toString(16)}`;
}

function addressClass(insn: Instruction): number {
  return insn.addressSize === 64 ? RC_GPR64 : insn.addressSize === 32 ? RC_GPR32 : RC_GPR16;
}

function formatAddress(insn: Instruction): string {
  const override = insn.segment >= 0 ? `${SEGMENT_NAMES[insn.segment]}:` : "";
  if (insn.memBase === MEM_NONE && insn.memIndex === MEM_NONE) {
    const bits = insn.addressSize === 64 ? 64 : insn.addressSize;
    return `${override === "" ? "ds:" : override}${hex(unsigned(insn.dispLo, insn.dispHi, bits))}`;
  }
  const cls = addressClass(insn);
  let text = "";
  if (insn.memBase === MEM_RIP) text = insn.addressSize === 64 ? "rip" : "eip";
  else if (insn.memBase !== MEM_NONE) text = registerName(cls, insn.memBase);
  if (insn.memIndex !== MEM_NONE) {
    const name = registerName(insn.memIndexClass === 0 ? cls : insn.memIndexClass, insn.memIndex);
    text += `${text === "" ? "" : "+"}${name}${insn.addressSize === 16 ? "" : `*${1 << insn.memScale}`}`;
  }
  if (insn.dispSize > 0) text += signedHex(insn.dispLo, insn.dispHi);
  return `${override}[${text}]`;
}

function formatMemory(insn: Instruction, i: number, mnemonic: string): string {
  const far = mnemonic === "callf" || mnemonic === "jmpf";
  const bits = insn.opBits[i]!;
  if (bits === 0 && BYTE_KEYWORD.test(mnemonic)) return `BYTE PTR ${formatAddress(insn)}`;
  const keyword = NO_KEYWORD.has(mnemonic) || insn.modrm < 0 ? "" : (SIZE_KEYWORDS[bits] ?? "");
  // Selector:16 has the size of a near 32-bit pointer: only FAR tells them apart.
  return `${far && bits === 32 ? "far " : ""}${keyword}${formatAddress(insn)}`;
}

function formatOperand(insn: Instruction, i: number, mnemonic: string, address: bigint): string {
  switch (insn.opKind[i]) {
    case OP_REG:
      // ST is the implied register, ST(0) the one that ModRM happens to name.
      if (insn.opClass[i] === RC_ST && insn.opReg[i] === 0 && FORMS[insn.form]!.opEn.replace(/[^A-Z]/g, "")[i] !== "F")
        return "st(0)";
      return registerName(insn.opClass[i]!, insn.opReg[i]!);
    case OP_MEM:
      return formatMemory(insn, i, mnemonic);
    case OP_IMM: {
      // The second immediate of ENTER, EXTRQ and INSERTQ follows another immediate.
      if (i > 0 && insn.opKind[i - 1] === OP_IMM) return hex(unsigned(insn.imm2, 0, 8));
      if (insn.immSize === 0) return "1";
      return hex(unsigned(insn.immLo, insn.immHi, insn.opBits[i]!));
    }
    case OP_REL: {
      const target = address + BigInt(insn.length) + BigInt(insn.immLo);
      return hex(BigInt.asUintN(insn.mode === 64 ? 64 : insn.operandSize, target));
    }
    case OP_FAR:
      return `${hex(BigInt(insn.imm2))}:${hex(unsigned(insn.immLo, 0, 32))}`;
    default:
      return "";
  }
}

function formatString(insn: Instruction, mnemonic: string): string {
  const base = mnemonic.slice(0, -1);
  const size = STRING_BITS[mnemonic.at(-1)!]!;
  const cls = addressClass(insn);
  const segment = SEGMENT_NAMES[insn.memSegment === SEG_CS || insn.segment >= 0 ? insn.memSegment : SEG_DS];
  const parts = STRING_OPERANDS[base]!.split("").map((kind) => {
    switch (kind) {
      case "d":
        return `${SIZE_KEYWORDS[size]}es:[${registerName(cls, 7)}]`;
      case "s":
        return `${SIZE_KEYWORDS[size]}${segment}:[${registerName(cls, 6)}]`;
      case "a":
        return { 8: "al", 16: "ax", 32: "eax", 64: "rax" }[size]!;
      default:
        return "dx";
    }
  });
  return `${base} ${parts.join(",")}`;
}

/** LOCK, REP and the prefixes that mean something else before a branch or a locked access, with a trailing blank each. */
function formatPrefixes(insn: Instruction, mnemonic: string): string {
  const form = FORMS[insn.form]!;
  const prefixes = insn.prefixes;
  let text = "";
  const rep = (prefixes & PREFIX_REP) !== 0;
  const repne = (prefixes & PREFIX_REPNE) !== 0;
  if (insn.encoding === ENC_LEGACY && (rep || repne) && !/^F[23] /.test(form.opcode)) {
    const memory = insn.opKind[0] === OP_MEM;
    if (form.rep === "rep") text += rep ? "rep " : "repnz ";
    else if (memory && form.lock && (prefixes & PREFIX_LOCK || mnemonic === "xchg"))
      text += rep ? "xrelease " : "xacquire ";
    else if (rep && memory && mnemonic === "mov" && /^(8[89]|C[67])/.test(form.opcode)) text += "xrelease ";
    else if (repne && /^(j(?!mpf|\w*cxz)\w+|call|ret)$/.test(mnemonic)) text += "bnd ";
    else text += rep ? "repz " : "repnz ";
  }
  if (prefixes & PREFIX_LOCK) text += "lock ";
  // 3E before an indirect near branch: no CET tracking (SDM vol. 1, 17.3.1).
  const near = mnemonic === "call" || mnemonic === "jmp";
  if (prefixes & PREFIX_SEGMENT && insn.segmentPrefix === SEG_DS && near && insn.opKind[0] !== OP_REL)
    text += "notrack ";
  return text;
}

/** Instructions without an operand that shows their size: they get a letter where it is not the default of the mode. */
const SUFFIXED = new Set([
  "pushf",
  "popf",
  "pusha",
  "popa",
  "iret",
  "ret",
  "retf",
  "enter",
  "leave",
  "push",
  "callf",
  "jmpf",
]);

function sizeSuffix(insn: Instruction, mnemonic: string): string {
  const size = insn.operandSize;
  if (mnemonic === "sysret" || mnemonic === "sysexit") return size === 64 ? "q" : insn.mode === 64 ? "d" : "";
  if (!SUFFIXED.has(mnemonic) || (insn.operandCount > 0 && insn.opKind[0] !== OP_IMM && insn.opKind[0] !== OP_FAR))
    return "";
  const stack = mnemonic !== "iret" && mnemonic !== "retf";
  if (size === (insn.mode === 64 && !stack ? 32 : insn.mode)) return "";
  return size === 16 ? "w" : size === 32 ? "d" : "q";
}

/**
 * Intel-syntax text of a decoded instruction.
 *
 * @param insn a record that `decode` has filled
 * @param address address of the instruction, for branch targets; 0 if absent
 * @returns for example `mov rax,QWORD PTR [rsp-0x8]` or `jne 0x401136`
 */
export function formatIntel(insn: Instruction, address: bigint = 0n): string {
  const mnemonic = FORMS[insn.form]!.mnemonic;
  const prefix = formatPrefixes(insn, mnemonic);
  if (
    FORMS[insn.form]!.implicit.some((r) => r === "aCX+") &&
    STRING_OPERANDS[mnemonic.slice(0, -1)] &&
    insn.operandCount === 0
  )
    return prefix + formatString(insn, mnemonic);
  if (mnemonic === "xlatb")
    return `${prefix}xlat BYTE PTR ${SEGMENT_NAMES[insn.memSegment]}:[${registerName(addressClass(insn), 3)}]`;
  let name = preferredName(mnemonic);
  if (mnemonic === "callf") name = "call";
  else if (mnemonic === "jmpf") name = "jmp";
  else if (mnemonic === "mov" && (insn.immSize === 8 || (insn.dispSize === 8 && insn.modrm < 0))) name = "movabs";
  else name += sizeSuffix(insn, mnemonic);
  const operands: string[] = [];
  for (let i = 0; i < insn.operandCount; i++) operands.push(formatOperand(insn, i, mnemonic, address));
  return operands.length === 0 ? prefix + name : `${prefix}${name} ${operands.join(",")}`;
}
