import { decode, Instruction } from "@isinglass/isa-x86";

/** Two places of every kind that ModRM tells apart: memory at [RSI], and a register; the field in the middle is filled in. */
const MEMORY = 0x06;
const REGISTER = 0xc1;
/** Opcodes of map 0F in which all of ModRM is the opcode: system instructions, fences, the XSAVE group. */
const WHOLE_MODRM = new Set([0x01, 0xae, 0xc7]);
/** A displacement and immediates; where they are not needed they are not part of the instruction. */
const TAIL = [0x11, 0x22, 0x33, 0x01, 0x11, 0x22, 0x33, 0x01];

let found: ReadonlyMap<number, readonly Uint8Array[]> | undefined;

/**
 * Encodings in 64-bit mode of each form of isa-x86's description, with memory and with registers, found by walking through the opcodes.
 * Takes some 100 ms, once.
 */
export function encodingsOfForms(): ReadonlyMap<number, readonly Uint8Array[]> {
  found ??= walk();
  return found;
}

function walk(): Map<number, Uint8Array[]> {
  const out = new Map<number, Uint8Array[]>();
  const seen = new Set<number>();
  const insn = new Instruction();
  const buffer = new Uint8Array(16);
  const attempt = (bytes: readonly number[]): void => {
    buffer.fill(0);
    buffer.set(bytes);
    buffer.set(TAIL.slice(0, 16 - bytes.length), bytes.length);
    const length = decode(buffer, 0, 15, 64, insn);
    if (length <= 0) return;
    // One of each operand size, vector length and kind of operand is enough.
    const kind = (insn.opKind[0]! << 4) | insn.opKind[Math.max(0, insn.operandCount - 1)]!;
    const key = ((insn.form * 4 + (insn.operandSize >> 5)) * 1024 + (insn.opBits[0]! >> 3)) * 256 + kind;
    if (seen.has(key)) return;
    seen.add(key);
    const list = out.get(insn.form) ?? [];
    list.push(buffer.slice(0, length));
    out.set(insn.form, list);
  };
  const fields = Array.from({ length: 8 }, (_, reg) => [MEMORY | (reg << 3), REGISTER | (reg << 3)]).flat();
  const all = Array.from({ length: 256 }, (_, i) => i);
  for (const map of [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]]) {
    for (const prefix of [[], [0x66], [0xf3], [0xf2]]) {
      for (const rex of [[], [0x48]]) {
        for (const opcode of all) {
          const whole = map.length === 1 && WHOLE_MODRM.has(opcode);
          for (const modrm of whole ? all : fields) attempt([...prefix, ...rex, ...map, opcode, modrm]);
        }
      }
    }
  }
  // 3DNow! has its opcode last.
  for (const opcode of all) attempt([0x0f, 0x0f, REGISTER, opcode]);
  for (const map of [1, 2, 3]) {
    for (let w = 0; w <= 0x80; w += 0x80) {
      // L and the mandatory prefix; the register of VVVV is 0, or there is none.
      for (let low = 0; low < 8; low += 1) {
        for (const opcode of all)
          for (const modrm of fields) attempt([0xc4, 0xe0 | map, w | 0x78 | low, opcode, modrm]);
        // VSIB wants an index: memory at [RSI + XMM2].
        for (const opcode of all) attempt([0xc4, 0xe0 | map, w | 0x70 | low, opcode, 0x0c, 0x16]);
      }
    }
  }
  return out;
}
