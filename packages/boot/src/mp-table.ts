import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { DEFAULT_PIRQS, pirqOf } from "./acpi/config.js";
import { StructWriter, alignUp, concatBytes, hex } from "./bytes.js";

// The table by which operating systems without ACPI find processors and interrupts: Intel MultiProcessor Specification 1.4, chapter 4.

const OEM_ID = "ISINGLAS";
const PRODUCT_ID = "VIRTUAL PC";
const HEADER = 44;
const VERSION_1_4 = 4;

/** Entry types (table 4-3). */
const PROCESSOR = 0;
const BUS = 1;
const IO_APIC = 2;
const IO_INTERRUPT = 3;
const LOCAL_INTERRUPT = 4;

/** Interrupt types (table 4-11). */
const INT = 0;
const NMI = 1;
const EXT_INT = 3;
/** Polarity active high, level triggered (table 4-10). */
const LEVEL_HIGH = 0x0d;

const PCI_BUS = 0;
const ISA_BUS = 1;
const ISA_INTERRUPTS = 16;
const CASCADE = 2;
const PCI_SLOTS = 32;
const LOCAL_APIC_VERSION = 0x14;
const IO_APIC_VERSION = 0x11;
const ALL_PROCESSORS = 0xff;

export interface MpConfig {
  /** Local APIC ids 0 to `cpus` - 1; default 1. */
  readonly cpus?: number;
  readonly localApic?: Gpa;
  readonly ioApic?: { readonly id?: number; readonly gpa?: Gpa };
  /** CPUID leaf 1: EAX and EDX of every processor; 0 by default. */
  readonly signature?: number;
  readonly features?: number;
  /** IOAPIC inputs of the PIRQ lines A to D at boot, or null without PCI; default 10, 10, 11, 11. */
  readonly interrupts?: readonly [number, number, number, number] | null;
}

/** Where the pointer to the table is, and the table behind it: at the end of the area that guests search, 0xf0000 to 0xfffff (section 4). */
export const MP_GPA = 0xf_e000;
const LIMIT = 0xf_fff0;

/** The configuration table (4.2): header, processors, buses, IOAPIC, interrupts. */
export function mpTable(config: MpConfig = {}): Uint8Array {
  const cpus = config.cpus ?? 1;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > 254)
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", `MP table: ${cpus} CPUs; from 1 to 254 are right`, { cpus });
  const ioApic = config.ioApic ?? {};
  const ioApicId = ioApic.id ?? 0;
  const pirqs = config.interrupts === undefined ? DEFAULT_PIRQS : config.interrupts;
  const entries: Uint8Array[] = [];
  for (let id = 0; id < cpus; id++) {
    // Flags: usable; the first one boots.
    const cpu = new StructWriter(20)
      .u8(0, PROCESSOR)
      .u8(1, id)
      .u8(2, LOCAL_APIC_VERSION)
      .u8(3, id === 0 ? 3 : 1);
    entries.push(cpu.u32(4, config.signature ?? 0).u32(8, config.features ?? 0).bytes);
  }
  if (pirqs !== null) entries.push(new StructWriter(8).u8(0, BUS).u8(1, PCI_BUS).ascii(2, "PCI", 6, 0x20).bytes);
  entries.push(new StructWriter(8).u8(0, BUS).u8(1, ISA_BUS).ascii(2, "ISA", 6, 0x20).bytes);
  const io = new StructWriter(8).u8(0, IO_APIC).u8(1, ioApicId).u8(2, IO_APIC_VERSION).u8(3, 1);
  entries.push(io.u32(4, ioApic.gpa ?? 0xfec0_0000).bytes);
  const interrupt = (
    kind: number,
    type: number,
    flags: number,
    from: readonly [bus: number, irq: number],
    to: readonly [apic: number, input: number],
  ): void => {
    const entry = new StructWriter(8).u8(0, kind).u8(1, type).u16(2, flags);
    entries.push(entry.u8(4, from[0]).u8(5, from[1]).u8(6, to[0]).u8(7, to[1]).bytes);
  };
  const slots = pirqs === null ? 0 : PCI_SLOTS;
  for (let slot = 1; slot < slots; slot++) {
    for (let pin = 0; pin < 4; pin++) {
      // The source is slot and pin (D.3). Pin A of slot 1 is the SCI, an ISA interrupt.
      if (slot === 1 && pin === 0) continue;
      interrupt(IO_INTERRUPT, INT, LEVEL_HIGH, [PCI_BUS, (slot << 2) | pin], [ioApicId, pirqs![pirqOf(slot, pin)]!]);
    }
  }
  for (let irq = 0; irq < ISA_INTERRUPTS; irq++) {
    if (irq === CASCADE || pirqs?.includes(irq) === true) continue;
    // The 8254 is wired to input 2, the SCI (9) is level-triggered.
    interrupt(IO_INTERRUPT, INT, irq === 9 ? LEVEL_HIGH : 0, [ISA_BUS, irq], [ioApicId, irq === 0 ? 2 : irq]);
  }
  interrupt(LOCAL_INTERRUPT, EXT_INT, 0, [ISA_BUS, 0], [0, 0]);
  interrupt(LOCAL_INTERRUPT, NMI, 0, [ISA_BUS, 0], [ALL_PROCESSORS, 1]);
  const body = concatBytes(entries);
  const table = new StructWriter(HEADER + body.length).put(HEADER, body);
  table.ascii(0, "PCMP", 4).u16(4, table.bytes.length).u8(6, VERSION_1_4);
  table.ascii(8, OEM_ID, 8, 0x20).ascii(16, PRODUCT_ID, 12, 0x20);
  table.u16(34, entries.length).u32(36, config.localApic ?? 0xfee0_0000);
  return table.checksum(7).bytes;
}

/** The floating pointer (4.1) to a table at `gpa`. No default configuration; the interrupt mode is virtual wire (feature byte 2, bit 7 clear). */
export function mpPointer(gpa: Gpa): Uint8Array {
  const pointer = new StructWriter(16).ascii(0, "_MP_", 4).u32(4, gpa).u8(8, 1).u8(9, VERSION_1_4);
  return pointer.checksum(10).bytes;
}

/**
 * Writes pointer and table to {@link MP_GPA}, which must be backed (RAM or ROM). Guests find them by their anchor.
 *
 * @throws `ISG_BOOT_MEMORY_TOO_SMALL` where nothing backs that place, `ISG_BOOT_BAD_VALUE` for more CPUs than fit
 */
export function installMpTable(memory: PhysicalMemory, config: MpConfig = {}): { readonly pointer: Gpa } {
  const table = mpTable(config);
  const at = MP_GPA + 16;
  const end = alignUp(at + table.length, 16);
  if (end > LIMIT) {
    const message = `MP table: ${table.length} bytes; ${LIMIT - at} fit at ${hex(at)}`;
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", message, { length: table.length });
  }
  if (!memory.regions().some((r) => r.gpa <= MP_GPA && r.gpa + r.length >= end)) {
    const message = `MP table: nothing backs ${hex(MP_GPA)}-${hex(end - 1)}, where it belongs`;
    throw new IsinglassError("ISG_BOOT_MEMORY_TOO_SMALL", message);
  }
  memory.write(at, table);
  memory.write(MP_GPA, mpPointer(at));
  return { pointer: MP_GPA };
}
