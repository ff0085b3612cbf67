import { IsinglassError } from "@isinglass/interface";
import type { BlockBackend } from "../backend.js";
import { corrupt, shown } from "./errors.js";
import { AUTOCLEAR_OFFSET, type Qcow2Header, readHeader } from "./header.js";
import type { ImageFile } from "./image-file.js";
import { Mapping, type Place } from "./mapping.js";
import { Refcounts } from "./refcounts.js";
import { findSnapshot } from "./snapshots.js";

export interface Qcow2Options {
  /** Name or id of a snapshot: the disk is as it was then, and read-only. */
  readonly snapshot?: string;
  /**
   * Opens, for reading, the disk below an image that has one. The image's author chose the name: say no to what the guest is not to see. Absent: such an image is refused.
   */
  readonly openBacking?: (name: string, format: string | null) => BlockBackend;
  /** Decodes a raw deflate stream (RFC 1951) of at most `length` bytes; compressed clusters cannot be read without. */
  readonly inflate?: (bytes: Uint8Array, length: number) => Uint8Array;
}

/**
 * A disk in a qcow2 image (versions 2 and 3): clusters that are there when they are written first, internal snapshots, a backing file, compressed clusters for reading.
 *
 * What was flushed is there whatever ends the process or the host, and the image is whole at every moment; a crash may leave clusters that nobody uses, which `qemu-img check -r leaks`
 * gives back.
 *
 * @throws IsinglassError `ISG_QCOW2_BAD_MAGIC`, `ISG_QCOW2_UNSUPPORTED`, `ISG_QCOW2_CORRUPT`, `ISG_QCOW2_NO_SNAPSHOT`, `ISG_QCOW2_BACKING`
 */
export class Qcow2BlockBackend implements BlockBackend {
  readonly size: number;
  readonly readonly: boolean;
  readonly discardGranularity: number;
  readonly #file: ImageFile;
  readonly #header: Qcow2Header;
  readonly #mapping: Mapping;
  readonly #backing: BlockBackend | null;
  readonly #inflate: Qcow2Options["inflate"];
  readonly #clusterSize: number;
  readonly #buffer: Uint8Array;
  /** The compressed cluster that was read last. */
  #inflated: Uint8Array | null = null;
  #inflatedCluster = -1;

  constructor(file: ImageFile, options: Qcow2Options = {}) {
    const header = readHeader(file);
    const snapshot = options.snapshot === undefined ? null : findSnapshot(file, header, options.snapshot);
    this.#file = file;
    this.#header = header;
    this.#clusterSize = header.clusterSize;
    this.discardGranularity = header.clusterSize;
    this.#buffer = new Uint8Array(header.clusterSize);
    this.#inflate = options.inflate;
    this.readonly = file.readonly || snapshot !== null;
    this.size = snapshot?.size ?? header.size;
    if (!this.readonly) this.#checkWritable();
    const refcounts = this.readonly ? null : new Refcounts(file, header);
    if (refcounts !== null) this.#checkCounts(refcounts);
    this.#mapping = new Mapping(file, refcounts, { ...header, ...snapshot });
    this.#backing = this.#openBacking(options);
    if (!this.readonly && header.autoclear) {
      file.write(AUTOCLEAR_OFFSET, new Uint8Array(8));
      file.flush();
    }
  }

  #checkWritable(): void {
    const { dirty, damaged } = this.#header;
    const what = damaged ? "it is marked as damaged" : dirty ? "its refcounts are marked as out of date" : null;
    if (what === null) return;
    throw new IsinglassError(
      "ISG_QCOW2_CORRUPT",
      `${this.#file.name}: ${what}; repair it with "qemu-img check -r all", or open it read-only`,
      { name: this.#file.name },
    );
  }

  /** What the header names must be in use, or the next write would go there. */
  #checkCounts(refcounts: Refcounts): void {
    const { l1Offset, l1Size, refcountOffset, refcountClusters, snapshotsOffset } = this.#header;
    const size = this.#clusterSize;
    const used: [number, number][] = [
      [0, 1],
      [l1Offset / size, Math.ceil((l1Size * 8) / size)],
      [refcountOffset / size, refcountClusters],
      [snapshotsOffset / size, snapshotsOffset === 0 ? 0 : 1],
    ];
    for (const [first, count] of used)
      for (let cluster = first; cluster < first + count; cluster += 1)
        if (refcounts.get(cluster) === 0)
          throw corrupt(this.#file.name, `cluster ${cluster}, which the header names, has refcount 0`);
  }

