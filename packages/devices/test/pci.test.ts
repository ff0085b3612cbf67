import { describe, expect, it } from "vitest";
import type { MmioHandler, SnapshotValue } from "@isinglass/interface";
import { AcpiPm } from "../src/acpi-pm.js";
import { SystemBus } from "../src/bus/system-bus.js";
import { Pic8259Pair } from "../src/pic8259.js";
import { assignPciResources } from "../src/pci/firmware.js";
import { PciFunction } from "../src/pci/function.js";
import { PciHost } from "../src/pci/host.js";
import { Msi } from "../src/pci/msi.js";
import { Msix } from "../src/pci/msix.js";
import { PirqRouter, addPiixChipset } from "../src/pci/piix.js";
import { TestClock, TestLine } from "./support.js";

const storage = (length: number): MmioHandler => {
  const bytes = new Uint8Array(length);
  return {
    readMmio: (offset, size) => {
      let value = 0;
      for (let i = 0; i < size; i++) value |= bytes[offset + i]! << (8 * i);
      return value >>> 0;
    },
    writeMmio: (offset, size, value) => {
      for (let i = 0; i < size; i++) bytes[offset + i] = value >>> (8 * i);
    },
  };
};

function setUp() {
  const bus = new SystemBus();
  const lines = Array.from({ length: 16 }, () => new TestLine());
  const router = new PirqRouter((irq) => lines[irq]!);
  let resets = 0;
  const host = new PciHost({ onPin: (device, pin, on) => router.setPin(device, pin, on), onReset: () => resets++ });
  const pm = new AcpiPm({ clock: new TestClock() });
  pm.mapOn(bus);
  host.mapOn(bus);
  addPiixChipset({ host, router, pm });
  const select = (device: number, func: number, offset: number): void =>
    bus.writePort(0xcf8, 4, (0x8000_0000 | (device << 11) | (func << 8) | (offset & 0xfc)) >>> 0);
  const get = (device: number, func: number, offset: number, size: 1 | 2 | 4): number => {
    select(device, func, offset);
    return bus.readPort(0xcfc + (offset & 3), size);
  };
  const set = (device: number, func: number, offset: number, size: 1 | 2 | 4, value: number): void => {
    select(device, func, offset);
    bus.writePort(0xcfc + (offset & 3), size, value);
  };
  const messages: [number, number][] = [];
  const target = { sendMessage: (address: number, data: number): number => messages.push([address, data]) };
  return { bus, lines, host, pm, get, set, resets: () => resets, messages, target };
}

describe("configuration mechanism #1", () => {
  it("is found by Linux's check (pci_check_type1): a byte to 0xcfb does nothing, a dword reads back", () => {
    const { bus } = setUp();
    bus.writePort(0xcfb, 1, 0x01);
    const before = bus.readPort(0xcf8, 4);
    bus.writePort(0xcf8, 4, 0x8000_0000);
    expect(bus.readPort(0xcf8, 4)).toBe(0x8000_0000);
    expect(before).toBe(0);
    bus.writePort(0xcf8, 4, 0xffff_ffff);
    expect(bus.readPort(0xcf8, 4)).toBe(0x80ff_fffc);
  });

  it("answers only where it is enabled and a function is", () => {
    const { bus, get } = setUp();
    bus.writePort(0xcf8, 4, 0);
    expect(bus.readPort(0xcfc, 4)).toBe(0xffff_ffff);
    expect(get(0, 0, 0, 4)).toBe(0x1237_8086);
    expect(get(0, 1, 0, 4)).toBe(0xffff_ffff);
    expect(get(5, 0, 2, 2)).toBe(0xffff);
    bus.writePort(0xcf8, 4, 0x8001_0000);
    expect(bus.readPort(0xcfc, 4)).toBe(0xffff_ffff);
  });

  it("reads bytes and words, and unaligned words byte by byte", () => {
    const { bus, get } = setUp();
    expect([0, 1, 2, 3].map((i) => get(0, 0, i, 1))).toEqual([0x86, 0x80, 0x37, 0x12]);
    expect(bus.readPort(0xcfd, 2)).toBe(0x3780);
  });

  it("resets through 0xcf9 on the rising bit 2", () => {
    const { bus, resets } = setUp();
    bus.writePort(0xcf9, 1, 0x02);
    expect(resets()).toBe(0);
    bus.writePort(0xcf9, 1, 0x06);
    bus.writePort(0xcf9, 1, 0x06);
    expect(resets()).toBe(1);
    expect(bus.readPort(0xcf9, 1)).toBe(0x06);
    expect(bus.readPort(0xcf8, 4)).toBe(0);
  });

  it("serves the same registers through ECAM", () => {
    const { bus, host } = setUp();
    bus.mapMmio(0xb000_0000, 0x10_0000, host.ecam, "ecam");
    expect(bus.readMmio(0xb000_0000, 4)).toBe(0x1237_8086);
    expect(bus.readMmio(0xb000_0000 + (1 << 15) + (3 << 12) + 2, 2)).toBe(0x7113);
    expect(bus.readMmio(0xb000_0000 + 0x100, 4)).toBe(0);
    expect(bus.readMmio(0xb000_0000 + (9 << 15), 4)).toBe(0xffff_ffff);
  });
});

