import { IsinglassError } from "@isinglass/interface";
import {
  EFFECT_CONTROL,
  EFFECT_ENDS_REGION,
  EFFECT_MAY_FAULT,
  EFFECT_OBSERVES,
  EFFECT_READS_LOCAL,
  EFFECT_READS_MEMORY,
  EFFECT_READS_STATE,
  EFFECT_WRITES_LOCAL,
  EFFECT_WRITES_MEMORY,
  EFFECT_WRITES_STATE,
  F32,
  F64,
  I32,
  I64,
  type ValueType,
  V128,
  VOID,
} from "./types.js";

/**
 * The pure micro-ops. Each has the name, operands and meaning of the WebAssembly instruction of that name (WebAssembly
 * core specification 2.0, chapter 4.3), so lowering to WebAssembly is a look-up and the reference evaluator has a
 * specification to be held against. One line a signature: `result: operands: names`.
 */
const PURE = `
i32: i32: i32.eqz i32.clz i32.ctz i32.popcnt i32.extend8_s i32.extend16_s
i32: i32 i32: i32.add i32.sub i32.mul i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
i32: i32 i32: i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
i32: i64: i64.eqz i32.wrap_i64
i64: i32: i64.extend_i32_s i64.extend_i32_u
i64: i64: i64.clz i64.ctz i64.popcnt i64.extend8_s i64.extend16_s i64.extend32_s
i64: i64 i64: i64.add i64.sub i64.mul i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
i64: i64 i64: i64.div_s i64.div_u i64.rem_s i64.rem_u
i32: i64 i64: i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
f32: f32: f32.abs f32.neg f32.sqrt f32.ceil f32.floor f32.trunc f32.nearest
f32: f32 f32: f32.add f32.sub f32.mul f32.div
i32: f32 f32: f32.eq f32.ne f32.lt f32.gt f32.le f32.ge
f64: f64: f64.abs f64.neg f64.sqrt f64.ceil f64.floor f64.trunc f64.nearest
f64: f64 f64: f64.add f64.sub f64.mul f64.div
i32: f64 f64: f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
f32: i32: f32.reinterpret_i32 f32.convert_i32_s f32.convert_i32_u
f32: i64: f32.convert_i64_s
f64: i64: f64.reinterpret_i64 f64.convert_i64_s
f64: i32: f64.convert_i32_s f64.convert_i32_u
i32: f32: i32.reinterpret_f32 i32.trunc_sat_f32_s
i64: f64: i64.reinterpret_f64 i64.trunc_sat_f64_s
i32: f64: i32.trunc_sat_f64_s
i64: f32: i64.trunc_sat_f32_s
f64: f32: f64.promote_f32
f32: f64: f32.demote_f64
v128: i32: i8x16.splat i16x8.splat i32x4.splat
v128: i64: i64x2.splat
v128: v128: v128.not i8x16.abs i16x8.abs i32x4.abs i64x2.neg i8x16.neg i16x8.neg i32x4.neg i8x16.popcnt
v128: v128: f32x4.sqrt f64x2.sqrt f32x4.abs f64x2.abs f32x4.neg f64x2.neg
v128: v128: f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest f64x2.ceil f64x2.floor f64x2.trunc f64x2.nearest
v128: v128: i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u
v128: v128: i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u
v128: v128: i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u
v128: v128: f64x2.promote_low_f32x4 f32x4.demote_f64x2_zero f64x2.convert_low_i32x4_s f32x4.convert_i32x4_s
v128: v128: i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u
v128: v128 v128: v128.and v128.or v128.xor v128.andnot i8x16.swizzle
v128: v128 v128: i8x16.add i16x8.add i32x4.add i64x2.add i8x16.sub i16x8.sub i32x4.sub i64x2.sub
v128: v128 v128: i8x16.add_sat_s i8x16.add_sat_u i16x8.add_sat_s i16x8.add_sat_u i8x16.sub_sat_s i8x16.sub_sat_u i16x8.sub_sat_s i16x8.sub_sat_u
v128: v128 v128: i16x8.mul i32x4.mul i64x2.mul i32x4.dot_i16x8_s i8x16.avgr_u i16x8.avgr_u
v128: v128 v128: i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u
v128: v128 v128: i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s
v128: v128 v128: i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u
v128: v128 v128: i8x16.eq i8x16.gt_s i16x8.eq i16x8.gt_s i32x4.eq i32x4.gt_s i64x2.eq i64x2.gt_s i8x16.ne i16x8.ne i32x4.ne i64x2.ne
v128: v128 v128: i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u
v128: v128 v128: f32x4.add f32x4.sub f32x4.mul f32x4.div f64x2.add f64x2.sub f64x2.mul f64x2.div
v128: v128 v128: f32x4.eq f32x4.ne f32x4.lt f32x4.le f64x2.eq f64x2.ne f64x2.lt f64x2.le
v128: v128 i32: i8x16.shl i16x8.shl i32x4.shl i64x2.shl i8x16.shr_s i16x8.shr_s i32x4.shr_s i64x2.shr_s i8x16.shr_u i16x8.shr_u i32x4.shr_u i64x2.shr_u
v128: v128 v128 v128: v128.bitselect
i32: v128: v128.any_true i8x16.all_true i16x8.all_true i32x4.all_true i64x2.all_true i8x16.bitmask i16x8.bitmask i32x4.bitmask i64x2.bitmask
`;

