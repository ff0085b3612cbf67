import type { SnapshotValue } from "@isinglass/interface";
import { DescriptorChain } from "./chain.js";
import type { QueueMemory } from "./dma.js";
import { AVAIL_NO_INTERRUPT, DESC_INDIRECT, DESC_NEXT, DESC_WRITE, MAX_QUEUE_SIZE } from "./spec.js";
import type { StateReader } from "./state.js";

const DESCRIPTOR_SIZE = 16;

/**
 * The device's side of a split virtqueue (2.7). The driver is hostile: each index, descriptor and flag is read once into the host's memory,
 * checked there and used from there; the length of a chain is bounded by the queue's size, loops or not.
 *
 * Where the ring makes no sense, {@link broken} says why and the queue does nothing more until reset.
 */
export class SplitQueue {
  /** Largest size that the driver may choose; also the size after reset. */
  readonly maxSize: number;
  size: number;
  enabled = false;
  /** Descriptor area, driver area (available ring), device area (used ring), as pairs of 32-bit halves as the driver writes them. */
  readonly areas: Uint32Array = new Uint32Array(6);
  /** What is wrong with the ring; null while it is sound. */
  broken: string | null = null;
  /** VIRTIO_F_INDIRECT_DESC was negotiated. */
  indirect = false;
  /** VIRTIO_F_EVENT_IDX was negotiated: indices say when to interrupt and when to notify, and the flags count for nothing (2.7.7, 2.7.10). */
  eventIndex = false;
  readonly #memory: QueueMemory;
  readonly #chain: DescriptorChain;
  readonly #small = new Uint8Array(8);
  readonly #smallView: DataView;
  readonly #descriptor = new Uint8Array(DESCRIPTOR_SIZE);
  readonly #descriptorView: DataView;
  /** An indirect table, read in one piece. */
  readonly #table: Uint8Array;
  readonly #tableView: DataView;
  #nextAvail = 0;
  #nextUsed = 0;
  /** Where the used index was when {@link wantsInterrupt} was asked last. */
  #signalled = 0;

  constructor(memory: QueueMemory, maxSize: number) {
    if (maxSize > MAX_QUEUE_SIZE || maxSize < 1 || (maxSize & (maxSize - 1)) !== 0)
      throw new RangeError(`queue size ${maxSize} is no power of two up to ${MAX_QUEUE_SIZE}`);
    this.maxSize = maxSize;
    this.size = maxSize;
    this.#memory = memory;
    this.#chain = new DescriptorChain(memory, maxSize);
    this.#smallView = new DataView(this.#small.buffer);
    this.#descriptorView = new DataView(this.#descriptor.buffer);
    this.#table = new Uint8Array(maxSize * DESCRIPTOR_SIZE);
    this.#tableView = new DataView(this.#table.buffer);
  }

  reset(): void {
    this.size = this.maxSize;
    this.enabled = false;
    this.areas.fill(0);
    this.broken = null;
    this.indirect = false;
    this.eventIndex = false;
    this.#nextAvail = 0;
    this.#nextUsed = 0;
    this.#signalled = 0;
  }

  /**
   * Takes the configuration that the driver wrote into use. A size that is no power of two up to the maximum, or an area that is not aligned (2.7: 16, 2
   * and 4 bytes) breaks the queue.
   */
  enable(): void {
    if (this.enabled) return;
    this.enabled = true;
    if (this.size < 1 || this.size > this.maxSize || (this.size & (this.size - 1)) !== 0)
      this.broken = `queue size ${this.size}; a power of two up to ${this.maxSize} is right`;
    else if (this.#area(0) % 16 !== 0 || this.#area(1) % 2 !== 0 || this.#area(2) % 4 !== 0)
      this.broken = "a queue area is not aligned";
  }

  #area(n: number): number {
    return this.areas[n * 2]! + this.areas[n * 2 + 1]! * 2 ** 32;
  }

