import { ASSIST_JUMP, ASSIST_LEAVE, ASSIST_NEXT } from "@isinglass/uops";
import {
  CR0_CD,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR4_DE,
  CR4_FSGSBASE,
  CR4_LA57,
  CR4_OSXSAVE,
  CR4_PAE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  CR4_UMIP,
  EFER_LMA,
  EFER_LME,
} from "../control-bits.js";
import { INTERCEPT_CR } from "../cpu-platform.js";
import { type X86Cpu } from "../cpu.js";
import { DR6_GENERAL_DETECT, DR7_GENERAL_DETECT } from "../breakpoints.js";
import { writeFlags } from "../eflags.js";
import { CS, FLAG_AC, FLAG_RF, S, SEG_ATTRIBUTES, segmentOffset } from "../state.js";
import type { AssistTable } from "./table.js";

/** CR0 bits that exist. */
const CR0_BITS = 0xe005003f | 0;
/** Process-context identifier in CR3, where CR4.PCIDE is set (SDM vol. 3A, 4.10.1). */
const PCID = 0xfff;
/** CR4 bits that any model has, none of which is VME or PVI; the model's features add the others. */
const CR4_BASE = 0x7fc;

function cr4Allowed(cpu: X86Cpu): number {
  const has = (name: string): boolean => cpu.model.features.includes(name);
  let bits = CR4_BASE;
  if (has("umip")) bits |= CR4_UMIP;
  if (has("la57")) bits |= CR4_LA57;
  if (has("fsgsbase")) bits |= CR4_FSGSBASE;
  if (has("pcid")) bits |= CR4_PCIDE;
  if (has("xsave")) bits |= CR4_OSXSAVE;
  if (has("smep")) bits |= CR4_SMEP;
  if (has("smap")) bits |= CR4_SMAP;
  if (has("pku")) bits |= CR4_PKE;
  if (has("pks")) bits |= CR4_PKS;
  return bits;
}

/** Writes CR0 with everything that follows (SDM vol. 3A, 2.5 and 10.8.5). */
export function writeCr0(cpu: X86Cpu, value: number): void {
  const old = cpu.get32(S.cr0);
  const next = (value & CR0_BITS) | 0x10;
  if ((next & CR0_PG) !== 0 && (next & CR0_PE) === 0) cpu.fault(13, 0);
  if ((next & CR0_NW) !== 0 && (next & CR0_CD) === 0) cpu.fault(13, 0);
  const efer = cpu.get32(S.efer);
  if (((old ^ next) & CR0_PG) !== 0) {
    if ((next & CR0_PG) !== 0 && (efer & EFER_LME) !== 0) {
      if ((cpu.get32(S.cr4) & CR4_PAE) === 0) cpu.fault(13, 0);
      if ((cpu.get32(segmentOffset(CS) + SEG_ATTRIBUTES) & 0x2000) !== 0) cpu.fault(13, 0);
      cpu.set32(S.efer, efer | EFER_LMA);
    } else if ((next & CR0_PG) === 0) {
      if (cpu.is64 || (cpu.get32(S.cr4) & CR4_PCIDE) !== 0) cpu.fault(13, 0);
      cpu.set32(S.efer, efer & ~EFER_LMA);
    } else if ((cpu.get32(S.cr4) & CR4_PAE) !== 0) loadPdptes(cpu, cpu.get32(S.cr3));
  }
  cpu.set64(S.cr0, next, 0);
  if (((old ^ next) & (CR0_PG | CR0_PE | 0x10000)) !== 0) cpu.tlb.flushAll();
  cpu.updateRegime();
  cpu.updateMode();
}

function loadPdptes(cpu: X86Cpu, cr3: number): void {
  if (!cpu.regime.loadPdptes(cpu.walkMemory, cr3 >>> 0)) cpu.fault(13, 0);
  for (let i = 0; i < 4; i += 1) {
    const value = cpu.regime.pdpte[i]!;
    cpu.set64(S.pdpte + i * 8, value | 0, Math.floor(value / 0x1_0000_0000));
  }
}

