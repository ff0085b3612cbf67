import { ASSIST_NEXT, MEM_FOR_WRITE } from "@isinglass/uops";
import { CR0_EM, CR0_TS } from "../control-bits.js";
import { type X86Cpu } from "../cpu.js";
import { S } from "../state.js";
import {
  XMM_AT,
  XMM_BYTES,
  area,
  checkPages,
  checkedMxcsr,
  fxVectors,
  gatherMxcsr,
  gatherVectors,
  gatherX87,
  openArea,
  scatterVectors,
  scatterX87,
  transfer,
} from "./fx-area.js";
import type { AssistTable } from "./table.js";

/** Of the area the processor writes no byte from 416 on. */
const AREA_BYTES = 512;

function begin(cpu: X86Cpu, stack: number): void {
  if ((cpu.get32(S.cr0) & (CR0_EM | CR0_TS)) !== 0) cpu.fault(7);
  openArea(cpu, stack, 16);
}

/** FXSAVE and FXRSTOR: the area's linear address is in `scratch`; `size` 64 is the REX.W form, `stack` a stack-segment operand. */
export const FX_STATE: AssistTable = {
  fxsave(cpu, size, stack) {
    begin(cpu, stack);
    checkPages(cpu, AREA_BYTES, MEM_FOR_WRITE);
    area.fill(0);
    gatherX87(cpu, size === 64);
    const count = fxVectors(cpu);
    gatherMxcsr(cpu, count > 0);
    gatherVectors(cpu, count, 0, XMM_AT);
    transfer(cpu, 0, XMM_AT + count * XMM_BYTES, true);
    return ASSIST_NEXT;
  },
  fxrstor(cpu, size, stack) {
    begin(cpu, stack);
    checkPages(cpu, AREA_BYTES, 0);
    const count = fxVectors(cpu);
    transfer(cpu, 0, XMM_AT + count * XMM_BYTES, false);
    const mxcsr = count > 0 ? checkedMxcsr(cpu) : 0;
    // Nothing faults from here on.
    scatterX87(cpu, size === 64);
    if (count === 0) return ASSIST_NEXT;
    cpu.set32(S.mxcsr, mxcsr);
    scatterVectors(cpu, count, 0, XMM_AT);
    return ASSIST_NEXT;
  },
};
