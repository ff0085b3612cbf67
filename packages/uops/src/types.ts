/** Value types of the micro-op IR. They are WebAssembly's, so that lowering changes no type. */
export const VOID = 0;
export const I32 = 1;
export const I64 = 2;
export const F32 = 3;
export const F64 = 4;
export const V128 = 5;

export type ValueType = typeof VOID | typeof I32 | typeof I64 | typeof F32 | typeof F64 | typeof V128;

export const TYPE_NAMES: readonly string[] = ["void", "i32", "i64", "f32", "f64", "v128"];

/** Number of a value in its function: the index of the micro-op that makes it. */
export type Value = number;

/**
 * Effects of a micro-op. An op without any is pure: it may be moved, merged or dropped.
 *
 * - `READS_STATE`/`WRITES_STATE`: vCPU state (registers, flags record).
 * - `MAY_FAULT`: can leave the instruction with an exception; nothing architectural may have been written before it.
 * - `OBSERVES`: something outside looks at the whole state (assists, exits): pc, count and flags are committed first.
 * - `ENDS_REGION`: what comes after runs under another pc, translation or mode.
 * - `CONTROL`: structures the function.
 */
export const EFFECT_READS_STATE = 1;
export const EFFECT_WRITES_STATE = 2;
export const EFFECT_MAY_FAULT = 4;
export const EFFECT_OBSERVES = 8;
export const EFFECT_ENDS_REGION = 16;
export const EFFECT_CONTROL = 32;
export const EFFECT_READS_MEMORY = 64;
export const EFFECT_WRITES_MEMORY = 128;
export const EFFECT_READS_LOCAL = 256;
export const EFFECT_WRITES_LOCAL = 512;

/**
 * Descriptor of a guest memory operation, packed into one i32. Size is log2 of the bytes; values narrower than 64 bits are
 * extended as `MEM_SIGNED` says; 16 bytes are a v128, 32 bytes (stores only) two of them.
 */
export const MEM_SIZE_MASK: number = 7;
export const MEM_SIGNED: number = 1 << 3;
/** The access will be followed by a write of the same bytes: write permission is checked now. */
export const MEM_FOR_WRITE: number = 1 << 4;
/** A fault is a stack fault (#SS rather than #GP on x86). */
export const MEM_STACK: number = 1 << 5;
/** Performed as a supervisor access whatever the current privilege (descriptor tables, task state). */
export const MEM_SUPERVISOR: number = 1 << 6;
/** Performed as a user access whatever the current privilege. */
export const MEM_USER: number = 1 << 7;
/** The address is guest-physical. */
export const MEM_PHYSICAL: number = 1 << 8;
/** Part of an atomic read-modify-write. */
export const MEM_ATOMIC: number = 1 << 9;
/** Acquire on loads, release on stores; x86 has both always and needs not say so. */
export const MEM_ORDERED: number = 1 << 10;
export const MEM_BIG_ENDIAN: number = 1 << 11;
/** Faults unless the address is a multiple of the size. */
export const MEM_ALIGNED: number = 1 << 12;
/**
 * A further part of an operand whose bounds have been checked as a whole, in every mode; of stores: the instruction stores the same again
 * where it is executed once more from its start.
 */
export const MEM_PART: number = 1 << 13;
