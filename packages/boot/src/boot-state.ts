import type { PhysicalMemory } from "@isinglass/interface";
import { StructWriter } from "./bytes.js";

/**
 * A segment register with its hidden part. `attributes` has the layout of VMX access rights (SDM vol. 3C, 25.4.1): type in bits
 * 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15, unusable 16. `limit` is in bytes, already scaled by G.
 */
export interface SegmentState {
  readonly selector: number;
  readonly base: bigint;
  readonly limit: number;
  readonly attributes: number;
}

export interface DescriptorTableState {
  readonly base: bigint;
  readonly limit: number;
}

/** General registers, instruction pointer and flags by their 64-bit names. */
export type BootRegisterName =
  | "rax"
  | "rbx"
  | "rcx"
  | "rdx"
  | "rsi"
  | "rdi"
  | "rbp"
  | "rsp"
  | "r8"
  | "r9"
  | "r10"
  | "r11"
  | "r12"
  | "r13"
  | "r14"
  | "r15"
  | "rip"
  | "rflags";

export type BootSegmentName = "cs" | "ds" | "es" | "fs" | "gs" | "ss" | "tr" | "ldtr";

/**
 * The state in which the boot vCPU enters what was loaded. Everything that is not here keeps its value after reset. Values are
 * `bigint` because they meet registers by name, in cold code.
 */
export interface BootState {
  readonly mode: "protected" | "long";
  readonly registers: Readonly<Record<BootRegisterName, bigint>>;
  readonly cr0: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly segments: Readonly<Record<BootSegmentName, SegmentState>>;
  readonly gdtr: DescriptorTableState;
  readonly idtr: DescriptorTableState;
}

/** Where the loaders put what only the entry needs. All of it is conventional memory that the guest may reuse. */
export const BOOT_LAYOUT = {
  /** Global descriptor table, 6 entries. */
  gdt: 0x600,
  /** boot_params ("zero page"), hvm_start_info or the Multiboot information; 4 KiB. */
  info: 0x7000,
  /** PML4, PDPT and four page directories; 24 KiB up to 0xf000. */
  pageTables: 0x9000,
  /** Module list and memory map of PVH and Multiboot; 4 KiB. */
  tables: 0x10000,
  /** The kernel command line, at most 64 KiB. */
  commandLine: 0x20000,
  /** Names of modules; 4 KiB. */
  moduleNames: 0x30000,
  /** One past the last byte that a loader uses below 1 MiB, but for firmware tables. */
  end: 0x31000,
} as const;

const PRESENT_CODE = 0x9b; // P, S, execute/read, accessed
const PRESENT_DATA = 0x93; // P, S, read/write, accessed
const FLAT_32 = 0xc000; // G, D/B
const FLAT_64 = 0xa000; // G, L
const UNUSABLE = 0x10000;

const CR0_PE = 0x1n;
const CR0_ET = 0x10n;
const CR0_PG = 0x8000_0000n;
const CR4_PAE = 0x20n;
const EFER_LME = 0x100n;
const EFER_LMA = 0x400n;
/** Bit 1 of RFLAGS is always one; interrupts are off at every entry. */
const RFLAGS_INITIAL = 0x2n;

const zeroRegisters: Readonly<Record<BootRegisterName, bigint>> = {
  rax: 0n,
  rbx: 0n,
  rcx: 0n,
  rdx: 0n,
  rsi: 0n,
  rdi: 0n,
  rbp: 0n,
  rsp: 0n,
  r8: 0n,
  r9: 0n,
  r10: 0n,
  r11: 0n,
  r12: 0n,
  r13: 0n,
  r14: 0n,
  r15: 0n,
  rip: 0n,
  rflags: RFLAGS_INITIAL,
};

/** A GDT entry for a flat segment (SDM vol. 3A, 3.4.5): base 0, limit 0xfffff pages. */
function flatDescriptor(attributes: number): readonly [number, number] {
  return [0x0000_ffff, (attributes << 8) | 0x000f_0000];
}

/**
 * Writes the GDT that Linux' 32- and 64-bit entries ask for (Documentation/arch/x86/boot.rst): __BOOT_CS 0x10, flat execute/read, and
 * __BOOT_DS 0x18, flat read/write. Returns GDTR and the segments.
 */
function flatSegments(memory: PhysicalMemory, code: number): Pick<BootState, "segments" | "gdtr" | "idtr"> {
  const entries: readonly (readonly [number, number])[] = [
    [0, 0],
    [0, 0],
    flatDescriptor(PRESENT_CODE | code),
    flatDescriptor(PRESENT_DATA | FLAT_32),
    // A 32-bit TSS at 0, 103 bytes (0x67): VMX wants TR to be usable, PVH names this limit.
    [0x0000_0067, 0x0000_8b00],
    [0, 0],
  ];
  const gdt = new StructWriter(entries.length * 8);
  entries.forEach(([low, high], i) => gdt.u32(i * 8, low).u32(i * 8 + 4, high));
  memory.write(BOOT_LAYOUT.gdt, gdt.bytes);
  const data: SegmentState = { selector: 0x18, base: 0n, limit: 0xffff_ffff, attributes: PRESENT_DATA | FLAT_32 };
  return {
    segments: {
      cs: { selector: 0x10, base: 0n, limit: 0xffff_ffff, attributes: PRESENT_CODE | code },
      ds: data,
      es: data,
      fs: data,
      gs: data,
      ss: data,
      tr: { selector: 0x20, base: 0n, limit: 0x67, attributes: 0x8b },
      ldtr: { selector: 0, base: 0n, limit: 0, attributes: UNUSABLE },
    },
    gdtr: { base: BigInt(BOOT_LAYOUT.gdt), limit: gdt.bytes.length - 1 },
    idtr: { base: 0n, limit: 0 },
  };
}

/** Flat 32-bit protected mode, paging off. Writes the GDT. */
export function protectedModeState(
  memory: PhysicalMemory,
  registers: Partial<Record<BootRegisterName, bigint>>,
): BootState {
  return {
    mode: "protected",
    registers: { ...zeroRegisters, ...registers },
    cr0: CR0_PE | CR0_ET,
    cr3: 0n,
    cr4: 0n,
    efer: 0n,
    ...flatSegments(memory, FLAT_32),
  };
}

/** 64-bit mode with the first 4 GiB mapped to themselves in 2 MiB pages. Writes the GDT and the page tables. */
export function longModeState(memory: PhysicalMemory, registers: Partial<Record<BootRegisterName, bigint>>): BootState {
  const base = BOOT_LAYOUT.pageTables;
  const tables = new StructWriter(6 * 4096);
  tables.u64(0, (base + 0x1000) | 3); // present, writable
  for (let i = 0; i < 4; i++) tables.u64(0x1000 + i * 8, (base + 0x2000 + i * 0x1000) | 3);
  for (let i = 0; i < 2048; i++) tables.u64(0x2000 + i * 8, i * 0x20_0000 + 0x83); // present, writable, page size
  memory.write(base, tables.bytes);
  return {
    mode: "long",
    registers: { ...zeroRegisters, ...registers },
    cr0: CR0_PE | CR0_ET | CR0_PG,
    cr3: BigInt(base),
    cr4: CR4_PAE,
    efer: EFER_LME | EFER_LMA,
    ...flatSegments(memory, FLAT_64),
  };
}
