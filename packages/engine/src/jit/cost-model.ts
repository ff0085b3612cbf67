/**
 * What each tier costs, in round figures: execution from the loops of `npm run bench -- tiers`, compilation from a boot, where the compiler is cold
 * and instructions are harder than in those loops (docs/performance.md has both). They explain decisions; none is taken from them yet.
 */
export interface CostModel {
  /** Microseconds to compile a guest instruction, the host's baseline compiler included. */
  readonly compile: number;
  /** Nanoseconds to execute one in each tier. */
  readonly interpreted: number;
  readonly compiled: number;
}

export const COST_MODEL: CostModel = { compile: 18, interpreted: 4, compiled: 0.6 };

/** Executions of an instruction after which compiling it has paid. */
export function breakEven(model: CostModel): number {
  return Math.ceil((model.compile * 1000) / (model.interpreted - model.compiled));
}
