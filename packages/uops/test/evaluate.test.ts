import { describe, expect, it } from "vitest";
import {
  evaluate,
  FunctionBuilder,
  I32,
  I64,
  type IrFunction,
  MEM_BIG_ENDIAN,
  MEM_SIGNED,
  MEM_STACK,
  OP,
  V128,
  VOID,
  type Ending,
  optimise,
  verify,
} from "../src/index.js";
import { TestEnvironment } from "./lib/environment.js";

function build(body: (f: FunctionBuilder) => void): IrFunction {
  const f = new FunctionBuilder("test");
  body(f);
  return f.finish();
}

function run(body: (f: FunctionBuilder) => void, env: TestEnvironment = new TestEnvironment()): Ending {
  return evaluate(build(body), [], env).ending;
}

/** Sum of 1 to n with a loop. */
function sumTo(): IrFunction {
  const f = new FunctionBuilder("sum", [I32], I32);
  const sum = f.local(I32);
  f.block((leave) => {
    f.loop((again) => {
      leave(f.op("i32.eqz", f.get(f.param(0))));
      f.set(sum, f.op("i32.add", f.get(sum), f.get(f.param(0))));
      f.set(f.param(0), f.op("i32.sub", f.get(f.param(0)), f.i32(1)));
      again();
    });
  });
  f.return(f.get(sum));
  return f.finish();
}

describe("control", () => {
  it("falls off the end into the next instruction", () => {
    expect(run(() => undefined)).toEqual({ kind: "next" });
  });

  it("takes the arm that the condition says", () => {
    const f = new FunctionBuilder("arms", [I32], I64);
    const out = f.local(I64);
    f.if(
      f.get(f.param(0)),
      () => f.set(out, f.i64(1)),
      () => f.set(out, f.i64(2)),
    );
    f.return(f.get(out));
    const fn = f.finish();
    expect(evaluate(fn, [5], new TestEnvironment()).ending).toEqual({ kind: "return", value: 1n });
    expect(evaluate(fn, [0], new TestEnvironment()).ending).toEqual({ kind: "return", value: 2n });
  });

  it("skips an if without else", () => {
    const f = new FunctionBuilder("skip", [I32], I64);
    const out = f.local(I64);
    f.if(f.get(f.param(0)), () => f.set(out, f.i64(1)));
    f.return(f.get(out));
    expect(evaluate(f.finish(), [0], new TestEnvironment()).ending).toEqual({ kind: "return", value: 0n });
  });

  it.each([
    [0, 0],
    [1, 1],
    [4, 10],
    [100, 5050],
  ])("loops: the sum to %i is %i", (n, sum) => {
    expect(evaluate(sumTo(), [n], new TestEnvironment()).ending).toEqual({ kind: "return", value: sum });
  });

  it("leaves the outer of two blocks from within an if", () => {
    const env = new TestEnvironment();
    run((f) => {
      f.block((leaveOuter) => {
        f.block(() => {
          f.if(f.i32(1), () => leaveOuter());
          f.stateStore(OP.stateStore8, f.i64(1), 0);
        });
        f.stateStore(OP.stateStore8, f.i64(1), 1);
      });
      f.stateStore(OP.stateStore8, f.i64(1), 2);
    }, env);
    expect([...new Uint8Array(env.state.buffer, 0, 3)]).toEqual([0, 0, 1]);
  });

  it("counts depths anew after a block was left early", () => {
    const env = new TestEnvironment();
    run((f) => {
      f.block((leaveOuter) => {
        f.block((leave) => leave());
        leaveOuter(f.i32(1));
        f.stateStore(OP.stateStore8, f.i64(1), 0);
      });
      f.stateStore(OP.stateStore8, f.i64(1), 1);
    }, env);
    expect([...new Uint8Array(env.state.buffer, 0, 2)]).toEqual([0, 1]);
  });

  it("stops a loop that does not end", () => {
    const forever = build((f) => f.loop((again) => again()));
    expect(() => evaluate(forever, [], new TestEnvironment(), { steps: 100 })).toThrow(
      expect.objectContaining({ code: "ISG_UOPS_BUDGET" }),
    );
  });

  it.each<[string, (f: FunctionBuilder) => void, Ending]>([
    ["jump", (f) => f.jump(f.i64(-1)), { kind: "jump", target: 0xffffffffffffffffn }],
    ["branch", (f) => f.branch(f.hole("i32"), 32), { kind: "branch", hole: 0, bits: 32 }],
    ["repeat", (f) => f.repeat(), { kind: "repeat" }],
    ["fault with an error code", (f) => f.fault(13, 0), { kind: "fault", vector: 13, errorCode: 0 }],
    ["fault without", (f) => f.fault(6), { kind: "fault", vector: 6, errorCode: -1 }],
  ])("ends with %s", (_, body, ending) => {
    expect(run(body)).toEqual(ending);
  });

  it("remembers a leave and goes on", () => {
    const fn = build((f) => {
      f.leave();
      f.jump(f.nextPc());
    });
    expect(evaluate(fn, [], new TestEnvironment())).toMatchObject({
      ending: { kind: "jump", target: 0x401003n },
      leave: true,
    });
  });
});

