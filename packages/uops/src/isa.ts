import type { IrFunction } from "./function.js";
import type { ValueType } from "./types.js";

/** Most holes that one form may have. */
export const MAX_HOLES: number = 12;

/** One decoded instruction, reused: its form, length and what its holes are bound to. */
export class DecodedForm {
  /** Number of the form, see {@link GuestIsa.form}. */
  form: number = 0;
  /** Length in bytes. */
  length: number = 0;
  /** Low half of each hole's value (a `state` hole: the offset). */
  readonly lo: Int32Array = new Int32Array(MAX_HOLES);
  readonly hi: Int32Array = new Int32Array(MAX_HOLES);
}

/** What is known of a form: one shape of an instruction, whatever its registers and immediates are. */
export interface FormInfo {
  /** For people: mnemonic and operand kinds. */
  readonly name: string;
  readonly ir: IrFunction;
  /** Execution never falls through to the next instruction. */
  readonly endsBlock: boolean;
}

/** `GuestIsa.decode`: the bytes end inside the instruction. */
export const DECODE_NEEDS_MORE: number = -2;

/**
 * What an architecture supplies to whatever executes it. The executor knows no instruction by name: it asks for the form
 * at an address and runs that form's micro-ops.
 */
export interface GuestIsa {
  /** Functions that the micro-ops call, by index. */
  readonly functions: readonly IrFunction[];
  /**
   * Decodes the instruction at `bytes[offset]`, reading no byte at or after `end`, for a mode word (a small integer that
   * the vCPU state holds; equal words decode equally). An invalid instruction is a form too, one that raises its fault.
   *
   * @returns its length in bytes or {@link DECODE_NEEDS_MORE}
   */
  decode(bytes: Uint8Array, offset: number, end: number, mode: number, out: DecodedForm): number;
  readonly state: ExecutorState;
  /** Longest instruction in bytes. */
  readonly maxLength: number;
  form(id: number): FormInfo;
  /**
   * Whether all that an assist does and looks at is in the vCPU state, and in guest memory by way of its memory path: restored, it has not happened. None unless
   * told.
   */
  isLocalAssist?(id: number): boolean;
  /** Whether an assist leaves the executor as a rule: compiled code ends before it. None unless told. */
  isLeavingAssist?(id: number): boolean;
  /** Ids of the forms worth most room in an interpreter, most frequent first. */
  hotForms(): readonly number[];
  /** Ids of the forms that a guest is likely to need as well: worth making ready together. */
  warmForms(): readonly number[];
}

/** Status that an assist returns to the executor. */
/** Go on with the instruction. */
export const ASSIST_NEXT: number = 0;
/** The assist set the pc and may have changed mode, privilege or translation: look everything up again. */
export const ASSIST_JUMP: number = 1;
/** Leave the executor: an exit or a fault was recorded in the state; the pc says where to go on. */
export const ASSIST_EXIT: number = 2;
/** As `ASSIST_NEXT`, but leave the executor at the next instruction boundary: something is pending. */
export const ASSIST_LEAVE: number = 3;

/** Where in the vCPU state an executor finds and leaves what it needs; byte offsets. */
export interface ExecutorState {
  /** i64: linear address of the instruction. */
  readonly pc: number;
  /** i64: linear address after it; valid during assists. */
  readonly nextPc: number;
  /** i32: instructions left, counting from after the one in flight. */
  readonly fuel: number;
  /** i32: why the executor left, see the engine's EXIT_*. */
  readonly exitCode: number;
  /** i32: exception vector and error code (-1: none) of a fault. */
  readonly faultVector: number;
  readonly faultError: number;
  /** i32: address of the soft-TLB view in use. */
  readonly tlbView: number;
  /** i32: mode word. */
  readonly mode: number;
  /** 64 bytes: what the slow memory path assembles. */
  readonly memoryScratch: number;
  /** What compiled code may keep in locals between the boundaries at which somebody else looks: registers, flags. */
  readonly cached: readonly CachedState[];
  /** i32 among `cached` that is mostly a small constant: the kind of a lazy flags record. -1: none. */
  readonly tracked: number;
  /** i64 that is always zero. -1: none. */
  readonly zero: number;
  /** i32s that only assists write: what is found out about them once holds until the next assist. */
  readonly fixed: readonly number[];
  /**
   * i64s that may be taken for constants in code of a mode, as long as what is not true then (a limit that an access oversteps) reaches
   * the slow memory path, which executes the instruction anew without the assumption.
   */
  assumed(mode: number): readonly AssumedState[];
  /** Ranges [from, to) that mean nothing between instructions. */
  readonly scratch: readonly (readonly [number, number])[];
}

/** An i64 of the state, known by the mode. */
export interface AssumedState {
  readonly offset: number;
  readonly lo: number;
  readonly hi: number;
}

/** A piece of state of a WebAssembly type. */
export interface CachedState {
  readonly offset: number;
  readonly type: ValueType;
}

/** Why an executor returned; in the state's `exitCode`. */
/** The instruction budget is used up, or something pending wants to be looked at. The pc is the next instruction. */
export const EXIT_BUDGET: number = 0;
/** An exception: `faultVector` and `faultError`; the pc is the faulting instruction, which has not happened. */
export const EXIT_FAULT: number = 1;
/** An assist or the memory path recorded an exit of its own; the pc is where to go on. */
export const EXIT_HOST: number = 2;

/** Results of the slow store path. */
export const STORE_DONE: number = 0;
export const STORE_FAILED: number = 1;
/** Done, and the executor is to leave at the next instruction boundary. */
export const STORE_LEAVE: number = 3;