describe("chipset", () => {
  it("is that of QEMU's pc: 8086:1237, 8086:7000 (multi-function), 8086:7113", () => {
    const { get } = setUp();
    expect([get(0, 0, 0, 4), get(1, 0, 0, 4), get(1, 3, 0, 4)]).toEqual([0x1237_8086, 0x7000_8086, 0x7113_8086]);
    expect([get(0, 0, 8, 4), get(1, 0, 8, 4), get(1, 3, 8, 4)]).toEqual([0x0600_0002, 0x0601_0000, 0x0680_0003]);
    expect(get(1, 0, 0x0e, 1)).toBe(0x80);
    expect(get(0, 0, 0x2c, 4)).toBe(0x1100_1af4);
  });

  it("shows the PM and SMBus ranges that Linux's quirk reads (quirk_piix4_acpi)", () => {
    const { get } = setUp();
    expect(get(1, 3, 0x40, 4)).toBe(0x601);
    expect(get(1, 3, 0x90, 4)).toBe(0x701);
    expect(get(1, 3, 0x80, 1) & 1).toBe(1);
    expect(get(1, 3, 0x3d, 1)).toBe(1);
  });

  it("moves the PM block with PMBASE", () => {
    const { bus, set } = setUp();
    set(1, 3, 0x40, 4, 0xb001);
    expect(bus.decodePort(0xb008)?.name).toBe("acpi-pm");
    set(1, 3, 0x80, 1, 0);
    expect(bus.decodePort(0xb008)).toBe(null);
  });

  it("routes PIRQs to ISA interrupts, or-ed, and not where bit 7 is set", () => {
    const { host, lines, set } = setUp();
    const f = new PciFunction({ name: "a", vendorId: 1, deviceId: 2, classCode: 0, interruptPin: 1 });
    const g = new PciFunction({ name: "b", vendorId: 1, deviceId: 3, classCode: 0, interruptPin: 2 });
    host.add(3, 0, f);
    host.add(4, 0, g);
    // Device 3 INTA is PIRQ C; device 4 INTB is PIRQ A.
    f.setInterrupt(true);
    expect(lines.some((l) => l.level)).toBe(false);
    set(1, 0, 0x60, 4, 0x8080_8080);
    set(1, 0, 0x62, 1, 11);
    expect(lines[11]!.level).toBe(true);
    set(1, 0, 0x60, 1, 11);
    g.setInterrupt(true);
    f.setInterrupt(false);
    expect(lines[11]).toMatchObject({ level: true, rises: 1 });
    set(1, 0, 0x60, 1, 10);
    expect([lines[10]!.level, lines[11]!.level]).toEqual([true, false]);
    set(1, 0, 0x60, 1, 0x80);
    expect(lines[10]!.level).toBe(false);
  });
});

