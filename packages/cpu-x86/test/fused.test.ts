import { describe, expect, test } from "vitest";
import { FloatContext, f32Fma, f64Fma } from "@isinglass/softfloat";
import { S, UPPER_HALF, vectorOffset } from "../src/index.js";
import { OSFXSR, SimdMachine } from "./support/simd-machine.js";

/** Masked exceptions, nearest, and PE set: where native arithmetic may stand. */
const PLAIN = 0x1fa0;

function machine(): SimdMachine {
  const m = new SimdMachine(64, ["xsave", "avx", "fma"]);
  m.setCr4(OSFXSR | (1 << 18));
  m.cpu.set64(S.xcr0, 7, 0);
  m.cpu.refresh();
  m.mxcsr = PLAIN;
  return m;
}

/** Numerical Recipes' generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Factors of few bits or many, and an addend that is anything down to what only breaks a tie, nearly cancels the product, or lies half a unit
 * in the last place of it away: where one rounding and two differ.
 */
function operands(
  next: () => number,
  round: (v: number) => number,
  digits: number,
  reach: number,
): [number, number, number] {
  const factor = (): number => {
    const bits = next() < 0.4 ? 2 ** digits : 2 ** (Math.floor(digits / 2) + 1);
    const value = (Math.floor(next() * bits) + 1) / bits;
    return round((next() < 0.5 ? -value : value) * 2 ** Math.floor(next() * 20 - 10));
  };
  const [a, b] = [factor(), factor()];
  const kind = next();
  if (kind < 0.2) return [a, b, 0];
  if (kind < 0.5) return [a, b, round(factor() * 2 ** Math.floor(next() * reach - 0.7 * reach))];
  if (kind < 0.8) return [a, b, round(-a * b * (1 + Math.floor(next() * 3 - 1) * 2 ** -digits))];
  return [a, b, round(a * b * 2 ** -Math.floor(digits + next() * 4 - 1))];
}

const view = new DataView(new ArrayBuffer(8));
const ctx = new FloatContext();
ctx.masks = 63;

function doubleBits(value: number): [lo: number, hi: number] {
  view.setFloat64(0, value);
  return [view.getInt32(4), view.getInt32(0)];
}

function singleBits(value: number): number {
  view.setFloat32(0, value);
  return view.getInt32(0);
}

/** Where element `i` of a YMM register is, as a word of the state. */
function word(m: SimdMachine, register: number, byte: number): number {
  return (m.cpu.base + vectorOffset(register) + (byte >= 16 ? UPPER_HALF + byte - 16 : byte)) >> 2;
}

describe("fused multiply-add without the assist", () => {
  const CASES = 4000;

  test("of doubles rounds once", () => {
    const m = machine();
    const next = random(1);
    const before = m.assists;
    for (let n = 0; n < CASES; n += 4) {
      const rows = Array.from({ length: 4 }, () => operands(next, (v) => v, 53, 300));
      rows.forEach((row, i) =>
        row.forEach((value, register) => {
          const [lo, hi] = doubleBits(value);
          m.cpu.i32.set([lo, hi], word(m, register, i * 8));
        }),
      );
      expect(m.asm("vfmadd213pd ymm1, ymm0, ymm2")).toBe("done");
      rows.forEach(([a, b, c], i) => {
        f64Fma(ctx, ...doubleBits(b), ...doubleBits(a), ...doubleBits(c), 0);
        const at = word(m, 1, i * 8);
        expect([m.cpu.i32[at], m.cpu.i32[at + 1]], `${a} * ${b} + ${c}`).toEqual([ctx.lo, ctx.hi]);
      });
    }
    expect(m.assists - before).toBe(0);
  });

  test("of singles rounds once", () => {
    const m = machine();
    const next = random(2);
    const before = m.assists;
    for (let n = 0; n < CASES; n += 8) {
      const rows = Array.from({ length: 8 }, () => operands(next, Math.fround, 24, 120));
      rows.forEach((row, i) =>
        row.forEach((value, register) => {
          m.cpu.i32[word(m, register, i * 4)] = singleBits(value);
        }),
      );
      expect(m.asm("vfnmsub213ps ymm1, ymm0, ymm2")).toBe("done");
      rows.forEach(([a, b, c], i) => {
        const result = f32Fma(ctx, singleBits(b), singleBits(a), singleBits(c), 3);
        expect(m.cpu.i32[word(m, 1, i * 4)], `-(${a} * ${b}) - ${c}`).toBe(result);
      });
    }
    expect(m.assists - before).toBe(0);
  });
});
