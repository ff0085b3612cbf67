import { ASSIST_EXIT, ASSIST_JUMP, EXIT_FAULT, EXIT_HOST, MEM_STACK } from "@isinglass/uops";
import { ATTR_LONG, EFER_SCE } from "../control-bits.js";
import { RECORDED, STEP_NONE, STEP_NOW, type X86Cpu } from "../cpu.js";
import {
  EVENT_SOFTWARE,
  EVENT_TRAP,
  deliver,
  interceptException,
  interruptReturn,
  readFlags,
  writeFlags,
} from "../exceptions.js";
import { sum } from "../address.js";
import { DR6_BREAKPOINTS, DR6_TASK_SWITCH } from "../breakpoints.js";
import {
  Descriptor,
  checkCodeOffset,
  checkRealOffset,
  dropPrivilegedSegments,
  isBadLong,
  readDescriptor,
  setCode,
  setFromDescriptor,
  setNull,
  setRealSegment,
  setSegment,
} from "../segments.js";
import { CS, FLAG_IF, FLAG_RF, FLAG_TF, FLAG_VM, S, SEG_SELECTOR, SS, segmentOffset } from "../state.js";
import { checkOnStack, checkRoom } from "../stack-limits.js";
import { jumpToTask } from "../task-switch.js";
import { checkSystemTarget, throughGate } from "./call-gate.js";
import type { AssistTable } from "./table.js";

const target = new Descriptor();
const stack = new Descriptor();
const gpr = (register: number): number => S.gpr + register * 8;

/** Sets the pc from the offset in `scratch` after CS was loaded. */
function goTo(cpu: X86Cpu, lo: number, hi: number, size: number): number {
  cpu.setIp(size === 16 ? lo & 0xffff : lo, hi);
  return ASSIST_JUMP;
}

/** Checks the code segment of a direct far JMP or CALL (SDM vol. 3A, 5.8.1); true if it is a gate or task instead. */
function checkTarget(cpu: X86Cpu, selector: number): boolean {
  const error = selector & 0xfffc;
  if (error === 0) cpu.fault(13, 0);
  if (!readDescriptor(cpu, selector, target)) cpu.fault(13, error);
  if (!target.ordinary) return true;
  const { cpl } = cpu;
  if (!target.isCode || isBadLong(cpu, target)) cpu.fault(13, error);
  if (target.conforming ? target.dpl > cpl : (selector & 3) > cpl || target.dpl !== cpl) cpu.fault(13, error);
  if (!target.present) cpu.fault(11, error);
  return false;
}

/** Pushes `values` (lowest last) with the size of the operand; the stack pointer is set at the end. */
function pushAll(cpu: X86Cpu, values: readonly (readonly [number, number])[], size: number): void {
  const bytes = size >> 3;
  const log = size === 64 ? 3 : size === 32 ? 2 : 1;
  checkRoom(cpu, bytes, values.length);
  values.forEach(([lo, hi], i) => {
    cpu.stackAddress(-(i + 1) * bytes);
    cpu.write(sum.lo, sum.hi, log, lo, hi, MEM_STACK);
  });
  cpu.addToStack(-values.length * bytes);
}

function interrupt(cpu: X86Cpu, vector: number, kind: number): number {
  // INT n in virtual-8086 mode wants IOPL 3 (SDM vol. 3B, 21.3).
  if (cpu.v86 && kind === EVENT_SOFTWARE && (cpu.get32(S.flagsRest) & 0x3000) !== 0x3000) cpu.fault(13, 0);
  // INT3, INTO and INT1 count as exceptions, INT n does not (SDM vol. 3C, 25.6.3).
  if (kind !== EVENT_SOFTWARE && interceptException(cpu, vector, -1)) return ASSIST_EXIT;
  const lo = cpu.get32(S.rip);
  const hi = cpu.getHi(S.rip);
  const tasks = cpu.taskSwitches;
  cpu.complete();
  let done = false;
  try {
    deliver(cpu, vector, kind, -1);
    done = true;
    // TF is clear when the instruction ends: no single-step trap (SDM vol. 3B, 18.3.1.4).
    cpu.stepTrap = STEP_NONE;
  } finally {
    // What faults in a task that was entered is that task's own.
    if (!done && cpu.taskSwitches === tasks) cpu.set64(S.rip, lo, hi);
  }
  if (cpu.get32(S.exitCode) === EXIT_HOST && cpu.exit !== undefined) return ASSIST_EXIT;
  // Of the task behind a task gate.
  return (cpu.get32(S.pendingDebug) & DR6_TASK_SWITCH) !== 0 ? cpu.leaveAtBoundary() : ASSIST_JUMP;
}

