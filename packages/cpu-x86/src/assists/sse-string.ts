import { ASSIST_NEXT } from "@isinglass/uops";
import type { X86Cpu } from "../cpu.js";
import { STRING_EXPLICIT, STRING_MASK, STRING_WIDE } from "../sse-operations.js";
import { FLAG_CF, FLAG_OF, FLAG_SF, FLAG_ZF, S } from "../state.js";
import type { AssistTable } from "./table.js";

// The immediate (SDM vol. 1, 4.1 of vol. 2B).
const WORDS = 1;
const SIGNED = 2;
const AGGREGATION_SHIFT = 2;
const EQUAL_ANY = 0;
const RANGES = 1;
const EQUAL_EACH = 2;
const NEGATIVE = 0x10;
const NEGATIVE_VALID = 0x20;
const MOST_SIGNIFICANT = 0x40;

const a = new Int32Array(16);
const b = new Int32Array(16);

/** The absolute value of a length register, at most `most` (SDM vol. 2B, 4.1.3). */
function lengthOf(cpu: X86Cpu, at: number, isWide: boolean, most: number): number {
  const lo = cpu.get32(at);
  if (!isWide) return Math.min(Math.abs(lo), most);
  const hi = cpu.getHi(at);
  if (hi !== 0 && hi !== -1) return most;
  const value = hi * 0x1_0000_0000 + (lo >>> 0);
  return Math.min(Math.abs(value), most);
}

function load(cpu: X86Cpu, at: number, imm: number, into: Int32Array): void {
  const base = cpu.base + at;
  if ((imm & WORDS) === 0) {
    for (let i = 0; i < 16; i += 1)
      into[i] = (imm & SIGNED) !== 0 ? (cpu.u8[base + i]! << 24) >> 24 : cpu.u8[base + i]!;
    return;
  }
  for (let i = 0; i < 8; i += 1) {
    const word = cpu.u16[(base >> 1) + i]!;
    into[i] = (imm & SIGNED) !== 0 ? (word << 16) >> 16 : word;
  }
}

/** Elements before the first zero. */
function validElements(from: Int32Array, count: number): number {
  let n = 0;
  while (n < count && from[n] !== 0) n += 1;
  return n;
}

/** Bit j of the first intermediate result (SDM vol. 2B, table 4-4 and 4.1.5). Elements beyond the lengths are invalid. */
function aggregate(j: number, aggregation: number, lengthA: number, lengthB: number, count: number): boolean {
  if (aggregation === EQUAL_ANY) {
    if (j >= lengthB) return false;
    for (let i = 0; i < lengthA; i += 1) if (a[i] === b[j]) return true;
    return false;
  }
  if (aggregation === RANGES) {
    if (j >= lengthB) return false;
    for (let i = 0; i + 1 < lengthA; i += 2) if (a[i]! <= b[j]! && b[j]! <= a[i + 1]!) return true;
    return false;
  }
  if (aggregation === EQUAL_EACH) return j < lengthA && j < lengthB ? a[j] === b[j] : j >= lengthA && j >= lengthB;
  // Ordered: the whole of the first string at place j of the second, as far as it goes.
  for (let i = 0; i < lengthA && i + j < count; i += 1) if (i + j >= lengthB || a[i] !== b[i + j]) return false;
  return true;
}

/** PCMPESTRI and the others (SDM vol. 2B, 4.1): operands in `scratch` at 0 and 16, RAX at 32, RDX at 40; result at 0, RFLAGS at 16. */
function compareStrings(cpu: X86Cpu, imm: number, how: number): number {
  const count = (imm & WORDS) !== 0 ? 8 : 16;
  load(cpu, S.scratch, imm, a);
  load(cpu, S.scratch + 16, imm, b);
  const isWide = (how & STRING_WIDE) !== 0;
  const isExplicit = (how & STRING_EXPLICIT) !== 0;
  const lengthA = isExplicit ? lengthOf(cpu, S.scratch + 32, isWide, count) : validElements(a, count);
  const lengthB = isExplicit ? lengthOf(cpu, S.scratch + 40, isWide, count) : validElements(b, count);
  let bits = 0;
  for (let j = 0; j < count; j += 1)
    if (aggregate(j, (imm >> AGGREGATION_SHIFT) & 3, lengthA, lengthB, count)) bits |= 1 << j;
  if ((imm & NEGATIVE) !== 0) bits ^= (imm & NEGATIVE_VALID) !== 0 ? (1 << lengthB) - 1 : (1 << count) - 1;
  let flags = bits !== 0 ? FLAG_CF : 0;
  if (lengthB < count) flags |= FLAG_ZF;
  if (lengthA < count) flags |= FLAG_SF;
  if ((bits & 1) !== 0) flags |= FLAG_OF;
  if ((how & STRING_MASK) === 0) {
    const index =
      bits === 0 ? count : (imm & MOST_SIGNIFICANT) !== 0 ? 31 - Math.clz32(bits) : 31 - Math.clz32(bits & -bits);
    cpu.set64(S.scratch, index, 0);
  } else {
    const size = 16 / count;
    const at = cpu.base + S.scratch;
    if ((imm & MOST_SIGNIFICANT) !== 0) {
      for (let i = 0; i < 16; i += 1) cpu.u8[at + i] = ((bits >> Math.floor(i / size)) & 1) !== 0 ? 0xff : 0;
    } else {
      cpu.set64(S.scratch, bits, 0);
      cpu.set64(S.scratch + 8, 0, 0);
    }
  }
  cpu.set64(S.scratch + 16, flags, 0);
  return ASSIST_NEXT;
}

export const SSE_STRING_ASSISTS: AssistTable = { "sse-string": compareStrings };
