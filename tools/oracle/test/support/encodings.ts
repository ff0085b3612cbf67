import { decode, FORMS, Instruction } from "@isinglass/isa-x86";

/** An encoding of a form of isa-x86 in one code size. */
export interface Encoding {
  readonly form: number;
  readonly mode: 16 | 32 | 64;
  readonly bytes: Uint8Array;
}

/** Displacement, immediates and whatever else follows ModRM. */
const TAIL = [0x25, 0x34, 0x12, 0x00, 0x00, 0x44, 0x33, 0x22, 0x11];
const LEGACY = [[], [0x66], [0xf3], [0xf2]];
const MAPS = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]];

function* candidates(mode: 16 | 32 | 64, opcode: number, modrm: number): Generator<number[]> {
  const rest = [opcode, modrm, ...TAIL];
  for (const prefix of LEGACY)
    for (const rex of mode === 64 ? [[], [0x48]] : [[]])
      for (const map of MAPS) if (map.length > 0 || opcode !== 0x0f) yield [...prefix, ...rex, ...map, ...rest];
  yield [0x67, ...rest];
  // 3DNow: the opcode comes last.
  yield [0x0f, 0x0f, modrm | 0xc0, opcode];
  for (const map of [1, 2, 3])
    for (let pp = 0; pp < 4; pp++)
      for (const w of [0x00, 0x80])
        for (const l of [0, 4]) for (const vvvv of [0x78, 0x60]) yield [0xc4, 0xe0 | map, w | vvvv | l | pp, ...rest];
}

/** ModRM with each opcode extension, in memory and in a register: what tells forms apart but where all of ModRM does. */
const FEW = Array.from({ length: 16 }, (_, i) => (i < 8 ? 0x04 : 0xc0) | ((i & 7) << 3));
const ALL = Array.from({ length: 256 }, (_, modrm) => modrm);
/** x87; 0F 01; 0F 1E; 0F AE; 0F C7 and C6, C7. */
const WHOLE = new Set([0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0x01, 0x1e, 0xae, 0xc6, 0xc7]);

/** One encoding with a register and one with memory of every form in every code size where it exists, as our decoder sees it. */
export function allEncodings(): Encoding[] {
  const found = new Map<number, Encoding>();
  const insn = new Instruction();
  for (const mode of [16, 32, 64] as const)
    for (let opcode = 0; opcode < 256; opcode++)
      for (const modrm of WHOLE.has(opcode) ? ALL : FEW)
        for (const list of candidates(mode, opcode, modrm)) {
          const bytes = Uint8Array.from(list);
          const length = decode(bytes, 0, bytes.length, mode, insn);
          if (length <= 0) continue;
          const key = (insn.form * 2 + (modrm >= 0xc0 ? 1 : 0)) * 4 + (mode >> 5);
          if (!found.has(key)) found.set(key, { form: insn.form, mode, bytes: bytes.slice(0, length) });
        }
  return [...found.values()].toSorted((a, b) => a.form - b.form);
}

/** Mnemonic, operands and opcode of a form, for messages. */
export function nameOf(form: number): string {
  const { mnemonic, operands, opcode } = FORMS[form]!;
  return `${mnemonic} ${operands} (${opcode})`;
}
