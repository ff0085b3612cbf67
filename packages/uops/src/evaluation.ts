import type { IrFunction } from "./function.js";
import { MEM_SIZE_MASK } from "./types.js";
import type { IrValue } from "./values.js";

/** What the reference evaluator asks of the machine around the instruction. */
export interface EvaluationEnvironment {
  /** Immediate bound to a hole, as a signed 32-bit number. */
  holeI32(hole: number): number;
  /** Immediate bound to a hole, sign-extended to 64 bits. */
  holeI64(hole: number): bigint;
  /** Byte offset into the vCPU state that a `state` hole is bound to. */
  holeState(hole: number): number;
  /** Linear address of the instruction. */
  pc(): bigint;
  /** Linear address of the instruction that follows. */
  nextPc(): bigint;
  /** vCPU state, little-endian. */
  readonly state: DataView;
  /**
   * Reads guest memory.
   *
   * @param address unsigned, 64 bits
   * @param descriptor `MEM_*`
   * @param into as many bytes as the access has; filled in the order of memory
   * @returns false if the access faults; the environment has then recorded the fault
   */
  guestLoad(address: bigint, descriptor: number, into: Uint8Array): boolean;
  /** Writes guest memory; parameters and result as for {@link guestLoad}. */
  guestStore(address: bigint, descriptor: number, bytes: Uint8Array): boolean;
  /** Performs an assist. 0: the function goes on; anything else ends the instruction and is its status. */
  assist(id: number, a: number, b: number): number;
  /** Callees by index. */
  readonly functions: readonly IrFunction[];
}

/**
 * How an evaluation ended.
 *
 * - `next`: fell off the end, or `return` without a value; `return`: with one
 * - `jump`: to `target` (unsigned); `branch`: by the displacement in `hole`, wrapping at `bits`; `repeat`: the same instruction again
 * - `fault`: exception `vector`, `errorCode` -1 if it has none
 * - `memory-fault`: an access failed, the environment knows how
 * - `assist`: an assist gave a `status` other than 0
 */
export type Ending =
  | { readonly kind: "next" | "repeat" | "memory-fault" }
  | { readonly kind: "return"; readonly value: IrValue }
  | { readonly kind: "jump"; readonly target: bigint }
  | { readonly kind: "branch"; readonly hole: number; readonly bits: number }
  | { readonly kind: "fault"; readonly vector: number; readonly errorCode: number }
  | { readonly kind: "assist"; readonly status: number };

/** Result of {@link evaluate}. */
export interface Evaluation {
  readonly ending: Ending;
  /** A `leave` was met: the executor looks at what is pending at the next instruction boundary. */
  readonly leave: boolean;
  /** Micro-ops evaluated, callees included. */
  readonly steps: number;
}

/** Bounds that make every evaluation end. */
export interface EvaluationLimits {
  /** Micro-ops; 1,000,000 unless told. */
  readonly steps?: number;
  /** Calls inside one another; 64 unless told. */
  readonly calls?: number;
}

/** Size of a guest access in bytes, from its descriptor. */
export function guestAccessBytes(descriptor: number): number {
  return 1 << (descriptor & MEM_SIZE_MASK);
}
