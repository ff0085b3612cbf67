import type { Aml } from "./aml.js";
import * as aml from "./aml.js";
import { DEFAULT_PIRQS, pirqOf } from "./config.js";
import type { AcpiConfig, AcpiPci } from "./config.js";
import { interruptLinks, linkRouting, routerRegisters } from "./links.js";
import {
  busNumbers,
  interrupt,
  ioPorts,
  ioWindow,
  isaDma,
  isaInterrupt,
  memory32,
  memoryWindow,
  resourceTemplate,
} from "./resources.js";

const COM_PORTS: readonly (readonly [port: number, irq: number])[] = [
  [0x3f8, 4],
  [0x2f8, 3],
  [0x3e8, 4],
  [0x2e8, 3],
];
/** `_FDE` (9.9.1): five dwords, whether drives A to D are there, and 2: there is no tape. */
const NO_FLOPPY_DRIVES = Uint8Array.from({ length: 20 }, (_, i) => (i === 16 ? 2 : 0));
/** The slots of bus 0. */
const PCI_SLOTS = 32;
const IO_APIC = 0xfec0_0000;
/** A block of HPET registers (IA-PC HPET specification 1.0a, 2.3.1). */
const HPET_LENGTH = 0x400;

/** The AML of the DSDT, without its table header. */
export function dsdtBody(config: AcpiConfig): Aml[] {
  const pci = config.pci === undefined ? {} : config.pci;
  const isa = isaDevices(config);
  const systemBus: Aml[] = [];
  for (let cpu = 0; cpu < (config.cpus ?? 1); cpu++) {
    const digits = cpu.toString(16).toUpperCase().padStart(3, "0");
    systemBus.push(aml.device(`C${digits}`, aml.name("_HID", "ACPI0007"), aml.name("_UID", cpu)));
  }
  if (pci?.router === "piix3") systemBus.push(...interruptLinks(config.sciInterrupt ?? 9));
  if (pci !== null) systemBus.push(pciRoot(pci, isa));
  else systemBus.push(...isa);
  if (config.hpet !== undefined && config.hpet !== null) {
    const registers = resourceTemplate(memory32(config.hpet.gpa, HPET_LENGTH, false));
    systemBus.push(
      aml.device("HPET", aml.name("_HID", aml.eisaId("PNP0103")), aml.name("_UID", 0), aml.name("_CRS", registers)),
    );
  }
  config.virtioMmio?.forEach((d, i) => {
    const digits = i.toString(16).toUpperCase().padStart(3, "0");
    const resources = resourceTemplate(memory32(d.gpa, d.length), interrupt(d.gsi));
    systemBus.push(
      aml.device(
        `V${digits}`,
        aml.name("_HID", "LNRO0005"),
        aml.name("_UID", i),
        aml.name("_CCA", 1),
        aml.name("_CRS", resources),
      ),
    );
  });
  const s5 = config.s5SleepType ?? 0;
  return [
    // The interrupt model that the guest chose by \_PIC: 0 for the 8259s, 1 for the IOAPIC (ACPI 6.5, 5.8.1).
    aml.name("PICF", 0),
    aml.method("_PIC", 1, aml.store(aml.arg(0), aml.path("PICF"))),
    aml.name("_S5", aml.pkg(s5, s5, 0, 0)),
    aml.scope("_SB", ...systemBus),
  ];
}

function pciRoot(pci: AcpiPci, isa: readonly Aml[]): Aml {
  const window32 = pci.window32 ?? { gpa: 0xe000_0000, length: IO_APIC - 0xe000_0000 };
  const lastBus = pci.ecam?.lastBus ?? 0xff;
  const resources = [
    busNumbers(0, lastBus),
    ioPorts(0xcf8, 8),
    ioWindow(0x0000, 0x0cf7),
    ioWindow(0x0d00, 0xffff),
    memoryWindow(0xa_0000, 0x2_0000, true),
    memoryWindow(window32.gpa, window32.length),
  ];
  if (pci.window64 !== undefined) resources.push(memoryWindow(pci.window64.gpa, pci.window64.length));
  const identity =
    pci.ecam === undefined
      ? [aml.name("_HID", aml.eisaId("PNP0A03"))]
      : [aml.name("_HID", aml.eisaId("PNP0A08")), aml.name("_CID", aml.eisaId("PNP0A03"))];
  const content: Aml[] = [
    ...identity,
    aml.name("_UID", 0),
    aml.name("_BBN", 0),
    aml.name("_CRS", resourceTemplate(...resources)),
    ...routing(pci),
    // The ISA bridge of i440FX boards is function 0 of slot 1.
    aml.device("ISA", aml.name("_ADR", 0x0001_0000), ...(pci.router === "piix3" ? routerRegisters() : []), ...isa),
  ];
  if (pci.ecam !== undefined) {
    // A configuration window must be reserved by a motherboard device (PCI Firmware Specification 3.3, 4.1.2).
    const length = (pci.ecam.lastBus + 1) * 2 ** 20;
    content.push(
      aml.device(
        "MBRD",
        aml.name("_HID", aml.eisaId("PNP0C02")),
        aml.name("_CRS", resourceTemplate(memory32(pci.ecam.gpa, length))),
      ),
    );
  }
  return aml.device("PCI0", ...content);
}

