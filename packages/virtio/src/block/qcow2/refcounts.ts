import { IsinglassError } from "@isinglass/interface";
import { corrupt } from "./errors.js";
import { type Qcow2Header, u64 } from "./header.js";
import type { ImageFile } from "./image-file.js";

/** Blocks that are kept in memory. They are written through, so any of them may go at any time. */
const BLOCKS_MAX = 64;
/** Clusters may be counted and not written yet, but no more than these behind the end of the file; bounds what a hostile image makes us search. */
const BEHIND_END_MAX = 65_536;
/** In the header: offset of the refcount table, and its clusters. */
const TABLE_FIELDS = 48;
/** Where an L2 entry's offset ends (bits 9 to 55), below what a number can hold. */
const OFFSET_MAX = 2 ** 52;

/**
 * How often each cluster of the image is used. Counts are in the file as soon as they are raised, and lowered only when nothing on stable storage refers to the cluster any more: at
 * every moment a cluster in use has a count that is high enough, which is what keeps an image whole. What is lost by a crash in between is space.
 */
export class Refcounts {
  readonly #file: ImageFile;
  readonly #header: Qcow2Header;
  /** Refcounts of a block. */
  readonly #perBlock: number;
  /** Offset of each block; 0 where all of its counts are 0. */
  #table: Float64Array;
  #tableOffset: number;
  #tableClusters: number;
  readonly #blocks = new Map<number, Uint8Array>();
  /** No cluster below is free. */
  #next = 1;

  constructor(file: ImageFile, header: Qcow2Header) {
    this.#file = file;
    this.#header = header;
    const { clusterSize, refcountOrder, refcountOffset, refcountClusters } = header;
    this.#perBlock = (clusterSize * 8) / 2 ** refcountOrder;
    this.#tableOffset = refcountOffset;
    this.#tableClusters = refcountClusters;
    const bytes = new Uint8Array(refcountClusters * clusterSize);
    file.read(refcountOffset, bytes);
    const view = new DataView(bytes.buffer);
    this.#table = Float64Array.from({ length: bytes.length / 8 }, (_, i) => u64(view, i * 8));
    for (const [i, offset] of this.#table.entries()) {
      if (offset % clusterSize !== 0 || (offset !== 0 && offset >= file.size))
        throw corrupt(file.name, `refcount block ${i} at ${offset}; the file has ${file.size} bytes`);
    }
  }

  get(cluster: number): number {
    const block = this.#block(Math.floor(cluster / this.#perBlock));
    return block === null ? 0 : this.#count(block, cluster % this.#perBlock);
  }

