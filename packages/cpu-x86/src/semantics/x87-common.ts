import { MEM_FOR_WRITE, MEM_PART, MEM_STACK, OP, type Value } from "@isinglass/uops";
import { CR0_EM, CR0_MP, CR0_TS } from "../control-bits.js";
import { CS, DS, S, SEG_BASE, SEG_SELECTOR, SS, segmentOffset } from "../state.js";
import { HELPERS } from "../helpers.js";
import { X87_FREQUENT } from "../x87-functions.js";
import { GUARD_WAIT, GUARD_X87, x87Operation } from "../x87-operations.js";
import { BIND_MEM_SEGMENT, BIND_X87_OPCODE } from "./bindings.js";
import { type Semantics, VECTOR_GP, VECTOR_SS } from "./context.js";

/** #NM where CR0.TS or CR0.EM is set (SDM vol. 3A, 2.5): before anything else. For instructions that do not wait. */
export function controlGuard(s: Semantics): void {
  const { f } = s;
  f.if(s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.cr0), f.i32(CR0_EM | CR0_TS)), () =>
    s.assist("x87-guard", f.i32(GUARD_X87)),
  );
}

/** The same, and #MF for a pending exception. */
export function waitingGuard(s: Semantics): void {
  const { f } = s;
  const off = s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.cr0), f.i32(CR0_EM | CR0_TS));
  f.if(s.op("i32.or", off, f.stateLoad(OP.stateLoadI32, S.fpuPending)), () => s.assist("x87-guard", f.i32(GUARD_X87)));
}

/** WAIT: #NM only where MP and TS are both set (SDM vol. 3A, 2.5). */
export function wait(s: Semantics): void {
  const { f } = s;
  const both = f.i32(CR0_MP | CR0_TS);
  const off = s.op("i32.eq", s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.cr0), both), both);
  f.if(s.op("i32.or", off, f.stateLoad(OP.stateLoadI32, S.fpuPending)), () => s.assist("x87-guard", f.i32(GUARD_WAIT)));
}

/** Opcode of the instruction, 11 bits; its low three are the register number of a register form. */
export function opcode(s: Semantics): Value {
  return s.f.holeI32(s.bind("i32", { kind: BIND_X87_OPCODE, operand: 0 }));
}

/**
 * Notes opcode, instruction and data pointer, as AMD's CPUs do for every instruction but the control ones, whether or not it
 * raises an exception; one without memory operand leaves the data pointer. Comes last: compiled code must not have written anything where it leaves
 * an instruction to the interpreter.
 */
export function notePointers(s: Semantics): void {
  const { f } = s;
  f.stateStore(OP.stateStoreI32, opcode(s), S.fpuOpcode);
  const ip = s.is64 ? f.pc() : s.op("i64.sub", f.pc(), s.loadState(64, segmentOffset(CS) + SEG_BASE));
  f.stateStore(OP.stateStore64, s.is64 ? ip : s.zext(ip, 32), S.fpuIp);
  f.stateStore(OP.stateStore32, f.stateLoad(OP.stateLoad16U, segmentOffset(CS) + SEG_SELECTOR), S.fpuCs);
  if (s.shape.memForm === 0) return;
  f.stateStore(OP.stateStore64, s.offset(), S.fpuDp);
  const flat = s.is64 && !s.shape.segmentBase;
  const hole = flat ? -1 : s.bind("state", { kind: BIND_MEM_SEGMENT, operand: 0 });
  const at = flat ? segmentOffset(s.shape.stackSegment ? SS : DS) : 0;
  f.stateStore(OP.stateStore32, f.stateLoad(OP.stateLoad16U, at + SEG_SELECTOR, hole), S.fpuDs);
}

/** Adds to a linear address, which wraps at 32 bits outside 64-bit mode. */
export function addressPlus(s: Semantics, linear: Value, bytes: number): Value {
  const sum = s.op("i64.add", linear, s.const(bytes));
  return s.is64 ? sum : s.zext(sum, 32);
}

/**
 * Address of an operand of 80 bits, which is accessed in two parts. No segment reaches beyond 4 GiB: said here too, because compiled code
 * assumes of flat segments that all lies within.
 */
function wideAddress(s: Semantics, write: boolean): Value {
  if (!s.is64) {
    const beyond = s.op("i64.gt_u", s.offset(), s.const(-10, 0));
    s.f.if(beyond, () => s.fault(s.shape.stackSegment ? VECTOR_SS : VECTOR_GP, 0));
  }
  return s.address(10, write);
}

export function stackFlag(s: Semantics): number {
  return s.shape.stackSegment ? MEM_STACK : 0;
}

/** Does what a function of micro-ops has left to an assist. */
export function unlessDone(s: Semantics, done: Value, assist: () => void): void {
  s.f.if(s.op("i32.eqz", done), assist);
}

/** An operation on registers only. */
export function operateOnRegisters(s: Semantics, name: string): void {
  const { f } = s;
  const operation = f.i32(x87Operation(name));
  const fop = opcode(s);
  const assist = (): void => s.assist("x87", operation, fop);
  if (X87_FREQUENT.has(name)) unlessDone(s, f.call(HELPERS.x87Registers, [operation, fop]), assist);
  else assist();
  notePointers(s);
}

/** Loads a memory operand of up to 80 bits, gives it, and leaves it in `scratch` for an assist. */
export function loadOperand(s: Semantics, bits: number): { low: Value; high: Value } {
  if (bits !== 80) {
    const low = s.load(bits);
    s.storeScratch(0, low);
    return { low, high: s.const(0) };
  }
  const linear = wideAddress(s, false);
  const low = s.loadAt(linear, 64, stackFlag(s));
  const high = s.loadAt(addressPlus(s, linear, 8), 16, MEM_PART | stackFlag(s));
  s.storeScratch(0, low);
  s.storeScratch(1, high);
  return { low, high };
}

/** Checks that all bytes of the memory destination can be written. */
export function checkDestination(s: Semantics, bits: number): void {
  if (bits !== 80) {
    s.load(bits, MEM_FOR_WRITE);
    return;
  }
  const linear = wideAddress(s, true);
  s.loadAt(linear, 64, MEM_FOR_WRITE | stackFlag(s));
  s.loadAt(addressPlus(s, linear, 8), 16, MEM_FOR_WRITE | MEM_PART | stackFlag(s));
}

/** Stores `scratch` to the memory destination. */
export function storeResult(s: Semantics, bits: number): void {
  const value = s.f.stateLoad(OP.stateLoad64, S.scratch);
  if (bits !== 80) {
    s.store(bits, value);
    return;
  }
  const linear = s.address(10, true);
  s.storeAt(linear, value, 64, stackFlag(s));
  s.storeAt(addressPlus(s, linear, 8), s.f.stateLoad(OP.stateLoad64, S.scratch + 8), 16, MEM_PART | stackFlag(s));
}
