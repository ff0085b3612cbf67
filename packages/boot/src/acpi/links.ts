import type { Aml } from "./aml.js";
import * as aml from "./aml.js";
import { PIRQ_CHOICES, pirqOf } from "./config.js";
import { interrupt, resourceTemplate } from "./resources.js";

// The interrupt router of the PIIX3 as ACPI describes routers: a link device (ACPI 6.5, 6.2.13 and PNP0C0F) for each PIRQ line, and a `_PRT` that names links in
// place of interrupts. The registers are PIRQRC[A:D] of the 82371SB datasheet, section 2.2.12: bit 7 switches the line off, bits 3-0 are the ISA interrupt.

const PIRQ_ROUTE = 0x60;
const ROUTE_OFF = 0x80;
const ROUTE_IRQ = 0x0f;
const LINES = ["A", "B", "C", "D"] as const;
const BRIDGE = "\\_SB.PCI0.ISA";
/** `_STA`: present, functioning, decoding where enabled (6.3.7). */
const PRESENT = 0x09;
const ENABLED = 0x0b;
/** Byte of the first interrupt number in an extended interrupt descriptor (6.4.3.6). */
const FIRST_INTERRUPT = 5;

/** Registers of the router, for the scope of the ISA bridge. */
export function routerRegisters(): Aml[] {
  return [
    aml.operationRegion("PIRQ", "pciConfig", PIRQ_ROUTE, 4),
    aml.field(
      "PIRQ",
      LINES.map((line) => [`PRQ${line}`, 8] as const),
    ),
  ];
}

/** The links LNKA to LNKD, and LNKS, which is the SCI: function 3 of the bridge interrupts by it and by no PIRQ line. For the scope `\_SB`. */
export function interruptLinks(sci: number): Aml[] {
  const fixed = resourceTemplate(interrupt(sci, { shared: true }));
  const links = LINES.map((line, i) => link(`LNK${line}`, i, `${BRIDGE}.PRQ${line}`));
  links.push(
    aml.device(
      "LNKS",
      aml.name("_HID", aml.eisaId("PNP0C0F")),
      aml.name("_UID", LINES.length),
      aml.name("_PRS", fixed),
      aml.name("_STA", ENABLED),
      aml.name("_CRS", fixed),
      aml.method("_DIS", 0),
      aml.method("_SRS", 1),
    ),
  );
  return links;
}

function link(name: string, uid: number, registerPath: string): Aml {
  const register = aml.path(registerPath);
  const isOff = aml.and(register, ROUTE_OFF);
  const current = aml.local(0);
  return aml.device(
    name,
    aml.name("_HID", aml.eisaId("PNP0C0F")),
    aml.name("_UID", uid),
    aml.name("_PRS", resourceTemplate(interrupt(PIRQ_CHOICES, { shared: true }))),
    aml.method("_STA", 0, aml.ifElse(isOff, [aml.returns(PRESENT)]), aml.returns(ENABLED)),
    aml.method("_DIS", 0, aml.store(aml.or(register, ROUTE_OFF), register)),
    aml.serializedMethod(
      "_CRS",
      0,
      // Of a line that is off, interrupt 0: none.
      aml.store(resourceTemplate(interrupt(0, { shared: true })), current),
      aml.createDwordField(current, FIRST_INTERRUPT, "GSI"),
      aml.ifElse(isOff, [aml.returns(current)]),
      aml.store(aml.and(register, ROUTE_IRQ), aml.path("GSI")),
      aml.returns(current),
    ),
    aml.serializedMethod(
      "_SRS",
      1,
      aml.createDwordField(aml.arg(0), FIRST_INTERRUPT, "GSI"),
      aml.store(aml.and(aml.path("GSI"), ROUTE_IRQ), register),
    ),
  );
}

/** The link of each pin of `slots` slots from slot 1 on. */
export function linkRouting(slots: number): Aml {
  const rows: Aml[] = [];
  for (let slot = 1; slot < slots; slot++) {
    for (let pin = 0; pin < 4; pin++) {
      const name = slot === 1 && pin === 0 ? "LNKS" : `LNK${LINES[pirqOf(slot, pin)]!}`;
      rows.push(aml.pkg(slot * 0x1_0000 + 0xffff, pin, aml.path(`\\_SB.${name}`), 0));
    }
  }
  return aml.name("_PRT", aml.pkg(...rows));
}
