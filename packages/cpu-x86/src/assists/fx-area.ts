import { PAGING_5 } from "@isinglass/mmu";
import { MEM_STACK } from "@isinglass/uops";
import { addAddress, sum } from "../address.js";
import { CR4_OSFXSR } from "../control-bits.js";
import { WATCH_IGNORE, type X86Cpu } from "../cpu.js";
import { MXCSR_BITS } from "../sse-operations.js";
import { S, vectorOffset } from "../state.js";
import { abridgedTags, setAbridgedTags, setControlWord, setStatusWord, stackIndex, statusWord } from "../x87-state.js";

/*
 * The FXSAVE area (SDM vol. 1, 10.5.1, tables 10-2 and 10-3), which is the legacy region of an XSAVE area (13.4.1) too. As on AMD's
 * CPUs since Zen 2 and on Intel's, FOP, FIP and FDP are saved and restored whether or not an exception is pending.
 */
export const MXCSR_AT = 24;
export const ST_AT = 32;
export const XMM_AT = 160;
export const XMM_BYTES = 16;
const LOG2_QUADWORD = 3;

/** An area as words: the 512 bytes of FXSAVE, the header of XSAVE and the upper halves of YMM registers (13.4.2, 13.4.3). */
export const area: Int32Array = new Int32Array(840 / 4);

/** Linear address of the area, and how an access to it is described. */
const at = { lo: 0, hi: 0, flags: 0 };

/** The area is at the address in `scratch`; #GP(0) unless it is a multiple of `alignment`. */
export function openArea(cpu: X86Cpu, stack: number, alignment: number): void {
  at.lo = cpu.get32(S.scratch);
  at.hi = cpu.getHi(S.scratch);
  at.flags = stack !== 0 ? MEM_STACK : 0;
  if ((at.lo & (alignment - 1)) !== 0) cpu.fault(13, 0);
}

/** Address of a byte of the area, into `sum`; outside 64-bit mode it wraps at 32 bits. */
function locate(cpu: X86Cpu, offset: number): void {
  addAddress(at.lo, at.hi, offset);
  if (!cpu.is64) sum.hi = 0;
}

/** How many vector registers an area has: 16 in 64-bit mode only. */
export function vectorCount(cpu: X86Cpu): number {
  return cpu.is64 ? 16 : 8;
}

/** How many XMM registers FXSAVE keeps: none where the system has not said that it keeps them. */
export function fxVectors(cpu: X86Cpu): number {
  return (cpu.get32(S.cr4) & CR4_OSFXSR) === 0 ? 0 : vectorCount(cpu);
}

/** Checks both pages of an area before anything is transferred. AMD's CPUs touch the last byte first, which shows in CR2. */
export function checkPages(cpu: X86Cpu, bytes: number, flags: number): void {
  const sign = at.hi >> (cpu.regime.paging === PAGING_5 ? 24 : 15);
  if (cpu.longMode && sign !== 0 && sign !== -1) cpu.fault((at.flags & MEM_STACK) !== 0 ? 12 : 13, 0);
  // Data breakpoints match what is transferred.
  const { watch } = cpu;
  cpu.watch = WATCH_IGNORE;
  try {
    locate(cpu, bytes - 1);
    cpu.loadAt(sum.lo, sum.hi, flags | at.flags);
    cpu.loadAt(at.lo, at.hi, flags | at.flags);
  } finally {
    cpu.watch = watch;
  }
}

/** Moves the bytes from `first` to `end`, both multiples of 8, between {@link area} and memory. */
export function transfer(cpu: X86Cpu, first: number, end: number, write: boolean): void {
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

/** The x87 state into the area's first 24 bytes and its registers; `wide`: 64-bit instruction and data pointers. */
export function gatherX87(cpu: X86Cpu, wide: boolean): void {
  area[0] = (cpu.get32(S.fcw) & 0xffff) | (statusWord(cpu) << 16);
  area[1] = abridgedTags(cpu) | ((cpu.get32(S.fpuOpcode) & 0x7ff) << 16);
  area[2] = cpu.get32(S.fpuIp);
  area[3] = wide ? cpu.getHi(S.fpuIp) : cpu.get32(S.fpuCs) & 0xffff;
  area[4] = cpu.get32(S.fpuDp);
  area[5] = wide ? cpu.getHi(S.fpuDp) : cpu.get32(S.fpuDs) & 0xffff;
  for (let i = 0; i < 8; i += 1) {
    const from = stackIndex(cpu, i);
    const to = (ST_AT >> 2) + i * 4;
    area[to] = cpu.i32[from]!;
    area[to + 1] = cpu.i32[from + 1]!;
    area[to + 2] = cpu.i32[from + 2]! & 0xffff;
    area[to + 3] = 0;
  }
}

/** The reverse of {@link gatherX87}. */
export function scatterX87(cpu: X86Cpu, wide: boolean): void {
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
}

export function gatherMxcsr(cpu: X86Cpu, has: boolean): void {
  area[MXCSR_AT >> 2] = has ? cpu.get32(S.mxcsr) : 0;
  area[(MXCSR_AT >> 2) + 1] = MXCSR_BITS;
}

/** MXCSR from the area; #GP(0) for bits that do not exist. */
export function checkedMxcsr(cpu: X86Cpu): number {
  const mxcsr = area[MXCSR_AT >> 2]!;
  if ((mxcsr & ~MXCSR_BITS) !== 0) cpu.fault(13, 0);
  return mxcsr;
}

/** Halves of vector registers to the area: `half` is the half's offset in a register, `place` where the first one goes. */
export function gatherVectors(cpu: X86Cpu, count: number, half: number, place: number): void {
  for (let i = 0; i < count; i += 1) {
    const from = (cpu.base + vectorOffset(i) + half) >> 2;
    for (let k = 0; k < 4; k += 1) area[(place >> 2) + i * 4 + k] = cpu.i32[from + k]!;
  }
}

/** The reverse of {@link gatherVectors}. */
export function scatterVectors(cpu: X86Cpu, count: number, half: number, place: number): void {
  for (let i = 0; i < count; i += 1) {
    const to = (cpu.base + vectorOffset(i) + half) >> 2;
    for (let k = 0; k < 4; k += 1) cpu.i32[to + k] = area[(place >> 2) + i * 4 + k]!;
  }
}
