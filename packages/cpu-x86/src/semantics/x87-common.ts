import { MEM_FOR_WRITE, MEM_STACK, OP, type Value } from "@isinglass/uops";
import { CR0_EM, CR0_MP, CR0_TS } from "../control-bits.js";
import { CS, DS, S, SEG_BASE, SEG_SELECTOR, SS, segmentOffset } from "../state.js";
import { GUARD_WAIT, GUARD_X87 } from "../x87-operations.js";
import { BIND_MEM_SEGMENT, BIND_X87_OPCODE } from "./bindings.js";
import type { Semantics } from "./context.js";

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
 * raises an exception; one without memory operand leaves the data pointer. Gives the opcode.
 */
export function notePointers(s: Semantics): Value {
  const { f } = s;
  const fop = opcode(s);
  f.stateStore(OP.stateStoreI32, fop, S.fpuOpcode);
  const ip = s.is64 ? f.pc() : s.op("i64.sub", f.pc(), s.loadState(64, segmentOffset(CS) + SEG_BASE));
  f.stateStore(OP.stateStore64, s.is64 ? ip : s.zext(ip, 32), S.fpuIp);
  f.stateStore(OP.stateStore32, f.stateLoad(OP.stateLoad16U, segmentOffset(CS) + SEG_SELECTOR), S.fpuCs);
  if (s.shape.memForm === 0) return fop;
  f.stateStore(OP.stateStore64, s.offset(), S.fpuDp);
  const flat = s.is64 && !s.shape.segmentBase;
  const hole = flat ? -1 : s.bind("state", { kind: BIND_MEM_SEGMENT, operand: 0 });
  const at = flat ? segmentOffset(s.shape.stackSegment ? SS : DS) : 0;
  f.stateStore(OP.stateStore32, f.stateLoad(OP.stateLoad16U, at + SEG_SELECTOR, hole), S.fpuDs);
  return fop;
}

/** Adds to a linear address, which wraps at 32 bits outside 64-bit mode. */
export function addressPlus(s: Semantics, linear: Value, bytes: number): Value {
  const sum = s.op("i64.add", linear, s.const(bytes));
  return s.is64 ? sum : s.zext(sum, 32);
}

export function stackFlag(s: Semantics): number {
  return s.shape.stackSegment ? MEM_STACK : 0;
}

/** Loads a memory operand of up to 80 bits and leaves it in `scratch`. */
export function loadOperand(s: Semantics, bits: number): void {
  if (bits !== 80) {
    s.storeScratch(0, s.load(bits));
    return;
  }
  const linear = s.address(10, false);
  const low = s.loadAt(linear, 64, stackFlag(s));
  const high = s.loadAt(addressPlus(s, linear, 8), 16, stackFlag(s));
  s.storeScratch(0, low);
  s.storeScratch(1, high);
}

/** Checks that all bytes of the memory destination can be written. */
export function checkDestination(s: Semantics, bits: number): void {
  if (bits !== 80) {
    s.load(bits, MEM_FOR_WRITE);
    return;
  }
  const linear = s.address(10, true);
  s.loadAt(linear, 64, MEM_FOR_WRITE | stackFlag(s));
  s.loadAt(addressPlus(s, linear, 8), 16, MEM_FOR_WRITE | stackFlag(s));
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
  s.storeAt(addressPlus(s, linear, 8), s.f.stateLoad(OP.stateLoad64, S.scratch + 8), 16, stackFlag(s));
}
