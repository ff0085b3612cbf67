import { CR0_PG, EFER_LMA, EFER_LME, EFER_NXE, EFER_SCE } from "./control-bits.js";
import { type X86Cpu } from "./cpu.js";
import { FS, GS, S, SEG_BASE, segmentOffset } from "./state.js";

/** 64-bit MSRs that are plain fields of the state: index, offset. (SDM vol. 4; AMD APM vol. 2, appendix A.) */
const FIELDS = new Map<number, number>([
  [0x10, S.tscOffset],
  [0x3b, S.tscAdjust],
  [0x1b, S.apicBase],
  [0x174, S.sysenterCs],
  [0x175, S.sysenterEsp],
  [0x176, S.sysenterEip],
  [0x17a, S.mcgStatus],
  [0x1a0, S.miscEnable],
  [0x1d9, S.debugCtl],
  [0x277, S.pat],
  [0x2ff, S.mtrrDefType],
  [0xc0000080, S.efer],
  [0xc0000081, S.star],
  [0xc0000082, S.lstar],
  [0xc0000083, S.cstar],
  [0xc0000084, S.sfmask],
  [0xc0000100, segmentOffset(FS) + SEG_BASE],
  [0xc0000101, segmentOffset(GS) + SEG_BASE],
  [0xc0000102, S.kernelGsBase],
  [0xc0000103, S.tscAux],
  [0x6e1, S.pkrs],
  [0xda0, S.xss],
]);
for (let i = 0; i < 16; i += 1) FIELDS.set(0x200 + i, S.mtrrVariable + i * 8);
[0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f].forEach((index, i) =>
  FIELDS.set(index, S.mtrrFixed + i * 8),
);

/** MSRs whose value must be a canonical address. */
const CANONICAL = new Set([0x175, 0x176, 0xc0000082, 0xc0000083, 0xc0000100, 0xc0000101, 0xc0000102]);

/** Features without all of which an MSR does not exist. */
const FEATURES_OF = new Map<number, readonly string[]>([
  [0x3b, ["tsc_adjust"]],
  [0x6e0, ["tsc_deadline_timer"]],
  [0x6e1, ["pks"]],
  [0xda0, ["xsaves"]],
  [0xc0000103, ["rdtscp", "rdpid"]],
]);

/** Whether the model has an MSR, as far as features decide about it. */
function exists(cpu: X86Cpu, index: number): boolean {
  const features = FEATURES_OF.get(index);
  return features === undefined || features.some((feature) => cpu.model.features.includes(feature));
}

/** MSRs that read as a constant and ignore writes: low, high. Firmware-like values that Linux asks for. */
const CONSTANT = new Map<number, readonly [number, number]>([
  // IA32_MTRRCAP: eight variable ranges, fixed ranges, write-combining.
  [0xfe, [0x508, 0]],
  // IA32_MCG_CAP: no banks.
  [0x179, [0, 0]],
  [0x8b, [0, 0]],
  [0x17, [0, 0]],
  // SYSCFG, HWCR, patch level and PERF_STATUS-like registers of AMD.
  [0xc0010010, [0, 0]],
  [0xc0010015, [0, 0]],
  // INTERRUPT_PENDING: no message, C1E off.
  [0xc0010055, [0, 0]],
  [0xc0010058, [0, 0]],
  [0xc001001f, [0, 0]],
  [0xc0011022, [0, 0]],
  [0xc0011029, [0, 0]],
]);
// The four performance counters that every AMD processor since family 6 has, and their controls (APM vol. 2, 13.2): nothing is counted.
for (let i = 0; i < 8; i += 1) CONSTANT.set(0xc0010000 + i, [0, 0]);

const tsc = new Int32Array(2);

/** Time-stamp counter as the guest sees it, into msrLo/msrHi. */
export function readTsc(cpu: X86Cpu): void {
  cpu.platform.readTsc(tsc);
  const low = (tsc[0]! >>> 0) + (cpu.get32(S.tscOffset) >>> 0);
  cpu.msrLo = low | 0;
  cpu.msrHi = (tsc[1]! + cpu.getHi(S.tscOffset) + (low > 0xffffffff ? 1 : 0)) | 0;
}

/** RDMSR into msrLo/msrHi; false: no such register. */
export function readMsr(cpu: X86Cpu, index: number): boolean {
  if (index === 0x10) {
    readTsc(cpu);
    return true;
  }
  if (!exists(cpu, index >>> 0)) return false;
  const field = FIELDS.get(index >>> 0);
  if (field !== undefined) {
    cpu.msrLo = cpu.get32(field);
    cpu.msrHi = cpu.getHi(field);
    return true;
  }
  const constant = CONSTANT.get(index >>> 0);
  if (constant !== undefined) {
    [cpu.msrLo, cpu.msrHi] = constant;
    return true;
  }
  return cpu.platform.readMsr(index, cpu);
}

