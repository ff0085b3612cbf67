import { IsinglassError } from "@isinglass/interface";
import { corrupt, shown } from "./errors.js";
import { type Qcow2Header, l2Span, text, u64 } from "./header.js";
import type { ImageFile } from "./image-file.js";

const ENTRY = 40;
/** Longer than any version of the format has made it. */
const EXTRA_MAX = 1024;
const L1_BYTES_MAX = 32 << 20;

/** A state of the disk that the image keeps beside the present one. */
export interface Qcow2Snapshot {
  readonly id: string;
  readonly name: string;
  readonly l1Offset: number;
  readonly l1Size: number;
  /** Bytes of the disk then. */
  readonly size: number;
}

/** The snapshots of an image, in its order. @throws IsinglassError `ISG_QCOW2_CORRUPT` */
export function readSnapshots(file: ImageFile, header: Qcow2Header): Qcow2Snapshot[] {
  const list: Qcow2Snapshot[] = [];
  const entry = new DataView(new ArrayBuffer(ENTRY));
  let at = header.snapshotsOffset;
  for (let i = 0; i < header.snapshotCount; i += 1) {
    if (!(at + ENTRY <= file.size)) throw corrupt(file.name, `snapshot ${i} at ${at} lies behind the end of the file`);
    file.read(at, new Uint8Array(entry.buffer));
    const l1Offset = u64(entry, 0);
    const l1Size = entry.getUint32(8);
    const [idBytes, nameBytes, extra] = [entry.getUint16(12), entry.getUint16(14), entry.getUint32(36)];
    if (extra > EXTRA_MAX) throw corrupt(file.name, `snapshot ${i} has ${extra} bytes of extra data`);
    const rest = new Uint8Array(extra + idBytes + nameBytes);
    file.read(at + ENTRY, rest);
    const size = extra >= 16 ? u64(new DataView(rest.buffer), 8) : header.size;
    const fits = l1Offset > 0 && l1Offset % header.clusterSize === 0 && l1Offset + l1Size * 8 <= file.size;
    if (!fits || l1Size * 8 > L1_BYTES_MAX || !(l1Size >= Math.ceil(size / l2Span(header.clusterSize))))
      throw corrupt(file.name, `snapshot ${i} has an L1 table of ${l1Size} entries at ${l1Offset}`);
    const id = text(rest.subarray(extra, extra + idBytes));
    list.push({ id, name: text(rest.subarray(extra + idBytes)), l1Offset, l1Size, size });
    at += Math.ceil((ENTRY + rest.length) / 8) * 8;
  }
  return list;
}

/** The snapshot of a name, or else of an id. @throws IsinglassError `ISG_QCOW2_NO_SNAPSHOT` */
export function findSnapshot(file: ImageFile, header: Qcow2Header, wanted: string): Qcow2Snapshot {
  const all = readSnapshots(file, header);
  const found = all.find(({ name }) => name === wanted) ?? all.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const there =
    all.length === 0
      ? "none"
      : all
          .slice(0, 10)
          .map(({ name }) => shown(name))
          .join(", ");
  throw new IsinglassError("ISG_QCOW2_NO_SNAPSHOT", `${file.name}: no snapshot ${shown(wanted)}; there are: ${there}`, {
    wanted,
  });
}
