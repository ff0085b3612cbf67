import type { DmaAttributes, DmaSpace } from "@isinglass/interface";
import { PAGE_PRIVATE, PAGE_ROM } from "./page-flags.js";
import type { PhysicalMap } from "./physical-map.js";

/** What a device's transfer may not touch: ROM is no plain RAM, and private pages are not the device's to see. */
const REFUSED: number = PAGE_ROM | PAGE_PRIVATE;

/**
 * Devices' view of memory without an IOMMU: an I/O virtual address is the guest-physical address. The address comes from the
 * guest and may be anything. Each byte of a range has to be RAM; otherwise nothing is transferred.
 */
export class Dma implements DmaSpace {
  readonly #map: PhysicalMap;
  /** Transfers refused. */
  refused: number = 0;

  constructor(map: PhysicalMap) {
    this.#map = map;
  }

  read(_requester: number, iova: number, into: Uint8Array, _attributes?: DmaAttributes): boolean {
    if (!this.#map.isMemory(iova, into.length, REFUSED)) {
      this.refused++;
      return false;
    }
    this.#map.copyOut(iova, into);
    return true;
  }

  write(_requester: number, iova: number, bytes: Uint8Array, _attributes?: DmaAttributes): boolean {
    if (!this.#map.isMemory(iova, bytes.length, REFUSED)) {
      this.refused++;
      return false;
    }
    this.#map.copyIn(iova, bytes);
    return true;
  }
}
