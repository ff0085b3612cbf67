import { IsinglassError } from "@isinglass/interface";
import type { SnapshotValue } from "@isinglass/interface";
import { assignFields, badState, bytes, flag, isRecord, loadFields, part as partOf, saveFields } from "../state.js";
import type { Shape } from "../state.js";
import { Bar } from "./bar.js";
import type { PciBarOptions } from "./bar.js";

// Registers as in the PCI Local Bus Specification 3.0, chapter 6.

export const PCI_COMMAND = 0x04;
export const PCI_STATUS = 0x06;
const PCI_REVISION = 0x08;
const PCI_HEADER_TYPE = 0x0e;
export const PCI_BAR0 = 0x10;
const PCI_SUBSYSTEM = 0x2c;
const PCI_CAPABILITIES = 0x34;
export const PCI_INTERRUPT_LINE = 0x3c;
const PCI_INTERRUPT_PIN = 0x3d;

/** Command register (6.2.2). */
export const COMMAND_IO = 0x0001;
export const COMMAND_MEMORY = 0x0002;
export const COMMAND_MASTER = 0x0004;
const COMMAND_WRITABLE = 0x0547;
const COMMAND_INTX_OFF = 0x0400;
/** Status register (6.2.3). */
const STATUS_INTERRUPT = 0x08;
const STATUS_CAPABILITIES = 0x10;
/** Error bits 15-11 and 8, as bits of the upper byte: cleared by writing one. */
const STATUS_HIGH_CLEARABLE = 0xf9;

const FIRST_CAPABILITY = 0x40;

interface State {
  config: Uint8Array;
  /** The device asserts its interrupt, whatever the command register lets through. */
  interrupt: boolean;
}

const SHAPE: Shape<State> = { config: bytes(256), interrupt: flag };

/** What a function needs of the bus that it is plugged into; the host bridge provides it. */
export interface PciSlot {
  /** The function's ranges have moved: all of the bus are claimed anew, as far as they change. */
  arrange(): void;
  /** The function's INTx pin (1 is INTA) changes. */
  setPin(pin: number, asserted: boolean): void;
}

export interface PciFunctionOptions {
  /** Stable name, such as `virtio-blk.0`. */
  readonly name: string;
  readonly vendorId: number;
  readonly deviceId: number;
  /** Base class, subclass and programming interface: 0x020000 is an Ethernet controller. */
  readonly classCode: number;
  readonly revision?: number;
  readonly subsystemVendorId?: number;
  readonly subsystemId?: number;
  /** The device has more functions; set it on function 0. */
  readonly multiFunction?: boolean;
  /** 1 is INTA; 0, the default, is none. */
  readonly interruptPin?: number;
  readonly bars?: readonly PciBarOptions[];
  /** Called after the guest wrote `size` bytes at `offset` of the configuration space. */
  readonly onConfigWrite?: (offset: number, size: number) => void;
}

/** A part of a function whose state is saved with it: MSI, MSI-X or the device's own vendor capability. */
export interface PciPart {
  /** The guest wrote `size` bytes at `offset` of the configuration space. */
  configWritten(offset: number, size: number): void;
  /** The guest is about to read there: what the part shows then is set first, with {@link PciFunction.setConfig}. */
  configReading?(offset: number, size: number): void;
  reset(): void;
  save(): SnapshotValue;
  load(state: SnapshotValue, version: number): void;
  /** The function's configuration space is that of the snapshot, after {@link load}. */
  configRestored?(): void;
}

/**
 * One function of a PCI device: 256 bytes of configuration space of which a mask says what the guest may write, base address registers
 * that claim their range on the bus while decoding is on, a list of capabilities and an INTx pin.
 *
 * @example
 * const nic = new PciFunction({ name: "nic", vendorId: 0x1af4, deviceId: 0x1041, classCode: 0x020000, interruptPin: 1,
 *   bars: [{ index: 0, kind: "memory", size: 4096, handler: registers }] });
 * host.add(3, 0, nic);
 */
