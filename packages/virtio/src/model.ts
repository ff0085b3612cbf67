import type { SnapshotValue } from "@isinglass/interface";
import type { DescriptorChain } from "./chain.js";

/**
 * A kind of virtio device (block, console, ...), apart from how it is attached. {@link VirtioCore} calls it; the transport in turn calls the core.
 */
export interface VirtioModel {
  /** Stable name of the kind, such as `virtio-blk`. */
  readonly name: string;
  /** Device type (chapter 5 of the specification). */
  readonly deviceType: number;
  /** PCI class code, base class first: 0x010000 for a block device. */
  readonly pciClass: number;
  /** Feature bits that this kind offers, as bit numbers. The core adds those of the ring and of the transport. */
  readonly features: readonly number[];
  /** Largest size of each queue; powers of two. */
  readonly queueSizes: readonly number[];
  /** The device-specific configuration as the driver reads it, little-endian. The model may change it, then calls {@link VirtioPort.configChanged}. */
  readonly config: Uint8Array;
  /** Called once, when the model is plugged into a core. */
  attach(port: VirtioPort): void;
  /** The driver wrote `bytes` at `offset` of the configuration. Absent: the configuration is read-only. */
  writeConfig?(offset: number, bytes: Uint8Array): void;
  /** Whether the model wants a chain of this queue now; asked before each is taken. Absent: always. */
  ready?(queue: number): boolean;
  /**
   * Does what a chain asks for, at once. Returns the number of bytes written to it, or null where the request breaks the rules of its device so that nothing
   * sensible can be answered: the device then needs a reset.
   */
  handle(queue: number, chain: DescriptorChain): number | null;
  /** The driver reset the device. */
  reset(): void;
  save(): SnapshotValue;
  /** @throws ISG_SNAPSHOT_BAD_STATE; the model is then unchanged */
  load(state: SnapshotValue): void;
}

/** What a model may ask of its core. */
export interface VirtioPort {
  /** Whether the driver accepted a feature, by bit number. */
  negotiated(feature: number): boolean;
  /** Serves a queue whose model was not ready before, such as a console that got input. */
  service(queue: number): void;
  /** Work in bytes that a chain causes beside its own bytes, such as sectors to be zeroed: it counts for what one notification may cause. */
  spend(bytes: number): void;
  /** Tells the host's log of something, such as an error of a back end. */
  emit(kind: string, data: Readonly<Record<string, string | number | boolean>>): void;
  /** The configuration changed: new generation and an interrupt. */
  configChanged(): void;
}
