import { PRE_COMPUTATION, type FloatContext } from "./context.js";

/**
 * The exceptions that an SSE or AVX instruction reports in MXCSR: `ctx.flags` as collected over all of its lanes, starting
 * from 0.
 *
 * When a lane has an unmasked pre-computation exception (IE, DE or ZE), the instruction stops before it computes any
 * lane: overflow, underflow and precision of the other lanes are not reported (SDM vol. 1, 4.9.2 and 11.5.4).
 */
export function simdReportedFlags(ctx: FloatContext): number {
  const flags = ctx.flags;
  return (flags & ~ctx.masks & PRE_COMPUTATION) !== 0 ? flags & PRE_COMPUTATION : flags;
}
