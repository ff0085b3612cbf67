import type { MmioHandler, SnapshotValue } from "@isinglass/interface";
import type { MsixHost, MsixRequest, PciFunctionHost, PciFunctionPart, PciFunctionRequest } from "../../src/index.js";

/** A PCI function without a bus: 256 bytes of configuration space with writable bits, and a pin. */
export class FakeFunction implements PciFunctionHost {
  readonly request: PciFunctionRequest;
  readonly bar: MmioHandler;
  readonly config = new Uint8Array(256);
  readonly #writable = new Uint8Array(256);
  readonly parts: PciFunctionPart[] = [];
  isMaster = true;
  pin = false;
  #last = 0x34;
  #next = 0x40;

  constructor(request: PciFunctionRequest) {
    this.request = request;
    this.bar = request.bars[0]!.handler;
  }

  define(offset: number, size: 1 | 2 | 4, value: number, writable = 0): void {
    for (let i = 0; i < size; i++) {
      this.config[offset + i] = value >>> (8 * i);
      this.#writable[offset + i] = writable >>> (8 * i);
    }
  }

  setConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) this.config[offset + i] = value >>> (8 * i);
  }

  addCapability(id: number, length: number): number {
    const at = this.#next;
    this.#next = (at + length + 3) & ~3;
    this.config[at] = id;
    this.config[this.#last === 0x34 ? 0x34 : this.#last + 1] = at;
    this.#last = at;
    return at;
  }

  addPart(_name: string, part: PciFunctionPart): void {
    this.parts.push(part);
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.config[offset + i]!;
    return value;
  }

  /** A read by the guest, which a part may prepare for. */
  guestRead(offset: number, size: 1 | 2 | 4): number {
    for (const part of this.parts) part.configReading?.(offset, size);
    return this.readConfig(offset, size);
  }

  guestWrite(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) {
      const mask = this.#writable[offset + i]!;
      this.config[offset + i] = (this.config[offset + i]! & ~mask) | ((value >>> (8 * i)) & mask);
    }
    for (const part of this.parts) part.configWritten(offset, size);
  }

  setInterrupt(asserted: boolean): void {
    this.pin = asserted;
  }

  /** Offsets of the capabilities with this id, in the order of the list. */
  capabilities(id: number): number[] {
    const found: number[] = [];
    for (let at = this.config[0x34]!; at !== 0; at = this.config[at + 1]!) if (this.config[at] === id) found.push(at);
    return found;
  }

  save(): SnapshotValue {
    return { config: this.config.slice(), pin: this.pin, part: this.parts[0]!.save() };
  }

  load(state: SnapshotValue): void {
    const { config, pin, part } = state as { config: Uint8Array; pin: boolean; part: SnapshotValue };
    this.parts[0]!.load(part, 1);
    this.config.set(config);
    this.pin = pin;
  }
}

/** An MSI-X table reduced to a switch and a record of what was asked for. */
export class FakeMsix implements MsixHost<FakeFunction> {
  readonly request: MsixRequest;
  owner: FakeFunction | null = null;
  enabled = false;
  notified: number[] = [];

  constructor(request: MsixRequest) {
    this.request = request;
  }

  addTo(f: FakeFunction): void {
    this.owner = f;
  }

  notify(vector: number): boolean {
    if (this.enabled) this.notified.push(vector);
    return this.enabled;
  }

  readMmio(): number {
    return 0;
  }

  writeMmio(): void {}
}
