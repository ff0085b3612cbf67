import { ASSIST_JUMP, ASSIST_NEXT } from "@isinglass/uops";
import { addAddress, sum } from "../address.js";
import type { X86Cpu } from "../cpu.js";
import { FLAG_DF, FLAG_TF, S, SEG_BASE, SEG_FIRST, SEG_LAST_READ, SEG_LAST_WRITE, segmentOffset } from "../state.js";
import { BULK_STORE } from "../semantics/string.js";
import type { AssistTable } from "./table.js";

const CX = S.gpr + 8;
const SI = S.gpr + 48;
const DI = S.gpr + 56;

/**
 * Host address of a run of bytes that begins at the pointer in `register`, or -1 if it is not plain memory. `room` gets
 * how many bytes lie on its page and within its segment.
 */
let room = 0;
function locate(cpu: X86Cpu, register: number, segment: number, addressSize: number, write: boolean): number {
  let lo = cpu.get32(register);
  let hi = cpu.getHi(register);
  if (addressSize !== 64) {
    hi = 0;
    if (addressSize === 16) lo &= 0xffff;
  }
  const offset = lo >>> 0;
  const at = segmentOffset(segment);
  let limit = Infinity;
  if (!cpu.is64) {
    const last = write ? SEG_LAST_WRITE : SEG_LAST_READ;
    if (cpu.getHi(at + SEG_FIRST) !== 0 || cpu.getHi(at + last) !== 0) return -1;
    limit = (cpu.get32(at + last) >>> 0) - offset + 1;
    if (offset < cpu.get32(at + SEG_FIRST) >>> 0 || limit <= 0) return -1;
    if (addressSize === 16) limit = Math.min(limit, 0x10000 - offset);
    lo = (lo + cpu.get32(at + SEG_BASE)) | 0;
    // In 64-bit code the pointer wraps at the address size before the base of FS or GS is added (SDM vol. 1, 3.3.7).
  } else if (segment >= 4) {
    if (addressSize !== 64) limit = 0x1_0000_0000 - offset;
    addAddress(cpu.get32(at + SEG_BASE), cpu.getHi(at + SEG_BASE), lo);
    lo = sum.lo;
    hi = (sum.hi + hi) | 0;
  } else if (addressSize !== 64) limit = 0x1_0000_0000 - offset;
  room = Math.min(limit, 4096 - (lo & 0xfff));
  return cpu.plainMemory(lo, hi, write);
}

function advance(cpu: X86Cpu, register: number, bytes: number, addressSize: number): void {
  const lo = cpu.get32(register);
  if (addressSize === 64) {
    const low = (lo >>> 0) + bytes;
    const carry = low > 0xffffffff ? 1 : low < 0 ? -1 : 0;
    cpu.set64(register, low | 0, (cpu.getHi(register) + carry) | 0);
  } else if (addressSize === 32) cpu.set64(register, (lo + bytes) | 0, 0);
  else cpu.u16[(cpu.base + register) >> 1] = lo + bytes;
}

/** REP MOVS and REP STOS: as many iterations as lie on the pages under the pointers and the fuel allows. */
function bulk(cpu: X86Cpu, how: number, segment: number): number {
  const size = how & 15;
  const addressSize = how >> 8;
  if ((cpu.get32(S.flagsRest) & (FLAG_DF | FLAG_TF)) !== 0) return ASSIST_NEXT;
  const isStore = (how & BULK_STORE) !== 0;
  let bytes = Infinity;
  let from = -1;
  // The source first, as one iteration does: where it faults the destination is not touched.
  if (!isStore) {
    from = locate(cpu, SI, segment, addressSize, false);
    if (from < 0) return ASSIST_NEXT;
    bytes = room;
  }
  const to = locate(cpu, DI, 0, addressSize, true);
  if (to < 0) return ASSIST_NEXT;
  bytes = Math.min(bytes, room);
  // A copy onto bytes that are still to be read repeats them: only one by one is right.
  if (!isStore && to > from && to < from + bytes) return ASSIST_NEXT;
  const count =
    addressSize === 64 && cpu.getHi(CX) !== 0
      ? 0xffffffff
      : addressSize === 16
        ? cpu.get32(CX) & 0xffff
        : cpu.get32(CX) >>> 0;
  // Fuel counts from after this instruction, which is the first iteration.
  const iterations = Math.min(Math.floor(bytes / size), count, cpu.get32(S.fuel) + 1);
  if (iterations <= 1) return ASSIST_NEXT;
  const total = iterations * size;
  if (isStore) fill(cpu, to, total, size);
  else cpu.u8.copyWithin(to, from, from + total);
  if (!isStore) advance(cpu, SI, total, addressSize);
  advance(cpu, DI, total, addressSize);
  advance(cpu, CX, -iterations, addressSize);
  cpu.set32(S.fuel, cpu.get32(S.fuel) + 1 - iterations);
  const left = addressSize === 16 ? cpu.get32(CX) & 0xffff : cpu.get32(CX) | (addressSize === 64 ? cpu.getHi(CX) : 0);
  if (left === 0) cpu.complete();
  return ASSIST_JUMP;
}

function fill(cpu: X86Cpu, to: number, total: number, size: number): void {
  const pattern = cpu.base + S.gpr;
  const first = cpu.u8[pattern]!;
  let uniform = true;
  for (let i = 1; i < size; i += 1) if (cpu.u8[pattern + i] !== first) uniform = false;
  if (uniform) {
    cpu.u8.fill(first, to, to + total);
    return;
  }
  cpu.u8.copyWithin(to, pattern, pattern + size);
  for (let done = size; done < total; done *= 2) cpu.u8.copyWithin(to + done, to, to + Math.min(done, total - done));
}

export const STRING_ASSISTS: AssistTable = { "bulk-string": bulk };
