import { ASSIST_JUMP, ASSIST_LEAVE, ASSIST_NEXT, MEM_STACK } from "@isinglass/uops";
import type { PortSize } from "@isinglass/interface";
import { CR4_FSGSBASE, CR4_OSXSAVE, CR4_PCE, CR4_PKE, CR4_TSD, CR4_UMIP } from "../control-bits.js";
import { INTERCEPT_CPUID, INTERCEPT_HLT, INTERCEPT_HYPERCALL, INTERCEPT_MSR } from "../cpu-platform.js";
import { RECORDED, STEP_HELD, type X86Cpu } from "../cpu.js";
import { writeFlags } from "../exceptions.js";
import { cpuid } from "../model.js";
import { changesTranslation, readMsr, readTsc, writeMsr } from "../msr.js";
import { addAddress, sum } from "../address.js";
import { Descriptor, loadSegment, readDescriptor, readUpper, setNull, setSegment, setTypeByte } from "../segments.js";
import { checkOnStack } from "../stack-limits.js";
import { FAR_POINTER } from "../semantics/move.js";
import {
  FLAG_IF,
  FLAG_TF,
  FLAG_VM,
  GS,
  LDTR,
  S,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_LIMIT,
  SEG_SELECTOR,
  SS,
  TR,
  segmentOffset,
} from "../state.js";
import type { AssistTable } from "./table.js";

const registers = new Int32Array(4);
/** In the type of a task-state segment: it is one of 32 bits, or of 64 (SDM vol. 3A, table 3-2). */
const TSS_WIDE = 8;
const descriptor = new Descriptor();

const gpr = (register: number): number => S.gpr + register * 8;

function setPair(cpu: X86Cpu, lo: number, hi: number): void {
  cpu.set64(gpr(0), lo, 0);
  cpu.set64(gpr(2), hi, 0);
}

/** Breakpoints on ports (SDM vol. 3B, 18.3.1.2). */
function watchPort(cpu: X86Cpu, port: number, size: number): void {
  const hits = cpu.breakpoints.atPort(port, size);
  if (hits !== 0 && !cpu.noteBreakpoints(hits)) throw RECORDED;
}

/** I/O permission, and breakpoints on ports. */
function checkPort(cpu: X86Cpu, port: number, size: number): void {
  checkPermission(cpu, port, size);
  if (cpu.breakpoints.ports !== 0) watchPort(cpu, port, size);
}

/** I/O permission (SDM vol. 1, 19.5): CPL <= IOPL, or all bits of the range clear in the TSS bitmap. */
function checkPermission(cpu: X86Cpu, port: number, size: number): void {
  if (!cpu.protectedMode) return;
  const iopl = (cpu.get32(S.flagsRest) >> 12) & 3;
  if (cpu.cpl <= iopl && !cpu.v86) return;
  const tr = segmentOffset(TR);
  const limit = cpu.get32(tr + SEG_LIMIT) >>> 0;
  const baseLo = cpu.get32(tr + SEG_BASE);
  const baseHi = cpu.getHi(tr + SEG_BASE);
  // A task-state segment of 16 bits has no bitmap.
  if (limit < 103 || (cpu.get32(tr + SEG_ATTRIBUTES) & TSS_WIDE) === 0) cpu.fault(13, 0);
  addAddress(baseLo, baseHi, 102);
  const map = cpu.read(sum.lo, sum.hi, 1, 64);
  const at = map + (port >> 3);
  if (at + 1 > limit) cpu.fault(13, 0);
  addAddress(baseLo, baseHi, at);
  const bits = cpu.read(sum.lo, sum.hi, 1, 64);
  if (((bits >> (port & 7)) & ((1 << size) - 1)) !== 0) cpu.fault(13, 0);
}

function storeTable(cpu: X86Cpu, base: number, limit: number): number {
  if ((cpu.get32(S.cr4) & CR4_UMIP) !== 0 && cpu.cpl !== 0) cpu.fault(13, 0);
  cpu.set64(S.scratch, cpu.get32(base), cpu.getHi(base));
  cpu.set64(S.scratch + 8, cpu.get32(limit), 0);
  return ASSIST_NEXT;
}

function storeSelector(cpu: X86Cpu, segment: number): number {
  if (!cpu.protectedMode || cpu.v86) cpu.fault(6);
  if ((cpu.get32(S.cr4) & CR4_UMIP) !== 0 && cpu.cpl !== 0) cpu.fault(13, 0);
  cpu.set64(S.scratch, cpu.get32(segmentOffset(segment) + SEG_SELECTOR), 0);
  return ASSIST_NEXT;
}