  /** Takes the next available chain; null where there is none or the ring is broken. */
  pop(): DescriptorChain | null {
    if (!this.enabled || this.broken !== null) return null;
    const index = this.#read16(this.#area(1) + 2);
    if (index < 0) return this.#fail("the available ring is not in memory");
    const waiting = (index - this.#nextAvail) & 0xffff;
    if (waiting === 0) return null;
    if (waiting > this.size)
      return this.#fail(`the available index ${index} is ${waiting} ahead; the queue has ${this.size} entries`);
    const head = this.#read16(this.#area(1) + 4 + 2 * (this.#nextAvail & (this.size - 1)));
    if (head < 0) return this.#fail("the available ring is not in memory");
    if (head >= this.size) return this.#fail(`descriptor ${head} is available; the queue has ${this.size}`);
    const reason = this.#walk(head);
    if (reason !== null) return this.#fail(reason);
    this.#nextAvail = (this.#nextAvail + 1) & 0xffff;
    return this.#chain;
  }

  /** Whether a chain is available, without taking it. */
  hasAvailable(): boolean {
    if (!this.enabled || this.broken !== null) return false;
    const index = this.#read16(this.#area(1) + 2);
    return index >= 0 && index !== this.#nextAvail;
  }

  /** Gives a chain back with the number of bytes that the device wrote (2.7.8.2). */
  push(chain: DescriptorChain, written: number): void {
    if (this.broken !== null) return;
    const used = this.#area(2);
    this.#smallView.setUint32(0, chain.head, true);
    this.#smallView.setUint32(4, written, true);
    const entry = this.#memory.write(used + 4 + 8 * (this.#nextUsed & (this.size - 1)), this.#small);
    this.#nextUsed = (this.#nextUsed + 1) & 0xffff;
    this.#smallView.setUint16(0, this.#nextUsed, true);
    // The index last: the driver takes it as the sign that the entry is there.
    if (!entry || !this.#memory.write(used + 2, this.#small.subarray(0, 2)))
      this.broken = "the used ring is not in memory";
  }

  /** Whether the driver wants an interrupt for what was pushed since the last call: 2.7.7.2, with indices 2.7.10. */
  wantsInterrupt(): boolean {
    const before = this.#signalled;
    this.#signalled = this.#nextUsed;
    if (this.eventIndex) {
      const event = this.#read16(this.#area(1) + 4 + 2 * this.size);
      // used_event lies from the first of the new entries to the last, modulo 2^16.
      return event >= 0 && ((this.#nextUsed - event - 1) & 0xffff) < ((this.#nextUsed - before) & 0xffff);
    }
    const flags = this.#read16(this.#area(1));
    return flags >= 0 && (flags & AVAIL_NO_INTERRUPT) === 0;
  }

  /**
   * Says that everything available was taken and that the next chain is to be announced (2.7.10.1). A driver that added one before it could see this did not announce it:
   * {@link pop} again afterwards.
   */
  askForNotification(): void {
    if (!this.eventIndex || !this.enabled || this.broken !== null) return;
    this.#smallView.setUint16(0, this.#nextAvail, true);
    if (!this.#memory.write(this.#area(2) + 4 + 8 * this.size, this.#small.subarray(0, 2)))
      this.broken = "the used ring is not in memory";
  }

  save(): SnapshotValue {
    return {
      size: this.size,
      enabled: this.enabled,
      areas: Array.from(this.areas),
      broken: this.broken,
      indirect: this.indirect,
      nextAvail: this.#nextAvail,
      nextUsed: this.#nextUsed,
      eventIndex: this.eventIndex,
      signalled: this.#signalled,
    };
  }

  /** Checks a saved state and returns what puts it in force. */
  parse(state: StateReader): () => void {
    const size = state.int("size", 0, 0xffff);
    const enabled = state.flag("enabled");
    const areas = state.words("areas", 6);
    const broken = state.textOrNull("broken", 200);
    const indirect = state.flag("indirect");
    const nextAvail = state.int("nextAvail", 0, 0xffff);
    const nextUsed = state.int("nextUsed", 0, 0xffff);
    // States of before there was an event index have neither of these.
    const eventIndex = state.has("eventIndex") && state.flag("eventIndex");
    const signalled = state.has("signalled") ? state.int("signalled", 0, 0xffff) : nextUsed;
    if (enabled && broken === null && (size < 1 || size > this.maxSize || (size & (size - 1)) !== 0))
      throw state.bad(`a queue of ${size} entries is in use; up to ${this.maxSize} are right`);
    return () => {
      this.size = size;
      this.enabled = enabled;
      this.areas.set(areas);
      this.broken = broken;
      this.indirect = indirect;
      this.#nextAvail = nextAvail;
      this.#nextUsed = nextUsed;
      this.eventIndex = eventIndex;
      this.#signalled = signalled;
    };
  }

  /** Follows the chain from `head` into {@link #chain}. Returns what is wrong with it, or null. */
  #walk(head: number): string | null {
    const chain = this.#chain;
    const table = this.#area(0);
    const view = this.#descriptorView;
    chain.begin(head);
    let index = head;
    // Each descriptor may occur once, so a chain that is longer than the table has a loop.
    for (let steps = 0; steps < this.size; steps++) {
      if (!this.#memory.read(table + index * DESCRIPTOR_SIZE, this.#descriptor))
        return "the descriptor table is not in memory";
      const flags = view.getUint16(12, true);
      if ((flags & DESC_INDIRECT) !== 0) {
        // 2.7.5.3.1: an indirect descriptor ends the chain, and what it is a list of is not indirect itself.
        if (!this.indirect) return "an indirect descriptor, which was not negotiated";
        if ((flags & DESC_NEXT) !== 0) return "a descriptor is indirect and has a next one";
        return this.#walkIndirect(address(view, 0), view.getUint32(8, true));
      }
      if (!chain.add(address(view, 0), view.getUint32(8, true), (flags & DESC_WRITE) !== 0))
        return "a descriptor chain has a readable buffer after a writable one, or too many bytes";
      if ((flags & DESC_NEXT) === 0) return null;
      index = view.getUint16(14, true);
      if (index >= this.size) return `descriptor ${index} follows; the queue has ${this.size}`;
    }
    return "a descriptor chain is longer than the queue: it has a loop";
  }

  #walkIndirect(at: number, length: number): string | null {
    const count = length / DESCRIPTOR_SIZE;
    if (!Number.isInteger(count) || count < 1) return `an indirect table of ${length} bytes; a multiple of 16 is right`;
    // 2.7.5.3.1: a driver must not make a chain longer than the queue, so no more of a longer table can be in use.
    const used = Math.min(count, this.size);
    if (!this.#memory.read(at, this.#table.subarray(0, used * DESCRIPTOR_SIZE)))
      return "an indirect table is not in memory";
    const view = this.#tableView;
    let index = 0;
    for (let steps = 0; steps < this.size; steps++) {
      if (index >= used) return `descriptor ${index} follows in an indirect table of ${count}`;
      const offset = index * DESCRIPTOR_SIZE;
      const flags = view.getUint16(offset + 12, true);
      if ((flags & DESC_INDIRECT) !== 0) return "an indirect descriptor in an indirect table";
      if (!this.#chain.add(address(view, offset), view.getUint32(offset + 8, true), (flags & DESC_WRITE) !== 0))
        return "a descriptor chain has a readable buffer after a writable one, or too many bytes";
      if ((flags & DESC_NEXT) === 0) return null;
      index = view.getUint16(offset + 14, true);
    }
    return "a descriptor chain is longer than the queue: it has a loop";
  }

  #read16(at: number): number {
    const two = this.#small.subarray(0, 2);
    return this.#memory.read(at, two) ? two[0]! | (two[1]! << 8) : -1;
  }

  #fail(reason: string): null {
    this.broken = reason;
    return null;
  }
}

/** A 64-bit address; beyond 2^53 it is rounded, and {@link QueueMemory} refuses it. */
function address(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}
