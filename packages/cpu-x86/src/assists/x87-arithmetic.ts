import { ASSIST_NEXT } from "@isinglass/uops";
import {
  EQUAL,
  LESS,
  PRE_COMPUTATION,
  UNORDERED,
  f80Arith,
  f80ArithF32,
  f80ArithF64,
  f80ArithI32,
  f80Compare,
  f80CompareF32,
  f80CompareF64,
  f80CompareI32,
} from "@isinglass/softfloat";
import type { X86Cpu } from "../cpu.js";
import { FLAG_CF, FLAG_PF, FLAG_ZF, S } from "../state.js";
import {
  FOP_TO_REGISTER,
  X87_F32,
  X87_F64,
  X87_POP,
  X87_POPS,
  X87_QUIET,
  X87_REGISTER,
  X87_SOURCE_SHIFT,
  X87_TO_FLAGS,
  X87_ZERO,
} from "../x87-operations.js";
import { FSW_C0, FSW_C1, FSW_C2, FSW_C3, isEmpty, pop, setStack, stackIndex } from "../x87-state.js";
import type { AssistTable } from "./table.js";
import { addStatus, begin, context, setIndefinite, setResult, settle, stackFault } from "./x87-core.js";

function finishArithmetic(cpu: X86Cpu, destination: number, pops: number): number {
  setResult(cpu, destination);
  if (pops !== 0) pop(cpu);
  return ASSIST_NEXT;
}

/** C3, C2, C0 of a relation (SDM vol. 1, table 8-6). */
function conditionCodes(relation: number): number {
  if (relation === UNORDERED) return FSW_C3 | FSW_C2 | FSW_C0;
  return relation === EQUAL ? FSW_C3 : relation === LESS ? FSW_C0 : 0;
}

/** The same as ZF, PF, CF (SDM vol. 2A, FCOMI). */
function relationFlags(relation: number): number {
  if (relation === UNORDERED) return FLAG_ZF | FLAG_PF | FLAG_CF;
  return relation === EQUAL ? FLAG_ZF : relation === LESS ? FLAG_CF : 0;
}

/** Compares ST(0) with the source. */
function relationTo(cpu: X86Cpu, source: number, i: number, signaling: number): number {
  const { i32 } = cpu;
  const a = stackIndex(cpu, 0);
  const lo = i32[a]!;
  const hi = i32[a + 1]!;
  const se = i32[a + 2]! & 0xffff;
  const operand = cpu.get32(S.scratch);
  if (source === X87_REGISTER) {
    const b = stackIndex(cpu, i);
    return f80Compare(context, lo, hi, se, i32[b]!, i32[b + 1]!, i32[b + 2]! & 0xffff, signaling);
  }
  if (source === X87_F32) return f80CompareF32(context, lo, hi, se, operand);
  if (source === X87_F64) return f80CompareF64(context, lo, hi, se, operand, cpu.getHi(S.scratch));
  return f80CompareI32(context, lo, hi, se, source === X87_ZERO ? 0 : operand);
}

export const X87_ARITHMETIC: AssistTable = {
  "x87-arith"(cpu, how, fop) {
    const { i32 } = cpu;
    const operation = how & 7;
    const source = (how >> X87_SOURCE_SHIFT) & 7;
    const pops = how & X87_POP;
    const i = source === X87_REGISTER ? fop & 7 : 0;
    const toRegister = source === X87_REGISTER && (fop & FOP_TO_REGISTER) !== 0;
    const destination = toRegister ? i : 0;
    if (isEmpty(cpu, 0) || isEmpty(cpu, i)) {
      if (!stackFault(cpu, 0)) return ASSIST_NEXT;
      setIndefinite(cpu, destination);
      if (pops !== 0) pop(cpu);
      return ASSIST_NEXT;
    }
    begin(cpu);
    const a = stackIndex(cpu, destination);
    const lo = i32[a]!;
    const hi = i32[a + 1]!;
    const se = i32[a + 2]! & 0xffff;
    const operand = cpu.get32(S.scratch);
    if (source === X87_REGISTER) {
      const b = stackIndex(cpu, toRegister ? 0 : i);
      f80Arith(context, operation, lo, hi, se, i32[b]!, i32[b + 1]!, i32[b + 2]! & 0xffff);
    } else if (source === X87_F32) f80ArithF32(context, operation, lo, hi, se, operand);
    else if (source === X87_F64) f80ArithF64(context, operation, lo, hi, se, operand, cpu.getHi(S.scratch));
    else f80ArithI32(context, operation, lo, hi, se, operand);
    return settle(cpu) ? finishArithmetic(cpu, destination, pops) : ASSIST_NEXT;
  },
  "x87-compare"(cpu, how, fop) {
    const source = (how >> X87_SOURCE_SHIFT) & 7;
    const toFlags = (how & X87_TO_FLAGS) !== 0;
    // FCOMPP and FUCOMPP have no register field: their ModRM names ST(1), as do the undocumented neighbours of it.
    const i = source === X87_REGISTER ? fop & 7 : 0;
    let relation = UNORDERED;
    let complete: boolean;
    if (isEmpty(cpu, 0) || isEmpty(cpu, i)) complete = stackFault(cpu, 0);
    else {
      begin(cpu);
      relation = relationTo(cpu, source, i, (how & X87_QUIET) !== 0 ? 0 : 1);
      // C1 is cleared with the other codes; where the result goes to EFLAGS, AMD's CPUs leave it.
      addStatus(cpu, 0, context.flags);
      complete = (context.flags & ~context.masks & PRE_COMPUTATION) === 0;
    }
    if (toFlags) cpu.set64(S.scratch, relationFlags(relation), 0);
    else addStatus(cpu, FSW_C0 | FSW_C1 | FSW_C2 | FSW_C3, conditionCodes(relation));
    if (complete) for (let n = how & X87_POPS; n > 0; n -= 1) pop(cpu);
    return ASSIST_NEXT;
  },
  "x87-cmov"(cpu, condition, fop) {
    const i = fop & 7;
    if (isEmpty(cpu, 0) || isEmpty(cpu, i)) {
      if (stackFault(cpu, 0)) setIndefinite(cpu, 0);
      return ASSIST_NEXT;
    }
    // AMD's CPUs leave C1 as it was.
    if (condition === 0) return ASSIST_NEXT;
    const from = stackIndex(cpu, i);
    setStack(cpu, 0, cpu.i32[from]!, cpu.i32[from + 1]!, cpu.i32[from + 2]!);
    return ASSIST_NEXT;
  },
};
