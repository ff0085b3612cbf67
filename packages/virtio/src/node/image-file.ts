import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import type { ImageFile } from "../index.js";

/** A regular file that may grow, for image formats. @throws `ISG_BLOCK_IO` where it cannot be opened, or is no regular file */
export function openImageFile(path: string, readonly: boolean): ImageFile {
  let file: number;
  try {
    file = openSync(path, readonly ? "r" : "r+");
  } catch (error) {
    throw failed(path, `open for ${readonly ? "reading" : "reading and writing"}`, error);
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new IsinglassError("ISG_BLOCK_IO", `${path}: it is no regular file; a disk image is right`);
  }
  return new FileImage(path, file, stat.size, readonly);
}

class FileImage implements ImageFile {
  readonly name: string;
  readonly readonly: boolean;
  size: number;
  readonly #file: number;

  constructor(name: string, file: number, size: number, readonly: boolean) {
    this.name = name;
    this.#file = file;
    this.size = size;
    this.readonly = readonly;
  }

  read(offset: number, into: Uint8Array): void {
    for (let at = 0; at < into.length;) {
      const done = this.#try("read", () => readSync(this.#file, into, at, into.length - at, offset + at));
      if (done === 0) {
        into.fill(0, at);
        return;
      }
      at += done;
    }
  }

  write(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;)
      at += this.#try("write", () => writeSync(this.#file, bytes, at, bytes.length - at, offset + at));
    this.size = Math.max(this.size, offset + bytes.length);
  }

  flush(): void {
    this.#try("flush", () => fdatasyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }

  #try<T>(what: string, call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw failed(this.name, what, error);
    }
  }
}

function failed(path: string, what: string, error: unknown): IsinglassError {
  const reason = error instanceof Error ? error.message : String(error);
  return new IsinglassError("ISG_BLOCK_IO", `${path}: ${what} failed: ${reason}`, {}, { cause: error });
}
