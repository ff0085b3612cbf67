import { ACCESS_AC, ACCESS_FETCH, ACCESS_IMPLICIT, ACCESS_PROBE, ACCESS_USER, ACCESS_WRITE } from "./access.js";
import { CAS_CHANGED, CAS_FAULT, type WalkMemory } from "./walk-memory.js";
import { describeSteps, type WalkStep } from "./x86-walk-steps.js";
import { PAGING_32, PAGING_5, PAGING_NONE, PAGING_PAE, type X86Regime } from "./x86-regime.js";

/** `X86Walker.walk`: the memory under the tables faulted; it knows how. */
export const WALK_SECOND_STAGE = -1;

/** Page-fault error code (SDM vol. 3A 4.7). */
export const PF_PRESENT = 1;
export const PF_WRITE = 2;
export const PF_USER = 4;
export const PF_RESERVED = 8;
export const PF_FETCH = 16;
export const PF_KEY = 32;

/** Bits of page-table entries, low half (SDM vol. 3A tables 4-5, 4-6, 4-15 to 4-20). */
const P = 1 << 0;
const RW = 1 << 1;
const US = 1 << 2;
const A = 1 << 5;
const D = 1 << 6;
/** Page size; in an entry that maps 4 KiB this is the PAT bit. */
const PS = 1 << 7;
const G = 1 << 8;
/** Execute-disable, bit 63: the sign of the high half. */
const XD = 1 << 31;

/** Private result of the checks: start again. */
const AGAIN = -2;

/**
 * Walks x86 page tables: 32-bit, PAE, 4-level and 5-level (SDM vol. 3A chapter 4). The caller has checked that the address is
 * canonical and, where paging is off or 32-bit addresses are in use, passes `vaHi` = 0.
 *
 * The results of a successful walk are in the fields until the next one. One walker per vCPU; it allocates nothing.
 */
export class X86Walker {
  /** Physical address of the byte. */
  gpa: number = 0;
  /** log2 of the size of the page: 12, 21, 22 or 30. */
  pageShift: number = 12;
  /** A data read by the same privilege view (CPL, AC, implicit) succeeds. */
  readable: boolean = false;
  /** A write by the same view succeeds and the dirty bit is set already, so that a write needs no further walk. */
  writable: boolean = false;
  /** A fetch by the same view succeeds. */
  executable: boolean = false;
  /** The entry is global and CR4.PGE is set. */
  global: boolean = false;
  /** The page is a user-mode address: U/S is set at every level. */
  userPage: boolean = false;
  /** PAT, PCD and PWT of the entry that maps the page, as an index of the page attribute table (SDM vol. 3A 12.12.3). */
  pat: number = 0;
  /** Entries read from memory by this walk, repeats because of a concurrent change included. */
  references: number = 0;

  readonly #memory: WalkMemory;
  /** The entries of the last walk, in the order of reading. */
  readonly #address: Float64Array = new Float64Array(5);
  readonly #lo: Int32Array = new Int32Array(5);
  readonly #hi: Int32Array = new Int32Array(5);
  #count: number = 0;
  #lastRegime: X86Regime | null = null;
  #lastVa: number = 0;

  constructor(memory: WalkMemory) {
    this.#memory = memory;
  }

  /**
   * Translates a linear address, checks the access and sets accessed and dirty bits, these only if the access is allowed.
   *
   * @param access ACCESS_* bits
   * @returns 0: done, see the fields. Positive: the error code of the page fault, plus 1. {@link WALK_SECOND_STAGE}: the memory
   *   that holds the tables could not be reached
   */
  walk(r: X86Regime, vaLo: number, vaHi: number, access: number): number {
    this.references = 0;
    this.#lastRegime = r;
    this.#lastVa = vaLo;
    if (r.paging === PAGING_NONE) return this.#identity(vaLo);
    for (;;) {
      this.#count = 0;
      const result = r.paging === PAGING_32 ? this.#walk32(r, vaLo, access) : this.#walk64(r, vaLo, vaHi, access);
      if (result !== AGAIN) return result;
    }
  }

