import { IsinglassError } from "@isinglass/interface";
import { corrupt, unsupported } from "./errors.js";
import type { ImageFile } from "./image-file.js";

// The format: docs/interop/qcow2.txt of QEMU. All numbers are big-endian.

const MAGIC = 0x5146_49fb;
const HEADER_V2 = 72;
const HEADER_V3 = 104;
/** Incompatible features: refcounts were left behind; QEMU found damage. The others change the format. */
const DIRTY = 1;
const CORRUPT = 2;
const OTHER_FEATURES: readonly string[] = [
  "",
  "",
  "an external data file",
  "another compression",
  "extended L2 entries",
];
const EXTENSION_END = 0;
const EXTENSION_BACKING_FORMAT = 0xe279_2aca;
/** As QEMU's own bounds: an L1 table of 32 MiB, a refcount table of 8 MiB. */
const L1_BYTES_MAX = 32 << 20;
const REFCOUNT_TABLE_BYTES_MAX = 8 << 20;
const SNAPSHOTS_MAX = 65_536;
const BACKING_NAME_MAX = 1023;
export const AUTOCLEAR_OFFSET = 88;

/** A header whose numbers were checked: against the format, against each other, against the size of the file. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  readonly clusterSize: number;
  /** Bytes of the disk. */
  readonly size: number;
  readonly l1Size: number;
  readonly l1Offset: number;
  readonly refcountOffset: number;
  readonly refcountClusters: number;
  /** A refcount has 1 << order bits. */
  readonly refcountOrder: number;
  readonly snapshotCount: number;
  readonly snapshotsOffset: number;
  readonly dirty: boolean;
  readonly damaged: boolean;
  /** Features that a writer who does not know them has to clear. */
  readonly autoclear: boolean;
  readonly backing: { readonly name: string; readonly format: string | null } | null;
}

/** Whether a file begins as a qcow2 image does. */
export function isQcow2(start: Uint8Array): boolean {
  return start.length >= 4 && new DataView(start.buffer, start.byteOffset, 4).getUint32(0) === MAGIC;
}

/** A 64-bit number, exact below 2^53 and far too large above. */
export function u64(view: DataView, offset: number): number {
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4);
}

/** Bytes that one L2 table maps. */
export function l2Span(clusterSize: number): number {
  return (clusterSize / 8) * clusterSize;
}

