import { IsinglassError } from "@isinglass/interface";
import type { BusMapping, PortHandler, PortSize } from "@isinglass/interface";

const PORTS = 0x1_0000;

/** A claimed range and how often the guest used it. */
export interface RangeDescription {
  readonly name: string;
  /** First port or guest-physical address. */
  readonly first: number;
  readonly length: number;
  /** Accesses since the range was claimed; one of several bytes counts once. */
  readonly reads: number;
  readonly writes: number;
}

interface Range {
  readonly name: string;
  readonly first: number;
  readonly length: number;
  readonly handler: PortHandler;
}

const UNCLAIMED: PortHandler = {
  readPort(_port: number, size: PortSize): number {
    return size === 1 ? 0xff : size === 2 ? 0xffff : 0xffff_ffff;
  },
  writePort(): void {},
};

/**
 * Who answers on which I/O port: one table look-up for an access. An access that crosses the end of a range is split into bytes,
 * each for its own range. Ports wrap at 0x10000, as the processor's 16-bit address does.
 */
export class PortMap {
  /** For each port the slot of its range; slot 0 is nobody. */
  readonly #slots = new Uint16Array(PORTS);
  readonly #ranges: (Range | undefined)[] = [{ name: "unclaimed", first: 0, length: 0, handler: UNCLAIMED }];
  /** Two counters a slot: reads, writes. */
  #counts = new Float64Array(64);

  /**
   * Claims `count` ports from `first`.
   *
   * @throws ISG_BUS_BAD_RANGE where the range is empty or leaves the 65,536 ports, ISG_BUS_OVERLAP where a port is taken
   */
  map(first: number, count: number, handler: PortHandler, name: string): BusMapping {
    const answers = handler as Partial<PortHandler> | undefined;
    if (typeof answers?.readPort !== "function" || typeof answers.writePort !== "function")
      throw new IsinglassError(
        "ISG_BUS_BAD_HANDLER",
        `${name}: a handler without readPort() and writePort(); an object with both is right`,
        { name },
      );
    if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 1 || first + count > PORTS) {
      throw new IsinglassError(
        "ISG_BUS_BAD_RANGE",
        `${name}: ${count} ports from ${hex(first)}; ports are 0 to 0xffff`,
        { name, first, count },
      );
    }
    for (let port = first; port < first + count; port++) {
      const taken = this.#slots[port]!;
      if (taken !== 0) {
        const by = this.#ranges[taken]!.name;
        throw new IsinglassError(
          "ISG_BUS_OVERLAP",
          `${name}: port ${hex(port)} belongs to ${by}; choose a free range`,
          { name, port, by },
        );
      }
    }
    const slot = this.#freeSlot();
    this.#ranges[slot] = { name, first, length: count, handler };
    this.#counts[2 * slot] = 0;
    this.#counts[2 * slot + 1] = 0;
    this.#slots.fill(slot, first, first + count);
    let mapped = true;
    return {
      remove: (): void => {
        if (!mapped) return;
        mapped = false;
        this.#ranges[slot] = undefined;
        this.#slots.fill(0, first, first + count);
      },
    };
  }

  /** A read of 1, 2 or 4 bytes; all ones where nobody answers. */
  read(port: number, size: PortSize): number {
    const slot = this.#slots[port]!;
    if (size !== 1 && (port + size > PORTS || this.#slots[port + size - 1] !== slot))
      return this.#readSplit(port, size);
    this.#counts[2 * slot]!++;
    return this.#ranges[slot]!.handler.readPort(port, size);
  }

  /** A write of 1, 2 or 4 bytes; dropped where nobody answers. */
  write(port: number, size: PortSize, value: number): void {
    const slot = this.#slots[port]!;
    if (size !== 1 && (port + size > PORTS || this.#slots[port + size - 1] !== slot))
      return this.#writeSplit(port, size, value);
    this.#counts[2 * slot + 1]!++;
    this.#ranges[slot]!.handler.writePort(port, size, value);
  }

  /** The range that answers on `port`, or null. */
  decode(port: number): RangeDescription | null {
    const slot = this.#slots[port & 0xffff]!;
    return slot === 0 ? null : this.#describe(slot);
  }

  /** All claimed ranges in order of their ports. */
  ranges(): RangeDescription[] {
    const list: RangeDescription[] = [];
    for (let slot = 1; slot < this.#ranges.length; slot++)
      if (this.#ranges[slot] !== undefined) list.push(this.#describe(slot));
    return list.sort((a, b) => a.first - b.first);
  }

  /** Accesses that nobody answered. */
  get unclaimed(): { readonly reads: number; readonly writes: number } {
    return { reads: this.#counts[0]!, writes: this.#counts[1]! };
  }

  #describe(slot: number): RangeDescription {
    const { name, first, length } = this.#ranges[slot]!;
    return { name, first, length, reads: this.#counts[2 * slot]!, writes: this.#counts[2 * slot + 1]! };
  }

  #freeSlot(): number {
    let slot = 1;
    while (this.#ranges[slot] !== undefined) slot++;
    if (2 * slot + 2 > this.#counts.length) {
      const larger = new Float64Array(2 * this.#counts.length);
      larger.set(this.#counts);
      this.#counts = larger;
    }
    return slot;
  }

  #readSplit(port: number, size: PortSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.read((port + i) & 0xffff, 1) << (8 * i);
    return value >>> 0;
  }

  #writeSplit(port: number, size: PortSize, value: number): void {
    for (let i = 0; i < size; i++) this.write((port + i) & 0xffff, 1, (value >>> (8 * i)) & 0xff);
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
