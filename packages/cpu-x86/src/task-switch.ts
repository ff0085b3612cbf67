import { ASSIST_JUMP, MEM_FOR_WRITE, MEM_STACK, MEM_SUPERVISOR } from "@isinglass/uops";
import { addAddress, sum } from "./address.js";
import { ATTR_BIG, ATTR_UNUSABLE, CR0_PG, CR0_TS } from "./control-bits.js";
import { DR6_TASK_SWITCH } from "./breakpoints.js";
import { type X86Cpu } from "./cpu.js";
import { readFlags, writeFlags } from "./eflags.js";
import {
  Descriptor,
  markAccessed,
  readDescriptor,
  setFromDescriptor,
  setNull,
  setSegment,
  setTypeByte,
} from "./segments.js";
import {
  CS,
  DS,
  ES,
  FLAG_NT,
  FLAG_RF,
  FLAG_VM,
  FS,
  GS,
  LDTR,
  S,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_LIMIT,
  SEG_SELECTOR,
  SS,
  TR,
  gprOffset,
  segmentOffset,
} from "./state.js";
import { checkRoom } from "./stack-limits.js";
import { writeCr3 } from "./assists/control.js";

/** How a task is entered (SDM vol. 3A, 8.3). */
export const TASK_JUMP: number = 0;
export const TASK_CALL: number = 1;
/** An interrupt or exception: as a call, but the pc is where it goes on. */
export const TASK_INTERRUPT: number = 2;
export const TASK_RETURN: number = 3;

/** Fields of a task-state segment of 32 and of 16 bits (SDM vol. 3A, figures 8-2 and 8-10). */
const WIDE = { size: 104, step: 4, ip: 0x20, registers: 0x28, segments: 0x48, segmentCount: 6, ldt: 0x60 } as const;
const NARROW = { size: 44, step: 2, ip: 0x0e, registers: 0x12, segments: 0x22, segmentCount: 4, ldt: 0x2a } as const;
const TSS_CR3 = 0x1c;
const TSS_TRAP = 0x64;
/** System descriptor types: 32-bit, and busy. */
const TYPE_WIDE = 8;
const TYPE_BUSY = 2;
/** In the order of the segment fields. */
const SEGMENTS: readonly number[] = [ES, CS, SS, DS, FS, GS];
const DATA_SEGMENTS: readonly number[] = [ES, DS, FS, GS];
/** RFLAGS bits that a task has. */
const TASK_FLAGS = 0x3f7fd5;

const task = new Descriptor();
const old = new Descriptor();
const part = new Descriptor();
const selectors = new Int32Array(6);
const registers = new Int32Array(8);

/**
 * The task-state segment that a far JMP or CALL, a task gate or IRET names, into `task`, checked (SDM vol. 3A, 8.3).
 *
 * @param vector what a bad one raises: #GP, or #TS for IRET and for a task gate's
 */
function openTask(cpu: X86Cpu, selector: number, busy: boolean, vector: number, ext: number): void {
  const error = (selector & 0xfffc) | ext;
  if ((selector & 4) !== 0 || (selector & 0xfffc) === 0 || !readDescriptor(cpu, selector, task))
    cpu.fault(vector, error);
  const wanted = busy ? TYPE_BUSY : 0;
  if (task.ordinary || (task.type & ~TYPE_WIDE) !== (1 | wanted)) cpu.fault(vector, error);
  if (!task.present) cpu.fault(11, error);
  if (task.limit < (task.type >= TYPE_WIDE ? WIDE : NARROW).size - 1) cpu.fault(10, error);
}

function at(cpu: X86Cpu, base: number, offset: number): void {
  addAddress(base, 0, offset);
  sum.hi = 0;
}

function load(cpu: X86Cpu, base: number, offset: number, step: number): number {
  at(cpu, base, offset);
  return cpu.read(sum.lo, 0, step === 4 ? 2 : 1, MEM_SUPERVISOR);
}

function store(cpu: X86Cpu, base: number, offset: number, step: number, value: number): void {
  at(cpu, base, offset);
  cpu.write(sum.lo, 0, step === 4 ? 2 : 1, value, 0, MEM_SUPERVISOR);
}

function setBusy(cpu: X86Cpu, selector: number, descriptor: Descriptor, busy: boolean): void {
  descriptor.hi = busy ? descriptor.hi | (TYPE_BUSY << 8) : descriptor.hi & ~(TYPE_BUSY << 8);
  setTypeByte(cpu, selector, descriptor);
}

