import type { Random } from "@isinglass/testkit";
import type { PcMachine } from "../../src/index.js";
import { RINGS, VIRTIO_MMIO, someAddress } from "./places.js";

/** A virtio device as its driver finds it. */
interface Target {
  /** BAR 0 of a PCI function, or the page of registers. */
  readonly base: number;
  readonly isPci: boolean;
  readonly queues: number;
  readonly kind: "block" | "console" | "entropy";
}

/** By device ID of the PCI function (VIRTIO 1.2, 4.1.2 and chapter 5). */
const KINDS: Readonly<Record<number, Target["kind"]>> = { 0x1042: "block", 0x1043: "console", 0x1044: "entropy" };

/** Entries of the queues that the driver makes. */
const SIZE = 8;
const QUEUE_BYTES = 0x1000;
const AVAIL = 0x100;
export const USED: number = 0x200;
const TABLE = 0x300;
const BUFFERS = 0x400;
/** Where a driver finds, or puts, the BARs of the functions. */
const FIRST_BAR = 0xfebf_c000;
const BAR_STEP = 0x4000;
const FIRST_SLOT = 2;
const STATUS_RUNS = 15;

/** A driver that follows the rules most of the time, and then does not. */
export class RingDriver {
  readonly targets: Target[] = [];
  readonly bars: number[] = [];
  readonly #machine: PcMachine;
  readonly #random: Random;
  readonly #keepsRules: boolean;
  /** Once in so many transfers the memory that is being read changes; 0: never. */
  #changes = 0;

  /** @param keepsRules every chain is one that the specification allows, and nothing changes while it is read */
  constructor(machine: PcMachine, random: Random, keepsRules: boolean = false) {
    this.#keepsRules = keepsRules;
    this.#machine = machine;
    this.#random = random;
    const { bus, dma, physical } = machine.core;
    const config = (device: number, at: number): number => {
      bus.writePort(0xcf8, 4, (0x8000_0000 | (device << 11) | at) >>> 0);
      return bus.readPort(0xcfc, 4);
    };
    for (let device = 0; device < 32; device += 1) {
      if ((config(device, 0) & 0xffff) === 0xffff) continue;
      const isVirtio = (config(device, 0) & 0xffff) === 0x1af4;
      for (let bar = 0x10; bar < 0x28; bar += 4) {
        const base = (config(device, bar) & ~15) >>> 0;
        if (base !== 0 && (config(device, bar) & 1) === 0) this.bars.push(base);
      }
      const kind = KINDS[config(device, 0) >>> 16];
      if (!isVirtio || kind === undefined) continue;
      const base = FIRST_BAR - this.targets.length * BAR_STEP;
      this.targets.push({ base, isPci: true, queues: kind === "console" ? 2 : 1, kind });
    }
    this.targets.push({ base: VIRTIO_MMIO, isPci: false, queues: 1, kind: "entropy" });
    const read = dma.read.bind(dma);
    dma.read = (requester, iova, into, attributes): boolean => {
      const done = read(requester, iova, into, attributes);
      if (this.#changes > 0 && random.oneIn(this.#changes)) {
        const at = iova + random.below(into.length + 16);
        if (physical.isMemory(at, 8, 0)) physical.write(at, random.bytes(1 + random.below(8)));
      }
      return done;
    };
  }

