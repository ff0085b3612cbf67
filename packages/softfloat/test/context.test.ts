import { describe, expect, it } from "vitest";
import {
  DE,
  FloatContext,
  IE,
  OE,
  PE,
  UE,
  ZE,
  f32Add,
  f32Div,
  f32Mul,
  f64Mul,
  f80Abs,
  f80Add,
  f80Mul,
  f80Negate,
  f80Scale,
  f80Tag,
  f80ToF32,
  simdReportedFlags,
  suppressesResult,
} from "../src/index.js";

const ONE = 0x3f800000;
const THREE = 0x40400000;
const LARGEST = 0x7f7fffff;
const DENORMAL = 1;

describe("flags", () => {
  it("collect over operations until they are set to 0", () => {
    const ctx = new FloatContext();
    f32Div(ctx, ONE, THREE);
    f32Div(ctx, ONE, 0);
    expect(ctx.flags).toBe(PE | ZE);
    ctx.flags = 0;
    f32Add(ctx, ONE, ONE);
    expect(ctx.flags).toBe(0);
  });

  it("of a packed instruction leave out post-computation exceptions when a lane stops it (SDM vol. 1, 4.9.2)", () => {
    const ctx = new FloatContext();
    ctx.masks = ~IE & 63;
    f32Mul(ctx, LARGEST, LARGEST);
    expect(suppressesResult(ctx)).toBe(false);
    expect(simdReportedFlags(ctx)).toBe(OE | PE);
    f32Add(ctx, 0x7f800000, 0xff800000 | 0);
    expect(suppressesResult(ctx)).toBe(true);
    expect(simdReportedFlags(ctx)).toBe(IE);
  });

  it("report masked exceptions beside unmasked post-computation ones", () => {
    const ctx = new FloatContext();
    ctx.masks = ~OE & 63;
    f32Mul(ctx, LARGEST, LARGEST);
    expect(suppressesResult(ctx)).toBe(true);
    expect(simdReportedFlags(ctx)).toBe(OE | PE);
  });
});

describe("SSE controls", () => {
  it("DAZ reads a denormal as zero and raises nothing (SDM vol. 1, 10.2.3.4)", () => {
    const ctx = new FloatContext();
    ctx.daz = 1;
    expect(f32Add(ctx, DENORMAL, 0)).toBe(0);
    expect(ctx.flags).toBe(0);
    ctx.daz = 0;
    expect(f32Add(ctx, DENORMAL, 0)).toBe(DENORMAL);
    expect(ctx.flags).toBe(DE);
  });

  it("FTZ makes a tiny result zero, with UE and PE, unless underflow is unmasked (SDM vol. 1, 10.2.3.3)", () => {
    const ctx = new FloatContext();
    ctx.ftz = 1;
    // 2^-1000 * -2^-74 is exactly the smallest denormal
    f64Mul(ctx, 0, 0x01700000, 0, 0xbb500000 | 0);
    expect([ctx.hi, ctx.lo, ctx.flags]).toEqual([0x80000000 | 0, 0, UE | PE]);
    ctx.ftz = 0;
    ctx.flags = 0;
    f64Mul(ctx, 0, 0x01700000, 0, 0xbb500000 | 0);
    expect([ctx.hi, ctx.lo, ctx.flags]).toEqual([0x80000000 | 0, 1, 0]);
    ctx.ftz = 1;
    ctx.masks = ~UE & 63;
    f64Mul(ctx, 0, 0x01700000, 0, 0xbb500000 | 0);
    expect(ctx.flags).toBe(UE);
  });
});

