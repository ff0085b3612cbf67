import type { ValueType } from "@isinglass/uops";
import { wasmType } from "./lower.js";

/**
 * Hands out WebAssembly locals by type. Handlers that never run at the same time share them: `reset` starts the next
 * handler with all locals free again.
 */
export class LocalPool {
  readonly #first: number;
  readonly #types: number[] = [];
  readonly #free = new Map<ValueType, number[]>();
  readonly #taken = new Map<ValueType, number>();

  /** @param first index of the first local that the pool may use */
  constructor(first: number) {
    this.#first = first;
  }

  take(type: ValueType): number {
    const have = this.#free.get(type) ?? [];
    const used = this.#taken.get(type) ?? 0;
    this.#taken.set(type, used + 1);
    const known = have[used];
    if (known !== undefined) return known;
    const index = this.#first + this.#types.length;
    this.#types.push(wasmType(type));
    have.push(index);
    this.#free.set(type, have);
    return index;
  }

  reset(): void {
    this.#taken.clear();
  }

  /** Types of all locals handed out, in index order. */
  get types(): readonly number[] {
    return this.#types;
  }
}
