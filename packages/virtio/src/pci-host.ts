import type { MmioHandler, SnapshotValue } from "@isinglass/interface";

// What the PCI transport needs of a PCI function and its MSI-X table. `PciFunction` and `Msix` of @isinglass/devices have these shapes; so may any other.

/** A part of a function whose state is reset and saved with it. */
export interface PciFunctionPart {
  /** The guest wrote `size` bytes at `offset` of the configuration space. */
  configWritten(offset: number, size: number): void;
  /** The guest is about to read there: reads through VIRTIO_PCI_CAP_PCI_CFG (4.1.4.9), as firmware makes them that maps no BARs. */
  configReading?(offset: number, size: number): void;
  reset(): void;
  save(): SnapshotValue;
  load(state: SnapshotValue, version: number): void;
}

/** The configuration space and interrupt pin of one PCI function. */
export interface PciFunctionHost {
  /** Sets a register's value and which of its bits the guest may write. */
  define(offset: number, size: 1 | 2 | 4, value: number, writable?: number): void;
  /** Adds a capability with room for `length` bytes and returns its offset. */
  addCapability(id: number, length: number): number;
  /** Sets bytes that the device shows, whatever the guest may write there; a reset of the function takes them back. */
  setConfig(offset: number, size: 1 | 2 | 4, value: number): void;
  addPart(name: string, part: PciFunctionPart): void;
  readConfig(offset: number, size: 1 | 2 | 4): number;
  /** Asserts or releases the function's INTx pin. */
  setInterrupt(asserted: boolean): void;
  /** The guest lets the function master the bus. */
  readonly isMaster: boolean;
}

/** What the transport asks of whoever makes the function. */
export interface PciFunctionRequest {
  readonly name: string;
  readonly vendorId: number;
  readonly deviceId: number;
  readonly classCode: number;
  readonly revision: number;
  readonly subsystemVendorId: number;
  readonly subsystemId: number;
  /** 1 is INTA. */
  readonly interruptPin: number;
  readonly bars: readonly {
    readonly index: number;
    readonly kind: "memory";
    readonly size: number;
    readonly handler: MmioHandler;
  }[];
}

/** Where the transport wants the MSI-X table: alone in a BAR. */
export interface MsixRequest {
  readonly vectors: number;
  readonly bar: number;
}

/** An MSI-X capability with its table. As a handler it answers in its BAR. */
export interface MsixHost<F> extends MmioHandler {
  /** Adds the capability to the function, and the table to its state. */
  addTo(f: F): void;
  /** Sends the message of `vector` (of none for a vector that there is not); false where MSI-X is switched off and the pin must be used. */
  notify(vector: number): boolean;
}
