import { OPS } from "./opcodes.js";
import { PURE_FLOAT } from "./pure-float.js";
import { PURE_INTEGER } from "./pure-integer.js";
import { PURE_VECTOR_FLOAT } from "./pure-vector-float.js";
import { PURE_VECTOR } from "./pure-vector.js";
import type { IrValue, PureFunction } from "./values.js";

const BY_OPCODE: readonly (PureFunction | undefined)[] = OPS.map((spec) =>
  spec.isWasm
    ? (PURE_INTEGER.get(spec.name) ??
      PURE_FLOAT.get(spec.name) ??
      PURE_VECTOR.get(spec.name) ??
      PURE_VECTOR_FLOAT.get(spec.name))
    : undefined,
);

/** What a pure micro-op computes, or undefined if the op is not one of those that are WebAssembly instructions. */
export function pureFunction(op: number): PureFunction | undefined {
  return BY_OPCODE[op];
}

/**
 * Evaluates one pure micro-op.
 *
 * @param operands values as {@link IrValue} describes, in the order of the op's operands
 * @param lane the op's lane number, 0 if it has none
 * @throws IsinglassError `ISG_UOPS_TRAP` where WebAssembly would trap: division by zero, -2^63 / -1
 * @example
 * evaluatePure(opcode('i64.rotl'), [1n, 63n]); // -(2n ** 63n)
 */
export function evaluatePure(op: number, operands: readonly IrValue[], lane: number = 0): IrValue {
  const f = BY_OPCODE[op];
  if (f === undefined) throw new RangeError(`uops: op ${OPS[op]?.name ?? op} is not a pure WebAssembly instruction`);
  return f(operands, lane);
}
