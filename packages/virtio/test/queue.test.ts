import { describe, expect, it } from "vitest";
import { QueueMemory, SplitQueue } from "../src/index.js";
import { GuestQueue, GuestRam } from "./support/guest.js";
import { fuzzSeed, random } from "@isinglass/testkit";

const SIZE = 8;

function make(options: { ram?: GuestRam; size?: number; start?: number; indirect?: boolean } = {}): {
  ram: GuestRam;
  guest: GuestQueue;
  queue: SplitQueue;
} {
  const ram = options.ram ?? new GuestRam(1 << 16);
  const size = options.size ?? SIZE;
  const guest = new GuestQueue(ram, 0x1000, size);
  const queue = new SplitQueue(new QueueMemory(ram, 0), size);
  queue.areas.set([guest.desc, 0, guest.avail, 0, guest.used, 0]);
  queue.indirect = options.indirect ?? true;
  queue.enable();
  return { ram, guest, queue };
}

const data = (...bytes: number[]): { data: Uint8Array } => ({ data: Uint8Array.from(bytes) });

describe("split virtqueue", () => {
  it("hands out chains in order and reports them used with their length", () => {
    const { guest, queue } = make();
    const first = guest.add([data(1, 2, 3), { data: 4 }]);
    const second = guest.add([data(9)]);
    const chain = queue.pop()!;
    expect([chain.head, chain.readable, chain.writable, chain.count]).toEqual([first, 3, 4, 2]);
    const into = new Uint8Array(3);
    expect(chain.read(into)).toBe(true);
    expect([...into]).toEqual([1, 2, 3]);
    expect(chain.write(Uint8Array.of(7, 8))).toBe(true);
    queue.push(chain, 2);
    queue.push(queue.pop()!, 0);
    expect(queue.pop()).toBeNull();
    expect(guest.take()).toEqual({ head: first, length: 2, data: Buffer.of(7, 8, 0, 0) });
    expect(guest.take()).toMatchObject({ head: second, length: 0 });
    expect(guest.take()).toBeNull();
  });

  it("goes on where the 16-bit indices wrap around", () => {
    const { guest, queue } = make();
    for (let i = 0; i < 70_000; i++) {
      guest.rewind();
      guest.add([{ data: 1 }]);
      const chain = queue.pop()!;
      chain.write(Uint8Array.of(i));
      queue.push(chain, 1);
      if (guest.take()!.data[0] !== (i & 0xff)) throw new Error(`chain ${i}`);
    }
    expect(queue.broken).toBeNull();
  });

  it("walks an indirect table, as long as the queue and no longer", () => {
    const { guest, queue } = make();
    guest.add(
      Array.from({ length: SIZE }, (_, i) => data(i)),
      true,
    );
    const into = new Uint8Array(SIZE);
    expect(queue.pop()!.read(into)).toBe(true);
    expect([...into]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    guest.add(
      Array.from({ length: SIZE + 1 }, () => data(0)),
      true,
    );
    expect(queue.pop()).toBeNull();
    expect(queue.broken).toMatch(/follows in an indirect table|loop/);
  });

  it("reads and writes across the borders of buffers, also empty ones, and not beyond the end", () => {
    const { guest, queue } = make();
    guest.add([data(1, 2), data(), data(3, 4, 5), { data: 1 }, { data: 0 }, { data: 3 }]);
    const chain = queue.pop()!;
    const four = new Uint8Array(4);
    expect(chain.read(four)).toBe(true);
    expect([...four]).toEqual([1, 2, 3, 4]);
    expect(chain.read(new Uint8Array(2))).toBe(false);
    expect(chain.write(Uint8Array.of(10, 11))).toBe(true);
    expect(chain.writeLast(Uint8Array.of(12, 13))).toBe(true);
    expect(chain.write(Uint8Array.of(1, 1, 1))).toBe(false);
    expect(chain.writeLast(new Uint8Array(5))).toBe(false);
  });

  it("writes the end of a chain across its last buffers", () => {
    const { guest, queue } = make();
    guest.add([{ data: 2 }, { data: 2 }, { data: 0 }]);
    const chain = queue.pop()!;
    expect(chain.writeLast(Uint8Array.of(1, 2, 3))).toBe(true);
    queue.push(chain, 4);
    expect([...guest.take()!.data]).toEqual([0, 1, 2, 3]);
  });

  it("asks for no interrupt while the driver wants none", () => {
    const { guest, queue } = make();
    expect(queue.wantsInterrupt()).toBe(true);
    guest.noInterrupt = true;
    expect(queue.wantsInterrupt()).toBe(false);
  });

  it("interrupts by index across the end of 16 bits, for each place of the event among the new entries", () => {
    const { guest, queue } = make();
    queue.eventIndex = true;
    const pushes = (count: number): boolean => {
      for (let i = 0; i < count; i += 1) {
        guest.add([data(1)]);
        queue.push(queue.pop()!, 0);
        guest.take();
        guest.rewind();
      }
      guest.usedEvent = event;
      return queue.wantsInterrupt();
    };
    let event = 0xffff;
    let index = 0;
    for (; index < 0xfffc; index += 4) pushes(4);
    // Now at 0xfffc. What "vring_need_event" of the specification's header gives, by hand.
    event = 0xfffc;
    expect(pushes(1)).toBe(true);
    event = 0xffff;
    expect(pushes(2)).toBe(false);
    expect(pushes(3)).toBe(true);
    event = 2;
    expect(pushes(1)).toBe(true);
    expect(pushes(1)).toBe(false);
    event = 3;
    expect(pushes(0)).toBe(false);
  });

  type Break = (guest: GuestQueue, queue: SplitQueue, ram: GuestRam) => void;
  it.each<[string, Break, RegExp]>([
    [
      "the available index runs ahead of the queue",
      (g, _q, ram) => ram.view.setUint16(g.avail + 2, SIZE + 1, true),
      /9 ahead/,
    ],
    ["a head is no descriptor", (g) => g.offer(SIZE), /descriptor 8 is available/],
    [
      "a chain leads out of the table",
      (g) => (g.writeDescriptor(g.desc, 0, 1, 1, SIZE), g.offer(0)),
      /descriptor 8 follows/,
    ],
    [
      "a chain loops",
      (g) => (g.writeDescriptor(g.desc, 0, 1, 1, 1), g.writeDescriptor(g.desc + 16, 0, 1, 1, 0), g.offer(0)),
      /loop/,
    ],
    ["a descriptor is its own next", (g) => (g.writeDescriptor(g.desc, 0, 1, 1, 0), g.offer(0)), /loop/],
    [
      "a readable buffer follows a writable one",
      (g) => (g.writeDescriptor(g.desc, 0, 1, 3, 1), g.writeDescriptor(g.desc + 16, 0, 1, 0, 0), g.offer(0)),
      /readable buffer after/,
    ],
    [
      "the lengths add up to 2^32",
      (g) => (g.writeDescriptor(g.desc, 0, 0xffff_ffff, 1, 1), g.writeDescriptor(g.desc + 16, 0, 1, 0, 0), g.offer(0)),
      /too many bytes/,
    ],
    [
      "an indirect descriptor was not negotiated",
      (g, q) => ((q.indirect = false), g.add([data(1)], true)),
      /not negotiated/,
    ],
    [
      "an indirect descriptor has a next one",
      (g) => (g.writeDescriptor(g.desc, 0, 16, 5, 1), g.offer(0)),
      /has a next one/,
    ],
    ["an indirect table has an odd length", (g) => (g.writeDescriptor(g.desc, 0, 17, 4, 0), g.offer(0)), /17 bytes/],
    ["an indirect table is empty", (g) => (g.writeDescriptor(g.desc, 0, 0, 4, 0), g.offer(0)), /0 bytes/],
    [
      "an indirect table holds an indirect descriptor",
      (g) => (g.writeDescriptor(0, 0, 16, 4, 0), g.writeDescriptor(g.desc, 0, 16, 4, 0), g.offer(0)),
      /in an indirect table/,
    ],
    [
      "an indirect table is outside memory",
      (g) => (g.writeDescriptor(g.desc, 2 ** 40, 16, 4, 0), g.offer(0)),
      /not in memory/,
    ],
    [
      "an indirect table loops",
      (g) => (g.writeDescriptor(0, 0, 1, 1, 0), g.writeDescriptor(g.desc, 0, 16, 4, 0), g.offer(0)),
      /loop/,
    ],
    [
      "the descriptor table is outside memory",
      (g, q) => (g.add([data(1)]), q.areas.set([0, 0xffff_ffff])),
      /descriptor table is not in memory/,
    ],
    [
      "the available ring is outside memory",
      (g, q) => (g.add([data(1)]), q.areas.set([0, 1], 2)),
      /available ring is not in memory/,
    ],
  ])("is broken where %s, and stays so until reset", (_what, breakIt, reason) => {
    const { guest, queue, ram } = make();
    breakIt(guest, queue, ram);
    expect(queue.pop()).toBeNull();
    expect(queue.broken).toMatch(reason);
    guest.writeDescriptor(guest.desc, 0, 1, 0, 0);
    ram.view.setUint16(guest.avail + 2, 1, true);
    expect(queue.pop()).toBeNull();
    queue.reset();
    expect(queue.broken).toBeNull();
  });

  it("is broken where the used ring is outside memory", () => {
    const { guest, queue } = make();
    guest.add([data(1)]);
    queue.areas.set([0, 5], 4);
    queue.push(queue.pop()!, 0);
    expect(queue.broken).toMatch(/used ring/);
  });

  it.each<[string, (queue: SplitQueue) => void]>([
    ["its size is no power of two", (q) => void (q.size = 6)],
    ["its size is zero", (q) => void (q.size = 0)],
    ["its size is above the maximum", (q) => void (q.size = 16)],
    ["the descriptor table is not aligned to 16", (q) => void (q.areas[0]! += 8)],
    ["the available ring is not aligned to 2", (q) => void (q.areas[2]! += 1)],
    ["the used ring is not aligned to 4", (q) => void (q.areas[4]! += 2)],
  ])("is broken from the start where %s", (_what, change) => {
    const { ram, queue } = make();
    queue.enabled = false;
    change(queue);
    ram.reads = 0;
    queue.enable();
    expect(queue.broken).not.toBeNull();
    expect([queue.pop(), ram.reads]).toEqual([null, 0]);
  });

  it.each([
    ["direct", false],
    ["indirect", true],
  ] as const)(
    "reads nothing of a %s chain twice, so that a driver which changes it meanwhile changes nothing",
    (_what, indirect) => {
      const { ram, guest, queue } = make();
      guest.add([data(1, 2), { data: 3 }], indirect);
      const seen = new Set<number>();
      const twice: number[] = [];
      ram.onRead = (iova, length) => {
        for (let i = iova; i < iova + length; i++) {
          if (seen.has(i)) twice.push(i);
          seen.add(i);
        }
      };
      const chain = queue.pop()!;
      ram.onRead = null;
      expect(twice).toEqual([]);
      // All descriptors, of the queue and of the table before the buffers, change after the fact.
      ram.bytes.fill(0xff, guest.desc, guest.desc + 16 * SIZE);
      if (indirect) for (const i of seen) if (i >= guest.used) ram.bytes[i] = 0xff;
      expect([chain.readable, chain.writable]).toEqual([2, 3]);
      const into = new Uint8Array(2);
      expect([chain.read(into), [...into]]).toEqual([true, [1, 2]]);
    },
  );
});

describe("a ring of random memory", () => {
  it("never throws, and costs a bounded number of reads", () => {
    const seed = fuzzSeed("random rings");
    const below = random(seed);
    let popped = 0;
    let broken = 0;
    for (let run = 0; run < 4000; run++) {
      const { ram, guest, queue } = make({ size: 1 << below(5), indirect: below(2) === 0 });
      const span = 16 * guest.size + 6 + 2 * guest.size;
      // Random bytes alone break at once: half of the values are small.
      for (let i = 0; i < span; i++)
        ram.bytes[guest.desc + i] = below(3) === 0 ? below(256) : below(4) === 0 ? below(8) : 0;
      ram.view.setUint16(guest.avail + 2, below(guest.size + 2), true);
      queue.eventIndex = below(2) === 0;
      ram.reads = 0;
      for (let n = 0; n < 2 * guest.size; n++) {
        const chain = queue.pop();
        if (chain === null) {
          queue.askForNotification();
          queue.wantsInterrupt();
          break;
        }
        popped++;
        chain.read(new Uint8Array(Math.min(chain.readable, 64)));
        chain.write(new Uint8Array(Math.min(chain.writable, 64)));
        queue.push(chain, 0);
      }
      if (queue.broken !== null) broken++;
      if (ram.reads > 2 * guest.size * (guest.size + 70))
        throw new Error(`${ram.reads} reads in run ${run}, ISG_SEED=${seed}`);
    }
    expect(popped).toBeGreaterThan(100);
    expect(broken).toBeGreaterThan(100);
  });

  it("keeps what drivers put in and take out, whatever the sizes of buffers", () => {
    const seed = fuzzSeed("random chains");
    const below = random(seed);
    const { guest, queue } = make({ ram: new GuestRam(1 << 20), size: 32 });
    for (let run = 0; run < 3000; run++) {
      if (guest.inFlight === 0) guest.rewind();
      const input = Array.from({ length: below(4) }, () => Uint8Array.from({ length: below(40) }, () => below(256)));
      const output = Array.from({ length: below(4) }, () => below(40));
      const buffers = [...input.map((bytes) => ({ data: bytes })), ...output.map((length) => ({ data: length }))];
      if (buffers.length === 0) continue;
      guest.add(buffers, below(2) === 0);
      const chain = queue.pop()!;
      const all = Buffer.concat(input);
      const into = new Uint8Array(all.length);
      for (let at = 0; at < into.length;) {
        const step = Math.min(1 + below(20), into.length - at);
        expect(chain.read(into.subarray(at, at + step))).toBe(true);
        at += step;
      }
      expect(Buffer.from(into).equals(all)).toBe(true);
      const answer = Uint8Array.from({ length: chain.writable }, () => below(256));
      for (let at = 0; at < answer.length;) {
        const step = Math.min(1 + below(20), answer.length - at);
        expect(chain.write(answer.subarray(at, at + step))).toBe(true);
        at += step;
      }
      queue.push(chain, answer.length);
      const used = guest.take()!;
      expect([used.length, Buffer.from(used.data).equals(answer)]).toEqual([answer.length, true]);
    }
  });
});
