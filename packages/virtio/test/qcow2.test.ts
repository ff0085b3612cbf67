import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, fuzzSeed, hasCommand, requireOracle } from "@isinglass/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IsinglassError } from "@isinglass/interface";
import { type BlockBackend, Qcow2BlockBackend } from "../src/index.js";
import { openQcow2File } from "../src/node/index.js";
import { thrown } from "./support/errors.js";
import { MemoryImage } from "./support/memory-image.js";

const qemu = requireOracle("qemu-img and qemu-io", hasCommand("qemu-img") && hasCommand("qemu-io"));
const KiB = 1024;

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "isg-qcow2-"));
  path = join(folder, "disk.qcow2");
});
afterEach(() => rmSync(folder, { recursive: true }));

const img = (...words: readonly string[]): string => execFileSync("qemu-img", words, { encoding: "utf8" });
const io = (command: string, file: string = path): string =>
  execFileSync("qemu-io", ["-f", "qcow2", "-c", command, file], { encoding: "utf8" });

/** What `qemu-img check` finds: 0 nothing, 2 damage, 3 leaks alone (qemu-img(1)). */
const check = (file: string = path): number => spawnSync("qemu-img", ["check", "-q", "-f", "qcow2", file]).status ?? -1;

/** The disk as QEMU reads it. */
function asQemuReads(file: string = path): Buffer {
  const raw = join(folder, "read.raw");
  img("convert", "-f", "qcow2", "-O", "raw", file, raw);
  return readFileSync(raw);
}

/** Numbers of bytes at random: whole sectors, of few clusters or of many, often at their borders. */
function range(random: Random, size: number): { readonly offset: number; readonly length: number } {
  const sectors = size / 512;
  const offset = random.below(sectors);
  const most = Math.min(sectors - offset, random.oneIn(4) ? 512 : 16);
  return { offset: offset * 512, length: (1 + random.below(most)) * 512 };
}

function pattern(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(1 + random.below(255));
  for (let i = 0; i < length; i += 512) bytes[i] = random.u32();
  return bytes;
}

/** One change at random, made to a mirror too. */
function change(random: Random, disk: BlockBackend, mirror: Uint8Array): void {
  const { offset, length } = range(random, mirror.length);
  const kind = random.below(8);
  if (kind < 5) {
    const bytes = pattern(random, length);
    disk.write(offset, bytes);
    mirror.set(bytes, offset);
  } else if (kind < 7) {
    disk.writeZeroes!(offset, length, random.oneIn(2));
    mirror.fill(0, offset, offset + length);
  } else {
    disk.discard!(offset, length);
    const now = new Uint8Array(length);
    disk.read(offset, now);
    // What was discarded is as it was, or zero.
    for (let i = 0; i < length; i += 512) {
      const sector = now.subarray(i, i + 512);
      if (sector.some((byte) => byte !== 0)) expect(sector).toEqual(mirror.subarray(offset + i, offset + i + 512));
    }
    mirror.set(now, offset);
  }
}

interface Kind {
  readonly options: string;
  readonly size: number;
  readonly start?: "backing" | "snapshot" | "compressed";
}

const KINDS: readonly (readonly [string, Kind])[] = [
  ["version 3", { options: "compat=1.1", size: 8 << 20 }],
  ["version 2", { options: "compat=0.10", size: 8 << 20 }],
  ["clusters of 512 bytes, whose refcount table grows", { options: "cluster_size=512", size: 12 << 20 }],
  ["clusters of 2 MiB", { options: "cluster_size=2M", size: 64 << 20 }],
  ["refcounts of one bit", { options: "refcount_bits=1,cluster_size=4k", size: 8 << 20 }],
  ["refcounts of 64 bits", { options: "refcount_bits=64,cluster_size=1k", size: 4 << 20 }],
  ["a place for everything", { options: "preallocation=metadata", size: 4 << 20 }],
  ["a size that ends inside a cluster", { options: "cluster_size=64k", size: (4 << 20) + 3 * 512 }],
  ["a backing file", { options: "cluster_size=4k", size: 4 << 20, start: "backing" }],
  ["a backing file, version 2", { options: "compat=0.10", size: 4 << 20, start: "backing" }],
  ["a snapshot", { options: "cluster_size=4k", size: 4 << 20, start: "snapshot" }],
  ["a snapshot, refcounts of 2 bits, version 3", { options: "refcount_bits=2", size: 4 << 20, start: "snapshot" }],
  ["compressed clusters", { options: "cluster_size=16k", size: 4 << 20, start: "compressed" }],
];

