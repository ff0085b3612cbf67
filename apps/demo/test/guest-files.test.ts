import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { kindOf } from "../src/guest-files.js";

const text = (start: string): Uint8Array => new TextEncoder().encode(start.padEnd(64, "\0"));

// Magic numbers: cpio(5) newc; RFC 1952; the xz file format 2.1.1.1; RFC 8878, 3.1.1; bzip2's "BZh"; lz4's legacy frame.
it.each<[what: string, bytes: Uint8Array]>([
  ["a cpio archive", text("070701")],
  ["one with checksums", text("070702")],
  ["one packed with gzip", gzipSync(text("070701"))],
  ["one packed with xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4)],
  ["one packed with zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0)],
  ["one packed with bzip2", text("BZh9")],
  ["one packed with lz4, as Linux wants it", Uint8Array.of(0x02, 0x21, 0x4c, 0x18, 0, 0)],
])("takes %s for an initramfs", (_what, bytes) => {
  expect(kindOf(bytes)).toBe("initrd");
});

it.each<[what: string, bytes: Uint8Array]>([
  ["a bzImage, which begins as a PE file does", text("MZ")],
  ["an ELF kernel", text("\u007fELF")],
  ["an empty file", new Uint8Array(0)],
  ["a file of one byte", Uint8Array.of(0x1f)],
])("takes %s for a kernel", (_what, bytes) => {
  expect(kindOf(bytes)).toBe("kernel");
});
