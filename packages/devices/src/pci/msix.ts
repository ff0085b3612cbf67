import { IsinglassError } from "@isinglass/interface";
import type { MmioHandler, MmioSize, MsiTarget, SnapshotValue } from "@isinglass/interface";
import { assignFields, loadFields, saveFields, words } from "../state.js";
import type { Shape } from "../state.js";
import type { PciFunction, PciPart } from "./function.js";

// MSI-X: PCI Local Bus Specification 3.0, section 6.8.2.

const CAPABILITY_MSIX = 0x11;
const CONTROL_ENABLE = 0x8000;
const CONTROL_FUNCTION_MASK = 0x4000;
/** A table entry is address low, address high, data, vector control. */
const ENTRY_BYTES = 16;
const VECTOR_MASKED = 1;

interface State {
  table: Uint32Array;
  pending: Uint32Array;
}

export interface MsixOptions {
  readonly target: MsiTarget;
  /** 1 to 128 with the default places of table and PBA. */
  readonly vectors: number;
  /** The BAR in which the table and the pending bits are. */
  readonly bar: number;
  /** Their offsets there; 0 and 0x800 by default, as QEMU's virtio devices have them. */
  readonly tableOffset?: number;
  readonly pbaOffset?: number;
}

/**
 * The MSI-X capability of a function with its table and pending bits. It is the handler of the BAR that holds them (or of a part of it, with the
 * same offsets).
 *
 * @example
 * const msix = new Msix({ target: interrupts, vectors: 3, bar: 1 });
 * const f = new PciFunction({ ..., bars: [{ index: 1, kind: "memory", size: 4096, handler: msix }] });
 * msix.addTo(f);
 * if (!msix.notify(2)) f.setInterrupt(true);
 */
export class Msix implements MmioHandler, PciPart {
  readonly #options: MsixOptions;
  readonly #tableOffset: number;
  readonly #pbaOffset: number;
  readonly #state: State;
  readonly #shape: Shape<State>;
  #f: PciFunction | null = null;
  #capability = 0;

  /** @throws ISG_PCI_BAD_MSI where table and pending bits overlap or the number of vectors is not 1 to 2048 */
  constructor(options: MsixOptions) {
    const { vectors } = options;
    this.#options = options;
    this.#tableOffset = options.tableOffset ?? 0;
    this.#pbaOffset = options.pbaOffset ?? 0x800;
    const pbaWords = 2 * Math.ceil(vectors / 64);
    const overlap =
      this.#tableOffset < this.#pbaOffset + 4 * pbaWords && this.#pbaOffset < this.#tableOffset + ENTRY_BYTES * vectors;
    if (!Number.isInteger(vectors) || vectors < 1 || vectors > 2048 || overlap) {
      const message = `MSI-X: ${vectors} vectors with table at ${this.#tableOffset} and pending bits at ${this.#pbaOffset}; 1 to 2048, not overlapping`;
      throw new IsinglassError("ISG_PCI_BAD_MSI", message, { vectors });
    }
    this.#state = { table: new Uint32Array(4 * vectors), pending: new Uint32Array(pbaWords) };
    this.#shape = { table: words(4 * vectors), pending: words(pbaWords) };
    this.reset();
  }

  /** Adds the capability to `f`. */
  addTo(f: PciFunction): void {
    this.#f = f;
    this.#capability = f.addCapability(CAPABILITY_MSIX, 12);
    f.define(this.#capability + 2, 2, this.#options.vectors - 1, CONTROL_ENABLE | CONTROL_FUNCTION_MASK);
    f.define(this.#capability + 4, 4, this.#tableOffset | this.#options.bar);
    f.define(this.#capability + 8, 4, this.#pbaOffset | this.#options.bar);
    f.addPart("msix", this);
  }

  get isEnabled(): boolean {
    return (this.#control() & CONTROL_ENABLE) !== 0;
  }

  /** Sends the message of `vector`, or notes it down while it is masked; false where MSI-X is off and the pin must be used. */
  notify(vector: number): boolean {
    const control = this.#control();
    if ((control & CONTROL_ENABLE) === 0) return false;
    if (vector < 0 || vector >= this.#options.vectors) return true;
    const masked =
      (control & CONTROL_FUNCTION_MASK) !== 0 || (this.#state.table[4 * vector + 3]! & VECTOR_MASKED) !== 0;
    if (masked) this.#state.pending[vector >> 5]! |= 1 << (vector & 31);
    else this.#send(vector);
    return true;
  }

  readMmio(offset: number, size: MmioSize): number {
    const value = this.#word(offset & ~3);
    return size === 4 ? value : (value >>> (8 * (offset & 3))) & (size === 1 ? 0xff : 0xffff);
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    const { table } = this.#state;
    const index = (offset - this.#tableOffset) >> 2;
    // Software writes dwords only (6.8.2, "Table and PBA access"); pending bits are read-only.
    if (size !== 4 || index < 0 || index >= table.length) return;
    table[index] = (index & 3) === 3 ? value & VECTOR_MASKED : value;
    if ((index & 3) === 3) this.#flush(index >> 2);
  }

  configWritten(offset: number, size: number): void {
    if (offset + size <= this.#capability + 2 || offset >= this.#capability + 4) return;
    for (let v = 0; v < this.#options.vectors; v++) this.#flush(v);
  }

  reset(): void {
    const { table, pending } = this.#state;
    table.fill(0);
    pending.fill(0);
    for (let v = 0; v < this.#options.vectors; v++) table[4 * v + 3] = VECTOR_MASKED;
  }

  save(): SnapshotValue {
    return saveFields(this.#state);
  }

  load(state: SnapshotValue, version: number): void {
    const owner = { component: `${this.#f?.component ?? "pci"} msix`, version: 1 };
    assignFields(this.#state, loadFields(owner, this.#shape, state, version));
  }

  #control(): number {
    return this.#f === null ? 0 : this.#f.readConfig(this.#capability + 2, 2);
  }

  #word(offset: number): number {
    const { table, pending } = this.#state;
    const entry = (offset - this.#tableOffset) >> 2;
    if (entry >= 0 && entry < table.length) return table[entry]!;
    const word = (offset - this.#pbaOffset) >> 2;
    return word >= 0 && word < pending.length ? pending[word]! : 0;
  }

  /** Sends a pending message whose masks are gone. */
  #flush(vector: number): void {
    const { table, pending } = this.#state;
    const bit = 1 << (vector & 31);
    if ((pending[vector >> 5]! & bit) === 0 || (table[4 * vector + 3]! & VECTOR_MASKED) !== 0) return;
    if ((this.#control() & (CONTROL_ENABLE | CONTROL_FUNCTION_MASK)) !== CONTROL_ENABLE) return;
    pending[vector >> 5]! &= ~bit;
    this.#send(vector);
  }

  #send(vector: number): void {
    // A message is a memory write: without bus mastering there is none.
    if (this.#f === null || !this.#f.isMaster) return;
    const { table } = this.#state;
    const address = table[4 * vector + 1]! * 0x1_0000_0000 + ((table[4 * vector]! & ~3) >>> 0);
    this.#options.target.sendMessage(address, table[4 * vector + 2]!);
  }
}
