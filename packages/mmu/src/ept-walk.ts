import { type SecondStage, STAGE2_FETCH, STAGE2_READ, STAGE2_TABLE, STAGE2_WRITE } from "./second-stage.js";
import { CAS_CHANGED, CAS_FAULT, type WalkMemory } from "./walk-memory.js";

/** `EptWalker.walk`: an EPT violation; the exit qualification is in `qualification` (SDM vol. 3C table 28-7). */
export const EPT_VIOLATION = 1;
/** `EptWalker.walk`: an EPT misconfiguration. */
export const EPT_MISCONFIGURATION = 2;
/** `EptWalker.walk`: the memory that holds the EPT could not be reached. */
export const EPT_UNREACHABLE = 3;

/** The access is a fetch from a user-mode linear address, for mode-based execute control. */
export const EPT_USER_FETCH = 16;

/** Bits of an EPT entry (SDM vol. 3C tables 28-1 to 28-6). */
const R = 1 << 0;
const W = 1 << 1;
const X = 1 << 2;
const LARGE = 1 << 7;
const A = 1 << 8;
const D = 1 << 9;
const XU = 1 << 10;
/** Bits 5:3 of an entry that maps a page: 2, 3 and 7 are no memory types. */
const BAD_MEMORY_TYPES = (1 << 2) | (1 << 3) | (1 << 7);

/** Private result of a pass: start again. */
const AGAIN = -2;

/** What decides how EPT translates: the EPT pointer, VM-execution controls, capabilities. */
export class EptRegime {
  /** EPTP bits 51:12. */
  root: number = 0;
  /** EPTP bits 5:3 plus 1: 4 or 5. */
  levels: number = 4;
  /** EPTP bit 6: accessed and dirty flags; accesses to the guest's tables then count as writes. */
  accessedDirty: boolean = false;
  /** "Mode-based execute control for EPT": bit 10 is the right to fetch from user-mode linear addresses. */
  modeBasedExecute: boolean = false;
  /** IA32_VMX_EPT_VPID_CAP bit 0. */
  executeOnly: boolean = true;
  /** IA32_VMX_EPT_VPID_CAP bits 16 and 17. */
  page2m: boolean = true;
  page1g: boolean = true;
  physicalBits: number = 46;
}

/**
 * Walks Intel's extended page tables (SDM vol. 3C 29.3). Results are in the fields until the next walk; it allocates nothing.
 */
export class EptWalker implements SecondStage {
  readonly regime: EptRegime;
  hpa: number = 0;
  pageShift: number = 12;
  readable: boolean = false;
  /** Writable, and dirty already if the dirty flag is in use. */
  writable: boolean = false;
  /** Fetches from supervisor-mode linear addresses; without mode-based execute control, from all. */
  executable: boolean = false;
  userExecutable: boolean = false;
  /** Bits 5:3 of the entry that maps the page, and its "ignore PAT". */
  memoryType: number = 0;
  ignorePat: boolean = false;
  references: number = 0;
  /** Of the last walk: 0 or one of EPT_*. */
  result: number = 0;
  /** Bits 6:0 of the exit qualification after a violation; the caller knows bits 7 and 8. */
  qualification: number = 0;
  readonly #memory: WalkMemory;
  readonly #address: Float64Array = new Float64Array(5);
  readonly #lo: Int32Array = new Int32Array(5);

  constructor(memory: WalkMemory, regime: EptRegime) {
    this.#memory = memory;
    this.regime = regime;
  }

  translate(gpa: number, access: number): boolean {
    return this.walk(gpa, access) === 0;
  }

  /** @param access STAGE2_* bits and {@link EPT_USER_FETCH} */
  walk(gpa: number, access: number): number {
    this.references = 0;
    // SDM vol. 3C 29.3.3.2, 29.3.5: with the flags in use an access to a guest paging-structure entry is a read and a write.
    const wanted = this.regime.accessedDirty && (access & STAGE2_TABLE) !== 0 ? access | STAGE2_WRITE : access;
    do this.result = this.#pass(gpa, wanted);
    while (this.result === AGAIN);
    return this.result;
  }

