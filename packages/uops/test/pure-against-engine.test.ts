import { CodeWriter, ModuleBuilder, Wasm } from "@isinglass/wasm";
import { describe, expect, it } from "vitest";
import { evaluatePure, F32, I32, I64, OPS, type IrValue, type OpSpec, V128, type ValueType } from "../src/index.js";
import { edgeSlots, randomSlot, type Slot, slotOf, WASM_TYPE_NAME } from "./lib/operands.js";
import { Random } from "./lib/random.js";
import { shuffleBytes } from "../src/pure-vector.js";

const RESULT = 48;
const RANDOM_CASES = 300;

/** Ops of which WebAssembly leaves the bits of a NaN result open (core specification 2.0, section 4.3.3, nans_N). */
const NAN_OPEN = /^(f32|f64|f32x4|f64x2)\.(add|sub|mul|div|sqrt|ceil|floor|trunc|nearest|promote\w*|demote\w*)$/;

interface Case {
  readonly spec: OpSpec;
  readonly op: number;
  readonly lane: number;
  readonly exported: string;
}

const random = Random.fromEnvironment(20261122);

function lanes(spec: OpSpec): number {
  return spec.hasLane ? Number(/x(\d+)/.exec(spec.name)?.[1]) : 1;
}

const CASES: readonly Case[] = OPS.flatMap((spec, op) =>
  spec.isWasm
    ? Array.from({ length: lanes(spec) }, (_, lane) => ({ spec, op, lane, exported: `${spec.name} ${lane}` }))
    : [],
);

const SHUFFLES = [[...Array(16).keys()], [31, 0, 16, 15, 1, 1, 17, 30, 8, 9, 24, 25, 7, 23, 2, 18]];

function load(code: CodeWriter, type: ValueType, at: number): void {
  code.i32(at).memory(`${WASM_TYPE_NAME[type]!}.load`, 0);
}

function emitAll(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", 1);
  for (const { spec, lane, exported } of CASES) {
    const code = new CodeWriter().i32(RESULT);
    spec.operands.forEach((type, i) => load(code, type, 16 * i));
    if (spec.hasLane) code.lane(spec.name, lane);
    else code.op(spec.name);
    code.memory(`${WASM_TYPE_NAME[spec.result]!}.store`, 0);
    module.export(exported, module.func([], [], [], code));
  }
  SHUFFLES.forEach((shuffle, i) => {
    const code = new CodeWriter().i32(RESULT);
    load(code, V128, 0);
    load(code, V128, 16);
    code.shuffle(shuffle).memory("v128.store", 0);
    module.export(`shuffle ${i}`, module.func([], [], [], code));
  });
  return module.build();
}

const memory = new Wasm.Memory({ initial: 1 });
const bytes = new Uint8Array(memory.buffer);
const instance = new Wasm.Instance(new Wasm.Module(emitAll()), { env: { memory } });

/** Runs the engine's version on the operands; the 16 bytes of its result. */
function engine(exported: string, operands: readonly Slot[]): Slot {
  bytes.fill(0, 0, 64);
  operands.forEach((slot, i) => bytes.set(slot, 16 * i));
  const f = instance.exports[exported];
  if (typeof f !== "function") throw new Error(`no export ${exported}`);
  f();
  return bytes.slice(RESULT, RESULT + 16);
}

function valueOf(slot: Slot, type: ValueType): IrValue {
  const view = new DataView(slot.buffer, slot.byteOffset);
  if (type === V128) return slot;
  return type === I32 || type === F32 ? view.getInt32(0, true) : view.getBigInt64(0, true);
}

function slotOfValue(value: IrValue, type: ValueType): Slot {
  if (value instanceof Uint8Array) return value;
  return slotOf(BigInt.asUintN(type === I32 || type === F32 ? 32 : 64, BigInt(value)));
}

/** Replaces each NaN of a float result by one pattern, so that only its being a NaN is compared. */
function looseNans(slot: Slot, spec: OpSpec): Slot {
  if (!NAN_OPEN.test(spec.name)) return slot;
  const copy = slot.slice();
  const view = new DataView(copy.buffer);
  const width = spec.result === F32 || spec.name.startsWith("f32x4") ? 4 : 8;
  for (let at = 0; at < 16; at += width) {
    if (width === 4 && Number.isNaN(view.getFloat32(at, true))) view.setInt32(at, 0x7fc00000, true);
    if (width === 8 && Number.isNaN(view.getFloat64(at, true))) view.setBigInt64(at, 0x7ff8000000000000n, true);
  }
  return copy;
}

