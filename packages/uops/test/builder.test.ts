import { describe, expect, it } from "vitest";
import { F64, FunctionBuilder, I32, I64, OP, opcode, OPS, opSpec, V128, VOID } from "../src/index.js";

describe("FunctionBuilder", () => {
  it.each<[string, (f: FunctionBuilder) => unknown, RegExp]>([
    [
      "an operand of another type",
      (f) => f.op("i64.add", f.i64(1), f.i32(1)),
      /test: i64.add operand 1 is i32, wants i64/,
    ],
    ["a missing operand", (f) => f.op("i64.add", f.i64(1)), /i64.add operand 1 is void, wants i64/],
    ["a value that is not there", (f) => f.op("i64.eqz", 7), /operand 0 is void/],
    [
      "an op without result as a value",
      (f) => {
        f.leave();
        return f.op("i64.eqz", 0);
      },
      /operand 0 is void, wants i64/,
    ],
    ["a name that is no op", (f) => f.op("i64.sum", f.i64(1), f.i64(1)), /no micro-op i64.sum/],
    ["a vector of 15 bytes", (f) => f.v128(Array<number>(15).fill(0)), /vector constant of 15 bytes/],
    [
      "a shuffle of 4 lanes",
      (f) => f.shuffle(f.v128(Array<number>(16).fill(0)), f.v128(Array<number>(16).fill(0)), [0, 1, 2, 3]),
      /shuffle of 4 lanes/,
    ],
    ["a parameter that there is not", (f) => f.param(2), /no parameter 2/],
    ["a local set to another type", (f) => f.set(f.local(I64), f.i32(0)), /local.set.i64 operand 0 is i32/],
    ["a condition of 64 bits", (f) => f.if(f.i64(0), () => undefined), /if operand 0 is i64/],
    ["a select between types", (f) => f.select(f.i64(0), f.i32(0), f.i32(0)), /select.i64 operand 1 is i32/],
    ["an address of 32 bits", (f) => f.guestLoad(f.i32(0), 2), /guest.load operand 0 is i32/],
  ])("refuses %s", (_, body, message) => {
    const act = (): unknown => body(new FunctionBuilder("test", [I32, I64]));
    expect(act).toThrow(message);
    expect(act).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ISG_UOPS_(BUILD|OPCODE)$/) as unknown }),
    );
  });

  it("refuses to finish inside a structure", () => {
    const f = new FunctionBuilder("test");
    f.block(() => expect(() => f.finish()).toThrow(/1 structures are open/));
  });

  it("puts parameters first among the locals and counts holes up", () => {
    const f = new FunctionBuilder("test", [I32, V128], I64);
    expect([f.param(1), f.local(I64)]).toEqual([
      { index: 1, type: V128 },
      { index: 2, type: I64 },
    ]);
    expect([f.hole("state"), f.hole("i64")]).toEqual([0, 1]);
    f.return(f.i64(0));
    expect(f.finish()).toMatchObject({
      params: [I32, V128],
      result: I64,
      locals: [I32, V128, I64],
      holes: ["state", "i64"],
      count: 2,
    });
  });

  it.each([
    [5, 5, 0],
    [-5, -5, -1],
    [0x80000000, -0x80000000, 0],
    [0xffffffff, -1, 0],
  ])("splits the 64-bit constant %i", (value, lo, hi) => {
    const f = new FunctionBuilder("test");
    const at = f.i64(value);
    const fn = f.finish();
    expect([fn.x[at], fn.y[at]]).toEqual([lo, hi]);
  });

  it("counts branch depths from where the branch stands", () => {
    const f = new FunctionBuilder("test");
    f.block((leave) =>
      f.loop((again) =>
        f.if(
          f.i32(1),
          () => again(),
          () => leave(f.i32(1)),
        ),
      ),
    );
    const fn = f.finish();
    const depths = [...fn.op].flatMap((op, at) => (op === OP.br || op === OP.brIf ? [fn.x[at]] : []));
    expect(depths).toEqual([1, 2]);
  });
});

describe("the table of ops", () => {
  it("has each name once and finds ops by name and number", () => {
    expect(new Set(OPS.map((spec) => spec.name)).size).toBe(OPS.length);
    expect(opSpec(opcode("f64x2.extract_lane"))).toMatchObject({ operands: [V128], result: F64, hasLane: true });
    expect(opSpec(OP.callVoid)).toMatchObject({ result: VOID });
    expect(() => opSpec(OPS.length)).toThrow(/no micro-op number/);
  });
});
