import { describe, expect, it } from "vitest";
import {
  FunctionBuilder,
  I32,
  I64,
  OP,
  optimise,
  type OptimiseOptions,
  printFunction,
  V128,
  VOID,
  type ValueType,
} from "../src/index.js";

/** The ops that are left, as text, without the header. */
function optimised(
  body: (f: FunctionBuilder) => void,
  options: OptimiseOptions & { readonly result?: ValueType } = {},
): string[] {
  const f = new FunctionBuilder("test", [I64, I32], options.result ?? VOID);
  body(f);
  const lines = printFunction(optimise(f.finish(), options)).trimEnd().split("\n");
  return lines.filter((line) => /^ {2}/.test(line) && !/^ {2}(locals|holes) /.test(line)).map((line) => line.slice(2));
}

const p0 = (f: FunctionBuilder): number => f.get(f.param(0));

describe("optimise computes ahead", () => {
  it("what depends on constants only", () => {
    const left = optimised((f) => f.return(f.op("i64.mul", f.op("i64.add", f.i64(2), f.i64(3)), f.i64(-7))), {
      result: I64,
    });
    expect(left).toEqual(["%0 = const.i64 -35", "return.i64 %0"]);
  });

  it("constants of one op after another", () => {
    const left = optimised((f) => f.return(f.op("i64.sub", f.op("i64.add", f.i64(10), p0(f)), f.i64(4))), {
      result: I64,
    });
    expect(left).toEqual(["%0 = local.get.i64 $0", "%1 = const.i64 6", "%2 = i64.add %0 %1", "return.i64 %2"]);
  });

  it("vectors, but no float arithmetic, whose NaN bits WebAssembly leaves open", () => {
    const ones = Array<number>(16).fill(255);
    const left = optimised((f) => f.return(f.op("i8x16.add", f.v128(ones), f.v128(ones))), { result: V128 });
    expect(left).toEqual([`%0 = const.v128${" 254".repeat(16)}`, "return.v128 %0"]);
    const float = optimised((f) => f.return(f.op("f32x4.add", f.v128(ones), f.v128(ones))), { result: V128 });
    expect(float).toHaveLength(3);
  });

  it("no division that traps", () => {
    const left = optimised((f) => f.return(f.op("i64.div_u", f.i64(1), f.i64(0))), { result: I64 });
    expect(left.at(-2)).toBe("%2 = i64.div_u %0 %1");
  });
});

