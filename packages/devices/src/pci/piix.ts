import { IsinglassError } from "@isinglass/interface";
import type { Bus, InterruptLine, SnapshotValue } from "@isinglass/interface";
import type { AcpiPm } from "../acpi-pm.js";
import { SharedLine } from "../line.js";
import { bytes, loadFields, saveFields, words } from "../state.js";
import type { Shape } from "../state.js";
import {
  COMMAND_IO,
  COMMAND_MASTER,
  COMMAND_MEMORY,
  PCI_COMMAND,
  PCI_INTERRUPT_LINE,
  PCI_STATUS,
  PciFunction,
} from "./function.js";
import type { PciHost } from "./host.js";
import { createIde } from "./piix-ide.js";

// The chips that a PC of 1996 had, and QEMU's `pc` has: 82441FX (440FX) host bridge, 82371SB (PIIX3) ISA bridge, and the power
// management function of the 82371AB (PIIX4). Register numbers are those of Intel's datasheets 290549, 290550 and 290562.

const INTEL = 0x8086;
const QEMU_SUBSYSTEM_VENDOR = 0x1af4;
const QEMU_SUBSYSTEM = 0x1100;

/** PIIX3, section 2.2.12: PIRQ route control; bit 7 switches the pin off, bits 3-0 are the ISA interrupt. */
const PIRQ_ROUTE = 0x60;
const PIRQ_OFF = 0x80;
/** ISA interrupts that a PIRQ can be routed to: 3-7, 9-12, 14, 15. */
const PIRQ_TARGETS = 0xdef8;

/** PIIX4, section 7.1: base address and enable of the power management I/O space, and of the SMBus. */
const PM_BASE = 0x40;
const PM_MISC = 0x80;
const PM_IO_ENABLE = 0x01;
const SMBUS_BASE = 0x90;
const SMBUS_CONFIG = 0xd2;

interface RouterState {
  counts: Uint32Array;
  routes: Uint8Array;
}

const ROUTER_SHAPE: Shape<RouterState> = { counts: words(4), routes: bytes(4) };

/**
 * The four PCI interrupt wires of a board and where the ISA bridge sends them. Device d's INTA arrives at wire (d - 1) mod 4, its other pins
 * follow; wires routed to one ISA interrupt are or-ed.
 */
export class PirqRouter {
  readonly #lines: readonly (SharedLine | null)[];
  readonly #inputs: readonly (readonly InterruptLine[])[];
  /** Functions that assert each wire. */
  readonly #counts = new Uint32Array(4);
  readonly #routes = new Uint8Array(4).fill(PIRQ_OFF);

  /** @param line gives the wire of an ISA interrupt, to PIC and IOAPIC alike; asked once for each that a PIRQ may use */
  constructor(line: (irq: number) => InterruptLine) {
    this.#lines = Array.from({ length: 16 }, (_, irq) =>
      ((PIRQ_TARGETS >> irq) & 1) !== 0 ? new SharedLine(line(irq)) : null,
    );
    this.#inputs = this.#lines.map((shared) => (shared === null ? [] : [0, 1, 2, 3].map(() => shared.input())));
  }

  /** Pin 1 to 4 (INTA to INTD) of a device changes. */
  setPin(device: number, pin: number, asserted: boolean): void {
    const wire = (device + pin - 2) & 3;
    this.#counts[wire]! += asserted ? 1 : -1;
    this.#drive(wire);
  }

  /** A route control register changes. */
  setRoute(wire: number, value: number): void {
    const before = this.#routes[wire]!;
    if (before === value) return;
    this.#input(before, wire)?.setLevel(false);
    this.#routes[wire] = value;
    this.#drive(wire);
  }

  save(): SnapshotValue {
    return saveFields<RouterState>({ counts: this.#counts, routes: this.#routes });
  }

  /** Takes wires and routes as a restored machine has them, without driving anything. */
  load(state: SnapshotValue, version: number): void {
    const { counts, routes } = loadFields<RouterState>({ component: "pirq", version: 1 }, ROUTER_SHAPE, state, version);
    this.#counts.set(counts);
    this.#routes.set(routes);
    for (let irq = 0; irq < 16; irq++) {
      let levels = 0;
      for (let wire = 0; wire < 4; wire++) if (routes[wire] === irq && counts[wire]! > 0) levels |= 1 << wire;
      this.#lines[irq]?.restore(levels);
    }
  }

  #drive(wire: number): void {
    this.#input(this.#routes[wire]!, wire)?.setLevel(this.#counts[wire]! > 0);
  }

  #input(route: number, wire: number): InterruptLine | undefined {
    return (route & PIRQ_OFF) !== 0 ? undefined : this.#inputs[route & 0x0f]![wire];
  }
}