  /** The entries that the last walk read, for `isg walk` and traces. */
  describeWalk(): WalkStep[] {
    const regime = this.#lastRegime;
    if (regime === null) return [];
    return describeSteps(regime, this.#lastVa, this.#count, this.#address, this.#lo, this.#hi);
  }

  #identity(vaLo: number): number {
    this.#count = 0;
    this.gpa = vaLo >>> 0;
    this.pageShift = 12;
    this.readable = true;
    this.writable = true;
    this.executable = true;
    this.global = false;
    this.userPage = true;
    this.pat = 0;
    return 0;
  }

  #walk32(r: X86Regime, va: number, access: number): number {
    const memory = this.#memory;
    let at = r.root + (va >>> 22) * 4;
    this.references++;
    if (!memory.load32(at)) return WALK_SECOND_STAGE;
    let lo = this.#record(at, memory.lo, 0);
    if ((lo & P) === 0) return this.#fault(r, access, 0);
    if ((lo & PS) !== 0 && r.pse) {
      // A 4-MByte page has address bits 39:32 in its bits 20:13, as many as there are up to MAXPHYADDR (PSE-36); the
      // others up to bit 21 are reserved.
      const width = Math.min(40, r.physicalBits);
      if ((lo & 0x003fe000 & ~((1 << (width - 19)) - 1)) !== 0) return this.#fault(r, access, PF_PRESENT | PF_RESERVED);
      this.gpa = ((lo >>> 13) & 0xff) * 0x1_0000_0000 + (((lo & 0xffc00000) | (va & 0x003fffff)) >>> 0);
      this.pageShift = 22;
      return this.#finish(r, access, lo & US, lo & RW, 0);
    }
    const rights = lo;
    at = ((lo & 0xfffff000) >>> 0) + ((va >>> 12) & 0x3ff) * 4;
    this.references++;
    if (!memory.load32(at)) return WALK_SECOND_STAGE;
    lo = this.#record(at, memory.lo, 0);
    if ((lo & P) === 0) return this.#fault(r, access, 0);
    this.gpa = ((lo & 0xfffff000) | (va & 0xfff)) >>> 0;
    this.pageShift = 12;
    return this.#finish(r, access, rights & lo & US, rights & lo & RW, 0);
  }

  #walk64(r: X86Regime, vaLo: number, vaHi: number, access: number): number {
    const memory = this.#memory;
    const pae = r.paging === PAGING_PAE;
    let level = 4;
    let table = r.root;
    if (pae) {
      const pdpte = r.pdpte[vaLo >>> 30]!;
      if (pdpte === 0) return this.#fault(r, access, 0);
      level = 2;
      table = pdpte - (pdpte % 4096);
    } else if (r.paging === PAGING_5) {
      level = 5;
    }
    // High-half reserved bits: the physical address above MAXPHYADDR, which PAE extends to bit 62, and XD without NXE.
    const reservedHi = ((pae ? 0x7fffffff : 0x000fffff) & ~((1 << (r.physicalBits - 32)) - 1)) | (r.nxe ? 0 : XD);
    let rights = US | RW;
    let noExecute = 0;
    for (; ; level--) {
      const index =
        level === 1
          ? vaLo >>> 12
          : level === 2
            ? vaLo >>> 21
            : level === 3
              ? (vaLo >>> 30) | (vaHi << 2)
              : vaHi >>> (level === 4 ? 7 : 16);
      const at = table + (index & 0x1ff) * 8;
      this.references++;
      if (!memory.load64(at)) return WALK_SECOND_STAGE;
      const hi = memory.hi;
      const lo = this.#record(at, memory.lo, hi);
      if ((lo & P) === 0) return this.#fault(r, access, 0);
      let reserved = hi & reservedHi;
      const leaf = level === 1 || (lo & PS) !== 0;
      if (leaf && level !== 1) {
        // Bit 12 is PAT; above it up to the page size is reserved. PS itself is reserved above the 1-GByte level.
        if (level === 2) reserved |= lo & 0x001fe000;
        else if (level === 3 && r.page1g) reserved |= lo & 0x3fffe000;
        else reserved |= PS;
      }
      if (reserved !== 0) return this.#fault(r, access, PF_PRESENT | PF_RESERVED);
      rights &= lo;
      noExecute |= hi & XD;
      const base = (hi & 0x000fffff) * 0x1_0000_0000;
      if (!leaf) {
        table = base + ((lo & 0xfffff000) >>> 0);
        continue;
      }
      const offsetMask = level === 1 ? 0xfff : level === 2 ? 0x1fffff : 0x3fffffff;
      this.gpa = base + (((lo & ~offsetMask) | (vaLo & offsetMask)) >>> 0);
      this.pageShift = level === 1 ? 12 : level === 2 ? 21 : 30;
      return this.#finish(r, access, rights & US, rights & RW, noExecute);
    }
  }

  #record(at: number, lo: number, hi: number): number {
    const i = this.#count++;
    this.#address[i] = at;
    this.#lo[i] = lo;
    this.#hi[i] = hi;
    return lo;
  }

  /** A page fault before the rights are known, or because of `cause`. */
  #fault(r: X86Regime, access: number, cause: number): number {
    let code = cause;
    if ((access & ACCESS_FETCH) !== 0) {
      // I/D is only reported if fetches can be refused at all.
      if (r.smep || (r.nxe && r.paging >= PAGING_PAE)) code |= PF_FETCH;
    } else if ((access & ACCESS_WRITE) !== 0) {
      code |= PF_WRITE;
    }
    if ((access & (ACCESS_USER | ACCESS_IMPLICIT)) === ACCESS_USER) code |= PF_USER;
    return code + 1;
  }

  /** Access rights (SDM vol. 3A 4.6), then accessed and dirty bits (4.8). */
  #finish(r: X86Regime, access: number, us: number, rw: number, noExecute: number): number {
    const leaf = this.#count - 1;
    const user = (access & (ACCESS_USER | ACCESS_IMPLICIT)) === ACCESS_USER;
    const fetch = (access & ACCESS_FETCH) !== 0;
    const write = (access & (ACCESS_WRITE | ACCESS_FETCH)) === ACCESS_WRITE;

    const data = user ? us !== 0 : us === 0 || !r.smap || (access & (ACCESS_AC | ACCESS_IMPLICIT)) === ACCESS_AC;
    const supervisorOverride = !user && !r.wp;
    let keyDeniesRead = false;
    let keyDeniesWrite = false;
    if ((us !== 0 ? r.pke : r.pks) && r.paging > PAGING_PAE) {
      const key = ((us !== 0 ? r.pkru : r.pkrs) >>> ((this.#hi[leaf]! >>> 26) & 30)) & 3;
      keyDeniesRead = (key & 1) !== 0;
      keyDeniesWrite = keyDeniesRead || ((key & 2) !== 0 && !supervisorOverride);
    }
    const mayRead = data && !keyDeniesRead;
    const mayWrite = data && !keyDeniesWrite && (rw !== 0 || supervisorOverride);
    const mayFetch = noExecute === 0 && (user ? us !== 0 : us === 0 || !r.smep);

    if (!(fetch ? mayFetch : write ? mayWrite : mayRead)) {
      const keyFault = !fetch && (write ? keyDeniesWrite : keyDeniesRead);
      return this.#fault(r, access, keyFault ? PF_PRESENT | PF_KEY : PF_PRESENT);
    }
    if ((access & ACCESS_PROBE) === 0) {
      for (let i = 0; i <= leaf; i++) {
        const before = this.#lo[i]!;
        const after = before | (write && i === leaf ? A | D : A);
        if (after === before) continue;
        const done = this.#memory.compareAndSet(this.#address[i]!, before, after);
        if (done === CAS_CHANGED) return AGAIN;
        if (done === CAS_FAULT) return WALK_SECOND_STAGE;
        this.#lo[i] = after;
      }
    }
    const entry = this.#lo[leaf]!;
    this.readable = mayRead;
    this.writable = mayWrite && (entry & D) !== 0;
    this.executable = mayFetch;
    this.global = r.pge && (entry & G) !== 0;
    this.userPage = us !== 0;
    this.pat = ((entry >>> 3) & 3) | ((entry >>> (this.pageShift === 12 ? 5 : 10)) & 4);
    return 0;
  }
}
