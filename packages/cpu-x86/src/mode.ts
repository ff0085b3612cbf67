/**
 * The mode word: what decoding depends on beside the bytes. Equal words decode equally.
 * Bits 1:0: code size (0: 16, 1: 32, 2: 64 bits); bit 2: 32-bit stack pointer; bit 3: 64-bit stack pointer; bit 4: the code segment
 * ends below 4 GiB, so that branches have to look at its limit; bit 5: CS, DS, ES and SS begin at 0 and DS, ES and SS end at 4 GiB.
 */
export const MODE_CODE_16: number = 0;
export const MODE_CODE_32: number = 1;
export const MODE_CODE_64: number = 2;
export const MODE_STACK_32: number = 1 << 2;
export const MODE_STACK_64: number = 1 << 3;
export const MODE_CODE_LIMITED: number = 1 << 4;
export const MODE_FLAT: number = 1 << 5;

/** Mode word of 64-bit mode. */
export const MODE_LONG: number = MODE_CODE_64 | MODE_STACK_64;

/** Default operand size of the code segment. */
export function codeBits(mode: number): 16 | 32 | 64 {
  const code = mode & 3;
  return code === 2 ? 64 : code === 1 ? 32 : 16;
}
