import { IsinglassError } from "@isinglass/interface";
import { ByteReader, decodeUtf8, formatSize, hex } from "./bytes.js";

// The format: Documentation/filesystems/ext4 of Linux. All numbers are little-endian.

/** What a file system is read from; a block backend is one. */
export interface Ext4Device {
  /** Bytes. */
  readonly size: number;
  /** Fills `into`; offset and length are multiples of 512. */
  read(offset: number, into: Uint8Array): void;
}

const SUPER_OFFSET = 1024;
const SUPER_SIZE = 1024;
const MAGIC = 0xef53;
const ROOT_INODE = 2;
/** Blocks of 1 KiB to 32 KiB: the kernel mounts none that are larger than a page, and directories of 64 KiB blocks count otherwise. */
const LOG_BLOCK_MAX = 5;
const INCOMPAT_64BIT = 0x80;
/** File types in directories, a journal to be replayed, extents, 64-bit, multiple mount protection, flexible groups, attributes in inodes, checksum seed, large directories: none changes how a file is read. */
const INCOMPAT_KNOWN = 0x2 | 0x4 | 0x40 | INCOMPAT_64BIT | 0x100 | 0x200 | 0x400 | 0x2000 | 0x4000;
const FLAG_EXTENTS = 0x8_0000;
const TYPE_MASK = 0xf000;
const TYPE_DIRECTORY = 0x4000;
const TYPE_FILE = 0x8000;
const TYPE_LINK = 0xa000;
/** A target that is shorter stands in the inode itself. */
const FAST_LINK_BYTES = 60;
const I_BLOCK = 0x28;
const EXTENT_MAGIC = 0xf30a;
const EXTENT_DEPTH_MAX = 5;
/** An extent that is longer has no data yet: it reads as zeros. */
const EXTENT_WRITTEN_MAX = 32_768;
/** As Linux follows. */
const LINKS_MAX = 40;
/** Names that are looked up on the way to a file, those in links among them: with the bound on folders, an end to what a hostile file system can make us read. */
const NAMES_MAX = 256;
const DIRECTORY_BYTES_MAX = 1 << 20;

interface Inode {
  readonly number: number;
  readonly mode: number;
  readonly size: number;
  readonly extents: boolean;
  /** `i_block`: the top of the extent tree, or the target of a short link. */
  readonly block: Uint8Array;
}

/**
 * Reads files out of an ext4 file system, as a boot loader does: what the journal holds and was not written to its place is not seen.
 *
 * The file system is untrusted: every number is checked, and the work is bounded by the size of what is read.
 *
 * @throws IsinglassError `ISG_BOOT_BAD_MAGIC` where there is none, `ISG_BOOT_UNSUPPORTED`, and from {@link readFile} `ISG_BOOT_BAD_VALUE`, `ISG_BOOT_NO_FILE`
 * @example
 * const kernel = new Ext4Reader(disk).readFile("/vmlinuz", 64 << 20);
 */
export class Ext4Reader {
  readonly #device: Ext4Device;
  readonly #what: string;
  readonly #blockSize: number;
  readonly #inodes: number;
  readonly #inodesPerGroup: number;
  readonly #inodeSize: number;
  readonly #descriptorSize: number;
  readonly #descriptors: number;

