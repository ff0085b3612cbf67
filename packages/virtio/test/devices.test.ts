import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryBlockBackend, SeededEntropy, VirtioBlock, VirtioConsole, VirtioRng } from "../src/index.js";
import type { BlockBackend } from "../src/index.js";
import { hostEntropy, openBlockFile } from "../src/node/index.js";
import { MmioGuest, PciGuest, start } from "./support/drivers.js";
import type { Guest } from "./support/drivers.js";
import { GuestRam } from "./support/guest.js";
import { fuzzSeed, random } from "@isinglass/testkit";
import { thrown } from "./support/errors.js";

const IN = 0;
const OUT = 1;
const FLUSH = 4;
const GET_ID = 8;
const FLUSH_FEATURE = 1 << 9;

function header(type: number, sector: number): { data: Uint8Array } {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return { data: bytes };
}

/** Sends one request and returns its status byte, the reported length and what was read. */
function request(
  guest: Guest,
  type: number,
  sector: number,
  data: readonly { data: Uint8Array | number }[] = [],
  status = 1,
): { status: number; length: number; data: Buffer } {
  const queue = guest.queues[0]!;
  queue.rewind();
  queue.add([header(type, sector), ...data, { data: status }]);
  guest.notify(0);
  const used = queue.take()!;
  return {
    status: used.data[used.data.length - 1]!,
    length: used.length,
    data: Buffer.from(used.data.subarray(0, -1)),
  };
}

function disk(backend: BlockBackend, accept?: number): PciGuest {
  const guest = new PciGuest(new VirtioBlock({ backend, serial: "disk-1" }), { ram: new GuestRam(1 << 21) });
  start(guest, [128], accept);
  return guest;
}

const pattern = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + seed + (i >> 8)) & 0xff);

