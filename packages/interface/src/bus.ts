import type { Gpa } from "./memory.js";

export type PortSize = 1 | 2 | 4;
export type MmioSize = 1 | 2 | 4;

/** What answers on a range of I/O ports. `port` is the absolute port number; values are unsigned and `size` bytes wide. */
export interface PortHandler {
  readPort(port: number, size: PortSize): number;
  writePort(port: number, size: PortSize, value: number): void;
}

/**
 * What answers on a range of guest-physical addresses. `offset` is relative to the start of the range. An access of eight
 * bytes arrives as two of four, low half first; an access that leaves the range or is not aligned to its size arrives as bytes.
 */
export interface MmioHandler {
  readMmio(offset: number, size: MmioSize): number;
  writeMmio(offset: number, size: MmioSize, value: number): void;
}

/** A claim on a range; `remove` gives it back. Used by PCI BARs, which move. */
export interface BusMapping {
  remove(): void;
}

/**
 * The address decoder of a machine: who answers on which port or guest-physical range. Overlaps throw `ISG_BUS_OVERLAP`.
 * A read that nobody answers returns all ones, a write is dropped, as on a PC.
 */
export interface Bus {
  mapPorts(first: number, count: number, handler: PortHandler, name: string): BusMapping;
  /** `gpa` and `length` are multiples of 4096 unless the machine says that it splits pages. */
  mapMmio(gpa: Gpa, length: number, handler: MmioHandler, name: string): BusMapping;
}

/** One interrupt wire. A device asserts and releases it; what that means (edge, level) is the controller's matter. */
export interface InterruptLine {
  setLevel(asserted: boolean): void;
}

/** Where message-signalled interrupts go (PCI MSI/MSI-X, IOAPIC): a write of `data` to `address`. */
export interface MsiTarget {
  sendMessage(address: number, data: number): void;
}
