import { ASSIST_JUMP, MEM_STACK, MEM_SUPERVISOR } from "@isinglass/uops";
import { addAddress, sum } from "../address.js";
import { ATTR_BIG, ATTR_LONG } from "../control-bits.js";
import { type X86Cpu } from "../cpu.js";
import { innerStack, readTss, tss } from "../exceptions.js";
import {
  Descriptor,
  checkCodeOffset,
  readDescriptor,
  readUpper,
  setCode,
  setFromDescriptor,
  setNull,
} from "../segments.js";
import { checkInnerRoom, checkOnStack, checkRoom } from "../stack-limits.js";
import { CS, S, SEG_BASE, SEG_SELECTOR, SS, segmentOffset } from "../state.js";

const code = new Descriptor();
const stack = new Descriptor();
const RSP = S.gpr + 32;

/** Call gates of 16 and 32 bits (in long mode the latter is the 64-bit one), as descriptor types (SDM vol. 3A, table 3-2). */
const GATE_16 = 4;
const GATE_32 = 12;
const TASK_TYPES = [1, 5, 9];

/**
 * Whether a system descriptor that is the target of a far JMP or CALL asks for a task switch; checks the descriptor's privilege and
 * presence (SDM vol. 2A, CALL and JMP).
 */
export function checkSystemTarget(cpu: X86Cpu, selector: number, gate: Descriptor): boolean {
  const error = selector & 0xfffc;
  const { type } = gate;
  const isTask = TASK_TYPES.includes(type) && !cpu.longMode;
  const isGate = type === GATE_32 || (type === GATE_16 && !cpu.longMode);
  if (!isTask && !isGate) cpu.fault(13, error);
  if (gate.dpl < cpu.cpl || gate.dpl < (selector & 3)) cpu.fault(13, error);
  if (isGate && cpu.longMode) {
    // The type field of the upper half must be zero (SDM vol. 3A, 5.8.3.1).
    readUpper(cpu, selector, gate);
    if ((gate.type2 & 0x1f00) !== 0) cpu.fault(13, error);
  }
  if (!gate.present) cpu.fault(11, error);
  return isTask;
}

/** A far JMP or CALL through a call gate that {@link checkSystemTarget} found usable. */
export function throughGate(cpu: X86Cpu, gate: Descriptor, isCall: boolean): number {
  const selector = (gate.lo >>> 16) & 0xffff;
  const error = selector & 0xfffc;
  const { cpl, longMode } = cpu;
  if (error === 0) cpu.fault(13, 0);
  if (!readDescriptor(cpu, selector, code)) cpu.fault(13, error);
  if (!code.isCode || code.dpl > cpl || (!isCall && !code.conforming && code.dpl !== cpl)) cpu.fault(13, error);
  if (longMode && (code.attributes & (ATTR_LONG | ATTR_BIG)) !== ATTR_LONG) cpu.fault(13, error);
  if (!code.present) cpu.fault(11, error);
  const wide = gate.type === GATE_32;
  const offset = wide ? (gate.lo & 0xffff) | (gate.hi & 0xffff0000) : gate.lo & 0xffff;
  checkCodeOffset(cpu, code, offset, longMode ? gate.upper : 0, 32);
  const target = code.conforming ? cpl : code.dpl;
  if (!isCall) setCode(cpu, selector, code, cpl);
  else if (longMode) callLong(cpu, selector, target);
  else callProtected(cpu, selector, target, wide ? 4 : 2, gate.hi & 31);
  cpu.setIp(offset, longMode ? gate.upper : 0);
  return ASSIST_JUMP;
}

/** CALL through a 64-bit gate: eight bytes each, no parameters, a null SS on the inner stack (SDM vol. 3A, 5.8.5.1). */
function callLong(cpu: X86Cpu, selector: number, cpl: number): void {
  const inner = cpl < cpu.cpl;
  const frame = [
    [cpu.get32(segmentOffset(CS) + SEG_SELECTOR), 0] as const,
    [cpu.nextIpLo(), cpu.is64 ? cpu.getHi(S.nextRip) : 0] as const,
  ];
  let lo = cpu.get32(RSP);
  let hi = cpu.is64 ? cpu.getHi(RSP) : 0;
  if (inner) {
    frame.unshift([cpu.get32(segmentOffset(SS) + SEG_SELECTOR), 0], [lo, hi]);
    readTss(cpu, 4 + cpl * 8, 3, 0);
    ({ lo, hi } = tss);
  } else if (!cpu.is64) lo = (lo & cpu.stackMask()) | 0;
  for (const [valueLo, valueHi] of frame) {
    addAddress(lo, hi - 1, 0xfffffff8);
    ({ lo, hi } = sum);
    cpu.write(lo, hi, 3, valueLo, valueHi, MEM_STACK | (cpl < 3 ? MEM_SUPERVISOR : 0));
  }
  setCode(cpu, selector, code, cpl);
  if (inner) setNull(cpu, SS, cpl);
  cpu.set64(RSP, lo, hi);
  cpu.updateMode();
}

function callProtected(cpu: X86Cpu, selector: number, cpl: number, bytes: number, count: number): void {
  const log = bytes === 4 ? 2 : 1;
  const values: number[] = [];
  const inner = cpl < cpu.cpl;
  const oldSp = cpu.get32(RSP);
  let sp = oldSp;
  let base = cpu.get32(segmentOffset(SS) + SEG_BASE);
  let mask = cpu.stackMask();
  let newSs = -1;
  if (inner) {
    ({ sp, selector: newSs } = innerStack(cpu, cpl, stack, 0));
    values.push(cpu.get32(segmentOffset(SS) + SEG_SELECTOR), oldSp);
    for (let i = count - 1; i >= 0; i -= 1) {
      checkOnStack(cpu, oldSp + i * bytes, bytes);
      cpu.stackAddress(i * bytes);
      const at = cpu.loadAt(sum.lo, sum.hi, log | MEM_STACK);
      values.push(log === 1 ? cpu.view64.getUint16(at, true) : cpu.view64.getInt32(at, true));
    }
    ({ base } = stack);
    mask = (stack.attributes & ATTR_BIG) !== 0 ? -1 : 0xffff;
  }
  values.push(cpu.get32(segmentOffset(CS) + SEG_SELECTOR), cpu.nextIpLo());
  if (inner) checkInnerRoom(cpu, stack, sp, bytes, values.length, newSs & 0xfffc);
  else checkRoom(cpu, bytes, values.length);
  for (const value of values) {
    sp = (sp - bytes) | 0;
    cpu.write((base + (sp & mask)) | 0, 0, log, value, 0, MEM_STACK | (cpl < 3 ? MEM_SUPERVISOR : 0));
  }
  setCode(cpu, selector, code, cpl);
  if (inner) setFromDescriptor(cpu, SS, newSs, stack);
  if (mask === -1) cpu.set64(RSP, sp, 0);
  else cpu.u16[(cpu.base + RSP) >> 1] = sp;
  cpu.updateMode();
}
