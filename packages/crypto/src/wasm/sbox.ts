// AES's S-box as a circuit of XOR and AND, derived here from what it is (FIPS 197, 5.1.1): the inverse in GF(2^8), then an affine map. The inverse is taken in the tower
// GF(((2^2)^2)^2), where it comes down to a few products in GF(4) (V. Rijmen, "Efficient Implementation of the Rijndael S-box", 2000). No table, so that nothing
// that is encrypted shows in the cache.

/** Where gates come from: a circuit that is being drawn, or bits that are computed with. */
interface Gates<T> {
  xor(a: T, b: T): T;
  and(a: T, b: T): T;
}

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

type Pair<T> = readonly [lo: T, hi: T];

// GF(4) = GF(2)[w], w^2 = w + 1: bits of 1 and w.
function multiply4<T>(g: Gates<T>, [a0, a1]: Pair<T>, [b0, b1]: Pair<T>): Pair<T> {
  const low = g.and(a0, b0);
  const cross = g.and(g.xor(a0, a1), g.xor(b0, b1));
  return [g.xor(low, g.and(a1, b1)), g.xor(cross, low)];
}

function add<T>(g: Gates<T>, a: readonly T[], b: readonly T[]): T[] {
  return a.map((one, i) => g.xor(one, b[i]!));
}

const timesW = <T>(g: Gates<T>, [a0, a1]: Pair<T>): Pair<T> => [a1, g.xor(a0, a1)];
const square4 = <T>(g: Gates<T>, [a0, a1]: Pair<T>): Pair<T> => [g.xor(a0, a1), a1];

function halves<T>(a: readonly T[]): Pair<Pair<T>> {
  return [
    [a[0]!, a[1]!],
    [a[2]!, a[3]!],
  ];
}

// GF(16) = GF(4)[z], z^2 = z + w: the low half stands for 1, the high for z.
function multiply16<T>(g: Gates<T>, a: readonly T[], b: readonly T[]): T[] {
  const [a0, a1] = halves(a);
  const [b0, b1] = halves(b);
  const low = multiply4(g, a0, b0);
  const cross = multiply4(g, add(g, a0, a1) as never, add(g, b0, b1) as never);
  return [...add(g, low, timesW(g, multiply4(g, a1, b1))), ...add(g, cross, low)];
}

function invert16<T>(g: Gates<T>, a: readonly T[]): T[] {
  const [a0, a1] = halves(a);
  const norm = add(g, add(g, timesW(g, square4(g, a1)), square4(g, a0)), multiply4(g, a0, a1)) as never as Pair<T>;
  // In GF(4) the inverse is the square.
  const inverse = square4(g, norm);
  return [...multiply4(g, add(g, a0, a1) as never, inverse), ...multiply4(g, a1, inverse)];
}

const BITS: Gates<number> = { xor: (a, b) => a ^ b, and: (a, b) => a & b };
const bitsOf = (value: number, count: number): number[] => Array.from({ length: count }, (_, i) => (value >> i) & 1);
const valueOf = (bits: readonly number[]): number => bits.reduce((sum, bit, i) => sum | (bit << i), 0);
const times16 = (a: number, b: number): number => valueOf(multiply16(BITS, bitsOf(a, 4), bitsOf(b, 4)));

/** GF(256) = GF(16)[y], y^2 = y + NORM: any element that t^2 + t is not. */
const NORM = Array.from({ length: 16 }, (_, value) => value).find(
  (value) => !Array.from({ length: 16 }, (_, t) => times16(t, t) ^ t).includes(value),
)!;

function times256(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 15, a >> 4, b & 15, b >> 4];
  const low = times16(a0, b0);
  const high = times16(a1, b1);
  return (low ^ times16(high, NORM)) | ((times16(a0 ^ a1, b0 ^ b1) ^ low) << 4);
}

/** A linear map of bits: for each output bit, the input bits that it is the sum of. */
type Linear = readonly number[];

/** The map that takes input bit i to `columns[i]`. */
function fromColumns(columns: readonly number[], rows: number): Linear {
  return Array.from({ length: rows }, (_, row) =>
    columns.reduce((sum, column, i) => sum | (((column >> row) & 1) << i), 0),
  );
}

