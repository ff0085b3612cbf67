import { lanesOf, vectorOf } from "./lanes.js";
import { F32_SIGN, F64_SIGN, FLOAT_BINARY, FLOAT_COMPARE, FLOAT_UNARY, PURE_FLOAT } from "./pure-float.js";
import { asI32, asI64, asV128, type IrValue, type PureFunction } from "./values.js";

/** Applies a scalar float op of the same name to each lane. */
function each(width: 32 | 64, scalar: PureFunction): PureFunction {
  return (o) => {
    const operands = o.map((vector) => lanesOf(asV128(vector), width, true));
    const count = operands[0]!.length;
    const lanes: bigint[] = [];
    for (let i = 0; i < count; i += 1) {
      const inputs = operands.map((lane): IrValue => (width === 64 ? lane[i]! : Number(lane[i]!)));
      const result = scalar(inputs, 0);
      lanes.push(width === 64 ? asI64(result) : BigInt(asI32(result)));
    }
    return vectorOf(lanes, width);
  };
}

/** As {@link each}, for a comparison: a true lane is all ones. */
function eachCompared(width: 32 | 64, compare: PureFunction): PureFunction {
  return each(width, (o) => {
    const holds = asI32(compare(o, 0)) !== 0;
    return width === 64 ? (holds ? -1n : 0n) : holds ? -1 : 0;
  });
}

const scalar = (name: string): PureFunction => PURE_FLOAT.get(name)!;
const low = (vector: IrValue | undefined): number[] => lanesOf(asV128(vector), 32, true).slice(0, 2).map(Number);

function build(): Map<string, PureFunction> {
  const table = new Map<string, PureFunction>();
  for (const [shape, type, width, sign] of [
    ["f32x4", "f32", 32, F32_SIGN],
    ["f64x2", "f64", 64, F64_SIGN],
  ] as const) {
    for (const name of [...Object.keys(FLOAT_UNARY), ...Object.keys(FLOAT_BINARY), ...Object.keys(sign)]) {
      table.set(`${shape}.${name}`, each(width, scalar(`${type}.${name}`)));
    }
    for (const name of Object.keys(FLOAT_COMPARE)) {
      table.set(`${shape}.${name}`, eachCompared(width, scalar(`${type}.${name}`)));
    }
  }
  table.set("f64x2.promote_low_f32x4", (o) =>
    vectorOf(
      low(o[0]).map((lane) => asI64(scalar("f64.promote_f32")([lane], 0))),
      64,
    ),
  );
  table.set("f64x2.convert_low_i32x4_s", (o) =>
    vectorOf(
      low(o[0]).map((lane) => asI64(scalar("f64.convert_i32_s")([lane], 0))),
      64,
    ),
  );
  table.set("f32x4.convert_i32x4_s", each(32, scalar("f32.convert_i32_s")));
  table.set("f32x4.demote_f64x2_zero", (o) =>
    vectorOf(
      lanesOf(asV128(o[0]), 64, true).map((lane) => BigInt(asI32(scalar("f32.demote_f64")([lane], 0)))),
      32,
    ),
  );
  return table;
}

/** The pure float vector micro-ops by name (core specification 2.0, section 4.3.5); NaNs as in `PURE_FLOAT`. */
export const PURE_VECTOR_FLOAT: ReadonlyMap<string, PureFunction> = build();