describe("functions", () => {
  const nic = (extra = {}): PciFunction =>
    new PciFunction({
      name: "nic",
      vendorId: 0x1af4,
      deviceId: 0x1041,
      classCode: 0x02_0000,
      interruptPin: 1,
      bars: [
        { index: 0, kind: "io", size: 32, handler: storage(32) },
        { index: 1, kind: "memory", size: 8192, handler: storage(8192) },
        { index: 4, kind: "memory64", size: 16384, prefetchable: true, handler: storage(16384) },
      ],
      ...extra,
    });

  it("BARs are sized by writing ones", () => {
    const { host, get, set } = setUp();
    host.add(3, 0, nic());
    for (const [offset, read] of [
      [0x10, 0xffff_ffe1],
      [0x14, 0xffff_e000],
      [0x18, 0],
      [0x1c, 0],
      [0x20, 0xffff_c00c],
      [0x24, 0xffff_ffff],
      [0x30, 0],
    ] as const) {
      set(3, 0, offset, 4, 0xffff_ffff);
      expect(get(3, 0, offset, 4)).toBe(read);
    }
  });

  it("BARs answer where they are put, while decoding is on", () => {
    const { bus, host, set } = setUp();
    const f = nic();
    host.add(3, 0, f);
    set(3, 0, 0x10, 4, 0xc001);
    set(3, 0, 0x14, 4, 0xfebf_0000);
    set(3, 0, 0x20, 4, 0xfe00_0000);
    expect(f.bars.map((b) => b.address)).toEqual([-1, -1, -1]);
    set(3, 0, 0x04, 2, 0x0003);
    expect(f.bars.map((b) => b.address)).toEqual([0xc000, 0xfebf_0000, 0xfe00_0000]);
    bus.writePort(0xc004, 4, 0x1234_5678);
    expect(bus.readPort(0xc006, 2)).toBe(0x1234);
    bus.writeMmio(0xfebf_1ffc, 4, 7);
    expect(bus.readMmio(0xfebf_1ffc, 4)).toBe(7);
    set(3, 0, 0x14, 4, 0xfebe_0000);
    expect(bus.decodeMmio(0xfebf_0000)).toBe(null);
    expect(bus.readMmio(0xfebe_1ffc, 4)).toBe(7);
    set(3, 0, 0x04, 2, 0x0001);
    expect(f.bars.map((b) => b.address)).toEqual([0xc000, -1, -1]);
  });

  it("a hostile guest cannot put a BAR over another device or over RAM", () => {
    const { bus, host, set } = setUp();
    const f = nic();
    host.add(3, 0, f);
    bus.mapMmio(0xfec0_0000, 4096, storage(4096), "ioapic");
    set(3, 0, 0x04, 2, 0x0003);
    set(3, 0, 0x10, 4, 0x0601);
    expect(bus.decodePort(0x608)?.name).toBe("acpi-pm");
    for (const at of [0x0010_0000, 0xfec0_0000]) {
      set(3, 0, 0x14, 4, at);
      expect(f.bars[1]!.address).toBe(-1);
    }
    expect(bus.decodeMmio(0xfec0_0000)?.name).toBe("ioapic");
    set(3, 0, 0x14, 4, 0xfebe_0000);
    expect(f.bars[1]!.address).toBe(0xfebe_0000);
  });

  it("I/O BARs answer from port 0x400 on: below are the ISA bridge's devices, and IDE's ports come and go", () => {
    const { bus, host } = setUp();
    const bars = [{ index: 0, kind: "io", size: 16, handler: storage(16) }] as const;
    const f = new PciFunction({ name: "d", vendorId: 1, deviceId: 1, classCode: 0, bars });
    host.add(2, 0, f);
    f.writeConfig(0x04, 2, 1);
    f.writeConfig(0x10, 4, 0x170);
    expect(bus.decodePort(0x170)).toBeNull();
    f.writeConfig(0x10, 4, 0x400);
    expect(bus.decodePort(0x40f)?.name).toBe("d bar0");
  });

  it("a 64-bit BAR answers above 4 GiB where the host bridge has a window there", () => {
    const bus = new SystemBus();
    const host = new PciHost({
      windows: [
        { first: 0xe000_0000, end: 0xfec0_0000 },
        { first: 0x1_0000_0000, end: 0x1_8000_0000 },
      ],
    });
    host.mapOn(bus);
    const f = new PciFunction({
      name: "d",
      vendorId: 1,
      deviceId: 1,
      classCode: 0,
      bars: [{ index: 0, kind: "memory64", size: 4096, handler: storage(4096) }],
    });
    host.add(2, 0, f);
    f.writeConfig(0x04, 2, 2);
    for (const [high, low, address] of [
      [1, 0x7fff_f000, 0x1_7fff_f000],
      [1, 0x8000_0000, -1],
      [0, 0xfeb0_0000, 0xfeb0_0000],
    ] as const) {
      f.writeConfig(0x14, 4, high);
      f.writeConfig(0x10, 4, low);
      expect(f.bars[0]!.address).toBe(address);
    }
  });

  it("two ranges of one function may change places", () => {
    const { bus, host, set } = setUp();
    const f = new PciFunction({
      name: "two",
      vendorId: 1,
      deviceId: 1,
      classCode: 0,
      bars: [0, 1].map((index) => ({ index, kind: "memory" as const, size: 4096, handler: storage(4096) })),
    });
    host.add(3, 0, f);
    set(3, 0, 0x10, 4, 0xfe00_0000);
    set(3, 0, 0x14, 4, 0xfe00_1000);
    set(3, 0, 0x04, 2, 2);
    set(3, 0, 0x04, 2, 0);
    set(3, 0, 0x10, 4, 0xfe00_1000);
    set(3, 0, 0x14, 4, 0xfe00_0000);
    set(3, 0, 0x04, 2, 2);
    expect(bus.decodeMmio(0xfe00_0000)?.name).toBe("two bar1");
    expect(bus.decodeMmio(0xfe00_1000)?.name).toBe("two bar0");
  });

  it("writes only what the masks allow", () => {
    const { host, get, set } = setUp();
    host.add(3, 0, nic());
    for (let offset = 0; offset < 0x40; offset += 4)
      if (offset < 0x10 || offset >= 0x28) set(3, 0, offset, 4, 0xffff_ffff);
    expect(get(3, 0, 0, 4)).toBe(0x1041_1af4);
    expect(get(3, 0, 8, 4)).toBe(0x0200_0000);
    expect(get(3, 0, 4, 2)).toBe(0x0547);
    expect(get(3, 0, 0x3c, 4)).toBe(0x0000_01ff);
  });

  it("the interrupt pin follows the command register's disable bit; status shows it all the same", () => {
    const { host, lines, get, set } = setUp();
    const f = nic();
    host.add(1 + 4, 0, f);
    set(1, 0, 0x60, 1, 10);
    f.setInterrupt(true);
    expect(lines[10]!.level).toBe(true);
    set(5, 0, 4, 2, 0x0400);
    expect(lines[10]!.level).toBe(false);
    expect(get(5, 0, 6, 2) & 0x08).toBe(0x08);
    set(5, 0, 4, 2, 0);
    expect(lines[10]!.level).toBe(true);
  });

  it("links its capabilities", () => {
    const { host, get } = setUp();
    const f = nic();
    host.add(3, 0, f);
    expect(get(3, 0, 6, 2) & 0x10).toBe(0);
    const first = f.addCapability(0x09, 19);
    const second = f.addCapability(0x11, 12);
    expect(get(3, 0, 6, 2) & 0x10).toBe(0x10);
    expect(get(3, 0, 0x34, 1)).toBe(first);
    expect(get(3, 0, first, 2)).toBe((second << 8) | 0x09);
    expect(get(3, 0, second, 2)).toBe(0x11);
    expect(second % 4).toBe(0);
    expect(() => f.addCapability(0x09, 200)).toThrow(expect.objectContaining({ code: "ISG_PCI_CONFIG_FULL" }));
  });

  it("refuses BARs and slots that cannot be", () => {
    const { host } = setUp();
    expect(() => nic({ bars: [{ index: 0, kind: "memory", size: 256, handler: storage(1) }] })).toThrow(
      /sizes are powers of two from 4096/,
    );
    expect(() => host.add(0, 0, nic())).toThrow(/the slot is taken/);
    expect(() => host.add(32, 0, nic())).toThrow(/devices 0-31/);
  });
});

