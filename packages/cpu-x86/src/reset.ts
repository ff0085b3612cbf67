import type { X86Cpu } from "./cpu.js";
import { setSegment } from "./segments.js";
import { CS, DS, ES, FS, GS, LDTR, S, STATE_BYTES, SS, TR } from "./state.js";

/** Puts the CPU into its state after RESET (SDM vol. 3A, table 9-1): real mode at FFFFFFF0H. Random numbers go on as they were. */
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
  // Write-back for all six kinds that power-on defines (SDM vol. 3A, 11.12.4).
  cpu.set64(S.pat, 0x00070406, 0x00070406);
  // Enabled, bootstrap processor (SDM vol. 3A, 10.4.4).
  cpu.set64(S.apicBase, 0xfee00900 | 0, 0);
  cpu.set64(S.miscEnable, 1, 0);
  cpu.set32(S.mxcsr, 0x1f80);
  cpu.set32(S.fcw, 0x40);
  cpu.set64(S.xcr0, 1, 0);
  cpu.refresh();
}

/** Chooses the stream of RDRAND and RDSEED: equal seeds give equal numbers. Only the seed keeps a guest from knowing them. */
export function seedRandom(cpu: X86Cpu, seed: number): void {
  cpu.set64(S.random, seed | 0, Math.floor(seed / 0x1_0000_0000) | 0);
}
