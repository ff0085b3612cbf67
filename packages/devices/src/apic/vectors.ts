// 256-bit registers (ISR, TMR, IRR): eight words, vector v is bit v mod 32 of word v / 32.

export function setVector(words: Uint32Array, vector: number): void {
  words[vector >> 5]! |= 1 << (vector & 31);
}

export function clearVector(words: Uint32Array, vector: number): void {
  words[vector >> 5]! &= ~(1 << (vector & 31));
}

export function hasVector(words: Uint32Array, vector: number): boolean {
  return ((words[vector >> 5]! >>> (vector & 31)) & 1) !== 0;
}

/** The highest vector that is set, or -1. */
export function highestVector(words: Uint32Array): number {
  for (let i = 7; i >= 0; i--) {
    const w = words[i]!;
    if (w !== 0) return 32 * i + 31 - Math.clz32(w);
  }
  return -1;
}
