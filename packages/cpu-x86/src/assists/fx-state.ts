import { PAGING_5 } from "@isinglass/mmu";
import { ASSIST_NEXT, MEM_FOR_WRITE, MEM_STACK } from "@isinglass/uops";
import { addAddress, sum } from "../address.js";
import { CR0_EM, CR0_TS, CR4_OSFXSR } from "../control-bits.js";
import { type X86Cpu } from "../cpu.js";
import { MXCSR_BITS } from "../sse-operations.js";
import { S, vectorOffset } from "../state.js";
import { abridgedTags, setAbridgedTags, setControlWord, setStatusWord, stackIndex, statusWord } from "../x87-state.js";
import type { AssistTable } from "./table.js";

/*
 * The FXSAVE area (SDM vol. 1, 10.5.1, tables 10-2 and 10-3): 512 bytes, of which the processor writes none from 416 on.
 * As on AMD's CPUs since Zen 2 and on Intel's, FOP, FIP and FDP are saved and restored whether or not an exception is pending.
 */
const AREA_BYTES = 512;
const MXCSR_AT = 24;
const ST_AT = 32;
const XMM_AT = 160;
const XMM_BYTES = 16;
const LOG2_QUADWORD = 3;

/** The part of the area that has a meaning, as words. */
const area = new Int32Array(416 / 4);

/** Linear address of the area, and how an access to it is described. */
const at = { lo: 0, hi: 0, flags: 0 };

function begin(cpu: X86Cpu, stack: number): void {
  if ((cpu.get32(S.cr0) & (CR0_EM | CR0_TS)) !== 0) cpu.fault(7);
  at.lo = cpu.get32(S.scratch);
  at.hi = cpu.getHi(S.scratch);
  at.flags = stack !== 0 ? MEM_STACK : 0;
  if ((at.lo & 15) !== 0) cpu.fault(13, 0);
}

/** Address of a byte of the area, into `sum`; outside 64-bit mode it wraps at 32 bits. */
function locate(cpu: X86Cpu, offset: number): void {
  addAddress(at.lo, at.hi, offset);
  if (!cpu.is64) sum.hi = 0;
}

/** How many XMM registers the area has: none where the system has not said that it keeps them, 16 in 64-bit mode only. */
function vectors(cpu: X86Cpu): number {
  if ((cpu.get32(S.cr4) & CR4_OSFXSR) === 0) return 0;
  return cpu.is64 ? 16 : 8;
}

/** Checks both pages before anything is transferred. AMD's CPUs touch the last byte first, which shows in CR2. */
function checkPages(cpu: X86Cpu, flags: number): void {
  const sign = at.hi >> (cpu.regime.paging === PAGING_5 ? 24 : 15);
  if (cpu.longMode && sign !== 0 && sign !== -1) cpu.fault((at.flags & MEM_STACK) !== 0 ? 12 : 13, 0);
  locate(cpu, AREA_BYTES - 1);
  cpu.loadAt(sum.lo, sum.hi, flags | at.flags);
  cpu.loadAt(at.lo, at.hi, flags | at.flags);
}

function transfer(cpu: X86Cpu, first: number, end: number, write: boolean): void {
  for (let offset = first; offset < end; offset += 8) {
    locate(cpu, offset);
    const word = offset >> 2;
    if (write) cpu.write(sum.lo, sum.hi, LOG2_QUADWORD, area[word]!, area[word + 1]!, at.flags);
    else {
      const host = cpu.loadAt(sum.lo, sum.hi, LOG2_QUADWORD | at.flags);
      area[word] = cpu.view64.getInt32(host, true);
      area[word + 1] = cpu.view64.getInt32(host + 4, true);
    }
  }
}

function save(cpu: X86Cpu, wide: boolean): void {
  area.fill(0);
  area[0] = (cpu.get32(S.fcw) & 0xffff) | (statusWord(cpu) << 16);
  area[1] = abridgedTags(cpu) | ((cpu.get32(S.fpuOpcode) & 0x7ff) << 16);
  area[2] = cpu.get32(S.fpuIp);
  area[3] = wide ? cpu.getHi(S.fpuIp) : cpu.get32(S.fpuCs) & 0xffff;
  area[4] = cpu.get32(S.fpuDp);
  area[5] = wide ? cpu.getHi(S.fpuDp) : cpu.get32(S.fpuDs) & 0xffff;
  const count = vectors(cpu);
  if (count > 0) area[MXCSR_AT >> 2] = cpu.get32(S.mxcsr);
  area[(MXCSR_AT >> 2) + 1] = MXCSR_BITS;
  for (let i = 0; i < 8; i += 1) {
    const from = stackIndex(cpu, i);
    const to = (ST_AT >> 2) + i * 4;
    area[to] = cpu.i32[from]!;
    area[to + 1] = cpu.i32[from + 1]!;
    area[to + 2] = cpu.i32[from + 2]! & 0xffff;
  }
  for (let i = 0; i < count; i += 1) {
    const from = (cpu.base + vectorOffset(i)) >> 2;
    for (let k = 0; k < 4; k += 1) area[(XMM_AT >> 2) + i * 4 + k] = cpu.i32[from + k]!;
  }
  transfer(cpu, 0, XMM_AT + count * XMM_BYTES, true);
}

function restore(cpu: X86Cpu, wide: boolean): void {
  const count = vectors(cpu);
  transfer(cpu, 0, XMM_AT + count * XMM_BYTES, false);
  const mxcsr = area[MXCSR_AT >> 2]!;
  if (count > 0 && (mxcsr & ~MXCSR_BITS) !== 0) cpu.fault(13, 0);
  // Nothing faults from here on.
  setControlWord(cpu, area[0]! & 0xffff);
  setStatusWord(cpu, area[0]! >>> 16);
  setAbridgedTags(cpu, area[1]! & 0xff);
  cpu.set32(S.fpuOpcode, (area[1]! >>> 16) & 0x7ff);
  cpu.set64(S.fpuIp, area[2]!, wide ? area[3]! : 0);
  cpu.set64(S.fpuDp, area[4]!, wide ? area[5]! : 0);
  if (!wide) {
    cpu.set32(S.fpuCs, area[3]! & 0xffff);
    cpu.set32(S.fpuDs, area[5]! & 0xffff);
  }
  for (let i = 0; i < 8; i += 1) {
    const to = stackIndex(cpu, i);
    const from = (ST_AT >> 2) + i * 4;
    cpu.i32[to] = area[from]!;
    cpu.i32[to + 1] = area[from + 1]!;
    cpu.i32[to + 2] = area[from + 2]! & 0xffff;
  }
  if (count === 0) return;
  cpu.set32(S.mxcsr, mxcsr);
  for (let i = 0; i < count; i += 1) {
    const to = (cpu.base + vectorOffset(i)) >> 2;
    for (let k = 0; k < 4; k += 1) cpu.i32[to + k] = area[(XMM_AT >> 2) + i * 4 + k]!;
  }
}

/** FXSAVE and FXRSTOR: the area's linear address is in `scratch`; `size` 64 is the REX.W form, `stack` a stack-segment operand. */
export const FX_STATE: AssistTable = {
  fxsave(cpu, size, stack) {
    begin(cpu, stack);
    checkPages(cpu, MEM_FOR_WRITE);
    save(cpu, size === 64);
    return ASSIST_NEXT;
  },
  fxrstor(cpu, size, stack) {
    begin(cpu, stack);
    checkPages(cpu, 0);
    restore(cpu, size === 64);
    return ASSIST_NEXT;
  },
};
