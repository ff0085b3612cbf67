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
const FEATURE_CONFIG_WCE = 11;
const FEATURE_DISCARD = 13;
const FEATURE_WRITE_ZEROES = 14;

const TYPE_IN = 0;
const TYPE_OUT = 1;
const TYPE_FLUSH = 4;
const TYPE_GET_ID = 8;
const TYPE_DISCARD = 11;
const TYPE_WRITE_ZEROES = 13;

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
/** Discard and write-zeroes: one segment of 16 bytes a request (5.2.6), of at most so many sectors. */
const SEGMENT_BYTES = 16;
const DISCARD_SECTORS_MAX = 1 << 16;
const ZERO_SECTORS_MAX = 1 << 13;
/** Bit 0 of a segment's flags: the storage may be given back. The others are reserved. */
const SEGMENT_UNMAP = 1;
/** A discard costs metadata alone: so many bytes of it are worth one of data. */
const DISCARD_CHEAPER = 64;
/** Offset of `writeback` in the configuration. */
const CONFIG_WRITEBACK = 32;

export interface VirtioBlockOptions {
  readonly backend: BlockBackend;
  /** Up to 20 ASCII characters that the guest sees as the disk's serial number. */
  readonly serial?: string;
}

/**
 * A disk with one queue: read, write, flush, get-id, write-zeroes, and discard where the back end can. A driver that does not negotiate VIRTIO_BLK_F_FLUSH, or that
 * clears `writeback`, gets a write-through disk: each write is flushed before it is answered (5.2.6.2).
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
  readonly #segment = new DataView(new ArrayBuffer(SEGMENT_BYTES));
  #port: VirtioPort | null = null;

  constructor(options: VirtioBlockOptions) {
    this.#backend = options.backend;
    this.#headerView = new DataView(this.#header.buffer);
    this.#serial = new Uint8Array(ID_SIZE);
    const serial = options.serial ?? "isinglass";
    for (let i = 0; i < Math.min(serial.length, ID_SIZE); i++) this.#serial[i] = serial.charCodeAt(i) & 0x7f;
    const features = [FEATURE_SIZE_MAX, FEATURE_SEG_MAX, FEATURE_BLK_SIZE, FEATURE_FLUSH];
    if (this.#backend.readonly) features.push(FEATURE_RO);
    else features.push(FEATURE_CONFIG_WCE, FEATURE_WRITE_ZEROES);
    if (!this.#backend.readonly && this.#backend.discard !== undefined) features.push(FEATURE_DISCARD);
    this.features = features;
    this.#sectors = Math.floor(this.#backend.size / SECTOR_SIZE);
    const config = new DataView(this.config.buffer);
    config.setUint32(0, this.#sectors % 2 ** 32, true);
    config.setUint32(4, Math.floor(this.#sectors / 2 ** 32), true);
    config.setUint32(8, SEGMENT_SIZE_MAX, true);
    config.setUint32(12, SEGMENTS_MAX, true);
    config.setUint32(20, SECTOR_SIZE, true);
    this.config[CONFIG_WRITEBACK] = 1;
    config.setUint32(36, DISCARD_SECTORS_MAX, true);
    config.setUint32(40, 1, true);
    config.setUint32(44, (this.#backend.discardGranularity ?? SECTOR_SIZE) / SECTOR_SIZE, true);
    config.setUint32(48, ZERO_SECTORS_MAX, true);
    config.setUint32(52, 1, true);
    this.config[56] = this.#backend.writeZeroes === undefined ? 0 : 1;
  }

  attach(port: VirtioPort): void {
    this.#port = port;
  }

  /** `writeback` alone can be written (5.2.5.2); what was written before it is cleared is then on stable storage. */
  writeConfig(offset: number, bytes: Uint8Array): void {
    if (offset !== CONFIG_WRITEBACK || bytes.length !== 1 || this.#port?.negotiated(FEATURE_CONFIG_WCE) !== true)
      return;
    this.config[CONFIG_WRITEBACK] = bytes[0]! & 1;
    if (this.#writesThrough)
      try {
        this.#backend.flush();
      } catch (error) {
        this.#report(TYPE_FLUSH, 0, error);
      }
  }

  get #writesThrough(): boolean {
    return this.#port?.negotiated(FEATURE_FLUSH) !== true || this.config[CONFIG_WRITEBACK] === 0;
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
        case TYPE_DISCARD:
        case TYPE_WRITE_ZEROES:
          status = this.#clear(chain, type);
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
      this.#report(type, sector, error);
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
    if (this.#writesThrough) this.#backend.flush();
    return STATUS_OK;
  }

  /** Discard and write-zeroes (5.2.6.2): the segment is read once, checked, and used from the copy. */
  #clear(chain: DescriptorChain, type: number): number {
    const zero = type === TYPE_WRITE_ZEROES;
    if (!this.features.includes(zero ? FEATURE_WRITE_ZEROES : FEATURE_DISCARD)) return STATUS_UNSUPPORTED;
    const view = this.#segment;
    if (chain.readable !== HEADER_SIZE + SEGMENT_BYTES || !chain.read(new Uint8Array(view.buffer))) return STATUS_IOERR;
    const sector = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    const sectors = view.getUint32(8, true);
    const flags = view.getUint32(12, true);
    if ((flags & ~(zero ? SEGMENT_UNMAP : 0)) !== 0) return STATUS_UNSUPPORTED;
    if (sectors > (zero ? ZERO_SECTORS_MAX : DISCARD_SECTORS_MAX) || !(sector + sectors <= this.#sectors))
      return STATUS_IOERR;
    const [offset, length] = [sector * SECTOR_SIZE, sectors * SECTOR_SIZE];
    this.#port?.spend(zero ? length : length / DISCARD_CHEAPER);
    if (length === 0) return STATUS_OK;
    if (!zero) this.#backend.discard?.(offset, length);
    else if (this.#backend.writeZeroes !== undefined)
      this.#backend.writeZeroes(offset, length, (flags & SEGMENT_UNMAP) !== 0);
    else {
      const zeros = this.#piece.fill(0);
      for (let done = 0; done < length; done += PIECE)
        this.#backend.write(offset + done, zeros.subarray(0, Math.min(PIECE, length - done)));
    }
    if (this.#writesThrough) this.#backend.flush();
    return STATUS_OK;
  }

  #report(type: number, sector: number, error: unknown): void {
    this.#port?.emit("block-error", { type, sector, message: error instanceof Error ? error.message : String(error) });
  }

  reset(): void {
    this.config[CONFIG_WRITEBACK] = 1;
  }

  save(): SnapshotValue {
    return { sectors: this.#sectors, writeback: this.config[CONFIG_WRITEBACK] === 1 };
  }

  load(state: SnapshotValue): void {
    const fields = new StateReader(this.name, state);
    const saved = fields.int("sectors", 0, Number.MAX_SAFE_INTEGER);
    // States of before the cache could be switched do not have it.
    const writeback = !fields.has("writeback") || fields.flag("writeback");
    if (saved !== this.#sectors)
      throw badState(this.name, `the snapshot's disk has ${saved} sectors; this one has ${this.#sectors}`);
    this.config[CONFIG_WRITEBACK] = writeback ? 1 : 0;
  }
}