describe("state", () => {
  it.each([
    [OP.stateLoad8S, -1n],
    [OP.stateLoad8U, 0xffn],
    [OP.stateLoad16S, -0x7f01n],
    [OP.stateLoad16U, 0x80ffn],
    [OP.stateLoad32S, -0x55fe7f01n],
    [OP.stateLoad32U, 0xaa0180ffn],
    [OP.stateLoad64, 0x04030201aa0180ffn],
  ])("op %i extends as its name says", (op, value) => {
    const env = new TestEnvironment();
    new Uint8Array(env.state.buffer).set([0xff, 0x80, 0x01, 0xaa, 1, 2, 3, 4], 8);
    const f = new FunctionBuilder("load", [], I64);
    f.return(f.stateLoad(op, 8));
    expect(evaluate(f.finish(), [], env).ending).toEqual({ kind: "return", value });
  });

  it("adds the offset that a hole is bound to", () => {
    const env = new TestEnvironment([], [64]);
    run((f) => f.stateStore(OP.stateStore16, f.i64(0x12345), 2, f.hole("state")), env);
    expect(env.state.getUint32(64, true)).toBe(0x23450000);
    expect(env.state.getUint32(68, true)).toBe(0);
  });

  it("stores no more bytes than it says, of i32 and v128 too", () => {
    const env = new TestEnvironment();
    new Uint8Array(env.state.buffer).fill(0xee);
    run((f) => {
      f.stateStore(OP.stateStore8, f.i64(-1), 0);
      f.stateStore(OP.stateStoreI32, f.i32(0x01020304), 4);
      f.stateStore(OP.stateStoreV128, f.v128([...Array(16).keys()]), 16);
    }, env);
    expect(Buffer.from(env.state.buffer, 0, 36).toString("hex")).toBe(
      "ffeeeeee04030201eeeeeeeeeeeeeeee000102030405060708090a0b0c0d0e0feeeeeeee",
    );
  });

  it.each([-1, 509])("refuses an access at %i of 512 bytes", (offset) => {
    expect(() => run((f) => f.stateStore(OP.stateStore32, f.i64(0), offset))).toThrow(
      expect.objectContaining({ code: "ISG_UOPS_STATE" }),
    );
  });
});

