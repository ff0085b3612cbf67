import { IsinglassError } from "@isinglass/interface";

// The format: docs/interop/qcow2.txt of QEMU. All numbers are big-endian.

const CLUSTER_BITS = 16;
const CLUSTER = 1 << CLUSTER_BITS;
const HEADER_V3 = 104;
/** Entries of a table of 8-byte entries in one cluster. */
const ENTRIES = CLUSTER / 8;
/** Bytes that an L1 table in one cluster maps. */
const SIZE_MAX = ENTRIES * ENTRIES * CLUSTER;
const [HEADER, REFCOUNT_TABLE, REFCOUNT_BLOCK, L1_TABLE, CLUSTERS] = [0, 1, 2, 3, 4];
/** Refcounts of 16 bits. */
const REFCOUNT_ORDER = 4;
const MAGIC = 0x5146_49fb;

/**
 * The bytes of an empty qcow2 image (version 3, clusters of 64 KiB): header, refcounts and an L1 table that maps nothing. A file that holds them is a whole image.
 *
 * @param size bytes of the disk, a multiple of 512, at most 4 TiB
 * @throws IsinglassError `ISG_QCOW2_UNSUPPORTED`
 */
export function emptyQcow2(size: number): Uint8Array {
  if (!(size > 0 && size <= SIZE_MAX && size % 512 === 0))
    throw new IsinglassError(
      "ISG_QCOW2_UNSUPPORTED",
      `a disk of ${size} bytes; a multiple of 512 up to ${SIZE_MAX} is right`,
      { size },
    );
  const bytes = new Uint8Array(CLUSTERS * CLUSTER);
  const view = new DataView(bytes.buffer);
  const at = (cluster: number): bigint => BigInt(cluster * CLUSTER);
  view.setUint32(HEADER, MAGIC);
  view.setUint32(4, 3);
  view.setUint32(20, CLUSTER_BITS);
  view.setBigUint64(24, BigInt(size));
  view.setUint32(36, Math.ceil(size / (ENTRIES * CLUSTER)));
  view.setBigUint64(40, at(L1_TABLE));
  view.setBigUint64(48, at(REFCOUNT_TABLE));
  view.setUint32(56, 1);
  view.setUint32(96, REFCOUNT_ORDER);
  view.setUint32(100, HEADER_V3);
  view.setBigUint64(REFCOUNT_TABLE * CLUSTER, at(REFCOUNT_BLOCK));
  for (let cluster = 0; cluster < CLUSTERS; cluster += 1) view.setUint16(REFCOUNT_BLOCK * CLUSTER + cluster * 2, 1);
  return bytes;
}
