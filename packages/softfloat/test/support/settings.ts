import { hasCommand, requireOracle } from "@isinglass/testkit";

/** The seed of this run: printed in the names of the tests, and set with ISG_SOFTFLOAT_SEED to repeat one. */
export const seed: number = Number(process.env["ISG_SOFTFLOAT_SEED"] ?? Date.now() % 1_000_000_007);

/** Cases for each operation. */
export const cases: number = Number(process.env["ISG_SOFTFLOAT_CASES"] ?? 12_000);

/** Can native programs be built that ask this CPU? */
export const native: boolean = requireOracle("gcc on an x86-64 host", process.arch === "x64" && hasCommand("gcc"));