/** Registers and flags into the task-state segment of the task that is left. */
function leave(cpu: X86Cpu, how: number): void {
  const tr = segmentOffset(TR);
  const layout = (cpu.get32(tr + SEG_ATTRIBUTES) & TYPE_WIDE) !== 0 ? WIDE : NARROW;
  const base = cpu.get32(tr + SEG_BASE);
  const { step } = layout;
  // Both ends are writable before anything is written.
  for (const offset of [layout.ip, layout.segments + (layout.segmentCount - 1) * step]) {
    at(cpu, base, offset);
    cpu.loadAt(sum.lo, 0, 1 | MEM_SUPERVISOR | MEM_FOR_WRITE);
  }
  const flags = readFlags(cpu);
  store(cpu, base, layout.ip, step, how === TASK_INTERRUPT ? cpu.ipLo() : cpu.nextIpLo());
  // RF is good for one instruction: what switches tasks itself has used it up.
  const kept = how === TASK_INTERRUPT ? -1 : how === TASK_RETURN ? ~(FLAG_NT | FLAG_RF) : ~FLAG_RF;
  store(cpu, base, layout.ip + step, step, flags & kept);
  for (let i = 0; i < 8; i += 1) store(cpu, base, layout.registers + i * step, step, cpu.get32(gprOffset(i)));
  for (let i = 0; i < layout.segmentCount; i += 1)
    store(cpu, base, layout.segments + i * step, 2, cpu.get32(segmentOffset(SEGMENTS[i]!) + SEG_SELECTOR));
}

function loadLdt(cpu: X86Cpu, selector: number, ext: number): void {
  const error = (selector & 0xfffc) | ext;
  setNull(cpu, LDTR, selector);
  if ((selector & 0xfffc) === 0) return;
  if ((selector & 4) !== 0 || !readDescriptor(cpu, selector, part)) cpu.fault(10, error);
  if (part.ordinary || part.type !== 2 || !part.present) cpu.fault(10, error);
  setFromDescriptor(cpu, LDTR, selector, part);
}

/** The new task's segments; what is wrong with them is its own fault (SDM vol. 3A, table 8-1). */
function loadSegments(cpu: X86Cpu, cpl: number, ext: number): void {
  const cs = selectors[1]!;
  const badCs = (cs & 0xfffc) | ext;
  if ((cs & 0xfffc) === 0 || !readDescriptor(cpu, cs, part) || !part.isCode) cpu.fault(10, badCs);
  if (part.conforming ? part.dpl > cpl : part.dpl !== cpl) cpu.fault(10, badCs);
  if (!part.present) cpu.fault(11, badCs);
  markAccessed(cpu, cs, part);
  const ip = cpu.get32(S.rip);
  setFromDescriptor(cpu, CS, cs, part);
  cpu.set64(S.rip, (ip + part.base) | 0, 0);
  const beyond = ip >>> 0 > part.limit;
  const ss = selectors[2]!;
  const badSs = (ss & 0xfffc) | ext;
  if ((ss & 0xfffc) === 0 || !readDescriptor(cpu, ss, part) || !part.isWritableData) cpu.fault(10, badSs);
  if ((ss & 3) !== cpl || part.dpl !== cpl) cpu.fault(10, badSs);
  if (!part.present) cpu.fault(12, badSs);
  markAccessed(cpu, ss, part);
  setFromDescriptor(cpu, SS, ss, part);
  for (const segment of DATA_SEGMENTS) {
    const selector = selectors[SEGMENTS.indexOf(segment)]!;
    const bad = (selector & 0xfffc) | ext;
    if ((selector & 0xfffc) === 0) continue;
    if (!readDescriptor(cpu, selector, part) || !part.isReadable) cpu.fault(10, bad);
    if (!(part.isCode && part.conforming) && part.dpl < Math.max(cpl, selector & 3)) cpu.fault(10, bad);
    if (!part.present) cpu.fault(11, bad);
    markAccessed(cpu, selector, part);
    setFromDescriptor(cpu, segment, selector, part);
  }
  if (beyond) cpu.fault(13, ext);
}

/**
 * Leaves the current task for another one (SDM vol. 3A, 8.3). What is thrown before the new task is in place leaves the old one as it was but for its
 * task-state segment; what is thrown after it is raised in the new task.
 *
 * @param how TASK_*
 * @param error an exception's error code, for the new task's stack, or -1
 * @param ext EXT bit of error codes
 */
