import { ASSIST_NEXT, MEM_FOR_WRITE, MEM_STACK } from "@isinglass/uops";
import { addAddress, sum } from "../address.js";
import type { X86Cpu } from "../cpu.js";
import {
  MASKED_ADDRESS_16,
  MASKED_ADDRESS_32,
  MASKED_QUADWORDS,
  MASKED_STACK,
  MASKED_WIDE,
  MASKED_WIDE_INDEX,
} from "../masked-access.js";
import {
  FS,
  S,
  SEG_BASE,
  SEG_FIRST,
  SEG_LAST_READ,
  SEG_LAST_WRITE,
  UPPER_HALF,
  segmentOffset,
  vectorOffset,
} from "../state.js";
import type { AssistTable } from "./table.js";

const TWO_32 = 0x1_0000_0000;

/** Offset of an element in its segment. */
const at = { lo: 0, hi: 0 };

/** `at` = base + index * 2^scale, each 64 bits, wrapped to the address size. */
function place(how: number, baseLo: number, baseHi: number, indexLo: number, indexHi: number, scale: number): void {
  const lo = (indexLo << scale) | 0;
  const hi = scale === 0 ? indexHi : (indexHi << scale) | (indexLo >>> (32 - scale));
  const low = (baseLo >>> 0) + (lo >>> 0);
  at.lo = low | 0;
  at.hi = (baseHi + hi + (low >= TWO_32 ? 1 : 0)) | 0;
  if ((how & (MASKED_ADDRESS_32 | MASKED_ADDRESS_16)) === 0) return;
  at.hi = 0;
  if ((how & MASKED_ADDRESS_16) !== 0) at.lo &= 0xffff;
}

const wide = (cpu: X86Cpu, field: number): number => cpu.getHi(field) * TWO_32 + (cpu.get32(field) >>> 0);

/** Linear address of the element at `at`, into `sum`, after the segment's checks (SDM vol. 3A, 5.3). */
function linear(cpu: X86Cpu, how: number, segment: number, bytes: number, isStore: boolean): void {
  const record = segmentOffset(segment);
  if (cpu.is64) {
    sum.lo = at.lo;
    sum.hi = at.hi;
    if (segment < FS) return;
    const low = (at.lo >>> 0) + (cpu.get32(record + SEG_BASE) >>> 0);
    sum.lo = low | 0;
    sum.hi = (at.hi + cpu.getHi(record + SEG_BASE) + (low >= TWO_32 ? 1 : 0)) | 0;
    return;
  }
  const offset = at.lo >>> 0;
  const last = wide(cpu, record + (isStore ? SEG_LAST_WRITE : SEG_LAST_READ));
  if (offset < wide(cpu, record + SEG_FIRST) || offset + bytes - 1 > last)
    cpu.fault((how & MASKED_STACK) !== 0 ? 12 : 13, 0);
  addAddress(cpu.get32(record + SEG_BASE), 0, offset);
  sum.hi = 0;
}

const log2 = (how: number): number => ((how & MASKED_QUADWORDS) !== 0 ? 3 : 2);
const stackFlag = (how: number): number => ((how & MASKED_STACK) !== 0 ? MEM_STACK : 0);

/** Copies an element from memory to the state. */
function load(cpu: X86Cpu, how: number, segment: number, to: number): void {
  const size = log2(how);
  linear(cpu, how, segment, 1 << size, false);
  const host = cpu.loadAt(sum.lo, sum.hi, size | stackFlag(how));
  cpu.u8.copyWithin(cpu.base + to, host, host + (1 << size));
}

/** Calls `visit` with the number of each element whose mask has its sign bit set; the offset is in `scratch`, the mask at its byte 32. */
function eachChosen(cpu: X86Cpu, how: number, visit: (element: number) => void): void {
  const size = 1 << log2(how);
  const count = ((how & MASKED_WIDE) !== 0 ? 32 : 16) / size;
  const lo = cpu.get32(S.scratch);
  const hi = cpu.getHi(S.scratch);
  for (let i = 0; i < count; i += 1) {
    if (cpu.get32(S.scratch + 32 + (i + 1) * size - 4) >= 0) continue;
    place(how, lo, hi, i * size, 0, 0);
    visit(i);
  }
}

/** Zeroes a vector register from a byte on. */
function clear(cpu: X86Cpu, vector: number, from: number): void {
  cpu.u8.fill(0, cpu.base + vector + from, cpu.base + vector + 2 * UPPER_HALF);
}

export const MASKED_ASSISTS: AssistTable = {
  "masked-load"(cpu, how, segment) {
    cpu.u8.fill(0, cpu.base + S.wideScratch, cpu.base + S.wideScratch + 32);
    eachChosen(cpu, how, (i) => load(cpu, how, segment, S.wideScratch + (i << log2(how))));
    return ASSIST_NEXT;
  },
  "masked-store"(cpu, how, segment) {
    const size = log2(how);
    // No element is written before all may be.
    eachChosen(cpu, how, () => {
      linear(cpu, how, segment, 1 << size, true);
      cpu.loadAt(sum.lo, sum.hi, size | MEM_FOR_WRITE | stackFlag(how));
    });
    eachChosen(cpu, how, (i) => {
      linear(cpu, how, segment, 1 << size, true);
      const from = S.wideScratch + (i << size);
      cpu.write(sum.lo, sum.hi, size, cpu.get32(from), cpu.get32(from + 4), stackFlag(how));
    });
    return ASSIST_NEXT;
  },
  /** `registers`: destination, index << 5, mask << 10, scale << 15, segment << 17. */
  gather(cpu, how, registers) {
    const destination = vectorOffset(registers & 31);
    const index = vectorOffset((registers >> 5) & 31);
    const mask = vectorOffset((registers >> 10) & 31);
    const scale = (registers >> 15) & 3;
    const segment = registers >> 17;
    const size = 1 << log2(how);
    const hasWideIndex = (how & MASKED_WIDE_INDEX) !== 0;
    const count = ((how & MASKED_WIDE) !== 0 ? 32 : 16) / Math.max(size, hasWideIndex ? 8 : 4);
    const lo = cpu.get32(S.scratch);
    const hi = cpu.getHi(S.scratch);
    // A fault leaves the mask of the elements from its own on as it was, as on AMD's CPUs; the manual has all its elements spread to ones or zeros.
    for (let i = 0; i < count; i += 1) {
      if (cpu.get32(mask + (i + 1) * size - 4) < 0) {
        const from = index + i * (hasWideIndex ? 8 : 4);
        const indexLo = cpu.get32(from);
        place(how, lo, hi, indexLo, hasWideIndex ? cpu.getHi(from) : indexLo >> 31, scale);
        load(cpu, how, segment, destination + i * size);
      }
      cpu.set32(mask + i * size, 0);
      if (size === 8) cpu.set32(mask + i * size + 4, 0);
    }
    clear(cpu, destination, count * size);
    clear(cpu, mask, 0);
    return ASSIST_NEXT;
  },
};
