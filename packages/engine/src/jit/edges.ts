import { I64, type Value, type ValueType } from "@isinglass/uops";
import { TRACKED_IN_LOCAL, packExit } from "./exits.js";
import type { Knowledge } from "./knowledge.js";
import { EDGE, GET, HUB, JUMP, type RegionBuffer, SET } from "./region-buffer.js";
import type { SlotState } from "./slot-state.js";

/** Where the edges of a block lead: asked by the translator, answered by the region's shape. */
export interface EdgeSource {
  /** Index of the block that begins at an offset and may be gone to, or -1. */
  blockAt(offset: number): number;
  /** Offsets, relative to the entry's page, where an indirect jump out of this block is likely to go. */
  readonly likely: readonly number[];
  /** Index of the hub that an indirect jump out of this block goes to with its address, or -1. */
  readonly hub: number;
}

/** Writes where control leaves a block: for another, by way of a hub, or out of the region. Counts what of its fuel the block has used. */
export class Edges {
  /** The slot that holds the address with which a hub is gone to, or -1. */
  hubAddress = -1;
  /** Knowledge on the way into each block that has one way in. */
  readonly arriving: (Knowledge | undefined)[] = [];
  /** Offset of the instruction in hand. */
  offset = 0;
  /** Instructions that the block was charged for, and those that are done. */
  charged = 0;
  done = 0;
  source!: EdgeSource;
  readonly #buffer: RegionBuffer;
  readonly #state: SlotState;
  readonly #slotTypes: ValueType[];

  constructor(buffer: RegionBuffer, state: SlotState, slotTypes: ValueType[]) {
    this.#buffer = buffer;
    this.#state = state;
    this.#slotTypes = slotTypes;
  }

  clear(): void {
    this.arriving.length = 0;
    this.hubAddress = -1;
  }

  /** Number of an exit at which the instruction in hand is interpreted. */
  bail(): number {
    this.#state.observe();
    this.#state.keepTracked();
    const { exits } = this.#buffer;
    return exits.push(packExit(this.offset, this.charged - this.done, this.#state.trackedValue(), true)) - 1;
  }

  /** Number of an exit at which the instruction in hand has been done, with its own address. */
  after(): number {
    const { exits } = this.#buffer;
    return exits.push(packExit(this.offset, this.charged - this.done - 1, TRACKED_IN_LOCAL, false)) - 1;
  }

  /** Goes to the block at an offset, or leaves for it. */
  edge(offset: number, interpret: boolean, bits: number): void {
    this.#state.settle();
    const block = interpret ? -1 : this.source.blockAt(offset);
    const value = this.#state.trackedValue();
    if (block >= 0) this.arriving[block] = this.#state.known.inherited();
    else this.#state.keepTracked();
    const fuel = this.charged - this.done;
    this.#buffer.add(EDGE, -1, -1, bits, block, this.#buffer.extra.length);
    this.#buffer.extra.push(offset, fuel, value, interpret ? 1 : 0);
  }

  /** Tries the targets of all jumps that go to a hub. */
  hub(): void {
    this.charged = this.done = 0;
    this.#jumpTo(this.#buffer.add(GET, -1, -1, -1, this.#hubSlot()));
  }

  #hubSlot(): number {
    if (this.hubAddress < 0) this.hubAddress = this.#slotTypes.push(I64) - 1;
    return this.hubAddress;
  }

  /** Jumps to an address. */
  jump(target: Value): void {
    const { hub } = this.source;
    if (hub < 0) {
      this.#jumpTo(target);
      return;
    }
    this.#buffer.add(SET, target, -1, -1, this.#hubSlot());
    this.#state.settle();
    this.#state.keepTracked();
    this.#buffer.add(HUB, -1, -1, -1, hub);
  }

  #jumpTo(target: Value): void {
    this.#state.settle();
    this.#state.keepTracked();
    const { extra } = this.#buffer;
    const first = extra.length;
    let count = 0;
    for (const offset of this.source.likely) {
      const block = this.source.blockAt(offset);
      if (block < 0) continue;
      this.arriving[block] = this.#state.known.inherited();
      extra.push(offset, block);
      count += 1;
    }
    const exit = packExit(0, this.charged - this.done, this.#state.trackedValue(), false);
    this.#buffer.add(JUMP, target, -1, exit, first, count);
  }
}