describe("optimise knows that", () => {
  it.each<[string, (f: FunctionBuilder) => number]>([
    ["x + 0", (f) => f.op("i64.add", p0(f), f.i64(0))],
    ["0 | x", (f) => f.op("i64.or", f.i64(0), p0(f))],
    ["x & -1", (f) => f.op("i64.and", p0(f), f.i64(-1))],
    [
      "x & x",
      (f) => {
        const x = p0(f);
        return f.op("i64.and", x, x);
      },
    ],
    ["x shifted by 0", (f) => f.op("i64.shl", p0(f), f.i64(0))],
    ["x shifted by 64", (f) => f.op("i64.shr_s", p0(f), f.i64(64))],
    ["x rotated by 128", (f) => f.op("i64.rotl", p0(f), f.i64(128))],
    ["x ^ -1 ^ -1", (f) => f.op("i64.xor", f.op("i64.xor", p0(f), f.i64(-1)), f.i64(-1))],
    ["x * 1", (f) => f.op("i64.mul", p0(f), f.i64(1))],
    [
      "c ? x : x",
      (f) => {
        const x = p0(f);
        return f.select(x, x, f.get(f.param(1)));
      },
    ],
    [
      "lane 1 of a vector whose lane 1 was set to x",
      (f) => f.lane("i64x2.extract_lane", 1, f.lane("i64x2.replace_lane", 1, f.stateLoad(OP.stateLoadV128, 0), p0(f))),
    ],
  ])("%s is x", (_, body) => {
    expect(optimised((f) => f.return(body(f)), { result: I64 })).toEqual(["%0 = local.get.i64 $0", "return.i64 %0"]);
  });

  it.each<[string, (f: FunctionBuilder) => number]>([
    ["x ^ x", (f) => f.op("i64.xor", p0(f), p0(f))],
    ["x - x", (f) => f.op("i64.sub", p0(f), p0(f))],
    ["x & 0", (f) => f.op("i64.and", p0(f), f.i64(0))],
    ["(x & 255) >> 8", (f) => f.op("i64.shr_u", f.op("i64.and", p0(f), f.i64(255)), f.i64(8))],
  ])("%s is 0", (_, body) => {
    expect(optimised((f) => f.return(body(f)), { result: I64 })).toEqual(["%0 = const.i64 0", "return.i64 %0"]);
  });

  it.each<[string, (f: FunctionBuilder) => number, string[]]>([
    [
      "a sign extension of a wider one is one",
      (f) => f.op("i64.extend8_s", f.op("i64.extend32_s", p0(f))),
      ["%1 = i64.extend8_s %0"],
    ],
    [
      "a sign extension of a narrower one is that",
      (f) => f.op("i64.extend32_s", f.op("i64.extend8_s", p0(f))),
      ["%1 = i64.extend8_s %0"],
    ],
    [
      "a zero-extended load need not be masked",
      (f) => f.op("i64.and", f.stateLoad(OP.stateLoad16U, 2), f.i64(0xffff)),
      ["%0 = state.load16_u [2]"],
    ],
    [
      "to widen what was narrowed is a mask",
      (f) => f.op("i64.extend_i32_u", f.op("i32.wrap_i64", p0(f))),
      ["%1 = const.i64 0xffffffff", "%2 = i64.and %0 %1"],
    ],
    [
      "a shift distance need not be masked",
      (f) => f.op("i64.shl", p0(f), f.op("i64.and", f.stateLoad(OP.stateLoad64, 8), f.i64(63))),
      ["%1 = state.load64 [8]", "%2 = i64.shl %0 %1"],
    ],
  ])("%s", (_, body, lines) => {
    const left = optimised((f) => f.return(body(f)), { result: I64 });
    expect(left.filter((line) => !/^return|local.get/.test(line))).toEqual(lines);
  });

  it("the difference is zero when the operands are equal", () => {
    const left = optimised((f) => f.return(f.op("i64.eqz", f.op("i64.sub", p0(f), f.stateLoad(OP.stateLoad64, 8)))), {
      result: I32,
    });
    expect(left).toEqual(["%0 = local.get.i64 $0", "%1 = state.load64 [8]", "%2 = i64.eq %0 %1", "return.i32 %2"]);
  });
});

describe("optimise shares", () => {
  it("equal values, in arms too", () => {
    const left = optimised((f) => {
      f.stateStore(OP.stateStore64, f.op("i64.mul", p0(f), f.i64(3)), 0);
      f.if(f.get(f.param(1)), () => f.stateStore(OP.stateStore64, f.op("i64.mul", p0(f), f.i64(3)), 8));
    });
    expect(left.filter((line) => line.includes("mul"))).toHaveLength(1);
  });

  it("no value of one arm with the other", () => {
    const left = optimised((f) => {
      const store = (offset: number): void => f.stateStore(OP.stateStore64, f.op("i64.mul", p0(f), f.i64(3)), offset);
      f.if(
        f.get(f.param(1)),
        () => store(0),
        () => store(8),
      );
    });
    expect(left.filter((line) => line.includes("mul"))).toHaveLength(2);
  });
});

