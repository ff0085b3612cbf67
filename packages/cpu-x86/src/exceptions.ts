import { EXIT_HOST, MEM_STACK, MEM_SUPERVISOR } from "@isinglass/uops";
import { INTERCEPT_EXCEPTION } from "./cpu-platform.js";
import { GuestFault, RECORDED, type X86Cpu } from "./cpu.js";
import { readFlags, writeFlags } from "./eflags.js";
import { addAddress, sum } from "./address.js";
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
} from "./segments.js";
import {
  CS,
  DS,
  ES,
  FLAG_AC,
  FLAG_IF,
  FLAG_NT,
  FLAG_RF,
  FLAG_TF,
  FLAG_VM,
  FS,
  GS,
  S,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_LIMIT,
  SEG_SELECTOR,
  SS,
  TR,
  segmentOffset,
} from "./state.js";
import { ATTR_BIG, ATTR_LONG } from "./control-bits.js";
import { checkInnerRoom, checkOnStack, checkRoom } from "./stack-limits.js";
import { TASK_INTERRUPT, returnToTask, switchTask } from "./task-switch.js";

export { readFlags, writeFlags } from "./eflags.js";

/** Where an event comes from: decides on privilege checks, error code's EXT bit and the pushed RIP. */
export const EVENT_EXTERNAL: number = 0;
export const EVENT_FAULT: number = 1;
/** INT n: the gate's DPL is checked. */
export const EVENT_SOFTWARE: number = 2;
/** INT3 and INTO: as software, traps. */
export const EVENT_TRAP: number = 3;

/** In the order in which an interrupt from virtual-8086 mode pushes them. */
const V86_SEGMENTS: readonly number[] = [GS, FS, DS, ES];

const gate = new Descriptor();
const code = new Descriptor();
const stack = new Descriptor();

/** What an interrupt pushes: quadwords from RIP up to SS in long mode, else words from the highest address down. */
const frame = new Int32Array(10);

/**
 * Delivers an interrupt or exception through the IDT (SDM vol. 3A, 6.12 and 6.14). The pc is what is pushed as return
 * address. Throws a fault where delivery itself faults; nothing but memory below the new stack pointer has changed then.
 */
export function deliver(cpu: X86Cpu, vector: number, kind: number, error: number): void {
  // RF is clear behind every instruction; it is kept up to date only where a breakpoint on execution could ask for it.
  if (kind !== EVENT_FAULT && cpu.breakpoints.code === 0) cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) & ~FLAG_RF);
  if (!cpu.protectedMode) deliverReal(cpu, vector);
  else if (cpu.longMode) deliverLong(cpu, vector, kind, error);
  else deliverProtected(cpu, vector, kind, error);
}

function deliverReal(cpu: X86Cpu, vector: number): void {
  if (vector * 4 + 3 > cpu.get32(S.idtLimit)) cpu.fault(13, 0);
  addAddress(cpu.get32(S.idtBase), 0, vector * 4);
  const target = cpu.read(sum.lo, 0, 2, MEM_SUPERVISOR);
  const flags = readFlags(cpu);
  const ip = cpu.ipLo();
  const sp = cpu.get32(S.gpr + 32);
  const base = cpu.get32(segmentOffset(SS) + SEG_BASE);
  checkRoom(cpu, 2, 3);
  const words = [flags, cpu.get32(segmentOffset(CS) + SEG_SELECTOR), ip];
  words.forEach((word, i) => cpu.write((base + ((sp - 2 * (i + 1)) & 0xffff)) | 0, 0, 1, word, 0, MEM_STACK));
  cpu.u16[(cpu.base + S.gpr + 32) >> 1] = sp - 6;
  writeFlags(cpu, 0, FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF);
  setRealSegment(cpu, CS, target >>> 16);
  cpu.updateMode();
  cpu.setIp(target & 0xffff, 0);
}

/** EXT of the error code of what delivering an event raises: set but for INT n, INT3 and INTO (SDM vol. 3A, 6.13). */
const extOf = (kind: number): number => (kind === EVENT_SOFTWARE || kind === EVENT_TRAP ? 0 : 1);