export class PciFunction {
  readonly component: string;
  readonly version = 1;
  readonly bars: readonly Bar[];
  readonly #state: State = { config: new Uint8Array(256), interrupt: false };
  readonly #initial: Uint8Array;
  readonly #writable = new Uint8Array(256);
  readonly #clearable = new Uint8Array(256);
  readonly #parts: { readonly name: string; readonly part: PciPart }[] = [];
  readonly #onConfigWrite: ((offset: number, size: number) => void) | undefined;
  #slot: PciSlot | null = null;
  #pinAsserted = false;
  #lastCapability = PCI_CAPABILITIES;
  #nextCapability = FIRST_CAPABILITY;

  constructor(options: PciFunctionOptions) {
    this.component = options.name;
    this.#initial = this.#state.config;
    this.#onConfigWrite = options.onConfigWrite;
    this.define(0x00, 2, options.vendorId);
    this.define(0x02, 2, options.deviceId);
    this.define(PCI_COMMAND, 2, 0, COMMAND_WRITABLE);
    this.#clearable[PCI_STATUS + 1] = STATUS_HIGH_CLEARABLE;
    this.define(PCI_REVISION, 1, options.revision ?? 0);
    this.define(PCI_REVISION + 1, 1, options.classCode);
    this.define(PCI_REVISION + 2, 2, options.classCode >>> 8);
    // Cache line size and latency timer are storage.
    this.define(0x0c, 2, 0, 0xffff);
    this.define(PCI_HEADER_TYPE, 1, options.multiFunction === true ? 0x80 : 0);
    this.define(PCI_SUBSYSTEM, 2, options.subsystemVendorId ?? 0);
    this.define(PCI_SUBSYSTEM + 2, 2, options.subsystemId ?? 0);
    this.define(PCI_INTERRUPT_LINE, 1, 0, 0xff);
    this.define(PCI_INTERRUPT_PIN, 1, options.interruptPin ?? 0);
    this.bars = (options.bars ?? []).map((bar) => this.#defineBar(bar)).sort((a, b) => a.index - b.index);
    this.#initial = this.#state.config.slice();
  }

  /**
   * Sets a register's value at reset and which of its bits the guest may write. For the device's author, before the machine runs.
   *
   * @param size 1, 2 or 4 bytes
   */
  define(offset: number, size: 1 | 2 | 4, value: number, writable: number = 0): void {
    for (let i = 0; i < size; i++) {
      this.#state.config[offset + i] = value >>> (8 * i);
      this.#initial[offset + i] = value >>> (8 * i);
      this.#writable[offset + i] = writable >>> (8 * i);
    }
  }

  /**
   * Adds a capability (6.7) and returns its offset; its bytes from offset + 2 on are set with {@link define}.
   *
   * @param id such as 0x05 (MSI), 0x11 (MSI-X), 0x09 (vendor-specific)
   * @param length with the two header bytes
   * @throws ISG_PCI_CONFIG_FULL where the configuration space has no room
   */
  addCapability(id: number, length: number): number {
    const offset = this.#nextCapability;
    if (offset + length > 256) {
      const message = `${this.component}: a capability of ${length} bytes does not fit behind offset 0x${offset.toString(16)}; there are 256`;
      throw new IsinglassError("ISG_PCI_CONFIG_FULL", message, { offset, length });
    }
    this.#nextCapability = (offset + length + 3) & ~3;
    this.define(offset, 2, id);
    const link = this.#lastCapability === PCI_CAPABILITIES ? PCI_CAPABILITIES : this.#lastCapability + 1;
    this.define(link, 1, offset);
    this.define(PCI_STATUS, 1, STATUS_CAPABILITIES);
    this.#lastCapability = offset;
    return offset;
  }

  /** Adds state that is reset, saved and told of configuration writes with this function. */
  addPart(name: string, part: PciPart): void {
    this.#parts.push({ name, part });
  }

  /** Called by the host bridge when the function is plugged in. */
  attach(slot: PciSlot): void {
    this.#slot = slot;
    this.#remap();
  }

  /** A guest's read of 1, 2 or 4 aligned bytes of the configuration space. */
  guestReadConfig(offset: number, size: 1 | 2 | 4): number {
    for (const { part } of this.#parts) part.configReading?.(offset, size);
    return this.readConfig(offset, size);
  }

  /** What 1, 2 or 4 aligned bytes of the configuration space hold. */
  readConfig(offset: number, size: 1 | 2 | 4): number {
    const { config } = this.#state;
    if (size === 1) return config[offset]!;
    const low = config[offset]! | (config[offset + 1]! << 8);
    return size === 2 ? low : (low | (config[offset + 2]! << 16) | (config[offset + 3]! << 24)) >>> 0;
  }

  /** A guest's write of 1, 2 or 4 aligned bytes. */
  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    const { config } = this.#state;
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      const written = (value >>> (8 * i)) & 0xff;
      const mask = this.#writable[at]!;
      config[at] = ((config[at]! & ~mask) | (written & mask)) & ~(written & this.#clearable[at]!);
    }
    if (offset < PCI_COMMAND + 4 || (offset >= PCI_BAR0 && offset < PCI_BAR0 + 24)) {
      this.#remap();
      this.#updatePin();
    }
    for (const { part } of this.#parts) part.configWritten(offset, size);
    this.#onConfigWrite?.(offset, size);
  }

  /** The device itself changes read-only bits, such as MSI's pending bits; no hook is called, and {@link reset} takes it back. */
  setConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) this.#state.config[offset + i] = value >>> (8 * i);
  }

