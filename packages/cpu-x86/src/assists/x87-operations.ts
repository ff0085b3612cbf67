import { ASSIST_NEXT } from "@isinglass/uops";
import {
  CONSTANT_LN_2,
  CONSTANT_LOG10_2,
  CONSTANT_LOG2_10,
  CONSTANT_LOG2_E,
  CONSTANT_ONE,
  CONSTANT_PI,
  CONSTANT_ZERO,
  type FloatContext,
  f80Atan2,
  f80Constant,
  f80Cos,
  f80Examine,
  f80Extract,
  f80Rem,
  f80Rem1,
  f80RoundToIntegral,
  f80Scale,
  f80Sin,
  f80SinCos,
  f80Sqrt,
  f80Tan,
  f80TwoToXMinus1,
  f80YLog2X,
  f80YLog2XPlus1,
} from "@isinglass/softfloat";
import type { X86Cpu } from "../cpu.js";
import { X87_OPERATIONS } from "../x87-operations.js";
import { FSW_C0, FSW_C1, FSW_C2, FSW_C3, isEmpty, moveTop, pop, setEmpty, setStack, stackIndex } from "../x87-state.js";
import type { AssistTable } from "./table.js";
import { addStatus, begin, context, setIndefinite, setResult, settle, stackFault } from "./x87-core.js";

type Operation = (cpu: X86Cpu, i: number) => void;
type Unary = (ctx: FloatContext, lo: number, hi: number, se: number) => void;
type Binary = (ctx: FloatContext, aLo: number, aHi: number, aSe: number, bLo: number, bHi: number, bSe: number) => void;

const copy = (cpu: X86Cpu, from: number, to: number): void => {
  const at = stackIndex(cpu, from);
  setStack(cpu, to, cpu.i32[at]!, cpu.i32[at + 1]!, cpu.i32[at + 2]!);
};

const applyUnary = (cpu: X86Cpu, f: Unary): void => {
  const at = stackIndex(cpu, 0);
  begin(cpu);
  f(context, cpu.i32[at]!, cpu.i32[at + 1]!, cpu.i32[at + 2]! & 0xffff);
};

/** ST(0) = f(ST(0)). */
const unary =
  (f: Unary): Operation =>
  (cpu) => {
    if (isEmpty(cpu, 0)) {
      if (stackFault(cpu, 0)) setIndefinite(cpu, 0);
      return;
    }
    applyUnary(cpu, f);
    if (settle(cpu)) setResult(cpu, 0);
  };

/** FSIN, FCOS: C2 tells that the operand is out of range, and nothing changes. */
const trigonometric =
  (f: Unary): Operation =>
  (cpu) => {
    addStatus(cpu, FSW_C2, 0);
    if (isEmpty(cpu, 0)) {
      if (stackFault(cpu, 0)) setIndefinite(cpu, 0);
      return;
    }
    applyUnary(cpu, f);
    if (context.partial !== 0) addStatus(cpu, FSW_C1, FSW_C2);
    else if (settle(cpu)) setResult(cpu, 0);
  };

/** FSINCOS, FPTAN, FXTRACT: one result replaces ST(0), the other is pushed. `c2`: what f may leave undone. */
const pushing =
  (f: Unary, c2: number): Operation =>
  (cpu) => {
    addStatus(cpu, c2, 0);
    const underflow = isEmpty(cpu, 0);
    if (underflow || !isEmpty(cpu, -1)) {
      if (!stackFault(cpu, underflow ? 0 : FSW_C1)) return;
      setIndefinite(cpu, 0);
      moveTop(cpu, -1);
      setIndefinite(cpu, 0);
      return;
    }
    applyUnary(cpu, f);
    if (context.partial !== 0) {
      addStatus(cpu, FSW_C1, c2);
      return;
    }
    if (!settle(cpu)) return;
    setResult(cpu, 0);
    moveTop(cpu, -1);
    setStack(cpu, 0, context.sigLo2, context.sigHi2, context.se2);
  };

