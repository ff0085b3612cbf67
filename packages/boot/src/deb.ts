import { IsinglassError } from "@isinglass/interface";
import { decodeAscii, hex } from "./bytes.js";
import { readTar } from "./tar.js";
import type { TarEntry } from "./tar.js";

/** A member of an `ar` archive. `bytes` is a view of the archive. */
export interface ArMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How a member of a Debian package is compressed; `none` for a plain tar. */
export type DebCompression = "none" | "gz" | "xz" | "zst";

/** Unpacks a whole compressed file. Comes from the caller: the host's zlib, a library, a program. */
export type Decompressor = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

export interface DebPackage {
  /** `control`, `md5sums`, maintainer scripts. */
  readonly control: readonly TarEntry[];
  /** The files that the package installs. */
  readonly data: readonly TarEntry[];
}

const AR_MAGIC = "!<arch>\n";
const AR_HEADER = 60;

/**
 * Reads a Unix `ar` archive with short names, as Debian packages are.
 *
 * @throws `ISG_BOOT_BAD_MAGIC`, `ISG_BOOT_TRUNCATED`.
 */
export function readAr(bytes: Uint8Array): ArMember[] {
  if (bytes.length < AR_MAGIC.length || AR_MAGIC !== String.fromCharCode(...bytes.subarray(0, 8))) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_MAGIC",
      'ar archive: it does not begin with "!<arch>"; a Debian package does',
      { offset: 0 },
    );
  }
  const members: ArMember[] = [];
  for (let at = AR_MAGIC.length; at < bytes.length;) {
    if (at + AR_HEADER > bytes.length) throw truncated(at, AR_HEADER, bytes.length);
    const header = decodeAscii(bytes.subarray(at, at + 58));
    if (bytes[at + 58] !== 0x60 || bytes[at + 59] !== 0x0a) {
      throw new IsinglassError("ISG_BOOT_BAD_MAGIC", `ar archive: the header at ${hex(at)} does not end with 60 0a`, {
        offset: at,
      });
    }
    const size = /^\d+ *$/.test(header.slice(48, 58)) ? Number(header.slice(48, 58)) : -1;
    if (size < 0)
      throw new IsinglassError("ISG_BOOT_BAD_VALUE", `ar archive: the header at ${hex(at)} has no size`, {
        offset: at,
      });
    at += AR_HEADER;
    if (at + size > bytes.length) throw truncated(at, size, bytes.length);
    members.push({ name: header.slice(0, 16).trimEnd().replace(/\/$/, ""), bytes: bytes.subarray(at, at + size) });
    at += size + (size & 1);
  }
  return members;
}

function truncated(at: number, length: number, size: number): IsinglassError {
  return new IsinglassError(
    "ISG_BOOT_TRUNCATED",
    `ar archive: it needs ${length} bytes at ${hex(at)}, but ends at ${hex(size)}`,
    { offset: at, length, size },
  );
}

/**
 * Finds the `control` or `data` archive of a Debian binary package (deb(5)), still compressed.
 *
 * @throws what {@link readAr} throws; `ISG_BOOT_UNSUPPORTED` for another format version or compression.
 */
export function debMember(
  bytes: Uint8Array,
  which: "control" | "data",
): { readonly compression: DebCompression; readonly bytes: Uint8Array } {
  const members = readAr(bytes);
  const version = members[0]?.name === "debian-binary" ? decodeAscii(members[0].bytes) : "";
  if (!version.startsWith("2.")) {
    throw new IsinglassError(
      "ISG_BOOT_UNSUPPORTED",
      `Debian package: its first member is "${members[0]?.name ?? ""}"; "debian-binary" with version 2.x is right`,
    );
  }
  const member = members.find((m) => m.name === `${which}.tar` || m.name.startsWith(`${which}.tar.`));
  if (member === undefined) throw new IsinglassError("ISG_BOOT_BAD_VALUE", `Debian package: it has no ${which}.tar`);
  const suffix = member.name.slice(`${which}.tar.`.length);
  switch (suffix) {
    case "":
      return { compression: "none", bytes: member.bytes };
    case "gz":
    case "xz":
    case "zst":
      return { compression: suffix, bytes: member.bytes };
    default:
      throw new IsinglassError(
        "ISG_BOOT_UNSUPPORTED",
        `Debian package: ${member.name} is compressed with ${suffix}; gz, xz and zst are known`,
      );
  }
}

/**
 * Reads a Debian binary package. Decompressors come from the caller; only those that the package needs are called.
 *
 * @throws what {@link debMember} and {@link readTar} throw; `ISG_BOOT_UNSUPPORTED` where the decompressor is missing.
 * @example
 * const { data } = await readDeb(bytes, { gz: gunzipSync, xz: unxz });
 * const kernel = data.find((e) => e.path.startsWith('boot/vmlinuz-'));
 */
export async function readDeb(
  bytes: Uint8Array,
  decompressors: Partial<Record<Exclude<DebCompression, "none">, Decompressor>>,
): Promise<DebPackage> {
  const unpack = async (which: "control" | "data"): Promise<TarEntry[]> => {
    const member = debMember(bytes, which);
    if (member.compression === "none") return readTar(member.bytes);
    const decompress = decompressors[member.compression];
    if (decompress === undefined) {
      throw new IsinglassError(
        "ISG_BOOT_UNSUPPORTED",
        `Debian package: ${which}.tar is compressed with ${member.compression}, for which no decompressor was passed`,
      );
    }
    return readTar(await decompress(member.bytes));
  };
  return { control: await unpack("control"), data: await unpack("data") };
}
