import type { SnapshotValue } from "@isinglass/interface";
import { describe, expect, it } from "vitest";
import { EchoModel } from "./support/echo.js";
import { MmioGuest, PciGuest, start, transports } from "./support/drivers.js";
import { GuestQueue, GuestRam } from "./support/guest.js";
import { fuzzSeed, random } from "@isinglass/testkit";

const ask = (...bytes: number[]): { data: Uint8Array } => ({ data: Uint8Array.from(bytes) });

describe.each(transports)("over %s, a device", (_name, make) => {
  it("does what a chain asks for and interrupts until it is acknowledged", () => {
    const guest = make(new EchoModel());
    start(guest, [16]);
    guest.queues[0]!.add([ask(1, 2, 3), { data: 8 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()).toMatchObject({ length: 3, data: Buffer.of(1, 2, 3, 0, 0, 0, 0, 0) });
    expect(guest.interrupting()).toBe(true);
    expect(guest.acknowledge()).toBe(1);
    expect([guest.interrupting(), guest.acknowledge()]).toEqual([false, 0]);
  });

  it("does not interrupt where the driver wants none, or where nothing was done", () => {
    const guest = make(new EchoModel());
    // Bit 29: with the event index, the flag counts for nothing.
    start(guest, [16], ~(1 << 29) >>> 0);
    guest.notify(0);
    expect(guest.interrupting()).toBe(false);
    guest.queues[0]!.noInterrupt = true;
    guest.queues[0]!.add([ask(1)]);
    guest.notify(0);
    expect([guest.queues[0]!.take()?.length, guest.interrupting()]).toEqual([0, false]);
  });

  it("interrupts and asks for notifications by index where that was agreed (2.7.10)", () => {
    const guest = make(new EchoModel());
    // Begins short of the end of the 16-bit indices.
    start(guest, [16], 0xffff_ffff);
    const queue = guest.queues[0]!;
    const add = (count: number): void => {
      for (let i = 0; i < count; i += 1) queue.add([ask(1)]);
      guest.notify(0);
    };
    const take = (count: number): void => {
      for (let i = 0; i < count; i += 1) expect(queue.take()).not.toBeNull();
      queue.rewind();
    };
    // The flag that forbids interrupts is not looked at; used_event is 0: the first entry interrupts, the second does not.
    queue.noInterrupt = true;
    add(1);
    expect([guest.acknowledge(), queue.availEvent]).toEqual([1, 1]);
    add(1);
    expect([guest.acknowledge(), queue.availEvent]).toEqual([0, 2]);
    take(2);
    // The driver wants to hear of the fourth from here, however they come.
    queue.usedEvent = 5;
    add(2);
    expect(guest.acknowledge()).toBe(0);
    add(1);
    expect(guest.acknowledge()).toBe(0);
    add(3);
    expect([guest.acknowledge(), queue.availEvent]).toEqual([1, 8]);
    take(6);
    const saved = structuredClone(guest.save());
    const next = make(new EchoModel(), guest);
    if (next instanceof PciGuest) next.function.load(saved as never);
    else next.device.load(saved as never, 1);
    next.queues.push(...guest.queues);
    queue.usedEvent = 9;
    queue.add([ask(1)]);
    next.notify(0);
    expect([next.acknowledge(), queue.availEvent]).toEqual([0, 9]);
    queue.add([ask(1)]);
    next.notify(0);
    expect(next.acknowledge()).toBe(1);
  });

  it("sees what was added while it asked for a notification", () => {
    const guest = make(new EchoModel());
    start(guest, [16]);
    const queue = guest.queues[0]!;
    // A driver on another processor: it adds a chain just before avail_event says that it should announce it.
    let late = true;
    const write = guest.ram.write.bind(guest.ram);
    guest.ram.write = (requester, iova, bytes) => {
      if (late && iova === queue.used + 4 + 8 * 16) {
        late = false;
        queue.add([ask(1)]);
      }
      return write(requester, iova, bytes);
    };
    queue.add([ask(1)]);
    guest.notify(0);
    expect([queue.take()?.length, queue.take()?.length]).toEqual([0, 0]);
    expect(queue.availEvent).toBe(2);
  });

  it("serves what was available before DRIVER_OK, and nothing before it (3.1.1)", () => {
    const model = new EchoModel();
    const guest = make(model);
    start(guest, [16]);
    guest.setStatus(0);
    guest.setStatus(3);
    guest.setFeatures(1, 1);
    guest.setStatus(11);
    const queue = new GuestQueue(guest.ram, 0, 16);
    guest.ram.bytes.fill(0);
    guest.setUp(0, queue);
    queue.add([ask(1), { data: 1 }]);
    guest.notify(0);
    expect(model.handled).toBe(0);
    guest.setStatus(15);
    expect(queue.take()?.length).toBe(1);
  });

  it.each<[string, number, number, boolean]>([
    ["nothing but VERSION_1", 0, 1, true],
    ["a feature that is offered", 1 << 3, 1, true],
    ["INDIRECT_DESC", 1 << 28, 1, true],
    ["EVENT_IDX", 1 << 29, 1, true],
    ["no VERSION_1", 1 << 3, 0, false],
    ["a feature that is not offered", 1 << 4, 1, false],
    ["a high feature that is not offered", 0, 3, false],
  ])("treats the acceptance of %s as it should (2.2, 6.1)", (_what, low, high, accepted) => {
    const guest = make(new EchoModel());
    guest.setStatus(3);
    expect([guest.features(0), guest.features(1), guest.features(2)]).toEqual([0x3000_0008, 1, 0]);
    guest.setFeatures(0, low >>> 0);
    guest.setFeatures(1, high);
    guest.setStatus(11);
    expect((guest.status() & 8) !== 0).toBe(accepted);
  });

  it("keeps features once they are accepted, and status bits once they are set", () => {
    const model = new EchoModel();
    const guest = make(model);
    start(guest, [16], 0);
    guest.setFeatures(0, 1 << 3);
    expect(model.port!.negotiated(3)).toBe(false);
    guest.setStatus(1);
    expect(guest.status()).toBe(15);
  });

  it("does not become ready without FEATURES_OK", () => {
    const guest = make(new EchoModel());
    guest.setStatus(3);
    guest.setStatus(7);
    expect(guest.status()).toBe(3);
  });

  it("needs a reset after a broken ring: says so by status and configuration interrupt, does nothing more, and works after it", () => {
    const model = new EchoModel();
    const guest = make(model);
    start(guest, [16]);
    guest.queues[0]!.offer(99);
    guest.notify(0);
    expect(guest.status()).toBe(15 | 64);
    expect([guest.interrupting(), guest.acknowledge()]).toEqual([true, 2]);
    expect(guest.events.events).toMatchObject(
      [{ source: "virtio.0", kind: "virtio-needs-reset", data: { reason: /descriptor 99/ } }].map((e) => ({
        ...e,
        data: expect.anything() as unknown,
      })),
    );
    guest.notify(0);
    expect(model.handled).toBe(0);
    guest.ram.bytes.fill(0);
    start(guest, [16]);
    guest.queues[0]!.add([ask(5), { data: 1 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()?.data).toEqual(Buffer.of(5));
    expect(guest.status()).toBe(15);
  });

  it("is reset by a status of zero: queues, features, interrupts, model", () => {
    const model = new EchoModel();
    const guest = make(model);
    start(guest, [16]);
    guest.queues[0]!.add([ask(1)]);
    guest.notify(0);
    const before = model.resets;
    guest.setStatus(0);
    expect([guest.status(), guest.interrupting(), guest.acknowledge(), model.resets]).toEqual([
      0,
      false,
      0,
      before + 1,
    ]);
    guest.queues[0]!.add([ask(1)]);
    guest.notify(0);
    expect(model.handled).toBe(1);
  });

  it("ignores notifications of queues that it does not have, or that are not set up", () => {
    const model = new EchoModel([16, 16]);
    const guest = make(model);
    guest.setStatus(3);
    guest.setFeatures(1, 1);
    guest.setStatus(15);
    guest.notify(0);
    guest.notify(1);
    guest.notify(2);
    guest.notify(0xffff);
    expect([model.handled, guest.status()]).toEqual([0, 15]);
  });

  it("does not let an enabled queue be moved", () => {
    const model = new EchoModel();
    const guest = make(model);
    start(guest, [16]);
    guest.setUp(0, new GuestQueue(guest.ram, 0x8_0000, 8));
    guest.queues[0]!.add([ask(6), { data: 1 }]);
    guest.notify(0);
    expect(guest.queues[0]!.take()?.data).toEqual(Buffer.of(6));
  });

  it("needs a reset where a queue is set up wrongly", () => {
    const guest = make(new EchoModel());
    start(guest, []);
    const queue = new GuestQueue(guest.ram, 8, 16);
    guest.setUp(0, queue);
    expect(guest.status() & 64).toBe(64);
  });

  it("has a configuration that reads in any size, and zero beyond its end", () => {
    const model = new EchoModel();
    const guest = make(model);
    expect([guest.config(0, 1), guest.config(2, 2), guest.config(4, 4), guest.config(8, 4)]).toEqual([
      1, 0x0403, 0x0807_0605, 0,
    ]);
    guest.setConfig(2, 2, 0xabcd);
    guest.setConfig(8, 1, 1);
    expect(model.configWrites).toEqual([[2, Uint8Array.of(0xcd, 0xab)]]);
  });

  it("tells of a change of its configuration by interrupt and generation (2.5.2)", () => {
    const model = new EchoModel();
    const guest = make(model);
    const generation = (): number => (guest instanceof MmioGuest ? guest.read(0xfc) : guest.read(0x15, 1));
    model.port!.configChanged();
    expect([guest.interrupting(), generation()]).toEqual([false, 1]);
    start(guest, [16]);
    model.port!.configChanged();
    expect([guest.acknowledge(), generation()]).toEqual([2, 2]);
  });

  it("stops after a bounded amount of work and goes on by the clock", () => {
    const model = new EchoModel();
    const guest = make(model, { ram: new GuestRam(1 << 22) });
    start(guest, [16]);
    const queue = guest.queues[0]!;
    // Sixteen chains of 1 MiB, all onto the same memory: 16 MiB of work for one notification.
    for (let i = 0; i < 8; i++) {
      queue.writeDescriptor(queue.desc + 32 * i, 0x10_0000, 1 << 20, 1, 2 * i + 1);
      queue.writeDescriptor(queue.desc + 32 * i + 16, 0x20_0000, 1 << 20, 2, 0);
      queue.offer(2 * i);
    }
    guest.notify(0);
    expect(model.handled).toBeLessThan(4);
    expect(guest.clock.armed).toBe(1);
    while (guest.clock.step());
    expect(model.handled).toBe(8);
  });

  it("saves and restores in the midst of work, and ends alike", () => {
    const ram = new GuestRam(1 << 22);
    const first = make(new EchoModel(), { ram });
    start(first, [16]);
    const queue = first.queues[0]!;
    for (let i = 0; i < 8; i++) {
      queue.writeDescriptor(queue.desc + 32 * i, 0x10_0000, 1 << 20, 1, 2 * i + 1);
      queue.writeDescriptor(queue.desc + 32 * i + 16, 0x20_0000, 1 << 20, 2, 0);
      queue.offer(2 * i);
    }
    first.notify(0);
    first.clock.step();
    const saved = structuredClone(first.save());
    const memory = ram.bytes.slice();
    const finish = (guest: MmioGuest | PciGuest): unknown => {
      while (guest.clock.step());
      return [guest.clock.time, guest.save(), guest.ram.bytes.slice(0, 0x1000), guest.interrupting()];
    };
    const model = new EchoModel();
    const second = make(model, { ram: new GuestRam(1 << 22) });
    second.ram.bytes.set(memory);
    second.clock.time = first.clock.time;
    if (second instanceof PciGuest) second.function.load(saved as never);
    else second.device.load(saved as never, 1);
    if (second instanceof MmioGuest && first instanceof MmioGuest) second.line.asserted = first.line.asserted;
    expect(second.save()).toEqual(saved);
    expect(finish(second)).toEqual(finish(first));
    expect(model.handled).toBe(8);
  });

  it.each<[string, (state: { [key: string]: SnapshotValue }) => void]>([
    ["a field is missing", (s) => delete s["status"]],
    ["a number is out of range", (s) => (s["status"] = 256)],
    ["a queue is missing", (s) => (s["queues"] = [])],
    ["a queue is larger than it can be", (s) => ((s["queues"] as { [key: string]: SnapshotValue }[])[0]!["size"] = 32)],
    ["it is of another kind of device", (s) => ((s["model"] as { [key: string]: SnapshotValue })["name"] = "other")],
  ])("refuses a snapshot where %s, and is then unchanged", (_what, damage) => {
    const guest = make(new EchoModel());
    start(guest, [16]);
    const state = structuredClone(guest.save()) as { [key: string]: SnapshotValue };
    const transport = (guest instanceof MmioGuest ? state : state["part"]) as { [key: string]: SnapshotValue };
    const core = transport["core"] as { [key: string]: SnapshotValue };
    damage(core);
    const before = guest.save();
    const load = (): void => (guest instanceof PciGuest ? guest.function.load(state) : guest.device.load(state, 1));
    expect(load).toThrow(expect.objectContaining({ code: "ISG_SNAPSHOT_BAD_STATE" }));
    expect(guest.save()).toEqual(before);
  });

  it("survives any accesses to its registers", () => {
    const seed = fuzzSeed("registers");
    const below = random(seed);
    const model = new EchoModel([16, 4]);
    const guest = make(model, { ram: new GuestRam(1 << 16) });
    const region = guest instanceof MmioGuest ? guest.device : guest.bar;
    for (let i = 0; i < 30_000; i++) {
      if (below(400) === 0) start(guest, [16, 4]);
      const size = ([1, 2, 4] as const)[below(3)]!;
      const offset = (below(3) === 0 ? below(guest instanceof MmioGuest ? 0x1000 : 0x4000) : below(0x120)) & -size;
      if (below(2) === 0) {
        const value = region.readMmio(offset, size);
        if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size))
          throw new Error(`${value} at ${offset}, ISG_SEED=${seed}`);
      } else region.writeMmio(offset, size, below(2) === 0 ? below(16) : below(2 ** 31) * 2);
      while (guest.clock.step());
    }
    expect(model.resets).toBeGreaterThan(0);
  });
});

describe("the MMIO transport", () => {
  it.each<[string, number, number]>([
    ["MagicValue", 0x000, 0x74726976],
    ["Version", 0x004, 2],
    ["DeviceID", 0x008, 42],
    ["QueueNumMax", 0x034, 16],
    ["SHMLenLow", 0x0b0, 0xffff_ffff],
    ["SHMBaseHigh", 0x0bc, 0xffff_ffff],
    ["a write-only register", 0x050, 0],
  ])("answers %s as 4.2.2 says", (_name, register, value) => {
    expect(new MmioGuest(new EchoModel()).read(register)).toBe(value);
  });

  it("says that a queue does not exist by QueueNumMax 0, and lets a queue be taken back", () => {
    const guest = new MmioGuest(new EchoModel());
    guest.write(0x30, 1);
    expect(guest.read(0x34)).toBe(0);
    start(guest, [16]);
    guest.write(0x30, 0);
    expect(guest.read(0x44)).toBe(1);
    guest.write(0x44, 0);
    expect(guest.read(0x44)).toBe(0);
  });

  it("answers only to aligned words below the configuration", () => {
    const guest = new MmioGuest(new EchoModel());
    expect([guest.device.readMmio(0, 2), guest.device.readMmio(0, 1)]).toEqual([0, 0]);
    guest.device.writeMmio(0x70, 1, 1);
    expect(guest.status()).toBe(0);
  });
});

describe("the PCI transport", () => {
  it("is a modern virtio function with its five structures in one BAR (4.1.2, 4.1.4)", () => {
    const { function: f } = new PciGuest(new EchoModel());
    expect(f.request).toMatchObject({
      vendorId: 0x1af4,
      deviceId: 0x1040 + 42,
      revision: 1,
      interruptPin: 1,
      classCode: 0xff0000,
    });
    expect(f.request.bars).toMatchObject([{ index: 0, kind: "memory", size: 0x4000 }, { index: 1 }]);
    const found = f.capabilities(9).map((at) => ({
      kind: f.config[at + 3]!,
      length: f.config[at + 2]!,
      bar: f.config[at + 4]!,
      offset: f.readConfig(at + 8, 4),
      size: f.readConfig(at + 12, 4),
    }));
    expect(found.map((c) => c.kind).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    for (const c of found) {
      expect([c.bar, c.length]).toEqual([0, c.kind === 2 || c.kind === 5 ? 20 : 16]);
      expect(c.offset + c.size).toBeLessThanOrEqual(0x4000);
      expect(c.offset % 4).toBe(0);
    }
    expect(found.find((c) => c.kind === 1)!.size).toBeGreaterThanOrEqual(56);
  });

  it("tells how many queues there are, and size 0 for one that is not", () => {
    const guest = new PciGuest(new EchoModel([16, 8]));
    expect(guest.read(0x12, 2)).toBe(2);
    guest.write(0x16, 2, 1);
    expect([guest.read(0x18, 2), guest.read(0x1c, 2)]).toEqual([8, 0]);
    guest.write(0x16, 2, 2);
    expect(guest.read(0x18, 2)).toBe(0);
  });

  it("reads and writes queue addresses back as they were written", () => {
    const guest = new PciGuest(new EchoModel());
    for (let i = 0; i < 6; i++) guest.write(0x20 + 4 * i, 4, 0x8000_0000 + i);
    expect(Array.from({ length: 6 }, (_, i) => guest.read(0x20 + 4 * i, 4))).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => 0x8000_0000 + i),
    );
  });

  it("identifies itself to the bus with its requester id", () => {
    const guest = new PciGuest(new EchoModel());
    start(guest, [16]);
    guest.queues[0]!.add([ask(1)]);
    guest.notify(0);
    expect([...guest.ram.requesters]).toEqual([0x18]);
  });

  it("touches no memory while it may not master the bus", () => {
    const model = new EchoModel();
    const guest = new PciGuest(model);
    start(guest, [16]);
    guest.queues[0]!.add([ask(1)]);
    guest.function.isMaster = false;
    guest.ram.reads = 0;
    guest.notify(0);
    expect([guest.ram.reads, model.handled]).toEqual([0, 0]);
    expect(guest.status() & 64).toBe(64);
  });

  it("asks for a vector for each queue and one for the configuration, in a BAR of their own", () => {
    const guest = new PciGuest(new EchoModel([16, 16]));
    expect(guest.msix!.request).toEqual({ vectors: 3, bar: 1 });
    expect(guest.msix!.owner).toBe(guest.function);
    expect(guest.function.request.bars[1]).toMatchObject({ index: 1, kind: "memory", size: 4096, handler: guest.msix });
  });

  it("interrupts by the vectors that the driver chose while MSI-X is on, and by INTx while it is off", () => {
    const model = new EchoModel([16, 16]);
    const guest = new PciGuest(model);
    guest.msix!.enabled = true;
    start(guest, [16, 16]);
    guest.write(0x10, 2, 0);
    guest.write(0x16, 2, 1);
    guest.write(0x1a, 2, 2);
    expect([guest.read(0x10, 2), guest.read(0x1a, 2)]).toEqual([0, 2]);
    guest.queues[1]!.add([ask(1)]);
    guest.notify(1);
    model.port!.configChanged();
    guest.queues[0]!.add([ask(1)]);
    guest.notify(0); // has no vector
    expect(guest.msix!.notified).toEqual([2, 0, 0xffff]);
    expect([guest.interrupting(), guest.acknowledge()]).toEqual([false, 0]);
    guest.msix!.enabled = false;
    model.port!.configChanged();
    expect([guest.interrupting(), guest.acknowledge()]).toEqual([true, 2]);
    guest.setStatus(0);
    guest.write(0x16, 2, 1);
    expect([guest.read(0x10, 2), guest.read(0x1a, 2)]).toEqual([0xffff, 0xffff]);
  });

  it("answers a vector that it does not have with NO_VECTOR (4.1.5.1.2.1)", () => {
    const guest = new PciGuest(new EchoModel());
    guest.write(0x10, 2, 2);
    expect(guest.read(0x10, 2)).toBe(0xffff);
    const none = new PciGuest(new EchoModel(), { msix: false });
    none.write(0x10, 2, 0);
    expect([none.read(0x10, 2), none.function.request.bars.length]).toEqual([0xffff, 1]);
  });

  it("can be driven through the window in configuration space (4.1.4.9)", () => {
    const guest = new PciGuest(new EchoModel());
    const f = guest.function;
    const at = f.capabilities(9).find((c) => f.config[c + 3] === 5)!;
    const aim = (offset: number, length: number): void => {
      f.guestWrite(at + 4, 1, 0);
      f.guestWrite(at + 8, 4, offset);
      f.guestWrite(at + 12, 4, length);
    };
    aim(guest.common + 0x14, 1);
    f.guestWrite(at + 16, 1, 3);
    expect([guest.status(), f.guestRead(at + 16, 1)]).toEqual([3, 3]);
    aim(guest.common + 4, 4);
    expect(f.guestRead(at + 16, 4)).toBe(guest.features(0));
    aim(0x3ffe, 4); // not aligned
    f.guestWrite(at + 16, 4, 0);
    aim(0x4000, 1); // beyond the BAR
    f.guestWrite(at + 16, 1, 0);
    expect(guest.status()).toBe(3);
  });
});
