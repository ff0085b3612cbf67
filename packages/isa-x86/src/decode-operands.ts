/** Operands and immediates, driven by the operand specifications of a form. */
import {
  FORM_OPERANDS,
  SPEC_MEM,
  SPEC_PLACE,
  SPEC_TYPE,
  TYPE_BITS,
  TYPE_BYTES,
  TYPE_CHOOSER,
  TYPE_CLASS,
  TYPE_KIND,
  TYPE_NAMES,
  TYPE_NUMBER,
  TYPE_SIGNED,
} from "./generated/decode-tables.js";
import {
  DECODE_INVALID,
  DECODE_TRUNCATED,
  type Instruction,
  MAX_OPERANDS,
  OP_FAR,
  OP_IMM,
  OP_MEM,
  OP_NONE,
  OP_REG,
  OP_REL,
  PREFIX_REX,
} from "./instruction.js";
import {
  RC_BND,
  RC_CR,
  RC_DR,
  RC_GPR8,
  RC_GPR8H,
  RC_MMX,
  RC_NONE,
  RC_SEG,
  RC_ST,
  SEG_CS,
  SEG_GS,
} from "./registers.js";
import {
  CHOOSE_ASZ,
  CHOOSE_L,
  CHOOSE_N,
  CHOOSE_OSZ,
  CHOOSE_W,
  CHOOSE_Y,
  CHOOSE_Z,
  KIND_VSIB,
  PLACE_FAR,
  PLACE_FIXED,
  PLACE_IMM,
  PLACE_IS4,
  PLACE_MOFFS,
  PLACE_ONE,
  PLACE_OPCODE,
  PLACE_REG,
  PLACE_REL,
  PLACE_RM,
  PLACE_RM_REG,
  PLACE_VVVV,
} from "./tables.js";

/** CR0, CR2, CR3, CR4 and CR8 exist; MOV with another number raises #UD (SDM vol. 2B, MOV—Control Registers). */
const CR_EXISTS = 0b1_0001_1101;

/** Type number of `sregw`: a segment register that MOV may load, so not CS. */
const TYPE_SREGW = TYPE_NAMES.indexOf("sregw");

/** Value of each size chooser for the instruction at hand. Written and read inside one `decode` call. */
const sizes = new Uint8Array(8);

/** Sets the size choosers: `osz` and `asz` as 0 = 16, 1 = 32, 2 = 64 bits, `l` as 0 = 128, 1 = 256, 2 = 512 bits, `w` as 0 or 1. */
export function setSizes(osz: number, asz: number, is64: boolean, l: number, w: number): void {
  sizes[CHOOSE_OSZ] = osz;
  sizes[CHOOSE_Y] = osz === 2 ? 1 : 0;
  sizes[CHOOSE_Z] = osz === 0 ? 0 : 1;
  sizes[CHOOSE_N] = is64 ? 1 : 0;
  sizes[CHOOSE_ASZ] = asz;
  sizes[CHOOSE_L] = l;
  sizes[CHOOSE_W] = w;
}

/** Sets operand `i` to register `number` of the class that `type` has at the current sizes; false if there is none. */
function setRegister(out: Instruction, i: number, type: number, number: number): boolean {
  const at = type * 4 + sizes[TYPE_CHOOSER[type]!]!;
  let registerClass = TYPE_CLASS[at]!;
  let n = number;
  switch (registerClass) {
    case RC_GPR8:
      // Without REX, 4..7 are AH CH DH BH (SDM vol. 2A, table 3-1).
      if (n >= 4 && n < 8 && (out.prefixes & PREFIX_REX) === 0) {
        registerClass = RC_GPR8H;
        n -= 4;
      }
      break;
    case RC_MMX:
    case RC_ST:
      n &= 7;
      break;
    case RC_SEG:
      n &= 7;
      if (n > SEG_GS || (type === TYPE_SREGW && n === SEG_CS)) return false;
      break;
    case RC_CR:
      if (((CR_EXISTS >> n) & 1) === 0) return false;
      break;
    case RC_DR:
      if (n > 7) return false;
      break;
    case RC_BND:
      if (n > 3) return false;
      break;
    default:
  }
  out.opKind[i] = OP_REG;
  out.opClass[i] = registerClass;
  out.opReg[i] = n;
  out.opBits[i] = TYPE_BITS[at]!;
  return true;
}