/** Pure ops with a lane number in `x`. */
const LANE = `
i32: v128: i8x16.extract_lane_s i8x16.extract_lane_u i16x8.extract_lane_s i16x8.extract_lane_u i32x4.extract_lane
i64: v128: i64x2.extract_lane
f32: v128: f32x4.extract_lane
f64: v128: f64x2.extract_lane
v128: v128 i32: i8x16.replace_lane i16x8.replace_lane i32x4.replace_lane
v128: v128 i64: i64x2.replace_lane
v128: v128 f32: f32x4.replace_lane
v128: v128 f64: f64x2.replace_lane
`;

/**
 * Ops with a meaning of the IR's own.
 *
 * | op | meaning |
 * | - | - |
 * | `const.*` | `x`, `y`: low and high half; `const.v128`: 16 bytes in `extra` from `x` |
 * | `hole.i32`, `hole.i64` | an immediate of the decoded instruction; `x`: hole number |
 * | `pc`, `next-pc` | linear address of this and the next instruction |
 * | `state.load.*`, `state.store.*` | vCPU state at byte offset `x` plus the value of hole `y` (-1: none) |
 * | `state.load.indexed`, `state.store.indexed` | 16 bytes of vCPU state at `x` + 16 · (a & `y`); functions only |
 * | `guest.load.*`, `guest.store.*` | guest memory, `x`: descriptor (`MEM_*`) |
 * | `local.get.*`, `local.set` | mutable local `x` |
 * | `select.*` | `c ? a : b` without a branch |
 * | `if`/`else`/`end`, `loop`/`end`, `block`/`end`, `br`, `br_if` | structured control; `x`: depth as in WebAssembly |
 * | `call` | function `x` with `y` arguments from `extra` at `c` |
 * | `return` | leaves the function with `a` (or nothing) |
 * | `assist` | calls assist `x` with i32 arguments a, b; its status decides how execution goes on |
 * | `jump` | indirect jump to linear address `a`; ends the instruction |
 * | `branch` | direct jump to `next-pc` + hole `y`, wrapping at `x` bits; ends the instruction |
 * | `repeat` | executes this same instruction once more (REP); ends the instruction |
 * | `fault` | raises exception vector `x` with error code `y` (-1: none); state is as before the instruction |
 * | `leave` | the executor leaves at the next instruction boundary, to look at what is pending |
 */