  #openBacking({ openBacking }: Qcow2Options): BlockBackend | null {
    const { backing } = this.#header;
    if (backing === null) return null;
    if (openBacking === undefined)
      throw new IsinglassError(
        "ISG_QCOW2_BACKING",
        `${this.#file.name}: it has the backing file ${shown(backing.name)}, and whoever opened it has not allowed any`,
        { backing: backing.name },
      );
    return openBacking(backing.name, backing.format);
  }

  read(offset: number, into: Uint8Array): void {
    this.#check("read", offset, into.length);
    this.#eachPiece(offset, into.length, (cluster, inside, done, length) => {
      this.#readPiece(this.#mapping.find(cluster), cluster, inside, into.subarray(done, done + length));
    });
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check("write", offset, bytes.length);
    this.#eachPiece(offset, bytes.length, (cluster, inside, done, length) => {
      this.#writePiece(cluster, inside, bytes.subarray(done, done + length));
    });
  }

  flush(): void {
    if (this.readonly) return;
    this.#mapping.commit();
    this.#file.flush();
  }

  discard(offset: number, length: number): void {
    this.#check("discard", offset, length);
    this.#eachPiece(offset, length, (cluster, inside, _done, piece) => {
      // A part of a cluster is nothing that could be given back.
      if (inside === 0 && this.#isWhole(cluster, piece) && this.#mapping.find(cluster).kind !== "none")
        this.#clear(cluster, false);
    });
  }

  writeZeroes(offset: number, length: number, unmap: boolean): void {
    this.#check("write", offset, length);
    this.#eachPiece(offset, length, (cluster, inside, _done, piece) => {
      if (inside === 0 && this.#isWhole(cluster, piece) && this.#clear(cluster, !unmap)) return;
      const { kind } = this.#mapping.find(cluster);
      if (kind === "zero" || (kind === "none" && this.#backing === null)) return;
      this.#writePiece(cluster, inside, new Uint8Array(piece));
    });
  }

  close(): void {
    try {
      this.flush();
    } finally {
      this.#backing?.close?.();
      this.#file.close();
    }
  }

  /** A cluster, or the part of the last one that the disk has. */
  #isWhole(cluster: number, length: number): boolean {
    return length === Math.min(this.#clusterSize, this.size - cluster * this.#clusterSize);
  }

  /** Makes a cluster read as zeros without data; false where the format cannot say so. */
  #clear(cluster: number, keepPlace: boolean): boolean {
    if (this.#backing !== null && this.#header.version === 2) return false;
    const place = this.#mapping.find(cluster);
    if (place.kind === "none" && this.#backing === null) return true;
    if (place.kind === "zero" && (keepPlace || place.offset === 0)) return true;
    this.#forget(cluster);
    this.#mapping.clear(cluster, place, keepPlace);
    return true;
  }

  #readPiece(place: Place, cluster: number, inside: number, into: Uint8Array): void {
    switch (place.kind) {
      case "plain":
        this.#file.read(place.offset + inside, into);
        return;
      case "zero":
        into.fill(0);
        return;
      case "compressed":
        into.set(this.#inflateCluster(place, cluster).subarray(inside, inside + into.length));
        return;
      case "none": {
        const backing = this.#backing;
        const at = cluster * this.#clusterSize + inside;
        // The disk below may be shorter, to the byte.
        const there = backing === null ? 0 : Math.max(0, Math.min(into.length, backing.size - at));
        if (there > 0) backing!.read(at, into.subarray(0, there));
        into.fill(0, there);
      }
    }
  }

  #writePiece(cluster: number, inside: number, bytes: Uint8Array): void {
    const place = this.#mapping.find(cluster);
    if (place.kind === "plain" && place.owned) {
      if (place.offset >= this.#file.size)
        throw corrupt(
          this.#file.name,
          `cluster ${cluster} of the disk is said to be at ${place.offset}, behind the end`,
        );
      this.#file.write(place.offset + inside, bytes);
      return;
    }
    const offset = this.#mapping.reserve(place);
    const blank = place.kind === "zero" || (place.kind === "none" && this.#backing === null);
    if (blank && offset >= this.#file.size) {
      // What the file has not reached yet reads as zeros already.
      this.#file.write(offset + inside, bytes);
    } else {
      const whole = this.#buffer;
      if (bytes.length < whole.length) {
        const left = Math.min(whole.length, this.size - cluster * this.#clusterSize);
        this.#readPiece(place, cluster, 0, whole.subarray(0, left));
        whole.fill(0, left);
      }
      whole.set(bytes, inside);
      this.#file.write(offset, whole);
    }
    this.#forget(cluster);
    this.#mapping.set(cluster, offset, place);
  }

  #forget(cluster: number): void {
    if (this.#inflatedCluster === cluster) this.#inflatedCluster = -1;
  }

  #inflateCluster(place: Place, cluster: number): Uint8Array {
    if (this.#inflated !== null && this.#inflatedCluster === cluster) return this.#inflated;
    if (this.#inflate === undefined)
      throw new IsinglassError(
        "ISG_QCOW2_UNSUPPORTED",
        `${this.#file.name}: a compressed cluster, and nothing to inflate it`,
      );
    const packed = new Uint8Array(place.length);
    this.#file.read(place.offset, packed);
    let bytes: Uint8Array;
    try {
      bytes = this.#inflate(packed, this.#clusterSize);
    } catch (error) {
      throw corrupt(
        this.#file.name,
        `the compressed cluster at ${place.offset} cannot be inflated (${error instanceof Error ? error.message : String(error)})`,
      );
    }
    if (bytes.length !== this.#clusterSize)
      throw corrupt(this.#file.name, `the compressed cluster at ${place.offset} has ${bytes.length} bytes`);
    this.#inflated = bytes;
    this.#inflatedCluster = cluster;
    return bytes;
  }

  #eachPiece(
    offset: number,
    length: number,
    visit: (cluster: number, inside: number, done: number, length: number) => void,
  ): void {
    for (let done = 0; done < length;) {
      const cluster = Math.floor((offset + done) / this.#clusterSize);
      const inside = (offset + done) % this.#clusterSize;
      const piece = Math.min(this.#clusterSize - inside, length - done);
      visit(cluster, inside, done, piece);
      done += piece;
    }
  }

  #check(what: "read" | "write" | "discard", offset: number, length: number): void {
    const { name } = this.#file;
    if (!(offset >= 0 && offset + length <= this.size))
      throw new IsinglassError(
        "ISG_BLOCK_RANGE",
        `${name}: ${what} of ${length} bytes at ${offset}; it has ${this.size}`,
        {
          offset,
          length,
        },
      );
    if (what !== "read" && this.readonly)
      throw new IsinglassError(
        "ISG_BLOCK_READONLY",
        `${name}: ${what} of ${length} bytes at ${offset}; it is read-only`,
        {
          offset,
        },
      );
  }
}