describe("block device", () => {
  it("tells its capacity, limits and block size (5.2.4)", () => {
    const guest = disk(new MemoryBlockBackend(5 * 512 + 100));
    expect([
      guest.config(0, 4),
      guest.config(4, 4),
      guest.config(8, 4),
      guest.config(12, 4),
      guest.config(20, 4),
    ]).toEqual([5, 0, 1 << 19, 126, 512]);
    expect(guest.function.request).toMatchObject({ deviceId: 0x1042, classCode: 0x010000 });
  });

  it("reads and writes over sector and buffer borders", () => {
    const backend = new MemoryBlockBackend(1 << 20);
    const guest = disk(backend);
    const bytes = pattern(300 * 512);
    expect(
      request(guest, OUT, 3, [
        { data: bytes.subarray(0, 1000) },
        { data: bytes.subarray(1000, 1001) },
        { data: bytes.subarray(1001) },
      ]),
    ).toMatchObject({ status: 0, length: 1 });
    expect(Buffer.from(backend.bytes.subarray(3 * 512, 303 * 512)).equals(bytes)).toBe(true);
    const read = request(guest, IN, 3, [{ data: 700 }, { data: 300 * 512 - 700 }]);
    expect([read.status, read.length, read.data.equals(bytes)]).toEqual([0, 300 * 512 + 1, true]);
  });

  it("takes the status from the end of a buffer that also holds data", () => {
    const backend = new MemoryBlockBackend(pattern(1024));
    const guest = disk(backend);
    const queue = guest.queues[0]!;
    queue.add([header(IN, 1), { data: 513 }]);
    guest.notify(0);
    const used = queue.take()!;
    expect([
      used.length,
      used.data[512],
      Buffer.from(used.data.subarray(0, 512)).equals(backend.bytes.subarray(512)),
    ]).toEqual([513, 0, true]);
  });

  it("flushes when asked to, and after each write where the driver did not negotiate FLUSH", () => {
    const backend = new MemoryBlockBackend(4096);
    const guest = disk(backend);
    request(guest, OUT, 0, [{ data: pattern(512) }]);
    expect(backend.flushes).toBe(0);
    expect(request(guest, FLUSH, 0).status).toBe(0);
    expect(backend.flushes).toBe(1);
    const through = new MemoryBlockBackend(4096);
    request(disk(through, ~FLUSH_FEATURE >>> 0), OUT, 0, [{ data: pattern(512) }]);
    expect(through.flushes).toBe(1);
  });

  it("is written through while the driver has cleared writeback (5.2.5.2)", () => {
    const backend = new MemoryBlockBackend(4096);
    const guest = disk(backend);
    expect([guest.features(0) & (1 << 11), guest.config(32, 1)]).toEqual([1 << 11, 1]);
    request(guest, OUT, 0, [{ data: pattern(512) }]);
    guest.setConfig(32, 1, 0);
    // What was written before is stable, too.
    expect([guest.config(32, 1), backend.flushes]).toEqual([0, 1]);
    request(guest, OUT, 0, [{ data: pattern(512) }]);
    expect(backend.flushes).toBe(2);
    const saved = structuredClone(guest.save());
    const next = new PciGuest(new VirtioBlock({ backend }), { ram: guest.ram, clock: guest.clock });
    next.function.load(saved as never);
    next.queues.push(...guest.queues);
    request(next, OUT, 0, [{ data: pattern(512) }]);
    expect([next.config(32, 1), backend.flushes]).toEqual([0, 3]);
    next.setConfig(32, 1, 1);
    request(next, OUT, 0, [{ data: pattern(512) }]);
    expect(backend.flushes).toBe(3);
  });

  const segment = (sector: number, sectors: number, flags: number): { data: Uint8Array } => {
    const view = new DataView(new ArrayBuffer(16));
    view.setBigUint64(0, BigInt(sector), true);
    view.setUint32(8, sectors, true);
    view.setUint32(12, flags, true);
    return { data: new Uint8Array(view.buffer) };
  };

  it.each([
    ["a back end that can", true],
    ["one that can write only", false],
  ])("writes zeros and discards, with %s", (_what, able) => {
    const memory = new MemoryBlockBackend(pattern(16 * 512));
    const plain: BlockBackend = {
      size: memory.size,
      readonly: false,
      read: (at, into) => memory.read(at, into),
      write: (at, bytes) => memory.write(at, bytes),
      flush: () => memory.flush(),
    };
    const guest = disk(able ? memory : plain);
    expect((guest.features(0) >>> 13) & 3).toBe(able ? 3 : 2);
    expect([guest.config(40, 4), guest.config(44, 4), guest.config(52, 4), guest.config(56, 1)]).toEqual([
      1,
      1,
      1,
      able ? 1 : 0,
    ]);
    const expected = pattern(16 * 512);
    expect(request(guest, 13, 3, [segment(2, 3, 0)])).toMatchObject({ status: 0, length: 1 });
    expected.fill(0, 1024, 2560);
    expect(request(guest, 13, 0, [segment(10, 1, 1)]).status).toBe(0);
    expected.fill(0, 5120, 5632);
    expect(request(guest, 11, 0, [segment(15, 1, 0)]).status).toBe(able ? 0 : 2);
    if (able) expected.fill(0, 7680);
    expect(Buffer.from(memory.bytes).equals(expected)).toBe(true);
  });

  it.each([
    ["write-zeroes with reserved flags", 13, segment(0, 1, 2), 2],
    ["discard that says unmap", 11, segment(0, 1, 1), 2],
    ["write-zeroes across the end", 13, segment(7, 2, 0), 1],
    ["discard at 2^63", 11, segment(2 ** 63, 1, 0), 1],
    ["write-zeroes of more sectors than announced", 13, segment(0, (1 << 13) + 1, 0), 1],
    ["discard of more sectors than announced", 11, segment(0, 0xffff_ffff, 0), 1],
    ["write-zeroes of half a segment", 13, { data: new Uint8Array(8) }, 1],
    ["write-zeroes of two segments", 13, { data: new Uint8Array(32) }, 1],
    ["discard of nothing", 11, segment(8, 0, 0), 0],
  ])("answers %s with its status", (_what, type, data, status) => {
    const backend = new MemoryBlockBackend(pattern(4096));
    const guest = disk(backend);
    expect(request(guest, type, 0, [data])).toMatchObject({ status, length: 1 });
    expect([guest.status(), Buffer.from(backend.bytes).equals(pattern(4096))]).toEqual([15, true]);
  });

  it("zeroes no more in one go than one notification may cost", () => {
    const backend = new MemoryBlockBackend(64 << 20);
    let zeroed = 0;
    backend.writeZeroes = (_offset, length) => void (zeroed += length);
    const guest = disk(backend);
    const queue = guest.queues[0]!;
    for (let i = 0; i < 40; i += 1) queue.add([header(13, 0), segment(0, 1 << 13, 0), { data: 1 }]);
    guest.notify(0);
    expect(zeroed).toBe(4 << 20);
    while (guest.clock.step());
    expect(zeroed).toBe(40 * (4 << 20));
  });

  it("tells its serial number", () => {
    expect(request(disk(new MemoryBlockBackend(4096)), GET_ID, 0, [{ data: 20 }]).data.toString("latin1")).toBe(
      "disk-1".padEnd(20, "\0"),
    );
  });

  it.each<[string, number, number, { data: Uint8Array | number }[], number]>([
    ["a read beyond the end", IN, 8, [{ data: 512 }], 1],
    ["a read that crosses the end", IN, 7, [{ data: 1024 }], 1],
    ["a read at 2^63", IN, 2 ** 63, [{ data: 512 }], 1],
    ["a write beyond the end", OUT, 8, [{ data: new Uint8Array(512) }], 1],
    ["a read of half a sector", IN, 0, [{ data: 256 }], 1],
    ["a write of half a sector", OUT, 0, [{ data: new Uint8Array(100) }], 1],
    ["an unknown request", 99, 0, [], 2],
    ["a legacy SCSI request", 2, 0, [], 2],
    ["nothing at all to read", IN, 0, [], 0],
  ])("answers %s with its status", (_what, type, sector, data, status) => {
    const backend = new MemoryBlockBackend(4096);
    const guest = disk(backend);
    expect(request(guest, type, sector, data)).toMatchObject({ status, length: status === 0 ? 1 : 1 });
    expect(guest.status()).toBe(15);
    expect(backend.bytes.every((b) => b === 0)).toBe(true);
  });

  it("that is read-only says so and refuses writes", () => {
    const backend = new MemoryBlockBackend(4096, { readonly: true });
    const guest = disk(backend);
    expect(guest.features(0) & (1 << 5)).not.toBe(0);
    expect(request(guest, OUT, 0, [{ data: pattern(512) }]).status).toBe(1);
    expect(request(guest, IN, 0, [{ data: 512 }]).status).toBe(0);
  });

  it("turns an error of the back end into an I/O error and a line in the host's log", () => {
    const broken: BlockBackend = {
      size: 4096,
      readonly: false,
      read: () => {
        throw new Error("the cable is out");
      },
      write: () => {},
      flush: () => {},
    };
    const guest = disk(broken);
    expect(request(guest, IN, 0, [{ data: 512 }]).status).toBe(1);
    expect(guest.events.events).toMatchObject([
      { source: "virtio.0", kind: "block-error", data: { type: 0, sector: 0, message: "the cable is out" } },
    ]);
  });

  it("answers a data buffer outside memory with an I/O error", () => {
    const guest = disk(new MemoryBlockBackend(4096));
    const queue = guest.queues[0]!;
    queue.add([header(IN, 0), { data: 512 }, { data: 1 }]);
    queue.writeDescriptor(queue.desc + 16, 2 ** 40, 512, 3, 2);
    guest.notify(0);
    expect(queue.take()!.data[512]).toBe(1);
    expect(guest.status()).toBe(15);
  });

  it.each<[string, { data: Uint8Array | number }[]]>([
    ["has no header", [{ data: new Uint8Array(8) }, { data: 1 }]],
    ["has no room for a status", [header(FLUSH, 0)]],
  ])("needs a reset after a request that %s", (_what, buffers) => {
    const guest = disk(new MemoryBlockBackend(4096));
    guest.queues[0]!.add(buffers);
    guest.notify(0);
    expect(guest.status()).toBe(15 | 64);
  });

  it("refuses a request larger than its limits say, however little memory it names", () => {
    const guest = disk(new MemoryBlockBackend(2 ** 27));
    const queue = guest.queues[0]!;
    queue.ram.bytes.set(header(IN, 0).data, 0x10_0000);
    // 127 times the same MiB: 127 MiB of work, where 63 MiB are the limit.
    queue.writeDescriptor(queue.desc, 0x10_0000, 16, 1, 1);
    for (let i = 1; i < 127; i++) queue.writeDescriptor(queue.desc + 16 * i, 0x10_0000, 1 << 20, 3, i + 1);
    queue.writeDescriptor(queue.desc + 16 * 127, 0x1f_f000, 1, 2, 0);
    queue.ram.bytes[0x1f_f000] = 0xff;
    queue.offer(0);
    guest.notify(0);
    expect(queue.ram.bytes[0x1f_f000]).toBe(1);
  });

  it("gives the same disk as a model after random requests, through snapshots", () => {
    const seed = fuzzSeed("block requests");
    const below = random(seed);
    const sectors = 64;
    const backend = new MemoryBlockBackend(sectors * 512);
    const model = new Uint8Array(sectors * 512);
    let guest = disk(backend);
    for (let run = 0; run < 400; run++) {
      const sector = below(sectors);
      const count = 1 + below(Math.min(8, sectors - sector));
      if (below(2) === 0) {
        const bytes = pattern(count * 512, below(256));
        const cut = below(bytes.length);
        expect(
          request(guest, OUT, sector, [{ data: bytes.subarray(0, cut) }, { data: bytes.subarray(cut) }]).status,
        ).toBe(0);
        model.set(bytes, sector * 512);
      } else {
        const read = request(guest, IN, sector, [{ data: count * 512 }]);
        expect(read.data.equals(model.subarray(sector * 512, (sector + count) * 512))).toBe(true);
      }
      if (below(20) === 0) {
        const saved = structuredClone(guest.save());
        const next = new PciGuest(new VirtioBlock({ backend }), { ram: guest.ram, clock: guest.clock });
        next.function.load(saved as never);
        next.queues.push(...guest.queues);
        guest = next;
      }
    }
    expect(Buffer.from(backend.bytes).equals(model)).toBe(true);
  });

  it("refuses the snapshot of a disk of another size", () => {
    const saved = disk(new MemoryBlockBackend(4096)).save();
    expect(thrown(() => disk(new MemoryBlockBackend(8192)).function.load(saved as never)).code).toBe(
      "ISG_SNAPSHOT_BAD_STATE",
    );
  });
});

