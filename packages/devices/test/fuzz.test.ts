import { describe, expect, it } from "vitest";
import type { SnapshotValue } from "@isinglass/interface";
import { buildMachine } from "./machine.js";
import type { Machine } from "./machine.js";
import { Random } from "@isinglass/testkit";

const SEED = Number(process.env["ISG_FUZZ_SEED"] ?? 0x15_1c_1a_55);

/** Ranges that something answers on, and PCI's and the debug ports' neighbours. */
const PORTS = [
  0x00, 0x20, 0x40, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xa0, 0xb2, 0xc0, 0x170, 0x1f0, 0x3f0, 0x3f8, 0x4d0,
  0x600, 0xaf_e0, 0xc000, 0xcf8,
];
const PAGES = [0xfee0_0000, 0xfec0_0000, 0xfed0_0000, 0xfebf_f000, 0xfebf_8000];

/** One random thing that a guest, a user or time does. Values are often small or all ones: those reach more. */
function act(machine: Machine, random: Random): string {
  const { bus, clock } = machine;
  const size = random.pick([1, 1, 1, 2, 4] as const);
  const wide = random.pick([
    random.u32(),
    random.below(256),
    random.below(16),
    0xffff_ffff,
    0x1_0000 | random.below(0x1000),
  ]);
  const value = size === 4 ? wide : wide & (2 ** (8 * size) - 1);
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      const port = random.pick(PORTS) + random.below(16);
      bus.writePort(port, size, value);
      return `out${size} ${port.toString(16)} ${value.toString(16)}`;
    }
    case 5:
    case 6:
    case 7: {
      const port = random.pick(PORTS) + random.below(16);
      const got = bus.readPort(port, size);
      expect(Number.isInteger(got) && got >= 0 && got < 2 ** (8 * size)).toBe(true);
      return `in${size} ${port.toString(16)} ${got.toString(16)}`;
    }
    case 8:
    case 9: {
      const gpa = random.pick(PAGES) + (random.below(64) << 4) + random.pick([0, 0, 0, 1, 4]);
      bus.writeMmio(gpa, random.pick([4, 4, 4, size]), value);
      return `store ${gpa.toString(16)}`;
    }
    case 10: {
      const gpa = random.pick(PAGES) + (random.below(64) << 4) + random.pick([0, 0, 0, 2, 4]);
      const got = bus.readMmio(gpa, size);
      expect(Number.isInteger(got) && got >= 0 && got < 2 ** (8 * size)).toBe(true);
      return `load ${gpa.toString(16)} ${got.toString(16)}`;
    }
    case 11: {
      const address = 0x8000_0000 | (random.pick([0, 0x800, 0x900, 0xb00, 0x1800]) + (random.below(64) << 2));
      bus.writePort(0xcf8, 4, address >>> 0);
      bus.writePort(0xcfc, 4, random.u32());
      return `config ${address.toString(16)}`;
    }
    case 12: {
      const index = random.pick([0x1b, 0x6e0, 0x800 + random.below(0x40)]);
      const accepted = machine.lapic.writeMsr(
        index,
        random.pick([random.u32(), 0xfee0_0900]),
        random.pick([0, 0, random.u32()]),
      );
      return `wrmsr ${index.toString(16)} ${accepted}`;
    }
    case 13: {
      const bytes = Uint8Array.from({ length: random.below(20) }, () => random.u32());
      const what = random.below(7);
      if (what === 0) machine.keyboard.send(bytes);
      else if (what === 1) machine.mouse.move(random.below(9) - 4, random.below(600) - 300, 1, random.below(8));
      else if (what === 2) machine.uart.receiveBreak();
      else if (what === 3) machine.pm.pressPowerButton();
      else if (what === 4) machine.nic.setInterrupt(random.below(2) === 0);
      else if (what === 5 && !machine.msix.notify(random.below(4))) machine.msi.notify(random.below(4));
      else machine.uart.receive(bytes);
      return `host ${what}`;
    }
    case 14: {
      if (!machine.lapic.hasInterrupt()) return "no interrupt";
      return `vector ${machine.lapic.acknowledge()}`;
    }
    default: {
      // No further than a few hundred callbacks of the shortest timer.
      const ns = random.pick([random.below(1000), random.below(100_000)]);
      clock.advance(ns);
      return `wait ${ns}`;
    }
  }
}

const save = (machine: Machine): SnapshotValue[] => machine.devices.map((d) => d.save());

describe("a hostile guest", () => {
  it(`random accesses: nothing throws, timers and state stay bounded (ISG_FUZZ_SEED=${SEED})`, () => {
    const random = new Random(SEED);
    for (let round = 0; round < 20; round++) {
      const machine = buildMachine();
      for (let i = 0; i < 3000; i++) {
        act(machine, random);
        expect(machine.clock.armed).toBeLessThanOrEqual(7);
      }
      const size = JSON.stringify(save(machine)).length;
      expect(size).toBeLessThan(100_000);
      for (const device of machine.devices) device.reset();
    }
  });
});

