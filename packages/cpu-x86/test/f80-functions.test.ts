import {
  FloatContext,
  OP_ADD,
  OP_DIV,
  OP_MUL,
  PE,
  f80Arith,
  f80FromF32,
  f80FromF64,
  f80FromI32,
  f80FromI64,
} from "@isinglass/softfloat";
import { Random, fuzzSeed } from "@isinglass/testkit";
import { type EvaluationEnvironment, type IrValue, asV128, evaluate } from "@isinglass/uops";
import { describe, expect, test } from "vitest";
import { HELPERS } from "../src/helpers.js";
import { X86Isa } from "../src/index.js";
import { X87_F32, X87_F64, X87_INTEGER, X87_INTEGER64 } from "../src/x87-operations.js";

// Softfloat, which is held against the host's x87 unit itself (packages/softfloat/test), says what is right.
const context = new FloatContext();
const { functions } = new X86Isa();
const nothing = (): never => {
  throw new Error("arithmetic asks for nothing outside");
};
const environment: EvaluationEnvironment = {
  holeI32: nothing,
  holeI64: nothing,
  holeState: nothing,
  pc: nothing,
  nextPc: nothing,
  state: new DataView(new ArrayBuffer(0)),
  guestLoad: nothing,
  guestStore: nothing,
  assist: nothing,
  functions,
};

/** What a function gives: number and status bits as text, or "slow". */
function call(helper: { index: number }, ...args: IrValue[]): string {
  const { ending } = evaluate(functions[helper.index]!, args, environment);
  if (ending.kind !== "return") throw new Error(`ended as ${ending.kind}`);
  const bytes = asV128(ending.value);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const rest = view.getBigUint64(8, true);
  if (rest >> 63n === 1n) return "slow";
  return text(view.getBigUint64(0, true), Number(rest & 0xffffn), Number(rest >> 32n));
}

const text = (significand: bigint, se: number, status: number): string =>
  `${se.toString(16)}:${significand.toString(16)} ${status.toString(16)}`;

/** What softfloat left in `context`, with PE and C1 as the status word has them. */
function expected(): string {
  const significand = (BigInt(context.sigHi >>> 0) << 32n) | BigInt(context.sigLo >>> 0);
  return text(significand, context.se & 0xffff, context.flags | (context.roundedUp << 9));
}

function begin(): void {
  context.flags = 0;
  context.roundedUp = 0;
}

const isNormal = (se: number): boolean => (se & 0x7fff) !== 0 && (se & 0x7fff) !== 0x7fff;
const low = (v: bigint): number => Number(BigInt.asIntN(32, v));
const high = (v: bigint): number => Number(BigInt.asIntN(32, v >> 32n));

/** Significands with few bits, with many, and any. */
function randomSignificand(random: Random): bigint {
  const kind = random.below(6);
  const word = random.u64();
  const value =
    kind === 0
      ? 0n
      : kind === 1
        ? ~0n
        : kind === 2
          ? 1n << BigInt(random.below(64))
          : kind === 3
            ? ~(1n << BigInt(random.below(64)))
            : kind === 4
              ? word << BigInt(random.below(64))
              : word;
  return BigInt.asUintN(64, value) | (1n << 63n);
}

function number(random: Random, exponent: number): { significand: bigint; se: number } {
  const sign = random.below(2) << 15;
  if (random.oneIn(20)) return { significand: 0n, se: sign };
  return { significand: randomSignificand(random), se: sign | Math.min(0x7ffe, Math.max(1, exponent)) };
}

describe("80-bit arithmetic in micro-ops", () => {
  test.each([
    ["f80Add", OP_ADD],
    ["f80Multiply", OP_MUL],
    ["f80Divide", OP_DIV],
  ] as const)("%s gives softfloat's results, PE and C1", (name, operation) => {
    const random = new Random(fuzzSeed(name));
    let slow = 0;
    for (let n = 0; n < 6000; n += 1) {
      const exponent = random.oneIn(10) ? random.below(0x7fff) : 0x3fff + random.below(40) - 20;
      const a = number(random, exponent);
      const b = number(random, exponent + (random.oneIn(2) ? random.below(3) - 1 : random.below(150) - 75));
      begin();
      const [x, y] = [a.significand, b.significand];
      f80Arith(context, operation, low(x), high(x), a.se, low(y), high(y), b.se);
      const got = call(HELPERS[name], BigInt.asIntN(64, x), BigInt(a.se), BigInt.asIntN(64, y), BigInt(b.se));
      const what = `${text(x, a.se, 0)} ${text(y, b.se, 0)}`;
      if (got === "slow") {
        slow += 1;
        // Overflow, underflow, and what has no number for a result.
        expect([what, isNormal(context.se) && (context.flags & ~PE) === 0]).toEqual([what, false]);
      } else expect([what, got]).toEqual([what, expected()]);
    }
    expect(slow).toBeLessThan(1800);
  });

  test("numbers in memory become 80 bits as softfloat's do", () => {
    const random = new Random(fuzzSeed("f80From"));
    const seen = { slow: 0, done: 0 };
    for (let n = 0; n < 4000; n += 1) {
      const raw = random.oneIn(8) ? BigInt(random.below(3) - 1) : random.u64() >> BigInt(random.below(16));
      for (const kind of [X87_F32, X87_F64, X87_INTEGER, X87_INTEGER64]) {
        begin();
        if (kind === X87_F32) f80FromF32(context, low(raw));
        else if (kind === X87_F64) f80FromF64(context, low(raw), high(raw));
        else if (kind === X87_INTEGER) f80FromI32(context, low(raw));
        else f80FromI64(context, low(raw), high(raw));
        const got = call(HELPERS.f80From, kind, BigInt.asIntN(64, raw));
        const isDenormal = kind === X87_F32 ? (low(raw) & 0x7f800000) === 0 : (high(raw) & 0x7ff00000) === 0;
        const what = `kind ${kind} of ${raw}`;
        if (got === "slow") expect([what, isDenormal || (context.se & 0x7fff) === 0x7fff]).toEqual([what, true]);
        else expect([what, got]).toEqual([what, expected()]);
        seen[got === "slow" ? "slow" : "done"] += 1;
      }
    }
    expect(seen.done).toBeGreaterThan(seen.slow);
  });
});
