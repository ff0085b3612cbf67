import type { Clock, DmaSpace, EventSink, MmioHandler, MmioSize, SnapshotValue } from "@isinglass/interface";
import { VirtioCore } from "./core.js";
import type { VirtioTransport } from "./core.js";
import { QueueMemory } from "./dma.js";
import type { VirtioModel } from "./model.js";
import type { MsixHost, MsixRequest, PciFunctionHost, PciFunctionPart, PciFunctionRequest } from "./pci-host.js";
import { ISR_CONFIG, ISR_QUEUE } from "./spec.js";
import { StateReader } from "./state.js";

// Virtio over PCI bus: VIRTIO 1.2, section 4.1.

const VENDOR = 0x1af4;
/** Modern devices are 0x1040 plus their type (4.1.2). */
const DEVICE_BASE = 0x1040;
const CAPABILITY_VENDOR = 0x09;
/** Kinds of virtio capability (4.1.4). */
const CAP_COMMON = 1;
const CAP_NOTIFY = 2;
const CAP_ISR = 3;
const CAP_DEVICE = 4;
const CAP_PCI = 5;

/** Layout of BAR 0: a page for each structure. */
const BAR = 0;
const BAR_SIZE = 0x4000;
const AT_COMMON = 0x0000;
const AT_ISR = 0x1000;
const AT_DEVICE = 0x2000;
const AT_NOTIFY = 0x3000;
const MSIX_BAR = 1;
const MSIX_BAR_SIZE = 0x1000;
const PAGE = 0x1000;
/** Vector number of "no vector" (4.1.5.1.2.1). */
const NO_VECTOR = 0xffff;
/** Bytes between the notification addresses of two queues. */
const NOTIFY_MULTIPLIER = 4;

/** Offsets in the common configuration (4.1.4.3). */
const COMMON_DEVICE_FEATURE_SELECT = 0x00;
const COMMON_DEVICE_FEATURE = 0x04;
const COMMON_DRIVER_FEATURE_SELECT = 0x08;
const COMMON_DRIVER_FEATURE = 0x0c;
const COMMON_CONFIG_VECTOR = 0x10;
const COMMON_STATUS = 0x14;
const COMMON_QUEUE_SELECT = 0x16;
const COMMON_QUEUE_SIZE = 0x18;
const COMMON_QUEUE_VECTOR = 0x1a;
const COMMON_QUEUE_ENABLE = 0x1c;
const COMMON_QUEUE_AREAS = 0x20;
const COMMON_END = 0x3c;

export interface VirtioPciOptions<F extends PciFunctionHost> {
  /** Stable name of the instance, such as `virtio-blk.0`. */
  readonly component: string;
  readonly model: VirtioModel;
  readonly dma: DmaSpace;
  readonly clock: Clock;
  /** Makes the function: `(request) => new PciFunction(request)` with @isinglass/devices. */
  readonly createFunction: (request: PciFunctionRequest) => F;
  /** PCI requester id (bus << 8 | device << 3 | function) of the slot that the function will be put in. */
  readonly requester: number;
  /** Makes the MSI-X table: `(request) => new Msix({ ...request, target })` with @isinglass/devices. Without it the device has INTx only. */
  readonly createMsix?: (request: MsixRequest) => MsixHost<F>;
  readonly events?: EventSink;
  /** Offers VIRTIO_F_ACCESS_PLATFORM, for machines with an IOMMU. */
  readonly accessPlatform?: boolean;
}

/**
 * A virtio device behind a PCI function (modern, non-transitional). All structures lie in BAR 0, 16 KiB of memory; the MSI-X table in BAR 1. State is reset and saved with the
 * function, as its part `virtio`.
 *
 * @example
 * const disk = new VirtioPci({ component: "virtio-blk.0", model: new VirtioBlock({ backend }), dma, clock, requester: 3 << 3,
 *   createFunction: (request) => new PciFunction(request), createMsix: (request) => new Msix({ ...request, target }) });
 * host.add(3, 0, disk.function);
 */
export class VirtioPci<F extends PciFunctionHost> implements VirtioTransport, PciFunctionPart {
  readonly function: F;
  readonly core: VirtioCore;
  readonly #msix: MsixHost<F> | null;
  readonly #vectors: number;
  readonly #pciCapability: number;
  #isr = 0;
  #configVector = NO_VECTOR;
  readonly #queueVectors: Uint16Array;

