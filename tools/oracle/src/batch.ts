import type { Draft } from "./generate/draft.js";
import { BACKGROUND, DATA_BASE, RECORD_SIZE } from "./layout.js";
import type { MachineState } from "./state.js";

/** Cases or results, one behind the other as the harness reads and writes them: a state record, then pieces of memory. */
export class Batch {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 19);
  length = 0;
  count = 0;
  /** Where each record starts. */
  readonly starts: number[] = [];

  clear(): void {
    this.length = 0;
    this.count = 0;
    this.starts.length = 0;
  }

  #reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = new Uint8Array((this.length + size) * 2);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  #word(value: number): void {
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** Adds the case that a draft holds. */
  addDraft(draft: Draft): void {
    this.add(draft.state, draft.image, mergeRanges(draft.touched));
  }

  /** Adds a record with the pieces of `memory` at `ranges` (offset and length by turns). */
  add(state: MachineState, memory: Uint8Array, ranges: readonly number[]): void {
    let size = RECORD_SIZE + 4;
    for (let i = 1; i < ranges.length; i += 2) size += 12 + ranges[i]!;
    this.#reserve(size);
    this.starts.push(this.length);
    this.bytes.set(state.bytes, this.length);
    this.length += RECORD_SIZE;
    this.#word(ranges.length >> 1);
    for (let i = 0; i < ranges.length; i += 2) {
      const from = ranges[i]!;
      const length = ranges[i + 1]!;
      this.#word(DATA_BASE + from);
      this.#word(length);
      this.bytes.set(memory.subarray(from, from + length), this.length);
      this.bytes.fill(0, this.length + length, this.length + ((length + 3) & ~3));
      this.length += (length + 3) & ~3;
    }
    this.count++;
  }

  /** Takes over an answer of the harness. */
  adopt(bytes: Uint8Array<ArrayBuffer>, count: number): void {
    this.clear();
    this.bytes = bytes;
    this.length = bytes.length;
    let at = 0;
    for (let i = 0; i < count; i++) {
      this.starts.push(at);
      at += RECORD_SIZE;
      const pieces = readWord(bytes, at);
      at += 4;
      for (let piece = 0; piece < pieces; piece++) at += 8 + ((readWord(bytes, at + 4) + 3) & ~3);
    }
    if (at !== bytes.length) throw new Error(`answer of the harness: ${bytes.length} bytes, its records end at ${at}`);
    this.count = count;
  }

  loadState(i: number, state: MachineState): void {
    const at = this.starts[i]!;
    state.bytes.set(this.bytes.subarray(at, at + RECORD_SIZE));
  }

  /** Writes the memory of record `i` over `memory`, and where it did over `touched` (offset and length by turns). */
  loadMemory(i: number, memory: Uint8Array, touched: number[]): void {
    let at = this.starts[i]! + RECORD_SIZE;
    const pieces = readWord(this.bytes, at);
    at += 4;
    for (let piece = 0; piece < pieces; piece++) {
      const offset = readWord(this.bytes, at) - DATA_BASE;
      const length = readWord(this.bytes, at + 4);
      memory.set(this.bytes.subarray(at + 8, at + 8 + length), offset);
      touched.push(offset, length);
      at += 8 + ((length + 3) & ~3);
    }
  }
}

function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Sorts ranges and joins those that touch. */
export function mergeRanges(ranges: readonly number[]): readonly number[] {
  if (ranges.length <= 2) return ranges;
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i]! + ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  let [from, to] = pairs[0]!;
  for (const [start, end] of pairs) {
    if (start > to) {
      merged.push(from, to - from);
      from = start;
    }
    to = Math.max(to, end);
  }
  merged.push(from, to - from);
  return merged;
}

/** A copy of the data window that is changed for a case and put back. */
export class Window {
  readonly memory: Uint8Array = BACKGROUND.slice();
  readonly #touched: number[] = [];

  apply(batch: Batch, i: number): void {
    batch.loadMemory(i, this.memory, this.#touched);
  }

  reset(): void {
    const touched = this.#touched;
    for (let i = 0; i < touched.length; i += 2) {
      const from = touched[i]!;
      this.memory.set(BACKGROUND.subarray(from, from + touched[i + 1]!), from);
    }
    touched.length = 0;
  }
}