describe("optimise forwards state", () => {
  const loads = (lines: readonly string[]): string[] => lines.filter((line) => line.includes("state.load"));
  const stores = (lines: readonly string[]): string[] => lines.filter((line) => line.includes("state.store"));

  it("from a store to a load", () => {
    const left = optimised(
      (f) => {
        f.stateStore(OP.stateStore64, p0(f), 0);
        f.return(f.stateLoad(OP.stateLoad64, 0));
      },
      { result: I64 },
    );
    expect(left).toEqual(["%0 = local.get.i64 $0", "state.store64 [0] %0", "return.i64 %0"]);
  });

  it("to a narrower load at a higher offset", () => {
    const left = optimised(
      (f) => {
        f.stateStore(OP.stateStore64, p0(f), 0);
        f.return(f.stateLoad(OP.stateLoad8S, 1));
      },
      { result: I64 },
    );
    expect(left).toEqual([
      "%0 = local.get.i64 $0",
      "state.store64 [0] %0",
      "%2 = const.i64 8",
      "%3 = i64.shr_u %0 %2",
      "%4 = i64.extend8_s %3",
      "return.i64 %4",
    ]);
  });

  const around = (between: (f: FunctionBuilder) => void, options: OptimiseOptions = {}): string[] =>
    loads(
      optimised(
        (f) => {
          f.hole("state");
          f.hole("state");
          f.stateStore(OP.stateStore64, p0(f), 0, 0);
          between(f);
          f.return(f.stateLoad(OP.stateLoad64, 0, 0));
        },
        { result: I64, ...options },
      ),
    );

  it.each<[string, (f: FunctionBuilder) => void]>([
    ["behind another hole, which may be bound alike", (f) => f.stateStore(OP.stateStore8, f.i64(1), 0, 1)],
    ["at a fixed offset", (f) => f.stateStore(OP.stateStore8, f.i64(1), 200)],
    ["inside it", (f) => f.stateStore(OP.stateStore8, f.i64(1), 7, 0)],
    ["in an arm", (f) => f.if(f.get(f.param(1)), () => f.stateStore(OP.stateStore8, f.i64(1), 0, 1))],
    ["by a call", (f) => f.call({ index: 0, result: VOID }, [])],
    ["by an assist", (f) => f.assist(0)],
  ])("not past a store %s", (_, between) => expect(around(between)).toHaveLength(1));

  it.each<[string, (f: FunctionBuilder) => void]>([
    ["beside it", (f) => f.stateStore(OP.stateStore8, f.i64(1), 8, 0)],
    [
      "in an arm that faults",
      (f) =>
        f.if(f.get(f.param(1)), () => {
          f.stateStore(OP.stateStore8, f.i64(1), 0, 1);
          f.fault(6);
        }),
    ],
  ])("past a store %s", (_, between) => expect(around(between)).toEqual([]));

  it("past a store outside the range of holes", () => {
    const between = (f: FunctionBuilder): void => f.stateStore(OP.stateStore8, f.i64(1), 200);
    expect(around(between, { holeRange: [0, 128] })).toEqual([]);
    expect(around(between, { holeRange: [0, 201] })).toHaveLength(1);
  });

  it("and leaves out a store that is written over", () => {
    const left = optimised((f) => {
      f.stateStore(OP.stateStore32, f.i64(1), 4);
      f.stateStore(OP.stateStore64, f.i64(2), 0);
    });
    expect(stores(left)).toEqual(["state.store64 [0] %0"]);
  });

  it.each<[string, (f: FunctionBuilder) => void]>([
    ["an access that may fault", (f) => void f.guestLoad(p0(f), 3)],
    ["a load that overlaps", (f) => f.stateStore(OP.stateStore64, f.stateLoad(OP.stateLoad64, 4), 64)],
    ["a load behind a hole", (f) => f.stateStore(OP.stateStore64, f.stateLoad(OP.stateLoad64, 0, f.hole("state")), 64)],
    ["a branch", (f) => f.if(f.get(f.param(1)), () => f.jump(p0(f)))],
  ])("but not if there is %s in between", (_, between) => {
    const left = optimised((f) => {
      f.stateStore(OP.stateStore16, f.i64(1), 6);
      between(f);
      f.stateStore(OP.stateStore64, f.i64(2), 0);
    });
    expect(stores(left).filter((line) => line.startsWith("state.store16"))).toHaveLength(1);
  });

  it("and writes nothing that is there already", () => {
    expect(stores(optimised((f) => f.stateStore(OP.stateStore64, f.stateLoad(OP.stateLoad64, 8), 8)))).toEqual([]);
  });

  it("and computes no bits that a store drops", () => {
    const left = optimised((f) => f.stateStore(OP.stateStore8, f.op("i64.and", p0(f), f.i64(255)), 8));
    expect(left).toEqual(["%0 = local.get.i64 $0", "state.store8 [8] %0"]);
  });
});

describe("optimise decides", () => {
  it.each([
    [1, "%0 = const.i64 10"],
    [0, "%0 = const.i64 20"],
  ])("an if on %i", (condition, line) => {
    const left = optimised((f) =>
      f.if(
        f.i32(condition),
        () => f.jump(f.i64(10)),
        () => f.jump(f.i64(20)),
      ),
    );
    expect(left).toEqual([line, "jump %0"]);
  });

  it("an if that is branched out of, by keeping a block", () => {
    const left = optimised((f) => {
      f.if(f.i32(1), () => {
        f.emit(OP.brIf, f.get(f.param(1)), -1, -1, 0);
        f.leave();
      });
      f.jump(f.i64(1));
    });
    expect(left).toEqual([
      "block",
      "  %1 = local.get.i32 $1",
      "  br_if 0 %1",
      "  leave",
      "end",
      "%5 = const.i64 1",
      "jump %5",
    ]);
  });

  it("br_if on a constant, and corrects depths when a structure goes", () => {
    const left = optimised((f) => {
      f.block((leave) => {
        f.block(() => {
          leave(f.i32(0));
          leave(f.get(f.param(1)));
        });
        f.leave();
      });
    });
    expect(left).toEqual(["block", "  %1 = local.get.i32 $1", "  br_if 0 %1", "  leave", "end"]);
  });

  it("what comes after a fault on all ways: nothing", () => {
    const left = optimised((f) => {
      f.if(f.i32(1), () => f.fault(6));
      f.guestStore(p0(f), p0(f), 3);
    });
    expect(left).toEqual(["fault 6"]);
  });
});