/** Error code for a fault on the IDT entry itself (SDM vol. 3A, 6.13). */
const idtError = (vector: number, kind: number): number => (vector << 3) | 2 | extOf(kind);

function checkGate(cpu: X86Cpu, vector: number, kind: number): void {
  if ((kind === EVENT_SOFTWARE || kind === EVENT_TRAP) && gate.dpl < cpu.cpl) cpu.fault(13, idtError(vector, kind));
  if (!gate.present) cpu.fault(11, idtError(vector, kind));
}

/** Code segment of a gate; gives the new CPL. */
function gateTarget(cpu: X86Cpu, kind: number): number {
  const selector = (gate.lo >>> 16) & 0xffff;
  const ext = extOf(kind);
  const bad = (selector & 0xfffc) | ext;
  if ((selector & 0xfffc) === 0) cpu.fault(13, ext);
  if (!readDescriptor(cpu, selector, code)) cpu.fault(13, bad);
  if (!code.isCode || code.dpl > cpu.cpl) cpu.fault(13, bad);
  if (!code.present) cpu.fault(11, bad);
  return code.conforming ? cpu.cpl : code.dpl;
}

function deliverLong(cpu: X86Cpu, vector: number, kind: number, error: number): void {
  if (vector * 16 + 15 > cpu.get32(S.idtLimit)) cpu.fault(13, idtError(vector, kind));
  addAddress(cpu.get32(S.idtBase), cpu.getHi(S.idtBase), vector * 16);
  const at = cpu.loadAt(sum.lo, sum.hi, 4 | MEM_SUPERVISOR);
  gate.lo = cpu.view64.getInt32(at, true);
  gate.hi = cpu.view64.getInt32(at + 4, true);
  gate.upper = cpu.view64.getInt32(at + 8, true);
  const type = (gate.hi >>> 8) & 31;
  if (type !== 14 && type !== 15) cpu.fault(13, idtError(vector, kind));
  checkGate(cpu, vector, kind);
  const cpl = gateTarget(cpu, kind);
  if ((code.attributes & (ATTR_LONG | ATTR_BIG)) !== ATTR_LONG)
    cpu.fault(13, ((gate.lo >>> 16) & 0xfffc) | extOf(kind));
  const ist = gate.hi & 7;
  let spLo = cpu.get32(S.gpr + 32);
  let spHi = cpu.getHi(S.gpr + 32);
  const inner = cpl < cpu.cpl;
  if (ist !== 0 || inner) {
    const offset = ist !== 0 ? 28 + ist * 8 : 4 + cpl * 8;
    readTss(cpu, offset, 3, extOf(kind));
    spLo = tss.lo;
    spHi = tss.hi;
  }
  const targetLo = (gate.lo & 0xffff) | (gate.hi & 0xffff0000);
  const targetHi = gate.upper;
  checkCodeOffset(cpu, code, targetLo, targetHi, 64, extOf(kind));
  const intGate = type === 14;
  // The frame is always 16-byte aligned (SDM vol. 3A, 6.14.2).
  spLo &= ~15;
  const flags = readFlags(cpu);
  const oldSs = cpu.get32(segmentOffset(SS) + SEG_SELECTOR);
  const oldCs = cpu.get32(segmentOffset(CS) + SEG_SELECTOR);
  const flagsSp = MEM_STACK | (cpl < 3 ? MEM_SUPERVISOR : 0);
  frame[0] = cpu.ipLo();
  frame[1] = cpu.is64 ? cpu.getHi(S.rip) : 0;
  frame[2] = oldCs;
  frame[3] = 0;
  frame[4] = flags;
  frame[5] = 0;
  frame[6] = cpu.get32(S.gpr + 32);
  frame[7] = cpu.getHi(S.gpr + 32);
  frame[8] = oldSs;
  frame[9] = 0;
  const count = error >= 0 ? 6 : 5;
  // SS first: where the stack is not there, CR2 shows the first push.
  for (let i = 4; i >= 0; i -= 1) {
    addAddress(spLo, spHi - 1, (0x1_0000_0000 - 8 * (5 - i)) >>> 0);
    cpu.write(sum.lo, sum.hi, 3, frame[2 * i]!, frame[2 * i + 1]!, flagsSp);
  }
  if (count === 6) {
    addAddress(spLo, spHi - 1, (0x1_0000_0000 - 48) >>> 0);
    cpu.write(sum.lo, sum.hi, 3, error, 0, flagsSp);
  }
  addAddress(spLo, spHi - 1, (0x1_0000_0000 - 8 * count) >>> 0);
  const newLo = sum.lo;
  const newHi = sum.hi;
  setCode(cpu, (gate.lo >>> 16) & 0xffff, code, cpl);
  if (inner) setNull(cpu, SS, cpl);
  cpu.set64(S.gpr + 32, newLo, newHi);
  writeFlags(cpu, 0, FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (intGate ? FLAG_IF : 0));
  cpu.updateMode();
  cpu.set64(S.rip, targetLo, targetHi);
}