/** @throws IsinglassError `ISG_QCOW2_BAD_MAGIC`, `ISG_QCOW2_UNSUPPORTED`, `ISG_QCOW2_CORRUPT` */
export function readHeader(file: ImageFile): Qcow2Header {
  const { name } = file;
  const fixed = new DataView(new ArrayBuffer(112));
  file.read(0, new Uint8Array(fixed.buffer));
  if (file.size < HEADER_V2 || fixed.getUint32(0) !== MAGIC)
    throw new IsinglassError("ISG_QCOW2_BAD_MAGIC", `${name}: it does not begin with "QFI\\xfb": no qcow2 image`, {
      name,
    });
  const version = fixed.getUint32(4);
  if (version !== 2 && version !== 3) throw unsupported(name, `qcow2 version ${version}; 2 and 3 are read`);
  const clusterBits = fixed.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21)
    throw corrupt(name, `clusters of 2^${clusterBits} bytes; 2^9 to 2^21 are right`);
  const clusterSize = 2 ** clusterBits;
  if (fixed.getUint32(32) !== 0) throw unsupported(name, `encryption method ${fixed.getUint32(32)}; none is supported`);
  const size = u64(fixed, 24);
  if (!Number.isSafeInteger(size)) throw corrupt(name, "a disk of 2^53 bytes and more");
  const features = version === 2 ? 0 : fixed.getUint32(76);
  if (version === 3 && (fixed.getUint32(72) !== 0 || (features & ~(DIRTY | CORRUPT)) !== 0)) {
    const bit = fixed.getUint32(72) !== 0 ? 63 : 31 - Math.clz32(features & ~(DIRTY | CORRUPT));
    throw unsupported(name, `it needs feature ${bit} (${OTHER_FEATURES[bit] ?? "unknown"}), which is not supported`);
  }
  const refcountOrder = version === 2 ? 4 : fixed.getUint32(96);
  if (refcountOrder > 6) throw corrupt(name, `refcounts of 2^${refcountOrder} bits; at most 2^6 are right`);
  const headerLength = version === 2 ? HEADER_V2 : fixed.getUint32(100);
  if (headerLength < (version === 2 ? HEADER_V2 : HEADER_V3) || headerLength > clusterSize)
    throw corrupt(name, `a header of ${headerLength} bytes in clusters of ${clusterSize}`);

  const table = (what: string, offset: number, bytes: number, most: number): void => {
    if (bytes > most) throw corrupt(name, `${what} of ${bytes} bytes; at most ${most} are right`);
    if (offset % clusterSize !== 0 || (bytes > 0 && (offset === 0 || !(offset + bytes <= file.size))))
      throw corrupt(name, `${what} of ${bytes} bytes at ${offset}; the file has ${file.size}, clusters ${clusterSize}`);
  };
  const l1Size = fixed.getUint32(36);
  const l1Offset = u64(fixed, 40);
  table("an L1 table", l1Offset, l1Size * 8, L1_BYTES_MAX);
  if (l1Size < Math.ceil(size / l2Span(clusterSize)))
    throw corrupt(name, `an L1 table of ${l1Size} entries, too short for a disk of ${size} bytes`);
  const refcountOffset = u64(fixed, 48);
  const refcountClusters = fixed.getUint32(56);
  if (refcountClusters === 0) throw corrupt(name, "it has no refcount table");
  table("a refcount table", refcountOffset, refcountClusters * clusterSize, REFCOUNT_TABLE_BYTES_MAX);
  const snapshotCount = fixed.getUint32(60);
  const snapshotsOffset = u64(fixed, 64);
  if (snapshotCount > SNAPSHOTS_MAX)
    throw corrupt(name, `${snapshotCount} snapshots; at most ${SNAPSHOTS_MAX} are right`);
  table("a snapshot table", snapshotsOffset, snapshotCount, SNAPSHOTS_MAX);
  return {
    version,
    clusterBits,
    clusterSize,
    size,
    l1Size,
    l1Offset,
    refcountOffset,
    refcountClusters,
    refcountOrder,
    snapshotCount,
    snapshotsOffset,
    dirty: (features & DIRTY) !== 0,
    damaged: (features & CORRUPT) !== 0,
    autoclear: version === 3 && u64(fixed, AUTOCLEAR_OFFSET) !== 0,
    backing: readBacking(file, fixed, headerLength, clusterSize),
  };
}

function readBacking(
  file: ImageFile,
  fixed: DataView,
  headerLength: number,
  clusterSize: number,
): Qcow2Header["backing"] {
  const offset = u64(fixed, 8);
  const length = fixed.getUint32(16);
  if (offset === 0) return null;
  if (length > BACKING_NAME_MAX || length === 0 || !(offset >= headerLength && offset + length <= clusterSize))
    throw corrupt(file.name, `the name of a backing file, ${length} bytes at ${offset}`);
  const cluster = new Uint8Array(clusterSize);
  file.read(0, cluster);
  const view = new DataView(cluster.buffer);
  let format: string | null = null;
  for (let at = headerLength; at + 8 <= offset;) {
    const type = view.getUint32(at);
    const bytes = view.getUint32(at + 4);
    if (type === EXTENSION_END) break;
    if (bytes > offset - at - 8) throw corrupt(file.name, `a header extension of ${bytes} bytes at ${at}`);
    if (type === EXTENSION_BACKING_FORMAT) format = text(cluster.subarray(at + 8, at + 8 + bytes));
    at += 8 + Math.ceil(bytes / 8) * 8;
  }
  return { name: text(cluster.subarray(offset, offset + length)), format };
}

/** Names are bytes; those that are no ASCII are decoded as UTF-8 by escapes. */
export function text(bytes: Uint8Array): string {
  const raw = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return raw;
  }
}
