import {
  DR6_BREAKPOINTS,
  DR6_SINGLE_STEP,
  DR6_TASK_SWITCH,
  DR7_GENERAL_DETECT,
  FLAG_RF,
  S,
  STEP_BY_TF,
  STEP_HELD,
  STEP_NOW,
  type X86Cpu,
} from "@isinglass/cpu-x86";
import type { VmExit } from "@isinglass/interface";

/**
 * In the state's `pendingDebug`: MOV SS has just been executed, and Intel's processors ignore a breakpoint on the next instruction (SDM vol. 3B,
 * 18.3.1.1); AMD's do not.
 */
const CODE_HELD = 1 << 16;
/** Legacy prefixes besides REP (SDM vol. 2A, 2.1.1). */
const PREFIXES: readonly number[] = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0];

/** The guest's own debugging between two instructions of a vCPU: breakpoints of DR0 to DR3, single step, and what holds them off. */
export class GuestDebug {
  readonly #cpu: X86Cpu;
  readonly #deliver: () => VmExit | undefined;

  /** @param deliver delivers #DB; an exit where that is what came of it */
  constructor(cpu: X86Cpu, deliver: () => VmExit | undefined) {
    this.#cpu = cpu;
    this.#deliver = deliver;
  }

  /**
   * Breakpoints of the guest's on the instruction at the pc. -1: none, but the instruction is to be executed alone, because it lies on a page with one or
   * because RF is set, which is good for one instruction.
   */
  codeBreakpoints(): number {
    const cpu = this.#cpu;
    const { breakpoints } = cpu;
    const lo = cpu.get32(S.rip);
    const hi = cpu.getHi(S.rip);
    if ((cpu.get32(S.flagsRest) & FLAG_RF) !== 0) return -1;
    if (!breakpoints.codeOnPage(lo, hi)) return 0;
    if ((cpu.get32(S.pendingDebug) & CODE_HELD) !== 0) return -1;
    return breakpoints.atCode(lo, hi) || -1;
  }

  /** #DB with these bits in DR6, the others of B3:B0 clear (SDM vol. 3B, 18.2.3). */
  raise(bits: number): VmExit | undefined {
    const cpu = this.#cpu;
    cpu.set32(S.dr + 48, (cpu.get32(S.dr + 48) & ~DR6_BREAKPOINTS) | bits);
    cpu.set32(S.dr + 56, cpu.get32(S.dr + 56) & ~DR7_GENERAL_DETECT);
    cpu.set32(S.pendingDebug, 0);
    return this.#deliver();
  }

  /** #DB as a trap, if one is due behind the instruction (SDM vol. 3B, 18.3.1.2 and 18.3.1.4). `stepped`: TF was set before it. */
  traps(stepped: boolean, single: boolean): VmExit | undefined {
    const cpu = this.#cpu;
    const isHeld = this.#isHeld();
    let due = (stepped && cpu.stepTrap === STEP_BY_TF) || cpu.stepTrap === STEP_NOW ? DR6_SINGLE_STEP : 0;
    const ignores = this.#ignoresCode();
    if (single || ignores || cpu.get32(S.pendingDebug) !== 0) {
      const noted = cpu.get32(S.pendingDebug) & (DR6_BREAKPOINTS | DR6_TASK_SWITCH);
      if (!isHeld) due |= noted;
      cpu.set32(S.pendingDebug, noted | (ignores ? CODE_HELD : 0));
    }
    return due === 0 ? undefined : this.raise(due);
  }

  /** The next instruction was not executed after all, but is to be, alone: what MOV SS holds off is held off for it still. */
  noteShadow(): void {
    const cpu = this.#cpu;
    if (this.#ignoresCode()) cpu.set32(S.pendingDebug, cpu.get32(S.pendingDebug) | CODE_HELD);
  }

  /** Whether the instruction before the pc was a MOV SS or POP SS. */
  #isHeld(): boolean {
    const cpu = this.#cpu;
    return cpu.stepTrap === STEP_HELD && cpu.heldAt === cpu.get32(S.rip);
  }

  #ignoresCode(): boolean {
    const { breakpoints, model } = this.#cpu;
    return breakpoints.code !== 0 && model.vendor === "GenuineIntel" && this.#isHeld();
  }

  /** Whether a string instruction with a REP prefix is at the pc (SDM vol. 2A, 2.1.1): RF stays set between its iterations. */
  isRepeated(): boolean {
    const cpu = this.#cpu;
    let isRepeated = false;
    for (let i = 0; i < 15; i += 1) {
      const byte = cpu.codeByte((cpu.get32(S.rip) + i) | 0, cpu.getHi(S.rip));
      if (byte === 0xf2 || byte === 0xf3) isRepeated = true;
      else if (!PREFIXES.includes(byte) && !(cpu.is64 && byte >> 4 === 4))
        return isRepeated && ((byte >= 0x6c && byte <= 0x6f) || (byte >= 0xa4 && byte <= 0xaf));
    }
    return false;
  }
}
