import { IsinglassError } from "@isinglass/interface";
import type { MsiTarget, SnapshotValue } from "@isinglass/interface";
import type { PciFunction, PciPart } from "./function.js";

// Message-signalled interrupts: PCI Local Bus Specification 3.0, section 6.8.1.

const CAPABILITY_MSI = 0x05;
const CONTROL_ENABLE = 0x0001;
const CONTROL_64_BIT = 0x0080;
const CONTROL_MASKABLE = 0x0100;
const CONTROL_MULTIPLE_ENABLE = 0x0070;

export interface MsiOptions {
  readonly target: MsiTarget;
  /** 1, 2, 4, 8, 16 or 32; 1 by default. */
  readonly vectors?: number;
  /** Each vector has a mask and a pending bit. */
  readonly maskable?: boolean;
}

/**
 * The MSI capability of a function, with 64-bit addresses.
 *
 * @example
 * const msi = new Msi(nic, { target: interrupts });
 * if (!msi.notify(0)) nic.setInterrupt(true);
 */
export class Msi implements PciPart {
  readonly #f: PciFunction;
  readonly #target: MsiTarget;
  readonly #offset: number;
  readonly #maskable: boolean;
  readonly #vectors: number;

  /** Adds the capability to `f`. Throws ISG_PCI_BAD_MSI on a number of vectors that cannot be. */
  constructor(f: PciFunction, options: MsiOptions) {
    this.#f = f;
    this.#target = options.target;
    this.#maskable = options.maskable ?? false;
    this.#vectors = options.vectors ?? 1;
    const log = Math.log2(this.#vectors);
    if (!Number.isInteger(log) || log > 5) {
      throw new IsinglassError(
        "ISG_PCI_BAD_MSI",
        `${f.component}: ${this.#vectors} MSI vectors; 1, 2, 4, 8, 16 or 32 are possible`,
        {
          vectors: this.#vectors,
        },
      );
    }
    this.#offset = f.addCapability(CAPABILITY_MSI, this.#maskable ? 24 : 14);
    const control = CONTROL_64_BIT | (log << 1) | (this.#maskable ? CONTROL_MASKABLE : 0);
    f.define(this.#offset + 2, 2, control, CONTROL_ENABLE | CONTROL_MULTIPLE_ENABLE);
    f.define(this.#offset + 4, 4, 0, 0xffff_fffc);
    f.define(this.#offset + 8, 4, 0, 0xffff_ffff);
    f.define(this.#offset + 12, 2, 0, 0xffff);
    if (this.#maskable) f.define(this.#offset + 16, 4, 0, this.#allVectors());
    f.addPart("msi", this);
  }

  get isEnabled(): boolean {
    return (this.#f.readConfig(this.#offset + 2, 2) & CONTROL_ENABLE) !== 0;
  }

  /** Sends the message of `vector`; false where MSI is off and the pin must be used. */
  notify(vector: number): boolean {
    if (!this.isEnabled) return false;
    const granted = this.#granted();
    const v = vector % granted;
    if (this.#maskable && ((this.#f.readConfig(this.#offset + 16, 4) >>> v) & 1) !== 0) {
      this.#setPending((this.#pending() | (1 << v)) >>> 0);
      return true;
    }
    this.#send(v, granted);
    return true;
  }

  configWritten(offset: number, size: number): void {
    if (!this.#maskable || offset + size <= this.#offset || offset >= this.#offset + 24 || !this.isEnabled) return;
    const ready = this.#pending() & ~this.#f.readConfig(this.#offset + 16, 4);
    if (ready === 0) return;
    this.#setPending((this.#pending() & ~ready) >>> 0);
    const granted = this.#granted();
    for (let v = 0; v < granted; v++) if (((ready >>> v) & 1) !== 0) this.#send(v, granted);
  }

  reset(): void {}

  /** Everything is in the configuration space. */
  save(): SnapshotValue {
    return null;
  }

  load(): void {}

  /** Vectors that the guest granted; more than were asked for count as all. */
  #granted(): number {
    return Math.min(this.#vectors, 1 << ((this.#f.readConfig(this.#offset + 2, 2) & CONTROL_MULTIPLE_ENABLE) >> 4));
  }

  #allVectors(): number {
    return this.#vectors === 32 ? 0xffff_ffff : (1 << this.#vectors) - 1;
  }

  #pending(): number {
    return this.#f.readConfig(this.#offset + 20, 4);
  }

  #setPending(bits: number): void {
    this.#f.setConfig(this.#offset + 20, 4, bits);
  }

  #send(vector: number, granted: number): void {
    // A message is a memory write: without bus mastering there is none.
    if (!this.#f.isMaster) return;
    const address = this.#f.readConfig(this.#offset + 8, 4) * 0x1_0000_0000 + this.#f.readConfig(this.#offset + 4, 4);
    const data = this.#f.readConfig(this.#offset + 12, 2);
    this.#target.sendMessage(address, (data & ~(granted - 1)) | vector);
  }
}
