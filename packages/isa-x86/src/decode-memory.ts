/** The memory operand: ModRM, SIB and displacement (SDM vol. 2A, tables 2-1, 2-2 and 2-3). */
import { DECODE_TRUNCATED, type Instruction, MEM_NONE, MEM_RIP } from "./instruction.js";
import { GPR_BP, GPR_BX, GPR_DI, GPR_SI, GPR_SP, SEG_DS, SEG_SS } from "./registers.js";

/** Base and index of the eight 16-bit forms. */
const BASE16 = Int8Array.of(GPR_BX, GPR_BX, GPR_BP, GPR_BP, GPR_SI, GPR_DI, GPR_BP, GPR_BX);
const INDEX16 = Int8Array.of(GPR_SI, GPR_DI, GPR_SI, GPR_DI, MEM_NONE, MEM_NONE, MEM_NONE, MEM_NONE);

/** Reads a sign-extended displacement of 1, 2 or 4 bytes; the caller has checked that they are there. */
function setDisplacement(bytes: Uint8Array, offset: number, pos: number, size: number, out: Instruction): void {
  let d = bytes[pos]!;
  if (size === 1) d = (d << 24) >> 24;
  else {
    d |= bytes[pos + 1]! << 8;
    if (size === 2) d = (d << 16) >> 16;
    else d |= (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24);
  }
  out.dispLo = d;
  out.dispHi = d >> 31;
  out.dispOffset = pos - offset;
  out.dispSize = size;
}

/**
 * Fills the `mem*` and `disp*` fields for a ModRM byte with mod ≠ 3. `out.rex` and `out.segment` are already set.
 *
 * @param asz address size, 0 = 16, 1 = 32, 2 = 64 bits
 * @returns the position after the displacement, or `DECODE_TRUNCATED`
 */
export function decodeMemory(
  bytes: Uint8Array,
  offset: number,
  start: number,
  limit: number,
  modrm: number,
  asz: number,
  is64: boolean,
  out: Instruction,
): number {
  let pos = start;
  const mod = modrm >> 6;
  const rm = modrm & 7;
  let size = mod;
  let base = 0;
  let stack = false;
  if (asz === 0) {
    base = BASE16[rm]!;
    out.memIndex = INDEX16[rm]!;
    if (mod === 0 && rm === 6) {
      base = MEM_NONE;
      size = 2;
    }
    stack = base === GPR_BP;
  } else {
    const rex = out.rex;
    if (mod === 2) size = 4;
    if (rm === 4) {
      if (pos >= limit) return DECODE_TRUNCATED;
      out.sibOffset = pos - offset;
      const sib = bytes[pos++]!;
      const index = ((sib >> 3) & 7) | ((rex & 2) << 2);
      // Index 4 means none; with REX.X it is R12 (SDM vol. 2A, table 2-5).
      if (index !== 4) {
        out.memIndex = index;
        out.memScale = sib >> 6;
      }
      base = sib & 7;
      if (base === 5 && mod === 0) {
        base = MEM_NONE;
        size = 4;
      } else base |= (rex & 1) << 3;
    } else if (rm === 5 && mod === 0) {
      // In 64-bit mode relative to RIP, also with a 67 prefix (then EIP).
      base = is64 ? MEM_RIP : MEM_NONE;
      size = 4;
    } else base = rm | ((rex & 1) << 3);
    stack = base === GPR_SP || base === GPR_BP;
  }
  out.memBase = base;
  if (out.segment < 0) out.memSegment = stack ? SEG_SS : SEG_DS;
  if (size !== 0) {
    if (pos + size > limit) return DECODE_TRUNCATED;
    setDisplacement(bytes, offset, pos, size, out);
    pos += size;
  }
  return pos;
}
