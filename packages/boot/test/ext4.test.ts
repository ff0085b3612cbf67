import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IsinglassError } from "@isinglass/interface";
import { Random, fuzzSeed, hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ext4Device, Ext4Reader } from "../src/index.js";

// An ordinary user's PATH has no mke2fs.
process.env["PATH"] = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
const mke2fs = requireOracle("mke2fs", hasCommand("mke2fs"));

const MOST = 1 << 24;
const MANY = 300;

const folder = mkdtempSync(join(tmpdir(), "isg-ext4-"));
const tree = join(folder, "tree");
const random = new Random(1);
const content = { small: random.bytes(5), large: random.bytes(700_001) };

beforeAll(() => {
  mkdirSync(join(tree, "boot/deep/er"), { recursive: true });
  mkdirSync(join(tree, "many"));
  writeFileSync(join(tree, "boot/kernel-1"), content.large);
  writeFileSync(join(tree, "boot/deep/er/file"), content.small);
  writeFileSync(join(tree, "empty"), "");
  symlinkSync("boot/kernel-1", join(tree, "relative"));
  symlinkSync("/boot/deep/../kernel-1", join(tree, "absolute"));
  symlinkSync(`${"./".repeat(60)}boot/kernel-1`, join(tree, "long"));
  symlinkSync("round", join(tree, "round"));
  for (let i = 0; i < MANY; i += 1) writeFileSync(join(tree, "many", `a file with a rather long name ${i}`), String(i));
  // Every other four kilobytes are a hole: more extents than fit into the inode, and into a block.
  const holes = openSync(join(tree, "holes"), "w");
  for (let i = 0; i < 85; i += 1) writeSync(holes, content.large, i * 8192, 4096, i * 8192);
  closeSync(holes);
});
afterAll(() => rmSync(folder, { recursive: true }));

function device(bytes: Uint8Array): Ext4Device {
  return {
    size: bytes.length,
    read(offset, into) {
      if (offset % 512 !== 0 || into.length % 512 !== 0 || offset + into.length > bytes.length)
        throw new Error(`${into.length} bytes at ${offset}`);
      into.set(bytes.subarray(offset, offset + into.length));
    },
  };
}

function image(...options: readonly string[]): Uint8Array {
  const path = join(folder, "image");
  rmSync(path, { force: true });
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", tree, ...options, path, "8M"]);
  return readFileSync(path);
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (problem) {
    if (problem instanceof IsinglassError) return problem.code;
    throw problem;
  }
  return "none";
}

describe.runIf(mke2fs)("files out of file systems that mke2fs made", () => {
  it.each([
    ["blocks of 4 KiB", ["-b", "4096"]],
    ["blocks of 1 KiB, where the first group begins in block 1", ["-b", "1024"]],
    ["no 64-bit fields, no checksums", ["-b", "1024", "-O", "^64bit,^metadata_csum"]],
    ["many groups of inodes of 128 bytes", ["-b", "1024", "-g", "1024", "-I", "128", "-O", "^flex_bg,^resize_inode"]],
  ])("are what was put in: %s", (_, options) => {
    const files = new Ext4Reader(device(image(...options)));
    for (const path of ["boot/kernel-1", "/boot/kernel-1", "relative", "absolute", "long", "/many/../boot//./kernel-1"])
      expect({ path, order: Buffer.compare(files.readFile(path, MOST), content.large) }).toEqual({ path, order: 0 });
    expect(files.readFile("/boot/deep/er/file", MOST)).toEqual(content.small);
    expect(files.readFile("/empty", MOST)).toHaveLength(0);
    expect(Buffer.compare(files.readFile("/holes", MOST), readFileSync(join(tree, "holes")))).toBe(0);
    for (let i = 0; i < MANY; i += 1)
      expect(Buffer.from(files.readFile(`/many/a file with a rather long name ${i}`, MOST)).toString()).toBe(String(i));
  });

  it("are refused where they are not there, or not what can be read", () => {
    const files = new Ext4Reader(device(image()), "disk.img");
    expect(() => files.readFile("/boot/none", MOST)).toThrow(/^disk\.img: there is no \/boot\/none$/);
    expect(() => files.readFile("/empty/x", MOST)).toThrow(/a part of the path is no folder/);
    expect(() => files.readFile("/boot", MOST)).toThrow(/is no regular file/);
    expect(() => files.readFile("/round", MOST)).toThrow(/more than 40 symbolic links/);
    expect(() => files.readFile("/boot/kernel-1", 700_000)).toThrow(
      /inode \d+ has 683\.6 KiB; at most 683\.6 KiB are read/,
    );
    expect(code(() => new Ext4Reader(device(new Uint8Array(4096))))).toBe("ISG_BOOT_BAD_MAGIC");
    expect(code(() => new Ext4Reader(device(new Uint8Array(512))))).toBe("ISG_BOOT_BAD_MAGIC");
    const ext2 = new Ext4Reader(device(image("-O", "^extents,^64bit")));
    expect(code(() => ext2.readFile("/boot/kernel-1", MOST))).toBe("ISG_BOOT_UNSUPPORTED");
    expect(code(() => new Ext4Reader(device(image("-O", "inline_data"))))).toBe("ISG_BOOT_UNSUPPORTED");
  });

  it("of a damaged file system are what was put in, or an error of ours", () => {
    const good = image("-b", "1024");
    const seed = fuzzSeed("ext4");
    const below = new Random(seed);
    // What describes the files: the beginning, where mke2fs puts it, in front of their data.
    const described = 120 * 1024;
    const codes = new Set<string>();
    // A Buffer's slice() would share its bytes.
    const bytes = Uint8Array.from(good);
    for (let run = 0; run < 1500; run += 1) {
      bytes.set(good.subarray(0, described));
      for (let n = 1 + below.below(40); n > 0; n -= 1)
        bytes[below.oneIn(8) ? 1024 + below.below(256) : below.below(described)] = below.u32();
      for (const path of ["/absolute", "/holes", "/many/x"])
        try {
          codes.add(code(() => new Ext4Reader(device(bytes)).readFile(path, MOST)));
        } catch (problem) {
          throw new Error(`run ${run}, ISG_SEED=${seed}`, { cause: problem });
        }
    }
    expect([...codes].toSorted()).toContain("none");
    expect([...codes].toSorted()).toContain("ISG_BOOT_BAD_VALUE");
  });
});
