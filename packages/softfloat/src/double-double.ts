/**
 * A number as the unevaluated sum h + l of two doubles, |l| <= ulp(h) / 2: about 106 bits. All functions below round to
 * nearest whatever the guest's mode: they are the scratch arithmetic of the transcendental functions.
 *
 * Algorithms: Dekker 1971 (product), Knuth (sum), and their combinations; relative errors below 2^-100.
 */
export class DoubleDouble {
  h: number = 0;
  l: number = 0;
}

/** Scratch of the transcendental functions, made once with the context. */
export class Workspace {
  readonly a: DoubleDouble = new DoubleDouble();
  readonly b: DoubleDouble = new DoubleDouble();
  readonly c: DoubleDouble = new DoubleDouble();
  readonly d: DoubleDouble = new DoubleDouble();
  readonly e: DoubleDouble = new DoubleDouble();
  /** To read the exponent of a double. */
  readonly bits: DataView = new DataView(new ArrayBuffer(8));
}

/** Dekker's splitting constant for 53 bits, 2^27 + 1. */
const SPLIT = 134217729;

const POWER_LIMIT = 256;
const POWERS: Float64Array = /* @__PURE__ */ makePowers();

function makePowers(): Float64Array {
  const powers = new Float64Array(2 * POWER_LIMIT + 1);
  powers[POWER_LIMIT] = 1;
  for (let n = 1; n <= POWER_LIMIT; n++) {
    powers[POWER_LIMIT + n] = powers[POWER_LIMIT + n - 1]! * 2;
    powers[POWER_LIMIT - n] = powers[POWER_LIMIT - n + 1]! / 2;
  }
  return powers;
}

/** 2^n, exact, for |n| <= 256. */
export function powerOfTwo(n: number): number {
  return POWERS[POWER_LIMIT + n]!;
}

/** out = h + l */
export function set(out: DoubleDouble, h: number, l: number): void {
  out.h = h;
  out.l = l;
}

/** out = a * 2^n, exact. */
export function scale(out: DoubleDouble, a: DoubleDouble, n: number): void {
  const power = powerOfTwo(n);
  out.h = a.h * power;
  out.l = a.l * power;
}

/** out = a + b */
export function add(out: DoubleDouble, a: DoubleDouble, b: DoubleDouble): void {
  const s = a.h + b.h;
  let t = s - a.h;
  const se = a.h - (s - t) + (b.h - t);
  const r = a.l + b.l;
  t = r - a.l;
  const re = a.l - (r - t) + (b.l - t);
  let e = se + r;
  const h = s + e;
  e = e - (h - s) + re;
  out.h = h + e;
  out.l = e - (out.h - h);
}

/** out = a - b */
export function subtract(out: DoubleDouble, a: DoubleDouble, b: DoubleDouble): void {
  const s = a.h - b.h;
  let t = s - a.h;
  const se = a.h - (s - t) - (b.h + t);
  const r = a.l - b.l;
  t = r - a.l;
  const re = a.l - (r - t) - (b.l + t);
  let e = se + r;
  const h = s + e;
  e = e - (h - s) + re;
  out.h = h + e;
  out.l = e - (out.h - h);
}

/** out = a * b */
export function multiply(out: DoubleDouble, a: DoubleDouble, b: DoubleDouble): void {
  const ah = a.h;
  const bh = b.h;
  const p = ah * bh;
  let t = SPLIT * ah;
  const a1 = t - (t - ah);
  const a2 = ah - a1;
  t = SPLIT * bh;
  const b1 = t - (t - bh);
  const b2 = bh - b1;
  const e = a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2 + (ah * b.l + a.l * bh);
  const h = p + e;
  out.h = h;
  out.l = e - (h - p);
}

/** out = a * n for a double n */
export function multiplyBy(out: DoubleDouble, a: DoubleDouble, n: number): void {
  const ah = a.h;
  const p = ah * n;
  let t = SPLIT * ah;
  const a1 = t - (t - ah);
  const a2 = ah - a1;
  t = SPLIT * n;
  const b1 = t - (t - n);
  const b2 = n - b1;
  const e = a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2 + a.l * n;
  const h = p + e;
  out.h = h;
  out.l = e - (h - p);
}

/** out = a / b. `out` must be neither a nor b. */
export function divide(out: DoubleDouble, a: DoubleDouble, b: DoubleDouble): void {
  const q1 = a.h / b.h;
  // The remainder a - q1 * b, then twice again.
  multiplyBy(out, b, q1);
  subtract(out, a, out);
  const q2 = out.h / b.h;
  const rh = out.h;
  const rl = out.l;
  multiplyBy(out, b, q2);
  const q3 = (rh - out.h + (rl - out.l)) / b.h;
  const s = q1 + q2;
  const e = q2 - (s - q1) + q3;
  out.h = s + e;
  out.l = e - (out.h - s);
}

/** out = square root of a > 0. `out` must not be a. */
export function squareRoot(out: DoubleDouble, a: DoubleDouble): void {
  const s = Math.sqrt(a.h);
  out.h = s;
  out.l = 0;
  multiplyBy(out, out, s);
  subtract(out, a, out);
  const e = out.h / (s + s);
  const h = s + e;
  out.h = h;
  out.l = e - (h - s);
}

/**
 * out = 1 + c[1] z + c[2] z^2 + ... for a table of coefficient pairs. Terms from `dd` on are so small against the sum that
 * plain doubles do. `out` must not be z.
 */
export function series(out: DoubleDouble, z: DoubleDouble, table: Float64Array, dd: number): void {
  const zh = z.h;
  let sum = 0;
  for (let k = table.length / 2 - 1; k >= dd; k--) sum = sum * zh + table[2 * k]!;
  out.h = sum;
  out.l = 0;
  for (let k = dd - 1; k >= 0; k--) {
    multiply(out, out, z);
    // The coefficient outweighs the sum.
    const c = table[2 * k]!;
    const h = c + out.h;
    const e = out.h - (h - c) + (out.l + table[2 * k + 1]!);
    out.h = h + e;
    out.l = e - (out.h - h);
  }
}

/** A table for {@link series}: the reciprocals of `denominators`, with alternating signs if asked. */
export function reciprocals(denominators: readonly number[], alternate: boolean): Float64Array {
  const table = new Float64Array(denominators.length * 2);
  const one = new DoubleDouble();
  const denominator = new DoubleDouble();
  const quotient = new DoubleDouble();
  one.h = 1;
  denominators.forEach((n, k) => {
    denominator.h = n;
    divide(quotient, one, denominator);
    const sign = alternate && k % 2 === 1 ? -1 : 1;
    table[2 * k] = sign * quotient.h;
    table[2 * k + 1] = sign * quotient.l;
  });
  return table;
}