/** AMD's CPUs have SYSENTER and SYSEXIT in legacy mode only (APM vol. 3, SYSENTER). */
function refuseInLongMode(cpu: X86Cpu): void {
  if (cpu.longMode && cpu.model.vendor === "AuthenticAMD") cpu.fault(6);
}

export const TRANSFER: AssistTable = {
  interrupt: (cpu, vector, isTrap) => interrupt(cpu, vector, isTrap !== 0 ? EVENT_TRAP : EVENT_SOFTWARE),
  into(cpu) {
    if (cpu.is64) cpu.fault(6);
    if ((readFlags(cpu) & 0x800) === 0) return 0;
    return interrupt(cpu, 4, EVENT_TRAP);
  },
  int1(cpu) {
    // What MOV SS held back comes with it (SDM vol. 3A, 6.8.3).
    const held = cpu.get32(S.pendingDebug);
    if (held !== 0) {
      cpu.set32(S.dr + 48, (cpu.get32(S.dr + 48) & ~DR6_BREAKPOINTS) | held);
      cpu.set32(S.pendingDebug, 0);
    }
    return interrupt(cpu, 1, 0);
  },
  iret(cpu, size) {
    try {
      interruptReturn(cpu, size);
    } catch (problem) {
      // An IRET that faults has been executed all the same; one that is to be executed again has not.
      if (problem !== RECORDED || cpu.get32(S.exitCode) === EXIT_FAULT) cpu.set32(S.nmiBlocked, 0);
      throw problem;
    }
    cpu.set32(S.nmiBlocked, 0);
    // What was inhibited may now be open; the run loop looks.
    if (cpu.get32(S.eventPending) !== 0 || (cpu.get32(S.flagsRest) & FLAG_TF) !== 0) return cpu.leaveAtBoundary();
    if (cpu.get32(S.pendingDebug) !== 0) return cpu.leaveAtBoundary();
    // RF is good for one instruction: the run loop sees to that where it matters.
    if (cpu.breakpoints.code !== 0 && (cpu.get32(S.flagsRest) & FLAG_RF) !== 0) return cpu.leaveAtBoundary();
    return ASSIST_JUMP;
  },
  "far-jump"(cpu, selector, size) {
    const lo = cpu.get32(S.scratch);
    const hi = cpu.getHi(S.scratch);
    if (!cpu.protectedMode || cpu.v86) {
      checkRealOffset(cpu, lo, size);
      setRealSegment(cpu, CS, selector);
      return goTo(cpu, lo, 0, size);
    }
    if (checkTarget(cpu, selector)) {
      if (checkSystemTarget(cpu, selector, target)) return jumpToTask(cpu, selector, target, false);
      return throughGate(cpu, target, false);
    }
    checkCodeOffset(cpu, target, lo, hi, size);
    setCode(cpu, selector, target, cpu.cpl);
    return goTo(cpu, lo, hi, size);
  },
  "far-call"(cpu, selector, size) {
    const lo = cpu.get32(S.scratch);
    const hi = cpu.getHi(S.scratch);
    const oldCs = cpu.get32(segmentOffset(CS) + SEG_SELECTOR);
    const frame: [number, number][] = [
      [oldCs, 0],
      [cpu.nextIpLo(), cpu.is64 ? cpu.getHi(S.nextRip) : 0],
    ];
    if (!cpu.protectedMode || cpu.v86) {
      checkRealOffset(cpu, lo, size);
      pushAll(cpu, frame, size);
      setRealSegment(cpu, CS, selector);
      return goTo(cpu, lo, 0, size);
    }
    if (checkTarget(cpu, selector)) {
      if (checkSystemTarget(cpu, selector, target)) return jumpToTask(cpu, selector, target, true);
      return throughGate(cpu, target, true);
    }
    checkCodeOffset(cpu, target, lo, hi, size);
    pushAll(cpu, frame, size);
    setCode(cpu, selector, target, cpu.cpl);
    return goTo(cpu, lo, hi, size);
  },
  "far-return"(cpu, release, size) {
    const bytes = size >> 3;
    const log = size === 64 ? 3 : size === 32 ? 2 : 1;
    const pop = (offset: number): [number, number] => {
      checkOnStack(cpu, cpu.get32(gpr(4)) + offset, bytes);
      cpu.stackAddress(offset);
      const at = cpu.loadAt(sum.lo, sum.hi, log | MEM_STACK);
      return [
        log === 1 ? cpu.view64.getUint16(at, true) : cpu.view64.getInt32(at, true),
        log === 3 ? cpu.view64.getInt32(at + 4, true) : 0,
      ];
    };
    const [lo, hi] = pop(0);
    const selector = pop(bytes)[0] & 0xffff;
    if (!cpu.protectedMode || cpu.v86) {
      checkRealOffset(cpu, lo, size);
      cpu.addToStack(2 * bytes + release);
      setRealSegment(cpu, CS, selector);
      return goTo(cpu, lo, 0, size);
    }
    const error = selector & 0xfffc;
    const rpl = selector & 3;
    if (error === 0) cpu.fault(13, 0);
    if (!readDescriptor(cpu, selector, target)) cpu.fault(13, error);
    if (
      !target.isCode ||
      rpl < cpu.cpl ||
      (target.conforming ? target.dpl > rpl : target.dpl !== rpl) ||
      isBadLong(cpu, target)
    )
      cpu.fault(13, error);
    if (!target.present) cpu.fault(11, error);
    if (rpl === cpu.cpl) {
      checkCodeOffset(cpu, target, lo, hi, size);
      cpu.addToStack(2 * bytes + release);
      setCode(cpu, selector, target, rpl);
      return goTo(cpu, lo, hi, size);
    }
    const [spLo, spHi] = pop(2 * bytes + release);
    const ss = pop(3 * bytes + release)[0] & 0xffff;
    const toLong = cpu.longMode && (target.attributes & ATTR_LONG) !== 0;
    if ((ss & 0xfffc) === 0) {
      if (!toLong || rpl === 3) cpu.fault(13, 0);
    } else {
      if (!readDescriptor(cpu, ss, stack)) cpu.fault(13, ss & 0xfffc);
      if ((ss & 3) !== rpl || !stack.isWritableData || stack.dpl !== rpl) cpu.fault(13, ss & 0xfffc);
      if (!stack.present) cpu.fault(12, ss & 0xfffc);
    }
    checkCodeOffset(cpu, target, lo, hi, size);
    setCode(cpu, selector, target, rpl);
    if ((ss & 0xfffc) === 0) setNull(cpu, SS, ss);
    else setFromDescriptor(cpu, SS, ss, stack);
    cpu.updateMode();
    cpu.set64(gpr(4), toLong ? spLo : spLo, toLong ? spHi : 0);
    cpu.addToStack(release);
    dropPrivilegedSegments(cpu);
    return goTo(cpu, lo, hi, size);
  },
  syscall(cpu) {
    if ((cpu.get32(S.efer) & EFER_SCE) === 0 || !cpu.protectedMode) cpu.fault(6);
    const star = cpu.getHi(S.star);
    if (!cpu.longMode) {
      // Legacy SYSCALL of AMD: EIP from STAR (APM vol. 3, SYSCALL).
      cpu.set64(gpr(1), cpu.nextIpLo(), 0);
      writeFlags(cpu, 0, FLAG_IF | FLAG_RF | FLAG_VM);
      flat(cpu, star & 0xffff, 0, 0xc09b, 0xc093);
      cpu.setIp(cpu.get32(S.star), 0);
      return ASSIST_JUMP;
    }
    const is64 = cpu.is64;
    // The trap goes by TF after the mask was applied, so that it is not taken in ring 0 where the system masks TF.
    if ((cpu.get32(S.sfmask) & FLAG_TF) !== 0) cpu.stepTrap = STEP_NONE;
    cpu.set64(gpr(1), cpu.nextIpLo(), is64 ? cpu.getHi(S.nextRip) : 0);
    cpu.set64(gpr(11), readFlags(cpu) & ~FLAG_RF, 0);
    writeFlags(cpu, 0, cpu.get32(S.sfmask) | FLAG_RF);
    const entry = is64 ? S.lstar : S.cstar;
    flat(cpu, star & 0xffff, 0, 0xa09b, 0xc093);
    cpu.set64(S.rip, cpu.get32(entry), cpu.getHi(entry));
    return ASSIST_JUMP;
  },
  sysret(cpu, size) {
    if ((cpu.get32(S.efer) & EFER_SCE) === 0 || !cpu.protectedMode) cpu.fault(6);
    if (cpu.cpl !== 0) cpu.fault(13, 0);
    const star = cpu.getHi(S.star) >>> 16;
    const lo = cpu.get32(gpr(1));
    const hi = cpu.getHi(gpr(1));
    if (cpu.longMode) writeFlags(cpu, cpu.get32(gpr(11)), 0x3c7fd5);
    else writeFlags(cpu, FLAG_IF, FLAG_IF);
    if (size === 64) flat(cpu, (star + 16) | 3, 3, 0xa0fb, 0xc0f3, (star + 8) | 3);
    else flat(cpu, star | 3, 3, 0xc0fb, 0xc0f3, (star + 8) | 3);
    cpu.setIp(lo, size === 64 ? hi : 0);
    // TF from R11 traps before the first instruction, as if SYSCALL had just completed.
    if ((cpu.get32(S.flagsRest) & FLAG_TF) !== 0) {
      cpu.stepTrap = STEP_NOW;
      return cpu.leaveAtBoundary();
    }
    if ((cpu.get32(S.flagsRest) & FLAG_IF) !== 0 && cpu.get32(S.eventPending) !== 0) return cpu.leaveAtBoundary();
    return ASSIST_JUMP;
  },
  sysenter(cpu) {
    refuseInLongMode(cpu);
    const selector = cpu.get32(S.sysenterCs) & 0xfffc;
    if (!cpu.protectedMode || selector === 0) cpu.fault(13, 0);
    writeFlags(cpu, 0, FLAG_IF | FLAG_VM | FLAG_RF);
    flat(cpu, selector, 0, cpu.longMode ? 0xa09b : 0xc09b, 0xc093);
    const long = cpu.longMode;
    cpu.set64(gpr(4), cpu.get32(S.sysenterEsp), long ? cpu.getHi(S.sysenterEsp) : 0);
    cpu.setIp(cpu.get32(S.sysenterEip), long ? cpu.getHi(S.sysenterEip) : 0);
    return ASSIST_JUMP;
  },
  sysexit(cpu, size) {
    refuseInLongMode(cpu);
    const selector = cpu.get32(S.sysenterCs) & 0xfffc;
    if (!cpu.protectedMode || selector === 0 || cpu.cpl !== 0) cpu.fault(13, 0);
    const ipLo = cpu.get32(gpr(2));
    const ipHi = cpu.getHi(gpr(2));
    const spLo = cpu.get32(gpr(1));
    const spHi = cpu.getHi(gpr(1));
    if (size === 64) flat(cpu, (selector + 32) | 3, 3, 0xa0fb, 0xc0f3, (selector + 40) | 3);
    else flat(cpu, (selector + 16) | 3, 3, 0xc0fb, 0xc0f3, (selector + 24) | 3);
    cpu.set64(gpr(4), spLo, size === 64 ? spHi : 0);
    cpu.setIp(ipLo, size === 64 ? ipHi : 0);
    return ASSIST_JUMP;
  },
};

/** CS and SS as the fast system calls set them: flat, from constants rather than a table (SDM vol. 2B, SYSCALL). */
function flat(cpu: X86Cpu, cs: number, cpl: number, code: number, data: number, ss: number = (cs + 8) & 0xffff): void {
  setSegment(cpu, CS, cs & 0xffff, code, 0, 0, 0xffffffff);
  setSegment(cpu, SS, ss & 0xffff, data, 0, 0, 0xffffffff);
  cpu.set32(S.cpl, cpl);
  cpu.updateMode();
}
