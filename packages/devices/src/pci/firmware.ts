import { IsinglassError } from "@isinglass/interface";
import type { SystemBus } from "../bus/system-bus.js";
import { COMMAND_IO, COMMAND_MEMORY, PCI_COMMAND, PCI_INTERRUPT_LINE } from "./function.js";
import type { Bar } from "./bar.js";
import type { PciFunction } from "./function.js";
import type { PciHost } from "./host.js";
import { IDE_DECODE, IDE_TIMING } from "./piix-ide.js";

const PIRQ_ROUTE = 0x60;
const ELCR = 0x4d0;

export interface PciResources {
  /** First I/O port for BARs; 0xc000 by default. */
  readonly io?: number;
  /** Where memory BARs end, exclusive: they are placed downwards from here; 0xfec00000 (the IOAPIC) by default. */
  readonly memoryEnd?: number;
  /** ISA interrupts of PIRQ A to D; 10, 10, 11, 11 by default, as SeaBIOS has them. */
  readonly irqs?: readonly [number, number, number, number];
  /** Writes the edge/level control registers there, as firmware must for PCI interrupts. */
  readonly bus?: SystemBus;
}

/**
 * What a PC's firmware does before it boots an operating system: gives each BAR an address, switches decoding on, routes the PIRQs through the ISA
 * bridge (where there is one), lets the IDE controller's ports be decoded and notes each function's interrupt. Call it once all functions are plugged in, and after a reset.
 *
 * @throws ISG_PCI_NO_SPACE where the BARs do not fit
 */
export function assignPciResources(host: PciHost, resources: PciResources = {}): void {
  let io = resources.io ?? 0xc000;
  let memory = resources.memoryEnd ?? 0xfec0_0000;
  const irqs = resources.irqs ?? [10, 10, 11, 11];
  const bars = host.functions().flatMap(({ f }) => f.bars.map((bar) => ({ f, bar })));
  // Largest first leaves no gaps: each address is a multiple of its size.
  for (const { f, bar } of bars.sort((a, b) => b.bar.size - a.bar.size)) {
    if (bar.kind === "io") {
      place(f, bar, io);
      io += bar.size;
    } else {
      memory = Math.floor((memory - bar.size) / bar.size) * bar.size;
      place(f, bar, memory);
    }
    if (io > 0x1_0000 || memory < 0x8000_0000) {
      throw new IsinglassError(
        "ISG_PCI_NO_SPACE",
        `${f.component}: no room for BAR ${bar.index} of ${bar.size} bytes`,
        { size: bar.size },
      );
    }
  }
  for (const { device, f } of host.functions()) {
    const kinds = f.bars.map((bar) => (bar.kind === "io" ? COMMAND_IO : COMMAND_MEMORY));
    if (kinds.length > 0)
      f.writeConfig(
        PCI_COMMAND,
        2,
        kinds.reduce((all, kind) => all | kind, f.command),
      );
    if (f.interruptPin !== 0 && f.bars.length > 0)
      f.writeConfig(PCI_INTERRUPT_LINE, 1, irqs[(device + f.interruptPin - 2) & 3]!);
  }
  const ide = host.at(1, 1);
  if (ide?.readConfig(0x00, 4) === 0x7010_8086) ide.writeConfig(IDE_TIMING, 4, IDE_DECODE * 0x1_0001);
  const bridge = host.at(1, 0);
  if (bridge?.readConfig(0x00, 4) !== 0x7000_8086) return;
  irqs.forEach((irq, wire) => bridge.writeConfig(PIRQ_ROUTE + wire, 1, irq));
  const { bus } = resources;
  for (const irq of irqs) {
    const port = ELCR + (irq >> 3);
    bus?.writePort(port, 1, bus.readPort(port, 1) | (1 << (irq & 7)));
  }
}

function place(f: PciFunction, bar: Bar, address: number): void {
  f.writeConfig(bar.offset, 4, address >>> 0);
  if (bar.is64) f.writeConfig(bar.offset + 4, 4, Math.floor(address / 0x1_0000_0000));
}
