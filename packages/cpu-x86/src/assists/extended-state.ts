import { ASSIST_NEXT, MEM_FOR_WRITE } from "@isinglass/uops";
import { CR0_TS, CR4_OSXSAVE, XCR0_AVX, XCR0_PKRU, XCR0_SSE, XCR0_X87 } from "../control-bits.js";
import { type X86Cpu } from "../cpu.js";
import {
  STATE_COMPACTED as COMPACTED,
  STATE_KIND as KIND,
  STATE_SUPERVISOR as SUPERVISOR,
  STATE_WIDE as WIDE,
  compactedBytes,
  pkruAt,
  supportedXcr0,
} from "../extended-features.js";
import { S, UPPER_HALF, gprOffset, vectorOffset } from "../state.js";
import { abridgedTags, statusWord } from "../x87-state.js";
import {
  MXCSR_AT,
  ST_AT,
  XMM_AT,
  area,
  checkPages,
  checkedMxcsr,
  gatherMxcsr,
  gatherVectors,
  gatherX87,
  openArea,
  scatterVectors,
  scatterX87,
  transfer,
  vectorCount,
} from "./fx-area.js";
import type { AssistTable } from "./table.js";

/*
 * The XSAVE feature set (SDM vol. 1, chapter 13) for x87, SSE, AVX and PKRU state. The compacted form (13.4.3) has AVX state where the standard
 * form has it; PKRU comes right behind what else is there. Of IA32_XSS no bit can be set, so XSAVES and XRSTORS manage what XCR0 enables.
 */

const HEADER_AT = 512;
const AVX_AT = 576;
const AVX_BYTES = 256;
/** XCOMP_BV[63], in the high half. */
const COMPACT = 0x80000000 | 0;
const MXCSR_INITIAL = 0x1f80;
const FCW_INITIAL = 0x37f;

/** #UD without CR4.OSXSAVE, #GP(0) for XSAVES and XRSTORS above CPL 0, #NM with CR0.TS (SDM vol. 1, 13.7 to 13.12). */
function begin(cpu: X86Cpu, how: number, stack: number): void {
  if ((cpu.get32(S.cr4) & CR4_OSXSAVE) === 0) cpu.fault(6);
  if ((how & KIND) === SUPERVISOR && cpu.cpl !== 0) cpu.fault(13, 0);
  if ((cpu.get32(S.cr0) & CR0_TS) !== 0) cpu.fault(7);
  openArea(cpu, stack, 64);
}

/** The requested-feature bitmap (13.3): what XCR0 enables of what EDX:EAX asks for. All components are in the low half. */
function requested(cpu: X86Cpu): number {
  return cpu.get32(S.xcr0) & cpu.get32(gprOffset(0));
}

function isZero(cpu: X86Cpu, count: number, half: number): boolean {
  for (let i = 0; i < count; i += 1) {
    const at = (cpu.base + vectorOffset(i) + half) >> 2;
    for (let k = 0; k < 4; k += 1) if (cpu.i32[at + k] !== 0) return false;
  }
  return true;
}

function isX87Initial(cpu: X86Cpu): boolean {
  if ((cpu.get32(S.fcw) & 0xffff) !== FCW_INITIAL || statusWord(cpu) !== 0 || abridgedTags(cpu) !== 0) return false;
  if ((cpu.get32(S.fpuOpcode) | cpu.get32(S.fpuCs) | cpu.get32(S.fpuDs)) !== 0) return false;
  if ((cpu.get32(S.fpuIp) | cpu.getHi(S.fpuIp) | cpu.get32(S.fpuDp) | cpu.getHi(S.fpuDp)) !== 0) return false;
  for (let at = S.fpr; at < S.fpr + 128; at += 16)
    if ((cpu.get32(at) | cpu.get32(at + 4) | (cpu.get32(at + 8) & 0xffff)) !== 0) return false;
  return true;
}

/** XINUSE (13.6): the components that are not in their initial configuration. */
function inUse(cpu: X86Cpu): number {
  const count = vectorCount(cpu);
  let bits = 0;
  if (!isX87Initial(cpu)) bits |= XCR0_X87;
  if (!isZero(cpu, count, 0)) bits |= XCR0_SSE;
  if (!isZero(cpu, count, UPPER_HALF)) bits |= XCR0_AVX;
  if (cpu.get32(S.pkru) !== 0) bits |= XCR0_PKRU;
  return bits;
}

