import { corrupt } from "./errors.js";
import type { ImageFile } from "./image-file.js";
import type { Refcounts } from "./refcounts.js";

/** Entries of L1 and L2 tables, upper half: one reference alone, so that it may be written in place; compressed. Lower half: reads as zeros (version 3). */
const COPIED = 0x8000_0000;
const COMPRESSED = 0x4000_0000;
const ZERO = 1;
/** Bits 9 to 55 are the offset. */
const OFFSET_HIGH = 0x00ff_ffff;
const OFFSET_LOW = 0xffff_fe00;

/** L2 tables in memory: with clusters of 64 KiB they map 32 GiB. */
const TABLES_MAX = 64;
/** Changed tables, and clusters to be given back, after which the changes are written even if nobody has asked for a flush. */
const CHANGED_MAX = 32;
const RELEASED_MAX = 8192;

/** Where a cluster of the disk is. */
export interface Place {
  kind: "none" | "zero" | "plain" | "compressed";
  /** In the file; of `zero` too, where a place is kept. 0 where there is none. */
  offset: number;
  /** `compressed`: bytes in the file, at most. */
  length: number;
  /** Nobody else refers to the place. */
  owned: boolean;
}

interface Table {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes that the file does not have yet; none where `from` is not below `to`. */
  from: number;
  to: number;
}

export interface MappingOptions {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  readonly l1Offset: number;
  readonly l1Size: number;
}

/**
 * The two levels of tables that say where each cluster of the disk is. Changes stay in memory until {@link commit}, which puts them into the file in an order in which every table on stable
 * storage refers only to what is there: data and refcounts, L2 tables, L1 table; clusters that have become free come last.
 */
export class Mapping {
  readonly #file: ImageFile;
  readonly #refcounts: Refcounts | null;
  readonly #options: MappingOptions;
  readonly #clusterSize: number;
  readonly #perTable: number;
  readonly #l1: Uint8Array;
  readonly #l1View: DataView;
  readonly #l1Changed = new Set<number>();
  readonly #tables = new Map<number, Table>();
  readonly #changed = new Set<Table>();
  #released: number[] = [];

