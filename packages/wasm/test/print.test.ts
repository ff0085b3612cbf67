import { describe, expect, it } from "vitest";
import {
  ByteWriter,
  CodeWriter,
  ModuleBuilder,
  printModule,
  WASM_INSTRUCTIONS,
  WASM_TYPE,
  WasmError,
  type WasmInstruction,
} from "../src/index.js";

const { i32, i64, f32, v128 } = WASM_TYPE;

function sample(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const host = module.importFunction("env", 'log "it"', [i64], []);
  module.importMemory("env", "memory", 1, 16, true);
  module.importTable("env", "table", 4);
  const code = new CodeWriter()
    .block()
    .loop(i32)
    .localGet(0)
    .memory("i32.load8_u", 16)
    .if(f32)
    .op("unreachable")
    .else();
  code
    .op("unreachable")
    .end()
    .op("drop")
    .i64(-1, 0x7fffffff)
    .call(host)
    .i32(-64)
    .brIf(1)
    .i32(0)
    .brTable([0, 1], 1)
    .end()
    .op("drop")
    .end();
  code
    .v128([...Array(16).keys()])
    .lane("i64x2.extract_lane", 1)
    .op("drop")
    .localGet(0)
    .memory("v128.load", 4096, 4)
    .op("drop");
  module.export("größe", module.func([i32], [], [i32, i32, v128], code));
  module.elements(1, [1, 0]);
  return module.build();
}

const SAMPLE = `(module
  (type (;0;) (func (param i64)))
  (type (;1;) (func (param i32)))
  (import "env" "log \\22it\\22" (func (;0;) (type 0)))
  (import "env" "memory" (memory (;0;) 1 16 shared))
  (import "env" "table" (table (;0;) 4 funcref))
  (export "gr\\c3\\b6\\c3\\9fe" (func 1))
  (elem (i32.const 1) func 1 0)
  (func (;1;) (type 1) (param i32)
    (local i32 i32 v128)
    block
      loop (result i32)
        local.get 0
        i32.load8_u offset=16
        if (result f32)
          unreachable
        else
          unreachable
        end
        drop
        i64.const 9223372036854775807
        call 0
        i32.const -64
        br_if 1
        i32.const 0
        br_table 0 1 1
      end
      drop
    end
    v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
    i64x2.extract_lane 1
    drop
    local.get 0
    v128.load offset=4096
    drop
  )
)
`;

/** A module of sections that the builder does not write. */
function sections(...parts: readonly [id: number, content: readonly number[]][]): Uint8Array {
  const out = new ByteWriter().bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  for (const [id, content] of parts) out.u8(id).u32(content.length).bytes(content);
  return out.take();
}

/** A module with one function without parameters whose body is these bytes. */
function withBody(body: readonly number[]): Uint8Array {
  return sections([1, [1, 0x60, 0, 0]], [3, [1, 0]], [10, [1, body.length + 2, 0, ...body, 0x0b]]);
}

/** The instructions of such a function, without the indentation of the function. */
function bodyText(body: readonly number[]): string[] {
  const lines = printModule(withBody(body)).split("\n");
  return lines.slice(3, -3).map((line) => line.slice(4));
}