  constructor(options: VirtioPciOptions<F>) {
    const { model, component } = options;
    // One vector for each queue and one for changes of the configuration.
    this.#vectors = model.queueSizes.length + 1;
    this.#msix = options.createMsix?.({ vectors: this.#vectors, bar: MSIX_BAR }) ?? null;
    const msixBar =
      this.#msix === null
        ? []
        : [{ index: MSIX_BAR, kind: "memory", size: MSIX_BAR_SIZE, handler: this.#msix } as const];
    this.function = options.createFunction({
      name: component,
      vendorId: VENDOR,
      deviceId: DEVICE_BASE + model.deviceType,
      classCode: model.pciClass,
      revision: 1,
      subsystemVendorId: VENDOR,
      subsystemId: 0x1100,
      interruptPin: 1,
      bars: [{ index: BAR, kind: "memory", size: BAR_SIZE, handler: this.#bar }, ...msixBar],
    });
    this.#queueVectors = new Uint16Array(model.queueSizes.length).fill(NO_VECTOR);
    this.#msix?.addTo(this.function);
    this.#capability(CAP_COMMON, AT_COMMON, COMMON_END);
    this.#capability(CAP_ISR, AT_ISR, 1);
    if (model.config.length > 0) this.#capability(CAP_DEVICE, AT_DEVICE, model.config.length);
    this.#capability(CAP_NOTIFY, AT_NOTIFY, model.queueSizes.length * NOTIFY_MULTIPLIER, NOTIFY_MULTIPLIER);
    this.#pciCapability = this.#capability(CAP_PCI, 0, 0, 0);
    // The window through configuration space: the driver writes bar, offset, length and data (4.1.4.9).
    this.function.define(this.#pciCapability + 4, 1, 0, 0xff);
    this.function.define(this.#pciCapability + 8, 4, 0, 0xffff_ffff);
    this.function.define(this.#pciCapability + 12, 4, 0, 0xffff_ffff);
    this.function.define(this.#pciCapability + 16, 4, 0, 0xffff_ffff);
    const attributes = options.accessPlatform === true ? { translated: true } : {};
    this.core = new VirtioCore({
      component,
      model,
      memory: new QueueMemory(options.dma, options.requester, attributes, () => this.function.isMaster),
      clock: options.clock,
      transport: this,
      ...(options.events === undefined ? {} : { events: options.events }),
      ...(options.accessPlatform === undefined ? {} : { accessPlatform: options.accessPlatform }),
    });
    this.function.addPart("virtio", this);
  }

  /** Adds a `virtio_pci_cap` (4.1.4); `extra` is the word that the notification and PCI kinds have at its end. */
  #capability(kind: number, offset: number, length: number, extra?: number): number {
    const size = extra === undefined ? 16 : 20;
    const at = this.function.addCapability(CAPABILITY_VENDOR, size);
    this.function.define(at + 2, 1, size);
    this.function.define(at + 3, 1, kind);
    this.function.define(at + 4, 1, BAR);
    this.function.define(at + 8, 4, offset);
    this.function.define(at + 12, 4, length);
    if (extra !== undefined) this.function.define(at + 16, 4, extra);
    return at;
  }

  interrupt(queue: number): void {
    if (this.#msix?.notify(queue < 0 ? this.#configVector : this.#queueVectors[queue]!) === true) return;
    this.#isr |= queue < 0 ? ISR_CONFIG : ISR_QUEUE;
    this.function.setInterrupt(true);
  }

  resetInterrupts(): void {
    this.#isr = 0;
    this.#configVector = NO_VECTOR;
    this.#queueVectors.fill(NO_VECTOR);
    this.function.setInterrupt(false);
  }

  readonly #bar: MmioHandler = {
    readMmio: (offset: number, size: MmioSize): number => this.#readBar(offset, size),
    writeMmio: (offset: number, size: MmioSize, value: number): void => this.#writeBar(offset, size, value),
  };

  #readBar(offset: number, size: MmioSize): number {
    const within = offset & (PAGE - 1);
    switch (offset - within) {
      case AT_COMMON: {
        const word = this.#readCommon(within & ~3) >>> (8 * (within & 3));
        return size === 4 ? word : size === 2 ? word & 0xffff : word & 0xff;
      }
      case AT_ISR: {
        if (within !== 0) return 0;
        const isr = this.#isr;
        this.#isr = 0;
        this.function.setInterrupt(false);
        return isr;
      }
      case AT_DEVICE:
        return this.core.readConfig(within, size);
      default:
        return 0;
    }
  }

  #writeBar(offset: number, size: MmioSize, value: number): void {
    const within = offset & (PAGE - 1);
    switch (offset - within) {
      case AT_COMMON:
        this.#writeCommon(within, size, value);
        return;
      case AT_DEVICE:
        this.core.writeConfig(within, size, value);
        return;
      case AT_NOTIFY:
        this.core.notify(Math.floor(within / NOTIFY_MULTIPLIER));
        return;
      default:
    }
  }

  /** A word of the common configuration. Reads have no effect there, so that any part of it may be read. */
  #readCommon(offset: number): number {
    const { core } = this;
    const queue = core.selectedQueue;
    switch (offset) {
      case COMMON_DEVICE_FEATURE_SELECT:
        return core.deviceFeatureSelect;
      case COMMON_DEVICE_FEATURE:
        return core.selectedDeviceFeatures;
      case COMMON_DRIVER_FEATURE_SELECT:
        return core.driverFeatureSelect;
      case COMMON_DRIVER_FEATURE:
        return core.selectedDriverFeatures;
      case COMMON_CONFIG_VECTOR:
        return (this.#configVector | (core.queues.length << 16)) >>> 0;
      case COMMON_STATUS:
        return (core.status | (core.generation << 8) | (core.queueSelect << 16)) >>> 0;
      case COMMON_QUEUE_SIZE:
        return queue === null ? NO_VECTOR << 16 : (queue.size | (this.#queueVectors[core.queueSelect]! << 16)) >>> 0;
      case COMMON_QUEUE_ENABLE:
        return queue === null ? 0 : (queue.enabled ? 1 : 0) | (core.queueSelect << 16);
      default:
        if (queue === null || offset < COMMON_QUEUE_AREAS || offset >= COMMON_QUEUE_AREAS + 24) return 0;
        return queue.areas[(offset - COMMON_QUEUE_AREAS) >> 2]!;
    }
  }

  /** A write of one field in its own width (4.1.3.1); others are ignored. */
  #writeCommon(offset: number, size: MmioSize, value: number): void {
    const { core } = this;
    const queue = core.configurableQueue;
    if (size === 4) {
      if (offset === COMMON_DEVICE_FEATURE_SELECT) core.deviceFeatureSelect = value;
      else if (offset === COMMON_DRIVER_FEATURE_SELECT) core.driverFeatureSelect = value;
      else if (offset === COMMON_DRIVER_FEATURE) core.writeDriverFeatures(value);
      else if (queue !== null && offset >= COMMON_QUEUE_AREAS && offset < COMMON_QUEUE_AREAS + 24 && offset % 4 === 0)
        queue.areas[(offset - COMMON_QUEUE_AREAS) >> 2] = value;
    } else if (size === 2) {
      if (offset === COMMON_CONFIG_VECTOR) this.#configVector = this.#validVector(value);
      else if (offset === COMMON_QUEUE_SELECT) core.queueSelect = value;
      else if (offset === COMMON_QUEUE_SIZE && queue !== null) queue.size = value;
      else if (offset === COMMON_QUEUE_VECTOR && core.selectedQueue !== null)
        this.#queueVectors[core.queueSelect] = this.#validVector(value);
      else if (offset === COMMON_QUEUE_ENABLE && value === 1) core.enableSelectedQueue();
    } else if (offset === COMMON_STATUS) core.writeStatus(value);
  }

  /** A vector that the table has, or "no vector", which tells the driver that it cannot be had (4.1.5.1.2.1). */
  #validVector(value: number): number {
    return this.#msix !== null && value < this.#vectors ? value : NO_VECTOR;
  }

  configWritten(offset: number, size: number): void {
    const data = this.#pciCapability + 16;
    if (offset >= data + 4 || offset + size <= data) return;
    const window = this.#window();
    if (window !== null) this.#writeBar(window.offset, window.size, this.function.readConfig(data, window.size));
  }

  configReading(offset: number, size: number): void {
    const data = this.#pciCapability + 16;
    if (offset >= data + 4 || offset + size <= data) return;
    const window = this.#window();
    if (window !== null) this.function.setConfig(data, window.size, this.#readBar(window.offset, window.size));
  }

  /** Where the PCI configuration window points; null where it points nowhere (4.1.4.9.1: length 1, 2 or 4, offset a multiple of it). */
  #window(): { offset: number; size: 1 | 2 | 4 } | null {
    const at = this.#pciCapability;
    const bar = this.function.readConfig(at + 4, 1);
    const offset = this.function.readConfig(at + 8, 4);
    const size = this.function.readConfig(at + 12, 4);
    if (bar !== BAR || (size !== 1 && size !== 2 && size !== 4) || offset % size !== 0 || offset + size > BAR_SIZE)
      return null;
    return { offset, size };
  }

  reset(): void {
    this.core.reset();
  }

  save(): SnapshotValue {
    return {
      core: this.core.save(),
      isr: this.#isr,
      configVector: this.#configVector,
      queueVectors: Array.from(this.#queueVectors),
    };
  }

  load(value: SnapshotValue): void {
    const { component } = this.core;
    const state = new StateReader(component, value);
    const isr = state.int("isr", 0, 3);
    const configVector = state.int("configVector", 0, NO_VECTOR);
    const queueVectors = state.words("queueVectors", this.#queueVectors.length);
    this.core.load(state.value("core"));
    this.#isr = isr;
    this.#configVector = configVector;
    this.#queueVectors.set(queueVectors);
  }
}