/** Moves those parts of {@link area} that `components` names, and MXCSR with its mask where asked for. */
function move(cpu: X86Cpu, components: number, mxcsr: boolean, write: boolean): void {
  const count = vectorCount(cpu);
  if ((components & XCR0_X87) !== 0) {
    transfer(cpu, 0, MXCSR_AT, write);
    transfer(cpu, ST_AT, XMM_AT, write);
  }
  if (mxcsr) transfer(cpu, MXCSR_AT, ST_AT, write);
  if ((components & XCR0_SSE) !== 0) transfer(cpu, XMM_AT, XMM_AT + count * 16, write);
  if ((components & XCR0_AVX) !== 0) transfer(cpu, AVX_AT, AVX_AT + count * 16, write);
}

/** How far an area reaches that has these components. */
function areaBytes(components: number, compacted: boolean): number {
  if (compacted) return compactedBytes(components);
  if ((components & XCR0_PKRU) !== 0) return pkruAt(components, false) + 8;
  return (components & XCR0_AVX) !== 0 ? AVX_AT + AVX_BYTES : AVX_AT;
}

/** How far the restore of `loaded` components reaches into a compacted area that has those of `layout`. */
function loadedBytes(loaded: number, layout: number): number {
  return (loaded & XCR0_PKRU) !== 0 ? compactedBytes(layout) : compactedBytes(loaded & XCR0_AVX);
}

/** XSAVE, XSAVEOPT, XSAVEC, XSAVES (13.7, 13.9, 13.10, 13.11). */
function save(cpu: X86Cpu, how: number): void {
  const kind = how & KIND;
  const rfbm = requested(cpu);
  const compacted = kind >= COMPACTED;
  // Which byte faults first shows in CR2: as on AMD's CPUs the first of the area, then the last.
  checkPages(cpu, 1, MEM_FOR_WRITE);
  checkPages(cpu, areaBytes(rfbm, compacted), MEM_FOR_WRITE);
  let used = inUse(cpu);
  if (compacted && (rfbm & XCR0_SSE) !== 0 && cpu.get32(S.mxcsr) !== MXCSR_INITIAL) used |= XCR0_SSE;
  const header = HEADER_AT >> 2;
  if (compacted) {
    area[header] = rfbm & used;
    area[header + 1] = 0;
    area[header + 2] = rfbm;
    area[header + 3] = COMPACT;
  } else {
    transfer(cpu, HEADER_AT, HEADER_AT + 8, false);
    area[header] = (area[header]! & ~rfbm) | (rfbm & used);
  }
  // XSAVE writes what is in its initial configuration too.
  const saved = kind === 0 ? rfbm : rfbm & used;
  gatherX87(cpu, (how & WIDE) !== 0);
  gatherMxcsr(cpu, true);
  gatherVectors(cpu, vectorCount(cpu), 0, XMM_AT);
  gatherVectors(cpu, vectorCount(cpu), UPPER_HALF, AVX_AT);
  // MXCSR belongs to SSE and AVX state in the standard form, to SSE state alone in the compacted one (13.5.2).
  move(cpu, saved, compacted ? (saved & XCR0_SSE) !== 0 : (rfbm & (XCR0_SSE | XCR0_AVX)) !== 0, true);
  if ((saved & XCR0_PKRU) !== 0) {
    const at = pkruAt(rfbm, compacted);
    area[at >> 2] = cpu.get32(S.pkru);
    area[(at >> 2) + 1] = 0;
    transfer(cpu, at, at + 8, true);
  }
  transfer(cpu, HEADER_AT, HEADER_AT + (compacted ? 16 : 8), true);
}

/** Whether bytes from `first` on to the end of the header are zeros. */
function isHeaderClear(first: number, end: number): boolean {
  for (let i = first >> 2; i < end >> 2; i += 1) if (area[(HEADER_AT >> 2) + i] !== 0) return false;
  return true;
}

/** The header's checks (13.8, 13.12): #GP(0). Gives XSTATE_BV. */
function checkedHeader(cpu: X86Cpu, supervisor: boolean): { state: number; layout: number; compacted: boolean } {
  transfer(cpu, HEADER_AT, AVX_AT, false);
  const header = HEADER_AT >> 2;
  const state = area[header]!;
  const layout = area[header + 2]!;
  const layoutHigh = area[header + 3]!;
  const compacted = (layoutHigh & COMPACT) !== 0;
  const xcr0 = cpu.get32(S.xcr0);
  if (area[header + 1] !== 0) cpu.fault(13, 0);
  if (compacted) {
    if (!cpu.model.features.includes("xsavec")) cpu.fault(13, 0);
    if (layoutHigh !== COMPACT || (layout & ~xcr0) !== 0 || (state & ~layout) !== 0) cpu.fault(13, 0);
    if (!isHeaderClear(16, 64)) cpu.fault(13, 0);
  } else if (supervisor || (state & ~xcr0) !== 0 || !isHeaderClear(8, 24)) cpu.fault(13, 0);
  return { state, layout, compacted };
}

