import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { StructWriter, alignUp, concatBytes, encodeUtf8, hex } from "./bytes.js";
import type { MemoryMapEntry } from "./memory-map.js";

/** What the SMBIOS tables say. All texts are shown to the guest's user (`dmidecode`, `/sys/class/dmi`). */
export interface SmbiosConfig {
  /** Bytes of RAM. */
  readonly memorySize: number;
  readonly cpus?: number;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
  /** 16 bytes; in the first three fields little-endian as SMBIOS 2.6 says. Default all zeros: not present. */
  readonly uuid?: Uint8Array;
  /** Entry point: 2.8 (32-bit, "_SM_") or 3.0 (64-bit, "_SM3_"); default 3.0. */
  readonly version?: "2.8" | "3.0";
}

/** Where guests look for the entry point: 0xf0000 to 0xfffff at multiples of 16 (SMBIOS 3.6, 5.2). */
export const SMBIOS_GPA = 0xf_0000;

const UNSPECIFIED = 0xff;

/** One structure: header, formatted area, then its strings, each with a NUL, and one more (SMBIOS 3.6, 6.1). */
function structure(type: number, handle: number, formatted: StructWriter, strings: readonly string[] = []): Uint8Array {
  formatted.u8(0, type).u8(1, formatted.bytes.length).u16(2, handle);
  for (const text of strings) {
    if (text === "" || text.includes("\0"))
      throw new IsinglassError(
        "ISG_BOOT_BAD_VALUE",
        `SMBIOS: the text ${JSON.stringify(text)}; it may be neither empty nor hold a NUL`,
      );
  }
  const tail = strings.length === 0 ? "\0\0" : `${strings.join("\0")}\0\0`;
  return concatBytes([formatted.bytes, encodeUtf8(tail)]);
}

/** The structure table: BIOS, system, chassis, processors, memory and the end marker (SMBIOS 3.6, clause 7). */
export function smbiosTable(config: SmbiosConfig): {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly largest: number;
} {
  const maker = config.manufacturer ?? "Isinglass";
  const product = config.product ?? "Isinglass virtual PC";
  const serial = config.serial ?? "none";
  const mib = Math.floor(config.memorySize / 2 ** 20);
  const uuid = config.uuid ?? new Uint8Array(16);
  if (mib < 1 || uuid.length !== 16) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `SMBIOS: ${config.memorySize} bytes of RAM and a UUID of ${uuid.length} bytes; at least 1 MiB and 16 bytes are right`,
    );
  }
  const all: Uint8Array[] = [];
  // Type 0: characteristics "not supported" (bit 3), extension byte 2: virtual machine (bit 4), ACPI in byte 1 (bit 0).
  const bios = new StructWriter(24).u8(4, 1).u8(5, 2).u16(6, 0xe800).u8(8, 3).u64(10, 0x08).u8(18, 0x01).u8(19, 0x10);
  all.push(
    structure(0, 0x0000, bios.u8(20, 0).u8(21, 1).u8(22, UNSPECIFIED).u8(23, UNSPECIFIED), [maker, "1", "01/01/2026"]),
  );
  const system = new StructWriter(27).u8(4, 1).u8(5, 2).u8(6, 3).u8(7, 4).put(8, uuid).u8(24, 6);
  all.push(structure(1, 0x0100, system, [maker, product, "1", serial]));
  // Type 3: chassis type "other" (1); boot-up, power and thermal state "safe" (3).
  const chassis = new StructWriter(22).u8(4, 1).u8(5, 1).u8(7, 2).u8(9, 3).u8(10, 3).u8(11, 3).u8(12, 2);
  all.push(structure(3, 0x0300, chassis, [maker, serial]));
  for (let i = 0; i < (config.cpus ?? 1); i++) {
    // Central processor, enabled, other family and upgrade, no caches described, one core with one thread.
    const cpu = new StructWriter(48).u8(4, 1).u8(5, 3).u8(6, 1).u8(7, 2).u8(24, 0x41).u8(25, 1);
    cpu
      .u16(26, 0xffff)
      .u16(28, 0xffff)
      .u16(30, 0xffff)
      .u8(35, 1)
      .u8(36, 1)
      .u8(37, 1)
      .u16(38, 0x04)
      .u16(40, 1)
      .u16(42, 1)
      .u16(44, 1)
      .u16(46, 1);
    all.push(structure(4, 0x0400 + i, cpu, [`CPU ${i}`, maker]));
  }
  // Type 16: system memory in "other" location, multi-bit ECC; sizes of 2 TiB and more go to the extended field.
  const array = new StructWriter(23)
    .u8(4, 1)
    .u8(5, 3)
    .u8(6, 6)
    .u32(7, mib * 1024)
    .u16(11, 0xfffe)
    .u16(13, 1);
  all.push(structure(16, 0x1000, array));
  // Type 17: one RAM module in DIMM form; 0x7fff says that the size stands in the extended field, in MiB.
  const module = new StructWriter(40)
    .u16(4, 0x1000)
    .u16(6, 0xfffe)
    .u16(8, UNSPECIFIED * 0x101)
    .u16(10, UNSPECIFIED * 0x101);
  module
    .u16(12, mib < 0x7fff ? mib : 0x7fff)
    .u8(14, 9)
    .u8(16, 1)
    .u8(18, 7)
    .u16(19, 2)
    .u8(23, 2)
    .u32(28, mib < 0x7fff ? 0 : mib);
  all.push(structure(17, 0x1100, module, ["DIMM 0", maker]));
  const mapped = new StructWriter(31)
    .u32(4, 0)
    .u32(8, mib * 1024 - 1)
    .u16(12, 0x1000)
    .u8(14, 1);
  all.push(structure(19, 0x1300, mapped));
  all.push(structure(32, 0x2000, new StructWriter(11))); // system boot: no errors
  all.push(structure(127, 0x7f00, new StructWriter(4)));
  return { bytes: concatBytes(all), count: all.length, largest: Math.max(...all.map((s) => s.length)) };
}

