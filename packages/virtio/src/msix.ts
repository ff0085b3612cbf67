import type { MmioHandler, MmioSize, MsiTarget, SnapshotValue } from "@isinglass/interface";
import type { PciFunctionHost } from "./pci-host.js";
import type { StateReader } from "./state.js";

// MSI-X: PCI Local Bus Specification 3.0, section 6.8.2.

const CAPABILITY_MSIX = 0x11;
const CAPABILITY_LENGTH = 12;
const CONTROL_ENABLE = 0x8000;
const CONTROL_MASK_ALL = 0x4000;
const ENTRY_WORDS = 4;
/** Words of an entry: address low, address high, data, vector control. */
const ADDRESS = 0;
const ADDRESS_HIGH = 1;
const DATA = 2;
const CONTROL = 3;
const CONTROL_MASKED = 1;

/** Vector number of "no vector" (VIRTIO 1.2, 4.1.5.1.2.1). */
export const NO_VECTOR = 0xffff;

/** The MSI-X table, pending bits and capability of one function. */
export class Msix {
  readonly vectors: number;
  readonly #host: PciFunctionHost;
  readonly #target: MsiTarget;
  readonly #capability: number;
  readonly #table: Uint32Array;
  /** One bit for each vector; at most 64 vectors. */
  readonly #pending: Uint32Array;

  constructor(
    host: PciFunctionHost,
    target: MsiTarget,
    vectors: number,
    bar: number,
    tableOffset: number,
    pendingOffset: number,
  ) {
    this.vectors = vectors;
    this.#host = host;
    this.#target = target;
    this.#table = new Uint32Array(vectors * ENTRY_WORDS);
    this.#pending = new Uint32Array(2);
    this.#capability = host.addCapability(CAPABILITY_MSIX, CAPABILITY_LENGTH);
    host.define(this.#capability + 2, 2, vectors - 1, CONTROL_ENABLE | CONTROL_MASK_ALL);
    host.define(this.#capability + 4, 4, tableOffset | bar);
    host.define(this.#capability + 8, 4, pendingOffset | bar);
    this.reset();
  }

  get enabled(): boolean {
    return (this.#control & CONTROL_ENABLE) !== 0;
  }

  get #control(): number {
    return this.#host.readConfig(this.#capability + 2, 2);
  }

  /** Sends a vector's message, or notes it as pending while it is masked. */
  notify(vector: number): void {
    if (vector >= this.vectors) return;
    const masked =
      (this.#control & CONTROL_MASK_ALL) !== 0 || (this.#table[vector * ENTRY_WORDS + CONTROL]! & CONTROL_MASKED) !== 0;
    if (masked) this.#pending[vector >> 5]! |= 1 << (vector & 31);
    else this.#send(vector);
  }

  #send(vector: number): void {
    const at = vector * ENTRY_WORDS;
    const address = this.#table[at + ADDRESS]! + this.#table[at + ADDRESS_HIGH]! * 2 ** 32;
    if (this.#host.isMaster) this.#target.sendMessage(address, this.#table[at + DATA]!);
  }

  /** Sends what was pending and is not masked any more. */
  #flush(): void {
    const control = this.#control;
    if ((control & CONTROL_ENABLE) === 0 || (control & CONTROL_MASK_ALL) !== 0) return;
    for (let v = 0; v < this.vectors; v++) {
      const bit = 1 << (v & 31);
      if ((this.#pending[v >> 5]! & bit) === 0 || (this.#table[v * ENTRY_WORDS + CONTROL]! & CONTROL_MASKED) !== 0)
        continue;
      this.#pending[v >> 5]! &= ~bit;
      this.#send(v);
    }
  }

  configWritten(offset: number, size: number): void {
    if (offset < this.#capability + 4 && offset + size > this.#capability + 2) this.#flush();
  }

  /** The table; accesses of four bytes only, as 6.8.2 asks for. */
  readonly table: MmioHandler = {
    readMmio: (offset: number, size: MmioSize): number => ((size === 4 ? this.#table[offset >> 2] : 0) ?? 0) >>> 0,
    writeMmio: (offset: number, size: MmioSize, value: number): void => {
      const word = offset >> 2;
      if (size !== 4 || word >= this.#table.length) return;
      this.#table[word] =
        word % ENTRY_WORDS === CONTROL ? value & CONTROL_MASKED : word % ENTRY_WORDS === ADDRESS ? value & ~3 : value;
      if (word % ENTRY_WORDS === CONTROL) this.#flush();
    },
  };

  /** The pending bits, read-only. */
  readPending(offset: number, size: MmioSize): number {
    return size === 4 ? (this.#pending[offset >> 2] ?? 0) : 0;
  }

  reset(): void {
    this.#table.fill(0);
    for (let v = 0; v < this.vectors; v++) this.#table[v * ENTRY_WORDS + CONTROL] = CONTROL_MASKED;
    this.#pending.fill(0);
  }

  save(): SnapshotValue {
    return { table: Array.from(this.#table), pending: Array.from(this.#pending) };
  }

  /** Checks a saved state and returns what puts it in force. */
  parse(state: StateReader): () => void {
    const table = state.words("table", this.#table.length);
    const pending = state.words("pending", this.#pending.length);
    return () => {
      this.#table.set(table);
      this.#pending.set(pending);
    };
  }
}
