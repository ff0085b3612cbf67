/**
 * What the semantics of an instruction may depend on when it is built: never a register number, an immediate or an
 * address, only the shape. All instructions of one shape share one handler.
 */
export interface FormShape {
  /** For people, such as `add r64, m64 [base+disp]`. */
  readonly name: string;
  readonly mnemonic: string;
  /** Code size: 16, 32 or 64. */
  readonly mode: number;
  readonly operandSize: number;
  readonly addressSize: number;
  /** Width of the stack pointer in use: 16, 32 or 64. */
  readonly stackSize: number;
  /** The code segment ends below 4 GiB: a branch by a 32-bit displacement may leave it. Never in 64-bit code. */
  readonly codeLimited: boolean;
  /** `OP_*` of isa-x86 per operand. */
  readonly opKind: readonly number[];
  readonly opBits: readonly number[];
  /** `RC_*` per register operand. */
  readonly opClass: readonly number[];
  /** `MEM_FORM_*`. */
  readonly memForm: number;
  /** The memory operand, or the one that the instruction implies, is relative to SS: faults are #SS. */
  readonly stackSegment: boolean;
  /** The memory segment (explicit or implied) has a base to add: FS, GS, or any outside 64-bit mode. */
  readonly segmentBase: boolean;
  readonly rep: boolean;
  readonly repne: boolean;
  readonly lock: boolean;
  /** The immediate does not fit 32 bits sign-extended (MOV r64, imm64). */
  readonly immediate64: boolean;
  readonly vex: boolean;
  /** VEX.L: vectors of 256 bits. */
  readonly wide: boolean;
}
