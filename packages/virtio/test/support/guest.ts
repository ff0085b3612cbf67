import type { Clock, DmaSpace, MachineEvent, Timer } from "@isinglass/interface";

/** Guest RAM from address 0, as a device's bus sees it. Counts and records what is read. */
export class GuestRam implements DmaSpace {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  reads = 0;
  /** Where set, called with each range before it is read. */
  onRead: ((iova: number, length: number) => void) | null = null;
  requesters = new Set<number>();

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  read(requester: number, iova: number, into: Uint8Array): boolean {
    this.reads++;
    this.requesters.add(requester);
    if (iova + into.length > this.bytes.length) return false;
    this.onRead?.(iova, into.length);
    into.set(this.bytes.subarray(iova, iova + into.length));
    return true;
  }

  write(requester: number, iova: number, bytes: Uint8Array): boolean {
    this.requesters.add(requester);
    if (iova + bytes.length > this.bytes.length) return false;
    this.bytes.set(bytes, iova);
    return true;
  }
}

/** Machine time that the test moves. */
export class TestClock implements Clock {
  time = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  schedule(at: number, callback: () => void): Timer {
    const timer = { at, callback };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((t) => t !== timer)) };
  }

  get armed(): number {
    return this.#timers.length;
  }

  /** Runs the next timer; false where there is none. */
  step(): boolean {
    this.#timers.sort((a, b) => a.at - b.at);
    const next = this.#timers.shift();
    if (next === undefined) return false;
    this.time = Math.max(this.time, next.at);
    next.callback();
    return true;
  }
}

export class EventList {
  readonly events: MachineEvent[] = [];

  emit(event: MachineEvent): void {
    this.events.push(event);
  }
}

/** A level-sensitive input that remembers how often it rose. */
export class TestLine {
  asserted = false;
  rises = 0;

  setLevel(asserted: boolean): void {
    if (asserted && !this.asserted) this.rises++;
    this.asserted = asserted;
  }
}

export interface GuestBuffer {
  /** Bytes for the device, or how many the device may write. */
  readonly data: Uint8Array | number;
}

const DESC_NEXT = 1;
const DESC_WRITE = 2;
const DESC_INDIRECT = 4;

/**
 * The driver's side of a split virtqueue in {@link GuestRam}, after VIRTIO 1.2, 2.7: descriptor table, available ring and used ring behind each other, then
 * the buffers.
 */
export class GuestQueue {
  readonly ram: GuestRam;
  readonly size: number;
  readonly desc: number;
  readonly avail: number;
  readonly used: number;
  #buffers: number;
  readonly #buffersStart: number;
  #free: number[];
  #availIndex = 0;
  #usedIndex = 0;
  readonly #chains = new Map<number, { descriptors: number[]; writable: { at: number; length: number }[] }>();

  constructor(ram: GuestRam, base: number, size: number, startIndex = 0) {
    this.ram = ram;
    this.size = size;
    this.desc = base;
    this.avail = base + 16 * size;
    this.used = Math.ceil((this.avail + 6 + 2 * size) / 4) * 4;
    this.#buffersStart = Math.ceil((this.used + 6 + 8 * size) / 16) * 16;
    this.#buffers = this.#buffersStart;
    this.#free = Array.from({ length: size }, (_, i) => i);
    this.#availIndex = startIndex;
    this.#usedIndex = startIndex;
    this.usedEvent = startIndex;
  }

  /** Forgets all buffers; only while no chain is in flight. */
  rewind(): void {
    this.#buffers = this.#buffersStart;
  }

  writeDescriptor(at: number, address: number, length: number, flags: number, next: number): void {
    this.ram.view.setBigUint64(at, BigInt(address), true);
    this.ram.view.setUint32(at + 8, length, true);
    this.ram.view.setUint16(at + 12, flags, true);
    this.ram.view.setUint16(at + 14, next, true);
  }

  /** Makes a chain available and returns its head. `indirect` puts it into a table of its own. */
  add(buffers: readonly GuestBuffer[], indirect = false): number {
    const table = indirect ? this.#allocate(buffers.length * 16) : this.desc;
    const descriptors = indirect ? [this.#free.shift()!] : buffers.map(() => this.#free.shift()!);
    const indices = indirect ? buffers.map((_, i) => i) : descriptors;
    const writable: { at: number; length: number }[] = [];
    buffers.forEach(({ data }, i) => {
      const length = typeof data === "number" ? data : data.length;
      const at = this.#allocate(length);
      if (typeof data === "number") writable.push({ at, length });
      else this.ram.bytes.set(data, at);
      const last = i === buffers.length - 1;
      this.writeDescriptor(
        table + indices[i]! * 16,
        at,
        length,
        (typeof data === "number" ? DESC_WRITE : 0) | (last ? 0 : DESC_NEXT),
        last ? 0 : indices[i + 1]!,
      );
    });
    const head = descriptors[0]!;
    if (indirect) this.writeDescriptor(this.desc + head * 16, table, buffers.length * 16, DESC_INDIRECT, 0);
    this.#chains.set(head, { descriptors, writable });
    this.offer(head);
    return head;
  }

  /** Puts a descriptor index into the available ring, whatever it is. */
  offer(head: number): void {
    this.ram.view.setUint16(this.avail + 4 + 2 * (this.#availIndex % this.size), head, true);
    this.#availIndex = (this.#availIndex + 1) & 0xffff;
    this.ram.view.setUint16(this.avail + 2, this.#availIndex, true);
  }

  /** `used_event`, behind the available ring (2.7.6). */
  set usedEvent(value: number) {
    this.ram.view.setUint16(this.avail + 4 + 2 * this.size, value & 0xffff, true);
  }

  /** `avail_event`, behind the used ring (2.7.8). */
  get availEvent(): number {
    return this.ram.view.getUint16(this.used + 4 + 8 * this.size, true);
  }

  set noInterrupt(value: boolean) {
    this.ram.view.setUint16(this.avail, value ? 1 : 0, true);
  }

  #allocate(length: number): number {
    const at = this.#buffers;
    this.#buffers += Math.ceil(length / 16) * 16;
    if (this.#buffers > this.ram.bytes.length) throw new Error("the test's guest RAM is too small");
    return at;
  }

  get inFlight(): number {
    return this.#chains.size;
  }

  /** Takes the next used chain: the length that the device reports and the contents of its writable buffers. Null where none is used. */
  take(): { head: number; length: number; data: Buffer } | null {
    if (this.ram.view.getUint16(this.used + 2, true) === this.#usedIndex) return null;
    const at = this.used + 4 + 8 * (this.#usedIndex % this.size);
    this.#usedIndex = (this.#usedIndex + 1) & 0xffff;
    // What a driver does that wants to hear of the next one (2.7.10); without the event index nobody looks.
    this.usedEvent = this.#usedIndex;
    const head = this.ram.view.getUint32(at, true);
    const chain = this.#chains.get(head);
    if (chain === undefined) throw new Error(`the device used ${head}, which was not available`);
    this.#chains.delete(head);
    this.#free.push(...chain.descriptors);
    const data = Buffer.concat(chain.writable.map((w) => this.ram.bytes.slice(w.at, w.at + w.length)));
    return { head, length: this.ram.view.getUint32(at + 4, true), data };
  }
}