/** 82441FX: 8086:1237, device 0. Its registers are storage: RAM and ROM are laid out by the machine, not through PAM. */
export function createHostBridge(): PciFunction {
  const f = new PciFunction({
    name: "i440fx",
    vendorId: INTEL,
    deviceId: 0x1237,
    revision: 2,
    classCode: 0x06_0000,
    subsystemVendorId: QEMU_SUBSYSTEM_VENDOR,
    subsystemId: QEMU_SUBSYSTEM,
  });
  f.define(PCI_COMMAND, 2, COMMAND_MEMORY | COMMAND_IO, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER);
  for (let offset = 0x50; offset < 0xa0; offset += 4) f.define(offset, 4, 0, 0xffff_ffff);
  // SMRAM control: SMM space at 0xa0000, closed.
  f.define(0x72, 1, 0x02, 0xff);
  return f;
}

/** 82371SB: 8086:7000, device 1 function 0: the ISA bridge, whose PIRQ registers route the interrupts of `router`. */
export function createIsaBridge(router: PirqRouter): PciFunction {
  const f = new PciFunction({
    name: "piix3",
    vendorId: INTEL,
    deviceId: 0x7000,
    classCode: 0x06_0100,
    subsystemVendorId: QEMU_SUBSYSTEM_VENDOR,
    subsystemId: QEMU_SUBSYSTEM,
    multiFunction: true,
  });
  const followRoutes = (): void => {
    for (let wire = 0; wire < 4; wire++) router.setRoute(wire, f.readConfig(PIRQ_ROUTE + wire, 1));
  };
  f.addPart("pirq", {
    configWritten: (offset, size): void => {
      if (offset < PIRQ_ROUTE + 4 && offset + size > PIRQ_ROUTE) followRoutes();
    },
    reset: followRoutes,
    save: (): SnapshotValue => router.save(),
    load: (state, version): void => router.load(state, version),
  });
  f.define(PCI_COMMAND, 2, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER, 0x0008);
  // DEVSEL# timing "medium".
  f.define(PCI_STATUS + 1, 1, 0x02);
  f.define(0x4c, 1, 0x4d, 0xff);
  f.define(0x4e, 2, 0x0003, 0xffff);
  f.define(PIRQ_ROUTE, 4, 0x8080_8080, 0x8f8f_8f8f);
  f.define(0x69, 1, 0x02, 0xff);
  return f;
}

/** 82371AB power management: 8086:7113, device 1 function 3. Moves `pm` when the guest writes PMBASE. */
export function createPowerManagement(pm: AcpiPm): PciFunction {
  const f: PciFunction = new PciFunction({
    name: "piix4-pm",
    vendorId: INTEL,
    deviceId: 0x7113,
    revision: 3,
    classCode: 0x06_8000,
    subsystemVendorId: QEMU_SUBSYSTEM_VENDOR,
    subsystemId: QEMU_SUBSYSTEM,
    interruptPin: 1,
    onConfigWrite: (offset): void => {
      if (offset < PM_BASE || (offset >= PM_BASE + 4 && offset !== PM_MISC)) return;
      const enabled = (f.readConfig(PM_MISC, 1) & PM_IO_ENABLE) !== 0;
      pm.moveTo(enabled ? f.readConfig(PM_BASE, 4) & 0xffc0 : -1);
    },
  });
  f.define(PCI_COMMAND, 2, COMMAND_IO, COMMAND_IO);
  f.define(PCI_STATUS, 2, 0x0280);
  f.define(PCI_INTERRUPT_LINE, 1, 9, 0xff);
  // As firmware leaves them: both spaces on, at QEMU's addresses.
  f.define(PM_BASE, 4, pm.base | 1, 0xffc0);
  f.define(PM_MISC, 1, PM_IO_ENABLE, 0xff);
  f.define(SMBUS_BASE, 4, 0x0701, 0xfff0);
  f.define(SMBUS_CONFIG, 1, 0x09, 0x0f);
  return f;
}

export interface PiixOptions {
  readonly host: PciHost;
  readonly router: PirqRouter;
  readonly pm: AcpiPm;
  /** For the IDE controller's ports; without it there is none. */
  readonly bus?: Bus;
}

/** Plugs the functions in where QEMU's `pc` has them: 0.0, 1.0, 1.1 (IDE) and 1.3. */
export function addPiixChipset({ host, router, pm, bus }: PiixOptions): void {
  if (pm.base < 0)
    throw new IsinglassError("ISG_PCI_PM_OFF", "piix4-pm: the PM block is switched off; give it a base", {
      base: pm.base,
    });
  pm.around = (change) => host.rearrange(change);
  host.add(0, 0, createHostBridge());
  host.add(1, 0, createIsaBridge(router));
  if (bus !== undefined) host.add(1, 1, createIde(bus));
  host.add(1, 3, createPowerManagement(pm));
}
