/** Encodings of every form, found by walking the opcode space with our decoder. */
import { decode, Instruction } from "../src/index.js";

export interface Sample {
  readonly mode: 16 | 32 | 64;
  readonly bytes: Uint8Array;
  readonly form: number;
}

const TAIL = [0x25, 0x34, 0x12, 0x00, 0x00, 0x44, 0x33, 0x22, 0x11];

/** Up to `perForm` encodings of each form in each mode, with different ModRM bytes. */
export function sampleForms(perForm: number): Sample[] {
  const found: Sample[] = [];
  const counts = new Map<number, number>();
  const insn = new Instruction();
  const tryBytes = (mode: 16 | 32 | 64, list: number[]): void => {
    const bytes = Uint8Array.from(list);
    const length = decode(bytes, 0, bytes.length, mode, insn);
    if (length <= 0) return;
    const key = insn.form * 4 + (mode >> 5);
    const n = counts.get(key) ?? 0;
    if (n >= perForm) return;
    counts.set(key, n + 1);
    found.push({ mode, bytes: bytes.slice(0, length), form: insn.form });
  };
  for (const mode of [16, 32, 64] as const) {
    // A stride that is odd and large spreads the first samples over the ModRM byte.
    for (let k = 0; k < 256; k++) {
      const modrm = (k * 77 + 5) & 255;
      for (let opcode = 0; opcode < 256; opcode++) {
        const rest = [opcode, modrm, ...TAIL];
        for (const rex of mode === 64 ? [[], [0x48], [0x45]] : [[]]) {
          for (const prefix of [[], [0x66], [0xf3], [0xf2]]) {
            if (opcode !== 0x0f) tryBytes(mode, [...prefix, ...rex, ...rest]);
            for (const map of [[0x0f], [0x0f, 0x38], [0x0f, 0x3a]])
              tryBytes(mode, [...prefix, ...rex, ...map, ...rest]);
          }
        }
        tryBytes(mode, [0x67, ...rest]);
        tryBytes(mode, [0x0f, 0x0f, modrm | 0xc0, opcode]);
        for (let v = 0; v < 16; v++) {
          const [w, l, pp] = [(v & 1) << 7, v & 4, (v >> 2) & 3];
          for (const map of [1, 2, 3]) {
            for (const vvvv of [0x78, 0x60]) {
              tryBytes(mode, [0xc4, (mode === 64 && v & 2 ? 0x40 : 0xe0) | map, w | vvvv | l | pp, ...rest]);
              tryBytes(mode, [0xc4, 0xe0 | map, w | vvvv | ((v & 2) << 1) | pp, ...rest]);
            }
          }
        }
      }
    }
  }
  return found;
}
