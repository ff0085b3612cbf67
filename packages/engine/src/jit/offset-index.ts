/** Numbers by offset: a table that one region leaves to the next, where a `Map` would be made anew for each. */
export class OffsetIndex {
  #keys = new Int32Array(256);
  #values = new Int32Array(256).fill(-1);
  #count = 0;

  clear(): void {
    this.#values.fill(-1);
    this.#count = 0;
  }

  /** @param value 0 or more */
  set(offset: number, value: number): void {
    if (2 * this.#count >= this.#keys.length) this.#grow();
    const at = this.#place(offset);
    if (this.#values[at]! < 0) this.#count += 1;
    this.#keys[at] = offset;
    this.#values[at] = value;
  }

  /** The number of an offset, or -1. */
  get(offset: number): number {
    return this.#values[this.#place(offset)]!;
  }

  /** Where an offset is, or where it would be put. */
  #place(offset: number): number {
    const mask = this.#keys.length - 1;
    let at = (Math.imul(offset, 0x9e3779b1) >>> 16) & mask;
    while (this.#values[at]! >= 0 && this.#keys[at] !== offset) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Int32Array(2 * keys.length);
    this.#values = new Int32Array(2 * keys.length).fill(-1);
    this.#count = 0;
    for (let i = 0; i < keys.length; i += 1) if (values[i]! >= 0) this.set(keys[i]!, values[i]!);
  }
}
