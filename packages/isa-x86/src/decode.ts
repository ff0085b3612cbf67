/** The decoder: prefixes, opcode, ModRM and the walk through the generated tables. */
import { decodeMemory } from "./decode-memory.js";
import { decodeOperands, setSizes } from "./decode-operands.js";
import { FORM_FLAGS, FORM_MNEMONIC, HAS_MODRM, ROOTS, TABLE_BASE, TREE } from "./generated/decode-tables.js";
import {
  DECODE_INVALID,
  DECODE_TOO_LONG,
  DECODE_TRUNCATED,
  ENC_LEGACY,
  ENC_VEX,
  type Instruction,
  MAP_3DNOW,
  MEM_NONE,
  OP_MEM,
  PREFIX_ADDRSIZE,
  PREFIX_LOCK,
  PREFIX_OPSIZE,
  PREFIX_REP,
  PREFIX_REPNE,
  PREFIX_REX,
  PREFIX_REX_W,
  PREFIX_SEGMENT,
} from "./instruction.js";
import { SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_GS, SEG_SS } from "./registers.js";
import {
  DIM_ASZ,
  DIM_B,
  DIM_L,
  DIM_M64,
  DIM_MOD,
  DIM_OSZ,
  DIM_PP,
  DIM_REG,
  DIM_RM,
  DIM_W,
  FORM_D64,
  FORM_F64,
  FORM_GATHER,
  FORM_LOCK,
  FORM_MOD_IGNORED,
  FORM_VVVV,
} from "./tables.js";

/** Longest instruction; one byte more raises #GP(0) (SDM vol. 2A, 2.3.11). */
const MAX_LENGTH = 15;

/** The coordinates of the opcode in the decode tree. Filled and read inside one call, so sharing it is safe. */
const dims = new Uint8Array(16);

/** What a byte is as a legacy prefix: 0 none, 1 LOCK, 2 F2, 3 F3, 4 66, 5 67, 6 segment, 7 REX (64-bit mode). */
const PREFIX_KIND = new Uint8Array(256);
const PREFIX_SEG = new Int8Array(256).fill(-1);
PREFIX_KIND[0xf0] = 1;
PREFIX_KIND[0xf2] = 2;
PREFIX_KIND[0xf3] = 3;
PREFIX_KIND[0x66] = 4;
PREFIX_KIND[0x67] = 5;
for (const [byte, segment] of [
  [0x26, SEG_ES],
  [0x2e, SEG_CS],
  [0x36, SEG_SS],
  [0x3e, SEG_DS],
  [0x64, SEG_FS],
  [0x65, SEG_GS],
] as const) {
  PREFIX_KIND[byte] = 6;
  PREFIX_SEG[byte] = segment;
}
for (let b = 0x40; b < 0x50; b++) PREFIX_KIND[b] = 7;

/** Bytes ran out at `limit`: either the 15-byte limit or the end of what the caller gave. */
function short(offset: number, limit: number): number {
  return limit === offset + MAX_LENGTH ? DECODE_TOO_LONG : DECODE_TRUNCATED;
}

/** Follows the tree from a root link; returns 0 or form + 1. */
function walk(link: number): number {
  let at = link;
  while (at < 0) at = TREE[~at + 1 + dims[TREE[~at]!]!]!;
  return at;
}

/**
 * Decodes the instruction at `bytes[offset]` into `out`; reads nothing at or beyond `end`.
 *
 * The record is meaningful only if the result is positive. Nothing is allocated. Features that a CPU
 * model lacks are not the decoder's matter: it knows every form of the description.
 *
 * @param bytes code
 * @param offset index of the first byte
 * @param end index after the last byte that may be read, ≤ bytes.length
 * @param mode 16, 32 or 64: the D and L bits of the code segment
 * @param out record to fill
 * @returns the length, 1..15, or `DECODE_INVALID` (#UD), `DECODE_TRUNCATED` or `DECODE_TOO_LONG` (#GP)
 * @example
 * const insn = new Instruction();
 * decode(Uint8Array.of(0x01, 0xd8), 0, 2, 64, insn); // 2: add eax,ebx
 */
