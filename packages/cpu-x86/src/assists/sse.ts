import { ASSIST_NEXT } from "@isinglass/uops";
import {
  EQUAL,
  FloatContext,
  GREATER,
  LESS,
  f16ToF32,
  f32Add,
  f32CmpPredicate,
  f32Compare,
  f32CompareQuiet,
  f32Div,
  f32Fma,
  f32Max,
  f32Min,
  f32Mul,
  f32RoundToIntegral,
  f32Sqrt,
  f32Sub,
  f32ToF16,
  f32ToF64,
  f32ToI32,
  f32ToI64,
  f64Add,
  f64CmpPredicate,
  f64Compare,
  f64CompareQuiet,
  f64Div,
  f64Fma,
  f64Max,
  f64Min,
  f64Mul,
  f64RoundToIntegral,
  f64Sqrt,
  f64Sub,
  f64ToF32,
  f64ToI32,
  f64ToI64,
  i32ToF32,
  i32ToF64,
  i64ToF32,
  i64ToF64,
  simdReportedFlags,
  suppressesResult,
} from "@isinglass/softfloat";
import { CR0_EM, CR0_TS, CR4_OSFXSR, CR4_OSXMMEXCPT, CR4_OSXSAVE, XCR0_VECTORS } from "../control-bits.js";
import { type X86Cpu } from "../cpu.js";
import {
  SSE_ADD,
  SSE_ADD_SUB,
  SSE_COMPARE,
  SSE_DIV,
  SSE_DOT,
  SSE_DOUBLE,
  SSE_FROM_HALF,
  SSE_FROM_INT32,
  SSE_FROM_INT64,
  SSE_FUSED,
  SSE_LANES,
  SSE_MAX,
  SSE_MIN,
  SSE_MUL,
  SSE_OPERATION_MASK,
  SSE_ON_MMX,
  SSE_ORDERED,
  SSE_RECIPROCAL,
  SSE_RECIPROCAL_ROOT,
  SSE_ROUND,
  SSE_SQRT,
  SSE_SUB,
  SSE_TO_HALF,
  SSE_TO_INT32,
  SSE_TO_INT64,
  SSE_TO_OTHER,
  SSE_UNORDERED,
} from "../sse-operations.js";
import { FLAG_CF, FLAG_PF, FLAG_ZF, S } from "../state.js";
import { reciprocal, reciprocalRoot } from "./sse-reciprocal.js";
import type { AssistTable } from "./table.js";

const ctx = new FloatContext();
/** Operands and results of up to eight words each: the first vector, the second, the third, the result. */
const w = new Int32Array(32);
/** Where the second operand, the third and the result begin. */
const B = 8;
const C = 16;
const R = 24;

/** RFLAGS of a comparison (SDM vol. 2A, COMISS). */
function comparisonFlags(relation: number): number {
  if (relation === GREATER) return 0;
  if (relation === LESS) return FLAG_CF;
  return relation === EQUAL ? FLAG_ZF : FLAG_ZF | FLAG_PF | FLAG_CF;
}

/** One lane of binary32: element `i` of both operands; the result is returned. */
function single(operation: number, i: number, imm: number): number {
  const a = w[i]!;
  const b = w[B + i]!;
  switch (operation) {
    case SSE_ADD:
      return f32Add(ctx, a, b);
    case SSE_SUB:
      return f32Sub(ctx, a, b);
    case SSE_MUL:
      return f32Mul(ctx, a, b);
    case SSE_DIV:
      return f32Div(ctx, a, b);
    case SSE_SQRT:
      return f32Sqrt(ctx, b);
    case SSE_MIN:
      return f32Min(ctx, a, b);
    case SSE_MAX:
      return f32Max(ctx, a, b);
    case SSE_COMPARE:
      return f32CmpPredicate(ctx, a, b, imm);
    case SSE_ADD_SUB:
      return (i & 1) !== 0 ? f32Add(ctx, a, b) : f32Sub(ctx, a, b);
    case SSE_ROUND:
      return f32RoundToIntegral(ctx, b, imm);
    case SSE_RECIPROCAL:
      return reciprocal(b);
    case SSE_RECIPROCAL_ROOT:
      return reciprocalRoot(b);
    case SSE_TO_INT32:
      return f32ToI32(ctx, b, imm);
    default:
      return i32ToF32(ctx, b);
  }
}