function applyLinear(map: Linear, value: number): number {
  return map.reduce((sum, row, i) => sum | (parity(row & value) << i), 0);
}

function parity(value: number): number {
  let sum = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) sum ^= 1;
  return sum;
}

/** Draws a linear map: of all pairs of signals that sums still want, the commonest is added first, and once (C. Paar, 1997). */
function drawLinear<T>(g: Gates<T>, map: Linear, inputs: readonly T[]): T[] {
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
    signals.push(g.xor(signals[first]!, signals[second]!));
    for (const row of rows) {
      if (!row.has(first) || !row.has(second)) continue;
      row.delete(first);
      row.delete(second);
      row.add(signals.length - 1);
    }
  }
}

/** The affine map's linear part (FIPS 197, 5.1.1): each bit is the sum of itself and the four above it, round about. */
const AFFINE: Linear = Array.from({ length: 8 }, (_, i) =>
  [0, 4, 5, 6, 7].reduce((sum, step) => sum | (1 << ((i + step) % 8)), 0),
);

function compose(outer: Linear, inner: Linear): Linear {
  return fromColumns(
    Array.from({ length: 8 }, (_, i) => applyLinear(outer, applyLinear(inner, 1 << i))),
    8,
  );
}

function invertLinear(map: Linear): Linear {
  const inverse = new Uint8Array(256);
  for (let value = 0; value < 256; value += 1) inverse[applyLinear(map, value)] = value;
  return fromColumns(
    Array.from({ length: 8 }, (_, i) => inverse[1 << i]!),
    8,
  );
}

/** From AES's polynomial basis into the tower: x goes to a root of x^8 + x^4 + x^3 + x + 1 there. */
function intoTower(): Linear {
  for (let root = 2; root < 256; root += 1) {
    const powers = [1];
    for (let i = 1; i <= 8; i += 1) powers.push(times256(powers[i - 1]!, root));
    if ((powers[8]! ^ powers[4]! ^ powers[3]! ^ powers[1]! ^ 1) === 0) return fromColumns(powers.slice(0, 8), 8);
  }
  throw new Error("a field of 256 elements has eight roots");
}

/** Draws what is asked for; the same gate is never drawn twice. */
class Drawing implements Gates<number> {
  readonly gates: Gate[] = [];
  readonly #drawn = new Map<string, number>();

  #gate(op: Gate["op"], x: number, y: number): number {
    const [a, b] = x < y ? [x, y] : [y, x];
    const name = `${op} ${a} ${b}`;
    const known = this.#drawn.get(name);
    if (known !== undefined) return known;
    this.gates.push({ op, a, b });
    this.#drawn.set(name, 7 + this.gates.length);
    return 7 + this.gates.length;
  }

  xor(a: number, b: number): number {
    return this.#gate("xor", a, b);
  }

  and(a: number, b: number): number {
    return this.#gate("and", a, b);
  }
}

/**
 * The S-box without its constant 0x63, or its inverse on what has been freed of that: the constant goes into the round keys. 151 and 154 gates, 36 of them AND.
 *
 * @param inverse the S-box of decryption
 */
export function sboxCircuit(inverse: boolean): Circuit {
  const g = new Drawing();
  const into = intoTower();
  const outOf = invertLinear(into);
  const before = inverse ? compose(into, invertLinear(AFFINE)) : into;
  const after = inverse ? outOf : compose(AFFINE, outOf);
  const x = drawLinear(g, before, [0, 1, 2, 3, 4, 5, 6, 7]);
  const [low, high] = [x.slice(0, 4), x.slice(4)];
  // The norm: NORM high^2 + low^2, which is linear, and high low.
  const squares = fromColumns(
    Array.from({ length: 8 }, (_, i) => {
      const value = 1 << (i & 3);
      const square = times16(value, value);
      return i < 4 ? square : times16(square, NORM);
    }),
    4,
  );
  const norm = add(g, drawLinear(g, squares, x), multiply16(g, low, high));
  const inverted = invert16(g, norm);
  const result = [...multiply16(g, add(g, low, high), inverted), ...multiply16(g, high, inverted)];
  const outputs = drawLinear(g, after, result);
  return { gates: g.gates, outputs };
}