describe("message-signalled interrupts", () => {
  const bare = (extra = {}): PciFunction =>
    new PciFunction({ name: "f", vendorId: 1, deviceId: 1, classCode: 0, ...extra });

  it("MSI: off until enabled, needs bus mastering, puts the vector into the low bits of the data", () => {
    const { host, get, set, messages, target } = setUp();
    const f = bare();
    const msi = new Msi(f, { target, vectors: 4 });
    host.add(3, 0, f);
    const at = get(3, 0, 0x34, 1);
    expect(get(3, 0, at + 2, 2)).toBe(0x0084);
    expect(msi.notify(0)).toBe(false);
    set(3, 0, at + 4, 4, 0xfee0_1000);
    set(3, 0, at + 12, 2, 0x4041);
    set(3, 0, at + 2, 2, 0x0021);
    expect(msi.notify(3)).toBe(true);
    expect(messages).toEqual([]);
    set(3, 0, 4, 2, 4);
    msi.notify(3);
    expect(messages).toEqual([[0xfee0_1000, 0x4043]]);
    set(3, 0, at + 2, 2, 0x0001);
    msi.notify(3);
    expect(messages[1]).toEqual([0xfee0_1000, 0x4041]);
  });

  it("MSI with masks: a masked vector is pending until it is unmasked", () => {
    const { host, get, set, messages, target } = setUp();
    const f = bare();
    const msi = new Msi(f, { target, vectors: 2, maskable: true });
    host.add(3, 0, f);
    const at = get(3, 0, 0x34, 1);
    set(3, 0, 4, 2, 4);
    set(3, 0, at + 4, 4, 0xfee0_0000);
    set(3, 0, at + 12, 2, 0x50);
    set(3, 0, at + 16, 4, 0xffff_ffff);
    expect(get(3, 0, at + 16, 4)).toBe(3);
    set(3, 0, at + 2, 2, 0x0011);
    msi.notify(1);
    expect(get(3, 0, at + 20, 4)).toBe(2);
    set(3, 0, at + 16, 4, 0);
    expect(messages).toEqual([[0xfee0_0000, 0x51]]);
    expect(get(3, 0, at + 20, 4)).toBe(0);
  });

  it("MSI-X: table, vector and function masks, pending bits", () => {
    const { bus, host, get, set, messages, target } = setUp();
    const msix = new Msix({ target, vectors: 3, bar: 1 });
    const f = bare({ bars: [{ index: 1, kind: "memory", size: 4096, handler: msix }] });
    msix.addTo(f);
    host.add(3, 0, f);
    set(3, 0, 0x14, 4, 0xfebf_0000);
    set(3, 0, 4, 2, 6);
    const at = get(3, 0, 0x34, 1);
    expect([get(3, 0, at + 2, 2), get(3, 0, at + 4, 4), get(3, 0, at + 8, 4)]).toEqual([2, 1, 0x801]);
    const table = 0xfebf_0000;
    expect(bus.readMmio(table + 16 + 12, 4)).toBe(1);
    bus.writeMmio(table + 16, 4, 0xfee0_0000);
    bus.writeMmio(table + 16 + 8, 4, 0x61);
    expect(msix.notify(1)).toBe(false);
    set(3, 0, at + 2, 2, 0xffff);
    expect(get(3, 0, at + 2, 2)).toBe(0xc002);
    bus.writeMmio(table + 16 + 12, 4, 0);
    expect(msix.notify(1)).toBe(true);
    expect(bus.readMmio(table + 0x800, 4)).toBe(2);
    expect(messages).toEqual([]);
    set(3, 0, at + 2, 2, 0x8000);
    expect(messages).toEqual([[0xfee0_0000, 0x61]]);
    expect(bus.readMmio(table + 0x800, 4)).toBe(0);
    bus.writeMmio(table + 16 + 12, 4, 1);
    msix.notify(1);
    expect(messages.length).toBe(1);
    bus.writeMmio(table + 16 + 12, 4, 0);
    expect(messages.length).toBe(2);
    msix.notify(1);
    msix.notify(99);
    expect(messages.length).toBe(3);
  });
});