/** `_PRT` (ACPI 6.5, 6.2.13): for each slot and pin the GSI it is wired to. A method where the two interrupt models differ. */
function routing(pci: AcpiPci): Aml[] {
  if (pci.router === "piix3") return [linkRouting(PCI_SLOTS)];
  const gsis = pci.interrupts ?? DEFAULT_PIRQS;
  const table = (lines: readonly number[]): Aml => {
    const rows: Aml[] = [];
    for (let slot = 1; slot < PCI_SLOTS; slot++) {
      for (let pin = 0; pin < 4; pin++) rows.push(aml.pkg(slot * 0x1_0000 + 0xffff, pin, 0, lines[pirqOf(slot, pin)]!));
    }
    return aml.pkg(...rows);
  };
  const pic = pci.picInterrupts;
  if (pic === undefined || pic.every((irq, i) => irq === gsis[i])) return [aml.name("_PRT", table(gsis))];
  return [
    aml.name("PRTP", table(pic)),
    aml.name("PRTA", table(gsis)),
    aml.method(
      "_PRT",
      0,
      aml.ifElse(aml.equal(aml.path("\\PICF"), 0), [aml.returns(aml.path("PRTP"))], [aml.returns(aml.path("PRTA"))]),
    ),
  ];
}

function isaDevices(config: AcpiConfig): Aml[] {
  const isa = config.isa ?? {};
  const plain = (name: string, id: string, ...resources: readonly Uint8Array[]): Aml =>
    aml.device(name, aml.name("_HID", aml.eisaId(id)), aml.name("_CRS", resourceTemplate(...resources)));
  const out: Aml[] = [];
  for (const n of isa.com ?? [1]) {
    const [port, irq] = COM_PORTS[n - 1]!;
    const resources = resourceTemplate(ioPorts(port, 8), isaInterrupt(irq));
    out.push(
      aml.device(`COM${n}`, aml.name("_HID", aml.eisaId("PNP0501")), aml.name("_UID", n), aml.name("_CRS", resources)),
    );
  }
  if (isa.rtc ?? true) out.push(plain("RTC", "PNP0B00", ioPorts(0x70, 8), isaInterrupt(8)));
  if (isa.keyboard ?? true) out.push(plain("KBD", "PNP0303", ioPorts(0x60, 1), ioPorts(0x64, 1), isaInterrupt(1)));
  if (isa.mouse ?? true) out.push(plain("MOU", "PNP0F13", isaInterrupt(12)));
  if (isa.floppy ?? false) {
    const resources = resourceTemplate(ioPorts(0x3f2, 4), ioPorts(0x3f7, 1), isaInterrupt(6), isaDma(2));
    out.push(
      aml.device(
        "FDC0",
        aml.name("_HID", aml.eisaId("PNP0700")),
        aml.name("_FDE", aml.buffer(NO_FLOPPY_DRIVES)),
        aml.name("_CRS", resources),
      ),
    );
  }
  if (isa.timers ?? true) {
    out.push(plain("PIC", "PNP0000", ioPorts(0x20, 2), ioPorts(0xa0, 2), ioPorts(0x4d0, 2), isaInterrupt(2)));
    out.push(plain("TMR", "PNP0100", ioPorts(0x40, 4), isaInterrupt(0)));
    out.push(plain("SPKR", "PNP0800", ioPorts(0x61, 1)));
  }
  return out;
}