/** #GP(0) for a base of LGDT or LIDT that the processor could never use (SDM vol. 2A, LGDT). */
function checkTableBase(cpu: X86Cpu): void {
  if (cpu.is64 && !cpu.isLinear(cpu.getHi(S.scratch))) cpu.fault(13, 0);
}

/** LLDT and LTR: a system descriptor from the GDT, 16 bytes in long mode. */
function loadSystemSegment(cpu: X86Cpu, segment: number, selector: number): number {
  const error = selector & 0xfffc;
  if (error === 0) {
    if (segment === TR) cpu.fault(13, 0);
    setNull(cpu, LDTR, selector);
    return ASSIST_NEXT;
  }
  if ((selector & 4) !== 0 || !readDescriptor(cpu, selector, descriptor)) cpu.fault(13, error);
  const { type } = descriptor;
  const wanted = segment === LDTR ? type === 2 : type === 9 || (type === 1 && !cpu.longMode);
  if (descriptor.ordinary || !wanted) cpu.fault(13, error);
  const { longMode } = cpu;
  if (longMode) readUpper(cpu, selector, descriptor);
  if (!descriptor.present) cpu.fault(11, error);
  if (longMode && !cpu.isLinear(descriptor.upper)) cpu.fault(13, error);
  if (segment === TR) {
    descriptor.hi |= 0x200;
    setTypeByte(cpu, selector, descriptor);
  }
  setSegment(
    cpu,
    segment,
    selector,
    descriptor.attributes,
    descriptor.base,
    longMode ? descriptor.upper : 0,
    descriptor.limit,
  );
  return ASSIST_NEXT;
}

/** LAR, LSL, VERR, VERW ask for a descriptor; false where it is not accessible (no fault). */
function inspect(cpu: X86Cpu, selector: number): boolean {
  if (!cpu.protectedMode || cpu.v86) cpu.fault(6);
  if ((selector & 0xfffc) === 0 || !readDescriptor(cpu, selector, descriptor)) return false;
  if (descriptor.ordinary)
    return (descriptor.isCode && descriptor.conforming) || descriptor.dpl >= Math.max(cpu.cpl, selector & 3);
  return descriptor.dpl >= Math.max(cpu.cpl, selector & 3);
}

function answer(cpu: X86Cpu, ok: boolean, lo: number): number {
  cpu.set64(S.scratch, lo, 0);
  cpu.set64(S.scratch + 8, ok ? 1 : 0, 0);
  return ASSIST_NEXT;
}

const LAR_TYPES = new Set([1, 2, 3, 4, 5, 9, 11, 12]);
const LAR_LONG_TYPES = new Set([2, 9, 11, 12]);
const LSL_TYPES = new Set([1, 2, 3, 9, 11]);
const LSL_LONG_TYPES = new Set([2, 9, 11]);

function hypervisorLeaf(leaf: number, out: Int32Array): boolean {
  if (leaf >>> 0 !== 0x40000000) return false;
  // "Isinglass" in EBX, ECX, EDX; no leaves above.
  out.set([0x40000000, 0x6e697349, 0x73616c67, 0x00000073]);
  return true;
}

/** Whether a debug trap follows the instruction in flight. */
const isTrapDue = (cpu: X86Cpu): boolean => (cpu.get32(S.flagsRest) & FLAG_TF) !== 0 || cpu.get32(S.pendingDebug) !== 0;

/** LSS and its like: the register is still to be written. */
const isFarPointer = (packed: number): boolean => (packed & FAR_POINTER) !== 0;

