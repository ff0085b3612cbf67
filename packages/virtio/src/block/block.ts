import type { SnapshotValue } from "@isinglass/interface";
import type { DescriptorChain } from "../chain.js";
import type { VirtioModel, VirtioPort } from "../model.js";
import { DEVICE_BLOCK } from "../spec.js";
import { StateReader, badState } from "../state.js";
import type { BlockBackend } from "./backend.js";

// Block device: VIRTIO 1.2, section 5.2.

const FEATURE_SIZE_MAX = 1;
const FEATURE_SEG_MAX = 2;
const FEATURE_RO = 5;
const FEATURE_BLK_SIZE = 6;
const FEATURE_FLUSH = 9;

const TYPE_IN = 0;
const TYPE_OUT = 1;
const TYPE_FLUSH = 4;
const TYPE_GET_ID = 8;

const STATUS_OK = 0;
const STATUS_IOERR = 1;
const STATUS_UNSUPPORTED = 2;

export const SECTOR_SIZE = 512;
const HEADER_SIZE = 16;
const ID_SIZE = 20;
const QUEUE_SIZE = 128;
/** Data descriptors of a request: the queue's size without header and status. */
const SEGMENTS_MAX = QUEUE_SIZE - 2;
/** Largest data descriptor that is announced; a request that has more data than all of them is refused. */
const SEGMENT_SIZE_MAX = 1 << 19;
const REQUEST_MAX = SEGMENTS_MAX * SEGMENT_SIZE_MAX;
/** Data goes between guest memory and backend in pieces of this size: host memory does not grow with the request. */
const PIECE = 1 << 17;

export interface VirtioBlockOptions {
  readonly backend: BlockBackend;
  /** Up to 20 ASCII characters that the guest sees as the disk's serial number. */
  readonly serial?: string;
}

/**
 * A disk with one queue: read, write, flush, get-id. A driver that does not negotiate VIRTIO_BLK_F_FLUSH gets a write-through disk: each write is flushed
 * before it is answered (5.2.6.2).
 */
export class VirtioBlock implements VirtioModel {
  readonly name = "virtio-blk";
  readonly deviceType: number = DEVICE_BLOCK;
  readonly pciClass = 0x01_0000;
  readonly features: readonly number[];
  readonly queueSizes: readonly number[] = [QUEUE_SIZE];
  readonly config: Uint8Array = new Uint8Array(60);
  readonly #backend: BlockBackend;
  readonly #serial: Uint8Array;
  readonly #sectors: number;
  readonly #header = new Uint8Array(HEADER_SIZE);
  readonly #headerView: DataView;
  readonly #status = new Uint8Array(1);
  readonly #piece = new Uint8Array(PIECE);
  #port: VirtioPort | null = null;

  constructor(options: VirtioBlockOptions) {
    this.#backend = options.backend;
    this.#headerView = new DataView(this.#header.buffer);
    this.#serial = new Uint8Array(ID_SIZE);
    const serial = options.serial ?? "isinglass";
    for (let i = 0; i < Math.min(serial.length, ID_SIZE); i++) this.#serial[i] = serial.charCodeAt(i) & 0x7f;
    const features = [FEATURE_SIZE_MAX, FEATURE_SEG_MAX, FEATURE_BLK_SIZE, FEATURE_FLUSH];
    if (this.#backend.readonly) features.push(FEATURE_RO);
    this.features = features;
    this.#sectors = Math.floor(this.#backend.size / SECTOR_SIZE);
    const config = new DataView(this.config.buffer);
    config.setUint32(0, this.#sectors % 2 ** 32, true);
    config.setUint32(4, Math.floor(this.#sectors / 2 ** 32), true);
    config.setUint32(8, SEGMENT_SIZE_MAX, true);
    config.setUint32(12, SEGMENTS_MAX, true);
    config.setUint32(20, SECTOR_SIZE, true);
  }

  attach(port: VirtioPort): void {
    this.#port = port;
  }

  handle(_queue: number, chain: DescriptorChain): number | null {
    // The status is the last byte that the device may write; without it there is no way to answer.
    if (chain.writable < 1 || !chain.read(this.#header)) return null;
    const view = this.#headerView;
    const type = view.getUint32(0, true);
    const sector = view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32;
    let status: number;
    let written = 0;
    try {
      switch (type) {
        case TYPE_IN:
          written = chain.writable - 1;
          status = this.#read(chain, sector, written);
          break;
        case TYPE_OUT:
          status = this.#write(chain, sector, chain.readable - HEADER_SIZE);
          break;
        case TYPE_FLUSH:
          this.#backend.flush();
          status = STATUS_OK;
          break;
        case TYPE_GET_ID:
          written = Math.min(chain.writable - 1, ID_SIZE);
          status = chain.write(this.#serial.subarray(0, written)) ? STATUS_OK : STATUS_IOERR;
          break;
        default:
          status = STATUS_UNSUPPORTED;
      }
    } catch (error) {
      // Whatever the back end throws is the guest's I/O error, not the machine's end; the host's log has the reason.
      this.#port?.emit("block-error", {
        type,
        sector,
        message: error instanceof Error ? error.message : String(error),
      });
      status = STATUS_IOERR;
    }
    this.#status[0] = status;
    return chain.writeLast(this.#status) ? (status === STATUS_OK ? written + 1 : 1) : null;
  }

  /** Whether [sector, sector + length) lies on the disk and is a request that was announced as possible. */
  #valid(sector: number, length: number): boolean {
    return length % SECTOR_SIZE === 0 && length <= REQUEST_MAX && sector + length / SECTOR_SIZE <= this.#sectors;
  }

  #read(chain: DescriptorChain, sector: number, length: number): number {
    if (!this.#valid(sector, length)) return STATUS_IOERR;
    for (let done = 0; done < length; done += PIECE) {
      const piece = this.#piece.subarray(0, Math.min(PIECE, length - done));
      this.#backend.read(sector * SECTOR_SIZE + done, piece);
      if (!chain.write(piece)) return STATUS_IOERR;
    }
    return STATUS_OK;
  }

  #write(chain: DescriptorChain, sector: number, length: number): number {
    if (this.#backend.readonly || !this.#valid(sector, length)) return STATUS_IOERR;
    for (let done = 0; done < length; done += PIECE) {
      const piece = this.#piece.subarray(0, Math.min(PIECE, length - done));
      if (!chain.read(piece)) return STATUS_IOERR;
      this.#backend.write(sector * SECTOR_SIZE + done, piece);
    }
    if (this.#port?.negotiated(FEATURE_FLUSH) !== true) this.#backend.flush();
    return STATUS_OK;
  }

  reset(): void {
    // Nothing is remembered between requests.
  }

  save(): SnapshotValue {
    return { sectors: this.#sectors };
  }

  load(state: SnapshotValue): void {
    const saved = new StateReader(this.name, state).int("sectors", 0, Number.MAX_SAFE_INTEGER);
    if (saved !== this.#sectors)
      throw badState(this.name, `the snapshot's disk has ${saved} sectors; this one has ${this.#sectors}`);
  }
}
