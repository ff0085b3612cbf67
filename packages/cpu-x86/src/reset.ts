import type { X86Cpu } from "./cpu.js";
import { setSegment } from "./segments.js";
import { CS, DS, ES, FS, GS, LDTR, S, STATE_BYTES, SS, TR } from "./state.js";

/** {@link S.activity}: executes, waits in HLT, waits for a start-up message. */
export const ACTIVITY_RUNS: number = 0;
export const ACTIVITY_HALTED: number = 1;
export const ACTIVITY_WAITS_FOR_SIPI: number = 2;

/** CR0.CD and CR0.NW. */
const CR0_CACHING = 0x60000000;

/** What INIT leaves alone: x87, vectors and MXCSR, and most MSRs, the MTRRs among them (SDM vol. 3A, table 10-1). Offset and bytes. */
const KEPT_BY_INIT: readonly (readonly [offset: number, bytes: number])[] = [
  [S.mxcsr, 4],
  [S.star, 8],
  [S.lstar, 8],
  [S.cstar, 8],
  [S.sfmask, 8],
  [S.kernelGsBase, 8],
  [S.sysenterCs, 8],
  [S.sysenterEsp, 8],
  [S.sysenterEip, 8],
  [S.pat, 8],
  [S.apicBase, 8],
  [S.tscOffset, 8],
  [S.tscAdjust, 8],
  [S.tscAux, 8],
  [S.miscEnable, 8],
  [S.mtrrDefType, 8],
  [S.mtrrFixed, 88],
  [S.mtrrVariable, 128],
  [S.mcgStatus, 8],
  [S.xcr0, 8],
  [S.xss, 8],
  [S.pkru, 4],
  [S.pkrs, 4],
  [S.fcw, 4],
  [S.fsw, 4],
  [S.fpuTop, 4],
  [S.fpuEmpty, 8],
  [S.fpuOpcode, 4],
  [S.fpuCs, 4],
  [S.fpuDs, 4],
  [S.fpuPending, 4],
  [S.fpuIp, 8],
  [S.fpuDp, 8],
  [S.fpr, 128],
  [S.vector, 2048],
  [S.mask, 64],
];

/** Puts the CPU into its state after RESET (SDM vol. 3A, table 10-1): real mode at FFFFFFF0H. Random numbers go on as they were. */
export function resetCpu(cpu: X86Cpu): void {
  const random = [cpu.get32(S.random), cpu.getHi(S.random)] as const;
  cpu.u8.fill(0, cpu.base, cpu.base + STATE_BYTES);
  cpu.set64(S.random, ...random);
  cpu.set64(S.cr0, 0x60000010, 0);
  const { family, modelNumber, stepping } = cpu.model;
  cpu.set64(
    S.gpr + 16,
    stepping | ((modelNumber & 15) << 4) | (Math.min(family, 15) << 8) | ((modelNumber >> 4) << 16),
    0,
  );
  setSegment(cpu, CS, 0xf000, 0x9b, -65536, 0, 0xffff);
  for (const segment of [ES, SS, DS, FS, GS]) setSegment(cpu, segment, 0, 0x93, 0, 0, 0xffff);
  setSegment(cpu, LDTR, 0, 0x82, 0, 0, 0xffff);
  setSegment(cpu, TR, 0, 0x8b, 0, 0, 0xffff);
  cpu.set32(S.gdtLimit, 0xffff);
  cpu.set32(S.idtLimit, 0xffff);
  cpu.set64(S.rip, -16, 0);
  cpu.set64(S.dr + 6 * 8, 0xffff0ff0 | 0, 0);
  cpu.set64(S.dr + 7 * 8, 0x400, 0);
  // Write-back for all six kinds that power-on defines (SDM vol. 3A, 12.12.4).
  cpu.set64(S.pat, 0x00070406, 0x00070406);
  // Enabled, bootstrap processor (SDM vol. 3A, 11.4.4).
  cpu.set64(S.apicBase, 0xfee00900 | 0, 0);
  cpu.set64(S.miscEnable, 1, 0);
  cpu.set32(S.mxcsr, 0x1f80);
  cpu.set32(S.fcw, 0x40);
  cpu.set64(S.xcr0, 1, 0);
  cpu.refresh();
}

/** Puts the CPU into its state after INIT, which is that after RESET but for what INIT keeps. */
export function initCpu(cpu: X86Cpu): void {
  const kept = KEPT_BY_INIT.map(([offset, bytes]) => cpu.u8.slice(cpu.base + offset, cpu.base + offset + bytes));
  const caching = cpu.get32(S.cr0) & CR0_CACHING;
  resetCpu(cpu);
  KEPT_BY_INIT.forEach(([offset], i) => cpu.u8.set(kept[i]!, cpu.base + offset));
  cpu.set32(S.cr0, 0x10 | caching);
  cpu.refresh();
}

/** A start-up message: the CPU begins in real mode at the page that the vector names (SDM vol. 3A, 9.4.4). */
export function startCpu(cpu: X86Cpu, vector: number): void {
  setSegment(cpu, CS, vector << 8, 0x9b, vector << 12, 0, 0xffff);
  cpu.set64(S.rip, vector << 12, 0);
  cpu.set32(S.activity, ACTIVITY_RUNS);
  cpu.refresh();
}

/** Chooses the stream of RDRAND and RDSEED: equal seeds give equal numbers. Only the seed keeps a guest from knowing them. */
export function seedRandom(cpu: X86Cpu, seed: number): void {
  cpu.set64(S.random, seed | 0, Math.floor(seed / 0x1_0000_0000) | 0);
}