export const SYSTEM_ASSISTS: AssistTable = {
  "not-implemented"(cpu) {
    const bytes = cpu.instructionBytes();
    return cpu.leaveWith({ reason: "not-implemented", address: cpu.getBig(S.rip), bytes, what: "instruction" });
  },
  hlt(cpu) {
    if ((cpu.platform.intercepts & INTERCEPT_HLT) !== 0 && cpu.platform.intercept({ reason: "hlt" }))
      return cpu.leaveWith({ reason: "hlt" });
    // A debug trap that follows wakes it at once: nobody sees that it has halted.
    if (isTrapDue(cpu)) return ASSIST_NEXT;
    cpu.set32(S.activity, 1);
    cpu.complete();
    return cpu.leaveWith({ reason: "hlt" });
  },
  cpuid(cpu) {
    const leaf = cpu.get32(gpr(0));
    const subleaf = cpu.get32(gpr(1));
    if ((cpu.platform.intercepts & INTERCEPT_CPUID) !== 0) {
      const exit = { reason: "cpuid", leaf: leaf >>> 0, subleaf: subleaf >>> 0 } as const;
      if (cpu.platform.intercept(exit)) return cpu.leaveWith(exit);
    }
    if (!cpu.answeredCpuid(registers)) {
      const inputs = {
        apicId: cpu.apicId,
        cpus: cpu.cpus,
        osxsave: (cpu.get32(S.cr4) & CR4_OSXSAVE) !== 0,
        ospke: (cpu.get32(S.cr4) & CR4_PKE) !== 0,
        xcr0: cpu.get32(S.xcr0),
        apicEnabled: (cpu.get32(S.apicBase) & 0x800) !== 0,
      };
      cpuid(cpu.model, leaf, subleaf, inputs, registers);
      if (cpu.model.features.includes("hypervisor")) hypervisorLeaf(leaf, registers);
    }
    [0, 3, 1, 2].forEach((register, i) => cpu.set64(gpr(register), registers[i]!, 0));
    return ASSIST_NEXT;
  },
  rdtsc(cpu) {
    if ((cpu.get32(S.cr4) & CR4_TSD) !== 0 && cpu.cpl !== 0) cpu.fault(13, 0);
    readTsc(cpu);
    setPair(cpu, cpu.msrLo, cpu.msrHi);
    return ASSIST_NEXT;
  },
  rdtscp(cpu) {
    if (!cpu.model.features.includes("rdtscp")) cpu.fault(6);
    if ((cpu.get32(S.cr4) & CR4_TSD) !== 0 && cpu.cpl !== 0) cpu.fault(13, 0);
    readTsc(cpu);
    setPair(cpu, cpu.msrLo, cpu.msrHi);
    cpu.set64(gpr(1), cpu.get32(S.tscAux), 0);
    return ASSIST_NEXT;
  },
  rdpmc(cpu) {
    if ((cpu.get32(S.cr4) & CR4_PCE) === 0 && cpu.cpl !== 0) cpu.fault(13, 0);
    // No performance counters: every index is out of range.
    return cpu.fault(13, 0);
  },
  rdmsr(cpu) {
    const index = cpu.get32(gpr(1));
    if ((cpu.platform.intercepts & INTERCEPT_MSR) !== 0) {
      const exit = { reason: "rdmsr", index: index >>> 0 } as const;
      if (cpu.platform.intercept(exit)) return cpu.leaveWith(exit);
    }
    if (!readMsr(cpu, index)) cpu.fault(13, 0);
    setPair(cpu, cpu.msrLo, cpu.msrHi);
    return ASSIST_NEXT;
  },
  wrmsr(cpu) {
    const index = cpu.get32(gpr(1));
    cpu.msrLo = cpu.get32(gpr(0));
    cpu.msrHi = cpu.get32(gpr(2));
    if ((cpu.platform.intercepts & INTERCEPT_MSR) !== 0) {
      const value = (BigInt(cpu.msrHi >>> 0) << 32n) | BigInt(cpu.msrLo >>> 0);
      const exit = { reason: "wrmsr", index: index >>> 0, value } as const;
      if (cpu.platform.intercept(exit)) return cpu.leaveWith(exit);
    }
    if (!writeMsr(cpu, index)) cpu.fault(13, 0);
    if (!changesTranslation(index)) return cpu.platform.hasEvent() ? ASSIST_LEAVE : ASSIST_NEXT;
    cpu.complete();
    return cpu.platform.hasEvent() ? cpu.leaveAtBoundary() : ASSIST_JUMP;
  },
  lgdt(cpu, limit) {
    checkTableBase(cpu);
    cpu.set64(S.gdtBase, cpu.get32(S.scratch), cpu.getHi(S.scratch));
    cpu.set32(S.gdtLimit, limit);
    return ASSIST_NEXT;
  },
  lidt(cpu, limit) {
    checkTableBase(cpu);
    cpu.set64(S.idtBase, cpu.get32(S.scratch), cpu.getHi(S.scratch));
    cpu.set32(S.idtLimit, limit);
    return ASSIST_NEXT;
  },
  sgdt: (cpu) => storeTable(cpu, S.gdtBase, S.gdtLimit),
  sidt: (cpu) => storeTable(cpu, S.idtBase, S.idtLimit),
  sldt: (cpu) => storeSelector(cpu, LDTR),
  str: (cpu) => storeSelector(cpu, TR),
  smsw(cpu) {
    if ((cpu.get32(S.cr4) & CR4_UMIP) !== 0 && cpu.cpl !== 0) cpu.fault(13, 0);
    cpu.set64(S.scratch, cpu.visibleCr(0), 0);
    return ASSIST_NEXT;
  },
  lldt: (cpu, selector) => loadSystemSegment(cpu, LDTR, selector),
  ltr: (cpu, selector) => loadSystemSegment(cpu, TR, selector),
  lar(cpu, selector) {
    const ok =
      inspect(cpu, selector) &&
      (descriptor.ordinary || (cpu.longMode ? LAR_LONG_TYPES : LAR_TYPES).has(descriptor.type));
    return answer(cpu, ok, descriptor.hi & 0xf0ff00);
  },
  lsl(cpu, selector) {
    const ok =
      inspect(cpu, selector) &&
      (descriptor.ordinary || (cpu.longMode ? LSL_LONG_TYPES : LSL_TYPES).has(descriptor.type));
    return answer(cpu, ok, descriptor.limit | 0);
  },
  verr: (cpu, selector) => answer(cpu, inspect(cpu, selector) && descriptor.isReadable, 0),
  verw: (cpu, selector) => answer(cpu, inspect(cpu, selector) && descriptor.isWritableData, 0),
  "write-segment"(cpu, segment, packed) {
    const mode = cpu.get32(S.mode);
    loadSegment(cpu, segment, packed & 0xffff);
    const pop = (packed >>> 16) & 0xff;
    if (pop !== 0) cpu.addToStack(pop);
    const changed = cpu.get32(S.mode) !== mode;
    if (isFarPointer(packed)) return segment === SS || changed ? ASSIST_LEAVE : ASSIST_NEXT;
    if (segment === SS) {
      // Interrupts and debug traps wait for one more instruction after MOV SS and POP SS, not after LSS (SDM vol. 3A, 6.8.3).
      cpu.stepTrap = STEP_HELD;
      cpu.heldAt = cpu.get32(S.nextRip);
      cpu.set32(S.interruptShadow, cpu.heldAt);
    }
    if (segment === SS || changed) {
      cpu.complete();
      return ASSIST_JUMP;
    }
    return ASSIST_NEXT;
  },
  popf(cpu, value, size) {
    let mask = size === 16 ? 0x4dd5 : 0x244dd5;
    const flags = cpu.get32(S.flagsRest);
    if (cpu.cpl === 0 || !cpu.protectedMode) mask |= FLAG_IF | 0x3000;
    else if (cpu.cpl <= ((flags >> 12) & 3)) mask |= FLAG_IF;
    if (cpu.v86) mask &= ~(0x3000 | FLAG_VM);
    writeFlags(cpu, value, mask);
    cpu.addToStack(size >> 3);
    const changed = flags ^ cpu.get32(S.flagsRest);
    if ((changed & (1 << 18)) !== 0) {
      cpu.updateMode();
      cpu.complete();
      return ASSIST_JUMP;
    }
    const opened = (changed & FLAG_IF) !== 0 && cpu.get32(S.eventPending) !== 0;
    return opened || (cpu.get32(S.flagsRest) & FLAG_TF) !== 0 ? ASSIST_LEAVE : ASSIST_NEXT;
  },
  "interrupt-window": () => ASSIST_LEAVE,
  pause(cpu) {
    cpu.platform.pause?.();
    return ASSIST_LEAVE;
  },
  "check-port"(cpu, port, size) {
    checkPort(cpu, port, size);
    return ASSIST_NEXT;
  },
  in(cpu, port, size) {
    checkPort(cpu, port, size);
    const value = cpu.platform.portRead(port, size as PortSize);
    if (Number.isNaN(value)) return cpu.leaveWith({ reason: "io", direction: "in", port, size: size as PortSize });
    cpu.set64(S.scratch, value, 0);
    return cpu.platform.hasEvent() ? ASSIST_LEAVE : ASSIST_NEXT;
  },
  out(cpu, port, size) {
    checkPort(cpu, port, size);
    const value = cpu.get32(S.scratch) >>> 0;
    if (!cpu.platform.portWrite(port, size as PortSize, value)) {
      return cpu.leaveWith({ reason: "io", direction: "out", port, size: size as PortSize, value });
    }
    return cpu.platform.hasEvent() ? ASSIST_LEAVE : ASSIST_NEXT;
  },
  vmcall(cpu) {
    if ((cpu.platform.intercepts & INTERCEPT_HYPERCALL) === 0) cpu.fault(6);
    const exit = { reason: "hypercall", number: cpu.getBig(gpr(0)) } as const;
    return cpu.platform.intercept(exit) ? cpu.leaveWith(exit) : ASSIST_NEXT;
  },
  rdpkru(cpu) {
    if ((cpu.get32(S.cr4) & CR4_PKE) === 0) cpu.fault(6);
    if (cpu.get32(gpr(1)) !== 0) cpu.fault(13, 0);
    setPair(cpu, cpu.get32(S.pkru), 0);
    return ASSIST_NEXT;
  },
  wrpkru(cpu) {
    if ((cpu.get32(S.cr4) & CR4_PKE) === 0) cpu.fault(6);
    if (cpu.get32(gpr(1)) !== 0 || cpu.get32(gpr(2)) !== 0) cpu.fault(13, 0);
    cpu.setPkru(cpu.get32(gpr(0)));
    cpu.complete();
    return ASSIST_JUMP;
  },
  swapgs(cpu) {
    const gs = segmentOffset(GS) + SEG_BASE;
    const lo = cpu.get32(gs);
    const hi = cpu.getHi(gs);
    cpu.set64(gs, cpu.get32(S.kernelGsBase), cpu.getHi(S.kernelGsBase));
    cpu.set64(S.kernelGsBase, lo, hi);
    return ASSIST_NEXT;
  },
  rdfsgsbase(cpu) {
    if (!cpu.is64 || (cpu.get32(S.cr4) & CR4_FSGSBASE) === 0) cpu.fault(6);
    return ASSIST_NEXT;
  },
  wrfsgsbase(cpu, segment) {
    if (!cpu.is64 || (cpu.get32(S.cr4) & CR4_FSGSBASE) === 0) cpu.fault(6);
    const hi = cpu.getHi(S.scratch);
    if (!cpu.isLinear(hi)) cpu.fault(13, 0);
    cpu.set64(segmentOffset(segment) + SEG_BASE, cpu.get32(S.scratch), hi);
    return ASSIST_NEXT;
  },
  monitor: (cpu) => cpu.fault(6),
  mwait: (cpu) => cpu.fault(6),
  xgetbv: (cpu) => cpu.fault(6),
  xsetbv: (cpu) => cpu.fault(6),
  xsave: (cpu) => cpu.fault(6),
  xrstor: (cpu) => cpu.fault(6),
  rsm: (cpu) => cpu.fault(6),
  enter(cpu, size, packed) {
    enter(cpu, size & 0xffff, packed & 31, packed >>> 8);
    return ASSIST_NEXT;
  },
};