const applyBinary = (cpu: X86Cpu, f: Binary): void => {
  const { i32 } = cpu;
  const a = stackIndex(cpu, 0);
  const b = stackIndex(cpu, 1);
  begin(cpu);
  f(context, i32[a]!, i32[a + 1]!, i32[a + 2]! & 0xffff, i32[b]!, i32[b + 1]!, i32[b + 2]! & 0xffff);
};

/** ST(1) = f(ST(0), ST(1)), pop. */
const intoNext =
  (f: Binary): Operation =>
  (cpu) => {
    if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
      if (!stackFault(cpu, 0)) return;
      setIndefinite(cpu, 1);
    } else {
      applyBinary(cpu, f);
      if (!settle(cpu)) return;
      setResult(cpu, 1);
    }
    pop(cpu);
  };

/** ST(0) = f(ST(0), ST(1)). */
const withNext =
  (f: Binary): Operation =>
  (cpu) => {
    if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
      if (stackFault(cpu, 0)) setIndefinite(cpu, 0);
      return;
    }
    applyBinary(cpu, f);
    if (settle(cpu)) setResult(cpu, 0);
  };

/** FPREM, FPREM1: the low bits of the quotient in C0, C3, C1, or C2 where there is more to do (SDM vol. 2A, FPREM). */
const remainder =
  (f: Binary): Operation =>
  (cpu) => {
    addStatus(cpu, FSW_C2, 0);
    if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
      if (stackFault(cpu, 0)) setIndefinite(cpu, 0);
      return;
    }
    applyBinary(cpu, f);
    if (!settle(cpu)) return;
    setResult(cpu, 0);
    // A NaN has no quotient: C0 and C3 stay.
    if ((context.se & 0x7fff) === 0x7fff) return;
    const { quotient } = context;
    const codes = (quotient & 4 ? FSW_C0 : 0) | (quotient & 2 ? FSW_C3 : 0) | (quotient & 1 ? FSW_C1 : 0);
    addStatus(cpu, FSW_C0 | FSW_C1 | FSW_C2 | FSW_C3, context.partial !== 0 ? FSW_C2 : codes);
  };

const sign =
  (and: number, xor: number): Operation =>
  (cpu) => {
    if (isEmpty(cpu, 0)) {
      if (stackFault(cpu, 0)) setIndefinite(cpu, 0);
      return;
    }
    addStatus(cpu, FSW_C1, 0);
    const at = stackIndex(cpu, 0) + 2;
    cpu.i32[at] = (cpu.i32[at]! & and) ^ xor;
  };

const constant =
  (number: number): Operation =>
  (cpu) => {
    if (!isEmpty(cpu, -1)) {
      if (!stackFault(cpu, FSW_C1)) return;
      moveTop(cpu, -1);
      setIndefinite(cpu, 0);
      return;
    }
    begin(cpu);
    f80Constant(context, number);
    addStatus(cpu, FSW_C1, 0);
    moveTop(cpu, -1);
    setResult(cpu, 0);
  };

function load(cpu: X86Cpu, i: number): void {
  const underflow = isEmpty(cpu, i);
  if (underflow || !isEmpty(cpu, -1)) {
    if (!stackFault(cpu, underflow ? 0 : FSW_C1)) return;
    moveTop(cpu, -1);
    setIndefinite(cpu, 0);
    return;
  }
  addStatus(cpu, FSW_C1, 0);
  moveTop(cpu, -1);
  copy(cpu, (i + 1) & 7, 0);
}

function store(cpu: X86Cpu, i: number): boolean {
  if (isEmpty(cpu, 0)) {
    if (!stackFault(cpu, 0)) return false;
    setIndefinite(cpu, i);
  } else {
    addStatus(cpu, FSW_C1, 0);
    copy(cpu, 0, i);
  }
  return true;
}

