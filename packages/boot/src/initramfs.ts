import { IsinglassError } from "@isinglass/interface";
import { concatBytes, encodeUtf8 } from "./bytes.js";

interface InitramfsCommon {
  /** Path from the root, such as `bin/sh`; a leading slash is dropped. Missing parent directories are made (mode 755). */
  readonly path: string;
  /** Permission bits, `0o755` for directories and `0o644` for files unless given. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Something in an initramfs. */
export type InitramfsEntry =
  | (InitramfsCommon & { readonly type: "directory" })
  | (InitramfsCommon & { readonly type: "file"; readonly bytes: Uint8Array })
  | (InitramfsCommon & { readonly type: "symlink"; readonly target: string })
  | (InitramfsCommon & {
      readonly type: "character-device" | "block-device";
      readonly major: number;
      readonly minor: number;
    })
  | (InitramfsCommon & { readonly type: "fifo" });

/** File types in `c_mode` (cpio(5), stat(2)). */
const FILE_TYPE: Readonly<Record<InitramfsEntry["type"], number>> = {
  fifo: 0o010000,
  "character-device": 0o020000,
  directory: 0o040000,
  "block-device": 0o060000,
  file: 0o100000,
  symlink: 0o120000,
};

/**
 * Makes an initramfs: an uncompressed cpio archive in the "newc" format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). The same entries give
 * the same bytes: times are 0, inode numbers count up, the order is that of `entries`, parents first. Compress it, where wanted, with what the host has
 * (`CompressionStream`, `node:zlib`); Linux takes it either way.
 *
 * @throws `ISG_BOOT_BAD_VALUE` for a path with `..` or NUL or an empty one, a path given twice, a parent that is no directory, a file of 4 GiB or more.
 * @example
 * const initrd = createInitramfs([
 *   { type: 'file', path: 'init', mode: 0o755, bytes: script },
 *   { type: 'character-device', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
 * ]);
 */
export function createInitramfs(entries: readonly InitramfsEntry[]): Uint8Array {
  const seen = new Map<string, InitramfsEntry["type"]>();
  const parts: Uint8Array[] = [];
  let inode = 0;
  const add = (path: string, entry: InitramfsEntry): void => {
    seen.set(path, entry.type);
    appendEntry(parts, ++inode, path, entry);
  };
  for (const entry of entries) {
    const names = splitPath(entry.path);
    for (let i = 1; i < names.length; i++) {
      const parent = names.slice(0, i).join("/");
      const type = seen.get(parent);
      if (type === undefined) add(parent, { type: "directory", path: parent });
      else if (type !== "directory") throw bad(`"${entry.path}" lies in "${parent}", which is a ${type}`);
    }
    const path = names.join("/");
    if (seen.has(path)) {
      // A directory that was made for the sake of what it holds may still be named; its mode then comes too late.
      throw bad(`"${path}" is given twice, or after what it holds; give each path once, directories first`);
    }
    add(path, entry);
  }
  appendEntry(parts, 0, "TRAILER!!!", null);
  return concatBytes(parts);
}

function splitPath(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.length === 0) throw bad(`the path "${path}" names nothing`);
  if (names.includes("..") || path.includes("\0"))
    throw bad(`the path "${path.replaceAll("\0", "\\0")}" has ".." or a NUL in it`);
  if (names.length === 1 && names[0] === "TRAILER!!!") throw bad('"TRAILER!!!" is the name that ends an archive');
  return names;
}

function appendEntry(parts: Uint8Array[], inode: number, path: string, entry: InitramfsEntry | null): void {
  const name = encodeUtf8(path);
  const data =
    entry?.type === "file" ? entry.bytes : entry?.type === "symlink" ? encodeUtf8(entry.target) : new Uint8Array(0);
  if (data.length >= 2 ** 32) throw bad(`"${path}" has ${data.length} bytes; cpio's limit is 4 GiB`);
  const isDirectory = entry?.type === "directory";
  const permissions =
    entry === null ? 0 : (entry.mode ?? (isDirectory ? 0o755 : entry.type === "symlink" ? 0o777 : 0o644)) & 0o7777;
  const device = entry?.type === "character-device" || entry?.type === "block-device" ? entry : { major: 0, minor: 0 };
  const fields = [
    inode,
    entry === null ? 0 : FILE_TYPE[entry.type] | permissions,
    entry?.uid ?? 0,
    entry?.gid ?? 0,
    isDirectory ? 2 : 1,
    0, // mtime
    data.length,
    0,
    0, // device that the file was on
    device.major,
    device.minor,
    name.length + 1,
    0, // checksum, unused in newc
  ];
  let header = "070701";
  for (const field of fields) {
    if (!Number.isInteger(field) || field < 0 || field >= 2 ** 32)
      throw bad(`"${path}" has the number ${field} (mode, owner or device); an integer below 2^32 is right`);
    header += field.toString(16).padStart(8, "0");
  }
  // Header and name together, and the data, are filled with zeros to a multiple of four.
  const head = new Uint8Array(Math.ceil((110 + name.length + 1) / 4) * 4);
  head.set(encodeUtf8(header));
  head.set(name, 110);
  parts.push(head, data, new Uint8Array(-data.length & 3));
}

function bad(what: string): IsinglassError {
  return new IsinglassError("ISG_BOOT_BAD_VALUE", `initramfs: ${what}`);
}
