import { type BusMapping, IsinglassError, type MmioHandler, type MmioSize } from "@isinglass/interface";

interface MmioRange {
  readonly start: number;
  /** One past the last address. */
  readonly end: number;
  readonly handler: MmioHandler;
  readonly name: string;
}

/**
 * The device ranges of a guest-physical address space, to the byte: several may share a page. Kept in ascending order and
 * found by bisection, because a device's range may span gigabytes and moves when the guest moves a PCI BAR.
 */
export class MmioMap {
  /** Reads and writes that no handler claimed. */
  unclaimedReads: number = 0;
  unclaimedWrites: number = 0;
  #ranges: MmioRange[] = [];
  /** Guests poll: the range of the last access is tried first. */
  #last: MmioRange | null = null;

  /**
   * @throws IsinglassError `ISG_BUS_OVERLAP` if a range already has an address in it
   */
  add(start: number, length: number, handler: MmioHandler, name: string): BusMapping {
    const end = start + length;
    const at = this.#indexAfter(start);
    const other = this.overlapping(start, length);
    if (other !== null) {
      throw new IsinglassError(
        "ISG_BUS_OVERLAP",
        `memory map: ${name} at ${hex(start)}..${hex(end - 1)} overlaps ${other}; remove that range first`,
        { gpa: start, length, name, other },
      );
    }
    const range: MmioRange = { start, end, handler, name };
    this.#ranges.splice(at, 0, range);
    return {
      remove: (): void => {
        const index = this.#ranges.indexOf(range);
        if (index >= 0) this.#ranges.splice(index, 1);
        if (this.#last === range) this.#last = null;
      },
    };
  }

  /** Name of a range with an address in `start`..`start + length - 1`, or null. */
  overlapping(start: number, length: number): string | null {
    const at = this.#indexAfter(start);
    const before = this.#ranges[at - 1];
    if (before !== undefined && before.end > start) return before.name;
    const after = this.#ranges[at];
    return after !== undefined && after.start < start + length ? after.name : null;
  }

  /** An access that leaves its range or is not aligned in it arrives as bytes. Unclaimed bytes read as FF. */
  read(gpa: number, size: MmioSize): number {
    const range = this.#find(gpa);
    if (range !== null) {
      const offset = gpa - range.start;
      if ((offset & (size - 1)) === 0 && gpa + size <= range.end) {
        const value = range.handler.readMmio(offset, size);
        return size === 4 ? value >>> 0 : size === 2 ? value & 0xffff : value & 0xff;
      }
    } else if (this.overlapping(gpa, size) === null) {
      this.unclaimedReads++;
      return size === 4 ? 0xffffffff : size === 2 ? 0xffff : 0xff;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.read(gpa + i, 1) << (8 * i);
    return value >>> 0;
  }

  write(gpa: number, size: MmioSize, value: number): void {
    const range = this.#find(gpa);
    if (range !== null) {
      const offset = gpa - range.start;
      if ((offset & (size - 1)) === 0 && gpa + size <= range.end) {
        range.handler.writeMmio(offset, size, size === 4 ? value >>> 0 : size === 2 ? value & 0xffff : value & 0xff);
        return;
      }
    } else if (this.overlapping(gpa, size) === null) {
      this.unclaimedWrites++;
      return;
    }
    for (let i = 0; i < size; i++) this.write(gpa + i, 1, (value >>> (8 * i)) & 0xff);
  }

  #find(gpa: number): MmioRange | null {
    const last = this.#last;
    if (last !== null && gpa >= last.start && gpa < last.end) return last;
    const range = this.#ranges[this.#indexAfter(gpa) - 1];
    if (range === undefined || gpa >= range.end) return null;
    this.#last = range;
    return range;
  }

  /** Index of the first range that starts above `gpa`. */
  #indexAfter(gpa: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]!.start <= gpa) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