/** Sets operand `i` to the register that the opcode implies. */
function setFixed(out: Instruction, i: number, type: number): void {
  const at = type * 4 + sizes[TYPE_CHOOSER[type]!]!;
  out.opKind[i] = OP_REG;
  out.opClass[i] = TYPE_CLASS[at]!;
  out.opReg[i] = TYPE_NUMBER[at]!;
  out.opBits[i] = TYPE_BITS[at]!;
}

/**
 * Turns the index of the memory operand into a vector register (VSIB, SDM vol. 2A, 2.3.12). It needs a SIB byte and
 * 32- or 64-bit addresses, and for vectors index 4 is a register like any other.
 */
function setVectorIndex(bytes: Uint8Array, offset: number, type: number, out: Instruction): boolean {
  if ((out.modrm & 7) !== 4 || out.addressSize === 16) return false;
  const sib = bytes[offset + out.sibOffset]!;
  out.memIndex = ((sib >> 3) & 7) | ((out.rex & 2) << 2);
  out.memScale = sib >> 6;
  out.memIndexClass = TYPE_CLASS[type * 4]!;
  return true;
}

/** Reads an immediate of 1, 2, 4 or 8 bytes into `immLo`/`immHi`, or a second one into `imm2`. */
function setImmediate(
  bytes: Uint8Array,
  offset: number,
  pos: number,
  size: number,
  signed: boolean,
  second: boolean,
  out: Instruction,
): void {
  let lo = bytes[pos]!;
  let hi = 0;
  if (size === 1) {
    if (signed) lo = (lo << 24) >> 24;
  } else {
    lo |= bytes[pos + 1]! << 8;
    if (size === 2) {
      if (signed) lo = (lo << 16) >> 16;
    } else lo |= (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24);
  }
  if (size === 8) {
    hi = bytes[pos + 4]! | (bytes[pos + 5]! << 8) | (bytes[pos + 6]! << 16) | (bytes[pos + 7]! << 24);
  } else if (signed) hi = lo >> 31;
  if (second) {
    out.imm2 = lo;
    return;
  }
  out.immLo = lo;
  out.immHi = hi;
  out.immOffset = pos - offset;
  out.immSize = size;
}

/**
 * Fills the operand arrays and immediates of `out`, whose form, prefixes and memory fields are set.
 *
 * @returns the position after the last immediate, `DECODE_TRUNCATED` or `DECODE_INVALID`
 */
