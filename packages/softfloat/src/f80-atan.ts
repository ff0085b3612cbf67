import { PE, type FloatContext } from "./context.js";
import { add, divide, multiply, reciprocals, scale, series, set, squareRoot, subtract } from "./double-double.js";
import { ABOVE, BELOW, fromSignificand, toUnrounded } from "./f80-wide.js";
import { X87, binaryNaN, denormal } from "./nan.js";
import { packF80 } from "./pack.js";
import { DENORMAL, INFINITE, QUIET_NAN, ZERO, unpackF80 } from "./unpacked.js";

/** Pi, in full: the 66 bits of the trigonometric reduction have no part here. */
const PI_H = Math.PI;
const PI_L = 1.2246467991473532e-16;

/** atan t / t = 1 - t^2/3 + t^4/5 - ... */
const ARC_TANGENT: Float64Array = /* @__PURE__ */ reciprocals(
  Array.from({ length: 24 }, (_, k) => 2 * k + 1),
  true,
);
/** For |t| <= 0.199. */
const PAIRS = 12;

/** Below this exponent z - atan z is less than 2^-104 of z. */
const TINY = -53;

/**
 * FPATAN: the angle of the point (a, b), where a is ST0 and b ST1; in [-pi, pi], with the sign of b. All operands but NaNs have
 * one (SDM vol. 2, FPATAN, table 3-40). Correct to within half a unit in the last place and 2^-30 of one.
 */
export function f80Atan2(
  ctx: FloatContext,
  aLo: number,
  aHi: number,
  aSe: number,
  bLo: number,
  bHi: number,
  bSe: number,
): void {
  const { x, y, z, work } = ctx;
  unpackF80(x, aLo, aHi, aSe);
  unpackF80(y, bLo, bHi, bSe);
  const sign = y.sign;
  if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
    binaryNaN(ctx, X87);
  } else if ((x.kind === DENORMAL || y.kind === DENORMAL) && denormal(ctx)) {
    return;
  } else if (x.kind === INFINITE || y.kind === INFINITE || x.kind === ZERO || y.kind === ZERO) {
    const quarters = quartersOfPi(x.kind, x.sign, y.kind);
    if (quarters === 0) {
      z.kind = ZERO;
    } else {
      ctx.flags |= PE;
      set(work.a, PI_H, PI_L);
      set(work.b, quarters / 4, 0);
      multiply(work.c, work.a, work.b);
      toUnrounded(ctx, work.c, 0, ABOVE);
    }
    z.sign = sign;
  } else {
    ctx.flags |= PE;
    angle(ctx);
    z.sign = sign;
  }
  packF80(ctx, 64);
}

/** The angle in quarters of pi where an operand is infinite or zero. */
function quartersOfPi(xKind: number, xSign: number, yKind: number): number {
  if (yKind === INFINITE) return xKind !== INFINITE ? 2 : xSign !== 0 ? 3 : 1;
  if (xKind === INFINITE || yKind === ZERO) return xSign !== 0 ? 4 : 0;
  return 2;
}

/** z = angle of the finite point (x, |y|) */
function angle(ctx: FloatContext): void {
  const { x, y, work } = ctx;
  const steep =
    y.exp > x.exp || (y.exp === x.exp && (y.hi === x.hi ? y.lo >>> 0 > x.lo >>> 0 : y.hi >>> 0 > x.hi >>> 0));
  const distance = steep ? x.exp - y.exp : y.exp - x.exp;
  fromSignificand(work.a, steep ? x : y, 0);
  fromSignificand(work.b, steep ? y : x, 0);
  divide(work.c, work.a, work.b);
  // Now the ratio is work.c * 2^distance <= 1, and its arc tangent follows in work.c, apart from 2^distance when that is tiny.
  let exp = 0;
  if (distance < TINY) exp = distance;
  else {
    scale(work.c, work.c, distance);
    arcTangent(ctx);
  }
  if (!steep && x.sign === 0) {
    toUnrounded(ctx, work.c, exp, exp !== 0 ? BELOW : ABOVE);
    return;
  }
  // pi/2 - c, pi/2 + c or pi - c; a tiny c still decides to which side of the constant the angle lies.
  if (exp < -200) exp = -200;
  if (exp !== 0) scale(work.c, work.c, exp);
  set(work.a, steep ? PI_H / 2 : PI_H, steep ? PI_L / 2 : PI_L);
  if (steep && x.sign !== 0) add(work.b, work.a, work.c);
  else subtract(work.b, work.a, work.c);
  toUnrounded(ctx, work.b, 0, ABOVE);
}

/** work.c = atan(work.c) for values from 0 to 1: atan z = 2 atan(z / (1 + sqrt(1 + z^2))), until it is small. */
function arcTangent(ctx: FloatContext): void {
  const { work } = ctx;
  let doublings = 0;
  while (work.c.h > 0.199) {
    set(work.d, 1, 0);
    multiply(work.a, work.c, work.c);
    add(work.a, work.a, work.d);
    squareRoot(work.b, work.a);
    add(work.b, work.b, work.d);
    divide(work.a, work.c, work.b);
    set(work.c, work.a.h, work.a.l);
    doublings++;
  }
  multiply(work.b, work.c, work.c);
  series(work.a, work.b, ARC_TANGENT, PAIRS);
  multiply(work.c, work.c, work.a);
  if (doublings !== 0) scale(work.c, work.c, doublings);
}
