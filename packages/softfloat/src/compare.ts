import { DE, IE, type FloatContext } from "./context.js";
import { DENORMAL, INFINITE, NORMAL, QUIET_NAN, SIGNALING_NAN, ZERO } from "./unpacked.js";

/** Relation: first operand below the second. */
export const LESS: number = -1;
/** Relation: equal (zeros of either sign are). */
export const EQUAL: number = 0;
/** Relation: first operand above the second. */
export const GREATER: number = 1;
/** Relation: at least one operand is a NaN (or, for f80, unsupported). */
export const UNORDERED: number = 2;

/**
 * Compares x and y. `signaling` 1: any NaN is invalid (COMISS, FCOM); 0: only a signaling one (UCOMISS, FUCOM).
 *
 * The relation is right even when an exception is unmasked. COMISS then leaves EFLAGS as they were. Whether FCOM leaves the
 * condition codes depends on the vendor: AMD sets them all the same, Intel's manual says not (SDM vol. 2, FCOM).
 */
export function compareUnpacked(ctx: FloatContext, signaling: number): number {
  const { x, y } = ctx;
  if (x.kind !== NORMAL || y.kind !== NORMAL) {
    if (x.kind >= QUIET_NAN || y.kind >= QUIET_NAN) {
      if (signaling !== 0 || x.kind >= SIGNALING_NAN || y.kind >= SIGNALING_NAN) ctx.flags |= IE;
      return UNORDERED;
    }
    if (x.kind === DENORMAL || y.kind === DENORMAL) ctx.flags |= DE;
    if (x.kind === ZERO && y.kind === ZERO) return EQUAL;
    if (x.kind === ZERO) return y.sign !== 0 ? GREATER : LESS;
    if (y.kind === ZERO) return x.sign !== 0 ? LESS : GREATER;
  }
  if (x.sign !== y.sign) return x.sign !== 0 ? LESS : GREATER;
  const above = x.sign !== 0 ? LESS : GREATER;
  if (x.kind === INFINITE || y.kind === INFINITE) {
    if (x.kind === y.kind) return EQUAL;
    return x.kind === INFINITE ? above : -above;
  }
  if (x.exp !== y.exp) return x.exp > y.exp ? above : -above;
  if (x.hi !== y.hi) return x.hi >>> 0 > y.hi >>> 0 ? above : -above;
  if (x.lo !== y.lo) return x.lo >>> 0 > y.lo >>> 0 ? above : -above;
  return EQUAL;
}

/**
 * For each of the 32 comparison predicates (SDM vol. 2, CMPPD, table 3-1): which relations make it true: bit 0 less,
 * bit 1 equal, bit 2 greater, bit 3 unordered; bit 4: signals on a quiet NaN. The SSE forms use the first 8.
 */
const PREDICATES: Uint8Array = Uint8Array.of(
  0x02,
  0x11,
  0x13,
  0x08,
  0x0d,
  0x1e,
  0x1c,
  0x07, // EQ_OQ LT_OS LE_OS UNORD_Q NEQ_UQ NLT_US NLE_US ORD_Q
  0x0a,
  0x19,
  0x1b,
  0x00,
  0x05,
  0x16,
  0x14,
  0x0f, // EQ_UQ NGE_US NGT_US FALSE_OQ NEQ_OQ GE_OS GT_OS TRUE_UQ
  0x12,
  0x01,
  0x03,
  0x18,
  0x1d,
  0x0e,
  0x0c,
  0x17, // EQ_OS LT_OQ LE_OQ UNORD_S NEQ_US NLT_UQ NLE_UQ ORD_S
  0x1a,
  0x09,
  0x0b,
  0x10,
  0x15,
  0x06,
  0x04,
  0x1f, // EQ_US NGE_UQ NGT_UQ FALSE_OS NEQ_OS GE_OQ GT_OQ TRUE_US
);

/** Evaluates comparison predicate 0..31 on x and y: -1 (all ones) when true, else 0. */
export function predicateUnpacked(ctx: FloatContext, predicate: number): number {
  const entry = PREDICATES[predicate & 31]!;
  const relation = compareUnpacked(ctx, entry >>> 4);
  return -((entry >>> (relation === UNORDERED ? 3 : relation + 1)) & 1);
}
