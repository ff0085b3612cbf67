import { IsinglassError } from "@isinglass/interface";
import type { BusMapping, Gpa, MmioHandler, MmioSize } from "@isinglass/interface";
import type { RangeDescription } from "./port-map.js";

const PAGE = 4096;
const LIMIT = 2 ** 52;

interface Range {
  readonly name: string;
  readonly first: Gpa;
  readonly end: Gpa;
  readonly handler: MmioHandler;
  reads: number;
  writes: number;
}

export interface MmioMapOptions {
  /** Accept ranges that do not begin and end on a page. */
  readonly splitPages?: boolean;
}

/**
 * Who answers on which guest-physical addresses. Ranges are kept in ascending order; an access tries the range of the one before and
 * then searches by bisection.
 */
export class MmioMap {
  readonly #splitPages: boolean;
  #ranges: Range[] = [];
  #last: Range | null = null;
  #unclaimedReads = 0;
  #unclaimedWrites = 0;

  constructor(options: MmioMapOptions = {}) {
    this.#splitPages = options.splitPages ?? false;
  }

  /**
   * Claims `length` bytes from `gpa`.
   *
   * @throws ISG_BUS_BAD_RANGE where the range is empty, too high or not of whole pages, ISG_BUS_OVERLAP where it is taken
   */
  map(gpa: Gpa, length: number, handler: MmioHandler, name: string): BusMapping {
    const answers = handler as Partial<MmioHandler> | undefined;
    if (typeof answers?.readMmio !== "function" || typeof answers.writeMmio !== "function")
      throw new IsinglassError(
        "ISG_BUS_BAD_HANDLER",
        `${name}: a handler without readMmio() and writeMmio(); an object with both is right`,
        { name },
      );
    const whole = this.#splitPages || (gpa % PAGE === 0 && length % PAGE === 0);
    if (
      !Number.isInteger(gpa) ||
      !Number.isInteger(length) ||
      gpa < 0 ||
      length < 1 ||
      gpa + length > LIMIT ||
      !whole
    ) {
      const message = `${name}: ${hex(length)} bytes at ${hex(gpa)}; a range is whole pages of 4096 bytes below 2^52`;
      throw new IsinglassError("ISG_BUS_BAD_RANGE", message, { name, gpa, length });
    }
    const at = this.#firstEndingAfter(gpa);
    const next = this.#ranges[at];
    if (next !== undefined && next.first < gpa + length) {
      const message = `${name}: ${hex(length)} bytes at ${hex(gpa)} overlap ${next.name} at ${hex(next.first)}; choose a free range`;
      throw new IsinglassError("ISG_BUS_OVERLAP", message, { name, gpa, by: next.name });
    }
    const range: Range = { name, first: gpa, end: gpa + length, handler, reads: 0, writes: 0 };
    this.#ranges.splice(at, 0, range);
    return {
      remove: (): void => {
        const index = this.#ranges.indexOf(range);
        if (index >= 0) this.#ranges.splice(index, 1);
        if (this.#last === range) this.#last = null;
      },
    };
  }

  /** A read of 1, 2 or 4 bytes; all ones where nobody answers. */
  read(gpa: Gpa, size: MmioSize): number {
    const range = this.#find(gpa);
    if (size !== 1 && this.#splits(range, gpa, size)) return this.#readSplit(gpa, size);
    if (range === null) {
      this.#unclaimedReads++;
      return size === 1 ? 0xff : size === 2 ? 0xffff : 0xffff_ffff;
    }
    range.reads++;
    return cut(range.handler.readMmio(gpa - range.first, size), size);
  }

  /** A write of 1, 2 or 4 bytes; dropped where nobody answers. */
  write(gpa: Gpa, size: MmioSize, value: number): void {
    const range = this.#find(gpa);
    if (size !== 1 && this.#splits(range, gpa, size)) return this.#writeSplit(gpa, size, value);
    if (range === null) {
      this.#unclaimedWrites++;
      return;
    }
    range.writes++;
    range.handler.writeMmio(gpa - range.first, size, cut(value, size));
  }

  /** The range that answers at `gpa`, or null. */
  decode(gpa: Gpa): RangeDescription | null {
    const range = this.#find(gpa);
    return range === null ? null : describe(range);
  }

  /** All claimed ranges in ascending order. */
  ranges(): RangeDescription[] {
    return this.#ranges.map(describe);
  }

  /** Accesses that nobody answered. */
  get unclaimed(): { readonly reads: number; readonly writes: number } {
    return { reads: this.#unclaimedReads, writes: this.#unclaimedWrites };
  }

  #find(gpa: Gpa): Range | null {
    const last = this.#last;
    if (last !== null && gpa >= last.first && gpa < last.end) return last;
    const range = this.#ranges[this.#firstEndingAfter(gpa)];
    if (range === undefined || gpa < range.first) return null;
    this.#last = range;
    return range;
  }

  #firstEndingAfter(gpa: Gpa): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]!.end <= gpa) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Not aligned in its range, over the end of it, or before the beginning of another. */
  #splits(range: Range | null, gpa: Gpa, size: MmioSize): boolean {
    if (range !== null) return (gpa - range.first) % size !== 0 || gpa + size > range.end;
    const next = this.#ranges[this.#firstEndingAfter(gpa)];
    return next !== undefined && next.first < gpa + size;
  }

  #readSplit(gpa: Gpa, size: MmioSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.read(gpa + i, 1) << (8 * i);
    return value >>> 0;
  }

  #writeSplit(gpa: Gpa, size: MmioSize, value: number): void {
    for (let i = 0; i < size; i++) this.write(gpa + i, 1, (value >>> (8 * i)) & 0xff);
  }
}

function describe({ name, first, end, reads, writes }: Range): RangeDescription {
  return { name, first, length: end - first, reads, writes };
}

/** The unsigned number of so many bytes: other people's handlers may be careless. */
function cut(value: number, size: MmioSize): number {
  return size === 4 ? value >>> 0 : size === 2 ? value & 0xffff : value & 0xff;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