  #pass(gpa: number, access: number): number {
    const r = this.regime;
    // Four levels translate 48 bits; an address above them violates.
    if (r.levels === 4 && gpa >= 2 ** 48) return this.#violation(access, 0);
    const memory = this.#memory;
    const gpaLo = gpa | 0;
    const gpaHi = Math.floor(gpa / 0x1_0000_0000);
    const reservedHi = 0x000fffff & ~((1 << (r.physicalBits - 32)) - 1);
    const present = r.modeBasedExecute ? R | W | X | XU : R | W | X;
    let rights = R | W | X | XU;
    let table = r.root;
    for (let level = r.levels; ; level--) {
      const index =
        level === 1
          ? gpaLo >>> 12
          : level === 2
            ? gpaLo >>> 21
            : level === 3
              ? (gpaLo >>> 30) | (gpaHi << 2)
              : gpaHi >>> (level === 4 ? 7 : 16);
      const at = table + (index & 0x1ff) * 8;
      this.references++;
      if (!memory.load64(at)) return EPT_UNREACHABLE;
      const { lo, hi } = memory;
      const i = r.levels - level;
      this.#address[i] = at;
      this.#lo[i] = lo;
      rights &= lo;
      if ((lo & present) === 0) return this.#violation(access, rights);
      const leaf = level === 1 || ((lo & LARGE) !== 0 && ((level === 2 && r.page2m) || (level === 3 && r.page1g)));
      if (this.#misconfigured(level, leaf, lo, hi & reservedHi)) return EPT_MISCONFIGURATION;
      const base = (hi & 0x000fffff) * 0x1_0000_0000;
      if (!leaf) {
        table = base + ((lo & 0xfffff000) >>> 0);
        continue;
      }
      const offsetMask = level === 1 ? 0xfff : level === 2 ? 0x1fffff : 0x3fffffff;
      this.hpa = base + (((lo & ~offsetMask) | (gpaLo & offsetMask)) >>> 0);
      this.pageShift = level === 1 ? 12 : level === 2 ? 21 : 30;
      return this.#finish(access, rights, i);
    }
  }

  /** SDM vol. 3C 29.3.3.1. */
  #misconfigured(level: number, leaf: boolean, lo: number, reservedHi: number): boolean {
    const r = this.regime;
    const executes = r.modeBasedExecute ? X | XU : X;
    if ((lo & (R | W)) === W) return true;
    if ((lo & R) === 0 && (lo & executes) !== 0 && !r.executeOnly) return true;
    if (reservedHi !== 0) return true;
    if (!leaf) return (lo & 0xf8) !== 0;
    if (level === 2 && (lo & 0x001ff000) !== 0) return true;
    if (level === 3 && (lo & 0x3ffff000) !== 0) return true;
    return ((BAD_MEMORY_TYPES >>> ((lo >>> 3) & 7)) & 1) !== 0;
  }

  #finish(access: number, rights: number, leaf: number): number {
    const r = this.regime;
    const execute = r.modeBasedExecute && (access & EPT_USER_FETCH) !== 0 ? XU : X;
    const needed =
      ((access & STAGE2_READ) !== 0 ? R : 0) |
      ((access & STAGE2_WRITE) !== 0 ? W : 0) |
      ((access & STAGE2_FETCH) !== 0 ? execute : 0);
    if ((rights & needed) !== needed) return this.#violation(access, rights);
    if (r.accessedDirty) {
      const write = (access & STAGE2_WRITE) !== 0;
      for (let i = 0; i <= leaf; i++) {
        const before = this.#lo[i]!;
        const after = before | (write && i === leaf ? A | D : A);
        if (after === before) continue;
        const done = this.#memory.compareAndSet(this.#address[i]!, before, after);
        if (done === CAS_CHANGED) return AGAIN;
        if (done === CAS_FAULT) return EPT_UNREACHABLE;
        this.#lo[i] = after;
      }
    }
    const entry = this.#lo[leaf]!;
    this.readable = (rights & R) !== 0;
    this.writable = (rights & W) !== 0 && (!r.accessedDirty || (entry & D) !== 0);
    this.executable = (rights & X) !== 0;
    this.userExecutable = (rights & (r.modeBasedExecute ? XU : X)) !== 0;
    this.memoryType = (entry >>> 3) & 7;
    this.ignorePat = (entry & 0x40) !== 0;
    return 0;
  }

  #violation(access: number, rights: number): number {
    const user = this.regime.modeBasedExecute && (rights & XU) !== 0 ? 1 << 6 : 0;
    this.qualification = (access & (STAGE2_READ | STAGE2_WRITE | STAGE2_FETCH)) | ((rights & (R | W | X)) << 3) | user;
    return EPT_VIOLATION;
  }
}
