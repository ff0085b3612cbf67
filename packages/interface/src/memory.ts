/** Guest-physical address: an integer below 2^52, held in a `number`. */
export type Gpa = number;

/**
 * Guest-physical memory as the host's own code sees it: loaders, debuggers, snapshots. RAM and ROM only; a range that is
 * not backed throws `ISG_MEMORY_UNBACKED`. Data is copied: nobody gets a live view.
 */
export interface PhysicalMemory {
  /** Copies `into.length` bytes from guest-physical `gpa`. */
  read(gpa: Gpa, into: Uint8Array): void;
  /** Copies `bytes` to guest-physical `gpa`, also into ROM. Code that was decoded from there is dropped. */
  write(gpa: Gpa, bytes: Uint8Array): void;
  /** The backed ranges in ascending order. */
  regions(): readonly MemoryRegion[];
}

export interface MemoryRegion {
  readonly gpa: Gpa;
  /** Length in bytes, a multiple of 4096. */
  readonly length: number;
  readonly kind: "ram" | "rom";
  readonly name: string;
}

/** Attributes of a transfer by a device. */
export interface DmaAttributes {
  /** The device uses translated addresses (VIRTIO_F_ACCESS_PLATFORM, PCI ATS); an IOMMU may still refuse. */
  readonly translated?: boolean;
}

/**
 * Memory as a device sees it. An IOMMU or memory encryption may sit behind it. Both functions return false, having
 * transferred nothing, where the range is not plain RAM (a real bus would master-abort).
 *
 * `requester` is the PCI requester id (bus << 8 | device << 3 | function), 0 for platform devices.
 */
export interface DmaSpace {
  read(requester: number, iova: number, into: Uint8Array, attributes?: DmaAttributes): boolean;
  write(requester: number, iova: number, bytes: Uint8Array, attributes?: DmaAttributes): boolean;
}
