import { IsinglassError } from "@isinglass/interface";
import { decodeUtf8, hex } from "./bytes.js";

/** A member of a tar archive. `bytes` is a view of the archive, not a copy. */
export interface TarEntry {
  /** Path as stored, without a leading `./`. Not checked: whoever unpacks to a file system must refuse `..` and absolute paths. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "hardlink" | "character-device" | "block-device" | "fifo";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Target of a symbolic or hard link, else empty. */
  readonly target: string;
  readonly major: number;
  readonly minor: number;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const EMPTY = new Uint8Array(0);

const TYPES: Readonly<Record<string, TarEntry["type"]>> = {
  "\0": "file",
  "0": "file",
  "7": "file", // contiguous
  "1": "hardlink",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
};

/**
 * Reads a tar archive (POSIX ustar and pax, GNU long names).
 *
 * @throws `ISG_BOOT_TRUNCATED` where a member goes beyond the end, `ISG_BOOT_BAD_MAGIC` where a header's checksum is wrong,
 * `ISG_BOOT_UNSUPPORTED` for sparse files and the like.
 */
export function readTar(bytes: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = [];
  let path: string | null = null; // of the next member, from an extension header
  let target: string | null = null;
  let at = 0;
  while (at + BLOCK <= bytes.length) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((b) => b === 0)) return entries;
    checkHeader(header, at);
    const size = number(header, 124, 12, at);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      throw new IsinglassError(
        "ISG_BOOT_TRUNCATED",
        `tar: the member at ${hex(at)} has ${size} bytes, but the archive ends at ${hex(bytes.length)}`,
        { offset: at, size },
      );
    }
    const data = bytes.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    const flag = String.fromCharCode(header[156]!);
    if (flag === "L") path = text(data);
    else if (flag === "K") target = text(data);
    else if (flag === "x") {
      const records = paxRecords(data);
      path = records.get("path") ?? path;
      target = records.get("linkpath") ?? target;
    } else if (flag !== "g") {
      const type = TYPES[flag];
      if (type === undefined)
        throw new IsinglassError(
          "ISG_BOOT_UNSUPPORTED",
          `tar: the member at ${hex(start - BLOCK)} has type ${JSON.stringify(flag)}`,
          { offset: start - BLOCK },
        );
      const prefix =
        text(header.subarray(257, 262)) === "ustar" && header[262] === 0 ? text(header.subarray(345, 500)) : "";
      const name = text(header.subarray(0, 100));
      entries.push({
        path: (path ?? (prefix === "" ? name : `${prefix}/${name}`)).replace(/^\.\//, ""),
        type,
        mode: number(header, 100, 8, start) & 0o7777,
        uid: number(header, 108, 8, start),
        gid: number(header, 116, 8, start),
        target: target ?? text(header.subarray(157, 257)),
        major: number(header, 329, 8, start),
        minor: number(header, 337, 8, start),
        bytes: type === "file" ? data : EMPTY,
      });
      path = null;
      target = null;
    }
  }
  if (at < bytes.length)
    throw new IsinglassError("ISG_BOOT_TRUNCATED", `tar: the archive ends inside a header, at ${hex(bytes.length)}`, {
      size: bytes.length,
    });
  return entries;
}

/** The header's checksum is the sum of its bytes with the checksum field itself as blanks. */
function checkHeader(header: Uint8Array, at: number): void {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
  const stored = number(header, 148, 8, at);
  if (sum !== stored)
    throw new IsinglassError(
      "ISG_BOOT_BAD_MAGIC",
      `tar: the header at ${hex(at)} has the checksum ${stored}; its bytes add up to ${sum}`,
      { offset: at },
    );
}

/** An octal field, or base 256 where bit 7 of its first byte is set (GNU). */
function number(header: Uint8Array, offset: number, length: number, at: number): number {
  let value = 0;
  if ((header[offset]! & 0x80) !== 0) {
    for (let i = 1; i < length; i++) value = value * 256 + header[offset + i]!;
  } else {
    for (let i = 0; i < length; i++) {
      const byte = header[offset + i]!;
      if (byte >= 0x30 && byte <= 0x37) value = value * 8 + byte - 0x30;
      else if (byte !== 0 && byte !== 0x20)
        throw new IsinglassError("ISG_BOOT_BAD_MAGIC", `tar: the header at ${hex(at)} has a number that is not octal`, {
          offset: at,
        });
    }
  }
  if (!Number.isSafeInteger(value))
    throw new IsinglassError("ISG_BOOT_BAD_VALUE", `tar: the header at ${hex(at)} has a number above 2^53`, {
      offset: at,
    });
  return value;
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
}

/** "length key=value\n", where length counts itself (POSIX pax). What does not parse ends the list. */
function paxRecords(data: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const blank = data.indexOf(0x20, at);
    if (blank < 0 || blank - at > 10) break;
    const length = Number(decodeUtf8(data.subarray(at, blank)));
    if (!Number.isInteger(length) || length <= blank - at + 1 || at + length > data.length) break;
    const record = decodeUtf8(data.subarray(blank + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