  /** @param what the device's name in messages */
  constructor(device: Ext4Device, what = "ext4") {
    this.#device = device;
    this.#what = what;
    const bytes = new Uint8Array(SUPER_SIZE);
    if (device.size >= SUPER_OFFSET + SUPER_SIZE) device.read(SUPER_OFFSET, bytes);
    const fields = new ByteReader(bytes, what);
    if (fields.u16(0x38, "magic") !== MAGIC)
      throw new IsinglassError(
        "ISG_BOOT_BAD_MAGIC",
        `${what}: no ext4 file system; 0xef53 at offset 0x438 of the disk is right, without a partition table`,
        { offset: SUPER_OFFSET + 0x38 },
      );
    const logBlock = fields.u32(0x18, "block size");
    const unknown = fields.u32(0x60, "features") & ~INCOMPAT_KNOWN;
    if (unknown !== 0)
      throw new IsinglassError("ISG_BOOT_UNSUPPORTED", `${what}: ext4 features ${hex(unknown >>> 0)} are not read`, {
        features: unknown >>> 0,
      });
    const dynamic = fields.u32(0x4c, "revision") >= 1;
    const wide = (fields.u32(0x60, "features") & INCOMPAT_64BIT) !== 0;
    this.#blockSize = 1024 * 2 ** Math.min(logBlock, LOG_BLOCK_MAX + 1);
    this.#inodes = fields.u32(0, "inodes");
    this.#inodesPerGroup = fields.u32(0x28, "inodes per group");
    this.#inodeSize = dynamic ? fields.u16(0x58, "inode size") : 128;
    this.#descriptorSize = wide ? fields.u16(0xfe, "descriptor size") : 32;
    this.#descriptors = (fields.u32(0x14, "first block") + 1) * this.#blockSize;
    if (logBlock > LOG_BLOCK_MAX) throw this.#bad(`block size 1024 << ${logBlock}`);
    if (this.#inodesPerGroup === 0) throw this.#bad("no inodes in a group");
    if (!isPower(this.#inodeSize) || this.#inodeSize < 128 || this.#inodeSize > this.#blockSize)
      throw this.#bad(`inodes of ${this.#inodeSize} bytes`);
    const descriptor = this.#descriptorSize;
    if (!isPower(descriptor) || descriptor < (wide ? 64 : 32) || descriptor > this.#blockSize)
      throw this.#bad(`group descriptors of ${descriptor} bytes`);
  }

  /**
   * A regular file's bytes; symbolic links are followed.
   *
   * @param path from the root, with or without `/` before it
   * @param most a file with more bytes is refused
   */
  readFile(path: string, most: number): Uint8Array {
    const inode = this.#find(path);
    if ((inode.mode & TYPE_MASK) !== TYPE_FILE) throw this.#none(`${path} is no regular file`);
    return this.#data(inode, most);
  }

  #find(path: string): Inode {
    const left = path.split("/").reverse();
    let links = 0;
    let names = 0;
    let at = this.#inode(ROOT_INODE);
    for (;;) {
      const name = left.pop();
      if (name === undefined) return at;
      if (name === "" || name === ".") continue;
      if ((at.mode & TYPE_MASK) !== TYPE_DIRECTORY) throw this.#none(`${path}: a part of the path is no folder`);
      names += 1;
      if (names > NAMES_MAX) throw this.#none(`${path}: more than ${NAMES_MAX} names on the way`);
      const entry = this.#lookup(at, name);
      if (entry === undefined) throw this.#none(`there is no ${path}`);
      const next = this.#inode(entry);
      if ((next.mode & TYPE_MASK) !== TYPE_LINK) {
        at = next;
        continue;
      }
      links += 1;
      if (links > LINKS_MAX) throw this.#none(`${path}: more than ${LINKS_MAX} symbolic links`);
      const target = decodeUtf8(this.#target(next));
      left.push(...target.split("/").reverse());
      if (target.startsWith("/")) at = this.#inode(ROOT_INODE);
    }
  }

  #target(link: Inode): Uint8Array {
    return link.size < FAST_LINK_BYTES ? link.block.subarray(0, link.size) : this.#data(link, 4096);
  }

  /** Number of a name's inode; index blocks of large directories look like blocks without names. */
  #lookup(directory: Inode, name: string): number | undefined {
    const bytes = this.#data(directory, DIRECTORY_BYTES_MAX);
    const fields = new ByteReader(bytes, this.#what);
    for (let block = 0; block < bytes.length; block += this.#blockSize) {
      const end = Math.min(block + this.#blockSize, bytes.length);
      for (let at = block; at + 8 <= end;) {
        const inode = fields.u32(at, "directory entry");
        const length = fields.u16(at + 4, "directory entry");
        const named = fields.u8(at + 6, "directory entry");
        if (length < 8 || length % 4 !== 0 || at + length > end || named > length - 8)
          throw this.#bad(`directory ${directory.number} has an entry of ${length} bytes at ${at}`);
        if (inode !== 0 && decodeUtf8(bytes.subarray(at + 8, at + 8 + named)) === name) return inode;
        at += length;
      }
    }
    return undefined;
  }

  #inode(number: number): Inode {
    if (number < 1 || number > this.#inodes) throw this.#bad(`inode ${number} of ${this.#inodes}`);
    const group = Math.floor((number - 1) / this.#inodesPerGroup);
    const descriptor = this.#within(this.#descriptors + group * this.#descriptorSize, this.#descriptorSize);
    const table =
      descriptor.u32(8, "inode table") +
      (this.#descriptorSize >= 64 ? descriptor.u32(0x28, "inode table") * 2 ** 32 : 0);
    const index = (number - 1) % this.#inodesPerGroup;
    const fields = this.#within(table * this.#blockSize + index * this.#inodeSize, this.#inodeSize);
    return {
      number,
      mode: fields.u16(0, "mode"),
      size: fields.u32(4, "size") + fields.u32(0x6c, "size") * 2 ** 32,
      extents: (fields.u32(0x20, "flags") & FLAG_EXTENTS) !== 0,
      block: fields.slice(I_BLOCK, 60, "extents"),
    };
  }

  /** A structure that lies in one block. */
  #within(offset: number, length: number): ByteReader {
    const block = Math.floor(offset / this.#blockSize);
    return new ByteReader(
      this.#block(block)
        .subarray(offset % this.#blockSize)
        .subarray(0, length),
      this.#what,
    );
  }

  #block(number: number): Uint8Array {
    const bytes = new Uint8Array(this.#blockSize);
    this.#read(number, bytes);
    return bytes;
  }

  #read(block: number, into: Uint8Array): void {
    const offset = block * this.#blockSize;
    if (!(offset + into.length <= this.#device.size))
      throw this.#bad(`block ${block} lies behind the end, at ${formatSize(this.#device.size)}`);
    this.#device.read(offset, into);
  }

  #data(inode: Inode, most: number): Uint8Array {
    const { number, size } = inode;
    if (size > most)
      throw new IsinglassError(
        "ISG_BOOT_UNSUPPORTED",
        `${this.#what}: inode ${number} has ${formatSize(size)}; at most ${formatSize(most)} are read`,
        { size, most },
      );
    if (!inode.extents)
      throw new IsinglassError(
        "ISG_BOOT_UNSUPPORTED",
        `${this.#what}: inode ${number} is mapped by blocks, as ext2 and ext3 do; extents are read`,
        { inode: number },
      );
    const blocks = Math.ceil(size / this.#blockSize);
    const bytes = new Uint8Array(blocks * this.#blockSize);
    this.#extents(inode, inode.block, EXTENT_DEPTH_MAX + 1, 0, blocks, bytes);
    return bytes.subarray(0, size);
  }

  /**
   * Reads what a node of the extent tree maps. Nodes of a level map blocks in ascending order, and each at least one: a hostile tree can make no more work than the
   * file has blocks, times its depth.
   *
   * @param above depth of the node above
   * @returns the first block behind those that the node maps
   */
  #extents(inode: Inode, node: Uint8Array, above: number, from: number, blocks: number, into: Uint8Array): number {
    const fields = new ByteReader(node, this.#what);
    const count = fields.u16(2, "extents");
    const depth = fields.u16(6, "extents");
    if (fields.u16(0, "extents") !== EXTENT_MAGIC || 12 + count * 12 > node.length)
      throw this.#bad(`inode ${inode.number} has a damaged extent tree`);
    if (depth >= above) throw this.#bad(`inode ${inode.number} has an extent tree that goes round`);
    let next = from;
    for (let at = 12; at < 12 + count * 12 && next < blocks; at += 12) {
      const logical = fields.u32(at, "extent");
      if (logical < next) throw this.#bad(`inode ${inode.number} has extents out of order`);
      if (logical >= blocks) break;
      if (depth > 0) {
        const child = fields.u32(at + 4, "extent") + fields.u16(at + 8, "extent") * 2 ** 32;
        const end = this.#extents(inode, this.#block(child), depth, logical, blocks, into);
        if (end === logical) throw this.#bad(`inode ${inode.number} has an empty node in its extent tree`);
        next = end;
        continue;
      }
      const length = fields.u16(at + 4, "extent");
      const written = length <= EXTENT_WRITTEN_MAX;
      const covered = Math.min(written ? length : length - EXTENT_WRITTEN_MAX, blocks - logical);
      if (covered === 0) throw this.#bad(`inode ${inode.number} has an extent of no blocks`);
      const start = fields.u32(at + 8, "extent") + fields.u16(at + 6, "extent") * 2 ** 32;
      if (written) this.#read(start, into.subarray(logical * this.#blockSize, (logical + covered) * this.#blockSize));
      next = logical + covered;
    }
    return next;
  }

  #bad(what: string): IsinglassError {
    return new IsinglassError("ISG_BOOT_BAD_VALUE", `${this.#what}: ${what}; the file system is damaged`);
  }

  #none(what: string): IsinglassError {
    return new IsinglassError("ISG_BOOT_NO_FILE", `${this.#what}: ${what}`);
  }
}

function isPower(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
