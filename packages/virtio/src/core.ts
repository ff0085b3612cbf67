import { IsinglassError } from "@isinglass/interface";
import type { Clock, EventSink, SnapshotValue, Timer } from "@isinglass/interface";
import type { QueueMemory } from "./dma.js";
import type { VirtioModel, VirtioPort } from "./model.js";
import { SplitQueue } from "./queue.js";
import {
  FEATURE_ACCESS_PLATFORM,
  FEATURE_EVENT_IDX,
  FEATURE_INDIRECT_DESC,
  FEATURE_VERSION_1,
  STATUS_ACKNOWLEDGE,
  STATUS_DRIVER,
  STATUS_DRIVER_OK,
  STATUS_FAILED,
  STATUS_FEATURES_OK,
  STATUS_NEEDS_RESET,
} from "./spec.js";
import { StateReader, badState } from "./state.js";

/** How a transport tells the driver; `queue` is -1 for a configuration change. */
export interface VirtioTransport {
  interrupt(queue: number): void;
  /** The device was reset: interrupts and vectors go. */
  resetInterrupts(): void;
}

export interface VirtioCoreOptions {
  /** Stable name of the instance, such as `virtio-blk.0`. */
  readonly component: string;
  readonly model: VirtioModel;
  readonly memory: QueueMemory;
  readonly clock: Clock;
  readonly transport: VirtioTransport;
  readonly events?: EventSink;
  /** Offers VIRTIO_F_ACCESS_PLATFORM: addresses go through an IOMMU. */
  readonly accessPlatform?: boolean;
}

/**
 * Bytes of work that one notification may cause before the guest runs on; the rest follows through the clock. Bounds the time that a guest can hold the
 * host with one write. A chain counts {@link CHAIN_COST} on top of its bytes.
 */
const WORK_LIMIT = 4 << 20;
const CHAIN_COST = 512;
/** Machine time until a queue that hit the limit is served again, in nanoseconds. */
const RESUME_DELAY = 20_000;

const STATUS_BITS = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK | STATUS_FEATURES_OK | STATUS_FAILED;

/**
 * What all transports share (chapters 2 and 3): status, feature negotiation, queues, configuration generation, and serving the queues of a {@link VirtioModel}.
 */