/** What {@link readTss} read. */
export const tss: { lo: number; hi: number } = { lo: 0, hi: 0 };

/** Reads 1 << size bytes at `offset` of the task-state segment; #TS where it lies beyond the limit. `ext` is the error code's EXT bit. */
export function readTss(cpu: X86Cpu, offset: number, size: number, ext: number): void {
  const tr = segmentOffset(TR);
  if (offset + (1 << size) - 1 > cpu.get32(tr + SEG_LIMIT) >>> 0)
    cpu.fault(10, (cpu.get32(tr + SEG_SELECTOR) & 0xfffc) | ext);
  addAddress(cpu.get32(tr + SEG_BASE), cpu.getHi(tr + SEG_BASE), offset);
  const at = cpu.loadAt(sum.lo, sum.hi, size | MEM_SUPERVISOR);
  tss.lo = size === 1 ? cpu.view64.getUint16(at, true) : cpu.view64.getInt32(at, true);
  tss.hi = size === 3 ? cpu.view64.getInt32(at + 4, true) : 0;
}

const innerSp = { sp: 0, selector: 0 };

/** Stack of an inner ring from the TSS: its descriptor into `out` (SDM vol. 3A, 5.8.5). `ext` is the error codes' EXT bit. */
export function innerStack(
  cpu: X86Cpu,
  cpl: number,
  out: Descriptor,
  ext: number,
): { readonly sp: number; readonly selector: number } {
  const tss32 = (cpu.get32(segmentOffset(TR) + SEG_ATTRIBUTES) & 8) !== 0;
  readTss(cpu, tss32 ? 4 + cpl * 8 : 2 + cpl * 4, tss32 ? 2 : 1, ext);
  const sp = tss.lo;
  readTss(cpu, tss32 ? 8 + cpl * 8 : 4 + cpl * 4, 1, ext);
  const selector = tss.lo;
  const bad = (selector & 0xfffc) | ext;
  if ((selector & 0xfffc) === 0 || !readDescriptor(cpu, selector, out)) cpu.fault(10, bad);
  if ((selector & 3) !== cpl || out.dpl !== cpl || !out.isWritableData) cpu.fault(10, bad);
  if (!out.present) cpu.fault(12, bad);
  innerSp.sp = sp;
  innerSp.selector = selector;
  return innerSp;
}

