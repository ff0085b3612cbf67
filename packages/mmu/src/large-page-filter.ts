/** A guest of 256 MiB whose kernel maps all of it in 2-MByte pages uses some 200. */
const SIZE_SHIFT = 13;
const SIZE: number = 1 << SIZE_SHIFT;

/**
 * Says cheaply that no part of a large page around an address is in the soft TLB, so that flushing a 4-KiB page need not look
 * for one. May say "perhaps" wrongly, never "no" wrongly. Kernels map all memory by large pages and flush small ones.
 */
export class LargePageFilter {
  readonly #seen: Uint8Array = new Uint8Array(SIZE);
  /** The sizes in use, bit `shift` for each. */
  #shifts: number = 0;

  add(vaLo: number, vaHi: number, shift: number): void {
    this.#shifts |= 1 << shift;
    this.#seen[hash(vaLo, vaHi, shift)] = 1;
  }

  mayHave(vaLo: number, vaHi: number): boolean {
    for (let shifts = this.#shifts; shifts !== 0; shifts &= shifts - 1) {
      if (this.#seen[hash(vaLo, vaHi, 31 - Math.clz32(shifts & -shifts))] !== 0) return true;
    }
    return false;
  }

  clear(): void {
    if (this.#shifts === 0) return;
    this.#shifts = 0;
    this.#seen.fill(0);
  }
}

/** Multiplying by the golden ratio spreads the kernel's few distinct high halves. */
function hash(vaLo: number, vaHi: number, shift: number): number {
  return ((vaLo >>> shift) + shift + (Math.imul(vaHi, 0x9e3779b1) >>> (32 - SIZE_SHIFT))) & (SIZE - 1);
}
