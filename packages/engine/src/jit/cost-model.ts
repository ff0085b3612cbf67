/**
 * What each tier costs, in round figures of `pnpm bench tiers` (docs/performance.md has the machine and the date). They explain decisions;
 * none is taken from them yet.
 */
export interface CostModel {
  /** Microseconds to compile a guest instruction, the host's baseline compiler included. */
  readonly compile: number;
  /** Nanoseconds to execute one in each tier. */
  readonly interpreted: number;
  readonly compiled: number;
}

export const COST_MODEL: CostModel = { compile: 20, interpreted: 4, compiled: 0.7 };

/** Executions of an instruction after which compiling it has paid. */
export function breakEven(model: CostModel): number {
  return Math.ceil((model.compile * 1000) / (model.interpreted - model.compiled));
}
