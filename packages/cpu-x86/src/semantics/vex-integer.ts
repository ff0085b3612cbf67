import type { Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import { type Binary, UNARY_LANES, testFlags } from "./integer-lanes.js";
import { doublewords, quadwords, readHalves, readVector, simd, writeHalves } from "./simd.js";
import type { SemanticsTable } from "./table.js";
import { binary } from "./vector-forms.js";

/** Each element shifted by the element of the second operand: all its bits count (SDM vol. 2C, VPSLLVD). */
function shiftElements(bits: 32 | 64, operation: "shl" | "shr_u" | "shr_s"): Binary {
  const lanes = bits === 32 ? "i32x4" : "i64x2";
  return (s, a, b) => {
    let out = a;
    for (let i = 0; i < 128 / bits; i += 1) {
      const count = s.f.lane(`${lanes}.extract_lane`, i, b);
      const value = s.f.lane(`${lanes}.extract_lane`, i, a);
      const shift = (by: Value): Value => s.op(`i${bits}.${operation}`, value, by);
      const width = (n: number): Value => (bits === 32 ? s.f.i32(n) : s.f.i64(n));
      const over = s.op(`i${bits}.ge_u`, count, width(bits));
      const result =
        operation === "shr_s"
          ? shift(s.f.select(width(bits - 1), count, over))
          : s.f.select(width(0), shift(count), over);
      out = s.f.lane(`${lanes}.replace_lane`, i, out, result);
    }
    return out;
  };
}

/** VPMOVSX, VPMOVZX to 256 bits: the upper half is of the source's bytes from `bytes` on. */
function extend(name: string, bytes: 2 | 4 | 8): SemanticsTable {
  const lanes = UNARY_LANES[name]!;
  return {
    [`v${name}`]: simd((s) => {
      const v = readVector(s, 1);
      const moved = (): Value =>
        s.f.shuffle(
          v,
          v,
          Array.from({ length: 16 }, (_, i) => (i + bytes) & 15),
        );
      writeHalves(s, 0, s.shape.wide ? [lanes(s, v), lanes(s, moved())] : [lanes(s, v)]);
    }),
  };
}

/** VTESTPS, VTESTPD: as PTEST of the sign bits. */
function testSigns(mask: (s: Semantics) => Value) {
  return simd((s) => {
    const b = readHalves(s, 1);
    s.flagsBits(testFlags(s, readHalves(s, 0), b, mask(s)));
  });
}

const SIGN = 0x80000000 | 0;

export const VEX_INTEGER: SemanticsTable = {
  vpsllvd: binary(shiftElements(32, "shl")),
  vpsllvq: binary(shiftElements(64, "shl")),
  vpsrlvd: binary(shiftElements(32, "shr_u")),
  vpsrlvq: binary(shiftElements(64, "shr_u")),
  vpsravd: binary(shiftElements(32, "shr_s")),
  ...extend("pmovsxbw", 8),
  ...extend("pmovsxbd", 4),
  ...extend("pmovsxbq", 2),
  ...extend("pmovsxwd", 8),
  ...extend("pmovsxwq", 4),
  ...extend("pmovsxdq", 8),
  ...extend("pmovzxbw", 8),
  ...extend("pmovzxbd", 4),
  ...extend("pmovzxbq", 2),
  ...extend("pmovzxwd", 8),
  ...extend("pmovzxwq", 4),
  ...extend("pmovzxdq", 8),
  vtestps: testSigns((s) => doublewords(s, () => SIGN)),
  vtestpd: testSigns((s) => quadwords(s, 0, SIGN)),
};
