import { describe, expect, it } from "vitest";
import {
  describeAccess,
  FunctionBuilder,
  I32,
  I64,
  MEM_ATOMIC,
  MEM_FOR_WRITE,
  MEM_SIGNED,
  MEM_STACK,
  OP,
  printFunction,
  printOp,
  VOID,
} from "../src/index.js";

describe("printFunction", () => {
  it("shows one op a line, structures indented", () => {
    const f = new FunctionBuilder("add [mem], reg", []);
    const register = f.hole("state");
    const displacement = f.hole("i32");
    const scratch = f.local(I64);
    const address = f.op("i64.add", f.holeI64(displacement), f.stateLoad(OP.stateLoad64, 24));
    const old = f.guestLoad(address, 2 | MEM_FOR_WRITE);
    const sum = f.op("i64.add", old, f.stateLoad(OP.stateLoad32U, 0, register));
    f.set(scratch, sum);
    f.if(
      f.op("i64.eqz", sum),
      () => f.loop((again) => again(f.i32(-1))),
      () => f.fault(13, 0),
    );
    f.guestStore(address, f.get(scratch), 2);
    f.stateStore(OP.stateStore8, f.i64(0, 1), 4, register);
    f.call({ index: 0, result: VOID }, [f.i32(1000)]);
    f.assist(3);
    f.branch(displacement, 32);
    const names = {
      stateName: (offset: number) => (offset === 24 ? "rbx" : undefined),
      assistName: (id: number) => (id === 3 ? "cpuid" : undefined),
      holeName: (hole: number) => (hole === register ? "dst" : undefined),
      functions: [new FunctionBuilder("walk", [I32]).finish()],
    };
    expect(printFunction(f.finish(), names)).toBe(`function add [mem], reg()
  locals $0: i64
  holes #0<dst>: state, #1: i32
  %0 = hole.i64 #1
  %1 = state.load64 [rbx]
  %2 = i64.add %0 %1
  %3 = guest.load [%2] 32 for-write
  %4 = state.load32_u [#0<dst>]
  %5 = i64.add %3 %4
  local.set.i64 $0 %5
  %7 = i64.eqz %5
  if %7
    loop
      %10 = const.i32 -1
      br_if 0 %10
    end
  else
    fault 13 code 0
  end
  %16 = local.get.i64 $0
  guest.store [%2] 32 %16
  %18 = const.i64 0x100000000
  state.store8 [#0<dst> + 4] %18
  %20 = const.i32 0x3e8
  call.void @walk(%20)
  %22 = const.i32 0
  %23 = const.i32 0
  assist cpuid %22 %23
  branch #1 32
`);
  });

  it("shows parameters, result, lanes and bytes", () => {
    const f = new FunctionBuilder("mix", [I64, I32], I32);
    const v = f.v128([...Array(16).keys()]);
    const s = f.shuffle(v, v, Array<number>(16).fill(31));
    f.return(f.op("i32.xor", f.lane("i8x16.extract_lane_s", 15, s), f.get(f.param(1))));
    expect(printFunction(f.finish())).toBe(`function mix($0: i64, $1: i32) -> i32
  %0 = const.v128 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
  %1 = i8x16.shuffle %0 %0 lanes 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31
  %2 = i8x16.extract_lane_s 15 %1
  %3 = local.get.i32 $1
  %4 = i32.xor %2 %3
  return.i32 %4
`);
  });
});

describe("printOp", () => {
  it.each<[string, (f: FunctionBuilder) => void]>([
    ["fault 6", (f) => f.fault(6)],
    ["repeat", (f) => f.repeat()],
    ["leave", (f) => f.leave()],
    ["%0 = const.i64 -255", (f) => void f.i64(-255)],
    ["%0 = const.i64 0xffffffffffffff00", (f) => void f.i64(-256)],
    ["%0 = state.load.v128 [64]", (f) => void f.stateLoad(OP.stateLoadV128, 64)],
    ["%0 = next-pc", (f) => void f.nextPc()],
  ])("%s", (text, body) => {
    const f = new FunctionBuilder("one");
    body(f);
    expect(printOp(f.finish(), 0)).toBe(text);
  });
});

describe("describeAccess", () => {
  it.each([
    [0, "8"],
    [4 | MEM_STACK, "128 stack"],
    [1 | MEM_SIGNED, "16 signed"],
    [3 | MEM_FOR_WRITE | MEM_ATOMIC, "64 for-write atomic"],
  ])("%i is %s", (descriptor, text) => expect(describeAccess(descriptor)).toBe(text));
});