const SPECIAL: readonly (readonly [string, ValueType, readonly ValueType[], number])[] = [
  ["const.i32", I32, [], 0],
  ["const.i64", I64, [], 0],
  ["const.v128", V128, [], 0],
  ["hole.i32", I32, [], 0],
  ["hole.i64", I64, [], 0],
  ["pc", I64, [], 0],
  ["next-pc", I64, [], 0],
  ["select.i32", I32, [I32, I32, I32], 0],
  ["select.i64", I64, [I64, I64, I32], 0],
  ["select.v128", V128, [V128, V128, I32], 0],
  ["i8x16.shuffle", V128, [V128, V128], 0],
  ["state.load8_s", I64, [], EFFECT_READS_STATE],
  ["state.load8_u", I64, [], EFFECT_READS_STATE],
  ["state.load16_s", I64, [], EFFECT_READS_STATE],
  ["state.load16_u", I64, [], EFFECT_READS_STATE],
  ["state.load32_s", I64, [], EFFECT_READS_STATE],
  ["state.load32_u", I64, [], EFFECT_READS_STATE],
  ["state.load64", I64, [], EFFECT_READS_STATE],
  ["state.load.i32", I32, [], EFFECT_READS_STATE],
  ["state.load.v128", V128, [], EFFECT_READS_STATE],
  ["state.store8", VOID, [I64], EFFECT_WRITES_STATE],
  ["state.store16", VOID, [I64], EFFECT_WRITES_STATE],
  ["state.store32", VOID, [I64], EFFECT_WRITES_STATE],
  ["state.store64", VOID, [I64], EFFECT_WRITES_STATE],
  ["state.store.i32", VOID, [I32], EFFECT_WRITES_STATE],
  ["state.store.v128", VOID, [V128], EFFECT_WRITES_STATE],
  ["state.load.indexed", V128, [I32], EFFECT_READS_STATE],
  ["state.store.indexed", VOID, [I32, V128], EFFECT_WRITES_STATE],
  ["guest.load", I64, [I64], EFFECT_READS_MEMORY | EFFECT_MAY_FAULT],
  ["guest.load.v128", V128, [I64], EFFECT_READS_MEMORY | EFFECT_MAY_FAULT],
  ["guest.store", VOID, [I64, I64], EFFECT_WRITES_MEMORY | EFFECT_MAY_FAULT],
  ["guest.store.v128", VOID, [I64, V128], EFFECT_WRITES_MEMORY | EFFECT_MAY_FAULT],
  ["guest.store.v256", VOID, [I64, V128, V128], EFFECT_WRITES_MEMORY | EFFECT_MAY_FAULT],
  ["local.get.i32", I32, [], EFFECT_READS_LOCAL],
  ["local.get.i64", I64, [], EFFECT_READS_LOCAL],
  ["local.get.v128", V128, [], EFFECT_READS_LOCAL],
  ["local.set.i32", VOID, [I32], EFFECT_WRITES_LOCAL],
  ["local.set.i64", VOID, [I64], EFFECT_WRITES_LOCAL],
  ["local.set.v128", VOID, [V128], EFFECT_WRITES_LOCAL],
  ["if", VOID, [I32], EFFECT_CONTROL],
  ["else", VOID, [], EFFECT_CONTROL],
  ["end", VOID, [], EFFECT_CONTROL],
  ["loop", VOID, [], EFFECT_CONTROL],
  ["block", VOID, [], EFFECT_CONTROL],
  ["br", VOID, [], EFFECT_CONTROL],
  ["br_if", VOID, [I32], EFFECT_CONTROL],
  ["call.void", VOID, [], EFFECT_READS_STATE | EFFECT_WRITES_STATE],
  ["call.i32", I32, [], EFFECT_READS_STATE | EFFECT_WRITES_STATE],
  ["call.i64", I64, [], EFFECT_READS_STATE | EFFECT_WRITES_STATE],
  ["call.v128", V128, [], EFFECT_READS_STATE | EFFECT_WRITES_STATE],
  ["return.void", VOID, [], EFFECT_CONTROL],
  ["return.i32", VOID, [I32], EFFECT_CONTROL],
  ["return.i64", VOID, [I64], EFFECT_CONTROL],
  ["return.v128", VOID, [V128], EFFECT_CONTROL],
  ["assist", VOID, [I32, I32], EFFECT_OBSERVES | EFFECT_READS_STATE | EFFECT_WRITES_STATE | EFFECT_MAY_FAULT],
  ["jump", VOID, [I64], EFFECT_ENDS_REGION | EFFECT_CONTROL],
  ["branch", VOID, [], EFFECT_ENDS_REGION | EFFECT_CONTROL],
  ["repeat", VOID, [], EFFECT_ENDS_REGION | EFFECT_CONTROL],
  ["fault", VOID, [], EFFECT_OBSERVES | EFFECT_ENDS_REGION | EFFECT_CONTROL | EFFECT_MAY_FAULT],
  ["leave", VOID, [], EFFECT_OBSERVES],
];

/** What is known of a micro-op. */
export interface OpSpec {
  readonly name: string;
  readonly result: ValueType;
  readonly operands: readonly ValueType[];
  readonly effects: number;
  /** A pure op that is the WebAssembly instruction of the same name. */
  readonly isWasm: boolean;
  readonly hasLane: boolean;
}

const TYPES: Readonly<Record<string, ValueType>> = { i32: I32, i64: I64, f32: F32, f64: F64, v128: V128 };

function type(name: string): ValueType {
  const t = TYPES[name];
  if (t === undefined) throw new IsinglassError("ISG_UOPS_OPCODE", `opcode table: no type ${name}`);
  return t;
}

function expand(table: string, hasLane: boolean): OpSpec[] {
  const specs: OpSpec[] = [];
  for (const line of table.trim().split("\n")) {
    const [result = "", operands = "", names = ""] = line.split(":").map((part) => part.trim());
    const types = operands.split(" ").map((name) => type(name));
    for (const name of names.split(" ")) {
      specs.push({ name, result: type(result), operands: types, effects: 0, isWasm: true, hasLane });
    }
  }
  return specs;
}

/** All micro-ops; the index is the opcode. */
export const OPS: readonly OpSpec[] = [
  ...SPECIAL.map(([name, result, operands, effects]) => ({
    name,
    result,
    operands,
    effects,
    isWasm: false,
    hasLane: false,
  })),
  ...expand(PURE, false),
  ...expand(LANE, true),
];

const BY_NAME = new Map<string, number>(OPS.map((spec, index) => [spec.name, index]));

/** Opcode of a micro-op; throws on a name that is not in the table. Cold: builders cache what they use. */
export function opcode(name: string): number {
  const op = BY_NAME.get(name);
  if (op === undefined) throw new IsinglassError("ISG_UOPS_OPCODE", `uops: no micro-op ${name}`);
  return op;
}

export function opSpec(op: number): OpSpec {
  const spec = OPS[op];
  if (spec === undefined) throw new IsinglassError("ISG_UOPS_OPCODE", `uops: no micro-op number ${op}`);
  return spec;
}