/** WRMSR of msrLo/msrHi; false: #GP. */
export function writeMsr(cpu: X86Cpu, index: number): boolean {
  const lo = cpu.msrLo;
  const hi = cpu.msrHi;
  const number = index >>> 0;
  if (CANONICAL.has(number)) {
    if (!cpu.isLinear(hi)) return false;
  }
  if (!exists(cpu, number)) return false;
  if (isMemoryTypeRegister(number) && !mayWriteMemoryTypes(cpu, number, lo, hi)) return false;
  switch (number) {
    case 0x10: {
      // IA32_TSC_ADJUST changes by as much as the counter does (SDM vol. 3B, 18.17.3).
      readTsc(cpu);
      moveTsc(cpu, (lo >>> 0) - (cpu.msrLo >>> 0), hi - cpu.msrHi);
      return true;
    }
    case 0x3b:
      moveTsc(cpu, (lo >>> 0) - (cpu.get32(S.tscAdjust) >>> 0), hi - cpu.getHi(S.tscAdjust));
      return true;
    case 0x6e1:
      if (hi !== 0) return false;
      cpu.setPkrs(lo);
      return true;
    case 0x1b:
      if (hi >>> 0 >= 2 ** (cpu.model.physicalBits - 32) || !cpu.platform.apicBaseChanged(lo, hi)) return false;
      cpu.set64(S.apicBase, lo, hi);
      return true;
    case 0xda0:
      // IA32_XSS: no supervisor component is there (SDM vol. 1, 13.3).
      return (lo | hi) === 0;
    case 0xc0000080:
      return writeEfer(cpu, lo, hi);
    case 0xc0000103:
      // Bits 63:32 of TSC_AUX are reserved; AMD's processors drop them.
      cpu.set64(S.tscAux, lo, 0);
      return true;
    default:
  }
  const field = FIELDS.get(number);
  if (field !== undefined) {
    cpu.set64(field, lo, hi);
    return true;
  }
  // IA32_MTRRCAP and IA32_MCG_CAP are read-only (SDM vol. 3A, 12.11.1; vol. 3B, 16.3.1.1).
  if (CONSTANT.has(number)) return number !== 0xfe && number !== 0x179;
  return cpu.platform.writeMsr(index, cpu);
}

/** Adds a difference, given as halves that may be out of range, to the counter and to IA32_TSC_ADJUST. */
function moveTsc(cpu: X86Cpu, low: number, high: number): void {
  for (const field of [S.tscOffset, S.tscAdjust]) {
    const sum = (cpu.get32(field) >>> 0) + low;
    cpu.set64(field, sum | 0, (cpu.getHi(field) + high + Math.floor(sum / 0x1_0000_0000)) | 0);
  }
  cpu.platform.tscMoved?.();
}

const PAT = 0x277;
const MTRR_DEF_TYPE = 0x2ff;
const isMemoryTypeRegister = (index: number): boolean => index >= 0x200 && index <= MTRR_DEF_TYPE && FIELDS.has(index);

/** Uncacheable, write-combining, write-through, write-protected, write-back; PAT has UC- (7) too (SDM vol. 3A, tables 12-8 and 12-10). */
const isMtrrType = (type: number): boolean => type <= 6 && type !== 2 && type !== 3;
const isPatType = (type: number): boolean => isMtrrType(type) || type === 7;

/** Whether WRMSR takes a value for the PAT or an MTRR: types that exist, reserved bits clear (SDM vol. 3A, 12.11.2 and 12.12.2). */
function mayWriteMemoryTypes(cpu: X86Cpu, index: number, lo: number, hi: number): boolean {
  const isBeyond = hi >>> 0 >= 2 ** (cpu.model.physicalBits - 32);
  if (index === MTRR_DEF_TYPE) return hi === 0 && (lo & ~0xcff) === 0 && isMtrrType(lo & 0xff);
  if (index < 0x210)
    return !isBeyond && ((index & 1) === 0 ? (lo & 0xf00) === 0 && isMtrrType(lo & 0xff) : (lo & 0x7ff) === 0);
  const isType = index === PAT ? isPatType : isMtrrType;
  for (let i = 0; i < 4; i += 1) if (!isType((lo >>> (8 * i)) & 0xff) || !isType((hi >>> (8 * i)) & 0xff)) return false;
  return true;
}

/** Whether pages may be accessed otherwise after a write to an MSR: EFER with its NXE, IA32_PKRS. */
export function changesTranslation(index: number): boolean {
  return index === (0xc0000080 | 0) || index === 0x6e1;
}

function writeEfer(cpu: X86Cpu, lo: number, hi: number): boolean {
  const allowed =
    EFER_SCE |
    (cpu.model.features.includes("lm") ? EFER_LME | EFER_LMA : 0) |
    (cpu.model.features.includes("nx") ? EFER_NXE : 0);
  if (hi !== 0 || (lo & ~allowed) !== 0) return false;
  const old = cpu.get32(S.efer);
  // LME may not change while paging is on (SDM vol. 3A, 2.2.1).
  if ((cpu.get32(S.cr0) & CR0_PG) !== 0 && ((old ^ lo) & EFER_LME) !== 0) return false;
  cpu.set64(S.efer, (lo & ~EFER_LMA) | (old & EFER_LMA), 0);
  if (((old ^ lo) & EFER_NXE) !== 0) cpu.tlb.flushAll();
  cpu.updateRegime();
  return true;
}

/**
 * Memory types as a PC's firmware leaves them (SDM vol. 3A, 12.11): write-back by default, fixed ranges write-back but the VGA
 * window, and one uncached range from `hole` to 4 GiB, whose size is a power of two.
 */
export function programMtrrs(cpu: X86Cpu, hole: number): void {
  cpu.set64(S.mtrrDefType, 0xc06, 0);
  for (let i = 0; i < 11; i += 1) cpu.set64(S.mtrrFixed + i * 8, i === 2 ? 0 : 0x06060606, i === 2 ? 0 : 0x06060606);
  const reach = 2 ** cpu.model.physicalBits;
  const mask = reach - (0x1_0000_0000 - hole);
  cpu.set64(S.mtrrVariable, hole | 0, 0);
  cpu.set64(S.mtrrVariable + 8, mask | 0x800 | 0, Math.floor(mask / 0x1_0000_0000));
}