describe("snapshots", () => {
  it(`in mid-operation: a restored machine does what the first one does (ISG_FUZZ_SEED=${SEED})`, () => {
    const random = new Random(SEED ^ 0x5a5a);
    for (let round = 0; round < 30; round++) {
      const first = buildMachine();
      const steps = 200 + random.below(1500);
      for (let i = 0; i < steps; i++) act(first, random);
      const saved = save(first);
      const second = buildMachine();
      second.clock.jump(first.clock.now());
      // In any order of devices: each restores only itself.
      const order = second.devices.map((device, i) => ({ device, state: saved[i]! }));
      if (round % 2 === 1) order.reverse();
      for (const { device, state } of order) device.load(state, device.version);
      expect(save(second)).toEqual(saved);
      first.events.length = 0;
      second.events.length = 0;
      const seed = random.u32();
      const [a, b] = [new Random(seed), new Random(seed)];
      for (let i = 0; i < 500; i++) expect(act(second, b)).toBe(act(first, a));
      expect(second.events).toEqual(first.events);
      expect(save(second)).toEqual(save(first));
    }
  });

  it("with every timer running: what was under way comes at the same time", () => {
    const first = buildMachine();
    const out = (port: number, ...values: number[]): void => values.forEach((v) => first.bus.writePort(port, 1, v));
    first.clock.advance(1_234_567);
    out(0x43, 0x36);
    out(0x40, 0x00, 0x10);
    out(0x43, 0xb6);
    out(0x42, 0x33, 0x05);
    out(0x61, 0x03);
    out(0x70, 0x0b);
    out(0x71, 0x52);
    out(0xb2, 0xf1);
    first.bus.writePort(0x602, 2, 0x0001);
    for (const [register, value] of [
      [0x3e0, 0x0b],
      [0x320, 0x2_0041],
      [0x380, 1_000_003],
    ] as const) {
      first.bus.writeMmio(0xfee0_0000 + register, 4, value);
    }
    out(0x3fa, 0x81);
    out(0x3fc, 0x08);
    const readRtcFlags = (): void => {
      out(0x70, 0x0c);
      first.bus.readPort(0x71, 1);
    };
    const startHpet = (): void => {
      first.bus.writeMmio(0xfed0_0100, 4, 0x0504);
      first.bus.writeMmio(0xfed0_0108, 4, 10_000);
      first.bus.writeMmio(0xfed0_0010, 4, 1);
    };
    // What is to come: the transmitter, the receiver's time-out, the APIC timer, the RTC, HPET, PIT, PM timer.
    const expected: readonly [string, number, (() => void)?][] = [
      ["uart16550.0", 100, (): void => out(0x3f9, 0x02)],
      ["uart16550.0", 400, (): void => out(0x3f9, 0x01)],
      ["lapic.0", 1_000_003],
      ["rtc", 976_563, readRtcFlags],
      ["hpet", 100_000, startHpet],
      ["pit8254", 1_716_419],
      ["acpi-pm", 2_343_483_600],
    ];
    for (const [component, after, prepare] of expected) {
      prepare?.();
      if (component === "uart16550.0") {
        out(0x3f8, 0x41);
        first.uart.receive(Uint8Array.of(0x42));
      }
      first.clock.advance(Math.floor(after / 3));
      const second = buildMachine();
      second.clock.jump(first.clock.now());
      first.devices.forEach((device, i) => second.devices[i]!.load(device.save(), device.version));
      const at = first.devices.findIndex((device) => device.component === component);
      const before = first.devices[at]!.save();
      first.clock.advance(after);
      second.clock.advance(after);
      expect(first.devices[at]!.save()).not.toEqual(before);
      expect(save(second)).toEqual(save(first));
    }
  });

  it("what does not fit is refused and changes nothing", () => {
    const machine = buildMachine();
    const random = new Random(SEED ^ 0x77);
    for (let i = 0; i < 500; i++) act(machine, random);
    const before = save(machine);
    for (const [i, device] of machine.devices.entries()) {
      const good = before[i]!;
      const bad: [SnapshotValue, number][] = [
        [good, device.version + 1],
        [null, device.version],
        [{}, device.version],
        ...damaged(good).map((d): [SnapshotValue, number] => [d, device.version]),
      ];
      for (const [state, version] of bad) {
        expect(() => device.load(state, version)).toThrow(expect.objectContaining({ code: "ISG_SNAPSHOT_BAD_STATE" }));
      }
    }
    expect(save(machine)).toEqual(before);
  });
});

/** Copies of a state, each with one leaf replaced by something that cannot be right there. */
function damaged(value: SnapshotValue): SnapshotValue[] {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return ["damaged"];
  if (Array.isArray(value))
    return value.flatMap((v: SnapshotValue, i) => damaged(v).map((d) => value.with(i, d) as SnapshotValue));
  return Object.entries(value as { [key: string]: SnapshotValue }).flatMap(([key, v]) => {
    // A part without state may hold anything.
    if (v === null) return [];
    return damaged(v).map((d) => ({ ...(value as object), [key]: d }));
  });
}
