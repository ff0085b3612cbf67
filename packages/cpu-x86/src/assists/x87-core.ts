import { DE, FloatContext, IE, ZE } from "@isinglass/softfloat";
import { CR0_EM, CR0_MP, CR0_NE, CR0_TS } from "../control-bits.js";
import { type X86Cpu } from "../cpu.js";
import { S } from "../state.js";
import { GUARD_WAIT } from "../x87-operations.js";
import { FSW_B, FSW_C1, FSW_ES, FSW_EXCEPTIONS, FSW_IE, FSW_SF, setStack } from "../x87-state.js";
import type { AssistTable } from "./table.js";

/** Operands and results of the operation in hand; nothing in it outlives an assist. */
export const context: FloatContext = new FloatContext();

const PRECISION: readonly number[] = [24, 24, 53, 64];

/** Sets the controls of `context` from the control word and clears its flags. */
export function begin(cpu: X86Cpu): void {
  const fcw = cpu.get32(S.fcw);
  context.masks = fcw & FSW_EXCEPTIONS;
  context.rounding = (fcw >> 10) & 3;
  context.precision = PRECISION[(fcw >> 8) & 3]!;
  context.flags = 0;
  context.roundedUp = 0;
  context.partial = 0;
}

/** Adds `bits` to the status word after clearing `cleared`; raises what is unmasked. */
export function addStatus(cpu: X86Cpu, cleared: number, bits: number): void {
  let fsw = (cpu.get32(S.fsw) & ~cleared) | bits;
  if ((fsw & ~cpu.get32(S.fcw) & FSW_EXCEPTIONS) !== 0) {
    fsw |= FSW_ES | FSW_B;
    cpu.set32(S.fpuPending, 1);
  }
  cpu.set32(S.fsw, fsw);
}

/**
 * Puts the flags of the operation in the status word, with C1 for rounding up.
 *
 * @returns true where the result may be written: no exception that is found before computing is unmasked (SDM vol. 1, 8.5)
 */
export function settle(cpu: X86Cpu): boolean {
  const { flags } = context;
  addStatus(cpu, FSW_C1, flags | (context.roundedUp !== 0 ? FSW_C1 : 0));
  return (flags & ~context.masks & (IE | DE | ZE)) === 0;
}

/**
 * Stack overflow (`c1` FSW_C1) or underflow (0), SDM vol. 1, 8.5.1.1.
 *
 * @returns true where it is masked: the result is the indefinite
 */
export function stackFault(cpu: X86Cpu, c1: number): boolean {
  addStatus(cpu, FSW_C1, FSW_IE | FSW_SF | c1);
  return (cpu.get32(S.fcw) & FSW_IE) !== 0;
}

/** Writes the result in `context` to ST(i). */
export function setResult(cpu: X86Cpu, i: number): void {
  setStack(cpu, i, context.sigLo, context.sigHi, context.se);
}

/** Writes the QNaN floating-point indefinite to ST(i) (SDM vol. 1, table 4-3). */
export function setIndefinite(cpu: X86Cpu, i: number): void {
  setStack(cpu, i, 0, 0xc0000000 | 0, 0xffff);
}

export const X87_GUARD: AssistTable = {
  /** Reached only where something is in the way: #NM before #MF (SDM vol. 3A, table 2-2). */
  "x87-guard"(cpu, what) {
    const cr0 = cpu.get32(S.cr0);
    if (what !== GUARD_WAIT && (cr0 & (CR0_EM | CR0_TS)) !== 0) cpu.fault(7);
    if ((cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) cpu.fault(7);
    if ((cr0 & CR0_NE) !== 0) cpu.fault(16);
    // MS-DOS compatible reporting (SDM vol. 1, 8.7.2): FERR# goes to IRQ 13 and the CPU waits for IGNNE#.
    return cpu.leaveWith({
      reason: "not-implemented",
      address: cpu.getBig(S.rip),
      bytes: cpu.instructionBytes(),
      what: "x87 exception with CR0.NE clear (FERR#)",
    });
  },
};
