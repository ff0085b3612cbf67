import { CodeWriter, WASM_TYPE } from "@isinglass/wasm";
import {
  EFFECT_READS_LOCAL,
  EFFECT_READS_STATE,
  F32,
  F64,
  I32,
  I64,
  type IrFunction,
  MEM_FOR_WRITE,
  MEM_SIGNED,
  MEM_SIZE_MASK,
  OP,
  type Value,
  type ValueType,
  opSpec,
} from "@isinglass/uops";

/**
 * What the place that a function is lowered into supplies: where holes, pc and state come from and what becomes of
 * control flow. `depth` is the number of structures that are open around the code, for branches out of it.
 */
export interface LoweringTarget {
  /** Local that holds the address of the vCPU state. */
  readonly vcpu: number;
  /** A free local of this type, different at each call until the function is done. */
  allocate(type: ValueType): number;
  /** Local of a mutable IR local. */
  irLocal(index: number, type: ValueType): number;
  holeI32(code: CodeWriter, hole: number): void;
  holeI64(code: CodeWriter, hole: number): void;
  /** Leaves address vcpu + state offset of the hole on the stack. */
  holeAddress(code: CodeWriter, hole: number): void;
  pc(code: CodeWriter): void;
  nextPc(code: CodeWriter): void;
  call(code: CodeWriter, index: number): void;
  returns(code: CodeWriter, depth: number): void;
  /** The value on the stack is the target. */
  jump(code: CodeWriter, depth: number): void;
  branch(code: CodeWriter, depth: number): void;
  repeat(code: CodeWriter, depth: number): void;
  fault(code: CodeWriter, depth: number, vector: number, error: number): void;
  /** Arguments a and b are on the stack. */
  assist(code: CodeWriter, depth: number, id: number): void;
  leave(code: CodeWriter): void;
  /** Pushes the soft-TLB view's address. */
  tlb(code: CodeWriter): void;
  /** Slow path of a load: leaves a host address on the stack or goes away. `address` is the local with the i64 address. */
  slowLoad(code: CodeWriter, depth: number, address: number, descriptor: number): void;
  /** Slow path of a store, whose value is in the scratch buffer already. */
  slowStore(code: CodeWriter, depth: number, address: number, descriptor: number): void;
  readonly memoryScratch: number;
}

/** Soft-TLB geometry, from mmu's layout. */
export interface TlbShape {
  readonly entries: number;
  readonly entryBytes: number;
  readonly readTag: number;
  readonly fetchTag: number;
  readonly writeTag: number;
  readonly ram: number;
}

const LOADS = ["i64.load8_u", "i64.load16_u", "i64.load32_u", "i64.load"];
const LOADS_SIGNED = ["i64.load8_s", "i64.load16_s", "i64.load32_s", "i64.load"];
const STORES = ["i64.store8", "i64.store16", "i64.store32", "i64.store"];

/** Name of the WebAssembly instruction, by op. */
const STATE_LOADS: (string | undefined)[] = [];
STATE_LOADS[OP.stateLoad8S] = "i64.load8_s";
STATE_LOADS[OP.stateLoad8U] = "i64.load8_u";
STATE_LOADS[OP.stateLoad16S] = "i64.load16_s";
STATE_LOADS[OP.stateLoad16U] = "i64.load16_u";
STATE_LOADS[OP.stateLoad32S] = "i64.load32_s";
STATE_LOADS[OP.stateLoad32U] = "i64.load32_u";
STATE_LOADS[OP.stateLoad64] = "i64.load";
STATE_LOADS[OP.stateLoadI32] = "i32.load";
STATE_LOADS[OP.stateLoadV128] = "v128.load";
const STATE_STORES: (string | undefined)[] = [];
STATE_STORES[OP.stateStore8] = "i64.store8";
STATE_STORES[OP.stateStore16] = "i64.store16";
STATE_STORES[OP.stateStore32] = "i64.store32";
STATE_STORES[OP.stateStore64] = "i64.store";
STATE_STORES[OP.stateStoreI32] = "i32.store";
STATE_STORES[OP.stateStoreV128] = "v128.store";

/** Name of the WebAssembly instruction that an access to the state is, without an index. */
export function stateInstruction(op: number): string | undefined {
  return STATE_LOADS[op] ?? STATE_STORES[op];
}

/** WebAssembly encoding of an IR type. */
export function wasmType(type: ValueType): number {
  if (type === I32) return WASM_TYPE.i32;
  if (type === I64) return WASM_TYPE.i64;
  if (type === F32) return WASM_TYPE.f32;
  if (type === F64) return WASM_TYPE.f64;
  return WASM_TYPE.v128;
}

/**
 * Writes the WebAssembly of an IR function. A value that is used once is computed where it is used, unless something in
 * between changes what it reads; all others get a local.
 */