describe("guest memory", () => {
  it.each([
    [0, 0xf0n],
    [0 | MEM_SIGNED, -0x10n],
    [1 | MEM_BIG_ENDIAN, 0xf0f1n],
    [2, 0xf3f2f1f0n],
    [2 | MEM_SIGNED, -0xc0d0e10n],
    [3, BigInt.asIntN(64, 0xf7f7f6f5f3f2f1f0n)],
    [3 | MEM_BIG_ENDIAN | MEM_SIGNED, BigInt.asIntN(64, 0xf0f1f2f3f5f6f7f7n)],
  ])("loads with descriptor %i", (descriptor, value) => {
    const env = new TestEnvironment();
    env.memory.set([0xf0, 0xf1, 0xf2, 0xf3, 0xf5, 0xf6, 0xf7, 0xf7]);
    const f = new FunctionBuilder("load", [], I64);
    f.return(f.guestLoad(f.i64(0x1000), descriptor));
    expect(evaluate(f.finish(), [], env).ending).toEqual({ kind: "return", value });
  });

  it("stores bytes in the order of memory and passes the descriptor on", () => {
    const env = new TestEnvironment();
    run((f) => {
      f.guestStore(f.i64(0x1004), f.i64(0x11223344), 2 | MEM_STACK);
      f.guestStore(f.i64(0x1008), f.i64(0x11223344), 1 | MEM_BIG_ENDIAN);
      f.guestStore(f.i64(0x1010), f.v128([...Array(16).keys()]), 4);
    }, env);
    expect(env.log).toEqual([
      `store 1004 44332211 ${2 | MEM_STACK}`,
      `store 1008 3344 ${1 | MEM_BIG_ENDIAN}`,
      "store 1010 000102030405060708090a0b0c0d0e0f 4",
    ]);
  });

  it("stores two vectors as one access of 32 bytes", () => {
    const env = new TestEnvironment();
    const bytes = (from: number): number[] => Array.from({ length: 16 }, (_, i) => from + i);
    run((f) => f.guestStorePair(f.i64(0x1008), f.v128(bytes(0)), f.v128(bytes(16)), MEM_STACK), env);
    expect(env.log).toEqual([
      `store 1008 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f ${5 | MEM_STACK}`,
    ]);
  });

  it("passes an address as 64 unsigned bits, and a failed access ends the instruction", () => {
    const env = new TestEnvironment();
    const ending = run((f) => {
      f.guestLoad(f.i64(-16), 3);
      f.stateStore(OP.stateStore8, f.i64(1), 0);
    }, env);
    expect(ending).toEqual({ kind: "memory-fault" });
    expect(env.log).toEqual(["load fffffffffffffff0 8 3"]);
    expect(env.state.getUint8(0)).toBe(0);
  });
});

describe("calls and assists", () => {
  it("gives the result of the callee", () => {
    const env = new TestEnvironment([sumTo()]);
    const f = new FunctionBuilder("caller", [], I32);
    f.return(f.op("i32.mul", f.call({ index: 0, result: I32 }, [f.i32(4)]), f.i32(2)));
    expect(evaluate(f.finish(), [], env).ending).toEqual({ kind: "return", value: 20 });
  });

  it("ends the instruction where a callee faults", () => {
    const env = new TestEnvironment([build((f) => f.fault(14, 2))]);
    const ending = run((f) => {
      f.call({ index: 0, result: VOID }, []);
      f.stateStore(OP.stateStore8, f.i64(1), 0);
    }, env);
    expect(ending).toEqual({ kind: "fault", vector: 14, errorCode: 2 });
    expect(env.state.getUint8(0)).toBe(0);
  });

  it("keeps a callee from changing the vectors of its caller", () => {
    const f = new FunctionBuilder("vector", [V128], V128);
    f.set(f.param(0), f.op("i8x16.add", f.get(f.param(0)), f.v128(Array<number>(16).fill(1))));
    f.return(f.get(f.param(0)));
    const argument = new Uint8Array(16);
    const { ending } = evaluate(f.finish(), [argument], new TestEnvironment());
    expect(ending).toEqual({ kind: "return", value: new Uint8Array(16).fill(1) });
    expect(argument).toEqual(new Uint8Array(16));
  });

  it("stops endless recursion", () => {
    const self = build((f) => f.call({ index: 0, result: VOID }, []));
    expect(() => evaluate(self, [], new TestEnvironment([self]))).toThrow(
      expect.objectContaining({ code: "ISG_UOPS_BUDGET" }),
    );
  });

  it("goes on after an assist with status 0 and ends with any other", () => {
    const env = new TestEnvironment();
    env.statuses = [0, 2];
    const ending = run((f) => {
      f.assist(7, f.i32(1), f.i32(-2));
      f.assist(8);
      f.assist(9);
    }, env);
    expect(ending).toEqual({ kind: "assist", status: 2 });
    expect(env.log).toEqual(["assist 7 1 -2", "assist 8 0 0"]);
  });

  it("refuses arguments of another type", () => {
    expect(() => evaluate(sumTo(), [1n], new TestEnvironment())).toThrow(
      expect.objectContaining({ code: "ISG_UOPS_TYPE" }),
    );
    expect(() => evaluate(sumTo(), [], new TestEnvironment())).toThrow(
      expect.objectContaining({ code: "ISG_UOPS_TYPE" }),
    );
  });
});

