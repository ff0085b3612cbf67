/** Linear address arithmetic: adds an unsigned 32-bit number to a 64-bit base given as halves; the result is in these. */
export const sum: { lo: number; hi: number } = { lo: 0, hi: 0 };
export function addAddress(lo: number, hi: number, more: number): void {
  const low = (lo >>> 0) + (more >>> 0);
  sum.lo = low | 0;
  sum.hi = (hi + (low > 0xffffffff ? 1 : 0)) | 0;
}
