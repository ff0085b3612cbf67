import type {
  Clock,
  Device,
  DmaSpace,
  EventSink,
  InterruptLine,
  MmioHandler,
  MmioSize,
  SnapshotValue,
} from "@isinglass/interface";
import { VirtioCore } from "./core.js";
import type { VirtioTransport } from "./core.js";
import { QueueMemory } from "./dma.js";
import type { VirtioModel } from "./model.js";
import { ISR_CONFIG, ISR_QUEUE } from "./spec.js";
import { StateReader, badState } from "./state.js";

// Virtio over MMIO, version 2: VIRTIO 1.2, section 4.2.2.

const MAGIC = 0x7472_6976; // "virt"
const VERSION = 2;
const VENDOR = 0x4753_4900; // of no meaning (4.2.2): "\0ISG"
const REG_MAGIC = 0x000;
const REG_VERSION = 0x004;
const REG_DEVICE_ID = 0x008;
const REG_VENDOR_ID = 0x00c;
const REG_DEVICE_FEATURES = 0x010;
const REG_DEVICE_FEATURES_SEL = 0x014;
const REG_DRIVER_FEATURES = 0x020;
const REG_DRIVER_FEATURES_SEL = 0x024;
const REG_QUEUE_SEL = 0x030;
const REG_QUEUE_NUM_MAX = 0x034;
const REG_QUEUE_NUM = 0x038;
const REG_QUEUE_READY = 0x044;
const REG_QUEUE_NOTIFY = 0x050;
const REG_INTERRUPT_STATUS = 0x060;
const REG_INTERRUPT_ACK = 0x064;
const REG_STATUS = 0x070;
/** Descriptor, driver and device areas: two words each, at 0x80, 0x90 and 0xa0. */
const REG_QUEUE_AREAS = 0x080;
const REG_QUEUE_AREAS_END = 0x0a8;
/** Length and base of a shared memory region; all ones: there is none. */
const REG_SHM_FIRST = 0x0b0;
const REG_SHM_LAST = 0x0bc;
const REG_CONFIG_GENERATION = 0x0fc;
const REG_CONFIG = 0x100;

/** Bytes of guest-physical space that a device takes. */
export const VIRTIO_MMIO_LENGTH = 0x1000;

export interface VirtioMmioOptions {
  readonly component: string;
  readonly model: VirtioModel;
  readonly dma: DmaSpace;
  readonly clock: Clock;
  readonly line: InterruptLine;
  readonly events?: EventSink;
}

/**
 * A virtio device behind a page of memory-mapped registers. A guest learns of it from its device tree, from ACPI (`LNRO0005`), or from the kernel argument
 * `virtio_mmio.device=4K@0xd0000000:5`.
 *
 * @example
 * const rng = new VirtioMmio({ component: "virtio-rng.0", model: new VirtioRng({ entropy }), dma, clock, line });
 * bus.mapMmio(0xd000_0000, VIRTIO_MMIO_LENGTH, rng, rng.component);
 */
export class VirtioMmio implements Device, MmioHandler, VirtioTransport {
  readonly component: string;
  readonly version = 1;
  readonly core: VirtioCore;
  readonly #line: InterruptLine;
  #interruptStatus = 0;

  constructor(options: VirtioMmioOptions) {
    this.component = options.component;
    this.#line = options.line;
    this.core = new VirtioCore({
      component: options.component,
      model: options.model,
      memory: new QueueMemory(options.dma, 0),
      clock: options.clock,
      transport: this,
      ...(options.events === undefined ? {} : { events: options.events }),
    });
  }

  interrupt(queue: number): void {
    this.#interruptStatus |= queue < 0 ? ISR_CONFIG : ISR_QUEUE;
    this.#line.setLevel(true);
  }

  resetInterrupts(): void {
    this.#interruptStatus = 0;
    this.#line.setLevel(false);
  }

  readMmio(offset: number, size: MmioSize): number {
    const { core } = this;
    if (offset >= REG_CONFIG) return core.readConfig(offset - REG_CONFIG, size);
    if (size !== 4 || offset % 4 !== 0) return 0; // 4.2.2.2: the driver uses aligned words here
    switch (offset) {
      case REG_MAGIC:
        return MAGIC;
      case REG_VERSION:
        return VERSION;
      case REG_DEVICE_ID:
        return core.model.deviceType;
      case REG_VENDOR_ID:
        return VENDOR;
      case REG_DEVICE_FEATURES:
        return core.selectedDeviceFeatures;
      case REG_QUEUE_NUM_MAX:
        return core.selectedQueue?.maxSize ?? 0;
      case REG_QUEUE_READY:
        return core.selectedQueue?.enabled === true ? 1 : 0;
      case REG_INTERRUPT_STATUS:
        return this.#interruptStatus;
      case REG_STATUS:
        return core.status;
      case REG_CONFIG_GENERATION:
        return core.generation;
      default:
        return offset >= REG_SHM_FIRST && offset <= REG_SHM_LAST ? 0xffff_ffff : 0;
    }
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    const { core } = this;
    if (offset >= REG_CONFIG) {
      core.writeConfig(offset - REG_CONFIG, size, value);
      return;
    }
    if (size !== 4 || offset % 4 !== 0) return;
    switch (offset) {
      case REG_DEVICE_FEATURES_SEL:
        core.deviceFeatureSelect = value;
        return;
      case REG_DRIVER_FEATURES:
        core.writeDriverFeatures(value);
        return;
      case REG_DRIVER_FEATURES_SEL:
        core.driverFeatureSelect = value;
        return;
      case REG_QUEUE_SEL:
        core.queueSelect = value;
        return;
      case REG_QUEUE_NUM: {
        const queue = core.configurableQueue;
        if (queue !== null) queue.size = Math.min(value, 0xffff);
        return;
      }
      case REG_QUEUE_READY:
        if (value === 1) core.enableSelectedQueue();
        else if (value === 0) core.selectedQueue?.reset();
        return;
      case REG_QUEUE_NOTIFY:
        core.notify(value);
        return;
      case REG_INTERRUPT_ACK:
        this.#interruptStatus &= ~value;
        if (this.#interruptStatus === 0) this.#line.setLevel(false);
        return;
      case REG_STATUS:
        core.writeStatus(value);
        return;
      default: {
        const queue = core.configurableQueue;
        if (queue === null || offset < REG_QUEUE_AREAS || offset >= REG_QUEUE_AREAS_END || (offset & 0x8) !== 0) return;
        queue.areas[((offset - REG_QUEUE_AREAS) >> 4) * 2 + ((offset >> 2) & 1)] = value;
      }
    }
  }

  reset(): void {
    this.core.reset();
  }

  save(): SnapshotValue {
    return { core: this.core.save(), interruptStatus: this.#interruptStatus };
  }

  load(value: SnapshotValue, version: number): void {
    if (version !== this.version)
      throw badState(this.component, `snapshot version ${version}; this build reads ${this.version}`);
    const state = new StateReader(this.component, value);
    const interruptStatus = state.int("interruptStatus", 0, 3);
    this.core.load(state.value("core"));
    this.#interruptStatus = interruptStatus;
  }
}