describe("firmware's part", () => {
  it("places BARs without overlap, switches decoding on and routes interrupts", () => {
    const { bus, host, get } = setUp();
    const pic = new Pic8259Pair({ intr: new TestLine() });
    pic.mapOn(bus);
    for (const device of [2, 3]) {
      host.add(
        device,
        0,
        new PciFunction({
          name: `d${device}`,
          vendorId: 1,
          deviceId: 1,
          classCode: 0,
          interruptPin: 1,
          bars: [
            { index: 0, kind: "io", size: 64, handler: storage(64) },
            { index: 1, kind: "memory", size: 4096, handler: storage(4096) },
            { index: 4, kind: "memory64", size: 16384, handler: storage(16384) },
          ],
        }),
      );
    }
    assignPciResources(host, { bus });
    const addresses = host.functions().flatMap(({ f }) => f.bars.map((b) => b.address));
    expect(addresses.length).toBe(6);
    expect(addresses).not.toContain(-1);
    expect([get(2, 0, 0x3c, 1), get(3, 0, 0x3c, 1)]).toEqual([10, 11]);
    expect(get(1, 0, 0x60, 4)).toBe(0x0b0b_0a0a);
    expect(bus.readPort(0x4d1, 1)).toBe(0x0c);
    expect(get(1, 3, 0x3c, 1)).toBe(9);
  });
});