function traps(spec: OpSpec, operands: readonly Slot[]): boolean {
  if (!/^i64\.(div|rem)_/.test(spec.name)) return false;
  const [a, b] = operands.map((slot) => valueOf(slot, I64));
  return b === 0n || (spec.name === "i64.div_s" && b === -1n && a === -(1n << 63n));
}

function operandSets(types: readonly ValueType[]): Slot[][] {
  const sets: Slot[][] = [];
  const edges = types.map((type) => edgeSlots(type));
  for (const first of edges[0] ?? []) {
    if (types.length === 1) sets.push([first]);
    else for (const second of edges[1] ?? []) sets.push([first, second]);
  }
  for (let i = 0; i < RANDOM_CASES; i += 1) sets.push(types.map((type) => randomSlot(type, random)));
  // Equal operands meet the ties of comparisons.
  for (let i = 0; i < 20 && types.length === 2 && types[0] === types[1]; i += 1) {
    const slot = randomSlot(types[0]!, random);
    sets.push([slot, slot]);
  }
  return sets;
}

const hex = (slot: Slot): string => Buffer.from(slot).toString("hex");

describe(`pure micro-ops agree with the WebAssembly engine (ISG_SEED=${random.seed})`, () => {
  it.each(CASES)("$exported", ({ spec, op, lane, exported }) => {
    const wrong: string[] = [];
    for (const operands of operandSets(spec.operands)) {
      if (traps(spec, operands)) continue;
      const values = operands.map((slot, i) => valueOf(slot, spec.operands[i]!));
      const ours = slotOfValue(evaluatePure(op, values, lane), spec.result);
      const theirs = engine(exported, operands);
      if (hex(looseNans(ours, spec)) !== hex(looseNans(theirs, spec))) {
        wrong.push(`(${operands.map(hex).join(", ")}): ${hex(ours)}, engine says ${hex(theirs)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("shuffles bytes of both operands", () => {
    SHUFFLES.forEach((shuffle, i) => {
      const [a, b] = [randomSlot(V128, random), randomSlot(V128, random)];
      expect(hex(shuffleBytes(a, b, shuffle))).toBe(hex(engine(`shuffle ${i}`, [a, b])));
    });
  });

  it("knows every pure op of the table", () => {
    expect(CASES.length).toBeGreaterThan(300);
    expect(new Set(CASES.map((c) => c.spec.name)).size).toBe(OPS.filter((spec) => spec.isWasm).length);
  });
});

describe("division", () => {
  it.each([
    ["i64.div_s", 1n, 0n],
    ["i64.div_u", 1n, 0n],
    ["i64.rem_s", 1n, 0n],
    ["i64.rem_u", 1n, 0n],
    ["i64.div_s", -(1n << 63n), -1n],
  ])("%s of %s by %s traps here and in the engine", (name, a, b) => {
    const op = OPS.findIndex((spec) => spec.name === name);
    expect(() => evaluatePure(op, [a, b])).toThrow(expect.objectContaining({ code: "ISG_UOPS_TRAP" }));
    expect(() => engine(`${name} 0`, [slotOf(BigInt.asUintN(64, a)), slotOf(BigInt.asUintN(64, b))])).toThrow(
      /divide by zero|remainder by zero|result unrepresentable/,
    );
  });

  it("gives remainder 0 for -2^63 by -1, which does not trap", () => {
    const op = OPS.findIndex((spec) => spec.name === "i64.rem_s");
    expect(evaluatePure(op, [-(1n << 63n), -1n])).toBe(0n);
  });
});

describe("NaN bits", () => {
  it.each([
    ["f32.abs", 0xffc12345 | 0, 0x7fc12345],
    ["f32.neg", 0x7f800001, 0xff800001 | 0],
    ["f32.reinterpret_i32", 0x7f800001, 0x7f800001],
  ])("%s keeps the payload of a NaN", (name, input, output) => {
    const op = OPS.findIndex((spec) => spec.name === name);
    expect(evaluatePure(op, [input])).toBe(output);
  });

  it("arithmetic on NaNs gives the canonical one", () => {
    const op = OPS.findIndex((spec) => spec.name === "f64.add");
    expect(evaluatePure(op, [0x7ff8000000000001n, 0n])).toBe(0x7ff8000000000000n);
  });
});