export class VirtioCore implements VirtioPort {
  readonly component: string;
  readonly model: VirtioModel;
  readonly queues: readonly SplitQueue[];
  /** What the driver is offered, low and high word. */
  readonly deviceFeatures: readonly [number, number];
  deviceFeatureSelect = 0;
  driverFeatureSelect = 0;
  queueSelect = 0;
  readonly #driverFeatures = new Uint32Array(2);
  readonly #options: VirtioCoreOptions;
  #status = 0;
  #generation = 0;
  /** Queues that hit the work limit, one bit each. */
  #pending = 0;
  #timer: Timer | null = null;
  /** When they are served again, in machine time; -1 where none waits. */
  #resumeAt = -1;
  #serving = false;
  /** What {@link spend} was told of the chain in hand. */
  #spent = 0;
  /** Queues that a model asked to be served while another one was. */
  #again = 0;
  readonly #resume = (): void => {
    const pending = this.#pending;
    this.#stopTimer();
    for (let q = 0; q < this.queues.length; q++) if (((pending >>> q) & 1) !== 0) this.service(q);
  };

  constructor(options: VirtioCoreOptions) {
    const { model } = options;
    if (model.queueSizes.length > 32)
      throw new IsinglassError(
        "ISG_VIRTIO_BAD_MODEL",
        `${options.component}: ${model.queueSizes.length} queues; at most 32 are supported`,
      );
    this.component = options.component;
    this.model = model;
    this.#options = options;
    this.queues = model.queueSizes.map((size) => new SplitQueue(options.memory, size));
    const offered = [...model.features, FEATURE_VERSION_1, FEATURE_INDIRECT_DESC, FEATURE_EVENT_IDX];
    if (options.accessPlatform === true) offered.push(FEATURE_ACCESS_PLATFORM);
    const words: [number, number] = [0, 0];
    for (const bit of offered) words[bit >> 5] = (words[bit >> 5]! | (1 << (bit & 31))) >>> 0;
    this.deviceFeatures = words;
    model.attach(this);
  }

  get status(): number {
    return this.#status;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The feature word that the driver selected. */
  get selectedDeviceFeatures(): number {
    return this.deviceFeatures[this.deviceFeatureSelect] ?? 0;
  }

  get selectedDriverFeatures(): number {
    return this.driverFeatureSelect < 2 ? this.#driverFeatures[this.driverFeatureSelect]! : 0;
  }

  /** Features are fixed once FEATURES_OK is set (3.1.1). */
  writeDriverFeatures(value: number): void {
    if (this.driverFeatureSelect < 2 && (this.#status & STATUS_FEATURES_OK) === 0)
      this.#driverFeatures[this.driverFeatureSelect] = value;
  }

  /** The selected queue; null where there is none, as for `queue_size` to read 0 (4.1.4.3). */
  get selectedQueue(): SplitQueue | null {
    return this.queues[this.queueSelect] ?? null;
  }

  /** A queue that the driver may still configure: not enabled yet. */
  get configurableQueue(): SplitQueue | null {
    const queue = this.selectedQueue;
    return queue === null || queue.enabled ? null : queue;
  }

  enableSelectedQueue(): void {
    const queue = this.configurableQueue;
    if (queue === null) return;
    queue.indirect = this.negotiated(FEATURE_INDIRECT_DESC);
    queue.eventIndex = this.negotiated(FEATURE_EVENT_IDX);
    queue.enable();
    if (queue.broken !== null) this.#needsReset(queue.broken);
  }

  negotiated(feature: number): boolean {
    return (
      (this.#status & STATUS_FEATURES_OK) !== 0 && ((this.#driverFeatures[feature >> 5]! >>> (feature & 31)) & 1) !== 0
    );
  }

  /** A write of the status register (2.1, 3.1.1). Zero resets; bits are never taken back otherwise. */
  writeStatus(value: number): void {
    if (value === 0) {
      this.reset();
      return;
    }
    let added = value & STATUS_BITS & ~this.#status;
    if ((added & STATUS_FEATURES_OK) !== 0 && !this.#acceptsFeatures()) added &= ~STATUS_FEATURES_OK;
    // DRIVER_OK without FEATURES_OK would be a legacy driver; there is none here.
    if ((added & STATUS_DRIVER_OK) !== 0 && ((this.#status | added) & STATUS_FEATURES_OK) === 0)
      added &= ~STATUS_DRIVER_OK;
    this.#status |= added;
    if ((added & STATUS_DRIVER_OK) !== 0) for (let q = 0; q < this.queues.length; q++) this.service(q);
  }

  /** Driver features must be a subset of what is offered and contain VERSION_1 (6.1). */
  #acceptsFeatures(): boolean {
    const [low, high] = this.#driverFeatures as unknown as readonly [number, number];
    return (
      (low & ~this.deviceFeatures[0]) === 0 &&
      (high & ~this.deviceFeatures[1]) === 0 &&
      ((high >>> (FEATURE_VERSION_1 - 32)) & 1) === 1
    );
  }

  /** The driver says that a queue has new chains. */
  notify(queue: number): void {
    if (queue < this.queues.length) this.service(queue);
  }

  service(index: number): void {
    if (this.#serving) {
      this.#again |= 1 << index;
      return;
    }
    this.#serving = true;
    try {
      this.#drain(index);
      while (this.#again !== 0) {
        const next = 31 - Math.clz32(this.#again);
        this.#again &= ~(1 << next);
        this.#drain(next);
      }
    } finally {
      this.#serving = false;
    }
  }

  #drain(index: number): void {
    const queue = this.queues[index]!;
    if ((this.#status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) !== STATUS_DRIVER_OK || !queue.enabled) return;
    const { model } = this;
    let work = 0;
    let pushed = false;
    let asked = false;
    while (model.ready === undefined || model.ready(index)) {
      if (work >= WORK_LIMIT) {
        // Whoever looks at an event index says nothing of its next chain unless that was asked for.
        if (!queue.hasAvailable()) queue.askForNotification();
        if (queue.hasAvailable()) this.#later(index);
        break;
      }
      const chain = queue.pop();
      if (chain === null) {
        if (asked) break;
        asked = true;
        queue.askForNotification();
        continue;
      }
      asked = false;
      this.#spent = 0;
      work += chain.readable + chain.writable + CHAIN_COST;
      const written = model.handle(index, chain);
      if (written === null) {
        queue.broken = "a request that its device has no answer to";
        break;
      }
      work += this.#spent;
      queue.push(chain, written);
      pushed = true;
    }
    if (queue.broken !== null) this.#needsReset(queue.broken);
    else if (pushed && queue.wantsInterrupt()) this.#options.transport.interrupt(index);
  }

  #later(index: number): void {
    this.#pending |= 1 << index;
    if (this.#resumeAt >= 0) return;
    const { clock } = this.#options;
    this.#resumeAt = clock.now() + RESUME_DELAY;
    this.#timer = clock.schedule(this.#resumeAt, this.#resume);
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#resumeAt = -1;
    this.#pending = 0;
  }

  /** An error from which only a reset helps (2.1.2): the bit, and a configuration interrupt where the driver is ready. */
  #needsReset(reason: string): void {
    this.emit("virtio-needs-reset", { reason });
    this.#status |= STATUS_NEEDS_RESET;
    if ((this.#status & STATUS_DRIVER_OK) !== 0) this.#options.transport.interrupt(-1);
  }

  emit(kind: string, data: Readonly<Record<string, string | number | boolean>>): void {
    this.#options.events?.emit({ time: this.#options.clock.now(), source: this.component, kind, data });
  }

  spend(bytes: number): void {
    this.#spent += bytes;
  }

  configChanged(): void {
    this.#generation = (this.#generation + 1) & 0xff;
    if ((this.#status & STATUS_DRIVER_OK) !== 0) this.#options.transport.interrupt(-1);
  }

  /** Reads `size` bytes of the device-specific configuration; zero beyond its end. */
  readConfig(offset: number, size: number): number {
    const { config } = this.model;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (config[offset + i] ?? 0);
    return value;
  }

  writeConfig(offset: number, size: number, value: number): void {
    const { model } = this;
    if (model.writeConfig === undefined || offset + size > model.config.length) return;
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = value >>> (8 * i);
    model.writeConfig(offset, bytes);
  }

  reset(): void {
    this.deviceFeatureSelect = 0;
    this.driverFeatureSelect = 0;
    this.queueSelect = 0;
    this.#driverFeatures.fill(0);
    this.#status = 0;
    this.#again = 0;
    this.#stopTimer();
    for (const queue of this.queues) queue.reset();
    this.model.reset();
    this.#options.transport.resetInterrupts();
  }

  save(): SnapshotValue {
    return {
      deviceFeatureSelect: this.deviceFeatureSelect,
      driverFeatureSelect: this.driverFeatureSelect,
      queueSelect: this.queueSelect,
      driverFeatures: Array.from(this.#driverFeatures),
      status: this.#status,
      generation: this.#generation,
      pending: this.#pending >>> 0,
      resumeAt: this.#resumeAt,
      queues: this.queues.map((queue) => queue.save()),
      model: { name: this.model.name, state: this.model.save() },
    };
  }

  load(value: SnapshotValue): void {
    const state = new StateReader(this.component, value);
    const word = 0xffff_ffff;
    const selects = [
      state.int("deviceFeatureSelect", 0, word),
      state.int("driverFeatureSelect", 0, word),
      state.int("queueSelect", 0, word),
    ] as const;
    const driverFeatures = state.words("driverFeatures", 2);
    const status = state.int("status", 0, 0xff);
    const generation = state.int("generation", 0, 0xff);
    const pending = state.int("pending", 0, word);
    const resumeAt = state.int("resumeAt", -1, Number.MAX_SAFE_INTEGER);
    const queues = state.list("queues", this.queues.length);
    const apply = this.queues.map((queue, i) => queue.parse(queues[i]!));
    const model = new StateReader(this.component, state.value("model"));
    const name = model.value("name");
    if (name !== this.model.name) {
      throw badState(this.component, `the snapshot is of ${JSON.stringify(name)}; this is a ${this.model.name}`);
    }
    this.model.load(model.value("state"));
    [this.deviceFeatureSelect, this.driverFeatureSelect, this.queueSelect] = selects;
    this.#driverFeatures.set(driverFeatures);
    this.#status = status;
    this.#generation = generation;
    for (const put of apply) put();
    this.#stopTimer();
    if (resumeAt < 0) return;
    this.#pending = pending;
    this.#resumeAt = resumeAt;
    this.#timer = this.#options.clock.schedule(resumeAt, this.#resume);
  }
}
