import { DE, IE, type FloatContext } from "./context.js";
import { QUIET_NAN, SIGNALING_NAN, UNSUPPORTED, ZERO, copyUnpacked, type Unpacked } from "./unpacked.js";

/** How two NaN operands are chosen between: SSE and AVX rule (SDM vol. 1, table 4-7, column for SSE). */
export const SSE: number = 0;
/** x87 rule (same table). */
export const X87: number = 1;

/** Sets the result to the default NaN, the "QNaN floating-point indefinite" (SDM vol. 1, 4.8.3.7): negative, quiet. */
export function defaultNaN(z: Unpacked): void {
  z.kind = QUIET_NAN;
  z.sign = 1;
  z.hi = 0xc0000000 | 0;
  z.lo = 0;
}

/** Raises the invalid-operation exception; the masked response is the default NaN. */
export function invalid(ctx: FloatContext): void {
  ctx.flags |= IE;
  defaultNaN(ctx.z);
}

/**
 * Raises the denormal-operand exception. Returns true when it is unmasked: then the operation stops, and the result is a
 * zero that nobody may use.
 */
export function denormal(ctx: FloatContext): boolean {
  ctx.flags |= DE;
  if ((ctx.masks & DE) !== 0) return false;
  ctx.z.kind = ZERO;
  return true;
}

/** to = from, quieted. */
export function quieted(z: Unpacked, from: Unpacked): void {
  copyUnpacked(z, from);
  z.kind = QUIET_NAN;
  z.hi |= 0x40000000;
}

/** The result for one operand that is a NaN or, for f80, unsupported. */
export function unaryNaN(ctx: FloatContext, a: Unpacked): void {
  if (a.kind === UNSUPPORTED) {
    invalid(ctx);
    return;
  }
  if (a.kind === SIGNALING_NAN) ctx.flags |= IE;
  quieted(ctx.z, a);
}

/** The result for two operands one of which at least is a NaN or, for f80, unsupported. SDM vol. 1, table 4-7. */
export function binaryNaN(ctx: FloatContext, rule: number): void {
  const { x, y, z } = ctx;
  if (x.kind === UNSUPPORTED || y.kind === UNSUPPORTED) {
    invalid(ctx);
    return;
  }
  if (x.kind === SIGNALING_NAN || y.kind === SIGNALING_NAN) ctx.flags |= IE;
  if (y.kind < QUIET_NAN) quieted(z, x);
  else if (x.kind < QUIET_NAN) quieted(z, y);
  else if (rule === SSE) quieted(z, x);
  else quieted(z, x87PrefersFirst(x, y) ? x : y);
}

/** A quiet NaN wins over a signaling one; else the larger significand; if those are equal, the positive one. */
function x87PrefersFirst(x: Unpacked, y: Unpacked): boolean {
  if (x.kind !== y.kind) return x.kind === QUIET_NAN;
  if (x.hi !== y.hi) return x.hi >>> 0 > y.hi >>> 0;
  if (x.lo !== y.lo) return x.lo >>> 0 > y.lo >>> 0;
  return x.sign <= y.sign;
}