describe("x87", () => {
  it("scales the result of an unmasked overflow by 2^-24576 (SDM vol. 1, 8.5.4)", () => {
    const ctx = new FloatContext();
    ctx.masks = ~OE & 63;
    // 2^16383 * 2^16383 = 2^32766, which becomes 2^8190
    f80Mul(ctx, 0, 0x80000000, 0x7ffe, 0, 0x80000000, 0x7ffe);
    expect([ctx.se, ctx.sigHi, ctx.sigLo, ctx.flags]).toEqual([16383 + 8190, 0x80000000 | 0, 0, OE]);
  });

  it("scales the result of an unmasked underflow by 2^24576 (SDM vol. 1, 8.5.5)", () => {
    const ctx = new FloatContext();
    ctx.masks = ~UE & 63;
    // 2^-16382 * 2^-16382 = 2^-32764, which becomes 2^-8188
    f80Mul(ctx, 0, 0x80000000, 1, 0, 0x80000000, 1);
    expect([ctx.se, ctx.sigHi, ctx.sigLo, ctx.flags]).toEqual([16383 - 8188, 0x80000000 | 0, 0, UE]);
  });

  it("rounds an add to the precision control, with C1 when it rounds up", () => {
    const ctx = new FloatContext();
    ctx.precision = 24;
    // 1 + (2^-24 + 2^-40) is above half a unit of 24 bits
    f80Add(ctx, 0, 0x80000000, 16383, 0, 0x80008000, 16383 - 24);
    expect([ctx.se, ctx.sigHi >>> 0, ctx.sigLo, ctx.roundedUp]).toEqual([16383, 0x80000100, 0, 1]);
    ctx.precision = 53;
    f80Add(ctx, 0, 0x80000000, 16383, 0, 0x80008000, 16383 - 24);
    expect([ctx.sigHi >>> 0, ctx.sigLo >>> 0, ctx.roundedUp]).toEqual([0x80000080, 0x00800000, 0]);
  });

  it("treats an unnormal as invalid and a pseudo-denormal as a number (SDM vol. 1, 8.2.2)", () => {
    const ctx = new FloatContext();
    f80Add(ctx, 0, 0x40000000, 16383, 0, 0x80000000, 16383);
    expect([ctx.se, ctx.sigHi >>> 0, ctx.sigLo, ctx.flags]).toEqual([0xffff, 0xc0000000, 0, IE]);
    ctx.flags = 0;
    // 2^-16382 + 2^-16382
    f80Add(ctx, 0, 0x80000000, 0, 0, 0x80000000, 1);
    expect([ctx.se, ctx.sigHi >>> 0, ctx.sigLo, ctx.flags]).toEqual([2, 0x80000000, 0, DE]);
  });

  it("stores nothing meaningful, and no PE, on an unmasked overflow to memory", () => {
    const ctx = new FloatContext();
    ctx.masks = ~OE & 63;
    f80ToF32(ctx, 1, 0x80000000, 0x7ffe);
    expect(ctx.flags).toBe(OE);
  });

  it("gives infinity where even the scaled result of FSCALE is too large", () => {
    const ctx = new FloatContext();
    ctx.masks = ~OE & 63;
    f80Scale(ctx, 0, 0x80000000, 0x7ffe, 0, 0x80000000, 16383 + 40);
    expect([ctx.se, ctx.sigHi >>> 0, ctx.flags]).toEqual([0x7fff, 0x80000000, OE | PE]);
  });

  it("changes signs without looking at the number", () => {
    expect(f80Abs(0xffff)).toBe(0x7fff);
    expect(f80Abs(0x3fff)).toBe(0x3fff);
    expect(f80Negate(0xffff)).toBe(0x7fff);
    expect(f80Negate(0x3fff)).toBe(0xbfff);
  });

  it("tags registers as valid, zero or special (SDM vol. 1, 8.1.7)", () => {
    expect(f80Tag(0, 0x80000000 | 0, 16383)).toBe(0);
    expect(f80Tag(0, 0, 0x8000)).toBe(1);
    expect(f80Tag(1, 0, 0)).toBe(2);
    expect(f80Tag(0, 0x80000000 | 0, 0x7fff)).toBe(2);
    expect(f80Tag(0, 0x40000000, 16383)).toBe(2);
  });
});