/** The entry point that leads to a table of `length` bytes at `gpa` (SMBIOS 3.6, 5.2). */
export function smbiosEntryPoint(
  version: "2.8" | "3.0",
  gpa: Gpa,
  table: { readonly bytes: Uint8Array; readonly count: number; readonly largest: number },
): Uint8Array {
  if (version === "3.0") {
    const entry = new StructWriter(24).ascii(0, "_SM3_", 5).u8(6, 24).u8(7, 3).u8(8, 0).u8(10, 1);
    return entry.u32(12, table.bytes.length).u64(16, gpa).checksum(5).bytes;
  }
  const entry = new StructWriter(31).ascii(0, "_SM_", 4).u8(5, 31).u8(6, 2).u8(7, 8).u16(8, table.largest);
  entry.ascii(16, "_DMI_", 5).u16(22, table.bytes.length).u32(24, gpa).u16(28, table.count).u8(30, 0x28);
  return entry.checksum(21, 16, 31).checksum(4).bytes;
}

/**
 * Writes SMBIOS tables to {@link SMBIOS_GPA}, which must be backed (RAM or ROM). Guests find them by their anchor; nothing need be passed to a loader.
 *
 * @throws `ISG_BOOT_MEMORY_TOO_SMALL` where 0xf0000-0xfffff is not backed, `ISG_BOOT_BAD_VALUE` for a text that cannot be stored or more CPUs than fit.
 */
export function installSmbios(
  memory: PhysicalMemory,
  config: SmbiosConfig,
): { readonly entryPoint: Gpa; readonly reserved: readonly MemoryMapEntry[] } {
  const table = smbiosTable(config);
  const tableAt = SMBIOS_GPA + 32;
  const end = alignUp(tableAt + table.bytes.length, 16);
  // The last 16 bytes of the segment belong to the reset vector.
  if (end > 0xf_fff0)
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `SMBIOS: the tables take ${table.bytes.length} bytes; 65488 fit at ${hex(SMBIOS_GPA)}`,
    );
  if (!memory.regions().some((r) => r.gpa <= SMBIOS_GPA && r.gpa + r.length >= end)) {
    throw new IsinglassError(
      "ISG_BOOT_MEMORY_TOO_SMALL",
      `SMBIOS: nothing backs ${hex(SMBIOS_GPA)}-${hex(end - 1)}, where the tables belong`,
    );
  }
  memory.write(tableAt, table.bytes);
  memory.write(SMBIOS_GPA, smbiosEntryPoint(config.version ?? "3.0", tableAt, table));
  return { entryPoint: SMBIOS_GPA, reserved: [{ gpa: 0xf_0000, length: 0x1_0000, type: "reserved" }] };
}