export function writeCr3(cpu: X86Cpu, lo: number, hi: number): void {
  const cr4 = cpu.get32(S.cr4);
  if (cpu.longMode) {
    // Bit 63 means "keep what is cached" with PCIDs and is reserved without.
    const pcids = (cr4 & CR4_PCIDE) !== 0;
    const high = pcids ? hi & 0x7fffffff : hi;
    if (high >>> (cpu.model.physicalBits - 32) !== 0) cpu.fault(13, 0);
    // The soft TLB has no tags, all its entries are of the current PCID: they may stay for that one only (SDM vol. 3A, 4.10.4.1).
    const keep = pcids && hi < 0 && ((cpu.get32(S.cr3) ^ lo) & PCID) === 0;
    cpu.set64(S.cr3, lo, high);
    if (!keep) cpu.tlb.flushNonGlobal();
  } else {
    if ((cpu.get32(S.cr0) & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0) loadPdptes(cpu, lo);
    cpu.set64(S.cr3, lo, 0);
    cpu.tlb.flushNonGlobal();
  }
  cpu.updateRegime();
}

export function writeCr4(cpu: X86Cpu, lo: number, hi: number): void {
  if (hi !== 0 || (lo & ~cr4Allowed(cpu)) !== 0) cpu.fault(13, 0);
  const old = cpu.get32(S.cr4);
  if (cpu.longMode && (lo & CR4_PAE) === 0) cpu.fault(13, 0);
  if (cpu.longMode && ((old ^ lo) & CR4_LA57) !== 0) cpu.fault(13, 0);
  if ((lo & CR4_PCIDE) !== 0 && (old & CR4_PCIDE) === 0 && (!cpu.longMode || (cpu.get32(S.cr3) & 0xfff) !== 0))
    cpu.fault(13, 0);
  if (
    (cpu.get32(S.cr0) & CR0_PG) !== 0 &&
    !cpu.longMode &&
    (lo & CR4_PAE) !== 0 &&
    ((old ^ lo) & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)) !== 0
  ) {
    loadPdptes(cpu, cpu.get32(S.cr3));
  }
  cpu.set64(S.cr4, lo, 0);
  if (((old ^ lo) & CR4_DE) !== 0) cpu.updateBreakpoints();
  if (
    ((old ^ lo) & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_PKS | CR4_PCIDE | CR4_LA57)) !==
    0
  )
    cpu.tlb.flushAll();
  cpu.updateRegime();
  cpu.updateMode();
}

const isControlRegister = (n: number): n is 0 | 2 | 3 | 4 | 8 => n === 0 || (n >= 2 && n <= 4) || n === 8;

/** After a change of mode or translation the executor looks everything up again. */
function jumpToNext(cpu: X86Cpu): number {
  cpu.complete();
  return ASSIST_JUMP;
}

function requireCpl0(cpu: X86Cpu): void {
  if (cpu.cpl !== 0) cpu.fault(13, 0);
}