function deliverProtected(cpu: X86Cpu, vector: number, kind: number, error: number): void {
  if (vector * 8 + 7 > cpu.get32(S.idtLimit)) cpu.fault(13, idtError(vector, kind));
  addAddress(cpu.get32(S.idtBase), 0, vector * 8);
  const at = cpu.loadAt(sum.lo, 0, 3 | MEM_SUPERVISOR);
  gate.lo = cpu.view64.getInt32(at, true);
  gate.hi = cpu.view64.getInt32(at + 4, true);
  const type = (gate.hi >>> 8) & 31;
  if (type !== 5 && type !== 6 && type !== 7 && type !== 14 && type !== 15) cpu.fault(13, idtError(vector, kind));
  checkGate(cpu, vector, kind);
  const ext = extOf(kind);
  if (type === 5) {
    switchTask(cpu, (gate.lo >>> 16) & 0xffff, TASK_INTERRUPT, error, ext);
    return;
  }
  const { v86 } = cpu;
  const oldCpl = cpu.cpl;
  const cpl = gateTarget(cpu, kind);
  if (v86 && cpl !== 0) cpu.fault(13, ((gate.lo >>> 16) & 0xfffc) | ext);
  const wide = type >= 14;
  const bytes = wide ? 4 : 2;
  const flags = readFlags(cpu);
  const oldSs = cpu.get32(segmentOffset(SS) + SEG_SELECTOR);
  const oldSp = cpu.get32(S.gpr + 32);
  let count = 0;
  const inner = cpl < oldCpl;
  let sp = oldSp;
  let newSs = -1;
  let base = cpu.get32(segmentOffset(SS) + SEG_BASE);
  let big = (cpu.get32(segmentOffset(SS) + SEG_ATTRIBUTES) & ATTR_BIG) !== 0;
  if (inner) {
    ({ sp, selector: newSs } = innerStack(cpu, cpl, stack, ext));
    base = stack.base;
    big = (stack.attributes & ATTR_BIG) !== 0;
    if (v86) for (const s of V86_SEGMENTS) frame[count++] = cpu.get32(segmentOffset(s) + SEG_SELECTOR);
    frame[count++] = oldSs;
    frame[count++] = oldSp;
  }
  frame[count++] = flags;
  frame[count++] = cpu.get32(segmentOffset(CS) + SEG_SELECTOR);
  frame[count++] = cpu.ipLo();
  if (error >= 0) frame[count++] = error;
  if (inner) checkInnerRoom(cpu, stack, sp, bytes, count, (newSs & 0xfffc) | ext);
  else checkRoom(cpu, bytes, count, ext);
  const target = wide ? (gate.lo & 0xffff) | (gate.hi & 0xffff0000) : gate.lo & 0xffff;
  checkCodeOffset(cpu, code, target, 0, 32, ext);
  const mask = big ? 0xffffffff : 0xffff;
  const flagsSp = MEM_STACK | (cpl < 3 ? MEM_SUPERVISOR : 0);
  for (let i = 0; i < count; i += 1) {
    sp = (sp - bytes) | 0;
    cpu.write((base + (sp & mask)) | 0, 0, wide ? 2 : 1, frame[i]!, 0, flagsSp);
  }
  const selector = (gate.lo >>> 16) & 0xffff;
  if (v86 && inner) {
    cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) & ~FLAG_VM);
    for (const s of V86_SEGMENTS) setNull(cpu, s, 0);
  }
  setCode(cpu, selector, code, cpl);
  if (inner) setFromDescriptor(cpu, SS, newSs, stack);
  if (big) cpu.set64(S.gpr + 32, sp, 0);
  else cpu.u16[(cpu.base + S.gpr + 32) >> 1] = sp;
  writeFlags(cpu, 0, FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (type === 6 || type === 14 ? FLAG_IF : 0));
  cpu.updateMode();
  cpu.setIp(target, 0);
}

/** Vectors whose fault while another of them is delivered makes a double fault (SDM vol. 3A, table 6-5). */
const isContributory = (vector: number): boolean => vector === 0 || (vector >= 10 && vector <= 13);

/** Asks about an exception before it changes anything; true: an exit was recorded. */
export function interceptException(cpu: X86Cpu, vector: number, error: number): boolean {
  if ((cpu.platform.intercepts & INTERCEPT_EXCEPTION) === 0) return false;
  const address = cpu.getBig(vector === 14 ? S.faultAddress : S.rip);
  const exit = { reason: "exception", vector, errorCode: error < 0 ? null : error, address } as const;
  if (!cpu.platform.intercept(exit)) return false;
  cpu.leaveWith(exit);
  return true;
}

/**
 * Delivers an event and what delivering it may raise: double fault, then shutdown. Where an exit was recorded on the way,
 * the event has not been delivered.
 *
 * @returns false: triple fault, the CPU is in shutdown
 */
