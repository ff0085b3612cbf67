/*
 * First arguments of the assists that load and store the elements that a mask chooses: what of a form they have to know, packed.
 */

/** Elements of 64 bits, else 32. */
export const MASKED_QUADWORDS: number = 1;
/** Vectors of 256 bits, else 128. */
export const MASKED_WIDE: number = 2;
/** Addresses wrap at 32 or 16 bits. */
export const MASKED_ADDRESS_32: number = 4;
export const MASKED_ADDRESS_16: number = 8;
/** Relative to SS. */
export const MASKED_STACK: number = 16;
/** Indices of 64 bits, else 32. */
export const MASKED_WIDE_INDEX: number = 32;

/** For VMASKMOV: bits of an element and of the vector, of an address; whether the segment is SS. */
export function maskedAccess(element: number, vector: number, address: number, stack: boolean): number {
  return (
    (element === 64 ? MASKED_QUADWORDS : 0) |
    (vector === 256 ? MASKED_WIDE : 0) |
    (address === 32 ? MASKED_ADDRESS_32 : address === 16 ? MASKED_ADDRESS_16 : 0) |
    (stack ? MASKED_STACK : 0)
  );
}

/** For gathers; `wide`: VEX.L, by which the larger of index vector and destination has 256 bits. */
export function gatherShape(index: number, element: number, wide: boolean, address: number, stack: boolean): number {
  return maskedAccess(element, wide ? 256 : 128, address, stack) | (index === 64 ? MASKED_WIDE_INDEX : 0);
}
