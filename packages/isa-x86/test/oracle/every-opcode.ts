/** Byte strings that go through the opcode space in order, for what random bytes meet too rarely. */
import { CASE_BYTES } from "./zydis.js";

const MODES = [16, 32, 64];
const LEGACY_PREFIXES = [[], [0x66], [0xf3], [0xf2], [0xf0], [0x66, 0xf2]];
const LEGACY_MAPS = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a], [0x0f, 0x0f]];
const TAIL = [0x24, 0x35, 0x46, 0x57, 0x68, 0x79, 0x8a, 0x9b, 0xac];

/** mod 0, 1 and 3 with each reg and rm 0, 1, 4 (SIB) and 5. */
const MODRM = [0, 1, 3].flatMap((mod) =>
  Array.from({ length: 8 }, (_, reg) => [0, 1, 4, 5].map((rm) => (mod << 6) | (reg << 3) | rm)).flat(),
);

const REX = [[], [0x40], [0x48], [0x45]];

const LEGACY = MODES.length * LEGACY_PREFIXES.length * LEGACY_MAPS.length * REX.length * 256 * 256;
const VEX = MODES.length * 3 * 32 * 256 * MODRM.length;

/** Number of cases. */
export const EVERY_OPCODE_CASES: number = LEGACY + VEX;

function legacy(index: number): [mode: number, bytes: number[]] {
  let n = index;
  const take = (count: number): number => {
    const digit = n % count;
    n = Math.floor(n / count);
    return digit;
  };
  const modrm = take(256);
  const opcode = take(256);
  const rex = REX[take(REX.length)]!;
  const map = LEGACY_MAPS[take(LEGACY_MAPS.length)]!;
  const prefix = LEGACY_PREFIXES[take(LEGACY_PREFIXES.length)]!;
  const mode = MODES[n]!;
  // 3DNow! has its opcode behind the operands.
  const code = map[1] === 0x0f ? [modrm | 0xc0, opcode] : [opcode, modrm];
  return [mode, [...prefix, ...rex, ...map, ...code, ...TAIL]];
}

function vex(index: number): [mode: number, bytes: number[]] {
  let n = index;
  const take = (count: number): number => {
    const digit = n % count;
    n = Math.floor(n / count);
    return digit;
  };
  const modrm = MODRM[take(MODRM.length)]!;
  const opcode = take(256);
  const bits = take(32);
  const map = 1 + take(3);
  const mode = MODES[n]!;
  const vvvv = bits & 16 ? 0x78 : 0x50;
  const last = ((bits & 8) << 4) | vvvv | (bits & 7);
  return [mode, [0xc4, 0xe0 | map, last, opcode, modrm, ...TAIL]];
}

/** Fills the case with this index, as the Zydis helper wants it. */
export function everyOpcodeCase(index: number, into: Uint8Array): void {
  const [mode, bytes] = index < LEGACY ? legacy(index) : vex(index - LEGACY);
  into.fill(0);
  into[0] = mode;
  into[1] = CASE_BYTES - 2;
  into.set(bytes.slice(0, CASE_BYTES - 2), 2);
}
