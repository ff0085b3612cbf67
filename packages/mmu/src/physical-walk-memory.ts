import { PAGE_ROM } from "./page-flags.js";
import type { PhysicalMap } from "./physical-map.js";
import { CAS_CHANGED, CAS_DONE, type WalkMemory } from "./walk-memory.js";

/**
 * Page tables in guest-physical memory. A table that lies in a device's range or a hole reads as all ones without asking the
 * device, as an unclaimed bus cycle does; where MAXPHYADDR leaves reserved bits, that is a reserved-bit fault.
 */
export class PhysicalWalkMemory implements WalkMemory {
  lo: number = 0;
  hi: number = 0;
  /** Told of each store to memory before it is made: host offset and bytes. */
  beforeStore: ((hostOffset: number, length: number) => void) | undefined;
  readonly #map: PhysicalMap;
  readonly #words: Int32Array;
  readonly #unbacked: number;

  /** @param unbacked what each 32-bit word outside RAM and ROM reads as */
  constructor(map: PhysicalMap, unbacked: number = -1) {
    this.#map = map;
    this.#words = new Int32Array(map.buffer);
    this.#unbacked = unbacked | 0;
  }

  load32(gpa: number): boolean {
    const host = this.#map.hostOffset(gpa);
    this.lo = host < 0 ? this.#unbacked : this.#words[host >>> 2]!;
    return true;
  }

  load64(gpa: number): boolean {
    const host = this.#map.hostOffset(gpa);
    if (host < 0) {
      this.lo = this.#unbacked;
      this.hi = this.#unbacked;
    } else {
      this.lo = this.#words[host >>> 2]!;
      this.hi = this.#words[(host >>> 2) + 1]!;
    }
    return true;
  }

  /** A store to ROM or to nothing is dropped, as on the bus, and counts as done: the walk must not start again for ever. */
  compareAndSet(gpa: number, expected: number, value: number): number {
    const host = this.#map.hostOffset(gpa);
    if (host < 0) return CAS_DONE;
    const flags = this.#map.pageFlags(host >>> 12);
    if ((flags & PAGE_ROM) !== 0) return CAS_DONE;
    const words = this.#words;
    this.beforeStore?.(host, 4);
    if (Atomics.compareExchange(words, host >>> 2, expected, value) !== (expected | 0)) return CAS_CHANGED;
    if (flags !== 0) this.#map.noteWrite(host, 4);
    return CAS_DONE;
  }
}
