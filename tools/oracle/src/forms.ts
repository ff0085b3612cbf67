import { execFileSync } from "node:child_process";
import { buildForms } from "./native.js";

/** How an operand is found in the encoding: a register that the opcode implies, ModRM.reg, ModRM.rm, the opcode's low bits, ... */
export type OperandEncoding = "fixed" | "reg" | "rm" | "opcode" | "vvvv" | "is4" | "imm" | "disp";

/** One operand of an instruction form, explicit or not. */
export interface Operand {
  /** `e` explicit, `i` implied but written in assembly, `h` hidden. */
  readonly visibility: string;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly type: "reg" | "mem" | "agen" | "vsib" | "imm" | "rel" | "ptr";
  /** Size in bits. */
  readonly size: number;
  readonly encoding: OperandEncoding;
  /** `i` and `u` integers, `f` floating point, `bcd`, `struct`. */
  readonly element: string;
  readonly elementSize: number;
  readonly elementCount: number;
  /** The class of an encoded register (`r32`, `xmm`), the name of a fixed one (`eax`), the base of a fixed address (`rdi`). */
  readonly what: string;
}

/** A distinct way to write an instruction: mnemonic, opcode, kinds and sizes of its operands, role of its prefixes. */
export interface Form {
  /** The line that it was read from. */
  readonly line: string;
  /** Readable and unique, such as `lock add m32, r32 (01)`. */
  readonly id: string;
  readonly mnemonic: string;
  readonly isaSet: string;
  readonly category: string;
  readonly vex: boolean;
  /** 0 one-byte, 1 0F, 2 0F38, 3 0F3A. */
  readonly map: number;
  readonly opcode: number;
  readonly modrm: "none" | "mem" | "reg";
  /** Bit i: ModRM.reg may be i. */
  readonly regMask: number;
  readonly rmMask: number;
  /** Bit i: prefix combination i leads to the form; REX.W * 6 + (none, F2, F3) * 2 + 66, or for VEX W * 8 + L * 4 + pp. */
  readonly combinations: number;
  readonly lock: boolean;
  readonly rep: string;
  /** 64 or 32 where the address size is part of the form (strings and the like), else 0. */
  readonly addressSize: number;
  /** Bits of the immediates, 0 if there is none. */
  readonly immediates: readonly [number, number];
  /** Bits of an absolute address in the encoding (MOV moffs), else 0. */
  readonly displacement: number;
  /** 0 no branch, 1 short, 2 near, 3 far. */
  readonly branch: number;
  /** What Zydis says of RFLAGS. */
  readonly flagsTested: number;
  readonly flagsWritten: number;
  readonly flagsUndefined: number;
  readonly operands: readonly Operand[];
}

function parseOperand(text: string): Operand {
  const [visibility, action, type, size, encoding, element, elementSize, elementCount, what] = text.split(":");
  return {
    visibility: visibility!,
    reads: action!.includes("r"),
    writes: action!.includes("w"),
    type: type as Operand["type"],
    size: Number(size),
    encoding: encoding as OperandEncoding,
    element: element!,
    elementSize: Number(elementSize),
    elementCount: Number(elementCount),
    what: what ?? "",
  };
}

function operandName(operand: Operand, immediateBits: number): string {
  switch (operand.type) {
    case "imm":
      return operand.encoding === "fixed" ? operand.what : `imm${immediateBits}`;
    case "rel":
      return `rel${immediateBits}`;
    case "reg":
      return operand.what;
    case "vsib":
      return `vm${operand.elementSize}${operand.what[0]}`;
    case "mem":
      return operand.encoding === "disp" ? `moffs${operand.size}` : `m${operand.size}`;
    default:
      return operand.type;
  }
}

function formName(form: Omit<Form, "id" | "line">, mode: number): string {
  const names: string[] = [];
  let immediate = 0;
  for (const operand of form.operands) {
    if (operand.visibility === "h") continue;
    const encoded = (operand.type === "imm" || operand.type === "rel") && operand.encoding !== "fixed";
    names.push(operandName(operand, encoded ? form.immediates[immediate++]! : 0));
  }
  const hex = form.opcode.toString(16).padStart(2, "0");
  const code = ["", "0f", "0f38", "0f3a"][form.map]! + hex;
  const fixedReg =
    form.modrm !== "none" && (form.regMask & (form.regMask - 1)) === 0 ? `/${31 - Math.clz32(form.regMask)}` : "";
  const prefix = [form.lock ? "lock" : "", form.rep].filter((part) => part !== "").join(" ");
  const head = prefix === "" ? form.mnemonic : `${prefix} ${form.mnemonic}`;
  const operands = names.length > 0 ? ` ${names.join(", ")}` : "";
  const size = form.addressSize === 0 ? form.displacement : form.addressSize;
  const address = size !== 0 && size !== mode ? ` a${size}` : "";
  return `${head}${operands} (${form.vex ? "vex " : ""}${code}${fixedReg}${address})`;
}

function sizePrefix(form: Omit<Form, "id" | "line">): string {
  if (form.vex) return (form.combinations & 0x00ff) === 0 ? " w1" : "";
  if ((form.combinations & 0x03f) === 0) return " rex.w";
  return (form.combinations & 0x555) === 0 ? " 66" : "";
}

/** Reads the lines that `native/forms.c` prints. */
export function parseForms(text: string, mode: 64 | 32): Form[] {
  const seen = new Map<string, number>();
  const forms: Form[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const field = line.split("\t");
    const operands = field[20] === "" ? [] : field[20]!.split(" ").map(parseOperand);
    const form: Omit<Form, "id" | "line"> = {
      combinations: parseInt(field[0]!, 16),
      regMask: parseInt(field[1]!, 16),
      rmMask: parseInt(field[2]!, 16),
      mnemonic: field[3]!,
      isaSet: field[4]!,
      category: field[5]!,
      vex: field[6] !== "0",
      map: Number(field[7]),
      opcode: parseInt(field[8]!, 16),
      modrm: field[9] as Form["modrm"],
      lock: field[10] === "1",
      rep: field[11]!,
      addressSize: Number(field[12]),
      immediates: [Number(field[13]), Number(field[14])],
      displacement: Number(field[15]),
      branch: Number(field[16]),
      flagsTested: parseInt(field[17]!, 16),
      flagsWritten: parseInt(field[18]!, 16),
      flagsUndefined: parseInt(field[19]!, 16),
      operands,
    };
    let name = formName(form, mode);
    // The operand size does not show in the operands of PUSH imm8 and the like.
    if (seen.has(name)) name = name.replace(/\)$/, `${sizePrefix(form)})`);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    forms.push({ line, id: times === 1 ? name : `${name} #${times}`, ...form });
  }
  return forms;
}

/** Lists every form that Zydis knows, for 64-bit mode or for 32-bit code. */
export function listForms(mode: 64 | 32 = 64): Form[] {
  const text = execFileSync(buildForms(), [String(mode)], { encoding: "utf8", maxBuffer: 1 << 26 });
  return parseForms(text, mode);
}