export function deliverEvent(cpu: X86Cpu, firstVector: number, firstKind: number, firstError: number): boolean {
  let vector = firstVector;
  let kind = firstKind;
  let error = firstError;
  for (;;) {
    if (kind === EVENT_FAULT && interceptException(cpu, vector, error)) return true;
    if (vector === 14 && kind === EVENT_FAULT) cpu.set64(S.cr2, cpu.get32(S.faultAddress), cpu.getHi(S.faultAddress));
    // Faults push RF set, so that a restarted instruction does not hit its breakpoint again (SDM vol. 3B, 18.3.1.1).
    if (kind === EVENT_FAULT && vector !== 1) cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) | FLAG_RF);
    try {
      deliver(cpu, vector, kind, error);
      return true;
    } catch (problem) {
      let next: number;
      let nextError: number;
      if (problem === RECORDED) {
        if (cpu.get32(S.exitCode) === EXIT_HOST) return true;
        next = cpu.get32(S.faultVector);
        nextError = cpu.get32(S.faultError);
      } else if (problem instanceof GuestFault) {
        next = problem.vector;
        nextError = problem.error;
      } else throw problem;
      if (vector === 8) return false;
      const first = kind === EVENT_FAULT ? vector : -1;
      const double =
        (isContributory(first) && isContributory(next)) || (first === 14 && (isContributory(next) || next === 14));
      vector = double ? 8 : next;
      error = double ? 0 : nextError;
      kind = EVENT_FAULT;
    }
  }
}

