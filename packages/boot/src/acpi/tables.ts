import { IsinglassError } from "@isinglass/interface";
import type { Gpa } from "@isinglass/interface";
import { StructWriter, concatBytes } from "../bytes.js";
import { DEFAULT_PIRQS, PIRQ_CHOICES } from "./config.js";
import type { AcpiConfig } from "./config.js";
import { dsdtBody } from "./dsdt.js";

const OEM_ID = "ISINGL";
const OEM_TABLE_ID = "ISINGLAS";
const CREATOR_ID = "ISGL";
const HEADER = 36;

/** A table with its standard header (ACPI 6.5, 5.2.6) around `body`, which begins after the header. */
export function acpiTable(signature: string, revision: number, body: Uint8Array): Uint8Array {
  const table = new StructWriter(HEADER + body.length);
  table.ascii(0, signature, 4).u32(4, table.bytes.length).u8(8, revision);
  table.ascii(10, OEM_ID, 6, 0x20).ascii(16, OEM_TABLE_ID, 8, 0x20).u32(24, 1);
  table.ascii(28, CREATOR_ID, 4).u32(32, 1);
  return table.put(HEADER, body).checksum(9).bytes;
}

/** Root system description pointer, revision 2 (5.2.5.3). */
export function rsdp(rsdtAt: Gpa, xsdtAt: Gpa): Uint8Array {
  const table = new StructWriter(36).ascii(0, "RSD PTR ", 8).ascii(9, OEM_ID, 6, 0x20);
  table.u8(15, 2).u32(16, rsdtAt).u32(20, 36).u64(24, xsdtAt);
  return table.checksum(8, 0, 20).checksum(32).bytes;
}

export function rsdt(tables: readonly Gpa[]): Uint8Array {
  const body = new StructWriter(tables.length * 4);
  tables.forEach((gpa, i) => body.u32(i * 4, gpa));
  return acpiTable("RSDT", 1, body.bytes);
}

export function xsdt(tables: readonly Gpa[]): Uint8Array {
  const body = new StructWriter(tables.length * 8);
  tables.forEach((gpa, i) => body.u64(i * 8, gpa));
  return acpiTable("XSDT", 1, body.bytes);
}

/** Firmware control structure (5.2.10); the guest writes the global lock in it. */
export function facs(): Uint8Array {
  return new StructWriter(64).ascii(0, "FACS", 4).u32(4, 64).u8(32, 2).bytes;
}

export function dsdt(config: AcpiConfig): Uint8Array {
  return acpiTable("DSDT", 2, concatBytes(dsdtBody(config)));
}

/** Fixed description table, revision 6.0 (5.2.9). */
export function fadt(config: AcpiConfig, facsAt: Gpa, dsdtAt: Gpa): Uint8Array {
  const pm = config.pmBase ?? 0x600;
  const gpe = config.gpe0 === undefined ? { port: 0xafe0, length: 4 } : config.gpe0;
  const smi = config.smiCommand === undefined ? { port: 0xb2, enable: 0xf1, disable: 0xf0 } : config.smiCommand;
  const reset = config.reset === undefined ? { port: 0xcf9, value: 0x06 } : config.reset;
  const isa = config.isa ?? {};
  // Offsets are those of the whole table; the body begins at 36.
  const t = new StructWriter(276);
  t.u32(36, facsAt).u32(40, dsdtAt);
  t.u16(46, config.sciInterrupt ?? 9);
  if (smi !== null) t.u32(48, smi.port).u8(52, smi.enable).u8(53, smi.disable);
  t.u32(56, pm)
    .u32(64, pm + 4)
    .u32(76, pm + 8);
  t.u8(88, 4).u8(89, 2).u8(91, 4);
  if (gpe !== null) t.u32(80, gpe.port).u8(92, gpe.length);
  t.u16(96, 0xfff).u16(98, 0xfff); // no C2, no C3 (latencies above 100 and 1000 us)
  t.u8(108, config.rtcCentury ?? 0x32);
  // IA-PC boot flags: legacy devices, 8042, VGA not present, CMOS RTC not present.
  const bootFlags =
    0x01 | ((isa.keyboard ?? true) ? 0x02 : 0) | ((config.vga ?? false) ? 0 : 0x04) | ((isa.rtc ?? true) ? 0 : 0x20);
  t.u16(109, bootFlags);
  // WBINVD works, C1 on all processors, no sleep button, RTC wake not in fixed registers, 32-bit PM timer, reset register.
  t.u32(112, 0x01 | 0x04 | 0x20 | 0x40 | ((config.pmTimer32 ?? false) ? 0x100 : 0) | (reset === null ? 0 : 0x400));
  if (reset !== null) ioAddress(t, 116, reset.port, 8).u8(128, reset.value);
  t.u64(140, dsdtAt); // X_FIRMWARE_CTRL (132) stays 0: FIRMWARE_CTRL is used, and only one may be
  ioAddress(t, 148, pm, 32);
  ioAddress(t, 172, pm + 4, 16);
  ioAddress(t, 208, pm + 8, 32);
  if (gpe !== null) ioAddress(t, 220, gpe.port, gpe.length * 8);
  t.ascii(268, "Isinglas", 8);
  return acpiTable("FACP", 6, t.bytes.subarray(HEADER));
}

