import type { InterruptBus, PciFunction, PciHost } from "@isinglass/devices";
import type { VirtualClock, VirtualMachine } from "@isinglass/hypervisor";
import type { Bus, BusMapping, Device, DmaSpace, EventSink, InterruptLine } from "@isinglass/interface";
import type { PhysicalMap } from "@isinglass/mmu";

/** What a plugin may use of the board that it is put on. */
export interface Board {
  readonly bus: Bus;
  readonly clock: VirtualClock;
  readonly memory: PhysicalMap;
  readonly dma: DmaSpace;
  readonly vm: VirtualMachine;
  readonly pci: PciHost;
  /** Where MSI messages go. */
  readonly interrupts: InterruptBus;
  readonly events: EventSink;
  /** The wire of an ISA interrupt, 0 to 15, at PIC and IOAPIC. */
  irq(n: number): InterruptLine;
  /** Makes a device part of the machine: it is mapped, reset, saved and restored with it. */
  addDevice<D extends Device & { mapOn?(bus: Bus): readonly BusMapping[] }>(device: D): D;
  /** The next free PCI device number; its requester id is the number << 3. */
  nextPciSlot(): number;
  /** Plugs a function into a slot. BARs get their addresses when the machine is built. */
  addPciFunction(slot: number, f: PciFunction): void;
}

/**
 * A part of a machine. What `install` returns is added to the machine object, with its type: a plugin that returns `{ console }` gives
 * `machine.console`.
 */
export interface MachinePlugin<Added extends object = object> {
  readonly name: string;
  install(board: Board): Added;
}
