import type { X86Cpu } from "./cpu.js";
import { CC_ADC1, CC_BITS, CC_DEC, CC_INC, CC_RESULT, CC_SBB1, CC_SUB } from "./flags.js";
import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, FLAGS_STATUS, S } from "./state.js";

const PARITY = new Uint8Array(256);
for (let i = 0; i < 256; i += 1) {
  let bits = i ^ (i >> 4);
  bits ^= bits >> 2;
  bits ^= bits >> 1;
  PARITY[i] = (bits & 1) === 0 ? FLAG_PF : 0;
}

/** Unsigned 64-bit a < b, or a <= b, on halves. */
function below(aLo: number, aHi: number, bLo: number, bHi: number, orEqual: boolean): boolean {
  if (aHi !== bHi) return aHi >>> 0 < bHi >>> 0;
  return orEqual ? aLo >>> 0 <= bLo >>> 0 : aLo >>> 0 < bLo >>> 0;
}

/** The six status flags from the lazy record: flags.ts in TypeScript, for assists. */
export function readStatusFlags(cpu: X86Cpu): number {
  const kind = cpu.get32(S.ccOp);
  const bLo = cpu.get32(S.ccB);
  if (kind === CC_BITS) return bLo & FLAGS_STATUS;
  const rLo = cpu.get32(S.ccResult);
  const rHi = cpu.getHi(S.ccResult);
  let flags = PARITY[rLo & 0xff]! | ((rLo | rHi) === 0 ? FLAG_ZF : 0) | (rHi < 0 ? FLAG_SF : 0);
  if (kind === CC_RESULT) return flags | (bLo & (FLAG_CF | FLAG_AF | FLAG_OF));
  const aLo = cpu.get32(S.ccA);
  const aHi = cpu.getHi(S.ccA);
  if (kind === CC_INC || kind === CC_DEC) {
    const overflow = kind === CC_INC ? ~aHi & rHi : aHi & ~rHi;
    return flags | (bLo & FLAG_CF) | ((aLo ^ rLo) & FLAG_AF) | (overflow < 0 ? FLAG_OF : 0);
  }
  const bHi = cpu.getHi(S.ccB);
  flags |= (aLo ^ bLo ^ rLo) & FLAG_AF;
  if (kind === CC_SUB || kind === CC_SBB1) {
    if (below(aLo, aHi, bLo, bHi, kind === CC_SBB1)) flags |= FLAG_CF;
    if (((aHi ^ bHi) & (aHi ^ rHi)) < 0) flags |= FLAG_OF;
  } else {
    if (below(rLo, rHi, aLo, aHi, kind === CC_ADC1)) flags |= FLAG_CF;
    if (((aHi ^ rHi) & (bHi ^ rHi)) < 0) flags |= FLAG_OF;
  }
  return flags;
}

/** All RFLAGS, as PUSHF would see them (bits 31:0). */
export function readFlags(cpu: X86Cpu): number {
  return cpu.get32(S.flagsRest) | readStatusFlags(cpu) | 2;
}

/** Replaces the bits of RFLAGS that `mask` allows. */
export function writeFlags(cpu: X86Cpu, value: number, mask: number): void {
  if ((mask & FLAGS_STATUS) !== 0)
    writeStatusFlags(cpu, (readStatusFlags(cpu) & ~mask) | (value & mask & FLAGS_STATUS));
  const rest = mask & ~FLAGS_STATUS;
  cpu.set32(S.flagsRest, (cpu.get32(S.flagsRest) & ~rest) | (value & rest));
}

export function writeStatusFlags(cpu: X86Cpu, flags: number): void {
  cpu.set32(S.ccOp, CC_BITS);
  cpu.set64(S.ccB, flags & FLAGS_STATUS, 0);
}
