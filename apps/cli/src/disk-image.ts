import { closeSync, openSync, readSync, statSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { type BlockBackend, isQcow2 } from "@isinglass/virtio";
import { openBlockFile, openQcow2File } from "@isinglass/virtio/node";

/** A disk of the command line. */
export interface Disk {
  readonly path: string;
  readonly readonly: boolean;
  /** `raw` unless said: a guest can write the first bytes of any format to a raw disk, so they are not believed. */
  readonly format?: "raw" | "qcow2";
  /** Of a qcow2 image: a snapshot in it, by name or id. */
  readonly snapshot?: string;
}

/** The word of `--disk` that means this disk. */
export function diskWord({ path, readonly, format, snapshot }: Disk): string {
  const flags = [
    ...(format === undefined ? [] : [`format=${format}`]),
    ...(snapshot === undefined ? [] : [`snapshot=${snapshot}`]),
    ...(readonly ? ["ro"] : []),
  ];
  return [path, ...flags].join(",");
}

/**
 * @param onBacking hears of each file that the disk is based on, before it is opened
 * @throws IsinglassError what is wrong with the file or the image in it, with `--disk` before it
 */
export function openDisk(
  { path, readonly, format, snapshot }: Disk,
  onBacking: (path: string) => void = () => undefined,
): BlockBackend & { close(): void } {
  try {
    if (format !== "qcow2") return openBlockFile(path, { readonly });
    return openQcow2File(path, { readonly, onBacking, ...(snapshot === undefined ? {} : { snapshot }) });
  } catch (problem) {
    if (!(problem instanceof IsinglassError) || problem.message.startsWith("--disk ")) throw problem;
    throw new IsinglassError(problem.code, `--disk ${problem.message}`, problem.data, { cause: problem });
  }
}

/** Closes them all, then throws what the first that could not be closed threw: a full disk is no reason to leave another's tables unwritten. */
export function closeAll(disks: readonly { close(): void }[]): void {
  const problems: unknown[] = [];
  for (const disk of disks) {
    try {
      disk.close();
    } catch (problem) {
      problems.push(problem);
    }
  }
  if (problems.length > 0) throw problems[0];
}

/** Bytes of the disk: of a raw one, those of its file. */
export function diskBytes(disk: Disk): number {
  if (disk.format !== "qcow2") return statSync(disk.path).size;
  const image = openDisk({ ...disk, readonly: true });
  image.close();
  return image.size;
}

/** The files that a disk is based on. None of an image that cannot be opened: whoever opens it as a disk says why. */
export function backingFiles(disk: Disk): string[] {
  if (disk.format !== "qcow2") return [];
  const files: string[] = [];
  try {
    openDisk({ ...disk, readonly: true }, (path) => files.push(path)).close();
    return files;
  } catch {
    return [];
  }
}

/** Image formats of other programs, by what stands where in their files. */
const FOREIGN = [
  ["VMDK", 0, "KDMV"],
  ["VHDX", 0, "vhdxfile"],
  ["VHD", 0, "conectix"],
  ["QED", 0, "QED\0"],
  ["VDI", 0x40, "\x7f\x10\xda\xbe"],
] as const;
const START = 0x44;

/** Refuses to take an image of another format for a raw disk, which a guest would destroy by writing to it, unless that was asked for. */
export function checkFormat({ path, format }: Disk): void {
  if (format !== undefined) return;
  const start = Buffer.alloc(START);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  if (isQcow2(start)) {
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `--disk ${path}: it begins as a qcow2 image does; ${path},format=qcow2 opens it as one, ${path},format=raw as a raw disk`,
    );
  }
  for (const [name, at, magic] of FOREIGN) {
    if (start.toString("latin1", at, at + magic.length) !== magic) continue;
    const convert = `"qemu-img convert -O qcow2" makes one that it can, and ${path},format=raw is a raw disk`;
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `--disk ${path}: it begins as a ${name} image does, which isg cannot open; ${convert}`,
    );
  }
}
