import { describe, expect, it } from "vitest";
import {
  type AssistEffects,
  assertVerified,
  F32,
  FunctionBuilder,
  I32,
  I64,
  type IrFunction,
  MEM_FOR_WRITE,
  MEM_PHYSICAL,
  MEM_SIGNED,
  MEM_SUPERVISOR,
  MEM_USER,
  OP,
  opcode,
  V128,
  type ValueType,
  verify,
  type VerifyOptions,
  VOID,
} from "../src/index.js";

function build(
  body: (f: FunctionBuilder) => void,
  params: readonly ValueType[] = [],
  result: ValueType = VOID,
): IrFunction {
  const f = new FunctionBuilder("test", params, result);
  body(f);
  return f.finish();
}

const errorsOf = (fn: IrFunction, options?: VerifyOptions): string[] =>
  verify(fn, options).errors.map(({ at, message }) => `${at}: ${message}`);
const warningsOf = (body: (f: FunctionBuilder) => void, options?: VerifyOptions): string[] => {
  const { errors, warnings } = verify(build(body), options);
  expect(errors).toEqual([]);
  return warnings.map(({ at, message }) => `${at}: ${message}`);
};

/** A function with one field of one op changed behind the builder's back. */
function broken(fn: IrFunction, field: "op" | "a" | "b" | "c" | "x" | "y", at: number, value: number): IrFunction {
  fn[field][at] = value;
  return fn;
}

describe("verify accepts", () => {
  it("every kind of op in its place", () => {
    const callee = build((f) => f.return(f.get(f.param(0))), [I64], I64);
    const fn = build((f) => {
      const [register, immediate] = [f.hole("state"), f.hole("i32")];
      const sum = f.op("i64.add", f.stateLoad(OP.stateLoad64, 0, register), f.holeI64(immediate));
      f.block((leave) => {
        f.loop((again) => {
          leave(f.op("i64.eqz", sum));
          f.if(f.i32(1), () => again());
        });
      });
      const old = f.guestLoad(sum, 3 | MEM_FOR_WRITE);
      f.guestStore(sum, f.call({ index: 0, result: I64 }, [old]), 3);
      f.stateStore(
        OP.stateStoreV128,
        f.shuffle(f.v128(Array<number>(16).fill(255)), f.v128(Array<number>(16).fill(0)), [...Array(16).keys()]),
        256,
      );
      f.lane("i16x8.extract_lane_u", 7, f.stateLoad(OP.stateLoadV128, 256));
      f.branch(immediate, 32);
    });
    expect(errorsOf(fn, { functions: [callee] })).toEqual([]);
    expect(() => assertVerified(fn, { functions: [callee] })).not.toThrow();
  });

  it("a function whose arms all return", () => {
    const fn = build(
      (f) =>
        f.if(
          f.get(f.param(0)),
          () => f.return(f.i64(1)),
          () => f.return(f.i64(2)),
        ),
      [I32],
      I64,
    );
    expect(errorsOf(fn)).toEqual([]);
  });

  it("a value from outside an arm, and one that a block computed used within it", () => {
    const fn = build((f) => {
      const outside = f.i64(1);
      f.block(() => {
        const inside = f.op("i64.add", outside, outside);
        f.if(f.i32(1), () => f.stateStore(OP.stateStore64, inside, 0));
      });
    });
    expect(errorsOf(fn)).toEqual([]);
  });
});

