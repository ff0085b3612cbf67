import { describe, expect, it } from "vitest";
import {
  CodeWriter,
  ModuleBuilder,
  Wasm,
  WASM_INSTRUCTIONS,
  WASM_TYPE,
  wasmInstruction,
  type WasmImports,
} from "../src/index.js";

const { i32, i64, f64, v128 } = WASM_TYPE;
const buildError: unknown = expect.objectContaining({ code: "ISG_WASM_BUILD" });

function call(module: ModuleBuilder, name: string, args: readonly unknown[] = [], imports: WasmImports = {}): unknown {
  const exported = new Wasm.Instance(new Wasm.Module(module.build()), imports).exports[name];
  return exported?.(...(args as never[]));
}

describe("ModuleBuilder gives a module that", () => {
  it("is valid when empty", () => {
    expect(Wasm.validate(new ModuleBuilder().build())).toBe(true);
  });

  it("exports functions with parameters, locals and results", () => {
    const module = new ModuleBuilder();
    const code = new CodeWriter().localGet(0).localGet(1).op("i32.mul").localTee(3).localGet(3).op("i32.add");
    module.export("f", module.func([i32, i32], [i32], [i64, i32, i32, v128], code));
    expect(call(module, "f", [6, 7])).toBe(84);
  });

  it("holds constants up to their edges", () => {
    const module = new ModuleBuilder();
    const edges: readonly [number, number][] = [
      [0, 0],
      [-1, -1],
      [0, -0x80000000],
      [-1, 0x7fffffff],
      [0x40, 0],
      [-0x41, -1],
    ];
    edges.forEach(([lo, hi], i) => module.export(`f${i}`, module.func([], [i64], [], new CodeWriter().i64(lo, hi))));
    edges.forEach(([lo, hi], i) => {
      expect(call(module, `f${i}`)).toBe((BigInt(hi) << 32n) | BigInt(lo >>> 0));
    });
  });

  it("imports functions, which are numbered first, and memory", () => {
    const module = new ModuleBuilder();
    const twice = module.importFunction("host", "twice", [i32], [i32]);
    module.importMemory("host", "memory", 1, 2);
    const memory = new Wasm.Memory({ initial: 1, maximum: 2 });
    const code = new CodeWriter()
      .i32(16)
      .localGet(0)
      .call(twice)
      .memory("i32.store", 4)
      .i32(16)
      .memory("i32.load16_u", 4, 1);
    const own = module.func([i32], [i32], [], code);
    module.export("f", own);
    expect([twice, own]).toEqual([0, 1]);
    expect(call(module, "f", [0x12345], { host: { twice: (x: number) => 2 * x, memory } })).toBe(0x468a);
    expect(new Uint32Array(memory.buffer)[5]).toBe(0x2468a);
  });

  it("imports shared memory", () => {
    const module = new ModuleBuilder();
    module.importMemory("host", "memory", 1, 2, true);
    const memory = new Wasm.Memory({ initial: 1, maximum: 2, shared: true });
    expect(() => new Wasm.Instance(new Wasm.Module(module.build()), { host: { memory } })).not.toThrow();
  });

  it.each([
    ["its own table", false],
    ["an imported table", true],
  ])("calls through %s", (_, imported) => {
    const module = new ModuleBuilder();
    if (imported) module.importTable("host", "table", 8);
    else module.table(8);
    const type = module.type([], [i32]);
    const [a, b] = [10, 20].map((value) => module.func([], [i32], [], new CodeWriter().i32(value)));
    module.elements(3, [b!, a!]);
    module.export("f", module.func([i32], [i32], [], new CodeWriter().localGet(0).callIndirect(type)));
    const imports = { host: { table: new Wasm.Table({ element: "anyfunc", initial: 8 }) } };
    expect([3, 4].map((slot) => call(module, "f", [slot], imports))).toEqual([20, 10]);
    expect(() => call(module, "f", [5], imports)).toThrow(/null function|signature mismatch/); // Node 26 says the latter
  });

  it("branches by table, in loops and out of blocks", () => {
    const module = new ModuleBuilder();
    const code = new CodeWriter();
    code.block().block().block().localGet(0).brTable([0, 1], 2).end().i32(100).return().end().i32(200).return().end();
    // 1 + 2 + ... + $0
    code.block().loop().localGet(0).op("i32.eqz").brIf(1);
    code
      .localGet(1)
      .localGet(0)
      .op("i32.add")
      .localSet(1)
      .localGet(0)
      .i32(1)
      .op("i32.sub")
      .localSet(0)
      .br(0)
      .end()
      .end()
      .localGet(1);
    module.export("f", module.func([i32], [i32], [i32], code));
    expect([0, 1, 2, 4, 100].map((n) => call(module, "f", [n]))).toEqual([100, 200, 3, 10, 5050]);
  });

  it("chooses with if and else that give a value", () => {
    const module = new ModuleBuilder();
    module.export(
      "f",
      module.func(
        [i32],
        [f64],
        [],
        new CodeWriter().localGet(0).if(f64).i32(1).op("f64.convert_i32_s").else().i32(2).op("f64.convert_i32_s").end(),
      ),
    );
    expect([call(module, "f", [1]), call(module, "f", [0])]).toEqual([1, 2]);
  });

  it("has vectors: constants, shuffles and lanes", () => {
    const module = new ModuleBuilder();
    const bytes = [...Array(16).keys()];
    const code = new CodeWriter()
      .v128(bytes)
      .v128(bytes.map((byte) => byte + 16))
      .shuffle([...bytes.slice(1), 31])
      .lane("i8x16.extract_lane_u", 15);
    module.export("f", module.func([], [i32], [], code));
    expect(call(module, "f")).toBe(31);
  });

  it("takes a body that comes later", () => {
    const module = new ModuleBuilder();
    const first = module.func([], [i32], []);
    const second = module.func([], [i32], [], new CodeWriter().i32(5));
    module.setBody(first, [i32], new CodeWriter().call(second));
    module.export("f", first);
    expect(call(module, "f")).toBe(5);
  });

  it("tells of branches that are seldom or nearly always taken, by their place in the function", () => {
    const module = new ModuleBuilder();
    module.importFunction("e", "imported", [], []);
    const plain = new CodeWriter().localGet(0);
    const code = new CodeWriter()
      .block()
      .localGet(0)
      .unlikely()
      .brIf(0)
      .localGet(0)
      .likely()
      .if()
      .end()
      .end()
      .localGet(0);
    module.func([i32], [i32], [], plain);
    module.func([i32], [i32], [i64, i64, v128], code);
    const bytes = module.build();
    expect(Wasm.validate(bytes)).toBe(true);
    const name = "metadata.code.branch_hint";
    const at = new TextDecoder("latin1").decode(bytes).indexOf(name);
    // A custom section: its id, its length, the length of its name.
    expect([bytes[at - 3], bytes[at - 1]]).toEqual([0, name.length]);
    const section = bytes.subarray(at + name.length, at - 1 + bytes[at - 2]!);
    // One function, of index 2, with two hints (custom annotations for branch hinting, "binary format").
    const [functions, index, count, first, size, value, second, size2, value2, ...rest] = section;
    expect({ functions, index, count, size, size2, value, value2, rest }).toEqual({
      functions: 1,
      index: 2,
      count: 2,
      size: 1,
      size2: 1,
      value: 0,
      value2: 1,
      rest: [],
    });
    // The function is the module's last; its first byte is the number of runs of locals.
    const locals = [2, 2, i64, 1, v128];
    const begin = bytes.length - (locals.length + code.length + 1);
    expect([...bytes.subarray(begin, begin + locals.length)]).toEqual(locals);
    expect([bytes[begin + first!], bytes[begin + second!]]).toEqual([0x0d, 0x04]);
  });

  it("shares equal function types", () => {
    const module = new ModuleBuilder();
    expect([module.type([i32], []), module.type([i64], []), module.type([i32], []), module.type([], [i32])]).toEqual([
      0, 1, 0, 2,
    ]);
  });

  it("grows beyond any first guess", () => {
    const module = new ModuleBuilder();
    const code = new CodeWriter().i32(0);
    for (let i = 0; i < 20_000; i += 1) code.i32(i).op("i32.add");
    module.export("f", module.func([], [i32], [], code));
    expect(call(module, "f")).toBe((19_999 * 20_000) / 2);
  });
});

