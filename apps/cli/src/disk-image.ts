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

/** @throws IsinglassError what is wrong with the file or the image in it, with `--disk` before it */
export function openDisk({ path, readonly, format, snapshot }: Disk): BlockBackend & { close(): void } {
  try {
    if (format !== "qcow2") return openBlockFile(path, { readonly });
    return openQcow2File(path, { readonly, ...(snapshot === undefined ? {} : { snapshot }) });
  } catch (problem) {
    if (!(problem instanceof IsinglassError)) throw problem;
    throw new IsinglassError(problem.code, `--disk ${problem.message}`, problem.data, { cause: problem });
  }
}

/** Bytes of the disk: of a raw one, those of its file. */
export function diskBytes(disk: Disk): number {
  if (disk.format !== "qcow2") return statSync(disk.path).size;
  const image = openDisk({ ...disk, readonly: true });
  image.close();
  return image.size;
}

/** Refuses to take a qcow2 image for a raw disk unless that was asked for. */
export function checkFormat({ path, format }: Disk): void {
  if (format !== undefined) return;
  const start = new Uint8Array(4);
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
}
