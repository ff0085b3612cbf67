import type { FloatContext } from "./context.js";
import { powerOfTwo, type DoubleDouble } from "./double-double.js";
import { NORMAL, type Unpacked } from "./unpacked.js";

/** out = significand of u, in [1, 2), times 2^exp; exact. |exp| <= 190. */
export function fromSignificand(out: DoubleDouble, u: Unpacked, exp: number): void {
  const unit = powerOfTwo(exp - 63);
  const high = (u.hi >>> 0) * 4294967296;
  const low = u.lo >>> 0;
  const h = high + low;
  out.h = h * unit;
  out.l = (low - (h - high)) * unit;
}

/** The sign of a result's error: what {@link toUnrounded} has to know of a value that the double-double only approximates. */
export const BELOW: number = -1;
/** The double-double is the value. */
export const EXACT: number = 0;
/** The value is further from zero than the double-double, or on no particular side. */
export const ABOVE: number = 1;

/**
 * z = value * 2^exp, unrounded, for a value that is not zero. `side` keeps directed rounding and ties right next to a number that
 * can be represented: BELOW when the true magnitude is a little smaller, ABOVE when larger or unknown, EXACT when neither.
 */
export function toUnrounded(ctx: FloatContext, value: DoubleDouble, exp: number, side: number): void {
  const z = ctx.z;
  const negative = value.h < 0;
  const h = negative ? -value.h : value.h;
  const l = negative ? -value.l : value.l;
  const bits = ctx.work.bits;
  bits.setFloat64(0, h);
  let e = ((bits.getInt16(0) >> 4) & 0x7ff) - 1023;
  const unit = powerOfTwo(63 - e);
  const top = h * unit;
  let hi = Math.floor(top / 4294967296);
  const tail = l * unit;
  const whole = Math.floor(tail);
  let lo = top - hi * 4294967296 + whole;
  const rest = (tail - whole) * 4294967296;
  // A tail just below zero makes rest round to 2^32.
  let ext = Math.min(Math.floor(rest), 4294967295);
  let sticky = rest !== ext;
  if (side === BELOW && !sticky) {
    ext--;
    sticky = true;
    if (ext < 0) {
      ext += 4294967296;
      lo--;
    }
  }
  if (lo < 0) {
    lo += 4294967296;
    hi--;
  } else if (lo >= 4294967296) {
    lo -= 4294967296;
    hi++;
  }
  if (hi < 2147483648) {
    // h was a power of two and the tail negative.
    hi = hi * 2 + (lo >= 2147483648 ? 1 : 0);
    lo = (lo * 2) % 4294967296;
    lo += ext >= 2147483648 ? 1 : 0;
    ext = (ext * 2) % 4294967296;
    e--;
  } else if (hi >= 4294967296) {
    hi = 2147483648;
    e++;
  }
  z.kind = NORMAL;
  z.sign = negative ? 1 : 0;
  z.exp = e + exp;
  z.hi = hi | 0;
  z.lo = lo | 0;
  z.ext = ext | (sticky || side === ABOVE ? 1 : 0);
}