describe("verify refuses", () => {
  it.each<[string, IrFunction, RegExp]>([
    [
      "an op that there is not",
      broken(
        build((f) => f.i32(0)),
        "op",
        0,
        60_000,
      ),
      /0: there is no micro-op number 60000/,
    ],
    [
      "an operand of another type",
      broken(
        build((f) => void f.op("i64.eqz", [f.i32(0), f.i64(0)][1])),
        "a",
        2,
        0,
      ),
      /2: i64.eqz operand 0 %0 is i32, wants i64/,
    ],
    [
      "a missing operand",
      broken(
        build((f) => void f.op("i64.eqz", f.i64(0))),
        "a",
        1,
        -1,
      ),
      /1: i64.eqz operand 0 is missing/,
    ],
    [
      "an operand beyond the end",
      broken(
        build((f) => void f.op("i64.eqz", f.i64(0))),
        "a",
        1,
        99,
      ),
      /operand 0 is missing/,
    ],
    [
      "a value used before it is computed",
      broken(
        build((f) => void f.op("i64.eqz", [f.i64(0), f.i64(1)][0])),
        "a",
        2,
        2,
      ),
      /uses %2 before it is computed/,
    ],
    [
      "an op without result as operand",
      broken(
        build((f) => {
          f.leave();
          f.op("i64.eqz", f.i64(0));
        }),
        "a",
        2,
        0,
      ),
      /%0 is void, wants i64/,
    ],
    [
      "a lane that there is not",
      build((f) => void f.lane("i32x4.extract_lane", 4, f.v128(Array<number>(16).fill(0)))),
      /has no lane 4/,
    ],
    [
      "a shuffle of byte 32",
      build((f) => {
        const v = f.v128(Array<number>(16).fill(0));
        f.shuffle(v, v, Array<number>(16).fill(32));
      }),
      /16 numbers below 32/,
    ],
    [
      "a vector constant beyond extra",
      broken(
        build((f) => f.v128(Array<number>(16).fill(0))),
        "x",
        0,
        1,
      ),
      /16 numbers below 256/,
    ],
    ["a hole that there is not", build((f) => f.holeI32(0)), /hole #0; there are 0/],
    [
      "a register hole as an immediate",
      build((f) => f.holeI64(f.hole("state"))),
      /hole #0 of kind state, wants i8 or i32 or i64/,
    ],
    ["a 64-bit immediate as i32", build((f) => f.holeI32(f.hole("i64"))), /hole #0 of kind i64, wants i8 or i32/],
    [
      "an immediate as a register",
      build((f) => f.stateLoad(OP.stateLoad64, 0, f.hole("i32"))),
      /of kind i32, wants state/,
    ],
    ["state before its start", build((f) => f.stateLoad(OP.stateLoad64, -8)), /negative offset -8/],
    [
      "a branch that wraps at 16 bits",
      broken(
        build((f) => f.branch(f.hole("i32"))),
        "x",
        0,
        16,
      ),
      /wraps at 16 bits/,
    ],
    [
      "a local that there is not",
      broken(
        build((f) => f.get(f.local(I32))),
        "x",
        0,
        5,
      ),
      /local \$5; there are 1/,
    ],
    [
      "a local of another type",
      broken(
        build((f) => {
          f.local(I64);
          f.get(f.local(I32));
        }),
        "x",
        0,
        0,
      ),
      /local \$0, which is i64/,
    ],
    ["a float local", build((f) => void f.local(F32)), /locals are i32, i64 or v128/],
    [
      "a branch out of too much",
      build((f) => f.block(() => f.emit(OP.br, -1, -1, -1, 1))),
      /out of 2 structures; 1 are open/,
    ],
    [
      "an op after a terminator",
      build((f) => {
        f.fault(6);
        f.leave();
      }),
      /1: leave comes after a terminator/,
    ],
    [
      "an op after a br in an arm",
      build((f) =>
        f.block((leave) => {
          leave();
          f.leave();
        }),
      ),
      /comes after a terminator/,
    ],
    [
      "a vector load of 8 bytes",
      broken(
        build((f) => f.guestLoad(f.i64(0), 4)),
        "x",
        1,
        3,
      ),
      /guest.load.v128 of 8 bytes/,
    ],
    [
      "an integer load of 16 bytes",
      broken(
        build((f) => f.guestLoad(f.i64(0), 3)),
        "x",
        1,
        4,
      ),
      /guest.load of 16 bytes/,
    ],
    [
      "a store of two vectors in 16 bytes",
      broken(
        build((f) => {
          const half = f.v128(Array.from({ length: 16 }, () => 0));
          f.guestStorePair(f.i64(0), half, half, 0);
        }),
        "x",
        2,
        4,
      ),
      /guest.store.v256 of 16 bytes/,
    ],
    [
      "a sign-extending store",
      build((f) => f.guestStore(f.i64(0), f.i64(0), 2 | MEM_SIGNED)),
      /marked as sign-extending/,
    ],
    [
      "an access as user and supervisor",
      build((f) => f.guestLoad(f.i64(0), 2 | MEM_USER | MEM_SUPERVISOR)),
      /more than one of user, supervisor and physical/,
    ],
    [
      "a value from inside an arm",
      build((f) => {
        let inside = -1;
        f.if(f.i32(1), () => {
          inside = f.i64(1);
        });
        f.jump(inside);
      }),
      /uses %2 outside the arm/,
    ],
    [
      "a value from the other arm",
      build((f) => {
        let inside = -1;
        f.if(
          f.i32(1),
          () => {
            inside = f.i64(1);
          },
          () => f.jump(inside),
        );
      }),
      /uses %2 outside the arm/,
    ],
    [
      "a value from inside a block",
      build((f) => {
        let inside = -1;
        f.block(() => {
          inside = f.i64(1);
        });
        f.jump(inside);
      }),
      /outside the arm/,
    ],
    ["a missing return", build((f) => void f.i64(0), [], I64), /reached without a return of i64/],
    [
      "a return on one way only",
      build((f) => f.if(f.get(f.param(0)), () => f.return(f.i64(1))), [I32], I64),
      /reached without a return/,
    ],
    [
      "a way around the return",
      build(
        (f) =>
          f.block((leave) => {
            leave(f.get(f.param(0)));
            f.return(f.i64(1));
          }),
        [I32],
        I64,
      ),
      /reached without a return/,
    ],
    [
      "a return of another type",
      build((f) => f.return(f.i32(0)), [], I64),
      /return.i32 in a function that returns i64/,
    ],
    [
      "a value out of a function without result",
      build((f) => f.return(f.i32(0))),
      /return.i32 in a function that returns void/,
    ],
    [
      "arguments beyond extra",
      broken(
        build((f) => f.call({ index: 0, result: VOID }, [f.i32(0)])),
        "y",
        1,
        2,
      ),
      /2 arguments in extra from 0/,
    ],
  ])("%s", (_, fn, message) => {
    expect(errorsOf(fn).join("\n")).toMatch(message);
    expect(() => assertVerified(fn)).toThrow(expect.objectContaining({ code: "ISG_UOPS_VERIFY" }));
  });

  it.each<[string, readonly [number, number][], RegExp]>([
    ["an end of nothing", [[OP.end, -1]], /end closes nothing/],
    ["an else of nothing", [[OP.else, -1]], /else without an open if/],
    [
      "an else in a block",
      [
        [OP.block, -1],
        [OP.else, -1],
        [OP.end, -1],
      ],
      /else without an open if/,
    ],
    [
      "two elses",
      [
        [opcode("const.i32"), -1],
        [OP.if, 0],
        [OP.else, -1],
        [OP.else, -1],
        [OP.end, -1],
      ],
      /else without an open if/,
    ],
    ["a structure without end", [[OP.loop, -1]], /structure has no end/],
  ])("%s", (_, ops, message) => {
    const fn = build((f) => ops.forEach(([op, a]) => f.emit(op, a)));
    expect(errorsOf(fn).join()).toMatch(message);
  });

  const callee = build((f) => f.return(f.i64(0)), [I64, V128], I64);
  it.each<[string, (f: FunctionBuilder) => void, RegExp]>([
    ["an unknown callee", (f) => void f.call({ index: 1, result: I64 }, []), /calls function 1; there are 1/],
    [
      "a callee with another result",
      (f) => void f.call({ index: 0, result: I32 }, []),
      /call.i32 calls test, which returns i64/,
    ],
    ["too few arguments", (f) => void f.call({ index: 0, result: I64 }, [f.i64(0)]), /takes 2 arguments, not 1/],
    [
      "an argument of another type",
      (f) => void f.call({ index: 0, result: I64 }, [f.i64(0), f.i32(0)]),
      /argument 1 of test %1 is i32, wants v128/,
    ],
  ])("%s", (_, body, message) => {
    expect(errorsOf(build(body), { functions: [callee] }).join("\n")).toMatch(message);
  });
});

describe("verify warns of", () => {
  const write = (f: FunctionBuilder): void => f.stateStore(OP.stateStore64, f.i64(1), 0);
  const access = (f: FunctionBuilder): void => void f.guestLoad(f.i64(0), 3);

  it.each<[string, (f: FunctionBuilder) => void, RegExp]>([
    [
      "a load after a state write",
      (f) => {
        write(f);
        access(f);
      },
      /^3: state written before a fault is possible: guest.load, first by op 1$/,
    ],
    [
      "a fault after one",
      (f) => {
        write(f);
        f.fault(6);
      },
      /^2: state.*fault, first by op 1$/,
    ],
    [
      "an assist after one",
      (f) => {
        write(f);
        f.assist(0);
      },
      /state.*assist, first by op 1$/,
    ],
    [
      "a second store",
      (f) => {
        f.guestStore(f.i64(0), f.i64(0), 3);
        f.guestStore(f.i64(8), f.i64(0), 3);
      },
      /^5: memory written before a fault is possible: guest.store, first by op 2$/,
    ],
    [
      "a write in one arm",
      (f) => {
        f.if(f.i32(0), () => write(f));
        access(f);
      },
      /state/,
    ],
    [
      "a write on the way out of a block",
      (f) => {
        f.block((leave) => {
          write(f);
          leave();
        });
        access(f);
      },
      /state/,
    ],
    [
      "a write in the round before of a loop",
      (f) =>
        f.loop((again) => {
          access(f);
          write(f);
          again(f.i32(0));
        }),
      /state.*guest.load/,
    ],
    [
      "a store to another address than was checked",
      (f) => {
        f.guestLoad(f.i64(0), 3 | MEM_FOR_WRITE);
        write(f);
        f.guestStore(f.i64(0), f.i64(0), 3);
      },
      /guest.store/,
    ],
    [
      "a store that was checked on one way only",
      (f) => {
        const at = f.i64(0);
        f.if(f.i32(0), () => void f.guestLoad(at, 3 | MEM_FOR_WRITE));
        write(f);
        f.guestStore(at, f.i64(0), 3);
      },
      /guest.store/,
    ],
    [
      "a wider store than was checked",
      (f) => {
        const at = f.i64(0);
        f.guestLoad(at, 2 | MEM_FOR_WRITE);
        write(f);
        f.guestStore(at, f.i64(0), 3);
      },
      /guest.store/,
    ],
  ])("%s", (_, body, message) => {
    expect(warningsOf(body).join("\n")).toMatch(message);
  });

  it.each<[string, (f: FunctionBuilder) => void]>([
    [
      "a write after an access",
      (f) => {
        access(f);
        write(f);
      },
    ],
    [
      "a fault in an arm of its own",
      (f) => {
        f.if(f.i32(0), () => f.fault(6));
        write(f);
      },
    ],
    [
      "a write in the arm that ends the instruction",
      (f) => {
        f.if(f.i32(0), () => {
          write(f);
          f.jump(f.i64(0));
        });
        access(f);
      },
    ],
    [
      "a write and an access in different arms",
      (f) =>
        f.if(
          f.i32(0),
          () => write(f),
          () => access(f),
        ),
    ],
    [
      "a read-modify-write that checked the store",
      (f) => {
        const at = f.i64(0);
        f.guestLoad(at, 3 | MEM_FOR_WRITE);
        write(f);
        f.guestStore(at, f.i64(0), 3);
      },
    ],
    [
      "physical accesses",
      (f) => {
        write(f);
        f.guestLoad(f.i64(0), 3 | MEM_PHYSICAL);
      },
    ],
  ])("not of %s", (_, body) => {
    expect(warningsOf(body)).toEqual([]);
  });

  it("not of writes to scratch space, if told", () => {
    const body = (f: FunctionBuilder): void => {
      f.stateStore(OP.stateStore64, f.i64(1), 512);
      access(f);
    };
    expect(warningsOf(body)).toHaveLength(1);
    expect(warningsOf(body, { isArchitectural: (offset) => offset < 512 })).toEqual([]);
  });

  it("what assists may do, if told", () => {
    const portIn = (f: FunctionBuilder): void => {
      const at = f.i64(0);
      f.guestLoad(at, 3 | MEM_FOR_WRITE);
      f.assist(1);
      f.guestStore(at, f.i64(0), 3);
      f.assist(2);
    };
    const assistEffects = (id: number): AssistEffects => ({ writes: id === 2, faults: id === 1 });
    expect(warningsOf(portIn)).toHaveLength(2);
    expect(warningsOf(portIn, { assistEffects })).toEqual([]);
    expect(
      warningsOf(
        (f) => {
          f.assist(2);
          f.assist(1);
        },
        { assistEffects },
      ),
    ).toEqual(["5: state written before a fault is possible: assist, first by op 2"]);
  });

  it("calls of functions that fault, and after those that write", () => {
    const faults = build((f) => f.if(f.i32(0), () => f.fault(13, 0)));
    const writes = build(write);
    const functions = [faults, writes];
    expect(
      warningsOf(
        (f) => {
          write(f);
          f.call({ index: 0, result: VOID }, []);
        },
        { functions },
      ),
    ).toHaveLength(1);
    expect(
      warningsOf(
        (f) => {
          f.call({ index: 1, result: VOID }, []);
          access(f);
        },
        { functions },
      ),
    ).toHaveLength(1);
    expect(
      warningsOf(
        (f) => {
          f.call({ index: 0, result: VOID }, []);
          write(f);
        },
        { functions },
      ),
    ).toEqual([]);
  });
});
