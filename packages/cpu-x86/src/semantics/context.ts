import {
  FunctionBuilder,
  I32,
  I64,
  type IrFunction,
  type Local,
  MEM_FOR_WRITE,
  MEM_SIGNED,
  MEM_STACK,
  OP,
  type Value,
} from "@isinglass/uops";
import { OP_FAR, OP_IMM, OP_MEM, OP_REG, OP_REL } from "@isinglass/isa-x86";
import { assistId } from "../assist-ids.js";
import { CC_ADD, CC_BITS, CC_RESULT, CC_SUB, CONDITIONS } from "../flags.js";
import type { FormShape } from "../form-shape.js";
import { HELPERS } from "../helpers.js";
import { CS, S, SEG_BASE, SEG_FIRST, SEG_LAST_READ, SEG_LAST_WRITE, SS, gprOffset, segmentOffset } from "../state.js";
import {
  BIND_BASE_IS_STACK,
  BIND_DISP,
  BIND_DISP64,
  BIND_IMM,
  BIND_IMM2,
  BIND_MEM_BASE,
  BIND_MEM_INDEX,
  BIND_MEM_SCALE,
  BIND_MEM_SEGMENT,
  BIND_OPERAND,
  type Binding,
} from "./bindings.js";

/** Exception vectors that semantics raise themselves (SDM vol. 3A, table 6-1). */
export const VECTOR_DE: number = 0;
export const VECTOR_BP: number = 3;
export const VECTOR_UD: number = 6;
export const VECTOR_SS: number = 12;
export const VECTOR_GP: number = 13;

/** Memory operand shapes that get micro-ops of their own; the rest of the key is in {@link FormShape}. */
export const MEM_FORM_NONE: number = 0;
/** base + displacement, no segment base: 64-bit mode. */
export const MEM_FORM_SIMPLE: number = 1;
/** RIP + displacement, no segment base. */
export const MEM_FORM_RIP: number = 2;
/** base + index << scale + displacement, no segment base: 64-bit mode. */
export const MEM_FORM_INDEXED: number = 3;
/** Everything else: segment base, 16- and 32-bit addresses, segment limits outside 64-bit mode. */
export const MEM_FORM_GENERAL: number = 4;
/** RIP-relative with a segment base or a 32-bit address. */
export const MEM_FORM_RIP_GENERAL: number = 5;
/** A 64-bit absolute address (moffs). */
export const MEM_FORM_ABSOLUTE: number = 6;

/**
 * What an instruction's semantics is written with: operands by number, memory, stack, flags. Integers are i64 values
 * sign-extended from their size, everywhere.
 */
export class Semantics {
  readonly f: FunctionBuilder;
  readonly shape: FormShape;
  readonly bindings: Binding[] = [];
  #offset: Value | undefined;
  #linear = new Map<string, Value>();
  #disp = -1;

  constructor(shape: FormShape) {
    this.shape = shape;
    this.f = new FunctionBuilder(shape.name);
  }

  /** Effective operand size in bits. */
  get size(): number {
    return this.shape.operandSize;
  }

  get mode(): number {
    return this.shape.mode;
  }

  get is64(): boolean {
    return this.shape.mode === 64;
  }

  op(name: string, a: Value = -1, b: Value = -1, c: Value = -1): Value {
    return this.f.op(name, a, b, c);
  }

  const(lo: number, hi?: number): Value {
    return this.f.i64(lo, hi);
  }

  bind(kind: "state" | "i8" | "i32" | "i64", binding: Binding): number {
    this.bindings.push(binding);
    return this.f.hole(kind);
  }

  isMemory(i: number): boolean {
    return this.shape.opKind[i] === OP_MEM;
  }

  bits(i: number): number {
    return this.shape.opBits[i] ?? 0;
  }

  #operandHoles = new Map<number, number>();
  /** The `state` hole of register operand `i`. */
  registerHole(i: number): number {
    let hole = this.#operandHoles.get(i);
    if (hole === undefined) {
      hole = this.bind("state", { kind: BIND_OPERAND, operand: i });
      this.#operandHoles.set(i, hole);
    }
    return hole;
  }

  /** Sign-extends the low `bits` of a value. */
  sext(value: Value, bits: number): Value {
    return bits === 64
      ? value
      : this.op(bits === 32 ? "i64.extend32_s" : bits === 16 ? "i64.extend16_s" : "i64.extend8_s", value);
  }

