import type { Encoding } from "./encodings.js";

/** A small generator of pseudo-random numbers (Marsaglia's xorshift32): a seed repeats a program. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 4; i += 1) this.next();
  }

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** An instruction of a program: bytes, or a branch to the start of another instruction. */
interface Plain {
  readonly bytes: readonly number[];
}
interface Branch {
  readonly opcode: readonly number[];
  readonly to: number;
}
type Piece = Plain | Branch;

const isBranch = (piece: Piece): piece is Branch => "opcode" in piece;
const lengthOf = (piece: Piece): number => (isBranch(piece) ? piece.opcode.length + 4 : piece.bytes.length);

/** Pointers that programs address memory with: RBX, RSP, RBP, RSI, RDI, whose numbers are 3 to 7. */
export const POINTERS: readonly number[] = [3, 4, 5, 6, 7];
const POINTER_IN_RM = [3, 5, 6, 7];
const FREE = [0, 1, 2];
/** With AH, CH and DH. */
const BYTE_FREE = [0, 1, 2, 4, 5, 6];
const WIDE_FREE = [0, 1, 2, 8, 9, 10, 11, 12];

export interface ProgramOptions {
  readonly encodings: readonly Encoding[];
  readonly mode: 32 | 64;
  readonly at: number;
}

/**
 * Writes a program of random instructions and branches between them. It never ends: it is run to a count. Registers that it uses as
 * pointers are spared where ModRM says which register is written, so that most instructions find their operands.
 */
export function randomProgram(random: Random, options: ProgramOptions): { bytes: Uint8Array; text: string } {
  const count = 4 + random.below(28);
  const pieces: Piece[] = [];
  const texts: string[] = [];
  const add = (piece: Piece, text: string): void => {
    pieces.push(piece);
    texts.push(text);
  };
  for (let i = 0; i < count; i += 1) {
    const kind = random.below(100);
    if (kind < 18) {
      const condition = random.below(16);
      const to = random.below(count);
      add({ opcode: [0x0f, 0x80 | condition], to }, `j${condition.toString(16)} #${to}`);
    } else if (kind < 20) {
      const to = random.below(count);
      add({ opcode: [0xe9], to }, `jmp #${to}`);
    } else if (kind < 23) {
      const to = random.below(count);
      add({ opcode: [0xe8], to }, `call #${to}`);
    } else if (kind < 25) add({ bytes: [0xc3] }, "ret");
    else {
      const encoding = random.pick(options.encodings);
      add({ bytes: vary(random, encoding, options.mode) }, encoding.text);
    }
  }
  // From the end to the start again.
  add({ opcode: [0xe9], to: 0 }, "jmp #0");
  const starts: number[] = [];
  let at = 0;
  for (const piece of pieces) {
    starts.push(at);
    at += lengthOf(piece);
  }
  const bytes = new Uint8Array(at);
  const view = new DataView(bytes.buffer);
  pieces.forEach((piece, i) => {
    if (!isBranch(piece)) {
      bytes.set(piece.bytes, starts[i]);
      return;
    }
    bytes.set(piece.opcode, starts[i]);
    const end = starts[i]! + lengthOf(piece);
    view.setInt32(end - 4, starts[piece.to]! - end, true);
  });
  const text = pieces
    .map((piece, i) => {
      const own = [...bytes.subarray(starts[i], starts[i]! + lengthOf(piece))];
      const hex = own.map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return `  #${i} ${(options.at + starts[i]!).toString(16)}: ${hex.padEnd(22)} ${texts[i]}`;
    })
    .join("\n");
  return { bytes, text };
}

/** The instruction with other registers and another immediate, where it is clear which bits say so. */
function vary(random: Random, encoding: Encoding, mode: 32 | 64): number[] {
  const bytes = [...encoding.bytes];
  const { modrm, hasMemory } = encoding;
  if (modrm < 0) return bytes;
  const isRegister = (bytes[modrm]! & 0xc0) === 0xc0;
  if (!hasMemory && !isRegister) return bytes;
  const opensReg = encoding.freeReg;
  let rex = encoding.rexAt < 0 ? 0 : bytes[encoding.rexAt]!;
  const wide = encoding.rexAt >= 0;
  const isByte = !wide && /\b[a-d]l\b/.test(encoding.text);
  const free = wide && mode === 64 ? WIDE_FREE : isByte ? BYTE_FREE : FREE;
  const register = (): number => random.pick(free);
  let byte = bytes[modrm]!;
  if (opensReg) {
    const reg = register();
    byte = (byte & ~0x38) | ((reg & 7) << 3);
    if (reg > 7) rex |= 4;
  }
  if (isRegister) {
    const rm = register();
    byte = (byte & ~7) | (rm & 7);
    if (rm > 7) rex |= 1;
    bytes[modrm] = byte;
  } else {
    // A displacement of eight bits goes behind ModRM; now and then the operand lies across a page.
    byte = (byte & ~0xc7) | 0x40 | random.pick(POINTER_IN_RM);
    bytes[modrm] = byte;
    bytes.splice(modrm + 1, 0, random.below(256));
  }
  if (wide) bytes[encoding.rexAt] = rex;
  for (let i = 0; i < encoding.immediates; i += 1)
    if (random.chance(50)) bytes[bytes.length - 1 - i] = random.below(256);
  return bytes;
}
