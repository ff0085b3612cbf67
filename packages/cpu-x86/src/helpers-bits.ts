import { FunctionBuilder, I32, I64, type IrFunction, V128, type Value } from "@isinglass/uops";

/** `(source, mask) -> i64`: the low bits of the source to the places of the mask's ones, lowest first (PDEP, SDM vol. 2B). */
export function buildDepositBits(): IrFunction {
  const f = new FunctionBuilder("deposit-bits", [I64, I64], I64);
  const [source, mask] = [f.param(0), f.param(1)];
  const result = f.local(I64);
  f.block((done) => {
    f.loop((again) => {
      done(f.op("i64.eqz", f.get(mask)));
      const place = f.op("i64.and", f.get(mask), f.op("i64.sub", f.i64(0), f.get(mask)));
      // All ones where the source's lowest bit is set.
      const chosen = f.op("i64.sub", f.i64(0), f.op("i64.and", f.get(source), f.i64(1)));
      f.set(result, f.op("i64.or", f.get(result), f.op("i64.and", place, chosen)));
      f.set(mask, f.op("i64.xor", f.get(mask), place));
      f.set(source, f.op("i64.shr_u", f.get(source), f.i64(1)));
      again();
    });
  });
  f.return(f.get(result));
  return f.finish();
}

/** `(source, mask) -> i64`: the source's bits at the mask's ones, side by side from bit 0 on (PEXT, SDM vol. 2B). */
export function buildExtractBits(): IrFunction {
  const f = new FunctionBuilder("extract-bits", [I64, I64], I64);
  const [source, mask] = [f.param(0), f.param(1)];
  const result = f.local(I64);
  const place = f.local(I64);
  f.set(place, f.i64(1));
  f.block((done) => {
    f.loop((again) => {
      done(f.op("i64.eqz", f.get(mask)));
      const lowest = f.op("i64.and", f.get(mask), f.op("i64.sub", f.i64(0), f.get(mask)));
      const found = f.op("i64.ne", f.op("i64.and", f.get(source), lowest), f.i64(0));
      f.set(result, f.op("i64.or", f.get(result), f.select(f.get(place), f.i64(0), found)));
      f.set(mask, f.op("i64.xor", f.get(mask), lowest));
      f.set(place, f.op("i64.shl", f.get(place), f.i64(1)));
      again();
    });
  });
  f.return(f.get(result));
  return f.finish();
}

/** The polynomial 11EDC6F41H with its bits reversed (SDM vol. 2A, CRC32). */
const CASTAGNOLI = 0x82f63b78 | 0;

/** What a one at each of 64 bits, the highest last to leave, adds to the checksum. */
function crcOfBits(): number[] {
  const values: number[] = [];
  let value = CASTAGNOLI;
  for (let i = 63; i >= 0; i -= 1) {
    values[i] = value;
    value = (value >>> 1) ^ ((value & 1) !== 0 ? CASTAGNOLI : 0);
  }
  return values;
}

const bytesOf = (word: number): number[] => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);

/**
 * `(bits) -> i32`: the checksum of 64 bits, bit 0 first, from 0 on. It is linear: the sum of what each bit adds alone, four at a time.
 * A step of CRC32 with n bits is that of (checksum XOR data) shifted to the top n of the 64.
 */
export function buildCrc32c(): IrFunction {
  const f = new FunctionBuilder("crc32c", [I64], I32);
  const bits = f.get(f.param(0));
  const ones = crcOfBits();
  const parts: Value[] = [];
  for (const half of [0, 32]) {
    const word = f.op("i32.wrap_i64", half === 0 ? bits : f.op("i64.shr_u", bits, f.i64(32)));
    const all = f.op("i32x4.splat", word);
    for (let i = 0; i < 32; i += 4) {
      const mask = f.v128([0, 1, 2, 3].flatMap((lane) => bytesOf(1 << (i + lane))));
      const set = f.op("i32x4.eq", f.op("v128.and", all, mask), mask);
      const added = f.v128([0, 1, 2, 3].flatMap((lane) => bytesOf(ones[half + i + lane]!)));
      parts.push(f.op("v128.and", set, added));
    }
  }
  const sum = parts.reduce((x, y) => f.op("v128.xor", x, y));
  const halves = f.op("v128.xor", sum, f.shuffle(sum, sum, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]));
  const low = f.lane("i32x4.extract_lane", 0, halves);
  f.return(f.op("i32.xor", low, f.lane("i32x4.extract_lane", 1, halves)));
  return f.finish();
}

/**
 * `(a, b) -> i64`: the low half of the product without carries. Four interleaved parts of each factor are far enough apart that
 * the carries of an ordinary multiplication stay in places that are masked away: a place gets at most 15 ones before the last, whose
 * carry leaves the word.
 */
export function buildCarrylessMultiply(): IrFunction {
  const f = new FunctionBuilder("carryless-multiply", [I64, I64], I64);
  const masks = [0x11111111, 0x22222222, 0x44444444, 0x88888888 | 0].map((m) => f.i64(m, m));
  const parts = (v: Value): Value[] => masks.map((m) => f.op("i64.and", v, m));
  const a = parts(f.get(f.param(0)));
  const b = parts(f.get(f.param(1)));
  const sums = masks.map((mask, k) => {
    const products = a.map((part, i) => f.op("i64.mul", part, b[(k - i) & 3]));
    return f.op(
      "i64.and",
      products.reduce((x, y) => f.op("i64.xor", x, y)),
      mask,
    );
  });
  f.return(sums.reduce((x, y) => f.op("i64.or", x, y)));
  return f.finish();
}

/** The bits of each byte the other way round. */
function reverseBits(f: FunctionBuilder, v: Value): Value {
  const reversed = Array.from(
    { length: 16 },
    (_, i) => ((i & 1) << 3) | ((i & 2) << 1) | ((i & 4) >> 1) | ((i & 8) >> 3),
  );
  const low = f.op("v128.and", v, f.v128(Array.from({ length: 16 }, () => 15)));
  const high = f.op("i8x16.shr_u", v, f.i32(4));
  return f.op(
    "v128.or",
    f.op("i8x16.swizzle", f.v128(reversed.map((bits) => bits << 4)), low),
    f.op("i8x16.swizzle", f.v128(reversed), high),
  );
}

/** The bits of each quadword the other way round. */
function reverseQuadwords(f: FunctionBuilder, v: Value): Value {
  const bytes = reverseBits(f, v);
  return f.shuffle(bytes, bytes, [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8]);
}

/** `(a, b) -> v128`: the whole product without carries. Its upper half is the lower one of the reversed factors, reversed. */
export function buildCarrylessProduct(multiply: { index: number; result: typeof I64 }): IrFunction {
  const f = new FunctionBuilder("carryless-product", [I64, I64], V128);
  const a = f.get(f.param(0));
  const b = f.get(f.param(1));
  const factors = reverseQuadwords(f, f.lane("i64x2.replace_lane", 1, f.op("i64x2.splat", a), b));
  const [x, y] = [0, 1].map((lane) => f.lane("i64x2.extract_lane", lane, factors));
  const reversed = reverseQuadwords(f, f.op("i64x2.splat", f.call(multiply, [x!, y!])));
  // The product has 127 bits.
  const high = f.op("i64.shr_u", f.lane("i64x2.extract_lane", 0, reversed), f.i64(1));
  f.return(f.lane("i64x2.replace_lane", 1, f.op("i64x2.splat", f.call(multiply, [a, b])), high));
  return f.finish();
}