describe("disk in a file", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "isg-disk-"));
    path = join(folder, "disk.img");
    writeFileSync(path, pattern(8192));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is read, written and flushed through a guest's requests", () => {
    const file = openBlockFile(path);
    const guest = disk(file);
    expect(request(guest, IN, 2, [{ data: 512 }]).data.equals(pattern(8192).subarray(1024, 1536))).toBe(true);
    expect(request(guest, OUT, 15, [{ data: pattern(512, 99) }]).status).toBe(0);
    expect(request(guest, FLUSH, 0).status).toBe(0);
    file.close();
    expect(
      readFileSync(path)
        .subarray(15 * 512)
        .equals(pattern(512, 99)),
    ).toBe(true);
  });

  it("opened read-only is never written", () => {
    const file = openBlockFile(path, { readonly: true });
    expect(file.readonly).toBe(true);
    expect(thrown(() => file.write(0, pattern(512))).code).toBe("ISG_BLOCK_READONLY");
    expect(request(disk(file), OUT, 0, [{ data: pattern(512, 5) }]).status).toBe(1);
    file.close();
    expect(readFileSync(path).equals(pattern(8192))).toBe(true);
  });

  it("that does not exist, is a folder or is empty is refused in words", () => {
    expect(thrown(() => openBlockFile(join(folder, "none"))).message).toMatch(
      /none: open for reading and writing failed: ENOENT/,
    );
    expect(thrown(() => openBlockFile(folder, { readonly: true })).message).toMatch(/no regular file/);
    writeFileSync(path, "");
    expect(thrown(() => openBlockFile(path)).code).toBe("ISG_BLOCK_IO");
  });

  it("that became shorter gives the guest an I/O error, not old bytes", () => {
    const file = openBlockFile(path);
    truncateSync(path, 1024);
    expect(request(disk(file), IN, 8, [{ data: 512 }]).status).toBe(1);
    expect(thrown(() => file.read(4096, new Uint8Array(512))).message).toMatch(/end of the file/);
    expect(thrown(() => file.read(8192, new Uint8Array(512))).code).toBe("ISG_BLOCK_RANGE");
    file.close();
  });
});

