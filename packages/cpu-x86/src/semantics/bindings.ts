/** What a hole of an x86 form takes its value from, when an instruction of that form was decoded. */
export interface Binding {
  readonly kind: number;
  /** Operand number, for `BIND_OPERAND`. */
  readonly operand: number;
}

/** State offset of register operand `operand`. */
export const BIND_OPERAND: number = 0;
/** State offset of the base register, or of the zero slot. */
export const BIND_MEM_BASE: number = 1;
export const BIND_MEM_INDEX: number = 2;
export const BIND_MEM_SCALE: number = 3;
/** State offset of the memory operand's segment record. */
export const BIND_MEM_SEGMENT: number = 4;
export const BIND_DISP: number = 5;
/** 64-bit absolute address. */
export const BIND_DISP64: number = 6;
export const BIND_IMM: number = 7;
export const BIND_IMM2: number = 8;
/** Number of register operand `operand` (control, debug, segment and x87 registers), as an immediate. */
export const BIND_NUMBER: number = 9;
/** The opcode's low byte and ModRM, for x87's last-opcode register. */
export const BIND_X87_OPCODE: number = 10;
/** Number of the memory operand's segment. */
export const BIND_SEGMENT_NUMBER: number = 11;
/** 1 where the memory operand's base is RSP, else 0. */
export const BIND_BASE_IS_STACK: number = 12;
/** Number of the vector register that the memory operand has as its index. */
export const BIND_MEM_VECTOR: number = 13;
