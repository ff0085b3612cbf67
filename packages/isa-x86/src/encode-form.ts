/** The bytes of one form around its operands: prefixes, opcode, ModRM, displacements and immediates. */
import type { Parts } from "./encode-operands.js";
import { FORM_ENCODING } from "./generated/encode-tables.js";
import { MEM_RIP, PREFIX_LOCK, PREFIX_REP, PREFIX_REPNE, PREFIX_SEGMENT } from "./instruction.js";
import type { EncodeRequest, MemoryOperand } from "./operand.js";
import { GPR_BP, GPR_SP, SEG_DS, SEG_FS, SEG_SS } from "./registers.js";
import * as T from "./tables.js";

const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
/** The lowest value that a mask allows. */
export const lowestBit = (mask: number): number => 31 - Math.clz32(mask & -mask);

function pushNumber(out: number[], value: bigint, bytes: number): void {
  for (let i = 0; i < bytes; i++) out.push(Number((value >> BigInt(8 * i)) & 0xffn));
}

/** The override to write, or -1: none if the segment is the default, or has no effect in 64-bit mode. */
function overrideOf(request: EncodeRequest, m: MemoryOperand | undefined): number {
  const segment = m?.segment ?? request.segment ?? -1;
  if (segment < 0 || (request.mode === 64 && segment < SEG_FS)) return -1;
  const stack = m !== undefined && (m.base === GPR_SP || m.base === GPR_BP);
  return segment === (stack ? SEG_SS : SEG_DS) ? -1 : segment;
}

/** Everything but the operands: prefixes, opcode, ModRM. */
export function assembleForm(
  form: number,
  request: EncodeRequest,
  parts: Parts,
  osz: number,
  w: number,
  l: number,
): number[] | undefined {
  const [first, second] = [FORM_ENCODING[form * 2]!, FORM_ENCODING[form * 2 + 1]!];
  const { mode } = request;
  const space = (first >> T.ENCODE_SPACE_SHIFT) & 3;
  const map = (first >> T.ENCODE_MAP_SHIFT) & 31;
  const pp = (first >> T.ENCODE_PP_SHIFT) & 15;
  const out: number[] = [];
  const prefixes = request.prefixes ?? 0;
  const segment = overrideOf(request, parts.operand);
  if (segment >= 0) out.push(SEGMENT_PREFIXES[segment]!);
  if (prefixes & PREFIX_SEGMENT) out.push(SEGMENT_PREFIXES[SEG_DS]!);
  if (parts.addressSize !== mode) out.push(0x67);
  if (prefixes & PREFIX_LOCK) out.push(0xf0);
  const { memory } = parts;
  const rmField = parts.rm >= 0 ? parts.rm : 0;
  const rex =
    (w << 3) |
    (parts.reg >= 0 && parts.reg & 8 ? 4 : 0) |
    (memory ? memory.rex : 0) |
    (rmField & 8 || (parts.opcodeRegister >= 0 && parts.opcodeRegister & 8) ? 1 : 0);
  if (mode !== 64 && rex & 7) return undefined;

  if (space === 0) {
    const mandatory = pp === 2 ? 0x66 : pp === 4 ? 0xf3 : pp === 8 ? 0xf2 : 0;
    const default16 = mode === 16;
    if (mandatory !== 0x66 && (osz === 0) !== default16 && osz !== 2) {
      if ((pp & 2) === 0 && pp < 4) return undefined;
      out.push(0x66);
    }
    if (mandatory !== 0) out.push(mandatory);
    else if (prefixes & PREFIX_REP) out.push(0xf3);
    else if (prefixes & PREFIX_REPNE) out.push(0xf2);
    if (rex !== 0 || parts.rexNeeded) {
      if (parts.rexForbidden || mode !== 64) return undefined;
      out.push(0x40 | rex);
    }
    if (map !== 0) out.push(0x0f);
    if (map === 2 || map === 3) out.push(map === 2 ? 0x38 : 0x3a);
    if (map === T.ENCODE_MAP_3DNOW) out.push(0x0f);
  } else if (space === 1) {
    const vexPp = pp === 1 ? 0 : pp === 2 ? 1 : pp === 4 ? 2 : 3;
    const vvvv = parts.vvvv >= 0 ? parts.vvvv : 0;
    const last = ((~vvvv & 15) << 3) | (l << 2) | vexPp;
    if (map === 1 && w === 0 && (rex & 3) === 0) out.push(0xc5, (rex & 4 ? 0 : 0x80) | last);
    else out.push(0xc4, ((~rex & 7) << 5) | map, (w << 7) | last);
  } else return undefined;

  const opcode = (first & T.ENCODE_OPCODE_MASK) + (parts.opcodeRegister >= 0 ? parts.opcodeRegister & 7 : 0);
  if (map !== T.ENCODE_MAP_3DNOW) out.push(opcode);
  if (first & T.ENCODE_MODRM) {
    const digit = parts.reg >= 0 ? parts.reg & 7 : lowestBit(second & T.ENCODE_REG_MASK);
    const fixed = (second >> T.ENCODE_RM_SHIFT) & 0xff;
    const rm = memory ? memory.modrm : 0xc0 | (parts.rm >= 0 ? rmField & 7 : lowestBit(fixed));
    out.push(rm | (digit << 3));
    if (memory) {
      if (memory.sib >= 0) out.push(memory.sib);
      if (parts.operand?.base !== MEM_RIP) pushNumber(out, memory.displacement, memory.displacementSize);
    }
  }
  return finish(out, parts, request, osz, map === T.ENCODE_MAP_3DNOW ? opcode : -1);
}

/** Adds RIP-relative and branch displacements, for which the length must be known, and the immediates. */
function finish(
  out: number[],
  parts: Parts,
  request: EncodeRequest,
  osz: number,
  suffix: number,
): number[] | undefined {
  const address = request.address ?? 0n;
  const tail = parts.immediates.reduce((n, [, bytes]) => n + bytes, 0) + (suffix >= 0 ? 1 : 0);
  if (parts.operand?.base === MEM_RIP && parts.memory) {
    const { target } = parts.operand;
    const next = address + BigInt(out.length + 4 + tail);
    const distance = target === undefined ? parts.memory.displacement : target - next;
    if (BigInt.asIntN(32, distance) !== distance) return undefined;
    pushNumber(out, distance, 4);
  }
  if (parts.target) {
    const [target, bytes] = parts.target;
    let distance = target - (address + BigInt(out.length + bytes + tail));
    // Outside 64-bit mode EIP, or with 16-bit operands IP, wraps around (SDM vol. 2A, Jcc).
    const width = request.mode === 64 ? 64 : 16 << osz;
    if (width < 64 && (target < 0n || target >> BigInt(width) !== 0n)) return undefined;
    distance = BigInt.asIntN(width, distance);
    if (BigInt.asIntN(8 * bytes, distance) !== distance) return undefined;
    pushNumber(out, distance, bytes);
  }
  if (suffix >= 0) out.push(suffix);
  for (const [value, bytes] of parts.immediates) pushNumber(out, value, bytes);
  return out;
}
