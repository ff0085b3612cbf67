import type { X86Cpu } from "./cpu.js";
import { S } from "./state.js";

/** Status word (SDM vol. 1, 8.1.3). Bits 5:0 are the exceptions, as softfloat has them. */
export const FSW_IE: number = 1;
/** Inexact. */
export const FSW_PE: number = 0x20;
export const FSW_EXCEPTIONS: number = 0x3f;
/** Stack fault. */
export const FSW_SF: number = 0x40;
/** Error summary: an unmasked exception is pending. */
export const FSW_ES: number = 0x80;
export const FSW_C0: number = 0x100;
export const FSW_C1: number = 0x200;
export const FSW_C2: number = 0x400;
export const FSW_C3: number = 0x4000;
/** Busy: a copy of ES since the 80387. */
export const FSW_B: number = 0x8000;
export const FSW_TOP_SHIFT: number = 11;
/** All but TOP: what the state's `fsw` holds. */
export const FSW_WITHOUT_TOP: number = 0xc7ff;
/** Bits of the control word that can be written, and the one that always reads as 1 (SDM vol. 1, 8.1.5). */
export const FCW_WRITABLE: number = 0x1f3f;
export const FCW_ALWAYS_ONE: number = 0x40;
/** Control word after FNINIT: all masked, 64-bit precision, to nearest. */
export const FCW_INITIAL: number = 0x37f;

/** Index into `cpu.i32` of ST(i): significand low and high, then sign and exponent in the low 16 bits. */
export function stackIndex(cpu: X86Cpu, i: number): number {
  return (cpu.base + S.fpr + (((cpu.get32(S.fpuTop) + i) & 7) << 4)) >> 2;
}

export function isEmpty(cpu: X86Cpu, i: number): boolean {
  return cpu.u8[cpu.base + S.fpuEmpty + ((cpu.get32(S.fpuTop) + i) & 7)] !== 0;
}

export function setEmpty(cpu: X86Cpu, i: number, empty: 0 | 1): void {
  cpu.u8[cpu.base + S.fpuEmpty + ((cpu.get32(S.fpuTop) + i) & 7)] = empty;
}

/** Writes ST(i) and tags it as in use. */
export function setStack(cpu: X86Cpu, i: number, sigLo: number, sigHi: number, se: number): void {
  const at = stackIndex(cpu, i);
  cpu.i32[at] = sigLo;
  cpu.i32[at + 1] = sigHi;
  cpu.i32[at + 2] = se & 0xffff;
  setEmpty(cpu, i, 0);
}

export function moveTop(cpu: X86Cpu, by: number): void {
  cpu.set32(S.fpuTop, (cpu.get32(S.fpuTop) + by) & 7);
}

export function pop(cpu: X86Cpu): void {
  setEmpty(cpu, 0, 1);
  moveTop(cpu, 1);
}

/** The status word with TOP in its place. */
export function statusWord(cpu: X86Cpu): number {
  return (cpu.get32(S.fsw) & FSW_WITHOUT_TOP) | (cpu.get32(S.fpuTop) << FSW_TOP_SHIFT);
}

/** Sets the control word as FLDCW does. The caller sets the status word after it, or calls {@link updateSummary}. */
export function setControlWord(cpu: X86Cpu, value: number): void {
  cpu.set32(S.fcw, (value & FCW_WRITABLE) | FCW_ALWAYS_ONE);
}

/** Sets the status word and TOP; ES and B follow from the exceptions and the masks in force. */
export function setStatusWord(cpu: X86Cpu, value: number): void {
  cpu.set32(S.fsw, value & FSW_WITHOUT_TOP);
  cpu.set32(S.fpuTop, (value >>> FSW_TOP_SHIFT) & 7);
  updateSummary(cpu);
}

/** Makes ES, B and the pending exception agree with the exceptions and masks. */
export function updateSummary(cpu: X86Cpu): void {
  const fsw = cpu.get32(S.fsw);
  const pending = (fsw & ~cpu.get32(S.fcw) & FSW_EXCEPTIONS) !== 0;
  cpu.set32(S.fsw, pending ? fsw | FSW_ES | FSW_B : fsw & ~(FSW_ES | FSW_B));
  cpu.set32(S.fpuPending, pending ? 1 : 0);
}

/** FXSAVE's abridged tags: bit i is 1 where physical register i is in use (SDM vol. 1, 10.5.1.1). */
export function abridgedTags(cpu: X86Cpu): number {
  let tags = 0;
  for (let i = 0; i < 8; i += 1) if (cpu.u8[cpu.base + S.fpuEmpty + i] === 0) tags |= 1 << i;
  return tags;
}

export function setAbridgedTags(cpu: X86Cpu, tags: number): void {
  for (let i = 0; i < 8; i += 1) cpu.u8[cpu.base + S.fpuEmpty + i] = ((tags >>> i) & 1) ^ 1;
}

/** What FNINIT leaves; the registers keep their contents (SDM vol. 2A, FINIT). */
export function initialiseFpu(cpu: X86Cpu): void {
  cpu.set32(S.fcw, FCW_INITIAL);
  cpu.set32(S.fsw, 0);
  cpu.set32(S.fpuTop, 0);
  cpu.set32(S.fpuPending, 0);
  setAbridgedTags(cpu, 0);
  cpu.set32(S.fpuOpcode, 0);
  cpu.set32(S.fpuCs, 0);
  cpu.set32(S.fpuDs, 0);
  cpu.set64(S.fpuIp, 0, 0);
  cpu.set64(S.fpuDp, 0, 0);
}