export const CONTROL: AssistTable = {
  "read-cr"(cpu, register) {
    requireCpl0(cpu);
    if (!isControlRegister(register)) return cpu.fault(6);
    const at = register === 8 ? S.cr8 : S.cr0 + register * 8 - (register > 1 ? 8 : 0);
    // Reads of CR3 and CR8 can leave; those of CR0 and CR4 show the read shadow (SDM vol. 3C, 26.1.3).
    if ((cpu.platform.intercepts & INTERCEPT_CR) !== 0 && (register === 3 || register === 8)) {
      const left = cpu.interceptCr(
        register,
        "read",
        register === 3 ? cpu.getBig(at) : BigInt(cpu.platform.readTpr() >> 4),
      );
      if (left) return left;
      if (cpu.crAnswer !== undefined) {
        cpu.setBig(S.scratch, cpu.crAnswer);
        return ASSIST_NEXT;
      }
    }
    if (register === 0 || register === 4) cpu.set64(S.scratch, cpu.visibleCr(register), cpu.getHi(at));
    else if (register === 8) cpu.set64(S.scratch, cpu.platform.readTpr() >> 4, 0);
    else cpu.set64(S.scratch, cpu.get32(at), cpu.getHi(at));
    return ASSIST_NEXT;
  },
  "write-cr"(cpu, register) {
    requireCpl0(cpu);
    if (!isControlRegister(register)) return cpu.fault(6);
    if ((cpu.platform.intercepts & INTERCEPT_CR) !== 0 && register !== 2) {
      const owned = cpu.hostOwned(register);
      const asks = register === 3 || register === 8 || ((cpu.get32(S.scratch) ^ cpu.visibleCr(register)) & owned) !== 0;
      if (asks) {
        const left = cpu.interceptCr(register, "write", cpu.getBig(S.scratch));
        if (left) return left;
      }
      if (cpu.crAnswer !== undefined) cpu.setBig(S.scratch, cpu.crAnswer);
      else if (owned !== 0) {
        // Host-owned bits keep their real values.
        const real = cpu.get32(register === 0 ? S.cr0 : S.cr4);
        cpu.set32(S.scratch, (cpu.get32(S.scratch) & ~owned) | (real & owned));
      }
    }
    const lo = cpu.get32(S.scratch);
    const hi = cpu.is64 ? cpu.getHi(S.scratch) : 0;
    if (register === 0) {
      if (hi !== 0) cpu.fault(13, 0);
      writeCr0(cpu, lo);
    } else if (register === 2) cpu.set64(S.cr2, lo, hi);
    else if (register === 3) writeCr3(cpu, lo, hi);
    else if (register === 4) writeCr4(cpu, lo, hi);
    else {
      if (hi !== 0 || (lo & ~15) !== 0) cpu.fault(13, 0);
      cpu.platform.writeTpr((lo & 15) << 4);
      return cpu.platform.hasEvent() ? ASSIST_LEAVE : ASSIST_NEXT;
    }
    return jumpToNext(cpu);
  },
  "read-dr"(cpu, register) {
    requireCpl0(cpu);
    const number = debugRegister(cpu, register);
    detectAccess(cpu);
    cpu.set64(S.scratch, cpu.get32(S.dr + number * 8), cpu.getHi(S.dr + number * 8));
    return ASSIST_NEXT;
  },
  "write-dr"(cpu, register) {
    requireCpl0(cpu);
    const number = debugRegister(cpu, register);
    detectAccess(cpu);
    let lo = cpu.get32(S.scratch);
    const hi = cpu.is64 ? cpu.getHi(S.scratch) : 0;
    if (number >= 6 && hi !== 0) cpu.fault(13, 0);
    if (number === 6) lo = (lo & 0xe00f) | 0xffff0ff0;
    if (number === 7) lo = (lo & 0xffff23ff) | 0x400;
    cpu.set64(S.dr + number * 8, lo, hi);
    if (number === 6) return ASSIST_NEXT;
    cpu.updateBreakpoints();
    // This instruction has completed, which clears RF (SDM vol. 3B, 18.3.1.1): with no breakpoint on execution armed, nobody has kept it up to date.
    cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) & ~FLAG_RF);
    return jumpToNext(cpu);
  },
  lmsw(cpu, value) {
    // PE can be set, not cleared (SDM vol. 2A, LMSW).
    const old = cpu.get32(S.cr0);
    const owned = cpu.hostOwned(0) & 15;
    let source = (value & 15) | (cpu.visibleCr(0) & CR0_PE);
    if (((source ^ cpu.visibleCr(0)) & owned) !== 0) {
      const left = cpu.interceptCr(0, "write", BigInt(((cpu.visibleCr(0) & ~15) | source) >>> 0));
      if (left) return left;
      if (cpu.crAnswer !== undefined) source = Number(cpu.crAnswer & 15n);
    } else source = (source & ~owned) | (old & owned);
    writeCr0(cpu, (old & ~15) | source | (old & CR0_PE));
    return jumpToNext(cpu);
  },
  clts(cpu) {
    if ((cpu.hostOwned(0) & CR0_TS) !== 0) {
      // The guest's TS is clear already: nothing happens (SDM vol. 3C, 26.1.3).
      if ((cpu.visibleCr(0) & CR0_TS) === 0) return ASSIST_NEXT;
      const left = cpu.interceptCr(0, "write", BigInt((cpu.visibleCr(0) & ~CR0_TS) >>> 0));
      if (left) return left;
    }
    cpu.set32(S.cr0, cpu.get32(S.cr0) & ~CR0_TS);
    cpu.updateSimd();
    return ASSIST_NEXT;
  },
  invlpg(cpu) {
    cpu.tlb.flushPage(cpu.get32(S.scratch), cpu.getHi(S.scratch));
    return jumpToNext(cpu);
  },
  invpcid(cpu) {
    // The soft TLB has entries of the current PCID only, so that every kind may flush as if it meant that one (SDM vol. 2A, INVPCID).
    const kind = cpu.get32(S.scratch + 16);
    if (kind >>> 0 > 3) cpu.fault(13, 0);
    const pcid = cpu.get32(S.scratch);
    if ((pcid & ~PCID) !== 0 || cpu.getHi(S.scratch) !== 0) cpu.fault(13, 0);
    if (kind < 2 && pcid !== 0 && (cpu.get32(S.cr4) & CR4_PCIDE) === 0) cpu.fault(13, 0);
    if (kind === 0 && !cpu.isLinear(cpu.getHi(S.scratch + 8))) cpu.fault(13, 0);
    if (kind === 0) cpu.tlb.flushPage(cpu.get32(S.scratch + 8), cpu.getHi(S.scratch + 8));
    else if (kind === 3) cpu.tlb.flushNonGlobal();
    else cpu.tlb.flushAll();
    return jumpToNext(cpu);
  },
  wbinvd: () => ASSIST_NEXT,
  "write-flags"(cpu, value) {
    if (cpu.cpl !== 0 || !cpu.model.features.includes("smap")) cpu.fault(6);
    writeFlags(cpu, value === 0 ? 0 : FLAG_AC, FLAG_AC);
    cpu.updateMode();
    return jumpToNext(cpu);
  },
};

/** DR7.GD: an access to a debug register is a fault, which clears GD (SDM vol. 3B, 18.3.1.3). */
function detectAccess(cpu: X86Cpu): void {
  if ((cpu.get32(S.dr + 56) & DR7_GENERAL_DETECT) === 0) return;
  cpu.set32(S.dr + 56, cpu.get32(S.dr + 56) & ~DR7_GENERAL_DETECT);
  cpu.set32(S.dr + 48, cpu.get32(S.dr + 48) | DR6_GENERAL_DETECT);
  cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) | FLAG_RF);
  cpu.fault(1);
}

/** DR4 and DR5 are DR6 and DR7, or #UD with CR4.DE (SDM vol. 3B, 18.2.2). */
function debugRegister(cpu: X86Cpu, register: number): number {
  if (register > 7) cpu.fault(6);
  if (register === 4 || register === 5) {
    if ((cpu.get32(S.cr4) & 8) !== 0) cpu.fault(6);
    return register + 2;
  }
  return register;
}
