import type { BootState } from "@isinglass/boot";
import { GPR_NAMES, S, SEGMENT_NAMES, type X86Cpu, programMtrrs, setSegment } from "@isinglass/cpu-x86";

/** Where a PC's RAM ends and its device window begins, below 4 GiB. */
export const DEVICE_HOLE: number = 0xe0000000;

/** Puts the registers of a loaded kernel into a CPU. */
export function applyBootState(cpu: X86Cpu, state: BootState): void {
  GPR_NAMES.forEach((name, i) => cpu.setBig(S.gpr + i * 8, state.registers[name]));
  cpu.setBig(S.cr0, state.cr0);
  cpu.setBig(S.cr3, state.cr3);
  cpu.setBig(S.cr4, state.cr4);
  cpu.setBig(S.efer, state.efer);
  SEGMENT_NAMES.forEach((name, i) => {
    const { selector, base, limit, attributes } = state.segments[name];
    setSegment(cpu, i, selector, attributes, Number(base & 0xffffffffn) | 0, Number(base >> 32n) | 0, limit);
  });
  programMtrrs(cpu, DEVICE_HOLE);
  cpu.setBig(S.gdtBase, state.gdtr.base);
  cpu.set32(S.gdtLimit, state.gdtr.limit);
  cpu.setBig(S.idtBase, state.idtr.base);
  cpu.set32(S.idtLimit, state.idtr.limit);
  cpu.set32(S.flagsRest, Number(state.registers.rflags & 0xfffff72an) & ~0x8d5);
  cpu.set32(S.cpl, 0);
  cpu.refresh();
  const csBase = state.mode === "long" ? 0n : state.segments.cs.base;
  cpu.setBig(S.rip, state.registers.rip + csBase);
}