/** ENTER (SDM vol. 2A): all memory is written before registers change. */
function enter(cpu: X86Cpu, size: number, level: number, bits: number): void {
  const bytes = bits >> 3;
  const log = bits === 64 ? 3 : bits === 32 ? 2 : 1;
  const stack = segmentOffset(SS);
  const mask = cpu.stackMask();
  const is64 = cpu.is64;
  const base = is64 ? 0 : cpu.get32(stack + SEG_BASE);
  const at = (lo: number, hi: number, less: number, length: number): void => {
    if (is64) addAddress(lo, hi - 1, (0x1_0000_0000 - less) >>> 0);
    else {
      checkOnStack(cpu, lo - less, length);
      sum.lo = (base + ((lo - less) & mask)) | 0;
      sum.hi = 0;
    }
    if (is64 && less === 0) {
      sum.lo = lo;
      sum.hi = hi;
    }
  };
  const spLo = cpu.get32(gpr(4));
  const spHi = cpu.getHi(gpr(4));
  const bpLo = cpu.get32(gpr(5));
  const bpHi = cpu.getHi(gpr(5));
  at(spLo, spHi, bytes, bytes);
  cpu.write(sum.lo, sum.hi, log, bpLo, bpHi, MEM_STACK);
  const frame = is64 ? { lo: sum.lo, hi: sum.hi } : { lo: spLo - bytes, hi: 0 };
  for (let i = 1; i < level; i += 1) {
    at(bpLo, bpHi, i * bytes, bytes);
    const host = cpu.loadAt(sum.lo, sum.hi, log | MEM_STACK);
    const lo = log === 1 ? cpu.view64.getUint16(host, true) : cpu.view64.getInt32(host, true);
    const hi = log === 3 ? cpu.view64.getInt32(host + 4, true) : 0;
    at(spLo, spHi, (i + 1) * bytes, bytes);
    cpu.write(sum.lo, sum.hi, log, lo, hi, MEM_STACK);
  }
  if (level > 0) {
    at(spLo, spHi, (level + 1) * bytes, bytes);
    cpu.write(sum.lo, sum.hi, log, frame.lo, frame.hi, MEM_STACK);
  }
  const total = bytes * (1 + level) + size;
  // The new top of the stack must be writable (SDM vol. 2A, ENTER).
  at(spLo, spHi, total, 1);
  if (cpu.memory.load(sum.lo, sum.hi, 16 | MEM_STACK) === 0) throw RECORDED;
  cpu.setStack(frame.lo, frame.hi, total, bits);
}