/** IRET of operand size 16, 32 or 64 (SDM vol. 2A, IRET). */
export function interruptReturn(cpu: X86Cpu, size: number): void {
  const bytes = size >> 3;
  const log = size === 64 ? 3 : size === 32 ? 2 : 1;
  const ss = segmentOffset(SS);
  const is64 = cpu.is64;
  const big = is64 || (cpu.get32(ss + SEG_ATTRIBUTES) & ATTR_BIG) !== 0;
  const base = is64 ? 0 : cpu.get32(ss + SEG_BASE);
  const spLo = cpu.get32(S.gpr + 32);
  const spHi = is64 ? cpu.getHi(S.gpr + 32) : 0;
  const popped = { lo: 0, hi: 0 };
  const pop = (i: number): void => {
    if (is64) addAddress(spLo, spHi, i * bytes);
    else {
      checkOnStack(cpu, spLo + i * bytes, bytes);
      sum.lo = (base + ((spLo + i * bytes) & (big ? -1 : 0xffff))) | 0;
      sum.hi = 0;
    }
    const at = cpu.loadAt(sum.lo, sum.hi, log | MEM_STACK);
    popped.lo = log === 1 ? cpu.view64.getUint16(at, true) : cpu.view64.getInt32(at, true);
    popped.hi = log === 3 ? cpu.view64.getInt32(at + 4, true) : 0;
  };
  const release = (count: number): void => {
    if (is64) {
      addAddress(spLo, spHi, count * bytes);
      cpu.set64(S.gpr + 32, sum.lo, sum.hi);
    } else if (big) cpu.set64(S.gpr + 32, (spLo + count * bytes) | 0, 0);
    else cpu.u16[(cpu.base + S.gpr + 32) >> 1] = spLo + count * bytes;
  };
  const flagsMask = size === 16 ? 0x7fd5 : 0x257fd5;
  if (!cpu.protectedMode || cpu.v86) {
    if (cpu.v86 && (cpu.get32(S.flagsRest) & 0x3000) !== 0x3000) cpu.fault(13, 0);
    pop(0);
    const ip = popped.lo;
    pop(1);
    const selector = popped.lo & 0xffff;
    pop(2);
    const flags = popped.lo;
    checkRealOffset(cpu, ip, size);
    release(3);
    setRealSegment(cpu, CS, selector);
    writeFlags(cpu, flags, cpu.v86 ? flagsMask & ~0x3000 : flagsMask);
    cpu.updateMode();
    cpu.setIp(size === 16 ? ip & 0xffff : ip, 0);
    return;
  }
  if ((cpu.get32(S.flagsRest) & FLAG_NT) !== 0) {
    if (cpu.longMode) cpu.fault(13, 0);
    returnToTask(cpu);
    return;
  }
  pop(0);
  const ipLo = popped.lo;
  const ipHi = popped.hi;
  pop(1);
  const selector = popped.lo & 0xffff;
  pop(2);
  const flags = popped.lo;
  const { cpl } = cpu;
  if ((flags & FLAG_VM) !== 0 && cpl === 0 && !cpu.longMode && size === 32) {
    returnToV86(cpu, pop, popped, ipLo, selector, flags);
    return;
  }
  const rpl = selector & 3;
  const bad = selector & 0xfffc;
  if (bad === 0) cpu.fault(13, 0);
  if (!readDescriptor(cpu, selector, code)) cpu.fault(13, bad);
  if (!code.isCode || rpl < cpl || (code.conforming ? code.dpl > rpl : code.dpl !== rpl) || isBadLong(cpu, code))
    cpu.fault(13, bad);
  if (!code.present) cpu.fault(11, bad);
  let mask = flagsMask & ~(FLAG_IF | 0x3000);
  if (cpl === 0) mask |= FLAG_IF | 0x3000 | (size === 16 ? 0 : 0x180000);
  else if (cpl <= ((cpu.get32(S.flagsRest) >> 12) & 3)) mask |= FLAG_IF;
  if (rpl > cpl || is64) {
    pop(3);
    const newSpLo = popped.lo;
    const newSpHi = popped.hi;
    pop(4);
    const newSs = popped.lo & 0xffff;
    const toLong = cpu.longMode && (code.attributes & ATTR_LONG) !== 0;
    const badSs = newSs & 0xfffc;
    let nullStack = false;
    if (badSs === 0) {
      if (!toLong || rpl === 3) cpu.fault(13, 0);
      nullStack = true;
    } else {
      if (!readDescriptor(cpu, newSs, stack)) cpu.fault(13, badSs);
      if ((newSs & 3) !== rpl || !stack.isWritableData || stack.dpl !== rpl) cpu.fault(13, badSs);
      if (!stack.present) cpu.fault(12, badSs);
    }
    checkCodeOffset(cpu, code, ipLo, ipHi, size);
    setCode(cpu, selector, code, rpl);
    if (nullStack) setNull(cpu, SS, newSs);
    else setFromDescriptor(cpu, SS, newSs, stack);
    const newBig = (cpu.get32(ss + SEG_ATTRIBUTES) & ATTR_BIG) !== 0;
    if (toLong) cpu.set64(S.gpr + 32, newSpLo, newSpHi);
    else if (newBig) cpu.set64(S.gpr + 32, newSpLo, 0);
    else cpu.u16[(cpu.base + S.gpr + 32) >> 1] = newSpLo;
    if (rpl > cpl) dropPrivilegedSegments(cpu);
  } else {
    checkCodeOffset(cpu, code, ipLo, ipHi, size);
    release(3);
    setCode(cpu, selector, code, rpl);
  }
  writeFlags(cpu, flags, mask);
  cpu.updateMode();
  cpu.setIp(size === 16 ? ipLo & 0xffff : ipLo, ipHi);
}

function returnToV86(
  cpu: X86Cpu,
  pop: (i: number) => void,
  popped: { lo: number },
  ip: number,
  selector: number,
  flags: number,
): void {
  const words: number[] = [];
  for (let i = 3; i < 9; i += 1) {
    pop(i);
    words.push(popped.lo);
  }
  // The limit of CS is FFFFH there.
  if (ip >>> 0 > 0xffff) cpu.fault(13, 0);
  const [sp = 0, ss = 0, es = 0, ds = 0, fs = 0, gs = 0] = words;
  writeFlags(cpu, flags, 0x3f7fd5);
  cpu.set32(S.cpl, 3);
  [
    [CS, selector],
    [SS, ss],
    [ES, es],
    [DS, ds],
    [FS, fs],
    [GS, gs],
  ].forEach(([segment = 0, value = 0]) => setSegment(cpu, segment, value, 0xf3, (value & 0xffff) << 4, 0, 0xffff));
  cpu.set64(S.gpr + 32, sp, 0);
  cpu.updateMode();
  cpu.setIp(ip, 0);
}
