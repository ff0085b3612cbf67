import type { PhysicalMap } from "@isinglass/mmu";
import { CODE_BASE, CODE_SIZE, DATA_BASE, DATA_SIZE, PAGE_SIZE, READ_ONLY_OFFSET, SELECTORS } from "../layout.js";

// Guest-physical addresses.
const PML4 = 0x1000;
const LOW_PDPT = 0x2000;
const LOW_DIRECTORY = 0x3000;
const CODE_TABLE = 0x4000;
const DATA_TABLE = 0x5000;
const HIGH_PDPT = 0x6000;
const HIGH_DIRECTORY = 0x7000;
const HIGH_TABLE = 0x8000;
const SUPERVISOR = 0x9000;
export const CODE_GPA = 0x10000;
export const DATA_GPA = 0x20000;
/** Bytes of guest-physical memory. */
export const RAM_BYTES = 0x30000;
export const ROOT: number = PML4;

/**
 * How the machine pages and, with it, which kind of supervisor it has: `long` is that of the harness, `pae` legacy protected mode,
 * in which 32-bit user code must do the same as in compatibility mode.
 */
export type Paging = "long" | "pae";

// Supervisor pages, where Linux maps memory for itself: descriptor tables, TSS, stack. Offsets from the first of them.
const SUPERVISOR_PAGES = 4;
export const GDT: number = 0;
export const GDT_LIMIT = 0x4f;
export const TSS: number = 0x100;
export const TSS_LIMIT = 0x67;
export const IDT: number = 0x1000;
export const IDT_LIMIT = 0xfff;
const STACK_TOP = 0x3000;
/** Where the handler of vector 0 would be; that of vector n is 16 * n bytes on. No code is there. */
export const HANDLERS = 0x3000;
export const SELECTOR_TSS = 0x40;
const SELECTOR_KERNEL_CODE = 0x10;
const SELECTOR_KERNEL_DATA = 0x18;

/** Linear address of the first supervisor page, low and high half. */
export function supervisorBase(paging: Paging): readonly [lo: number, hi: number] {
  return paging === "long" ? [0, 0xffff8880 | 0] : [0xc0000000 | 0, 0];
}

/** The PDPTE registers of PAE paging (SDM vol. 3A, 4.4.1), low halves. */
export const PDPTES: readonly number[] = [LOW_DIRECTORY | 1, 0, 0, HIGH_DIRECTORY | 1];

// Page-table entry bits (SDM vol. 3A, table 4-20).
const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const NO_EXECUTE_HI = 0x80000000 | 0;

class Tables {
  readonly #bytes = new Uint8Array(RAM_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  set64(at: number, lo: number, hi: number): void {
    this.#view.setInt32(at, lo, true);
    this.#view.setInt32(at + 4, hi, true);
  }

  entry(table: number, index: number, target: number, bits: number, hi = 0): void {
    this.set64(table + index * 8, target | bits, hi);
  }
}

const directoryIndex = (address: number): number => (address >>> 21) & 511;
const tableIndex = (address: number): number => (address >>> 12) & 511;

function mapUserPages(tables: Tables): void {
  const all = PRESENT | WRITABLE | USER;
  tables.entry(PML4, 0, LOW_PDPT, all);
  tables.entry(LOW_PDPT, 0, LOW_DIRECTORY, all);
  tables.entry(LOW_DIRECTORY, directoryIndex(CODE_BASE), CODE_TABLE, all);
  tables.entry(LOW_DIRECTORY, directoryIndex(DATA_BASE), DATA_TABLE, all);
  for (let at = 0; at < CODE_SIZE; at += PAGE_SIZE)
    tables.entry(CODE_TABLE, tableIndex(CODE_BASE + at), CODE_GPA + at, all);
  for (let at = 0; at < DATA_SIZE; at += PAGE_SIZE) {
    const bits = at === READ_ONLY_OFFSET ? PRESENT | USER : all;
    tables.entry(DATA_TABLE, tableIndex(DATA_BASE + at), DATA_GPA + at, bits, NO_EXECUTE_HI);
  }
}

function mapSupervisorPages(tables: Tables): void {
  tables.entry(PML4, (supervisorBase("long")[1] >>> 7) & 511, HIGH_PDPT, PRESENT | WRITABLE);
  tables.entry(HIGH_PDPT, 0, HIGH_DIRECTORY, PRESENT | WRITABLE);
  tables.entry(HIGH_DIRECTORY, 0, HIGH_TABLE, PRESENT | WRITABLE);
  for (let page = 0; page < SUPERVISOR_PAGES; page++)
    tables.entry(HIGH_TABLE, page, SUPERVISOR + page * PAGE_SIZE, PRESENT | WRITABLE, NO_EXECUTE_HI);
}

function fillDescriptors(tables: Tables, paging: Paging): void {
  const gdt = SUPERVISOR + GDT;
  const [lo, hi] = supervisorBase(paging);
  const long = paging === "long";
  tables.set64(gdt + SELECTOR_KERNEL_CODE, 0x0000ffff, long ? 0x00af9b00 : 0x00cf9b00);
  tables.set64(gdt + SELECTOR_KERNEL_DATA, 0x0000ffff, 0x00cf9300);
  tables.set64(gdt + (SELECTORS.cs32 & ~7), 0x0000ffff, 0x00cffb00);
  tables.set64(gdt + (SELECTORS.ss & ~7), 0x0000ffff, 0x00cff300);
  tables.set64(gdt + (SELECTORS.cs64 & ~7), 0x0000ffff, long ? 0x00affb00 : 0);
  // RSP0, or ESP0 and SS0 (SDM vol. 3A, 8.7 and 8.2.1); the I/O map lies beyond the limit.
  tables.set64(SUPERVISOR + TSS + 4, (lo + STACK_TOP) | 0, long ? hi : SELECTOR_KERNEL_DATA);
  tables.set64(SUPERVISOR + TSS + 100, (TSS_LIMIT + 1) << 16, 0);
  for (let vector = 0; vector < 256; vector++) {
    // Interrupt gates of 16 or 8 bytes; as in Linux only INT3 and INTO may be raised by user code.
    const dpl = vector === 3 || vector === 4 ? 3 : 0;
    const target = (lo + HANDLERS + vector * 16) | 0;
    const at = SUPERVISOR + IDT + vector * (long ? 16 : 8);
    tables.set64(at, (SELECTOR_KERNEL_CODE << 16) | (target & 0xffff), (target & ~0xffff) | 0x8e00 | (dpl << 13));
    if (long) tables.set64(at + 8, hi, 0);
  }
}

/** Fills guest-physical memory: page tables, descriptor tables, INT3 in the code pages. */
export function setUpMemory(physical: PhysicalMap, hostOffset: number, paging: Paging): void {
  physical.addRam(0, RAM_BYTES, hostOffset, "oracle");
  const tables = new Tables();
  mapUserPages(tables);
  mapSupervisorPages(tables);
  fillDescriptors(tables, paging);
  tables.bytes.fill(0xcc, CODE_GPA, CODE_GPA + CODE_SIZE);
  physical.write(0, tables.bytes);
}

/** Guest-physical address of the supervisor's byte at a linear address of which the low half is given. */
export function supervisorGpa(low: number): number {
  return SUPERVISOR + (low & 0xffff);
}
