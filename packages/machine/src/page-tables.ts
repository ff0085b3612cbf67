import type { PhysicalMemory } from "@isinglass/interface";

const PAGE = 4096;
/** Bits of a page-table entry (SDM vol. 3A, 4.5). */
const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const LARGE = 0x80n;
const NO_EXECUTE = 1n << 63n;
const UPPER = PRESENT | WRITABLE | USER;

export interface PageRights {
  readonly writable: boolean;
  readonly executable: boolean;
}

/** Writes page tables of 4-KiB pages: four levels of eight-byte entries, or two of four bytes for 32-bit paging. */
export class PageTableBuilder {
  readonly root: number;
  readonly #memory: PhysicalMemory;
  readonly #levels: 2 | 4;
  readonly #allocate: () => number;

  /** @param allocate gives the address of a page of zeros */
  constructor(memory: PhysicalMemory, levels: 2 | 4, allocate: () => number) {
    this.#memory = memory;
    this.#levels = levels;
    this.#allocate = allocate;
    this.root = allocate();
  }

  /** Maps the page at linear address `va` to `gpa`, for user and supervisor. */
  map(va: bigint, gpa: number, rights: PageRights): void {
    const bits = this.#levels === 4 ? 9n : 10n;
    let table = this.root;
    for (let level = this.#levels - 1; level > 0; level -= 1) {
      const at = table + this.#offset(va, 12n + bits * BigInt(level), bits);
      let entry = this.#read(at);
      if (entry === 0n) {
        entry = BigInt(this.#allocate()) | UPPER;
        this.#write(at, entry);
      }
      table = Number(entry & 0x000ffffffffff000n);
    }
    const flags = PRESENT | USER | (rights.writable ? WRITABLE : 0n);
    const noExecute = rights.executable || this.#levels === 2 ? 0n : NO_EXECUTE;
    this.#write(table + this.#offset(va, 12n, bits), BigInt(gpa) | flags | noExecute);
  }

  #offset(va: bigint, shift: bigint, bits: bigint): number {
    return Number((va >> shift) & ((1n << bits) - 1n)) * (this.#levels === 4 ? 8 : 4);
  }

  #read(gpa: number): bigint {
    const bytes = new Uint8Array(8);
    this.#memory.read(gpa, this.#levels === 4 ? bytes : bytes.subarray(0, 4));
    return new DataView(bytes.buffer).getBigUint64(0, true);
  }

  #write(gpa: number, entry: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, entry, true);
    this.#memory.write(gpa, this.#levels === 4 ? bytes : bytes.subarray(0, 4));
  }
}

/** Bytes that {@link writeIdentityMap} needs. */
export const IDENTITY_MAP_BYTES: number = 6 * PAGE;

/** Maps the first 4 GiB to themselves in pages of 2 MiB, for user and supervisor; `at` is page-aligned. */
export function writeIdentityMap(memory: PhysicalMemory, at: number): void {
  const tables = new Uint8Array(IDENTITY_MAP_BYTES);
  const view = new DataView(tables.buffer);
  view.setBigUint64(0, BigInt(at + PAGE) | UPPER, true);
  for (let i = 0; i < 4; i += 1) view.setBigUint64(PAGE + i * 8, BigInt(at + (2 + i) * PAGE) | UPPER, true);
  for (let i = 0; i < 2048; i += 1) view.setBigUint64(2 * PAGE + i * 8, (BigInt(i) * 0x200000n) | UPPER | LARGE, true);
  memory.write(at, tables);
}