function exchange(cpu: X86Cpu, i: number): void {
  if (isEmpty(cpu, 0) || isEmpty(cpu, i)) {
    if (!stackFault(cpu, 0)) return;
    if (isEmpty(cpu, 0)) setIndefinite(cpu, 0);
    if (isEmpty(cpu, i)) setIndefinite(cpu, i);
  } else addStatus(cpu, FSW_C1, 0);
  const { i32 } = cpu;
  const a = stackIndex(cpu, 0);
  const b = stackIndex(cpu, i);
  for (let k = 0; k < 3; k += 1) {
    const kept = i32[a + k]!;
    i32[a + k] = i32[b + k]!;
    i32[b + k] = kept;
  }
}

function examine(cpu: X86Cpu): void {
  const at = stackIndex(cpu, 0);
  const se = cpu.i32[at + 2]! & 0xffff;
  // Empty is C3 and C0 (SDM vol. 2A, table 3-45).
  const kind = isEmpty(cpu, 0) ? 5 : f80Examine(context, cpu.i32[at]!, cpu.i32[at + 1]!, se);
  const codes =
    (kind & 4 ? FSW_C3 : 0) | (kind & 2 ? FSW_C2 : 0) | (kind & 1 ? FSW_C0 : 0) | (se & 0x8000 ? FSW_C1 : 0);
  addStatus(cpu, FSW_C0 | FSW_C1 | FSW_C2 | FSW_C3, codes);
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  fld: load,
  fst: (cpu, i) => void store(cpu, i),
  fstp(cpu, i) {
    if (store(cpu, i)) pop(cpu);
  },
  // As FSTP, but an empty ST(0) is no stack fault; then there is only the pop.
  fstpnce(cpu, i) {
    addStatus(cpu, FSW_C1, 0);
    if (!isEmpty(cpu, 0)) copy(cpu, 0, i);
    pop(cpu);
  },
  fxch: exchange,
  // The codes are undefined after FFREE (SDM vol. 2A); AMD's CPUs clear C1.
  ffree(cpu, i) {
    addStatus(cpu, FSW_C1, 0);
    setEmpty(cpu, i, 1);
  },
  ffreep(cpu, i) {
    addStatus(cpu, FSW_C1, 0);
    setEmpty(cpu, i, 1);
    pop(cpu);
  },
  fabs: sign(0x7fff, 0),
  fchs: sign(0xffff, 0x8000),
  fxam: examine,
  fsqrt: unary(f80Sqrt),
  frndint: unary(f80RoundToIntegral),
  f2xm1: unary(f80TwoToXMinus1),
  fsin: trigonometric(f80Sin),
  fcos: trigonometric(f80Cos),
  fsincos: pushing(f80SinCos, FSW_C2),
  fptan: pushing(f80Tan, FSW_C2),
  fxtract: pushing(f80Extract, 0),
  fpatan: intoNext(f80Atan2),
  fyl2x: intoNext(f80YLog2X),
  fyl2xp1: intoNext(f80YLog2XPlus1),
  fprem: remainder(f80Rem),
  fprem1: remainder(f80Rem1),
  fscale: withNext(f80Scale),
  fld1: constant(CONSTANT_ONE),
  fldl2t: constant(CONSTANT_LOG2_10),
  fldl2e: constant(CONSTANT_LOG2_E),
  fldpi: constant(CONSTANT_PI),
  fldlg2: constant(CONSTANT_LOG10_2),
  fldln2: constant(CONSTANT_LN_2),
  fldz: constant(CONSTANT_ZERO),
};

const BY_NUMBER: readonly Operation[] = X87_OPERATIONS.map((name) => OPERATIONS[name]!);

export const X87_REGISTER_OPERATIONS: AssistTable = {
  x87(cpu, operation, fop) {
    BY_NUMBER[operation]!(cpu, fop & 7);
    return ASSIST_NEXT;
  },
};