/** One lane of binary64: words 2i and 2i + 1 of both operands; the result is in the context. */
function double(operation: number, i: number, imm: number): void {
  const aLo = w[2 * i]!;
  const aHi = w[2 * i + 1]!;
  const bLo = w[B + 2 * i]!;
  const bHi = w[B + 2 * i + 1]!;
  switch (operation) {
    case SSE_ADD:
      f64Add(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_SUB:
      f64Sub(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_MUL:
      f64Mul(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_DIV:
      f64Div(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_SQRT:
      f64Sqrt(ctx, bLo, bHi);
      break;
    case SSE_MIN:
      f64Min(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_MAX:
      f64Max(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_COMPARE:
      ctx.hi = ctx.lo = f64CmpPredicate(ctx, aLo, aHi, bLo, bHi, imm);
      break;
    case SSE_ADD_SUB:
      if ((i & 1) !== 0) f64Add(ctx, aLo, aHi, bLo, bHi);
      else f64Sub(ctx, aLo, aHi, bLo, bHi);
      break;
    case SSE_ROUND:
      f64RoundToIntegral(ctx, bLo, bHi, imm);
      break;
    case SSE_TO_INT64:
      f64ToI64(ctx, bLo, bHi, imm);
      break;
    default:
      i64ToF64(ctx, bLo, bHi);
  }
}

/** Operations whose operand and result differ in size, or that give no vector. True where the operation was one of them. */
function irregular(operation: number, isDouble: boolean, lanes: number, imm: number): boolean {
  switch (operation) {
    case SSE_ORDERED:
      w[R] = comparisonFlags(
        isDouble ? f64Compare(ctx, w[0]!, w[1]!, w[B]!, w[B + 1]!) : f32Compare(ctx, w[0]!, w[B]!),
      );
      return true;
    case SSE_UNORDERED:
      w[R] = comparisonFlags(
        isDouble ? f64CompareQuiet(ctx, w[0]!, w[1]!, w[B]!, w[B + 1]!) : f32CompareQuiet(ctx, w[0]!, w[B]!),
      );
      return true;
    case SSE_TO_OTHER:
      for (let i = 0; i < lanes; i += 1) {
        if (isDouble) w[R + i] = f64ToF32(ctx, w[B + 2 * i]!, w[B + 2 * i + 1]!);
        else {
          f32ToF64(ctx, w[B + i]!);
          w[R + 2 * i] = ctx.lo;
          w[R + 2 * i + 1] = ctx.hi;
        }
      }
      return true;
    case SSE_TO_INT32:
      if (!isDouble) return false;
      for (let i = 0; i < lanes; i += 1) w[R + i] = f64ToI32(ctx, w[B + 2 * i]!, w[B + 2 * i + 1]!, imm);
      return true;
    case SSE_TO_INT64:
      if (isDouble) return false;
      f32ToI64(ctx, w[B]!, imm);
      w[R] = ctx.lo;
      w[R + 1] = ctx.hi;
      return true;
    case SSE_FROM_INT32:
      if (!isDouble) return false;
      for (let i = 0; i < lanes; i += 1) {
        i32ToF64(ctx, w[B + i]!);
        w[R + 2 * i] = ctx.lo;
        w[R + 2 * i + 1] = ctx.hi;
      }
      return true;
    case SSE_FROM_INT64:
      if (isDouble) return false;
      w[R] = i64ToF32(ctx, w[B]!, w[B + 1]!);
      return true;
    case SSE_FROM_HALF:
      // Two halves a word.
      for (let i = 0; i < lanes; i += 1) w[R + i] = f16ToF32(ctx, (w[B + (i >> 1)]! >>> (16 * (i & 1))) & 0xffff);
      return true;
    case SSE_TO_HALF:
      for (let i = 0; i < lanes; i += 1) w[R + (i >> 1)]! |= f32ToF16(ctx, w[B + i]!, imm) << (16 * (i & 1));
      return true;
    default:
      return false;
  }
}

/** Raises what MXCSR does not mask: #XM, or #UD where the system has not asked for it (SDM vol. 1, 11.5.4). */
function raiseUnmasked(cpu: X86Cpu): void {
  if (suppressesResult(ctx)) cpu.fault((cpu.get32(S.cr4) & CR4_OSXMMEXCPT) !== 0 ? 19 : 6);
}

const products = new Int32Array(8);
const sums = new Int32Array(4);

/** Ends one of the steps of a dot product: its exceptions are raised before the next (SDM vol. 2A, DPPS). */
function endStep(cpu: X86Cpu): void {
  cpu.set32(S.mxcsr, cpu.get32(S.mxcsr) | simdReportedFlags(ctx));
  raiseUnmasked(cpu);
  ctx.flags = 0;
}

/**
 * DPPS, DPPD: of each 128 bits, products chosen by bits 7:4, added in pairs, to the places chosen by bits 3:0 (SDM vol. 2A, DPPS). `words` of
 * the operands.
 */
function dotProduct(cpu: X86Cpu, isDouble: boolean, words: number, imm: number): void {
  const perHalf = isDouble ? 2 : 4;
  const lanes = isDouble ? words >> 1 : words;
  products.fill(0);
  for (let i = 0; i < lanes; i += 1) {
    if (((imm >> (4 + (i % perHalf))) & 1) === 0) continue;
    if (isDouble) {
      f64Mul(ctx, w[2 * i]!, w[2 * i + 1]!, w[B + 2 * i]!, w[B + 2 * i + 1]!);
      products[2 * i] = ctx.lo;
      products[2 * i + 1] = ctx.hi;
    } else products[i] = f32Mul(ctx, w[i]!, w[B + i]!);
  }
  endStep(cpu);
  for (let at = 0; at < words; at += 4) {
    if (isDouble) {
      f64Add(ctx, products[at]!, products[at + 1]!, products[at + 2]!, products[at + 3]!);
      sums[at >> 1] = ctx.lo;
      sums[(at >> 1) + 1] = ctx.hi;
    } else {
      sums[at >> 1] = f32Add(ctx, products[at]!, products[at + 1]!);
      sums[(at >> 1) + 1] = f32Add(ctx, products[at + 2]!, products[at + 3]!);
    }
  }
  endStep(cpu);
  if (!isDouble) {
    for (let i = 0; i < words >> 1; i += 2) sums[i] = f32Add(ctx, sums[i]!, sums[i + 1]!);
    endStep(cpu);
  }
  for (let i = 0; i < words; i += 1) {
    const lane = (isDouble ? i >> 1 : i) % perHalf;
    const sum = ((i >> 2) << 1) + (isDouble ? i & 1 : 0);
    w[R + i] = ((imm >> lane) & 1) !== 0 ? sums[sum]! : 0;
  }
}

/** Fused multiply-add of element `i`: `variants` has the variant of even elements in bits 3:0, that of odd ones in bits 7:4. */
function fused(isDouble: boolean, i: number, variants: number): void {
  const variant = (variants >> ((i & 1) * 4)) & 15;
  if (!isDouble) {
    w[R + i] = f32Fma(ctx, w[i]!, w[B + i]!, w[C + i]!, variant);
    return;
  }
  const at = 2 * i;
  f64Fma(ctx, w[at]!, w[at + 1]!, w[B + at]!, w[B + at + 1]!, w[C + at]!, w[C + at + 1]!, variant);
  w[R + at] = ctx.lo;
  w[R + at + 1] = ctx.hi;
}

function floatOperation(cpu: X86Cpu, what: number, imm: number): number {
  const scratch = (cpu.base + S.scratch) >> 2;
  for (let i = 0; i < 16; i += 1) w[i] = cpu.i32[scratch + i]!;
  w.fill(0, R);
  const mxcsr = cpu.get32(S.mxcsr);
  ctx.rounding = (mxcsr >> 13) & 3;
  ctx.ftz = (mxcsr >> 15) & 1;
  ctx.daz = (mxcsr >> 6) & 1;
  ctx.masks = (mxcsr >> 7) & 63;
  ctx.flags = 0;
  const operation = what & SSE_OPERATION_MASK;
  const isDouble = (what & SSE_DOUBLE) !== 0;
  const lanes = what >> SSE_LANES;
  if (operation === SSE_DOT) dotProduct(cpu, isDouble, isDouble ? lanes * 2 : lanes, imm);
  else if (operation === SSE_FUSED) {
    const third = (cpu.base + S.wideScratch) >> 2;
    for (let i = 0; i < 8; i += 1) w[C + i] = cpu.i32[third + i]!;
    for (let i = 0; i < lanes; i += 1) fused(isDouble, i, imm);
  } else if (!irregular(operation, isDouble, lanes, imm)) {
    for (let i = 0; i < lanes; i += 1) {
      if (isDouble) {
        double(operation, i, imm);
        w[R + 2 * i] = ctx.lo;
        w[R + 2 * i + 1] = ctx.hi;
      } else w[R + i] = single(operation, i, imm);
    }
  }
  cpu.set32(S.mxcsr, cpu.get32(S.mxcsr) | simdReportedFlags(ctx));
  if ((what & SSE_ON_MMX) !== 0) {
    cpu.set32(S.fpuTop, 0);
    cpu.set64(S.fpuEmpty, 0, 0);
  }
  raiseUnmasked(cpu);
  for (let i = 0; i < 8; i += 1) cpu.i32[scratch + i] = w[R + i]!;
  return ASSIST_NEXT;
}

export const SSE_ASSISTS: AssistTable = {
  "sse-float": floatOperation,
  /** An SSE instruction met `simdReady` = 0 (SDM vol. 3A, table 14-2). */
  "sse-check"(cpu) {
    if ((cpu.get32(S.cr0) & CR0_EM) !== 0 || (cpu.get32(S.cr4) & CR4_OSFXSR) === 0) cpu.fault(6);
    if ((cpu.get32(S.cr0) & CR0_TS) !== 0) cpu.fault(7);
    return ASSIST_NEXT;
  },
  /** A VEX-encoded vector instruction met `avxReady` = 0: #NM if CR0.TS is all that keeps it, else #UD (SDM vol. 2A, 2.4). */
  "avx-check"(cpu) {
    const isEnabled =
      cpu.protectedMode &&
      !cpu.v86 &&
      (cpu.get32(S.cr4) & CR4_OSXSAVE) !== 0 &&
      (cpu.get32(S.xcr0) & XCR0_VECTORS) === XCR0_VECTORS;
    if (!isEnabled) cpu.fault(6);
    if ((cpu.get32(S.cr0) & CR0_TS) !== 0) cpu.fault(7);
    return ASSIST_NEXT;
  },
  /** An MMX instruction met `mmxReady` = 0 or a pending x87 exception (SDM vol. 3A, 13.1 and 13.5). */
  "mmx-check"(cpu) {
    if ((cpu.get32(S.cr0) & CR0_EM) !== 0) cpu.fault(6);
    if ((cpu.get32(S.cr0) & CR0_TS) !== 0) cpu.fault(7);
    if (cpu.get32(S.fpuPending) !== 0) cpu.fault(16);
    return ASSIST_NEXT;
  },
};
