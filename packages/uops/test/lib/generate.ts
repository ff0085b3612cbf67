import {
  FunctionBuilder,
  I32,
  I64,
  type IrFunction,
  type Local,
  OP,
  OPS,
  opcode,
  V128,
  type Value,
  type ValueType,
} from "../../src/index.js";
import type { HoleValue } from "./environment.js";
import type { Random } from "./random.js";

const SCALAR_OPS = OPS.filter(
  (spec) =>
    spec.isWasm &&
    !/^i64\.(div|rem)/.test(spec.name) &&
    [spec.result, ...spec.operands].every((type) => type === I32 || type === I64),
);
const VECTOR_OPS = OPS.filter(
  (spec) => spec.isWasm && [spec.result, ...spec.operands].includes(V128) && !/^f(32|64)|f32x4|f64x2/.test(spec.name),
);
const LOADS = [
  OP.stateLoad8S,
  OP.stateLoad8U,
  OP.stateLoad16S,
  OP.stateLoad16U,
  OP.stateLoad32S,
  OP.stateLoad32U,
  OP.stateLoad64,
  OP.stateLoadI32,
  OP.stateLoadV128,
];
const STORES: readonly (readonly [number, ValueType])[] = [
  [OP.stateStore8, I64],
  [OP.stateStore16, I64],
  [OP.stateStore32, I64],
  [OP.stateStore64, I64],
  [OP.stateStoreI32, I32],
  [OP.stateStoreV128, V128],
];
/** Constants on which identities depend come up often. */
const EDGES = [0, 1, -1, 7, 8, 31, 32, 63, 64, 255, 256, 0xffff, 0x7fffffff, -0x80000000];

/** Values are shown in slots of 16 bytes from here, beyond what generated accesses reach. */
const SHOW_FROM = 128;
const SHOWN = 24;

/** Bindings of the holes that {@link randomFunction} declares: three state offsets, two of them the same, and two immediates. */
export function randomHoles(random: Random): readonly HoleValue[] {
  const shared = 8 * random.below(6);
  return [shared, shared, 8 * random.below(6), random.pick(EDGES), BigInt.asIntN(64, random.u64())];
}

/** Writes one random function that verifies and ends. State accesses are few and close together, so that they overlap. */
export class Generator {
  readonly #random: Random;
  readonly #f: FunctionBuilder;
  readonly #locals: Local[] = [];
  /** Values that may be used here, innermost arm last. */
  #scopes: Value[][] = [[]];
  readonly #types = new Map<Value, ValueType>();
  #budget: number;
  #shown = 0;
  readonly #conditions: Value[] = [];
  /** Ways out of the blocks around. */
  readonly #leaves: ((condition: Value) => void)[] = [];

  constructor(random: Random, size: number, result: ValueType) {
    this.#random = random;
    this.#budget = size;
    this.#f = new FunctionBuilder("random", [I64, I32], result);
    this.#locals.push(this.#f.param(0), this.#f.param(1));
    for (const type of [I32, I64, I64, V128] as const) this.#locals.push(this.#f.local(type));
    for (const kind of ["state", "state", "state", "i32", "i64"] as const) this.#f.hole(kind);
  }