/** An image that QEMU made; gives what is on its disk. */
function create(random: Random, { options, size, start }: Kind): Uint8Array {
  const mirror = new Uint8Array(size);
  const raw = join(folder, "start.raw");
  if (start !== undefined)
    for (let i = 0; i < 40; i += 1) {
      const { offset, length } = range(random, size);
      mirror.set(pattern(random, length), offset);
    }
  writeFileSync(raw, mirror);
  // The disk below is shorter than the one above.
  if (start === "backing") {
    const below = join(folder, "below.qcow2");
    img("convert", "-O", "qcow2", raw, below);
    img("resize", "-q", "--shrink", below, String(size / 2));
    img("create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "below.qcow2", "-o", options, path, String(size));
    mirror.fill(0, size / 2);
  } else if (start === undefined) img("create", "-q", "-f", "qcow2", "-o", options, path, String(size));
  else img("convert", "-O", "qcow2", ...(start === "compressed" ? ["-c"] : []), "-o", options, raw, path);
  if (start === "snapshot") img("snapshot", "-c", "before", path);
  return mirror;
}

describe.runIf(qemu)("a qcow2 image", () => {
  it.each(KINDS)("with %s is what QEMU reads after random changes, and whole", (name, kind) => {
    const seed = fuzzSeed(`qcow2, ${name}`);
    const random = new Random(seed);
    const mirror = create(random, kind);
    const before = mirror.slice();
    let disk = openQcow2File(path);
    expect(disk.size).toBe(kind.size);
    const rounds = kind.options.includes("512") ? 900 : 300;
    for (let round = 0; round < rounds; round += 1) {
      change(random, disk, mirror);
      if (random.oneIn(20)) disk.flush();
      if (random.oneIn(60)) {
        disk.close();
        disk = openQcow2File(path);
      }
      const { offset, length } = range(random, kind.size);
      const got = new Uint8Array(length);
      disk.read(offset, got);
      if (Buffer.compare(got, mirror.subarray(offset, offset + length)) !== 0)
        throw new Error(`round ${round}: ${length} bytes at ${offset} differ, ISG_SEED=${seed}`);
    }
    if (kind.options.includes("512")) {
      // Every cluster, so that the refcount table has to grow.
      for (let at = 0; at < kind.size; at += 1 << 20) {
        const bytes = pattern(random, Math.min(1 << 20, kind.size - at));
        disk.write(at, bytes);
        mirror.set(bytes, at);
      }
    }
    disk.close();
    expect({ seed, check: check() }).toEqual({ seed, check: 0 });
    expect({ seed, same: asQemuReads().equals(mirror) }).toEqual({ seed, same: true });
    if (kind.start !== "snapshot") return;
    const snapshot = openQcow2File(path, { snapshot: "before" });
    const all = new Uint8Array(kind.size);
    snapshot.read(0, all);
    expect({ seed, same: Buffer.compare(all, before) }).toEqual({ seed, same: 0 });
    expect(thrown(() => snapshot.write(0, all)).code).toBe("ISG_BLOCK_READONLY");
    snapshot.close();
    img("snapshot", "-a", "before", path);
    expect([check(), asQemuReads().equals(before)]).toEqual([0, true]);
  });

  it("that QEMU writes between two of our sessions is read right", () => {
    img("create", "-q", "-f", "qcow2", path, "1M");
    let disk = openQcow2File(path);
    disk.write(0, new Uint8Array(64 * KiB).fill(1));
    disk.close();
    io("write -P 7 32k 64k");
    io("write -z 512k 64k");
    disk = openQcow2File(path);
    const got = new Uint8Array(128 * KiB);
    disk.read(0, got);
    expect([got[0], got[32 * KiB - 1], got[32 * KiB], got[96 * KiB - 1], got[96 * KiB]]).toEqual([1, 1, 7, 7, 0]);
    disk.close();
  });

  it("gives back what is discarded, and takes it again", () => {
    img("create", "-q", "-f", "qcow2", path, "8M");
    const disk = openQcow2File(path);
    for (let round = 0; round < 4; round += 1) {
      for (let at = 0; at < 8 << 20; at += 1 << 20) disk.write(at, new Uint8Array(1 << 20).fill(round + 1));
      disk.discard(0, 8 << 20);
      disk.flush();
    }
    disk.close();
    expect(check()).toBe(0);
    // 8 MiB, tables, and what a discard frees only at the next flush: not 32 MiB.
    expect(readFileSync(path).length).toBeLessThan(9 << 20);
  });
});

describe.runIf(qemu)("a crash", () => {
  /** Changes and flushes at random; gives the log of the file, and the disk at each flush. */
  function run(random: Random, start: Uint8Array, size: number, rounds: number) {
    const file = new MemoryImage(start);
    const disk = new Qcow2BlockBackend(file);
    const mirror = new Uint8Array(size);
    disk.read(0, mirror);
    // Of each flush: how long the log was then, and how many changes had been made.
    const states = [{ at: 0, made: 0, disk: mirror.slice() }];
    const changes: Uint8Array[] = [];
    for (let round = 0; round < rounds; round += 1) {
      change(random, disk, mirror);
      changes.push(mirror.slice());
      if (random.oneIn(6)) {
        disk.flush();
        states.push({ at: file.log.length, made: changes.length, disk: mirror.slice() });
      }
    }
    disk.flush();
    return { log: file.log, states, changes };
  }

  it.each([
    ["of the process: what was written in order, up to a point", false],
    ["of the host: what was flushed, and any part of what came later", true],
  ])("%s, leaves an image that is whole and has what was flushed", (name, host) => {
    const seed = fuzzSeed(`qcow2, a crash ${name}`);
    const random = new Random(seed);
    // Small clusters: an L2 table maps 32 KiB, so that there are many.
    const size = 1 << 20;
    img("create", "-q", "-f", "qcow2", "-o", "cluster_size=512", path, String(size));
    io("write -P 9 0 512k");
    img("snapshot", "-c", "kept", path);
    const start = readFileSync(path);
    const before = Uint8Array.from(start);
    const { log, states, changes } = run(random, start, size, 120);
    // Each trial begins with what was there before all changes.
    expect(Buffer.compare(start, before)).toBe(0);
    const flushes = log.flatMap((entry, i) => (entry === null ? [i] : []));
    for (let trial = 0; trial < 30; trial += 1) {
      // Before a flush most is at stake, and between two that follow each other what orders tables: each is met as often as long stretches of data.
      const next = random.below(flushes.length);
      const last = next === 0 ? 0 : flushes[next - 1]! + 1;
      const end = host && random.oneIn(2) ? flushes[next]! : last + random.below(flushes[next]! - last + 1);
      const image = new MemoryImage(start);
      const border = host ? log.slice(0, end).lastIndexOf(null) : end;
      log.slice(0, end).forEach((entry, i) => {
        if (entry === null || (i > border && random.oneIn(2))) return;
        // Sectors are written whole, and not in their order.
        if (i > border && entry.bytes.length > 512 && random.oneIn(2)) {
          for (let at = 0; at < entry.bytes.length; at += 512)
            if (random.oneIn(2)) image.write(entry.offset + at, entry.bytes.subarray(at, at + 512));
        } else image.write(entry.offset, entry.bytes);
      });
      const file = join(folder, `trial-${trial}.qcow2`);
      writeFileSync(file, image.bytes);
      const where = { seed, trial, end, border };
      expect({ ...where, check: [0, 3].includes(check(file)) }).toEqual({ ...where, check: true });
      const after = asQemuReads(file);
      const flushed = states.filter(({ at }) => at <= end).at(-1)!;
      const later = changes.slice(flushed.made);
      // A sector that nobody touched after the flush is as it was then.
      let lost = 0;
      for (let at = 0; at < size; at += 512) {
        const then = flushed.disk.subarray(at, at + 512);
        if (after.subarray(at, at + 512).equals(then)) continue;
        if (later.every((disk) => Buffer.compare(disk.subarray(at, at + 512), then) === 0)) lost += 1;
      }
      expect({ ...where, lost }).toEqual({ ...where, lost: 0 });
      img("convert", "-f", "qcow2", "-l", "snapshot.name=kept", "-O", "raw", file, join(folder, "kept.raw"));
      const kept = readFileSync(join(folder, "kept.raw"));
      expect([kept[0], kept[512 * KiB - 1], kept[512 * KiB]]).toEqual([9, 9, 0]);
      rmSync(file);
    }
  });
});

describe.runIf(qemu)("a qcow2 image that is not for us", () => {
  it.each([
    ["no qcow2 image", (bytes: Uint8Array) => bytes.fill(0, 0, 4), "ISG_QCOW2_BAD_MAGIC"],
    ["another version", (bytes: Uint8Array) => bytes.fill(4, 7, 8), "ISG_QCOW2_UNSUPPORTED"],
    ["encrypted", (bytes: Uint8Array) => bytes.fill(1, 35, 36), "ISG_QCOW2_UNSUPPORTED"],
    ["with an external data file", (bytes: Uint8Array) => bytes.fill(4, 79, 80), "ISG_QCOW2_UNSUPPORTED"],
    ["of a feature that nobody knows", (bytes: Uint8Array) => bytes.fill(1, 72, 73), "ISG_QCOW2_UNSUPPORTED"],
    ["with odd clusters", (bytes: Uint8Array) => bytes.fill(40, 23, 24), "ISG_QCOW2_CORRUPT"],
    ["of 2^60 bytes", (bytes: Uint8Array) => bytes.fill(16, 24, 25), "ISG_QCOW2_CORRUPT"],
    ["with an L1 table elsewhere", (bytes: Uint8Array) => bytes.fill(1, 42, 43), "ISG_QCOW2_CORRUPT"],
    [
      "with a table of a thousand million snapshots",
      (bytes: Uint8Array) => bytes.fill(60, 60, 61),
      "ISG_QCOW2_CORRUPT",
    ],
    ["that was cut off", (bytes: Uint8Array) => bytes.subarray(0, 50), "ISG_QCOW2_BAD_MAGIC"],
    ["whose refcounts are out of date", (bytes: Uint8Array) => bytes.fill(1, 79, 80), "ISG_QCOW2_CORRUPT"],
    ["that QEMU found damaged", (bytes: Uint8Array) => bytes.fill(2, 79, 80), "ISG_QCOW2_CORRUPT"],
  ])("(%s) is refused in one line", (_, spoil, code) => {
    img("create", "-q", "-f", "qcow2", path, "1M");
    const problem = thrown(() => new Qcow2BlockBackend(new MemoryImage(spoil(Uint8Array.from(readFileSync(path))))));
    expect([problem.code, problem.message.includes("\n")]).toEqual([code, false]);
  });

  it("whose refcounts are out of date may be read", () => {
    img("create", "-q", "-f", "qcow2", path, "1M");
    const bytes = Uint8Array.from(readFileSync(path)).fill(1, 79, 80);
    expect(new Qcow2BlockBackend(new MemoryImage(bytes, { readonly: true })).readonly).toBe(true);
  });

  it("whose backing file is none of the guest's business is refused", () => {
    const outside = join(folder, "outside.raw");
    mkdirSync(join(folder, "images"));
    const inside = join(folder, "images", "disk.qcow2");
    writeFileSync(outside, new Uint8Array(1 << 20));
    for (const name of [outside, "../outside.raw"]) {
      img("create", "-q", "-f", "qcow2", "-F", "raw", "-b", name, inside);
      expect(thrown(() => openQcow2File(inside)).message).toMatch(/outside\.raw" is outside the image's folder/);
    }
    img("create", "-q", "-f", "qcow2", "-F", "raw", "-b", outside, "-u", inside, "1M");
    img("rebase", "-u", "-F", "raw", "-b", "none.raw", inside);
    expect(thrown(() => openQcow2File(inside)).message).toMatch(/none\.raw" cannot be found/);
    img("rebase", "-u", "-F", "qcow2", "-b", "disk.qcow2", inside);
    expect(thrown(() => openQcow2File(inside)).message).toMatch(/number 17 of a chain/);
    img("rebase", "-u", "-F", "vmdk", "-b", "disk.qcow2", inside);
    expect(thrown(() => openQcow2File(inside)).message).toMatch(/has format "vmdk"/);
    expect(thrown(() => new Qcow2BlockBackend(new MemoryImage(readFileSync(inside)))).code).toBe("ISG_QCOW2_BACKING");
  });

  it("whose headers and tables are random gives typed errors and ends", () => {
    const seed = fuzzSeed("qcow2, hostile images");
    const random = new Random(seed);
    create(random, { options: "cluster_size=512", size: 256 * KiB, start: "compressed" });
    io("write -P 3 10k 30k");
    img("snapshot", "-c", "kept", path);
    io("write -P 4 16k 4k");
    const good = Uint8Array.from(readFileSync(path));
    const view = new DataView(good.buffer);
    const tables = [0, 40, 48, 64].map((at) => (at === 0 ? 0 : Number(view.getBigUint64(at))));
    tables.push(Number(view.getBigUint64(tables[1]!) & 0x00ff_ffff_ffff_fe00n), Number(view.getBigUint64(tables[2]!)));
    const codes = new Map<string, number>();
    for (let trial = 0; trial < 3000; trial += 1) {
      const bytes = good.slice();
      for (let i = 1 + random.below(4); i > 0; i -= 1) {
        const table = random.pick(tables);
        const at = table + random.below(table === 0 ? 112 : 512);
        if (random.oneIn(2)) bytes[at] = random.pick([0, 1, 2, 0x40, 0x80, 0xff, random.below(256)]);
        else
          bytes.set(
            [
              random.pick([0, 0x40, 0x80, 0xc0]),
              0,
              0,
              0,
              0,
              random.below(3),
              random.below(256) & 0xfe,
              random.below(2),
            ],
            at & ~7,
          );
      }
      try {
        const disk = new Qcow2BlockBackend(new MemoryImage(bytes, { limit: 4 << 20 }), {
          inflate: (packed) => Uint8Array.from({ length: 512 }, (_, i) => packed[i] ?? 0),
          ...(random.oneIn(2) ? { snapshot: "kept" } : {}),
        });
        for (let i = 0; i < 10; i += 1) {
          const offset = random.below(512) * 512;
          const piece = new Uint8Array(512 * (1 + random.below(4)));
          if (random.oneIn(2) || disk.readonly) disk.read(offset, piece);
          else if (random.oneIn(3)) disk.discard(offset, piece.length);
          else disk.write(offset, piece);
        }
        disk.close();
        codes.set("none", (codes.get("none") ?? 0) + 1);
      } catch (problem) {
        if (!(problem instanceof IsinglassError))
          throw new Error(`trial ${trial}, ISG_SEED=${seed}`, { cause: problem });
        codes.set(problem.code, (codes.get(problem.code) ?? 0) + 1);
      }
    }
    expect(codes.get("none")).toBeGreaterThan(100);
    expect(codes.get("ISG_QCOW2_CORRUPT")).toBeGreaterThan(100);
  });
});
