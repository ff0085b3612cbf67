import { closeSync, fdatasyncSync, readSync, writeSync } from "node:fs";
import type { ImageFile } from "../index.js";
import { attempt, openHostFile } from "./host-file.js";

/** A regular file that may grow, for image formats. @throws `ISG_BLOCK_IO` where it cannot be opened, or is no regular file */
export function openImageFile(path: string, readonly: boolean): ImageFile {
  const { file, stat } = openHostFile(path, readonly, "a disk image");
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
      const done = attempt(this.name, "read", () => readSync(this.#file, into, at, into.length - at, offset + at));
      if (done === 0) {
        into.fill(0, at);
        return;
      }
      at += done;
    }
  }

  write(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;)
      at += attempt(this.name, "write", () => writeSync(this.#file, bytes, at, bytes.length - at, offset + at));
    this.size = Math.max(this.size, offset + bytes.length);
  }

  flush(): void {
    attempt(this.name, "flush", () => fdatasyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }
}
