import type { MmioHandler } from "@isinglass/interface";
import { VirtioMmio, VirtioPci } from "../../src/index.js";
import type { VirtioModel } from "../../src/index.js";
import { FakeFunction, FakeMsix } from "./fake-function.js";
import { EventList, GuestQueue, GuestRam, TestClock, TestLine } from "./guest.js";

const low = (x: number): number => x % 2 ** 32;
const high = (x: number): number => Math.floor(x / 2 ** 32);

/** What a guest's driver does with a transport; the tests run with both. */
export interface Guest {
  readonly ram: GuestRam;
  readonly clock: TestClock;
  readonly events: EventList;
  readonly queues: GuestQueue[];
  status(): number;
  setStatus(value: number): void;
  features(word: number): number;
  setFeatures(word: number, value: number): void;
  /** Tells the device where a queue lies and enables it. */
  setUp(index: number, queue: GuestQueue): void;
  notify(index: number): void;
  config(offset: number, size: 1 | 2 | 4): number;
  setConfig(offset: number, size: 1 | 2 | 4, value: number): void;
  /** Whether the device interrupts; reading acknowledges. Bit 0: queue, bit 1: configuration. */
  acknowledge(): number;
  interrupting(): boolean;
  save(): unknown;
}

/** The initialisation of VIRTIO 1.2, 3.1.1, with `accept` of the low feature word. */
export function start(guest: Guest, sizes: readonly number[], accept = 0xffff_ffff, startIndex = 0): void {
  guest.setStatus(0);
  guest.setStatus(1);
  guest.setStatus(3);
  guest.setFeatures(0, (guest.features(0) & accept) >>> 0);
  guest.setFeatures(1, 1);
  guest.setStatus(11);
  if ((guest.status() & 8) === 0) throw new Error("the device refused the features");
  const room = (guest.ram.bytes.length / sizes.length) & ~0xfff;
  guest.queues.length = 0;
  sizes.forEach((size, i) => {
    guest.queues.push(new GuestQueue(guest.ram, i * room, size, startIndex));
    guest.setUp(i, guest.queues[i]!);
  });
  guest.setStatus(15);
}

interface Parts {
  ram?: GuestRam;
  clock?: TestClock;
}

export class MmioGuest implements Guest {
  readonly ram: GuestRam;
  readonly clock: TestClock;
  readonly events = new EventList();
  readonly line = new TestLine();
  readonly queues: GuestQueue[] = [];
  readonly device: VirtioMmio;

  constructor(model: VirtioModel, parts: Parts = {}) {
    this.ram = parts.ram ?? new GuestRam(1 << 20);
    this.clock = parts.clock ?? new TestClock();
    this.device = new VirtioMmio({
      component: "virtio.0",
      model,
      dma: this.ram,
      clock: this.clock,
      line: this.line,
      events: this.events,
    });
  }

  read(register: number): number {
    return this.device.readMmio(register, 4);
  }

  write(register: number, value: number): void {
    this.device.writeMmio(register, 4, value);
  }

  status(): number {
    return this.read(0x70);
  }

  setStatus(value: number): void {
    this.write(0x70, value);
  }

  features(word: number): number {
    this.write(0x14, word);
    return this.read(0x10);
  }

  setFeatures(word: number, value: number): void {
    this.write(0x24, word);
    this.write(0x20, value);
  }

  setUp(index: number, queue: GuestQueue): void {
    this.write(0x30, index);
    this.write(0x38, queue.size);
    [queue.desc, queue.avail, queue.used].forEach((at, i) => {
      this.write(0x80 + 0x10 * i, low(at));
      this.write(0x84 + 0x10 * i, high(at));
    });
    this.write(0x44, 1);
  }

  notify(index: number): void {
    this.write(0x50, index);
  }

  config(offset: number, size: 1 | 2 | 4): number {
    return this.device.readMmio(0x100 + offset, size);
  }

  setConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    this.device.writeMmio(0x100 + offset, size, value);
  }

  acknowledge(): number {
    const status = this.read(0x60);
    this.write(0x64, status);
    return status;
  }

  interrupting(): boolean {
    return this.line.asserted;
  }

  save(): unknown {
    return this.device.save();
  }
}

export class PciGuest implements Guest {
  readonly ram: GuestRam;
  readonly clock: TestClock;
  readonly events = new EventList();
  readonly queues: GuestQueue[] = [];
  msix: FakeMsix | null = null;
  readonly device: VirtioPci<FakeFunction>;
  readonly function: FakeFunction;
  readonly bar: MmioHandler;
  readonly common: number;
  readonly notifyBase: number;
  readonly notifyMultiplier: number;
  readonly isr: number;
  readonly deviceConfig: number;

  constructor(model: VirtioModel, parts: Parts & { msix?: boolean } = {}) {
    this.ram = parts.ram ?? new GuestRam(1 << 20);
    this.clock = parts.clock ?? new TestClock();
    this.device = new VirtioPci({
      component: "virtio.0",
      model,
      dma: this.ram,
      clock: this.clock,
      events: this.events,
      requester: 0x18,
      createFunction: (request) => new FakeFunction(request),
      ...(parts.msix === false ? {} : { createMsix: (request) => (this.msix = new FakeMsix(request)) }),
    });
    this.function = this.device.function;
    this.bar = this.function.bar;
    const structure = (kind: number): number => {
      const at = this.function.capabilities(9).find((c) => this.function.config[c + 3] === kind);
      return at === undefined ? -1 : at;
    };
    const offset = (kind: number): number =>
      structure(kind) < 0 ? -1 : this.function.readConfig(structure(kind) + 8, 4);
    this.common = offset(1);
    this.notifyBase = offset(2);
    this.notifyMultiplier = this.function.readConfig(structure(2) + 16, 4);
    this.isr = offset(3);
    this.deviceConfig = offset(4);
  }

  write(at: number, size: 1 | 2 | 4, value: number): void {
    this.bar.writeMmio(this.common + at, size, value);
  }

  read(at: number, size: 1 | 2 | 4): number {
    return this.bar.readMmio(this.common + at, size);
  }

  status(): number {
    return this.read(0x14, 1);
  }

  setStatus(value: number): void {
    this.write(0x14, 1, value);
  }

  features(word: number): number {
    this.write(0, 4, word);
    return this.read(4, 4);
  }

  setFeatures(word: number, value: number): void {
    this.write(8, 4, word);
    this.write(0xc, 4, value);
  }

  setUp(index: number, queue: GuestQueue): void {
    this.write(0x16, 2, index);
    this.write(0x18, 2, queue.size);
    [queue.desc, queue.avail, queue.used].forEach((at, i) => {
      this.write(0x20 + 8 * i, 4, low(at));
      this.write(0x24 + 8 * i, 4, high(at));
    });
    this.write(0x1c, 2, 1);
  }

  notify(index: number): void {
    this.write(0x16, 2, index);
    const at = this.read(0x1e, 2) * this.notifyMultiplier;
    this.bar.writeMmio(this.notifyBase + at, 2, index);
  }

  config(offset: number, size: 1 | 2 | 4): number {
    return this.bar.readMmio(this.deviceConfig + offset, size);
  }

  setConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    this.bar.writeMmio(this.deviceConfig + offset, size, value);
  }

  acknowledge(): number {
    return this.bar.readMmio(this.isr, 1);
  }

  interrupting(): boolean {
    return this.function.pin;
  }

  save(): unknown {
    return this.function.save();
  }
}

/** Both transports, for `describe.each`. */
export const transports: readonly [string, (model: VirtioModel, parts?: Parts) => MmioGuest | PciGuest][] = [
  ["MMIO", (model, parts) => new MmioGuest(model, parts)],
  ["PCI", (model, parts) => new PciGuest(model, parts)],
];
