import { describe, expect, it } from "vitest";
import {
  evaluate,
  I32,
  I64,
  type IrFunction,
  type IrValue,
  optimise,
  printFunction,
  V128,
  verify,
  VOID,
} from "../src/index.js";
import { TestEnvironment } from "./lib/environment.js";
import { Generator, randomHoles } from "./lib/generate.js";
import { Random } from "./lib/random.js";
import { FunctionBuilder, OP } from "../src/index.js";

const seeds = Random.fromEnvironment(7);
const FUNCTIONS = Number(process.env["ISG_RANDOM_FUNCTIONS"] ?? 700);
const RUNS = 5;

/** A callee that reads and writes state, and faults now and then. */
function callee(): IrFunction {
  const f = new FunctionBuilder("callee", [I64, I32], I64);
  f.if(f.op("i32.eq", f.op("i32.and", f.get(f.param(1)), f.i32(15)), f.i32(9)), () => f.fault(17, 0));
  f.stateStore(OP.stateStore32, f.op("i64.add", f.stateLoad(OP.stateLoad32U, 4), f.get(f.param(0))), 4);
  f.return(f.op("i64.xor", f.stateLoad(OP.stateLoad64, 16), f.get(f.param(0))));
  return f.finish();
}

const CALLEE = callee();

/** Everything about a run that someone outside can see. */
function observe(fn: IrFunction, args: readonly IrValue[], seed: number): unknown {
  const random = new Random(seed);
  const env = new TestEnvironment([CALLEE], randomHoles(random));
  for (let at = 0; at < 96; at += 1) env.state.setUint8(at, random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]));
  for (let at = 0; at < 512; at += 1) env.memory[at] = random.below(256);
  env.statuses = Array.from({ length: 4 }, () => (random.chance(0.2) ? 2 : 0));
  const { ending, leave } = evaluate(fn, args, env, { steps: 200_000 });
  return {
    ending,
    leave,
    log: env.log,
    state: Buffer.from(env.state.buffer).toString("hex"),
    memory: Buffer.from(env.memory).toString("hex"),
  };
}

describe(`optimise, on random functions (ISG_SEED=${seeds.seed})`, () => {
  it(
    `keeps what ${FUNCTIONS} functions do, and makes them smaller`,
    () => {
      let before = 0;
      let after = 0;
      for (let i = 0; i < FUNCTIONS; i += 1) {
        const seed = seeds.u32();
        const random = new Random(seed);
        const fn = new Generator(random, 20 + random.below(60), random.pick([VOID, I32, I64, V128])).function();
        expect(verify(fn, { functions: [CALLEE] }).errors, `generator, function seed ${seed}`).toEqual([]);
        const better = optimise(fn);
        expect(
          verify(better, { functions: [CALLEE] }).errors,
          `function seed ${seed}\n${printFunction(fn)}\n${printFunction(better)}`,
        ).toEqual([]);
        for (let run = 0; run < RUNS; run += 1) {
          const args = [BigInt.asIntN(64, random.u64() >> BigInt(random.below(64))), random.u32() >> random.below(32)];
          const runSeed = random.u32();
          const want = observe(fn, args, runSeed);
          const have = observe(better, args, runSeed);
          expect(
            have,
            `function seed ${seed}, run seed ${runSeed}\n${printFunction(fn)}\n${printFunction(better)}`,
          ).toEqual(want);
        }
        expect(better.holes).toEqual(fn.holes);
        before += fn.count;
        after += better.count;
      }
      expect(after).toBeLessThan(before);
    },
    60_000 + 20 * FUNCTIONS,
  );
});
