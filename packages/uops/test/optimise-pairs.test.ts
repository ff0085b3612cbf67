import { describe, expect, it } from "vitest";
import {
  evaluate,
  FunctionBuilder,
  I32,
  I64,
  type IrFunction,
  type IrValue,
  opcode,
  OPS,
  optimise,
  printFunction,
  type OpSpec,
  type Value,
  type ValueType,
  verify,
} from "../src/index.js";
import { TestEnvironment } from "./lib/environment.js";
import { Random } from "./lib/random.js";

const seeds = Random.fromEnvironment(11);

const SCALARS: readonly OpSpec[] = OPS.filter(
  (spec) =>
    spec.isWasm &&
    !/^i64\.(div|rem)/.test(spec.name) &&
    [spec.result, ...spec.operands].every((type) => type === I32 || type === I64),
);
const CONSTANTS = [
  0, 1, -1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0xffff, 0x10000, 0x7fffffff, -0x80000000,
  -128,
];

/** One op after another, each operand a parameter, a constant, or what the op before gave. */
function chain(specs: readonly OpSpec[], random: Random): IrFunction {
  const last = specs.at(-1)?.result ?? I64;
  const f = new FunctionBuilder(specs.map((spec) => spec.name).join(" then "), [I32, I64], last);
  const parameters: Readonly<Record<number, Value>> = { [I32]: f.get(f.param(0)), [I64]: f.get(f.param(1)) };
  const leaf = (type: ValueType): Value => {
    if (random.chance(0.5)) return parameters[type] ?? -1;
    const constant = random.pick(CONSTANTS);
    if (type === I32) return f.i32(constant);
    return random.chance(0.3) ? f.i64(-1, random.pick(CONSTANTS)) : f.i64(constant);
  };
  let before = -1;
  let type: ValueType = I64;
  for (const spec of specs) {
    const operands = spec.operands.map((want) => leaf(want));
    if (before >= 0) {
      const fits = spec.operands.flatMap((want, i) => (want === type ? [i] : []));
      operands[random.pick(fits)] = before;
      if (fits.length === 2 && random.chance(0.1)) operands.fill(before);
    }
    before = f.emit(opcode(spec.name), operands[0], operands[1]);
    type = spec.result;
  }
  f.return(before);
  return f.finish();
}

function inputs(random: Random): readonly IrValue[][] {
  const wide = [0n, 1n, -1n, 0x80n, 0xffffffffn, 0x80000000n, 1n << 63n, -(1n << 31n)];
  const some = [random.u64(), random.u64() >> 40n, random.pick(wide), random.pick(wide)];
  return some.map((value) => [
    Number(BigInt.asIntN(32, random.chance(0.5) ? value : random.u64())),
    BigInt.asIntN(64, value),
  ]);
}

function compare(fn: IrFunction, sets: readonly (readonly IrValue[])[]): void {
  const better = optimise(fn);
  const wrong: string[] = verify(better).errors.map(({ message }) => message);
  for (const args of sets) {
    const want = evaluate(fn, args, new TestEnvironment()).ending;
    const have = evaluate(better, args, new TestEnvironment()).ending;
    if (want.kind !== "return" || have.kind !== "return" || want.value !== have.value) {
      wrong.push(
        `of ${args.join(", ")}: ${JSON.stringify([want, have], (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v))}`,
      );
    }
  }
  expect(wrong, `${printFunction(fn)}\n${printFunction(better)}`).toEqual([]);
}

describe(`optimise, on chains of ops (ISG_SEED=${seeds.seed})`, () => {
  it.each(SCALARS.map((spec) => [spec.name, spec] as const))("%s after every op that fits", (_, spec) => {
    const random = new Random(seeds.u32());
    for (const first of SCALARS.filter(({ result }) => spec.operands.includes(result))) {
      for (let i = 0; i < 8; i += 1) compare(chain([first, spec], random), inputs(random));
      const middle = random.pick(
        SCALARS.filter((s) => s.operands.includes(first.result) && spec.operands.includes(s.result)),
      );
      compare(chain([first, middle, spec], random), inputs(random));
    }
  });
});

/** `outer(inner(p & mask, q & mask), constant)`: what the optimiser believes of the high bits has to be true. */
function masked(type: typeof I32 | typeof I64, inner: string, outer: string, random: Random): IrFunction {
  const name = type === I32 ? "i32" : "i64";
  const width = type === I32 ? 32 : 64;
  const f = new FunctionBuilder(`${outer} of ${inner}`, [I32, I64], opSpecOf(outer).result);
  const constant = (bits: number): Value => {
    const mask = (1n << BigInt(bits)) - 1n;
    return type === I32
      ? f.i32(Number(BigInt.asIntN(32, mask)))
      : f.i64(Number(BigInt.asIntN(32, mask)), Number(mask >> 32n));
  };
  const number = (value: number): Value => (type === I32 ? f.i32(value) : f.i64(value));
  const value = f.get(f.param(type === I32 ? 0 : 1));
  const operand = (): Value => f.op(`${name}.and`, value, constant(1 + random.below(width - 1)));
  const spec = opSpecOf(inner);
  const second = /sh|rot/.test(inner)
    ? number(random.below(width))
    : random.chance(0.3)
      ? number(random.pick(CONSTANTS))
      : operand();
  const middle = f.emit(opcode(inner), operand(), spec.operands.length === 2 ? second : -1);
  const last = outer.endsWith("and")
    ? constant(1 + random.below(width - 1))
    : /sh/.test(outer)
      ? number(random.below(width))
      : number(0);
  f.return(f.emit(opcode(outer), middle, opSpecOf(outer).operands.length === 2 ? last : -1));
  return f.finish();
}

function opSpecOf(name: string): OpSpec {
  return OPS[opcode(name)]!;
}

describe(`optimise, on values with few bits (ISG_SEED=${seeds.seed})`, () => {
  const outers = ["and", "shl", "shr_u", "shr_s", "extend8_s", "extend16_s", "ne", "eq", "eqz"];
  const inners = [
    "add",
    "sub",
    "mul",
    "and",
    "or",
    "xor",
    "shl",
    "shr_u",
    "shr_s",
    "rotl",
    "popcnt",
    "clz",
    "extend8_s",
  ];
  const cases = (["i32", "i64"] as const).flatMap((type) =>
    inners.flatMap((inner) =>
      outers.map((outer) => [`${type}.${outer}`, `${type}.${inner}`, type === "i32" ? I32 : I64] as const),
    ),
  );
  it.each(cases)("%s of %s", (outer, inner, type) => {
    const random = new Random(seeds.u32());
    for (let i = 0; i < 40; i += 1) compare(masked(type, inner, outer, random), [[-1, -1n], ...inputs(random)]);
  });
});
