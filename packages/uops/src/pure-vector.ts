import { lanesOf, saturate, vectorOf } from "./lanes.js";
import { asI32, asI64, asV128, type IrValue, type PureFunction } from "./values.js";

type LaneFunction = (a: bigint, b: bigint) => bigint;

/** Result of a comparison in a lane: all bits set, or none. */
const mask = (condition: boolean): bigint => (condition ? -1n : 0n);
const larger: LaneFunction = (a, b) => (a > b ? a : b);
const smaller: LaneFunction = (a, b) => (a < b ? a : b);

function map1(width: number, signed: boolean, f: (a: bigint) => bigint): PureFunction {
  return (o) =>
    vectorOf(
      lanesOf(asV128(o[0]), width, signed).map((lane) => f(lane)),
      width,
    );
}

function map2(width: number, signed: boolean, f: LaneFunction): PureFunction {
  return (o) => {
    const right = lanesOf(asV128(o[1]), width, signed);
    return vectorOf(
      lanesOf(asV128(o[0]), width, signed).map((lane, i) => f(lane, right[i]!)),
      width,
    );
  };
}

/** A shift of all lanes by an i32, which counts modulo the lane width. */
function shift(width: number, signed: boolean, f: LaneFunction): PureFunction {
  return (o) => {
    const by = BigInt((asI32(o[1]) >>> 0) % width);
    return vectorOf(
      lanesOf(asV128(o[0]), width, signed).map((lane) => f(lane, by)),
      width,
    );
  };
}

/** The half of the lanes that the `low` and `high` forms read. */
function half(vector: Uint8Array, width: number, signed: boolean, high: boolean): bigint[] {
  const lanes = lanesOf(vector, width, signed);
  return high ? lanes.slice(lanes.length / 2) : lanes.slice(0, lanes.length / 2);
}

/** Sums of neighbouring lanes: 0 with 1, 2 with 3, and so on. */
function pairSums(lanes: readonly bigint[]): bigint[] {
  return lanes.filter((_, i) => i % 2 === 0).map((lane, i) => lane + lanes[2 * i + 1]!);
}

type Table = Map<string, PureFunction>;

/** Ops that exist (or could) in every shape. */
function addShape(table: Table, shape: string, width: number): void {
  const set = (name: string, f: PureFunction): void => void table.set(`${shape}.${name}`, f);
  set(
    "add",
    map2(width, true, (a, b) => a + b),
  );
  set(
    "sub",
    map2(width, true, (a, b) => a - b),
  );
  set(
    "mul",
    map2(width, true, (a, b) => a * b),
  );
  set(
    "neg",
    map1(width, true, (a) => -a),
  );
  set(
    "abs",
    map1(width, true, (a) => (a < 0n ? -a : a)),
  );
  set(
    "eq",
    map2(width, true, (a, b) => mask(a === b)),
  );
  set(
    "ne",
    map2(width, true, (a, b) => mask(a !== b)),
  );
  set(
    "gt_s",
    map2(width, true, (a, b) => mask(a > b)),
  );
  set(
    "shl",
    shift(width, true, (a, by) => a << by),
  );
  set(
    "shr_s",
    shift(width, true, (a, by) => a >> by),
  );
  set(
    "shr_u",
    shift(width, false, (a, by) => a >> by),
  );
  set(
    "avgr_u",
    map2(width, false, (a, b) => (a + b + 1n) >> 1n),
  );
  for (const [suffix, signed] of [
    ["s", true],
    ["u", false],
  ] as const) {
    set(`min_${suffix}`, map2(width, signed, smaller));
    set(`max_${suffix}`, map2(width, signed, larger));
    set(
      `add_sat_${suffix}`,
      map2(width, signed, (a, b) => saturate(a + b, width, signed)),
    );
    set(
      `sub_sat_${suffix}`,
      map2(width, signed, (a, b) => saturate(a - b, width, signed)),
    );
  }
  set("all_true", (o) => Number(lanesOf(asV128(o[0]), width, true).every((lane) => lane !== 0n)));
  set("bitmask", (o) =>
    lanesOf(asV128(o[0]), width, true).reduce((bits, lane, i) => (lane < 0n ? bits | (1 << i) : bits), 0),
  );
}

/** Ops from lanes of half the width. */
function addWidening(table: Table, shape: string, width: number, from: string): void {
  const narrow = width / 2;
  for (const [suffix, signed] of [
    ["s", true],
    ["u", false],
  ] as const) {
    for (const [part, high] of [
      ["low", false],
      ["high", true],
    ] as const) {
      table.set(`${shape}.extend_${part}_${from}_${suffix}`, (o) =>
        vectorOf(half(asV128(o[0]), narrow, signed, high), width),
      );
      table.set(`${shape}.extmul_${part}_${from}_${suffix}`, (o) => {
        const right = half(asV128(o[1]), narrow, signed, high);
        const products = half(asV128(o[0]), narrow, signed, high).map((lane, i) => lane * right[i]!);
        return vectorOf(products, width);
      });
    }
    table.set(`${shape}.extadd_pairwise_${from}_${suffix}`, (o) =>
      vectorOf(pairSums(lanesOf(asV128(o[0]), narrow, signed)), width),
    );
  }
}

