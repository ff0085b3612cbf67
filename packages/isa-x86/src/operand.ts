/** Operands as the encoder takes them: plain objects, cold path, numbers of unlimited width as bigint. */
import { IsinglassError } from "@isinglass/interface";

export interface RegisterOperand {
  readonly kind: "register";
  /** `RC_*`. */
  readonly class: number;
  readonly number: number;
}

export interface MemoryOperand {
  readonly kind: "memory";
  /** General register 0..15, `MEM_RIP`, or absent. */
  readonly base?: number | undefined;
  readonly index?: number | undefined;
  /** `RC_XMM`, `RC_YMM` … for a vector index. */
  readonly indexClass?: number | undefined;
  /** Shift, 0..3. */
  readonly scale?: number | undefined;
  readonly displacement?: bigint | undefined;
  /** With base `MEM_RIP`: the address that is meant, instead of a displacement. */
  readonly target?: bigint | undefined;
  /** `SEG_*`; an override is written only if it changes something. */
  readonly segment?: number | undefined;
  /** Size of the access in bits; if absent it follows from the other operands. */
  readonly bits?: number | undefined;
  /** 16, 32 or 64; if absent the default of the mode. */
  readonly addressSize?: number | undefined;
  /** Do not shorten the displacement: its value may still change. */
  readonly wide?: boolean | undefined;
}

export interface ImmediateOperand {
  readonly kind: "immediate";
  readonly value: bigint;
  /** Do not shorten it: its value may still change. */
  readonly wide?: boolean | undefined;
}

/** A direct near branch. */
export interface TargetOperand {
  readonly kind: "target";
  readonly address: bigint;
  /** Only a displacement of this many bytes or more. */
  readonly minimum?: number | undefined;
}

/** A direct far branch. */
export interface FarOperand {
  readonly kind: "far";
  readonly selector: number;
  readonly offset: bigint;
}

export type Operand = RegisterOperand | MemoryOperand | ImmediateOperand | TargetOperand | FarOperand;

export interface EncodeRequest {
  readonly mode: 16 | 32 | 64;
  /** A name in `MNEMONICS` or one of its aliases. */
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  /** Address of the first byte, for branches and RIP-relative operands; 0 if absent. */
  readonly address?: bigint | undefined;
  /** Wanted operand size where operands do not tell (PUSHF, IRET, immediates). */
  readonly operandSize?: number | undefined;
  /** `PREFIX_LOCK`, `PREFIX_REP`, `PREFIX_REPNE`; `PREFIX_SEGMENT` asks for 3E, which is NOTRACK. */
  readonly prefixes?: number | undefined;
  /** Segment override of a string instruction or XLAT. */
  readonly segment?: number | undefined;
  /** Address size of a string instruction, XLAT or LOOP. */
  readonly addressSize?: number | undefined;
  /** Only forms with an absolute address or a 64-bit immediate (MOVABS). */
  readonly absolute?: boolean | undefined;
}

/** Says that no form fits, or that several do. */
export function encodeError(what: string, request: EncodeRequest): IsinglassError {
  const kinds = request.operands.map((o) => o.kind).join(", ");
  return new IsinglassError("ISG_ISA_ENCODE", `${request.mnemonic} (${kinds}) in ${request.mode}-bit code: ${what}`, {
    mnemonic: request.mnemonic,
    mode: request.mode,
  });
}