  function(): IrFunction {
    while (this.#budget > 0) this.#statements(0);
    for (const local of this.#locals) this.#show(this.#define(this.#f.get(local), local.type));
    for (const value of this.#scopes[0]?.slice(-SHOWN) ?? []) this.#show(value);
    const type = this.#f.result;
    this.#f.return(type === I32 || type === I64 || type === V128 ? this.#value(type) : -1);
    return this.#f.finish();
  }

  #define(value: Value, type: ValueType): Value {
    this.#types.set(value, type);
    this.#scopes.at(-1)?.push(value);
    return value;
  }

  #value(type: ValueType): Value {
    const there = this.#scopes.flat().filter((value) => this.#types.get(value) === type);
    if (there.length > 0 && this.#random.chance(0.7))
      return this.#random.pick(this.#random.chance(0.5) ? there.slice(-3) : there);
    return this.#define(this.#leaf(type), type);
  }

  /** Writes a value where the run is looked at and nothing reads it. */
  #show(value: Value): void {
    const offset = SHOW_FROM + 16 * (this.#shown % SHOWN);
    this.#shown += 1;
    const type = this.#types.get(value);
    if (type === I32) this.#f.stateStore(OP.stateStoreI32, value, offset);
    else if (type === I64) this.#f.stateStore(OP.stateStore64, value, offset);
    else if (type === V128) this.#f.stateStore(OP.stateStoreV128, value, offset);
  }

  #leaf(type: ValueType): Value {
    const f = this.#f;
    const way = this.#random.below(6);
    const local = this.#locals.filter((l) => l.type === type);
    if (way <= 1 && local.length > 0) return f.get(this.#random.pick(local));
    if (type === V128) return f.v128(Array.from({ length: 16 }, () => this.#random.pick([0, 0, 1, 127, 128, 255])));
    if (type === I32) return way === 2 ? f.holeI32(3) : f.i32(this.#random.pick(EDGES));
    if (way === 2) return this.#random.pick([() => f.holeI64(4), () => f.pc(), () => f.nextPc()])();
    return this.#random.chance(0.8)
      ? f.i64(this.#random.pick(EDGES))
      : f.i64(this.#random.u32() | 0, this.#random.u32() | 0);
  }

  #pure(): void {
    const f = this.#f;
    const random = this.#random;
    if (random.chance(0.1)) {
      const type = random.pick([I32, I64, V128] as const);
      const value = f.select(this.#value(type), this.#value(type), this.#value(I32));
      this.#define(value, type);
      return;
    }
    if (random.chance(0.03)) {
      const lanes = Array.from({ length: 16 }, () => random.below(32));
      this.#define(f.shuffle(this.#value(V128), this.#value(V128), lanes), V128);
      return;
    }
    const spec = random.pick(random.chance(0.8) ? SCALAR_OPS : VECTOR_OPS);
    const operands = spec.operands.map((type) => this.#value(type));
    // Equal operands are where identities apply.
    if (operands.length === 2 && spec.operands[0] === spec.operands[1] && random.chance(0.1))
      operands[1] = operands[0] ?? -1;
    const lanes = Number(/x(\d+)/.exec(spec.name)?.[1] ?? 1);
    this.#define(
      f.emit(opcode(spec.name), operands[0], operands[1], operands[2], spec.hasLane ? random.below(lanes) : 0),
      spec.result,
    );
  }

  /** An offset and a hole: within 64 bytes, whatever the hole is bound to. */
  #place(): [number, number] {
    const offset = this.#random.pick([0, 0, 0, 0, 1, 4, 8, 16]);
    return [offset, this.#random.pick([-1, -1, -1, 0, 1, 2])];
  }

  #statements(depth: number): void {
    const count = 2 + this.#random.below(10);
    for (let i = 0; i < count && this.#budget > 0; i += 1) {
      this.#budget -= 1;
      this.#statement(depth);
    }
  }

  #statement(depth: number): void {
    const f = this.#f;
    const random = this.#random;
    const way = random.below(100);
    if (way < 34) this.#pure();
    else if (way < 48) {
      const op = random.pick(LOADS);
      const value = f.stateLoad(op, ...this.#place());
      this.#define(value, op === OP.stateLoadI32 ? I32 : op === OP.stateLoadV128 ? V128 : I64);
    } else if (way < 64) {
      const [op, type] = random.pick(STORES);
      const value = this.#value(type);
      f.stateStore(op, value, ...this.#place());
    } else if (way < 73) {
      const local = random.pick(this.#locals);
      f.set(local, this.#value(local.type));
    } else if (way < 77) this.#memory();
    else if (way < 79) f.assist(random.below(4), this.#value(I32), this.#value(I32));
    else if (way < 80) f.leave();
    else if (way < 81 && this.#leaves.length > 0) random.pick(this.#leaves)(this.#condition());
    else if (way < 84) {
      const args = [this.#value(I64), this.#value(I32)];
      this.#define(f.call({ index: 0, result: I64 }, args), I64);
    } else if (depth < 4) this.#structured(way, depth);
  }

  #memory(): void {
    const f = this.#f;
    const random = this.#random;
    // Mostly inside the 4 KiB that there are.
    const address = random.chance(0.9)
      ? f.op("i64.or", f.op("i64.and", this.#value(I64), f.i64(0xff)), f.i64(0x1000))
      : this.#value(I64);
    const size = random.below(5);
    if (random.chance(0.5))
      this.#define(f.guestLoad(address, size === 4 ? 4 : size | (8 * random.below(2))), size === 4 ? V128 : I64);
    else f.guestStore(address, this.#value(size === 4 ? V128 : I64), size);
  }

  #arm(depth: number, more: () => void = () => undefined): () => void {
    return () => {
      this.#scopes.push([]);
      this.#statements(depth + 1);
      for (const value of this.#scopes.at(-1)?.slice(-2) ?? []) this.#show(value);
      more();
      this.#scopes.pop();
    };
  }

  /** A constant, a value, or one that was branched on before, perhaps the other way round. */
  #condition(): Value {
    const random = this.#random;
    if (random.chance(0.2)) return this.#f.i32(random.below(2));
    const before = this.#conditions.filter((value) => this.#scopes.some((scope) => scope.includes(value)));
    let condition = before.length > 0 && random.chance(0.4) ? random.pick(before) : this.#value(I32);
    if (random.chance(0.2)) condition = this.#define(this.#f.op("i32.eqz", condition), I32);
    this.#conditions.push(condition);
    return condition;
  }

  #structured(way: number, depth: number): void {
    const f = this.#f;
    const random = this.#random;
    const condition = this.#condition();
    if (way < 90) f.if(condition, this.#arm(depth), random.chance(0.5) ? this.#arm(depth) : undefined);
    else if (way < 92)
      f.if(condition, this.#arm(depth, this.#ending()), random.chance(0.3) ? this.#arm(depth) : undefined);
    else if (way < 97) {
      f.block((leave) => {
        this.#leaves.push(leave);
        this.#arm(depth, () => leave(this.#condition()))();
        this.#arm(depth, random.chance(0.2) ? () => leave() : undefined)();
        this.#leaves.pop();
      });
    } else {
      const counter = f.local(I32);
      f.set(counter, f.i32(1 + random.below(4)));
      f.loop((again) => {
        this.#arm(depth)();
        f.set(counter, f.op("i32.sub", f.get(counter), f.i32(1)));
        again(f.get(counter));
        if (random.chance(0.3)) this.#arm(depth)();
      });
    }
  }

  /** A way to end the instruction. */
  #ending(): () => void {
    const f = this.#f;
    const result = f.result;
    return this.#random.pick([
      () => f.fault(13, 4),
      () => f.jump(this.#value(I64)),
      () => f.branch(3, 32),
      () => f.repeat(),
      () => f.return(result === I32 || result === I64 || result === V128 ? this.#value(result) : -1),
    ]);
  }
}