describe("ranges over each other", () => {
  const KINDS = [
    ["io", 0x10, 0x1000, 0x1],
    ["memory", 0x10, 0xfeb0_0000, 0x2],
  ] as const;

  /** Three functions with one BAR each, plugged in in the wrong order, and the PM block. */
  function machine(kind: "io" | "memory"): {
    readonly host: PciHost;
    readonly bus: SystemBus;
    readonly pm: AcpiPm;
    readonly who: (at: number) => string | undefined;
    readonly of: readonly PciFunction[];
  } {
    const bus = new SystemBus();
    const pm = new AcpiPm({ clock: new TestClock() });
    pm.mapOn(bus);
    const host = new PciHost();
    host.mapOn(bus);
    addPiixChipset({ host, router: new PirqRouter(() => ({ setLevel: () => undefined })), pm, bus });
    const size = kind === "io" ? 64 : 4096;
    const make = (name: string): PciFunction =>
      new PciFunction({
        name,
        vendorId: 1,
        deviceId: 1,
        classCode: 0,
        bars: [{ index: 0, kind, size, handler: storage(size) }],
      });
    const of = ["low", "middle", "high"].map(make);
    host.add(5, 1, of[2]!);
    host.add(4, 0, of[0]!);
    host.add(5, 0, of[1]!);
    const who = (at: number): string | undefined => (kind === "io" ? bus.decodePort(at) : bus.decodeMmio(at))?.name;
    return { host, bus, pm, who, of };
  }

  const ORDERS = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];

  it.each(KINDS)(
    "%s: the lowest device and function answers, whatever the order of the writes",
    (kind, bar, at, on) => {
      for (const order of ORDERS) {
        const { who, of } = machine(kind);
        for (const i of order) {
          of[i]!.writeConfig(bar, 4, at);
          of[i]!.writeConfig(0x04, 2, on);
        }
        expect({ order, who: who(at) }).toEqual({ order, who: "low bar0" });
        // Each one that leaves makes room for the next.
        of[0]!.writeConfig(0x04, 2, 0);
        expect(who(at)).toBe("middle bar0");
        of[1]!.writeConfig(0x04, 2, 0);
        expect(who(at)).toBe("high bar0");
        of[0]!.writeConfig(0x04, 2, on);
        expect(who(at)).toBe("low bar0");
      }
    },
  );

  it("of one function: the lower BAR answers, and a restored bus is as the saved one was", () => {
    const make = (): { readonly bus: SystemBus; readonly host: PciHost; readonly f: PciFunction } => {
      const bus = new SystemBus();
      const host = new PciHost();
      host.mapOn(bus);
      // Named out of order, too.
      const bars = [3, 1].map((index) => ({ index, kind: "memory", size: 4096, handler: storage(4096) }) as const);
      const f = new PciFunction({ name: "f", vendorId: 1, deviceId: 1, classCode: 0, bars });
      host.add(2, 0, f);
      f.writeConfig(0x04, 2, 2);
      return { bus, host, f };
    };
    for (const [first, second] of [
      [0x14, 0x1c],
      [0x1c, 0x14],
    ] as const) {
      const { bus, host, f } = make();
      f.writeConfig(first, 4, 0xfeb0_0000);
      f.writeConfig(second, 4, 0xfeb0_0000);
      expect(bus.decodeMmio(0xfeb0_0000)?.name).toBe("f bar1");
      const copy = make();
      // Where the copy is at the time decides nothing.
      copy.f.writeConfig(second, 4, 0xfeb0_0000);
      copy.host.load(host.save(), host.version);
      expect(copy.bus.decodeMmio(0xfeb0_0000)?.name).toBe("f bar1");
    }
  });

  it("a BAR yields to the PM block, which comes and goes, also when that is restored over it", () => {
    const { who, of, pm, host } = machine("io");
    const saved = { pm: pm.save(), host: host.save() };
    pm.moveTo(0x1000);
    const moved = { pm: pm.save(), host: host.save() };
    pm.moveTo(0x600);
    of[0]!.writeConfig(0x10, 4, 0x1000);
    of[0]!.writeConfig(0x04, 2, 1);
    const both = host.save();
    expect(who(0x1000)).toBe("low bar0");
    pm.moveTo(0x1000);
    expect(who(0x1000)).toBe("acpi-pm");
    pm.moveTo(-1);
    expect(who(0x1000)).toBe("low bar0");
    pm.load(moved.pm, pm.version);
    host.load(both, host.version);
    expect(who(0x1000)).toBe("acpi-pm");
    pm.load(saved.pm, pm.version);
    expect(who(0x1000)).toBe("low bar0");
  });

  it("a silent range takes nothing from those after it", () => {
    const { who, of } = machine("memory");
    // "middle" loses to "low" on its first page; "high" has only the second.
    of[0]!.writeConfig(0x10, 4, 0xfeb0_0000);
    of[1]!.writeConfig(0x10, 4, 0xfeb0_0000);
    of[2]!.writeConfig(0x10, 4, 0xfeb0_1000);
    for (const f of of) f.writeConfig(0x04, 2, 2);
    expect([who(0xfeb0_0000), who(0xfeb0_1000)]).toEqual(["low bar0", "high bar0"]);
  });

  it.each<[string, SnapshotValue]>([
    ["null", null],
    ["a number", 7],
    ["a list", []],
    ["an object without parts", { config: new Uint8Array(256), interrupt: false }],
    ["parts that are null", { config: new Uint8Array(256), interrupt: false, parts: null }],
    ["parts that are a number", { config: new Uint8Array(256), interrupt: false, parts: 1 }],
  ])("refuses a function's state that is %s", (_, state) => {
    const host = new PciHost();
    host.add(3, 0, new PciFunction({ name: "nic", vendorId: 1, deviceId: 2, classCode: 0x020000 }));
    const saved = host.save() as { readonly [key: string]: SnapshotValue };
    const damaged = { ...saved, functions: { "3.0": { name: "nic", state } } };
    expect(() => host.load(damaged, host.version)).toThrow(expect.objectContaining({ code: "ISG_SNAPSHOT_BAD_STATE" }));
    expect(host.save()).toEqual(saved);
  });
});