describe("entropy device", () => {
  it("fills what the driver offers, from its source", () => {
    const guest = new MmioGuest(new VirtioRng({ entropy: { fill: (into) => into.fill(0x5a) } }));
    start(guest, [64]);
    guest.queues[0]!.add([{ data: 3 }, { data: 5 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()).toMatchObject({ length: 8, data: Buffer.alloc(8, 0x5a) });
  });

  it("gives at most 64 KiB a request and says so", () => {
    const guest = new MmioGuest(new VirtioRng({ entropy: hostEntropy }));
    start(guest, [64]);
    guest.queues[0]!.add([{ data: 100_000 }]);
    guest.notify(0);
    const used = guest.queues[0]!.take()!;
    expect(used.length).toBe(65536);
    expect(used.data.subarray(65536).every((b) => b === 0)).toBe(true);
    // 64 KiB of random bytes hold every value.
    expect(new Set(used.data.subarray(0, 65536)).size).toBe(256);
  });

  it("needs a reset after a request that it must not get (5.4.6.1)", () => {
    for (const buffers of [[{ data: Uint8Array.of(1) }, { data: 4 }], [{ data: 0 }]]) {
      const guest = new MmioGuest(new VirtioRng({ entropy: new SeededEntropy(1) }));
      start(guest, [64]);
      guest.queues[0]!.add(buffers);
      guest.notify(0);
      expect(guest.status() & 64).toBe(64);
    }
  });

  it("with a seed goes on after a restore as if nothing had been", () => {
    const next = (guest: MmioGuest): string => {
      guest.queues[0]!.add([{ data: 10 }]);
      guest.notify(0);
      return guest.queues[0]!.take()!.data.toString("hex");
    };
    const first = new MmioGuest(new VirtioRng({ entropy: new SeededEntropy(42) }));
    start(first, [64]);
    const source = new SeededEntropy(42);
    const expected = [1, 2].map(() => {
      const bytes = Buffer.alloc(10);
      source.fill(bytes);
      return bytes.toString("hex");
    });
    expect(next(first)).toBe(expected[0]);
    const second = new MmioGuest(new VirtioRng({ entropy: new SeededEntropy(7) }), { ram: first.ram });
    second.device.load(first.device.save(), 1);
    second.queues.push(first.queues[0]!);
    expect(next(second)).toBe(expected[1]);
    expect(expected[0]).not.toBe(expected[1]);
  });

  it("with a seed is xoshiro128**: the first outputs for the state 1, 2, 3, 4", () => {
    const entropy = new SeededEntropy(0);
    entropy.load({ words: [1, 2, 3, 4] });
    const bytes = Buffer.alloc(16);
    entropy.fill(bytes);
    // rotl(2 * 5, 7) * 9; then s[1] is 1 ^ 2 ^ 3 = 0, and so on by the published recurrence.
    expect([0, 4, 8, 12].map((at) => bytes.readUInt32LE(at))).toEqual([11520, 0, 5927040, 70819200]);
    expect(thrown(() => entropy.load({ words: [0, 0, 0, 0] })).code).toBe("ISG_SNAPSHOT_BAD_STATE");
  });
});

describe("console", () => {
  function terminal(): { guest: PciGuest; model: VirtioConsole; output: () => string } {
    let text = "";
    const model = new VirtioConsole({
      onOutput: (bytes) => (text += Buffer.from(bytes).toString("latin1")),
      columns: 100,
      rows: 30,
    });
    const guest = new PciGuest(model);
    start(guest, [128, 128]);
    return { guest, model, output: () => text };
  }

  it("passes on what the guest writes, in order", () => {
    const { guest, output } = terminal();
    guest.queues[1]!.add([{ data: Buffer.from("hello ") }, { data: Buffer.from("world\n") }]);
    guest.queues[1]!.add([{ data: Buffer.alloc(10_000, "x") }]);
    guest.notify(1);
    expect(output()).toBe(`hello world\n${"x".repeat(10_000)}`);
    expect(guest.queues[1]!.take()?.length).toBe(0);
  });

  it("keeps what is typed until the guest has room for it", () => {
    const { guest, model } = terminal();
    expect(model.input(Buffer.from("abcdef"))).toBe(6);
    expect(guest.interrupting()).toBe(false);
    guest.queues[0]!.add([{ data: 4 }]);
    guest.queues[0]!.add([{ data: 4 }]);
    guest.notify(0);
    expect(guest.acknowledge()).toBe(1);
    expect(guest.queues[0]!.take()).toMatchObject({ length: 4, data: Buffer.from("abcd") });
    expect(guest.queues[0]!.take()).toMatchObject({ length: 2 });
    guest.queues[0]!.add([{ data: 4 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()).toBeNull();
    model.input(Buffer.from("g"));
    expect(guest.queues[0]!.take()?.data[0]).toBe(0x67);
  });

  it("takes no more than 64 KiB of input that nobody reads, and loses none of it", () => {
    const { guest, model } = terminal();
    expect(model.input(pattern(70_000))).toBe(65536);
    expect(model.input(Uint8Array.of(1))).toBe(0);
    guest.queues[0]!.add([{ data: 60_000 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()!.data.equals(pattern(60_000))).toBe(true);
    expect(model.input(pattern(70_000).subarray(65536))).toBe(70_000 - 65536);
    guest.queues[0]!.add([{ data: 10_000 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()!.data.equals(pattern(70_000).subarray(60_000))).toBe(true);
  });

  it("may be typed at from its own output: an echo", () => {
    const holder: { model?: VirtioConsole } = {};
    holder.model = new VirtioConsole({ onOutput: (bytes) => void holder.model!.input(bytes) });
    const guest = new PciGuest(holder.model);
    start(guest, [128, 128]);
    guest.queues[0]!.add([{ data: 8 }]);
    guest.queues[1]!.add([{ data: Buffer.from("echo") }]);
    guest.notify(1);
    expect(guest.queues[0]!.take()).toMatchObject({ length: 4 });
  });

  it("has a size that may change, and an emergency register", () => {
    const { guest, model, output } = terminal();
    expect([guest.config(0, 2), guest.config(2, 2), guest.config(4, 4)]).toEqual([100, 30, 1]);
    model.resize(132, 50);
    expect([guest.acknowledge(), guest.config(0, 2), guest.config(2, 2)]).toEqual([2, 132, 50]);
    guest.setConfig(8, 4, 0x21);
    expect(output()).toBe("!");
  });

  it.each<[string, number, { data: Uint8Array | number }[]]>([
    ["writable buffers to send", 1, [{ data: 4 }]],
    ["readable buffers to receive", 0, [{ data: Uint8Array.of(1) }]],
    ["an empty buffer to receive", 0, [{ data: 0 }]],
  ])("needs a reset after %s (5.3.6)", (_what, index, buffers) => {
    const { guest, model } = terminal();
    model.input(Uint8Array.of(1));
    guest.queues[index]!.add(buffers);
    guest.notify(index);
    expect(guest.status() & 64).toBe(64);
  });

  it("hands on no more for one notification than it has work for, however often a buffer stands in a chain", () => {
    let handed = 0;
    const guest = new PciGuest(new VirtioConsole({ onOutput: (bytes) => (handed += bytes.length) }));
    start(guest, [128, 128]);
    const queue = guest.queues[1]!;
    const table = (at: number): number => queue.desc + 16 * at;
    // 127 MiB out of one: every descriptor names the same megabyte.
    for (let i = 0; i < 127; i++) queue.writeDescriptor(table(i), 0, 1 << 20, i < 126 ? 1 : 0, i + 1);
    queue.offer(0);
    guest.notify(1);
    expect(handed).toBe(0);
    expect(guest.status() & 64).toBe(64);
  });

  it("hands on a transmit request of a megabyte", () => {
    let handed = 0;
    const guest = new PciGuest(new VirtioConsole({ onOutput: (bytes) => (handed += bytes.length) }));
    start(guest, [128, 128]);
    const queue = guest.queues[1]!;
    for (let i = 0; i < 16; i++) queue.writeDescriptor(queue.desc + 16 * i, 0, 1 << 16, i < 15 ? 1 : 0, i + 1);
    queue.offer(0);
    guest.notify(1);
    expect([handed, guest.status() & 64]).toEqual([1 << 20, 0]);
  });

  it("restores what was typed and not read", () => {
    const { guest, model } = terminal();
    model.input(Buffer.from("typed"));
    const saved = structuredClone(guest.save());
    const next = terminal();
    next.guest.function.load(saved as never);
    next.guest.ram.bytes.set(guest.ram.bytes);
    next.guest.queues[0]!.add([{ data: 16 }]);
    next.guest.notify(0);
    expect(next.guest.queues[0]!.take()).toMatchObject({ length: 5 });
  });
});