export function decodeOperands(
  bytes: Uint8Array,
  offset: number,
  start: number,
  limit: number,
  out: Instruction,
): number {
  let pos = start;
  let immediates = 0;
  let count = 0;
  const first = out.form * MAX_OPERANDS;
  const modrm = out.modrm;
  const rex = out.rex;
  out.immLo = 0;
  out.immHi = 0;
  out.imm2 = 0;
  out.immOffset = 0;
  out.immSize = 0;
  for (; count < MAX_OPERANDS; count++) {
    const spec = FORM_OPERANDS[first + count]!;
    if (spec === 0) break;
    const type = SPEC_TYPE[spec]!;
    switch (SPEC_PLACE[spec]!) {
      case PLACE_REG:
        if (!setRegister(out, count, type, ((modrm >> 3) & 7) | ((rex & 4) << 1))) return DECODE_INVALID;
        break;
      case PLACE_RM:
        if (modrm < 0xc0) {
          const mem = SPEC_MEM[spec]!;
          out.opKind[count] = OP_MEM;
          out.opClass[count] = RC_NONE;
          out.opReg[count] = 0;
          out.opBits[count] = TYPE_BITS[mem * 4 + sizes[TYPE_CHOOSER[mem]!]!]!;
          if (TYPE_KIND[mem] === KIND_VSIB && !setVectorIndex(bytes, offset, mem, out)) return DECODE_INVALID;
          break;
        }
        if (!setRegister(out, count, type, (modrm & 7) | ((rex & 1) << 3))) return DECODE_INVALID;
        break;
      case PLACE_RM_REG:
        if (!setRegister(out, count, type, (modrm & 7) | ((rex & 1) << 3))) return DECODE_INVALID;
        break;
      case PLACE_VVVV:
        if (!setRegister(out, count, type, out.vexV)) return DECODE_INVALID;
        break;
      case PLACE_OPCODE:
        if (!setRegister(out, count, type, (out.opcode & 7) | ((rex & 1) << 3))) return DECODE_INVALID;
        break;
      case PLACE_IS4:
        if (pos >= limit) return DECODE_TRUNCATED;
        if (!setRegister(out, count, type, (bytes[pos]! >> 4) & (out.mode === 64 ? 15 : 7))) return DECODE_INVALID;
        pos++;
        break;
      case PLACE_IMM: {
        const size = TYPE_BYTES[type * 4 + sizes[TYPE_CHOOSER[type]!]!]!;
        if (pos + size > limit) return DECODE_TRUNCATED;
        setImmediate(bytes, offset, pos, size, TYPE_SIGNED[type] !== 0, immediates !== 0, out);
        immediates++;
        pos += size;
        out.opKind[count] = OP_IMM;
        out.opBits[count] = TYPE_BITS[type * 4 + sizes[TYPE_CHOOSER[type]!]!]!;
        break;
      }
      case PLACE_REL: {
        const size = TYPE_BYTES[type * 4 + sizes[TYPE_CHOOSER[type]!]!]!;
        if (pos + size > limit) return DECODE_TRUNCATED;
        setImmediate(bytes, offset, pos, size, true, false, out);
        pos += size;
        out.opKind[count] = OP_REL;
        out.opBits[count] = out.operandSize;
        break;
      }
      case PLACE_FAR: {
        const size = TYPE_BYTES[type * 4 + sizes[TYPE_CHOOSER[type]!]!]!;
        if (pos + size + 2 > limit) return DECODE_TRUNCATED;
        setImmediate(bytes, offset, pos, size, false, false, out);
        out.imm2 = bytes[pos + size]! | (bytes[pos + size + 1]! << 8);
        pos += size + 2;
        out.opKind[count] = OP_FAR;
        out.opBits[count] = out.operandSize;
        break;
      }
      case PLACE_MOFFS: {
        const size = out.addressSize >> 3;
        if (pos + size > limit) return DECODE_TRUNCATED;
        setImmediate(bytes, offset, pos, size, false, false, out);
        out.dispLo = out.immLo;
        out.dispHi = out.immHi;
        out.dispOffset = out.immOffset;
        out.dispSize = size;
        out.immLo = 0;
        out.immHi = 0;
        out.immOffset = 0;
        out.immSize = 0;
        pos += size;
        out.opKind[count] = OP_MEM;
        out.opBits[count] = TYPE_BITS[type * 4 + sizes[TYPE_CHOOSER[type]!]!]!;
        break;
      }
      case PLACE_FIXED:
        setFixed(out, count, type);
        break;
      case PLACE_ONE:
        out.opKind[count] = OP_IMM;
        out.opBits[count] = 8;
        out.immLo = 1;
        break;
      default:
        return DECODE_INVALID;
    }
    if (out.opKind[count] !== OP_REG) {
      out.opClass[count] = RC_NONE;
      out.opReg[count] = 0;
    }
  }
  out.operandCount = count;
  for (let i = count; i < MAX_OPERANDS; i++) {
    out.opKind[i] = OP_NONE;
    out.opClass[i] = RC_NONE;
    out.opReg[i] = 0;
    out.opBits[i] = 0;
  }
  return pos;
}
