import { ASSIST_NEXT } from "@isinglass/uops";
import {
  IE,
  OE,
  UE,
  f80FromBcd,
  f80FromF32,
  f80FromF64,
  f80FromI32,
  f80FromI64,
  f80ToBcd,
  f80ToF32,
  f80ToF64,
  f80ToInteger,
} from "@isinglass/softfloat";
import type { X86Cpu } from "../cpu.js";
import { S } from "../state.js";
import {
  X87_BCD,
  X87_BITS_SHIFT,
  X87_F32,
  X87_F64,
  X87_F80,
  X87_INTEGER,
  X87_NEW_EMPTY,
  X87_NEW_FSW,
  X87_NEW_STORES,
  X87_NEW_TOP,
  X87_POP,
  X87_SOURCE_SHIFT,
  X87_TRUNCATE,
} from "../x87-operations.js";
import { FSW_B, FSW_C1, FSW_ES, FSW_EXCEPTIONS, FSW_IE, FSW_SF, isEmpty, moveTop, stackIndex } from "../x87-state.js";
import type { AssistTable } from "./table.js";
import { begin, context, setIndefinite, setResult, settle, stackFault } from "./x87-core.js";

/** Converts the operand in `scratch` to 80 bits, in `context`. */
function convertIn(cpu: X86Cpu, kind: number): void {
  const lo = cpu.get32(S.scratch);
  const hi = cpu.getHi(S.scratch);
  if (kind === X87_F32) f80FromF32(context, lo);
  else if (kind === X87_F64) f80FromF64(context, lo, hi);
  else if (kind === X87_INTEGER) f80FromI32(context, lo);
  else if (kind === X87_BCD) f80FromBcd(context, lo, hi, cpu.get32(S.scratch + 8) & 0xffff);
  else if (kind === X87_F80) {
    context.sigLo = lo;
    context.sigHi = hi;
    context.se = cpu.get32(S.scratch + 8) & 0xffff;
  } else f80FromI64(context, lo, hi);
}

/** Converts ST(0) to the memory format; the bits go to `context.lo`, `hi` and for 80 bits `se`. */
function convertOut(cpu: X86Cpu, how: number): void {
  const { i32 } = cpu;
  const at = stackIndex(cpu, 0);
  const lo = i32[at]!;
  const hi = i32[at + 1]!;
  const se = i32[at + 2]! & 0xffff;
  const kind = (how >> X87_SOURCE_SHIFT) & 7;
  if (kind === X87_F32) f80ToF32(context, lo, hi, se);
  else if (kind === X87_F64) f80ToF64(context, lo, hi, se);
  else if (kind === X87_INTEGER) f80ToInteger(context, lo, hi, se, how >> X87_BITS_SHIFT, how & X87_TRUNCATE);
  else if (kind === X87_BCD) f80ToBcd(context, lo, hi, se);
  else {
    context.lo = lo;
    context.hi = hi;
    context.se = se;
  }
}

/** The masked response of a store to an empty ST(0): the indefinite of the format (SDM vol. 1, 4.8.3.7 and tables 4-1, 4-4). */
function indefinite(how: number): void {
  const kind = (how >> X87_SOURCE_SHIFT) & 7;
  context.lo = 0;
  if (kind === X87_F32) context.lo = 0xffc00000 | 0;
  else if (kind === X87_F64) context.hi = 0xfff80000 | 0;
  else if (kind === X87_INTEGER) {
    const bits = how >> X87_BITS_SHIFT;
    context.lo = bits === 16 ? 0x8000 : bits === 32 ? 0x80000000 | 0 : 0;
    context.hi = 0x80000000 | 0;
  } else {
    context.hi = 0xc0000000 | 0;
    context.se = 0xffff;
  }
}

export const X87_TRANSFER: AssistTable = {
  "x87-load"(cpu, how) {
    if (!isEmpty(cpu, -1)) {
      if (!stackFault(cpu, FSW_C1)) return ASSIST_NEXT;
      moveTop(cpu, -1);
      setIndefinite(cpu, 0);
      return ASSIST_NEXT;
    }
    begin(cpu);
    convertIn(cpu, (how >> X87_SOURCE_SHIFT) & 7);
    settle(cpu);
    // AMD's CPUs push a denormal also where DE is unmasked; only a signaling NaN is held back.
    if ((context.flags & ~context.masks & IE) !== 0) return ASSIST_NEXT;
    moveTop(cpu, -1);
    setResult(cpu, 0);
    return ASSIST_NEXT;
  },
  /** Changes nothing but `scratch`: see the semantics of stores. */
  "x87-store"(cpu, how) {
    begin(cpu);
    let raised: number;
    if (isEmpty(cpu, 0)) {
      raised = FSW_IE | FSW_SF;
      indefinite(how);
    } else {
      convertOut(cpu, how);
      raised = context.flags | (context.roundedUp !== 0 ? FSW_C1 : 0);
    }
    const stores = (raised & ~context.masks & (IE | OE | UE)) === 0;
    let fsw = (cpu.get32(S.fsw) & ~FSW_C1) | raised;
    if ((fsw & ~context.masks & FSW_EXCEPTIONS) !== 0) fsw |= FSW_ES | FSW_B;
    const top = cpu.get32(S.fpuTop);
    const pops = stores && (how & X87_POP) !== 0;
    cpu.set64(S.scratch, context.lo, context.hi);
    cpu.set64(S.scratch + 8, context.se, 0);
    cpu.set32(S.scratch + 8 * X87_NEW_STORES, stores ? 1 : 0);
    cpu.set32(S.scratch + 8 * X87_NEW_FSW, fsw);
    cpu.set32(S.scratch + 8 * X87_NEW_TOP, pops ? (top + 1) & 7 : top);
    cpu.set64(S.scratch + 8 * X87_NEW_EMPTY, cpu.get32(S.fpuEmpty), cpu.getHi(S.fpuEmpty));
    if (pops) cpu.u8[cpu.base + S.scratch + 8 * X87_NEW_EMPTY + top] = 1;
    return ASSIST_NEXT;
  },
};