  /** Zero-extends the low `bits` of a value. */
  zext(value: Value, bits: number): Value {
    if (bits === 64) return value;
    if (bits === 32) return this.op("i64.extend_i32_u", this.op("i32.wrap_i64", value));
    return this.op("i64.and", value, this.const(bits === 16 ? 0xffff : 0xff, 0));
  }

  /** Reads general register state at `offset` (plus hole), sign-extended. */
  loadState(bits: number, offset: number, hole = -1): Value {
    const op =
      bits === 64 ? OP.stateLoad64 : bits === 32 ? OP.stateLoad32S : bits === 16 ? OP.stateLoad16S : OP.stateLoad8S;
    return this.f.stateLoad(op, offset, hole);
  }

  /** Writes a general register: 32 bits clear the upper half (SDM vol. 1, 3.4.1.1), 8 and 16 leave the rest. */
  storeState(bits: number, value: Value, offset: number, hole = -1): void {
    if (bits === 64) this.f.stateStore(OP.stateStore64, value, offset, hole);
    else if (bits === 32) this.f.stateStore(OP.stateStore64, this.zext(value, 32), offset, hole);
    else this.f.stateStore(bits === 16 ? OP.stateStore16 : OP.stateStore8, value, offset, hole);
  }

  /** A fixed general register, such as the accumulator of MUL. */
  gpr(register: number, bits: number = this.size): Value {
    return this.loadState(bits, gprOffset(register));
  }

  setGpr(register: number, value: Value, bits: number = this.size): void {
    this.storeState(bits, value, gprOffset(register));
  }

  immediate(): Value {
    const wide = this.shape.immediate64;
    const hole = this.bind(wide ? "i64" : "i32", { kind: BIND_IMM, operand: 0 });
    return this.f.holeI64(hole);
  }

