import { ATTR_BIG } from "./control-bits.js";
import { type X86Cpu } from "./cpu.js";
import { type Descriptor } from "./segments.js";
import { S, SEG_FIRST, SEG_LAST_READ, SS, segmentOffset } from "./state.js";

/*
 * The stack's limit for what is pushed and popped here rather than by micro-ops (SDM vol. 3A, 5.3; vol. 2, CALL, RET, IRET, INT n, ENTER). 64-bit code
 * has none.
 */

const TWO_32 = 0x1_0000_0000;
/** Offsets of a stack segment: the first and the last one, and the bits of the stack pointer. */
interface Bounds {
  first: number;
  last: number;
  mask: number;
}

const current: Bounds = { first: 0, last: 0, mask: 0 };
const fresh: Bounds = { first: 0, last: 0, mask: 0 };

/** Those of SS as it is. A segment that cannot be used has no offset. */
function currentBounds(cpu: X86Cpu): Bounds {
  const ss = segmentOffset(SS);
  current.first = (cpu.get32(ss + SEG_FIRST) >>> 0) + cpu.getHi(ss + SEG_FIRST) * TWO_32;
  current.last = cpu.getHi(ss + SEG_LAST_READ) === 0 ? cpu.get32(ss + SEG_LAST_READ) >>> 0 : -1;
  current.mask = cpu.stackMask();
  return current;
}

/** Those of a stack segment that is about to be loaded. */
function boundsOf(stack: Descriptor): Bounds {
  const isBig = (stack.attributes & ATTR_BIG) !== 0;
  const expandsDown = (stack.type & 4) !== 0;
  fresh.first = expandsDown ? stack.limit + 1 : 0;
  fresh.last = !expandsDown ? stack.limit : isBig ? 0xffffffff : 0xffff;
  fresh.mask = isBig ? -1 : 0xffff;
  return fresh;
}

/** Whether `bytes` bytes at an offset lie within. What goes beyond the last offset of all does not. */
function holds(bounds: Bounds, pointer: number, bytes: number): boolean {
  const at = (pointer & bounds.mask) >>> 0;
  return at >= bounds.first && at + bytes - 1 <= bounds.last;
}

function hasRoom(bounds: Bounds, sp: number, bytes: number, count: number): boolean {
  for (let i = 1; i <= count; i += 1) if (!holds(bounds, sp - i * bytes, bytes)) return false;
  return true;
}

/** #SS unless `count` items of so many bytes can be pushed on the stack as it is. To be asked before the first is written. */
export function checkRoom(cpu: X86Cpu, bytes: number, count: number, error: number = 0): void {
  if (cpu.is64 || hasRoom(currentBounds(cpu), cpu.get32(S.gpr + 32), bytes, count)) return;
  cpu.fault(12, error);
}

/** The same on the stack of an inner ring, which begins at `sp`; `error` has its selector. */
export function checkInnerRoom(
  cpu: X86Cpu,
  stack: Descriptor,
  sp: number,
  bytes: number,
  count: number,
  error: number,
): void {
  if (!hasRoom(boundsOf(stack), sp, bytes, count)) cpu.fault(12, error);
}

/** #SS(0) unless an item on the stack, at an offset that the width of the stack pointer is still to be applied to, lies within the limit. */
export function checkOnStack(cpu: X86Cpu, pointer: number, bytes: number): void {
  if (!cpu.is64 && !holds(currentBounds(cpu), pointer, bytes)) cpu.fault(12, 0);
}