  /** @param refcounts null where nothing is to be written */
  constructor(file: ImageFile, refcounts: Refcounts | null, options: MappingOptions) {
    this.#file = file;
    this.#refcounts = refcounts;
    this.#options = options;
    this.#clusterSize = 2 ** options.clusterBits;
    this.#perTable = this.#clusterSize / 8;
    this.#l1 = new Uint8Array(options.l1Size * 8);
    this.#l1View = new DataView(this.#l1.buffer);
    file.read(options.l1Offset, this.#l1);
  }

  find(cluster: number): Place {
    const table = this.#table(Math.floor(cluster / this.#perTable));
    if (table === null) return { kind: "none", offset: 0, length: 0, owned: false };
    const at = (cluster % this.#perTable) * 8;
    const high = table.view.getUint32(at);
    const low = table.view.getUint32(at + 4);
    if ((high & COMPRESSED) !== 0) return this.#compressed(high, low);
    const offset = (high & OFFSET_HIGH) * 2 ** 32 + ((low & OFFSET_LOW) >>> 0);
    if (offset % this.#clusterSize !== 0 || !Number.isSafeInteger(offset + this.#clusterSize))
      throw corrupt(this.#file.name, `cluster ${cluster} of the disk is said to be at ${offset}`);
    const owned = (high & COPIED) !== 0 && offset !== 0;
    if (this.#options.version === 3 && (low & ZERO) !== 0) return { kind: "zero", offset, length: 0, owned };
    return { kind: offset === 0 ? "none" : "plain", offset, length: 0, owned };
  }

  /** Bits 0 to x - 1 are an offset in bytes, x to 61 the number of further sectors, x = 62 - (cluster bits - 8). */
  #compressed(high: number, low: number): Place {
    const shift = BigInt(62 - (this.#options.clusterBits - 8));
    const entry = (BigInt(high & 0x3fff_ffff) << 32n) | BigInt(low);
    const offset = Number(entry & ((1n << shift) - 1n));
    const length = (Number(entry >> shift) + 1) * 512 - (offset % 512);
    if (!Number.isSafeInteger(offset + length) || offset >= this.#file.size)
      throw corrupt(this.#file.name, `a compressed cluster at ${offset}; the file has ${this.#file.size} bytes`);
    return { kind: "compressed", offset, length, owned: false };
  }

  /** A place for a cluster that is to be written whole: the one kept for it, or a new one. {@link set} puts it in force. */
  reserve(place: Place): number {
    if (place.kind === "zero" && place.owned) {
      if (place.offset >= this.#file.size)
        throw corrupt(this.#file.name, `a cluster of zeros keeps a place at ${place.offset}, behind the end`);
      return place.offset;
    }
    return this.#counts.allocate() * this.#clusterSize;
  }

  /** From now on the cluster is at `offset`, which {@link reserve} gave for `before`. */
  set(cluster: number, offset: number, before: Place): void {
    this.#write(cluster, Math.floor(offset / 2 ** 32) + COPIED, offset % 2 ** 32);
    if (offset !== before.offset) this.#release(before);
    this.#relieve();
  }

  /** From now on the cluster reads as zeros, or where there is nothing below the image, as nothing. */
  clear(cluster: number, before: Place, keepPlace: boolean): void {
    const zero = this.#options.version === 3 ? ZERO : 0;
    if (keepPlace && zero !== 0 && before.owned && before.kind !== "compressed") {
      this.#write(cluster, Math.floor(before.offset / 2 ** 32) + COPIED, (before.offset % 2 ** 32) + ZERO);
    } else {
      this.#write(cluster, 0, zero);
      this.#release(before);
    }
    this.#relieve();
  }

  /** Puts all changes into the file, and, if there were any, returns with them on stable storage. */
  commit(): void {
    if (this.#changed.size === 0 && this.#l1Changed.size === 0 && this.#released.length === 0) return;
    const file = this.#file;
    file.flush();
    for (const table of this.#changed) {
      file.write(table.offset + table.from, table.bytes.subarray(table.from, table.to));
      table.from = table.to = 0;
    }
    this.#changed.clear();
    if (this.#l1Changed.size > 0) file.flush();
    for (const index of this.#l1Changed)
      file.write(this.#options.l1Offset + index * 8, this.#l1.subarray(index * 8, index * 8 + 8));
    this.#l1Changed.clear();
    file.flush();
    const released = this.#released;
    this.#released = [];
    for (const cluster of released) this.#counts.release(cluster);
  }

  get #counts(): Refcounts {
    if (this.#refcounts === null) throw new Error("qcow2: a change of an image that is open for reading");
    return this.#refcounts;
  }

  #release({ kind, offset, length }: Place): void {
    if (offset === 0) return;
    if (kind !== "compressed") {
      this.#released.push(offset / this.#clusterSize);
      return;
    }
    const last = Math.floor((offset + length - 1) / this.#clusterSize);
    for (let host = Math.floor(offset / this.#clusterSize); host <= last; host += 1) this.#released.push(host);
  }

  #relieve(): void {
    if (this.#changed.size > CHANGED_MAX || this.#released.length > RELEASED_MAX) this.commit();
  }

  #write(cluster: number, high: number, low: number): void {
    const table = this.#writable(Math.floor(cluster / this.#perTable));
    const at = (cluster % this.#perTable) * 8;
    table.view.setUint32(at, high);
    table.view.setUint32(at + 4, low);
    this.#note(table, at, at + 8);
  }

  #note(table: Table, from: number, to: number): void {
    const clean = table.from >= table.to;
    table.from = clean ? from : Math.min(table.from, from);
    table.to = clean ? to : Math.max(table.to, to);
    this.#changed.add(table);
  }

  #table(index: number): Table | null {
    const known = this.#tables.get(index);
    if (known !== undefined) return known;
    const offset = this.#l1Entry(index);
    if (offset === 0) return null;
    const { name, size } = this.#file;
    if (offset % this.#clusterSize !== 0 || offset >= size)
      throw corrupt(name, `L2 table ${index} is said to be at ${offset}; the file has ${size} bytes`);
    const bytes = new Uint8Array(this.#clusterSize);
    this.#file.read(offset, bytes);
    return this.#keep(index, offset, bytes);
  }

  #l1Entry(index: number): number {
    const high = this.#l1View.getUint32(index * 8);
    return (high & OFFSET_HIGH) * 2 ** 32 + ((this.#l1View.getUint32(index * 8 + 4) & OFFSET_LOW) >>> 0);
  }

  #keep(index: number, offset: number, bytes: Uint8Array): Table {
    if (this.#tables.size >= TABLES_MAX) {
      this.commit();
      const [oldest] = this.#tables.keys();
      this.#tables.delete(oldest!);
    }
    const table: Table = { offset, bytes, view: new DataView(bytes.buffer), from: 0, to: 0 };
    this.#tables.set(index, table);
    return table;
  }

  /** The table for a change: a new one, its own, or a copy where a snapshot has it too. */
  #writable(index: number): Table {
    const old = this.#table(index);
    if (old !== null && (this.#l1View.getUint32(index * 8) & COPIED) !== 0) return old;
    const offset = this.#counts.allocate() * this.#clusterSize;
    const bytes = old?.bytes.slice() ?? new Uint8Array(this.#clusterSize);
    if (old !== null) this.#released.push(old.offset / this.#clusterSize);
    this.#tables.delete(index);
    const table = this.#keep(index, offset, bytes);
    this.#note(table, 0, bytes.length);
    this.#l1View.setUint32(index * 8, Math.floor(offset / 2 ** 32) + COPIED);
    this.#l1View.setUint32(index * 8 + 4, offset % 2 ** 32);
    this.#l1Changed.add(index);
    return table;
  }
}
