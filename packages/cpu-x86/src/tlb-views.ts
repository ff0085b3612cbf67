import type { SoftTlb } from "@isinglass/mmu";

/** Most (privilege, mode) views of the soft TLB. */
export const TLB_VIEWS: number = 8;
/** Keys of views are below this: a mode word of six bits, and above it user, supervisor, or supervisor with SMAP suspended. */
export const VIEW_KEYS: number = 3 << 6;

/** Bits of a key above the mode word. */
const PRIVILEGE = 6;
export const SUPERVISOR: number = 0;
export const USER: number = 1;
/** A supervisor whose accesses AC lets through SMAP (SDM vol. 3A, 4.6). */
export const SUPERVISOR_AC: number = 2;

/** Which mode word and privilege each view of the soft TLB belongs to. */
export class TlbViews {
  readonly #tlb: SoftTlb;
  readonly #keys: number[] = [];
  #next = 0;

  constructor(tlb: SoftTlb) {
    this.#tlb = tlb;
  }

  /** Whether a view belongs to a mode and privilege. */
  is(view: number, mode: number, privilege: number): boolean {
    return this.#keys[view] === (mode | (privilege << PRIVILEGE));
  }

  /** View of a mode and privilege; another one's, emptied, where there are none left. */
  of(mode: number, privilege: number): number {
    const key = mode | (privilege << PRIVILEGE);
    const known = this.#keys.indexOf(key);
    if (known >= 0) return known;
    const view = this.#keys.length < TLB_VIEWS ? this.#keys.length : this.#next++ % TLB_VIEWS;
    this.#keys[view] = key;
    this.#tlb.flushView(view);
    return view;
  }

  /** The view of a supervisor, which `view` is or which belongs to a mode; -1: there is none. */
  supervisor(view: number, mode: number): number {
    return this.#keys[view]! < 1 << PRIVILEGE ? view : this.#keys.indexOf(mode);
  }

  clear(): void {
    this.#keys.length = 0;
    this.#next = 0;
  }

  /** Keys by view, and which view is given away next; for snapshots. */
  save(): { keys: number[]; next: number } {
    return { keys: [...this.#keys], next: this.#next };
  }

  load(keys: readonly number[], next: number): void {
    this.#keys.splice(0, Infinity, ...keys);
    this.#next = next;
  }
}
