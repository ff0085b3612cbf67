import { IsinglassError } from "@isinglass/interface";
import type { Bus, BusMapping, MmioHandler, PortHandler, PortSize } from "@isinglass/interface";
import { readAsBytes, writeAsBytes } from "../wide.js";

// Base address registers: PCI Local Bus Specification 3.0, section 6.2.5.1.

const BAR0 = 0x10;
const FLAG_IO = 0x01;
const FLAG_64_BIT = 0x04;
const FLAG_PREFETCHABLE = 0x08;
const COMMAND_IO = 0x0001;
const COMMAND_MEMORY = 0x0002;
/**
 * Ports below belong to the devices behind the ISA bridge, some of which come and go (IDE). A BAR that a guest puts there stays silent.
 */
export const ISA_PORTS = 0x400;
const ABOVE_4_GIB = 0x1_0000_0000;

export interface PciBarOptions {
  /** 0 to 5; a `memory64` BAR also takes the next one. */
  readonly index: number;
  readonly kind: "io" | "memory" | "memory64";
  /** A power of two: 4 to 256 for `io`, 4096 and up for memory (smaller ones would share a page). */
  readonly size: number;
  readonly prefetchable?: boolean;
  /** What answers; offsets are relative to the BAR, for I/O ports too. */
  readonly handler: MmioHandler;
}

/** One range of a function: claimed on the bus while it is enabled, addressable and free. The host bridge says when, see `PciHost`. */
export class Bar {
  readonly index: number;
  readonly kind: "io" | "memory" | "memory64";
  readonly size: number;
  readonly offset: number;
  readonly is64: boolean;
  /** The read-only low bits. */
  readonly flags: number;
  /** Bits that the guest may write: the address bits that are not below the size. That is what sizing reads back. */
  readonly mask: number;
  readonly highMask: number;
  readonly #name: string;
  readonly #handler: MmioHandler;
  readonly #ports: PortWindow;
  #mapping: BusMapping | null = null;
  #address = -1;

  /** @throws ISG_PCI_BAD_BAR on an index, size or combination that cannot be */
  constructor(owner: string, options: PciBarOptions) {
    const { index, kind, size } = options;
    const least = kind === "io" ? 4 : 4096;
    const most = kind === "io" ? 256 : kind === "memory" ? 2 ** 31 : 2 ** 40;
    const powerOfTwo = Number.isInteger(Math.log2(size));
    if (index < 0 || index > (kind === "memory64" ? 4 : 5) || !powerOfTwo || size < least || size > most) {
      const message = `${owner}: BAR ${index} (${kind}) of ${size} bytes; sizes are powers of two from ${least} to ${most}, indices 0 to 5`;
      throw new IsinglassError("ISG_PCI_BAD_BAR", message, { index, size });
    }
    this.index = index;
    this.kind = kind;
    this.size = size;
    this.offset = BAR0 + 4 * index;
    this.is64 = kind === "memory64";
    this.flags =
      kind === "io" ? FLAG_IO : (this.is64 ? FLAG_64_BIT : 0) | (options.prefetchable === true ? FLAG_PREFETCHABLE : 0);
    const below = size - 1;
    this.mask = ~(below % ABOVE_4_GIB) >>> 0;
    this.highMask = ~Math.floor(below / ABOVE_4_GIB) >>> 0;
    this.#name = `${owner} bar${index}`;
    this.#handler = options.handler;
    this.#ports = new PortWindow(options.handler);
  }

  /** Where the range is now; -1 where it does not answer. */
  get address(): number {
    return this.#mapping === null ? -1 : this.#address;
  }

  /** Follows the registers: gives the range back if it moves or is switched off. {@link claim} takes the new one. */
  follow(low: number, high: number, command: number): void {
    const enabled = (command & (this.kind === "io" ? COMMAND_IO : COMMAND_MEMORY)) !== 0;
    const base = this.kind === "io" ? (low & ~3) >>> 0 : ((low & ~15) >>> 0) + high * ABOVE_4_GIB;
    // A zero is "not assigned yet" to every operating system.
    const address = enabled && base !== 0 ? base : -1;
    if (address === this.#address) return;
    this.release();
    this.#address = address;
  }

  /** Gives the range back, to whoever comes first in {@link claim}. */
  release(): void {
    this.#mapping?.remove();
    this.#mapping = null;
  }

  /** Whether the registers say that the range should answer and does not. */
  wants(forwards: (first: number, length: number) => boolean): boolean {
    const address = this.#address;
    if (address < 0 || this.#mapping !== null) return false;
    return this.kind === "io" ? address >= ISA_PORTS && address + this.size <= 0x1_0000 : forwards(address, this.size);
  }

  /** Whether both registers name some same address. */
  overlaps(other: Bar): boolean {
    if ((this.kind === "io") !== (other.kind === "io")) return false;
    return this.#address < other.#address + other.size && other.#address < this.#address + this.size;
  }

  /** Claims the range on the bus, if it is free. */
  claim(bus: Bus): void {
    const address = this.#address;
    try {
      if (this.kind === "io") {
        this.#ports.base = address;
        this.#mapping = bus.mapPorts(address, this.size, this.#ports, this.#name);
      } else {
        this.#mapping = bus.mapMmio(address, this.size, this.#handler, this.#name);
      }
    } catch {
      // The guest put the range where another device is. On a real bus both would answer; here one stays silent.
    }
  }
}

/** Ports of an I/O BAR as offsets; unaligned accesses become bytes. */
class PortWindow implements PortHandler {
  base = 0;
  readonly #handler: MmioHandler;

  constructor(handler: MmioHandler) {
    this.#handler = handler;
  }

  readPort(port: number, size: PortSize): number {
    const offset = port - this.base;
    return offset % size === 0 ? this.#handler.readMmio(offset, size) : readAsBytes(this, port, size);
  }

  writePort(port: number, size: PortSize, value: number): void {
    const offset = port - this.base;
    if (offset % size === 0) this.#handler.writeMmio(offset, size, value);
    else writeAsBytes(this, port, size, value);
  }
}