  get command(): number {
    return this.readConfig(PCI_COMMAND, 2);
  }

  /** The device may read and write memory: bus mastering is on. */
  get isMaster(): boolean {
    return (this.command & COMMAND_MASTER) !== 0;
  }

  get interruptPin(): number {
    return this.#state.config[PCI_INTERRUPT_PIN]!;
  }

  /** The device's own wish for its INTx pin; the command register may hold it back. */
  setInterrupt(asserted: boolean): void {
    const state = this.#state;
    if (state.interrupt === asserted) return;
    state.interrupt = asserted;
    state.config[PCI_STATUS] = (state.config[PCI_STATUS]! & ~STATUS_INTERRUPT) | (asserted ? STATUS_INTERRUPT : 0);
    this.#updatePin();
  }

  reset(): void {
    this.#state.config.set(this.#initial);
    this.#state.interrupt = false;
    for (const { part } of this.#parts) part.reset();
    this.#remap();
    this.#updatePin();
  }

  save(): SnapshotValue {
    const parts: Record<string, SnapshotValue> = {};
    for (const { name, part } of this.#parts) parts[name] = part.save();
    return { ...saveFields(this.#state), parts };
  }

  load(state: SnapshotValue, version: number): void {
    const saved = partOf(this.component, state, "parts");
    if (!isRecord(state) || !isRecord(saved) || Object.keys(saved).length !== this.#parts.length)
      throw badState(this.component, `the state has not the ${this.#parts.length} parts of this function`);
    const { parts: _, ...fields } = state;
    const loaded = loadFields(this, SHAPE, fields, version);
    for (const own of this.#parts) own.part.load(partOf(this.component, saved, own.name), version);
    assignFields(this.#state, loaded);
    this.#pinAsserted = this.#pinLevel();
    this.#remap();
    for (const { part } of this.#parts) part.configRestored?.();
  }

  #defineBar(options: PciBarOptions): Bar {
    const bar = new Bar(this.component, options);
    const offset = PCI_BAR0 + 4 * options.index;
    this.define(offset, 4, bar.flags, bar.mask);
    if (options.kind === "memory64") this.define(offset + 4, 4, 0, bar.highMask);
    return bar;
  }

  #remap(): void {
    const slot = this.#slot;
    if (slot === null) return;
    const command = this.command;
    // All leave before any comes: a guest may swap two ranges with one write of the command register.
    for (const bar of this.bars) {
      bar.follow(this.readConfig(bar.offset, 4), bar.is64 ? this.readConfig(bar.offset + 4, 4) : 0, command);
    }
    slot.arrange();
  }

  #pinLevel(): boolean {
    return this.#state.interrupt && this.interruptPin !== 0 && (this.command & COMMAND_INTX_OFF) === 0;
  }

  #updatePin(): void {
    const asserted = this.#pinLevel();
    if (asserted === this.#pinAsserted) return;
    this.#pinAsserted = asserted;
    this.#slot?.setPin(this.interruptPin, asserted);
  }
}
