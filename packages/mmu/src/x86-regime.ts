import type { WalkMemory } from "./walk-memory.js";

/** `X86Regime.paging`: CR0.PG = 0. Linear addresses are physical. */
export const PAGING_NONE = 0;
/** 32-bit paging, two levels of 4-byte entries (SDM vol. 3A 4.3). */
export const PAGING_32 = 1;
/** PAE paging, page-directory-pointer registers and two levels of 8-byte entries (4.4). */
export const PAGING_PAE = 2;
/** 4-level paging (4.5). */
export const PAGING_4 = 3;
/** 5-level paging, CR4.LA57 (4.5). */
export const PAGING_5 = 4;

export type X86Paging = typeof PAGING_NONE | typeof PAGING_32 | typeof PAGING_PAE | typeof PAGING_4 | typeof PAGING_5;

/**
 * Everything that decides how an x86 linear address is translated, besides the access itself: a plain, mutable copy of
 * control-register bits. Whoever owns the registers keeps it current and flushes what has to be flushed.
 */
export class X86Regime {
  paging: X86Paging = PAGING_NONE;
  /** Physical address of the root table: CR3 without its low 12 bits. Not used by PAE, see {@link pdpte}. */
  root: number = 0;
  /** CR4.PSE: 4-MByte pages in 32-bit paging. The other modes have large pages always. */
  pse: boolean = false;
  /** CR4.PGE: global pages. */
  pge: boolean = false;
  /** EFER.NXE: bit 63 of an entry forbids execution; reserved otherwise. */
  nxe: boolean = false;
  /** CR0.WP: supervisor writes obey R/W. */
  wp: boolean = false;
  /** CR4.SMEP. */
  smep: boolean = false;
  /** CR4.SMAP. */
  smap: boolean = false;
  /** CR4.PKE: protection keys for user pages, 4- and 5-level paging only. */
  pke: boolean = false;
  pkru: number = 0;
  /** CR4.PKS: protection keys for supervisor pages, likewise. */
  pks: boolean = false;
  pkrs: number = 0;
  /** CPUID.80000001H:EDX.Page1GB: PS is reserved in a page-directory-pointer entry without it. */
  page1g: boolean = true;
  /** MAXPHYADDR, 32 to 52. */
  physicalBits: number = 46;
  /** The four PAE page-directory-pointer registers as loaded by {@link loadPdptes}; 0 stands for "not present". */
  readonly pdpte: Float64Array = new Float64Array(4);

  /**
   * Loads the PAE page-directory-pointer registers, as MOV to CR3 and changes of CR0 and CR4 do (SDM vol. 3A 4.4.1).
   *
   * @param cr3 CR3; its bits 31:5 are the address of the table
   * @returns false if a present entry has a reserved bit set (the instruction then raises #GP(0)); nothing is loaded
   */
  loadPdptes(memory: WalkMemory, cr3: number): boolean {
    const base = (cr3 & 0xffffffe0) >>> 0;
    const a = this.#pdpteAt(memory, base);
    const b = this.#pdpteAt(memory, base + 8);
    const c = this.#pdpteAt(memory, base + 16);
    const d = this.#pdpteAt(memory, base + 24);
    if (a < 0 || b < 0 || c < 0 || d < 0) return false;
    this.pdpte[0] = a;
    this.pdpte[1] = b;
    this.pdpte[2] = c;
    this.pdpte[3] = d;
    return true;
  }

  /** The entry at `gpa`, 0 if not present, -1 if it has a reserved bit set: 63:MAXPHYADDR, 8:5, 2:1 (SDM table 4-8). */
  #pdpteAt(memory: WalkMemory, gpa: number): number {
    if (!memory.load64(gpa)) return -1;
    const { lo, hi } = memory;
    if ((lo & 1) === 0) return 0;
    if ((lo & 0x1e6) !== 0 || hi >>> 0 >= 2 ** (this.physicalBits - 32)) return -1;
    return (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
  }
}