  #write(target: Target, at: number, size: 1 | 2 | 4, value: number): void {
    this.#machine.core.bus.writeMmio(target.base + at, size, value);
  }

  /** Writes a register by its name in both transports. */
  #register(target: Target, pci: number, size: 1 | 2 | 4, mmio: number, value: number): void {
    if (target.isPci) this.#write(target, pci, size, value);
    else this.#write(target, mmio, 4, value);
  }

  /** Where the queue of a target lies. */
  areaOf(target: Target, queue: number): number {
    return RINGS + (this.targets.indexOf(target) * 2 + queue) * QUEUE_BYTES;
  }

  /** Resets the device, accepts features, sets up its queues, as a driver does. */
  #begin(target: Target): void {
    const random = this.#random;
    if (target.isPci) {
      const { bus } = this.#machine.core;
      const device = FIRST_SLOT + this.targets.indexOf(target);
      bus.writePort(0xcf8, 4, (0x8000_0000 | (device << 11) | 4) >>> 0);
      bus.writePort(0xcfc, 2, this.#rarely(10) ? random.below(8) : 6);
      bus.writePort(0xcf8, 4, (0x8000_0000 | (device << 11) | 0x10) >>> 0);
      bus.writePort(0xcfc, 4, target.base);
    }
    const status = (value: number): void => this.#register(target, 0x14, 1, 0x70, value);
    status(0);
    status(1);
    status(3);
    const features = [this.#rarely(4) ? random.u32() : 0x3000_0000, this.#rarely(10) ? random.below(4) : 1];
    features.forEach((word, select) => {
      this.#register(target, 0x08, 4, 0x24, select);
      this.#register(target, 0x0c, 4, 0x20, word);
    });
    status(11);
    for (let queue = 0; queue < target.queues; queue += 1) {
      const area = this.areaOf(target, queue);
      this.#register(target, 0x16, 2, 0x30, queue);
      this.#register(target, 0x18, 2, 0x38, this.#rarely(12) ? random.below(0x10000) : SIZE);
      [area, area + AVAIL, area + USED].forEach((at, i) => {
        const place = this.#rarely(20) ? someAddress(random, this.bars) : at;
        this.#register(target, 0x20 + i * 8, 4, 0x80 + i * 16, place);
        this.#register(target, 0x24 + i * 8, 4, 0x84 + i * 16, this.#rarely(30) ? random.u32() : 0);
      });
      this.#register(target, 0x1c, 2, 0x44, 1);
    }
    this.#machine.core.physical.write(this.areaOf(target, 0), new Uint8Array(target.queues * QUEUE_BYTES));
    status(STATUS_RUNS);
  }

  /** Makes descriptors, puts one into the ring, and says so; a device that does not run is set up first, mostly. */
  offer(): void {
    const random = this.#random;
    const { physical } = this.#machine.core;
    const target = random.pick(this.targets);
    const { bus } = this.#machine.core;
    const status = target.isPci ? bus.readMmio(target.base + 0x14, 1) : bus.readMmio(target.base + 0x70, 4);
    if ((status !== STATUS_RUNS && random.oneIn(2)) || this.#rarely(20)) this.#begin(target);
    const queue = random.below(target.queues);
    const area = this.areaOf(target, queue);
    const isIndirect = random.oneIn(4);
    const table = isIndirect ? area + TABLE : area;
    const count = this.#rarely(8) ? 1 + random.below(4) : target.kind === "block" ? 3 : 1 + random.below(2);
    // A header of a block device, and what it is about.
    const header = new DataView(new ArrayBuffer(16));
    const request = random.pick([0, 0, 1, 1, 4, 8, 11, 13, this.#rarely(9) ? random.u32() : 4]);
    header.setUint32(0, request, true);
    header.setUint32(8, this.#rarely(6) ? random.u32() : random.below(130), true);
    physical.write(area + BUFFERS, new Uint8Array(QUEUE_BYTES - BUFFERS).fill(random.u32()));
    physical.write(area + BUFFERS, new Uint8Array(header.buffer));
    // The data of a request; of a discard, segments that begin on the disk.
    physical.write(area + BUFFERS + 0x210, request > 8 ? Uint8Array.of(random.below(130)) : random.bytes(32));
    physical.write(area + BUFFERS + 0x218, Uint8Array.of(random.below(20)));
    const head = random.below(SIZE - count);
    for (let i = 0; i < count; i += 1) {
      const isLast = i === count - 1;
      const address = i === 0 ? area + BUFFERS : area + BUFFERS + 0x10 + i * 0x200;
      const isBlock = target.kind === "block";
      const length = !isBlock ? random.below(600) : i === 0 ? 16 : isLast ? 1 : request > 8 ? 16 : 512;
      const next = (isIndirect ? 0 : head) + i + 1;
      // What the device fills: all of a block device's chain but its header and what is to be written to the disk.
      const isFilled = isBlock
        ? i > 0 && (isLast || ![1, 11, 13].includes(request))
        : target.kind === "entropy" || queue === 0;
      const flags = (isLast ? 0 : 1) | (isFilled !== this.#rarely(30) ? 2 : 0);
      this.#descriptor(table + ((isIndirect ? 0 : head) + i) * 16, address, length, flags, next);
    }
    if (isIndirect) this.#descriptor(area + head * 16, area + TABLE, count * 16, 4, 0);
    const ring = new Uint8Array(2);
    physical.read(area + AVAIL + 2, ring);
    const index = ring[0]! | (ring[1]! << 8);
    const put = (at: number, value: number): void => physical.write(at, Uint8Array.of(value, value >> 8));
    put(area + AVAIL + 4 + 2 * (index % SIZE), this.#rarely(20) ? random.below(0x10000) : head);
    put(area + AVAIL + 2, this.#rarely(20) ? random.below(0x10000) : index + 1);
    this.#changes = this.#rarely(3) ? 1 + random.below(4) : 0;
    if (target.isPci) this.#write(target, 0x3000 + queue * 4, 2, queue);
    else this.#write(target, 0x50, 4, queue);
    this.#changes = 0;
  }

  /** Breaks a rule once in `n` times. */
  #rarely(n: number): boolean {
    return !this.#keepsRules && this.#random.oneIn(n);
  }

  #descriptor(at: number, address: number, length: number, flags: number, next: number): void {
    const random = this.#random;
    const view = new DataView(new ArrayBuffer(16));
    view.setUint32(0, this.#rarely(16) ? someAddress(random, this.bars) : address, true);
    view.setUint32(4, this.#rarely(40) ? random.u32() : 0, true);
    view.setUint32(8, this.#rarely(16) ? random.u32() >>> random.below(32) : length, true);
    view.setUint16(12, this.#rarely(16) ? random.below(8) : flags, true);
    view.setUint16(14, this.#rarely(16) ? random.below(0x10000) : next, true);
    this.#machine.core.physical.write(at, new Uint8Array(view.buffer));
  }
}
