import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { alignDown, encodeUtf8, formatSize, hex } from "./bytes.js";

/** Address range types of the BIOS call INT 15h, AX = E820h (ACPI 6.5, table 15.1). */
export type MemoryMapType = "ram" | "reserved" | "acpi" | "nvs" | "unusable";

export interface MemoryMapEntry {
  readonly gpa: Gpa;
  readonly length: number;
  readonly type: MemoryMapType;
}

/** The numbers that E820, PVH and Multiboot memory maps give to the types. */
export const MEMORY_MAP_NUMBER: Readonly<Record<MemoryMapType, number>> = {
  ram: 1,
  reserved: 2,
  acpi: 3,
  nvs: 4,
  unusable: 5,
};

/** End of conventional memory that firmware leaves to the system; the last KiB below 640 KiB is the EBDA. */
export const CONVENTIONAL_END = 0x9fc00;
const HIGH_MEMORY = 0x10_0000;

/**
 * The memory map that a PC's firmware reports: RAM of `memory`, with the EBDA (0x9fc00) and the adapter and BIOS area
 * (0xa0000-0xfffff) taken out, and `reserved` laid over it. Ascending, without overlaps.
 */
export function memoryMap(memory: PhysicalMemory, reserved: readonly MemoryMapEntry[] = []): MemoryMapEntry[] {
  const over: MemoryMapEntry[] = [
    { gpa: CONVENTIONAL_END, length: 0xa0000 - CONVENTIONAL_END, type: "reserved" },
    { gpa: 0xf0000, length: 0x10000, type: "reserved" },
    ...reserved,
  ];
  let free: { start: number; end: number }[] = [];
  for (const region of memory.regions()) {
    if (region.kind !== "ram") continue;
    const end = region.gpa + region.length;
    if (region.gpa < 0xa0000) free.push({ start: region.gpa, end: Math.min(end, 0xa0000) });
    if (end > HIGH_MEMORY) free.push({ start: Math.max(region.gpa, HIGH_MEMORY), end });
  }
  for (const hole of over) free = subtract(free, hole.gpa, hole.gpa + hole.length);
  const entries: MemoryMapEntry[] = [];
  for (const range of free) entries.push({ gpa: range.start, length: range.end - range.start, type: "ram" });
  // Of overlapping reservations the later ones win, like the RAM they were cut from.
  for (let i = 0; i < over.length; i++) {
    let parts = [{ start: over[i]!.gpa, end: over[i]!.gpa + over[i]!.length }];
    for (const later of over.slice(i + 1)) parts = subtract(parts, later.gpa, later.gpa + later.length);
    for (const part of parts) entries.push({ gpa: part.start, length: part.end - part.start, type: over[i]!.type });
  }
  return entries.sort((a, b) => a.gpa - b.gpa);
}

function subtract(
  ranges: readonly { start: number; end: number }[],
  start: number,
  end: number,
): { start: number; end: number }[] {
  const out: { start: number; end: number }[] = [];
  for (const range of ranges) {
    if (end <= range.start || start >= range.end) {
      out.push(range);
      continue;
    }
    if (range.start < start) out.push({ start: range.start, end: start });
    if (range.end > end) out.push({ start: end, end: range.end });
  }
  return out;
}

/** Bytes of RAM in `map`. */
export function ramSize(map: readonly MemoryMapEntry[]): number {
  let size = 0;
  for (const entry of map) if (entry.type === "ram") size += entry.length;
  return size;
}

/**
 * Checks that [gpa, gpa + length) is RAM in one piece; else throws `ISG_BOOT_MEMORY_TOO_SMALL` with the size that would do.
 */
export function requireRam(map: readonly MemoryMapEntry[], gpa: Gpa, length: number, what: string): void {
  const end = gpa + length;
  for (const entry of map) {
    if (entry.type === "ram" && entry.gpa <= gpa && entry.gpa + entry.length >= end) return;
  }
  throw memoryTooSmall(map, end, `${what} needs RAM at ${hex(gpa)}-${hex(end - 1)}`, { gpa, length });
}

/** An `ISG_BOOT_MEMORY_TOO_SMALL` that says what would do: RAM up to `end`, in whole MiB. */
export function memoryTooSmall(
  map: readonly MemoryMapEntry[],
  end: number,
  reason: string,
  data: Record<string, number> = {},
): IsinglassError {
  const needed = Math.ceil(end / 2 ** 20) * 2 ** 20;
  return new IsinglassError(
    "ISG_BOOT_MEMORY_TOO_SMALL",
    `${reason}; the machine has ${formatSize(ramSize(map))} of RAM, ${formatSize(needed)} would do`,
    { ...data, needed, available: ramSize(map) },
  );
}

/**
 * The highest place below `limit` where `length` bytes fit into RAM at or above 1 MiB, aligned to a page and clear of `avoid`; null
 * where there is none.
 */
export function placeHigh(
  map: readonly MemoryMapEntry[],
  length: number,
  limit: number,
  avoid: readonly { start: number; end: number }[],
): Gpa | null {
  let free = map
    .filter((e) => e.type === "ram" && e.gpa + e.length > HIGH_MEMORY)
    .map((e) => ({ start: Math.max(e.gpa, HIGH_MEMORY), end: e.gpa + e.length }));
  for (const hole of avoid) free = subtract(free, hole.start, hole.end);
  for (const range of free.reverse()) {
    const gpa = alignDown(Math.min(range.end, limit) - length, 4096);
    if (gpa >= range.start) return gpa;
  }
  return null;
}

/** Fills the two BIOS data area words from which a guest learns where conventional memory ends: EBDA segment and size in KiB. */
export function writeBiosDataArea(memory: PhysicalMemory): void {
  memory.write(0x40e, Uint8Array.of((CONVENTIONAL_END >> 4) & 0xff, CONVENTIONAL_END >> 12));
  memory.write(0x413, Uint8Array.of((CONVENTIONAL_END >> 10) & 0xff, CONVENTIONAL_END >> 18));
}

/**
 * The bytes of `commandLine` with its NUL.
 *
 * @throws `ISG_BOOT_COMMAND_LINE_TOO_LONG` where it has more than `limit` bytes, `ISG_BOOT_BAD_VALUE` where it contains a NUL.
 */
export function encodeCommandLine(commandLine: string, limit: number): Uint8Array {
  const bytes = encodeUtf8(commandLine);
  if (bytes.includes(0)) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `the kernel command line has a NUL at byte ${bytes.indexOf(0)}; the kernel would not see what follows`,
    );
  }
  if (bytes.length > limit) {
    throw new IsinglassError(
      "ISG_BOOT_COMMAND_LINE_TOO_LONG",
      `the kernel command line has ${bytes.length} bytes; this kernel takes at most ${limit}`,
      {
        length: bytes.length,
        limit,
      },
    );
  }
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  return out;
}