/** Ops that squeeze lanes of twice the width; the source counts as signed in both forms. */
function addNarrowing(table: Table, shape: string, width: number, from: string): void {
  for (const [suffix, signed] of [
    ["s", true],
    ["u", false],
  ] as const) {
    table.set(`${shape}.narrow_${from}_${suffix}`, (o) => {
      const lanes = [...lanesOf(asV128(o[0]), 2 * width, true), ...lanesOf(asV128(o[1]), 2 * width, true)];
      return vectorOf(
        lanes.map((lane) => saturate(lane, width, signed)),
        width,
      );
    });
  }
}

/** Ops that move scalars in and out of integer lanes. */
function addLaneAccess(table: Table, shape: string, width: number): void {
  const wide = width === 64;
  const scalar = (value: IrValue | undefined): bigint => (wide ? asI64(value) : BigInt(asI32(value)));
  const result = (value: bigint): IrValue => (wide ? value : Number(value));
  const lane = (o: readonly IrValue[], index: number, signed: boolean): bigint => {
    const value = lanesOf(asV128(o[0]), width, signed)[index];
    if (value === undefined) throw new RangeError(`uops: ${shape} has no lane ${index}`);
    return value;
  };
  table.set(`${shape}.splat`, (o) =>
    vectorOf(
      Array.from({ length: 128 / width }, () => scalar(o[0])),
      width,
    ),
  );
  table.set(`${shape}.replace_lane`, (o, index) => {
    const lanes = lanesOf(asV128(o[0]), width, true);
    if (index < 0 || index >= lanes.length) throw new RangeError(`uops: ${shape} has no lane ${index}`);
    lanes[index] = scalar(o[1]);
    return vectorOf(lanes, width);
  });
  if (width < 32) {
    table.set(`${shape}.extract_lane_s`, (o, index) => result(lane(o, index, true)));
    table.set(`${shape}.extract_lane_u`, (o, index) => result(lane(o, index, false)));
  } else table.set(`${shape}.extract_lane`, (o, index) => result(lane(o, index, true)));
}

function addBitwise(table: Table): void {
  const whole = 128;
  table.set(
    "v128.not",
    map1(whole, false, (a) => ~a),
  );
  table.set(
    "v128.and",
    map2(whole, false, (a, b) => a & b),
  );
  table.set(
    "v128.or",
    map2(whole, false, (a, b) => a | b),
  );
  table.set(
    "v128.xor",
    map2(whole, false, (a, b) => a ^ b),
  );
  table.set(
    "v128.andnot",
    map2(whole, false, (a, b) => a & ~b),
  );
  table.set("v128.bitselect", (o) => {
    const [a, b, c] = o.map((v) => lanesOf(asV128(v), whole, false)[0]!);
    return vectorOf([(a! & c!) | (b! & ~c!)], whole);
  });
  table.set("v128.any_true", (o) => Number(asV128(o[0]).some((byte) => byte !== 0)));
}

function build(): Table {
  const table: Table = new Map();
  addShape(table, "i8x16", 8);
  addShape(table, "i16x8", 16);
  addShape(table, "i32x4", 32);
  addShape(table, "i64x2", 64);
  addWidening(table, "i16x8", 16, "i8x16");
  addWidening(table, "i32x4", 32, "i16x8");
  addWidening(table, "i64x2", 64, "i32x4");
  addNarrowing(table, "i8x16", 8, "i16x8");
  addNarrowing(table, "i16x8", 16, "i32x4");
  addLaneAccess(table, "i8x16", 8);
  addLaneAccess(table, "i16x8", 16);
  addLaneAccess(table, "i32x4", 32);
  addLaneAccess(table, "i64x2", 64);
  addBitwise(table);
  // A float lane is held as its bits, so moving one is moving an integer.
  table.set("f32x4.extract_lane", table.get("i32x4.extract_lane")!);
  table.set("f32x4.replace_lane", table.get("i32x4.replace_lane")!);
  table.set("f64x2.extract_lane", table.get("i64x2.extract_lane")!);
  table.set("f64x2.replace_lane", table.get("i64x2.replace_lane")!);
  table.set(
    "i8x16.popcnt",
    map1(8, false, (a) => BigInt(a.toString(2).replaceAll("0", "").length)),
  );
  table.set("i8x16.swizzle", (o) => {
    const bytes = asV128(o[0]);
    return Uint8Array.from(asV128(o[1]), (index) => bytes[index] ?? 0);
  });
  table.set("i32x4.dot_i16x8_s", (o) => {
    const right = lanesOf(asV128(o[1]), 16, true);
    return vectorOf(pairSums(lanesOf(asV128(o[0]), 16, true).map((lane, i) => lane * right[i]!)), 32);
  });
  return table;
}

/** The pure integer vector micro-ops by name (core specification 2.0, section 4.3.5). */
export const PURE_VECTOR: ReadonlyMap<string, PureFunction> = build();

/** Picks 16 bytes out of the 32 of `a` and `b`. */
export function shuffleBytes(a: Uint8Array, b: Uint8Array, lanes: ArrayLike<number>): Uint8Array {
  const both = [...a, ...b];
  return Uint8Array.from(lanes, (lane) => both[lane]!);
}