/** Generic address structure (5.2.3.2) for a port: space, width, offset, access size, address. */
function ioAddress(t: StructWriter, at: number, port: number, bits: number): StructWriter {
  const accessSize = bits >= 32 ? 3 : bits === 16 ? 2 : 1;
  return t
    .u8(at, 1)
    .u8(at + 1, bits)
    .u8(at + 3, accessSize)
    .u64(at + 4, port);
}

/** Level-triggered, active high (5.2.12.5, MPS INTI flags). */
const LEVEL_HIGH = 0x0d;

/** Multiple APIC description table (5.2.12). */
export function madt(config: AcpiConfig): Uint8Array {
  const cpus = config.cpus ?? 1;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > 254) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `ACPI: ${cpus} CPUs; from 1 to 254 are right (8-bit local APIC ids)`,
      { cpus },
    );
  }
  const sci = config.sciInterrupt ?? 9;
  const ioApic = config.ioApic ?? {};
  const parts: Uint8Array[] = [
    new StructWriter(8).u32(0, config.localApic ?? 0xfee0_0000).u32(4, 1).bytes, // flags: there are 8259s too
  ];
  for (let id = 0; id < cpus; id++)
    parts.push(new StructWriter(8).u8(0, 0).u8(1, 8).u8(2, id).u8(3, id).u32(4, 1).bytes);
  parts.push(
    new StructWriter(12)
      .u8(0, 1)
      .u8(1, 12)
      .u8(2, ioApic.id ?? 0)
      .u32(4, ioApic.gpa ?? 0xfec0_0000)
      .u32(8, ioApic.gsiBase ?? 0).bytes,
  );
  const override = (irq: number, gsi: number, flags: number): Uint8Array =>
    new StructWriter(10).u8(0, 2).u8(1, 10).u8(3, irq).u32(4, gsi).u16(8, flags).bytes;
  parts.push(override(0, 2, 0)); // the 8254's output is wired to pin 2
  const routed = config.pci?.router === "piix3" ? PIRQ_CHOICES : (config.pci?.interrupts ?? DEFAULT_PIRQS);
  const pirqs = config.pci === null ? [] : routed;
  const level = new Set([sci, ...pirqs].filter((gsi) => gsi < 16));
  for (const irq of [...level].sort((a, b) => a - b)) parts.push(override(irq, irq, LEVEL_HIGH));
  parts.push(new StructWriter(6).u8(0, 4).u8(1, 6).u8(2, 0xff).u8(5, 1).bytes); // NMI: LINT1 of every processor
  return acpiTable("APIC", 5, concatBytes(parts));
}

/** HPET description table (IA-PC HPET specification 1.0a, 3.2.4). */
export function hpet(gpa: Gpa, comparators = 3): Uint8Array {
  // Block id: revision 1, comparators - 1, 64-bit counter, legacy replacement, vendor 0x8086.
  const id = (0x8086_0000 | (1 << 15) | (1 << 13) | ((comparators - 1) << 8) | 0x01) >>> 0;
  const body = new StructWriter(20).u32(0, id).u8(4, 0).u8(5, 64).u64(8, gpa).u16(17, 0x80);
  return acpiTable("HPET", 1, body.bytes);
}

/** Windows ACPI emulated devices table (Microsoft, 2009): bit 1 says that one read of the PM timer is enough. */
export function waet(): Uint8Array {
  return acpiTable("WAET", 1, new StructWriter(4).u32(0, 0x02).bytes);
}

/** PCI Express memory-mapped configuration (PCI Firmware Specification 3.3, 4.1.2). */
export function mcfg(gpa: Gpa, lastBus: number): Uint8Array {
  return acpiTable("MCFG", 1, new StructWriter(24).u64(8, gpa).u8(19, lastBus).bytes);
}
