// AES's S-box as a circuit of XOR and AND, derived here from what it is (FIPS 197, 5.1.1): the inverse in GF(2^8), then an affine map. The inverse is taken in the tower
// GF(((2^2)^2)^2), where it comes down to a few products in GF(4) (V. Rijmen, "Efficient Implementation of the Rijndael S-box", 2000), between which all is linear and drawn with
// few gates (J. Boyar, R. Peralta, "A New Combinational Logic Minimization Technique with Applications to Cryptology", 2010). No table, so that nothing that is encrypted
// shows in the cache.

/** A gate: what it does and which two signals it reads. Signals 0 to 7 are the input's bits, lowest first; gate i is signal 8 + i. */
export interface Gate {
  readonly op: "xor" | "and";
  readonly a: number;
  readonly b: number;
}

/** Eight bits in, eight out, by {@link Gate}s in order. */
export interface Circuit {
  readonly gates: readonly Gate[];
  readonly outputs: readonly number[];
}

/** A linear map of bits: for each output bit, the input bits that it is the sum of. */
type Linear = readonly number[];

function parity(value: number): number {
  let sum = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) sum ^= 1;
  return sum;
}

function applyLinear(map: Linear, value: number): number {
  return map.reduce((sum, row, i) => sum | (parity(row & value) << i), 0);
}

/** The map that takes input bit i to `columns[i]`. */
function fromColumns(columns: readonly number[], rows: number): Linear {
  return Array.from({ length: rows }, (_, row) =>
    columns.reduce((sum, column, i) => sum | (((column >> row) & 1) << i), 0),
  );
}

/** First the inner map, then the outer. */
function compose(outer: Linear, inner: Linear): Linear {
  return outer.map((row) => inner.reduce((sum, input, i) => (((row >> i) & 1) === 1 ? sum ^ input : sum), 0));
}

const sumOf = (a: Linear, b: Linear): Linear => a.map((row, i) => row ^ b[i]!);
/** Both maps side by side, the second's inputs after `count` of the first's: the sum of what they make. */
const beside = (a: Linear, b: Linear, count: number): Linear => a.map((row, i) => row | (b[i]! << count));

function invertLinear(map: Linear): Linear {
  const inverse = new Uint8Array(256);
  for (let value = 0; value < 256; value += 1) inverse[applyLinear(map, value)] = value;
  return fromColumns(
    Array.from({ length: 8 }, (_, i) => inverse[1 << i]!),
    8,
  );
}

/** How a field multiplies: products of bits of `factors` of both, which `sums` adds up (A. Karatsuba's three products for four). */
interface Multiplication {
  readonly factors: Linear;
  readonly sums: Linear;
}

/** GF(4) = GF(2)[w], w^2 = w + 1: bits of 1 and w. */
const IN_4: Multiplication = { factors: [0b01, 0b10, 0b11], sums: [0b011, 0b101] };
const TIMES_W: Linear = [0b10, 0b11];
/** GF(16) = GF(4)[z], z^2 = z + w: the low two bits stand for 1, the high for z. Products of the low, the high halves and the sums of both. */
const IN_16: Multiplication = {
  factors: [...IN_4.factors, ...IN_4.factors.map((row) => row << 2), ...IN_4.factors.map((row) => row | (row << 2))],
  sums: [...beside(IN_4.sums, compose(TIMES_W, IN_4.sums), 3), ...IN_4.sums.map((row) => row | (row << 6))],
};

function times({ factors, sums }: Multiplication, a: number, b: number): number {
  return applyLinear(sums, applyLinear(factors, a) & applyLinear(factors, b));
}

/** A constant times the square, which is linear. */
function timesSquare(field: Multiplication, constant: number): Linear {
  const bits = field.sums.length;
  const square = (value: number): number => times(field, value, value);
  return fromColumns(
    Array.from({ length: bits }, (_, i) => times(field, constant, square(1 << i))),
    bits,
  );
}

/**
 * GF(256) = GF(16)[y], y^2 = y + NORM: any element will do that t^2 + t is not, there are eight; and any of the eight roots of AES's polynomial, of which this is the second.
 * Of all 64 these make the fewest gates.
 */
const NORM = 13;
const ROOT = 1;

function times256(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 15, a >> 4, b & 15, b >> 4];
  const low = times(IN_16, a0, b0);
  const high = times(IN_16, a1, b1);
  return (low ^ times(IN_16, high, NORM)) | ((times(IN_16, a0 ^ a1, b0 ^ b1) ^ low) << 4);
}