describe("printModule", () => {
  it("writes a module in the text format", () => {
    expect(printModule(sample())).toBe(SAMPLE);
  });

  it("writes sections that the builder has none of", () => {
    const text = printModule(
      sections(
        [0, [4, 0x6e, 0x61, 0x6d, 0x65, 9, 9]],
        [1, [1, 0x60, 0, 0]],
        [3, [1, 0]],
        [4, [1, 0x70, 1, 2, 3]],
        [5, [1, 0, 1]],
        [6, [2, 0x7f, 1, 0x41, 0x7f, 0x0b, 0x7d, 0, 0x43, 0, 0, 0xc0, 0x7f, 0x0b]],
        [7, [1, 1, 0x6d, 2, 0]],
        [8, [0]],
        [12, [1]],
        [10, [1, 2, 0, 0x0b]],
        [11, [2, 0, 0x41, 8, 0x0b, 3, 0x61, 0x22, 0xff, 1, 1, 0x5c]],
      ),
    );
    expect(text).toBe(`(module
  ;; custom section "name", 2 bytes
  (type (;0;) (func))
  (table (;0;) 2 3 funcref)
  (memory (;0;) 1)
  (global (;0;) (mut i32) (i32.const -1))
  (global (;1;) f32 (f32.const nan:0x400000))
  (export "m" (memory 0))
  (start 0)
  (func (;0;) (type 0)
  )
  (data (i32.const 8) "a\\22\\ff")
  (data "\\5c")
)
`);
  });

  it.each<[string, readonly number[]]>([
    ["i64.const -9223372036854775808", [0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
    ["f32.const -nan:0x1", [0x43, 1, 0, 0x80, 0xff]],
    ["f32.const 0.10000000149011612", [0x43, 0xcd, 0xcc, 0xcc, 0x3d]],
    ["f64.const -0", [0x44, 0, 0, 0, 0, 0, 0, 0, 0x80]],
    ["f64.const inf", [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
    ["i64.load align=1", [0x29, 0, 0]],
    ["i64.load", [0x29, 3, 0]],
    ["i64.load32_u offset=300 align=2", [0x35, 1, 0xac, 2]],
    ["v128.load8x8_s", [0xfd, 1, 3, 0]],
    ["v128.load16_splat align=1", [0xfd, 8, 0, 0]],
    ["v128.load64_lane offset=1 1", [0xfd, 0x57, 3, 1, 1]],
    ["v128.load32_zero", [0xfd, 0x5c, 2, 0]],
    ["call_indirect 2 (type 1)", [0x11, 1, 2]],
    ["memory.copy", [0xfc, 10, 0, 0]],
    [
      "i8x16.shuffle 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16",
      [0xfd, 13, ...Array.from({ length: 16 }, (_, i) => 31 - i)],
    ],
    ["i8x16.add", [0xfd, 0xee, 0]],
  ])("writes %s", (text, body) => expect(bodyText(body)).toEqual([text]));

  it("writes block types by index", () => {
    expect(bodyText([0x02, 0x00, 0x0b])).toEqual(["block (type 0)", "end"]);
  });

  const IMMEDIATES: Readonly<Record<WasmInstruction["immediate"], readonly number[]>> = {
    none: [],
    memory: [0, 0],
    "memory-lane": [0, 0, 0],
    lane: [0],
    "two-bytes": [0, 0],
    bytes16: Array<number>(16).fill(0),
    index: [0],
    i32: [0],
    i64: [0],
    f32: [0, 0, 0, 0],
    f64: Array<number>(8).fill(0),
    block: [0x40, 0x0b],
    table: [0, 0],
    "call-indirect": [0, 0],
  };
  const plain = WASM_INSTRUCTIONS.filter(({ name }) => name !== "else" && name !== "end");
  it.each(plain.map((row) => [row.name, row] as const))("knows %s", (name, row) => {
    const body = new CodeWriter().op(name).bytes(IMMEDIATES[row.immediate]).take();
    expect(bodyText([...body])[0]?.split(" ")[0]).toBe(name);
  });
});

describe("printModule refuses", () => {
  const error = (code: string, message: RegExp): unknown =>
    expect.objectContaining({ code, message: expect.stringMatching(message) as unknown });

  it.each<[string, Uint8Array, RegExp]>([
    ["what is no module", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 0, 0, 0), /offset 0x0: does not begin with/],
    ["another version", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), /version 1/],
    ["an unknown section", sections([13, []]), /there is no section 13/],
    ["a section twice", sections([1, [0]], [1, [0]]), /type section is not in its place/],
    ["sections in another order", sections([10, [0]], [3, [0]]), /function section is not in its place/],
    ["a section that goes on after its content", sections([1, [0, 0]]), /type section ends 0x1 bytes later/],
    ["a type that is none", sections([1, [1, 0x61]]), /no function type/],
    ["a parameter of type 0x40", sections([1, [1, 0x60, 1, 0x40, 0]]), /0x40 is no value type/],
    ["a function of a type that there is not", sections([3, [1, 0]]), /no type 0; there are 0/],
    [
      "a declared function without body",
      sections([1, [1, 0x60, 0, 0]], [3, [1, 0]]),
      /1 functions are declared and 0 have a body/,
    ],
    ["a body without function", sections([10, [1, 2, 0, 0x0b]]), /a body for function 0; 0 are declared/],
    ["an unknown instruction", withBody([0xff]), /offset 0x17: 0xff is no instruction/],
    ["an unknown vector instruction", withBody([0xfd, 0x80, 4]), /0xfd 512 is no instruction/],
    ["an else without if", withBody([0x05]), /else without an if/],
    ["a second else", withBody([0x04, 0x40, 0x05, 0x05, 0x0b]), /else without an if/],
    ["an end too many", withBody([0x0b, 0x01]), /body of function 0 ends 0x2 bytes later/],
    ["a block that stays open", withBody([0x02, 0x40]), /a byte is wanted, none is left/],
    ["an alignment of 32", withBody([0x28, 5, 0]), /alignment of 2\^5/],
    ["a block type that is none", withBody([0x02, 0x4f, 0x0b]), /0x4f is no block type/],
    ["another memory", withBody([0xfc, 11, 1]), /a memory other than 0/],
    [
      "too many locals",
      sections([1, [1, 0x60, 0, 0]], [3, [1, 0]], [10, [1, 8, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b]]),
      /4294967295 locals/,
    ],
    ["an import of an unknown kind", sections([2, [1, 0, 0, 4]]), /4 is no kind/],
    ["limits of an unknown kind", sections([5, [1, 2, 0]]), /limits of kind 2/],
  ])("%s", (_, bytes, message) => {
    expect(() => printModule(bytes)).toThrow(error("ISG_WASM_MALFORMED", message));
  });

  it("parts of the format that it does not know, by name", () => {
    expect(() => printModule(sections([9, [1, 1, 0, 0]]))).toThrow(
      error("ISG_WASM_UNSUPPORTED", /element segment of kind 1/),
    );
    expect(() => printModule(sections([11, [1, 2]]))).toThrow(error("ISG_WASM_UNSUPPORTED", /data segment of kind 2/));
  });

  it("every module that was cut short, save between sections and before functions are declared", () => {
    const whole = sample();
    const boundaries = [8];
    // The type and import sections are shorter than 128 bytes, so that their size is one byte.
    for (let i = 0; i < 2; i += 1) boundaries.push(boundaries.at(-1)! + 2 + whole[boundaries.at(-1)! + 1]!);
    const printed: number[] = [];
    for (let length = 0; length < whole.length; length += 1) {
      try {
        printModule(whole.subarray(0, length));
        printed.push(length);
      } catch (failure) {
        expect(failure, `${length} bytes`).toBeInstanceOf(WasmError);
      }
    }
    expect(printed).toEqual(boundaries);
  });

  it("nothing with another error, whatever byte is changed", () => {
    const whole = sample();
    const wrong: string[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      for (const value of [0, 1, 0x40, 0x7f, 0x80, 0xfd, 0xff]) {
        const changed = whole.slice();
        changed[at] = value;
        try {
          printModule(changed);
        } catch (failure) {
          if (!(failure instanceof WasmError)) wrong.push(`byte ${at} = ${value}: ${String(failure)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
