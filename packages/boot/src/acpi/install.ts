import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { alignUp, formatSize, hex } from "../bytes.js";
import type { MemoryMapEntry } from "../memory-map.js";
import type { AcpiConfig } from "./config.js";
import { dsdt, facs, fadt, hpet, madt, mcfg, rsdp, rsdt, waet, xsdt } from "./tables.js";

/** A finished table and its place. */
export interface PlacedTable {
  readonly signature: string;
  readonly gpa: Gpa;
  readonly bytes: Uint8Array;
}

export interface InstalledAcpi {
  /** Address of the RSDP: for the loader's `rsdp`. */
  readonly rsdp: Gpa;
  /** The tables' memory: for the loader's `reserved`. */
  readonly reserved: readonly MemoryMapEntry[];
  readonly tables: readonly PlacedTable[];
}

/** Where a PC's firmware may put the RSDP: 0xe0000 to 0xfffff at multiples of 16 (ACPI 6.5, 5.2.5.1). */
export const RSDP_GPA = 0xe_0000;

/** Lays out the tables that `config` asks for from `base` (a multiple of 64) on; the RSDP itself goes to `rsdpAt`. Writes nothing. */
export function buildAcpi(config: AcpiConfig, base: Gpa, rsdpAt: Gpa = RSDP_GPA): PlacedTable[] {
  const tables: PlacedTable[] = [];
  let at = base;
  const place = (signature: string, bytes: Uint8Array): Gpa => {
    const gpa = at;
    tables.push({ signature, gpa, bytes });
    at = alignUp(gpa + bytes.length, 64); // FACS needs 64, the others are content
    return gpa;
  };
  const facsAt = place("FACS", facs());
  const dsdtAt = place("DSDT", dsdt(config));
  const listed = [place("FACP", fadt(config, facsAt, dsdtAt)), place("APIC", madt(config))];
  if (config.hpet !== undefined && config.hpet !== null)
    listed.push(place("HPET", hpet(config.hpet.gpa, config.hpet.comparators)));
  if (config.pmTimerReliable ?? false) listed.push(place("WAET", waet()));
  const ecam = config.pci?.ecam;
  if (ecam !== undefined) listed.push(place("MCFG", mcfg(ecam.gpa, ecam.lastBus)));
  const rsdtAt = place("RSDT", rsdt(listed));
  const xsdtAt = place("XSDT", xsdt(listed));
  tables.push({ signature: "RSD PTR ", gpa: rsdpAt, bytes: rsdp(rsdtAt, xsdtAt) });
  return tables;
}

/**
 * Writes ACPI tables: the RSDP at {@link RSDP_GPA}, which must be backed (RAM or ROM), the rest at the top of RAM below 4 GiB. Pass what it returns to the loader.
 *
 * @throws `ISG_BOOT_MEMORY_TOO_SMALL` where no RAM region at or above 1 MiB has room, `ISG_BOOT_BAD_VALUE` for a bad configuration.
 * @example
 * const acpi = installAcpi(memory, { cpus: 1 });
 * const loaded = loadLinux({ memory, kernel, rsdp: acpi.rsdp, reserved: acpi.reserved });
 */
export function installAcpi(memory: PhysicalMemory, config: AcpiConfig = {}): InstalledAcpi {
  const draft = buildAcpi(config, 0);
  const last = draft[draft.length - 2]!; // before the RSDP
  const length = alignUp(last.gpa + last.bytes.length, 4096);
  let base: Gpa | null = null;
  let legacyArea = false;
  for (const region of memory.regions()) {
    const end = region.gpa + region.length;
    if (region.gpa <= RSDP_GPA && end >= RSDP_GPA + 36) legacyArea = true;
    if (region.kind === "ram" && end <= 2 ** 32 && end - length >= Math.max(region.gpa, 0x10_0000)) base = end - length;
  }
  if (base === null || !legacyArea) {
    throw new IsinglassError(
      "ISG_BOOT_MEMORY_TOO_SMALL",
      base === null
        ? `ACPI: the tables need ${formatSize(length)} of RAM above 1 MiB and below 4 GiB, and there is none`
        : `ACPI: nothing backs ${hex(RSDP_GPA)}, where the RSDP belongs`,
    );
  }
  const tables = buildAcpi(config, base);
  for (const table of tables) memory.write(table.gpa, table.bytes);
  return { rsdp: RSDP_GPA, reserved: [{ gpa: base, length, type: "acpi" }], tables };
}
