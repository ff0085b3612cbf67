import type { DmaAttributes, DmaSpace } from "@isinglass/interface";

/** Guest memory as one virtio device sees it: a {@link DmaSpace} with the device's requester id and a gate. */
export class QueueMemory {
  readonly #space: DmaSpace;
  readonly #requester: number;
  readonly #attributes: DmaAttributes;
  readonly #isMaster: () => boolean;

  /**
   * @param requester PCI requester id, 0 for platform devices
   * @param isMaster whether the device may master the bus now; where not, transfers fail
   */
  constructor(
    space: DmaSpace,
    requester: number,
    attributes: DmaAttributes = {},
    isMaster: () => boolean = (): boolean => true,
  ) {
    this.#space = space;
    this.#requester = requester;
    this.#attributes = attributes;
    this.#isMaster = isMaster;
  }

  /** False, having transferred nothing, where the range is not plain RAM or lies beyond 2^53. */
  read(iova: number, into: Uint8Array): boolean {
    return (
      Number.isSafeInteger(iova + into.length) &&
      this.#isMaster() &&
      this.#space.read(this.#requester, iova, into, this.#attributes)
    );
  }

  write(iova: number, bytes: Uint8Array): boolean {
    return (
      Number.isSafeInteger(iova + bytes.length) &&
      this.#isMaster() &&
      this.#space.write(this.#requester, iova, bytes, this.#attributes)
    );
  }
}
