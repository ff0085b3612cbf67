import { ASID_GLOBAL, AssociativeArray } from "./associative-array.js";

/** One array of a TLB: what sizes of page it holds, how many. */
export interface TlbArrayConfig {
  readonly pageShifts: readonly number[];
  readonly entries: number;
  /** Divides `entries` into a power of two of sets; as many as `entries` make it fully associative. */
  readonly ways: number;
}

export interface TlbModelConfig {
  readonly l1Instruction: readonly TlbArrayConfig[];
  readonly l1Data: readonly TlbArrayConfig[];
  /** Shared by instructions and data. */
  readonly l2: readonly TlbArrayConfig[];
  /** Paging-structure caches (SDM vol. 3A 4.10.3), fully associative; 0 entries for none. */
  readonly structures: { readonly pde: number; readonly pdpte: number; readonly pml4e: number; readonly pml5e: number };
}

/**
 * Sizes of the TLBs of Intel's Skylake client cores as its optimization reference manual gives them. The manual is silent on the
 * paging-structure caches: these figures are ours.
 */
export const TLB_MODEL_SKYLAKE: TlbModelConfig = {
  l1Instruction: [
    { pageShifts: [12], entries: 128, ways: 8 },
    { pageShifts: [21, 22], entries: 8, ways: 8 },
  ],
  l1Data: [
    { pageShifts: [12], entries: 64, ways: 4 },
    { pageShifts: [21, 22], entries: 32, ways: 4 },
    { pageShifts: [30], entries: 4, ways: 4 },
  ],
  l2: [
    { pageShifts: [12, 21, 22], entries: 1536, ways: 12 },
    { pageShifts: [30], entries: 16, ways: 4 },
  ],
  structures: { pde: 32, pdpte: 16, pml4e: 16, pml5e: 4 },
};

/** Kinds of access, indices of the statistics. */
export const TLB_MODEL_READ = 0;
export const TLB_MODEL_WRITE = 1;
export const TLB_MODEL_FETCH = 2;

/** Why a flush was made, as statistics name it. */
export const TLB_FLUSH_CAUSES: readonly ["cr3", "cr0-cr4", "invlpg", "invpcid", "other"] = [
  "cr3",
  "cr0-cr4",
  "invlpg",
  "invpcid",
  "other",
];
export type TlbFlushCause = (typeof TLB_FLUSH_CAUSES)[number];

/** Says what translates an address when the model misses: a page walk without side effects (ACCESS_PROBE). */
export interface TlbPageSource {
  /** Of the last page that `resolve` found. */
  pageShift: number;
  global: boolean;
  /** Entries that a walk from the root reads. */
  references: number;
  /** Address bits that index a table: 9, in 32-bit paging 10. */
  indexBits: number;
  /** @returns false if nothing translates the address or the access is refused */
  resolve(vaLo: number, vaHi: number, kind: number): boolean;
}

/** Counts since the model was made or its statistics were reset. */
export interface TlbModelStats {
  readonly reads: TlbKindStats;
  readonly writes: TlbKindStats;
  readonly fetches: TlbKindStats;
  /** Page-table entries read by walks, those that a paging-structure cache held not counted. */
  readonly references: number;
  /** What the same walks would have read without paging-structure caches. */
  readonly referencesWithoutCaches: number;
  readonly flushes: Readonly<Record<TlbFlushCause, number>>;
}

export interface TlbKindStats {
  readonly accesses: number;
  readonly l1Hits: number;
  readonly l2Hits: number;
  /** Walks that found a page. */
  readonly walks: number;
  readonly faults: number;
}

const ACCESSES = 0;
const L1_HITS = 1;
const L2_HITS = 2;
const WALKS = 3;
const FAULTS = 4;
const COUNTERS = 5;

interface SizedArray {
  readonly pageShifts: readonly number[];
  readonly array: AssociativeArray;
  /** Page size of the last hit. */
  foundShift: number;
}

interface StructureCache {
  readonly shift: number;
  readonly array: AssociativeArray;
}

/**
 * A model of the TLBs of a processor, to count what a guest's accesses would cost there. An observer: it is told of accesses and
 * flushes, answers nothing and changes nothing that a guest can see. The soft TLB is another matter: that one is for speed.
 *
 * Protection is not modelled: an access that a walk would refuse is only noticed on a miss.
 */
export class TlbModel {
  readonly #source: TlbPageSource;
  readonly #instruction: readonly SizedArray[];
  readonly #data: readonly SizedArray[];
  readonly #second: readonly SizedArray[];
  /** By ascending shift, so that the first hit saves most reads. */
  readonly #structures: readonly StructureCache[];
  readonly #counts: Float64Array = new Float64Array(3 * COUNTERS);
  readonly #flushes: Float64Array = new Float64Array(TLB_FLUSH_CAUSES.length);
  #references: number = 0;
  #referencesWithout: number = 0;

