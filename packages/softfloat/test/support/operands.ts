import type { Random } from "@isinglass/testkit";

/*
 * Operands of the oracle tests, as little-endian bit patterns in a DataView. About half come from pools of boundary values;
 * the rest are random, of few bits, or near another operand, so that cancellation, ties and range limits are met often.
 */

/** A binary format by the widths of its exponent and fraction. `explicit`: x87, whose integer bit is stored. */
export interface Format {
  readonly exponent: number;
  readonly fraction: number;
  readonly explicit: boolean;
}

export const F16: Format = { exponent: 5, fraction: 10, explicit: false };
export const F32: Format = { exponent: 8, fraction: 23, explicit: false };
export const F64: Format = { exponent: 11, fraction: 52, explicit: false };
export const F80: Format = { exponent: 15, fraction: 63, explicit: true };

function random64(random: Random): bigint {
  return (BigInt(random.int32() >>> 0) << 32n) | BigInt(random.int32() >>> 0);
}

/** A fraction of one of the shapes that rounding cares about. */
function fraction(random: Random, width: number): bigint {
  const mask = (1n << BigInt(width)) - 1n;
  switch (random.below(8)) {
    case 0:
      return 0n;
    case 1:
      return mask;
    case 2:
      return 1n << BigInt(random.below(width));
    case 3:
      return mask - (1n << BigInt(random.below(width)));
    case 4:
      return (mask << BigInt(random.below(width))) & mask;
    case 5:
      return mask >> BigInt(random.below(width));
    default:
      return random64(random) & mask;
  }
}

/** A biased exponent: special, at the ends, in the middle, near an integer's width, or anything. */
function exponent(random: Random, format: Format): bigint {
  const top = 2 ** format.exponent - 1;
  const bias = (top - 1) / 2;
  switch (random.below(11)) {
    case 0:
      return 0n;
    case 1:
      return BigInt(top);
    case 2:
      return BigInt(Math.min(top, 1 + random.below(format.fraction + 3)));
    case 3:
      return BigInt(Math.max(0, top - 1 - random.below(format.fraction + 3)));
    case 4:
      return BigInt(bias);
    case 9: {
      // the range limits of the narrower formats
      const limit = random.pick([-24, -14, 15, -149, -126, 127, -1074, -1022, 1023]);
      return BigInt(Math.min(top, Math.max(0, bias + limit + random.below(4) - 2)));
    }
    case 5:
    case 6:
      return BigInt(Math.min(top - 1, bias + random.below(70)));
    case 7:
      return BigInt(Math.max(1, bias - random.below(70)));
    default:
      return BigInt(random.below(top + 1));
  }
}

/** One operand. `near` is an operand that was made before, which some operands then imitate. */
export function floatOperand(random: Random, format: Format, near?: bigint): bigint {
  const width = format.fraction;
  const shift = BigInt(format.explicit ? width + 1 : width);
  const top = (1n << BigInt(format.exponent)) - 1n;
  const bias = top >> 1n;
  const sign = BigInt(random.below(2));
  const make = (s: bigint, e: bigint, f: bigint): bigint => {
    const integer = format.explicit && e !== 0n ? 1n << BigInt(width) : 0n;
    return (((s << BigInt(format.exponent)) | e) << shift) | integer | f;
  };
  if (near !== undefined && random.below(3) === 0) {
    const e = (near >> shift) & top;
    const f = near & ((1n << BigInt(width)) - 1n);
    const step = BigInt(random.below(width + 4)) * (random.below(2) === 0 ? 1n : -1n);
    const clamp = (value: bigint): bigint => (value < 0n ? 0n : value > top ? top : value);
    switch (random.below(8)) {
      case 6:
      case 7: {
        // a product that lies next to a power of two, often next to the smallest normal number
        const one = 1n << BigInt(width);
        const inverse = (one * one * 2n) / (one | f) + BigInt(random.below(5)) - 2n;
        return make(sign, clamp(bias - e + BigInt(random.below(3)) - 1n), inverse & (one - 1n));
      }
      case 0: // the same magnitude
        return make(sign, e, f);
      case 1: // a neighbour
        return make(sign, e, f ^ BigInt(1 + random.below(7)));
      case 2: // aligned within the width of a sum
        return make(sign, clamp(e + step), fraction(random, width));
      case 3: // a product near the smallest normal number
        return make(
          sign,
          clamp(bias - e + BigInt(random.below(width + 3)) - BigInt(width) + 1n),
          fraction(random, width),
        );
      case 4: // a product near the largest number, a quotient near the smallest
        return make(sign, clamp(3n * bias - e + BigInt(random.below(4)) - 2n), fraction(random, width));
      default: // a quotient near a range limit
        return make(sign, clamp(e - bias + BigInt(random.below(width + 4)) - 2n), fraction(random, width));
    }
  }
  const value = make(sign, exponent(random, format), fraction(random, width));
  // x87 only: unnormals, pseudo-denormals, pseudo-NaNs and pseudo-infinities.
  return format.explicit && random.below(16) === 0 ? value ^ (1n << 63n) : value;
}

/** A signed or unsigned integer of `bits`, often next to a power of two. */
export function integerOperand(random: Random, bits: number): bigint {
  const mask = (1n << BigInt(bits)) - 1n;
  const power = 1n << BigInt(random.below(bits));
  const value = [
    0n,
    power,
    power - 1n,
    power + 1n,
    random64(random),
    random64(random) >> BigInt(random.below(64)),
    mask,
  ][random.below(7)]!;
  return (random.below(2) === 0 ? value : -value) & mask;
}

/** Writes the low 64 bits of `value` at `offset`, and its next 16 above. */
export function store(view: DataView, offset: number, value: bigint): void {
  view.setBigUint64(offset, value & 0xffffffffffffffffn, true);
  view.setBigUint64(offset + 8, value >> 64n, true);
}
