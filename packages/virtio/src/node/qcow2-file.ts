import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { constants, inflateRawSync } from "node:zlib";
import { IsinglassError } from "@isinglass/interface";
import { type BlockBackend, Qcow2BlockBackend, shown } from "../index.js";
import { openBlockFile } from "./block-file.js";
import { openImageFile } from "./image-file.js";

/** Images on images: more than anybody stacks, and an end where they name each other. */
const DEPTH_MAX = 16;

export interface Qcow2FileOptions {
  readonly readonly?: boolean;
  /** Name or id of an internal snapshot, which is then the disk, read-only. */
  readonly snapshot?: string;
  /**
   * Hears of each file that the image is based on, before it is opened for reading; what it throws refuses the image. Nobody may write to these files while the image is open: the
   * disk would be another one without having been written to.
   */
  readonly onBacking?: (path: string) => void;
}

/**
 * Opens a qcow2 image. Its backing files, whose names are in the image, are opened for reading where they are in the image's folder or below it, and their format is named: what an image
 * says is not taken as permission to show any file of the host's to the guest.
 *
 * @throws `ISG_BLOCK_IO`, `ISG_QCOW2_BACKING`, and what {@link Qcow2BlockBackend} throws
 */
export function openQcow2File(path: string, options: Qcow2FileOptions = {}): Qcow2BlockBackend {
  return open(path, options, 0);
}

function open(path: string, options: Qcow2FileOptions, depth: number): Qcow2BlockBackend {
  const { readonly = false, snapshot, onBacking } = options;
  const file = openImageFile(path, readonly || snapshot !== undefined);
  try {
    return new Qcow2BlockBackend(file, {
      inflate,
      openBacking: (name, format) => openBacking(path, name, format, depth + 1, onBacking),
      ...(snapshot === undefined ? {} : { snapshot }),
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

function openBacking(
  image: string,
  name: string,
  format: string | null,
  depth: number,
  onBacking: Qcow2FileOptions["onBacking"],
): BlockBackend {
  const refuse = (what: string): IsinglassError =>
    new IsinglassError("ISG_QCOW2_BACKING", `${image}: its backing file ${shown(name)} ${what}`, {
      image,
      backing: name,
    });
  if (depth > DEPTH_MAX) throw refuse(`is number ${depth} of a chain; at most ${DEPTH_MAX} are opened`);
  if (format !== "raw" && format !== "qcow2")
    throw refuse(
      `has ${format === null ? "no format in the image" : `format ${shown(format)}`}; "qemu-img rebase -u -F raw" or "-F qcow2" sets it`,
    );
  const path = isAbsolute(name) ? name : join(dirname(image), name);
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    throw refuse(`cannot be found: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!real.startsWith(realpathSync(dirname(image)) + sep))
    throw refuse("is outside the image's folder; move it there");
  onBacking?.(real);
  if (format === "raw") return openBlockFile(real, { readonly: true });
  return open(real, { readonly: true, ...(onBacking === undefined ? {} : { onBacking }) }, depth);
}

/** The stream ends before its last sector does; one that is cut off gives what there is, which is then too short. */
function inflate(bytes: Uint8Array, length: number): Uint8Array {
  return inflateRawSync(bytes, { maxOutputLength: length, finishFlush: constants.Z_SYNC_FLUSH });
}