/** From AES's polynomial basis into the tower: x goes to a root of x^8 + x^4 + x^3 + x + 1 there. */
function intoTower(): Linear {
  const bases = Array.from({ length: 256 }, (_, root) => {
    const powers = [1];
    for (let i = 1; i <= 8; i += 1) powers.push(times256(powers[i - 1]!, root));
    return powers;
  });
  const roots = bases.filter((powers) => (powers[8]! ^ powers[4]! ^ powers[3]! ^ powers[1]! ^ 1) === 0);
  return fromColumns(roots[ROOT]!.slice(0, 8), 8);
}

/** The affine map's linear part (FIPS 197, 5.1.1): each bit is the sum of itself and the four above it, round about. */
const AFFINE: Linear = Array.from({ length: 8 }, (_, i) =>
  [0, 4, 5, 6, 7].reduce((sum, step) => sum | (1 << ((i + step) % 8)), 0),
);

/** Draws gates. */
class Drawing {
  readonly gates: Gate[] = [];

  #gate(op: Gate["op"], a: number, b: number): number {
    this.gates.push({ op, a, b });
    return 7 + this.gates.length;
  }

  /** Signals bit by bit: products. */
  and(a: readonly number[], b: readonly number[]): number[] {
    return a.map((one, i) => this.#gate("and", one, b[i]!));
  }

  /** A linear map: of all pairs of signals that sums still want, the commonest is added first, and once (C. Paar, 1997). */
  linear(map: Linear, inputs: readonly number[]): number[] {
    const signals = [...inputs];
    const rows = map.map((row) => new Set(inputs.flatMap((_, i) => (((row >> i) & 1) === 1 ? [i] : []))));
    for (;;) {
      let [best, first, second] = [0, 0, 0];
      for (let i = 0; i < signals.length; i += 1)
        for (let j = i + 1; j < signals.length; j += 1) {
          const count = rows.filter((row) => row.has(i) && row.has(j)).length;
          if (count > best) [best, first, second] = [count, i, j];
        }
      if (best === 0) return rows.map((row) => signals[[...row][0]!]!);
      signals.push(this.#gate("xor", signals[first]!, signals[second]!));
      for (const row of rows) {
        if (!row.has(first) || !row.has(second)) continue;
        row.delete(first);
        row.delete(second);
        row.add(signals.length - 1);
      }
    }
  }
}

/** Signals, and what is made of them. */
interface Sums {
  readonly signals: readonly number[];
  readonly map: Linear;
}

/**
 * Inverts h y + l over a field in which y^2 = y + c: that is (h y + s) / N with s = h + l and N = c h^2 + s^2 + h s. All factors of products are drawn at once.
 *
 * @param element low half, then high half
 * @param invert draws the factors of 1 / N
 * @returns low and high half of the inverse
 */
function invertPair(
  g: Drawing,
  field: Multiplication,
  c: number,
  { signals, map }: Sums,
  invert: (norm: Sums) => readonly number[],
): Sums {
  const { factors, sums } = field;
  const bits = sums.length;
  const high = map.slice(bits);
  const sum = sumOf(map.slice(0, bits), high);
  const squares = sumOf(compose(timesSquare(field, c), high), compose(timesSquare(field, 1), sum));
  const drawn = g.linear([...compose(factors, high), ...compose(factors, sum), ...squares], signals);
  const count = factors.length;
  const [h, s, rest] = [drawn.slice(0, count), drawn.slice(count, 2 * count), drawn.slice(2 * count)];
  const identity = sums.map((_, i) => 1 << i);
  const inverse = invert({ signals: [...g.and(h, s), ...rest], map: beside(sums, identity, count) });
  const none = sums.map(() => 0);
  return {
    signals: [...g.and(s, inverse), ...g.and(h, inverse)],
    map: [...beside(sums, none, count), ...beside(none, sums, count)],
  };
}

/**
 * The S-box without its constant 0x63, or its inverse on what has been freed of that: the constant goes into the round keys. 133 and 137 gates, 36 of them AND.
 *
 * @param inverse the S-box of decryption
 */
export function sboxCircuit(inverse: boolean): Circuit {
  const g = new Drawing();
  const into = intoTower();
  const outOf = invertLinear(into);
  const before = inverse ? compose(into, invertLinear(AFFINE)) : into;
  const after = inverse ? outOf : compose(AFFINE, outOf);
  // In GF(4) the inverse is the square; w is what z^2 + z is.
  const W = 2;
  const inverted = invertPair(g, IN_16, NORM, { signals: [0, 1, 2, 3, 4, 5, 6, 7], map: before }, (norm) => {
    const { signals, map } = invertPair(g, IN_4, W, norm, (small) =>
      g.linear(compose(IN_4.factors, compose(timesSquare(IN_4, 1), small.map)), small.signals),
    );
    return g.linear(compose(IN_16.factors, map), signals);
  });
  return { outputs: g.linear(compose(after, inverted.map), inverted.signals), gates: g.gates };
}