export function switchTask(cpu: X86Cpu, selector: number, how: number, error: number, ext: number): number {
  openTask(cpu, selector, how === TASK_RETURN, how === TASK_RETURN ? 10 : 13, ext);
  const layout = task.type >= TYPE_WIDE ? WIDE : NARROW;
  const { step } = layout;
  const { base } = task;
  let flags = load(cpu, base, layout.ip + step, step);
  const ip = load(cpu, base, layout.ip, step);
  for (let i = 0; i < 8; i += 1) registers[i] = load(cpu, base, layout.registers + i * step, step);
  selectors.fill(0);
  for (let i = 0; i < layout.segmentCount; i += 1)
    selectors[i] = load(cpu, base, layout.segments + i * step, 2) & 0xffff;
  const ldt = load(cpu, base, layout.ldt, 2) & 0xffff;
  const cr3 = layout === WIDE ? load(cpu, base, TSS_CR3, 4) : 0;
  const traps = layout === WIDE && (load(cpu, base, TSS_TRAP, 2) & 1) !== 0;
  const from = cpu.get32(segmentOffset(TR) + SEG_SELECTOR);
  leave(cpu, how);
  const nests = how === TASK_CALL || how === TASK_INTERRUPT;
  if (!nests && readDescriptor(cpu, from, old)) setBusy(cpu, from, old, false);
  if (nests) {
    store(cpu, base, 0, 2, from);
    flags |= FLAG_NT;
  }
  if (how !== TASK_RETURN) setBusy(cpu, selector, task, true);
  // From here on it is the new task that runs.
  cpu.taskSwitches += 1;
  setSegment(cpu, TR, selector, task.attributes | TYPE_BUSY, base, 0, task.limit);
  cpu.set32(S.cr0, cpu.get32(S.cr0) | CR0_TS);
  // The local enable bits of breakpoints belong to the task (SDM vol. 3B, 18.2.4).
  cpu.set32(S.dr + 56, cpu.get32(S.dr + 56) & ~0x55);
  cpu.updateBreakpoints();
  cpu.updateSimd();
  for (let i = 0; i < 8; i += 1) cpu.set64(gprOffset(i), registers[i]! & (step === 4 ? -1 : 0xffff), 0);
  writeFlags(cpu, flags, step === 4 ? TASK_FLAGS : TASK_FLAGS & 0xffff);
  const isV86 = (flags & FLAG_VM) !== 0 && step === 4;
  const cpl = isV86 ? 3 : selectors[1]! & 3;
  cpu.set32(S.cpl, cpl);
  SEGMENTS.forEach((segment, i) => {
    if (isV86) setSegment(cpu, segment, selectors[i]!, 0xf3, selectors[i]! << 4, 0, 0xffff);
    else setSegment(cpu, segment, selectors[i]!, ATTR_UNUSABLE | (cpl << 5) | ATTR_BIG, 0, 0, 0);
  });
  cpu.set64(S.rip, isV86 ? ((ip & 0xffff) + (selectors[1]! << 4)) | 0 : step === 4 ? ip : ip & 0xffff, 0);
  if (step === 4 && (cpu.get32(S.cr0) & CR0_PG) !== 0) writeCr3(cpu, cr3, 0);
  cpu.updateMode();
  loadLdt(cpu, ldt, ext);
  if (!isV86) loadSegments(cpu, cpl, ext);
  cpu.updateMode();
  if (error >= 0) pushError(cpu, error, step, ext);
  if (!traps) return ASSIST_JUMP;
  cpu.set32(S.pendingDebug, cpu.get32(S.pendingDebug) | DR6_TASK_SWITCH);
  return cpu.leaveAtBoundary();
}

function pushError(cpu: X86Cpu, error: number, step: number, ext: number): void {
  checkRoom(cpu, step, 1, ext);
  cpu.stackAddress(-step);
  cpu.write(sum.lo, sum.hi, step === 4 ? 2 : 1, error, 0, MEM_STACK);
  cpu.addToStack(-step);
}

/** A far JMP or CALL to a task-state segment or through a task gate that `checkSystemTarget` found usable. */
export function jumpToTask(cpu: X86Cpu, selector: number, target: Descriptor, isCall: boolean): number {
  const isGate = target.type === 5;
  const named = isGate ? target.lo >>> 16 : selector;
  return switchTask(cpu, named, isCall ? TASK_CALL : TASK_JUMP, -1, 0);
}

/** IRET with NT set: back to the task that the back link names. */
export function returnToTask(cpu: X86Cpu): void {
  const tr = segmentOffset(TR);
  if (cpu.get32(tr + SEG_LIMIT) >>> 0 < 1) cpu.fault(10, cpu.get32(tr + SEG_SELECTOR) & 0xfffc);
  const link = load(cpu, cpu.get32(tr + SEG_BASE), 0, 2) & 0xffff;
  switchTask(cpu, link, TASK_RETURN, -1, 0);
}