  #immediateHole = -1;
  /** The immediate; asked for more than once it is the same hole. */
  immediateI32(): Value {
    if (this.#immediateHole < 0) this.#immediateHole = this.bind("i32", { kind: BIND_IMM, operand: 0 });
    return this.f.holeI32(this.#immediateHole);
  }

  immediate2(): Value {
    return this.f.holeI32(this.bind("i32", { kind: BIND_IMM2, operand: 0 }));
  }

  /** Reads operand `i`, sign-extended from its size. */
  read(i: number): Value {
    const kind = this.shape.opKind[i];
    const bits = this.bits(i);
    if (kind === OP_REG) return this.loadState(bits, 0, this.registerHole(i));
    if (kind === OP_MEM) return this.load(bits);
    if (kind === OP_IMM || kind === OP_REL || kind === OP_FAR) return this.immediate();
    throw new Error(`${this.shape.name}: no operand ${i}`);
  }

  /** Reads operand `i`, which will be written: write permission is checked with the load. */
  readForWrite(i: number): Value {
    if (!this.isMemory(i)) return this.read(i);
    return this.load(this.bits(i), MEM_FOR_WRITE);
  }

  /** Writes operand `i`. */
  write(i: number, value: Value): void {
    if (this.isMemory(i)) this.store(this.bits(i), value);
    else this.storeState(this.bits(i), value, 0, this.registerHole(i));
  }

  // Addresses

  #dispValue(): Value {
    if (this.#disp < 0) this.#disp = this.bind("i32", { kind: BIND_DISP, operand: 0 });
    return this.f.holeI64(this.#disp);
  }

  /** Offset of the memory operand within its segment, wrapped to the address size. */
  offset(): Value {
    if (this.#offset !== undefined) return this.#offset;
    const form = this.shape.memForm;
    const base = (): Value =>
      this.f.stateLoad(OP.stateLoad64, 0, this.bind("state", { kind: BIND_MEM_BASE, operand: 0 }));
    const index = (): Value => {
      const register = this.f.stateLoad(OP.stateLoad64, 0, this.bind("state", { kind: BIND_MEM_INDEX, operand: 0 }));
      const scale = this.f.holeI64(this.bind("i8", { kind: BIND_MEM_SCALE, operand: 0 }));
      return this.op("i64.shl", register, scale);
    };
    let sum: Value;
    if (form === MEM_FORM_ABSOLUTE) sum = this.f.holeI64(this.bind("i64", { kind: BIND_DISP64, operand: 0 }));
    else if (form === MEM_FORM_RIP || form === MEM_FORM_RIP_GENERAL)
      sum = this.op("i64.add", this.f.nextPc(), this.#dispValue());
    else if (form === MEM_FORM_SIMPLE) sum = this.op("i64.add", base(), this.#dispValue());
    else sum = this.op("i64.add", this.op("i64.add", base(), index()), this.#dispValue());
    const size = this.shape.addressSize;
    this.#offset = size === 64 ? sum : this.zext(sum, size);
    return this.#offset;
  }

  /** Moves the memory operand by a computed number of bytes (bit strings). */
  moveOffset(bytes: Value): void {
    const moved = this.op("i64.add", this.offset(), bytes);
    this.#offset = this.shape.addressSize === 64 ? moved : this.zext(moved, this.shape.addressSize);
    this.#linear.clear();
  }

  /** Linear address of the memory operand for an access of `bytes`, after segment checks. */
  address(bytes: number, write: boolean): Value {
    const key = `${bytes}${write ? "w" : "r"}`;
    let value = this.#linear.get(key);
    if (value === undefined) {
      const form = this.shape.memForm;
      const offset = this.offset();
      if (form !== MEM_FORM_GENERAL && form !== MEM_FORM_RIP_GENERAL && form !== MEM_FORM_ABSOLUTE) value = offset;
      else
        value = this.segmented(
          this.bind("state", { kind: BIND_MEM_SEGMENT, operand: 0 }),
          offset,
          bytes,
          write,
          this.shape.stackSegment,
        );
      this.#linear.set(key, value);
    }
    return value;
  }

  /**
   * Linear address of `offset` in the segment whose record is at the `state` hole (or constant offset). Outside 64-bit
   * mode limit and rights are checked and the sum wraps at 32 bits (SDM vol. 3A, 5.3).
   */
  segmented(hole: number, offset: Value, bytes: number, write: boolean, stack: boolean, constant = 0): Value {
    const base = this.f.stateLoad(OP.stateLoad64, constant + SEG_BASE, hole);
    if (this.is64) return this.op("i64.add", base, offset);
    const first = this.f.stateLoad(OP.stateLoad64, constant + SEG_FIRST, hole);
    const last = this.f.stateLoad(OP.stateLoad64, constant + (write ? SEG_LAST_WRITE : SEG_LAST_READ), hole);
    const end = bytes > 1 ? this.op("i64.add", offset, this.const(bytes - 1)) : offset;
    const bad = this.op("i32.or", this.op("i64.lt_s", offset, first), this.op("i64.gt_s", end, last));
    this.f.if(bad, () => this.f.fault(stack ? VECTOR_SS : VECTOR_GP, 0));
    return this.zext(this.op("i64.add", base, offset), 32);
  }

  /** Linear address in the memory operand's segment of an offset that the instruction implies (XLAT, string sources). */
  implied(offset: Value, bytes: number, write: boolean): Value {
    if (this.is64 && !this.shape.segmentBase) return offset;
    return this.segmented(
      this.bind("state", { kind: BIND_MEM_SEGMENT, operand: 0 }),
      offset,
      bytes,
      write,
      this.shape.stackSegment,
    );
  }

  /** Linear address of POP's memory destination: computed after the stack pointer has moved by `bytes`. */
  popDestination(bytes: Value): Value {
    const moves = this.op("i64.mul", bytes, this.f.holeI64(this.bind("i8", { kind: BIND_BASE_IS_STACK, operand: 0 })));
    this.moveOffset(moves);
    return this.address(this.size >> 3, true);
  }

  /** Reverses the bytes of a value of `bits`; the rest of the result is undefined. */
  reverseBytes(value: Value, bits: number): Value {
    if (bits === 16)
      return this.op(
        "i64.or",
        this.op("i64.shl", value, this.const(8)),
        this.op("i64.shr_u", this.zext(value, 16), this.const(8)),
      );
    let v = value;
    for (const [lo, by] of [
      [0x00ff00ff, 8],
      [0x0000ffff, 16],
    ] as const) {
      const m = this.const(lo, lo);
      const up = this.op("i64.shl", this.op("i64.and", v, m), this.const(by));
      v = this.op("i64.or", this.op("i64.and", this.op("i64.shr_u", v, this.const(by)), m), up);
    }
    v = this.op("i64.rotl", v, this.const(32));
    return bits === 64 ? v : this.op("i64.shr_s", v, this.const(32));
  }

  /** Reads the memory operand. */
  load(bits: number, flags = 0): Value {
    return this.loadAt(
      this.address(bits >> 3, (flags & MEM_FOR_WRITE) !== 0),
      bits,
      flags | (this.shape.stackSegment ? MEM_STACK : 0),
    );
  }

  store(bits: number, value: Value): void {
    this.storeAt(this.address(bits >> 3, true), value, bits, this.shape.stackSegment ? MEM_STACK : 0);
  }

  /** Reads a part of the memory operand, at a linear address within it: faults are those of its segment. */
  loadPart(linear: Value, bits: number, flags = 0): Value {
    return this.loadAt(linear, bits, flags | (this.shape.stackSegment ? MEM_STACK : 0));
  }

  storePart(linear: Value, value: Value, bits: number): void {
    this.storeAt(linear, value, bits, this.shape.stackSegment ? MEM_STACK : 0);
  }

  loadAt(linear: Value, bits: number, flags = 0): Value {
    return this.f.guestLoad(linear, log2(bits >> 3) | (bits < 64 ? MEM_SIGNED : 0) | flags);
  }

  storeAt(linear: Value, value: Value, bits: number, flags = 0): void {
    this.f.guestStore(linear, value, log2(bits >> 3) | flags);
  }

  // Stack

  get stackBits(): number {
    return this.shape.stackSize;
  }

  /** Linear address of a stack slot. */
  stackAddress(pointer: Value, bytes: number, write: boolean): Value {
    if (this.is64) return pointer;
    return this.segmented(-1, this.zext(pointer, this.stackBits), bytes, write, true, segmentOffset(SS));
  }

  push(value: Value, bits: number = this.size): void {
    const pointer = this.op("i64.sub", this.gpr(4, this.stackBits), this.const(bits >> 3));
    this.storeAt(this.stackAddress(pointer, bits >> 3, true), value, bits, MEM_STACK);
    this.setGpr(4, pointer, this.stackBits);
  }

  /** Loads the top of the stack without moving the pointer. */
  peek(bits: number = this.size, above = 0): Value {
    let pointer = this.gpr(4, this.stackBits);
    if (above !== 0) pointer = this.op("i64.add", pointer, this.const(above));
    return this.loadAt(this.stackAddress(pointer, bits >> 3, false), bits, MEM_STACK);
  }

  /** Adds to the stack pointer. */
  release(bytes: Value): void {
    this.setGpr(4, this.op("i64.add", this.gpr(4, this.stackBits), bytes), this.stackBits);
  }

  // Control flow

  /** Instruction pointer of the next instruction, relative to CS. */
  nextIp(): Value {
    if (this.is64) return this.f.nextPc();
    return this.zext(this.op("i64.sub", this.f.nextPc(), this.loadState(64, segmentOffset(CS) + SEG_BASE)), 32);
  }

  /**
   * Linear address of an offset in CS, wrapped to the operand size, as the target of a near transfer. A target that is not
   * canonical or lies beyond the limit is a fault of the branch itself, so this comes before whatever the branch changes
   * (SDM vol. 2A, CALL, JMP, RET).
   */
  target(ip: Value): Value {
    if (this.is64) {
      // Bits 63:47 are all alike: shifted down they are 0 or -1.
      const upper = this.op("i64.add", this.op("i64.shr_s", ip, this.const(47)), this.const(1));
      this.f.if(this.op("i64.gt_u", upper, this.const(1)), () => this.f.fault(VECTOR_GP, 0));
      return ip;
    }
    const offset = this.zext(ip, this.size === 16 ? 16 : 32);
    this.f.if(this.op("i64.gt_u", offset, this.loadState(64, segmentOffset(CS) + SEG_LAST_READ)), () =>
      this.f.fault(VECTOR_GP, 0),
    );
    return this.zext(this.op("i64.add", offset, this.loadState(64, segmentOffset(CS) + SEG_BASE)), 32);
  }

  /** Jumps to an offset in CS, see {@link target}. */
  jumpTo(ip: Value): void {
    this.f.jump(this.target(ip));
  }

  /**
   * Target of the displacement operand where operand size or code segment make it one to check; see {@link target}. In 64-bit code and
   * with a limit of 4 GiB there is nothing to check.
   */
  relativeTarget(): Value | undefined {
    if (this.is64 || (this.size === 32 && !this.shape.codeLimited)) return undefined;
    return this.target(this.op("i64.add", this.nextIp(), this.immediate()));
  }

  /** Jumps by the displacement operand. */
  jumpRelative(): void {
    const target = this.relativeTarget();
    if (target !== undefined) this.f.jump(target);
    else this.f.branch(this.bind("i32", { kind: BIND_IMM, operand: 0 }), this.is64 ? 64 : 32);
  }

  /** Passes a 64-bit value to an assist, in slot `slot` of `scratch`. */
  storeScratch(slot: number, value: Value): void {
    this.f.stateStore(OP.stateStore64, value, S.scratch + slot * 8);
  }

  fault(vector: number, errorCode = -1): void {
    this.f.fault(vector, errorCode);
  }

  assist(name: string, a?: Value, b?: Value): void {
    this.f.assist(assistId(name), a, b);
  }

  // Flags

  setFlags(kind: number, result: Value, a: Value, b: Value): void {
    this.f.stateStore(OP.stateStoreI32, this.f.i32(kind), S.ccOp);
    this.f.stateStore(OP.stateStore64, result, S.ccResult);
    this.f.stateStore(OP.stateStore64, a, S.ccA);
    this.f.stateStore(OP.stateStore64, b, S.ccB);
  }

  flagsAdd(result: Value, a: Value, b: Value): void {
    this.setFlags(CC_ADD, result, a, b);
  }

  flagsSub(result: Value, a: Value, b: Value): void {
    this.setFlags(CC_SUB, result, a, b);
  }

  /** Logic: CF = OF = AF = 0 (AF is undefined in the manual; CPUs clear it). */
  flagsLogic(result: Value): void {
    this.setFlags(CC_SUB, result, result, this.const(0));
  }

  /** ZF, SF, PF of the result; CF, AF and OF as RFLAGS bits in an i64. */
  flagsResult(result: Value, bits: Value): void {
    this.f.stateStore(OP.stateStoreI32, this.f.i32(CC_RESULT), S.ccOp);
    this.f.stateStore(OP.stateStore64, result, S.ccResult);
    this.f.stateStore(OP.stateStore64, bits, S.ccB);
  }

  /** All six status flags, as RFLAGS bits in an i32. */
  flagsBits(bits: Value): void {
    this.f.stateStore(OP.stateStoreI32, this.f.i32(CC_BITS), S.ccOp);
    this.f.stateStore(OP.stateStore64, this.op("i64.extend_i32_u", bits), S.ccB);
  }

  /** The six status flags as RFLAGS bits, i32. */
  statusFlags(): Value {
    return this.f.call(HELPERS.statusFlags, []);
  }

  /** CF as i32 0 or 1. */
  carry(): Value {
    return this.condition(2);
  }

  carry64(): Value {
    return this.op("i64.extend_i32_u", this.carry());
  }

  /** Condition `code` (0..15) as i32 0 or 1. After a compare, test or logical operation it is one comparison. */
  condition(code: number): Value {
    const { f } = this;
    const out: Local = f.local(I32);
    const load = (field: "ccResult" | "ccA" | "ccB"): Value => f.stateLoad(OP.stateLoad64, S[field]);
    const isSub = f.op("i32.eq", f.stateLoad(OP.stateLoadI32, S.ccOp), f.i32(CC_SUB));
    const slow = (): void => f.set(out, f.call(HELPERS.condition, [f.i32(code)]));
    const short = (compute: () => Value): void => f.if(isSub, () => f.set(out, compute()), slow);
    const base = code & ~1;
    const pick = (yes: string, no: string): string => ((code & 1) === 0 ? yes : no);
    const name = CONDITIONS[base];
    if (name === "z")
      short(() => ((code & 1) === 0 ? f.op("i64.eqz", load("ccResult")) : f.op("i64.ne", load("ccResult"), f.i64(0))));
    else if (name === "s") short(() => f.op(pick("i64.lt_s", "i64.ge_s"), load("ccResult"), f.i64(0)));
    else if (name === "b") short(() => f.op(pick("i64.lt_u", "i64.ge_u"), load("ccA"), load("ccB")));
    else if (name === "be") short(() => f.op(pick("i64.le_u", "i64.gt_u"), load("ccA"), load("ccB")));
    else if (name === "l") short(() => f.op(pick("i64.lt_s", "i64.ge_s"), load("ccA"), load("ccB")));
    else if (name === "le") short(() => f.op(pick("i64.le_s", "i64.gt_s"), load("ccA"), load("ccB")));
    else slow();
    return f.get(out);
  }

  /** A mutable 64-bit local. */
  local(initial?: Value): Local {
    const local = this.f.local(I64);
    if (initial !== undefined) this.f.set(local, initial);
    return local;
  }

  get(local: Local): Value {
    return this.f.get(local);
  }

  set(local: Local, value: Value): void {
    this.f.set(local, value);
  }

  finish(): IrFunction {
    return this.f.finish();
  }
}

function log2(bytes: number): number {
  return bytes === 1 ? 0 : bytes === 2 ? 1 : bytes === 4 ? 2 : bytes === 8 ? 3 : 4;
}
