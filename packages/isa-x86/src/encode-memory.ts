/** ModRM, SIB and displacement of a memory operand (SDM vol. 2A, tables 2-1, 2-2, 2-3). */
import { MEM_RIP } from "./instruction.js";
import type { MemoryOperand } from "./operand.js";
import { GPR_BP, GPR_BX, GPR_DI, GPR_SI, GPR_SP } from "./registers.js";

/** ModRM without the reg field, SIB if any, displacement bytes, and the REX bits X and B. */
export interface EncodedMemory {
  readonly modrm: number;
  readonly sib: number;
  readonly displacement: bigint;
  readonly displacementSize: number;
  readonly rex: number;
}

const BASES16: readonly (readonly [number, number])[] = [
  [GPR_BX, GPR_SI],
  [GPR_BX, GPR_DI],
  [GPR_BP, GPR_SI],
  [GPR_BP, GPR_DI],
  [GPR_SI, -1],
  [GPR_DI, -1],
  [GPR_BP, -1],
  [GPR_BX, -1],
];

function encode16(m: MemoryOperand): EncodedMemory | undefined {
  const displacement = BigInt.asIntN(16, m.displacement ?? 0n);
  if (m.base === undefined && m.index === undefined)
    return { modrm: 6, sib: -1, displacement, displacementSize: 2, rex: 0 };
  let [base, index] = [m.base ?? m.index ?? -1, m.base === undefined ? -1 : (m.index ?? -1)];
  if (base === GPR_SI || base === GPR_DI) if (index >= 0) [base, index] = [index, base];
  const rm = BASES16.findIndex(([b, i]) => b === base && i === index);
  if (rm < 0 || (m.scale ?? 0) !== 0) return undefined;
  const displacementSize = sizeOf(displacement, m.wide === true ? 2 : 0, rm === 6, 2);
  return { modrm: (mod(displacementSize) << 6) | rm, sib: -1, displacement, displacementSize, rex: 0 };
}

const mod = (size: number): number => (size === 0 ? 0 : size === 1 ? 1 : 2);

function sizeOf(displacement: bigint, minimum: number, needed: boolean, full: number): number {
  if (minimum > 1) return full;
  if (displacement === 0n && !needed) return 0;
  return BigInt.asIntN(8, displacement) === displacement ? 1 : full;
}

/**
 * Encodes a memory operand.
 *
 * @param addressSize 16, 32 or 64
 * @param vector the index is a vector register (VSIB)
 * @returns undefined if the address cannot be encoded
 */
export function encodeMemory(
  m: MemoryOperand,
  addressSize: number,
  is64: boolean,
  vector: boolean,
): EncodedMemory | undefined {
  if (addressSize === 16) return is64 || vector ? undefined : encode16(m);
  const given = m.displacement ?? 0n;
  const displacement = BigInt.asIntN(32, given);
  const width = addressSize === 64 ? 64 : 32;
  if (m.base === MEM_RIP) return { modrm: 5, sib: -1, displacement: given, displacementSize: 4, rex: 0 };
  if (BigInt.asUintN(width, displacement) !== BigInt.asUintN(width, given)) return undefined;
  let { base, index } = m;
  let scale = m.scale ?? 0;
  if (!vector && index === GPR_SP) {
    // RSP cannot be an index; [rax+rsp] is [rsp+rax].
    if (scale !== 0 || base === GPR_SP) return undefined;
    [base, index] = [index, base];
    scale = 0;
  }
  const rex = ((base ?? 0) & 8 ? 1 : 0) | ((index ?? 0) & 8 ? 2 : 0);
  if (base === undefined) {
    // In 64-bit mode an address without registers needs a SIB: mod 00, rm 101 is relative to RIP.
    if (index === undefined && !is64) return { modrm: 5, sib: -1, displacement, displacementSize: 4, rex };
    const sib = (scale << 6) | (((index ?? GPR_SP) & 7) << 3) | 5;
    return { modrm: 4, sib, displacement, displacementSize: 4, rex };
  }
  const displacementSize = sizeOf(displacement, m.wide === true ? 4 : 0, (base & 7) === GPR_BP, 4);
  const top = mod(displacementSize) << 6;
  if (index === undefined && (base & 7) !== GPR_SP) {
    return { modrm: top | (base & 7), sib: -1, displacement, displacementSize, rex };
  }
  const sib = (scale << 6) | (((index ?? GPR_SP) & 7) << 3) | (base & 7);
  return { modrm: top | 4, sib, displacement, displacementSize, rex };
}
