/** Numbers by offset: a table of typed arrays, which the compiler asks for each instruction that it meets. */
export class OffsetIndex {
  #keys = new Int32Array(64);
  #values = new Int32Array(64).fill(-1);
  #count = 0;

  clear(): void {
    this.#values.fill(-1);
    this.#count = 0;
  }

  /** Number of offsets. */
  get size(): number {
    return this.#count;
  }

  holds(offset: number): boolean {
    return this.at(offset) >= 0;
  }

  /** @param value 0 or more */
  put(offset: number, value: number): void {
    if (2 * this.#count >= this.#keys.length) this.#grow();
    const at = this.#place(offset);
    if (this.#values[at]! < 0) this.#count += 1;
    this.#keys[at] = offset;
    this.#values[at] = value;
  }

  /** The number of an offset, or -1. */
  at(offset: number): number {
    return this.#values[this.#place(offset)]!;
  }

  /** Where an offset is, or where it would be put. */
  #place(offset: number): number {
    const mask = this.#keys.length - 1;
    let at = (offset ^ (offset >>> 9)) & mask;
    while (this.#values[at]! >= 0 && this.#keys[at] !== offset) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Int32Array(2 * keys.length);
    this.#values = new Int32Array(2 * keys.length).fill(-1);
    this.#count = 0;
    for (let i = 0; i < keys.length; i += 1) if (values[i]! >= 0) this.put(keys[i]!, values[i]!);
  }
}