describe("values", () => {
  it("has constants, holes and addresses", () => {
    const env = new TestEnvironment([], [-5, 0x8000000000000000n]);
    const f = new FunctionBuilder("values", [], I64);
    const sum = f.op("i64.add", f.op("i64.extend_i32_s", f.holeI32(f.hole("i32"))), f.holeI64(f.hole("i64")));
    f.return(f.op("i64.sub", f.op("i64.add", sum, f.op("i64.sub", f.nextPc(), f.pc())), f.i64(1, 0x10)));
    expect(evaluate(f.finish(), [], env).ending).toEqual({
      kind: "return",
      value: BigInt.asIntN(64, -5n + 0x8000000000000000n + 3n - 0x1000000001n),
    });
  });

  it.each([
    [1, 10n],
    [0, 20n],
    [-1, 10n],
  ])("select by %i gives %s", (condition, value) => {
    const f = new FunctionBuilder("select", [I32], I64);
    f.return(f.select(f.i64(10), f.i64(20), f.get(f.param(0))));
    expect(evaluate(f.finish(), [condition], new TestEnvironment()).ending).toEqual({ kind: "return", value });
  });
});

describe("an array in the state", () => {
  /** Stores `value` to element `index & 3` at offset 32, then gives what is at offset 32 + 16 * 1. */
  function storeThenRead(index: number): IrFunction {
    const f = new FunctionBuilder("indexed", [], I64);
    f.stateStore(OP.stateStore64, f.i64(1), 48);
    f.stateStoreIndexed(32, f.i32(index), 3, f.op("i64x2.splat", f.i64(2)));
    f.return(f.stateLoad(OP.stateLoad64, 48));
    return f.finish();
  }

  it.each([
    [1, 2n],
    [5, 2n],
    [-3, 2n],
    [0, 1n],
    [3, 1n],
  ])("is written at an index modulo its mask: %i", (index, value) => {
    const fn = storeThenRead(index);
    for (const ir of [fn, optimise(fn)])
      expect(evaluate(ir, [], new TestEnvironment()).ending).toEqual({ kind: "return", value });
  });

  it("is read where a store to it would otherwise be written over unseen", () => {
    const f = new FunctionBuilder("indexed", [], V128);
    f.stateStore(OP.stateStore64, f.i64(7), 48);
    const element = f.stateLoadIndexed(32, f.i32(1), 3);
    f.stateStore(OP.stateStore64, f.i64(9), 48);
    f.return(element);
    const fn = f.finish();
    for (const ir of [fn, optimise(fn)]) {
      const { ending } = evaluate(ir, [], new TestEnvironment());
      expect(ending.kind === "return" && [...(ending.value as Uint8Array)].slice(0, 8)).toEqual([
        7, 0, 0, 0, 0, 0, 0, 0,
      ]);
    }
  });

  it("has a place and a mask that are not below zero", () => {
    const f = new FunctionBuilder("indexed");
    f.stateStoreIndexed(32, f.i32(1), -1, f.op("i64x2.splat", f.i64(2)));
    expect(verify(f.finish()).errors.map(({ message }) => message)).toEqual([
      "state.store.indexed at offset 32 with mask -1, wants neither below 0",
    ]);
  });
});