export function decode(bytes: Uint8Array, offset: number, end: number, mode: 16 | 32 | 64, out: Instruction): number {
  const limit = end - offset > MAX_LENGTH ? offset + MAX_LENGTH : end;
  const is64 = mode === 64;
  let pos = offset;
  let prefixes = 0;
  let rex = 0;
  let segment = -1;
  let segmentPrefix = -1;
  let opcode = 0;

  for (;;) {
    if (pos >= limit) return short(offset, limit);
    opcode = bytes[pos++]!;
    const kind = PREFIX_KIND[opcode]!;
    if (kind === 0 || (kind === 7 && !is64)) break;
    if (kind === 7) {
      rex = opcode;
      continue;
    }
    rex = 0; // A REX that does not directly precede the opcode is ignored (SDM vol. 2A, 2.2.1).
    switch (kind) {
      case 1:
        prefixes |= PREFIX_LOCK;
        break;
      case 2:
        prefixes = (prefixes & ~PREFIX_REP) | PREFIX_REPNE;
        break;
      case 3:
        prefixes = (prefixes & ~PREFIX_REPNE) | PREFIX_REP;
        break;
      case 4:
        prefixes |= PREFIX_OPSIZE;
        break;
      case 5:
        prefixes |= PREFIX_ADDRSIZE;
        break;
      default:
        prefixes |= PREFIX_SEGMENT;
        segmentPrefix = PREFIX_SEG[opcode]!;
        // In 64-bit mode CS DS ES SS overrides are null prefixes and do not undo FS or GS (APM vol. 2, 4.5.3).
        if (!is64 || segmentPrefix >= SEG_FS) segment = segmentPrefix;
    }
  }

  let encoding = ENC_LEGACY;
  let map = 0;
  let pp = 0;
  let vexV = 0;
  let vexUnused = true;
  let vexL = 0;
  if (rex !== 0) {
    prefixes |= PREFIX_REX;
    if (rex & 8) prefixes |= PREFIX_REX_W;
    rex &= 15;
  }

  if (opcode === 0x0f) {
    if (pos >= limit) return short(offset, limit);
    opcode = bytes[pos++]!;
    map = 1;
    if (opcode === 0x38 || opcode === 0x3a) {
      map = opcode === 0x38 ? 2 : 3;
      if (pos >= limit) return short(offset, limit);
      opcode = bytes[pos++]!;
    }
  } else if (opcode === 0xc4 || opcode === 0xc5) {
    if (pos >= limit) return short(offset, limit);
    const b1 = bytes[pos]!;
    // Outside 64-bit mode C4 and C5 with a memory ModRM are LES and LDS (SDM vol. 2A, 2.3.1).
    if (is64 || b1 >= 0xc0) {
      if (prefixes & (PREFIX_LOCK | PREFIX_REP | PREFIX_REPNE | PREFIX_OPSIZE | PREFIX_REX)) return DECODE_INVALID;
      encoding = ENC_VEX;
      pos++;
      let last = b1;
      if (opcode === 0xc4) {
        if (pos >= limit) return short(offset, limit);
        last = bytes[pos++]!;
        map = b1 & 31;
        rex = (~b1 >> 5) & 7;
        if (last & 0x80) {
          prefixes |= PREFIX_REX_W;
          rex |= 8;
        }
      } else {
        map = 1;
        rex = (~b1 >> 5) & 4;
      }
      pp = last & 3;
      vexL = (last >> 2) & 1;
      vexV = (~last >> 3) & 15;
      vexUnused = vexV === 0;
      if (!is64) {
        rex &= 8;
        vexV &= 7;
      }
      if (pos >= limit) return short(offset, limit);
      opcode = bytes[pos++]!;
    }
  }
  if (encoding === ENC_LEGACY) {
    pp = prefixes & PREFIX_REP ? 2 : prefixes & PREFIX_REPNE ? 3 : prefixes & PREFIX_OPSIZE ? 1 : 0;
  }

  // Sizes in the numbering 0 = 16, 1 = 32, 2 = 64 bits (SDM vol. 1, tables 3-3 and 3-4).
  let osz = 1;
  let asz = 1;
  if (is64) {
    osz = rex & 8 ? 2 : prefixes & PREFIX_OPSIZE ? 0 : 1;
    asz = prefixes & PREFIX_ADDRSIZE ? 1 : 2;
  } else {
    osz = (mode === 32) === ((prefixes & PREFIX_OPSIZE) === 0) ? 1 : 0;
    asz = (mode === 32) === ((prefixes & PREFIX_ADDRSIZE) === 0) ? 1 : 0;
    if (encoding !== ENC_LEGACY) osz = 1;
  }

  const base = TABLE_BASE[encoding * 32 + map]!;
  if (base < 0) return DECODE_INVALID;
  let root = base + opcode;
  const is3dnow = opcode === 0x0f && map === 1 && encoding === ENC_LEGACY;
  let modrm = -1;
  if (HAS_MODRM[root] !== 0 || is3dnow) {
    if (pos >= limit) return short(offset, limit);
    modrm = bytes[pos++]!;
  }

  out.memBase = MEM_NONE;
  out.memIndex = MEM_NONE;
  out.memScale = 0;
  out.memIndexClass = 0;
  out.memSegment = segment < 0 ? SEG_DS : segment;
  out.dispLo = 0;
  out.dispHi = 0;
  out.sibOffset = 0;
  out.dispOffset = 0;
  out.dispSize = 0;
  out.prefixes = prefixes;
  out.segment = segment;
  out.rex = rex;

  let link = ROOTS[root]!;
  if (is3dnow) {
    // 3DNow! has its opcode behind the operands (APM vol. 3, 1.2.1).
    if (modrm < 0xc0) {
      pos = decodeMemory(bytes, offset, pos, limit, modrm, asz, is64, out);
      if (pos < 0) return short(offset, limit);
    }
    if (pos >= limit) return short(offset, limit);
    opcode = bytes[pos++]!;
    map = MAP_3DNOW;
    root = TABLE_BASE[MAP_3DNOW]! + opcode;
    link = ROOTS[root]!;
  }
  if (link < 0) {
    dims[DIM_PP] = pp;
    dims[DIM_MOD] = modrm >= 0xc0 ? 1 : 0;
    dims[DIM_REG] = (modrm >> 3) & 7;
    dims[DIM_RM] = modrm & 7;
    dims[DIM_M64] = is64 ? 1 : 0;
    dims[DIM_OSZ] = osz;
    dims[DIM_ASZ] = asz;
    dims[DIM_W] = (rex >> 3) & 1;
    dims[DIM_L] = vexL;
    dims[DIM_B] = rex & 1;
    link = walk(link);
  }
  if (link === 0) return DECODE_INVALID;
  const form = link - 1;
  const flags = FORM_FLAGS[form]!;

  if (is64) {
    if (flags & FORM_F64) osz = 2;
    else if (flags & FORM_D64 && osz === 1) osz = 2;
  }
  if (!vexUnused && (flags & FORM_VVVV) === 0) return DECODE_INVALID;
  if (modrm >= 0 && modrm < 0xc0 && !is3dnow && (flags & FORM_MOD_IGNORED) === 0) {
    pos = decodeMemory(bytes, offset, pos, limit, modrm, asz, is64, out);
    if (pos < 0) return short(offset, limit);
  }

  out.form = form;
  out.mnemonic = FORM_MNEMONIC[form]!;
  out.mode = mode;
  out.operandSize = 16 << osz;
  out.addressSize = 16 << asz;
  out.segmentPrefix = segmentPrefix;
  out.encoding = encoding;
  out.opcodeMap = map;
  out.opcode = opcode;
  out.modrm = modrm;
  out.vexV = vexV;
  out.vexL = vexL;
  out.mask = 0;
  out.zeroing = 0;
  out.broadcast = 0;
  setSizes(osz, asz, is64, vexL, (rex >> 3) & 1);
  pos = decodeOperands(bytes, offset, pos, limit, out);
  if (pos < 0) return pos === DECODE_TRUNCATED ? short(offset, limit) : pos;
  if (prefixes & PREFIX_LOCK && ((flags & FORM_LOCK) === 0 || out.opKind[0] !== OP_MEM)) return DECODE_INVALID;
  if (flags & FORM_GATHER) {
    const destination = out.opReg[0]!;
    const mask = out.opReg[2]!;
    if (destination === out.memIndex || destination === mask || mask === out.memIndex) return DECODE_INVALID;
  }
  out.length = pos - offset;
  return out.length;
}