export class Lowerer {
  readonly #code: CodeWriter;
  readonly #fn: IrFunction;
  readonly #target: LoweringTarget;
  readonly #tlb: TlbShape;
  readonly #uses: Uint16Array;
  readonly #locals: Int32Array;
  readonly #pending: (CodeWriter | undefined)[];
  readonly #reads: Uint16Array;
  #waiting: Value[] = [];
  #depth = 0;

  constructor(code: CodeWriter, fn: IrFunction, target: LoweringTarget, tlb: TlbShape) {
    this.#code = code;
    this.#fn = fn;
    this.#target = target;
    this.#tlb = tlb;
    this.#uses = countUses(fn);
    this.#locals = new Int32Array(fn.count).fill(-1);
    this.#reads = new Uint16Array(fn.count);
    this.#pending = Array.from({ length: fn.count });
  }

  run(): void {
    const { op } = this.#fn;
    for (let i = 0; i < this.#fn.count; i += 1) this.#lower(i, op[i]!);
  }

  /** Emits value `v` into `into` and gives what its computation reads. */
  #use(into: CodeWriter, v: Value): number {
    const fn = this.#fn;
    const op = fn.op[v]!;
    if (op === OP.constI32) into.i32(fn.x[v]!);
    else if (op === OP.constI64) into.i64(fn.x[v]!, fn.y[v]!);
    else if (op === OP.constV128) {
      const at = fn.x[v]!;
      into.v128(fn.extra.subarray(at, at + 16));
    } else {
      const pending = this.#pending[v];
      if (pending !== undefined) {
        into.append(pending);
        this.#pending[v] = undefined;
        this.#waiting = this.#waiting.filter((w) => w !== v);
        return this.#reads[v]!;
      }
      if (this.#locals[v]! < 0) throw new Error(`engine: value ${v} of ${fn.name} is used before it is made`);
      into.localGet(this.#locals[v]!);
    }
    return 0;
  }

  /** Computes into locals all waiting values that read what `effects` writes; all of them for control flow. */
  #settle(conflicts: number): void {
    if (this.#waiting.length === 0) return;
    const rest: Value[] = [];
    for (const v of this.#waiting) {
      if (conflicts !== ALL && (this.#reads[v]! & conflicts) === 0) {
        rest.push(v);
        continue;
      }
      this.#code.append(this.#pending[v]!);
      this.#pending[v] = undefined;
      this.#keep(v);
    }
    this.#waiting = rest;
  }

  /** Moves the value on the stack to the local of `v`. */
  #keep(v: Value): void {
    const local = this.#target.allocate(opSpec(this.#fn.op[v]!).result);
    this.#locals[v] = local;
    this.#code.localSet(local);
  }

  /** A computed value: deferred if it is used once, dropped if never. */
  #define(v: Value, code: CodeWriter, reads: number): void {
    if (this.#uses[v] === 0) return;
    if (this.#uses[v] === 1) {
      this.#pending[v] = code;
      this.#reads[v] = reads;
      this.#waiting.push(v);
      return;
    }
    this.#code.append(code);
    this.#keep(v);
  }

  #lower(i: Value, op: number): void {
    const fn = this.#fn;
    const target = this.#target;
    const spec = opSpec(op);
    const a = fn.a[i]!;
    const b = fn.b[i]!;
    const c = fn.c[i]!;
    const x = fn.x[i]!;
    const y = fn.y[i]!;
    if (op === OP.constI32 || op === OP.constI64 || op === OP.constV128) return;
    if (spec.isWasm || op === OP.selectI32 || op === OP.selectI64 || op === OP.selectV128 || op === OP.shuffle) {
      const code = new CodeWriter(32);
      let reads = 0;
      for (const operand of [a, b, c]) if (operand >= 0) reads |= this.#use(code, operand);
      if (op === OP.shuffle) code.shuffle(fn.extra.subarray(x, x + 16));
      else if (!spec.isWasm) {
        if (op === OP.selectV128) code.u8(0x1c).u8(1).u8(WASM_TYPE.v128);
        else code.op("select");
      } else if (spec.hasLane) code.lane(spec.name, x);
      else code.op(spec.name);
      this.#define(i, code, reads);
      return;
    }
    if (op === OP.holeI32 || op === OP.holeI64 || op === OP.pc || op === OP.nextPc) {
      const code = new CodeWriter(16);
      if (op === OP.holeI32) target.holeI32(code, x);
      else if (op === OP.holeI64) target.holeI64(code, x);
      else if (op === OP.pc) target.pc(code);
      else target.nextPc(code);
      this.#define(i, code, 0);
      return;
    }
    const load = STATE_LOADS[op];
    if (load !== undefined) {
      const code = new CodeWriter(16);
      if (y >= 0) target.holeAddress(code, y);
      else code.localGet(target.vcpu);
      code.memory(load, x);
      this.#define(i, code, EFFECT_READS_STATE);
      return;
    }
    if (op === OP.stateLoadIndexed) {
      const code = new CodeWriter(16);
      const reads = this.#element(code, a, y);
      code.memory("v128.load", x);
      this.#define(i, code, reads | EFFECT_READS_STATE);
      return;
    }
    if (op === OP.localGetI32 || op === OP.localGetI64 || op === OP.localGetV128) {
      this.#define(i, new CodeWriter(8).localGet(target.irLocal(x, spec.result)), EFFECT_READS_LOCAL);
      return;
    }
    this.#lowerEffect(i, op, a, b, c, x, y);
  }

  /** Address of an element of an array in the state, less the array's offset; gives what its computation reads. */
  #element(code: CodeWriter, index: Value, mask: number): number {
    code.localGet(this.#target.vcpu);
    const reads = this.#use(code, index);
    code.i32(mask).op("i32.and").i32(4).op("i32.shl").op("i32.add");
    return reads;
  }

  #lowerEffect(i: Value, op: number, a: Value, b: Value, c: number, x: number, y: number): void {
    const fn = this.#fn;
    const target = this.#target;
    const code = this.#code;
    const spec = opSpec(op);
    const store = STATE_STORES[op];
    if (store !== undefined) {
      const value = new CodeWriter(32);
      this.#use(value, a);
      this.#settle(EFFECT_READS_STATE);
      if (y >= 0) target.holeAddress(code, y);
      else code.localGet(target.vcpu);
      code.append(value).memory(store, x);
      return;
    }
    switch (op) {
      case OP.stateStoreIndexed: {
        const element = new CodeWriter(32);
        this.#element(element, a, y);
        this.#use(element, b);
        this.#settle(EFFECT_READS_STATE);
        code.append(element).memory("v128.store", x);
        return;
      }
      case OP.localSetI32:
      case OP.localSetI64:
      case OP.localSetV128: {
        const value = new CodeWriter(32);
        this.#use(value, a);
        this.#settle(EFFECT_READS_LOCAL);
        code.append(value).localSet(target.irLocal(x, spec.operands[0]!));
        return;
      }
      case OP.guestLoad:
      case OP.guestLoadV128:
        this.#guestLoad(i, a, x);
        return;
      case OP.guestStore:
      case OP.guestStoreV128:
      case OP.guestStoreV256:
        this.#guestStore(a, b, c, x);
        return;
      case OP.callVoid:
      case OP.callI32:
      case OP.callI64:
      case OP.callV128: {
        const args = new CodeWriter(32);
        args.localGet(target.vcpu);
        for (let k = 0; k < y; k += 1) this.#use(args, fn.extra[c + k]!);
        this.#settle(EFFECT_READS_STATE);
        code.append(args);
        target.call(code, x);
        if (spec.result !== 0) {
          if (this.#uses[i] === 0) code.op("drop");
          else this.#keep(i);
        }
        return;
      }
      case OP.assist: {
        const args = new CodeWriter(32);
        this.#use(args, a);
        this.#use(args, b);
        this.#settle(ALL);
        code.append(args);
        target.assist(code, this.#depth, x);
        return;
      }
      case OP.if: {
        const condition = new CodeWriter(32);
        this.#use(condition, a);
        this.#settle(ALL);
        code.append(condition).if();
        this.#depth += 1;
        return;
      }
      case OP.else:
        this.#settle(ALL);
        code.else();
        return;
      case OP.end:
        this.#settle(ALL);
        code.end();
        this.#depth -= 1;
        return;
      case OP.loop:
      case OP.block:
        this.#settle(ALL);
        if (op === OP.loop) code.loop();
        else code.block();
        this.#depth += 1;
        return;
      case OP.br:
        this.#settle(ALL);
        code.br(x);
        return;
      case OP.brIf: {
        const condition = new CodeWriter(32);
        this.#use(condition, a);
        this.#settle(ALL);
        code.append(condition).brIf(x);
        return;
      }
      case OP.returnVoid:
      case OP.returnI32:
      case OP.returnI64:
      case OP.returnV128:
        if (a >= 0) this.#use(code, a);
        target.returns(code, this.#depth);
        return;
      case OP.jump:
        this.#use(code, a);
        target.jump(code, this.#depth);
        return;
      case OP.branch:
        target.branch(code, this.#depth);
        return;
      case OP.repeat:
        target.repeat(code, this.#depth);
        return;
      case OP.fault:
        this.#settle(ALL);
        target.fault(code, this.#depth, x, y);
        return;
      case OP.leave:
        target.leave(code);
        return;
      default:
        throw new Error(`engine: cannot lower ${spec.name}`);
    }
  }

  /** Computes the soft-TLB entry of the address in local `address`; leaves `va - tag` in a new local and gives both. */
  #probe(address: number, tag: number): { entry: number; inPage: number } {
    const code = this.#code;
    const entry = this.#target.allocate(I32);
    const inPage = this.#target.allocate(I64);
    const { entries, entryBytes } = this.#tlb;
    this.#target.tlb(code);
    code
      .localGet(address)
      .op("i32.wrap_i64")
      .i32(12 - Math.log2(entryBytes))
      .op("i32.shr_u")
      .i32((entries - 1) * entryBytes)
      .op("i32.and")
      .op("i32.add")
      .localTee(entry);
    code.memory("i64.load", tag).localSet(inPage);
    code.localGet(address).localGet(inPage).op("i64.sub").localTee(inPage);
    return { entry, inPage };
  }

  #address(a: Value): number {
    const address = this.#target.allocate(I64);
    const code = new CodeWriter(32);
    this.#use(code, a);
    this.#settle(0);
    this.#code.append(code).localSet(address);
    return address;
  }

  #guestLoad(i: Value, a: Value, descriptor: number): void {
    const code = this.#code;
    const address = this.#address(a);
    const size = descriptor & MEM_SIZE_MASK;
    const bytes = 1 << size;
    const { entry, inPage } = this.#probe(
      address,
      (descriptor & MEM_FOR_WRITE) !== 0 ? this.#tlb.writeTag : this.#tlb.readTag,
    );
    code
      .i64(4096 - bytes, 0)
      .op("i64.gt_u")
      .if(WASM_TYPE.i32);
    this.#target.slowLoad(code, this.#depth + 1, address, descriptor);
    code
      .else()
      .localGet(inPage)
      .op("i32.wrap_i64")
      .localGet(entry)
      .memory("i32.load", this.#tlb.ram)
      .op("i32.add")
      .end();
    if (size === 4) code.memory("v128.load", 0);
    else code.memory(((descriptor & MEM_SIGNED) !== 0 ? LOADS_SIGNED : LOADS)[size]!, 0);
    if (this.#uses[i] === 0) code.op("drop");
    else this.#keep(i);
  }

  /** Local that holds value `v` while both ways of a store are written. */
  #inLocal(v: Value): number {
    const have = this.#locals[v]!;
    if (have >= 0) return have;
    const local = this.#target.allocate(opSpec(this.#fn.op[v]!).result);
    const computed = new CodeWriter(32);
    this.#use(computed, v);
    this.#code.append(computed).localSet(local);
    return local;
  }

  /** `c`: the second half of a store of 32 bytes, or -1. */
  #guestStore(a: Value, b: Value, c: Value, descriptor: number): void {
    const code = this.#code;
    const size = descriptor & MEM_SIZE_MASK;
    const bytes = 1 << size;
    const address = this.#address(a);
    const value = this.#inLocal(b);
    const second = c < 0 ? -1 : this.#inLocal(c);
    const name = size >= 4 ? "v128.store" : STORES[size]!;
    const { memoryScratch } = this.#target;
    const { entry, inPage } = this.#probe(address, this.#tlb.writeTag);
    code
      .i64(4096 - bytes, 0)
      .op("i64.gt_u")
      .if();
    code.localGet(this.#target.vcpu).localGet(value).memory(name, memoryScratch);
    if (second >= 0)
      code
        .localGet(this.#target.vcpu)
        .localGet(second)
        .memory(name, memoryScratch + 16);
    this.#target.slowStore(code, this.#depth + 1, address, descriptor);
    code.else().localGet(inPage).op("i32.wrap_i64").localGet(entry).memory("i32.load", this.#tlb.ram).op("i32.add");
    if (second >= 0) {
      const host = this.#target.allocate(I32);
      code.localTee(host).localGet(value).memory(name, 0).localGet(host).localGet(second).memory(name, 16).end();
    } else code.localGet(value).memory(name, 0).end();
  }
}

const ALL = 0xffff;

function countUses(fn: IrFunction): Uint16Array {
  const uses = new Uint16Array(fn.count);
  const use = (v: number): void => {
    if (v >= 0) uses[v]! += 1;
  };
  for (let i = 0; i < fn.count; i += 1) {
    const op = fn.op[i]!;
    const count = opSpec(op).operands.length;
    if (count > 0) use(fn.a[i]!);
    if (count > 1) use(fn.b[i]!);
    if (count > 2) use(fn.c[i]!);
    if (op === OP.callVoid || op === OP.callI32 || op === OP.callI64 || op === OP.callV128) {
      for (let k = 0; k < fn.y[i]!; k += 1) use(fn.extra[fn.c[i]! + k]!);
    }
  }
  return uses;
}