  /** One reference fewer. */
  release(cluster: number): void {
    const count = this.get(cluster);
    if (count === 0) throw corrupt(this.#file.name, `cluster ${cluster} is in use and has refcount 0`);
    this.#set(cluster, count - 1);
    if (count === 1) this.#next = Math.min(this.#next, cluster);
  }

  /** A free cluster, which has one reference from now on. */
  allocate(): number {
    const end = Math.ceil(this.#file.size / this.#header.clusterSize) + BEHIND_END_MAX;
    for (let cluster = this.#next; ; cluster += 1) {
      if (cluster > end)
        throw corrupt(this.#file.name, "its refcounts say that clusters far behind its end are in use");
      if (cluster * this.#header.clusterSize >= OFFSET_MAX)
        throw new IsinglassError("ISG_BLOCK_IO", `${this.#file.name}: no cluster is free below 2^52`);
      const index = Math.floor(cluster / this.#perBlock);
      if (index >= this.#table.length) this.#growTable();
      if (this.#table[index] === 0) this.#addBlock(index, cluster);
      const block = this.#block(index);
      if (block === null || this.#count(block, cluster % this.#perBlock) !== 0) continue;
      this.#set(cluster, 1);
      this.#next = cluster + 1;
      return cluster;
    }
  }

  #block(index: number): Uint8Array | null {
    const offset = this.#table[index] ?? 0;
    if (offset === 0) return null;
    const known = this.#blocks.get(index);
    if (known !== undefined) return known;
    const block = new Uint8Array(this.#header.clusterSize);
    this.#file.read(offset, block);
    this.#keep(index, block);
    return block;
  }

  #keep(index: number, block: Uint8Array): void {
    for (const [oldest] of this.#blocks) {
      if (this.#blocks.size < BLOCKS_MAX) break;
      this.#blocks.delete(oldest);
    }
    this.#blocks.set(index, block);
  }

  #count(block: Uint8Array, at: number): number {
    const bits = 2 ** this.#header.refcountOrder;
    if (bits < 8) return (block[(at * bits) >> 3]! >>> ((at * bits) & 7)) & (2 ** bits - 1);
    let value = 0;
    for (let i = 0; i < bits / 8; i += 1) value = value * 256 + block[(at * bits) / 8 + i]!;
    return value;
  }

  #put(block: Uint8Array, at: number, value: number): { readonly first: number; readonly length: number } {
    const bits = 2 ** this.#header.refcountOrder;
    if (bits < 8) {
      const first = (at * bits) >> 3;
      const shift = (at * bits) & 7;
      block[first] = (block[first]! & ~((2 ** bits - 1) << shift)) | (value << shift);
      return { first, length: 1 };
    }
    const first = (at * bits) / 8;
    for (let i = bits / 8 - 1, left = value; i >= 0; i -= 1, left = Math.floor(left / 256))
      block[first + i] = left % 256;
    return { first, length: bits / 8 };
  }

  #set(cluster: number, value: number): void {
    const index = Math.floor(cluster / this.#perBlock);
    const block = this.#block(index)!;
    const { first, length } = this.#put(block, cluster % this.#perBlock, value);
    this.#file.write(this.#table[index]! + first, block.subarray(first, first + length));
  }

  /** A block for counts that were all 0, in a cluster of its own range. It is on stable storage before the table names it. */
  #addBlock(index: number, cluster: number): void {
    const block = new Uint8Array(this.#header.clusterSize);
    this.#put(block, cluster % this.#perBlock, 1);
    const offset = cluster * this.#header.clusterSize;
    this.#file.write(offset, block);
    this.#file.flush();
    this.#file.write(this.#tableOffset + index * 8, entry(offset));
    this.#table[index] = offset;
    this.#keep(index, block);
  }

  /**
   * A longer table, behind everything that the present one can count: blocks for that range, then the table. The header names it when all of that is on stable storage; until then nobody
   * knows of it.
   */
  #growTable(): void {
    const { clusterSize } = this.#header;
    const before = this.#table.length;
    const clusters = Math.ceil(this.#tableClusters * 1.5) + 1;
    let blocks = 1;
    while (blocks + clusters > blocks * this.#perBlock) blocks += 1;
    const length = (clusters * clusterSize) / 8;
    const first = before * this.#perBlock;
    if (before + blocks > length || (first + blocks + clusters) * clusterSize >= OFFSET_MAX)
      throw new IsinglassError(
        "ISG_BLOCK_IO",
        `${this.#file.name}: the refcount table cannot grow beyond ${before} entries`,
      );
    const table = new Float64Array(length);
    table.set(this.#table);
    for (let i = 0; i < blocks; i += 1) {
      const block = new Uint8Array(clusterSize);
      const from = i * this.#perBlock;
      for (let at = 0; at < this.#perBlock && from + at < blocks + clusters; at += 1) this.#put(block, at, 1);
      table[before + i] = (first + i) * clusterSize;
      this.#file.write(table[before + i]!, block);
    }
    const bytes = new Uint8Array(clusters * clusterSize);
    table.forEach((offset, i) => bytes.set(entry(offset), i * 8));
    const offset = (first + blocks) * clusterSize;
    this.#file.write(offset, bytes);
    this.#file.flush();
    const fields = new Uint8Array(12);
    fields.set(entry(offset));
    new DataView(fields.buffer).setUint32(8, clusters);
    this.#file.write(TABLE_FIELDS, fields);
    this.#file.flush();
    const old = { first: this.#tableOffset / clusterSize, clusters: this.#tableClusters };
    this.#table = table;
    this.#tableOffset = offset;
    this.#tableClusters = clusters;
    for (let i = 0; i < old.clusters; i += 1) this.release(old.first + i);
  }
}

/** A number as the 64 bits of a table's entry. */
function entry(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / 2 ** 32));
  view.setUint32(4, value % 2 ** 32);
  return bytes;
}