describe("optimise remembers what a branch has shown", () => {
  it("after an arm that ended the instruction", () => {
    const left = optimised((f) => {
      const condition = f.get(f.param(1));
      f.if(condition, () => f.fault(6));
      f.if(condition, () => f.fault(7));
      f.if(f.op("i32.eqz", condition), () => f.leave());
    });
    expect(left).toEqual(["%0 = local.get.i32 $1", "if %0", "  fault 6", "end", "leave"]);
  });

  it("in its arms, and for a choice there", () => {
    const left = optimised((f) => {
      const condition = f.get(f.param(1));
      const store = (): void => f.stateStore(OP.stateStore64, f.select(f.i64(1), f.i64(2), condition), 0);
      f.if(condition, store, store);
    });
    expect(left).toEqual([
      "%0 = local.get.i32 $1",
      "if %0",
      "  %2 = const.i64 1",
      "  state.store64 [0] %2",
      "else",
      "  %5 = const.i64 2",
      "  state.store64 [0] %5",
      "end",
    ]);
  });

  it("but not after an arm that can be branched out of", () => {
    const left = optimised((f) => {
      const condition = f.get(f.param(1));
      f.if(condition, () => {
        f.emit(OP.brIf, f.stateLoad(OP.stateLoadI32, 0), -1, -1, 0);
        f.fault(6);
      });
      f.if(condition, () => f.leave());
    });
    expect(left.filter((line) => line.startsWith("if"))).toHaveLength(2);
  });

  it("but not after arms that come together again", () => {
    const left = optimised((f) => {
      const condition = f.get(f.param(1));
      f.if(condition, () => f.leave());
      f.if(condition, () => f.fault(7));
    });
    expect(left.filter((line) => line.startsWith("if"))).toHaveLength(2);
  });
});

describe("optimise leaves out", () => {
  it("values and locals that nobody reads, and arms without effect", () => {
    const left = optimised((f) => {
      const counter = f.local(I64);
      f.if(f.get(f.param(1)), () => f.set(counter, f.op("i64.add", f.get(counter), f.i64(1))));
      f.stateLoad(OP.stateLoad64, 0);
    });
    expect(left).toEqual([]);
  });

  it("locals, numbering the others anew and keeping parameters", () => {
    const f = new FunctionBuilder("test", [I64, I32], I64);
    f.local(I32);
    const used = f.local(I64);
    f.if(f.get(f.param(1)), () => f.set(used, f.i64(1)));
    f.return(f.get(used));
    expect(optimise(f.finish())).toMatchObject({ params: [I64, I32], locals: [I64, I32, I64] });
  });

  it("no guest access, call or assist", () => {
    const left = optimised((f) => {
      f.guestLoad(p0(f), 3);
      f.call({ index: 0, result: I64 }, []);
      f.assist(1);
    });
    expect(left.filter((line) => /guest|call|assist/.test(line))).toHaveLength(3);
  });
});

describe("optimise in loops", () => {
  it("keeps a local that the round before changed", () => {
    const left = optimised((f) => {
      const n = f.local(I32);
      f.set(n, f.i32(3));
      f.loop((again) => {
        f.set(n, f.op("i32.sub", f.get(n), f.i32(1)));
        again(f.get(n));
      });
      f.stateStore(OP.stateStoreI32, f.get(n), 0);
    });
    expect(left).toContain("  %3 = local.get.i32 $2");
    expect(left.at(-1)).toMatch(/state.store.i32 \[0\]/);
  });

  it("dissolves a loop that has no second round", () => {
    expect(optimised((f) => f.loop(() => f.leave()))).toEqual(["leave"]);
  });
});