  /** @throws IsinglassError `ISG_TLB_MODEL_BAD_CONFIG` if an array's ways do not divide it into a power of two of sets */
  constructor(source: TlbPageSource, config: TlbModelConfig = TLB_MODEL_SKYLAKE) {
    this.#source = source;
    this.#instruction = config.l1Instruction.map(sized);
    this.#data = config.l1Data.map(sized);
    this.#second = config.l2.map(sized);
    const { pde, pdpte, pml4e, pml5e } = config.structures;
    this.#structures = (
      [
        [21, pde],
        [22, pde],
        [30, pdpte],
        [39, pml4e],
        [48, pml5e],
      ] as const
    )
      .filter(([, entries]) => entries > 0)
      .map(([shift, entries]) => ({ shift, array: new AssociativeArray(entries, entries) }));
  }

  /**
   * An access to one page.
   *
   * @param kind TLB_MODEL_READ, TLB_MODEL_WRITE or TLB_MODEL_FETCH
   * @param asid number of the address space (PCID), 0 if there is only one
   */
  access(kind: number, vaLo: number, vaHi: number, asid: number): void {
    const counts = this.#counts;
    const at = kind * COUNTERS;
    counts[at + ACCESSES]!++;
    const first = kind === TLB_MODEL_FETCH ? this.#instruction : this.#data;
    if (hitIn(first, vaLo, vaHi, asid) !== null) {
      counts[at + L1_HITS]!++;
      return;
    }
    const hit = hitIn(this.#second, vaLo, vaHi, asid);
    if (hit !== null) {
      counts[at + L2_HITS]!++;
      insertIn(first, vaLo, vaHi, hit.foundShift, hit.array.foundAsid);
      return;
    }
    const source = this.#source;
    if (!source.resolve(vaLo, vaHi, kind)) {
      counts[at + FAULTS]!++;
      return;
    }
    counts[at + WALKS]!++;
    this.#walk(vaLo, vaHi, asid);
    const owner = source.global ? ASID_GLOBAL : asid;
    insertIn(first, vaLo, vaHi, source.pageShift, owner);
    insertIn(this.#second, vaLo, vaHi, source.pageShift, owner);
  }

  /** Changes of CR0.PG, CR4.PGE and the like. */
  flushAll(cause: TlbFlushCause): void {
    this.#count(cause);
    for (const { array } of this.#arrays()) array.flushAll();
  }

  /** Everything but global translations, of all address spaces. */
  flushNonGlobal(cause: TlbFlushCause): void {
    this.#count(cause);
    for (const { array } of this.#arrays()) array.flushNonGlobal();
  }

  /** A MOV to CR3: everything of one address space but global translations. */
  flushAsid(asid: number, cause: TlbFlushCause): void {
    this.#count(cause);
    for (const { array } of this.#arrays()) array.flushAsid(asid);
  }

  /** INVLPG: one address, and all paging-structure caches of the address space (SDM vol. 3A 4.10.4.1). */
  flushPage(vaLo: number, vaHi: number, asid: number, cause: TlbFlushCause): void {
    this.#count(cause);
    for (const level of [this.#instruction, this.#data, this.#second]) {
      for (const { array } of level) array.flushAddress(vaLo, vaHi, asid);
    }
    for (const { array } of this.#structures) array.flushAsid(asid);
  }

  stats(): TlbModelStats {
    const kind = (k: number): TlbKindStats => ({
      accesses: this.#counts[k * COUNTERS + ACCESSES]!,
      l1Hits: this.#counts[k * COUNTERS + L1_HITS]!,
      l2Hits: this.#counts[k * COUNTERS + L2_HITS]!,
      walks: this.#counts[k * COUNTERS + WALKS]!,
      faults: this.#counts[k * COUNTERS + FAULTS]!,
    });
    const flushes = Object.fromEntries(TLB_FLUSH_CAUSES.map((cause, i) => [cause, this.#flushes[i]!]));
    return {
      reads: kind(TLB_MODEL_READ),
      writes: kind(TLB_MODEL_WRITE),
      fetches: kind(TLB_MODEL_FETCH),
      references: this.#references,
      referencesWithoutCaches: this.#referencesWithout,
      flushes: flushes as Record<TlbFlushCause, number>,
    };
  }

  resetStats(): void {
    this.#counts.fill(0);
    this.#flushes.fill(0);
    this.#references = 0;
    this.#referencesWithout = 0;
  }

  /** Counts the reads of a walk from the deepest structure that is cached, and caches those that it passed. */
  #walk(vaLo: number, vaHi: number, asid: number): void {
    const { pageShift, references, indexBits } = this.#source;
    const rootShift = pageShift + indexBits * (references - 1);
    let reads = references;
    for (const { shift, array } of this.#structures) {
      const levels = (shift - pageShift) / indexBits;
      if (levels <= 0 || shift > rootShift || !Number.isInteger(levels)) continue;
      if (array.lookup(vaLo, vaHi, shift, asid)) {
        reads = levels;
        break;
      }
      array.insert(vaLo, vaHi, shift, asid);
    }
    this.#references += reads;
    this.#referencesWithout += references;
  }

  #count(cause: TlbFlushCause): void {
    this.#flushes[TLB_FLUSH_CAUSES.indexOf(cause)]!++;
  }

  *#arrays(): Generator<{ readonly array: AssociativeArray }> {
    yield* this.#instruction;
    yield* this.#data;
    yield* this.#second;
    yield* this.#structures;
  }
}

function sized(config: TlbArrayConfig): SizedArray {
  return { pageShifts: config.pageShifts, array: new AssociativeArray(config.entries, config.ways), foundShift: 0 };
}

/** The array that translates the address, or null. Hardware looks in all at once. */
function hitIn(arrays: readonly SizedArray[], vaLo: number, vaHi: number, asid: number): SizedArray | null {
  for (const sizedArray of arrays) {
    for (const shift of sizedArray.pageShifts) {
      if (!sizedArray.array.lookup(vaLo, vaHi, shift, asid)) continue;
      sizedArray.foundShift = shift;
      return sizedArray;
    }
  }
  return null;
}

function insertIn(arrays: readonly SizedArray[], vaLo: number, vaHi: number, shift: number, asid: number): void {
  for (const { pageShifts, array } of arrays) {
    if (pageShifts.includes(shift)) array.insert(vaLo, vaHi, shift, asid);
  }
}
