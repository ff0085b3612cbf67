import { closeSync, fdatasyncSync, readSync, writeSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import type { BlockBackend } from "../index.js";
import { attempt, openHostFile } from "./host-file.js";

const RIGHT = "a raw disk image of at least 512 bytes";

/** A disk in a raw image file. {@link openBlockFile} opens it. */
export class FileBlockBackend implements BlockBackend {
  readonly path: string;
  readonly size: number;
  readonly readonly: boolean;
  readonly #file: number;

  constructor(path: string, file: number, size: number, readonly: boolean) {
    this.path = path;
    this.#file = file;
    this.size = size;
    this.readonly = readonly;
  }

  read(offset: number, into: Uint8Array): void {
    this.#transfer("read", offset, into.length, (at, left) => readSync(this.#file, into, at, left, offset + at));
  }

  write(offset: number, bytes: Uint8Array): void {
    if (this.readonly)
      throw new IsinglassError(
        "ISG_BLOCK_READONLY",
        `${this.path}: a write of ${bytes.length} bytes at ${offset}; it was opened read-only`,
        { offset },
      );
    this.#transfer("write", offset, bytes.length, (at, left) => writeSync(this.#file, bytes, at, left, offset + at));
  }

  /** fdatasync: returns when the data, and the size where it matters, are on the disk. */
  flush(): void {
    attempt(this.path, "flush", () => fdatasyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Calls may transfer less than asked for; nothing at all is an error: the file became shorter. */
  #transfer(what: string, offset: number, length: number, step: (at: number, left: number) => number): void {
    if (offset < 0 || offset + length > this.size) {
      throw new IsinglassError(
        "ISG_BLOCK_RANGE",
        `${this.path}: ${what} of ${length} bytes at ${offset}; it has ${this.size}`,
        { offset, length },
      );
    }
    for (let at = 0; at < length;) {
      const done = attempt(this.path, what, () => step(at, length - at));
      if (done === 0)
        throw new IsinglassError(
          "ISG_BLOCK_IO",
          `${this.path}: ${what} at ${offset + at} met the end of the file; it had ${this.size} bytes when it was opened`,
          { offset },
        );
      at += done;
    }
  }
}

/**
 * Opens a raw disk image.
 *
 * @throws `ISG_BLOCK_IO` where it cannot be opened, is no regular file, or is empty.
 * @example
 * const disk = openBlockFile("disk.img", { readonly: true });
 */
export function openBlockFile(path: string, options: { readonly readonly?: boolean } = {}): FileBlockBackend {
  const readonly = options.readonly ?? false;
  const { file, stat } = openHostFile(path, readonly, RIGHT);
  if (stat.size < 512) {
    closeSync(file);
    throw new IsinglassError("ISG_BLOCK_IO", `${path}: it has ${stat.size} bytes; ${RIGHT} is right`);
  }
  return new FileBlockBackend(path, file, stat.size, readonly);
}