describe("ModuleBuilder refuses", () => {
  it.each<[string, () => unknown]>([
    [
      "an import after a function",
      () => {
        const m = new ModuleBuilder();
        m.func([], [], []);
        m.importFunction("a", "b", [], []);
      },
    ],
    ["a body for a function that there is not", () => new ModuleBuilder().setBody(0, [], new CodeWriter())],
    [
      "a function without body",
      () => {
        const m = new ModuleBuilder();
        m.func([], [], []);
        m.build();
      },
    ],
    ["an instruction that there is not", () => new CodeWriter().op("i32.sum")],
  ])("%s", (_, act) => expect(act).toThrow(buildError));
});

describe("the instruction table", () => {
  it("has each name and each code once", () => {
    expect(new Set(WASM_INSTRUCTIONS.map((row) => row.name)).size).toBe(WASM_INSTRUCTIONS.length);
    expect(new Set(WASM_INSTRUCTIONS.map((row) => `${row.prefix} ${row.code}`)).size).toBe(WASM_INSTRUCTIONS.length);
  });

  it.each([
    // WebAssembly core specification 2.0, appendix A.7.
    ["i32.const", 0, 0x41],
    ["i64.extend32_s", 0, 0xc4],
    ["i64.trunc_sat_f64_u", 0xfc, 7],
    ["memory.fill", 0xfc, 11],
    ["v128.any_true", 0xfd, 83],
    ["i16x8.extmul_high_i8x16_u", 0xfd, 159],
    ["i32x4.dot_i16x8_s", 0xfd, 186],
    ["i64x2.extmul_high_i32x4_u", 0xfd, 223],
    ["f64x2.pmax", 0xfd, 247],
    ["f64x2.convert_low_i32x4_u", 0xfd, 255],
  ])("%s is 0x%x %i", (name, prefix, code) => expect(wasmInstruction(name)).toMatchObject({ prefix, code }));
});
