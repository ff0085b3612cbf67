/**
 * The decoded-instruction record: what `decode` fills and everybody else reads.
 *
 * One record is made once and reused, so each field is a plain number or a typed array that is never
 * replaced. Fields that an instruction does not use hold the "absent" value given here.
 */

/** Operand kinds, `Instruction.opKind`. */
export const OP_NONE = 0;
/** A register: `opClass` and `opReg`. */
export const OP_REG = 1;
/** The memory operand: the `mem*` and `disp*` fields, of `opBits` bits. */
export const OP_MEM = 2;
/** An immediate: the first is `immLo`/`immHi`, a second one is `imm2`. The implied 1 of `shl r/m, 1` counts. */
export const OP_IMM = 3;
/** A branch displacement relative to the next instruction: `immLo`/`immHi`. */
export const OP_REL = 4;
/** A direct far pointer: offset in `immLo`, selector in `imm2`. */
export const OP_FAR = 5;

/** Bits of `Instruction.prefixes`: the prefixes that are present, whether or not they have an effect. */
export const PREFIX_LOCK = 0x01;
/** F3, also where it is a mandatory prefix. If both F2 and F3 occur, only the last one counts. */
export const PREFIX_REP = 0x02;
/** F2, also where it is a mandatory prefix. */
export const PREFIX_REPNE = 0x04;
/** 66, also where it is a mandatory prefix. */
export const PREFIX_OPSIZE = 0x08;
/** 67. */
export const PREFIX_ADDRSIZE = 0x10;
/** 26 2E 36 3E 64 65. */
export const PREFIX_SEGMENT = 0x20;
/** An effective REX prefix (directly before the opcode). */
export const PREFIX_REX = 0x40;
/** REX.W, or VEX.W/EVEX.W in a VEX or EVEX encoding. */
export const PREFIX_REX_W = 0x80;

/** `Instruction.encoding`: the encoding space of the opcode. */
export const ENC_LEGACY = 0;
/** VEX, C5 or C4. */
export const ENC_VEX = 1;
/** EVEX, 62. */
export const ENC_EVEX = 2;
/** AMD XOP, 8F. */
export const ENC_XOP = 3;

/** `Instruction.opcodeMap`: one-byte opcodes. Other maps have the number VEX/EVEX/XOP gives them. */
export const MAP_ONE_BYTE = 0;
/** 0F xx. */
export const MAP_0F = 1;
/** 0F 38 xx. */
export const MAP_0F38 = 2;
/** 0F 3A xx. */
export const MAP_0F3A = 3;
/** 0F 0F ModRM … xx, 3DNow!. */
export const MAP_3DNOW = 16;

/** `Instruction.memBase`/`memIndex`: no register. */
export const MEM_NONE = -1;
/** `Instruction.memBase`: the address of the next instruction (RIP or, with address size 32, EIP). */
export const MEM_RIP = 16;

/** `decode` result: not an instruction in this mode, #UD. */
export const DECODE_INVALID = -1;
/** `decode` result: the bytes end inside the instruction. */
export const DECODE_TRUNCATED = -2;
/** `decode` result: more than 15 bytes, #GP(0) (SDM vol. 2A, 2.3.11). */
export const DECODE_TOO_LONG = -3;

/** Most explicit operands that an instruction can have. */
export const MAX_OPERANDS = 5;

/** A decoded instruction. Make one, pass it to `decode` again and again. */
export class Instruction {
  /** Index into `FORMS`; -1 before the first decode. */
  form: number = -1;
  /** Index into `MNEMONICS`. */
  mnemonic: number = 0;
  /** Length in bytes, 1..15. */
  length: number = 0;
  /** Code size that it was decoded for: 16, 32 or 64. */
  mode: number = 64;
  /** Effective operand size: 16, 32 or 64, after prefixes and after what the form forces. */
  operandSize: number = 32;
  /** Effective address size: 16, 32 or 64. */
  addressSize: number = 64;
  /** `PREFIX_*` bits. */
  prefixes: number = 0;
  /** Segment override with an effect (in 64-bit mode FS or GS only), `SEG_*`, or -1. */
  segment: number = -1;
  /** Last segment prefix as written (branch hints, NOTRACK), `SEG_*`, or -1. */
  segmentPrefix: number = -1;
  /** `ENC_*`. */
  encoding: number = 0;
  /** Opcode map, `MAP_*`. */
  opcodeMap: number = 0;
  /** Opcode byte within the map. */
  opcode: number = 0;
  /** ModRM byte, or -1. */
  modrm: number = -1;
  /** REX bits W R X B as 0..15 (for VEX/EVEX the equivalent, not inverted). */
  rex: number = 0;
  /** VEX/EVEX vvvv, not inverted, 0..31; 0 if absent. */
  vexV: number = 0;
  /** Vector length: 0 = 128, 1 = 256, 2 = 512 bits. */
  vexL: number = 0;
  /** EVEX opmask register 0..7 (0: none). */
  mask: number = 0;
  /** EVEX.z: 1 = zeroing-masking. */
  zeroing: number = 0;
  /** EVEX.b: 1 = broadcast, rounding control or suppress-all-exceptions, as the form says. */
  broadcast: number = 0;

  /** Number of explicit operands, destination first, as Intel syntax writes them. */
  operandCount: number = 0;
  /** `OP_*` per operand. */
  readonly opKind: Uint8Array = new Uint8Array(MAX_OPERANDS);
  /** Register number within `opClass`. */
  readonly opReg: Uint8Array = new Uint8Array(MAX_OPERANDS);
  /** `RC_*` per register operand. */
  readonly opClass: Uint8Array = new Uint8Array(MAX_OPERANDS);
  /** Operand size in bits; for memory the size of the access, 0 if there is none (LEA, INVLPG). */
  readonly opBits: Uint16Array = new Uint16Array(MAX_OPERANDS);

  /** Base: general register 0..15, `MEM_NONE` or `MEM_RIP`. */
  memBase: number = MEM_NONE;
  /** Index: general register 0..15 (vector register for VSIB), or `MEM_NONE`. */
  memIndex: number = MEM_NONE;
  /** Scale of the index as a shift, 0..3. */
  memScale: number = 0;
  /** `RC_*` of a vector index (gather), else `RC_NONE`. */
  memIndexClass: number = 0;
  /**
   * Effective segment of the memory operand, `SEG_*`, after default and override. Also set where the
   * memory operand is implied: the DS:rSI source of a string instruction, XLAT, MASKMOVQ.
   */
  memSegment: number = 3;
  /** Displacement, sign-extended, low half (also the address of a moffs operand; raw for RIP-relative). */
  dispLo: number = 0;
  /** Displacement, high half. */
  dispHi: number = 0;

  /** First immediate or branch displacement, extended as the instruction defines, low half. */
  immLo: number = 0;
  /** First immediate, high half. */
  immHi: number = 0;
  /** Second immediate: ENTER's nesting level, a far pointer's selector, EXTRQ's index; else 0. */
  imm2: number = 0;

  /** Offset of the SIB byte within the instruction, 0 if there is none. */
  sibOffset: number = 0;
  /** Offset of the displacement within the instruction, and its bytes (0 if none); for encoders and patchers. */
  dispOffset: number = 0;
  dispSize: number = 0;
  /** Offset of the first immediate within the instruction, and its bytes (0 if none). */
  immOffset: number = 0;
  immSize: number = 0;
}
