import type { Bus, BusMapping, Gpa, MmioHandler, MmioSize, PortHandler, PortSize } from "@isinglass/interface";
import { MmioMap } from "./mmio-map.js";
import type { MmioMapOptions } from "./mmio-map.js";
import { PortMap } from "./port-map.js";
import type { RangeDescription } from "./port-map.js";

/** Everything that answers, and how often it was asked; for `--stats` and for people. */
export interface BusDescription {
  readonly ports: readonly RangeDescription[];
  readonly mmio: readonly RangeDescription[];
  readonly unclaimed: {
    readonly portReads: number;
    readonly portWrites: number;
    readonly mmioReads: number;
    readonly mmioWrites: number;
  };
}

/**
 * The address decoder of a PC: I/O ports and memory-mapped registers. RAM is not here: whoever runs the guest asks the bus only for
 * addresses that no memory backs.
 *
 * @example
 * const bus = new SystemBus();
 * uart.mapOn(bus);
 * bus.writePort(0x3f8, 1, 0x41);
 * bus.decodePort(0x3f8)?.name; // "uart16550.0"
 */
export class SystemBus implements Bus {
  readonly #ports = new PortMap();
  readonly #mmio: MmioMap;

  constructor(options: MmioMapOptions = {}) {
    this.#mmio = new MmioMap(options);
  }

  mapPorts(first: number, count: number, handler: PortHandler, name: string): BusMapping {
    return this.#ports.map(first, count, handler, name);
  }

  mapMmio(gpa: Gpa, length: number, handler: MmioHandler, name: string): BusMapping {
    return this.#mmio.map(gpa, length, handler, name);
  }

  /** A read of the guest from I/O port `port` (0 to 0xffff). */
  readPort(port: number, size: PortSize): number {
    return this.#ports.read(port, size);
  }

  /** A write of the guest to I/O port `port` (0 to 0xffff); `value` is unsigned and `size` bytes wide. */
  writePort(port: number, size: PortSize, value: number): void {
    this.#ports.write(port, size, value);
  }

  /** A read of the guest at `gpa`. Eight bytes are two reads of four, low half first. */
  readMmio(gpa: Gpa, size: MmioSize): number {
    return this.#mmio.read(gpa, size);
  }

  /** A write of the guest at `gpa`. Eight bytes are two writes of four, low half first. */
  writeMmio(gpa: Gpa, size: MmioSize, value: number): void {
    this.#mmio.write(gpa, size, value);
  }

  /** Which range answers on `port`, or null. */
  decodePort(port: number): RangeDescription | null {
    return this.#ports.decode(port);
  }

  /** Which range answers at `gpa`, or null. */
  decodeMmio(gpa: Gpa): RangeDescription | null {
    return this.#mmio.decode(gpa);
  }

  describe(): BusDescription {
    const ports = this.#ports.unclaimed;
    const mmio = this.#mmio.unclaimed;
    return {
      ports: this.#ports.ranges(),
      mmio: this.#mmio.ranges(),
      unclaimed: { portReads: ports.reads, portWrites: ports.writes, mmioReads: mmio.reads, mmioWrites: mmio.writes },
    };
  }
}
