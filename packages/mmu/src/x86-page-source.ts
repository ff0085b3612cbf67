import { ACCESS_PROBE } from "./access.js";
import type { TlbPageSource } from "./tlb-model.js";
import { PAGING_32, type X86Regime } from "./x86-regime.js";
import { X86Walker } from "./x86-walk.js";
import type { WalkMemory } from "./walk-memory.js";

/** Answers a TLB model's misses by walking x86 page tables, with a walker of its own and without setting bits in them. */
export class X86PageSource implements TlbPageSource {
  pageShift: number = 12;
  global: boolean = false;
  references: number = 0;
  indexBits: number = 9;
  /** ACCESS_USER, ACCESS_AC, ACCESS_IMPLICIT: kept current by whoever reports the accesses. */
  view: number = 0;
  readonly #walker: X86Walker;
  readonly #regime: X86Regime;

  constructor(memory: WalkMemory, regime: X86Regime) {
    this.#walker = new X86Walker(memory);
    this.#regime = regime;
  }

  resolve(vaLo: number, vaHi: number, kind: number): boolean {
    // TLB_MODEL_READ, _WRITE and _FETCH have the values of the access bits.
    const walker = this.#walker;
    if (walker.walk(this.#regime, vaLo, vaHi, kind | this.view | ACCESS_PROBE) !== 0) return false;
    this.pageShift = walker.pageShift;
    this.global = walker.global;
    this.references = walker.references;
    this.indexBits = this.#regime.paging === PAGING_32 ? 10 : 9;
    return true;
  }
}