/** XRSTOR and XRSTORS. */
function restore(cpu: X86Cpu, how: number): void {
  const rfbm = requested(cpu);
  // The first byte, the header, and the last byte. In the standard form AMD's CPUs reach for all that is asked for, whether it is there or not.
  checkPages(cpu, 1, 0);
  checkPages(cpu, HEADER_AT + 1, 0);
  const { state, layout, compacted } = checkedHeader(cpu, (how & KIND) === SUPERVISOR);
  const loaded = rfbm & state;
  checkPages(cpu, compacted ? loadedBytes(loaded, layout) : areaBytes(rfbm, false), 0);
  const hasMxcsr = compacted ? (loaded & XCR0_SSE) !== 0 : (rfbm & (XCR0_SSE | XCR0_AVX)) !== 0;
  move(cpu, loaded, hasMxcsr, false);
  const pkru = pkruAt(layout, compacted);
  let keys = 0;
  if ((loaded & XCR0_PKRU) !== 0) {
    transfer(cpu, pkru, pkru + 8, false);
    keys = area[pkru >> 2]!;
  }
  const mxcsr = hasMxcsr ? checkedMxcsr(cpu) : MXCSR_INITIAL;
  // Nothing faults from here on. What is asked for and not there gets its initial configuration.
  const count = vectorCount(cpu);
  if ((rfbm & XCR0_X87) !== 0) {
    if ((loaded & XCR0_X87) === 0) {
      area.fill(0, 0, XMM_AT >> 2);
      area[0] = FCW_INITIAL;
    }
    scatterX87(cpu, (how & WIDE) !== 0);
    if ((loaded & XCR0_X87) === 0) {
      cpu.set32(S.fpuCs, 0);
      cpu.set32(S.fpuDs, 0);
    }
  }
  if (hasMxcsr || (rfbm & XCR0_SSE) !== 0) cpu.set32(S.mxcsr, mxcsr);
  if ((rfbm & XCR0_SSE) !== 0) {
    if ((loaded & XCR0_SSE) === 0) area.fill(0, XMM_AT >> 2, (XMM_AT + 256) >> 2);
    scatterVectors(cpu, count, 0, XMM_AT);
  }
  if ((rfbm & XCR0_AVX) !== 0) {
    if ((loaded & XCR0_AVX) === 0) area.fill(0, AVX_AT >> 2, (AVX_AT + AVX_BYTES) >> 2);
    scatterVectors(cpu, count, UPPER_HALF, AVX_AT);
  }
  if ((rfbm & XCR0_PKRU) !== 0) cpu.setPkru(keys);
}

/** The area's linear address is in `scratch`; `how`: a kind and {@link WIDE}; `stack`: a stack-segment operand. */
export const EXTENDED_STATE: AssistTable = {
  xsave(cpu, how, stack) {
    begin(cpu, how, stack);
    save(cpu, how);
    return ASSIST_NEXT;
  },
  xrstor(cpu, how, stack) {
    begin(cpu, how, stack);
    restore(cpu, how);
    return ASSIST_NEXT;
  },
  xgetbv(cpu) {
    if ((cpu.get32(S.cr4) & CR4_OSXSAVE) === 0) cpu.fault(6);
    const index = cpu.get32(gprOffset(1));
    // ECX = 1 gives XCR0 AND XINUSE (SDM vol. 1, 13.3).
    const hasInUse = cpu.model.features.includes("xgetbv1");
    if (index !== 0 && !(index === 1 && hasInUse)) cpu.fault(13, 0);
    const xcr0 = cpu.get32(S.xcr0);
    cpu.set64(gprOffset(0), (index === 0 ? xcr0 : xcr0 & inUse(cpu)) >>> 0, 0);
    cpu.set64(gprOffset(2), 0, 0);
    return ASSIST_NEXT;
  },
  xsetbv(cpu) {
    if ((cpu.get32(S.cr4) & CR4_OSXSAVE) === 0) cpu.fault(6);
    if (cpu.cpl !== 0) cpu.fault(13, 0);
    const value = cpu.get32(gprOffset(0));
    const allowed = supportedXcr0(cpu.model);
    // Bit 0 is always set; AVX state needs SSE state (SDM vol. 2, XSETBV).
    const isWhole = (value & XCR0_X87) !== 0 && ((value & XCR0_AVX) === 0 || (value & XCR0_SSE) !== 0);
    if (cpu.get32(gprOffset(1)) !== 0 || cpu.get32(gprOffset(2)) !== 0 || (value & ~allowed) !== 0 || !isWhole)
      cpu.fault(13, 0);
    cpu.set64(S.xcr0, value, 0);
    cpu.updateSimd();
    return ASSIST_NEXT;
  },
};
